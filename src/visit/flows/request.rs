//! When somebody shall come or call (预约、上门、代办、回电): one page after the questions of a request.

use crate::domain::item::ItemKind;
use crate::domain::outlet::Hours;
use crate::domain::request::Requested;
use crate::domain::window::{self, TimeWindow};
use crate::visit::application::Application;
use crate::visit::flows::{Form, Identify, Purpose, Review, review};
use crate::visit::step::{Context, Handover, Step, Steps};
use crate::visit::{Page, Session, Touch};

/// The choice of a time window. What is offered stays as it was when the page came.
#[derive(Clone, Debug, PartialEq)]
pub struct ChooseWindow {
    pub application: Application,
    pub of: Requested,
    pub windows: Vec<TimeWindow>,
    pub chosen: Option<usize>,
    /// Came from the review to change it, and goes back there.
    edited: bool,
}

/// Where an application goes whose questions are answered: to what its kind still asks for, then to
/// the review. `corrected`: the review stood already, and one answer was changed.
pub(super) fn onward(mut application: Application, corrected: bool, session: &Session) -> Step {
    let Some(ItemKind::Request { of }) = session.item(&application.item).map(|item| item.kind)
    else {
        return Step::Replace(Review { application }.into());
    };
    match application.particulars.request {
        Some(request) if corrected => {
            // The answer that was changed may make it a priority, or none.
            application.ask(of, request.window, session);
            Step::Replace(Review { application }.into())
        }
        _ => Step::Replace(ChooseWindow::new(application, of, false, session).into()),
    }
}

impl ChooseWindow {
    pub(super) fn new(
        application: Application,
        of: Requested,
        edited: bool,
        session: &Session,
    ) -> ChooseWindow {
        let pack = session.pack();
        let day = session.today.unwrap_or(pack.as_of);
        let item = session.item(&application.item);
        let outlet = item.and_then(|item| pack.outlet_for(item, day));
        let hours = outlet.map_or_else(Hours::always, |outlet| outlet.hours.clone());
        let windows = window::offered(of, &hours, &pack.calendar, session.today);
        let before = application.particulars.request.map(|request| request.window);
        let chosen = windows.iter().position(|window| Some(*window) == before);
        ChooseWindow { application, of, windows, chosen, edited }
    }

    fn review(&self, session: &Session) -> Step {
        let Some(window) = self.chosen.and_then(|at| self.windows.get(at)) else {
            return Step::Stay;
        };
        let mut application = self.application.clone();
        application.ask(self.of, *window, session);
        Step::Replace(Review { application }.into())
    }
}

impl Steps for ChooseWindow {
    fn page(&self) -> Page {
        Page::Window
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match touch {
            Touch::Choose(at) if at < self.windows.len() => {
                self.chosen = Some(at);
                Step::Stay
            }
            Touch::Next => self.review(context.session),
            _ => Step::Stay,
        }
    }

    fn back(&mut self, context: &mut Context<'_>) -> Step {
        let application = self.application.clone();
        if self.edited {
            return Step::Replace(Review { application }.into());
        }
        match Form::reopened(&application, context.session) {
            Some(form) => Step::Replace(form.into()),
            // Nothing was asked but whose it is.
            None => {
                let purpose = Purpose::Item(application.item);
                Step::Push(Identify::again(purpose, application.applicant).into())
            }
        }
    }

    fn resumed(&mut self, handover: Handover, context: &mut Context<'_>) -> Step {
        let Handover::Identified(card) = handover else { return Step::Done(Handover::Back) };
        review::whose(&mut self.application, card, context.session)
    }
}
