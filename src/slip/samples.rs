//! Slips with sample contents, for tests here and for pictures of them.

use jiff::civil::date;

use super::Slip;
use super::content::{Answer, Applicant, Head, guide, query_result, receipt};
use crate::case::{CaseFacts, CaseNumber, CaseStatus, QueryToken};
use crate::domain::pack::{
    Area, Bilingual, EvaluationTags, GuideSection, Item, ItemKind, Outlet, Pack, PublicFields,
    Standing,
};
use crate::domain::participation::{Insurance, InsuranceRow, InsuranceStatus, Participation};
use crate::say::Lang;

fn both(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

/// A pack of a place that does not exist.
pub fn pack() -> Pack {
    Pack {
        version: "test".to_owned(),
        standing: Standing::Sample,
        as_of: date(2026, 11, 1),
        region: "000000".to_owned(),
        bureau: both(
            "示例市人力资源和社会保障局",
            "Example City Human Resources and Social Security Bureau",
        ),
        outlet: Outlet {
            name: both("示例市人社局 24 小时自助服务区", "24-hour self-service area, Example City"),
            address: both(
                "示例市示例区示例路 1 号一楼",
                "Ground floor, 1 Example Road, Example City",
            ),
            hours: both("窗口：工作日 9:00-17:00", "Counter: working days 9:00-17:00"),
            phone: "0000-12345670".to_owned(),
        },
        hotline: "12333".to_owned(),
        supervision_phone: "0000-12345678".to_owned(),
        query_url: "https://example.invalid/case/{case_number}".to_owned(),
        notices: Vec::new(),
        evaluation: EvaluationTags { version: "test".to_owned(), tags: Vec::new() },
        items: vec![registration(), query()],
    }
}

fn public(name: Bilingual) -> PublicFields {
    PublicFields {
        service: name,
        window: both(
            "本机；或示例市政务服务中心二楼 3 号窗口",
            "This kiosk, or counter 3 on the second floor of the Example City service centre",
        ),
        basis: both(
            "《中华人民共和国社会保险法》（样例，以公布文本为准）",
            "Social Insurance Law of the People's Republic of China (sample)",
        ),
        process: both(
            "放置身份证、回答问题、核对、提交、取凭条",
            "Lay card, answer, check, submit, take slip",
        ),
        fee: both("不收费", "Free of charge"),
        time_limit: both("30 分钟内办结", "Completed within 30 minutes"),
        service_phone: both("12333", "12333"),
        supervision_phone: both("0000-12345678", "0000-12345678"),
    }
}

fn guide_sections() -> Vec<GuideSection> {
    vec![
        GuideSection {
            title: both("办理条件", "Who can use it"),
            lines: vec![
                both(
                    "在法定劳动年龄内，有劳动能力，有就业要求，处于无业状态。",
                    "You are of working age, able and willing to work, and without work.",
                ),
                both("本人办理，不可代办。", "In person only."),
            ],
        },
        GuideSection {
            title: both("所需材料", "What to bring"),
            lines: vec![both("本人有效居民身份证。", "Your valid identity card.")],
        },
    ]
}

/// An instant item (失业登记).
pub fn registration() -> Item {
    let name = both("失业登记", "Unemployment registration");
    Item {
        id: "unemployment_registration".to_owned(),
        standing: Standing::Sample,
        area: Area::Employment,
        name: name.clone(),
        summary: both(
            "登记失业状态，以便享受就业服务和申领失业保险金。",
            "Register as unemployed to use employment services and claim benefits.",
        ),
        kind: ItemKind::Instant { limit_min: 30 },
        public: public(name),
        guide: guide_sections(),
        questions: Vec::new(),
    }
}

/// A query (个人参保证明查询凭条).
pub fn query() -> Item {
    let name = both("个人参保证明查询凭条", "Insurance record slip");
    Item {
        id: "participation_query".to_owned(),
        area: Area::SocialInsurance,
        name: name.clone(),
        summary: both("查询五项社会保险的参保状态和缴费月数。", "See your five social insurances."),
        kind: ItemKind::Query,
        public: public(name),
        ..registration()
    }
}

pub fn head(pack: &Pack, lang: Lang) -> Head<'_> {
    Head {
        pack,
        kiosk: 1,
        printed_at: "2026-11-21T18:15:02Z".parse().expect("an RFC 3339 time"),
        clock_trusted: true,
        serial: 123,
        lang,
        demo: false,
        reprint: false,
    }
}

/// A case that carries the times and words of every status, whatever its own is.
pub fn case(status: CaseStatus) -> CaseFacts {
    let at = |text: &str| text.parse().expect("an RFC 3339 time");
    CaseFacts {
        status,
        accepted_at: Some(at("2026-11-21T18:14:40Z")),
        completed_at: Some(at("2026-11-21T18:15:00Z")),
        due_at: Some(at("2026-11-21T18:44:30Z")),
        note: Some(match status {
            CaseStatus::Returned => "您在本市已有有效的失业登记，不必重复登记。".to_owned(),
            _ => "样例登记号 SY-2026-000123".to_owned(),
        }),
        ..CaseFacts::received(
            CaseNumber::new("000000", 1, 17).expect("parts within their ranges"),
            "unemployment_registration".to_owned(),
            "1".to_owned(),
            (at("2026-11-21T18:14:30Z"), true),
            QueryToken::from_bits(17),
        )
    }
}

pub fn receipt_of(head: &Head, status: CaseStatus) -> Slip {
    let answers = [
        Answer {
            label: both("失业原因", "Reason"),
            value: both("劳动合同期满终止", "End of a fixed-term contract"),
        },
        Answer {
            label: both("希望的帮助", "Help wanted"), value: both("技能培训", "Training")
        },
        Answer { label: both("手机", "Mobile"), value: both("138****5678", "138****5678") },
    ];
    let applicant = Applicant { name: "王*例", number: "000000********1230" };
    receipt(head, &registration(), &case(status), &applicant, &answers)
}

pub fn query_of(head: &Head) -> Slip {
    let row = |insurance, status, months| InsuranceRow { insurance, status, months };
    let participation = Participation {
        as_of: date(2026, 10, 31),
        rows: vec![
            row(Insurance::Pension, InsuranceStatus::Insured, 126),
            row(Insurance::Medical, InsuranceStatus::Insured, 126),
            row(Insurance::Unemployment, InsuranceStatus::Paused, 98),
            row(Insurance::Injury, InsuranceStatus::Ended, 98),
            row(Insurance::Maternity, InsuranceStatus::None, 0),
        ],
        verification_code: "K7M2-9QXD-40AB".to_owned(),
    };
    // A name with two characters that no double-byte printer font holds.
    let applicant = Applicant { name: "𠮷*㛃", number: "000000********1230" };
    query_result(head, &query(), &applicant, &participation)
}

/// Every slip, with a name for it.
pub fn all(lang: Lang) -> Vec<(&'static str, Slip)> {
    let pack = pack();
    let plain = head(&pack, lang);
    let demo_reprint = Head { demo: true, reprint: true, ..plain };
    vec![
        ("received", receipt_of(&plain, CaseStatus::Received)),
        ("accepted", receipt_of(&plain, CaseStatus::Accepted)),
        ("completed-reprint", receipt_of(&demo_reprint, CaseStatus::Completed)),
        ("returned", receipt_of(&plain, CaseStatus::Returned)),
        ("query", query_of(&plain)),
        ("guide", guide(&plain, &registration())),
    ]
}
