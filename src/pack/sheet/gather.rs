//! The rows of a workbook put together to the files of a pack.

use std::collections::{BTreeMap, HashMap};

use toml::{Table, Value};

use super::cell::{self, Cell};
use super::column::{Path, dotted};
use super::fault::{MOST_FAULTS, SheetFault};
use super::gathered::{File, Gathered, Place, fault_at};
use super::layout::{Layout, Layouts, rows};
use super::read::Book;
use super::{REMARK, folder};
use crate::pack::finding::{escaped, shortened};

/// A row: a file, or an entry of a list.
struct Row {
    layout: usize,
    row: u32,
    position: Option<f64>,
    table: Table,
    /// Path and column of each value.
    values: Vec<(Path, u32)>,
    /// Rows that belong to it, by layout.
    inner: BTreeMap<usize, Vec<usize>>,
}

/// By row around it and what names it: the rows of a list.
type Named = HashMap<(usize, String), Vec<usize>>;

struct Gathering<'b, 'l> {
    layouts: &'l [Layout<'b>],
    from_1904: bool,
    rows: Vec<Row>,
    /// Folder and name of a file, and its row.
    files: BTreeMap<(String, String), usize>,
    named: HashMap<(usize, Option<Path>), Named>,
    faults: Vec<SheetFault>,
}

/// # Errors
/// Everything that is wrong with sheets, rows and cells.
pub(super) fn pack(book: &Book) -> Result<Gathered<'_>, Vec<SheetFault>> {
    let mut faults = Vec::new();
    let mut layouts = Layouts::of(book, &mut faults);
    if !faults.is_empty() {
        return Err(sorted(faults));
    }
    let mut gathering = Gathering {
        layouts: &layouts.all,
        from_1904: book.from_1904,
        rows: Vec::new(),
        files: BTreeMap::new(),
        named: HashMap::new(),
        faults,
    };
    for layout in 0..layouts.all.len() {
        gathering.sheet(layout);
    }
    let files = gathering.files();
    if !gathering.faults.is_empty() {
        return Err(sorted(gathering.faults));
    }
    if files.is_empty() {
        return Err(vec![SheetFault::of_book("the workbook has no file of a pack")]);
    }
    let ignored = std::mem::take(&mut layouts.ignored);
    Ok(Gathered { files, ignored, layouts })
}

fn sorted(mut faults: Vec<SheetFault>) -> Vec<SheetFault> {
    faults.sort();
    faults.truncate(MOST_FAULTS);
    faults
}

