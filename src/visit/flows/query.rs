//! A query (秒办): identify, ask the platform, show the answer and print it.

use std::sync::Arc;

use crate::domain::answer::{NoAnswer, Nothing, QueryAnswer};
use crate::domain::card::CardText;
use crate::domain::enterprise::Enterprise;
use crate::visit::flows::{Evaluate, Obstacle, ObstacleReason, authority};
use crate::visit::printing::{print, reprint};
use crate::visit::step::{Context, Handover, News, Step, Steps};
use crate::visit::{About, Effect, ItemRef, Page, SlipOrder, SlipProgress, Ticket, Touch};

/// Longest wait for a query; beyond the client's own time-out.
const QUERY_WAIT_S: u32 = 20;

#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub item: ItemRef,
    /// `None` until the citizen is identified.
    card: Option<Arc<CardText>>,
    /// For which they act.
    enterprise: Option<Arc<Enterprise>>,
    /// `None` until the platform is asked.
    asked: Option<Asked>,
}

/// A question to the platform whose answer is waited for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    pub(super) ticket: Ticket,
    waited_s: u32,
}

impl Asked {
    pub(super) fn new(ticket: Ticket) -> Asked {
        Asked { ticket, waited_s: 0 }
    }

    /// A second has passed; whether it is waited for no longer.
    pub(super) fn has_waited(&mut self) -> bool {
        self.waited_s += 1;
        self.waited_s >= QUERY_WAIT_S
    }
}

impl Query {
    pub(super) fn new(item: ItemRef) -> Query {
        Query { item, card: None, enterprise: None, asked: None }
    }

    fn ask(&mut self, card: Arc<CardText>, context: &mut Context<'_>) {
        let ticket = context.session.ticket();
        context.effects.push(Effect::Query {
            ticket,
            item: self.item.clone(),
            card: card.clone(),
            enterprise: self.enterprise.clone(),
        });
        self.card = Some(card);
        self.asked = Some(Asked::new(ticket));
    }

    fn failed(&self, why: NoAnswer) -> Step {
        let may_come = why.nothing == Nothing::NotAvailable;
        let obstacle = Obstacle::new(ObstacleReason::Query(why), Some(self.item.clone()));
        let obstacle = match &self.card {
            Some(card) => obstacle.of(card.clone()),
            None => obstacle,
        };
        Step::Replace(if may_come { obstacle.retried_by(self.clone()) } else { obstacle }.into())
    }
}

impl Steps for Query {
    fn page(&self) -> Page {
        Page::Querying
    }

    fn entered(&mut self, context: &mut Context<'_>) -> Step {
        match self.card.take() {
            Some(card) => {
                self.ask(card, context);
                Step::Stay
            }
            None => authority::identify(&self.item, context.session),
        }
    }

    fn resumed(&mut self, handover: Handover, context: &mut Context<'_>) -> Step {
        let Some((card, enterprise)) = handover.identified() else {
            return Step::Done(Handover::Back);
        };
        if let Some(obstacle) = Obstacle::ineligible(&self.item, &card, context.session) {
            return Step::Replace(obstacle.into());
        }
        self.enterprise = enterprise;
        self.ask(card, context);
        Step::Stay
    }

    fn touched(&mut self, _: Touch, _: &mut Context<'_>) -> Step {
        Step::Stay
    }

    fn news(&mut self, news: News, _: &mut Context<'_>) -> Step {
        match (news, self.asked, &self.card) {
            (News::Queried { ticket, answer }, Some(asked), Some(card))
                if asked.ticket == ticket =>
            {
                match answer {
                    Ok(answer) => Step::Replace(
                        QueryResult {
                            item: self.item.clone(),
                            card: card.clone(),
                            enterprise: self.enterprise.clone(),
                            answer: Arc::new(answer),
                            slip: SlipProgress::NotYet,
                        }
                        .into(),
                    ),
                    Err(why) => self.failed(why),
                }
            }
            _ => Step::Stay,
        }
    }

    fn second(&mut self, _: &mut Context<'_>) -> Step {
        match self.asked.as_mut().is_some_and(Asked::has_waited) {
            true => self.failed(Nothing::NotAvailable.into()),
            false => Step::Stay,
        }
    }

    fn waits(&self) -> bool {
        true
    }
}

/// The platform's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryResult {
    pub item: ItemRef,
    pub card: Arc<CardText>,
    /// Which was asked about, where that is not the holder of the card.
    pub enterprise: Option<Arc<Enterprise>>,
    pub answer: Arc<QueryAnswer>,
    pub slip: SlipProgress,
}

impl Steps for QueryResult {
    fn page(&self) -> Page {
        Page::QueryResult
    }

    fn entered(&mut self, context: &mut Context<'_>) -> Step {
        context.session.idle_s = 0;
        print(self, context);
        Step::Stay
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match touch {
            Touch::Reprint => reprint(self, context),
            Touch::Evaluate | Touch::Next => {
                let about = About { item: self.item.clone(), case: None };
                return Step::Push(Evaluate::new(about).into());
            }
            Touch::Another => {
                context.session.identified = Some(self.card.clone());
                return Step::Home;
            }
            _ => {}
        }
        Step::Stay
    }

    fn can_go_back(&self) -> bool {
        false
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
        Some(SlipOrder::Query {
            item: self.item.clone(),
            card: self.card.clone(),
            enterprise: self.enterprise.clone(),
            answer: self.answer.clone(),
        })
    }
}
