//! The files of a pack as a workbook has them: their texts, and the cell of each value.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path as FilePath, PathBuf};

use toml::Table;

use super::cell::Cell;
use super::column::{Column, Form, Path};
use super::fault::SheetFault;
use super::layout::{Layout, Layouts};
use super::toml_text;
use crate::pack::PackFault;
use crate::pack::finding::{shortened, unescaped};

/// The files of a pack that a workbook is.
pub(super) struct Gathered<'b> {
    pub files: Vec<File>,
    pub ignored: Vec<String>,
    pub layouts: Layouts<'b>,
}

pub(super) struct File {
    pub folder: String,
    pub name: String,
    pub table: Table,
    /// By JSON pointer: the cell of a value.
    pub cells: HashMap<String, Place>,
    /// By JSON pointer: the row of a table that has one.
    pub rows: HashMap<String, Place>,
}

/// A cell, or with the column of the file's name the row.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub layout: usize,
    pub row: u32,
    pub column: u32,
}

impl Gathered<'_> {
    /// The files as they are written.
    pub fn texts(&self) -> Vec<(PathBuf, String)> {
        let known: RefCell<HashMap<(String, Path), Vec<String>>> = RefCell::default();
        let text = |file: &File| {
            let shape = self.layouts.shapes.get(&file.folder);
            let order = |path: &[String]| {
                let mut known = known.borrow_mut();
                let names = known.entry((file.folder.clone(), path.to_vec()));
                names
                    .or_insert_with(|| shape.map_or_else(Vec::new, |shape| shape.names(path)))
                    .clone()
            };
            (file.path(), toml_text::document(&file.table, &order))
        };
        self.files.iter().map(text).collect()
    }

    /// A fault of the pack by sheet, row and column.
    pub fn place(&self, fault: &PackFault) -> SheetFault {
        let Some(file) = self.files.iter().find(|file| file.path() == fault.file) else {
            return SheetFault::of_book(fault.to_string());
        };
        let at = |place: Place| fault_at(&self.layouts.all[place.layout], place, &fault.problem);
        let mut pointer = fault.pointer.as_str();
        loop {
            if let Some(place) = file.cells.get(pointer) {
                return at(*place);
            }
            if let Some(row) = file.rows.get(pointer) {
                let rest = &fault.pointer[pointer.len()..];
                let rest: Path = rest.split('/').skip(1).map(unescaped).collect();
                return self.missing(*row, &rest, fault, file);
            }
            match pointer.rsplit_once('/') {
                Some((outside, _)) => pointer = outside,
                None => return SheetFault::of_book(fault.to_string()),
            }
        }
    }

    /// A fault of a value that the row has not: its cell is there, or the sheet of its list.
    fn missing(&self, row: Place, rest: &[String], fault: &PackFault, file: &File) -> SheetFault {
        let layout = &self.layouts.all[row.layout];
        let mut columns = layout.values.iter().filter(|(_, (_, form, _))| *form != Form::Toml);
        let column = columns.find(|(_, (path, ..))| !rest.is_empty() && path.starts_with(rest));
        if let Some((column, _)) = column {
            return fault_at(layout, Place { column: *column, ..row }, &fault.problem);
        }
        let list = [layout.list.as_slice(), rest].concat();
        let of_list = |other: &&Layout<'_>| other.folder == layout.folder && other.list == list;
        match self.layouts.all.iter().find(of_list) {
            Some(other) if !rest.is_empty() => {
                SheetFault::of_sheet(&other.sheet.name, format!("{}: {}", file.name, fault.problem))
            }
            _ => fault_at(layout, row, &fault.problem),
        }
    }
}

impl File {
    fn path(&self) -> PathBuf {
        FilePath::new(&self.folder).join(&self.name)
    }
}

/// A fault of a cell.
pub(super) fn fault_at(
    layout: &Layout<'_>,
    place: Place,
    problem: impl Into<String>,
) -> SheetFault {
    let Place { row, column, .. } = place;
    let value = layout.values.get(&column);
    let name = match value {
        Some((path, form, _)) => Some(Column::Value(path.clone(), *form).to_string()),
        None if column == layout.file => Some(Column::File.to_string()),
        None if Some(column) == layout.position => Some(Column::Position.to_string()),
        None => match layout.sheet.cells.get(&(0, column)) {
            Some(Cell::Text(name)) => Some(shortened(name)),
            _ => None,
        },
    };
    SheetFault::of_cell(&layout.sheet.name, (row, column), name, problem)
}
