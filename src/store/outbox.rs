//! The outbox: what the platform has not answered yet, and what its answers change.
//!
//! When to try again is kept in memory on the monotonic clock: a wall clock that jumps moves
//! nothing, and after a restart everything is due (promise P9).

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde_json::json;

use super::cases::{
    Db, FACTS, Failure, code, exists, facts, from_code, note_place, parsed, sequence_of, time,
};
use super::seal::Sealer;
use super::{
    Applicant, Delivery, Due, NewEvaluation, Outcome, PlatformAnswer, StoreError, Work, journal,
};
use crate::case::{CaseFacts, CaseNumber, CaseStatus};

/// Most of the platform's words that are kept, in characters: what a slip can hold.
const NOTE_MAX: usize = 200;
const AWAITING_MAX: u32 = 256;
/// How long a row that cannot be read is left alone.
const DAMAGED_PAUSE: Duration = Duration::from_secs(3600);

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
                    self.failed(seq, &e.to_string(), now + DAMAGED_PAUSE)?;
                    Err(e)
                }
            },
            (None, Some(pause)) => Ok(Due::Later(pause)),
            (None, None) => Ok(Due::Nothing),
        }
    }

    /// Rows in order; `true` marks an evaluation whose case is still before it in the outbox.
    fn waiting(&self) -> Result<Vec<(i64, bool)>, rusqlite::Error> {
        let mut undelivered = HashSet::new();
        self.connection
            .prepare_cached(
                "SELECT outbox.seq, outbox.case_sequence, evaluation.case_sequence
                 FROM outbox LEFT JOIN evaluation ON evaluation.id = outbox.evaluation
                 ORDER BY outbox.seq",
            )?
            .query_map([], |row| {
                let (case, evaluated): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
                undelivered.extend(case);
                Ok((row.get(0)?, evaluated.is_some_and(|case| undelivered.contains(&case))))
            })?
            .collect()
    }

    fn delivery(&self, seq: i64) -> Result<Delivery, StoreError> {
        let doing = "reading the outbox";
        let row = self
            .connection
            .prepare_cached(
                "SELECT idempotency_key, attempts, case_sequence, evaluation
                 FROM outbox WHERE seq = ?1",
            )
            .and_then(|mut s| {
                s.query_row([seq], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<i64>>(2)?, row.get(3)?))
                })
            });
        let (idempotency_key, attempts, case_sequence, evaluation): (_, _, _, Option<i64>) =
            row.map_err(|e| self.error(doing, e))?;
        let what = if let Some(sequence) = case_sequence {
            let (number, item, received_at, clock_trusted, sealed) = self
                .connection
                .prepare_cached(
                    "SELECT number, item, received_at, clock_trusted, sealed
                     FROM case_record WHERE sequence = ?1",
                )
                .and_then(|mut s| {
                    s.query_row([sequence], |row| {
                        Ok((
                            parsed(row, 0, |number| CaseNumber::parse(number).ok())?,
                            row.get(1)?,
                            parsed(row, 2, time)?,
                            row.get(3)?,
                            row.get::<_, Option<Vec<u8>>>(4)?,
                        ))
                    })
                })
                .map_err(|e| self.error(doing, e))?;
            let applicant: Option<Applicant> = sealed
                .and_then(|sealed| self.sealer.open(number.as_str(), &sealed))
                // An error of serde_json may quote what it read; it goes no further than here.
                .and_then(|plain| serde_json::from_slice(&plain).ok());
            let Some(applicant) = applicant else { return Err(StoreError::Sealed { number }) };
            let applicant = Box::new(applicant);
            Work::Case { number, item, received_at, clock_trusted, applicant }
        } else {
            self.connection
                .prepare_cached(
                    "SELECT c.number, e.item, e.level, e.tags, e.pressed_at, e.clock_trusted
                     FROM evaluation e LEFT JOIN case_record c ON c.sequence = e.case_sequence
                     WHERE e.id = ?1",
                )
                .and_then(|mut s| {
                    s.query_row([evaluation], |row| {
                        let number: Option<String> = row.get(0)?;
                        Ok(Work::Evaluation(NewEvaluation {
                            case: number
                                .map(|_| parsed(row, 0, |n| CaseNumber::parse(n).ok()))
                                .transpose()?,
                            item: row.get(1)?,
                            level: parsed(row, 2, from_code)?,
                            tags: parsed(row, 3, |tags| serde_json::from_str(tags).ok())?,
                            pressed_at: parsed(row, 4, time)?,
                            clock_trusted: row.get(5)?,
                        }))
                    })
                })
                .map_err(|e| self.error(doing, e))?
        };
        Ok(Delivery { seq, idempotency_key, attempts, what })
    }

    pub(super) fn delivered(
        &mut self,
        seq: i64,
        idempotency_key: &str,
        outcome: &Outcome,
    ) -> Result<Option<CaseFacts>, StoreError> {
        let clock = self.clock();
        let moved = self.write("noting the platform's answer", |transaction, sealer| {
            let misfit = |what, found| StoreError::WrongOutcome { seq, what, found };
            let waiting: Option<(Option<i64>, Option<i64>)> = transaction
                .prepare_cached(
                    "DELETE FROM outbox WHERE seq = ?1 AND idempotency_key = ?2
                     RETURNING case_sequence, evaluation",
                )?
                .query_row(params![seq, idempotency_key], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            match waiting {
                Some((Some(sequence), _)) => {
                    let (answer, refusal) = match outcome {
                        Outcome::Case(answer) => (answer.clone(), None),
                        Outcome::Refused { code, words } => (returned(words), Some(code.as_str())),
                        Outcome::EvaluationTaken => {
                            return Err(misfit("a case", "a taken evaluation").into());
                        }
                    };
                    advance(transaction, sealer, sequence, &answer, refusal, clock)
                }
                Some((None, Some(evaluation))) => {
                    let refusal = match outcome {
                        Outcome::EvaluationTaken => None,
                        Outcome::Refused { code, .. } => Some(code.as_str()),
                        Outcome::Case(_) => {
                            return Err(misfit("an evaluation", "the state of a case").into());
                        }
                    };
                    settle(transaction, evaluation, refusal, clock)?;
                    Ok(None)
                }
                _ => Ok(None),
            }
        })?;
        self.not_before.remove(&seq);
        Ok(moved)
    }

    pub(super) fn failed(
        &mut self,
        seq: i64,
        reason: &str,
        next: Instant,
    ) -> Result<(), StoreError> {
        // In memory first: with a full disk the pause must hold all the same.
        self.not_before.insert(seq, next);
        self.write("noting a failed delivery", |transaction, _| {
            transaction
                .prepare_cached(
                    "UPDATE outbox SET attempts = attempts + 1, last_error = ?2 WHERE seq = ?1",
                )?
                .execute(params![seq, plain_words(reason)])?;
            Ok(())
        })
    }

    pub(super) fn retry_all(&mut self) -> Result<(), StoreError> {
        self.not_before.clear();
        Ok(())
    }

    pub(super) fn awaiting(&self) -> Result<Vec<CaseNumber>, StoreError> {
        let read = || -> Result<Vec<CaseNumber>, rusqlite::Error> {
            self.connection
                .prepare_cached(
                    "SELECT number FROM case_record
                     WHERE status IN ('received', 'accepted')
                     AND sequence NOT IN
                         (SELECT case_sequence FROM outbox WHERE case_sequence IS NOT NULL)
                     ORDER BY sequence DESC LIMIT ?1",
                )?
                .query_map([AWAITING_MAX], |row| {
                    parsed(row, 0, |number| CaseNumber::parse(number).ok())
                })?
                .collect()
        };
        read().map_err(|e| self.error("reading the cases that are under way", e))
    }

    pub(super) fn answered(
        &mut self,
        number: &CaseNumber,
        answer: &PlatformAnswer,
    ) -> Result<Option<CaseFacts>, StoreError> {
        let clock = self.clock();
        self.write("noting the platform's answer", |transaction, sealer| {
            if !exists(transaction, number)? {
                return Err(StoreError::UnknownCase(number.clone()).into());
            }
            advance(transaction, sealer, sequence_of(number), answer, None, clock)
        })
    }
}

