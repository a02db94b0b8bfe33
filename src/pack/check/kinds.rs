//! What does not go with how an item is handled: what is looked at, given without application, or asked
//! of people.

use super::{Findings, Rule};
use crate::domain::form::YES;
use crate::domain::item::{Item, ItemKind};
use crate::domain::listing::IdentityCheck;
use crate::domain::pack::AnswerKind;
use crate::domain::request::IMMOBILE;

pub(super) fn check(item: &Item, found: &mut Findings) {
    match item.kind {
        ItemKind::Browse { .. } => {
            looked_at(item, found);
            promises(item, "nothing is handed in where something is looked at; take it out", found);
        }
        ItemKind::NoApplication => {
            if !item.questions.is_empty() {
                let problem = "are asked of somebody who need not apply: the platform knows who is \
                               entitled, and they confirm it; take them out, or write \
                               kind = { type = \"instant\", … }";
                found.value(Rule::Question, "/questions", problem);
            }
        }
        ItemKind::Request { .. } => {
            request(item, found);
            let problem =
                "is for the matter itself; a request only asks somebody for it; take it out";
            promises(item, problem, found);
        }
        ItemKind::Query | ItemKind::Instant { .. } | ItemKind::Promised | ItemKind::Handoff => {}
    }
}

/// Nobody is identified.
fn looked_at(item: &Item, found: &mut Findings) {
    if item.eligibility.age.is_some() {
        let problem = "is checked by the card, and none is read where something is looked at; take it \
                       out";
        found.value(Rule::Handling, "/eligibility/age", problem);
    }
    if item.identity == IdentityCheck::Witnessed {
        let problem = "nobody is identified where something is looked at; take it out";
        found.value(Rule::Handling, "/identity", problem);
    }
    if item.promise.is_some() {
        let problem = "is promised where nothing is handed in; take it out";
        found.value(Rule::Handling, "/promise", problem);
    }
}

fn promises(item: &Item, problem: &str, found: &mut Findings) {
    let promises = [
        (item.speedup, "/speedup"),
        (item.pays_money, "/pays_money"),
        (!item.commitments.is_empty(), "/commitments"),
    ];
    for (_, pointer) in promises.into_iter().filter(|(there, _)| *there) {
        found.value(Rule::Handling, pointer, problem);
    }
}

/// 预约、上门、代办、回电: whoever takes it on has to reach the citizen.
fn request(item: &Item, found: &mut Findings) {
    let phone = |answer: &AnswerKind| matches!(answer, AnswerKind::Phone { .. });
    if !item.questions.iter().any(|question| phone(&question.answer)) {
        let problem = "ask for no telephone number, and somebody has to call back; add a question with \
                       answer.type = \"phone\" and an entry with way = \"none\"";
        found.value(Rule::Question, "/questions", problem);
    }
    for (place, question) in item.questions.iter().enumerate() {
        if question.id == IMMOBILE && !says_yes(&question.answer) {
            let problem = format!(
                "\"{IMMOBILE}\" asks who can hardly get about, and {YES} makes it a priority; answer it \
                 by type = \"yes_no\""
            );
            found.value(Rule::Question, format!("/questions/{place}/answer"), problem);
        }
    }
}

fn says_yes(answer: &AnswerKind) -> bool {
    match answer {
        AnswerKind::Choice { options } => options.iter().any(|option| option.code == YES),
        AnswerKind::YesNo => true,
        _ => false,
    }
}
