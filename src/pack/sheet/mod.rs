//! A pack as a workbook and back: officials keep their lists in spreadsheets.
//!
//! A sheet has a row for each file of a folder (`items`, `calendars`; `pack` for the files beside
//! `pack.toml`) and a column for each value, or a row for each entry of a list (`items.questions`).
//! What sheets and columns there are is taken from the schema of the pack's types and from the files;
//! no field is named here. `column.rs` is the language of the first row, `cell.rs` that of a cell, and
//! the sheet `sheets` says what each sheet is.
//!
//! A workbook comes from outside: everything about it has a bound, and what is wrong is named with
//! sheet, row and column.

mod cell;
mod column;
mod fault;
mod folder;
mod gather;
mod gathered;
mod heading;
mod kinds;
mod layout;
mod names;
mod plan;
mod read;
mod shape;
#[cfg(test)]
mod tests;
mod toml_text;
mod write;
mod xml;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

pub use fault::{SheetError, SheetFault};

use super::PackFault;

/// Largest workbook, and largest after unpacking.
const FILE_BYTES: u64 = 32 * 1024 * 1024;
const UNPACKED_BYTES: u64 = 128 * 1024 * 1024;
/// Most sheets, rows of a sheet, columns of a sheet, and cells of a workbook.
const MOST_SHEETS: usize = 200;
const MOST_ROWS: u32 = 100_000;
const MOST_COLUMNS: u32 = 1_000;
const MOST_CELLS: usize = 1_000_000;
/// Longest text of a cell, in UTF-16 units, as spreadsheets have it.
const CELL_TEXT: usize = 32_767;
/// Longest texts of all cells together, in bytes.
const ALL_TEXT: usize = 64 * 1024 * 1024;
/// The sheet that says what the others are.
pub const INDEX: &str = "sheets";
/// Begins a row that nobody reads: 说明.
const REMARK: char = '※';

/// A pack that was written as a workbook.
#[derive(Debug)]
pub struct ToSheet {
    pub sheets: usize,
    pub files: usize,
    /// What is not in the workbook, and why.
    pub left_out: Vec<String>,
}

/// A workbook that was written as a pack.
#[derive(Debug)]
pub struct FromSheet {
    pub files: usize,
    /// What `pack check` says about the folder, by sheet, row and column where it has them.
    pub faults: Vec<SheetFault>,
    pub warnings: Vec<SheetFault>,
    /// Sheets that were not read.
    pub ignored: Vec<String>,
}

/// Writes the TOML files of a folder as a workbook. The pack may have faults, as long as it is TOML.
///
/// # Errors
/// There is something in the place of the workbook, or a file cannot be read or has no place in a
/// workbook.
pub fn to_sheet(folder: &Path, workbook: &Path) -> Result<ToSheet, SheetError> {
    if workbook.symlink_metadata().is_ok() {
        return Err(SheetError::Exists(workbook.to_owned()));
    }
    let found = folder::read(folder)?;
    let files = found.folders.iter().map(|folder| folder.files.len()).sum();
    let grids = plan::grids(&found.folders)?;
    let bytes = write::workbook(&grids)?;
    folder::write_new(workbook, &bytes)?;
    Ok(ToSheet { sheets: grids.len(), files, left_out: found.left_out })
}

/// Writes a workbook as the folder of a pack, which is not there yet or empty, and checks it.
///
/// # Errors
/// The workbook cannot be read as a pack; nothing is written then. Or the folder cannot be written.
pub fn from_sheet(
    workbook: &Path,
    folder: &Path,
    today: Option<Date>,
) -> Result<FromSheet, SheetError> {
    folder::must_be_free(folder)?;
    let bytes = crate::file::read(workbook, FILE_BYTES)
        .map_err(|error| SheetError::File(workbook.to_owned(), error))?;
    let book = read::workbook(&bytes).map_err(SheetError::Faults)?;
    let gathered = gather::pack(&book).map_err(SheetError::Faults)?;
    folder::write(folder, &gathered.texts())?;
    let checked = super::check(folder, today, &[]);
    let in_sheet = |fault: &PackFault| gathered.place(fault);
    Ok(FromSheet {
        files: gathered.files.len(),
        faults: checked
            .pack
            .err()
            .map_or_else(Vec::new, |errors| errors.faults)
            .iter()
            .map(in_sheet)
            .collect(),
        warnings: checked.warnings.iter().map(in_sheet).collect(),
        ignored: gathered.ignored,
    })
}

/// A TOML file of a pack.
struct TomlFile {
    /// Without its folder.
    name: String,
    table: toml::Table,
}

/// The files of a folder of a pack.
struct Folder {
    /// Empty for the pack's own.
    name: String,
    files: Vec<TomlFile>,
}

impl Folder {
    fn path(&self, file: &str) -> PathBuf {
        Path::new(&self.name).join(file)
    }
}
