//! What the platform says to what was handed in, in the words of the store.

use super::PlatformError;
use crate::case::{PartFacts, Route, RouteWay};
use crate::contract::{ApplicationState, CaseRoute, PartState, problem};
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
        route: said.route.and_then(route),
        parts: said.parts.into_iter().map(part).collect(),
    }
}

/// As long as the law allows is only with a reason, which is recorded.
fn route(said: CaseRoute) -> Option<Route> {
    if said.way == RouteWay::StatutoryLimit && said.reason.is_none() {
        tracing::warn!("the platform gave no reason for taking as long as the law allows");
        return None;
    }
    Some(Route {
        way: said.way,
        department: said.department,
        reason: said.reason.map(|reason| reason.open().to_owned()),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_contradicts_the_books_is_held_and_everything_else_final_is_refused() {
        let refused = |status| PlatformError::Refused {
            host: String::new(),
            status,
            code: "code".to_owned(),
            words: "字".to_owned(),
        };
        let held = Verdict::Held { code: "code".to_owned() };
        let returned = Verdict::Refused { code: "code".to_owned(), words: "字".to_owned() };
        use DeliveryKind::{Application, Evaluation};
        for (kind, status, expected) in [
            (Application, 409, &held),
            (Application, 410, &returned),
            (Application, 422, &returned),
            (Evaluation, 409, &returned),
            (Evaluation, 422, &returned),
        ] {
            assert_eq!(refusal(kind, refused(status)).as_ref(), Ok(expected), "{kind:?} {status}");
        }
        let failing = PlatformError::Failing { host: String::new(), status: 500 };
        assert_eq!(refusal(Application, failing.clone()), Err(failing), "no refusal");
    }
}
