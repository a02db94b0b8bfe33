//! What is typed, by its kind: in which groups it is read, what helps while it grows, and in which
//! words it is refused.

use jiff::civil::Weekday;

use crate::domain::fact::Value;
use crate::domain::form::{Amount, Wrong, parse_day};
use crate::domain::pack::{AnswerKind, PhoneOption, PhoneWay, Question};
use crate::domain::{bank_account, credit_code, identity};
use crate::say::{self, Lang, Sentence};
use crate::screen::compose::Compose;
use crate::screen::look::Drawing;
use crate::screen::pages::{Field, Keys, Pad};
use crate::screen::said::Control;
use crate::visit::{Answer, Touch};

/// The page, and whether one may go on.
pub(super) fn compose(
    compose: &Compose,
    question: &Question,
    answer: &Answer,
    refused: Option<Wrong>,
) -> (Keys, bool) {
    let typed = answer.typed();
    let kind = &question.answer;
    let wanted = !matches!(kind, AnswerKind::Phone { .. }) || answer.phone_way() != PhoneWay::None;
    let ways = ways(kind).iter().enumerate().map(|(row, option)| {
        Control::new(format!("way-{row}"), compose.own(&option.label), Touch::PhoneWay(row))
            .choice(option.way == answer.phone_way())
    });
    let error = refused.map(|wrong| compose.refusal(question, wrong));
    let page = Keys {
        question: compose.own(&question.text),
        reason: compose.own(&question.reason),
        ways: ways.collect(),
        fields: if wanted { fields(compose, kind, answer) } else { Vec::new() },
        spelled: !matches!(
            kind,
            AnswerKind::Date { .. } | AnswerKind::Number { .. } | AnswerKind::Amount { .. }
        ),
        hint: if wanted { hint(compose, kind, typed) } else { String::new() },
        error: error.unwrap_or_default(),
        note: if wanted { String::new() } else { compose.text(say::PHONE_NONE_NOTE) },
        pad: if *kind == AnswerKind::CreditCode { Pad::Letters } else { Pad::Digits },
        keys: if wanted { keys(compose, kind, typed) } else { Vec::new() },
    };
    (page, !wanted || !typed.is_empty())
}

fn fields(compose: &Compose, kind: &AnswerKind, answer: &Answer) -> Vec<Field> {
    let typed = answer.typed();
    let blank = || compose.text(say::KEYS_EMPTY);
    let one =
        |text: String, blank: String, unit: String| vec![Field { text, blank, unit, now: true }];
    match kind {
        AnswerKind::Date { .. } => {
            let units = [say::YEAR, say::MONTH, say::DAY];
            let parts = [0..4, 4..6, 6..8].into_iter().zip(units);
            let part = |(place, unit): (std::ops::Range<usize>, Sentence)| Field {
                text: typed.get(place.start..place.end.min(typed.len())).unwrap_or_default().into(),
                blank: String::new(),
                unit: compose.text(unit),
                // The last one stays the one that erase takes from.
                now: place.contains(&typed.len()) || (place.end == 8 && typed.len() == 8),
            };
            parts.map(part).collect()
        }
        AnswerKind::Number { unit, .. } => {
            let unit = unit.as_ref().map(|unit| compose.own(unit)).unwrap_or_default();
            one(thousands(typed), blank(), unit)
        }
        AnswerKind::Amount { .. } => one(thousands(typed), blank(), compose.text(say::YUAN)),
        AnswerKind::Phone { ways } => {
            let way = answer.phone_way();
            let help = ways.iter().find(|option| option.way == way).map(|option| &option.help);
            let blank = match (way, help.filter(|help| !help.zh.is_empty())) {
                (_, Some(help)) => compose.own(help),
                (PhoneWay::Landline, None) => compose.text(say::LANDLINE_EMPTY),
                (_, None) => blank(),
            };
            one(phone(way, typed), blank, String::new())
        }
        AnswerKind::IdentityNumber => one(grouped(typed, &[6, 14]), blank(), String::new()),
        _ => one(grouped(typed, &[4, 8, 12, 16]), blank(), String::new()),
    }
}

