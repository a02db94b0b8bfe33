//! Where the preview goes: once to everything that stands around the items, and through each item as a
//! citizen does, by each of its ways.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use kuaiban::case::CaseStatus;
use kuaiban::clock;
use kuaiban::domain::answer::Nothing;
use kuaiban::domain::evaluation::Level;
use kuaiban::domain::example::Expected;
use kuaiban::domain::pack::{
    AgeRange, AnswerKind, Area, Bilingual, Browsed, Item, ItemKind, Pack, Question,
};
use kuaiban::say::{self, Lang};
use kuaiban::simulators::platform::told;
use kuaiban::slip::layout::Line;
use kuaiban::testkit::people;
use kuaiban::visit::flows::AreaItems;
use kuaiban::visit::{Effect, Event, Flow, Page, SlipOrder, Ticket, Touch, Visit};

use super::answers::{self, Answers, Around};
use super::booklet::{Booklet, Caption, escaped};
use super::player::Player;
use super::words;
use crate::cli::citizen::Citizen as _;

/// Of somebody of whom nothing depends on their age.
const USUAL_AGE: u8 = 30;
/// Most screens of a list that the visit turns.
const MOST_TURNS: usize = 300;

pub struct Tour<'b> {
    book: &'b mut Booklet,
    pack: Arc<Pack>,
    today: Date,
    /// What stands around the items is shown, too.
    whole: bool,
    /// What items have alike, as the first of them showed it.
    alike: Alike,
}

#[derive(Default)]
struct Alike {
    identification: Vec<Visit>,
    printing: Option<(Visit, Vec<Line>)>,
    querying: Option<(Player, Ticket)>,
    result: Option<Player>,
}

type Shown = anyhow::Result<()>;

impl<'b> Tour<'b> {
    pub fn new(book: &'b mut Booklet, pack: Arc<Pack>, whole: bool) -> Tour<'b> {
        let today = clock::local(book.now).date();
        Tour { book, pack, today, whole, alike: Alike::default() }
    }

    fn player(&self) -> Player {
        Player::new(self.pack.clone(), self.book.lang, self.book.now)
    }

    fn home(&self) -> Player {
        self.player().after(&[Touch::Start])
    }

    /// A text of the bureau with the figures of the day.
    fn own(&self, text: &Bilingual) -> String {
        self.pack.on_day(text, self.today).text(self.book.lang).to_owned()
    }

    fn around(&self) -> Around<'_> {
        Around { today: self.today, regions: &self.pack.regions }
    }

    fn section(&mut self, class: &str, id: &str, title: &str) -> Shown {
        let (class, id, title) = (escaped(class), escaped(id), escaped(title));
        let level = if class == "part" { 2 } else { 3 };
        self.book.html(&format!(
            "<section class=\"{class}\" id=\"{id}\">\n<h{level}>{title}</h{level}>\n"
        ))
    }

    /// The end of a section.
    pub fn end(&mut self) -> Shown {
        self.book.html("</section>\n")
    }

    /// A part of the whole: its title, and the pages side by side.
    fn part(
        &mut self,
        id: &str,
        title: say::Sentence,
        pages: impl FnOnce(&mut Self) -> Shown,
    ) -> Shown {
        let title = self.book.say(title);
        self.section("part", id, &title)?;
        self.figures()?;
        pages(self)?;
        self.end_figures()?;
        self.end()
    }

    /// A page with a key that prints it, and its slip.
    fn leaflet(&mut self, opened: &Player, name: String, slip: say::Sentence) -> Shown {
        self.book.page(&opened.visit, &[], name)?;
        match opened.after(&[Touch::PrintGuide]).printed() {
            Some(lines) => self.book.slip(&lines, slip),
            None => Ok(()),
        }
    }

    fn figures(&mut self) -> Shown {
        self.book.html("<div class=\"figures\">\n")
    }

    fn end_figures(&mut self) -> Shown {
        self.book.html("</div>\n")
    }

