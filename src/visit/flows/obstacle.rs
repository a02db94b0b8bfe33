//! Why a matter cannot go on as wished, and what helps; each reason has a sentence and a next step
//! (promise P5).

use std::sync::Arc;

use crate::domain::answer::NoAnswer;
use crate::domain::card::CardText;
use crate::domain::fact::Private;
use crate::domain::pack::Bilingual;
use crate::visit::flows::{Browse, Flow, Form, GuideSlip, Leaflet};
use crate::visit::step::{Context, Handover, Step, Steps};
use crate::visit::{ItemRef, Offer, Page, Session, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle {
    pub reason: ObstacleReason,
    /// The item that cannot go on; `None` for my cases.
    pub item: Option<ItemRef>,
    /// What trying again repeats, with everything that the citizen has given for it; `None` where
    /// only people can help.
    again: Option<Box<Flow>>,
    /// Whose matter it is, where the card was read and is not the obstacle.
    card: Option<Arc<CardText>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObstacleReason {
    CardExpired,
    /// The item is not for the holder of the card; in the bureau's words.
    NotEligible(Bilingual),
    /// The platform has no answer; perhaps it has a sentence for the citizen.
    Query(NoAnswer),
    /// The platform does not give it to this person; perhaps it says why.
    NotEntitled(Option<Private>),
    /// Whether the person is entitled nobody can tell now.
    EntitlementUnknown,
    /// The platform does not know this person as the agent of that enterprise.
    NotAuthorised(Option<Private>),
    /// Whether it does nobody can tell now.
    AuthorityUnknown,
    /// The list of vacancies could not be had.
    VacanciesFailed,
    /// The queue refused: nothing was received.
    NotStored,
    /// The cases could not be looked up.
    SearchFailed,
}

impl Obstacle {
    /// Neither the card nor the person changes by trying again: the way on is to people.
    pub(super) fn new(reason: ObstacleReason, item: Option<ItemRef>) -> Obstacle {
        Obstacle { reason, item, again: None, card: None }
    }

    pub(super) fn retried_by(self, again: impl Into<Flow>) -> Obstacle {
        Obstacle { again: Some(Box::new(again.into())), ..self }
    }

    pub(super) fn of(self, card: Arc<CardText>) -> Obstacle {
        Obstacle { card: Some(card), ..self }
    }

    /// The item by which somebody is called back about what the kiosk cannot do (首问负责): where one
    /// can be identified and something be stored.
    pub fn call_back(&self, session: &Session) -> Option<ItemRef> {
        match self.reason {
            ObstacleReason::CardExpired
            | ObstacleReason::NotStored
            | ObstacleReason::SearchFailed => None,
            ObstacleReason::NotEligible(_)
            | ObstacleReason::Query(_)
            | ObstacleReason::NotEntitled(_)
            | ObstacleReason::EntitlementUnknown
            | ObstacleReason::NotAuthorised(_)
            | ObstacleReason::AuthorityUnknown
            | ObstacleReason::VacanciesFailed => {
                session.call_back().filter(|item| self.item.as_ref() != Some(item))
            }
        }
    }

    /// The item whose guide can be taken along: for the enterprise, which has to name its agent first.
    pub fn guide(&self, session: &Session) -> Option<ItemRef> {
        let item = self.item.as_ref().filter(|item| session.item(item).is_some())?;
        let wanted = matches!(self.reason, ObstacleReason::NotAuthorised(_))
            && session.availability(Offer::Print).possible();
        wanted.then(|| item.clone())
    }

    /// Whether trying again may help, which then is the main action.
    pub fn can_retry(&self) -> bool {
        self.again.is_some()
    }

    /// The item is not for the holder of this card, as far as the card can tell.
    pub(super) fn ineligible(
        item: &ItemRef,
        card: &Arc<CardText>,
        session: &Session,
    ) -> Option<Obstacle> {
        let eligibility = &session.item(item)?.eligibility;
        let reason = eligibility.refusal(card, session.today, session.pack().as_of)?.clone();
        let obstacle = Obstacle::new(ObstacleReason::NotEligible(reason), Some(item.clone()));
        Some(obstacle.of(card.clone()))
    }
}

/// To the request by which somebody is called back. `read`: who was read already need not lay the
/// card down again.
pub(super) fn call_me(item: ItemRef, read: Option<Arc<CardText>>, session: &Session) -> Step {
    let questions = session.item(&item).map_or(&[][..], |item| &item.questions);
    Step::Push(Form::after(item, questions, read).into())
}

impl Steps for Obstacle {
    fn page(&self) -> Page {
        Page::Obstacle
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        if touch == Touch::CallMe {
            let Some(item) = self.call_back(context.session) else { return Step::Stay };
            return call_me(item, self.card.clone(), context.session);
        }
        if touch == Touch::PrintGuide {
            return match self.guide(context.session) {
                Some(item) => Step::Push(GuideSlip::new(Leaflet::Item(item)).into()),
                None => Step::Stay,
            };
        }
        match (touch, &self.again) {
            (Touch::Outlets, _) | (Touch::Next, None) => Step::Push(Browse::Outlets.into()),
            (Touch::Retry | Touch::Next, Some(again)) => Step::Replace((**again).clone()),
            _ => Step::Stay,
        }
    }

    fn back(&mut self, _: &mut Context<'_>) -> Step {
        match self.again.as_deref() {
            // What was filled in is not thrown away.
            Some(Flow::Review(review)) => Step::Replace(review.clone().into()),
            Some(Flow::ConfirmAuthority(asked)) => match asked.review() {
                Some(review) => Step::Replace(review.into()),
                None => Step::Done(Handover::Back),
            },
            _ => Step::Done(Handover::Back),
        }
    }
}
