//! What is answered to a question so that its page can be seen, and those behind it.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use kuaiban::domain::form::{AnswerKind, Question};
use kuaiban::domain::pack::{Bilingual, NO, PhoneOption, PhoneWay, Regions, YES};
use kuaiban::say;
use kuaiban::simulators::platform::people::ENTERPRISE;
use kuaiban::testkit::{cases, people};

/// Numbers that nobody has.
const LANDLINE: &str = "01012345678";
const BANK_CARD: &str = "6200000000000000000";

/// By the ids of questions, as `pack walk --answer` takes them.
pub type Answers = BTreeMap<String, String>;

/// What an answer depends on beside its question.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    pub today: Date,
    pub regions: &'a Regions,
}

/// Answers by which the question at a place is asked, as much like `usual` as that allows.
pub fn reaching(questions: &[Question], at: usize, usual: &Answers, around: Around<'_>) -> Answers {
    // Of each earlier question that decides, the codes of which one is needed.
    let mut needed: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    let mut open = vec![at];
    while let Some(at) = open.pop() {
        for condition in questions.get(at).map_or(&[][..], |question| &question.when) {
            let before = questions.iter().position(|question| question.id == condition.question);
            // A condition looks back, so this ends.
            let Some(before) = before.filter(|before| *before < at) else { continue };
            let codes = condition.is.iter().map(String::as_str);
            match needed.get_mut(&before) {
                Some(all) => all.retain(|code| condition.is.iter().any(|other| other == code)),
                None => drop(needed.insert(before, codes.collect())),
            }
            open.push(before);
        }
    }
    let mut answers = usual.clone();
    for (before, codes) in needed {
        let question = &questions[before];
        let fits = |answer: &String| answer.split([',', ':']).any(|code| codes.contains(&code));
        if answers.get(&question.id).is_some_and(fits) {
            continue;
        }
        let with = codes.first().and_then(|code| answer_with(&question.answer, code));
        if let Some(answer) = with.or_else(|| any(&question.answer, around)) {
            answers.insert(question.id.clone(), answer);
        }
    }
    answers
}

/// An answer that is, or contains, a code.
fn answer_with(kind: &AnswerKind, code: &str) -> Option<String> {
    match kind {
        AnswerKind::Several { options, at_least, alone, .. } => {
            let alone = alone.as_deref();
            let others = options.iter().map(|option| option.code.as_str());
            let others = others.filter(|other| *other != code && Some(*other) != alone);
            let more = if alone == Some(code) { 0 } else { usize::from(*at_least).max(1) - 1 };
            Some([code].into_iter().chain(others.take(more)).collect::<Vec<_>>().join(","))
        }
        AnswerKind::Phone { ways } => ways.iter().find(|way| way.code == code).map(reached_by),
        _ => Some(code.to_owned()),
    }
}

fn reached_by(way: &PhoneOption) -> String {
    match way.way {
        PhoneWay::Mobile | PhoneWay::Relative => format!("{}:{}", way.code, cases::PHONE),
        PhoneWay::Landline => format!("{}:{LANDLINE}", way.code),
        PhoneWay::None => way.code.clone(),
    }
}

/// Some answer that can be taken.
pub fn any(kind: &AnswerKind, around: Around<'_>) -> Option<String> {
    let Around { today, regions } = around;
    Some(match kind {
        AnswerKind::Choice { .. } | AnswerKind::YesNo | AnswerKind::Several { .. } => {
            let codes = kind.codes();
            let alone = match kind {
                AnswerKind::Several { alone, .. } => alone.as_deref(),
                _ => None,
            };
            let first = codes.iter().find(|code| Some(**code) != alone).or(codes.first())?;
            answer_with(kind, first)?
        }
        AnswerKind::Phone { ways } => reached_by(ways.first()?),
        AnswerKind::Date { earliest, latest } => {
            let latest = latest.map_or(today, |bound| bound.as_of(today));
            let earliest = earliest.map_or(latest, |bound| bound.as_of(today));
            latest.max(earliest).to_string()
        }
        AnswerKind::Number { min, max, .. } => (*min).max(1).min(*max).to_string(),
        AnswerKind::Amount { min_yuan, max_yuan } => {
            (*min_yuan).max(1000).min(*max_yuan).to_string()
        }
        AnswerKind::IdentityNumber => people::find("hmt")?.card.number.clone(),
        AnswerKind::CreditCode => ENTERPRISE.0.to_owned(),
        AnswerKind::BankAccount => BANK_CARD.to_owned(),
        AnswerKind::Region { under, level } => {
            let mut region = regions.within(under.as_deref()).next()?;
            while !regions.is_final(&region.code, *level) {
                region = regions.within(Some(&region.code)).next()?;
            }
            region.code.clone()
        }
    })
}

