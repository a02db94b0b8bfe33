//! Worked examples of an item (算例): who somebody is, what is answered, what comes of it. They run
//! whenever a pack is checked, and the first that is handed in is shown as the filled-in form (样表).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::fact::{Fact, Value};
use crate::domain::form::{AnswerKind, Known, PhoneWay, Question, YES};
use crate::domain::item::Item;
use crate::domain::limits;
use crate::domain::pack::{Bilingual, Pack};
use crate::say::{self, Lang};

/// Most examples of an item.
pub const MOST_EXAMPLES: usize = 20;

/// One worked example.
///
/// ```toml
/// [[examples]]
/// about = { zh = "合同到期的职工，40岁", en = "Contract ended, aged 40" }
/// age = 40
/// answers = { reason = "contract_expired", service = "none", phone = "none" }
/// expect = "handed_in"
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Whom it is about.
    #[schemars(with = "limits::Label")]
    pub about: Bilingual,
    /// Full years of age.
    #[schemars(range(min = 0, max = 120))]
    pub age: u8,
    /// By the ids of the questions that are asked, as `pack walk --answer` takes them: codes of
    /// options, joined by commas where there are several; `yes` or `no`; a day like `2026-11-27`; digits;
    /// of a telephone a number, the code of a way, or `landline:01012345678`.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    pub expect: Expected,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Everything that is asked is answered, and it can be handed in.
    HandedIn,
    /// 不符合办理条件: told before anything is asked.
    NotEligible,
}

impl Example {
    /// Runs it. `known` as far as an example knows: nobody's own number.
    ///
    /// # Errors
    /// What comes of it instead, in words for whoever wrote it.
    pub fn run(&self, item: &Item, known: &Known<'_>) -> Result<(), String> {
        let eligible = item.eligibility.age.as_ref().is_none_or(|range| {
            range.min.is_none_or(|min| self.age >= min)
                && range.max.is_none_or(|max| self.age <= max)
        });
        match (self.expect, eligible) {
            (Expected::NotEligible, false) => return Ok(()),
            (Expected::NotEligible, true) => {
                return Err(format!("somebody aged {} may use the item", self.age));
            }
            (Expected::HandedIn, false) => {
                return Err(format!("somebody aged {} may not use the item", self.age));
            }
            (Expected::HandedIn, true) => {}
        }
        let mut chosen: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for question in &item.questions {
            let id = question.id.as_str();
            let asked = is_asked(question, &chosen);
            match (self.answers.get(id), asked) {
                (None, false) => {}
                (None, true) => return Err(format!("{id} is asked and has no answer")),
                (Some(_), false) => return Err(format!("{id} has an answer and is not asked")),
                (Some(answer), true) => {
                    chosen.insert(
                        id,
                        taken(&question.answer, answer, known)
                            .map_err(|problem| format!("{id} = {answer:?}: {problem}"))?,
                    );
                }
            }
        }
        let unknown = |id: &&String| !item.questions.iter().any(|question| question.id == **id);
        match self.answers.keys().find(unknown) {
            Some(id) => Err(format!("{id} is no question")),
            None => Ok(()),
        }
    }

    /// The form as it looks filled in: the short name of each question that is asked, and its answer.
    pub fn filled_in(&self, item: &Item, pack: &Pack) -> Vec<Fact> {
        let fact = |(question, words): (&Question, Bilingual)| {
            Fact::new(question.label.clone(), Value::Text(words))
        };
        self.answered(item, pack).map(fact).collect()
    }

    /// Each question that is asked, with its answer in words.
    pub fn answered<'a>(
        &'a self,
        item: &'a Item,
        pack: &'a Pack,
    ) -> impl Iterator<Item = (&'a Question, Bilingual)> {
        item.questions.iter().filter_map(move |question| {
            let answer = self.answers.get(&question.id)?;
            Some((question, in_words(&question.answer, answer, pack)))
        })
    }
}

impl Item {
    /// The filled-in form (样表).
    pub fn sample_form(&self) -> Option<&Example> {
        let shown = |example: &&Example| example.expect == Expected::HandedIn;
        self.examples.iter().find(shown).filter(|_| !self.questions.is_empty())
    }
}

fn is_asked(question: &Question, chosen: &BTreeMap<&str, Vec<&str>>) -> bool {
    question.when.iter().all(|condition| {
        chosen.get(condition.question.as_str()).is_some_and(|codes| condition.holds(codes))
    })
}

