//! Cases: taken in, and looked at.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use zeroize::Zeroizing;

use super::db::{Db, NAME_MAX, bounded, code, from_code, optional, parsed, readable, site, time};
use super::seal::{Place, Sealer};
use super::{Found, NewCase, QueueRow, StoreError, chain, compose, places};
use crate::case::{CaseFacts, CaseNumber, CaseStatus, HeldReason, PartFacts, Route, RouteWay};
use crate::contract::Person;
use crate::domain::deadline::Limit;
use crate::domain::request::Request;
use crate::journal::Event;

/// Most that a request may tell of a person: a card's text and its answers take about 1 KiB.
const REQUEST_MAX: usize = 16 * 1024;
/// Most of one request that is sealed: what it tells, and what is around it.
const BODY_MAX: usize = 32 * 1024;
/// Sub-cases of one package.
const PARTS_MAX: usize = 32;
/// Cases of one person that are shown.
const CASES_MAX: u32 = 100;

/// Columns that [`facts`] reads, in its order.
const FACTS: &str = "sequence, number, item, pack_version, idempotency_key, status, received_at, \
                     clock_trusted, accepted_at, completed_at, due_at, correct_by, \
                     acceptance_number, note, held, breach, asked, enterprise, route, department, \
                     route_reason";

impl Db {
    pub(super) fn submit(&mut self, case: NewCase) -> Result<CaseFacts, StoreError> {
        bounded("item", case.item.len(), NAME_MAX)?;
        bounded("version of the site pack", case.pack_version.len(), NAME_MAX)?;
        bounded("list of parts", case.parts.len(), PARTS_MAX)?;
        for part in &case.parts {
            bounded("item of a part", part.len(), NAME_MAX)?;
        }
        let person = self.sealer.person(&case.card.number);
        let sequence = self.mark.next_case()?;
        let number = CaseNumber::new(&self.region, self.kiosk, sequence)?;
        let key = uuid::Uuid::new_v4().to_string();
        let token = self.sealer.query_token(&key);
        let body = request(&case, &number, &token)?;
        let site = site(&self.region, self.kiosk);
        let stored = self.write("storing a case", |transaction, sealer| {
            let clock = (case.received_at, case.clock_trusted);
            let given: i64 = transaction
                .prepare_cached("SELECT case_sequence FROM kiosk")?
                .query_row([], |row| row.get(0))?;
            transaction
                .prepare_cached("UPDATE kiosk SET case_sequence = ?1, site = ?2")?
                .execute(params![sequence.cast_signed(), site])?;
            let skipped = (sequence - 1).saturating_sub(given.cast_unsigned());
            if skipped > 0 {
                let skipped = Event::NumbersSkipped { cases: skipped, slips: 0 };
                chain::append(transaction, clock, &skipped)?;
            }
            let mut facts = CaseFacts::received(number, case.item, case.pack_version, clock, token);
            facts.request = case.request;
            facts.enterprise = case.enterprise.map(|of| of.name);
            let row = sequence.to_string();
            let enterprise = facts.enterprise.as_deref().map(|name| {
                let name = Zeroizing::new(name.as_bytes().to_vec());
                sealer.seal(places::enterprise(&row), name)
            });
            transaction
                .prepare_cached(
                    "INSERT INTO application
                     (sequence, number, idempotency_key, item, pack_version, person, status,
                      received_at, clock_trusted, limit_s, priority, asked, enterprise)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                )?
                .execute(params![
                    sequence.cast_signed(),
                    facts.number.as_str(),
                    key,
                    facts.item,
                    facts.pack_version,
                    person,
                    code(facts.status),
                    facts.received_at.to_string(),
                    facts.clock_trusted,
                    case.limit.and_then(Limit::seconds),
                    case.request.is_some_and(|request| request.priority),
                    case.request.as_ref().map(json),
                    enterprise,
                ])?;
            facts.parts = insert_parts(transaction, sequence, case.parts)?;
            transaction
                .prepare_cached(
                    "INSERT INTO outbox (application, idempotency_key, body) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![
                    sequence.cast_signed(),
                    key,
                    sealer.seal(places::body(&key), body)
                ])?;
            let event = Event::CaseReceived {
                case: facts.number.clone(),
                item: facts.item.clone(),
                parts: facts.parts.len(),
                pack_version: facts.pack_version.clone(),
            };
            chain::append(transaction, clock, &event)?;
            if let Some(Request { of, priority, .. }) = case.request {
                let case = facts.number.clone();
                let event = Event::RequestReceived { case, of, priority };
                chain::append(transaction, clock, &event)?;
            }
            Ok(facts)
        })?;
        self.mark.gave_case(sequence);
        Ok(stored)
    }

    pub(super) fn cases_of(&self, id_number: &str) -> Result<Found<CaseFacts>, StoreError> {
        let Some(person) = self.sealer.person(id_number) else { return Ok(Found::default()) };
        let read = || -> Result<Found<CaseFacts>, rusqlite::Error> {
            let mut statement = self.connection.prepare_cached(&format!(
                "SELECT {FACTS} FROM application WHERE person = ?1
                 ORDER BY sequence DESC LIMIT {CASES_MAX}"
            ))?;
            let rows =
                statement.query_map([person], |row| facts(&self.connection, row, &self.sealer))?;
            readable(rows)
        };
        read().map_err(|e| self.error("looking up cases", e))
    }

    pub(super) fn case(&self, number: &CaseNumber) -> Result<Option<CaseFacts>, StoreError> {
        find(&self.connection, &self.sealer, number).map_err(|e| self.error("reading a case", e))
    }

    pub(super) fn queue(&self, now: Instant) -> Result<Found<QueueRow>, StoreError> {
        queue(&self.connection, |seq| {
            Some(self.not_before.get(&seq).map_or(Duration::ZERO, |at| at.duration_since(now)))
        })
        .map_err(|e| self.error("reading the queue", e))
    }
}

