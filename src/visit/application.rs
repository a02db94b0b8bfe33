//! What a citizen applies for and has answered.

use std::sync::Arc;

use zeroize::{Zeroize, Zeroizing};

use crate::domain::card::CardText;
use crate::domain::pack::{AnswerKind, ItemRef, PhoneWay, Question};

/// An application for an instant item. Personal data: `Debug` leaves card and answers out, and
/// they are wiped with the last owner.
#[derive(Clone, PartialEq)]
pub struct Application {
    pub item: ItemRef,
    pub applicant: Arc<CardText>,
    /// One for each question of the item, in its order.
    pub answers: Vec<Answer>,
}

/// The answer to one question. `Debug` names its kind alone.
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

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application").field("item", &self.item).finish_non_exhaustive()
    }
}

impl Application {
    /// Identifier of each question and its answer as it goes to the platform; an unanswered one is
    /// left out. A telephone number comes with the way to be reached under a name of its own.
    pub fn by_question(&self, questions: &[Question]) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for (question, answer) in questions.iter().zip(&self.answers) {
            let value = answer.choice().unwrap_or_else(|| answer.digits());
            if !value.is_empty() {
                all.push((question.id.clone(), value.to_owned()));
            }
            if let (AnswerKind::Phone { ways }, Answer::Phone { way, .. }) =
                (&question.answer, answer)
                && let Some(option) = ways.iter().find(|option| option.way == *way)
            {
                all.push((question.way_id(), option.code.clone()));
            }
        }
        all
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Answer::Missing => "Missing",
            Answer::Choice(_) => "Choice(..)",
            Answer::Phone { .. } => "Phone(..)",
        })
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
    /// What stands before anything is answered: of a telephone number, the first way.
    pub(super) fn blank(question: &Question) -> Answer {
        match &question.answer {
            AnswerKind::Phone { ways } => {
                ways.first().map_or(Answer::Missing, |first| Answer::phone(first.way))
            }
            _ => Answer::Missing,
        }
    }

    /// An empty number of this way.
    pub(super) fn phone(way: PhoneWay) -> Answer {
        // Reserved at once: a growing string would leave copies that nobody wipes.
        Answer::Phone { way, digits: Zeroizing::new(String::with_capacity(PhoneWay::MOST_DIGITS)) }
    }

    /// How the citizen wants to be reached; not by telephone where nothing of that was asked.
    pub fn phone_way(&self) -> PhoneWay {
        match self {
            Answer::Phone { way, .. } => *way,
            Answer::Missing | Answer::Choice(_) => PhoneWay::None,
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
            (AnswerKind::Phone { ways }, Answer::Phone { way, digits }) => {
                ways.iter().any(|option| option.way == *way) && way.is_number(digits)
            }
            _ => false,
        }
    }

    pub(super) fn push(&mut self, digit: u8) {
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
