//! What is wrong with a pack, and where.

use std::path::{Path, PathBuf};

use super::finding::MOST_FAULTS;
use super::rule::Rule;
use crate::domain::pack::Pack;

/// Everything that is wrong with a pack.
#[derive(Clone, Debug)]
pub struct PackErrors {
    pub folder: PathBuf,
    /// At least one; by file and place.
    pub faults: Vec<PackFault>,
    /// What `pack.toml` says where it has no fault itself, without any item: whom to call.
    pub frame: Option<Box<Pack>>,
}

/// One fault of a pack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackFault {
    /// Relative to the pack's folder.
    pub file: PathBuf,
    /// `None` when the file as a whole is at fault.
    pub place: Option<Place>,
    pub rule: Rule,
    /// What is wrong and what to do.
    pub problem: String,
    /// JSON pointer of the value or field in the file; empty where it is none of one.
    pub pointer: String,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

impl Place {
    /// The place of a byte of a text; beyond its end, the end.
    pub fn of(text: &str, byte: usize) -> Place {
        let before = &text[..text.floor_char_boundary(byte)];
        let line = 1 + before.matches('\n').count();
        let begin = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place { line, column: 1 + before[begin..].chars().count() }
    }
}

impl PackFault {
    /// A fault of a file as a whole.
    pub fn of_file(file: &Path, rule: Rule, problem: impl Into<String>) -> PackFault {
        let (file, problem) = (file.to_owned(), problem.into());
        PackFault { file, place: None, rule, problem, pointer: String::new() }
    }

    /// What is wrong, and what to do: the last part of the problem, where there are several.
    pub fn message_and_remedy(&self) -> (&str, &str) {
        self.problem.rsplit_once("; ").unwrap_or((&self.problem, ""))
    }
}

impl std::fmt::Display for PackFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::fmt::Display for PackErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let many = match self.faults.len() {
            1 => "1 fault".to_owned(),
            // More are not counted.
            MOST_FAULTS => format!("{MOST_FAULTS} faults or more"),
            many => format!("{many} faults"),
        };
        write!(f, "{}: the site pack has {many}", self.folder.display())?;
        for fault in &self.faults {
            write!(f, "\n{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PackErrors {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_characters() {
        let text = "一二\n三四五";
        for (byte, line, column) in [(0, 1, 1), (3, 1, 2), (7, 2, 1), (10, 2, 2), (99, 2, 4)] {
            assert_eq!(Place::of(text, byte), Place { line, column }, "{byte}");
        }
        assert_eq!(Place::of(text, 8), Place { line: 2, column: 1 }, "inside a character");
    }
}
