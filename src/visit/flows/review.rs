//! All answers once more, before they are handed in.

use std::sync::Arc;

use crate::visit::application::Application;
use crate::visit::flows::{Form, Identify, Obstacle, Purpose, Submit};
use crate::visit::step::{Context, Handover, Step, Steps};
use crate::visit::{Page, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    pub application: Application,
}

impl Steps for Review {
    fn page(&self) -> Page {
        Page::Review
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match touch {
            Touch::Edit(row) if row < self.application.answers.len() => {
                Step::Replace(Form::reopened(self.application.clone(), row, true).into())
            }
            Touch::Submit | Touch::Next => {
                let ticket = context.session.ticket();
                let application = Arc::new(self.application.clone());
                Step::Replace(Submit::new(application, ticket).into())
            }
            _ => Step::Stay,
        }
    }

    fn back(&mut self, _: &mut Context<'_>) -> Step {
        let application = self.application.clone();
        match application.answers.len().checked_sub(1) {
            Some(last) => Step::Replace(Form::reopened(application, last, false).into()),
            // Nothing was asked but whose it is.
            None => {
                let purpose = Purpose::Item(application.item);
                Step::Push(Identify::again(purpose, application.applicant).into())
            }
        }
    }

    fn resumed(&mut self, handover: Handover, context: &mut Context<'_>) -> Step {
        let Handover::Identified(card) = handover else { return Step::Done(Handover::Back) };
        if let Some(obstacle) = Obstacle::ineligible(&self.application.item, &card, context.session)
        {
            return Step::Replace(obstacle.into());
        }
        self.application.applicant = card;
        Step::Stay
    }
}
