//! Names and codes that stand twice.

use super::{Findings, Rule, twice};
use crate::domain::pack::{AnswerKind, Item};

pub(super) fn check(item: &Item, found: &mut Findings) {
    let ids = item.questions.iter().map(|question| question.id.as_str());
    twice(Rule::Twice, ids, found, |i| format!("/questions/{i}/id"));
    for (q, question) in item.questions.iter().enumerate() {
        match &question.answer {
            AnswerKind::Choice { options } | AnswerKind::Several { options, .. } => {
                let codes = options.iter().map(|option| option.code.as_str());
                twice(Rule::Twice, codes, found, |i| {
                    format!("/questions/{q}/answer/options/{i}/code")
                });
            }
            AnswerKind::Phone { ways } => {
                let codes = ways.iter().map(|option| option.code.as_str());
                twice(Rule::Twice, codes, found, |i| {
                    format!("/questions/{q}/answer/ways/{i}/code")
                });
                for (i, option) in ways.iter().enumerate() {
                    if ways[..i].iter().any(|other| other.way == option.way) {
                        let pointer = format!("/questions/{q}/answer/ways/{i}/way");
                        found.value(
                            Rule::Twice,
                            pointer,
                            "stands twice; each way to be reached once",
                        );
                    }
                }
                let way = question.way_id();
                if let Some(other) = item.questions.iter().position(|other| other.id == way) {
                    let problem = format!(
                        "\"{way}\" is the name under which the way of \"{}\" is sent; take another",
                        question.id
                    );
                    found.value(Rule::Twice, format!("/questions/{other}/id"), problem);
                }
            }
            AnswerKind::YesNo
            | AnswerKind::Date { .. }
            | AnswerKind::Number { .. }
            | AnswerKind::Amount { .. }
            | AnswerKind::IdentityNumber
            | AnswerKind::CreditCode
            | AnswerKind::BankAccount
            | AnswerKind::Region { .. } => {}
        }
    }
}
