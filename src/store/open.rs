//! Opening the database: ours, whole, of a version we know, held by nobody else, with its key.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::StoreError;
use super::seal::{Sealer, remove_leftover};

/// `KBAN`: the `application_id` in the header of every database of ours.
const APPLICATION_ID: u32 = 0x4B42_414E;

/// How long a statement waits for a reader that holds the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Each entry brings the schema one version further; never changed once it was shipped.
const SCHEMA: &[M<'static>] = &[M::up(include_str!("schema.sql"))];
const KNOWN_VERSION: i64 = SCHEMA.len() as i64;

/// An opened database and what belongs to it.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) sealer: Sealer,
    /// Held until the store is closed: one kiosk program a database.
    pub(super) lock: Lock,
}

/// The right to be the one writer.
pub(super) struct Lock(File);

impl Drop for Lock {
    /// Given back in words: closing the file alone would leave it with a child process that was
    /// forked from this one and has not yet become its own program.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Opens for the kiosk; creates database and key where neither was before.
pub(super) fn writer(path: &Path) -> Result<Opened, StoreError> {
    let lock = lock(path)?;
    if !header_is_ours(path)? {
        create(path)?;
    }
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    check_version(&connection, path)?;
    check_whole(&connection, path)?;
    let set = |name: &str, value: &str| connection.pragma_update(None, name, value);
    // FULL: a commit is on the disk when it returns. NORMAL would lose the last ones in a power cut.
    set("journal_mode", "WAL")
        .and_then(|()| set("synchronous", "FULL"))
        .and_then(|()| set("foreign_keys", "ON"))
        .and_then(|()| set("secure_delete", "ON"))
        .and_then(|()| set("temp_store", "MEMORY"))
        .map_err(|e| StoreError::sqlite(path, "setting up the database", e))?;
    migrate(&mut connection, path)?;
    let sealer = sealer(&connection, path)?;
    Ok(Opened { connection, sealer, lock })
}

/// Opens for looking only, beside a running kiosk. `None` where there is no database yet.
pub(super) fn reader(path: &Path) -> Result<Option<Connection>, StoreError> {
    if !path.exists() || !header_is_ours(path)? {
        return Ok(None);
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    check_version(&connection, path)?;
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|e| StoreError::sqlite(path, "reading the schema version", e))?;
    // Version 0: created, but the kiosk was cut off before its first transaction.
    Ok((version > 0).then_some(connection))
}

/// `path` with `suffix` at its very end.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Makes a created or renamed file survive a power cut.
pub(super) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|e| StoreError::io(folder, "syncing the folder", e))
}

fn lock(path: &Path) -> Result<Lock, StoreError> {
    let lock_path = beside(path, ".lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&lock_path)
        .map_err(|e| StoreError::io(&lock_path, "opening the lock", e))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
        Err(std::fs::TryLockError::Error(e)) => {
            Err(StoreError::io(&lock_path, "taking the lock", e))
        }
    }
}

/// Whether a database of ours is there; `false` when there is nothing.
///
/// Read from the bytes of the file, not through SQLite, so that a foreign file stays untouched.
/// [`create`] puts the `application_id` in place before the file gets its name.
fn header_is_ours(path: &Path) -> Result<bool, StoreError> {
    let io = |e| StoreError::io(path, "reading the database header", e);
    let mut header = Vec::with_capacity(100);
    match File::open(path) {
        Ok(file) => file.take(100).read_to_end(&mut header).map_err(io)?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(io(e)),
    };
    let not_ours = |found: String| StoreError::NotOurs { path: path.to_owned(), found };
    if header.is_empty() {
        return Ok(false);
    }
    if header.len() < 100 || !header.starts_with(b"SQLite format 3\0") {
        return Err(not_ours("not an SQLite file".to_owned()));
    }
    let id = u32::from_be_bytes(header[68..72].try_into().expect("four bytes"));
    if id != APPLICATION_ID {
        return Err(not_ours(format!("application_id {id:#010x}")));
    }
    Ok(true)
}

/// Makes an empty database under another name and moves it into place: whole or not there.
fn create(path: &Path) -> Result<(), StoreError> {
    for suffix in [".key", "-wal"] {
        let beside = beside(path, suffix);
        if beside.exists() {
            return Err(StoreError::DatabaseMissing { path: path.to_owned(), beside });
        }
    }
    let new = beside(path, ".new");
    for suffix in ["", "-wal", "-shm", "-journal"] {
        remove_leftover(&beside(&new, suffix))?;
    }
    let io = |e| StoreError::io(&new, "creating the database", e);
    let file = File::options().write(true).create_new(true).mode(0o600).open(&new).map_err(io)?;
    let connection = connect(&new, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection
        .pragma_update(None, "application_id", APPLICATION_ID)
        .and_then(|()| connection.pragma_update(None, "journal_mode", "WAL"))
        .and_then(|()| connection.close().map_err(|(_, e)| e))
        .map_err(|e| StoreError::sqlite(&new, "creating the database", e))?;
    file.sync_all().map_err(io)?;
    std::fs::rename(&new, path).map_err(io)?;
    sync_folder(path)
}

fn connect(path: &Path, mode: OpenFlags) -> Result<Connection, StoreError> {
    let failed = |e| StoreError::sqlite(path, "opening the database", e);
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    Ok(connection)
}

fn check_version(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|e| StoreError::sqlite(path, "reading the schema version", e))?;
    if found > KNOWN_VERSION {
        return Err(StoreError::TooNew { path: path.to_owned(), found, known: KNOWN_VERSION });
    }
    Ok(())
}

fn check_whole(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let verdict: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|e| StoreError::sqlite(path, "checking the database", e))?;
    if verdict != "ok" {
        return Err(StoreError::Corrupt { path: path.to_owned(), detail: verdict });
    }
    Ok(())
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    Migrations::from_slice(SCHEMA).to_latest(connection).map_err(|e| match e {
        rusqlite_migration::Error::RusqliteError { err, .. } => {
            StoreError::sqlite(path, "bringing the schema up to date", err)
        }
        other => StoreError::Corrupt { path: path.to_owned(), detail: format!("schema: {other}") },
    })
}

/// The key of this database: read and checked, or made while nothing was sealed yet.
fn sealer(connection: &Connection, path: &Path) -> Result<Sealer, StoreError> {
    let failed = |e| StoreError::sqlite(path, "reading the key check", e);
    let key_path = beside(path, ".key");
    let check: Option<Vec<u8>> = connection
        .query_row("SELECT key_check FROM kiosk", [], |row| row.get(0))
        .map_err(failed)?;
    let sealer = match (Sealer::read(&key_path)?, check) {
        (Some(sealer), Some(check)) => {
            return if check == sealer.check() {
                Ok(sealer)
            } else {
                let detail = "it belongs to another database";
                Err(StoreError::KeyUnusable { path: key_path, detail })
            };
        }
        // Cut off between making the key and noting it: nothing was sealed yet.
        (Some(sealer), None) => sealer,
        (None, _) => {
            let cases: i64 = connection
                .query_row("SELECT count(*) FROM case_record", [], |row| row.get(0))
                .map_err(failed)?;
            if cases > 0 {
                return Err(StoreError::KeyMissing { path: key_path });
            }
            Sealer::create(&key_path)?
        }
    };
    connection
        .execute("UPDATE kiosk SET key_check = ?1", [&sealer.check()[..]])
        .map_err(|e| StoreError::sqlite(path, "noting the key check", e))?;
    Ok(sealer)
}