/// The answer that a refusal amounts to.
fn returned(words: &str) -> PlatformAnswer {
    PlatformAnswer {
        status: CaseStatus::Returned,
        accepted_at: None,
        completed_at: None,
        due_at: None,
        note: Some(words.to_owned()),
    }
}

/// Moves a case forward and writes the journal row. The personal part of a completed case is
/// dropped; that of a returned one stays sealed, for a refusal may turn out to be a mistake.
fn advance(
    transaction: &Transaction<'_>,
    sealer: &Sealer,
    sequence: i64,
    answer: &PlatformAnswer,
    refusal: Option<&str>,
    (at, clock_trusted): (jiff::Timestamp, bool),
) -> Result<Option<CaseFacts>, Failure> {
    let read = || {
        transaction
            .prepare_cached(&format!("SELECT {FACTS} FROM case_record WHERE sequence = ?1"))?
            .query_row([sequence], |row| facts(row, sealer))
    };
    let before = read()?;
    let kind = match answer.status {
        CaseStatus::Received => return Ok(None),
        CaseStatus::Accepted => "case_accepted",
        CaseStatus::Completed => "case_completed",
        CaseStatus::Returned => "case_returned",
    };
    if stage(answer.status) <= stage(before.status) {
        return Ok(None);
    }
    let note = answer.note.as_deref().map(|words| {
        let words = zeroize::Zeroizing::new(plain_words(words).into_bytes());
        sealer.seal(&note_place(&before.number), words)
    });
    transaction
        .prepare_cached(
            "UPDATE case_record SET status = ?2, accepted_at = coalesce(?3, accepted_at),
             completed_at = ?4, due_at = coalesce(?5, due_at), note = coalesce(?6, note),
             sealed = CASE WHEN ?7 THEN NULL ELSE sealed END
             WHERE sequence = ?1",
        )?
        .execute(params![
            sequence,
            code(answer.status),
            answer.accepted_at.map(|t| t.to_string()),
            answer.completed_at.map(|t| t.to_string()),
            answer.due_at.map(|t| t.to_string()),
            note,
            answer.status == CaseStatus::Completed,
        ])?;
    journal::append(
        transaction,
        &journal::Entry {
            at,
            clock_trusted,
            kind,
            case: Some(before.number.as_str()),
            // The words stay sealed in the case: a platform may put a name into them.
            detail: &json!({ "refusal": refusal, "due_at": answer.due_at }),
        },
    )?;
    Ok(Some(read()?))
}

