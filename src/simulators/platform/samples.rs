//! Answers to queries, plainly samples: made from the digest of the number that was asked about, so
//! that they are the same at every time and nobody's.

use jiff::{SignedDuration, Timestamp};
use sm3::{Digest as _, Sm3};

use crate::contract::{Document, Fact, FactValue, QueryAnswer, QueryRequest, Table, Words};
use crate::domain::fact::Private;

/// In how many words a status is said.
const STATUSES: [(&str, &str); 3] =
    [("参保缴费", "Insured"), ("暂停缴费", "Paused"), ("未参保", "Not insured")];
const INSURANCES: [(&str, &str); 5] = [
    ("养老保险", "Pension"),
    ("医疗保险", "Medical"),
    ("失业保险", "Unemployment"),
    ("工伤保险", "Work injury"),
    ("生育保险", "Maternity"),
];

/// For how long the link to a document leads there.
const LINK_HOLDS: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn answer(query: &QueryRequest) -> QueryAnswer {
    let noise = Sm3::digest(query.person.document_number.open().as_bytes());
    let code: String = noise[20..24].iter().map(|byte| format!("{byte:02X}")).collect();
    let rows = INSURANCES.iter().enumerate().map(|(at, name)| row(*name, noise[at], noise[at + 8]));
    QueryAnswer {
        as_of: jiff::civil::date(2026, 10, 31),
        facts: vec![
            Fact {
                label: words(("姓名", "Name")),
                value: FactValue::PersonName { name: query.person.name.clone() },
            },
            Fact {
                label: words(("证件号码", "Document number")),
                value: FactValue::IdNumber { number: query.person.document_number.clone() },
            },
        ],
        tables: vec![Table {
            title: words(("参保情况（样例）", "Insurance (sample)")),
            columns: [("险种", "Insurance"), ("状态", "Status"), ("累计缴费", "Paid")]
                .map(words)
                .to_vec(),
            rows: rows.collect(),
        }],
        document: query.item.contains("certificate").then(|| Document {
            title: words(("电子证明（样例）", "Certificate (sample)")),
            link: Private::new(format!("https://hrss.example/document/{code}")),
            until: Timestamp::now() + LINK_HOLDS,
        }),
        verification_code: Some(format!("SAMPLE-{code}")),
    }
}

fn row(name: (&str, &str), kind: u8, months: u8) -> Vec<FactValue> {
    let (status, months) = match kind % 8 {
        0 => (STATUSES[2], 0),
        1 => (STATUSES[1], 6 + i64::from(months)),
        _ => (STATUSES[0], 12 + i64::from(months)),
    };
    vec![
        FactValue::State { state: words(name) },
        FactValue::State { state: words(status) },
        FactValue::Number { number: months, unit: Some(words(("个月", "months"))) },
    ]
}

fn words((zh, en): (&str, &str)) -> Words {
    Words { zh: zh.to_owned(), en: Some(en.to_owned()) }
}
