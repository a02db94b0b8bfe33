//! Opening the database for the kiosk: ours, of a version we know, held by nobody else, with its
//! key and its mark. What costs more the more is stored is not done here (`care.rs`).

use std::io::ErrorKind;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::lock::Lock;
use super::mark::{self, Given, Mark};
use super::seal::Sealer;
use super::{StoreError, create, files, migrations, viewer};

/// `KBAN`: the `application_id` in the header of every database of ours.
pub(super) const APPLICATION_ID: u32 = 0x4B42_414E;

/// How long a statement waits for a reader that holds the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than anybody who only looks holds the lock.
const LOOKED_AT: Duration = Duration::from_millis(50);
/// Bytes that the log may hold before they move into the main file: a page that changes at every
/// visit is then written there once for some forty of them.
const LOG_MAX: u32 = 2 << 20;

/// An opened database and what belongs to it.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) sealer: Arc<Sealer>,
    pub(super) mark: Mark,
    /// The one true path.
    pub(super) path: PathBuf,
    /// Held until the store is closed: one kiosk program a database.
    pub(super) lock: Lock,
}

/// Opens for the kiosk; creates database and key where neither was before. `site` is region and
/// kiosk.
pub(super) fn writer(path: &Path, site: &str) -> Result<Opened, StoreError> {
    let path = files::true_path(path)?;
    if !something_there(&path)? {
        create::create(&path)?;
    }
    let lock = Lock::take(&path).or_else(|e| match e {
        // `doctor` holds it for an instant, to see whether a kiosk does.
        StoreError::InUse { .. } => {
            std::thread::sleep(LOOKED_AT);
            Lock::take(&path)
        }
        e => Err(e),
    })?;
    header_is_ours(&lock, &path)?;
    for suffix in ["-wal", "-shm", "-journal"] {
        files::is_file(&files::beside(&path, suffix))?;
    }
    let log_lost = log_is_lost(&path)?;
    let rows_before_log = rows_before_log(&path)?;
    let mut connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let version = known_version(&connection, &path)?;
    // FULL: a commit is on the disk when it returns. NORMAL would lose the last ones in a power cut.
    set(&connection, &path, "journal_mode", "WAL")?;
    set(&connection, &path, "synchronous", "FULL")?;
    set(&connection, &path, "secure_delete", "ON")?;
    set(&connection, &path, "temp_store", "MEMORY")?;
    log_follows(&connection, &path, rows_before_log)?;
    let sealer = Arc::new(key(&connection, &path, version, true)?);
    if version < migrations::KNOWN {
        migrate(&mut connection, &path, version, &sealer, site)?;
    }
    set(&connection, &path, "foreign_keys", "ON")?;
    let log_length = limit_log(&connection, &path)?;
    let mark = open_mark(&connection, &path, site, log_lost)?;
    // From here on there is a log: one that is gone was taken away.
    connection
        .execute("UPDATE kiosk SET id = id", [])
        .map_err(|e| StoreError::sqlite(&path, "beginning the log", e))?;
    let log = files::beside(&path, "-wal");
    if let Err(error) = files::lay_out(&log, log_length) {
        tracing::warn!(log = %log.display(), %error, "the log grows with every commit");
    }
    Ok(Opened { connection, sealer, mark, path, lock })
}

/// Whether there is a database that something may be in.
pub(super) fn something_there(path: &Path) -> Result<bool, StoreError> {
    if !files::is_file(path)? {
        return Ok(false);
    }
    let length = std::fs::metadata(path).map(|metadata| metadata.len());
    Ok(length.map_err(|e| StoreError::io(path, "looking at the database", e))? > 0)
}

/// Whether a kiosk was at work that did not stop in order, and the log that it wrote is gone or emptied:
/// what it received last is lost.
pub(super) fn log_is_lost(path: &Path) -> Result<bool, StoreError> {
    let mark = mark::path_of(path);
    let at_work = || mark::read(&mark).map(|noted| noted.is_some_and(|noted| noted.at_work));
    // A kiosk that stops meanwhile says so before its log goes.
    Ok(at_work()? && !has_log(path)? && at_work()?)
}

