//! Vacancies (招聘岗位): a page of the platform's list.

use crate::domain::vacancy::{Vacancy, VacancyPage};
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::{Badge, Block, Blocks, Case};
use crate::screen::said::Control;
use crate::visit::Touch;
use crate::visit::flows::Vacancies;

pub(super) fn compose(compose: &Compose, flow: &Vacancies, page: &VacancyPage) -> Composed {
    let title = compose.item_name(&flow.item);
    let as_of = page.as_of.to_string();
    let (total, first) = (page.total.to_string(), flow.before() + 1);
    let last = (flow.before() + page.vacancies.len()).to_string();
    let values =
        [("total", total.as_str()), ("from", &first.to_string()), ("to", &last), ("day", &as_of)];
    let turn = [
        flow.has_earlier().then(|| {
            Control::new("earlier", compose.text(say::VACANCIES_EARLIER), Touch::Earlier)
                .drawn(Drawing::Back)
        }),
        flow.has_further().then(|| {
            Control::new("further", compose.text(say::VACANCIES_FURTHER), Touch::Further)
                .drawn(Drawing::Forward)
        }),
    ];
    let blocks = if page.vacancies.is_empty() && flow.has_earlier() {
        // They were taken while the citizen read.
        Blocks {
            hero: Some(Drawing::Work),
            tone: Tone::Plain,
            headline: compose.text(say::VACANCIES_NO_MORE),
            foot: turn.into_iter().flatten().collect(),
            ..Blocks::default()
        }
    } else if page.vacancies.is_empty() {
        Blocks {
            hero: Some(Drawing::Work),
            tone: Tone::Plain,
            headline: compose.text(say::NO_VACANCIES),
            detail: compose.fill(say::NO_VACANCIES_DETAIL, &[("day", &as_of)]),
            ..Blocks::default()
        }
    } else {
        Blocks {
            headline: compose.text(say::VACANCIES_TITLE),
            detail: compose.fill(say::VACANCIES_DETAIL, &values),
            blocks: page.vacancies.iter().map(|one| Block::Case(case(compose, one))).collect(),
            foot: turn.into_iter().flatten().collect(),
            ..Blocks::default()
        }
    };
    Composed::new("vacancies", title, blocks).about(compose.item(&flow.item)).action(compose.home())
}

fn case(compose: &Compose, vacancy: &Vacancy) -> Case {
    let pay = vacancy.pay.as_ref().map(|pay| Badge {
        text: compose.own(pay),
        tone: Tone::Good,
        drawing: None,
    });
    let openings = vacancy.openings.to_string();
    let mut facts = vec![
        compose.row(say::VACANCY_EMPLOYER, compose.own(&vacancy.employer)),
        compose.row(say::VACANCY_PLACE, compose.own(&vacancy.place)),
        compose.row(say::VACANCY_OPENINGS, compose.fill(say::VACANCY_PEOPLE, &[("n", &openings)])),
    ];
    facts.extend(vacancy.phone.as_ref().map(|phone| compose.row(say::HELP_PHONE, phone.as_str())));
    facts.push(compose.code_row(say::VACANCY_NUMBER, vacancy.number.as_str()));
    Case {
        item: compose.own(&vacancy.job),
        badges: pay.into_iter().collect(),
        facts,
        controls: Vec::new(),
    }
}
