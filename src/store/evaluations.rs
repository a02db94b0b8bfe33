//! Evaluations (好差评): what was pressed, once each case.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde_json::json;

use super::cases::{exists, sequence_of};
use super::db::{
    Db, Failure, NAME_MAX, bounded, code, from_code, optional, parsed, readable, time,
};
use super::{Found, KeptEvaluation, NewEvaluation, StoreError, chain, compose, places};
use crate::case::CaseNumber;
use crate::domain::evaluation::sendable;
use crate::journal::Event;

const TAGS_MAX: usize = 16;

impl Db {
    pub(super) fn record_evaluation(&mut self, new: &NewEvaluation) -> Result<(), StoreError> {
        bounded("item", new.item.as_ref().map_or(0, String::len), NAME_MAX)?;
        bounded("list of tags", new.tags.len(), TAGS_MAX)?;
        let sent = sendable(new.level, &new.tags);
        self.write("storing an evaluation", |transaction, sealer| {
            let sequence = match &new.case {
                Some(number) if !exists(transaction, number)? => {
                    return Err(StoreError::UnknownCase(number.clone()).into());
                }
                case => case.as_ref().map(sequence_of),
            };
            let inserted = transaction
                .prepare_cached(
                    "INSERT INTO evaluation
                     (application, item, level, tags, pressed_at, clock_trusted, state)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (application) DO NOTHING",
                )?
                .execute(params![
                    sequence,
                    new.item,
                    code(new.level),
                    json!(new.tags).to_string(),
                    new.pressed_at.to_string(),
                    new.clock_trusted,
                    if sent { "waiting" } else { "kept" },
                ])?;
            if let (0, Some(number)) = (inserted, &new.case) {
                return Err(StoreError::AlreadyEvaluated(number.clone()).into());
            }
            let (case, item, level) = (new.case.clone(), new.item.clone(), new.level);
            let event = if sent {
                deliver(transaction, sealer, sequence, new)?;
                Event::EvaluationPressed { case, item, level, tags: new.tags.clone() }
            } else {
                Event::EvaluationKept { case, item, level }
            };
            chain::append(transaction, (new.pressed_at, new.clock_trusted), &event)
        })
    }
}

/// What is kept for following up, oldest first.
pub(super) fn kept(connection: &Connection) -> Result<Found<KeptEvaluation>, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT pressed_at, evaluation.clock_trusted, level,
                coalesce(evaluation.item, application.item), number
         FROM evaluation LEFT JOIN application ON application.sequence = evaluation.application
         WHERE state = 'kept' ORDER BY id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(KeptEvaluation {
            pressed_at: parsed(row, 0, time)?,
            clock_trusted: row.get(1)?,
            level: parsed(row, 2, from_code)?,
            item: row.get(3)?,
            case: optional(row, 4, |text| CaseNumber::parse(text).ok())?,
        })
    })?;
    readable(rows)
}

/// Puts the evaluation that was inserted last into the outbox.
fn deliver(
    transaction: &Transaction<'_>,
    sealer: &super::seal::Sealer,
    sequence: Option<i64>,
    new: &NewEvaluation,
) -> Result<(), Failure> {
    let evaluation = transaction.last_insert_rowid();
    let application = match sequence {
        None => None,
        Some(sequence) => transaction
            .prepare_cached("SELECT idempotency_key FROM application WHERE sequence = ?1")?
            .query_row([sequence], |row| row.get(0))?,
    };
    let key = uuid::Uuid::new_v4().to_string();
    let body = compose::evaluation(compose::Evaluation {
        application,
        item: new.item.clone(),
        level: new.level,
        tags: new.tags.clone(),
        pressed_at: new.pressed_at,
        clock_trusted: new.clock_trusted,
    });
    transaction
        .prepare_cached(
            "INSERT INTO outbox (evaluation, idempotency_key, body) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![evaluation, key, sealer.seal(places::body(&key), body)])?;
    Ok(())
}

/// The end of an evaluation: taken, or refused with a code.
pub(super) fn settle(
    transaction: &Transaction<'_>,
    evaluation: i64,
    refusal: Option<&str>,
    clock: (jiff::Timestamp, bool),
) -> Result<(), Failure> {
    transaction
        .prepare_cached("UPDATE evaluation SET state = ?2 WHERE id = ?1")?
        .execute(params![evaluation, if refusal.is_some() { "refused" } else { "taken" }])?;
    let number: Option<String> = transaction
        .prepare_cached(
            "SELECT number FROM application JOIN evaluation ON application = sequence
             WHERE id = ?1",
        )?
        .query_row([evaluation], |row| row.get(0))
        .optional()?;
    let case = number.as_deref().and_then(|number| CaseNumber::parse(number).ok());
    let event = match refusal {
        Some(code) => Event::EvaluationRefused { case, code: code.to_owned() },
        None => Event::EvaluationTaken { case },
    };
    chain::append(transaction, clock, &event)
}
