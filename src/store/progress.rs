//! How cases move: by the platform's answers and by its feed, only forward.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};
use zeroize::Zeroizing;

use super::cases::at;
use super::db::{Db, Failure, bounded, code, of_one_row};
use super::seal::Sealer;
use super::{Change, PlatformAnswer, StoreError, chain, places};
use crate::case::{CaseFacts, CaseStatus, PartFacts};
use crate::journal::Event;

/// Most of the platform's words that are kept, in characters: what a slip can hold.
const NOTE_MAX: usize = 200;
/// Changes that moved nothing after which the place in the feed is noted all the same.
const CHANGES_UNNOTED: usize = 32;
/// Changes of one page of the feed.
const CHANGES_MAX: usize = 256;
const CURSOR_MAX: usize = 256;

impl Db {
    pub(super) fn changes_cursor(&self) -> Result<Option<String>, StoreError> {
        self.connection
            .query_row("SELECT changes_cursor FROM kiosk", [], |row| row.get(0))
            .map_err(|e| self.error("reading the cursor of the feed", e))
    }

    pub(super) fn apply_changes(
        &mut self,
        cursor: &str,
        changes: &[Change],
    ) -> Result<Vec<CaseFacts>, StoreError> {
        bounded("cursor of the feed", cursor.len(), CURSOR_MAX)?;
        bounded("page of the feed", changes.len(), CHANGES_MAX)?;
        let clock = self.clock();
        // A commit for a place in the feed alone is not worth its wear: who starts again from an older
        // one reads a few changes twice, and they move nothing.
        let far = changes.len() >= CHANGES_UNNOTED;
        let worth = |moved: &Vec<CaseFacts>| far || !moved.is_empty();
        self.write_if("noting what the platform tells", worth, |transaction, sealer| {
            let mut moved = Vec::new();
            for Change { idempotency_key, answer } in changes {
                let found: Option<i64> = transaction
                    .prepare_cached(
                        "SELECT sequence FROM application
                         WHERE under_way AND idempotency_key = ?1",
                    )?
                    .query_row([idempotency_key], |row| row.get(0))
                    .optional()?;
                // One that is finished, or whose delivery is still to be answered: that answer
                // will say as much.
                let Some(sequence) = found else { continue };
                match advance(transaction, sealer, sequence, answer, None, clock) {
                    Ok(facts) => moved.extend(facts),
                    // One damaged row may not hold up the feed; nothing of it was written yet.
                    Err(Failure::Sqlite(error)) if of_one_row(&error) => {
                        tracing::error!(%error, sequence, "a case cannot be read; its change is passed over");
                    }
                    Err(failure) => return Err(failure),
                }
            }
            transaction
                .prepare_cached(
                    "UPDATE kiosk SET changes_cursor = ?1 WHERE changes_cursor IS NOT ?1",
                )?
                .execute([cursor])?;
            Ok(moved)
        })
    }
}

/// The answer that a refusal amounts to.
pub(super) fn returned(words: &str) -> PlatformAnswer {
    PlatformAnswer { note: Some(words.to_owned()), ..PlatformAnswer::status(CaseStatus::Returned) }
}

/// Moves a case and its parts forward and writes the journal rows. `None`: nothing moved.
///
/// What was handed in is dropped when the case is completed; that of a returned one stays sealed
/// for a while (`retention.rs`), for a refusal may turn out to be a mistake.
pub(super) fn advance(
    transaction: &Transaction<'_>,
    sealer: &Sealer,
    sequence: i64,
    answer: &PlatformAnswer,
    refusal: Option<&str>,
    clock: (Timestamp, bool),
) -> Result<Option<CaseFacts>, Failure> {
    let before = at(transaction, sealer, sequence)?;
    let mut told = advance_parts(transaction, sealer, sequence, &before, answer, clock)?;
    if tells(answer.status, before.status) {
        note_answer(transaction, sealer, sequence, answer, clock)?;
    }
    let after = at(transaction, sealer, sequence)?;
    if after == before {
        return Ok(None);
    }
    if after.status != before.status {
        let case = before.number.clone();
        let event = match answer.status {
            CaseStatus::Received => None,
            CaseStatus::Accepted => Some(Event::CaseAccepted { case, due_at: answer.due_at }),
            CaseStatus::Completed => Some(Event::CaseCompleted { case }),
            CaseStatus::Returned => Some(Event::CaseReturned {
                case,
                refusal: refusal.map(str::to_owned),
                correct_by: answer.correct_by,
            }),
        };
        // The words stay sealed in the case: a platform may put a name into them.
        if let Some(event) = event {
            chain::append(transaction, clock, &event)?;
        }
        told = true;
    }
    if !told {
        let case = before.number;
        chain::append(transaction, clock, &Event::CaseDetailed { case, due_at: after.due_at })?;
    }
    Ok(Some(after))
}

