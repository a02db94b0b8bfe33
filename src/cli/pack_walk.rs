//! `kuaiban pack walk`: through an item as a citizen goes, without a screen, so that whoever writes a
//! pack sees what is asked and what would be sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use kuaiban::config;
use kuaiban::contract::ServiceRequest;
use kuaiban::domain::enterprise::Authority;
use kuaiban::domain::entitlement::{Entitled, Entitlement};
use kuaiban::domain::pack::{Item, ItemKind, Pack};
use kuaiban::domain::window::TimeWindow;
use kuaiban::say::Lang;
use kuaiban::simulators::platform;
use kuaiban::testkit::people;
use kuaiban::visit::flows::{Flow, ObstacleReason};
use kuaiban::visit::{Effect, Event, Page, Touch, Visit, why_not_asked};
use serde_json::{Value, json};

use super::citizen::{Citizen, WELL};
use super::pack_answer;

/// The answer that chooses a time window of a request by its place, from 1.
const WINDOW: &str = "window";

/// Who walks, and what is answered.
pub struct Walk<'a> {
    pub item: &'a str,
    /// By the id of the question; see [`pack_answer::takes`].
    pub answers: BTreeMap<String, String>,
    /// One of the people who do not exist.
    pub person: &'a str,
    pub today: Date,
}

/// Where a walk led.
pub struct Walked {
    item: String,
    person: String,
    /// Pages in their order, each with what was answered on it.
    path: Vec<Stop>,
    /// The questions that were not asked, and why not.
    skipped: Vec<(String, String)>,
    /// What goes to the platform; nothing where the walk ends before.
    sent: Option<Value>,
    /// How it ends, for whoever reads.
    end: String,
}

struct Stop {
    page: String,
    /// The question and its answer.
    asked: Option<(String, String)>,
}

impl Walked {
    pub fn as_json(&self) -> Value {
        let path: Vec<Value> = (self.path.iter())
            .map(|stop| match &stop.asked {
                Some((question, answer)) => {
                    json!({ "page": stop.page, "question": question, "answer": answer })
                }
                None => json!({ "page": stop.page }),
            })
            .collect();
        let skipped: Vec<Value> = (self.skipped.iter())
            .map(|(question, why)| json!({ "question": question, "why": why }))
            .collect();
        json!({
            "item": self.item,
            "person": self.person,
            "path": path,
            "skipped": skipped,
            "sent": self.sent,
            "end": self.end,
        })
    }

    pub fn as_text(&self) -> Vec<String> {
        let mut lines: Vec<String> = (self.path.iter().enumerate())
            .map(|(i, stop)| match &stop.asked {
                Some((question, answer)) => {
                    format!("{:>2}  {}  {question} = {answer}", i + 1, stop.page)
                }
                None => format!("{:>2}  {}", i + 1, stop.page),
            })
            .collect();
        let skipped = self.skipped.iter();
        lines.extend(skipped.map(|(question, why)| format!(" –  {question} is not asked: {why}")));
        lines.push(self.end.clone());
        if let Some(sent) = &self.sent {
            lines.push(format!("{sent:#}"));
        }
        lines
    }
}

/// Walks through an item of a flawless pack.
///
/// # Errors
/// There is no such item, person or question, an answer is missing, or none that the question takes.
pub fn walk(pack: Pack, walk: &Walk<'_>) -> anyhow::Result<Walked> {
    let pack = Arc::new(pack);
    let ids = || pack.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>().join(", ");
    let place = (pack.items.iter().position(|item| item.id.as_str() == walk.item))
        .with_context(|| format!("no item is called {:?}; there are {}", walk.item, ids()))?;
    let item = &pack.items[place];
    let asks_when = matches!(item.kind, ItemKind::Request { .. });
    let known = |id: &&String| {
        item.questions.iter().any(|question| question.id == **id) || asks_when && **id == WINDOW
    };
    if let Some(unknown) = walk.answers.keys().find(|id| !known(id)) {
        let questions: Vec<_> =
            item.questions.iter().map(|question| question.id.as_str()).collect();
        bail!("no question is called {unknown:?}; {} asks {}", walk.item, questions.join(", "));
    }
    let people = people::all();
    let person = people.iter().find(|person| person.id == walk.person).with_context(|| {
        let ids: Vec<_> = people.iter().map(|person| person.id).collect();
        format!("nobody is called {:?}; there are {}", walk.person, ids.join(", "))
    })?;

    let mut walker = Walker {
        visit: Visit::new(pack.clone(), config::Visit::default()),
        path: Vec::new(),
        skipped: Vec::new(),
        sent: None,
        asked: None,
        today: walk.today,
    };
    walker.visit.handle(Event::Surroundings(WELL));
    for touch in [Touch::Start, Touch::Item(place)] {
        walker.touch(touch);
    }
    let mut end = "The guide is everything that this kiosk has of it.".to_owned();
    walker.touch(Touch::Begin);
    if walker.sent.is_some() {
        end = "Asked of the platform, without a card:".to_owned();
    }
    if walker.visit.page() == Page::Consent {
        walker.identify(person.card.clone(), walk.today);
        while let Page::Question(at) = walker.visit.page() {
            let question = item.questions.get(at).context("a question of the item")?;
            let (id, takes) = (&question.id, pack_answer::takes(&question.answer));
            let given = (walk.answers.get(id))
                .with_context(|| format!("{id} is asked; add --answer {id}=… with {takes}"))?;
            walker.asked = Some((id.clone(), given.clone()));
            walker.answer(question, given)?;
        }
        if let Flow::ChooseWindow(page) = walker.visit.top() {
            let windows = page.windows.clone();
            walker.choose_window(&windows, walk)?;
        }
        if matches!(walker.visit.page(), Page::Review | Page::Offered) {
            walker.touch(Touch::Submit);
        }
        end = walker.end(item)?;
    }
    Ok(Walked {
        item: walk.item.to_owned(),
        person: walk.person.to_owned(),
        path: walker.path,
        skipped: walker.skipped,
        sent: walker.sent,
        end,
    })
}

