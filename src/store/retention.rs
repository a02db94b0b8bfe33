//! What the kiosk need not keep any longer is erased by rule, a few rows a step.
//!
//! Nothing is erased while the clock is not known to be right, and a moment that was noted by such
//! a clock counts from when it was first looked at by a right one: a clock that was wrong by years
//! erases nothing early (promise P9). The journal is never shortened.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::db::{Db, Failure};
use super::{StoreError, chain, limits, migrations};
use crate::case::CaseNumber;
use crate::clock;
use crate::journal::Event;

/// Rows of each kind that one step looks at.
const AT_A_TIME: u32 = 16;

/// How long things are kept after their end.
#[derive(Clone, Copy)]
pub(super) struct Retention {
    returned: SignedDuration,
    finished: SignedDuration,
}

fn days(days: u16) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}

impl Retention {
    pub(super) fn new(config: &crate::config::Store) -> Retention {
        Retention {
            returned: days(config.returned_kept_days),
            finished: days(config.finished_kept_days),
        }
    }
}

impl Db {
    /// One step of what has to be done beside the work. `true`: there may be more at once.
    pub(super) fn tend(&mut self) -> Result<bool, StoreError> {
        let clock = self.clock();
        self.tend_at(clock)
    }

    pub(super) fn tend_at(&mut self, clock: (Timestamp, bool)) -> Result<bool, StoreError> {
        self.count_rows()?;
        self.mark.reserve()?;
        self.checkpoint()?;
        let breached = limits::note_breaches(self, clock)?;
        if !clock.1 {
            return Ok(breached);
        }
        let dated = self.date_ends(clock.0)?;
        let erased = self.erase_returned(clock.0)?;
        let removed = self.remove_finished(clock.0)?;
        let slips =
            self.remove_dated("slip", "serial", "ordered_at", "outcome IS NOT NULL", clock.0)?;
        let evaluations = self.remove_dated(
            "evaluation",
            "id",
            "pressed_at",
            "application IS NULL AND state <> 'waiting'",
            clock.0,
        )?;
        self.date_counts(clock.0)?;
        self.remove_counts(clock.0 - self.retention.finished)?;
        for version in 1..migrations::KNOWN {
            self.remove_copy(version, clock.0)?;
        }
        Ok(breached || dated || erased || removed || slips || evaluations)
    }

    /// Ends that were noted by a doubtful clock count from now.
    fn date_ends(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        self.step("dating what has ended", |transaction| {
            let rows = transaction
                .prepare_cached(
                    "UPDATE application SET finished_at = ?1, finished_trusted = 1
                     WHERE sequence IN (SELECT sequence FROM application
                     WHERE finished_at IS NOT NULL AND NOT finished_trusted LIMIT ?2)",
                )?
                .execute(params![now.to_string(), AT_A_TIME])?;
            Ok(rows > 0)
        })
    }

