//! Why a matter cannot go on as wished, and what helps; each reason has a sentence and a next step
//! (promise P5).

use crate::visit::flows::Browse;
use crate::visit::step::{Context, Handover, Step, Steps};
use crate::visit::{ItemRef, Page, QueryTrouble, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle {
    pub reason: ObstacleReason,
    /// The item that cannot go on; `None` for my cases.
    pub item: Option<ItemRef>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObstacleReason {
    CardExpired,
    Query(QueryTrouble),
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
    pub fn way_on(self) -> WayOn {
        match self {
            // Neither the card nor the person changes by trying again.
            ObstacleReason::CardExpired | ObstacleReason::Query(QueryTrouble::NotFound) => {
                WayOn::Outlets
            }
            ObstacleReason::Query(QueryTrouble::Unreachable | QueryTrouble::Refused)
            | ObstacleReason::NotStored
            | ObstacleReason::SearchFailed => WayOn::Retry,
        }
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
