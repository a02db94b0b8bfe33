//! How often policies were shown and printed (四进两知). Numbers that are nobody's.

use std::collections::HashSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{fits, is_name};

/// Most rows of one request; a kiosk with more sends several.
pub const COUNTS_MAX: usize = 500;

/// `POST /v2/policies/counts`: the totals of whole days, as this kiosk has counted them so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyCounts {
    /// Each day, policy and version of a pack once.
    #[cfg_attr(test, schema(min_items = 1, max_items = 500))]
    pub counts: Vec<PolicyCount>,
}

/// One policy on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyCount {
    /// In China.
    pub day: Date,
    /// Counted by clocks known to be right; else some of it was counted on that day or before.
    pub certain: bool,
    #[cfg_attr(test, schema(pattern = "^[a-z0-9_]{1,64}$"))]
    pub policy: String,
    #[cfg_attr(test, schema(min_length = 1, max_length = 64))]
    pub pack_version: String,
    /// How often somebody opened it.
    pub shown: u32,
    /// How often it was known to be printed.
    pub printed: u32,
}

/// What the platform says to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct PolicyCountsNoted {
    /// Rows that were noted: all of the request.
    pub noted: u32,
}

impl PolicyCounts {
    /// Whether everything is within the bounds of the document.
    pub fn is_valid(&self) -> bool {
        let mut seen = HashSet::new();
        (1..=COUNTS_MAX).contains(&self.counts.len())
            && self.counts.iter().all(|count| {
                is_name(&count.policy)
                    && fits(&count.pack_version, 1, 64)
                    && seen.insert((count.day, &count.policy, &count.pack_version))
            })
    }
}
