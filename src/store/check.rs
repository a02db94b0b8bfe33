//! Whether a database is whole and its journal as it was written. Takes the longer the more is
//! stored, so it is done beside the work, a piece at a time.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;

use super::{StoreError, StoreHealth, chain};

/// Checks every table with its indexes, then the journal.
///
/// # Errors
/// The database cannot be read for a reason other than damage; `Closed` when `ending` was set
/// meanwhile.
pub(super) fn check(
    connection: &Connection,
    path: &Path,
    ending: &AtomicBool,
) -> Result<StoreHealth, StoreError> {
    let found = look(connection, path, ending);
    match found {
        Ok(rows) => Ok(StoreHealth::Whole { rows }),
        Err(e @ (StoreError::Corrupt { .. } | StoreError::JournalBroken { .. })) => {
            Ok(StoreHealth::Damaged { finding: e.to_string() })
        }
        Err(e) => Err(e),
    }
}

fn look(connection: &Connection, path: &Path, ending: &AtomicBool) -> Result<u64, StoreError> {
    let go_on = || if ending.load(Ordering::Relaxed) { Err(StoreError::Closed) } else { Ok(()) };
    let failed = |e| StoreError::sqlite(path, "checking the database", e);
    let tables = || -> Result<Vec<String>, rusqlite::Error> {
        connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?
            .query_map([], |row| row.get(0))?
            .collect()
    };
    // One table at a time: each is a transaction of its own, and the log can move meanwhile.
    for table in tables().map_err(failed)? {
        go_on()?;
        let verdict: String = connection
            .query_row(
                &format!("PRAGMA integrity_check('{}')", table.replace('\'', "''")),
                [],
                |row| row.get(0),
            )
            .map_err(failed)?;
        if verdict != "ok" {
            let detail = format!("{table}: {verdict}");
            return Err(StoreError::Corrupt { path: path.to_owned(), detail });
        }
    }
    chain::verify(connection, go_on, |e| StoreError::sqlite(path, "reading the journal", e))
}
