//! Visits brought to every page of the journeys by events, as a citizen would bring them there.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use kuaiban::case::{
    CaseFacts, CaseNumber, CaseStatus, HeldReason, Hindrance, QueryToken, Route, RouteWay,
};
use kuaiban::clock;
use kuaiban::config;
use kuaiban::devices::state::{DeviceState, Fault};
use kuaiban::domain::answer::{Document, Nothing, QueryAnswer, Table};
use kuaiban::domain::enterprise::Authority;
use kuaiban::domain::entitlement::{Entitled, Entitlement};
use kuaiban::domain::evaluation::Level;
use kuaiban::domain::fact::{Fact, Private, Value};
use kuaiban::domain::listing::Holder;
use kuaiban::domain::mask;
use kuaiban::domain::pack::{
    AnswerKind, Area, Bilingual, Browsed, Choice, Handoff, Item, ItemKind, Pack, Priority, Region,
    Requested, Spot,
};
use kuaiban::domain::vacancy::{Vacancy, VacancyPage};
use kuaiban::say::Lang;
use kuaiban::screen::{Devices, Kept, Moment, OutOfService, View};
use kuaiban::slip::layout::{Line, layout};
use kuaiban::slip::{Head, slips};
use kuaiban::testkit::{many, packs, people};
use kuaiban::visit::flows::Leaflet;
use kuaiban::visit::{
    CardTrouble, Effect, Event, Flow, Page, SlipOutcome, Surroundings, Touch, Visit,
};

/// The largest pack that is shipped.
static NATIONAL: LazyLock<Arc<Pack>> = LazyLock::new(|| {
    let folder = packs::shipped_folder("national").expect("it lies in the sources");
    Arc::new(kuaiban::pack::load(&folder).expect("it is flawless"))
});

/// The item of it with the most questions.
const LONGEST: &str = "arbitration_application";

pub struct Fixture {
    pub name: &'static str,
    pub visit: Visit,
    pub slip: Vec<Line>,
}

/// How the devices are where a page stands: on two pages everything is out of order.
pub fn devices(name: &str) -> Devices {
    if name.ends_with("-nothing-works") {
        Devices {
            reader: DeviceState::Absent,
            printer: DeviceState::Failed(Fault::PaperOut),
            panel: DeviceState::Absent,
        }
    } else {
        Devices {
            reader: DeviceState::Ready,
            printer: DeviceState::Ready,
            panel: DeviceState::Ready,
        }
    }
}

/// Half of the pages by day, half by night; a third with a clock that nobody has set.
pub fn moment<'a>(slip: &'a [Line], devices: &'a Devices, name: &str) -> Moment<'a> {
    let hours = if name.len().is_multiple_of(2) { 8 } else { 0 };
    Moment {
        now: now() + jiff::SignedDuration::from_hours(hours),
        clock_trusted: !name.len().is_multiple_of(3),
        devices,
        slip,
        paper: config::Paper::Mm80,
        kept: Kept { returned: 30, finished: 365 },
        demo: true,
        settling: false,
    }
}

/// A kiosk whose store cannot be opened.
pub fn out_of_service() -> OutOfService {
    OutOfService {
        number: 303,
        kiosk: Some(1),
        hotline: Some("12333".to_owned()),
        outlet: Some(Bilingual {
            zh: "示例市人社局，示例区样例路1号".to_owned(),
            en: "Example City HRSS Bureau, 1 Sample Road".to_owned(),
        }),
        demo: true,
        clock_trusted: false,
    }
}

pub fn now() -> Timestamp {
    "2026-11-21T18:14:09Z".parse().unwrap()
}

/// Read once: every page begins with it.
fn pack() -> Arc<Pack> {
    static PACK: LazyLock<Arc<Pack>> = LazyLock::new(packs::sample);
    PACK.clone()
}

/// The same with an item that asks a question of each kind.
fn every_kind() -> Arc<Pack> {
    static PACK: LazyLock<Arc<Pack>> = LazyLock::new(packs::every_kind);
    PACK.clone()
}

/// One with many items.
fn many_items() -> Arc<Pack> {
    static PACK: LazyLock<Arc<Pack>> = LazyLock::new(many::pack);
    PACK.clone()
}

/// The same with another kind of handling.
fn handling(change: impl FnOnce(&mut Item)) -> Arc<Pack> {
    let mut pack = Pack::clone(&pack());
    let item = pack.items.iter_mut().find(|item| item.id.as_str() == "unemployment_registration");
    change(item.unwrap());
    Arc::new(pack)
}

fn promised(item: &mut Item) {
    item.kind = ItemKind::Promised;
    item.promise = Some("5wd".parse().unwrap());
}

fn handed_on(item: &mut Item) {
    item.kind = ItemKind::Handoff;
    item.questions.clear();
    let to = Bilingual {
        zh: "示例市税务局（样例）".into(), en: "Example City Tax Service".into()
    };
    item.handoff = Some(Handoff { to, url: Some("https://tax.example.invalid".into()) });
}

/// Somebody is asked to do it; who is 65 or older comes first.
fn requested(of: Requested) -> Arc<Pack> {
    let mut pack = Pack::clone(&handling(|item| item.kind = ItemKind::Request { of }));
    pack.priority = Some(Priority { age: 65 });
    let item = pack.items.iter_mut().find(|item| item.id.as_str() == "unemployment_registration");
    item.unwrap().eligibility.age = None;
    Arc::new(pack)
}

fn no_questions(item: &mut Item, kind: ItemKind) {
    item.kind = kind;
    item.questions.clear();
}

/// Another item calls back whoever cannot be served.
fn with_call_back() -> Arc<Pack> {
    let mut pack = Pack::clone(&pack());
    let item = pack.items.iter_mut().find(|item| item.id.as_str() == "flexible_employment");
    item.unwrap().kind = ItemKind::Request { of: Requested::CallBack };
    Arc::new(pack)
}

