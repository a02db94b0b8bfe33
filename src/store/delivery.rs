//! What is told to the platform, and what it says.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use zeroize::Zeroizing;

use crate::case::{CaseStatus, PartFacts, Route};

/// What waits first in the outbox.
#[derive(Debug)]
pub enum Due {
    Now(Box<Delivery>),
    /// The next one may be tried after this long.
    Later(Duration),
    Nothing,
}

/// What a [`Delivery`] hands in; decides where it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    Application,
    Evaluation,
}

/// One request to the platform: the same bytes under the same key at every attempt, also after an
/// update of the program, so that the platform books it once (promise P3). `Debug` leaves out the
/// body.
pub struct Delivery {
    pub(super) seq: i64,
    pub kind: DeliveryKind,
    /// Identity towards the platform of what is delivered: a UUID.
    pub idempotency_key: String,
    /// JSON as the contract wants it. Personal data.
    pub body: Zeroizing<Vec<u8>>,
    /// Attempts that failed before this one.
    pub attempts: u32,
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Delivery { seq, kind, idempotency_key, body: _, attempts } = self;
        f.debug_struct("Delivery")
            .field("seq", seq)
            .field("kind", kind)
            .field("idempotency_key", idempotency_key)
            .field("attempts", attempts)
            .finish_non_exhaustive()
    }
}

/// What the platform says of a case. The only thing that moves one forward (promise P1). `Debug`
/// leaves out the words.
#[derive(Clone, PartialEq, Eq)]
pub struct PlatformAnswer {
    pub status: CaseStatus,
    pub accepted_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub due_at: Option<Timestamp>,
    /// Last day for correcting a returned case.
    pub correct_by: Option<Date>,
    /// The platform's own number of the application.
    pub acceptance_number: Option<String>,
    /// Words for the citizen; they may name one.
    pub note: Option<String>,
    /// Who handles it.
    pub route: Option<Route>,
    /// Sub-cases of a package, each by its item; those that are not named stay as they are.
    pub parts: Vec<PartFacts>,
}

impl PlatformAnswer {
    /// An answer that says no more than this.
    pub fn status(status: CaseStatus) -> PlatformAnswer {
        PlatformAnswer {
            status,
            accepted_at: None,
            completed_at: None,
            due_at: None,
            correct_by: None,
            acceptance_number: None,
            note: None,
            route: None,
            parts: Vec::new(),
        }
    }
}

impl std::fmt::Debug for PlatformAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let PlatformAnswer {
            status,
            accepted_at,
            completed_at,
            due_at,
            correct_by,
            acceptance_number,
            note: _,
            route,
            parts,
        } = self;
        f.debug_struct("PlatformAnswer")
            .field("status", status)
            .field("accepted_at", accepted_at)
            .field("completed_at", completed_at)
            .field("due_at", due_at)
            .field("correct_by", correct_by)
            .field("acceptance_number", acceptance_number)
            .field("route", route)
            .field("parts", parts)
            .finish_non_exhaustive()
    }
}

/// The platform's word on a [`Delivery`]. `Debug` leaves out the words.
#[derive(Clone, PartialEq, Eq)]
pub enum Verdict {
    Application(PlatformAnswer),
    EvaluationTaken,
    /// The citizen's matter itself is refused; not to be repeated. `words` are the platform's, for
    /// the citizen.
    Refused {
        code: String,
        words: String,
    },
    /// Cannot be booked as it was sent, and nothing is wrong with the citizen's matter: its number
    /// is taken, the item not known there. It waits, is sent again slowly, and a technician looks.
    Held {
        code: String,
    },
}

impl std::fmt::Debug for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verdict::Application(answer) => f.debug_tuple("Application").field(answer).finish(),
            Verdict::EvaluationTaken => f.write_str("EvaluationTaken"),
            Verdict::Refused { code, words: _ } => {
                f.debug_struct("Refused").field("code", code).finish_non_exhaustive()
            }
            Verdict::Held { code } => f.debug_struct("Held").field("code", code).finish(),
        }
    }
}

/// One entry of the platform's feed: an application has moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Under which it was handed in.
    pub idempotency_key: String,
    pub answer: PlatformAnswer,
}
