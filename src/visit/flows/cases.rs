//! My cases (我的办件): the list, and one of them with its slip.

use std::sync::Arc;

use crate::case::CaseFacts;
use crate::domain::card::CardText;
use crate::visit::flows::{Identify, Obstacle, ObstacleReason, Purpose};
use crate::visit::printing::order;
use crate::visit::step::{Context, Handover, News, Step, Steps};
use crate::visit::{Effect, Offer, Page, Session, SlipOrder, SlipProgress, Ticket, Touch};

/// Longest wait for the answer of a search; the citizen may leave before.
const SEARCH_WAIT_S: u32 = 20;

#[derive(Clone, Debug, PartialEq)]
pub struct Cases {
    /// `None` until the citizen is identified.
    card: Option<Arc<CardText>>,
    search: Search,
}

#[derive(Clone, Debug, PartialEq)]
enum Search {
    NotBegun,
    Running { ticket: Ticket, waited_s: u32 },
    Found { cases: Vec<CaseFacts>, unreadable: u32 },
}

impl Cases {
    pub(super) fn new() -> Cases {
        Cases { card: None, search: Search::NotBegun }
    }

    /// The cases, in the store's order; `None` while they are looked up.
    pub fn found(&self) -> Option<&[CaseFacts]> {
        match &self.search {
            Search::Found { cases, .. } => Some(cases),
            Search::NotBegun | Search::Running { .. } => None,
        }
    }

    /// Cases that are there and cannot be shown.
    pub fn unreadable(&self) -> u32 {
        match self.search {
            Search::Found { unreadable, .. } => unreadable,
            Search::NotBegun | Search::Running { .. } => 0,
        }
    }

    fn search(&mut self, card: Arc<CardText>, context: &mut Context<'_>) -> Step {
        let ticket = context.session.ticket();
        self.card = Some(card.clone());
        self.search = Search::Running { ticket, waited_s: 0 };
        context.effects.push(Effect::FindCases { ticket, card });
        Step::Stay
    }

    fn failed(&self) -> Step {
        let again = Cases { card: self.card.clone(), search: Search::NotBegun };
        let obstacle = Obstacle::new(ObstacleReason::SearchFailed, None);
        Step::Replace(obstacle.retried_by(again).into())
    }
}

impl Steps for Cases {
    fn page(&self) -> Page {
        if self.found().is_some() { Page::Cases } else { Page::Searching }
    }

    fn entered(&mut self, context: &mut Context<'_>) -> Step {
        match self.card.take() {
            Some(card) => self.search(card, context),
            None => Step::Push(Identify::new(Purpose::MyCases).into()),
        }
    }

    fn resumed(&mut self, handover: Handover, context: &mut Context<'_>) -> Step {
        match handover {
            Handover::Identified(card) | Handover::Authorised { card, .. } => {
                self.search(card, context)
            }
            // From the identification, not from a case.
            Handover::Back if self.card.is_none() => Step::Done(Handover::Back),
            Handover::Back => Step::Stay,
        }
    }

    fn touched(&mut self, touch: Touch, _: &mut Context<'_>) -> Step {
        match (touch, &self.search, &self.card) {
            (Touch::Case(row), Search::Found { cases, .. }, Some(card)) => match cases.get(row) {
                Some(facts) => Step::Push(
                    OpenCase {
                        card: card.clone(),
                        facts: Box::new(facts.clone()),
                        slip: SlipProgress::NotYet,
                    }
                    .into(),
                ),
                None => Step::Stay,
            },
            (Touch::Next, Search::Found { .. }, _) => Step::Leave { evaluation: None },
            _ => Step::Stay,
        }
    }

    fn news(&mut self, news: News, context: &mut Context<'_>) -> Step {
        match (news, &self.search) {
            (
                News::CasesFound { ticket, cases, unreadable },
                Search::Running { ticket: asked, .. },
            ) if ticket == *asked => {
                context.session.idle_s = 0;
                let Some(cases) = cases else { return self.failed() };
                self.search = Search::Found { cases, unreadable };
                Step::Stay
            }
            _ => Step::Stay,
        }
    }

    fn second(&mut self, _: &mut Context<'_>) -> Step {
        if let Search::Running { waited_s, .. } = &mut self.search {
            *waited_s += 1;
            if *waited_s >= SEARCH_WAIT_S {
                return self.failed();
            }
        }
        Step::Stay
    }

    fn case_advanced(&mut self, advanced: &CaseFacts, _: &mut Context<'_>) {
        if let Search::Found { cases, .. } = &mut self.search {
            for facts in cases {
                advance(facts, advanced);
            }
        }
    }

    fn waits(&self) -> bool {
        self.found().is_none()
    }
}

/// One case of the list. Its slip is printed when the citizen asks for it, and says 补打.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenCase {
    pub card: Arc<CardText>,
    pub facts: Box<CaseFacts>,
    pub slip: SlipProgress,
}

impl OpenCase {
    /// Whether its slip can be printed now.
    pub fn can_print(&self, session: &Session) -> bool {
        !self.slip.is_printing() && session.availability(Offer::Print).possible()
    }
}

impl Steps for OpenCase {
    fn page(&self) -> Page {
        Page::OpenCase
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match touch {
            Touch::Reprint if self.can_print(context.session) => order(self, true, context),
            Touch::Next => return Step::Leave { evaluation: None },
            _ => {}
        }
        Step::Stay
    }

    fn case_advanced(&mut self, advanced: &CaseFacts, _: &mut Context<'_>) {
        advance(&mut self.facts, advanced);
    }

    fn counts_idle(&self) -> bool {
        !self.slip.is_printing()
    }

    fn slip(&self) -> Option<SlipProgress> {
        Some(self.slip)
    }

    fn slip_mut(&mut self) -> Option<&mut SlipProgress> {
        Some(&mut self.slip)
    }

    fn order(&self) -> Option<SlipOrder> {
        let (card, facts) = (self.card.clone(), self.facts.clone());
        Some(SlipOrder::Receipt { card, application: None, facts })
    }
}

/// Takes over what is news of a case; true if it is.
pub(super) fn advance(facts: &mut CaseFacts, advanced: &CaseFacts) -> bool {
    // The platform may say more of a case without moving it, or be unable to book it.
    let told = facts.status == advanced.status && facts != advanced;
    let news = facts.number == advanced.number && (facts.status < advanced.status || told);
    if news {
        facts.clone_from(advanced);
    }
    news
}
