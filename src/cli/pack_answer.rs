//! `--answer QUESTION=ANSWER` of `kuaiban pack walk`: the touches by which a citizen gives it.

use anyhow::{Context as _, ensure};
use kuaiban::domain::pack::{AnswerKind, Question, Regions};
use kuaiban::visit::Touch;

/// The touches that answer a question, but for the last one that goes on.
///
/// # Errors
/// What the question takes, where this is none of it.
pub fn touches(question: &Question, given: &str, regions: &Regions) -> anyhow::Result<Vec<Touch>> {
    let wrong = || format!("{} = {given:?}; it takes {}", question.id, takes(&question.answer));
    let codes = question.answer.codes();
    let place = |code: &str| codes.iter().position(|other| *other == code).with_context(wrong);
    let typed = |text: &str| text.chars().map(key).collect::<Option<Vec<_>>>().with_context(wrong);
    match &question.answer {
        AnswerKind::Choice { .. } | AnswerKind::YesNo => Ok(vec![Touch::Choose(place(given)?)]),
        AnswerKind::Several { .. } => {
            given.split(',').map(|code| Ok(Touch::Choose(place(code.trim())?))).collect()
        }
        AnswerKind::Phone { .. } => {
            let (way, digits) = match given.split_once(':') {
                Some((way, digits)) => (Some(way), digits),
                None if given.bytes().all(|byte| byte.is_ascii_digit()) => (None, given),
                None => (Some(given), ""),
            };
            let way = way.map(|way| Ok::<_, anyhow::Error>(Touch::PhoneWay(place(way)?)));
            Ok(way.transpose()?.into_iter().chain(typed(digits)?).collect())
        }
        AnswerKind::Date { .. } => typed(&given.replace('-', "")),
        AnswerKind::Region { under, .. } => {
            let path = regions.path(given, under.as_deref());
            ensure!(!path.is_empty(), wrong());
            let mut outer = under.as_deref();
            let mut touches = Vec::new();
            for region in path {
                let offered = regions.within(outer).position(|other| other.code == region.code);
                touches.extend([Touch::Choose(offered.with_context(wrong)?), Touch::Next]);
                outer = Some(&region.code);
            }
            touches.pop();
            Ok(touches)
        }
        AnswerKind::Number { .. }
        | AnswerKind::Amount { .. }
        | AnswerKind::IdentityNumber
        | AnswerKind::CreditCode
        | AnswerKind::BankAccount => typed(given),
    }
}

/// What is typed once these touches were made, in which no key is lost.
pub fn typed(touches: &[Touch]) -> String {
    let keys = touches.iter().filter_map(|touch| match touch {
        Touch::Digit(digit) => Some(char::from(b'0' + digit)),
        Touch::Letter(letter) => Some(*letter),
        _ => None,
    });
    keys.collect()
}

fn key(c: char) -> Option<Touch> {
    match c {
        '0'..='9' => Some(Touch::Digit(u8::try_from(u32::from(c) - u32::from('0')).ok()?)),
        'A'..='Z' | '.' => Some(Touch::Letter(c)),
        _ => None,
    }
}

/// For whoever writes the command.
pub fn takes(kind: &AnswerKind) -> String {
    let codes = kind.codes().join(", ");
    match kind {
        AnswerKind::Choice { .. } | AnswerKind::YesNo => format!("one of: {codes}"),
        AnswerKind::Several { at_least, at_most, .. } => {
            let most = at_most.map(|most| format!(" and at most {most}")).unwrap_or_default();
            format!("at least {at_least}{most} of these, with commas between: {codes}")
        }
        AnswerKind::Phone { .. } => {
            format!("a telephone number, or with or without :NUMBER one of: {codes}")
        }
        AnswerKind::Date { earliest, latest } => {
            let bound = |word, bound: &Option<_>| match bound {
                Some(bound) => format!(", {word} {bound}"),
                None => String::new(),
            };
            let bounds = bound("not before", earliest) + &bound("not after", latest);
            format!("a day like 2026-01-31{bounds}")
        }
        AnswerKind::Number { min, max, .. } => format!("a whole number from {min} to {max}"),
        AnswerKind::Amount { min_yuan, max_yuan } => {
            format!("an amount like 1234.50, from {min_yuan} to {max_yuan} yuan")
        }
        AnswerKind::IdentityNumber => {
            "18 characters whose check character fits, and not the number of who walks".to_owned()
        }
        AnswerKind::CreditCode => {
            "18 digits and capital letters whose check character fits".to_owned()
        }
        AnswerKind::BankAccount => "16 to 19 digits whose check digit fits".to_owned(),
        AnswerKind::Region { .. } => "six digits of a region that is offered".to_owned(),
    }
}
