//! The citizen as the platform needs to know them.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{fits, is_name};
use crate::domain::card::{CardKind, CardText};

/// Text that may be or name a person: wiped when dropped, hidden from `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(#[serde(with = "wiped")] Zeroizing<String>);

/// `Zeroizing` as the text that it holds.
mod wiped {
    use serde::{Deserialize as _, Deserializer, Serializer};
    use zeroize::Zeroizing;

    pub fn serialize<S: Serializer>(
        text: &Zeroizing<String>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Zeroizing<String>, D::Error> {
        String::deserialize(deserializer).map(Zeroizing::new)
    }
}

impl std::ops::Deref for Personal {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Personal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl From<&str> for Personal {
    fn from(text: &str) -> Personal {
        Personal(Zeroizing::new(text.to_owned()))
    }
}

impl From<String> for Personal {
    fn from(text: String) -> Personal {
        Personal(Zeroizing::new(text))
    }
}

impl Personal {
    /// `None` for a text that the card does not carry.
    pub fn filled(text: &str) -> Option<Personal> {
        (!text.is_empty()).then(|| text.into())
    }
}

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
    pub name: Personal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, max_length = 120))]
    pub name_latin: Option<Personal>,
    #[cfg_attr(test, schema(value_type = String, min_length = 1, max_length = 18))]
    pub document_number: Personal,
    /// As the card has it; only where the request needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, max_length = 200))]
    pub address: Option<Personal>,
}

impl Person {
    /// With the address: for an application.
    pub fn of(card: &CardText) -> Person {
        Person { address: Personal::filled(&card.address), ..Person::without_address(card) }
    }

    /// What is enough to look somebody up.
    pub fn without_address(card: &CardText) -> Person {
        Person {
            document_kind: card.kind,
            name: card.name.as_str().into(),
            name_latin: Personal::filled(&card.name_latin),
            document_number: card.number.as_str().into(),
            address: None,
        }
    }

    /// Whether the lengths are those of the document.
    pub(crate) fn is_valid(&self) -> bool {
        fits(&self.name, 0, 100)
            && self.name_latin.as_deref().is_none_or(|text| fits(text, 0, 120))
            && fits(&self.document_number, 1, 18)
            && self.address.as_deref().is_none_or(|text| fits(text, 0, 200))
    }
}

/// One answer of the citizen to a question of the site pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    #[cfg_attr(test, schema(pattern = "^[a-z0-9_]{1,64}$"))]
    pub question: String,
    /// Code of the chosen option, or text.
    #[cfg_attr(test, schema(value_type = String, max_length = 256))]
    pub answer: Personal,
}

impl Answer {
    /// Whether name and length are those of the document.
    pub(crate) fn is_valid(&self) -> bool {
        is_name(&self.question) && fits(&self.answer, 0, 256)
    }
}