    /// Attract screen, home, areas and search.
    pub fn first(&mut self) -> Shown {
        self.part("first", words::FIRST, |tour| {
            let attract = tour.player();
            tour.book.page(&attract.visit, &[], words::ATTRACT)?;
            tour.book.page(&attract.after(&[Touch::Help]).visit, &[], words::HELP)?;
            let home = tour.home();
            tour.book.page(&home.visit, &[], words::HOME)?;
            let large = home.after(&[Touch::ToggleAssisted]);
            for part in 0..3 {
                let caption = [("part", &*(part + 1).to_string())];
                let caption = tour.book.fill(words::HOME_ASSISTED, &caption);
                tour.book.page(&large.after(&[Touch::Turn(part)]).visit, &[], caption)?;
            }
            for area in Area::ALL {
                if tour.pack.of_area(area).next().is_none() {
                    continue;
                }
                let list = home.after(&[Touch::Area(area)]);
                let pages = match list.visit.top() {
                    Flow::AreaItems(items) => AreaItems::pages(items, list.visit.session()),
                    _ => 0,
                };
                let name = tour.book.say(area_name(area));
                for page in 0..pages.min(MOST_TURNS) {
                    let values = [("area", &*name), ("part", &*(page + 1).to_string())];
                    let caption = tour.book.fill(words::AREA, &values);
                    tour.book.page(&list.after(&[Touch::Turn(page)]).visit, &[], caption)?;
                }
            }
            let search = home.after(&[Touch::Search]);
            tour.book.page(&search.visit, &[], words::SEARCH)?;
            if let Some(item) = tour.pack.items.first() {
                let digits = item.number.to_string();
                let keys: Vec<Touch> =
                    digits.bytes().map(|digit| Touch::Digit(digit - b'0')).collect();
                tour.book.page(&search.after(&keys).visit, &[], words::SEARCH_NUMBER)?;
            }
            Ok(())
        })
    }

    pub fn begin_area(&mut self, area: Area) -> Shown {
        let title = self.book.say(area_name(area));
        self.section("part", super::area_id(area), &title)
    }

    /// An item by its place in the pack.
    ///
    /// # Errors
    /// It cannot be written, or somebody has stopped the preview.
    pub fn item(&mut self, place: usize) -> Shown {
        let pack = self.pack.clone();
        let Some(item) = pack.items.get(place) else { return Ok(()) };
        let name = self.own(&item.name);
        let other = match self.book.lang {
            Lang::Zh => &item.name.en,
            Lang::En => &item.name.zh,
        };
        self.section("item", &format!("i-{}", item.id), &name)?;
        let row = |label: &str, value: &str| {
            format!("<dt>{}</dt><dd>{}</dd>", escaped(label), escaped(value))
        };
        let mut rows = row(&self.book.say(words::ITEM_NUMBER), &item.number.to_string());
        rows += &row(&self.book.say(words::ITEM_ID), item.id.as_str());
        rows += &row(&self.book.say(words::ENGLISH), other);
        if pack.is_sample(item) {
            let sample = self.book.say(words::SAMPLE_MARK);
            rows += &row(&self.book.say(words::STANDING), &sample);
        }
        self.book.html(&format!("<dl class=\"about\">{rows}</dl>\n"))?;
        self.figures()?;
        let player = self.home().after(&[Touch::Item(place)]);
        self.book.page(&player.visit, &[], words::ITEM)?;
        let fields = player.after(&[Touch::PublicFields]);
        self.book.page(&fields.visit, &[], words::PUBLIC_FIELDS)?;
        let near = player.after(&[Touch::NearOutlets]);
        self.book.page(&near.visit, &[], words::WHERE)?;
        let mut guide = player.after(&[Touch::PrintGuide]);
        if let Some(lines) = guide.printed() {
            self.book.slip(&lines, words::GUIDE_SLIP)?;
            self.alike.printing.get_or_insert((guide.visit, lines));
        }
        match item.kind {
            ItemKind::Handoff | ItemKind::Browse { .. } => self.browsed(&player, item.kind)?,
            _ => self.begun(player.after(&[Touch::Begin]), item)?,
        }
        if let Some(age) = item.eligibility.age.as_ref().and_then(outside) {
            let mut refused = player.after(&[Touch::Begin]);
            refused.identify(people::aged(age, self.today), self.today);
            let caption = self.book.fill(words::NOT_ELIGIBLE, &[("age", &age.to_string())]);
            let caption = self.before_the_outlets(caption);
            self.book.page(&refused.visit, &[], caption)?;
        }
        self.end_figures()?;
        self.end()
    }

