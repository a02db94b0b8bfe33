//! How flows stand on each other: what a flow answers to an event, and what it may use.

use std::sync::Arc;

use crate::case::CaseFacts;
use crate::domain::answer::{NoAnswer, QueryAnswer};
use crate::domain::card::CardText;
use crate::domain::enterprise::{Authority, Enterprise};
use crate::domain::entitlement::Entitled;
use crate::domain::evaluation::Level;
use crate::domain::vacancy::VacancyPage;
use crate::visit::flows::Flow;
use crate::visit::{CardTrouble, Effect, Page, Session, SlipOrder, SlipProgress, Ticket, Touch};

/// Where a visit goes after an event.
#[derive(Debug)]
pub(super) enum Step {
    Stay,
    /// Another flow comes on top; this one goes on when it is done.
    Push(Flow),
    /// Another flow takes this one's place.
    Replace(Flow),
    /// This flow is over; the one beneath goes on with what it hands over.
    Done(Handover),
    /// To the choice of items.
    Home,
    /// The person goes; `evaluation` is being stored.
    Leave {
        evaluation: Option<Ticket>,
    },
    /// The visit is over.
    End,
}

/// What a flow that is done hands to the one beneath.
#[derive(Debug)]
pub(super) enum Handover {
    /// Nothing: the person went back.
    Back,
    /// The holder of the card, who has confirmed it.
    Identified(Arc<CardText>),
    /// The same, who acts for an enterprise.
    Authorised { card: Arc<CardText>, enterprise: Arc<Enterprise> },
}

impl Handover {
    /// Who was identified, and for whom they act.
    pub fn identified(self) -> Option<(Arc<CardText>, Option<Arc<Enterprise>>)> {
        match self {
            Handover::Back => None,
            Handover::Identified(card) => Some((card, None)),
            Handover::Authorised { card, enterprise } => Some((card, Some(enterprise))),
        }
    }
}

/// What happened, for the flow on top. Touches that hold for every page, time and surroundings
/// are taken before.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "lives for one call")]
pub(super) enum News {
    Pressed(Level),
    CardReading,
    CardRead(Box<CardText>),
    CardTrouble(CardTrouble),
    Stored { ticket: Ticket, facts: Option<CaseFacts> },
    Queried { ticket: Ticket, answer: Result<QueryAnswer, NoAnswer> },
    Entitled { ticket: Ticket, answer: Entitled },
    AuthorityTold { ticket: Ticket, answer: Authority },
    VacanciesFound { ticket: Ticket, page: Option<VacancyPage> },
    CasesFound { ticket: Ticket, cases: Option<Vec<CaseFacts>>, unreadable: u32 },
    EvaluationStored { ticket: Ticket, stored: bool },
}

/// What a flow works with.
pub(super) struct Context<'a> {
    pub session: &'a mut Session,
    pub effects: &'a mut Vec<Effect>,
}

/// One flow. The defaults are those of a page that only shows something and can be left at any
/// time.
pub(super) trait Steps {
    /// Where the flow stands.
    fn page(&self) -> Page;

    /// The flow has come onto the stack.
    fn entered(&mut self, _: &mut Context<'_>) -> Step {
        Step::Stay
    }

    /// The flow above is done.
    fn resumed(&mut self, _: Handover, _: &mut Context<'_>) -> Step {
        Step::Stay
    }

    /// A touch that means something on some pages only.
    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step;

    fn news(&mut self, _: News, _: &mut Context<'_>) -> Step {
        Step::Stay
    }

    /// A second has passed, and this flow is on top.
    fn second(&mut self, _: &mut Context<'_>) -> Step {
        Step::Stay
    }

    /// A second has passed, and this flow is on the stack.
    fn passed(&mut self) {}

    /// The platform moved a case; for every flow on the stack.
    fn case_advanced(&mut self, _: &CaseFacts, _: &mut Context<'_>) {}

    /// `Touch::Back`, where [`Steps::can_go_back`].
    fn back(&mut self, _: &mut Context<'_>) -> Step {
        Step::Done(Handover::Back)
    }

    /// Whether the kiosk itself is waited for, which has a limit of its own: nothing can be touched, and
    /// the time is not the person's.
    fn waits(&self) -> bool {
        false
    }

    fn can_go_back(&self) -> bool {
        !self.waits()
    }

    /// Whether the person may go from here to the choice of items.
    fn can_go_home(&self) -> bool {
        !self.waits()
    }

    /// Whether the person may end the visit here.
    fn can_leave(&self, _: &Session) -> bool {
        true
    }

    /// The person goes from here, by a touch or by not touching anything any more: whatever is
    /// still owed is ordered now. The ticket of an evaluation that is being stored.
    fn left(&mut self, _: &mut Context<'_>) -> Option<Ticket> {
        None
    }

    /// Whether the person is expected to do something now.
    fn counts_idle(&self) -> bool {
        !self.waits()
    }

    /// Whether a card is wanted.
    fn wants_card(&self) -> bool {
        false
    }

    /// Whether the keys of the evaluation panel mean something.
    fn wants_panel(&self) -> bool {
        false
    }

    /// The slip of this flow.
    fn slip(&self) -> Option<SlipProgress> {
        None
    }

    fn slip_mut(&mut self) -> Option<&mut SlipProgress> {
        None
    }

    /// What its slip says, as of now.
    fn order(&self) -> Option<SlipOrder> {
        None
    }
}
