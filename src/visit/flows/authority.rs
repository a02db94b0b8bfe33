//! For whom somebody acts (经办人): of an item for enterprises, after the agent is identified with their
//! own card, the unified social credit code (统一社会信用代码) and whether the platform knows them as that
//! enterprise's agent.

use std::sync::Arc;

use crate::domain::card::CardText;
use crate::domain::enterprise::{Authority, Enterprise};
use crate::domain::form::{AnswerKind, Question, Wrong};
use crate::domain::listing::Holder;
use crate::say;
use crate::visit::application::Application;
use crate::visit::flows::query::Asked;
use crate::visit::flows::{Identify, Obstacle, ObstacleReason, Purpose, Review};
use crate::visit::step::{Context, Handover, News, Step, Steps};
use crate::visit::{Answer, Effect, ItemRef, Page, Session, Touch};

/// Who is here, and for whom: a page for the code, then the platform is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfirmAuthority {
    pub item: ItemRef,
    /// `None` until the agent is identified.
    card: Option<Arc<CardText>>,
    /// The code, as far as it is typed.
    pub answer: Answer,
    /// Why what is typed is no code.
    pub refused: Option<Wrong>,
    asked: Option<Asked>,
    /// Came from the review to change the code, and goes back there with everything else as it is.
    application: Option<Box<Application>>,
}

/// What is asked of an agent: the same page as a form's.
pub fn question() -> Question {
    Question {
        id: "credit_code".to_owned(),
        text: say::CREDIT_CODE.into(),
        label: say::CREDIT_CODE_LABEL.into(),
        reason: say::CREDIT_CODE_REASON.into(),
        when: Vec::new(),
        message: None,
        answer: AnswerKind::CreditCode,
    }
}

/// The flow that says who is here, and for an item for enterprises also for whom.
pub(super) fn identify(item: &ItemRef, session: &Session) -> Step {
    match session.item(item).map(|item| item.holder) {
        Some(Holder::Enterprise) => Step::Push(ConfirmAuthority::new(item.clone()).into()),
        Some(Holder::Person) | None => {
            Step::Push(Identify::new(Purpose::Item(item.clone())).into())
        }
    }
}

impl ConfirmAuthority {
    fn new(item: ItemRef) -> ConfirmAuthority {
        let answer = Answer::blank(&question());
        let application = None;
        ConfirmAuthority { item, card: None, answer, refused: None, asked: None, application }
    }

    /// For somebody who was identified already.
    pub(super) fn of(item: ItemRef, card: Arc<CardText>) -> ConfirmAuthority {
        ConfirmAuthority { card: Some(card), ..ConfirmAuthority::new(item) }
    }

    /// From the review to the code, as it was confirmed.
    pub(super) fn corrected(application: Application) -> ConfirmAuthority {
        let (item, card) = (application.item.clone(), application.applicant.clone());
        let mut page = ConfirmAuthority::of(item, card);
        if let Some(enterprise) = &application.particulars.enterprise {
            for key in enterprise.credit_code.chars() {
                page.answer.push(&AnswerKind::CreditCode, key);
            }
        }
        page.application = Some(Box::new(application));
        page
    }

    /// The review that it came from, with nothing changed.
    pub(super) fn review(&self) -> Option<Review> {
        self.application.as_deref().cloned().map(|application| Review { application })
    }

    /// Whether the platform is being asked.
    pub fn is_asking(&self) -> bool {
        self.asked.is_some()
    }

    fn ask(&mut self, context: &mut Context<'_>) -> Step {
        let Some(card) = self.card.clone() else { return Step::Stay };
        let known = context.session.known(&card);
        if let Err(wrong) = self.answer.judge(&question(), &known) {
            self.refused = Some(wrong);
            return Step::Stay;
        }
        let confirmed = |review: &Review| {
            let enterprise = review.application.particulars.enterprise.as_ref();
            enterprise.is_some_and(|confirmed| confirmed.credit_code == self.answer.typed())
        };
        if let Some(review) = self.review().filter(confirmed) {
            return Step::Replace(review.into());
        }
        let ticket = context.session.ticket();
        let (item, code) = (self.item.clone(), self.answer.typed().to_owned());
        context.effects.push(Effect::AskAuthority { ticket, item, card, code });
        self.asked = Some(Asked::new(ticket));
        Step::Stay
    }