fn entitlement() -> Entitlement {
    let both = |zh: &str, en: &str| Bilingual { zh: zh.into(), en: en.into() };
    let fact = |zh: &str, en: &str, value| Fact::new(both(zh, en), value);
    Entitlement {
        as_of: jiff::civil::date(2026, 10, 31),
        facts: vec![
            fact("补贴标准", "Rate", Value::Amount { fen: 50_000 }),
            fact(
                "发放期限",
                "For",
                Value::Number { count: 12, unit: Some(both("个月", "months")) },
            ),
            fact("到账方式", "Paid to", Value::State(both("社会保障卡", "Social security card"))),
        ],
    }
}

fn vacancy(at: usize) -> Vacancy {
    let both = |zh: &str, en: &str| Bilingual { zh: zh.into(), en: en.into() };
    Vacancy {
        number: format!("YL-{:05}", at + 1),
        job: both("养老护理员", "Care worker"),
        employer: both("样例养老服务有限公司（样例）", "Sample care company (sample)"),
        place: both("示例市示例区", "Example District, Example City"),
        pay: Some(both("4200-5500 元/月", "4,200-5,500 yuan a month")),
        openings: 3,
        phone: Some("0000-12345700".into()),
    }
}

fn facts(status: CaseStatus) -> CaseFacts {
    let at = |seconds: i64| Some(now() + jiff::SignedDuration::from_secs(seconds));
    CaseFacts {
        status,
        accepted_at: (status >= CaseStatus::Accepted).then(|| at(-6)).flatten(),
        completed_at: (status == CaseStatus::Completed).then(|| at(-2)).flatten(),
        due_at: at(1791),
        correct_by: (status == CaseStatus::Returned).then(|| jiff::civil::date(2026, 12, 6)),
        note: match status {
            CaseStatus::Completed => Some("SY-2026-000017".to_owned()),
            CaseStatus::Returned => Some("样例：已有有效的失业登记，不必重复登记。".to_owned()),
            CaseStatus::Received | CaseStatus::Accepted => None,
        },
        ..CaseFacts::received(
            CaseNumber::new("000000", 1, 17).unwrap(),
            "unemployment_registration".into(),
            "1".into(),
            (now() - jiff::SignedDuration::from_secs(9), true),
            QueryToken::from_bits(17),
        )
    }
}

fn answer() -> QueryAnswer {
    let both = |zh: &str, en: &str| Bilingual { zh: zh.into(), en: en.into() };
    let row = |zh, en, status: (&str, &str), months| {
        vec![
            Value::State(both(zh, en)),
            Value::State(both(status.0, status.1)),
            Value::Number { count: months, unit: Some(both("个月", "months")) },
        ]
    };
    let (insured, paused) = (("参保缴费", "Insured"), ("暂停缴费", "Paused"));
    QueryAnswer {
        as_of: jiff::civil::date(2026, 10, 31),
        // A number of somebody else, such as a dependant.
        facts: vec![Fact::new(
            both("供养亲属", "Dependant"),
            Value::IdNumber(Private::new(&*people::find("citizen").unwrap().card.number)),
        )],
        tables: vec![Table {
            title: both("参保情况", "Insurance"),
            columns: vec![
                both("险种", "Insurance"),
                both("状态", "Status"),
                both("累计缴费", "Paid"),
            ],
            rows: vec![
                row("养老保险", "Pension", insured, 128),
                row("医疗保险", "Medical", insured, 128),
                row("失业保险", "Unemployment", insured, 116),
                row("工伤保险", "Work injury", paused, 96),
                row("生育保险", "Maternity", ("未参保", "Not insured"), 0),
            ],
        }],
        verification_code: Some("K7M2-9QXD".into()),
        document: None,
    }
}

/// A visit under way, and what has to be answered next.
struct Player {
    visit: Visit,
    last: Vec<Effect>,
}

impl Player {
    fn new(english: bool, assisted: bool, surroundings: Surroundings) -> Player {
        Player::with(pack(), english, assisted, surroundings)
    }

    fn with(pack: Arc<Pack>, english: bool, assisted: bool, surroundings: Surroundings) -> Player {
        let mut visit = Visit::new(pack, config::Visit::default());
        visit.handle(Event::Surroundings(surroundings));
        let mut player = Player { visit, last: Vec::new() };
        player.modes(english, assisted);
        player
    }

    /// What the next citizen chooses.
    fn modes(&mut self, english: bool, assisted: bool) {
        if english {
            self.touch(Touch::ToggleLanguage);
        }
        if assisted {
            self.touch(Touch::ToggleAssisted);
        }
    }

    fn touch(&mut self, touch: Touch) -> &mut Self {
        let page = self.visit.token();
        self.event(Event::Touched { page, touch })
    }

    fn all(&mut self, touches: &[Touch]) -> &mut Self {
        for touch in touches {
            self.touch(*touch);
        }
        self
    }

    /// Types on the keys of a page.
    fn keys(&mut self, text: &str) -> &mut Self {
        for key in text.chars() {
            self.touch(match key.to_digit(10) {
                Some(digit) => Touch::Digit(u8::try_from(digit).unwrap()),
                None => Touch::Letter(key),
            });
        }
        self
    }

    fn seconds(&mut self, seconds: u32) -> &mut Self {
        for _ in 0..seconds {
            self.event(Event::Second { today: None });
        }
        self
    }

    fn event(&mut self, event: Event) -> &mut Self {
        let effects = self.visit.handle(event);
        if !effects.is_empty() {
            self.last = effects;
        }
        self
    }

    fn item(&self, id: &str) -> usize {
        self.visit.session().pack().items.iter().position(|item| item.id.as_str() == id).unwrap()
    }

