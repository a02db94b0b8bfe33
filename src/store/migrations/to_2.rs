//! What schema 2 needs beyond SQL: sealed values get their new place, and what waits in the outbox
//! becomes the bytes that will be sent.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use serde::Deserialize;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use super::super::db::{Failure, from_code, of_one_row, optional, parsed, time};
use super::super::seal::Sealer;
use super::super::{chain, compose, places};
use crate::case::{CaseNumber, CaseStatus};
use crate::contract::Person;
use crate::domain::card::CardKind;
use crate::domain::evaluation::Level;
use crate::domain::fact::Private;
use crate::journal::Event;

/// Why a case of schema 1 that the platform had not finished waits for a technician: its key was
/// dropped with the platform's first answer, so no change of it can ever be told.
const KEY_UNKNOWN: &str = "key_unknown";

/// Schema 1 did not note the site pack of a case.
const PACK_UNKNOWN: &str = "unknown";

/// What schema 1 sealed of a citizen.
#[derive(Deserialize)]
struct Applicant {
    kind: CardKind,
    name: String,
    name_latin: String,
    number: String,
    address: String,
    answers: Vec<(String, String)>,
}

impl Drop for Applicant {
    fn drop(&mut self) {
        for text in [&mut self.name, &mut self.name_latin, &mut self.number, &mut self.address] {
            text.zeroize();
        }
        for (_, answer) in &mut self.answers {
            answer.zeroize();
        }
    }
}

/// A row of `case_record`, with its row of the outbox. What of it cannot be read stays in the database
/// as it is, and hides nothing else.
struct Old {
    sequence: i64,
    number: Option<CaseNumber>,
    item: String,
    status: Option<CaseStatus>,
    received_at: Option<Timestamp>,
    clock_trusted: bool,
    note: Option<Vec<u8>>,
    sealed: Option<Vec<u8>>,
    /// `None`: the platform has answered.
    waiting: Option<(i64, String)>,
}

/// Converts every row, inside the transaction that makes the tables.
pub(super) fn convert(
    transaction: &Connection,
    sealer: &Sealer,
    site: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let found: Option<Vec<u8>> =
        transaction.query_row("SELECT key_check FROM kiosk", [], |row| row.get(0))?;
    // A key check that was noted is never replaced; `open.rs` has compared it.
    let check = found.unwrap_or_else(|| sealer.check().to_vec());
    transaction.execute("UPDATE kiosk SET key_check = ?1", [check])?;
    cases(transaction, sealer, now)?;
    evaluations(transaction, sealer)?;
    transaction.execute_batch(
        "DROP TABLE outbox; DROP TABLE evaluation; DROP TABLE case_record;
         ALTER TABLE evaluation_2 RENAME TO evaluation;
         ALTER TABLE outbox_2 RENAME TO outbox;",
    )?;
    let used: i64 = transaction.query_row("SELECT journal_seq FROM kiosk", [], |row| row.get(0))?;
    if used > 0 {
        transaction.execute("UPDATE kiosk SET site = ?1", [site])?;
        chain::append(transaction, (now, false), &Event::SchemaMigrated { from: 1, to: 2 })?;
    }
    Ok(())
}

