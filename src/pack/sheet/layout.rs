//! What the sheets of a workbook are: the sheet `sheets`, and the first row of each other.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::INDEX;
use super::cell::Cell;
use super::column::{self, Column, Form, Path, dotted};
use super::fault::SheetFault;
use super::folder;
use super::heading;
use super::kinds::Kinds;
use super::read::{Book, Sheet};
use super::shape::Shape;

/// A sheet that is read.
pub(super) struct Layout<'b> {
    pub sheet: &'b Sheet,
    /// Empty for the pack's own.
    pub folder: String,
    /// The list whose entries are the rows; empty for the files themselves.
    pub list: Path,
    pub file: u32,
    pub position: Option<u32>,
    /// For each list around this one, from the outermost: which layout it is, the column that names a
    /// row of it, and by which value; without one by its position.
    pub around: Vec<(usize, u32, Option<Path>)>,
    pub values: BTreeMap<u32, (Path, Form, Kinds)>,
}

/// The layouts, those of files first, then lists from the outermost; the shapes of their folders; and
/// the sheets that are none.
pub(super) struct Layouts<'b> {
    pub all: Vec<Layout<'b>>,
    pub shapes: HashMap<String, Shape>,
    pub ignored: Vec<String>,
}

/// A row of the sheet `sheets`.
struct Entry<'b> {
    sheet: &'b Sheet,
    folder: String,
    list: Path,
}

impl<'b> Layouts<'b> {
    pub fn of(book: &'b Book, faults: &mut Vec<SheetFault>) -> Layouts<'b> {
        let mut entries = entries(book, faults);
        entries.sort_by_key(|entry| (entry.list.len(), entry.folder.clone(), entry.list.clone()));
        let listed: Vec<(String, Path)> =
            entries.iter().map(|entry| (entry.folder.clone(), entry.list.clone())).collect();
        let used: HashSet<&str> = entries.iter().map(|entry| entry.sheet.name.as_str()).collect();
        let others = book.sheets.iter().map(|sheet| sheet.name.as_str());
        let ignored = others
            .filter(|name| !used.contains(name) && !name.eq_ignore_ascii_case(INDEX))
            .map(str::to_owned)
            .collect();
        let mut shapes = HashMap::new();
        let mut all = Vec::new();
        for entry in entries {
            let name = &entry.sheet.name;
            faults.extend(entry.sheet.faults.iter().cloned());
            faults.extend(entry.sheet.merged.iter().map(|(place, range)| {
                let problem =
                    format!("{range} are merged; undo it and write the value into each row");
                SheetFault::of_cell(name, *place, None, problem)
            }));
            if !listed.iter().any(|(folder, list)| *folder == entry.folder && list.is_empty()) {
                let problem =
                    format!("the sheet with the files of its folder is missing in {INDEX}");
                faults.push(SheetFault::of_sheet(name, problem));
            }
            let shape = shapes
                .entry(entry.folder.clone())
                .or_insert_with(|| Shape::of_folder(&entry.folder));
            all.extend(entry.layout(shape, &listed, faults));
        }
        // Whom a row belongs to is given by number: where a sheet fell out the numbers are others.
        Layouts { all, shapes, ignored }
    }
}

/// What the sheet `sheets` says.
fn entries<'b>(book: &'b Book, faults: &mut Vec<SheetFault>) -> Vec<Entry<'b>> {
    let mut entries: Vec<Entry<'b>> = Vec::new();
    let find = |name: &str| {
        let same = |sheet: &&Sheet| sheet.name.trim().to_lowercase() == name.to_lowercase();
        book.sheets.iter().find(same)
    };
    let Some(index) = find(INDEX) else {
        let problem = format!(
            "the workbook has no sheet {INDEX:?}, which says what the others are; begin with one that \
             `kuaiban pack to-sheet` made"
        );
        faults.push(SheetFault::of_book(problem));
        return entries;
    };
    let header = |name: &str| {
        let first_row = index.cells.range((0, 0)..(1, 0));
        let of_name = |cell: &Cell| matches!(cell, Cell::Text(text) if text.trim() == name);
        first_row.into_iter().find(|(_, cell)| of_name(cell)).map(|((_, column), _)| *column)
    };
    let columns = (header("@sheet"), header("@folder"), header("@list"));
    let (Some(sheet), Some(folder), Some(list)) = columns else {
        let problem = "the first row needs the columns @sheet, @folder and @list";
        faults.push(SheetFault::of_sheet(INDEX, problem));
        return entries;
    };
    let rows: Vec<u32> = rows(index).into_iter().filter(|row| *row > 0).collect();
    for row in rows {
        let at = |column: u32| match index.cells.get(&(row, column)) {
            Some(Cell::Text(text)) => text.trim(),
            _ => "",
        };
        if at(sheet).is_empty() || at(sheet).starts_with(super::REMARK) {
            continue;
        }
        let mut fault = |column: u32, name: &str, problem: String| {
            let name = Some(name.to_owned());
            faults.push(SheetFault::of_cell(&index.name, (row, column), name, problem));
        };
        let Some(named) = find(at(sheet)) else {
            let problem =
                format!("there is no sheet {:?}; name it so again, or delete this row", at(sheet));
            fault(sheet, "@sheet", problem);
            continue;
        };
        let place = match at(folder) {
            "." => String::new(),
            name => name.to_owned(),
        };
        if at(folder).is_empty() || folder::unfit_folder(&place).is_some() {
            fault(
                folder,
                "@folder",
                "the name of a folder of the pack is needed, or \".\"".to_owned(),
            );
            continue;
        }
        let path = if at(list).is_empty() { Some(Path::new()) } else { column::parse(at(list)) };
        let Some(path) = path else {
            fault(
                list,
                "@list",
                "the name of a list is needed, like questions; or nothing".to_owned(),
            );
            continue;
        };
        let twice = entries.iter().any(|entry| {
            std::ptr::eq(entry.sheet, named) || (entry.folder == place && entry.list == path)
        });
        if twice {
            fault(
                sheet,
                "@sheet",
                "the sheet, or what it has, stands twice here; delete one row".to_owned(),
            );
            continue;
        }
        entries.push(Entry { sheet: named, folder: place, list: path });
    }
    if entries.is_empty() && faults.is_empty() {
        faults.push(SheetFault::of_sheet(INDEX, "names no sheet"));
    }
    entries
}

