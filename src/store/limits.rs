//! Promised limits (承诺时限): one that has passed is noted with what stood in the way, once a case.
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

/// Breaches noted in one step.
const AT_A_TIME: usize = 16;

/// `true`: there may be more at once.
pub(super) fn note_breaches(db: &mut Db, clock: (Timestamp, bool)) -> Result<bool, StoreError> {
    let (now, trusted) = clock;
    if !trusted {
        return Ok(false);
    }
    let breached = breached(db, now).map_err(|e| db.error("looking at the promised limits", e))?;
    if breached.is_empty() {
        return Ok(false);
    }
    db.write("noting that a limit has passed", |transaction, _| {
        for (number, reason) in &breached {
            let sequence = number.sequence().cast_signed();
            transaction
                .prepare_cached("UPDATE application SET breach = ?2 WHERE sequence = ?1")?
                .execute(params![sequence, code(reason)])?;
            let event = Event::LimitBreached { case: number.clone(), reason: *reason };
            chain::append(transaction, clock, &event)?;
        }
        Ok(())
    })?;
    Ok(breached.len() == AT_A_TIME)
}

/// Unfinished cases only: as many as wait, however many there were.
fn breached(db: &Db, now: Timestamp) -> Result<Vec<(CaseNumber, Hindrance)>, rusqlite::Error> {
    let mut statement = db.connection.prepare_cached(
        "SELECT number, received_at, limit_s, coalesce(obstacle, 'no_network')
         FROM outbox JOIN application ON sequence = outbox.application
         WHERE limit_s IS NOT NULL AND breach IS NULL AND clock_trusted
         UNION ALL
         SELECT number, received_at, limit_s, 'platform'
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
        ))
    })?;
    let passed = super::db::readable(rows)?
        .rows
        .into_iter()
        .filter(|(_, received, limit, _)| received.checked_add(*limit).is_ok_and(|due| due < now));
    Ok(passed.map(|(number, _, _, obstacle)| (number, obstacle)).take(AT_A_TIME).collect())
}
