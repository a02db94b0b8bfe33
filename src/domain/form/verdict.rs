//! Whether what was typed is an answer to its question, and if not, why not.

use jiff::civil::{Date, date};

use super::{Amount, AnswerKind, PhoneWay, Regions};
use crate::domain::{bank_account, credit_code, identity};

/// No citizen and no document of one speaks of a day outside these.
pub const FIRST_DAY: Date = date(1900, 1, 1);
pub const LAST_DAY: Date = date(2099, 12, 31);

/// What an answer is judged by beside its question.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Today in China; `None` while the clock cannot be trusted (promise P9).
    pub today: Option<Date>,
    /// A day that has certainly been: that of the pack.
    pub since: Date,
    /// The citizen's own document number.
    pub own_number: &'a str,
    pub regions: &'a Regions,
}

/// Why an answer cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing is chosen or typed.
    Missing,
    /// Not a number of this way to be reached.
    Phone(PhoneWay),
    /// Fewer digits than a date has.
    DateUnfinished,
    /// No day of the calendar, or none of anybody's life.
    NoDate,
    TooEarly(Date),
    TooLate(Date),
    /// Not within the bounds of a number or an amount.
    OutOfBounds,
    /// No amount, such as a point alone.
    NoAmount,
    TooFew(u8),
    TooMany(u8),
    IdentityNumber(identity::Reason),
    /// The citizen's own number, which the card has told.
    OwnNumber,
    CreditCode(credit_code::Reason),
    BankAccount(bank_account::Reason),
}

impl Wrong {
    /// Whether the pack has set what is broken, and may have a message of its own for it. What is no
    /// date or number at all the kiosk explains better.
    pub fn is_bound(self) -> bool {
        match self {
            Wrong::TooEarly(_)
            | Wrong::TooLate(_)
            | Wrong::OutOfBounds
            | Wrong::TooFew(_)
            | Wrong::TooMany(_)
            | Wrong::OwnNumber => true,
            Wrong::Missing
            | Wrong::Phone(_)
            | Wrong::DateUnfinished
            | Wrong::NoDate
            | Wrong::NoAmount
            | Wrong::IdentityNumber(_)
            | Wrong::CreditCode(_)
            | Wrong::BankAccount(_) => false,
        }
    }
}

impl AnswerKind {
    /// Judges what was typed; for what is chosen the choices themselves are looked at elsewhere.
    ///
    /// # Errors
    /// Why it is no answer.
    pub fn judge(&self, typed: &str, known: &Known<'_>) -> Result<(), Wrong> {
        if typed.is_empty() {
            return Err(Wrong::Missing);
        }
        match self {
            AnswerKind::Date { earliest, latest } => {
                if typed.len() < self.most_keys() {
                    return Err(Wrong::DateUnfinished);
                }
                let day = parse_day(typed).ok_or(Wrong::NoDate)?;
                let earliest = earliest.map(|bound| bound.as_earliest(known.today, known.since));
                let latest = latest.and_then(|bound| bound.as_latest(known.today, known.since));
                match (earliest, latest) {
                    (Some(earliest), _) if day < earliest => Err(Wrong::TooEarly(earliest)),
                    (_, Some(latest)) if day > latest => Err(Wrong::TooLate(latest)),
                    _ => Ok(()),
                }
            }
            AnswerKind::Number { min, max, .. } => match typed.parse::<u32>() {
                Ok(number) if (*min..=*max).contains(&number) => Ok(()),
                _ => Err(Wrong::OutOfBounds),
            },
            AnswerKind::Amount { min_yuan, max_yuan } => {
                let amount = Amount::parse(typed).ok_or(Wrong::NoAmount)?;
                let bounds = Amount::from_yuan(*min_yuan)..=Amount::from_yuan(*max_yuan);
                if bounds.contains(&amount) { Ok(()) } else { Err(Wrong::OutOfBounds) }
            }
            AnswerKind::IdentityNumber => {
                if known.own_number.eq_ignore_ascii_case(typed) {
                    return Err(Wrong::OwnNumber);
                }
                // Whether a birth lies in the future only a clock can tell.
                let today = known.today.map_or(LAST_DAY, |today| today.max(known.since));
                identity::check(typed, today).map(drop).map_err(Wrong::IdentityNumber)
            }
            AnswerKind::CreditCode => credit_code::check(typed).map_err(Wrong::CreditCode),
            AnswerKind::BankAccount => bank_account::check(typed).map_err(Wrong::BankAccount),
            AnswerKind::Choice { .. }
            | AnswerKind::Several { .. }
            | AnswerKind::YesNo
            | AnswerKind::Phone { .. }
            | AnswerKind::Region { .. } => Err(Wrong::Missing),
        }
    }
}

/// Eight digits as a day.
pub fn parse_day(digits: &str) -> Option<Date> {
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let day =
        Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?);
    day.ok().filter(|day| (FIRST_DAY..=LAST_DAY).contains(day))
}