    /// What needs no card.
    fn browsed(&mut self, player: &Player, kind: ItemKind) -> Shown {
        let leads_to = match kind {
            ItemKind::Browse { of: Browsed::Vacancies } => {
                let mut player = player.after(&[Touch::Begin]);
                let ticket = player.asked(|effect| match effect {
                    Effect::FindVacancies { ticket, .. } => Some(*ticket),
                    _ => None,
                });
                if let Some(ticket) = ticket {
                    player.event(Event::VacanciesFound { ticket, page: told::vacancies() });
                }
                let more = self.book.say(words::MORE_VACANCIES);
                let caption = Caption::from(self.book.say(words::VACANCIES)).first_screen(more);
                return self.book.page(&player.visit, &[], caption);
            }
            ItemKind::Browse { of: Browsed::Policies } => words::POLICIES,
            ItemKind::Browse { of: Browsed::Outlets } => words::OUTLETS,
            ItemKind::Browse { of: Browsed::Items } => words::FIRST,
            _ => {
                let text = self.book.say(words::HANDED_ON);
                return self.book.paragraph(&text);
            }
        };
        let place = self.book.say(leads_to);
        let text = self.book.fill(words::LEADS_TO, &[("where", &place)]);
        self.book.paragraph(&text)
    }

    /// From the consent on.
    fn begun(&mut self, mut player: Player, item: &Item) -> Shown {
        let form = item
            .sample_form()
            .or_else(|| item.examples.iter().find(|example| example.expect == Expected::HandedIn));
        let age = form.map_or_else(|| inside(item), |example| example.age);
        player.identify(people::aged(age, self.today), self.today);
        let mut identification = Vec::new();
        for visit in player.take_done() {
            match visit.page() {
                Page::Consent => self.book.page(&visit, &[], words::CONSENT)?,
                Page::CreditCode => self.book.page(&visit, &[], words::ENTERPRISE)?,
                Page::Card | Page::Identity => identification.push(visit),
                _ => {}
            }
        }
        if self.alike.identification.is_empty() {
            self.alike.identification = identification;
        }
        match item.kind {
            ItemKind::Query => self.queried(player),
            ItemKind::NoApplication => self.offered(player, item),
            _ => {
                let usual = form.map_or_else(Answers::new, |example| example.answers.clone());
                self.applied(player, item, &usual)
            }
        }
    }

    fn queried(&mut self, mut player: Player) -> Shown {
        let asked = player.asked(|effect| match effect {
            Effect::Query { ticket, item, card, .. } => Some((*ticket, item.clone(), card.clone())),
            _ => None,
        });
        let Some((ticket, item, card)) = asked else { return self.no_way_on(&player) };
        if self.alike.querying.is_none() {
            self.alike.querying = Some((player.clone(), ticket));
        }
        player.event(Event::Queried { ticket, answer: told::query(&item, &card) });
        let lines = player.printed().unwrap_or_default();
        self.book.page(&player.visit, &lines, words::QUERY_RESULT)?;
        if !lines.is_empty() {
            self.book.slip(&lines, words::QUERY_SLIP)?;
        }
        self.alike.result.get_or_insert(player);
        Ok(())
    }

    fn offered(&mut self, mut player: Player, item: &Item) -> Shown {
        let asked = player.asked(|effect| match effect {
            Effect::AskEntitlement { ticket, .. } => Some(*ticket),
            _ => None,
        });
        let Some(ticket) = asked else { return self.no_way_on(&player) };
        let mut refused = player.clone();
        let answer = |person| people::find(person).map(|person| told::entitlement(&person.card));
        // By the year of birth; see the simulated platform.
        let (Some(yes), Some(no)) = (answer("citizen"), answer("rare")) else { return Ok(()) };
        player.event(Event::Entitled { ticket, answer: yes });
        self.book.page(&player.visit, &[], words::OFFERED)?;
        let declined = player.after(&[Touch::Decline]);
        self.book.page(&declined.visit, &[], words::DECLINED)?;
        refused.event(Event::Entitled { ticket, answer: no });
        let caption = self.before_the_outlets(self.book.say(words::NOT_ENTITLED));
        self.book.page(&refused.visit, &[], caption)?;
        player.touch(Touch::Submit);
        self.results(player, item)
    }