impl Gathering<'_, '_> {
    fn fault(&mut self, place: Place, problem: impl Into<String>) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault_at(&self.layouts[place.layout], place, problem));
        }
    }

    /// Reads the rows of a sheet, after those of the sheets that it belongs to.
    fn sheet(&mut self, layout: usize) {
        let layouts = self.layouts;
        let sheet = layouts[layout].sheet;
        for row in rows(sheet) {
            if row > 0 && self.faults.len() < MOST_FAULTS {
                self.row(layout, row);
            }
        }
    }

    fn row(&mut self, at: usize, row: u32) {
        let layouts = self.layouts;
        let layout = &layouts[at];
        let place = |column: u32| Place { layout: at, row, column };
        let cell = |column: u32| layout.sheet.cells.get(&(row, column));
        let file = match cell(layout.file) {
            Some(Cell::Text(text)) if text.trim_start().starts_with(REMARK) => return,
            Some(Cell::Text(text)) => text.trim(),
            Some(_) => {
                return self.fault(place(layout.file), "the name of a file is needed, as text");
            }
            None => {
                let problem = "is empty; write the name of the file that the row belongs to, or delete the row";
                return self.fault(place(layout.file), problem);
            }
        };
        let around = if layout.list.is_empty() { None } else { Some(self.around(at, row, file)) };
        if let Some(None) = around {
            return;
        }
        let mut new = Row {
            layout: at,
            row,
            position: None,
            table: Table::new(),
            values: Vec::new(),
            inner: BTreeMap::new(),
        };
        for (&(_, column), cell) in layout.sheet.cells.range((row, 0)..(row + 1, 0)) {
            if let Some((path, form, kinds)) = layout.values.get(&column) {
                match cell::decode(cell, *form, kinds, self.from_1904) {
                    Ok(value) => {
                        if let Err(problem) = insert(&mut new.table, path, value) {
                            self.fault(place(column), problem);
                        }
                        new.values.push((path.clone(), column));
                    }
                    Err(problem) => self.fault(place(column), problem),
                }
            } else if layout.position == Some(column) {
                match number(cell) {
                    Some(number) => new.position = Some(number),
                    None => self.fault(place(column), "a number is needed, or nothing"),
                }
            } else if !is_known(layout, column) {
                self.fault(
                    place(column),
                    "stands in a column without a name in the first row; delete it",
                );
            }
        }
        let index = self.rows.len();
        match around {
            Some(around) => {
                self.rows.extend([new]);
                if let Some(around) = around {
                    self.rows[around].inner.entry(at).or_default().push(index);
                }
            }
            None => {
                if let Some(problem) = folder::unfit(file) {
                    return self.fault(place(layout.file), problem);
                }
                let key = (layout.folder.clone(), file.to_owned());
                if let Some(other) = self.files.get(&key) {
                    let other = self.rows[*other].row + 1;
                    return self.fault(
                        place(layout.file),
                        format!("is also the file of row {other}; a row a file"),
                    );
                }
                self.files.insert(key, index);
                self.rows.push(new);
            }
        }
    }

    /// The row that a row of a list belongs to.
    fn around(&mut self, at: usize, row: u32, file: &str) -> Option<usize> {
        let layouts = self.layouts;
        let layout = &layouts[at];
        let place = |column: u32| Place { layout: at, row, column };
        let Some(&(mut current)) = self.files.get(&(layout.folder.clone(), file.to_owned())) else {
            let files =
                |other: &&Layout<'_>| other.list.is_empty() && other.folder == layout.folder;
            let sheet = layouts.iter().find(files).map_or("", |layout| &layout.sheet.name);
            let problem =
                format!("no row of the sheet {sheet} has the file \"{}\"", shortened(file));
            self.fault(place(layout.file), problem);
            return None;
        };
        for (of, column, by) in &layout.around {
            let Some(cell) = layout.sheet.cells.get(&(row, *column)) else {
                // Where the file has no such list the way leads through a table.
                if self.rows[current].inner.contains_key(of) {
                    let problem = format!(
                        "is empty; say to which row of the sheet {} it belongs",
                        layouts[*of].sheet.name
                    );
                    self.fault(place(*column), problem);
                    return None;
                }
                continue;
            };
            let given = match cell {
                Cell::Text(text) => text.trim().to_owned(),
                Cell::Number(number) => number.to_string(),
                _ => {
                    self.fault(place(*column), "a text or a number is needed");
                    return None;
                }
            };
            let named = self.named(*of, by);
            let rows = named.get(&(current, given.clone())).map_or(&[][..], Vec::as_slice);
            let [only] = rows else {
                let sheet = &layouts[*of].sheet.name;
                let by = by.as_ref().map_or("@position".to_owned(), |by| dotted(by));
                let how_many = if rows.is_empty() { "no row" } else { "more than one row" };
                let problem = format!(
                    "{how_many} of the sheet {sheet} with the same file has \"{}\" in the column {by}",
                    shortened(&given)
                );
                self.fault(place(*column), problem);
                return None;
            };
            current = *only;
        }
        Some(current)
    }

    /// The rows of a list by what names them.
    fn named(&mut self, of: usize, by: &Option<Path>) -> &Named {
        let rows = &self.rows;
        self.named.entry((of, by.clone())).or_insert_with(|| {
            let mut named = Named::new();
            for (around, row) in rows.iter().enumerate() {
                for &inner in row.inner.get(&of).into_iter().flatten() {
                    let name = match by {
                        Some(by) => get(&rows[inner].table, by).and_then(|value| match value {
                            Value::String(text) => Some(text.trim().to_owned()),
                            Value::Integer(number) => Some(number.to_string()),
                            _ => None,
                        }),
                        None => rows[inner].position.map(|position| position.to_string()),
                    };
                    if let Some(name) = name {
                        named.entry((around, name)).or_default().push(inner);
                    }
                }
            }
            named
        })
    }

    fn files(&mut self) -> Vec<File> {
        let files = std::mem::take(&mut self.files);
        let mut out = Vec::new();
        for ((folder, name), row) in files {
            let (table, cells, rows) = (Table::new(), HashMap::new(), HashMap::new());
            let mut file = File { folder, name, table, cells, rows };
            file.table = self.assemble(row, String::new(), &mut file);
            out.push(file);
        }
        out
    }

    /// The table of a row with the lists that belong to it.
    fn assemble(&mut self, row: usize, pointer: String, file: &mut File) -> Table {
        let mut table = std::mem::take(&mut self.rows[row].table);
        let Row { layout, row: number, .. } = self.rows[row];
        let own = Place { layout, row: number, column: self.layouts[layout].file };
        for (path, column) in std::mem::take(&mut self.rows[row].values) {
            file.cells.insert(pointer_to(&pointer, &path), Place { column, ..own });
        }
        for (of, inner) in std::mem::take(&mut self.rows[row].inner) {
            let path = self.layouts[of].list[self.layouts[layout].list.len()..].to_vec();
            let outside = pointer_to(&pointer, &path);
            let inner = self.in_order(inner);
            let first = inner.first().map(|first| self.rows[*first].row);
            let entries = inner.into_iter().enumerate();
            let entries = entries.map(|(index, entry)| {
                Value::Table(self.assemble(entry, format!("{outside}/{index}"), file))
            });
            let entries = Value::Array(entries.collect());
            if let Err(problem) = insert(&mut table, &path, entries) {
                let (row, column) = (first.unwrap_or_default(), self.layouts[of].file);
                let sheet = &self.layouts[layout].sheet.name;
                let problem = format!("{problem}; the sheet {sheet} has it");
                self.fault(Place { layout: of, row, column }, problem);
            }
        }
        file.rows.insert(pointer, own);
        table
    }

    /// Rows by position; one without follows the row above it.
    fn in_order(&mut self, rows: Vec<usize>) -> Vec<usize> {
        let mut last = f64::NEG_INFINITY;
        let mut placed: Vec<(f64, bool, usize)> = Vec::with_capacity(rows.len());
        for row in rows {
            let given = self.rows[row].position;
            last = given.unwrap_or(last);
            placed.push((last, given.is_some(), row));
        }
        placed.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut before: Option<f64> = None;
        for (position, given, row) in &placed {
            if *given && before.replace(*position) == Some(*position) {
                let Row { layout, row, .. } = self.rows[*row];
                let column = self.layouts[layout].position.unwrap_or_default();
                let problem = format!("position {position} stands twice; give each row its own");
                self.fault(Place { layout, row, column }, problem);
            }
        }
        placed.into_iter().map(|(_, _, row)| row).collect()
    }
}

