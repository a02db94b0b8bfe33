//! What is given without application (免申即办): identify, ask the platform, and on one page confirm or
//! decline.

use std::sync::Arc;

use crate::domain::card::CardText;
use crate::domain::enterprise::Enterprise;
use crate::domain::entitlement::{Entitled, Entitlement};
use crate::visit::application::{Application, Particulars};
use crate::visit::flows::query::Asked;
use crate::visit::flows::{Obstacle, ObstacleReason, Submit, authority};
use crate::visit::step::{Context, Handover, News, Step, Steps};
use crate::visit::{Effect, ItemRef, Page, Touch};

/// The platform is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckEntitlement {
    pub item: ItemRef,
    /// `None` until the citizen is identified.
    card: Option<Arc<CardText>>,
    enterprise: Option<Arc<Enterprise>>,
    /// `None` until the platform is asked.
    asked: Option<Asked>,
}

/// Asks the platform whether the holder of a card, or the enterprise for which they act, is entitled.
pub(super) fn ask(
    item: &ItemRef,
    card: Arc<CardText>,
    enterprise: Option<Arc<Enterprise>>,
    context: &mut Context<'_>,
) -> Asked {
    let ticket = context.session.ticket();
    context.effects.push(Effect::AskEntitlement { ticket, item: item.clone(), card, enterprise });
    Asked::new(ticket)
}

impl CheckEntitlement {
    pub(super) fn new(item: ItemRef) -> CheckEntitlement {
        CheckEntitlement { item, card: None, enterprise: None, asked: None }
    }

    fn ask(&mut self, card: Arc<CardText>, context: &mut Context<'_>) {
        self.asked = Some(ask(&self.item, card.clone(), self.enterprise.clone(), context));
        self.card = Some(card);
    }

    fn obstacle(&self, reason: ObstacleReason) -> Obstacle {
        let obstacle = Obstacle::new(reason, Some(self.item.clone()));
        match &self.card {
            Some(card) => obstacle.of(card.clone()),
            None => obstacle,
        }
    }

    fn unknown(&self) -> Step {
        let obstacle = self.obstacle(ObstacleReason::EntitlementUnknown);
        Step::Replace(obstacle.retried_by(self.clone()).into())
    }
}

impl Steps for CheckEntitlement {
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

    fn news(&mut self, news: News, context: &mut Context<'_>) -> Step {
        match (news, self.asked, &self.card) {
            (News::Entitled { ticket, answer }, Some(asked), Some(card))
                if asked.ticket == ticket =>
            {
                context.session.idle_s = 0;
                match answer {
                    Entitled::Yes(entitlement) => Step::Replace(
                        Offered {
                            item: self.item.clone(),
                            card: card.clone(),
                            enterprise: self.enterprise.clone(),
                            entitlement: Arc::new(entitlement),
                            declined: false,
                        }
                        .into(),
                    ),
                    Entitled::No { reason } => {
                        Step::Replace(self.obstacle(ObstacleReason::NotEntitled(reason)).into())
                    }
                    Entitled::Unknown => self.unknown(),
                }
            }
            _ => Step::Stay,
        }
    }

    fn second(&mut self, _: &mut Context<'_>) -> Step {
        match self.asked.as_mut().is_some_and(Asked::has_waited) {
            true => self.unknown(),
            false => Step::Stay,
        }
    }

    fn waits(&self) -> bool {
        true
    }
}

/// The citizen is entitled: one confirmation, or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    pub item: ItemRef,
    pub card: Arc<CardText>,
    pub enterprise: Option<Arc<Enterprise>>,
    pub entitlement: Arc<Entitlement>,
    /// Declined for now; nothing was handed in, and coming back undoes it.
    pub declined: bool,
}

impl Steps for Offered {
    fn page(&self) -> Page {
        if self.declined { Page::Declined } else { Page::Offered }
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match (touch, self.declined) {
            (Touch::Submit | Touch::Next, false) => {
                let particulars = Particulars {
                    enterprise: self.enterprise.clone(),
                    confirmed: Some(self.entitlement.clone()),
                    ..Particulars::default()
                };
                let application = Arc::new(Application {
                    item: self.item.clone(),
                    applicant: self.card.clone(),
                    answers: Vec::new(),
                    particulars,
                });
                let ticket = context.session.ticket();
                Step::Replace(Submit::new(application, ticket).into())
            }
            (Touch::Decline, false) => {
                self.declined = true;
                context.effects.push(Effect::Decline { item: self.item.clone() });
                Step::Stay
            }
            (Touch::Undo, true) => {
                self.declined = false;
                Step::Stay
            }
            (Touch::Next, true) => Step::Home,
            _ => Step::Stay,
        }
    }

    fn back(&mut self, _: &mut Context<'_>) -> Step {
        if self.declined {
            self.declined = false;
            return Step::Stay;
        }
        Step::Done(Handover::Back)
    }
}
