//! For whom a person acts: an enterprise, by its unified social credit code (统一社会信用代码), and
//! whether the bureau's books know this person as its agent (经办人).

use serde::{Deserialize, Serialize};

use super::{Person, fits, is_name};
use crate::domain::fact::Private;

/// The enterprise for which a person acts; the platform has confirmed the authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Enterprise {
    /// GB 32100-2015
    #[cfg_attr(test, schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$"))]
    pub credit_code: String,
    /// As the platform has named it.
    #[cfg_attr(test, schema(value_type = String, min_length = 1, max_length = 100))]
    pub name: Private,
}

/// `POST /v2/authorities`: may this person act for this enterprise in this matter?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AuthorityRequest {
    #[cfg_attr(test, schema(pattern = "^[a-z0-9_]{1,64}$"))]
    pub item: String,
    #[cfg_attr(test, schema(min_length = 1, max_length = 64))]
    pub pack_version: String,
    pub person: Person,
    /// GB 32100-2015
    #[cfg_attr(test, schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$"))]
    pub credit_code: String,
}

/// The platform's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum AuthorityResponse {
    /// It may.
    Confirmed {
        /// Name of the enterprise.
        #[cfg_attr(test, schema(value_type = String, min_length = 1, max_length = 100))]
        name: Private,
    },
    /// The books know no such enterprise, or not this person as its agent. Which of the two is not
    /// told: whoever asks may be nobody's agent.
    NotKnown {
        /// One sentence for the citizen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, schema(value_type = String, max_length = 200))]
        detail: Option<Private>,
    },
    /// The books behind the platform do not answer now.
    NotAvailable,
}

/// Whether a text has the form of a code; its check character is the kiosk's business.
fn is_code(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase() && !b"IOSVZ".contains(&b);
    text.len() == 18 && text.bytes().all(known)
}

impl From<&crate::domain::enterprise::Enterprise> for Enterprise {
    fn from(of: &crate::domain::enterprise::Enterprise) -> Enterprise {
        Enterprise { credit_code: of.credit_code.clone(), name: Private::new(of.name.as_str()) }
    }
}

impl Enterprise {
    pub(crate) fn is_valid(&self) -> bool {
        is_code(&self.credit_code) && fits(self.name.open(), 1, 100)
    }
}

impl AuthorityRequest {
    /// Whether everything is within the bounds of the document.
    pub fn is_valid(&self) -> bool {
        is_name(&self.item)
            && fits(&self.pack_version, 1, 64)
            && self.person.is_valid()
            && is_code(&self.credit_code)
    }
}

impl AuthorityResponse {
    /// Whether nothing is longer than the document allows.
    pub fn is_valid(&self) -> bool {
        match self {
            AuthorityResponse::Confirmed { name } => fits(name.open(), 1, 100),
            AuthorityResponse::NotKnown { detail } => {
                detail.as_ref().is_none_or(|detail| fits(detail.open(), 0, 200))
            }
            AuthorityResponse::NotAvailable => true,
        }
    }
}
