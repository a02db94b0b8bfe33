//! Cases and evaluations: the work of the store's thread.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};
use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::seal::Sealer;
use super::{Applicant, NewCase, NewEvaluation, QueueRow, StoreError, journal, open};
use crate::case::{CaseFacts, CaseNumber, CaseNumberError, CaseStatus, QueryToken};

/// Most of one case that is sealed: a card's text and its answers take about 1 KiB.
const SEALED_MAX: usize = 16 * 1024;
const ITEM_MAX: usize = 64;
const TAGS_MAX: usize = 16;
const DETAIL_MAX: usize = 4096;
/// Kind of the journal's row for a slip that was given to the printer.
const SLIP_ORDERED: &str = "slip_ordered";

/// Columns that [`facts`] reads, in its order.
pub(super) const FACTS: &str = "number, item, status, received_at, clock_trusted, accepted_at, \
                                completed_at, due_at, note";

/// The database, on the store's thread.
pub(super) struct Db {
    pub(super) connection: Connection,
    pub(super) sealer: Sealer,
    pub(super) path: PathBuf,
    region: String,
    kiosk: u16,
    clock_trusted: Arc<AtomicBool>,
    /// When each delivery may be tried again, on the monotonic clock; absent: now.
    pub(super) not_before: HashMap<i64, Instant>,
    /// Closed last: the next kiosk may start only when the database is closed.
    _lock: open::Lock,
}

impl Db {
    pub(super) fn open(
        path: PathBuf,
        region: String,
        kiosk: u16,
        clock_trusted: Arc<AtomicBool>,
    ) -> Result<Db, StoreError> {
        let open::Opened { connection, sealer, lock } = open::writer(&path)?;
        connection.set_prepared_statement_cache_capacity(64);
        let not_before = HashMap::new();
        Ok(Db { connection, sealer, path, region, kiosk, clock_trusted, not_before, _lock: lock })
    }

