//! The high-water mark: how far case numbers and slip serials may have been given, in a file
//! beside the database (`NAME.given`).
//!
//! A database that was restored from a backup, lost its log, or was copied does not know the
//! last numbers it gave; they stand on paper. So numbers are taken from blocks: before the first
//! number of a block is given the file says that the whole block may have been, and a database
//! that is opened goes on behind it. A stop in order notes the exact numbers, so that it leaves
//! no gap; a gap says nothing but that.
//!
//! The file also says whether a kiosk is at work. What it commits then lies in the log of the
//! database first: a log that is gone although nobody has stopped the kiosk is a loss, and told.

use std::path::{Path, PathBuf};

use super::{StoreError, files};

/// Numbers of one block: so rarely is the file written, so large is the gap after a power cut.
const BLOCK: u64 = 64;

/// The counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) cases: u64,
    pub(super) slips: u64,
    /// Rows that the journal had when the file was written. A journal of fewer rows has lost some.
    pub(super) rows: u64,
}

impl Given {
    /// The higher of each.
    pub(super) fn max(self, other: Given) -> Given {
        Given {
            cases: self.cases.max(other.cases),
            slips: self.slips.max(other.slips),
            rows: self.rows.max(other.rows),
        }
    }
}

/// What the file says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Noted {
    pub(super) given: Given,
    /// No kiosk has stopped in order since it was written.
    pub(super) at_work: bool,
}

/// The last line of the file while a kiosk is at work.
const AT_WORK: &str = "at work";

/// The file, and what was given since.
pub(super) struct Mark {
    path: PathBuf,
    /// What the file says.
    noted: Given,
    at_work: bool,
    /// The log of the database was gone.
    log_lost: bool,
    /// The last numbers given.
    given: Given,
}

/// Where the mark of a database lies.
pub(super) fn path_of(database: &Path) -> PathBuf {
    files::beside(database, ".given")
}

/// What the file says; `None` without a file.
///
/// # Errors
/// `MarkUnusable` for a file that is not such a mark.
pub(super) fn read(path: &Path) -> Result<Option<Noted>, StoreError> {
    let Some(bytes) = files::read_small(path, "reading the numbers that were given")? else {
        return Ok(None);
    };
    std::str::from_utf8(&bytes)
        .ok()
        .and_then(parse)
        .map(Some)
        .ok_or_else(|| StoreError::MarkUnusable { path: path.to_owned() })
}

fn parse(text: &str) -> Option<Noted> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let mut line = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ')?.parse().ok();
    let given = Given { cases: line("cases")?, slips: line("slips")?, rows: line("rows")? };
    let at_work = match lines.next() {
        None => false,
        Some(AT_WORK) => true,
        Some(_) => return None,
    };
    lines.next().is_none().then_some(Noted { given, at_work })
}

fn write(path: &Path, Noted { given, at_work }: Noted) -> Result<(), StoreError> {
    let Given { cases, slips, rows } = given;
    let at_work = if at_work { format!("{AT_WORK}\n") } else { String::new() };
    let text = format!("cases {cases}\nslips {slips}\nrows {rows}\n{at_work}");
    files::replace(path, text.as_bytes(), "noting the numbers that are given")
}

/// Notes the numbers of a database that has no mark yet.
pub(super) fn create(path: &Path, given: Given) -> Result<(), StoreError> {
    write(path, Noted { given, at_work: false })
}

impl Mark {
    /// `noted` is what the file says, `stored` what the database knows; `log_lost`: its log was gone.
    pub(super) fn new(path: PathBuf, noted: Option<Noted>, stored: Given, log_lost: bool) -> Mark {
        let Noted { given: noted, at_work } = noted.unwrap_or_default();
        let given = Given { rows: stored.rows, ..noted.max(stored) };
        Mark { path, noted, at_work, log_lost, given }
    }

    /// The sequence of the next case, reserved on the disk.
    pub(super) fn next_case(&mut self) -> Result<u64, StoreError> {
        if self.given.cases >= self.noted.cases {
            self.note(Given { cases: self.given.cases + BLOCK, ..self.noted })?;
        }
        Ok(self.given.cases + 1)
    }

    /// The serial of the next slip, reserved on the disk.
    pub(super) fn next_slip(&mut self) -> Result<u64, StoreError> {
        if self.given.slips >= self.noted.slips {
            self.note(Given { slips: self.given.slips + BLOCK, ..self.noted })?;
        }
        Ok(self.given.slips + 1)
    }

    /// Rows that the journal has lost, at least: a log that is gone has held one.
    pub(super) fn lost_rows(&self) -> u64 {
        self.noted.rows.saturating_sub(self.given.rows).max(self.log_lost.into())
    }

