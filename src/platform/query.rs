//! What the platform says to a query, in the words of the kiosk.

use super::PlatformError;
use crate::contract::{self, QueryResponse, Reason, Words, codes};
use crate::domain::answer::{Document, NoAnswer, Nothing, QueryAnswer, Table};
use crate::domain::fact::{Fact, Private, Value};
use crate::domain::pack::Bilingual;

/// An answer, or which kind of nothing. An answer that is none of the contract's is not shown.
pub(crate) fn answer(response: QueryResponse) -> Result<QueryAnswer, NoAnswer> {
    match response {
        QueryResponse::Answer(answer) if !answer.is_valid() => {
            tracing::warn!("query: the answer is not the contract's");
            Err(Nothing::NotAvailable.into())
        }
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
            let answer = QueryAnswer {
                as_of: answer.as_of,
                facts: answer.facts.into_iter().map(fact).collect(),
                tables: answer.tables.into_iter().map(table).collect(),
                verification_code: answer.verification_code,
                document: answer.document.map(|document| Document {
                    title: bilingual(document.title),
                    link: document.link,
                    until: document.until,
                }),
            };
            // An answer that says nothing is no result (promise P1).
            if answer.is_empty() { Err(Nothing::NoRecord.into()) } else { Ok(answer) }
        }
        QueryResponse::Nothing(none) => {
            let nothing = match none.reason {
                Reason::UnknownPerson => Nothing::UnknownPerson,
                Reason::NoRecord => Nothing::NoRecord,
                Reason::NotAvailable => Nothing::NotAvailable,
                Reason::NotPermitted => Nothing::NotPermitted,
            };
            // Its kind is told also where its words are none of the contract's.
            let detail = none.is_valid().then_some(none.detail).flatten();
            Err(NoAnswer { nothing, detail })
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

pub(super) fn fact(fact: contract::Fact) -> Fact {
    Fact::new(bilingual(fact.label), value(fact.value))
}

pub(super) fn bilingual(words: Words) -> Bilingual {
    Bilingual { zh: words.zh, en: words.en.unwrap_or_default() }
}

fn value(value: contract::FactValue) -> Value {
    match value {
        contract::FactValue::Code { code } => Value::Code(code.open().to_owned()),
        contract::FactValue::Amount { fen } => Value::Amount { fen },
        contract::FactValue::Date { date } => Value::Date(date),
        contract::FactValue::Number { number, unit } => {
            Value::Number { count: number, unit: unit.map(bilingual) }
        }
        contract::FactValue::State { state } => Value::State(bilingual(state)),
        contract::FactValue::Text { text } => {
            Value::Text(Bilingual { zh: text.open().to_owned(), en: String::new() })
        }
        contract::FactValue::PersonName { name } => Value::PersonName(name),
        contract::FactValue::IdNumber { number } => Value::IdNumber(number),
        contract::FactValue::Phone { phone } => Value::Phone(phone),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::say::Lang;

    fn read(response: Json) -> Result<QueryAnswer, NoAnswer> {
        answer(serde_json::from_value(response).unwrap())
    }

    #[test]
    fn every_kind_of_value_is_shown_as_what_it_is() {
        let fact =
            |value: Json| json!({ "label": { "zh": "标题", "en": "Label" }, "value": value });
        let both = json!({ "zh": "参保缴费", "en": "Insured" });
        let answer = read(json!({
            "outcome": "answer", "as_of": "2026-10-31", "verification_code": "K7M2",
            "facts": [
                fact(json!({ "kind": "code", "code": "A1" })),
                fact(json!({ "kind": "amount", "fen": 12345 })),
                fact(json!({ "kind": "date", "date": "2026-10-31" })),
                fact(json!({ "kind": "number", "number": 3, "unit": { "zh": "个月" } })),
                fact(json!({ "kind": "number", "number": 4 })),
                fact(json!({ "kind": "state", "state": both })),
                fact(json!({ "kind": "text", "text": "说明" })),
                fact(json!({ "kind": "person_name", "name": "样例甲" })),
                fact(json!({ "kind": "id_number", "number": "511703189503150028" })),
                fact(json!({ "kind": "phone", "phone": "13800000000" })),
            ],
            "tables": [{
                "title": both, "columns": [both, both],
                "rows": [[{ "kind": "amount", "fen": 1 }, { "kind": "amount", "fen": 2 }]],
            }],
        }))
        .unwrap();
        let shown: Vec<_> = answer.facts.iter().map(|fact| fact.value.masked(Lang::Zh)).collect();
        let expected = [
            "A1",
            "123.45元",
            "2026-10-31",
            "3个月",
            "4",
            "参保缴费",
            "说明",
            "样*甲",
            "511*************28",
            "138****0000",
        ];
        assert_eq!(shown, expected);
        assert_eq!(answer.facts[0].label.text(Lang::En), "Label");
        assert_eq!(answer.tables[0].rows[0].len(), 2);
        assert_eq!(answer.verification_code.as_deref(), Some("K7M2"));
    }

    /// Nothing of a faulty platform is drawn without end.
    #[test]
    fn what_is_longer_than_the_document_allows_is_not_shown() {
        let words = |n: usize| json!({ "zh": "长".repeat(n) });
        let text = |n: usize| json!({ "kind": "text", "text": "长".repeat(n) });
        let answer = |label: Json, value: Json| {
            read(json!({
                "outcome": "answer", "as_of": "2026-10-31",
                "facts": [{ "label": label, "value": value }],
                "tables": [],
            }))
        };
        assert!(answer(words(100), text(200)).is_ok());
        assert!(answer(words(101), text(1)).is_err());
        assert!(answer(words(1), text(201)).is_err());
        let nothing = |n: usize| {
            read(json!({
                "outcome": "nothing", "reason": "no_record", "detail": "长".repeat(n),
            }))
            .unwrap_err()
        };
        assert!(nothing(200).detail.is_some());
        assert_eq!(nothing(201), Nothing::NoRecord.into(), "its kind is told all the same");
    }

    #[test]
    fn p1_an_answer_that_says_nothing_is_no_result() {
        let word = json!({ "zh": "字" });
        let title_only = json!([{ "title": word, "columns": [word, word], "rows": [] }]);
        for tables in [json!([]), title_only] {
            let empty = json!({ "outcome": "answer", "as_of": "2026-10-31", "tables": tables });
            assert_eq!(read(empty).unwrap_err(), Nothing::NoRecord.into());
        }
    }

    #[test]
    fn a_table_that_is_none_is_not_shown() {
        let word = json!({ "zh": "字" });
        let table = |rows: Json| {
            json!({
                "outcome": "answer", "as_of": "2026-10-31",
                "tables": [{ "title": word, "columns": [word, word], "rows": rows }],
            })
        };
        let value = json!({ "kind": "amount", "fen": 1 });
        assert!(read(table(json!([[value, value]]))).is_ok());
        for rows in [json!([[value]]), json!([[value, value, value]]), json!([[]])] {
            assert_eq!(read(table(rows)).unwrap_err().nothing, Nothing::NotAvailable);
        }
    }

    #[test]
    fn p5_a_fault_is_one_of_the_four_kinds_of_nothing() {
        let host = || "platform".to_owned();
        let refused = |code: &str| PlatformError::Refused {
            host: host(),
            status: 410,
            code: code.to_owned(),
            words: "已停办".to_owned(),
        };
        let nonsense = PlatformError::Nonsense { host: host(), what: String::new() };
        assert_eq!(none(nonsense), Nothing::NotAvailable.into());
        assert_eq!(none(refused("invalid")), Nothing::NotPermitted.into());
        let withdrawn = none(refused(codes::ITEM_WITHDRAWN));
        assert_eq!(withdrawn.nothing, Nothing::NotPermitted);
        assert_eq!(withdrawn.detail.unwrap().open(), "已停办", "the platform's own words");
    }
}
