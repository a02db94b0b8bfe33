//! Slips with sample contents, for tests here and for pictures of them.

use jiff::civil::date;

use super::slips::{guide, outlet, policy, query as query_slip, receipt};
use super::{Head, Slip};
use crate::case::{CaseFacts, CaseNumber, CaseStatus, Hindrance, QueryToken, Route, RouteWay};
use crate::domain::answer::{QueryAnswer, Table};
use crate::domain::calendar::Calendar;
use crate::domain::card::{CardKind, CardText, Sex, ValidTo};
use crate::domain::fact::{Fact, Private, Value};
use crate::domain::listing::{
    Audience, Category, Commitment, Holder, IdentityCheck, Level, SelfService,
};
use crate::domain::outlet::{Day, OpenTime, OutletKind};
use crate::domain::pack::{
    Area, Bilingual, Branding, Eligibility, EvaluationTags, Guide, GuideSection, Handoff,
    HomeArrangement, Hotline, Hours, Item, ItemId, ItemKind, Outlet, Pack, Place, PublicFields,
    Regions, Sentences, Spot, Standing,
};
use crate::domain::policy::{Ages, Policy};
use crate::domain::request::{Request, Requested};
use crate::domain::window::{Half, TimeWindow};
use crate::say::Lang;

fn id(name: &str) -> ItemId {
    name.parse().expect("a name of an item")
}

