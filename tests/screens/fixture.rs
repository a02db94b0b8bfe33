//! Visits brought to every page of the journeys by events, as a citizen would bring them there.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use kuaiban::case::{CaseFacts, CaseNumber, CaseStatus, QueryToken};
use kuaiban::config;
use kuaiban::devices::state::{DeviceState, Fault};
use kuaiban::domain::answer::{QueryAnswer, Table};
use kuaiban::domain::evaluation::Level;
use kuaiban::domain::fact::Value;
use kuaiban::domain::pack::{Bilingual, Pack};
use kuaiban::say::Lang;
use kuaiban::screen::scene::{Around, Devices};
use kuaiban::slip::content::{self, Applicant, Head};
use kuaiban::slip::layout::{Line, layout};
use kuaiban::testkit::people;
use kuaiban::visit::{
    CardTrouble, Effect, Event, QueryTrouble, SlipOutcome, State, Surroundings, Touch, Visit,
};

pub struct Fixture {
    pub name: &'static str,
    pub visit: Visit,
    pub slip: Vec<Line>,
}

/// Half of the pages by day, half by night; one with everything out of order.
pub fn around<'a>(slip: &'a [Line], name: &str) -> Around<'a> {
    let devices = if name == "item-offline" {
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
    };
    let hours = if name.len().is_multiple_of(2) { 8 } else { 0 };
    Around {
        now: now() + jiff::SignedDuration::from_hours(hours),
        devices,
        slip,
        paper: config::Paper::Mm80,
        demo: true,
        settling: false,
    }
}

fn now() -> Timestamp {
    "2026-11-21T18:14:09Z".parse().unwrap()
}

fn pack() -> Arc<Pack> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("kiosk-image/site-packs/sample");
    Arc::new(kuaiban::pack::load(&dir).unwrap())
}

fn facts(status: CaseStatus) -> CaseFacts {
    let at = |seconds: i64| Some(now() + jiff::SignedDuration::from_secs(seconds));
    CaseFacts {
        status,
        accepted_at: (status >= CaseStatus::Accepted).then(|| at(-6)).flatten(),
        completed_at: (status == CaseStatus::Completed).then(|| at(-2)).flatten(),
        due_at: at(1791),
        note: (status == CaseStatus::Completed).then(|| "SY-2026-000017".to_owned()),
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
        facts: Vec::new(),
        tables: vec![Table {
            title: both("参保情况", "Insurance"),
            columns: vec![both("险种", "Insurance"), both("状态", "Status"), both("累计缴费", "Paid")],
            rows: vec![
                row("养老保险", "Pension", insured, 128),
                row("医疗保险", "Medical", insured, 128),
                row("失业保险", "Unemployment", insured, 116),
                row("工伤保险", "Work injury", paused, 96),
                row("生育保险", "Maternity", ("未参保", "Not insured"), 0),
            ],
        }],
        verification_code: Some("K7M2-9QXD".into()),
    }
}

/// A visit under way, and what has to be answered next.
struct Player {
    visit: Visit,
    last: Vec<Effect>,
}

impl Player {
    fn new(english: bool, assisted: bool, surroundings: Surroundings) -> Player {
        let mut visit = Visit::new(pack(), config::Visit::default());
        visit.handle(Event::Surroundings(surroundings));
        let mut player = Player { visit, last: Vec::new() };
        if english {
            player.touch(Touch::ToggleLanguage);
        }
        if assisted {
            player.touch(Touch::ToggleAssisted);
        }
        player
    }

    fn touch(&mut self, touch: Touch) -> &mut Self {
        self.event(Event::Touched(touch))
    }

    fn event(&mut self, event: Event) -> &mut Self {
        let effects = self.visit.handle(event);
        if !effects.is_empty() {
            self.last = effects;
        }
        self
    }

    fn item(&self, id: &str) -> usize {
        self.visit.pack().items.iter().position(|item| item.id == id).unwrap()
    }

