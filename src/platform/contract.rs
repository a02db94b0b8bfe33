//! The bodies of `openapi.yaml`, which is also what a platform is built from. A test holds the two
//! together.
//!
//! A body that waits in some kiosk's outbox is compared by the platform with what it may have
//! booked before: a field of version 1 is never renamed, added or left out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::case::{CaseNumber, CaseStatus};
use crate::domain::card::{CardKind, CardText};

/// The document itself.
pub const OPENAPI: &str = include_str!("openapi.yaml");

/// Every operation: method and path as in the document.
pub const OPERATIONS: [(&str, &str); 5] = [
    ("get", "/v1/health"),
    ("post", "/v1/cases"),
    ("get", "/v1/cases/{case_number}"),
    ("post", "/v1/participation-queries"),
    ("post", "/v1/evaluations"),
];

/// Statuses of a refusal that is final, as `application/problem+json`: the matter itself is refused.
pub const FINAL_STATUSES: [u16; 3] = [409, 410, 422];

/// 申报来源代码 of GB/T 39046-2020 A.5 (`domain.md` §4.5): 9 other, for want of a self-service code.
pub const SOURCE_OTHER: u8 = 9;

/// `pf` of the national evaluation interface (`domain.md` §4.4): 5 other terminal in a hall.
pub const CHANNEL_TERMINAL: u8 = 5;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `ok`.
    pub status: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseSubmission {
    pub case_number: CaseNumber,
    pub item: String,
    /// [`SOURCE_OTHER`].
    pub source: u8,
    pub received_at: Timestamp,
    pub clock_trusted: bool,
    pub applicant: Applicant,
    pub answers: Vec<Answer>,
}

/// Personal data: wiped when dropped, `Debug` shows the kind only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    pub document_kind: CardKind,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_latin: Option<String>,
    pub document_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl std::fmt::Debug for Applicant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Applicant").field("kind", &self.document_kind).finish_non_exhaustive()
    }
}

impl Drop for Applicant {
    fn drop(&mut self) {
        self.name.zeroize();
        self.name_latin.zeroize();
        self.document_number.zeroize();
        self.address.zeroize();
    }
}

/// One answer of the citizen; may be a phone number, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub question: String,
    pub answer: String,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("question", &self.question).finish_non_exhaustive()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.answer.zeroize();
    }
}

/// `note` may name a person, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseState {
    pub case_number: CaseNumber,
    pub status: CaseStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl std::fmt::Debug for CaseState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let CaseState { case_number, status, accepted_at, completed_at, due_at, note: _ } = self;
        f.debug_struct("CaseState")
            .field("case_number", case_number)
            .field("status", status)
            .field("accepted_at", accepted_at)
            .field("completed_at", completed_at)
            .field("due_at", due_at)
            .finish_non_exhaustive()
    }
}

/// Personal data: wiped when dropped, `Debug` shows the kind only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipationQuery {
    pub document_kind: CardKind,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_latin: Option<String>,
    pub document_number: String,
}

impl ParticipationQuery {
    pub fn of(card: &CardText) -> ParticipationQuery {
        ParticipationQuery {
            document_kind: card.kind,
            name: card.name.clone(),
            name_latin: filled(&card.name_latin),
            document_number: card.number.clone(),
        }
    }
}

impl std::fmt::Debug for ParticipationQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParticipationQuery")
            .field("kind", &self.document_kind)
            .finish_non_exhaustive()
    }
}

impl Drop for ParticipationQuery {
    fn drop(&mut self) {
        self.name.zeroize();
        self.name_latin.zeroize();
        self.document_number.zeroize();
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationSubmission {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_number: Option<CaseNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// National coding, 5 is best.
    pub satisfaction: u8,
    pub tags: Vec<u16>,
    /// [`CHANNEL_TERMINAL`].
    pub channel: u8,
    pub pressed_at: Timestamp,
    pub clock_trusted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationReceipt {
    pub evaluation_number: String,
}

/// RFC 9457. `title` and `detail` may name a person, so `Debug` hides them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// One sentence for the citizen.
    pub detail: String,
    pub code: String,
}

impl std::fmt::Debug for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Problem").field("status", &self.status).finish_non_exhaustive()
    }
}