impl<'b> Entry<'b> {
    /// Reads the first row.
    fn layout(
        self,
        shape: &Shape,
        listed: &[(String, Path)],
        faults: &mut Vec<SheetFault>,
    ) -> Option<Layout<'b>> {
        let Entry { sheet, folder, list } = self;
        // In the order of the layouts, which is from the outermost.
        let within = |(of, other): &(String, Path)| {
            *of == folder && !other.is_empty() && *other != list && list.starts_with(other)
        };
        let outer: Vec<usize> = (0..listed.len()).filter(|&at| within(&listed[at])).collect();
        let mut named: BTreeMap<Column, u32> = BTreeMap::new();
        let (mut file, mut position, mut values) = (None, None, BTreeMap::new());
        let mut around: Vec<Option<(u32, Option<Path>)>> = vec![None; outer.len()];
        let before = faults.len();
        for (&(_, at), cell) in sheet.cells.range((0, 0)..(1, 0)) {
            let mut fault = |problem: &str| {
                faults.push(SheetFault::of_cell(&sheet.name, (0, at), None, problem));
            };
            let text = if let Cell::Text(text) = cell { text.as_str() } else { "" };
            let Some(column) = Column::parse(text) else {
                fault("is no name of a column; they are like name.zh, audience[] and @file");
                continue;
            };
            if named.insert(column.clone(), at).is_some() {
                fault("is the name of two columns; delete one");
                continue;
            }
            match column {
                Column::File => file = Some(at),
                Column::Position if !list.is_empty() => position = Some(at),
                Column::Value(path, form) => {
                    let kinds = heading::kinds(shape, &list, &path, form);
                    values.insert(at, (path, form, kinds));
                }
                Column::Position => fault("files have no position; the number in their name is it"),
                Column::Key(path) => {
                    // The innermost list whose row it can name.
                    let of = outer.iter().rposition(|&at| path.starts_with(&listed[at].1));
                    let Some(of) = of else {
                        fault("names no list around this one; see the sheet as to-sheet made it");
                        continue;
                    };
                    let by = path[listed[outer[of]].1.len()..].to_vec();
                    if around[of].replace((at, Some(by).filter(|by| !by.is_empty()))).is_some() {
                        fault("two columns name a row of the same list; delete one");
                    }
                }
            }
        }
        let missing = |name: String| {
            SheetFault::of_sheet(
                &sheet.name,
                format!("the column {name} is missing in the first row"),
            )
        };
        if file.is_none() {
            faults.push(missing("@file".to_owned()));
        }
        for (of, _) in around.iter().enumerate().filter(|(_, column)| column.is_none()) {
            faults.push(missing(format!("@{}", dotted(&listed[outer[of]].1))));
        }
        if faults.len() > before {
            return None;
        }
        let around = outer.into_iter().zip(around);
        let around =
            around.filter_map(|(of, column)| column.map(|(at, by)| (of, at, by))).collect();
        Some(Layout { sheet, folder, list, file: file?, position, around, values })
    }
}

/// The rows of a sheet that have anything, in order.
pub(super) fn rows(sheet: &Sheet) -> Vec<u32> {
    let mut rows: Vec<u32> = sheet.cells.keys().map(|(row, _)| *row).collect();
    rows.dedup();
    rows
}
