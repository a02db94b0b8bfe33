//! When questions are asked: conditions that name something that is there, and that can hold.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Rule};
use crate::domain::pack::{AnswerKind, Question};

/// Of each earlier question that has one answer only, the codes that this answer may have.
type Allowed<'a> = BTreeMap<usize, BTreeSet<&'a str>>;

pub(super) fn check(questions: &[Question], found: &mut Findings) {
    // What holds wherever a question is asked; nothing of one whose own condition is at fault, so that
    // no other draws a fault from it.
    let mut held: Vec<Option<Allowed<'_>>> = Vec::new();
    for (i, question) in questions.iter().enumerate() {
        let mut allowed = Some(Allowed::new());
        for (c, condition) in question.when.iter().enumerate() {
            let pointer = format!("/questions/{i}/when/{c}");
            let Some(at) = questions.iter().position(|other| other.id == condition.question) else {
                let problem = format!("no question is called \"{}\"", condition.question);
                found.value(Rule::DanglingReference, format!("{pointer}/question"), problem);
                allowed = None;
                continue;
            };
            if at >= i {
                let problem = format!(
                    "\"{}\" is not asked before this question; a condition looks back",
                    condition.question
                );
                found.value(Rule::UnreachableQuestion, format!("{pointer}/question"), problem);
                allowed = None;
                continue;
            }
            let codes = questions[at].answer.codes();
            if codes.is_empty() {
                let problem = format!(
                    "\"{}\" is typed or picked from a list, and has no codes; name a choice",
                    condition.question
                );
                found.value(Rule::UnreachableQuestion, format!("{pointer}/question"), problem);
                allowed = None;
                continue;
            }
            for (k, code) in condition.is.iter().enumerate() {
                let pointer = format!("{pointer}/is/{k}");
                if !codes.contains(&code.as_str()) {
                    let problem = format!(
                        "\"{code}\" is no answer to \"{}\"; its codes are {}",
                        condition.question,
                        codes.join(", ")
                    );
                    found.value(Rule::UnreachableQuestion, pointer, problem);
                    allowed = None;
                } else if condition.is[..k].contains(code) {
                    found.value(Rule::Twice, pointer, format!("\"{code}\" stands twice"));
                }
            }
            allowed = match (allowed, &held[at]) {
                (Some(mut allowed), Some(before)) => {
                    for (at, codes) in before {
                        narrow(&mut allowed, *at, codes.clone());
                    }
                    if has_one_answer(&questions[at].answer) {
                        narrow(&mut allowed, at, condition.is.iter().map(String::as_str).collect());
                    }
                    Some(allowed)
                }
                _ => None,
            };
        }
        let contradicted =
            allowed.as_ref().and_then(|all| all.iter().find(|(_, codes)| codes.is_empty()));
        if let Some((at, _)) = contradicted {
            let problem = format!(
                "is never asked: no answer to \"{}\" meets all that its conditions ask for",
                questions[*at].id
            );
            found.value(Rule::UnreachableQuestion, format!("/questions/{i}/when"), problem);
            allowed = None;
        }
        held.push(allowed);
    }
}

fn narrow<'a>(allowed: &mut Allowed<'a>, at: usize, codes: BTreeSet<&'a str>) {
    match allowed.get_mut(&at) {
        Some(before) => before.retain(|code| codes.contains(code)),
        None => drop(allowed.insert(at, codes)),
    }
}

/// Of several that may be ticked each condition can find its own.
fn has_one_answer(kind: &AnswerKind) -> bool {
    !matches!(kind, AnswerKind::Several { at_most, .. } if *at_most != Some(1))
}
