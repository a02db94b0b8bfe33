//! What an official pack may not borrow from the sample.

use super::{Findings, Rule};
use crate::domain::pack::{Pack, Standing};

/// The region of sample packs; belongs to no place.
const SAMPLE_REGION: &str = "000000";

pub(super) fn check(pack: &Pack, found: &mut Findings) {
    if pack.standing == Standing::Official && pack.region == SAMPLE_REGION {
        let problem =
            "000000 is the region of samples; an official pack needs the region's own code";
        found.value(Rule::Standing, "/region", problem);
    }
}