struct Walker {
    visit: Visit,
    path: Vec<Stop>,
    skipped: Vec<(String, String)>,
    sent: Option<Value>,
    /// The question that is being answered, and its answer.
    asked: Option<(String, String)>,
    today: Date,
}

impl Citizen for Walker {
    fn visit(&self) -> &Visit {
        &self.visit
    }

    /// Of a region the answer is done with its last step, and stands with its first.
    fn page_done(&mut self) {
        let asked = match self.visit.page() {
            Page::CreditCode => {
                let (code, name) = platform::people::ENTERPRISE;
                Some(("credit_code".to_owned(), format!("{code} {name}")))
            }
            Page::Question(_) => self.asked.take(),
            _ => None,
        };
        if let (Some(asked), Some(stop)) = (asked, self.path.last_mut()) {
            stop.asked = Some(asked);
        }
    }

    fn event(&mut self, event: Event) {
        let before = self.visit.page();
        let mut told = None;
        for effect in self.visit.handle(event) {
            match effect {
                Effect::Submit { application, .. } => {
                    let item = self.visit.session().item(&application.item);
                    let questions = item.map_or(&[][..], |item| &item.questions);
                    let answers: BTreeMap<_, _> =
                        application.by_question(questions).into_iter().collect();
                    let whys = (0..questions.len()).filter_map(|at| {
                        let why = why_not_asked(questions, &application.answers, at)?;
                        Some((questions[at].id.clone(), why))
                    });
                    self.skipped = whys.collect();
                    let mut sent = json!({
                        "item": application.item.id.as_str(),
                        "pack_version": application.item.pack_version,
                        "answers": answers,
                    });
                    if application.particulars.confirmed.is_some() {
                        sent["answers"] = json!({ "confirmed": "yes" });
                    }
                    if let Some(enterprise) = &application.particulars.enterprise {
                        sent["enterprise"] = json!(enterprise.credit_code);
                    }
                    if let Some(request) = application.particulars.request {
                        sent["request"] = json!(ServiceRequest::from(request));
                    }
                    self.sent = Some(sent);
                }
                // A walk asks nobody: the person is entitled, and the agent of a sample enterprise.
                Effect::AskEntitlement { ticket, .. } => {
                    let entitlement = Entitlement { as_of: self.today, facts: Vec::new() };
                    let answer = Entitled::Yes(entitlement);
                    told = Some(Event::Entitled { ticket, answer });
                }
                Effect::AskAuthority { ticket, .. } => {
                    let name = platform::people::ENTERPRISE.1.to_owned();
                    let answer = Authority::Confirmed { name };
                    told = Some(Event::AuthorityTold { ticket, answer });
                }
                Effect::FindVacancies { .. } => {
                    self.sent = Some(json!({ "vacancies": "the first page" }));
                }
                Effect::Query { item, .. } => {
                    self.sent = Some(json!({
                        "item": item.id.as_str(),
                        "pack_version": item.pack_version,
                    }));
                }
                _ => {}
            }
        }
        let page = self.visit.page();
        // Of a region each step is a page, and all of them are one question.
        if page != before && !matches!(page, Page::Region { .. }) {
            let page = match page {
                Page::Question(_) => "question".to_owned(),
                page => snake_case(&format!("{page:?}")),
            };
            self.path.push(Stop { page, asked: None });
        }
        if let Some(told) = told {
            self.event(told);
        }
    }
}

impl Walker {
    /// The first window that is offered, or the one that is asked for by its place.
    fn choose_window(&mut self, windows: &[TimeWindow], walk: &Walk<'_>) -> anyhow::Result<()> {
        let given = walk.answers.get(WINDOW).map_or("1", String::as_str);
        let place = given.parse().ok().filter(|place| (1..=windows.len()).contains(place));
        let place: usize = place.with_context(|| {
            let all = windows.iter().zip(1..).map(|(w, at)| format!("{at} {}", w.words(Lang::Zh)));
            format!("{WINDOW} = {given:?}; it takes {}", all.collect::<Vec<_>>().join(", "))
        })?;
        self.touch(Touch::Choose(place - 1));
        if let Some(stop) = self.path.last_mut() {
            stop.asked = Some((WINDOW.to_owned(), windows[place - 1].words(Lang::Zh)));
        }
        self.touch(Touch::Next);
        Ok(())
    }

    /// Where the walk stands at its end.
    fn end(&self, item: &Item) -> anyhow::Result<String> {
        Ok(match (self.visit.top(), &self.sent) {
            (_, Some(_)) if item.kind.is_application() => "Handed in, and sent:".to_owned(),
            (_, Some(_)) => "Asked of the platform:".to_owned(),
            (Flow::Obstacle(obstacle), None) => match &obstacle.reason {
                ObstacleReason::NotEligible(why) => format!("Not for this person: {}", why.zh),
                ObstacleReason::CardExpired => "The card has expired.".to_owned(),
                _ => "The way ends before anything is sent.".to_owned(),
            },
            _ => bail!("the walk ends on page {:?}", self.visit.page()),
        })
    }
}

/// `CaseResult` is `case_result` to scripts.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