fn is_known(layout: &Layout<'_>, column: u32) -> bool {
    column == layout.file || layout.around.iter().any(|(_, key, _)| *key == column)
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(*number),
        Cell::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// The JSON pointer of what stands at a path inside of another.
fn pointer_to(outside: &str, path: &[String]) -> String {
    path.iter().fold(outside.to_owned(), |pointer, name| format!("{pointer}/{}", escaped(name)))
}

fn get<'t>(table: &'t Table, path: &[String]) -> Option<&'t Value> {
    let (last, outside) = path.split_last()?;
    let table = outside.iter().try_fold(table, |table, name| table.get(name)?.as_table());
    table?.get(last)
}

/// Puts a value at a path, with the tables on the way.
fn insert(table: &mut Table, path: &[String], value: Value) -> Result<(), String> {
    let (last, outside) = path.split_last().ok_or("has no name")?;
    let mut inside = table;
    for (depth, name) in outside.iter().enumerate() {
        let next = inside.entry(name.clone()).or_insert_with(|| Value::Table(Table::new()));
        inside = match next {
            Value::Table(next) => next,
            _ => {
                let name = dotted(&path[..=depth]);
                return Err(format!("{name} is a value of its own already; empty one of the two"));
            }
        };
    }
    match inside.entry(last.clone()) {
        toml::map::Entry::Vacant(place) => {
            place.insert(value);
            Ok(())
        }
        toml::map::Entry::Occupied(_) => Err(format!(
            "{} has a value in another column already; empty one of the two",
            dotted(path)
        )),
    }
}