/// How many rows the journal has in the main file alone, where a log lies beside it; `None` where
/// there is no log, or where a cut while it moved has left the main file torn.
fn rows_before_log(path: &Path) -> Result<Option<i64>, StoreError> {
    if !has_log(path)? {
        return Ok(None);
    }
    let main = viewer::open_uri(path, "?immutable=1");
    let rows = main.ok().and_then(|main| {
        main.query_row("SELECT journal_seq FROM kiosk", [], |row| row.get(0)).ok()
    });
    Ok(rows)
}

/// Whether the log goes on where the main file ends. One of a later time, beside a database that was
/// restored from a backup, would make a mixture of both.
///
/// # Errors
/// `LogOfAnother`.
fn log_follows(
    connection: &Connection,
    path: &Path,
    rows_before_log: Option<i64>,
) -> Result<(), StoreError> {
    let Some(before) = rows_before_log else { return Ok(()) };
    let follows: Result<bool, rusqlite::Error> = connection.query_row(
        "SELECT journal_seq = ?1 OR EXISTS (SELECT 1 FROM journal WHERE seq = ?1 + 1) FROM kiosk",
        [before],
        |row| row.get(0),
    );
    match follows {
        Ok(true) => Ok(()),
        Ok(false) => Err(StoreError::LogOfAnother { path: files::beside(path, "-wal") }),
        Err(e) => Err(StoreError::sqlite(path, "comparing the log with the database", e)),
    }
}

/// By the mark with which every log of SQLite begins.
fn has_log(path: &Path) -> Result<bool, StoreError> {
    use std::io::Read as _;
    let log = files::beside(path, "-wal");
    let mut begin = [0; 4];
    match std::fs::File::open(&log).and_then(|mut file| file.read_exact(&mut begin)) {
        Ok(()) => Ok(matches!(u32::from_be_bytes(begin), 0x377F_0682 | 0x377F_0683)),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) => Ok(false),
        Err(e) => Err(StoreError::io(&log, "reading the log", e)),
    }
}

/// Read from the bytes of the file, not through SQLite, so that a foreign file stays untouched.
fn header_is_ours(lock: &Lock, path: &Path) -> Result<(), StoreError> {
    let mut header = [0; 100];
    let read = lock.file().read_at(&mut header, 0);
    let read = read.map_err(|e| StoreError::io(path, "reading the database header", e))?;
    let not_ours = |found: String| Err(StoreError::NotOurs { path: path.to_owned(), found });
    if read < header.len() || !header.starts_with(b"SQLite format 3\0") {
        return not_ours("not an SQLite file".to_owned());
    }
    let [.., a, b, c, d] = header[..72] else { return not_ours(String::new()) };
    let id = u32::from_be_bytes([a, b, c, d]);
    if id != APPLICATION_ID {
        return not_ours(format!("application_id {id:#010x}"));
    }
    Ok(())
}

pub(super) fn connect(path: &Path, mode: OpenFlags) -> Result<Connection, StoreError> {
    let failed = |e| StoreError::sqlite(path, "opening the database", e);
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    Ok(connection)
}

pub(super) fn set(
    connection: &Connection,
    path: &Path,
    name: &str,
    value: &str,
) -> Result<(), StoreError> {
    connection
        .pragma_update(None, name, value)
        .map_err(|e| StoreError::sqlite(path, "setting up the database", e))
}

/// The schema version.
///
/// # Errors
/// `TooNew`; `CasesGone` where there is no schema: the database is made whole before it gets its
/// name, so something was here.
pub(super) fn known_version(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let found = migrations::version(connection, path)?;
    if found > migrations::KNOWN {
        let known = migrations::KNOWN;
        return Err(StoreError::TooNew { path: path.to_owned(), found, known });
    }
    if found < 1 {
        return Err(StoreError::CasesGone { path: path.to_owned() });
    }
    Ok(found)
}

/// Sets the number of pages in the log after which they move into the main file, whatever the size
/// of a page. Returns the bytes that a log takes that is moved in time.
fn limit_log(connection: &Connection, path: &Path) -> Result<u64, StoreError> {
    // https://www.sqlite.org/fileformat2.html#walformat
    const LOG_HEAD: u32 = 32;
    const FRAME_HEAD: u32 = 24;
    // Pages of the commit that reaches the limit.
    const COMMIT: u32 = 64;
    let page: u32 = connection
        .pragma_query_value(None, "page_size", |row| row.get(0))
        .map_err(|e| StoreError::sqlite(path, "reading the size of a page", e))?;
    let pages = LOG_MAX / page.max(512);
    set(connection, path, "wal_autocheckpoint", &pages.to_string())?;
    Ok(u64::from(LOG_HEAD) + u64::from(pages + COMMIT) * u64::from(FRAME_HEAD + page))
}