/// `None` for a text that the card does not carry.
pub(super) fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::{Value, json};

    use super::*;
    use crate::platform::participation::{InsuranceRow, Participation};

    /// What this tiny reader takes from the document: it knows the indentation this document is
    /// written in and nothing else of YAML, and a line that it does not expect makes it fail.
    struct Document {
        operations: BTreeSet<(String, String)>,
        /// Name of the schema: its properties, and those required.
        schemas: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>,
    }

    fn read(text: &str) -> Document {
        let mut document = Document { operations: BTreeSet::new(), schemas: BTreeMap::new() };
        let (mut section, mut inner) = ("", "");
        let (mut path, mut schema, mut properties) = ("", "", false);
        for line in text.lines() {
            let content = line.trim_start();
            let key = content.split(':').next().unwrap_or("");
            match (line.len() - content.len(), section, inner) {
                (0, ..) => section = key,
                (2, "components", _) => inner = key,
                (2, "paths", _) => path = content.strip_suffix(':').expect("a path ends with :"),
                (4, "paths", _) => {
                    assert!(document.operations.insert((key.to_owned(), path.to_owned())));
                }
                (4, "components", "schemas") => {
                    schema = key;
                    properties = false;
                    let empty = (BTreeSet::new(), BTreeSet::new());
                    assert!(document.schemas.insert(schema.to_owned(), empty).is_none());
                }
                (6, "components", "schemas") => {
                    properties = key == "properties";
                    if let Some(list) = content.strip_prefix("required: [") {
                        let names = list.strip_suffix(']').expect("one line").split(", ");
                        let entry = document.schemas.get_mut(schema).unwrap();
                        entry.1.extend(names.map(str::to_owned));
                    }
                }
                (8, "components", "schemas") => {
                    assert!(properties, "{schema}: {line}");
                    document.schemas.get_mut(schema).unwrap().0.insert(key.to_owned());
                }
                _ => {}
            }
        }
        document
    }

    fn number() -> CaseNumber {
        CaseNumber::new("511703", 1, 1).unwrap()
    }

    /// `full` has every optional field, `bare` none.
    fn examples() -> Vec<(&'static str, Value, Value)> {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let applicant = |some: bool| Applicant {
            document_kind: CardKind::Citizen,
            name: "样例甲".to_owned(),
            name_latin: some.then(String::new),
            document_number: "511703189503150028".to_owned(),
            address: some.then(String::new),
        };
        let answer = Answer { question: "reason".to_owned(), answer: "1".to_owned() };
        let case = CaseSubmission {
            case_number: number(),
            item: "unemployment_registration".to_owned(),
            source: SOURCE_OTHER,
            received_at: now,
            clock_trusted: true,
            applicant: applicant(true),
            answers: vec![answer.clone()],
        };
        let state = |some: bool| CaseState {
            case_number: number(),
            status: CaseStatus::Accepted,
            accepted_at: some.then_some(now),
            completed_at: some.then_some(now),
            due_at: some.then_some(now),
            note: some.then(String::new),
        };
        let query = |some: bool| ParticipationQuery {
            document_kind: CardKind::Citizen,
            name: String::new(),
            name_latin: some.then(String::new),
            document_number: String::new(),
        };
        let evaluation = |some: bool| EvaluationSubmission {
            case_number: some.then(number),
            item: some.then(String::new),
            satisfaction: 5,
            tags: vec![],
            channel: CHANNEL_TERMINAL,
            pressed_at: now,
            clock_trusted: true,
        };
        let row: InsuranceRow = serde_json::from_value(
            json!({ "insurance": "pension", "status": "insured", "months": 3 }),
        )
        .unwrap();
        let participation = Participation {
            as_of: jiff::civil::date(2026, 10, 31),
            rows: vec![row],
            verification_code: "X".to_owned(),
        };
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: String::new(),
            status: 409,
            detail: String::new(),
            code: "x".to_owned(),
        };
        let both = |name, full: Value| (name, full.clone(), full);
        vec![
            both("Health", json!(Health { status: "ok".to_owned() })),
            both("CaseSubmission", json!(case)),
            ("Applicant", json!(applicant(true)), json!(applicant(false))),
            both("Answer", json!(answer)),
            ("CaseState", json!(state(true)), json!(state(false))),
            ("ParticipationQuery", json!(query(true)), json!(query(false))),
            both("Participation", json!(participation)),
            both("InsuranceRow", json!(row)),
            ("EvaluationSubmission", json!(evaluation(true)), json!(evaluation(false))),
            both("EvaluationReceipt", json!(EvaluationReceipt { evaluation_number: "1".into() })),
            both("Problem", json!(problem)),
        ]
    }

    fn keys(value: &Value) -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn types_and_document_name_the_same_fields() {
        let mut schemas = read(OPENAPI).schemas;
        for (name, full, bare) in examples() {
            let (properties, required) = schemas.remove(name).unwrap_or_default();
            assert_eq!(keys(&full), properties, "{name}: properties");
            assert_eq!(keys(&bare), required, "{name}: required");
        }
        let rest: Vec<_> = schemas.into_keys().collect();
        assert_eq!(rest, ["CaseNumber", "CaseStatus", "DocumentKind"], "plain strings only");
    }

    #[test]
    fn codes_and_document_name_the_same_values() {
        let list = |values: &[Value]| {
            let names: Vec<_> = values.iter().map(|v| v.as_str().unwrap()).collect();
            format!("enum: [{}]", names.join(", "))
        };
        let statuses = [
            CaseStatus::Received,
            CaseStatus::Accepted,
            CaseStatus::Completed,
            CaseStatus::Returned,
        ];
        let kinds = [
            CardKind::Citizen,
            CardKind::HmtPermit,
            CardKind::Foreigner2017,
            CardKind::Foreigner2023,
        ];
        assert!(OPENAPI.contains(&list(&statuses.map(|s| json!(s)))));
        assert!(OPENAPI.contains(&list(&kinds.map(|k| json!(k)))));
        assert!(OPENAPI.contains(&format!("const: {SOURCE_OTHER},")));
        assert!(OPENAPI.contains(&format!("const: {CHANNEL_TERMINAL},")));
    }

    #[test]
    fn operations_and_document_are_the_same() {
        let ours: BTreeSet<_> =
            OPERATIONS.iter().map(|(m, p)| ((*m).to_owned(), (*p).to_owned())).collect();
        assert_eq!(ours, read(OPENAPI).operations);
    }

    #[test]
    fn final_refusals_and_document_are_the_same() {
        let [first, second, third] = FINAL_STATUSES;
        let words = format!("and status {first}, {second} or {third} is the platform's own and");
        assert!(OPENAPI.contains(&words), "{words}");
        // What a kiosk hands in may be refused with these and no others.
        let paths = OPENAPI.split("\n  /v1/").filter(|path| path.contains("/IdempotencyKey\""));
        let mut operations = 0;
        for path in paths {
            let refusals: Vec<u16> = path
                .lines()
                .filter(|line| line.ends_with("{ $ref: \"#/components/responses/Problem\" }"))
                .map(|line| line.split('"').nth(1).unwrap().parse().unwrap())
                .collect();
            assert_eq!(refusals, FINAL_STATUSES, "{path}");
            operations += 1;
        }
        assert_eq!(operations, 2);
    }

    #[test]
    fn an_answer_with_fields_of_a_later_version_is_read() {
        let text = format!(r#"{{"case_number":"{}","status":"accepted","new":1}}"#, number());
        assert_eq!(serde_json::from_str::<CaseState>(&text).unwrap().status, CaseStatus::Accepted);
    }
}