impl Db {
    pub(super) fn pack_versions(&self) -> Result<Vec<String>, StoreError> {
        let read = || {
            let mut statement = self.connection.prepare_cached(
                "SELECT pack_version FROM (
                     SELECT pack_version, sequence FROM application
                     JOIN outbox ON outbox.application = sequence
                     UNION ALL
                     SELECT pack_version, sequence FROM application WHERE under_way)
                 GROUP BY pack_version ORDER BY max(sequence) DESC LIMIT 64",
            )?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect::<Result<Vec<String>, _>>()
        };
        read().map_err(|e| self.error("reading the versions of site packs", e))
    }
}

fn insert_parts(
    connection: &Connection,
    sequence: u64,
    items: Vec<String>,
) -> Result<Vec<PartFacts>, rusqlite::Error> {
    let mut parts = Vec::with_capacity(items.len());
    for (place, item) in (0_u32..).zip(items) {
        let status = CaseStatus::Received;
        connection
            .prepare_cached(
                "INSERT INTO part (application, place, item, status) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![sequence.cast_signed(), place, item, code(status)])?;
        let (completed_at, due_at, acceptance_number, note) = (None, None, None, None);
        parts.push(PartFacts { item, status, completed_at, due_at, acceptance_number, note });
    }
    Ok(parts)
}

/// The bytes that are handed in.
fn request(
    case: &NewCase,
    number: &CaseNumber,
    token: &crate::case::QueryToken,
) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let card = &case.card;
    let texts = [&card.name, &card.name_latin, &card.number, &card.address];
    let answers = case.answers.iter().map(|(question, answer)| question.len() + answer.len());
    let size = texts.iter().map(|text| text.len()).sum::<usize>() + answers.sum::<usize>();
    // Looked at before anything is copied; JSON may escape a byte into six.
    bounded("case", size * 6, REQUEST_MAX)?;
    let body = compose::application(compose::Application {
        number,
        query_token: token,
        item: &case.item,
        pack_version: &case.pack_version,
        parts: &case.parts,
        limit: case.limit,
        legal: case.legal,
        received_at: case.received_at,
        clock_trusted: case.clock_trusted,
        applicant: Person::of(card),
        answers: case.answers.iter().map(|(q, a)| (q.as_str(), a.as_str())).collect(),
        request: case.request,
        enterprise: case.enterprise.as_ref(),
    });
    bounded("case", body.len(), BODY_MAX)?;
    Ok(body)
}

/// One case by its number; `None` if it is not in this database.
pub(super) fn find(
    connection: &Connection,
    sealer: &Sealer,
    number: &CaseNumber,
) -> Result<Option<CaseFacts>, rusqlite::Error> {
    connection
        .prepare_cached(&format!(
            "SELECT {FACTS} FROM application WHERE sequence = ?1 AND number = ?2"
        ))?
        .query_row(params![sequence_of(number), number.as_str()], |row| {
            facts(connection, row, sealer)
        })
        .optional()
}

/// Some cases under way whose limit has not passed, behind a sequence, in their order.
pub(super) fn under_way(
    connection: &Connection,
    sealer: &Sealer,
    after: i64,
    most: u32,
) -> Result<Vec<CaseFacts>, rusqlite::Error> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {FACTS} FROM application WHERE under_way AND breach IS NULL AND sequence > ?1
         ORDER BY sequence LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![after, most], |row| facts(connection, row, sealer))?;
    Ok(readable(rows)?.rows)
}

/// One case by its row.
pub(super) fn at(
    connection: &Connection,
    sealer: &Sealer,
    sequence: i64,
) -> Result<CaseFacts, rusqlite::Error> {
    connection
        .prepare_cached(&format!("SELECT {FACTS} FROM application WHERE sequence = ?1"))?
        .query_row([sequence], |row| facts(connection, row, sealer))
}