    fn obstacle(&self, reason: ObstacleReason) -> Obstacle {
        let obstacle = Obstacle::new(reason, Some(self.item.clone()));
        match &self.card {
            Some(card) => obstacle.of(card.clone()),
            None => obstacle,
        }
    }

    fn not_available(&mut self) -> Step {
        self.asked = None;
        let obstacle = self.obstacle(ObstacleReason::AuthorityUnknown);
        Step::Replace(obstacle.retried_by(self.clone()).into())
    }
}

impl Steps for ConfirmAuthority {
    fn page(&self) -> Page {
        if self.is_asking() { Page::Querying } else { Page::CreditCode }
    }

    fn entered(&mut self, _: &mut Context<'_>) -> Step {
        match self.card {
            Some(_) => Step::Stay,
            None => Step::Push(Identify::new(Purpose::Item(self.item.clone())).into()),
        }
    }

    fn resumed(&mut self, handover: Handover, context: &mut Context<'_>) -> Step {
        let Some((card, _)) = handover.identified() else { return Step::Done(Handover::Back) };
        if let Some(obstacle) = Obstacle::ineligible(&self.item, &card, context.session) {
            return Step::Replace(obstacle.into());
        }
        // Another agent acts for somebody else.
        if self.card.replace(card.clone()).is_some_and(|before| before != card) {
            self.answer.clear();
        }
        Step::Stay
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        if self.is_asking() {
            return Step::Stay;
        }
        match touch {
            Touch::Digit(digit @ 0..=9) => {
                self.answer.push(&AnswerKind::CreditCode, char::from(b'0' + digit));
            }
            Touch::Letter(letter) => self.answer.push(&AnswerKind::CreditCode, letter),
            Touch::Erase => self.answer.erase(),
            Touch::Clear => self.answer.clear(),
            Touch::Next => return self.ask(context),
            _ => return Step::Stay,
        }
        self.refused = None;
        Step::Stay
    }

    fn news(&mut self, news: News, context: &mut Context<'_>) -> Step {
        let (News::AuthorityTold { ticket, answer }, Some(asked), Some(card)) =
            (news, self.asked, &self.card)
        else {
            return Step::Stay;
        };
        if asked.ticket != ticket {
            return Step::Stay;
        }
        context.session.idle_s = 0;
        match answer {
            Authority::Confirmed { name } => {
                let enterprise = Enterprise { credit_code: self.answer.typed().to_owned(), name };
                let enterprise = Arc::new(enterprise);
                if let Some(mut review) = self.review() {
                    review.application.particulars.enterprise = Some(enterprise);
                    return Step::Replace(review.into());
                }
                Step::Done(Handover::Authorised { card: card.clone(), enterprise })
            }
            Authority::NotKnown { detail } => {
                self.asked = None;
                let obstacle = self.obstacle(ObstacleReason::NotAuthorised(detail));
                // Perhaps the code was mistyped.
                Step::Replace(obstacle.retried_by(self.clone()).into())
            }
            Authority::NotAvailable => self.not_available(),
        }
    }

    fn second(&mut self, _: &mut Context<'_>) -> Step {
        match self.asked.as_mut().is_some_and(Asked::has_waited) {
            true => self.not_available(),
            false => Step::Stay,
        }
    }

    fn back(&mut self, _: &mut Context<'_>) -> Step {
        if let Some(review) = self.review() {
            return Step::Replace(review.into());
        }
        match &self.card {
            Some(card) => {
                let purpose = Purpose::Item(self.item.clone());
                Step::Push(Identify::again(purpose, card.clone()).into())
            }
            None => Step::Done(Handover::Back),
        }
    }

    fn waits(&self) -> bool {
        self.is_asking()
    }
}
