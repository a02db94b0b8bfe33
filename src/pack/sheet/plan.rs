//! The sheets of a pack: which there are, their columns, and what stands in their cells.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path as FilePath;

use toml::{Table, Value};

use super::cell::{self, Cell};
use super::column::{Column, Form, Path, dotted};
use super::fault::SheetError;
use super::heading::{Heading, heading, kinds};
use super::kinds::Kinds;
use super::names::Names;
use super::shape::{FOLDERS, Shape};
use super::{ALL_TEXT, CELL_TEXT, Folder, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_SHEETS};

/// A sheet.
pub(super) struct Grid {
    pub name: String,
    pub folder: String,
    /// The list whose entries are its rows; empty for the files themselves.
    pub list: Path,
    pub columns: Vec<Heading>,
    pub rows: Vec<Vec<Option<Cell>>>,
}

/// All sheets of a pack, the folders in their order, the files of each before its lists.
///
/// # Errors
/// More than a workbook holds.
pub(super) fn grids(folders: &[Folder]) -> Result<Vec<Grid>, SheetError> {
    let known = FOLDERS.map(|(name, _)| Folder { name: name.to_owned(), files: Vec::new() });
    let there = |name: &str| folders.iter().find(|there| there.name == name);
    let is_known = |name: &str| known.iter().any(|known| known.name == name);
    let others = folders.iter().filter(|there| !is_known(&there.name));
    let mut names = Names::default();
    let mut grids = Vec::new();
    for folder in known.iter().map(|known| there(&known.name).unwrap_or(known)).chain(others) {
        let planned = Planning::of(folder)?.grids(&mut names).into_iter();
        // Of what has no schema only what is there.
        grids.extend(planned.filter(|grid| !grid.rows.is_empty() || is_known(&folder.name)));
    }
    // All that stands in a sheet: what is written here must be read there.
    let rows = grids.iter().flat_map(|grid| &grid.rows);
    let text = |cell: &Cell| if let Cell::Text(text) = cell { text.len() } else { 0 };
    let (cells, bytes) = (rows.flatten().flatten())
        .fold((0, 0), |(cells, bytes), cell| (cells + 1, bytes + text(cell)));
    let headings: usize = grids.iter().map(|grid| 2 * grid.columns.len() + 8).sum();
    if grids.len() >= MOST_SHEETS || cells + headings > MOST_CELLS || bytes + (1 << 20) > ALL_TEXT {
        let problem =
            format!("needs more than {MOST_SHEETS} sheets, {MOST_CELLS} cells, or too much text");
        return Err(SheetError::NoRoom(FilePath::new("pack.toml").to_owned(), problem));
    }
    Ok(grids)
}

/// The sheets of one folder.
struct Planning {
    shape: Shape,
    folder: String,
    sheets: BTreeMap<Path, Draft>,
    /// Lists in the order of their sheets.
    order: Vec<Path>,
}

#[derive(Default)]
struct Draft {
    expected: Vec<(Path, Form)>,
    found: BTreeSet<(Path, Form)>,
    kinds: BTreeMap<(Path, Form), Kinds>,
    rows: Vec<Row>,
}

struct Row {
    file: String,
    /// For each list around it, which of its rows.
    within: Vec<(Path, usize)>,
    position: usize,
    cells: BTreeMap<(Path, Form), Cell>,
}

impl Planning {
    fn of(folder: &Folder) -> Result<Planning, SheetError> {
        let shape = Shape::of_folder(&folder.name);
        let mut planning = Planning {
            shape,
            folder: folder.name.clone(),
            sheets: BTreeMap::new(),
            order: Vec::new(),
        };
        for expected in planning.shape.expected() {
            let draft = planning.draft(&expected.list);
            draft.expected = expected.columns;
        }
        for file in &folder.files {
            let no_room = |problem| SheetError::NoRoom(folder.path(&file.name), problem);
            planning.row(&file.table, Path::new(), (&file.name, 0), &[]).map_err(no_room)?;
        }
        Ok(planning)
    }

    fn draft(&mut self, list: &Path) -> &mut Draft {
        if !self.sheets.contains_key(list) {
            self.order.push(list.clone());
        }
        self.sheets.entry(list.clone()).or_default()
    }

    /// A table as a row of the sheet of its list.
    fn row(
        &mut self,
        table: &Table,
        list: Path,
        (file, position): (&str, usize),
        within: &[(Path, usize)],
    ) -> Result<(), String> {
        let draft = self.draft(&list);
        let (row, within) = (draft.rows.len(), within.to_vec());
        if row as u32 + 2 >= MOST_ROWS {
            return Err(format!("needs more than {MOST_ROWS} rows"));
        }
        let (file, cells) = (file.to_owned(), BTreeMap::new());
        draft.rows.push(Row { file, within, position, cells });
        self.fields(table, &list, &Path::new(), row)
    }

