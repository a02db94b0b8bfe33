//! A query (秒办): identify, ask the platform, show the answer and print it.

use std::sync::Arc;

use crate::domain::answer::{NoAnswer, Nothing, QueryAnswer};
use crate::domain::card::CardText;
use crate::visit::flows::{Evaluate, Identify, Obstacle, ObstacleReason, Purpose};
use crate::visit::printing::{print, reprint};
use crate::visit::step::{Context, Handover, News, Step, Steps};
use crate::visit::{About, Effect, ItemRef, Page, SlipOrder, SlipProgress, Ticket, Touch};

/// Longest wait for a query; beyond the client's own time-out.
const QUERY_WAIT_S: u32 = 20;

#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub item: ItemRef,
    /// `None` until the citizen is identified.
    asked: Option<Asked>,
}

#[derive(Clone, Debug, PartialEq)]
struct Asked {
    card: Arc<CardText>,
    ticket: Ticket,
    waited_s: u32,
}

impl Query {
    pub(super) fn new(item: ItemRef) -> Query {
        Query { item, asked: None }
    }

    fn failed(&self, why: NoAnswer) -> Step {
        let reason = ObstacleReason::Query(why);
        Step::Replace(Obstacle { reason, item: Some(self.item.clone()) }.into())
    }
}

impl Steps for Query {
    fn page(&self) -> Page {
        Page::Querying
    }

    fn entered(&mut self, _: &mut Context<'_>) -> Step {
        Step::Push(Identify::new(Purpose::Item(self.item.clone())).into())
    }

    fn resumed(&mut self, handover: Handover, context: &mut Context<'_>) -> Step {
        let Handover::Identified(card) = handover else { return Step::Done(Handover::Back) };
        if let Some(obstacle) = Obstacle::ineligible(&self.item, &card, context.session) {
            return Step::Replace(obstacle.into());
        }
        let ticket = context.session.ticket();
        context.effects.push(Effect::Query { ticket, item: self.item.clone(), card: card.clone() });
        self.asked = Some(Asked { card, ticket, waited_s: 0 });
        Step::Stay
    }

    fn touched(&mut self, _: Touch, _: &mut Context<'_>) -> Step {
        Step::Stay
    }

    fn news(&mut self, news: News, _: &mut Context<'_>) -> Step {
        match (news, &self.asked) {
            (News::Queried { ticket, answer }, Some(asked)) if asked.ticket == ticket => {
                match answer {
                    Ok(answer) => Step::Replace(
                        QueryResult {
                            item: self.item.clone(),
                            card: asked.card.clone(),
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
        if let Some(asked) = &mut self.asked {
            asked.waited_s += 1;
            if asked.waited_s >= QUERY_WAIT_S {
                return self.failed(Nothing::NotAvailable.into());
            }
        }
        Step::Stay
    }

    fn can_go_back(&self) -> bool {
        false
    }

    fn can_go_home(&self) -> bool {
        false
    }

    fn counts_idle(&self) -> bool {
        false
    }
}

/// The platform's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryResult {
    pub item: ItemRef,
    pub card: Arc<CardText>,
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
            answer: self.answer.clone(),
        })
    }
}
