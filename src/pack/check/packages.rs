//! Packages (打包办): items that are there, each once, and nothing that waits for itself.

use std::collections::HashSet;

use super::{Findings, Rule, references};
use crate::domain::package::{Package, Scenario, UNEMPLOYMENT_ITEMS};

/// The rules for one package; `ids` are the names of all items.
pub(in crate::pack) fn check(package: &Package, ids: &HashSet<String>, found: &mut Findings) {
    for (i, packaged) in package.items.iter().enumerate() {
        let id = &packaged.item;
        if package.items[..i].iter().any(|other| other.item == *id) {
            let problem = format!("\"{id}\" stands twice; an item is done once");
            found.value(Rule::Twice, format!("/items/{i}/item"), problem);
        }
        references::item(id, ids, &format!("/items/{i}/item"), found);
        for (j, after) in packaged.after.iter().enumerate() {
            // What is told first is done first: so nothing waits for itself in a ring.
            if !package.items[..i].iter().any(|other| other.item == *after) {
                let problem = format!(
                    "\"{after}\" is no item before this one in the package; move it there, or take it \
                     out"
                );
                found.value(Rule::DanglingReference, format!("/items/{i}/after/{j}"), problem);
            }
        }
    }
    let many = package.items.len();
    if package.scenario == Scenario::Unemployment && many != UNEMPLOYMENT_ITEMS {
        let problem =
            format!("{many} items, and a matter of unemployment has {UNEMPLOYMENT_ITEMS}; mend it");
        found.value(Rule::UnemploymentPackageNotEight, "/items", problem);
    }
}
