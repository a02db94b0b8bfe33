//! Tags of the evaluation (好差评): each belongs to its level, and a bad level has one.

use std::collections::BTreeSet;

use super::{Findings, Rule};
use crate::domain::evaluation::Level;
use crate::domain::pack::EvaluationTags;

pub(super) fn check(evaluation: &EvaluationTags, found: &mut Findings) {
    let mut codes = BTreeSet::new();
    for (i, tag) in evaluation.tags.iter().enumerate() {
        let (code, level) = (tag.code, tag.level.national_code());
        let pointer = format!("/evaluation/tags/{i}/code");
        if code / 100 != u16::from(level) {
            let problem =
                format!("{code} does not belong to this level, whose codes begin with {level}");
            found.value(Rule::EvaluationTag, pointer.as_str(), problem);
        }
        if !codes.insert(code) {
            found.value(Rule::Twice, pointer, format!("{code} stands twice; each tag has its own"));
        }
    }
    for level in Level::ALL.into_iter().filter(|level| level.is_bad()) {
        if !evaluation.tags.iter().any(|tag| tag.level == level) {
            let name = match level {
                Level::Dissatisfied => "dissatisfied",
                _ => "very_dissatisfied",
            };
            let problem = format!("no tag for {name}; a bad evaluation needs a reason to choose");
            found.value(Rule::EvaluationTag, "/evaluation/tags", problem);
        }
    }
}
