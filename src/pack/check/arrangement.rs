//! The home screen: what it calls often used is there, once.

use std::collections::HashSet;

use super::{Findings, Rule};
use crate::domain::pack::HomeArrangement;

/// `ids` are those of all items, also of those that have a fault.
pub(in super::super) fn check(home: &HomeArrangement, ids: &HashSet<String>, found: &mut Findings) {
    for (i, id) in home.often_used.iter().enumerate() {
        let pointer = || format!("/home/often_used/{i}");
        if !ids.contains(id.as_str()) {
            let problem = format!("no item is called \"{id}\"; take the id of a file of items");
            found.value(Rule::UnknownItem, pointer(), problem);
        } else if home.often_used[..i].contains(id) {
            found.value(Rule::Twice, pointer(), format!("\"{id}\" stands twice; name it once"));
        }
    }
}