    fn ticket(&self) -> u64 {
        self.last
            .iter()
            .find_map(|effect| match effect {
                Effect::Query { ticket, .. }
                | Effect::AskEntitlement { ticket, .. }
                | Effect::AskAuthority { ticket, .. }
                | Effect::FindVacancies { ticket, .. }
                | Effect::Submit { ticket, .. }
                | Effect::FindCases { ticket, .. }
                | Effect::Print { ticket, .. } => Some(*ticket),
                _ => None,
            })
            .expect("an effect with a ticket")
    }

    fn until_card(&mut self, id: &str) -> &mut Self {
        let item = self.item(id);
        self.touch(Touch::Start).touch(Touch::Item(item)).touch(Touch::Begin).touch(Touch::Agree)
    }

    fn lay(&mut self, person: &str) -> &mut Self {
        let person = people::all().into_iter().find(|p| p.id == person).unwrap();
        let today = Some(clock::local(now()).date());
        self.event(Event::CardReading).event(Event::CardRead { card: Box::new(person.card), today })
    }

    fn until_review(&mut self) -> &mut Self {
        self.until_card("unemployment_registration").lay("citizen").touch(Touch::Confirm);
        self.touch(Touch::Choose(0)).touch(Touch::Next).touch(Touch::Choose(1)).touch(Touch::Next);
        for digit in [1, 3, 8, 0, 0, 0, 0, 0, 0, 0, 0] {
            self.touch(Touch::Digit(digit));
        }
        self.touch(Touch::Next);
        assert_eq!(self.visit.page(), Page::Review);
        self
    }

    /// An item of the national pack, answered as its own example.
    fn until_review_of(&mut self, id: &str) -> &mut Self {
        self.until_card(id).lay("citizen").touch(Touch::Confirm);
        let pack = self.visit.session().pack().clone();
        let item = pack.item(id).unwrap();
        let example = item.sample_form().unwrap();
        for _ in 0..4 * item.questions.len() {
            let (Page::Question(at) | Page::Region { question: at, .. }) = self.visit.page() else {
                break;
            };
            let question = &item.questions[at];
            let answer = example.answers[&question.id].as_str();
            let place = |options: &[Choice], code: &str| {
                options.iter().position(|option| option.code == code).unwrap()
            };
            match &question.answer {
                AnswerKind::Choice { options } => {
                    self.touch(Touch::Choose(place(options, answer)));
                }
                AnswerKind::YesNo => {
                    self.touch(Touch::Choose(usize::from(answer != "yes")));
                }
                AnswerKind::Several { options, .. } => {
                    for code in answer.split(',') {
                        self.touch(Touch::Choose(place(options, code)));
                    }
                }
                AnswerKind::Phone { ways } => {
                    let way = ways.iter().position(|way| answer.starts_with(way.code.as_str()));
                    self.touch(Touch::PhoneWay(way.unwrap_or_default()));
                    let number = answer.rsplit(':').next().unwrap_or_default();
                    if number.bytes().all(|byte| byte.is_ascii_digit()) {
                        self.keys(number);
                    }
                }
                AnswerKind::Region { under, .. } => {
                    let Flow::Form(form) = self.visit.top() else { unreachable!() };
                    let path = pack.regions.path(answer, under.as_deref());
                    let (_, offered) = form.regions(self.visit.session());
                    let on_the_way = |region: &&Region| path.iter().any(|r| r.code == region.code);
                    let place = offered.iter().position(on_the_way).unwrap();
                    self.touch(Touch::Choose(place));
                }
                _ => {
                    self.keys(&answer.replace('-', ""));
                }
            }
            self.touch(Touch::Next);
        }
        assert_eq!(self.visit.page(), Page::Review, "of {id}");
        self
    }

    fn until_window(&mut self, person: &str) -> &mut Self {
        self.until_card("unemployment_registration").lay(person).touch(Touch::Confirm);
        self.touch(Touch::Choose(0)).touch(Touch::Next).touch(Touch::Choose(1)).touch(Touch::Next);
        self.touch(Touch::PhoneWay(3)).touch(Touch::Next);
        assert_eq!(self.visit.page(), Page::Window);
        self
    }

    fn until_requested(&mut self, person: &str) -> &mut Self {
        self.until_window(person).touch(Touch::Choose(0)).touch(Touch::Next).touch(Touch::Submit);
        let request = self.last.iter().find_map(|effect| match effect {
            Effect::Submit { application, .. } => application.particulars.request,
            _ => None,
        });
        let (ticket, pack_version) = (self.ticket(), self.visit.session().pack().version.clone());
        let facts =
            CaseFacts { request, due_at: None, pack_version, ..facts(CaseStatus::Received) };
        self.event(Event::Stored { ticket, facts: Some(facts.clone()) });
        let accepted =
            CaseFacts { status: CaseStatus::Accepted, accepted_at: Some(now()), ..facts };
        self.event(Event::CaseAdvanced(accepted))
    }

    fn until_received(&mut self) -> &mut Self {
        self.until_review().touch(Touch::Submit);
        let ticket = self.ticket();
        self.event(Event::Stored { ticket, facts: Some(facts(CaseStatus::Received)) })
    }

    fn until_completed(&mut self) -> &mut Self {
        self.until_received().event(Event::CaseAdvanced(facts(CaseStatus::Completed)))
    }

    fn printed(&mut self, outcome: SlipOutcome) -> &mut Self {
        let ticket = self.ticket();
        self.event(Event::SlipDone { ticket, outcome })
    }

    fn done(&mut self, name: &'static str) -> Fixture {
        let lang = self.visit.session().lang();
        Fixture { name, visit: self.visit.clone(), slip: slip(&self.visit, lang) }
    }
}

