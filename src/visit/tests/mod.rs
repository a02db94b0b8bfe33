//! The visit, driven by scripted and by random events.

mod around;
mod cases;
mod choosing;
mod evaluation;
mod every_kind;
mod form;
mod forms;
mod handling;
mod identity;
mod pages;
mod random;
mod results;

use std::sync::{Arc, LazyLock};

use jiff::civil::{Date, date};

use super::flows::{Evaluate, EvaluateStep, Identify, IdentifyStep};
use super::*;
use crate::case::{CaseFacts, CaseStatus};
use crate::domain::answer::QueryAnswer;
use crate::domain::card::CardText;
use crate::domain::evaluation::Level;
use crate::domain::pack::Area;
use crate::testkit::{cases as kit, many, packs};

const ALL_WELL: Surroundings =
    Surroundings { online: true, reader: true, printer: true, panel: true };
const OFFLINE: Surroundings = Surroundings { online: false, ..ALL_WELL };
const QUERY: &str = kit::QUERY;
const INSTANT: &str = kit::INSTANT;

fn today() -> Date {
    date(2026, 11, 22)
}

fn card() -> Box<CardText> {
    kit::card()
}

fn laid(card: Box<CardText>) -> Event {
    Event::CardRead { card, today: Some(today()) }
}

fn lies(lies: bool) -> Event {
    Event::CardPresence { lies: Some(lies) }
}

/// The `sequence`-th case of the kiosk.
fn facts_of(sequence: u64, status: CaseStatus) -> CaseFacts {
    CaseFacts { number: kit::number(sequence), ..kit::facts(status) }
}

fn facts(status: CaseStatus) -> CaseFacts {
    facts_of(1, status)
}

fn answer() -> QueryAnswer {
    QueryAnswer {
        as_of: date(2026, 10, 31),
        facts: Vec::new(),
        tables: Vec::new(),
        verification_code: None,
        document: None,
    }
}

fn visit(surroundings: Surroundings) -> Visit {
    let mut visit = Visit::new(pack(), config::Visit::default());
    visit.handle(Event::Surroundings(surroundings));
    visit
}

/// An area with many items.
const AREA: Area = Area::SocialInsurance;

/// A visit to a kiosk with many items.
fn of_many(surroundings: Surroundings) -> Visit {
    static PACK: LazyLock<Arc<Pack>> = LazyLock::new(many::pack);
    let mut visit = Visit::new(PACK.clone(), config::Visit::default());
    visit.handle(Event::Surroundings(surroundings));
    visit
}

/// Touches made on the page as it stands each time.
fn touch(visit: &mut Visit, touches: &[Touch]) -> Vec<Effect> {
    touches
        .iter()
        .flat_map(|touch| visit.handle(Event::Touched { page: visit.token(), touch: *touch }))
        .collect()
}

fn seconds(visit: &mut Visit, n: u32) -> Vec<Effect> {
    (0..n).flat_map(|_| visit.handle(Event::Second { today: None })).collect()
}

/// The sample pack, read once: it is the same for every visit.
fn pack() -> Arc<Pack> {
    static PACK: LazyLock<Arc<Pack>> = LazyLock::new(packs::sample);
    PACK.clone()
}

/// Where an item stands on the home page.
fn place(id: &str) -> usize {
    pack().items.iter().position(|item| item.id.as_str() == id).unwrap()
}

fn to_item(visit: &mut Visit, id: &str) {
    touch(visit, &[Touch::Start, Touch::Item(place(id))]);
    assert_eq!(visit.page(), Page::Item);
}

fn to_card(visit: &mut Visit, id: &str) -> Vec<Effect> {
    to_item(visit, id);
    let effects = touch(visit, &[Touch::Begin, Touch::Agree]);
    assert_eq!(visit.page(), Page::Card);
    effects
}

fn to_identity(visit: &mut Visit, id: &str) {
    to_card(visit, id);
    visit.handle(Event::CardReading);
    visit.handle(laid(card()));
    assert_eq!(visit.page(), Page::Identity);
}

fn dial(visit: &mut Visit, number: &str) {
    for digit in number.bytes() {
        touch(visit, &[Touch::Digit(digit - b'0')]);
    }
}

/// Journey 2 up to the question for the telephone.
fn to_phone(visit: &mut Visit) {
    to_identity(visit, INSTANT);
    touch(visit, &[Touch::Confirm]);
    touch(visit, &[Touch::Choose(1), Touch::Next, Touch::Choose(0), Touch::Next]);
    assert_eq!(visit.page(), Page::Question(2));
}

fn to_review(visit: &mut Visit) {
    to_phone(visit);
    dial(visit, kit::PHONE);
    touch(visit, &[Touch::Next]);
    assert_eq!(visit.page(), Page::Review);
}

/// What was submitted.
fn submit(visit: &mut Visit) -> (Ticket, Arc<Application>) {
    let effects = touch(visit, &[Touch::Submit]);
    let [Effect::Submit { ticket, application }] = &effects[..] else {
        panic!("expected a submission, got {effects:?}")
    };
    (*ticket, application.clone())
}

/// Journey 2 up to the stored case.
fn to_stored_case(visit: &mut Visit) {
    to_review(visit);
    let (ticket, _) = submit(visit);
    visit.handle(Event::Stored { ticket, facts: Some(facts(CaseStatus::Received)) });
    assert_eq!(visit.page(), Page::CaseResult);
}

/// The slip that was ordered, with whether it says 补打.
fn ordered(effects: &[Effect]) -> (Ticket, &SlipOrder, bool) {
    let mut slips = effects.iter().filter_map(|effect| match effect {
        Effect::Print { ticket, order, reprint } => Some((*ticket, order, *reprint)),
        _ => None,
    });
    let slip = slips.next().unwrap_or_else(|| panic!("no slip was ordered: {effects:?}"));
    assert_eq!(slips.next(), None, "one slip at a time");
    slip
}

/// Journey 2 up to the completed case whose slip is being printed.
fn to_printing(visit: &mut Visit) -> Ticket {
    to_stored_case(visit);
    let effects = visit.handle(Event::CaseAdvanced(facts(CaseStatus::Completed)));
    ordered(&effects).0
}

/// Journey 2 up to the completed case whose slip came to this end.
fn to_result(visit: &mut Visit, outcome: SlipOutcome) {
    let ticket = to_printing(visit);
    visit.handle(Event::SlipDone { ticket, outcome });
}

fn to_evaluation(visit: &mut Visit) {
    to_result(visit, SlipOutcome::Printed);
    touch(visit, &[Touch::Evaluate]);
    assert_eq!(visit.page(), Page::Evaluation);
}

/// The list of the citizen's cases.
fn to_cases(visit: &mut Visit, cases: Vec<CaseFacts>) {
    touch(visit, &[Touch::Start, Touch::MyCases, Touch::Agree]);
    let effects = visit.handle(laid(card()));
    let Some(Effect::FindCases { ticket, .. }) = effects.first() else { panic!("{effects:?}") };
    visit.handle(Event::CasesFound { ticket: *ticket, cases: Some(cases), unreadable: 0 });
    assert_eq!(visit.page(), Page::Cases);
}

/// The evaluation that was recorded.
fn recorded(effects: &[Effect]) -> Option<(Ticket, Level, &[u16])> {
    effects.iter().find_map(|effect| match effect {
        Effect::RecordEvaluation { ticket, level, tags, .. } => {
            Some((*ticket, *level, tags.as_slice()))
        }
        _ => None,
    })
}