/// An answer outside the bounds of the pack, in keys; `None` where none can be typed.
pub fn beyond(kind: &AnswerKind, today: Date) -> Option<String> {
    let keys = |number: u32| Some(number.to_string()).filter(|n| n.len() <= kind.most_keys());
    match kind {
        AnswerKind::Number { min, max, .. } => {
            keys(max.saturating_add(1)).or_else(|| keys(min.checked_sub(1)?))
        }
        AnswerKind::Amount { min_yuan, max_yuan } => {
            keys(max_yuan.saturating_add(1)).or_else(|| keys(min_yuan.checked_sub(1)?))
        }
        AnswerKind::Date { earliest, latest } => {
            let late = latest.map(|bound| bound.as_of(today).saturating_add(1.day()));
            let early = earliest.map(|bound| bound.as_of(today).saturating_sub(1.day()));
            late.or(early).map(|day| day.to_string().replace('-', ""))
        }
        _ => None,
    }
}

/// The label of a code of a question: of an option, of a way to be reached, of yes or no.
pub fn label(question: &Question, code: &str) -> Bilingual {
    let label = match &question.answer {
        AnswerKind::Choice { options } | AnswerKind::Several { options, .. } => {
            options.iter().find(|option| option.code == code).map(|option| option.label.clone())
        }
        AnswerKind::Phone { ways } => {
            ways.iter().find(|way| way.code == code).map(|way| way.label.clone())
        }
        AnswerKind::YesNo if code == YES => Some(say::YES.into()),
        AnswerKind::YesNo if code == NO => Some(say::NO.into()),
        _ => None,
    };
    label.unwrap_or_else(|| Bilingual { zh: code.to_owned(), en: code.to_owned() })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use kuaiban::domain::form::Known;
    use kuaiban::domain::pack::Pack;
    use kuaiban::testkit::packs;

    use super::*;

    const TODAY: Date = date(2026, 11, 22);

    fn around(pack: &Pack) -> Around<'_> {
        Around { today: TODAY, regions: &pack.regions }
    }

    #[test]
    fn p10_a_question_of_each_kind_has_an_answer_and_one_with_bounds_another_beyond() {
        let pack = packs::every_kind();
        let item = pack.item("every_kind").expect("its item");
        let known = Known {
            today: Some(TODAY),
            since: pack.as_of,
            own_number: "000000199603070244",
            regions: &pack.regions,
        };
        let mut beyonds = 0;
        for question in &item.questions {
            let answer = any(&question.answer, around(&pack)).expect("an answer");
            if question.answer.codes().is_empty()
                && !matches!(question.answer, AnswerKind::Region { .. })
            {
                let keys = answer.replace('-', "");
                assert_eq!(question.answer.judge(&keys, &known), Ok(()), "{}", question.id);
            }
            if let Some(keys) = beyond(&question.answer, TODAY) {
                beyonds += 1;
                let judged = question.answer.judge(&keys, &known);
                assert!(judged.is_err_and(|wrong| wrong.is_bound()), "{}", question.id);
            }
        }
        assert_eq!(beyonds, 3, "an amount, a date and a number");
    }

    #[test]
    fn a_question_with_a_condition_is_reached() {
        let pack = packs::every_kind();
        let item = pack.item("every_kind").expect("its item");
        for (at, question) in item.questions.iter().enumerate() {
            let answers = reaching(&item.questions, at, &Answers::new(), around(&pack));
            for condition in &question.when {
                let answer = &answers[&condition.question];
                let codes: Vec<&str> = answer.split([',', ':']).collect();
                assert!(condition.holds(&codes), "{}: {answer}", question.id);
            }
        }
    }
}
