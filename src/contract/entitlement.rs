//! What is given without application (免申即办), or is checked before somebody applies (资格核验): is the
//! person whose card lies there entitled to it?

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Enterprise, Fact, Person, fits, is_name};
use crate::domain::fact::Private;

/// Most facts of an entitlement: they stand on one page.
const MOST_FACTS: usize = 12;

/// `POST /v2/entitlements`. Of an item that is applied for, facts are not shown and only `not_entitled`
/// stops the application: everything else is judged after acceptance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EntitlementRequest {
    #[cfg_attr(test, schema(pattern = "^[a-z0-9_]{1,64}$"))]
    pub item: String,
    #[cfg_attr(test, schema(min_length = 1, max_length = 64))]
    pub pack_version: String,
    pub person: Person,
    /// For which the person acts and is asked, where that is an enterprise; the platform has confirmed
    /// the authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub enterprise: Option<Enterprise>,
}

/// The platform's answer. What was confirmed is handed in as an application of the item, with the
/// answer `yes` to `confirmed`; its facts are the platform's own, and are not sent back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum EntitlementResponse {
    Entitled {
        /// Day up to which the books are complete.
        as_of: Date,
        /// What is given: amount, for how long, to which account.
        #[cfg_attr(test, schema(max_items = 12))]
        facts: Vec<Fact>,
    },
    NotEntitled {
        /// Why, and what would help; for the citizen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, schema(value_type = String, max_length = 200))]
        reason: Option<Private>,
    },
    /// The books do not tell, or do not answer now.
    Unknown,
}

impl EntitlementRequest {
    /// Whether everything is within the bounds of the document.
    pub fn is_valid(&self) -> bool {
        is_name(&self.item)
            && fits(&self.pack_version, 1, 64)
            && self.person.is_valid()
            && self.enterprise.as_ref().is_none_or(Enterprise::is_valid)
    }
}

impl EntitlementResponse {
    /// Whether nothing is more or longer than the document allows.
    pub fn is_valid(&self) -> bool {
        match self {
            EntitlementResponse::Entitled { facts, .. } => {
                facts.len() <= MOST_FACTS && facts.iter().all(Fact::is_valid)
            }
            EntitlementResponse::NotEntitled { reason } => {
                reason.as_ref().is_none_or(|reason| fits(reason.open(), 0, 200))
            }
            EntitlementResponse::Unknown => true,
        }
    }
}
