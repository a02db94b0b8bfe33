//! What can happen to a visit, and what a visit asks of the kiosk.

use serde::{Deserialize, Serialize};

use crate::domain::answer::QueryAnswer;
use crate::domain::card::CardText;
use crate::domain::case::{CaseFacts, CaseNumber};
use crate::domain::evaluation::Level;
use crate::visit::Form;

/// Ties a reply to the effect that asked for it, so that an answer that comes after its citizen
/// has left reaches nobody (promise P4).
pub type Ticket = u64;

/// Everything that can happen. A recorded list of events replays a visit exactly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    Touched(Touch),
    /// A key of the evaluation panel.
    Pressed(Level),
    /// A card was found and is being read.
    CardReading,
    CardRead {
        card: Box<CardText>,
        /// The card's last day of validity has certainly passed, as far as the clock and the date
        /// of the site pack can tell. A last day that cannot be read has not passed.
        expired: bool,
    },
    CardTrouble(CardTrouble),
    /// One second of the monotonic clock has passed (promise P9).
    Second,
    Surroundings(Surroundings),
    Stored {
        ticket: Ticket,
        /// `None`: the queue could not take the case.
        facts: Option<CaseFacts>,
    },
    /// The platform moved a case. Comes for any case of this kiosk.
    CaseAdvanced(CaseFacts),
    Queried {
        ticket: Ticket,
        answer: Result<QueryAnswer, QueryTrouble>,
    },
    CasesFound {
        ticket: Ticket,
        cases: Vec<CaseFacts>,
    },
    SlipDone {
        ticket: Ticket,
        outcome: SlipOutcome,
    },
    /// An evaluation is in the queue.
    EvaluationStored {
        ticket: Ticket,
    },
}

/// What a person touched; the same list as `Touch` in `ui/api.slint`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Touch {
    Start,
    StartAssisted,
    ToggleAssisted,
    ToggleLanguage,
    Back,
    Home,
    Help,
    CloseSheet,
    MoreTime,
    Leave,
    Item(usize),
    MyCases,
    Begin,
    PrintGuide,
    Agree,
    Confirm,
    NotMe,
    Choose(usize),
    Digit(u8),
    Erase,
    Clear,
    Next,
    Edit(usize),
    Submit,
    Reprint,
    Evaluate,
    Level(Level),
    Undo,
    Reason(usize),
    SendReasons,
    Retry,
    /// Turned a page or swiped: the citizen reads, and nothing else changes.
    Read,
}

/// Why a laid card did not become an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardTrouble {
    /// Not an identity card: a bank card, a phone.
    WrongCard,
    /// Card and reader could not authenticate each other.
    NotGenuine,
    /// Taken away while it was read.
    MovedAway,
    /// Read before and not lifted since.
    StillThere,
    Unreadable,
}

/// What stands around the citizen now; decides what can be begun (promise P8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surroundings {
    pub online: bool,
    pub reader: bool,
    pub printer: bool,
    pub panel: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QueryTrouble {
    /// The platform did not answer.
    Unreachable,
    /// The platform knows nobody with this number.
    NotFound,
    /// The platform refused or answered nonsense.
    Refused,
}

/// What became of a slip (promise P3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SlipOutcome {
    Printed,
    NotPrinted,
    Unknown,
}

/// What the kiosk shall do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the reader for a card, or stop asking.
    ExpectCard(bool),
    Query {
        ticket: Ticket,
        item: usize,
        card: Box<CardText>,
    },
    Submit {
        ticket: Ticket,
        item: usize,
        card: Box<CardText>,
        answers: Answers,
    },
    FindCases {
        ticket: Ticket,
        card: Box<CardText>,
    },
    Print {
        ticket: Ticket,
        order: SlipOrder,
    },
    RecordEvaluation {
        ticket: Ticket,
        about: About,
        level: Level,
        tags: Vec<u16>,
    },
    /// Listen to the evaluation panel, or stop listening.
    ArmPanel(bool),
    /// The visit is over: nothing of it may remain anywhere (promise P4).
    Wipe,
}

/// Question id and answer, in the order of the pack. `Debug` leaves them out.
#[derive(Clone, PartialEq)]
pub struct Answers(pub Vec<(String, String)>);

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answers({})", self.0.len())
    }
}

/// A slip to be printed.
#[derive(Clone, Debug, PartialEq)]
pub enum SlipOrder {
    Guide { item: usize, reprint: bool },
    Query { item: usize, card: Box<CardText>, answer: QueryAnswer, reprint: bool },
    Receipt { form: Form, facts: CaseFacts, reprint: bool },
}

/// What an evaluation is about.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    pub item: usize,
    pub case: Option<CaseNumber>,
}
