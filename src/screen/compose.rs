//! What every page is composed with: the visit, the moment, and the words of the language.

use jiff::civil::Date;

use crate::case::CaseFacts;
use crate::domain::card::CardText;
use crate::domain::fact::{Fact, Value};
use crate::domain::mask;
use crate::domain::pack::{Bilingual, Hours, Item, ItemKind, Pack, Standing};
use crate::say::{self, Lang, Sentence};
use crate::screen::frame::{Action, Step};
use crate::screen::moment::Moment;
use crate::screen::pages::PageView;
use crate::screen::pages::Row;
use crate::screen::said::Control;
use crate::visit::flows::Purpose;
use crate::visit::{Answer, Asked, ItemRef, Lack, Session, Visit, asked};

#[derive(Clone, Copy)]
pub(super) struct Compose<'a> {
    pub visit: &'a Visit,
    pub session: &'a Session,
    pub moment: &'a Moment<'a>,
    pub lang: Lang,
}

/// A page with what its frame needs to know of it.
pub(super) struct Composed {
    /// Name of the page in scripts and pictures.
    pub name: &'static str,
    pub title: String,
    pub step: Option<Step>,
    /// Stands in the place of back, where going back means something else here.
    pub instead_of_back: Option<Control>,
    pub action: Option<Action>,
    /// The item that the page is about, if it is about one.
    pub sample: bool,
    pub page: PageView,
}

impl Composed {
    pub fn new(name: &'static str, title: String, page: impl Into<PageView>) -> Composed {
        Composed {
            name,
            title,
            step: None,
            instead_of_back: None,
            action: None,
            sample: false,
            page: page.into(),
        }
    }

    /// The same with the one action of the page.
    pub fn action(self, control: Control) -> Composed {
        Composed { action: Some(Action { control, primary: true }), ..self }
    }

    pub fn instead_of_back(self, control: Control) -> Composed {
        Composed { instead_of_back: Some(control), ..self }
    }

    pub fn step(self, step: Step) -> Composed {
        Composed { step: Some(step), ..self }
    }

    /// The same, marked 样例 if the item is one (promise P1).
    pub fn about(self, item: Option<&Item>) -> Composed {
        self.standing(item.map(|item| item.standing))
    }

    /// The same, marked 样例 if what it is about is one.
    pub fn standing(self, standing: Option<Standing>) -> Composed {
        Composed { sample: standing == Some(Standing::Sample), ..self }
    }
}

impl<'a> Compose<'a> {
    pub fn new(visit: &'a Visit, moment: &'a Moment<'a>) -> Compose<'a> {
        let session = visit.session();
        Compose { visit, session, moment, lang: session.lang() }
    }

    pub fn pack(&self) -> &'a Pack {
        self.session.pack()
    }

