//! The citizen as the platform needs to know them.

use serde::{Deserialize, Serialize};

use super::{fits, is_name};
use crate::domain::card::{CardKind, CardText};
use crate::domain::fact::Private;

/// Who stands there: what the chip of the document says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What lay on the reader; the platform maps it to GA/T 2000.156.
    #[cfg_attr(test, schema(value_type = super::document::DocumentKind))]
    pub document_kind: CardKind,
    /// Chinese name; empty on some foreigners' cards.
    #[cfg_attr(test, schema(value_type = String, max_length = 100))]
    pub name: Private,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, max_length = 120))]
    pub name_latin: Option<Private>,
    #[cfg_attr(test, schema(value_type = String, min_length = 1, max_length = 18))]
    pub document_number: Private,
    /// As the card has it; only where the request needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, max_length = 200))]
    pub address: Option<Private>,
}

impl Person {
    /// With the address: for an application.
    pub fn of(card: &CardText) -> Person {
        Person { address: filled(&card.address), ..Person::without_address(card) }
    }

    /// What is enough to look somebody up.
    pub fn without_address(card: &CardText) -> Person {
        Person {
            document_kind: card.kind,
            name: Private::new(&*card.name),
            name_latin: filled(&card.name_latin),
            document_number: Private::new(&*card.number),
            address: None,
        }
    }

    /// Whether the lengths are those of the document.
    pub(crate) fn is_valid(&self) -> bool {
        fits(self.name.open(), 0, 100)
            && self.name_latin.as_ref().is_none_or(|text| fits(text.open(), 0, 120))
            && fits(self.document_number.open(), 1, 18)
            && self.address.as_ref().is_none_or(|text| fits(text.open(), 0, 200))
    }
}

/// One answer of the citizen to a question of the site pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    #[cfg_attr(test, schema(pattern = "^[a-z0-9_]{1,64}$"))]
    pub question: String,
    /// Code of the chosen option, codes joined by commas, `yes` or `no`, an ISO date, digits of a
    /// number, an amount like `1234.50`, a code or document number in full, a region of GB/T 2260.
    #[cfg_attr(test, schema(value_type = String, max_length = 512))]
    pub answer: Private,
}

impl Answer {
    /// Whether name and length are those of the document.
    pub(crate) fn is_valid(&self) -> bool {
        is_name(&self.question) && fits(self.answer.open(), 0, 512)
    }
}

/// `None` for a text that the card does not carry.
fn filled(text: &str) -> Option<Private> {
    (!text.is_empty()).then(|| Private::new(text))
}