    /// Every question, also those that this citizen is not asked; then what is handed in.
    fn applied(&mut self, mut player: Player, item: &Item, usual: &Answers) -> Shown {
        let questions = &item.questions;
        let begin = player.clone();
        // By question and step.
        let mut pages: BTreeMap<(usize, usize), Visit> = BTreeMap::new();
        let mut keep = |player: &mut Player| {
            for visit in player.take_done() {
                let key = match visit.page() {
                    Page::Question(at) => (at, 0),
                    Page::Region { question, step } => (question, step),
                    _ => continue,
                };
                pages.entry(key).or_insert(visit);
            }
        };
        self.fill_in(&mut player, questions, usual, None);
        keep(&mut player);
        for at in 0..questions.len() {
            let mut other = begin.clone();
            let answers = answers::reaching(questions, at, usual, self.around());
            let is_new = questions[at]
                .when
                .iter()
                .any(|when| usual.get(&when.question) != answers.get(&when.question));
            if is_new {
                self.fill_in(&mut other, questions, &answers, Some(at));
                keep(&mut other);
            }
        }
        for (at, question) in questions.iter().enumerate() {
            self.question(at, question, item, &pages)?;
        }
        if let Flow::ChooseWindow(_) = player.visit.top() {
            player.touch(Touch::Choose(0));
            self.book.page(&player.visit, &[], words::WINDOW)?;
            player.touch(Touch::Next);
        }
        if player.visit.page() != Page::Review {
            return self.no_way_on(&player);
        }
        self.book.page(&player.visit, &[], words::REVIEW)?;
        player.touch(Touch::Submit);
        self.results(player, item)
    }

    /// Answers questions, up to the one at a place or all; what cannot be answered ends it.
    fn fill_in(
        &self,
        player: &mut Player,
        questions: &[Question],
        answers: &Answers,
        until: Option<usize>,
    ) {
        while let Page::Question(at) = player.visit.page() {
            let Some(question) = questions.get(at) else { return };
            // An example holds on the day of the pack's data, and perhaps no more today.
            let usual = answers.get(&question.id).cloned();
            let any = answers::any(&question.answer, self.around());
            let mut answered = false;
            for given in [usual, any].into_iter().flatten() {
                let mut trial = player.clone();
                answered = trial.answer(question, &given).is_ok();
                if answered {
                    *player = trial;
                    break;
                }
            }
            if !answered || until == Some(at) {
                if !answered {
                    player.page_done();
                }
                return;
            }
        }
    }

    fn question(
        &mut self,
        at: usize,
        question: &Question,
        item: &Item,
        pages: &BTreeMap<(usize, usize), Visit>,
    ) -> Shown {
        let when = self.shown_when(question, item);
        let id = question.id.as_str();
        let mut steps = pages.range((at, 0)..(at + 1, 0)).peekable();
        if steps.peek().is_none() {
            let text = self.own(&question.text);
            let text = self.book.fill(words::NOT_REACHED, &[("text", &text)]);
            return self.book.paragraph(&format!("{id}: {text}"));
        }
        for ((_, step), visit) in steps {
            let caption = match step {
                0 => self.book.fill(words::QUESTION, &[("id", id)]),
                _ => {
                    let values = [("id", id), ("step", &*(step + 1).to_string())];
                    self.book.fill(words::QUESTION_STEP, &values)
                }
            };
            self.book.page(visit, &[], Caption::from(caption).noted(&*when))?;
        }
        // Who has no telephone types nothing; others do.
        if let (AnswerKind::Phone { ways }, Some(visit)) = (&question.answer, pages.get(&(at, 0)))
            && let Flow::Form(form) = visit.top()
            && ways.first().is_some_and(|way| way.way != form.answers[at].phone_way())
        {
            let player = Player::at(visit, self.book.now).after(&[Touch::PhoneWay(0)]);
            let caption = self.book.fill(words::QUESTION_PHONE, &[("id", id)]);
            self.book.page(&player.visit, &[], caption)?;
        }
        let beyond = question
            .message
            .as_ref()
            .and_then(|_| answers::beyond(&question.answer, self.today).zip(pages.get(&(at, 0))));
        let Some((keys, visit)) = beyond else { return Ok(()) };
        let mut player = Player::at(visit, self.book.now);
        player.touch(Touch::Clear);
        keys.bytes().for_each(|digit| player.touch(Touch::Digit(digit.wrapping_sub(b'0'))));
        player.touch(Touch::Next);
        if matches!(player.visit.top(), Flow::Form(form) if form.refused.is_some()) {
            let caption = self.book.fill(words::REFUSED, &[("id", id)]);
            self.book.page(&player.visit, &[], caption)?;
        }
        Ok(())
    }

