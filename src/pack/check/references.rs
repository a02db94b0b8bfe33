//! Names of what stands in another file.

use std::collections::HashSet;

use super::{Findings, Rule, dates};
use crate::domain::item::{Item, ItemId};
use crate::domain::pack::{BasicService, Pack};
use crate::domain::policy::Policy;

/// An item that the pack has; `ids` are the names of all.
pub(super) fn item(id: &ItemId, ids: &HashSet<String>, pointer: &str, found: &mut Findings) {
    if !ids.contains(id.as_str()) {
        let problem = format!("no item is called \"{id}\"; write its file, or another name");
        found.value(Rule::UnknownItem, pointer, problem);
    }
}

/// The items that `pack.toml` names: those that are offered, and those of its outlets.
pub(in crate::pack) fn offered(pack: &Pack, ids: &HashSet<String>, found: &mut Findings) {
    for (i, id) in pack.offers.iter().flatten().enumerate() {
        item(id, ids, &format!("/offers/{i}"), found);
    }
    for (i, outlet) in pack.outlets.iter().enumerate() {
        for (j, id) in outlet.items.iter().enumerate() {
            item(id, ids, &format!("/outlets/{i}/items/{j}"), found);
        }
    }
}

/// The rules for one policy.
pub(in crate::pack) fn policy(policy: &Policy, ids: &HashSet<String>, found: &mut Findings) {
    for (i, id) in policy.items.iter().enumerate() {
        item(id, ids, &format!("/items/{i}"), found);
    }
    for (i, audience) in policy.audience.iter().enumerate() {
        if policy.audience[..i].contains(audience) {
            found.value(Rule::Twice, format!("/audience/{i}"), "stands twice");
        }
    }
    for (day, pointer) in [(Some(policy.from), "/from"), (policy.to, "/to")] {
        if let Some(problem) = day.and_then(dates::impossible) {
            found.value(Rule::ImplausibleDate, pointer, problem);
        }
    }
    if policy.to.is_some_and(|to| to < policy.from) {
        found.value(Rule::ImplausibleDate, "/to", "is before from; write a later day");
    }
    if policy.ages.is_some_and(|ages| ages.min > ages.max) {
        found.value(Rule::ImplausibleAge, "/ages/min", "is more than max; write the younger first");
    }
}

/// The basic public service that an item names.
pub(super) fn basic_service(item: &Item, known: Option<&[BasicService]>, found: &mut Findings) {
    let (Some(id), Some(known)) = (&item.basic_service, known) else { return };
    if !known.iter().any(|service| service.id == *id) {
        let problem =
            format!("no basic service is called \"{id}\"; write it in basic_services of pack.toml");
        found.value(Rule::DanglingReference, "/basic_service", problem);
    }
}
