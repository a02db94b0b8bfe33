//! Who is here: what the card is read for, the card, and whether it is really its holder. Hands
//! the identity to the flow beneath, which can be any that needs one.

use std::sync::Arc;

use crate::domain::card::CardText;
use crate::visit::flows::{Obstacle, ObstacleReason};
use crate::visit::step::{Context, Handover, News, Step, Steps};
use crate::visit::{CardTrouble, Effect, ItemRef, Page, Session, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Identify {
    pub purpose: Purpose,
    pub step: IdentifyStep,
    /// Who was read in the matter that leads here, and need not lay the card down again.
    read: Option<Arc<CardText>>,
}

/// Why somebody is identified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    Item(ItemRef),
    MyCases,
}

#[derive(Clone, Debug, PartialEq)]
pub enum IdentifyStep {
    /// What the card is read for, before it is read.
    Consent,
    /// Waiting for the card.
    Card(CardPhase),
    /// Who lies on the reader, or was identified for an earlier matter: is it you?
    Confirm(Arc<CardText>),
}

/// What the reader is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardPhase {
    Waiting,
    Reading,
    Trouble(CardTrouble),
}

impl Identify {
    pub(super) fn new(purpose: Purpose) -> Identify {
        Identify { purpose, step: IdentifyStep::Consent, read: None }
    }

    /// For a matter that follows from one in which somebody was read: told, and asked whether it is
    /// they.
    pub(super) fn read(purpose: Purpose, card: Arc<CardText>) -> Identify {
        Identify { read: Some(card), ..Identify::new(purpose) }
    }

    /// Once more for the same matter: the consent stands.
    pub(super) fn again(purpose: Purpose, card: Arc<CardText>) -> Identify {
        Identify { step: IdentifyStep::Confirm(card), ..Identify::new(purpose) }
    }

    fn wait_for_card(&mut self) -> Step {
        self.step = IdentifyStep::Card(CardPhase::Waiting);
        Step::Stay
    }

    /// A card is known, by reading it or from an earlier matter.
    fn known(&mut self, card: Arc<CardText>, kept: bool, session: &Session) -> Step {
        match &self.purpose {
            Purpose::Item(item) if session.has_expired(&card) => {
                let obstacle = Obstacle::new(ObstacleReason::CardExpired, Some(item.clone()));
                Step::Replace(obstacle.into())
            }
            // Looking up one's own cases needs no valid document: nothing is decided by it. Whose
            // they are is asked where the card may be one that somebody forgot.
            Purpose::MyCases if !kept && !session.card.found => {
                Step::Done(Handover::Identified(card))
            }
            _ => {
                self.step = IdentifyStep::Confirm(card);
                Step::Stay
            }
        }
    }
}

impl Steps for Identify {
    fn page(&self) -> Page {
        match self.step {
            IdentifyStep::Consent => Page::Consent,
            IdentifyStep::Card(_) => Page::Card,
            IdentifyStep::Confirm(_) => Page::Identity,
        }
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        let session = &mut *context.session;
        match (touch, &mut self.step) {
            (Touch::Agree | Touch::Next, IdentifyStep::Consent) => {
                match self.read.take().or(session.identified.clone()) {
                    Some(card) => self.known(card, true, session),
                    None => self.wait_for_card(),
                }
            }
            (Touch::Retry, IdentifyStep::Card(phase)) => {
                *phase = CardPhase::Waiting;
                context.effects.extend([Effect::ExpectCard(false), Effect::ExpectCard(true)]);
                Step::Stay
            }
            (Touch::Confirm | Touch::Next, IdentifyStep::Confirm(card)) => {
                Step::Done(Handover::Identified(card.clone()))
            }
            (Touch::NotMe, IdentifyStep::Confirm(_)) => {
                session.identified = None;
                self.wait_for_card()
            }
            (Touch::Outlets, _) => Step::Push(super::Browse::Outlets.into()),
            _ => Step::Stay,
        }
    }

    fn news(&mut self, news: News, context: &mut Context<'_>) -> Step {
        let IdentifyStep::Card(phase) = &mut self.step else { return Step::Stay };
        let session = &mut *context.session;
        match news {
            News::CardReading => *phase = CardPhase::Reading,
            // A reader may say so although none lies there (91h): who has laid none yet is asked
            // for one, not told to lift it.
            News::CardTrouble(CardTrouble::StillThere) if !session.card_may_lie() => {
                return Step::Stay;
            }
            News::CardTrouble(trouble) => *phase = CardPhase::Trouble(trouble),
            News::CardRead(card) => {
                session.idle_s = 0;
                return self.known(Arc::new(*card), false, session);
            }
            _ => return Step::Stay,
        }
        session.idle_s = 0;
        Step::Stay
    }

    fn back(&mut self, _: &mut Context<'_>) -> Step {
        match self.step {
            IdentifyStep::Card(_) => {
                self.step = IdentifyStep::Consent;
                Step::Stay
            }
            IdentifyStep::Consent | IdentifyStep::Confirm(_) => Step::Done(Handover::Back),
        }
    }

    fn wants_card(&self) -> bool {
        matches!(self.step, IdentifyStep::Card(_))
    }
}