    /// On what it depends, in the words of the pack; empty where it is always asked.
    fn shown_when(&self, question: &Question, item: &Item) -> String {
        let lang = self.book.lang;
        let conditions = question.when.iter().filter_map(|condition| {
            let before = item.questions.iter().find(|other| other.id == condition.question)?;
            let options = condition.is.iter().map(|code| self.own(&answers::label(before, code)));
            let options = options.collect::<Vec<_>>().join(words::OR.text(lang));
            let label = self.own(&before.label);
            Some(words::WHEN.fill(lang, &[("label", &label), ("options", &options)]))
        });
        let conditions: Vec<String> = conditions.collect();
        if conditions.is_empty() {
            return String::new();
        }
        let when = conditions.join(words::AND.text(lang));
        words::SHOWN_WHEN.fill(lang, &[("when", &when)])
    }

    /// What comes of an application, by each thing that the platform may say.
    fn results(&mut self, mut player: Player, item: &Item) -> Shown {
        let Some((ticket, application)) = player.handed_in() else {
            return self.no_way_on(&player);
        };
        let received = player.facts(item, &application, CaseStatus::Received, self.today);
        player.event(Event::Stored { ticket, facts: Some(received) });
        let all = [
            CaseStatus::Received,
            CaseStatus::Accepted,
            CaseStatus::Completed,
            CaseStatus::Returned,
        ];
        for status in all {
            let mut told = player.clone();
            let facts = told.facts(item, &application, status, self.today);
            if status != CaseStatus::Received {
                told.event(Event::CaseAdvanced(facts.clone()));
            }
            let order = SlipOrder::Receipt {
                card: application.applicant.clone(),
                application: Some(application.clone()),
                facts: Box::new(facts),
            };
            // With the slip, where the kiosk prints one then.
            let printed = told.printed().unwrap_or_default();
            let word = self.book.say(status.word());
            let values = [("status", &*word)];
            let caption = self.book.fill(words::RESULT, &values);
            self.book.page(&told.visit, &printed, caption)?;
            if let Some(lines) = told.slip(&order) {
                let caption = self.book.fill(words::RESULT_SLIP, &values);
                self.book.slip(&lines, caption)?;
            }
            if status == CaseStatus::Completed {
                self.alike.result.get_or_insert(told);
            }
        }
        Ok(())
    }

    /// Whoever cannot go on is told every outlet: that is shown once, where there is a page of it.
    fn before_the_outlets(&self, caption: String) -> Caption {
        let caption = Caption::from(caption);
        match self.whole {
            true => caption.first_screen(self.book.say(words::OUTLETS_FOLLOW)),
            false => caption,
        }
    }

    fn no_way_on(&mut self, player: &Player) -> Shown {
        let page = format!("{:?}", player.visit.page());
        let caption = self.book.fill(words::NO_WAY_ON, &[("page", &page)]);
        self.book.page(&player.visit, &[], caption)
    }

    /// The packages, the policies and the outlets.
    pub fn lists(&mut self) -> Shown {
        let pack = self.pack.clone();
        if !pack.packages.is_empty() {
            self.part("packages", words::PACKAGES, |tour| {
                let list = tour.home().after(&[Touch::Packages]);
                tour.book.page(&list.visit, &[], words::PACKAGE_LIST)?;
                for (place, package) in pack.packages.iter().enumerate() {
                    let name = tour.own(&package.name);
                    tour.anchor(&format!("p-{}", package.id))?;
                    tour.book.page(&list.after(&[Touch::Package(place)]).visit, &[], name)?;
                }
                Ok(())
            })?;
        }
        self.part("policies", words::POLICIES, |tour| {
            let list = tour.home().after(&[Touch::Policies]);
            tour.book.page(&list.visit, &[], words::POLICY_LIST)?;
            for (place, policy) in pack.policies.iter().enumerate() {
                let not_today = !policy.holds_on(tour.today);
                let name = tour.dated(&policy.name, not_today);
                tour.anchor(&format!("y-{}", policy.id))?;
                let opened = list.after(&[Touch::Policy(place)]);
                tour.leaflet(&opened, name, words::POLICY_SLIP)?;
            }
            Ok(())
        })?;

        self.part("outlets", words::OUTLETS, |tour| {
            let list = tour.home().after(&[Touch::NearOutlets]);
            tour.book.page(&list.visit, &[], words::OUTLET_LIST)?;
            for (place, outlet) in pack.outlets.iter().enumerate() {
                let not_today = !outlet.stands_on(tour.today);
                let name = tour.dated(&outlet.name, not_today);
                tour.anchor(&format!("o-{}", place + 1))?;
                let opened = list.after(&[Touch::OutletAt(place)]);
                tour.leaflet(&opened, name, words::OUTLET_SLIP)?;
            }
            Ok(())
        })
    }

