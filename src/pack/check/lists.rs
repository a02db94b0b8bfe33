//! Code lists: each named once, and there where a question names one.

use std::borrow::Cow;

use super::{Findings, Rule, twice};
use crate::domain::form::{CodeList, Lists, MOST_OPTIONS, Options};
use crate::domain::pack::{AnswerKind, Item};

/// The rules for `lists.toml`.
pub(in crate::pack) fn check(lists: &Lists, found: &mut Findings) {
    let lists = &lists.lists;
    let ids = lists.iter().map(|list| list.id.as_str());
    twice(Rule::Twice, ids, found, |i| format!("/lists/{i}/id"));
    for (i, list) in lists.iter().enumerate() {
        let codes = list.choices.iter().map(|choice| choice.code.as_str());
        twice(Rule::Twice, codes, found, |j| format!("/lists/{i}/choices/{j}/code"));
    }
}

/// The code lists that an item names.
pub(in crate::pack) fn named(item: &Item) -> impl Iterator<Item = &str> {
    item.questions.iter().filter_map(|question| match &question.answer {
        AnswerKind::Choice { options } | AnswerKind::Several { options, .. } => options.list(),
        _ => None,
    })
}

/// The item with the options of the lists that it names; `None` where one is not to be had, and then
/// the rules have nothing to judge. `known`: nothing of a file that has a fault.
pub(in crate::pack) fn filled<'i>(
    item: &'i Item,
    known: Option<&[CodeList]>,
    found: &mut Findings,
) -> Option<Cow<'i, Item>> {
    if named(item).next().is_none() {
        return Some(Cow::Borrowed(item));
    }
    let known = known?;
    let mut item = item.clone();
    let mut all = true;
    for (i, question) in item.questions.iter_mut().enumerate() {
        let pointer = format!("/questions/{i}/answer/options");
        let mut fill = |options: &mut Options, most: Option<usize>| {
            let Some(id) = options.list() else { return };
            let Some(list) = known.iter().find(|list| list.id == id) else {
                all = false;
                let problem = format!("no list is called \"{id}\"; write it in lists.toml");
                return found.value(Rule::DanglingReference, &pointer, problem);
            };
            let choices = list.choices.len();
            if let Some(most) = most.filter(|most| choices > *most) {
                all = false;
                let problem = format!(
                    "\"{id}\" has {choices} choices, and one is chosen of at most {most}; let several \
                     be ticked, or shorten the list"
                );
                return found.value(Rule::Malformed, &pointer, problem);
            }
            options.fill(&list.choices);
        };
        match &mut question.answer {
            AnswerKind::Choice { options } => fill(options, Some(MOST_OPTIONS)),
            AnswerKind::Several { options, .. } => fill(options, None),
            _ => {}
        }
    }
    all.then_some(Cow::Owned(item))
}