    /// The item of a case, as it was when the case was begun, or as it is now: how it is called, and
    /// nothing that was promised.
    pub fn item_of(&self, facts: &CaseFacts) -> Option<&'a Item> {
        let then = self.session.pack_of(&facts.pack_version);
        then.and_then(|pack| pack.item(&facts.item)).or_else(|| self.pack().item(&facts.item))
    }

    pub fn item(&self, item: &ItemRef) -> Option<&'a Item> {
        self.session.item(item)
    }

    /// A sentence of the catalogue. `{hotline}` stands in many of them and is the pack's.
    pub fn text(&self, sentence: Sentence) -> String {
        self.fill(sentence, &[])
    }

    /// The same with its places filled.
    pub fn fill(&self, sentence: Sentence, values: &[(&str, &str)]) -> String {
        let mut all = vec![("hotline", self.pack().hotline.number.as_str())];
        all.extend_from_slice(values);
        sentence.fill(self.lang, &all)
    }

    /// A text of the pack, with the figures of today; while the clock cannot be trusted, of the day
    /// of the pack's data (promise P9).
    pub fn own(&self, text: &Bilingual) -> String {
        self.pack().on_day(text, self.day()).text(self.lang).to_owned()
    }

    /// A sentence in the bureau's words, where it has its own.
    pub fn worded(&self, own: &Option<Bilingual>, sentence: Sentence) -> String {
        own.as_ref().map_or_else(|| self.text(sentence), |own| self.own(own))
    }

    /// Today; while the clock cannot be trusted, the day of the pack's data (promise P9).
    pub fn day(&self) -> Date {
        self.moment.trusted().map_or(self.pack().as_of, |now| now.date())
    }

    /// A fact as others may see it.
    pub fn fact(&self, fact: &Fact) -> Row {
        Row {
            label: self.own(&fact.label),
            value: self.value(&fact.value),
            spelled: fact.value.is_spelled(),
            edit: None,
        }
    }

    /// A value as others may see it; one that is a word of the pack with the figures of today.
    pub fn value(&self, value: &Value) -> String {
        self.filled(&value.masked(self.lang))
    }

    /// When somebody is there.
    pub fn open_hours(&self, hours: &Hours) -> String {
        self.filled(&hours.words(self.lang))
    }

    fn filled(&self, text: &str) -> String {
        self.pack().filled(text, self.lang, self.day()).into_owned()
    }

    pub fn row(&self, label: Sentence, value: impl Into<String>) -> Row {
        Row { label: self.text(label), value: value.into(), spelled: false, edit: None }
    }

    /// A number or a code under its name.
    pub fn code_row(&self, label: Sentence, code: impl Into<String>) -> Row {
        Row { spelled: true, ..self.row(label, code) }
    }

    /// The name of an item; its id if it is in the pack no more.
    pub fn item_name(&self, item: &ItemRef) -> String {
        self.item(item).map_or_else(|| item.id.to_string(), |item| self.own(&item.name))
    }

    pub fn purpose_title(&self, purpose: &Purpose) -> String {
        match purpose {
            Purpose::Item(item) => self.item_name(item),
            Purpose::MyCases => self.text(say::MY_CASES),
        }
    }

    pub fn purpose_item(&self, purpose: &Purpose) -> Option<&'a Item> {
        match purpose {
            Purpose::Item(item) => self.item(item),
            Purpose::MyCases => None,
        }
    }

    /// Which step of how many: consent, card, identity, then for what is handed in each question and
    /// the review.
    pub fn step(&self, item: Option<&Item>, step: usize) -> Step {
        self.step_of(item, &[], step)
    }

    /// The step of the question at this place, or of the review behind the last.
    pub fn question_step(&self, item: Option<&Item>, answers: &[Answer], at: usize) -> Step {
        let questions = item.map_or(&[][..], |item| &item.questions);
        let before = asked(questions, answers).into_iter().take(at);
        self.step_of(item, answers, 4 + before.filter(|asked| *asked == Asked::Yes).count())
    }

    /// The step of the choice of a time window, behind the questions.
    pub fn window_step(&self, item: Option<&Item>, answers: &[Answer]) -> Step {
        self.question_step(item, answers, answers.len())
    }

    /// The last step before something is handed in.
    pub fn review_step(&self, item: Option<&Item>, answers: &[Answer]) -> Step {
        let before = self.question_step(item, answers, answers.len());
        self.step_of(item, answers, before.step + windows(item))
    }

    /// Questions that are asked, or may still be: as long as that is open it says "at most".
    fn step_of(&self, item: Option<&Item>, answers: &[Answer], step: usize) -> Step {
        let mut open = false;
        let of = match item {
            None => 2,
            Some(item) if item.kind.is_application() => {
                let asked = asked(&item.questions, answers);
                open = asked.contains(&Asked::Open);
                let questions = asked.into_iter().filter(|asked| *asked != Asked::No).count();
                4 + questions + windows(Some(item))
            }
            Some(_) => 3,
        };
        let sentence = if open { say::STEP_AT_MOST } else { say::STEP };
        let words = self.fill(sentence, &[("step", &step.to_string()), ("of", &of.to_string())]);
        Step { step, of, words }
    }

    /// Why something cannot be done, in a few words.
    pub fn lacks(&self, lacks: &[Lack]) -> String {
        let words = lacks.iter().map(|lack| {
            self.text(match lack {
                Lack::Reader => say::LACK_READER,
                Lack::Network => say::LACK_NETWORK,
                Lack::Printer => self.moment.devices.printer_notice().unwrap_or(say::LACK_PRINTER),
                Lack::Slips => say::LACK_SLIPS,
            })
        });
        words.collect::<Vec<_>>().join(match self.lang {
            Lang::Zh => "、",
            Lang::En => "; ",
        })
    }

    /// The holder of a card, masked: a public screen stands in a public room.
    pub fn identity(&self, card: &CardText) -> Vec<Row> {
        use crate::domain::card::{CardKind, Sex, ValidTo};
        let document = match card.kind {
            CardKind::Citizen => say::DOCUMENT_CITIZEN,
            CardKind::HmtPermit => say::DOCUMENT_HMT,
            CardKind::Foreigner2017 | CardKind::Foreigner2023 => say::DOCUMENT_FOREIGNER,
        };
        let sex = match card.sex {
            Sex::Male => self.text(say::SEX_MALE),
            Sex::Female => self.text(say::SEX_FEMALE),
            Sex::Unknown | Sex::Unstated => String::new(),
        };
        let valid_to = match card.valid_to {
            ValidTo::Until(date) => date.to_string(),
            ValidTo::LongTerm => self.text(say::LONG_TERM),
            ValidTo::Unreadable => String::new(),
        };
        let mut rows = vec![
            self.row(say::FIELD_NAME, mask::name(card.holder_name())),
            self.code_row(say::FIELD_NUMBER, mask::screen_number(&card.number)),
            self.row(say::FIELD_DOCUMENT, self.text(document)),
            self.row(say::FIELD_SEX, sex),
            self.row(say::FIELD_NATIONALITY, card.nationality.clone().unwrap_or_default()),
            self.row(say::FIELD_VALID_TO, valid_to),
        ];
        rows.retain(|row| !row.value.is_empty());
        rows
    }
}

/// One page more of a request: when.
fn windows(item: Option<&Item>) -> usize {
    usize::from(item.is_some_and(|item| matches!(item.kind, ItemKind::Request { .. })))
}
