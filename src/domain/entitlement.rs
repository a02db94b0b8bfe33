//! What is given without application (免申即办), as the platform says it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::fact::{Fact, Private};

/// What somebody is entitled to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitlement {
    /// Day up to which the bureau's data are complete.
    pub as_of: Date,
    /// What is given: amount, for how long, to which account.
    pub facts: Vec<Fact>,
}

/// Whether somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entitled {
    Yes(Entitlement),
    No {
        /// Why, and what would help, in the platform's words.
        reason: Option<Private>,
    },
    /// Nobody can tell now: the network, the platform or the books behind it do not answer.
    Unknown,
}
