//! What can go wrong with the store, each with the place and the remedy.

use std::path::{Path, PathBuf};

use crate::case::CaseNumber;

/// Why the store refused. Never carries a personal datum.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{path}: another kuaiban holds this database; end that process first")]
    InUse { path: PathBuf },
    #[error(
        "{path}: not a database of kuaiban ({found}), left untouched; \
         give another [store] path or move that file away"
    )]
    NotOurs { path: PathBuf, found: String },
    #[error(
        "{path}: written by a newer kuaiban (schema {found}, this one knows {known}); \
         install that version again"
    )]
    TooNew { path: PathBuf, found: i64, known: i64 },
    #[error(
        "{path}: damaged ({detail}), left untouched; copy it with its -wal file for salvage, \
         then restore a backup"
    )]
    Corrupt { path: PathBuf, detail: String },
    /// An empty database would hand out case numbers a second time.
    #[error(
        "{path}: missing, but {beside} lies beside its place: cases were stored here; restore the \
         database, or move {beside} away to start over with another [site] kiosk number"
    )]
    DatabaseMissing { path: PathBuf, beside: PathBuf },
    #[error(
        "{path}: the sealing key is missing and sealed cases exist; restore it from the backup"
    )]
    KeyMissing { path: PathBuf },
    #[error("{path}: unusable as sealing key ({detail}); restore it from the backup")]
    KeyUnusable { path: PathBuf, detail: &'static str },
    #[error("{path}: the disk is full, nothing was stored; free some space")]
    DiskFull { path: PathBuf },
    #[error("{path}: {doing}: {source}")]
    Io { path: PathBuf, doing: &'static str, source: std::io::Error },
    #[error("{path}: {doing}: {source}")]
    Sqlite { path: PathBuf, doing: &'static str, source: rusqlite::Error },
    #[error("case {number}: the sealed part cannot be opened; key or row was changed")]
    Sealed { number: CaseNumber },
    /// A bug of the caller.
    #[error("outbox row {seq}: {found} is no outcome of {what}; the row was left as it is")]
    WrongOutcome { seq: i64, what: &'static str, found: &'static str },
    #[error("case {0} is not in this store")]
    UnknownCase(CaseNumber),
    #[error("case {0} has been evaluated before; once is all")]
    AlreadyEvaluated(CaseNumber),
    #[error("{what} is larger than the {limit} bytes that are stored")]
    TooLarge { what: &'static str, limit: usize },
    #[error("case number: {0}")]
    Number(#[from] crate::case::CaseNumberError),
    #[error("journal row {seq} {what}; rows from there on prove nothing")]
    JournalBroken { seq: u64, what: &'static str },
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Sorts an error of SQLite into what a caller or technician can act on.
    pub(super) fn sqlite(path: &Path, doing: &'static str, source: rusqlite::Error) -> StoreError {
        use rusqlite::ErrorCode as Code;
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(Code::DiskFull) => StoreError::DiskFull { path },
            Some(Code::DatabaseCorrupt) => {
                StoreError::Corrupt { path, detail: format!("{doing}: {source}") }
            }
            Some(Code::NotADatabase) => {
                StoreError::NotOurs { path, found: "not an SQLite file".to_owned() }
            }
            _ => StoreError::Sqlite { path, doing, source },
        }
    }

    pub(super) fn io(path: &Path, doing: &'static str, source: std::io::Error) -> StoreError {
        if source.kind() == std::io::ErrorKind::StorageFull {
            return StoreError::DiskFull { path: path.to_owned() };
        }
        StoreError::Io { path: path.to_owned(), doing, source }
    }
}
