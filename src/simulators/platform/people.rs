//! What the simulated platform knows of people: who is given something without application, who is
//! the agent of which enterprise, and the vacancies. All of it plainly samples; by the document alone,
//! so that it is the same at every time.

use crate::contract::{
    AuthorityRequest, AuthorityResponse, EntitlementResponse, Fact, FactValue, Person, Vacancies,
    Vacancy, Words, vacancy,
};
use crate::domain::card::CardKind;
use crate::domain::fact::Private;

/// The one enterprise that it knows.
pub const ENTERPRISE: (&str, &str) = ("91000000MA0000000N", "样例科技有限公司（样例）");

/// Vacancies in all.
const VACANCIES: usize = 45;

/// The year of birth in a citizen's number.
fn birth_year(person: &Person) -> Option<u16> {
    let number = person.document_number.open();
    let is_citizen = person.document_kind == CardKind::Citizen;
    number.get(6..10).filter(|_| is_citizen)?.parse().ok()
}

pub(super) fn entitlement(person: &Person) -> EntitlementResponse {
    match birth_year(person) {
        Some(year) if year % 2 == 0 => EntitlementResponse::Entitled {
            as_of: jiff::civil::date(2026, 10, 31),
            facts: vec![
                fact("补贴标准", "Rate", FactValue::Amount { fen: 50_000 }),
                fact(
                    "发放期限",
                    "For",
                    FactValue::Number { number: 12, unit: Some(words("个月", "months")) },
                ),
                fact(
                    "到账方式",
                    "Paid to",
                    FactValue::State {
                        state: words("社会保障卡（样例）", "Social security card (sample)"),
                    },
                ),
            ],
        },
        Some(_) => EntitlementResponse::NotEntitled {
            reason: Some(Private::new(
                "样例：缴费未满 12 个月。满 12 个月后系统自动核定，无需您申请。",
            )),
        },
        None => EntitlementResponse::Unknown,
    }
}

pub(super) fn authority(asked: &AuthorityRequest) -> AuthorityResponse {
    let (code, name) = ENTERPRISE;
    let is_agent = birth_year(&asked.person).is_some_and(|year| year % 2 == 0);
    if asked.credit_code == code && is_agent {
        AuthorityResponse::Confirmed { name: Private::new(name) }
    } else {
        let detail = "样例：没有查到您是该单位登记的经办人。";
        AuthorityResponse::NotKnown { detail: Some(Private::new(detail)) }
    }
}

/// One page; `None` for a cursor that is none of ours.
pub(super) fn vacancies(after: Option<&str>) -> Option<Vacancies> {
    let from = match after {
        None => 0,
        Some(cursor) => cursor.strip_prefix("p.")?.parse().ok().filter(|at| *at < VACANCIES)?,
    };
    let to = (from + vacancy::PAGE_MAX).min(VACANCIES);
    Some(Vacancies {
        as_of: jiff::civil::date(2026, 11, 26),
        total: VACANCIES as u32,
        vacancies: (from..to).map(sample).collect(),
        next: (to < VACANCIES).then(|| format!("p.{to}")),
    })
}

fn sample(at: usize) -> Vacancy {
    const JOBS: [(&str, &str, &str, &str); 5] = [
        ("保洁员", "Cleaner", "3000-3500 元/月", "3,000-3,500 yuan a month"),
        ("电工", "Electrician", "5000-6500 元/月", "5,000-6,500 yuan a month"),
        ("养老护理员", "Care worker", "4200-5500 元/月", "4,200-5,500 yuan a month"),
        ("仓库管理员", "Storekeeper", "4000-4800 元/月", "4,000-4,800 yuan a month"),
        ("软件测试工程师", "Software tester", "7000-9000 元/月", "7,000-9,000 yuan a month"),
    ];
    let (job, job_en, pay, pay_en) = JOBS[at % JOBS.len()];
    let employer = at % 7 + 1;
    Vacancy {
        number: format!("YL-{:05}", at + 1),
        job: words(job, job_en),
        employer: words(
            &format!("样例企业{employer}号（样例）"),
            &format!("Sample employer {employer} (sample)"),
        ),
        place: words("示例市示例区", "Example District, Example City"),
        pay: Some(words(pay, pay_en)),
        openings: 1 + (at % 4) as u16,
        phone: Some(format!("0000-123457{at:02}")),
    }
}

fn fact(zh: &str, en: &str, value: FactValue) -> Fact {
    Fact { label: words(zh, en), value }
}

fn words(zh: &str, en: &str) -> Words {
    Words { zh: zh.to_owned(), en: Some(en.to_owned()) }
}
