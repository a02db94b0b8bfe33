//! Questions where nobody reads the answers, or that somebody cannot answer.

use super::{Findings, Rule};
use crate::domain::form::PhoneWay;
use crate::domain::pack::{AnswerKind, Item};

pub(super) fn check(item: &Item, found: &mut Findings) {
    if !item.kind.is_application() && !item.questions.is_empty() {
        let problem = "nothing is handed in here, and nobody would read the answers; take the \
                       questions out, or write kind = { type = \"instant\", … }";
        found.value(Rule::Question, "/questions", problem);
    }
    for (place, question) in item.questions.iter().enumerate() {
        if let AnswerKind::Phone { ways } = &question.answer
            && ways.iter().all(|option| option.way != PhoneWay::None)
        {
            let problem = "shuts out who has no telephone; add an entry with way = \"none\"";
            found.value(Rule::Question, format!("/questions/{place}/answer/ways"), problem);
        }
    }
}
