//! Vacancies (招聘岗位), looked at without a card: a page of the platform's list at a time.

use crate::domain::vacancy::VacancyPage;
use crate::visit::flows::query::Asked;
use crate::visit::flows::{Obstacle, ObstacleReason};
use crate::visit::step::{Context, News, Step, Steps};
use crate::visit::{Effect, ItemRef, Page, Touch};

/// Most pages that can be turned: whoever looks for more asks people.
const MOST_PAGES: usize = 50;

#[derive(Clone, Debug, PartialEq)]
pub struct Vacancies {
    pub item: ItemRef,
    /// Where the pages begin that were turned, the one on the screen last; the first begins nowhere.
    /// With each how many vacancies are on the pages before it.
    begins: Vec<(Option<String>, usize)>,
    /// `None` while the platform is asked.
    found: Option<VacancyPage>,
    asked: Option<Asked>,
}

impl Vacancies {
    pub(super) fn new(item: ItemRef) -> Vacancies {
        Vacancies { item, begins: vec![(None, 0)], found: None, asked: None }
    }

    /// The page, as soon as it is there.
    pub fn found(&self) -> Option<&VacancyPage> {
        self.found.as_ref()
    }

    /// Vacancies on the pages before this one.
    pub fn before(&self) -> usize {
        self.begins.last().map_or(0, |(_, before)| *before)
    }

    /// Whether another page can be turned to.
    pub fn has_further(&self) -> bool {
        let further = self.found.as_ref().is_some_and(|found| found.next.is_some());
        further && self.begins.len() < MOST_PAGES
    }

    /// Whether there is a page before this one.
    pub fn has_earlier(&self) -> bool {
        self.begins.len() > 1
    }

    fn ask(&mut self, context: &mut Context<'_>) -> Step {
        let ticket = context.session.ticket();
        let after = self.begins.last().and_then(|(after, _)| after.clone());
        context.effects.push(Effect::FindVacancies { ticket, after });
        self.found = None;
        self.asked = Some(Asked::new(ticket));
        Step::Stay
    }

    fn failed(&self) -> Step {
        let again = Vacancies { found: None, asked: None, ..self.clone() };
        let obstacle = Obstacle::new(ObstacleReason::VacanciesFailed, Some(self.item.clone()));
        Step::Replace(obstacle.retried_by(again).into())
    }
}

impl Steps for Vacancies {
    fn page(&self) -> Page {
        if self.found.is_some() { Page::Vacancies } else { Page::Querying }
    }

    fn entered(&mut self, context: &mut Context<'_>) -> Step {
        self.ask(context)
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        let Some(found) = &self.found else { return Step::Stay };
        match touch {
            Touch::Further if self.has_further() => {
                let before = self.before() + found.vacancies.len();
                self.begins.push((found.next.clone(), before));
                self.ask(context)
            }
            Touch::Earlier if self.has_earlier() => {
                self.begins.pop();
                self.ask(context)
            }
            _ => Step::Stay,
        }
    }

    fn news(&mut self, news: News, context: &mut Context<'_>) -> Step {
        match (news, self.asked) {
            (News::VacanciesFound { ticket, page }, Some(asked)) if asked.ticket == ticket => {
                context.session.idle_s = 0;
                let Some(page) = page else { return self.failed() };
                self.found = Some(page);
                Step::Stay
            }
            _ => Step::Stay,
        }
    }

    fn second(&mut self, _: &mut Context<'_>) -> Step {
        match self.found.is_none() && self.asked.as_mut().is_some_and(Asked::has_waited) {
            true => self.failed(),
            false => Step::Stay,
        }
    }

    fn waits(&self) -> bool {
        self.found.is_none()
    }
}