/// What helps before anything is refused.
fn hint(compose: &Compose, kind: &AnswerKind, typed: &str) -> String {
    let n = typed.len().to_string();
    match kind {
        AnswerKind::Date { .. } => match parse_day(typed) {
            Some(day) => compose.text(match day.weekday() {
                Weekday::Monday => say::WEEKDAY_MON,
                Weekday::Tuesday => say::WEEKDAY_TUE,
                Weekday::Wednesday => say::WEEKDAY_WED,
                Weekday::Thursday => say::WEEKDAY_THU,
                Weekday::Friday => say::WEEKDAY_FRI,
                Weekday::Saturday => say::WEEKDAY_SAT,
                Weekday::Sunday => say::WEEKDAY_SUN,
            }),
            None => compose.text(say::DATE_HINT),
        },
        AnswerKind::Number { .. } | AnswerKind::Amount { .. } => {
            let (min, max) = bounds(kind, compose.lang);
            compose.fill(say::BOUNDS_HINT, &[("min", &min), ("max", &max)])
        }
        AnswerKind::IdentityNumber | AnswerKind::CreditCode => {
            compose.fill(say::KEYS_COUNT, &[("n", &n), ("of", "18")])
        }
        AnswerKind::BankAccount => compose.fill(say::KEYS_COUNT_CARD, &[("n", &n)]),
        _ => String::new(),
    }
}

fn keys(compose: &Compose, kind: &AnswerKind, typed: &str) -> Vec<Control> {
    let any = !typed.is_empty();
    let empty = compose.text(say::KEYS_EMPTY);
    let digit =
        |digit: u8| Control::new(format!("digit-{digit}"), digit.to_string(), Touch::Digit(digit));
    let letter = |letter: char| {
        Control::new(format!("letter-{letter}"), letter.to_string(), Touch::Letter(letter))
    };
    let clear =
        || Control::new("clear", compose.text(say::CLEAR), Touch::Clear).only_if(any, &empty);
    let erase = Control::new("erase", compose.text(say::ERASE), Touch::Erase)
        .drawn(Drawing::Erase)
        .only_if(any, &empty);
    let mut keys: Vec<Control> = (1..=9).map(digit).collect();
    match kind {
        AnswerKind::CreditCode => {
            keys.extend([digit(0), erase, clear()]);
            let letters = credit_code::ALPHABET.chars().filter(char::is_ascii_alphabetic);
            keys.extend(letters.map(letter));
        }
        AnswerKind::Amount { .. } => {
            let point = Control::new("letter-.", ".", Touch::Letter('.'))
                .only_if(kind.takes(typed, '.'), compose.text(say::POINT_ONCE));
            keys.extend([point, digit(0), erase, clear()]);
        }
        AnswerKind::IdentityNumber => {
            let last = letter('X').only_if(kind.takes(typed, 'X'), compose.text(say::X_IS_LAST));
            keys.extend([last, digit(0), erase, clear()]);
        }
        _ => keys.extend([clear(), digit(0), erase]),
    }
    keys
}

/// The bounds of a number or an amount in words: the unit once.
fn bounds(kind: &AnswerKind, lang: Lang) -> (String, String) {
    match kind {
        AnswerKind::Number { min, max, unit } => {
            let max = Value::Number { count: (*max).into(), unit: unit.clone() };
            (min.to_string(), max.shown(lang))
        }
        AnswerKind::Amount { min_yuan, max_yuan } => {
            let yuan = |yuan: u32| Value::Amount { fen: Amount::from_yuan(yuan).fen() }.shown(lang);
            (yuan(*min_yuan), yuan(*max_yuan))
        }
        _ => (String::new(), String::new()),
    }
}

/// The ways to be reached that a question offers.
fn ways(kind: &AnswerKind) -> &[PhoneOption] {
    match kind {
        AnswerKind::Phone { ways } => ways,
        _ => &[],
    }
}

