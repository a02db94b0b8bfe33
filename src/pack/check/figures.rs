//! Figures: each named once, its days one after the other.

use super::{Findings, Rule};
use crate::domain::figure::Figures;

/// The rules for `values.toml`.
pub(in crate::pack) fn check(figures: &Figures, found: &mut Findings) {
    let figures = &figures.values;
    for (i, figure) in figures.iter().enumerate() {
        if figures[..i].iter().any(|other| other.id == figure.id) {
            let problem = format!("\"{}\" stands twice; each has its own", figure.id);
            found.value(Rule::Twice, format!("/values/{i}/id"), problem);
        }
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
