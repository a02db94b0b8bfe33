//! Writing an application to the queue. When the queue is silent for too long the citizen is told
//! so and may leave, but its answer is still waited for: it decides whether it was received.

use std::sync::Arc;

use crate::case::CaseFacts;
use crate::visit::application::Application;
use crate::visit::flows::cases::advance;
use crate::visit::flows::{CaseResult, Obstacle, ObstacleReason, Review};
use crate::visit::step::{Context, News, Step, Steps};
use crate::visit::{Effect, Page, Session, Ticket, Touch};

/// Longest wait for the queue's answer, on the only page without an exit. A commit takes
/// milliseconds, and a card that tidies itself a second or two; beyond that the disk is dying.
pub(in crate::visit) const STORE_WAIT_S: u32 = 8;
/// Cases of this kiosk whose advance is remembered meanwhile; more do not move in that time.
const EARLY_MAX: usize = 16;

#[derive(Clone, Debug, PartialEq)]
pub struct Submit {
    pub application: Arc<Application>,
    ticket: Ticket,
    waited_s: u32,
    /// Cases that the platform has moved meanwhile: it may be faster than the queue's own answer,
    /// and which case is ours only that answer tells.
    early: Vec<CaseFacts>,
}

impl Submit {
    pub(super) fn new(application: Arc<Application>, ticket: Ticket) -> Submit {
        Submit { application, ticket, waited_s: 0, early: Vec::new() }
    }

    /// The queue has not answered for so long that the citizen must be told.
    pub fn store_is_silent(&self) -> bool {
        self.waited_s >= STORE_WAIT_S
    }
}

impl Steps for Submit {
    fn page(&self) -> Page {
        if self.store_is_silent() { Page::StoreSilent } else { Page::Storing }
    }

    fn entered(&mut self, context: &mut Context<'_>) -> Step {
        let application = self.application.clone();
        context.effects.push(Effect::Submit { ticket: self.ticket, application });
        Step::Stay
    }

    fn touched(&mut self, _: Touch, _: &mut Context<'_>) -> Step {
        Step::Stay
    }

    fn news(&mut self, news: News, context: &mut Context<'_>) -> Step {
        let News::Stored { ticket, facts } = news else { return Step::Stay };
        if ticket != self.ticket {
            return Step::Stay;
        }
        let Some(facts) = facts else {
            let item = self.application.item.clone();
            let again = Review { application: Application::clone(&self.application) };
            let obstacle = Obstacle::new(ObstacleReason::NotStored, Some(item));
            return Step::Replace(obstacle.retried_by(again).into());
        };
        context.session.idle_s = 0;
        let mut facts = facts;
        for early in self.early.drain(..) {
            advance(&mut facts, &early);
        }
        Step::Replace(CaseResult::new(self.application.clone(), facts).into())
    }

    fn second(&mut self, _: &mut Context<'_>) -> Step {
        self.waited_s = self.waited_s.saturating_add(1);
        Step::Stay
    }

    fn case_advanced(&mut self, facts: &CaseFacts, _: &mut Context<'_>) {
        self.early.retain(|early| early.number != facts.number);
        if self.early.len() == EARLY_MAX {
            self.early.remove(0);
        }
        self.early.push(facts.clone());
    }

    fn can_go_back(&self) -> bool {
        false
    }

    fn can_go_home(&self) -> bool {
        false
    }

    fn can_leave(&self, _: &Session) -> bool {
        self.store_is_silent()
    }

    fn counts_idle(&self) -> bool {
        self.store_is_silent()
    }
}