/// The slip that belongs to the page, as the kiosk would have printed it.
fn slip(visit: &Visit, lang: Lang) -> Vec<Line> {
    let session = visit.session();
    let head = Head {
        pack: session.pack(),
        kiosk: 1,
        printed_at: now(),
        clock_trusted: true,
        serial: 42,
        lang,
        demo: true,
        reprint: false,
    };
    let slip = match visit.top() {
        Flow::GuideSlip(guide) => match &guide.about {
            Leaflet::Item(item) => slips::guide(&head, session.item(item).unwrap()),
            Leaflet::Policy(policy) => slips::policy(&head, session.policy(policy).unwrap()),
            Leaflet::Outlet(outlet) => slips::outlet(&head, session.outlet(outlet).unwrap()),
        },
        Flow::QueryResult(result) => {
            let item = session.item(&result.item).unwrap();
            slips::query(&head, item, &result.card, result.enterprise.as_deref(), &result.answer)
        }
        Flow::CaseResult(result) => {
            let pack = Some(session.pack());
            let confirmed = result.application.particulars.confirmed.as_ref();
            let given = confirmed.map_or(&[][..], |given| &given.facts);
            slips::receipt(&head, pack, &result.facts, &result.application.applicant, given)
        }
        Flow::OpenCase(case) => {
            let pack = session.pack_of(&case.facts.pack_version);
            slips::receipt(&head, pack, &case.facts, &case.card, &[])
        }
        _ => return Vec::new(),
    };
    layout(&slip, config::Paper::Mm80)
}

