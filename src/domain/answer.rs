//! What the platform answers to a query: titled facts and tables, or one of four kinds of nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::card::CardText;
use crate::domain::fact::{Fact, Private, Value};
use crate::domain::pack::Bilingual;

/// The answer as a whole; the citizen it belongs to is named by whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryAnswer {
    /// Day up to which the bureau's data are complete.
    pub as_of: Date,
    /// In the platform's order, before the tables.
    pub facts: Vec<Fact>,
    pub tables: Vec<Table>,
    /// Code with which anybody can have the slip verified (验证码).
    pub verification_code: Option<String>,
    /// The sealed document, where the law wants one.
    pub document: Option<Document>,
}

/// A document on A4 with a seal, which the platform keeps. Whoever has its link has the document:
/// `Debug` leaves it out, and it stands on the screen and on no slip.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub title: Bilingual,
    /// `https://`, at most 248 characters of ASCII.
    pub link: Private,
    /// Until when the link leads there.
    pub until: Timestamp,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("until", &self.until).finish_non_exhaustive()
    }
}

/// A table with a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub title: Bilingual,
    /// Heads of the columns.
    pub columns: Vec<Bilingual>,
    /// Each with as many values as there are columns.
    pub rows: Vec<Vec<Value>>,
}

/// Why a query has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoAnswer {
    pub nothing: Nothing,
    /// One sentence of the platform for the citizen: when to come again, where to go.
    pub detail: Option<Private>,
}

/// The four kinds of nothing; each asks something else of the citizen (promise P5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nothing {
    /// 查无此人: the bureau's books do not know this identity number.
    UnknownPerson,
    /// 没有记录: the person is known and has nothing of this kind.
    NoRecord,
    /// 暂时不能查询: platform or network do not answer now; asking later may help.
    NotAvailable,
    /// 不能在此查询: not permitted here, or only by another way.
    NotPermitted,
}

impl QueryAnswer {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.document.is_none()
            && self.facts.is_empty()
            && self.tables.iter().all(|table| table.rows.is_empty())
    }

    /// The facts without those that only repeat whose card was laid down: these stand above them
    /// already.
    pub fn facts_beyond(&self, card: &CardText) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| match &fact.value {
            Value::PersonName(name) => name.open() != card.holder_name(),
            Value::IdNumber(number) => number.open() != card.number,
            _ => true,
        })
    }

    /// The numbers of identity documents that stand in it, whoever's they are.
    pub fn id_numbers(&self) -> impl Iterator<Item = &str> {
        let cells = self.tables.iter().flat_map(|table| table.rows.iter().flatten());
        self.facts.iter().map(|fact| &fact.value).chain(cells).filter_map(Value::id_number)
    }
}

impl From<Nothing> for NoAnswer {
    fn from(nothing: Nothing) -> NoAnswer {
        NoAnswer { nothing, detail: None }
    }
}
