//! What is wrong with a workbook, and where.

use std::fmt;
use std::path::PathBuf;

use crate::pack::PackFault;

/// Most faults of a workbook that are named.
pub(super) const MOST_FAULTS: usize = 200;

/// One fault of a workbook; or of the pack in it, where no sheet has a place for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SheetFault {
    /// Empty for the workbook as a whole.
    pub sheet: String,
    /// Counted from 1, as the spreadsheet shows it.
    pub row: Option<u32>,
    /// Counted from 1: A, B, C.
    pub column: Option<u32>,
    /// The name of the column, in the first row.
    pub name: Option<String>,
    /// What is wrong and what to do.
    pub problem: String,
}

/// Why a pack was not written as a workbook, or a workbook not as a pack.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// At least one; by sheet and place.
    #[error("{listed}", listed = listed(.0))]
    Faults(Vec<SheetFault>),
    /// A file of the pack that is no TOML.
    #[error("{0}")]
    Pack(PackFault),
    /// What has no place in a workbook.
    #[error("{path}: {1}", path = .0.display())]
    NoRoom(PathBuf, String),
    #[error("{path}: is there already; nothing is written over, name another", path = .0.display())]
    Exists(PathBuf),
    #[error("{path}: {1}", path = .0.display())]
    File(PathBuf, std::io::Error),
}

fn listed(faults: &[SheetFault]) -> String {
    faults.iter().map(SheetFault::to_string).collect::<Vec<_>>().join("\n")
}

impl SheetFault {
    pub(super) fn of_book(problem: impl Into<String>) -> SheetFault {
        SheetFault::of_sheet("", problem)
    }

    pub(super) fn of_sheet(sheet: &str, problem: impl Into<String>) -> SheetFault {
        let (sheet, problem) = (sheet.to_owned(), problem.into());
        SheetFault { sheet, row: None, column: None, name: None, problem }
    }

    /// Row and column counted from 0.
    pub(super) fn of_cell(
        sheet: &str,
        (row, column): (u32, u32),
        name: Option<String>,
        problem: impl Into<String>,
    ) -> SheetFault {
        let (row, column) = (Some(row.saturating_add(1)), Some(column.saturating_add(1)));
        SheetFault { row, column, name, ..SheetFault::of_sheet(sheet, problem) }
    }

    /// The cell as the spreadsheet calls it, `C7`.
    pub fn cell(&self) -> Option<String> {
        Some(format!("{}{}", letters(self.column?), self.row?))
    }
}

impl fmt::Display for SheetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.sheet, self.row) {
            (sheet, _) if sheet.is_empty() => {}
            (sheet, None) => write!(f, "{sheet}: ")?,
            (sheet, Some(row)) => {
                let cell = self.cell().unwrap_or_else(|| row.to_string());
                write!(f, "{sheet}!{cell}")?;
                if let Some(name) = &self.name {
                    write!(f, " ({name})")?;
                }
                f.write_str(": ")?;
            }
        }
        f.write_str(&self.problem)
    }
}

/// The letters of a column counted from 1.
fn letters(column: u32) -> String {
    let (mut rest, mut letters) = (column, Vec::new());
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_called_as_the_spreadsheet_calls_it() {
        for (column, name) in [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (16_384, "XFD")] {
            assert_eq!(letters(column), name);
        }
        let fault = SheetFault::of_cell("items", (6, 2), Some("name.zh".to_owned()), "is odd");
        assert_eq!(fault.to_string(), "items!C7 (name.zh): is odd");
    }
}