    /// A name, with what the day has to do with it where nobody sees it then.
    fn dated(&self, name: &Bilingual, not_today: bool) -> String {
        let name = self.own(name);
        match not_today {
            false => name,
            true => name + &self.book.fill(words::NOT_ON_DAY, &[("day", &self.today.to_string())]),
        }
    }

    fn anchor(&mut self, id: &str) -> Shown {
        self.book.html(&format!("<a id=\"{}\"></a>\n", escaped(id)))
    }

    /// What all items share, as the first of them showed it; and the evaluation.
    pub fn common(&mut self) -> Shown {
        let alike = std::mem::take(&mut self.alike);
        self.part("common", words::COMMON, |tour| {
            for visit in &alike.identification {
                let identity = visit.page() == Page::Identity;
                let caption = if identity { words::IDENTITY } else { words::CARD };
                tour.book.page(visit, &[], caption)?;
            }
            let card = alike.identification.iter().find(|visit| visit.page() == Page::Card);
            if let (Some(card), Some(expired)) = (card, people::find("expired")) {
                let mut player = Player::at(card, tour.book.now);
                let (card, today) = (Box::new(expired.card), Some(tour.today));
                player.event(Event::CardRead { card, today });
                tour.book.page(&player.visit, &[], words::CARD_EXPIRED)?;
            }
            let staffed = tour.home().after(&[Touch::Item(0), Touch::Outlets]);
            tour.book.page(&staffed.visit, &[], words::STAFFED)?;
            if let Some((visit, lines)) = &alike.printing {
                tour.book.page(visit, lines, words::PRINTED_PAGE)?;
            }
            if let Some((player, ticket)) = &alike.querying {
                tour.book.page(&player.visit, &[], words::WAITING)?;
                for (nothing, why) in [
                    (Nothing::UnknownPerson, words::UNKNOWN_PERSON),
                    (Nothing::NoRecord, words::NO_RECORD),
                    (Nothing::NotAvailable, words::NOT_AVAILABLE),
                    (Nothing::NotPermitted, words::NOT_PERMITTED),
                ] {
                    let mut player = player.clone();
                    player.event(Event::Queried { ticket: *ticket, answer: Err(nothing.into()) });
                    let caption = tour.book.fill(words::NOTHING, &[("why", &tour.book.say(why))]);
                    tour.book.page(&player.visit, &[], caption)?;
                }
            }
            Ok(())
        })?;
        let Some(result) = alike.result else { return Ok(()) };
        self.part("evaluation", words::EVALUATION, |tour| {
            let keys = result.after(&[Touch::Evaluate]);
            tour.book.page(&keys.visit, &[], words::KEYS)?;
            for level in Level::ALL.into_iter().filter(|level| level.is_bad()) {
                let caption =
                    tour.book.fill(words::REASONS, &[("level", &tour.book.say(named(level)))]);
                tour.book.page(&keys.after(&[Touch::Level(level)]).visit, &[], caption)?;
            }
            tour.book.page(&keys.after(&[Touch::Leave]).visit, &[], words::FAREWELL)?;
            Ok(())
        })
    }
}

/// Name of an area, as the home screen has it.
pub fn area_name(area: Area) -> say::Sentence {
    match area {
        Area::Employment => say::AREA_EMPLOYMENT,
        Area::SocialInsurance => say::AREA_SOCIAL_INSURANCE,
        Area::Skills => say::AREA_SKILLS,
        Area::LabourRelations => say::AREA_LABOUR_RELATIONS,
    }
}

fn named(level: Level) -> say::Sentence {
    match level {
        Level::VerySatisfied => say::LEVEL_VERY_SATISFIED,
        Level::Satisfied => say::LEVEL_SATISFIED,
        Level::FairlySatisfied => say::LEVEL_FAIR,
        Level::Dissatisfied => say::LEVEL_DISSATISFIED,
        Level::VeryDissatisfied => say::LEVEL_VERY_DISSATISFIED,
    }
}

/// An age of somebody who may use an item.
fn inside(item: &Item) -> u8 {
    let age = item.eligibility.age.as_ref();
    let (min, max) = age.map_or((None, None), |range| (range.min, range.max));
    USUAL_AGE.min(max.unwrap_or(u8::MAX)).max(min.unwrap_or(0))
}

/// An age of somebody who may not.
fn outside(range: &AgeRange) -> Option<u8> {
    let old = range.max.and_then(|max| max.checked_add(1));
    range.min.and_then(|min| min.checked_sub(1)).or(old)
}