/// Every page in its notable forms.
#[allow(clippy::vec_init_then_push, reason = "a row a page")]
pub fn all(english: bool, assisted: bool) -> Vec<Fixture> {
    let well = Surroundings { online: true, reader: true, printer: true, panel: true };
    let offline = Surroundings { online: false, ..well };
    let nothing = Surroundings::default();
    let begin = |around| Player::new(english, assisted, around);
    let start = || begin(well);
    let query = "participation_query";
    let instant = "unemployment_registration";
    let mut out = Vec::new();

    // Without a card.
    out.push(start().done("attract"));
    out.push(begin(offline).done("attract-offline"));
    out.push(begin(nothing).done("attract-nothing-works"));
    out.push(start().touch(Touch::Start).done("home"));
    out.push(begin(nothing).touch(Touch::Start).done("home-nothing-works"));
    let item = start().item(instant);
    out.push(start().touch(Touch::Start).touch(Touch::Item(item)).done("item"));
    let fields = [Touch::Start, Touch::Item(item), Touch::PublicFields];
    out.push(start().all(&fields).done("public-fields"));
    let filled_in = [Touch::Start, Touch::Item(item), Touch::SampleForm];
    out.push(start().all(&filled_in).done("sample-form"));
    // The item with the most questions.
    let longest = || {
        let mut player = Player::with(NATIONAL.clone(), english, assisted, well);
        let item = player.item(LONGEST);
        player.touch(Touch::Start).touch(Touch::Item(item));
        player
    };
    out.push(longest().done("item-longest"));
    out.push(longest().touch(Touch::SampleForm).done("sample-form-longest"));
    let item = start().item(query);
    out.push(begin(offline).touch(Touch::Start).touch(Touch::Item(item)).done("item-offline"));
    let open = [Touch::Start, Touch::Item(item)];
    out.push(begin(nothing).all(&open).done("item-nothing-works"));
    out.push(begin(nothing).all(&fields).done("public-fields-nothing-works"));
    let guide = [Touch::Start, Touch::Item(item), Touch::PrintGuide];
    out.push(start().all(&guide).printed(SlipOutcome::Printed).done("guide"));
    out.push(start().touch(Touch::Start).touch(Touch::Help).done("help"));
    out.extend(policies_and_outlets(english, assisted, well));

    // One of many items.
    let of_many = |around| {
        let mut player = Player::with(many_items(), english, assisted, around);
        player.touch(Touch::Start);
        player
    };
    let typed = |keys: &str| {
        let mut player = of_many(well);
        player.touch(Touch::Search);
        for key in keys.chars() {
            player.touch(match key.to_digit(10) {
                Some(digit) => Touch::Digit(digit as u8),
                None => Touch::Letter(key),
            });
        }
        player
    };
    out.push(of_many(well).done("home-full"));
    out.push(of_many(well).touch(Touch::Turn(1)).done("home-full-areas"));
    out.push(of_many(offline).touch(Touch::Turn(2)).done("home-full-others"));
    out.push(of_many(nothing).done("home-full-nothing-works"));
    let insurance = Touch::Area(Area::SocialInsurance);
    out.push(of_many(well).touch(insurance).done("area"));
    out.push(of_many(well).all(&[insurance, Touch::Turn(4)]).done("area-last"));
    out.push(of_many(nothing).touch(insurance).done("area-nothing-works"));
    out.push(of_many(offline).touch(Touch::Area(Area::LabourRelations)).done("area-short"));
    out.push(typed("").done("search-empty"));
    out.push(typed(if english { "UN" } else { "DJ" }).done("search"));
    out.push(typed("610").done("search-number"));
    out.push(typed("XQZJKWXQZJKW").done("search-none"));

    // Identification.
    out.push(start().all(&[Touch::Start, Touch::Item(item), Touch::Begin]).done("consent"));
    let mut player = start();
    player.until_completed().printed(SlipOutcome::Printed);
    player.all(&[Touch::Another, Touch::Item(item), Touch::Begin]);
    out.push(player.done("consent-again"));
    out.push(start().until_card(query).done("card"));
    out.push(start().until_card(query).event(Event::CardReading).done("card-reading"));
    for (trouble, name) in [
        (CardTrouble::WrongCard, "card-wrong"),
        (CardTrouble::NotGenuine, "card-not-genuine"),
        (CardTrouble::MovedAway, "card-moved"),
        (CardTrouble::StillThere, "card-still-there"),
        (CardTrouble::Unreadable, "card-unreadable"),
    ] {
        out.push(start().until_card(query).event(Event::CardTrouble(trouble)).done(name));
    }
    let gone = Event::Surroundings(Surroundings { reader: false, ..well });
    out.push(start().until_card(query).event(gone).done("card-reader-gone"));
    out.push(start().until_card(query).lay("rare").done("identity"));
    out.push(start().until_card(instant).lay("foreigner").done("identity-foreigner"));
    out.push(start().until_card(query).lay("expired").done("expired"));
    out.push(start().until_card(query).lay("expired").touch(Touch::Outlets).done("outlets"));

    let mut player = start();
    player.until_card(instant).lay("elderly").touch(Touch::Confirm);
    out.push(player.done("not-eligible"));

    // Questions.
    let mut player = start();
    player.until_card(instant).lay("citizen").touch(Touch::Confirm);
    out.push(player.touch(Touch::Choose(1)).done("question"));
    player.touch(Touch::Next).touch(Touch::Choose(0)).touch(Touch::Next);
    out.push(player.done("phone-empty"));
    for digit in [1, 3, 8, 0, 0] {
        player.touch(Touch::Digit(digit));
    }
    out.push(player.touch(Touch::Next).done("phone-refused"));
    out.push(player.touch(Touch::PhoneWay(1)).done("phone-landline"));
    out.push(player.touch(Touch::PhoneWay(2)).done("phone-relative"));
    out.push(player.touch(Touch::PhoneWay(3)).done("phone-none"));
    out.push(start().until_review().done("review"));

    // A question of each kind.
    let mut player = Player::with(every_kind(), english, assisted, well);
    player.until_card("every_kind").lay("citizen").touch(Touch::Confirm);
    player.touch(Touch::Choose(1)).touch(Touch::Next);
    out.push(player.keys("1234.5").done("question-amount"));
    player.touch(Touch::Next).keys("202603");
    out.push(player.done("question-date"));
    player.touch(Touch::Clear).keys("20230305").touch(Touch::Next);
    out.push(player.done("question-date-refused"));
    player.touch(Touch::Clear).keys("20260305");
    out.push(player.done("question-date-typed"));
    out.push(player.touch(Touch::Next).touch(Touch::Choose(0)).done("question-yes-no"));
    out.push(player.touch(Touch::Next).keys("128").done("question-number"));
    player.touch(Touch::Next).touch(Touch::Choose(1)).touch(Touch::Choose(4));
    out.push(player.done("question-several"));
    player.touch(Touch::Choose(2)).touch(Touch::Next);
    out.push(player.done("question-several-refused"));
    player.touch(Touch::Choose(2)).touch(Touch::Next);
    out.push(player.done("question-identity-empty"));
    player.keys("110105189602290080").touch(Touch::Next);
    out.push(player.done("question-identity-refused"));
    player.touch(Touch::Erase).keys("X");
    out.push(player.done("question-identity"));
    player.touch(Touch::Next).keys("91000000M0001007");
    out.push(player.done("question-credit-code"));
    player.keys("RA").touch(Touch::Next);
    out.push(player.done("question-credit-code-refused"));
    player.touch(Touch::Erase).keys("E").touch(Touch::Next).keys("6200000000000000000");
    out.push(player.done("question-bank"));
    player.touch(Touch::Next).touch(Touch::Choose(0));
    out.push(player.done("question-region"));
    player.touch(Touch::Next).touch(Touch::Choose(3));
    out.push(player.done("question-region-district"));
    player.touch(Touch::Next).keys("13800000000").touch(Touch::Next);
    assert_eq!(player.visit.page(), Page::Review);
    out.push(player.done("review-every-kind"));
    out.extend(long_tables(english, assisted));

    // Results.
    out.push(start().until_review().touch(Touch::Submit).done("working"));
    let mut player = start();
    player.until_review().touch(Touch::Submit).seconds(21);
    out.push(player.done("store-silent"));
    let mut player = start();
    let ticket = player.until_review().touch(Touch::Submit).ticket();
    out.push(player.event(Event::Stored { ticket, facts: None }).done("not-stored"));
    out.push(start().until_received().done("received"));
    let mut player = begin(offline);
    player.until_received().seconds(1);
    out.push(player.printed(SlipOutcome::Printed).done("received-offline"));
    out.push(start().until_completed().done("printing"));
    out.push(start().until_completed().printed(SlipOutcome::Printed).done("completed"));
    out.push(start().until_completed().printed(SlipOutcome::Unknown).done("slip-unknown"));
    out.push(start().until_completed().printed(SlipOutcome::NotPrinted).done("slip-not-printed"));
    let by = |change: fn(&mut Item)| Player::with(handling(change), english, assisted, well);
    let open = [Touch::Start, Touch::Item(start().item(instant))];
    out.push(by(promised).all(&open).done("item-promised"));
    out.push(by(handed_on).all(&open).done("item-handed-on"));
    out.push(by(handed_on).touch(Touch::Start).done("home-handed-on"));
    let pack_version = pack().version.clone();
    let accepted = CaseFacts { due_at: None, pack_version, ..facts(CaseStatus::Accepted) };
    let mut player = by(promised);
    player.until_received().event(Event::CaseAdvanced(accepted)).printed(SlipOutcome::Printed);
    out.push(player.done("promised"));
    let returned = Event::CaseAdvanced(facts(CaseStatus::Returned));
    let mut player = start();
    player.until_received().event(returned).printed(SlipOutcome::Printed);
    out.push(player.done("returned"));
    let mut player = start();
    out.push(player.until_card(query).lay("elderly").touch(Touch::Confirm).done("querying"));
    let result = |answer| {
        let mut player = start();
        player.until_card(query).lay("elderly").touch(Touch::Confirm);
        let ticket = player.ticket();
        player.event(Event::Queried { ticket, answer });
        player
    };
    out.push(result(Ok(answer())).printed(SlipOutcome::Printed).done("query-result"));
    let mut long = answer();
    long.tables.push(Table {
        title: Bilingual { zh: "缴费记录".into(), en: "Payments".into() },
        rows: long.tables[0].rows.iter().cycle().take(100).cloned().collect(),
        ..long.tables[0].clone()
    });
    out.push(result(Ok(long)).printed(SlipOutcome::Printed).done("query-long"));
    let document = Document {
        title: Bilingual {
            zh: "参保证明（样例）".into(), en: "Certificate (sample)".into()
        },
        link: Private::new("https://hrss.example.invalid/d/7F3K9QXD2M"),
        until: now() + jiff::SignedDuration::from_mins(8 * 60 + 10),
    };
    let sealed = QueryAnswer { document: Some(document), ..answer() };
    out.push(result(Ok(sealed)).printed(SlipOutcome::Printed).done("query-document"));
    for (trouble, name) in [
        (Nothing::UnknownPerson, "unknown-person"),
        (Nothing::NotAvailable, "not-available"),
        (Nothing::NoRecord, "no-record"),
        (Nothing::NotPermitted, "not-permitted"),
    ] {
        out.push(result(Err(trouble.into())).done(name));
    }

    // Requests to people.
    let ask = |of| Player::with(requested(of), english, assisted, well);
    out.push(ask(Requested::CallBack).all(&open).done("item-request"));
    let mut player = ask(Requested::CallBack);
    out.push(player.until_window("elderly").touch(Touch::Choose(1)).done("request-window"));
    out.push(player.touch(Touch::Next).done("request-review"));
    out.push(ask(Requested::Appointment).until_window("citizen").done("request-window-days"));
    let mut player = ask(Requested::CallBack);
    out.push(
        player.until_requested("elderly").printed(SlipOutcome::Printed).done("request-received"),
    );
    let mut player = ask(Requested::Appointment);
    player.until_requested("citizen").printed(SlipOutcome::Printed);
    out.push(player.done("request-appointment"));

    // What is given without application, vacancies, and for whom somebody acts.
    let given = || by(|item| no_questions(item, ItemKind::NoApplication));
    let asked = |answer| {
        let mut player = given();
        player.until_card(instant).lay("citizen").touch(Touch::Confirm);
        let ticket = player.ticket();
        player.event(Event::Entitled { ticket, answer });
        player
    };
    let entitled = || asked(Entitled::Yes(entitlement()));
    out.push(entitled().done("no-application-entitled"));
    out.push(entitled().touch(Touch::Decline).done("no-application-declined"));
    let reason = "样例：缴费未满 12 个月。满 12 个月后系统自动核定，无需您申请。";
    let no = Entitled::No { reason: Some(Private::new(reason)) };
    out.push(asked(no).done("no-application-none"));
    out.push(asked(Entitled::Unknown).done("no-application-unknown"));
    let mut player = entitled();
    let ticket = player.touch(Touch::Submit).ticket();
    player.event(Event::Stored { ticket, facts: Some(facts(CaseStatus::Received)) });
    player.event(Event::CaseAdvanced(facts(CaseStatus::Completed)));
    out.push(player.printed(SlipOutcome::Printed).done("no-application-confirmed"));
    let mut player = by(|item| no_questions(item, ItemKind::Browse { of: Browsed::Vacancies }));
    let ticket = player.all(&open).touch(Touch::Begin).ticket();
    let page = |number: usize, next: bool| VacancyPage {
        as_of: jiff::civil::date(2026, 11, 20),
        total: 45,
        vacancies: (0..number).map(vacancy).collect(),
        next: next.then(|| "p.20".to_owned()),
    };
    out.push(
        player
            .event(Event::VacanciesFound { ticket, page: Some(page(20, true)) })
            .done("vacancies"),
    );
    let ticket = player.touch(Touch::Further).ticket();
    out.push(player.event(Event::VacanciesFound { ticket, page: None }).done("vacancies-failed"));
    let agent = || {
        let mut player = by(|item| item.holder = Holder::Enterprise);
        player.until_card(instant).lay("citizen").touch(Touch::Confirm);
        player
    };
    out.push(agent().touch(Touch::Digit(9)).touch(Touch::Letter('M')).done("enterprise-code"));
    let told = |answer| {
        let mut player = agent();
        for key in "91000000MA0000000N".chars() {
            player.touch(key.to_digit(10).map_or(Touch::Letter(key), |d| Touch::Digit(d as u8)));
        }
        let ticket = player.touch(Touch::Next).ticket();
        player.event(Event::AuthorityTold { ticket, answer });
        player
    };
    out.push(told(Authority::NotKnown { detail: None }).done("enterprise-not-confirmed"));
    let mut pack = Pack::clone(&with_call_back());
    pack.items.iter_mut().find(|item| item.id.as_str() == instant).unwrap().holder =
        Holder::Enterprise;
    let mut player = Player::with(Arc::new(pack), english, assisted, well);
    player.until_card(instant).lay("citizen").touch(Touch::Confirm).keys("91000000MA0000000N");
    let ticket = player.touch(Touch::Next).ticket();
    let detail = Some(Private::new("样例：该单位登记的经办人是另一位。"));
    player.event(Event::AuthorityTold { ticket, answer: Authority::NotKnown { detail } });
    out.push(player.done("enterprise-not-confirmed-call-me"));
    let mut player =
        told(Authority::Confirmed { name: "样例科技有限公司（样例）".into() });
    player.touch(Touch::Choose(0)).touch(Touch::Next).touch(Touch::Choose(1)).touch(Touch::Next);
    player.touch(Touch::PhoneWay(3)).touch(Touch::Next);
    out.push(player.done("enterprise-review"));
    let mut player = Player::with(with_call_back(), english, assisted, well);
    player.until_card(instant).lay("elderly").touch(Touch::Confirm);
    out.push(player.done("not-eligible-call-me"));
    let around = Surroundings { online: false, ..well };
    let mut player = Player::with(with_call_back(), english, assisted, around);
    let about = [Touch::Start, Touch::Item(start().item(query))];
    out.push(player.all(&about).done("item-offline-call-me"));

    // Cases that take long, and who handles them.
    let of_today = |change: &dyn Fn(&mut CaseFacts)| {
        let mut player = by(promised);
        let pack_version = player.visit.session().pack().version.clone();
        let mut case = CaseFacts { due_at: None, pack_version, ..facts(CaseStatus::Accepted) };
        change(&mut case);
        player.all(&[Touch::Start, Touch::MyCases, Touch::Agree]).lay("citizen");
        let ticket = player.ticket();
        player.event(Event::CasesFound { ticket, cases: Some(vec![case]), unreadable: 0 });
        player
    };
    let late = |case: &mut CaseFacts| {
        let before = jiff::SignedDuration::from_hours(24 * 20);
        case.received_at -= before;
        case.accepted_at = Some(case.received_at);
        case.breach = Some(Hindrance::Platform);
    };
    out.push(of_today(&late).done("cases-overdue"));
    out.push(of_today(&late).touch(Touch::Case(0)).done("case-overdue"));
    let routed = |way, department: Option<&str>, reason: Option<&str>| {
        let (department, reason) = (department.map(str::to_owned), reason.map(str::to_owned));
        of_today(&move |case: &mut CaseFacts| {
            let (department, reason) = (department.clone(), reason.clone());
            case.route = Some(Route { way, department, reason });
        })
    };
    let department = Some("示例市医疗保障局（样例）");
    let mut player = routed(RouteWay::OtherDepartment, department, None);
    out.push(player.touch(Touch::Case(0)).done("case-routed"));
    let reason = Some("样例：需要现场调查，暂按法定时限办理。");
    let mut player = routed(RouteWay::StatutoryLimit, None, reason);
    player.touch(Touch::Case(0)).touch(Touch::Reprint);
    out.push(player.printed(SlipOutcome::Printed).done("case-statutory"));

    // Evaluation and farewell.
    let evaluation = || {
        let mut player = start();
        player.until_completed().printed(SlipOutcome::Printed).touch(Touch::Evaluate);
        player
    };
    out.push(evaluation().done("evaluation"));
    out.push(evaluation().event(Event::Pressed(Level::Satisfied)).done("evaluation-pressed"));
    let mut player = evaluation();
    player.event(Event::Pressed(Level::VeryDissatisfied));
    out.push(player.touch(Touch::Reason(1)).done("reasons"));
    player.touch(Touch::SendReasons).touch(Touch::Next);
    out.push(player.event(Event::CardPresence { lies: Some(false) }).done("farewell"));
    player.event(Event::CardPresence { lies: Some(true) });
    out.push(player.done("card-left"));
    // It is pointed at for long enough; then the kiosk is the next citizen's.
    for _ in 0..16 {
        player.event(Event::Second { today: None });
    }
    player.touch(Touch::Leave).modes(english, assisted);
    out.push(player.done("attract-card-forgotten"));
    out.push(player.until_card(query).done("card-forgotten"));
    out.push(start().until_completed().touch(Touch::Leave).done("farewell-printing"));
    let mut player = start();
    player.until_completed().printed(SlipOutcome::Unknown).touch(Touch::Leave);
    out.push(player.done("farewell-slip-unknown"));
    let mut player = start();
    let ticket = player.until_completed().ticket();
    player.touch(Touch::Leave);
    player.event(Event::Surroundings(Surroundings { printer: false, ..well }));
    let failed = Event::SlipDone { ticket, outcome: SlipOutcome::NotPrinted };
    out.push(player.event(failed).done("farewell-no-slip"));

    // My cases.
    let search = || {
        let mut player = start();
        player.touch(Touch::Start).touch(Touch::MyCases).touch(Touch::Agree).lay("citizen");
        player
    };
    let found = |cases: Option<Vec<CaseFacts>>| {
        let mut player = search();
        let ticket = player.ticket();
        let unreadable = u32::from(cases.as_ref().is_some_and(|cases| !cases.is_empty()));
        player.event(Event::CasesFound { ticket, cases, unreadable });
        player
    };
    out.push(search().done("searching"));
    out.push(found(None).done("search-failed"));
    out.push(found(Some(Vec::new())).done("cases-empty"));
    let mut untrusted = facts(CaseStatus::Received);
    untrusted.clock_trusted = false;
    let mut held = facts(CaseStatus::Received);
    held.held = Some(HeldReason { code: "number_taken".into() });
    let cases = vec![
        facts(CaseStatus::Completed),
        facts(CaseStatus::Received),
        facts(CaseStatus::Accepted),
        facts(CaseStatus::Returned),
        untrusted,
        held,
    ];
    out.push(found(Some(cases.clone())).done("cases"));
    out.push(found(Some(cases.clone())).touch(Touch::Case(0)).done("open-case"));
    out.push(found(Some(cases.clone())).touch(Touch::Case(3)).done("open-case-returned"));
    out.push(found(Some(cases.clone())).touch(Touch::Case(4)).done("open-case-untrusted"));
    out.push(found(Some(cases.clone())).touch(Touch::Case(5)).done("open-case-held"));
    let mut player = found(Some(cases));
    player.event(Event::Surroundings(Surroundings { printer: false, ..well }));
    out.push(player.touch(Touch::Case(0)).done("open-case-no-printer"));

    let mut player = start();
    player.until_review().seconds(if assisted { 190 } else { 66 });
    out.push(player.done("warning"));
    out
}