fn cases(transaction: &Connection, sealer: &Sealer, now: Timestamp) -> Result<(), Failure> {
    let mut statement = transaction.prepare(
        "SELECT sequence, number, item, status, received_at, case_record.clock_trusted, note,
         sealed, outbox.seq, outbox.idempotency_key
         FROM case_record LEFT JOIN outbox ON outbox.case_sequence = case_record.sequence
         ORDER BY sequence",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let old = read(row)?;
        let key =
            old.waiting.as_ref().map_or_else(|| Uuid::new_v4().to_string(), |(_, key)| key.clone());
        let row = old.sequence.to_string();
        let number = old.number.as_ref();
        let note = old.note.as_ref().zip(number).and_then(|(sealed, number)| {
            let words = sealer.open_scheme_1(&format!("{number} note"), sealed)?;
            Some(sealer.seal(places::note(&row), words))
        });
        let body = old.sealed.as_ref().zip(number).and_then(|(sealed, number)| {
            let plain = sealer.open_scheme_1(number.as_str(), sealed)?;
            body(&old, number, &plain, sealer, &key)
        });
        let is_final = old.status.is_some_and(CaseStatus::is_final);
        // Nobody will ever tell how it ends; what was handed in serves nobody any more.
        let lost = old.waiting.is_none() && !is_final;
        let request = match (&body, &old.waiting) {
            (Some(body), None) if !lost => Some(sealer.seal(places::request(&row), body.clone())),
            _ => None,
        };
        transaction
            .prepare_cached(
                "INSERT INTO application
                 (sequence, number, idempotency_key, item, pack_version, person, status,
                  received_at, clock_trusted, held, accepted_at, completed_at, due_at, note,
                  request, finished_at, finished_trusted)
                 SELECT sequence, number, ?2, item, ?3, person, status, received_at,
                  clock_trusted, ?4, accepted_at, completed_at, due_at, ?5, ?6,
                  CASE WHEN ?7 THEN coalesce(completed_at, accepted_at, received_at) END,
                  CASE WHEN ?7 THEN 0 END
                 FROM case_record WHERE sequence = ?1",
            )?
            .execute(params![
                old.sequence,
                key,
                PACK_UNKNOWN,
                lost.then_some(KEY_UNKNOWN),
                note,
                request,
                is_final || lost,
            ])?;
        if let (true, Some(case)) = (lost, old.number.clone()) {
            let event = Event::CaseHeld { case, code: KEY_UNKNOWN.to_owned() };
            chain::append(transaction, (now, false), &event)?;
        }
        if let Some((seq, key)) = &old.waiting {
            // What cannot be opened stays as it is: found when it is due, and told.
            let sealed = match body {
                Some(body) => sealer.seal(places::body(key), body),
                None => old.sealed.unwrap_or_default(),
            };
            transaction
                .prepare_cached(
                    "INSERT INTO outbox_2
                     (seq, application, idempotency_key, body, attempts, last_error)
                     SELECT seq, case_sequence, idempotency_key, ?2, attempts, last_error
                     FROM outbox WHERE seq = ?1",
                )?
                .execute(params![seq, sealed])?;
        }
    }
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Old, rusqlite::Error> {
    let seq: Option<i64> = row.get(8)?;
    let key: Option<String> = row.get(9)?;
    Ok(Old {
        sequence: row.get(0)?,
        number: optional(row, 1, |number| CaseNumber::parse(number).ok())?,
        item: row.get(2)?,
        status: optional(row, 3, from_code)?,
        received_at: optional(row, 4, time)?,
        clock_trusted: row.get(5)?,
        note: row.get(6)?,
        sealed: row.get(7)?,
        waiting: seq.zip(key),
    })
}

/// The request of a case of schema 1: of a single instant item, the only kind there was.
fn body(
    old: &Old,
    number: &CaseNumber,
    plain: &[u8],
    sealer: &Sealer,
    key: &str,
) -> Option<Zeroizing<Vec<u8>>> {
    // An error of serde_json may quote what it read; it goes no further than here.
    let applicant: Applicant = serde_json::from_slice(plain).ok()?;
    Some(compose::application(compose::Application {
        number,
        query_token: &sealer.query_token(key),
        item: &old.item,
        pack_version: PACK_UNKNOWN,
        parts: &[],
        limit: None,
        legal: None,
        received_at: old.received_at?,
        clock_trusted: old.clock_trusted,
        applicant: Person {
            document_kind: applicant.kind,
            name: Private::new(&*applicant.name),
            name_latin: filled(&applicant.name_latin),
            document_number: Private::new(&*applicant.number),
            address: filled(&applicant.address),
        },
        answers: applicant.answers.iter().map(|(q, a)| (q.as_str(), a.as_str())).collect(),
        request: None,
        enterprise: None,
    }))
}

/// `None` for a text that the card does not carry.
fn filled(text: &str) -> Option<Private> {
    (!text.is_empty()).then(|| Private::new(text))
}

fn evaluations(transaction: &Connection, sealer: &Sealer) -> Result<(), Failure> {
    transaction.execute(
        "INSERT INTO evaluation_2
         SELECT id, case_sequence, item, level, tags, pressed_at, clock_trusted, state
         FROM evaluation",
        [],
    )?;
    let mut statement = transaction.prepare(
        "SELECT outbox.seq, outbox.idempotency_key, application.idempotency_key, evaluation.item,
         level, tags, pressed_at, evaluation.clock_trusted, outbox.evaluation
         FROM outbox JOIN evaluation ON evaluation.id = outbox.evaluation
         LEFT JOIN application ON application.sequence = evaluation.case_sequence",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, key): (i64, String) = (row.get(0)?, row.get(1)?);
        let evaluation = (|| {
            Ok(compose::Evaluation {
                application: row.get(2)?,
                item: row.get(3)?,
                level: parsed::<Level>(row, 4, from_code)?,
                tags: parsed(row, 5, |tags| serde_json::from_str(tags).ok())?,
                pressed_at: parsed(row, 6, time)?,
                clock_trusted: row.get(7)?,
            })
        })();
        // One that cannot be read is found when it is due, and told.
        let sealed = match evaluation {
            Ok(evaluation) => sealer.seal(places::body(&key), compose::evaluation(evaluation)),
            Err(error) if of_one_row(&error) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        transaction
            .prepare_cached(
                "INSERT INTO outbox_2
                 (seq, evaluation, idempotency_key, body, attempts, last_error)
                 SELECT seq, evaluation, idempotency_key, ?2, attempts, last_error
                 FROM outbox WHERE seq = ?1",
            )?
            .execute(params![seq, sealed])?;
    }
    Ok(())
}
