//! An enterprise for which somebody acts (经办人).

use serde::{Deserialize, Serialize};

use crate::domain::fact::Private;

/// An enterprise whose agent the platform has confirmed. `Debug` leaves it out: who acts for whom is
/// the citizen's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enterprise {
    /// Unified social credit code (统一社会信用代码), 18 characters with a fitting check character.
    pub credit_code: String,
    /// As the platform has it.
    pub name: String,
}

impl std::fmt::Debug for Enterprise {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enterprise").finish_non_exhaustive()
    }
}

/// Whether somebody may act for an enterprise, as the platform says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authority {
    /// Under this name the platform has it.
    Confirmed { name: String },
    /// It knows no such enterprise, or not this person as its agent.
    NotKnown { detail: Option<Private> },
    /// Nobody can tell now.
    NotAvailable,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Authority::Confirmed { .. } => "Confirmed(..)",
            Authority::NotKnown { .. } => "NotKnown(..)",
            Authority::NotAvailable => "NotAvailable",
        })
    }
}
