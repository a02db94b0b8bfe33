//! Looking at a database beside a running kiosk, or on a disk that cannot be written.

use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::db::site;
use super::open::{self, APPLICATION_ID, known_version};
use super::{
    Found, KeptEvaluation, PolicyCount, QueueRow, StoreError, StoreHealth, cases, check, create,
    evaluations, files, policies,
};

/// Looks at a store while a kiosk may be running on it: takes no lock, writes nothing, sees no
/// personal datum.
pub struct StoreViewer {
    connection: Option<Connection>,
    path: PathBuf,
}

impl StoreViewer {
    /// Opens for reading; a database that does not exist yet is an empty one.
    ///
    /// # Errors
    /// No regular file, not ours, of another schema, missing beside its key, or on a read-only disk
    /// in a state that cannot be read there.
    pub fn open(config: &crate::config::Store) -> Result<StoreViewer, StoreError> {
        let path = files::true_path(&config.path)?;
        Ok(StoreViewer { connection: connection(&path)?, path })
    }

    /// The unfinished cases, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn queue(&self) -> Result<Found<QueueRow>, StoreError> {
        let Some(connection) = &self.connection else { return Ok(Found::default()) };
        cases::queue(connection, |_| None)
            .map_err(|e| StoreError::sqlite(&self.path, "reading the queue", e))
    }

    /// The bad evaluations that nobody gave a reason for, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn kept_evaluations(&self) -> Result<Found<KeptEvaluation>, StoreError> {
        let Some(connection) = &self.connection else { return Ok(Found::default()) };
        evaluations::kept(connection)
            .map_err(|e| StoreError::sqlite(&self.path, "reading the evaluations", e))
    }

    /// How often each policy was shown and printed, a day, the oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn policy_counts(&self) -> Result<Found<PolicyCount>, StoreError> {
        let Some(connection) = &self.connection else { return Ok(Found::default()) };
        policies::counts(connection)
            .map_err(|e| StoreError::sqlite(&self.path, "reading the counts of policies", e))
    }

    /// When the newest row of the journal was written that a clock known to be right has dated.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn newest_trusted_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let Some(connection) = &self.connection else { return Ok(None) };
        let newest: Option<String> = connection
            .query_row("SELECT trusted_at FROM kiosk", [], |row| row.get(0))
            .map_err(|e| StoreError::sqlite(&self.path, "reading the time of the journal", e))?;
        Ok(newest.as_deref().and_then(super::db::time))
    }

    /// Whether key and mark lie beside the database and belong to it, as a kiosk will want them.
    ///
    /// # Errors
    /// The same as when a kiosk opens it.
    pub fn check_beside(&self, region: &str, kiosk: u16) -> Result<(), StoreError> {
        let Some(connection) = &self.connection else { return Ok(()) };
        open::check_beside(connection, &self.path, &site(region, kiosk))
    }

    /// Checks every page and the whole journal; takes the longer the more is stored.
    ///
    /// # Errors
    /// The database cannot be read at all.
    pub fn check(&self) -> Result<StoreHealth, StoreError> {
        let Some(connection) = &self.connection else { return Ok(StoreHealth::Whole { rows: 0 }) };
        check::check(connection, &self.path, &AtomicBool::new(false))
    }
}

/// `None` where there is no database yet.
pub(super) fn connection(path: &Path) -> Result<Option<Connection>, StoreError> {
    if !open::something_there(path)? {
        create::nothing_beside(path)?;
        return Ok(None);
    }
    for suffix in ["-wal", "-shm", "-journal"] {
        files::is_file(&files::beside(path, suffix))?;
    }
    if open::log_is_lost(path)? {
        return Err(StoreError::LogLost { path: files::beside(path, "-wal") });
    }
    let connection = match open_uri(path, "") {
        Err(StoreError::Sqlite { source, .. }) if cannot_write(&source) => read_only(path)?,
        other => other?,
    };
    let id: u32 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|e| StoreError::sqlite(path, "reading the database header", e))?;
    if id != APPLICATION_ID {
        let found = format!("application_id {id:#010x}");
        return Err(StoreError::NotOurs { path: path.to_owned(), found });
    }
    let found = known_version(&connection, path)?;
    if found < super::migrations::KNOWN {
        let known = super::migrations::KNOWN;
        return Err(StoreError::TooOld { path: path.to_owned(), found, known });
    }
    Ok(Some(connection))
}

/// Opens and reads once, for SQLite opens a file only when it is read.
pub(super) fn open_uri(path: &Path, options: &str) -> Result<Connection, StoreError> {
    let failed = |e| StoreError::sqlite(path, "opening the database", e);
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => {
                uri.push(char::from(*byte));
            }
            other => uri += &format!("%{other:02x}"),
        }
    }
    uri += options;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri, flags).map_err(failed)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(failed)?;
    Ok(connection)
}

/// SQLite wants to make its shared memory beside the database, and may not.
fn cannot_write(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
    matches!(error.sqlite_error_code(), Some(CannotOpen | ReadOnly | PermissionDenied))
}

/// On a disk that cannot be written nobody writes: without a log the main file is all there is,
/// and is read as it lies.
fn read_only(path: &Path) -> Result<Connection, StoreError> {
    let log = std::fs::metadata(files::beside(path, "-wal")).map_or(0, |log| log.len());
    if log > 0 {
        return Err(StoreError::ReadOnlyWithLog { path: path.to_owned() });
    }
    open_uri(path, "?immutable=1")
}
