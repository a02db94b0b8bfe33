//! Ages that nobody has.

use super::{Findings, Rule};
use crate::domain::pack::Eligibility;

pub(super) fn check(eligibility: &Eligibility, found: &mut Findings) {
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
