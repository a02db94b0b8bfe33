//! What the platform says to a query, in the words of the kiosk.

use super::PlatformError;
use crate::contract::{self, QueryResponse, Reason, Words, codes};
use crate::domain::answer::{NoAnswer, Nothing, QueryAnswer, Table};
use crate::domain::fact::{Fact, Private, Value};
use crate::domain::pack::Bilingual;

/// An answer, or which kind of nothing.
pub(super) fn answer(response: QueryResponse) -> Result<QueryAnswer, NoAnswer> {
    match response {
        QueryResponse::Answer(answer) => {
            let table = |table: contract::Table| Table {
                title: bilingual(table.title),
                columns: table.columns.into_iter().map(bilingual).collect(),
                rows: table
                    .rows
                    .into_iter()
                    .map(|row| row.into_iter().map(value).collect())
                    .collect(),
            };
            let fact = |fact: contract::Fact| Fact::new(bilingual(fact.label), value(fact.value));
            Ok(QueryAnswer {
                as_of: answer.as_of,
                facts: answer.facts.into_iter().map(fact).collect(),
                tables: answer.tables.into_iter().map(table).collect(),
                verification_code: answer.verification_code,
            })
        }
        QueryResponse::Nothing(none) => {
            let nothing = match none.reason {
                Reason::UnknownPerson => Nothing::UnknownPerson,
                Reason::NoRecord => Nothing::NoRecord,
                Reason::NotAvailable => Nothing::NotAvailable,
                Reason::NotPermitted => Nothing::NotPermitted,
            };
            Err(NoAnswer { nothing, detail: none.detail })
        }
    }
}

/// Which kind of nothing a fault amounts to: what the platform has refused is not to be had here,
/// everything else may be had later.
pub(super) fn none(error: PlatformError) -> NoAnswer {
    match error {
        PlatformError::Refused { code, words, .. } if code == codes::ITEM_WITHDRAWN => {
            NoAnswer { nothing: Nothing::NotPermitted, detail: Some(Private::new(words)) }
        }
        PlatformError::Refused { .. } => Nothing::NotPermitted.into(),
        _ => Nothing::NotAvailable.into(),
    }
}

fn bilingual(words: Words) -> Bilingual {
    Bilingual { zh: words.zh, en: words.en.unwrap_or_default() }
}

fn value(value: contract::Value) -> Value {
    match value {
        contract::Value::Code { code } => Value::Code(code.open().to_owned()),
        contract::Value::Amount { fen } => Value::Amount { fen },
        contract::Value::Date { date } => Value::Date(date),
        contract::Value::Number { number, unit } => {
            Value::Number { count: number, unit: unit.map(bilingual) }
        }
        contract::Value::State { state } => Value::State(bilingual(state)),
        contract::Value::Text { text } => {
            Value::Text(Bilingual { zh: text.open().to_owned(), en: String::new() })
        }
        contract::Value::PersonName { name } => Value::PersonName(name),
        contract::Value::IdNumber { number } => Value::IdNumber(number),
        contract::Value::Phone { phone } => Value::Phone(phone),
    }
}