/// Whether an answer is news of what stands at `known`: it moves it forward, or says more of it
/// while it is under way.
fn tells(answered: CaseStatus, known: CaseStatus) -> bool {
    stage(answered) > stage(known) || (answered == known && !known.is_final())
}

fn note_answer(
    transaction: &Transaction<'_>,
    sealer: &Sealer,
    sequence: i64,
    answer: &PlatformAnswer,
    (now, trusted): (Timestamp, bool),
) -> Result<(), rusqlite::Error> {
    let row = sequence.to_string();
    let note = answer.note.as_deref().map(|words| seal_words(sealer, places::note(&row), words));
    let route = answer.route.as_ref();
    let reason = route.and_then(|route| route.reason.as_deref());
    let reason = reason.map(|words| seal_words(sealer, places::route_reason(&row), words));
    transaction
        .prepare_cached(
            "UPDATE application SET status = ?2, accepted_at = coalesce(?3, accepted_at),
             completed_at = ?4, due_at = coalesce(?5, due_at), correct_by = ?6,
             acceptance_number = coalesce(?7, acceptance_number), note = coalesce(?8, note),
             under_way = under_way AND NOT ?9,
             finished_at = CASE WHEN ?9 THEN ?10 END, finished_trusted = CASE WHEN ?9 THEN ?11 END,
             request = CASE WHEN ?12 THEN NULL ELSE request END,
             department = CASE WHEN ?13 IS NULL THEN department ELSE ?14 END,
             route_reason = CASE WHEN ?13 IS NULL THEN route_reason ELSE ?15 END,
             route = coalesce(?13, route)
             WHERE sequence = ?1",
        )?
        .execute(params![
            sequence,
            code(answer.status),
            answer.accepted_at.map(|t| t.to_string()),
            answer.completed_at.map(|t| t.to_string()),
            answer.due_at.map(|t| t.to_string()),
            answer.correct_by.map(|day| day.to_string()),
            answer.acceptance_number.as_deref().map(plain_words),
            note,
            answer.status.is_final(),
            now.to_string(),
            trusted,
            answer.status == CaseStatus::Completed,
            route.map(|route| code(route.way)),
            route.and_then(|route| route.department.as_deref()).map(plain_words),
            reason,
        ])?;
    Ok(())
}

/// Whether one of the parts moved.
fn advance_parts(
    transaction: &Transaction<'_>,
    sealer: &Sealer,
    sequence: i64,
    before: &CaseFacts,
    answer: &PlatformAnswer,
    clock: (Timestamp, bool),
) -> Result<bool, Failure> {
    let mut moved = false;
    for part in &answer.parts {
        let known = before.parts.iter().find(|known| known.item == part.item);
        if known.is_none_or(|known| !tells(part.status, known.status)) {
            continue;
        }
        let PartFacts { item, status, completed_at, due_at, acceptance_number, note } = part;
        let place = format!("{sequence}/{item}");
        transaction
            .prepare_cached(
                "UPDATE part SET status = ?3, completed_at = ?4, due_at = coalesce(?5, due_at),
                 acceptance_number = coalesce(?6, acceptance_number), note = coalesce(?7, note)
                 WHERE application = ?1 AND item = ?2",
            )?
            .execute(params![
                sequence,
                item,
                code(status),
                completed_at.map(|t| t.to_string()),
                due_at.map(|t| t.to_string()),
                acceptance_number.as_deref().map(plain_words),
                note.as_deref().map(|words| seal_words(sealer, places::part_note(&place), words)),
            ])?;
        if known.is_some_and(|known| known.status == *status) {
            continue;
        }
        let case = before.number.clone();
        let event = Event::CasePartMoved { case, item: item.clone(), status: *status };
        chain::append(transaction, clock, &event)?;
        moved = true;
    }
    Ok(moved)
}

fn seal_words(sealer: &Sealer, place: super::seal::Place<'_>, words: &str) -> Vec<u8> {
    sealer.seal(place, Zeroizing::new(plain_words(words).into_bytes()))
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
pub(super) fn plain_words(words: &str) -> String {
    let line = words.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(NOTE_MAX).collect::<String>().trim().to_owned()
}
