//! When a question is asked.

use schemars::JsonSchema;
use serde::Deserialize;

use super::MOST_TICKS;
use crate::domain::limits;

/// Code of yes (是).
pub const YES: &str = "yes";
/// Code of no (否).
pub const NO: &str = "no";

/// Holds where an earlier question was asked, and its answer is, or contains, one of some codes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Id of the earlier question: a choice, several, yes or no, or a phone.
    #[schemars(with = "limits::Name")]
    pub question: String,
    /// Codes of its options or ways; `yes` or `no`.
    #[schemars(with = "Vec<limits::Name>", length(min = 1, max = MOST_TICKS))]
    pub is: Vec<String>,
}

impl Condition {
    /// Whether one of these codes is one of those that were chosen.
    pub fn holds(&self, chosen: &[&str]) -> bool {
        chosen.iter().any(|code| self.is.iter().any(|wanted| wanted == code))
    }
}