fn migrate(
    connection: &mut Connection,
    path: &Path,
    version: i64,
    sealer: &Arc<Sealer>,
    site: &str,
) -> Result<(), StoreError> {
    migrations::copy_before(connection, path, version)?;
    if version > 1 {
        // Its mark lies beside it, or is missed.
        return migrations::to_latest(connection, path, sealer, site);
    }
    let given = Given {
        cases: counter(connection, path, "case_sequence")?,
        slips: 0,
        rows: counter(connection, path, "journal_seq")?,
    };
    let mark = mark::path_of(path);
    // Before the step: after it a database without a mark is refused.
    let noted = mark::read(&mark)?.unwrap_or_default().given;
    mark::create(&mark, noted.max(given))?;
    migrations::to_latest(connection, path, sealer, site)
}

fn counter(connection: &Connection, path: &Path, column: &str) -> Result<u64, StoreError> {
    connection
        .query_row(&format!("SELECT {column} FROM kiosk"), [], |row| row.get::<_, i64>(0))
        .map(i64::cast_unsigned)
        .map_err(|e| StoreError::sqlite(path, "reading the numbers that were given", e))
}

/// The key of this database. A key check that was noted is never replaced.
fn key(
    connection: &Connection,
    path: &Path,
    version: i64,
    may_write: bool,
) -> Result<Sealer, StoreError> {
    let key_path = files::beside(path, ".key");
    let check: Option<Vec<u8>> = connection
        .query_row("SELECT key_check FROM kiosk", [], |row| row.get(0))
        .map_err(|e| StoreError::sqlite(path, "reading the key check", e))?;
    let fits = |sealer: &Sealer| check.as_deref() == Some(&sealer.check()[..]);
    match (Sealer::read(&key_path)?, &check) {
        (Some(sealer), Some(_)) if fits(&sealer) => Ok(sealer),
        (Some(_), Some(_)) => {
            let detail = "it belongs to another database";
            Err(StoreError::KeyUnusable { path: key_path, detail })
        }
        (None, Some(_)) if may_write => create::finish(path, fits),
        (None, Some(_)) => Err(StoreError::KeyMissing { path: key_path }),
        // Schema 1, cut off between making the key and noting it: nothing was sealed yet.
        (Some(sealer), None) if version == 1 => Ok(sealer),
        (None, None) if version == 1 => {
            create::remove_leftovers(path)?;
            let sealer = Sealer::create(&files::beside(&key_path, ".new"))?;
            files::rename(
                &files::beside(&key_path, ".new"),
                &key_path,
                "creating the sealing key",
            )?;
            Ok(sealer)
        }
        (_, None) => {
            let detail = "the database has lost its key check".to_owned();
            Err(StoreError::Corrupt { path: path.to_owned(), detail })
        }
    }
}

/// Whether a kiosk could open the database with the key and the mark that lie beside it.
pub(super) fn check_beside(
    connection: &Connection,
    path: &Path,
    site: &str,
) -> Result<(), StoreError> {
    key(connection, path, migrations::KNOWN, false)?;
    open_mark(connection, path, site, false)?;
    Ok(())
}

/// # Errors
/// `MarkMissing` where numbers of this site may have been given and nobody knows how many.
fn open_mark(
    connection: &Connection,
    path: &Path,
    site: &str,
    log_lost: bool,
) -> Result<Mark, StoreError> {
    let mark_path = mark::path_of(path);
    let noted = mark::read(&mark_path)?;
    let stored = Given {
        cases: counter(connection, path, "case_sequence")?,
        slips: counter(connection, path, "slip_serial")?,
        rows: counter(connection, path, "journal_seq")?,
    };
    let of: Option<String> =
        connection
            .query_row("SELECT site FROM kiosk", [], |row| row.get(0))
            .map_err(|e| StoreError::sqlite(path, "reading the site of the numbers", e))?;
    // The site is noted with the first number; a copy of the main file may be older than that.
    if noted.is_none() && of.is_none_or(|of| of == site) {
        return Err(StoreError::MarkMissing { path: mark_path });
    }
    Ok(Mark::new(mark_path, noted, stored, log_lost))
}
