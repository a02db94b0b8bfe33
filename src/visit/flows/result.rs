//! A case that was received in this visit, until the platform has answered and beyond.

use std::sync::Arc;

use crate::case::{CaseFacts, CaseStatus};
use crate::domain::pack::ItemKind;
use crate::journal::Hindrance;
use crate::visit::application::Application;
use crate::visit::flows::Evaluate;
use crate::visit::flows::cases::advance;
use crate::visit::printing::{print, reprint};
use crate::visit::step::{Context, Step, Steps};
use crate::visit::{About, Page, Session, SlipOrder, SlipProgress, Ticket, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct CaseResult {
    pub application: Arc<Application>,
    pub facts: Box<CaseFacts>,
    pub slip: SlipProgress,
    /// Seconds that the slip has waited for the platform.
    waited_s: u32,
    /// Seconds since the case was received, by the monotonic clock (promise P9).
    pub age_s: u32,
    /// Why the limit of the item passed, as it was when it did.
    breach: Option<Hindrance>,
}

/// The clock of an instant item (即时办结) as it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstantClock {
    /// Offline the time runs on, but nobody can promise its end: it is not shown.
    Silent,
    Counts {
        left_s: u32,
    },
    /// The time is over and the case is not completed. Without a network the platform has never
    /// had it.
    Breached(Hindrance),
    Completed,
    Returned,
}

impl CaseResult {
    pub(super) fn new(application: Arc<Application>, facts: CaseFacts) -> CaseResult {
        let facts = Box::new(facts);
        let slip = SlipProgress::NotYet;
        CaseResult { application, facts, slip, waited_s: 0, age_s: 0, breach: None }
    }

    /// The clock of the case, whose item allows `limit_min` minutes.
    pub fn clock(&self, limit_min: u32, online: bool) -> InstantClock {
        // Nobody can promise an end for a case that cannot go on by itself either.
        let waits = self.hindrance(online) == Hindrance::NoNetwork || self.facts.held.is_some();
        match self.facts.status {
            CaseStatus::Completed => InstantClock::Completed,
            CaseStatus::Returned => InstantClock::Returned,
            CaseStatus::Received | CaseStatus::Accepted => {
                match (limit_min * 60).saturating_sub(self.age_s) {
                    0 => InstantClock::Breached(self.breach.unwrap_or(self.hindrance(online))),
                    _ if waits => InstantClock::Silent,
                    left_s => InstantClock::Counts { left_s },
                }
            }
        }
    }

    /// What the case waits for.
    fn hindrance(&self, online: bool) -> Hindrance {
        match self.facts.status {
            CaseStatus::Received if !online => Hindrance::NoNetwork,
            _ => Hindrance::Platform,
        }
    }

    /// Whether the platform has said everything that a citizen waits for here: of a promised item
    /// that it is accepted, and until when.
    fn settled(&self, session: &Session) -> bool {
        match self.facts.status {
            CaseStatus::Received => false,
            CaseStatus::Accepted => session.item(&self.application.item).is_some_and(|item| {
                matches!(item.kind, ItemKind::Promised | ItemKind::Request { .. })
            }),
            CaseStatus::Completed | CaseStatus::Returned => true,
        }
    }
}

impl Steps for CaseResult {
    fn page(&self) -> Page {
        Page::CaseResult
    }

    fn entered(&mut self, context: &mut Context<'_>) -> Step {
        if self.settled(context.session) {
            print(self, context);
        }
        Step::Stay
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match touch {
            Touch::Reprint => reprint(self, context),
            Touch::Evaluate | Touch::Next => {
                print(self, context);
                let case = Some(self.facts.number.clone());
                let about = About { item: self.application.item.clone(), case };
                return Step::Push(Evaluate::new(about).into());
            }
            Touch::Another => {
                context.session.identified = Some(self.application.applicant.clone());
                return Step::Home;
            }
            _ => {}
        }
        Step::Stay
    }

    fn second(&mut self, context: &mut Context<'_>) -> Step {
        let item = context.session.item(&self.application.item);
        if let Some(ItemKind::Instant { limit_min }) = item.map(|item| item.kind)
            && self.age_s >= limit_min * 60
            && self.breach.is_none()
        {
            self.breach = Some(self.hindrance(context.session.surroundings.online));
        }
        if self.slip == SlipProgress::NotYet {
            self.waited_s += 1;
            let session = &*context.session;
            if self.waited_s >= session.platform_wait_s() || !session.surroundings.online {
                print(self, context);
            }
        }
        Step::Stay
    }

    fn passed(&mut self) {
        self.age_s = self.age_s.saturating_add(1);
    }

    fn case_advanced(&mut self, facts: &CaseFacts, context: &mut Context<'_>) {
        if advance(&mut self.facts, facts) && self.settled(context.session) {
            print(self, context);
        }
    }

    fn can_go_back(&self) -> bool {
        false
    }

    /// The slip is printed with what is known now.
    fn left(&mut self, context: &mut Context<'_>) -> Option<Ticket> {
        print(self, context);
        None
    }

    fn counts_idle(&self) -> bool {
        self.slip.is_settled()
    }

    fn slip(&self) -> Option<SlipProgress> {
        Some(self.slip)
    }

    fn slip_mut(&mut self) -> Option<&mut SlipProgress> {
        Some(&mut self.slip)
    }

    fn order(&self) -> Option<SlipOrder> {
        Some(SlipOrder::Receipt {
            card: self.application.applicant.clone(),
            application: Some(self.application.clone()),
            facts: self.facts.clone(),
        })
    }
}
