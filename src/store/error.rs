//! What can go wrong with the store, each with the place and the remedy.

use std::path::{Path, PathBuf};

use crate::case::CaseNumber;

/// Why the store refused. Never carries a personal datum.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{path}: another kuaiban holds this database; end that process first")]
    InUse { path: PathBuf },
    #[error("{path}: is {found}; [store] path takes a regular file, or a name that is still free")]
    NotAFile { path: PathBuf, found: &'static str },
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
    /// Only where nothing may be written; the kiosk itself brings the schema up to date.
    #[error(
        "{path}: written by an older kuaiban (schema {found}, this one knows {known}); \
         start the kiosk once, it brings the database up to date"
    )]
    TooOld { path: PathBuf, found: i64, known: i64 },
    #[error(
        "{path}: damaged ({detail}), left untouched; copy it with its -wal file for salvage, \
         then restore a backup and remove its -wal and -shm files"
    )]
    Corrupt { path: PathBuf, detail: String },
    /// An empty database would hand out case numbers a second time.
    #[error(
        "{path}: missing, but {beside} lies beside its place: cases were stored here; restore the \
         database, or start over: give this kiosk another [site] kiosk number, and only then move \
         away everything that lies here under the name of the database"
    )]
    DatabaseMissing { path: PathBuf, beside: PathBuf },
    #[error(
        "{path}: empty, and cases were stored here: a database of kuaiban is never without its \
         tables; restore it with its -wal file, or move it away with its .key to start over with \
         another [site] kiosk number"
    )]
    CasesGone { path: PathBuf },
    #[error("{path}: the sealing key is missing; restore it from the backup")]
    KeyMissing { path: PathBuf },
    #[error("{path}: unusable as sealing key ({detail}); restore it from the backup")]
    KeyUnusable { path: PathBuf, detail: &'static str },
    /// A backup was restored, and the log of the database before it still lies there.
    #[error(
        "{path}: belongs to a later time of the database than the main file beside it; if that was \
         restored from a backup, remove this file and the -shm file, else restore both"
    )]
    LogOfAnother { path: PathBuf },
    /// Numbers would be given a second time.
    #[error(
        "{path}: missing or emptied, although the kiosk was not stopped: what it received last is in \
         it, unless another program has opened the database since; put it back before the kiosk \
         starts, or start it and lose that"
    )]
    LogLost { path: PathBuf },
    #[error(
        "{path}: missing: it says which case numbers and slips were given last; put back the one that \
         lay there last, never an older one, or give this kiosk another [site] kiosk number"
    )]
    MarkMissing { path: PathBuf },
    #[error(
        "{path}: does not say which numbers were given last; put back the one that lay there last, \
         never an older one, or remove it and give this kiosk another [site] kiosk number"
    )]
    MarkUnusable { path: PathBuf },
    #[error(
        "{path}: on a disk that cannot be written, with a -wal file that is not yet part of it; \
         copy the database and that file to a folder that can be written, and look there"
    )]
    ReadOnlyWithLog { path: PathBuf },
    #[error("{path}: nothing could be stored any more; it is opened anew")]
    Failing { path: PathBuf },
    #[error("{path}: the disk is full, nothing was stored; free some space")]
    DiskFull { path: PathBuf },
    #[error("{path}: {doing}: {source}")]
    Io { path: PathBuf, doing: &'static str, source: std::io::Error },
    #[error("{path}: {doing}: {source}")]
    Sqlite { path: PathBuf, doing: &'static str, source: rusqlite::Error },
    #[error("outbox row {seq}: the sealed body cannot be opened; key or row was changed")]
    Sealed { seq: i64 },
    /// A bug of the caller.
    #[error("outbox row {seq}: {found} is no verdict on {what}; the row was left as it is")]
    WrongVerdict { seq: i64, what: &'static str, found: &'static str },
    #[error("case {0} is not in this store")]
    UnknownCase(CaseNumber),
    #[error("case {0} has been evaluated before; once is all")]
    AlreadyEvaluated(CaseNumber),
    #[error("slip {serial} was not ordered, or its outcome is known")]
    NoSuchSlip { serial: u64 },
    #[error("{what} is larger than the {limit} that are stored")]
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