    /// A case was stored under the number that [`Mark::next_case`] told.
    pub(super) fn gave_case(&mut self, sequence: u64) {
        self.given.cases = sequence;
    }

    pub(super) fn gave_slip(&mut self, serial: u64) {
        self.given.slips = serial;
    }

    /// The platform has a case of another kiosk, or of a life of this one that the database does
    /// not know, under a number that was given here: the next ones may be taken, too.
    pub(super) fn skip_block(&mut self) {
        self.given.cases += BLOCK;
    }

    /// So many rows the journal has on the disk.
    pub(super) fn knows(&mut self, rows: u64) {
        self.given.rows = rows;
    }

    /// Reserves the next blocks while nobody waits.
    pub(super) fn reserve(&mut self) -> Result<(), StoreError> {
        let Given { cases, slips, rows } = self.given;
        let ahead = |given: u64, noted: u64| noted.saturating_sub(given) >= BLOCK / 2;
        if ahead(cases, self.noted.cases) && ahead(slips, self.noted.slips) {
            return Ok(());
        }
        self.note(Given { cases: cases + BLOCK, slips: slips + BLOCK, rows }.max(self.noted))
    }

    /// Everything that was given is on the disk: the rest of the blocks is free again.
    pub(super) fn settle(&mut self) -> Result<(), StoreError> {
        if self.noted == self.given && !self.at_work {
            return Ok(());
        }
        self.write(Noted { given: self.given, at_work: false })
    }

    fn note(&mut self, noted: Given) -> Result<(), StoreError> {
        let given = Given { rows: self.given.rows, ..noted.max(self.given) };
        self.write(Noted { given, at_work: true })
    }

    fn write(&mut self, noted: Noted) -> Result<(), StoreError> {
        write(&self.path, noted)?;
        Noted { given: self.noted, at_work: self.at_work } = noted;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p2_numbers_are_noted_before_they_are_given() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kiosk.db.given");
        assert_eq!(read(&path).unwrap(), None);
        let mut mark = Mark::new(path.clone(), None, Given::default(), false);
        for expected in 1..=200 {
            let next = mark.next_case().unwrap();
            assert_eq!(next, expected);
            assert!(read(&path).unwrap().unwrap().given.cases >= next);
            mark.gave_case(next);
        }
        assert_eq!(mark.next_case().unwrap(), mark.next_case().unwrap(), "not given, not used up");
        assert_eq!(mark.next_slip().unwrap(), 1);
        mark.gave_slip(1);
        // The kiosk is killed, and its database restored from long ago.
        let noted = read(&path).unwrap();
        let mut again =
            Mark::new(path.clone(), noted, Given { cases: 3, slips: 0, rows: 9 }, false);
        assert!(again.next_case().unwrap() > 200 && again.next_slip().unwrap() > 1);
        // It is stopped in order.
        mark.knows(207);
        mark.settle().unwrap();
        assert!(noted.unwrap().at_work);
        let given = Given { cases: 200, slips: 1, rows: 207 };
        assert_eq!(read(&path).unwrap(), Some(Noted { given, at_work: false }));
    }

    #[test]
    fn blocks_are_reserved_ahead_and_never_given_back_while_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kiosk.db.given");
        let mut mark = Mark::new(path.clone(), None, Given::default(), false);
        mark.reserve().unwrap();
        let first = read(&path).unwrap();
        assert_eq!(first.unwrap().given, Given { cases: BLOCK, slips: BLOCK, rows: 0 });
        mark.gave_case(BLOCK / 2);
        mark.reserve().unwrap();
        assert_eq!(read(&path).unwrap(), first, "half a block is enough");
        mark.gave_case(BLOCK / 2 + 1);
        mark.reserve().unwrap();
        let noted = read(&path).unwrap().unwrap().given;
        assert_eq!(noted, Given { cases: BLOCK / 2 + 1 + BLOCK, slips: BLOCK, rows: 0 });
    }

    #[test]
    fn a_file_that_is_no_mark_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kiosk.db.given");
        for text in [
            "",
            "cases 1\nslips 1\n",
            "cases 1\nslips 2\nrows 3",
            "cases x\nslips 1\nrows 2\n",
            "cases 1\nslips 2\nrows 3\nat work\nat work\n",
            "\0",
        ] {
            std::fs::write(&path, text).unwrap();
            assert!(matches!(read(&path), Err(StoreError::MarkUnusable { .. })), "{text:?}");
        }
        std::fs::write(&path, "cases 1\nslips 2\nrows 3\nmore 4\n").unwrap();
        assert!(matches!(read(&path), Err(StoreError::MarkUnusable { .. })));
    }
}
