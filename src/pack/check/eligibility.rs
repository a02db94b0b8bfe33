//! Ages that nobody has, and a platform that is asked for nothing.

use super::{Findings, Rule};
use crate::domain::item::{Item, ItemKind};

pub(super) fn check(item: &Item, found: &mut Findings) {
    let eligibility = &item.eligibility;
    let applied_for = item.kind.is_application() && item.kind != ItemKind::NoApplication;
    if eligibility.asks_platform && !applied_for {
        let problem = match item.kind {
            ItemKind::NoApplication => "is asked of the platform anyway; take it out",
            _ => "is asked only where something is applied for; take it out",
        };
        found.value(Rule::Handling, "/eligibility/asks_platform", problem);
    }
    let Some(age) = &eligibility.age else { return };
    match (age.min, age.max) {
        (None, None) => found.value(
            Rule::ImplausibleAge,
            "/eligibility/age",
            "has neither min nor max; write one",
        ),
        (Some(min), Some(max)) if min > max => found.value(
            Rule::ImplausibleAge,
            "/eligibility/age/min",
            format!("{min} is more than max, {max}: nobody is of that age"),
        ),
        _ => {}
    }
}
