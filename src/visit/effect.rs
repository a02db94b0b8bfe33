//! What a visit asks of the kiosk.

use std::sync::Arc;

use crate::case::{CaseFacts, CaseNumber};
use crate::domain::answer::QueryAnswer;
use crate::domain::card::CardText;
use crate::domain::enterprise::Enterprise;
use crate::domain::evaluation::Level;
use crate::domain::pack::{OutletRef, PolicyRef};
use crate::visit::{Application, ItemRef, Ticket};

/// What the kiosk shall do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the reader for a card, or stop asking.
    ExpectCard(bool),
    /// Ask the reader whether a card lies there, whatever card it is, or stop asking.
    WatchCard(bool),
    /// Of an enterprise by its confirmed agent, else of the holder of the card; answered by
    /// `Event::Queried`.
    Query {
        ticket: Ticket,
        item: ItemRef,
        card: Arc<CardText>,
        enterprise: Option<Arc<Enterprise>>,
    },
    /// Ask whether somebody, or the enterprise for which they act, is given something without
    /// application; answered by `Event::Entitled`.
    AskEntitlement {
        ticket: Ticket,
        item: ItemRef,
        card: Arc<CardText>,
        enterprise: Option<Arc<Enterprise>>,
    },
    /// Somebody does not want it; recorded without who.
    Decline { item: ItemRef },
    /// Ask whether somebody may act for the enterprise with this code; answered by
    /// `Event::AuthorityTold`.
    AskAuthority { ticket: Ticket, item: ItemRef, card: Arc<CardText>, code: String },
    /// A page of the vacancies, the first without `after`; answered by `Event::VacanciesFound`.
    FindVacancies { ticket: Ticket, after: Option<String> },
    /// Put an application into the queue; answered by `Event::Stored`.
    Submit { ticket: Ticket, application: Arc<Application> },
    /// Answered by `Event::CasesFound`.
    FindCases { ticket: Ticket, card: Arc<CardText> },
    /// Answered by `Event::SlipDone`.
    Print {
        ticket: Ticket,
        order: SlipOrder,
        /// The slip says 补打: one like it may lie somewhere (promise P3).
        reprint: bool,
    },
    /// A press for the queue; answered by `Event::EvaluationStored`. A bad level without tags is
    /// kept for follow-up and not sent.
    RecordEvaluation {
        ticket: Ticket,
        about: About,
        level: Level,
        /// Three-digit codes of the national set, ascending.
        tags: Vec<u16>,
    },
    /// Somebody has opened a policy: counted, and nobody with it (四进两知).
    PolicyShown(PolicyRef),
    /// Listen to the evaluation panel, or stop listening.
    ArmPanel(bool),
    /// The visit has ended while a card still lay on the reader.
    CardLeft,
    /// The visit is over: nothing of it may remain anywhere (promise P4).
    Wipe,
}

/// What is printed on a slip.
#[derive(Clone, Debug, PartialEq)]
pub enum SlipOrder {
    Guide {
        item: ItemRef,
    },
    Policy(PolicyRef),
    Outlet(OutletRef),
    Query {
        item: ItemRef,
        card: Arc<CardText>,
        enterprise: Option<Arc<Enterprise>>,
        answer: Arc<QueryAnswer>,
    },
    Receipt {
        card: Arc<CardText>,
        /// What was answered; `None` for a case of an earlier visit, whose slip is composed from
        /// its facts alone.
        application: Option<Arc<Application>>,
        facts: Box<CaseFacts>,
    },
}

impl SlipOrder {
    /// Identifier of the item that the slip is about; `None` of one that is about no item.
    pub fn item_id(&self) -> Option<&str> {
        match self {
            SlipOrder::Guide { item } | SlipOrder::Query { item, .. } => Some(item.id.as_str()),
            SlipOrder::Receipt { facts, .. } => Some(&facts.item),
            SlipOrder::Policy(_) | SlipOrder::Outlet(_) => None,
        }
    }
}

/// What an evaluation is about.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    pub item: ItemRef,
    pub case: Option<CaseNumber>,
}
