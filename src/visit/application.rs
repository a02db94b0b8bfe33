//! What a citizen applies for and has answered.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::domain::card::CardText;
use crate::domain::pack::{AnswerKind, Question};

/// Names a service item of one version of the site pack.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ItemRef {
    /// Identifier of the item in the pack.
    pub id: String,
    pub pack_version: String,
}

/// An application for an instant item. Personal data: `Debug` leaves card and answers out, and
/// they are wiped with the last owner.
#[derive(Clone, PartialEq)]
pub struct Application {
    pub item: ItemRef,
    pub applicant: Arc<CardText>,
    /// One for each question of the item, in its order.
    pub answers: Vec<Answer>,
}

/// The answer to one question.
#[derive(Clone, PartialEq)]
pub enum Answer {
    /// Not answered yet.
    Missing,
    /// Code of one of the options.
    Choice(String),
    Phone {
        way: PhoneWay,
        digits: Zeroizing<String>,
    },
}

/// How a citizen can be reached; a mainland mobile of one's own is not everybody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneWay {
    /// A mainland mobile number of the citizen's own.
    Mobile,
    /// A landline with its area code.
    Landline,
    /// The mobile number of a relative.
    Relative,
    /// Not by telephone at all.
    None,
}

/// Digits of a mainland mobile number.
const MOBILE_DIGITS: usize = 11;
/// Most digits of a landline number with its area code: four and eight.
const LANDLINE_DIGITS: usize = 12;

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application").field("item", &self.item).finish_non_exhaustive()
    }
}

impl Application {
    /// Identifier of each question and its answer as it goes to the platform; an unanswered one is
    /// left out.
    pub fn by_question(&self, questions: &[Question]) -> Vec<(String, String)> {
        questions
            .iter()
            .zip(&self.answers)
            .filter_map(|(question, answer)| {
                let value = answer.choice().unwrap_or_else(|| answer.digits());
                (!value.is_empty()).then(|| (question.id.clone(), value.to_owned()))
            })
            .collect()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Answer::Choice(code) = self {
            code.zeroize();
        }
    }
}

impl Answer {
    /// An empty number of this kind.
    pub(super) fn phone(way: PhoneWay) -> Answer {
        // Reserved at once: a growing string would leave copies that nobody wipes.
        Answer::Phone { way, digits: Zeroizing::new(String::with_capacity(LANDLINE_DIGITS)) }
    }

    /// How the citizen wants to be reached; a mobile number until something else was chosen.
    pub fn phone_way(&self) -> PhoneWay {
        match self {
            Answer::Phone { way, .. } => *way,
            Answer::Missing | Answer::Choice(_) => PhoneWay::Mobile,
        }
    }

    /// The digits of a number, as far as they are typed.
    pub fn digits(&self) -> &str {
        match self {
            Answer::Phone { digits, .. } => digits,
            Answer::Missing | Answer::Choice(_) => "",
        }
    }

    /// The code of the chosen option.
    pub fn choice(&self) -> Option<&str> {
        match self {
            Answer::Choice(code) => Some(code),
            Answer::Missing | Answer::Phone { .. } => None,
        }
    }

    /// Whether this can stand as the answer to `question`.
    pub fn answers(&self, question: &Question) -> bool {
        match (&question.answer, self) {
            (AnswerKind::Choice { options }, Answer::Choice(code)) => {
                options.iter().any(|option| option.code == *code)
            }
            (AnswerKind::Phone, Answer::Phone { way, digits }) => {
                PhoneWay::of(question).contains(way) && way.is_number(digits)
            }
            _ => false,
        }
    }

    pub(super) fn push(&mut self, digit: u8) {
        if *self == Answer::Missing {
            *self = Answer::phone(PhoneWay::Mobile);
        }
        if let Answer::Phone { way, digits } = self
            && digits.len() < way.most_digits()
        {
            digits.push(char::from(b'0' + digit));
        }
    }

    pub(super) fn erase(&mut self) {
        if let Answer::Phone { digits, .. } = self {
            digits.pop();
        }
    }

    pub(super) fn clear(&mut self) {
        if let Answer::Phone { digits, .. } = self {
            digits.clear();
        }
    }
}

impl PhoneWay {
    /// The ways that a question allows; the first is a mobile number of one's own.
    pub fn of(question: &Question) -> &'static [PhoneWay] {
        match question.answer {
            AnswerKind::Phone => {
                &[PhoneWay::Mobile, PhoneWay::Landline, PhoneWay::Relative, PhoneWay::None]
            }
            AnswerKind::Choice { .. } => &[],
        }
    }

    /// Most digits of such a number.
    pub fn most_digits(self) -> usize {
        match self {
            PhoneWay::Mobile | PhoneWay::Relative => MOBILE_DIGITS,
            PhoneWay::Landline => LANDLINE_DIGITS,
            PhoneWay::None => 0,
        }
    }

    /// Whether these digits are such a number.
    fn is_number(self, digits: &str) -> bool {
        let bytes = digits.as_bytes();
        bytes.iter().all(u8::is_ascii_digit)
            && match self {
                PhoneWay::Mobile | PhoneWay::Relative => {
                    bytes.len() == MOBILE_DIGITS && bytes[0] == b'1' && bytes[1] >= b'3'
                }
                // Area codes 010 and 02x go with eight digits, all others with seven or eight.
                PhoneWay::Landline => match bytes {
                    [b'0', b'1' | b'2', ..] => bytes.len() == 11,
                    [b'0', b'3'..=b'9', ..] => matches!(bytes.len(), 11 | 12),
                    _ => false,
                },
                PhoneWay::None => bytes.is_empty(),
            }
    }
}