    pub(super) fn submit(&mut self, case: NewCase) -> Result<CaseFacts, StoreError> {
        bounded("item", case.item.len(), ITEM_MAX)?;
        let person = self.sealer.person(&case.card.number);
        let payload = payload(&case)?;
        let (region, kiosk) = (self.region.clone(), self.kiosk);
        self.write("storing a case", |transaction, sealer| {
            let sequence: i64 = transaction
                .prepare_cached(
                    "UPDATE kiosk SET case_sequence = case_sequence + 1 RETURNING case_sequence",
                )?
                .query_row([], |row| row.get(0))?;
            let number = CaseNumber::new(&region, kiosk, sequence.unsigned_abs())?;
            let facts = CaseFacts::received(
                number,
                case.item,
                String::new(),
                (case.received_at, case.clock_trusted),
                QueryToken::from_bits(uuid::Uuid::new_v4().as_u128()),
            );
            transaction
                .prepare_cached(
                    "INSERT INTO case_record
                     (sequence, number, item, person, status, received_at, clock_trusted, sealed)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    sequence,
                    facts.number.as_str(),
                    facts.item,
                    person,
                    code(facts.status),
                    facts.received_at.to_string(),
                    facts.clock_trusted,
                    sealer.seal(facts.number.as_str(), payload),
                ])?;
            transaction
                .prepare_cached(
                    "INSERT INTO outbox (case_sequence, idempotency_key) VALUES (?1, ?2)",
                )?
                .execute(params![sequence, uuid::Uuid::new_v4().to_string()])?;
            journal::append(
                transaction,
                &journal::Entry {
                    at: facts.received_at,
                    clock_trusted: facts.clock_trusted,
                    kind: "case_received",
                    case: Some(facts.number.as_str()),
                    detail: &json!({ "item": facts.item }),
                },
            )?;
            Ok(facts)
        })
    }

    pub(super) fn cases_of(&self, id_number: &str) -> Result<Vec<CaseFacts>, StoreError> {
        let Some(person) = self.sealer.person(id_number) else { return Ok(Vec::new()) };
        let read = || -> Result<Vec<CaseFacts>, rusqlite::Error> {
            self.connection
                .prepare_cached(&format!(
                    "SELECT {FACTS} FROM case_record WHERE person = ?1
                     ORDER BY sequence DESC LIMIT 100"
                ))?
                .query_map([person], |row| facts(row, &self.sealer))?
                .collect()
        };
        read().map_err(|e| self.error("looking up cases", e))
    }

    pub(super) fn case(&self, number: &CaseNumber) -> Result<Option<CaseFacts>, StoreError> {
        let read = || {
            self.connection
                .prepare_cached(&format!(
                    "SELECT {FACTS} FROM case_record WHERE sequence = ?1 AND number = ?2"
                ))?
                .query_row(params![sequence_of(number), number.as_str()], |row| {
                    facts(row, &self.sealer)
                })
                .optional()
        };
        read().map_err(|e| self.error("reading a case", e))
    }

    pub(super) fn queue(&self, now: Instant) -> Result<Vec<QueueRow>, StoreError> {
        queue(&self.connection, |seq| {
            Some(self.not_before.get(&seq).map_or(Duration::ZERO, |at| at.duration_since(now)))
        })
        .map_err(|e| self.error("reading the queue", e))
    }

    pub(super) fn record_evaluation(&mut self, new: &NewEvaluation) -> Result<(), StoreError> {
        bounded("item", new.item.as_ref().map_or(0, String::len), ITEM_MAX)?;
        bounded("list of tags", new.tags.len(), TAGS_MAX)?;
        self.write("storing an evaluation", |transaction, _| {
            let case_sequence = match &new.case {
                None => None,
                Some(number) => {
                    if !exists(transaction, number)? {
                        return Err(StoreError::UnknownCase(number.clone()).into());
                    }
                    Some(sequence_of(number))
                }
            };
            let inserted = transaction
                .prepare_cached(
                    "INSERT INTO evaluation
                     (case_sequence, item, level, tags, pressed_at, clock_trusted)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (case_sequence) DO NOTHING",
                )?
                .execute(params![
                    case_sequence,
                    new.item,
                    code(new.level),
                    json!(new.tags).to_string(),
                    new.pressed_at.to_string(),
                    new.clock_trusted,
                ])?;
            if let (0, Some(number)) = (inserted, &new.case) {
                return Err(StoreError::AlreadyEvaluated(number.clone()).into());
            }
            transaction
                .prepare_cached("INSERT INTO outbox (evaluation, idempotency_key) VALUES (?1, ?2)")?
                .execute(params![
                    transaction.last_insert_rowid(),
                    uuid::Uuid::new_v4().to_string()
                ])?;
            journal::append(
                transaction,
                &journal::Entry {
                    at: new.pressed_at,
                    clock_trusted: new.clock_trusted,
                    kind: "evaluation_pressed",
                    case: new.case.as_ref().map(CaseNumber::as_str),
                    detail: &json!({ "item": new.item, "level": new.level, "tags": new.tags }),
                },
            )?;
            Ok(())
        })
    }

    pub(super) fn journal(
        &mut self,
        kind: &str,
        case: Option<&CaseNumber>,
        detail: &serde_json::Value,
    ) -> Result<(), StoreError> {
        bounded("kind of a journal row", kind.len(), ITEM_MAX)?;
        bounded("detail of a journal row", detail.to_string().len(), DETAIL_MAX)?;
        let (at, clock_trusted) = self.clock();
        let case = case.map(CaseNumber::as_str);
        self.write("writing the journal", |transaction, _| {
            let entry = journal::Entry { at, clock_trusted, kind, case, detail };
            journal::append(transaction, &entry)?;
            Ok(())
        })
    }

    pub(super) fn slips_ordered(&self) -> Result<u64, StoreError> {
        self.connection
            .query_row("SELECT count(*) FROM journal WHERE kind = ?1", [SLIP_ORDERED], |row| {
                row.get::<_, i64>(0)
            })
            .map(i64::unsigned_abs)
            .map_err(|e| self.error("counting the slips", e))
    }

    pub(super) fn verify_journal(&self) -> Result<u64, StoreError> {
        journal::verify(&self.connection, |e| self.error("reading the journal", e))
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
        let Db { connection, sealer, path, .. } = self;
        let run = || -> Result<T, Failure> {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction, sealer)?;
            transaction.commit()?;
            Ok(value)
        };
        run().map_err(|failure| match failure {
            Failure::Sqlite(e) => StoreError::sqlite(path, doing, e),
            Failure::Store(e) => e,
        })
    }
}

