//! The outbox: what the platform has not answered yet.
//!
//! When to try again is kept in memory on the monotonic clock: a wall clock that jumps moves
//! nothing, and after a restart everything is due (promise P9).

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::db::{Db, Failure, code};
use super::progress::{advance, plain_words, returned};
use super::seal::Sealer;
use super::{Delivery, DeliveryKind, Due, StoreError, Verdict, cases, chain, evaluations, places};
use crate::case::CaseFacts;
use crate::contract::codes;
use crate::journal::{Event, Hindrance};

/// How long a row is left alone that cannot be read, or that waits for a technician.
const LONG_PAUSE: Duration = Duration::from_secs(3600);
/// How long a delivery rests whose answer could not be noted.
const UNNOTED_PAUSE: Duration = Duration::from_secs(60);

impl Db {
    pub(super) fn due(&mut self, now: Instant) -> Result<Due, StoreError> {
        let mut soonest = None;
        let mut chosen = None;
        for (seq, held_back) in self.waiting().map_err(|e| self.error("reading the outbox", e))? {
            if held_back {
                continue;
            }
            match self.not_before.get(&seq) {
                Some(at) if *at > now => {
                    let pause = *at - now;
                    soonest = Some(soonest.map_or(pause, |known| pause.min(known)));
                }
                _ => {
                    chosen = Some(seq);
                    break;
                }
            }
        }
        match (chosen, soonest) {
            (Some(seq), _) => match self.delivery(seq) {
                Ok(delivery) => Ok(Due::Now(Box::new(delivery))),
                Err(e) => {
                    // One damaged row may not hold up those behind it.
                    self.failed(seq, Hindrance::Platform, &e.to_string(), now + LONG_PAUSE)?;
                    Err(e)
                }
            },
            (None, Some(pause)) => Ok(Due::Later(pause)),
            (None, None) => Ok(Due::Nothing),
        }
    }

    /// Rows in order, those of priorities first; `true` marks an evaluation whose case is still before it in the outbox.
    fn waiting(&self) -> Result<Vec<(i64, bool)>, rusqlite::Error> {
        let mut undelivered = HashSet::new();
        self.connection
            .prepare_cached(
                "SELECT outbox.seq, outbox.application, evaluation.application
                 FROM outbox LEFT JOIN evaluation ON evaluation.id = outbox.evaluation
                 LEFT JOIN application ON application.sequence = outbox.application
                 ORDER BY coalesce(application.priority, 0) DESC, outbox.seq",
            )?
            .query_map([], |row| {
                let (case, evaluated): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
                undelivered.extend(case);
                Ok((row.get(0)?, evaluated.is_some_and(|case| undelivered.contains(&case))))
            })?
            .collect()
    }

    fn delivery(&self, seq: i64) -> Result<Delivery, StoreError> {
        let (application, idempotency_key, sealed, attempts) = self
            .connection
            .prepare_cached(
                "SELECT application, idempotency_key, body, attempts FROM outbox WHERE seq = ?1",
            )
            .and_then(|mut statement| {
                statement.query_row([seq], |row| {
                    let application: Option<i64> = row.get(0)?;
                    let key: String = row.get(1)?;
                    Ok((application, key, row.get::<_, Vec<u8>>(2)?, row.get(3)?))
                })
            })
            .map_err(|e| self.error("reading the outbox", e))?;
        let body = self
            .sealer
            .open(places::body(&idempotency_key), &sealed)
            .ok_or(StoreError::Sealed { seq })?;
        let kind = match application {
            Some(_) => DeliveryKind::Application,
            None => DeliveryKind::Evaluation,
        };
        Ok(Delivery { seq, kind, idempotency_key, body, attempts })
    }

