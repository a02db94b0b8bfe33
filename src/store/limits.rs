//! Limits of instant items (即时办结): one that is nearly over is warned of, one that has passed is noted
//! with what stood in the way; each once a case.
//!
//! A limit runs on wall time, since it outlives restarts: it is judged only where the clock was
//! right when the case was received and is right now (promise P9).

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::params;

use super::db::{Db, code, from_code, parsed, time};
use super::{StoreError, chain};
use crate::case::CaseNumber;
use crate::journal::{Event, Hindrance};

/// Cases noted in one step.
const AT_A_TIME: usize = 16;
/// A limit is nearly over when this part of it is left: the last 5 of 30 minutes.
const NEAR: u32 = 6;

/// What is to be noted of a limit.
enum Finding {
    /// So many minutes are left.
    Near(i64),
    Passed(Hindrance),
}

/// `true`: there may be more at once.
pub(super) fn note_breaches(db: &mut Db, clock: (Timestamp, bool)) -> Result<bool, StoreError> {
    let (now, trusted) = clock;
    if !trusted {
        return Ok(false);
    }
    let found = findings(db, now).map_err(|e| db.error("looking at the promised limits", e))?;
    if found.is_empty() {
        return Ok(false);
    }
    db.write("noting that a limit has passed", |transaction, _| {
        for (number, finding) in &found {
            let (case, sequence) = (number.clone(), number.sequence().cast_signed());
            let event = match finding {
                Finding::Near(minutes_left) => {
                    transaction
                        .prepare_cached("UPDATE application SET warned = 1 WHERE sequence = ?1")?
                        .execute([sequence])?;
                    Event::LimitNear { case, minutes_left: *minutes_left }
                }
                Finding::Passed(reason) => {
                    transaction
                        .prepare_cached("UPDATE application SET breach = ?2 WHERE sequence = ?1")?
                        .execute(params![sequence, code(reason)])?;
                    Event::LimitBreached { case, reason: *reason }
                }
            };
            chain::append(transaction, clock, &event)?;
        }
        Ok(())
    })?;
    Ok(found.len() == AT_A_TIME)
}

/// Unfinished cases only: as many as wait, however many there were.
fn findings(db: &Db, now: Timestamp) -> Result<Vec<(CaseNumber, Finding)>, rusqlite::Error> {
    let mut statement = db.connection.prepare_cached(
        "SELECT number, received_at, limit_s, coalesce(obstacle, 'no_network'), warned
         FROM outbox JOIN application ON sequence = outbox.application
         WHERE limit_s IS NOT NULL AND breach IS NULL AND clock_trusted
         UNION ALL
         SELECT number, received_at, limit_s, 'platform', warned
         FROM application WHERE under_way
         AND limit_s IS NOT NULL AND breach IS NULL AND clock_trusted",
    )?;
    let rows = statement.query_map([], |row| {
        let limit = Duration::from_secs(row.get::<_, i64>(2)?.unsigned_abs());
        Ok((
            parsed(row, 0, |number| CaseNumber::parse(number).ok())?,
            parsed(row, 1, time)?,
            limit,
            parsed(row, 3, from_code)?,
            row.get(4)?,
        ))
    })?;
    let finding = |(number, received, limit, obstacle, warned): (
        CaseNumber,
        Timestamp,
        Duration,
        Hindrance,
        bool,
    )| {
        let due = received.checked_add(limit).ok()?;
        let left = due.duration_since(now);
        let near = !warned && left.unsigned_abs() <= limit / NEAR;
        let finding = match left.is_negative() {
            true => Finding::Passed(obstacle),
            false if near => Finding::Near((left.as_secs() + 59) / 60),
            false => return None,
        };
        Some((number, finding))
    };
    let found = super::db::readable(rows)?.rows.into_iter().filter_map(finding);
    Ok(found.take(AT_A_TIME).collect())
}