/// Whether a text of this view shows what a bystander must not read: the name, number or address of
/// a person whose card was laid, or a telephone number anywhere but where it is typed and checked.
pub fn gives_away(view: &View, text: &str) -> bool {
    let mut data = Vec::new();
    for person in people::all() {
        let card = &person.card;
        data.extend([&card.number, &card.name, &card.name_latin, &card.address].map(String::clone));
        // Paper that is taken along may say more than a screen that others see.
        data.push(mask::slip_number(&card.number));
    }
    if !matches!(view.page, kuaiban::screen::PageView::Keys(_)) && view.name != "review" {
        data.push("13800000000".to_owned());
    }
    if !matches!(view.page, kuaiban::screen::PageView::Keys(_)) {
        data.extend(["11010518960229008X", "6200000000000000000"].map(str::to_owned));
    }
    data.retain(|datum| !datum.is_empty());
    let plain = text.replace([' ', '\u{2060}'], "");
    data.iter().any(|datum| text.contains(datum) || plain.contains(datum))
}

/// Tables that are longer than some panel: what is to be checked or agreed to has to be seen whole.
pub fn long_tables(english: bool, assisted: bool) -> Vec<Fixture> {
    let well = Surroundings { online: true, reader: true, printer: true, panel: true };
    let mut national = Player::with(NATIONAL.clone(), english, assisted, well);
    let mut out = vec![national.until_review_of(LONGEST).done("review-longest")];
    // As many facts as the contract allows.
    let mut given = entitlement();
    given.facts = given
        .facts
        .iter()
        .cycle()
        .take(12)
        .enumerate()
        .map(|(at, fact)| {
            let label = Bilingual {
                zh: format!("第{}项：{}", at + 1, fact.label.zh),
                en: format!("{}. {}", at + 1, fact.label.en),
            };
            Fact::new(label, fact.value.clone())
        })
        .collect();
    let pack = handling(|item| no_questions(item, ItemKind::NoApplication));
    let mut player = Player::with(pack, english, assisted, well);
    player.until_card("unemployment_registration").lay("citizen").touch(Touch::Confirm);
    let ticket = player.ticket();
    player.event(Event::Entitled { ticket, answer: Entitled::Yes(given) });
    out.push(player.done("no-application-twelve-facts"));
    out
}

