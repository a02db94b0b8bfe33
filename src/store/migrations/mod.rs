//! From one schema to the next. A new database goes the same way, so that there is one description
//! of each step.
//!
//! A step is one transaction: after a power cut the database is of the old schema or of the new
//! one. Before the first step of an old one a copy is laid beside it.

mod to_2;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite_migration::{HookError, M, Migrations};

use super::db::Failure;
use super::seal::Sealer;
use super::{StoreError, chain, files};
use crate::journal::Event;

/// The schema that this program works on.
pub(super) const KNOWN: i64 = 3;

/// Version of the schema; 0 of a database in which nothing was stored yet.
pub(super) fn version(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|e| StoreError::sqlite(path, "reading the schema version", e))
}

/// Brings the schema up to date and notes the key. `site` is for the numbers given so far.
///
/// # Errors
/// Disk full or damaged; the database is as it was.
pub(super) fn to_latest(
    connection: &mut Connection,
    path: &Path,
    sealer: &Arc<Sealer>,
    site: &str,
) -> Result<(), StoreError> {
    let doing = "bringing the schema up to date";
    // Tables are replaced, and references to them meanwhile lead nowhere.
    connection
        .pragma_update(None, "foreign_keys", "OFF")
        .map_err(|e| StoreError::sqlite(path, doing, e))?;
    let (sealer, site) = (sealer.clone(), site.to_owned());
    let steps = Migrations::new(vec![
        M::up(include_str!("schema_1.sql")),
        M::up_with_hook(
            include_str!("schema_2.sql"),
            move |transaction: &rusqlite::Transaction<'_>| {
                to_2::convert(transaction, &sealer, &site, Timestamp::now()).map_err(|e| match e {
                    Failure::Sqlite(e) => HookError::RusqliteError(e),
                    Failure::Store(e) => HookError::Hook(e.to_string()),
                })
            },
        )
        .foreign_key_check(),
        M::up_with_hook(include_str!("schema_3.sql"), |transaction: &rusqlite::Transaction<'_>| {
            note(transaction, 2).map_err(|e| match e {
                Failure::Sqlite(e) => HookError::RusqliteError(e),
                Failure::Store(e) => HookError::Hook(e.to_string()),
            })
        }),
    ]);
    steps.to_latest(connection).map_err(|e| match e {
        rusqlite_migration::Error::RusqliteError { err, .. } => {
            StoreError::sqlite(path, doing, err)
        }
        other => StoreError::Corrupt { path: path.to_owned(), detail: format!("schema: {other}") },
    })
}

/// Notes a step from this schema to the next, where there is a journal already.
fn note(transaction: &rusqlite::Transaction<'_>, from: i64) -> Result<(), Failure> {
    let rows: i64 = transaction.query_row("SELECT journal_seq FROM kiosk", [], |row| row.get(0))?;
    if rows > 0 {
        let event = Event::SchemaMigrated { from, to: from + 1 };
        chain::append(transaction, (Timestamp::now(), false), &event)?;
    }
    Ok(())
}

/// When a copy was made, until a clock that is right dates it: a day to come (promise P9).
fn undated() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(i32::MAX.unsigned_abs().into())
}

/// Lays a whole copy of an old database beside it, as `NAME.schema1`. Its key is the same.
///
/// # Errors
/// Disk full, unreadable.
pub(super) fn copy_before(
    connection: &Connection,
    path: &Path,
    version: i64,
) -> Result<(), StoreError> {
    let doing = "copying the database before its schema is changed";
    let copy = copy_of(path, version);
    let new = files::beside(&copy, ".new");
    files::remove_leftover(&new)?;
    files::write_new(&new, b"", doing)?;
    let Some(name) = new.to_str() else {
        return Err(StoreError::io(&new, doing, std::io::ErrorKind::InvalidFilename.into()));
    };
    connection.execute("VACUUM INTO ?1", [name]).map_err(|e| StoreError::sqlite(&new, doing, e))?;
    std::fs::File::open(&new)
        .and_then(|file| {
            file.set_modified(undated())?;
            file.sync_all()
        })
        .map_err(|e| StoreError::io(&new, doing, e))?;
    files::rename(&new, &copy, doing)
}

/// Where the copy of an old database lies.
pub(super) fn copy_of(path: &Path, version: i64) -> std::path::PathBuf {
    files::beside(path, &format!(".schema{version}"))
}