pub(super) fn exists(
    connection: &Connection,
    number: &CaseNumber,
) -> Result<bool, rusqlite::Error> {
    connection
        .prepare_cached("SELECT 1 FROM application WHERE sequence = ?1 AND number = ?2")?
        .exists(params![sequence_of(number), number.as_str()])
}

/// The row of a case.
pub(super) fn sequence_of(number: &CaseNumber) -> i64 {
    number.sequence().cast_signed()
}

/// The unfinished cases; `next_attempt_in` answers for a row of the outbox.
pub(super) fn queue(
    connection: &Connection,
    next_attempt_in: impl Fn(i64) -> Option<Duration>,
) -> Result<Found<QueueRow>, rusqlite::Error> {
    let mut statement = connection.prepare_cached(
        "SELECT sequence, number, item, status, received_at, clock_trusted, held,
         outbox.seq, outbox.attempts, outbox.last_error, priority
         FROM outbox JOIN application ON sequence = outbox.application
         UNION ALL
         SELECT sequence, number, item, status, received_at, clock_trusted, held,
         NULL, 0, NULL, priority
         FROM application WHERE under_way
         ORDER BY 11 DESC, 1",
    )?;
    let rows = statement.query_map([], |row| {
        let seq: Option<i64> = row.get(7)?;
        Ok(QueueRow {
            number: parsed(row, 1, |text| CaseNumber::parse(text).ok())?,
            item: row.get(2)?,
            status: parsed(row, 3, from_code)?,
            received_at: parsed(row, 4, time)?,
            clock_trusted: row.get(5)?,
            held: row.get::<_, Option<String>>(6)?.map(|code| HeldReason { code }),
            next_attempt_in: seq.and_then(&next_attempt_in),
            attempts: row.get(8)?,
            last_error: row.get(9)?,
            priority: row.get(10)?,
        })
    })?;
    readable(rows)
}

/// Reads the columns [`FACTS`], and the parts of the case.
fn facts(
    connection: &Connection,
    row: &Row<'_>,
    sealer: &Sealer,
) -> Result<CaseFacts, rusqlite::Error> {
    let sequence: i64 = row.get(0)?;
    let number = parsed(row, 1, |text| CaseNumber::parse(text).ok())?;
    let received = (parsed(row, 6, time)?, row.get(7)?);
    let token = sealer.query_token(&row.get::<_, String>(4)?);
    Ok(CaseFacts {
        status: parsed(row, 5, from_code)?,
        accepted_at: optional(row, 8, time)?,
        completed_at: optional(row, 9, time)?,
        due_at: optional(row, 10, time)?,
        correct_by: optional(row, 11, |text| text.parse().ok())?,
        acceptance_number: row.get(12)?,
        note: words(sealer, places::note(&sequence.to_string()), row.get(13)?),
        held: row.get::<_, Option<String>>(14)?.map(|code| HeldReason { code }),
        breach: optional(row, 15, from_code)?,
        request: optional(row, 16, |asked| serde_json::from_str(asked).ok())?,
        enterprise: words(sealer, places::enterprise(&sequence.to_string()), row.get(17)?),
        route: route(row, sealer, sequence)?,
        parts: parts(connection, sealer, sequence)?,
        ..CaseFacts::received(number, row.get(2)?, row.get(3)?, received, token)
    })
}

/// Who handles a case, in the columns from 18 on.
fn route(row: &Row<'_>, sealer: &Sealer, sequence: i64) -> Result<Option<Route>, rusqlite::Error> {
    let Some(way) = optional::<RouteWay>(row, 18, from_code)? else { return Ok(None) };
    let reason = words(sealer, places::route_reason(&sequence.to_string()), row.get(20)?);
    Ok(Some(Route { way, department: row.get(19)?, reason }))
}

/// Plain data as it stands in a column.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The sub-cases of a package; none of a single item.
fn parts(
    connection: &Connection,
    sealer: &Sealer,
    sequence: i64,
) -> Result<Vec<PartFacts>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT item, status, completed_at, due_at, acceptance_number, note FROM part
             WHERE application = ?1 ORDER BY place",
        )?
        .query_map([sequence], |row| {
            let item: String = row.get(0)?;
            let place = format!("{sequence}/{item}");
            Ok(PartFacts {
                status: parsed(row, 1, from_code)?,
                completed_at: optional(row, 2, time)?,
                due_at: optional(row, 3, time)?,
                acceptance_number: row.get(4)?,
                note: words(sealer, places::part_note(&place), row.get(5)?),
                item,
            })
        })?
        .collect()
}

/// The platform's words. Those that cannot be opened are left out: the case itself is more than
/// the words about it.
fn words(sealer: &Sealer, place: Place<'_>, sealed: Option<Vec<u8>>) -> Option<String> {
    let words = sealer
        .open(place, &sealed?)
        .and_then(|plain| std::str::from_utf8(&plain).map(str::to_owned).ok());
    if words.is_none() {
        let row = place.row;
        tracing::error!(row, "a sealed note cannot be opened; key or row was changed");
    }
    words
}