/// What stands around: policies and outlets, in town and in the country, and where there are none.
fn policies_and_outlets(english: bool, assisted: bool, around: Surroundings) -> Vec<Fixture> {
    let changed = |change: &dyn Fn(&mut Pack)| {
        let mut pack = Pack::clone(&pack());
        change(&mut pack);
        let mut player = Player::with(Arc::new(pack), english, assisted, around);
        player.touch(Touch::Start);
        player
    };
    let start = || changed(&|_| {});
    let mut out = Vec::new();
    out.push(start().touch(Touch::Policies).done("policies"));
    out.push(start().all(&[Touch::Policies, Touch::Policy(0)]).done("policy"));
    let mut player = start();
    player.all(&[Touch::Policies, Touch::Policy(1), Touch::PrintGuide]);
    out.push(player.printed(SlipOutcome::Printed).done("policy-slip"));
    // Of the size of a real pack, with its packages.
    let national = || {
        let mut player = Player::with(NATIONAL.clone(), english, assisted, around);
        player.touch(Touch::Start);
        player
    };
    out.push(national().done("home-national"));
    out.push(national().touch(Touch::Packages).done("packages"));
    out.push(national().all(&[Touch::Packages, Touch::Package(2)]).done("package"));
    let none = |pack: &mut Pack| pack.policies.clear();
    out.push(changed(&none).touch(Touch::Policies).done("policies-empty"));
    // Somebody who wants another matter, and has been known since the last.
    let known = || {
        let mut player = Player::new(english, assisted, around);
        player.until_completed().printed(SlipOutcome::Printed);
        player.all(&[Touch::Another, Touch::Policies]);
        player
    };
    out.push(known().done("policies-match"));
    out.push(known().touch(Touch::MarkPolicies).done("policies-match-off"));
    out.push(known().touch(Touch::Policy(0)).done("policy-match"));

    let item = start().item("flexible_employment");
    out.push(start().touch(Touch::NearOutlets).done("outlets-near"));
    let of_item = [Touch::Item(item), Touch::NearOutlets];
    out.push(start().all(&of_item).done("outlets-of-item"));
    let nobody = |pack: &mut Pack| pack.outlets.iter_mut().for_each(|outlet| outlet.items.clear());
    out.push(changed(&nobody).all(&of_item).done("outlets-nobody-said"));
    let unknown = |pack: &mut Pack| pack.place.at = None;
    out.push(changed(&unknown).touch(Touch::NearOutlets).done("outlets-no-place"));
    out.push(
        changed(&unknown).all(&[Touch::NearOutlets, Touch::OutletAt(1)]).done("outlet-no-place"),
    );
    // Nothing within the circle.
    let far =
        |pack: &mut Pack| pack.place.at = pack.place.at.map(|at| Spot { lat: at.lat + 0.2, ..at });
    out.push(changed(&far).touch(Touch::NearOutlets).done("outlets-far"));
    let closed = |pack: &mut Pack| {
        pack.outlets
            .iter_mut()
            .for_each(|outlet| outlet.until = Some(jiff::civil::date(2026, 10, 1)));
    };
    out.push(changed(&closed).touch(Touch::NearOutlets).done("outlets-empty"));
    out.push(start().all(&[Touch::NearOutlets, Touch::OutletAt(1)]).done("outlet"));
    out.push(start().all(&[Touch::NearOutlets, Touch::OutletAt(0)]).done("outlet-here"));
    let rural = |pack: &mut Pack| pack.place.rural = true;
    out.push(changed(&rural).touch(Touch::NearOutlets).done("outlets-rural"));
    out.push(changed(&rural).all(&[Touch::NearOutlets, Touch::OutletAt(5)]).done("outlet-rural"));
    let mut player = start();
    player.all(&[Touch::NearOutlets, Touch::OutletAt(1), Touch::PrintGuide]);
    out.push(player.printed(SlipOutcome::Printed).done("outlet-slip"));
    out
}