/// The end of an evaluation: taken, or refused with a code.
fn settle(
    transaction: &Transaction<'_>,
    evaluation: i64,
    refusal: Option<&str>,
    (at, clock_trusted): (jiff::Timestamp, bool),
) -> Result<(), Failure> {
    let (state, kind) = match refusal {
        Some(_) => ("refused", "evaluation_refused"),
        None => ("taken", "evaluation_taken"),
    };
    transaction
        .prepare_cached("UPDATE evaluation SET state = ?2 WHERE id = ?1")?
        .execute(params![evaluation, state])?;
    let number: Option<String> = transaction
        .prepare_cached(
            "SELECT number FROM case_record JOIN evaluation ON case_sequence = sequence
             WHERE id = ?1",
        )?
        .query_row([evaluation], |row| row.get(0))
        .optional()?;
    let detail = json!({ "refusal": refusal });
    let case = number.as_deref();
    journal::append(
        transaction,
        &journal::Entry { at, clock_trusted, kind, case, detail: &detail },
    )?;
    Ok(())
}

/// 0 to 2; a case never goes back and never leaves 2.
fn stage(status: CaseStatus) -> u8 {
    match status {
        CaseStatus::Received => 0,
        CaseStatus::Accepted => 1,
        CaseStatus::Completed | CaseStatus::Returned => 2,
    }
}

/// Words from outside: of bounded length, on one line.
fn plain_words(words: &str) -> String {
    let line = words.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(NOTE_MAX).collect::<String>().trim().to_owned()
}
