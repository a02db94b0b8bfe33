//! The database on the store's thread: transactions, the clock, and how values stand in rows.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior};
use serde::Serialize;

use super::lock::Lock;
use super::mark::Mark;
use super::seal::Sealer;
use super::{Found, StoreError, chain, open};
use crate::case::CaseNumberError;
use crate::journal::Event;

/// How long a database that is at work may live in its log alone. The log moves by itself when it is
/// long.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(600);
/// Longest name of an item, version of a pack or code, in bytes.
pub(super) const NAME_MAX: usize = 64;

/// The database, on the store's thread.
pub(super) struct Db {
    pub(super) connection: Connection,
    pub(super) sealer: Arc<Sealer>,
    pub(super) path: PathBuf,
    pub(super) region: String,
    pub(super) kiosk: u16,
    clock_trusted: Arc<AtomicBool>,
    pub(super) retention: super::retention::Retention,
    pub(super) mark: Mark,
    pub(super) checkpoint_at: Instant,
    /// When each delivery may be tried again, on the monotonic clock; absent: now.
    pub(super) not_before: HashMap<i64, Instant>,
    /// Commits that have failed since the last one that did not.
    pub(super) failed_commits: Arc<AtomicU32>,
    /// Closed last: the next kiosk may start only when the database is closed.
    _lock: Lock,
}

impl Db {
    pub(super) fn open(
        config: &crate::config::Store,
        region: String,
        kiosk: u16,
        clock_trusted: Arc<AtomicBool>,
    ) -> Result<Db, StoreError> {
        let opened = open::writer(&config.path, &site(&region, kiosk))?;
        opened.connection.set_prepared_statement_cache_capacity(64);
        Ok(Db {
            connection: opened.connection,
            sealer: opened.sealer,
            path: opened.path,
            region,
            kiosk,
            clock_trusted,
            retention: super::retention::Retention::new(config),
            mark: opened.mark,
            checkpoint_at: Instant::now() + CHECKPOINT_EVERY,
            not_before: HashMap::new(),
            failed_commits: Arc::default(),
            _lock: opened.lock,
        })
    }

    /// Notes what was given, so that an orderly stop leaves no gap. SQLite lays the log into the
    /// main file when the connection is dropped.
    pub(super) fn close(mut self) {
        let settled = self.count_rows().and_then(|()| self.mark.settle());
        if let Err(error) = settled {
            tracing::warn!(%error, "the next numbers leave a gap");
            // The mark still says that a kiosk is at work: then there has to be a log, too.
            let keep = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
            let _ = self.connection.set_db_config(keep, true);
        }
    }

    /// Tells the mark how many rows the journal has on the disk.
    pub(super) fn count_rows(&mut self) -> Result<(), StoreError> {
        let rows: i64 = self
            .connection
            .query_row("SELECT journal_seq FROM kiosk", [], |row| row.get(0))
            .map_err(|e| self.error("counting the rows of the journal", e))?;
        self.mark.knows(rows.cast_unsigned());
        Ok(())
    }

    /// Moves what stands in the log into the main file now and then, so that the main file alone is
    /// never old.
    pub(super) fn checkpoint(&mut self) -> Result<(), StoreError> {
        if Instant::now() < self.checkpoint_at {
            return Ok(());
        }
        self.checkpoint_at = Instant::now() + CHECKPOINT_EVERY;
        self.connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
            .map_err(|e| self.error("moving the log into the database", e))
    }

    pub(super) fn journal(&mut self, event: &Event) -> Result<(), StoreError> {
        let clock = self.clock();
        self.write("writing the journal", |transaction, _| chain::append(transaction, clock, event))
    }

    /// The wall clock now, and whether it is known to be right.
    pub(super) fn clock(&self) -> (Timestamp, bool) {
        (Timestamp::now(), self.clock_trusted.load(Ordering::Relaxed))
    }

    pub(super) fn error(&self, doing: &'static str, source: rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.path, doing, source)
    }

    /// One transaction: everything in `work` is on the disk afterwards, or nothing.
    pub(super) fn write<T>(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&Transaction<'_>, &Sealer) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.write_if(doing, |_| true, work)
    }

    /// The same where what was found may not be `worth` a commit: nothing is written then.
    pub(super) fn write_if<T>(
        &mut self,
        doing: &'static str,
        worth: impl FnOnce(&T) -> bool,
        work: impl FnOnce(&Transaction<'_>, &Sealer) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let Db { connection, sealer, path, failed_commits, .. } = self;
        let run = || -> Result<T, Failure> {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction, sealer)?;
            if worth(&value) {
                transaction.commit()?;
            } else {
                transaction.rollback()?;
            }
            Ok(value)
        };
        let done = run().map_err(|failure| match failure {
            Failure::Sqlite(e) => StoreError::sqlite(path, doing, e),
            Failure::Store(e) => e,
        });
        match &done {
            Ok(_) => failed_commits.store(0, Ordering::Relaxed),
            // A full disk is told as such, and what needs no disk goes on.
            Err(StoreError::Sqlite { .. } | StoreError::Corrupt { .. }) => {
                failed_commits.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {}
        }
        done
    }
}

/// Region and kiosk, as the first ten digits of every number have them.
pub(super) fn site(region: &str, kiosk: u16) -> String {
    format!("{region}{kiosk:04}")
}

/// Why a transaction was given up.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl From<CaseNumberError> for Failure {
    fn from(e: CaseNumberError) -> Failure {
        Failure::Store(e.into())
    }
}

pub(super) fn bounded(what: &'static str, size: usize, limit: usize) -> Result<(), StoreError> {
    if size > limit { Err(StoreError::TooLarge { what, limit }) } else { Ok(()) }
}

/// Whether an error is about what stands in one row, and not about the database.
pub(super) fn of_one_row(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..)
    )
}

/// The rows that can be read, and how many cannot. `Err` only where the database itself fails.
pub(super) fn readable<T>(
    rows: impl Iterator<Item = Result<T, rusqlite::Error>>,
) -> Result<Found<T>, rusqlite::Error> {
    let mut found = Found::default();
    for row in rows {
        match row {
            Ok(row) => found.rows.push(row),
            Err(error) if of_one_row(&error) => {
                tracing::error!(%error, "a row of the database cannot be read");
                found.unreadable += 1;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// A text column through `parse`; a value that it does not know is a damaged row.
pub(super) fn parsed<T>(
    row: &Row<'_>,
    column: usize,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, rusqlite::Error> {
    parse(&row.get::<_, String>(column)?).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            Type::Text,
            "a value this version does not know".into(),
        )
    })
}

pub(super) fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// A column that may be empty, and whose damage is no reason to lose the row.
pub(super) fn optional<T>(
    row: &Row<'_>,
    column: usize,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, rusqlite::Error> {
    Ok(row.get::<_, Option<String>>(column)?.as_deref().and_then(parse))
}

/// The serde name of a plain enum (`received`), as it stands in the database.
pub(super) fn code(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        other => unreachable!("a plain enum is serialised as its name, not {other:?}"),
    }
}

pub(super) fn from_code<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(name.into()).ok()
}
