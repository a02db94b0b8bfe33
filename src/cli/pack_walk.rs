//! `kuaiban pack walk`: through an item as a citizen goes, without a screen, so that whoever writes a
//! pack sees what is asked and what would be sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use kuaiban::config;
use kuaiban::domain::pack::{AnswerKind, Item, Pack, Question};
use kuaiban::testkit::people;
use kuaiban::visit::flows::{Flow, ObstacleReason};
use kuaiban::visit::{Effect, Event, Page, Surroundings, Touch, Visit};
use serde_json::{Value, json};

/// Who walks, and what is answered.
pub struct Walk<'a> {
    pub item: &'a str,
    /// By the id of the question: the code of a choice, a telephone number, or the code of a way to be
    /// reached with or without `:` and a number behind it.
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
        json!({
            "item": self.item,
            "person": self.person,
            "path": path,
            // Every question of an item is asked as yet.
            "skipped": [],
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
    let known = |id: &&String| item.questions.iter().any(|question| question.id == **id);
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
        sent: None,
    };
    let well = Surroundings { online: true, reader: true, printer: true, panel: true };
    walker.visit.handle(Event::Surroundings(well));
    for touch in [Touch::Start, Touch::Item(place)] {
        walker.touch(touch);
    }
    let mut end = "The guide is everything that this kiosk has of it.".to_owned();
    walker.touch(Touch::Begin);
    if walker.visit.page() == Page::Consent {
        walker.touch(Touch::Agree);
        let card = Box::new(person.card.clone());
        walker.event(Event::CardRead { card, today: Some(walk.today) });
        if walker.visit.page() == Page::Identity {
            walker.touch(Touch::Confirm);
        }
        while let Page::Question(at) = walker.visit.page() {
            let question = item.questions.get(at).context("a question of the item")?;
            walker.answer(question, walk)?;
        }
        if walker.visit.page() == Page::Review {
            walker.touch(Touch::Submit);
        }
        end = walker.end(item)?;
    }
    Ok(Walked {
        item: walk.item.to_owned(),
        person: walk.person.to_owned(),
        path: walker.path,
        sent: walker.sent,
        end,
    })
}

struct Walker {
    visit: Visit,
    path: Vec<Stop>,
    sent: Option<Value>,
}

impl Walker {
    fn touch(&mut self, touch: Touch) {
        let page = self.visit.token();
        self.event(Event::Touched { page, touch });
    }

    fn event(&mut self, event: Event) {
        let before = self.visit.page();
        for effect in self.visit.handle(event) {
            match effect {
                Effect::Submit { application, .. } => {
                    let item = self.visit.session().item(&application.item);
                    let questions = item.map_or(&[][..], |item| &item.questions);
                    let answers: BTreeMap<_, _> =
                        application.by_question(questions).into_iter().collect();
                    self.sent = Some(json!({
                        "item": application.item.id.as_str(),
                        "pack_version": application.item.pack_version,
                        "answers": answers,
                    }));
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
        if self.visit.page() != before {
            let page = match self.visit.page() {
                Page::Question(_) => "question".to_owned(),
                page => snake_case(&format!("{page:?}")),
            };
            self.path.push(Stop { page, asked: None });
        }
    }

    fn answer(&mut self, question: &Question, walk: &Walk<'_>) -> anyhow::Result<()> {
        let id = &question.id;
        let before = self.visit.page();
        let codes = || match &question.answer {
            AnswerKind::Choice { options } => {
                options.iter().map(|option| option.code.as_str()).collect::<Vec<_>>()
            }
            AnswerKind::Phone { ways } => ways.iter().map(|way| way.code.as_str()).collect(),
            _ => Vec::new(),
        };
        let takes = || match &question.answer {
            AnswerKind::Choice { .. } => codes().join(", "),
            _ => {
                format!("a telephone number, or {} with or without :NUMBER", codes().join(", "))
            }
        };
        let given = (walk.answers.get(id)).with_context(|| {
            format!("{id} is asked; add --answer {id}=… with one of: {}", takes())
        })?;
        let wrong = || format!("{id} = {given:?}; it takes {}", takes());
        match &question.answer {
            AnswerKind::Choice { .. } => {
                let place = codes().iter().position(|code| code == given).with_context(wrong)?;
                self.touch(Touch::Choose(place));
            }
            _ => {
                let (way, digits) = match given.split_once(':') {
                    Some((way, digits)) => (Some(way), digits),
                    None if given.bytes().all(|byte| byte.is_ascii_digit()) => (None, &**given),
                    None => (Some(&**given), ""),
                };
                if let Some(way) = way {
                    let place = codes().iter().position(|code| *code == way).with_context(wrong)?;
                    self.touch(Touch::PhoneWay(place));
                }
                for digit in digits.bytes() {
                    anyhow::ensure!(digit.is_ascii_digit(), wrong());
                    self.touch(Touch::Digit(digit - b'0'));
                }
            }
        }
        if let (AnswerKind::Phone { .. }, Flow::Form(form), Page::Question(at)) =
            (&question.answer, self.visit.top(), before)
        {
            // A number too long is no number, and a way without one takes none.
            let digits = given
                .rsplit(':')
                .next()
                .filter(|part| part.starts_with(|c: char| c.is_ascii_digit()));
            anyhow::ensure!(form.answers[at].digits() == digits.unwrap_or_default(), wrong());
        }
        if let Some(stop) = self.path.last_mut() {
            stop.asked = Some((id.clone(), given.clone()));
        }
        self.touch(Touch::Next);
        anyhow::ensure!(self.visit.page() != before, wrong());
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
