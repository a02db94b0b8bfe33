//! What the platform says to what was handed in, in the words of the store.

use super::PlatformError;
use crate::case::PartFacts;
use crate::contract::{ApplicationState, PartState, problem};
use crate::store::{Change, DeliveryKind, PlatformAnswer, Verdict};

/// How far an application has come.
pub(super) fn state(said: ApplicationState) -> PlatformAnswer {
    let part = |part: PartState| PartFacts {
        item: part.item,
        status: part.status,
        completed_at: part.completed_at,
        due_at: part.due_at,
        acceptance_number: part.acceptance_number,
        note: part.note.map(|note| note.open().to_owned()),
    };
    PlatformAnswer {
        status: said.status,
        accepted_at: said.accepted_at,
        completed_at: said.completed_at,
        due_at: said.due_at,
        correct_by: said.correct_by,
        acceptance_number: said.acceptance_number,
        note: said.note.map(|note| note.open().to_owned()),
        parts: said.parts.into_iter().map(part).collect(),
    }
}

/// One entry of the feed.
pub(super) fn change(said: ApplicationState) -> Change {
    Change { idempotency_key: said.application_id.clone(), answer: state(said) }
}

/// What a refusal means for what was handed in; `Err` gives back what is no refusal.
///
/// A case that contradicts what is booked (409) is a fault of two kiosks or of the platform, never of
/// the citizen: it is held for the technician. A second evaluation is only noted.
pub(super) fn refusal(kind: DeliveryKind, error: PlatformError) -> Result<Verdict, PlatformError> {
    match (kind, error) {
        (
            DeliveryKind::Application,
            PlatformError::Refused { status: problem::CONFLICT, code, .. },
        ) => Ok(Verdict::Held { code }),
        (_, PlatformError::Refused { code, words, .. }) => Ok(Verdict::Refused { code, words }),
        (_, error) => Err(error),
    }
}
