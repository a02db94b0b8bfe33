//! Why a matter cannot go on as wished, and what helps; each reason has a sentence and a next step
//! (promise P5).

use crate::domain::answer::{NoAnswer, Nothing};
use crate::domain::card::CardText;
use crate::domain::pack::Bilingual;
use crate::visit::flows::Browse;
use crate::visit::step::{Context, Handover, Step, Steps};
use crate::visit::{ItemRef, Page, Session, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle {
    pub reason: ObstacleReason,
    /// The item that cannot go on; `None` for my cases.
    pub item: Option<ItemRef>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObstacleReason {
    CardExpired,
    /// The item is not for the holder of the card; in the bureau's words.
    NotEligible(Bilingual),
    /// The platform has no answer; perhaps it has a sentence for the citizen.
    Query(NoAnswer),
    /// The queue refused: nothing was received.
    NotStored,
    /// The cases could not be looked up.
    SearchFailed,
}

/// The main action of an obstacle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOn {
    /// Trying again may help.
    Retry,
    /// Only people can help: the places with people.
    Outlets,
}

impl ObstacleReason {
    pub fn way_on(&self) -> WayOn {
        match self {
            // Neither the card nor the person changes by trying again.
            ObstacleReason::CardExpired | ObstacleReason::NotEligible(_) => WayOn::Outlets,
            ObstacleReason::Query(answer) => match answer.nothing {
                Nothing::UnknownPerson | Nothing::NoRecord | Nothing::NotPermitted => {
                    WayOn::Outlets
                }
                Nothing::NotAvailable => WayOn::Retry,
            },
            ObstacleReason::NotStored | ObstacleReason::SearchFailed => WayOn::Retry,
        }
    }
}

impl Obstacle {
    /// The item is not for the holder of this card, as far as the card can tell.
    pub(super) fn ineligible(
        item: &ItemRef,
        card: &CardText,
        session: &Session,
    ) -> Option<Obstacle> {
        let eligibility = &session.item(item)?.eligibility;
        let reason = eligibility.refusal(card, session.today, session.pack().as_of)?.clone();
        Some(Obstacle { reason: ObstacleReason::NotEligible(reason), item: Some(item.clone()) })
    }
}

impl Steps for Obstacle {
    fn page(&self) -> Page {
        Page::Obstacle
    }

    fn touched(&mut self, touch: Touch, _: &mut Context<'_>) -> Step {
        match (touch, self.reason.way_on()) {
            (Touch::Outlets, _) | (Touch::Next, WayOn::Outlets) => {
                Step::Push(Browse::Outlets.into())
            }
            (Touch::Retry, _) | (Touch::Next, WayOn::Retry) => Step::Done(Handover::Back),
            _ => Step::Stay,
        }
    }
}
