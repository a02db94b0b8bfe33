//! What devices, platform and store may say to a visit.

use jiff::civil::date;

use super::{Dice, typed};
use crate::case::{CaseFacts, CaseStatus, HeldReason, Hindrance, Route, RouteWay};
use crate::domain::answer::{Document, NoAnswer, Nothing, QueryAnswer, Table};
use crate::domain::enterprise::Authority;
use crate::domain::entitlement::{Entitled, Entitlement};
use crate::domain::fact::{Fact, Private, Value};
use crate::domain::form::{AnswerKind, Known, Regions};
use crate::domain::pack::Bilingual;
use crate::domain::vacancy::{Vacancy, VacancyPage};
use crate::testkit::{cases, now};

/// A text in Chinese, and mostly in English.
pub fn words(dice: &mut Dice) -> Bilingual {
    let long = *dice.pick(&[1, 1, 2, 5, 40]);
    let zh = *dice.pick(&["参保缴费", "样例：请补充材料，再次提交。", "Ⅲ级", "𠮷", "A1-2"]);
    let en = *dice.pick(&["Insured", "Sample: hand in what is missing.", "", "Level-3", "x"]);
    Bilingual { zh: zh.repeat(long), en: en.repeat(long) }
}

/// A value of any kind.
pub fn value(dice: &mut Dice) -> Value {
    let regions = Regions::default();
    let known = Known { today: None, since: super::as_of(), own_number: "", regions: &regions };
    let number = |kind: &AnswerKind, dice: &mut Dice| {
        Private::new(typed(kind, None, &known, dice).unwrap_or_default())
    };
    match dice.below(11) {
        0 => Value::Code("K7M2-9QXD-".repeat(dice.within(1..=6))),
        1 => Value::Amount { fen: dice.below(1 << 40) as i64 - (1 << 20) },
        2 => Value::Date(date(2026, 10, 31)),
        3 => Value::Time { at: date(2026, 11, 22).at(2, 14, 0, 0), trusted: dice.once_in(2) },
        4 => {
            let unit = dice.once_in(2).then(|| words(dice));
            Value::Number { count: dice.below(100_000) as i64, unit }
        }
        5 => Value::State(words(dice)),
        6 => Value::PersonName(Private::new(*dice.pick(&["王小例", "Ana", "𠮷"]))),
        7 => Value::IdNumber(number(&AnswerKind::IdentityNumber, dice)),
        8 => Value::Account(number(&AnswerKind::BankAccount, dice)),
        9 => Value::Phone(Private::new(cases::PHONE)),
        _ => Value::Text(words(dice)),
    }
}

pub fn facts(dice: &mut Dice, most: usize) -> Vec<Fact> {
    (0..dice.within(0..=most)).map(|_| Fact::new(words(dice), value(dice))).collect()
}

/// What a query finds.
pub fn answer(dice: &mut Dice) -> QueryAnswer {
    let table = |dice: &mut Dice| {
        let columns: Vec<_> = (0..dice.within(1..=4)).map(|_| words(dice)).collect();
        let many = dice.below(12);
        let rows = (0..many).map(|_| columns.iter().map(|_| value(dice)).collect()).collect();
        Table { title: words(dice), rows, columns }
    };
    QueryAnswer {
        as_of: date(2026, 10, 31),
        facts: facts(dice, 6),
        tables: (0..dice.below(3)).map(|_| table(dice)).collect(),
        verification_code: dice.once_in(2).then(|| "K7M2-9QXD-40AB".to_owned()),
        document: dice.once_in(4).then(|| Document {
            title: words(dice),
            link: Private::new("https://hrss.example.invalid/d/0123456789"),
            until: now() + jiff::SignedDuration::from_mins(10),
        }),
    }
}

/// Why a query finds nothing.
pub fn nothing(dice: &mut Dice) -> NoAnswer {
    let nothing = *dice.pick(&[
        Nothing::UnknownPerson,
        Nothing::NoRecord,
        Nothing::NotAvailable,
        Nothing::NotPermitted,
    ]);
    NoAnswer { nothing, detail: detail(dice) }
}

fn detail(dice: &mut Dice) -> Option<Private> {
    dice.once_in(2).then(|| Private::new(words(dice).zh))
}

pub fn entitled(dice: &mut Dice) -> Entitled {
    match dice.below(4) {
        0 => Entitled::Unknown,
        1 => Entitled::No { reason: detail(dice) },
        _ => Entitled::Yes(Entitlement { as_of: date(2026, 10, 31), facts: facts(dice, 5) }),
    }
}

pub fn authority(dice: &mut Dice) -> Authority {
    match dice.below(4) {
        0 => Authority::NotAvailable,
        1 => Authority::NotKnown { detail: detail(dice) },
        _ => Authority::Confirmed { name: "样例科技有限公司（样例）".to_owned() },
    }
}

pub fn vacancies(dice: &mut Dice) -> Option<VacancyPage> {
    if dice.once_in(4) {
        return None;
    }
    let vacancy = |dice: &mut Dice| Vacancy {
        number: format!("YL-{:05}", dice.below(99_999)),
        job: words(dice),
        employer: words(dice),
        place: words(dice),
        pay: dice.once_in(2).then(|| words(dice)),
        openings: dice.within(1..=99) as u16,
        phone: dice.once_in(2).then(|| "0000-12345700".to_owned()),
    };
    let vacancies: Vec<_> = (0..dice.below(21)).map(|_| vacancy(dice)).collect();
    Some(VacancyPage {
        as_of: date(2026, 11, 20),
        total: 20 + vacancies.len() as u32,
        next: dice.once_in(2).then(|| "p.20".to_owned()),
        vacancies,
    })
}

/// A case of an item, as far as the platform may have come with it.
pub fn case(dice: &mut Dice, item: &str, pack_version: &str) -> CaseFacts {
    let status = *dice.pick(&[
        CaseStatus::Received,
        CaseStatus::Accepted,
        CaseStatus::Completed,
        CaseStatus::Returned,
    ]);
    let mut facts = CaseFacts {
        number: cases::number(dice.within(1..=4) as u64),
        item: item.to_owned(),
        pack_version: pack_version.to_owned(),
        clock_trusted: !dice.once_in(4),
        ..cases::facts(status)
    };
    if !dice.once_in(3) {
        facts.due_at = None;
    }
    facts.note = dice.once_in(2).then(|| words(dice).zh);
    facts.acceptance_number = dice.once_in(3).then(|| "SL-2026-000017".to_owned());
    facts.correct_by = (status == CaseStatus::Returned).then(|| date(2026, 12, 6));
    if status == CaseStatus::Received && dice.once_in(4) {
        facts.held = Some(HeldReason { code: "number_taken".to_owned() });
    }
    if dice.once_in(4) {
        facts.breach = Some(*dice.pick(&[Hindrance::Platform, Hindrance::NoNetwork]));
    }
    if dice.once_in(3) {
        let way = *dice.pick(&[
            RouteWay::AtOnce,
            RouteWay::BackOffice,
            RouteWay::OtherDepartment,
            RouteWay::StatutoryLimit,
        ]);
        let department = (way == RouteWay::OtherDepartment).then(|| words(dice).zh);
        let reason = (way == RouteWay::StatutoryLimit).then(|| words(dice).zh);
        facts.route = Some(Route { way, department, reason });
    }
    facts
}
