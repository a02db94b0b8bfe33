//! Vacancies (招聘岗位), looked at without a card: a page of the platform's list at a time.

use crate::domain::vacancy::VacancyPage;
use crate::visit::flows::query::Asked;
use crate::visit::flows::{Obstacle, ObstacleReason};
use crate::visit::step::{Context, News, Step, Steps};
use crate::visit::{Effect, ItemRef, Page, Touch};

/// Most pages that one can go back.
const MOST_PAGES: usize = 50;

#[derive(Clone, Debug, PartialEq)]
pub struct Vacancies {
    pub item: ItemRef,
    /// Where the pages begin that were turned, the one on the screen last; the first begins nowhere.
    begins: Vec<Option<String>>,
    /// Vacancies on the pages before this one.
    pub before: usize,
    /// `None` while the platform is asked.
    found: Option<VacancyPage>,
    asked: Option<Asked>,
}

impl Vacancies {
    pub(super) fn new(item: ItemRef) -> Vacancies {
        Vacancies { item, begins: vec![None], before: 0, found: None, asked: None }
    }

    /// The page, as soon as it is there.
    pub fn found(&self) -> Option<&VacancyPage> {
        self.found.as_ref()
    }

    /// Whether there is a page before this one.
    pub fn has_earlier(&self) -> bool {
        self.begins.len() > 1
    }

    fn ask(&mut self, context: &mut Context<'_>) -> Step {
        let ticket = context.session.ticket();
        let after = self.begins.last().cloned().flatten();
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
            Touch::Further if found.next.is_some() && self.begins.len() < MOST_PAGES => {
                self.before += found.vacancies.len();
                self.begins.push(found.next.clone());
                self.ask(context)
            }
            Touch::Earlier if self.has_earlier() => {
                self.begins.pop();
                // Pages before are full ones.
                self.before = self.before.saturating_sub(crate::contract::vacancy::PAGE_MAX);
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

    fn can_go_back(&self) -> bool {
        self.found.is_some()
    }

    fn can_go_home(&self) -> bool {
        self.found.is_some()
    }

    fn counts_idle(&self) -> bool {
        self.found.is_some()
    }
}