/// The codes of an answer that can be taken.
fn taken<'a>(
    kind: &AnswerKind,
    answer: &'a str,
    known: &Known<'_>,
) -> Result<Vec<&'a str>, String> {
    let codes = kind.codes();
    let is_code = |code: &str| match codes.contains(&code) {
        true => Ok(()),
        false => Err(format!("there are {}", codes.join(", "))),
    };
    match kind {
        AnswerKind::Choice { .. } | AnswerKind::YesNo => {
            is_code(answer)?;
            Ok(vec![answer])
        }
        AnswerKind::Several { at_least, at_most, alone, .. } => {
            let ticked: Vec<&str> = answer.split(',').collect();
            ticked.iter().try_for_each(|code| is_code(code))?;
            let most = at_most.map_or(codes.len(), usize::from);
            let twice = (1..ticked.len()).any(|i| ticked[..i].contains(&ticked[i]));
            let fine = match alone.as_deref().is_some_and(|alone| ticked.contains(&alone)) {
                true => ticked.len() == 1,
                false => (usize::from(*at_least)..=most).contains(&ticked.len()),
            };
            if twice || !fine {
                return Err("these cannot be ticked together".to_owned());
            }
            Ok(ticked)
        }
        AnswerKind::Phone { ways } => {
            let (code, digits) = match answer.split_once(':') {
                Some(parts) => parts,
                None if answer.bytes().all(|byte| byte.is_ascii_digit()) => {
                    (ways.first().map_or("", |way| way.code.as_str()), answer)
                }
                None => (answer, ""),
            };
            let way = ways.iter().find(|way| way.code == code);
            let way = way.ok_or_else(|| format!("there are {}", codes.join(", ")))?;
            match way.way.is_number(digits) {
                true => Ok(answer.split(':').take(1).filter(|code| codes.contains(code)).collect()),
                false => Err("no such number".to_owned()),
            }
        }
        AnswerKind::Region { under, level } => {
            let regions = known.regions;
            let within = !regions.path(answer, under.as_deref()).is_empty();
            match within && regions.is_final(answer, *level) {
                true => Ok(Vec::new()),
                false => Err("no region that can be chosen here".to_owned()),
            }
        }
        AnswerKind::Date { .. } => judged(kind, &answer.replace('-', ""), known),
        AnswerKind::Number { .. }
        | AnswerKind::Amount { .. }
        | AnswerKind::IdentityNumber
        | AnswerKind::CreditCode
        | AnswerKind::BankAccount => judged(kind, answer, known),
    }
}

fn judged<'a>(kind: &AnswerKind, typed: &str, known: &Known<'_>) -> Result<Vec<&'a str>, String> {
    match kind.judge(typed, known) {
        Ok(()) => Ok(Vec::new()),
        Err(wrong) => Err(format!("{wrong:?}")),
    }
}

fn in_words(kind: &AnswerKind, answer: &str, pack: &Pack) -> Bilingual {
    let plain = |text: &str| Bilingual { zh: text.to_owned(), en: text.to_owned() };
    match kind {
        AnswerKind::Choice { options } | AnswerKind::Several { options, .. } => {
            let ticked: Vec<&str> = answer.split(',').collect();
            let labels = || options.iter().filter(|option| ticked.contains(&option.code.as_str()));
            let words = |lang: Lang, between: &str| {
                labels().map(|option| option.label.text(lang)).collect::<Vec<_>>().join(between)
            };
            Bilingual { zh: words(Lang::Zh, "、"), en: words(Lang::En, ", ") }
        }
        AnswerKind::YesNo if answer == YES => say::YES.into(),
        AnswerKind::YesNo => say::NO.into(),
        AnswerKind::Phone { ways } => {
            let code = answer.split(':').next().unwrap_or_default();
            match ways.iter().find(|way| way.code == code) {
                Some(way) if way.way == PhoneWay::None => way.label.clone(),
                _ => plain(answer.rsplit(':').next().unwrap_or_default()),
            }
        }
        AnswerKind::Number { unit: Some(unit), .. } => {
            Bilingual { zh: format!("{answer}{}", unit.zh), en: format!("{answer} {}", unit.en) }
        }
        AnswerKind::Amount { .. } => {
            let words = |lang| say::AMOUNT.fill(lang, &[("yuan", answer)]);
            Bilingual { zh: words(Lang::Zh), en: words(Lang::En) }
        }
        AnswerKind::Region { .. } => {
            pack.regions.find(answer).map_or_else(|| plain(answer), |region| region.name.clone())
        }
        _ => plain(answer),
    }
}
