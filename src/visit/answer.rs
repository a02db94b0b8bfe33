//! The answer to one question, as far as it is given.

use zeroize::{Zeroize, Zeroizing};

use crate::domain::fact::{Private, Value};
use crate::domain::form::{Amount, Known, NO, RegionLevel, Wrong, YES, parse_day};
use crate::domain::pack::{AnswerKind, Bilingual, Choice, PhoneWay, Question, Regions};
use crate::say;

/// The answer to one question. `Debug` names its kind alone; what it holds is wiped when dropped.
#[derive(Clone, PartialEq)]
pub enum Answer {
    /// Not answered yet.
    Missing,
    /// Code of one of the options; `yes` or `no`.
    Choice(String),
    /// Codes of those that are ticked, in the order of the options.
    Several(Vec<String>),
    Phone {
        way: PhoneWay,
        digits: Zeroizing<String>,
    },
    /// What was typed: digits of a date, a number, a card; an amount; a code.
    Typed(Zeroizing<String>),
    /// Code of the region that is chosen so far; nothing before the first step.
    Region(String),
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Answer::Missing => "Missing",
            Answer::Choice(_) => "Choice(..)",
            Answer::Several(_) => "Several(..)",
            Answer::Phone { .. } => "Phone(..)",
            Answer::Typed(_) => "Typed(..)",
            Answer::Region(_) => "Region(..)",
        })
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        match self {
            Answer::Choice(code) | Answer::Region(code) => code.zeroize(),
            Answer::Several(codes) => codes.zeroize(),
            Answer::Missing | Answer::Phone { .. } | Answer::Typed(_) => {}
        }
    }
}

impl Answer {
    /// What stands before anything is answered: of a telephone number, the first way.
    pub(super) fn blank(question: &Question) -> Answer {
        match &question.answer {
            AnswerKind::Phone { ways } => {
                ways.first().map_or(Answer::Missing, |first| Answer::phone(first.way))
            }
            AnswerKind::Choice { .. } | AnswerKind::YesNo => Answer::Missing,
            AnswerKind::Several { .. } => Answer::Several(Vec::new()),
            AnswerKind::Region { .. } => Answer::Region(String::new()),
            kind @ (AnswerKind::Date { .. }
            | AnswerKind::Number { .. }
            | AnswerKind::Amount { .. }
            | AnswerKind::IdentityNumber
            | AnswerKind::CreditCode
            | AnswerKind::BankAccount) => Answer::Typed(room(kind.most_keys())),
        }
    }

    /// An empty number of this way.
    pub(super) fn phone(way: PhoneWay) -> Answer {
        Answer::Phone { way, digits: room(PhoneWay::MOST_DIGITS) }
    }

    /// How the citizen wants to be reached; not by telephone where nothing of that was asked.
    pub fn phone_way(&self) -> PhoneWay {
        match self {
            Answer::Phone { way, .. } => *way,
            _ => PhoneWay::None,
        }
    }

    /// What is typed so far: a telephone number, a date, a code.
    pub fn typed(&self) -> &str {
        match self {
            Answer::Phone { digits: typed, .. } | Answer::Typed(typed) => typed,
            Answer::Missing | Answer::Choice(_) | Answer::Several(_) | Answer::Region(_) => "",
        }
    }

    /// The code of the chosen option, or of the region that is chosen so far.
    pub fn choice(&self) -> Option<&str> {
        match self {
            Answer::Choice(code) => Some(code),
            Answer::Region(code) => Some(code.as_str()).filter(|code| !code.is_empty()),
            Answer::Missing | Answer::Several(_) | Answer::Phone { .. } | Answer::Typed(_) => None,
        }
    }

