//! Answers to queries, plainly samples: made from the digest of the number that was asked about, so
//! that they are the same at every time and nobody's.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
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

/// What stands in the books about the item; which one it is tells its name.
pub(super) fn answer(query: &QueryRequest) -> QueryAnswer {
    let noise = Sm3::digest(query.person.document_number.open().as_bytes());
    let code: String = noise[20..24].iter().map(|byte| format!("{byte:02X}")).collect();
    let (facts, tables) = match query.item.as_str() {
        "contribution_query" => (Vec::new(), vec![contributions(noise[0])]),
        "account_query" => account(noise[1]),
        "pension_payment_query" => (Vec::new(), vec![payments(noise[2])]),
        "pension_estimate" => (estimate(noise[3]), Vec::new()),
        "card_status_query" => (card(noise[4]), Vec::new()),
        "non_participation_query" => (
            vec![fact(
                "结论",
                "Finding",
                state("至今没有参保记录（样例）", "Never insured (sample)"),
            )],
            Vec::new(),
        ),
        "personnel_file_query" => (
            vec![
                fact("存档机构", "Kept by", state("样例人才服务中心", "Sample talent centre")),
                fact("存档日期", "Since", FactValue::Date { date: date(2019, 7, 1) }),
            ],
            Vec::new(),
        ),
        item if item.contains("certificate") => (certificate(&code), Vec::new()),
        _ => {
            let rows = INSURANCES.iter().enumerate();
            let rows = rows.map(|(at, name)| row(*name, noise[at], noise[at + 8])).collect();
            let heads = [("险种", "Insurance"), ("状态", "Status"), ("累计缴费", "Paid")];
            (Vec::new(), vec![table(("参保情况（样例）", "Insurance (sample)"), &heads, rows)])
        }
    };
    let whose = [
        fact("姓名", "Name", FactValue::PersonName { name: query.person.name.clone() }),
        fact(
            "证件号码",
            "Document number",
            FactValue::IdNumber { number: query.person.document_number.clone() },
        ),
    ];
    QueryAnswer {
        as_of: date(2026, 10, 31),
        facts: whose.into_iter().chain(facts).collect(),
        tables,
        document: query.item.contains("certificate").then(|| Document {
            title: words(("电子证明（样例）", "Certificate (sample)")),
            link: Private::new(format!("https://hrss.example/document/{code}")),
            until: Timestamp::now() + LINK_HOLDS,
        }),
        verification_code: Some(format!("SAMPLE-{code}")),
    }
}

/// Two years of contributions: more than a screen shows at once.
fn contributions(noise: u8) -> Table {
    let base = 400_000 + i64::from(noise) * 1_000;
    let rows = (0..24).map(|back| {
        let month = date(2026, 10, 1).saturating_sub(back.months());
        let (own, employer) = (FactValue::Amount { fen: base * 8 / 100 }, base * 16 / 100);
        let month = state_of(month.strftime("%Y-%m").to_string());
        vec![month, FactValue::Amount { fen: base }, own, FactValue::Amount { fen: employer }]
    });
    let heads = [("月份", "Month"), ("缴费基数", "Base"), ("个人", "Own"), ("单位", "Employer")];
    table(("养老保险缴费明细（样例）", "Pension contributions (sample)"), &heads, rows.collect())
}

fn account(noise: u8) -> (Vec<Fact>, Vec<Table>) {
    let total = 4_560_000 + i64::from(noise) * 10_000;
    let facts = vec![
        fact("个人账户累计", "In the account", FactValue::Amount { fen: total }),
        fact("其中利息", "Of it interest", FactValue::Amount { fen: total / 9 }),
        fact("累计缴费", "Paid for", months(128 + i64::from(noise % 24))),
    ];
    let years = (0..3).map(|back| {
        let year = state_of(format!("{}", 2025 - back));
        vec![year, FactValue::Amount { fen: 480_000 }, months(12)]
    });
    let heads = [("年度", "Year"), ("记入金额", "Credited"), ("缴费", "Paid")];
    (facts, vec![table(("分年记账（样例）", "By year (sample)"), &heads, years.collect())])
}

fn payments(noise: u8) -> Table {
    let fen = 280_000 + i64::from(noise) * 500;
    let rows = (0..6).map(|back| {
        let month = date(2026, 10, 1).saturating_sub(back.months());
        let month = state_of(month.strftime("%Y-%m").to_string());
        vec![month, FactValue::Amount { fen }, state("已发放", "Paid")]
    });
    let heads = [("月份", "Month"), ("金额", "Amount"), ("状态", "State")];
    table(("养老待遇发放（样例）", "Pension paid (sample)"), &heads, rows.collect())
}

fn estimate(noise: u8) -> Vec<Fact> {
    let basic = 150_000 + i64::from(noise) * 300;
    vec![
        fact("基础养老金", "Basic pension", FactValue::Amount { fen: basic }),
        fact("个人账户养老金", "From the account", FactValue::Amount { fen: basic / 3 }),
        fact("合计每月", "Together a month", FactValue::Amount { fen: basic + basic / 3 }),
        fact("说明", "Note", state("按目前数据估算，以核定为准（样例）", "An estimate (sample)")),
    ]
}

fn card(noise: u8) -> Vec<Fact> {
    let (zh, en) = [("正常", "Active"), ("未启用", "Not activated"), ("已挂失", "Reported lost")]
        [usize::from(noise % 3)];
    vec![
        fact("社保卡状态", "Card", state(zh, en)),
        fact("发卡银行", "Bank", state("示例银行", "Example Bank")),
        fact("发卡日期", "Issued", FactValue::Date { date: date(2021, 3, 15) }),
    ]
}

fn certificate(code: &str) -> Vec<Fact> {
    let number = Private::new(format!("SAMPLE{code}"));
    vec![
        fact("证书编号", "Certificate no.", FactValue::Code { code: number }),
        fact("状态", "State", state("有效（样例）", "Valid (sample)")),
        fact("发证日期", "Issued", FactValue::Date { date: date(2022, 6, 10) }),
    ]
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
        self::months(months),
    ]
}

fn table(title: (&str, &str), heads: &[(&str, &str)], rows: Vec<Vec<FactValue>>) -> Table {
    Table { title: words(title), columns: heads.iter().copied().map(words).collect(), rows }
}

fn fact(zh: &str, en: &str, value: FactValue) -> Fact {
    Fact { label: words((zh, en)), value }
}

fn state(zh: &str, en: &str) -> FactValue {
    FactValue::State { state: words((zh, en)) }
}

/// What is the same in both languages.
fn state_of(text: String) -> FactValue {
    FactValue::State { state: Words { zh: text, en: None } }
}

fn months(number: i64) -> FactValue {
    FactValue::Number { number, unit: Some(words(("个月", "months"))) }
}

fn words((zh, en): (&str, &str)) -> Words {
    Words { zh: zh.to_owned(), en: Some(en.to_owned()) }
}