fn both(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

/// A pack of a place that does not exist.
pub fn pack() -> Pack {
    Pack {
        version: "test".to_owned(),
        standing: Standing::Sample,
        extends: None,
        level: Level::City,
        offers: None,
        without: Default::default(),
        as_of: date(2026, 11, 1),
        effective_from: None,
        region: "000000".to_owned(),
        signer: None,
        branding: Branding::default(),
        sentences: Sentences::default(),
        bureau: both(
            "示例市人力资源和社会保障局",
            "Example City Human Resources and Social Security Bureau",
        ),
        place: Place {
            name: both("示例市人社局 24 小时自助服务区", "24-hour self-service area, Example City"),
            short_name: None,
            address: both(
                "示例市示例区示例路 1 号一楼",
                "Ground floor, 1 Example Road, Example City",
            ),
            at: None,
            rural: false,
        },
        outlets: vec![Outlet {
            name: both("示例市人社局服务大厅", "Service hall, Example City"),
            short_name: None,
            address: both(
                "示例市示例区示例路 1 号二楼",
                "First floor, 1 Example Road, Example City",
            ),
            phone: "0000-12345670".to_owned(),
            staffed: true,
            hours: office_hours(),
            kind: OutletKind::Counter,
            at: None,
            items: Vec::new(),
            from: None,
            until: None,
            url: None,
        }],
        priority: None,
        hotline: Hotline { number: "12333".to_owned(), hours: Hours::always() },
        supervision_phone: "0000-12345678".to_owned(),
        query_url: "https://example.invalid/case/{query_token}".to_owned(),
        verification_url: Some("https://example.invalid/verify/{verification_code}".to_owned()),
        home: HomeArrangement::default(),
        notices: Vec::new(),
        evaluation: EvaluationTags { version: "test".to_owned(), tags: Vec::new() },
        basic_services: Vec::new(),
        packages: Vec::new(),
        policies: Vec::new(),
        materials: Vec::new(),
        figures: Vec::new(),
        regions: Regions::default(),
        calendar: Calendar::default(),
        items: vec![
            registration(),
            query(),
            recognition(),
            appointment(),
            door_to_door(),
            call_back(),
            subsidised(),
            employment_record(),
        ],
    }
}

fn office_hours() -> Hours {
    let time = |text: &str| text.parse().expect("a time of day");
    let span = |from, to| OpenTime { days: Day::ALL[..5].to_vec(), from: time(from), to: time(to) };
    Hours {
        open: vec![span("09:00", "12:00"), span("13:30", "17:00")],
        closed_on: Vec::new(),
        follows_calendar: false,
        note: Some(both("法定节假日除外", "except public holidays")),
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

fn to_know() -> Guide {
    let sections = vec![GuideSection {
        title: both("办理条件", "Who can use it"),
        lines: vec![
            both(
                "在法定劳动年龄内，有劳动能力，有就业要求，处于无业状态。",
                "You are of working age, able and willing to work, and without work.",
            ),
            both("本人办理，不可代办。", "In person only."),
        ],
    }];
    Guide {
        ways: both("本机自助办理；窗口办理", "At this kiosk or a counter"),
        delivery: both("当场打印凭条", "A slip on the spot"),
        hours: both("本机全天", "This kiosk, all day"),
        place: both("示例市人力资源和社会保障局", "Example City HRSS Bureau"),
        sections,
    }
}

/// An instant item (失业登记).
pub fn registration() -> Item {
    let name = both("失业登记", "Unemployment registration");
    Item {
        id: id("unemployment_registration"),
        number: 120,
        standing: Standing::Sample,
        area: Area::Employment,
        name: name.clone(),
        short_name: None,
        summary: both(
            "登记失业状态，以便享受就业服务和申领失业保险金。",
            "Register as unemployed to use employment services and claim benefits.",
        ),
        kind: ItemKind::Instant { limit_min: 30 },
        holder: Holder::Person,
        category: Some(Category::PublicService),
        audience: vec![Audience::Unemployed],
        basic_service: None,
        identity: IdentityCheck::Card,
        legal: None,
        promise: None,
        speedup: false,
        self_service: SelfService::Full,
        without_visit: true,
        proof_free: true,
        agency: false,
        pays_money: false,
        commitments: Vec::new(),
        handoff: None,
        public: public(name),
        materials: Vec::new(),
        guide: to_know(),
        procedure: vec![both("核对身份，登记。", "Check who it is and register.")],
        eligibility: Eligibility::default(),
        examples: Vec::new(),
        questions: Vec::new(),
    }
}

/// An item whose result takes days (就业困难人员认定).
pub fn recognition() -> Item {
    let name = both("就业困难人员认定", "Recognition as hard to employ");
    Item {
        id: id("hard_to_employ"),
        name: name.clone(),
        kind: ItemKind::Promised,
        legal: "30wd".parse().ok(),
        promise: "5wd".parse().ok(),
        public: PublicFields {
            time_limit: both("5 个工作日内办结（样例）", "Within 5 working days (sample)"),
            ..public(name)
        },
        ..registration()
    }
}

/// An item that another department does (灵活就业人员社会保险费缴纳).
pub fn contributions() -> Item {
    let name = both("灵活就业人员社会保险费缴纳", "Paying contributions as flexible worker");
    Item {
        id: id("flexible_contributions"),
        name: name.clone(),
        kind: ItemKind::Handoff,
        self_service: SelfService::Guide,
        summary: both(
            "由税务部门征收，这里有办事指南。",
            "Collected by the tax service; here is the guide.",
        ),
        handoff: Some(Handoff {
            to: both("示例市税务局（样例）", "Example City Tax Service (sample)"),
            url: Some("https://tax.example.invalid/social".to_owned()),
        }),
        public: public(name),
        ..registration()
    }
}

/// A query (个人参保证明查询凭条).
pub fn query() -> Item {
    let name = both("个人参保证明查询凭条", "Insurance record slip");
    Item {
        id: id("participation_query"),
        area: Area::SocialInsurance,
        name: name.clone(),
        summary: both("查询五项社会保险的参保状态和缴费月数。", "See your five social insurances."),
        kind: ItemKind::Query,
        public: public(name),
        ..registration()
    }
}

/// A request to people (预约办理).
pub fn appointment() -> Item {
    requested("appointment", Requested::Appointment, both("预约办理", "Appointment"))
}

/// Somebody comes (上门服务).
pub fn door_to_door() -> Item {
    requested("door_to_door", Requested::DoorToDoor, both("上门服务", "Visit at home"))
}

/// Somebody calls (请人回电).
pub fn call_back() -> Item {
    requested("call_back", Requested::CallBack, both("人工回电", "Call back"))
}

fn requested(name: &str, of: Requested, words: Bilingual) -> Item {
    Item {
        id: id(name),
        name: words.clone(),
        kind: ItemKind::Request { of },
        public: PublicFields {
            time_limit: both("1 个工作日内联系您（样例）", "Within 1 working day (sample)"),
            ..public(words)
        },
        promise: "1wd".parse().ok(),
        ..registration()
    }
}

/// What is given without application (社会保险补贴).
pub fn subsidised() -> Item {
    let name = both("高校毕业生社会保险补贴", "Insurance subsidy for graduates");
    Item {
        id: id("graduate_subsidy"),
        name: name.clone(),
        kind: ItemKind::NoApplication,
        category: Some(Category::Benefit),
        promise: "10wd".parse().ok(),
        pays_money: true,
        commitments: vec![Commitment::Credit],
        public: PublicFields {
            time_limit: both("10 个工作日内到账（样例）", "Paid within 10 working days (sample)"),
            ..public(name)
        },
        ..registration()
    }
}

/// An item of enterprises (劳动用工备案).
pub fn employment_record() -> Item {
    let name = both("劳动用工备案", "Record of employment");
    Item {
        id: id("employment_record"),
        name: name.clone(),
        holder: Holder::Enterprise,
        kind: ItemKind::Promised,
        promise: "3wd".parse().ok(),
        public: PublicFields {
            time_limit: both("3 个工作日内办结（样例）", "Within 3 working days (sample)"),
            ..public(name)
        },
        ..registration()
    }
}

/// A policy whose amounts are invented (灵活就业社会保险补贴).
pub fn subsidy() -> Policy {
    Policy {
        id: "subsidy".to_owned(),
        standing: Standing::Sample,
        name: both("灵活就业社会保险补贴", "Subsidy for flexible workers"),
        audience: vec![Audience::Flexible, Audience::Graduates],
        ages: Some(Ages { min: 16, max: 59 }),
        from: date(2026, 11, 2),
        to: Some(date(2027, 12, 31)),
        summary: both(
            "登记灵活就业、按时缴费的，每月补贴100元（样例）。",
            "Registered flexible workers who pay in time get 100 yuan a month (sample).",
        ),
        who: both(
            "已登记灵活就业的高校毕业生（样例）。",
            "Graduates who are registered as flexible workers (sample).",
        ),
        example: Some(both(
            "四月到六月按时缴费，共三个月，合计补贴300元（样例）。",
            "Who pays from April to June, three months, gets 300 yuan (sample).",
        )),
        basis: both("待公布（样例）", "Yet to be published (sample)"),
        items: vec![id("unemployment_registration")],
    }
}

/// The same pack where it is known where everything is.
pub fn near() -> Pack {
    let mut near = pack();
    near.place.at = Some(Spot { lon: 100.0, lat: 40.0 });
    near.outlets[0].at = Some(Spot { lon: 100.0054, lat: 40.0041 });
    near.outlets[0].items = vec![id("unemployment_registration"), id("participation_query")];
    near.outlets[0].url = Some("https://map.example.invalid/hall".to_owned());
    near
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

/// The card of somebody who does not exist.
pub fn card(name: &str) -> CardText {
    CardText {
        kind: CardKind::Citizen,
        name: name.to_owned(),
        name_latin: String::new(),
        sex: Sex::Female,
        ethnicity: None,
        nationality: None,
        birth: Some(date(1990, 1, 1)),
        address: String::new(),
        number: "000000199001011230".to_owned(),
        issuer: String::new(),
        valid_from: None,
        valid_to: ValidTo::LongTerm,
        number_check: false,
    }
}

/// Answers of a visit, as they stand on its receipt.
pub fn answers() -> [Fact; 3] {
    [
        Fact::new(
            both("失业原因", "Reason"),
            Value::State(both("劳动合同期满终止", "End of a fixed-term contract")),
        ),
        Fact::new(both("希望的帮助", "Help wanted"), Value::State(both("技能培训", "Training"))),
        Fact::new(both("联系电话", "Phone"), Value::Phone(Private::new("13800005678"))),
    ]
}

/// What somebody is entitled to, and has confirmed.
pub fn given() -> [Fact; 3] {
    [
        Fact::new(both("补贴标准", "Rate"), Value::Amount { fen: 50_000 }),
        Fact::new(
            both("发放期限", "For"),
            Value::Number { count: 12, unit: Some(both("个月", "months")) },
        ),
        Fact::new(
            both("到账银行卡", "Paid to"),
            Value::Account(Private::new("6200000000000000003")),
        ),
    ]
}

/// A case of one of the sample's items, as the platform has just answered; of a request, with what is
/// asked.
fn case_of(item: &Item, status: CaseStatus) -> CaseFacts {
    let request = |of| Request {
        of,
        window: match of {
            Requested::Appointment => TimeWindow::On {
                day: date(2026, 11, 24),
                half: Half::Morning,
                from: "09:00".parse().expect("a time of day"),
                to: "12:00".parse().expect("a time of day"),
                provisional: false,
            },
            Requested::DoorToDoor | Requested::Agency => {
                TimeWindow::NextWorkingDay { half: Half::Afternoon }
            }
            Requested::CallBack => TimeWindow::AnyTime,
        },
        priority: of != Requested::Appointment,
        by_phone: true,
    };
    CaseFacts {
        item: item.id.to_string(),
        pack_version: "test".to_owned(),
        due_at: None,
        note: None,
        request: match item.kind {
            ItemKind::Request { of } => Some(request(of)),
            _ => None,
        },
        ..case(status)
    }
}

/// The slips of requests to people, of what is given, of enterprises, and of cases that somebody else
/// handles or that take too long.
fn handled(head: &Head<'_>) -> Vec<(&'static str, Slip)> {
    let person = card("王小例");
    let of = |facts: &CaseFacts, answers: &[Fact]| {
        receipt(head, Some(head.pack), facts, &person, answers)
    };
    let phone = &answers()[2..];
    let enterprise = Some("示例科技有限公司（样例）".to_owned());
    let recorded = case_of(&employment_record(), CaseStatus::Accepted);
    let overdue = CaseFacts {
        breach: Some(Hindrance::Platform),
        received_at: "2026-11-02T01:20:00Z".parse().expect("an RFC 3339 time"),
        accepted_at: "2026-11-02T01:20:10Z".parse().ok(),
        ..case_of(&recognition(), CaseStatus::Accepted)
    };
    let routed = |way, department: Option<&str>, reason: Option<&str>| {
        let text = |text: &str| text.to_owned();
        let (department, reason) = (department.map(text), reason.map(text));
        let route = Some(Route { way, department, reason });
        let of_days = way == RouteWay::StatutoryLimit;
        let item = if of_days { recognition() } else { registration() };
        of(&CaseFacts { route, ..case_of(&item, CaseStatus::Accepted) }, &answers())
    };
    vec![
        ("request-received", of(&case_of(&appointment(), CaseStatus::Received), phone)),
        ("request-undated", of(&case_of(&door_to_door(), CaseStatus::Received), phone)),
        ("request-green", of(&case_of(&call_back(), CaseStatus::Accepted), phone)),
        ("given-received", of(&case_of(&subsidised(), CaseStatus::Received), &given())),
        ("given-completed", of(&case_of(&subsidised(), CaseStatus::Completed), &given())),
        ("enterprise", of(&CaseFacts { enterprise, ..recorded }, &[])),
        ("overdue-promised", of(&overdue, &[])),
        ("route-at-once", routed(RouteWay::AtOnce, None, None)),
        ("route-back-office", routed(RouteWay::BackOffice, None, None)),
        (
            "route-other-department",
            routed(RouteWay::OtherDepartment, Some("示例市医疗保障局（样例）"), None),
        ),
        (
            "route-statutory-limit",
            routed(RouteWay::StatutoryLimit, None, Some("样例：需要现场调查，暂按法定时限办理。")),
        ),
    ]
}

pub fn receipt_of(head: &Head, status: CaseStatus) -> Slip {
    receipt(head, Some(head.pack), &case(status), &card("王小例"), &answers())
}

pub fn query_of(head: &Head) -> Slip {
    let row = |insurance, status, months| {
        vec![
            Value::State(insurance),
            Value::State(status),
            Value::Number { count: months, unit: None },
        ]
    };
    let insured = || both("参保缴费", "Insured");
    let answer = QueryAnswer {
        as_of: date(2026, 10, 31),
        facts: Vec::new(),
        tables: vec![Table {
            title: both("参保情况", "Your insurances"),
            columns: vec![
                both("险种", "Insurance"),
                both("参保状态", "Status"),
                both("缴费月数", "Months"),
            ],
            rows: vec![
                row(both("养老保险", "Pension"), insured(), 126),
                row(both("医疗保险", "Medical"), insured(), 126),
                row(both("失业保险", "Unemployment"), both("暂停缴费", "Paused"), 98),
                row(both("工伤保险", "Work injury"), both("终止参保", "Ended"), 98),
                row(both("生育保险", "Maternity"), both("未参保", "None"), 0),
            ],
        }],
        verification_code: Some("K7M2-9QXD-40AB".to_owned()),
        document: None,
    };
    // A name with two characters that no double-byte printer font holds.
    query_slip(head, &query(), &card("𠮷小㛃"), None, &answer)
}

/// Every slip, with a name for it.
pub fn all(lang: Lang) -> Vec<(&'static str, Slip)> {
    let pack = pack();
    let near = near();
    let in_town = head(&near, lang);
    let plain = head(&pack, lang);
    let demo_reprint = Head { demo: true, reprint: true, ..plain };
    let reprint = Head { reprint: true, ..plain };
    // Fetched from 我的办件, when nobody keeps the answers.
    let fetched = receipt(&reprint, Some(&pack), &case(CaseStatus::Accepted), &card("王小例"), &[]);
    // No calendar of the year: the day is provisional.
    let accepted = CaseFacts {
        item: "hard_to_employ".to_owned(),
        due_at: None,
        pack_version: pack.version.clone(),
        ..case(CaseStatus::Accepted)
    };
    let promised = receipt(&plain, Some(&pack), &accepted, &card("王小例"), &[]);
    let mut all = vec![
        ("received", receipt_of(&plain, CaseStatus::Received)),
        ("accepted", receipt_of(&plain, CaseStatus::Accepted)),
        ("completed-reprint", receipt_of(&demo_reprint, CaseStatus::Completed)),
        ("returned", receipt_of(&plain, CaseStatus::Returned)),
        ("accepted-fetched", fetched),
        ("accepted-promised", promised),
        ("query", query_of(&plain)),
        ("guide", guide(&plain, &registration())),
        ("guide-handoff", guide(&plain, &contributions())),
        ("policy", policy(&plain, &subsidy())),
        ("outlet", outlet(&in_town, &near.outlets[0])),
    ];
    all.extend(handled(&plain));
    all
}
