//! The list of regions: each once.

use std::collections::BTreeSet;

use super::{Findings, Rule};
use crate::domain::form::RegionList;

pub(in crate::pack) fn check(list: &RegionList, found: &mut Findings) {
    let mut codes = BTreeSet::new();
    for (i, region) in list.regions.iter().enumerate() {
        if !codes.insert(region.code.as_str()) {
            let problem = format!("{} stands twice; each region once", region.code);
            found.value(Rule::Twice, format!("/regions/{i}/code"), problem);
        }
    }
}