/// With a space before each of these places.
fn grouped(text: &str, breaks: &[usize]) -> String {
    let mut out = String::with_capacity(text.len() + breaks.len());
    for (place, c) in text.chars().enumerate() {
        if breaks.contains(&place) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// A number as it is read aloud: `138 0000 0000`, `0000 1234 5678`.
fn phone(way: PhoneWay, digits: &str) -> String {
    // Area codes 010 and 02x have three digits.
    let long_area = digits.starts_with('0')
        && !(digits.starts_with("01") || digits.starts_with("02"))
        && matches!(way, PhoneWay::Landline | PhoneWay::Relative);
    grouped(digits, if long_area { &[4, 8] } else { &[3, 7] })
}

/// `1234567.5` as `1,234,567.5`.
fn thousands(typed: &str) -> String {
    let (whole, rest) = typed.find('.').map_or((typed, ""), |point| typed.split_at(point));
    let mut out = String::with_capacity(typed.len() + 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

impl Compose<'_> {
    /// Why an answer is none, and what to do: in the pack's words where its own bound is broken.
    pub(super) fn refusal(&self, question: &Question, wrong: Wrong) -> String {
        if let Some(message) = question.message.as_ref().filter(|_| wrong.is_bound()) {
            return self.own(message);
        }
        let day =
            |sentence, day: jiff::civil::Date| self.fill(sentence, &[("day", &day.to_string())]);
        let count = |sentence, n: u8| self.fill(sentence, &[("n", &n.to_string())]);
        match wrong {
            Wrong::Missing => self.text(say::NEXT_NEEDS_CHOICE),
            Wrong::Phone(PhoneWay::Landline) => self.text(say::LANDLINE_REFUSED),
            Wrong::Phone(PhoneWay::Relative) => self.text(say::RELATIVE_REFUSED),
            Wrong::Phone(PhoneWay::Mobile | PhoneWay::None) => self.text(say::PHONE_REFUSED),
            Wrong::DateUnfinished => self.text(say::DATE_UNFINISHED),
            Wrong::NoDate => self.text(say::DATE_REFUSED),
            Wrong::TooEarly(earliest) => day(say::DATE_TOO_EARLY, earliest),
            Wrong::TooLate(latest) => day(say::DATE_TOO_LATE, latest),
            Wrong::OutOfBounds => {
                let (min, max) = bounds(&question.answer, self.lang);
                self.fill(say::BOUNDS_REFUSED, &[("min", &min), ("max", &max)])
            }
            Wrong::NoAmount => self.text(say::AMOUNT_REFUSED),
            Wrong::TooFew(least) => count(say::TOO_FEW_TICKED, least),
            Wrong::TooMany(most) => count(say::TOO_MANY_TICKED, most),
            Wrong::IdentityNumber(identity::Reason::Length) => self.text(say::IDENTITY_LENGTH),
            Wrong::IdentityNumber(identity::Reason::Date) => self.text(say::IDENTITY_BIRTH),
            Wrong::IdentityNumber(_) => self.text(say::IDENTITY_REFUSED),
            Wrong::OwnNumber => self.text(say::IDENTITY_OWN),
            Wrong::CreditCode(credit_code::Reason::Length) => self.text(say::CREDIT_CODE_LENGTH),
            Wrong::CreditCode(credit_code::Reason::Character) => self.text(say::CREDIT_CODE_REGION),
            Wrong::CreditCode(credit_code::Reason::CheckCharacter) => {
                self.text(say::CREDIT_CODE_REFUSED)
            }
            Wrong::BankAccount(bank_account::Reason::CheckDigit) => {
                self.text(say::BANK_CARD_REFUSED)
            }
            Wrong::BankAccount(_) => self.text(say::BANK_CARD_LENGTH),
        }
    }

    /// An answer for the citizen to check, as others may see it: a telephone number in the clear, since
    /// nobody else's eyes find the wrong digit.
    pub(super) fn answered(&self, question: &Question, answer: &Answer) -> (String, bool) {
        if matches!(question.answer, AnswerKind::Phone { .. }) {
            return (self.phone_answer(question, answer), false);
        }
        match answer.value(question, &self.pack().regions) {
            Some(Value::Code(code)) => (grouped(&code, &[4, 8, 12, 16]), true),
            Some(value) => (self.value(&value), value.is_spelled()),
            None => (String::new(), false),
        }
    }

    fn phone_answer(&self, question: &Question, answer: &Answer) -> String {
        let way = answer.phone_way();
        let number = phone(way, answer.typed());
        let ways = ways(&question.answer);
        let label = ways.iter().find(|option| option.way == way);
        match label.map(|option| self.own(&option.label)) {
            // The first way is what anybody expects.
            Some(label) if number.is_empty() => label,
            Some(label) if ways.first().is_some_and(|first| first.way != way) => {
                format!("{number} · {label}")
            }
            _ => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_the_groups_in_which_they_are_read() {
        for (way, digits, shown) in [
            (PhoneWay::Mobile, "13800000000", "138 0000 0000"),
            (PhoneWay::Relative, "1380", "138 0"),
            (PhoneWay::Relative, "075512345678", "0755 1234 5678"),
            (PhoneWay::Landline, "01012345678", "010 1234 5678"),
            (PhoneWay::Landline, "075512345678", "0755 1234 5678"),
            (PhoneWay::None, "", ""),
        ] {
            assert_eq!(phone(way, digits), shown);
        }
        assert_eq!(grouped("91350100M000100Y43", &[4, 8, 12, 16]), "9135 0100 M000 100Y 43");
        for (typed, shown) in [
            ("", ""),
            ("0.", "0."),
            ("123", "123"),
            ("1234.5", "1,234.5"),
            ("999999999.99", "999,999,999.99"),
        ] {
            assert_eq!(thousands(typed), shown);
        }
    }
}