    /// The codes that a condition looks at: those of what is chosen or ticked, and of the way to be
    /// reached, once the number that goes with it is one.
    pub fn codes<'a>(&'a self, question: &'a Question) -> Vec<&'a str> {
        match (&question.answer, self) {
            (_, Answer::Choice(code)) => vec![code],
            (_, Answer::Several(codes)) => codes.iter().map(String::as_str).collect(),
            (AnswerKind::Phone { ways }, Answer::Phone { way, digits })
                if way.is_number(digits) =>
            {
                let chosen = ways.iter().filter(|option| option.way == *way);
                chosen.map(|option| option.code.as_str()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether this can stand as the answer to `question`.
    ///
    /// # Errors
    /// Why not.
    pub fn judge(&self, question: &Question, known: &Known<'_>) -> Result<(), Wrong> {
        let one_of = |options: &[Choice], code: &str| options.iter().any(|o| o.code == code);
        let otherwise = |fits: bool| if fits { Ok(()) } else { Err(Wrong::Missing) };
        match (&question.answer, self) {
            (AnswerKind::Choice { options }, Answer::Choice(code)) => {
                otherwise(one_of(options, code))
            }
            (AnswerKind::YesNo, Answer::Choice(code)) => otherwise(code == YES || code == NO),
            (AnswerKind::Several { options, at_least, at_most, alone }, Answer::Several(codes)) => {
                otherwise(!codes.is_empty() && codes.iter().all(|code| one_of(options, code)))?;
                let by_itself =
                    matches!((codes.as_slice(), alone), ([only], Some(alone)) if only == alone);
                let count = u8::try_from(codes.len()).unwrap_or(u8::MAX);
                match at_most {
                    _ if by_itself => Ok(()),
                    _ if count < *at_least => Err(Wrong::TooFew(*at_least)),
                    Some(most) if count > *most => Err(Wrong::TooMany(*most)),
                    _ => Ok(()),
                }
            }
            (AnswerKind::Phone { ways }, Answer::Phone { way, digits }) => {
                let fits = ways.iter().any(|option| option.way == *way) && way.is_number(digits);
                if fits { Ok(()) } else { Err(Wrong::Phone(*way)) }
            }
            (AnswerKind::Region { under, level }, Answer::Region(code)) => {
                otherwise(is_region(code, under.as_deref(), *level, known.regions))
            }
            (kind, Answer::Typed(typed)) => kind.judge(typed, known),
            _ => Err(Wrong::Missing),
        }
    }

    /// As it goes to the platform; `None` where nothing was answered.
    pub(super) fn sent(&self, question: &Question) -> Option<String> {
        let text = match (&question.answer, self) {
            (_, Answer::Missing) => return None,
            (_, Answer::Choice(code) | Answer::Region(code)) => code.clone(),
            (_, Answer::Several(codes)) => codes.join(","),
            (_, Answer::Phone { digits, .. }) => digits.to_string(),
            (AnswerKind::Date { .. }, Answer::Typed(typed)) => parse_day(typed)?.to_string(),
            (AnswerKind::Number { .. }, Answer::Typed(typed)) => {
                typed.parse::<u32>().ok()?.to_string()
            }
            (AnswerKind::Amount { .. }, Answer::Typed(typed)) => Amount::parse(typed)?.to_string(),
            (_, Answer::Typed(typed)) => typed.to_string(),
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// As a fact in the words of the pack, which knows what of it others may see.
    pub fn value(&self, question: &Question, regions: &Regions) -> Option<Value> {
        let label_of = |options: &[Choice], code: &str| {
            options.iter().find(|option| option.code == code).map(|option| option.label.clone())
        };
        Some(match (&question.answer, self) {
            (AnswerKind::Choice { options }, Answer::Choice(code)) => {
                Value::State(label_of(options, code)?)
            }
            (AnswerKind::YesNo, Answer::Choice(code)) => {
                Value::State(if code == YES { say::YES } else { say::NO }.into())
            }
            (AnswerKind::Several { options, .. }, Answer::Several(codes)) => {
                let labels: Option<Vec<_>> =
                    codes.iter().map(|code| label_of(options, code)).collect();
                let labels = labels.filter(|labels| !labels.is_empty())?;
                let joined = |text: fn(&Bilingual) -> &str, comma: &str| {
                    labels.iter().map(text).collect::<Vec<_>>().join(comma)
                };
                Value::Text(Bilingual {
                    zh: joined(|label| &label.zh, "、"),
                    en: joined(|label| &label.en, ", "),
                })
            }
            (AnswerKind::Phone { ways }, Answer::Phone { way: PhoneWay::None, .. }) => {
                let option = ways.iter().find(|option| option.way == PhoneWay::None)?;
                Value::State(option.label.clone())
            }
            (AnswerKind::Phone { .. }, Answer::Phone { digits, .. }) => {
                Value::Phone(Private::new(digits.as_str()))
            }
            (AnswerKind::Region { .. }, Answer::Region(code)) => {
                let path = regions.path(code, None);
                let zh: Vec<&str> = path.iter().map(|region| region.name.zh.as_str()).collect();
                let en: Vec<&str> =
                    path.iter().rev().map(|region| region.name.en.as_str()).collect();
                Value::Text(Bilingual { zh: zh.concat(), en: en.join(", ") })
            }
            (AnswerKind::Date { .. }, Answer::Typed(typed)) => Value::Date(parse_day(typed)?),
            (AnswerKind::Number { unit, .. }, Answer::Typed(typed)) => {
                Value::Number { count: typed.parse().ok()?, unit: unit.clone() }
            }
            (AnswerKind::Amount { .. }, Answer::Typed(typed)) => {
                Value::Amount { fen: Amount::parse(typed)?.fen() }
            }
            (AnswerKind::IdentityNumber, Answer::Typed(typed)) => {
                Value::IdNumber(Private::new(typed.as_str()))
            }
            (AnswerKind::CreditCode, Answer::Typed(typed)) => Value::Code(typed.to_string()),
            (AnswerKind::BankAccount, Answer::Typed(typed)) => {
                Value::Account(Private::new(typed.as_str()))
            }
            _ => return None,
        })
    }

    /// Ticks or unticks an option; one that stands alone unticks all others.
    pub(super) fn tick(&mut self, options: &[Choice], alone: Option<&str>, code: &str) {
        let Answer::Several(codes) = self else { return };
        let ticked = codes.iter().any(|other| other == code);
        let stays = |other: &str| match other == code {
            true => !ticked,
            false if Some(code) == alone => ticked && is_ticked(codes, other),
            false => Some(other) != alone && is_ticked(codes, other),
        };
        let now: Vec<String> =
            options.iter().map(|option| &option.code).filter(|code| stays(code)).cloned().collect();
        codes.zeroize();
        *codes = now;
    }

    /// A key was touched.
    pub(super) fn push(&mut self, kind: &AnswerKind, key: char) {
        match self {
            Answer::Phone { way, digits }
                if key.is_ascii_digit() && digits.len() < way.most_digits() =>
            {
                digits.push(key);
            }
            Answer::Typed(typed) => {
                let is_number =
                    matches!(kind, AnswerKind::Number { .. } | AnswerKind::Amount { .. });
                // No number begins with a zero but zero itself, and none with its point.
                if is_number && typed.as_str() == "0" && key.is_ascii_digit() {
                    typed.clear();
                }
                if kind.takes(typed, key) {
                    if typed.is_empty() && key == '.' {
                        typed.push('0');
                    }
                    typed.push(key);
                }
            }
            _ => {}
        }
    }

    pub(super) fn erase(&mut self) {
        if let Answer::Phone { digits: typed, .. } | Answer::Typed(typed) = self {
            typed.pop();
        }
    }

    pub(super) fn clear(&mut self) {
        if let Answer::Phone { digits: typed, .. } | Answer::Typed(typed) = self {
            typed.clear();
        }
    }
}

/// Reserved at once: a growing string would leave copies that nobody wipes.
fn room(characters: usize) -> Zeroizing<String> {
    Zeroizing::new(String::with_capacity(characters))
}

fn is_ticked(codes: &[String], code: &str) -> bool {
    codes.iter().any(|other| other == code)
}

/// Whether a region is one that the question offers, and fine enough.
fn is_region(code: &str, under: Option<&str>, level: RegionLevel, regions: &Regions) -> bool {
    !regions.path(code, under).is_empty() && regions.is_final(code, level)
}