    fn ticket(&self) -> u64 {
        self.last
            .iter()
            .find_map(|effect| match effect {
                Effect::Query { ticket, .. }
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
        let expired = person.id == "expired";
        self.event(Event::CardReading)
            .event(Event::CardRead { card: Box::new(person.card), expired })
    }

    fn until_review(&mut self) -> &mut Self {
        self.until_card("unemployment_registration").lay("citizen").touch(Touch::Confirm);
        self.touch(Touch::Choose(0)).touch(Touch::Next).touch(Touch::Choose(1)).touch(Touch::Next);
        for digit in [1, 3, 8, 0, 0, 0, 0, 0, 0, 0, 0] {
            self.touch(Touch::Digit(digit));
        }
        self.touch(Touch::Next);
        assert!(matches!(self.visit.state(), State::Review { .. }), "{:?}", self.visit.state());
        self
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
        let lang = self.visit.lang();
        Fixture { name, visit: self.visit.clone(), slip: slip(&self.visit, lang) }
    }
}

/// The slip that belongs to the page, as the kiosk would have printed it.
fn slip(visit: &Visit, lang: Lang) -> Vec<Line> {
    let head = Head {
        pack: visit.pack(),
        kiosk: 1,
        printed_at: now(),
        clock_trusted: true,
        serial: 42,
        lang,
        demo: true,
        reprint: false,
    };
    let items = &visit.pack().items;
    let applicant = Applicant { name: "李*例", number: "000000********0246" };
    let slip = match visit.state() {
        State::Guide { item, .. } => content::guide(&head, &items[*item]),
        State::QueryResult { item, answer, .. } => {
            content::query_result(&head, &items[*item], &applicant, answer)
        }
        State::CaseResult { form, facts, .. } => {
            content::receipt(&head, &items[form.item], facts, &applicant, &[])
        }
        _ => return Vec::new(),
    };
    layout(&slip, config::Paper::Mm80)
}

/// Every page in its notable forms.
pub fn all(english: bool, assisted: bool) -> Vec<Fixture> {
    let well = Surroundings { online: true, reader: true, printer: true, panel: true };
    let offline = Surroundings { online: false, ..well };
    let start = || Player::new(english, assisted, well);
    let start_offline = || Player::new(english, assisted, offline);
    let query = "participation_query";
    let instant = "unemployment_registration";
    let mut out = Vec::new();

    out.push(start().done("attract"));
    out.push(start_offline().done("attract-offline"));
    out.push(start().touch(Touch::Start).done("home"));
    let mut player = start();
    let item = player.item(instant);
    out.push(player.touch(Touch::Start).touch(Touch::Item(item)).done("item"));
    let mut player = start_offline();
    let item = player.item(query);
    out.push(player.touch(Touch::Start).touch(Touch::Item(item)).done("item-offline"));
    let mut player = start();
    player.touch(Touch::Start).touch(Touch::Item(item)).touch(Touch::PrintGuide);
    out.push(player.printed(SlipOutcome::Printed).done("guide"));
    let mut player = start();
    player.touch(Touch::Start).touch(Touch::Item(item)).touch(Touch::Begin);
    out.push(player.done("consent"));
    out.push(start().until_card(query).done("card"));
    out.push(start().until_card(query).event(Event::CardReading).done("card-reading"));
    out.push(
        start()
            .until_card(query)
            .event(Event::CardTrouble(CardTrouble::WrongCard))
            .done("card-wrong"),
    );
    out.push(start().until_card(query).lay("rare").done("identity"));
    out.push(start().until_card(instant).lay("foreigner").done("identity-foreigner"));
    out.push(start().until_card(query).lay("expired").done("expired"));
    let mut player = start();
    player.until_card(instant).lay("citizen").touch(Touch::Confirm);
    out.push(player.touch(Touch::Choose(1)).done("question"));
    player.touch(Touch::Next).touch(Touch::Choose(0)).touch(Touch::Next);
    for digit in [1, 3, 8, 0, 0] {
        player.touch(Touch::Digit(digit));
    }
    out.push(player.touch(Touch::Next).done("phone"));
    out.push(start().until_review().done("review"));
    out.push(start().until_review().touch(Touch::Submit).done("working"));
    out.push(start().until_received().done("received"));
    let mut player = start_offline();
    player.until_received().event(Event::Second);
    out.push(player.printed(SlipOutcome::Printed).done("received-offline"));
    out.push(start().until_completed().done("printing"));
    out.push(start().until_completed().printed(SlipOutcome::Printed).done("completed"));
    out.push(start().until_completed().printed(SlipOutcome::Unknown).done("slip-unknown"));
    let mut player = start();
    player.until_card(query).lay("elderly").touch(Touch::Confirm);
    let ticket = player.ticket();
    player.event(Event::Queried { ticket, answer: Ok(answer()) });
    out.push(player.printed(SlipOutcome::Printed).done("query-result"));
    let mut player = start();
    player.until_card(query).lay("elderly").touch(Touch::Confirm);
    let ticket = player.ticket();
    let answer = Err(QueryTrouble::Unreachable);
    out.push(player.event(Event::Queried { ticket, answer }).done("trouble"));
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
    out.push(player.done("farewell"));
    let mut player = start();
    player.touch(Touch::Start).touch(Touch::MyCases).touch(Touch::Agree).lay("citizen");
    let ticket = player.ticket();
    out.push(player.event(Event::CasesFound { ticket, cases: Vec::new() }).done("cases-empty"));
    let mut player = start();
    player.touch(Touch::Start).touch(Touch::MyCases).touch(Touch::Agree).lay("citizen");
    let ticket = player.ticket();
    let cases = vec![
        facts(CaseStatus::Completed),
        facts(CaseStatus::Received),
        facts(CaseStatus::Accepted),
    ];
    out.push(player.event(Event::CasesFound { ticket, cases }).done("cases"));
    out.push(start().touch(Touch::Start).touch(Touch::Help).done("help"));
    let mut player = start();
    player.until_review();
    for _ in 0..(if assisted { 190 } else { 66 }) {
        player.event(Event::Second);
    }
    out.push(player.done("warning"));
    out
}
