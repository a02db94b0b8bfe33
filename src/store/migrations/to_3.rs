//! What schema 3 needs beyond SQL: the row of the journal that says so.

use jiff::Timestamp;
use rusqlite::Connection;

use super::super::chain;
use super::super::db::Failure;
use crate::journal::Event;

/// Notes the step, where there is something to be noted beside.
pub(super) fn convert(transaction: &Connection, now: Timestamp) -> Result<(), Failure> {
    let used: i64 = transaction.query_row("SELECT journal_seq FROM kiosk", [], |row| row.get(0))?;
    if used > 0 {
        chain::append(transaction, (now, false), &Event::SchemaMigrated { from: 2, to: 3 })?;
    }
    Ok(())
}