    pub(super) fn delivered(
        &mut self,
        seq: i64,
        idempotency_key: &str,
        verdict: &Verdict,
        now: Instant,
    ) -> Result<Option<CaseFacts>, StoreError> {
        let clock = self.clock();
        let noted = self.write("noting the platform's answer", |transaction, sealer| {
            let waiting: Option<(Option<i64>, Option<i64>)> = transaction
                .prepare_cached(
                    "SELECT application, evaluation FROM outbox
                     WHERE seq = ?1 AND idempotency_key = ?2",
                )?
                .query_row(params![seq, idempotency_key], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            match (waiting, verdict) {
                (None, _) => Ok((None, false)),
                (Some((Some(sequence), _)), Verdict::Held { code }) => {
                    let held = hold(transaction, sealer, sequence, code, clock)?;
                    Ok((held, true))
                }
                (Some((Some(sequence), _)), verdict) => {
                    let (answer, refusal) = match verdict {
                        Verdict::Application(answer) => (answer.clone(), None),
                        Verdict::Refused { code, words } => (returned(words), Some(code.as_str())),
                        Verdict::Held { .. } | Verdict::EvaluationTaken => {
                            let (what, found) = ("an application", "a taken evaluation");
                            return Err(StoreError::WrongVerdict { seq, what, found }.into());
                        }
                    };
                    hand_over(transaction, sealer, seq, sequence)?;
                    let moved = advance(transaction, sealer, sequence, &answer, refusal, clock)?;
                    Ok((moved, false))
                }
                (Some((None, evaluation)), verdict) => {
                    let refusal = match verdict {
                        Verdict::EvaluationTaken => None,
                        Verdict::Refused { code, .. } => Some(code.as_str()),
                        Verdict::Application(_) | Verdict::Held { .. } => {
                            let (what, found) = ("an evaluation", "the state of an application");
                            return Err(StoreError::WrongVerdict { seq, what, found }.into());
                        }
                    };
                    remove(transaction, seq)?;
                    if let Some(evaluation) = evaluation {
                        evaluations::settle(transaction, evaluation, refusal, clock)?;
                    }
                    Ok((None, false))
                }
            }
        });
        let (moved, stays) = match noted {
            Ok(noted) => noted,
            Err(error) => {
                // One row that cannot be moved may not hold up those behind it.
                if matches!(error, StoreError::Sqlite { .. } | StoreError::Sealed { .. }) {
                    self.not_before.insert(seq, now + UNNOTED_PAUSE);
                }
                return Err(error);
            }
        };
        if stays {
            self.not_before.insert(seq, now + LONG_PAUSE);
            // The same answer once more is no news.
            let taken = matches!(verdict, Verdict::Held { code } if code == codes::NUMBER_TAKEN);
            if taken && moved.is_some() {
                self.mark.skip_block();
            }
        } else {
            self.not_before.remove(&seq);
        }
        Ok(moved)
    }

    pub(super) fn failed(
        &mut self,
        seq: i64,
        obstacle: Hindrance,
        reason: &str,
        next: Instant,
    ) -> Result<(), StoreError> {
        // In memory first: with a full disk the pause must hold all the same.
        self.not_before.insert(seq, next);
        self.write("noting a failed delivery", |transaction, _| {
            transaction
                .prepare_cached(
                    "UPDATE outbox SET attempts = attempts + 1, last_error = ?2, obstacle = ?3
                     WHERE seq = ?1",
                )?
                .execute(params![seq, plain_words(reason), code(obstacle)])?;
            Ok(())
        })
    }

    /// Deliveries that the platform has not taken yet, held ones among them.
    pub(super) fn undelivered(&self) -> Result<u64, StoreError> {
        self.connection
            .prepare_cached("SELECT count(*) FROM outbox")
            .and_then(|mut statement| statement.query_row([], |row| row.get::<_, i64>(0)))
            .map(i64::unsigned_abs)
            .map_err(|e| self.error("counting the outbox", e))
    }

    /// Everything is due at once but what waits for a technician.
    pub(super) fn retry_all(&mut self) -> Result<(), StoreError> {
        let held = || -> Result<HashSet<i64>, rusqlite::Error> {
            self.connection
                .prepare_cached(
                    "SELECT seq FROM outbox JOIN application ON sequence = outbox.application
                     WHERE held IS NOT NULL",
                )?
                .query_map([], |row| row.get(0))?
                .collect()
        };
        let held = held().map_err(|e| self.error("reading the outbox", e))?;
        self.not_before.retain(|seq, _| held.contains(seq));
        Ok(())
    }
}

fn remove(transaction: &Transaction<'_>, seq: i64) -> Result<(), rusqlite::Error> {
    transaction.prepare_cached("DELETE FROM outbox WHERE seq = ?1")?.execute([seq])?;
    Ok(())
}

/// The platform has the application: it is under way, and what was handed in moves to its row.
fn hand_over(
    transaction: &Transaction<'_>,
    sealer: &Sealer,
    seq: i64,
    sequence: i64,
) -> Result<(), Failure> {
    let (key, body): (String, Vec<u8>) = transaction
        .prepare_cached("SELECT idempotency_key, body FROM outbox WHERE seq = ?1")?
        .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
    // It was opened to be sent; should it be damaged since, the platform has it all the same.
    let request = sealer
        .open(places::body(&key), &body)
        .map(|body| sealer.seal(places::request(&sequence.to_string()), body));
    transaction
        .prepare_cached(
            "UPDATE application SET under_way = 1, held = NULL, request = ?2 WHERE sequence = ?1",
        )?
        .execute(params![sequence, request])?;
    remove(transaction, seq)?;
    Ok(())
}

/// Notes why a case cannot be booked as it was sent. It stays received, and in the outbox.
fn hold(
    transaction: &Transaction<'_>,
    sealer: &Sealer,
    sequence: i64,
    code: &str,
    clock: (jiff::Timestamp, bool),
) -> Result<Option<CaseFacts>, Failure> {
    let code = plain_words(code);
    let news = transaction
        .prepare_cached("UPDATE application SET held = ?2 WHERE sequence = ?1 AND held IS NOT ?2")?
        .execute(params![sequence, code])?;
    transaction
        .prepare_cached("UPDATE outbox SET attempts = attempts + 1 WHERE application = ?1")?
        .execute([sequence])?;
    if news == 0 {
        return Ok(None);
    }
    let facts = cases::at(transaction, sealer, sequence)?;
    let event = Event::CaseHeld { case: facts.number.clone(), code };
    chain::append(transaction, clock, &event)?;
    Ok(Some(facts))
}