/// Why a transaction was given up.
pub(super) enum Failure {
    Sqlite(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(e: rusqlite::Error) -> Failure {
        Failure::Sqlite(e)
    }
}

impl From<StoreError> for Failure {
    fn from(e: StoreError) -> Failure {
        Failure::Store(e)
    }
}

impl From<CaseNumberError> for Failure {
    fn from(e: CaseNumberError) -> Failure {
        Failure::Store(e.into())
    }
}

pub(super) fn exists(
    connection: &Connection,
    number: &CaseNumber,
) -> Result<bool, rusqlite::Error> {
    connection
        .prepare_cached("SELECT 1 FROM case_record WHERE sequence = ?1 AND number = ?2")?
        .exists(params![sequence_of(number), number.as_str()])
}

/// The unfinished cases; `next_attempt_in` answers for a row of the outbox.
pub(super) fn queue(
    connection: &Connection,
    next_attempt_in: impl Fn(i64) -> Option<Duration>,
) -> Result<Vec<QueueRow>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT number, item, status, received_at, clock_trusted,
             outbox.seq, outbox.attempts, outbox.last_error
             FROM case_record LEFT JOIN outbox ON outbox.case_sequence = case_record.sequence
             WHERE status IN ('received', 'accepted') ORDER BY sequence",
        )?
        .query_map([], |row| {
            let seq: Option<i64> = row.get(5)?;
            Ok(QueueRow {
                number: parsed(row, 0, |text| CaseNumber::parse(text).ok())?,
                item: row.get(1)?,
                status: parsed(row, 2, from_code)?,
                received_at: parsed(row, 3, time)?,
                clock_trusted: row.get(4)?,
                attempts: row.get::<_, Option<u32>>(6)?.unwrap_or(0),
                next_attempt_in: seq.and_then(&next_attempt_in),
                last_error: row.get(7)?,
            })
        })?
        .collect()
}

/// Reads the columns [`FACTS`].
///
/// A note that cannot be opened is left out: the case itself is more than the words about it.
pub(super) fn facts(row: &Row<'_>, sealer: &Sealer) -> Result<CaseFacts, rusqlite::Error> {
    let number = parsed(row, 0, |text| CaseNumber::parse(text).ok())?;
    let note = row.get::<_, Option<Vec<u8>>>(8)?.and_then(|sealed| {
        let words = sealer
            .open(&note_place(&number), &sealed)
            .and_then(|plain| std::str::from_utf8(&plain).map(str::to_owned).ok());
        if words.is_none() {
            tracing::error!(case = %number, "the sealed note cannot be opened; key or row was changed");
        }
        words
    });
    let received_at = (parsed(row, 3, time)?, row.get(4)?);
    let token = QueryToken::from_bits(0);
    Ok(CaseFacts {
        status: parsed(row, 2, from_code)?,
        accepted_at: row.get::<_, Option<String>>(5)?.as_deref().and_then(time),
        completed_at: row.get::<_, Option<String>>(6)?.as_deref().and_then(time),
        due_at: row.get::<_, Option<String>>(7)?.as_deref().and_then(time),
        note,
        ..CaseFacts::received(number, row.get(1)?, String::new(), received_at, token)
    })
}

/// What the sealed note of a case is bound to, so that it never passes for the sealed applicant.
pub(super) fn note_place(number: &CaseNumber) -> String {
    format!("{number} note")
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

pub(super) fn sequence_of(number: &CaseNumber) -> i64 {
    number.sequence().cast_signed()
}

/// What is sealed of a case, as JSON.
fn payload(case: &NewCase) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let applicant = Applicant {
        kind: case.card.kind,
        name: case.card.name.clone(),
        name_latin: case.card.name_latin.clone(),
        number: case.card.number.clone(),
        address: case.card.address.clone(),
        answers: case.answers.clone(),
    };
    let text = |s: &String| s.len();
    let size = text(&applicant.name)
        + text(&applicant.name_latin)
        + text(&applicant.number)
        + text(&applicant.address)
        + applicant.answers.iter().map(|(id, answer)| id.len() + answer.len() + 8).sum::<usize>();
    // JSON may escape a byte into six; the fixed part takes about 100.
    bounded("case", size * 6 + 256, SEALED_MAX)?;
    // Reserved at once: a growing buffer would leave copies that nobody wipes.
    let mut plain = Zeroizing::new(Vec::with_capacity(SEALED_MAX));
    serde_json::to_writer(&mut *plain, &applicant).expect("plain strings serialise");
    Ok(plain)
}

fn bounded(what: &'static str, size: usize, limit: usize) -> Result<(), StoreError> {
    if size > limit { Err(StoreError::TooLarge { what, limit }) } else { Ok(()) }
}
