//! All answers once more, before they are handed in.

use std::sync::Arc;

use crate::domain::card::CardText;
use crate::domain::pack::Question;
use crate::visit::application::{Application, Asked, asked};
use crate::visit::flows::{
    ChooseWindow, ConfirmAuthority, Form, Identify, Obstacle, Purpose, Submit,
};
use crate::visit::step::{Context, Handover, Step, Steps};
use crate::visit::{Page, Session, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    pub application: Application,
}

impl Review {
    fn questions<'a>(&self, session: &'a Session) -> &'a [Question] {
        session.item(&self.application.item).map_or(&[], |item| &item.questions)
    }

    /// To the choice of a time window, where there is one.
    fn window(&self, edited: bool, session: &Session) -> Step {
        match self.application.particulars.request {
            Some(request) => Step::Replace(
                ChooseWindow::new(self.application.clone(), request.of, edited, session).into(),
            ),
            None => Step::Stay,
        }
    }

    /// Of an application for an enterprise, the row that changes for which: behind the answers and the
    /// time window.
    pub fn enterprise_row(&self) -> Option<usize> {
        let enterprise = self.application.particulars.enterprise.as_ref();
        enterprise.map(|_| self.application.answers.len() + 1)
    }

    /// Which questions are asked.
    pub fn asked(&self, session: &Session) -> Vec<Asked> {
        asked(self.questions(session), &self.application.answers)
    }
}

impl Steps for Review {
    fn page(&self) -> Page {
        Page::Review
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match touch {
            Touch::Edit(row) if self.asked(context.session).get(row) == Some(&Asked::Yes) => {
                Step::Replace(Form::corrected(self.application.clone(), row).into())
            }
            // The time window stands behind the answers.
            Touch::Edit(row) if row == self.application.answers.len() => {
                self.window(true, context.session)
            }
            Touch::Edit(row) if Some(row) == self.enterprise_row() => {
                Step::Replace(ConfirmAuthority::corrected(self.application.clone()).into())
            }
            Touch::Submit | Touch::Next => {
                // What was right when it was asked may be no more: midnight has passed.
                let questions = self.questions(context.session);
                let known = context.session.known(&self.application.applicant);
                if let Some(row) = self.application.unanswered(questions, &known) {
                    return Step::Replace(Form::corrected(self.application.clone(), row).into());
                }
                let request = self.application.particulars.request;
                if request.is_some_and(|request| !request.window.is_open_on(context.session.today))
                {
                    return self.window(true, context.session);
                }
                let ticket = context.session.ticket();
                let application = Arc::new(self.application.clone());
                Step::Replace(Submit::new(application, ticket).into())
            }
            _ => Step::Stay,
        }
    }

    fn back(&mut self, context: &mut Context<'_>) -> Step {
        if self.application.particulars.request.is_some() {
            return self.window(false, context.session);
        }
        match Form::reopened(&self.application, context.session) {
            Some(form) => Step::Replace(form.into()),
            // Nothing was asked but whose it is.
            None => {
                let Application { item, applicant, .. } = self.application.clone();
                Step::Push(Identify::again(Purpose::Item(item), applicant).into())
            }
        }
    }

    fn resumed(&mut self, handover: Handover, context: &mut Context<'_>) -> Step {
        let Handover::Identified(card) = handover else { return Step::Done(Handover::Back) };
        whose(&mut self.application, card, context.session)
    }
}

/// Who was identified again on the way back: the same person, or another whose application it is from
/// now on. For whom another person acts, and whether they are entitled, is asked anew.
pub(super) fn whose(application: &mut Application, card: Arc<CardText>, session: &Session) -> Step {
    if let Some(obstacle) = Obstacle::ineligible(&application.item, &card, session) {
        return Step::Replace(obstacle.into());
    }
    let asks = session.item(&application.item).is_some_and(|item| item.eligibility.asks_platform);
    let asked_of_both = asks || application.particulars.enterprise.is_some();
    if asked_of_both && application.applicant != card {
        let item = application.item.clone();
        let questions = session.item(&item).map_or(&[][..], |item| &item.questions);
        return Step::Replace(Form::of(item, questions, card).into());
    }
    application.applicant = card;
    Step::Stay
}