    /// What was handed in with a returned case, and the words about it, when the last day for
    /// correcting it is long enough ago. Whatever day the platform names, it is not kept for longer
    /// than a finished case.
    fn erase_returned(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let before = now - self.retention.returned;
        let longest = now - self.retention.finished.max(self.retention.returned);
        self.step("erasing the personal part of returned cases", |transaction| {
            let rows: Vec<(i64, String)> = transaction
                .prepare_cached(
                    "SELECT sequence, number FROM application
                     WHERE finished_at < ?1 AND finished_trusted AND status = 'returned'
                     AND (request IS NOT NULL OR note IS NOT NULL OR route_reason IS NOT NULL OR EXISTS
                         (SELECT 1 FROM part WHERE application = sequence AND note IS NOT NULL))
                     AND (correct_by IS NULL OR correct_by < ?2 OR finished_at < ?3) LIMIT ?4",
                )?
                .query_map(
                    params![
                        before.to_string(),
                        clock::local(before).date().to_string(),
                        longest.to_string(),
                        AT_A_TIME
                    ],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?
                .collect::<Result<_, _>>()?;
            for (sequence, number) in &rows {
                transaction
                    .prepare_cached(
                        "UPDATE application SET request = NULL, note = NULL, route_reason = NULL,
                         enterprise = NULL WHERE sequence = ?1",
                    )?
                    .execute([sequence])?;
                transaction
                    .prepare_cached("UPDATE part SET note = NULL WHERE application = ?1")?
                    .execute([sequence])?;
                note(transaction, now, number, |case| Event::PersonalDataErased { case })?;
            }
            Ok(!rows.is_empty())
        })
    }

    /// Cases that have been finished for long; their journal rows stay.
    fn remove_finished(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let before = now - self.retention.finished;
        self.step("removing finished cases", |transaction| {
            let rows: Vec<(i64, String)> = transaction
                .prepare_cached(
                    "SELECT sequence, number FROM application
                     WHERE finished_at < ?1 AND finished_trusted
                     AND NOT (status = 'returned' AND request IS NOT NULL)
                     AND NOT EXISTS (SELECT 1 FROM evaluation JOIN outbox
                         ON outbox.evaluation = evaluation.id
                         WHERE evaluation.application = sequence)
                     LIMIT ?2",
                )?
                .query_map(params![before.to_string(), AT_A_TIME], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?
                .collect::<Result<_, _>>()?;
            for (sequence, number) in &rows {
                transaction
                    .prepare_cached("DELETE FROM application WHERE sequence = ?1")?
                    .execute([sequence])?;
                note(transaction, now, number, |case| Event::CaseRemoved { case })?;
            }
            Ok(!rows.is_empty())
        })
    }

    /// Rows that are numbered in the order of time: everything up to the newest of the first few
    /// that a right clock has dated, if it was long ago.
    fn remove_dated(
        &mut self,
        table: &str,
        id: &str,
        at: &str,
        settled: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let before = now - self.retention.finished;
        self.step("removing old slips and evaluations", |transaction| {
            let up_to: Option<i64> = transaction
                .prepare_cached(&format!(
                    "SELECT max({id}) FROM (SELECT {id}, {at} FROM {table}
                     WHERE {settled} AND clock_trusted ORDER BY {id} LIMIT ?2) WHERE {at} < ?1"
                ))?
                .query_row(params![before.to_string(), AT_A_TIME], |row| row.get(0))
                .optional()?
                .flatten();
            let Some(up_to) = up_to else { return Ok(false) };
            let rows = transaction
                .prepare_cached(&format!("DELETE FROM {table} WHERE {id} <= ?1 AND {settled}"))?
                .execute([up_to])?;
            Ok(rows > 0)
        })
    }

    /// The copy that was made before a migration holds what was sealed then. Its days count from
    /// when it was first looked at by a right clock.
    fn remove_copy(&self, version: i64, now: Timestamp) -> Result<(), StoreError> {
        let copy = migrations::copy_of(&self.path, version);
        let made = std::fs::metadata(&copy).and_then(|metadata| metadata.modified());
        let Ok(made) = made.map(Timestamp::try_from) else { return Ok(()) };
        if made.as_ref().is_ok_and(|made| *made > now) {
            let dated = std::fs::File::open(&copy).and_then(|file| file.set_modified(now.into()));
            return dated.map_err(|e| StoreError::io(&copy, "dating the copy", e));
        }
        if made.is_ok_and(|made| made < now - self.retention.returned) {
            super::files::remove_leftover(&copy)?;
        }
        Ok(())
    }

    fn step(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<bool, Failure>,
    ) -> Result<bool, StoreError> {
        self.write(doing, |transaction, _| work(transaction))
    }
}

fn note(
    transaction: &Transaction<'_>,
    now: Timestamp,
    number: &str,
    event: impl Fn(CaseNumber) -> Event,
) -> Result<(), Failure> {
    // A number that cannot be read was found when its row was read.
    match CaseNumber::parse(number) {
        Ok(case) => chain::append(transaction, (now, true), &event(case)),
        Err(_) => Ok(()),
    }
}
