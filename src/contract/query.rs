//! A query (秒办): one question about the person whose card lies there, answered at once with titled
//! facts and tables, or with why there is nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Answer, Enterprise, Person, fits, is_name};
use crate::domain::fact::Private;

/// `POST /v2/queries`. A POST, so that no identity number stands in an address or an access log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QueryRequest {
    /// The item of the site pack (`insurance_status`).
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
    /// To questions that the query asks first.
    #[cfg_attr(test, schema(max_items = 64))]
    pub answers: Vec<Answer>,
}

/// The platform's answer: something, or nothing with its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum QueryResponse {
    Answer(QueryAnswer),
    Nothing(QueryNothing),
}

/// What the bureau's books say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct QueryAnswer {
    /// Day up to which the data are complete.
    pub as_of: Date,
    /// Shown in this order, before the tables.
    #[serde(default)]
    #[cfg_attr(test, schema(max_items = 64))]
    pub facts: Vec<Fact>,
    #[serde(default)]
    #[cfg_attr(test, schema(max_items = 8))]
    pub tables: Vec<Table>,
    /// Code with which anybody can have the slip verified (验证码).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, pattern = "^[0-9A-Za-z-]{1,32}$"))]
    pub verification_code: Option<String>,
    /// The sealed document, where the law wants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub document: Option<Document>,
}

/// A document on A4 with a seal: the platform keeps it, and the kiosk shows the way to it as a QR code
/// and keeps nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Document {
    pub title: Words,
    /// Where it can be had: without more proof, so for a short time only.
    #[cfg_attr(test, schema(value_type = String, pattern = "^https://[!-~]{1,240}$"))]
    pub link: Private,
    /// Until when the link leads there.
    pub until: Timestamp,
}

/// Why there is nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct QueryNothing {
    pub reason: Reason,
    /// One sentence for the citizen, where the platform has one: when to come again, where to go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, max_length = 200))]
    pub detail: Option<Private>,
}

/// The four kinds of nothing; each has a page and a remedy of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// 查无此人: the books do not know this number.
    UnknownPerson,
    /// 没有记录: the person is known and has nothing of this kind.
    NoRecord,
    /// 暂时不能查询: the books behind the platform do not answer now.
    NotAvailable,
    /// 不能在此查询: not permitted at a kiosk, or only by another way.
    NotPermitted,
}

/// Words in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Words {
    #[cfg_attr(test, schema(min_length = 1, max_length = 100))]
    pub zh: String,
    /// Where it is missing, the Chinese words stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, max_length = 200))]
    pub en: Option<String>,
}

/// A titled value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Fact {
    pub label: Words,
    pub value: FactValue,
}

/// Rows of values under titled columns; every row has as many values as there are columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Table {
    pub title: Words,
    #[cfg_attr(test, schema(min_items = 1, max_items = 8))]
    pub columns: Vec<Words>,
    #[cfg_attr(test, schema(max_items = 400))]
    pub rows: Vec<Vec<FactValue>>,
}

/// One value, by its kind: how it is written, masked and spoken follows from that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FactValue {
    /// A number that is read digit by digit: of a registration, a certificate.
    Code {
        #[cfg_attr(test, schema(value_type = String, max_length = 64))]
        code: Private,
    },
    /// Money in hundredths of a yuan (分).
    Amount {
        fen: i64,
    },
    Date {
        date: Date,
    },
    /// A count with its unit (个月).
    Number {
        number: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, schema(nullable = false))]
        unit: Option<Words>,
    },
    /// One of the bureau's own states (参保缴费).
    State {
        state: Words,
    },
    Text {
        #[cfg_attr(test, schema(value_type = String, max_length = 200))]
        text: Private,
    },
    PersonName {
        #[cfg_attr(test, schema(value_type = String, max_length = 100))]
        name: Private,
    },
    IdNumber {
        #[cfg_attr(test, schema(value_type = String, max_length = 18))]
        number: Private,
    },
    Phone {
        #[cfg_attr(test, schema(value_type = String, max_length = 20))]
        phone: Private,
    },
}

impl QueryRequest {
    /// Whether everything is within the bounds of the document.
    pub fn is_valid(&self) -> bool {
        is_name(&self.item)
            && fits(&self.pack_version, 1, 64)
            && self.person.is_valid()
            && self.enterprise.as_ref().is_none_or(Enterprise::is_valid)
            && self.answers.len() <= 64
            && self.answers.iter().all(Answer::is_valid)
    }
}

impl QueryAnswer {
    /// Whether every table is one, and nothing is more or longer than the document allows.
    pub fn is_valid(&self) -> bool {
        let is_table = |table: &Table| {
            (1..=8).contains(&table.columns.len())
                && table.rows.len() <= 400
                && table.title.is_valid()
                && table.columns.iter().all(Words::is_valid)
                && table.rows.iter().all(|row| row.len() == table.columns.len())
                && table.rows.iter().flatten().all(FactValue::is_valid)
        };
        self.facts.len() <= 64
            && self.facts.iter().all(Fact::is_valid)
            && self.tables.len() <= 8
            && self.tables.iter().all(is_table)
            && self.verification_code.as_deref().is_none_or(is_verification_code)
            && self.document.as_ref().is_none_or(Document::is_valid)
    }
}

impl Document {
    fn is_valid(&self) -> bool {
        let rest = self.link.open().strip_prefix("https://").unwrap_or_default();
        self.title.is_valid()
            && (1..=240).contains(&rest.len())
            && rest.bytes().all(|b| b.is_ascii_graphic())
    }
}

/// Letters, digits and `-`: it stands in an address and in a QR code.
fn is_verification_code(code: &str) -> bool {
    fits(code, 1, 32) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl QueryNothing {
    /// Whether nothing is longer than the document allows.
    pub fn is_valid(&self) -> bool {
        self.detail.as_ref().is_none_or(|detail| fits(detail.open(), 0, 200))
    }
}

impl Fact {
    pub(super) fn is_valid(&self) -> bool {
        self.label.is_valid() && self.value.is_valid()
    }
}

impl Words {
    pub(super) fn is_valid(&self) -> bool {
        fits(&self.zh, 1, 100) && self.en.as_ref().is_none_or(|en| fits(en, 0, 200))
    }
}

impl FactValue {
    fn is_valid(&self) -> bool {
        match self {
            FactValue::Code { code } => fits(code.open(), 0, 64),
            FactValue::Amount { .. } | FactValue::Date { .. } => true,
            FactValue::Number { unit, .. } => unit.as_ref().is_none_or(Words::is_valid),
            FactValue::State { state } => state.is_valid(),
            FactValue::Text { text } => fits(text.open(), 0, 200),
            FactValue::PersonName { name } => fits(name.open(), 0, 100),
            FactValue::IdNumber { number } => fits(number.open(), 0, 18),
            FactValue::Phone { phone } => fits(phone.open(), 0, 20),
        }
    }
}
