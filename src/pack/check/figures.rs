//! Figures: each named once, its days one after the other.

use super::{Findings, Rule, twice};
use crate::domain::figure::Figures;

/// The rules for `values.toml`.
pub(in crate::pack) fn check(figures: &Figures, found: &mut Findings) {
    let figures = &figures.values;
    let ids = figures.iter().map(|figure| figure.id.as_str());
    twice(Rule::Twice, ids, found, |i| format!("/values/{i}/id"));
    for (i, figure) in figures.iter().enumerate() {
        for (j, since) in figure.since.iter().enumerate() {
            if let Some(problem) = super::dates::impossible(since.from) {
                let pointer = format!("/values/{i}/since/{j}/from");
                found.value(Rule::ImplausibleDate, pointer, problem);
            }
        }
        for (j, pair) in figure.since.windows(2).enumerate() {
            if pair[0].from >= pair[1].from {
                let problem = format!(
                    "{} is not after {}; write the earliest first, each day once",
                    pair[1].from, pair[0].from
                );
                let pointer = format!("/values/{i}/since/{}/from", j + 1);
                found.value(Rule::ImplausibleDate, pointer, problem);
            }
        }
    }
}