    fn fields(
        &mut self,
        table: &Table,
        list: &Path,
        inside: &Path,
        row: usize,
    ) -> Result<(), String> {
        for (name, value) in table {
            let path = [inside.as_slice(), std::slice::from_ref(name)].concat();
            match value {
                Value::Table(inner) if !inner.is_empty() => self.fields(inner, list, &path, row)?,
                Value::Array(rows) if !rows.is_empty() && rows.iter().all(Value::is_table) => {
                    let draft = self.draft(list);
                    let (file, mut within) =
                        (draft.rows[row].file.clone(), draft.rows[row].within.clone());
                    if !list.is_empty() {
                        within.push((list.clone(), row));
                    }
                    let list = [list.as_slice(), &path].concat();
                    for (position, inner) in rows.iter().filter_map(Value::as_table).enumerate() {
                        self.row(inner, list.clone(), (&file, position + 1), &within)?;
                    }
                }
                value => self.cell(value, list, path, row)?,
            }
        }
        Ok(())
    }

    fn cell(&mut self, value: &Value, list: &Path, path: Path, row: usize) -> Result<(), String> {
        let form = if value.is_array() { Form::Lines } else { Form::Plain };
        let key = (path, form);
        if !self.draft(list).kinds.contains_key(&key) {
            let kinds = kinds(&self.shape, list, &key.0, form);
            self.draft(list).kinds.insert(key.clone(), kinds);
        }
        let draft = self.draft(list);
        let (form, cell) = cell::encode(value, &draft.kinds[&key]);
        if matches!(&cell, Cell::Text(text) if text.encode_utf16().count() > CELL_TEXT) {
            return Err(format!("{} has more than {CELL_TEXT} characters", dotted(&key.0)));
        }
        let key = (key.0, form);
        draft.found.insert(key.clone());
        draft.rows[row].cells.insert(key, cell);
        if draft.found.len() + 20 > MOST_COLUMNS as usize {
            return Err(format!("needs more than {MOST_COLUMNS} columns"));
        }
        Ok(())
    }

    fn grids(self, names: &mut Names) -> Vec<Grid> {
        let keys: BTreeMap<&Path, Option<Path>> =
            self.order.iter().map(|list| (list, self.key(list))).collect();
        // Lists next to those that they are in.
        let grid = |list: &Path| {
            let draft = &self.sheets[list];
            let lists = self.order.iter().filter(|other| is_within(list, other));
            let around: Vec<&Path> =
                lists.filter(|other| !other.is_empty() && *other != list).collect();
            let mut columns = vec![heading(&self.shape, list, Column::File)];
            for list in &around {
                let key = keys[*list].clone().unwrap_or_default();
                columns.push(heading(
                    &self.shape,
                    list,
                    Column::Key([list.as_slice(), &key].concat()),
                ));
            }
            if !list.is_empty() {
                columns.push(heading(&self.shape, list, Column::Position));
            }
            let more = draft.found.iter().filter(|column| !draft.expected.contains(column));
            let values: Vec<&(Path, Form)> = draft.expected.iter().chain(more).collect();
            let value = |(path, form): &&(Path, Form)| {
                heading(&self.shape, list, Column::Value(path.clone(), *form))
            };
            columns.extend(values.iter().map(value));
            let cells = |row: &Row| {
                let mut cells = vec![Some(Cell::Text(row.file.clone()))];
                for around in &around {
                    let of = row.within.iter().find(|(list, _)| list == *around);
                    cells.push(of.map(|(_, of)| {
                        let of = &self.sheets[*around].rows[*of];
                        let by_value = keys[*around]
                            .as_ref()
                            .and_then(|key| of.cells.get(&(key.clone(), Form::Plain)).cloned());
                        by_value.unwrap_or(Cell::Number(of.position as f64))
                    }));
                }
                if !list.is_empty() {
                    cells.push(Some(Cell::Number(row.position as f64)));
                }
                cells.extend(values.iter().map(|column| row.cells.get(column).cloned()));
                cells
            };
            let name = names.of(&self.folder, list);
            let (folder, list) = (self.folder.clone(), list.clone());
            Grid { name, folder, list, columns, rows: draft.rows.iter().map(cells).collect() }
        };
        let mut lists: Vec<&Path> = self.order.iter().collect();
        lists.sort_by_key(|list| self.rank(list));
        lists.into_iter().map(grid).collect()
    }

    /// Where a list stands: after what it is in, else where the schema has it.
    fn rank(&self, list: &Path) -> Vec<usize> {
        let place = |list: &[String]| self.order.iter().position(|other| other == list);
        (0..=list.len()).filter_map(|end| place(&list[..end])).collect()
    }

    /// The value that tells the rows of a list apart wherever there are any: the first that the schema
    /// asks for, if it is a text of its own. Without one their positions do.
    fn key(&self, list: &Path) -> Option<Path> {
        let first = vec![self.shape.names(list).into_iter().next()?];
        let path = [list.as_slice(), &first].concat();
        let kinds = self.shape.kinds(&path);
        let fits = kinds.text && !kinds.date && kinds.options.is_empty() && !kinds.whole;
        if !fits || !self.shape.is_required(list, &first) {
            return None;
        }
        let mut seen = HashSet::new();
        let plain = (first.clone(), Form::Plain);
        let draft = &self.sheets[list];
        let apart = draft.rows.iter().all(|row| match row.cells.get(&plain) {
            Some(Cell::Text(text)) => {
                let plain = !text.is_empty() && text == text.trim() && !text.starts_with('"');
                plain && seen.insert((&row.file, &row.within, text))
            }
            _ => false,
        });
        apart.then_some(first)
    }
}

/// Whether a list is another or stands in one of its entries.
fn is_within(list: &[String], other: &[String]) -> bool {
    list.starts_with(other)
}
