//! What an official pack may not borrow from the sample, and what it needs.

use super::{Findings, Rule};
use crate::domain::pack::{Pack, Standing};

/// The region of sample packs; belongs to no place.
const SAMPLE_REGION: &str = "000000";

pub(super) fn check(pack: &Pack, found: &mut Findings) {
    if pack.standing != Standing::Official {
        return;
    }
    if pack.signer.is_none() {
        let problem = "official, and nobody answers for it; add signer, the name of the office";
        found.value(Rule::SignerMissing, "/standing", problem);
    }
    if pack.region == SAMPLE_REGION {
        let problem =
            "000000 is the region of samples; an official pack needs the region's own code";
        found.value(Rule::Standing, "/region", problem);
    }
}
