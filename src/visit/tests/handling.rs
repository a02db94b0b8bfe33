//! Requests to people, what is given without application, vacancies, and agents of enterprises.

use super::*;
use crate::domain::enterprise::Authority;
use crate::domain::entitlement::{Entitled, Entitlement};
use crate::domain::fact::{Fact, Value};
use crate::domain::item::{Browsed, ItemKind};
use crate::domain::listing::Holder;
use crate::domain::pack::{AnswerKind, Bilingual, Item, Priority};
use crate::domain::request::Requested;
use crate::domain::vacancy::VacancyPage;
use crate::domain::window::{Half, TimeWindow};
use crate::visit::flows::ObstacleReason;

/// The sample pack with its instant item changed.
fn visit_of(around: Surroundings, change: impl FnOnce(&mut Item)) -> Visit {
    let mut pack = Pack::clone(&pack());
    pack.priority = Some(Priority { age: 65 });
    let item = pack.items.iter_mut().find(|item| item.id.as_str() == INSTANT).unwrap();
    item.eligibility.age = None;
    change(item);
    let mut visit = Visit::new(Arc::new(pack), config::Visit::default());
    visit.handle(Event::Surroundings(around));
    visit
}

fn request(of: Requested) -> impl FnOnce(&mut Item) {
    move |item| item.kind = ItemKind::Request { of }
}

fn plain(kind: ItemKind) -> impl FnOnce(&mut Item) {
    move |item| {
        item.kind = kind;
        item.questions.clear();
    }
}

/// Lays a card for the instant item and confirms it.
fn identify(visit: &mut Visit, person: &str, today: Option<Date>) -> Vec<Effect> {
    touch(visit, &[Touch::Start, Touch::Item(place(INSTANT)), Touch::Begin, Touch::Agree]);
    visit.handle(Event::CardRead { card: kit::card_of(person), today });
    touch(visit, &[Touch::Confirm])
}

/// The questions of the instant item, without a telephone.
const ANSWERS: [Touch; 6] =
    [Touch::Choose(1), Touch::Next, Touch::Choose(0), Touch::Next, Touch::PhoneWay(3), Touch::Next];

fn window(visit: &Visit) -> &crate::visit::flows::ChooseWindow {
    match visit.top() {
        Flow::ChooseWindow(window) => window,
        other => panic!("no window: {other:?}"),
    }
}

#[test]
fn p5_a_request_has_a_window_and_the_old_come_first() {
    for (person, priority) in [("elderly", true), ("citizen", false)] {
        // Also without network: a request is durable like any application.
        let mut visit = visit_of(OFFLINE, request(Requested::Appointment));
        identify(&mut visit, person, Some(today()));
        touch(&mut visit, &ANSWERS);
        assert_eq!(visit.page(), Page::Window);
        touch(&mut visit, &[Touch::Next]);
        assert_eq!(visit.page(), Page::Window, "nothing is chosen");
        // The 22nd of November 2026 is a Sunday.
        let offered = window(&visit).windows.clone();
        let TimeWindow::On { day, half: Half::Morning, .. } = offered[0] else { panic!() };
        assert_eq!(day, date(2026, 11, 23));
        touch(&mut visit, &[Touch::Choose(1), Touch::Next]);
        assert_eq!(visit.page(), Page::Review);
        let (_, application) = submit(&mut visit);
        let request = application.particulars.request.unwrap();
        assert_eq!((request.priority, request.window), (priority, offered[1]));
        assert!(!request.by_phone);
    }
}

#[test]
fn p9_without_a_clock_a_window_is_the_next_working_day() {
    let mut visit = visit_of(ALL_WELL, request(Requested::CallBack));
    identify(&mut visit, "citizen", None);
    touch(&mut visit, &ANSWERS);
    let windows = &window(&visit).windows;
    assert_eq!(windows[0], TimeWindow::AnyTime);
    assert!(windows[1..].iter().all(|window| window.is_undated()));
}

#[test]
fn p9_a_window_that_has_passed_while_somebody_thought_is_asked_for_again() {
    let mut visit = visit_of(ALL_WELL, request(Requested::Appointment));
    identify(&mut visit, "citizen", Some(today()));
    touch(&mut visit, &ANSWERS);
    touch(&mut visit, &[Touch::Choose(0), Touch::Next]);
    assert_eq!(visit.page(), Page::Review);
    // The first day that is offered is the 23rd; midnight passes.
    visit.handle(Event::Second { today: Some(date(2026, 11, 23)) });
    assert!(touch(&mut visit, &[Touch::Submit]).is_empty());
    assert_eq!((visit.page(), window(&visit).chosen), (Page::Window, None));
    touch(&mut visit, &[Touch::Choose(0), Touch::Next]);
    submit(&mut visit);
}

#[test]
fn a_window_is_changed_from_the_review_and_gone_back_to() {
    let mut visit = visit_of(ALL_WELL, request(Requested::CallBack));
    identify(&mut visit, "citizen", Some(today()));
    touch(&mut visit, &ANSWERS);
    touch(&mut visit, &[Touch::Choose(0), Touch::Next, Touch::Edit(3)]);
    assert_eq!((visit.page(), window(&visit).chosen), (Page::Window, Some(0)));
    touch(&mut visit, &[Touch::Choose(2), Touch::Back]);
    assert_eq!(visit.page(), Page::Review, "what was half changed is not");
    let (_, application) = submit(&mut visit.clone());
    assert_eq!(application.particulars.request.unwrap().window, TimeWindow::AnyTime);
    // Back leads through the window to the last question, and loses neither.
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(window(&visit).chosen, Some(0));
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(visit.page(), Page::Question(2));
    touch(&mut visit, &[Touch::Next, Touch::Next]);
    assert_eq!(visit.page(), Page::Review);
    // An answer that is corrected leads straight back.
    touch(&mut visit, &[Touch::Edit(0), Touch::Choose(0), Touch::Next]);
    assert_eq!(visit.page(), Page::Review);
}

#[test]
fn p5_what_the_kiosk_cannot_do_becomes_a_request() {
    let mut pack = Pack::clone(&pack());
    let flexible = pack.items.iter_mut().find(|item| item.id.as_str() == "flexible_employment");
    let flexible = flexible.unwrap();
    flexible.kind = ItemKind::Request { of: Requested::CallBack };
    // Whoever may not use an item may still be called.
    flexible.eligibility = Default::default();
    let pack = Arc::new(pack);
    let visit = |around| {
        let mut visit = Visit::new(pack.clone(), config::Visit::default());
        visit.handle(Event::Surroundings(around));
        visit
    };
    // Not for this person: who was read need not lay the card again.
    let mut refused = visit(ALL_WELL);
    identify(&mut refused, "elderly", Some(today()));
    assert_eq!(refused.page(), Page::Obstacle);
    touch(&mut refused, &[Touch::CallMe, Touch::Agree]);
    assert_eq!(refused.page(), Page::Identity);
    touch(&mut refused, &[Touch::Confirm]);
    assert_eq!(refused.page(), Page::Question(0));
    touch(&mut refused, &[Touch::Back, Touch::Back]);
    assert_eq!(refused.page(), Page::Obstacle, "and the way back stays");
    // Nobody who comes next is taken for them.
    touch(&mut refused, &[Touch::CallMe, Touch::Home, Touch::MyCases, Touch::Agree]);
    assert_eq!(refused.page(), Page::Card);
    // A query without network.
    let mut offline = visit(OFFLINE);
    touch(&mut offline, &[Touch::Start, Touch::Item(place(QUERY)), Touch::CallMe]);
    assert_eq!(offline.page(), Page::Consent);
    // Nobody can be identified: nothing is offered.
    let mut blind = visit(Surroundings { reader: false, ..OFFLINE });
    touch(&mut blind, &[Touch::Start, Touch::Item(place(QUERY)), Touch::CallMe]);
    assert_eq!(blind.page(), Page::Item);
    // Nor where the item can be begun.
    let mut well = visit(ALL_WELL);
    touch(&mut well, &[Touch::Start, Touch::Item(place(QUERY)), Touch::CallMe]);
    assert_eq!(well.page(), Page::Item);
}

fn entitlement() -> Entitlement {
    let label = Bilingual { zh: "标准".into(), en: "Rate".into() };
    let facts = vec![Fact::new(label, Value::Amount { fen: 50_000 })];
    Entitlement { as_of: date(2026, 10, 31), facts }
}

fn asked(visit: &mut Visit) -> Ticket {
    let effects = identify(visit, "citizen", Some(today()));
    let asks = effects.iter().find_map(|effect| match effect {
        Effect::AskEntitlement { ticket, .. } => Some(*ticket),
        _ => None,
    });
    asks.unwrap_or_else(|| panic!("nobody was asked: {effects:?}"))
}

#[test]
fn what_is_given_without_application_needs_one_confirmation() {
    let mut visit = visit_of(ALL_WELL, plain(ItemKind::NoApplication));
    let ticket = asked(&mut visit);
    // An answer to another question is nobody's.
    let answer = || Entitled::Yes(entitlement());
    visit.handle(Event::Entitled { ticket: ticket + 1, answer: answer() });
    assert_eq!(visit.page(), Page::Querying);
    visit.handle(Event::Entitled { ticket, answer: answer() });
    assert_eq!(visit.page(), Page::Offered);
    // Declined, recorded without who, and undone.
    let effects = touch(&mut visit, &[Touch::Decline]);
    assert!(matches!(&effects[..], [Effect::Decline { .. }]), "{effects:?}");
    assert_eq!(visit.page(), Page::Declined);
    assert!(touch(&mut visit, &[Touch::Submit]).is_empty(), "declined is declined");
    touch(&mut visit, &[Touch::Undo]);
    let (ticket, application) = submit(&mut visit);
    assert_eq!(application.particulars.confirmed.as_deref(), Some(&entitlement()));
    assert!(application.answers.is_empty());
    visit.handle(Event::Stored { ticket, facts: Some(facts(CaseStatus::Received)) });
    assert_eq!(visit.page(), Page::CaseResult);
}

#[test]
fn p1_nobody_is_entitled_without_the_platforms_answer() {
    for (answer, unknown) in [(Entitled::No { reason: None }, false), (Entitled::Unknown, true)] {
        let mut visit = visit_of(ALL_WELL, plain(ItemKind::NoApplication));
        let ticket = asked(&mut visit);
        visit.handle(Event::Entitled { ticket, answer });
        let Flow::Obstacle(obstacle) = visit.top() else { panic!("{:?}", visit.top()) };
        assert_eq!(obstacle.reason == ObstacleReason::EntitlementUnknown, unknown);
        assert_eq!(obstacle.can_retry(), unknown);
    }
    let mut silent = visit_of(ALL_WELL, plain(ItemKind::NoApplication));
    asked(&mut silent);
    seconds(&mut silent, 20);
    assert_eq!(silent.page(), Page::Obstacle);
    let effects = touch(&mut silent, &[Touch::Retry]);
    assert!(matches!(&effects[..], [Effect::AskEntitlement { .. }]), "{effects:?}");
    let mut offline = visit_of(OFFLINE, plain(ItemKind::NoApplication));
    touch(&mut offline, &[Touch::Start, Touch::Item(place(INSTANT)), Touch::Begin]);
    assert_eq!(offline.page(), Page::Item, "it needs the platform");
}

/// How it comes that nobody can tell.
type Way<'w> = (Surroundings, &'w dyn Fn(&mut Visit));

fn checked(item: &mut Item) {
    item.eligibility.asks_platform = true;
}

/// What is handed in from here, whatever is answered.
fn handed_in(visit: &mut Visit) -> Arc<Application> {
    while visit.page() != Page::Review {
        let (Flow::Form(form), Page::Question(at)) = (visit.top(), visit.page()) else {
            panic!("{:?}", visit.page())
        };
        let questions = &visit.session().item(&form.item).unwrap().questions;
        let touches = match &questions[at].answer {
            AnswerKind::Phone { ways } => vec![Touch::PhoneWay(ways.len() - 1)],
            _ => vec![Touch::Choose(0)],
        };
        touch(visit, &touches);
        touch(visit, &[Touch::Next]);
    }
    submit(visit).1
}

#[test]
fn who_is_entitled_is_asked_before_the_first_question() {
    let mut visit = visit_of(ALL_WELL, checked);
    let ticket = asked(&mut visit);
    assert_eq!(visit.page(), Page::Querying);
    assert!(
        touch(&mut visit, &[Touch::Next, Touch::Choose(0), Touch::Back, Touch::Home]).is_empty()
    );
    visit.handle(Event::Entitled { ticket: ticket + 1, answer: Entitled::No { reason: None } });
    assert_eq!(visit.page(), Page::Querying, "an answer to another question is nobody's");
    visit.handle(Event::Entitled { ticket, answer: Entitled::Yes(entitlement()) });
    assert_eq!(visit.page(), Page::Question(0));
    let application = handed_in(&mut visit);
    assert!(!application.particulars.to_check && application.particulars.confirmed.is_none());
    assert_eq!(application.still_to_check(CaseStatus::Received), None);
}

#[test]
fn who_is_not_entitled_answers_nothing_and_is_told_why() {
    let mut visit = visit_of(ALL_WELL, checked);
    let ticket = asked(&mut visit);
    let reason = Some(crate::domain::fact::Private::new("缴费未满"));
    visit.handle(Event::Entitled { ticket, answer: Entitled::No { reason: reason.clone() } });
    let Flow::Obstacle(obstacle) = visit.top() else { panic!("{:?}", visit.top()) };
    assert_eq!(obstacle.reason, ObstacleReason::NotEntitled(reason));
    assert!(!obstacle.can_retry());
    touch(&mut visit, &[Touch::Outlets]);
    assert_eq!(visit.page(), Page::Outlets);
}

#[test]
fn p5_whose_entitlement_nobody_can_tell_now_goes_on_and_is_told_so() {
    let unknown = |visit: &mut Visit| {
        let ticket = asked(visit);
        visit.handle(Event::Entitled { ticket, answer: Entitled::Unknown });
    };
    let silent = |visit: &mut Visit| {
        asked(visit);
        seconds(visit, 20);
    };
    let offline = |visit: &mut Visit| {
        let effects = identify(visit, "citizen", Some(today()));
        let asks = effects.iter().any(|effect| matches!(effect, Effect::AskEntitlement { .. }));
        assert!(!asks, "there is nobody to ask");
    };
    let ways: [Way<'_>; 3] = [(ALL_WELL, &unknown), (ALL_WELL, &silent), (OFFLINE, &offline)];
    for (around, way) in ways {
        let mut visit = visit_of(around, checked);
        way(&mut visit);
        assert_eq!(visit.page(), Page::Question(0));
        let application = handed_in(&mut visit);
        assert!(application.particulars.to_check);
        for (status, told) in [
            (CaseStatus::Received, true),
            (CaseStatus::Accepted, true),
            (CaseStatus::Completed, false),
            (CaseStatus::Returned, false),
        ] {
            assert_eq!(application.still_to_check(status).is_some(), told, "{status:?}");
        }
    }
}

#[test]
fn another_person_is_asked_about_for_themselves() {
    let mut visit = visit_of(ALL_WELL, checked);
    let ticket = asked(&mut visit);
    visit.handle(Event::Entitled { ticket, answer: Entitled::Unknown });
    // The same person again: nobody is asked twice.
    let effects = touch(&mut visit, &[Touch::Back, Touch::Confirm]);
    assert!(effects.iter().all(|effect| !matches!(effect, Effect::AskEntitlement { .. })));
    assert_eq!(visit.page(), Page::Question(0));
    touch(&mut visit, &[Touch::Back, Touch::NotMe]);
    visit.handle(laid(kit::card_of("rare")));
    let effects = touch(&mut visit, &[Touch::Confirm]);
    let [Effect::AskEntitlement { ticket, card, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(card.number, kit::card_of("rare").number);
    visit.handle(Event::Entitled { ticket: *ticket, answer: Entitled::Yes(entitlement()) });
    assert!(!handed_in(&mut visit).particulars.to_check);
}

#[test]
fn vacancies_need_no_card_and_turn_by_pages() {
    let vacancies = ItemKind::Browse { of: Browsed::Vacancies };
    let mut visit = visit_of(Surroundings { reader: false, ..ALL_WELL }, plain(vacancies));
    let mut find = |touches: &[Touch], next: Option<&str>| {
        let effects = touch(&mut visit, touches);
        let [Effect::FindVacancies { ticket, after }] = &effects[..] else { panic!("{effects:?}") };
        let next = next.map(str::to_owned);
        let (as_of, vacancies) = (date(2026, 11, 20), Vec::new());
        let page = Some(VacancyPage { as_of, total: 45, vacancies, next });
        let after = after.clone();
        visit.handle(Event::VacanciesFound { ticket: *ticket, page });
        assert_eq!(visit.page(), Page::Vacancies);
        after
    };
    let begin = [Touch::Start, Touch::Item(place(INSTANT)), Touch::Begin];
    assert_eq!(find(&begin, Some("p.20")), None);
    assert_eq!(find(&[Touch::Further], Some("p.40")).as_deref(), Some("p.20"));
    assert_eq!(find(&[Touch::Further], None).as_deref(), Some("p.40"));
    assert_eq!(find(&[Touch::Earlier], Some("p.40")).as_deref(), Some("p.20"));
    assert_eq!(find(&[Touch::Earlier], Some("p.20")), None);
    assert!(touch(&mut visit, &[Touch::Earlier]).is_empty(), "there is none before");
    let effects = touch(&mut visit, &[Touch::Further]);
    let [Effect::FindVacancies { ticket, .. }] = effects[..] else { panic!("{effects:?}") };
    visit.handle(Event::VacanciesFound { ticket, page: None });
    assert_eq!(visit.page(), Page::Obstacle);
}

const CODE: &str = "91000000MA0000000N";

fn type_in(visit: &mut Visit, code: &str) {
    for key in code.chars() {
        touch(visit, &[key.to_digit(10).map_or(Touch::Letter(key), |d| Touch::Digit(d as u8))]);
    }
}

fn authority(effects: &[Effect]) -> (Ticket, &str) {
    match effects {
        [Effect::AskAuthority { ticket, code, .. }] => (*ticket, code),
        other => panic!("nobody was asked: {other:?}"),
    }
}

#[test]
fn an_agent_is_confirmed_before_anything_is_asked() {
    let mut visit = visit_of(ALL_WELL, |item| item.holder = Holder::Enterprise);
    identify(&mut visit, "citizen", Some(today()));
    assert_eq!(visit.page(), Page::CreditCode);
    // A code that is none is refused here, and nobody is asked.
    type_in(&mut visit, "91000000MA00000001");
    assert!(touch(&mut visit, &[Touch::Next]).is_empty());
    let Flow::ConfirmAuthority(page) = visit.top() else { panic!("{:?}", visit.top()) };
    assert!(page.refused.is_some());
    touch(&mut visit, &[Touch::Clear]);
    type_in(&mut visit, CODE);
    let effects = touch(&mut visit, &[Touch::Next]);
    let (ticket, code) = authority(&effects);
    assert_eq!(code, CODE);
    let name = "样例科技有限公司".to_owned();
    let answer = Authority::Confirmed { name: name.clone() };
    visit.handle(Event::AuthorityTold { ticket, answer });
    assert_eq!(visit.page(), Page::Question(0));
    touch(&mut visit, &ANSWERS);
    assert_eq!(visit.page(), Page::Review);
    let (_, application) = submit(&mut visit);
    let enterprise = application.particulars.enterprise.clone().unwrap();
    assert_eq!((enterprise.name.as_str(), enterprise.credit_code.as_str()), (&*name, CODE));
}

/// Types the code, and the platform confirms.
fn confirm(visit: &mut Visit) {
    type_in(visit, CODE);
    let effects = touch(visit, &[Touch::Next]);
    let (ticket, _) = authority(&effects);
    let answer = Authority::Confirmed { name: "样例科技有限公司".to_owned() };
    visit.handle(Event::AuthorityTold { ticket, answer });
}

/// Back to the page of the card, and another one is laid down.
fn another_agent(visit: &mut Visit, card: &str) {
    touch(visit, &[Touch::Back, Touch::NotMe]);
    visit.handle(Event::CardRead { card: kit::card_of(card), today: Some(today()) });
    touch(visit, &[Touch::Confirm]);
}

/// A code of another enterprise.
const OTHER_CODE: &str = "91000000M0001007RE";

/// The place of the enterprise on the review: behind three answers and the window.
const ENTERPRISE: Touch = Touch::Edit(4);

fn to_review_for_an_enterprise(kind: ItemKind) -> Visit {
    let mut visit = visit_of(ALL_WELL, |item| {
        item.kind = kind;
        item.holder = Holder::Enterprise;
    });
    identify(&mut visit, "citizen", Some(today()));
    confirm(&mut visit);
    touch(&mut visit, &ANSWERS);
    if visit.page() == Page::Window {
        touch(&mut visit, &[Touch::Choose(0), Touch::Next]);
    }
    assert_eq!(visit.page(), Page::Review);
    visit
}

fn application(visit: &Visit) -> Application {
    match visit.top() {
        Flow::Review(review) => review.application.clone(),
        other => panic!("no review: {other:?}"),
    }
}

#[test]
fn the_enterprise_is_corrected_from_the_review_and_everything_else_stays() {
    for kind in [ItemKind::Promised, ItemKind::Request { of: Requested::CallBack }] {
        let mut visit = to_review_for_an_enterprise(kind);
        let before = application(&visit);
        touch(&mut visit, &[ENTERPRISE]);
        let Flow::ConfirmAuthority(page) = visit.top() else { panic!("{:?}", visit.top()) };
        assert_eq!(page.answer.typed(), CODE, "it is looked at before it is changed");
        // Back, and the same code again: nothing has changed and nobody is asked.
        assert!(touch(&mut visit, &[Touch::Back]).is_empty());
        assert_eq!(application(&visit), before);
        assert!(touch(&mut visit, &[ENTERPRISE, Touch::Next]).is_empty());
        assert_eq!(application(&visit), before);
        // Half changed is not changed.
        touch(&mut visit, &[ENTERPRISE, Touch::Erase, Touch::Back]);
        assert_eq!(application(&visit), before);
        // Another one, which the platform confirms.
        touch(&mut visit, &[ENTERPRISE, Touch::Clear]);
        type_in(&mut visit, OTHER_CODE);
        let effects = touch(&mut visit, &[Touch::Next]);
        let (ticket, code) = authority(&effects);
        assert_eq!(code, OTHER_CODE);
        let answer = Authority::Confirmed { name: "样例贸易有限公司".to_owned() };
        visit.handle(Event::AuthorityTold { ticket, answer });
        let mut after = application(&visit);
        let enterprise = after.particulars.enterprise.take().unwrap();
        assert_eq!(
            (enterprise.name.as_str(), enterprise.credit_code.as_str()),
            ("样例贸易有限公司", OTHER_CODE)
        );
        after.particulars.enterprise = before.particulars.enterprise.clone();
        assert_eq!(after, before, "the answers stay");
        // The way back through the questions stays, too.
        touch(&mut visit, &[Touch::Back]);
        assert!(matches!(visit.page(), Page::Question(2) | Page::Window), "{:?}", visit.page());
    }
    // Of an item for a person there is no such row.
    let mut own = visit(ALL_WELL);
    to_review(&mut own);
    touch(&mut own, &[ENTERPRISE]);
    assert_eq!(own.page(), Page::Review);
}

#[test]
fn p5_an_enterprise_that_is_not_confirmed_leaves_the_review_as_it_was() {
    for answer in [Authority::NotKnown { detail: None }, Authority::NotAvailable] {
        let mut visit = to_review_for_an_enterprise(ItemKind::Promised);
        let before = application(&visit);
        touch(&mut visit, &[ENTERPRISE, Touch::Clear]);
        type_in(&mut visit, OTHER_CODE);
        let effects = touch(&mut visit, &[Touch::Next]);
        let (ticket, _) = authority(&effects);
        visit.handle(Event::AuthorityTold { ticket, answer });
        assert_eq!(visit.page(), Page::Obstacle);
        touch(&mut visit, &[Touch::Retry]);
        assert_eq!(visit.page(), Page::CreditCode);
        let effects = touch(&mut visit, &[Touch::Next]);
        let (ticket, _) = authority(&effects);
        visit.handle(Event::AuthorityTold { ticket, answer: Authority::NotAvailable });
        touch(&mut visit, &[Touch::Back]);
        assert_eq!(application(&visit), before);
    }
}

#[test]
fn p5_an_agent_who_is_not_known_takes_the_guide_along_and_finds_people() {
    let refused = |around| {
        let mut visit = visit_of(ALL_WELL, |item| item.holder = Holder::Enterprise);
        identify(&mut visit, "citizen", Some(today()));
        type_in(&mut visit, CODE);
        let effects = touch(&mut visit, &[Touch::Next]);
        let (ticket, _) = authority(&effects);
        visit.handle(Event::AuthorityTold { ticket, answer: Authority::NotKnown { detail: None } });
        visit.handle(Event::Surroundings(around));
        visit
    };
    let mut visit = refused(ALL_WELL);
    let effects = touch(&mut visit, &[Touch::PrintGuide]);
    let (_, order, again) = ordered(&effects);
    assert!(matches!(order, SlipOrder::Guide { item } if item.id.as_str() == INSTANT) && !again);
    assert_eq!(visit.page(), Page::GuideSlip);
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(visit.page(), Page::Obstacle);
    touch(&mut visit, &[Touch::Outlets]);
    assert_eq!(visit.page(), Page::Outlets);
    // Without paper nothing is promised.
    let mut visit = refused(Surroundings { printer: false, ..ALL_WELL });
    assert!(touch(&mut visit, &[Touch::PrintGuide]).is_empty());
    assert_eq!(visit.page(), Page::Obstacle);
}

#[test]
fn p4_another_agent_inherits_no_enterprise() {
    let requested = ItemKind::Request { of: Requested::Appointment };
    for kind in [ItemKind::Promised, requested] {
        let mut visit = visit_of(ALL_WELL, |item| {
            plain(kind)(item);
            item.holder = Holder::Enterprise;
        });
        identify(&mut visit, "citizen", Some(today()));
        confirm(&mut visit);
        let first = visit.page();
        assert!(matches!(first, Page::Review | Page::Window), "{first:?}");
        another_agent(&mut visit, "elderly");
        assert_eq!(visit.page(), Page::CreditCode, "after {first:?}");
        let Flow::ConfirmAuthority(page) = visit.top() else { panic!("{:?}", visit.top()) };
        assert_eq!(page.answer.typed(), "", "nor its code");
    }
}

#[test]
fn what_is_asked_for_an_enterprise_is_asked_of_the_enterprise() {
    for kind in [ItemKind::Query, ItemKind::NoApplication] {
        let mut visit = visit_of(ALL_WELL, |item| {
            plain(kind)(item);
            item.holder = Holder::Enterprise;
        });
        identify(&mut visit, "citizen", Some(today()));
        type_in(&mut visit, CODE);
        let effects = touch(&mut visit, &[Touch::Next]);
        let (ticket, _) = authority(&effects);
        let answer = Authority::Confirmed { name: "样例科技有限公司".to_owned() };
        let effects = visit.handle(Event::AuthorityTold { ticket, answer });
        let of = effects.iter().find_map(|effect| match effect {
            Effect::Query { enterprise, .. } | Effect::AskEntitlement { enterprise, .. } => {
                enterprise.clone()
            }
            _ => None,
        });
        assert_eq!(of.expect("asked of the enterprise").credit_code, CODE);
    }
}

#[test]
fn p5_an_agent_who_is_not_known_is_told_what_the_enterprise_has_to_do() {
    for answer in [Authority::NotKnown { detail: None }, Authority::NotAvailable] {
        let mut visit = visit_of(ALL_WELL, |item| item.holder = Holder::Enterprise);
        identify(&mut visit, "citizen", Some(today()));
        type_in(&mut visit, CODE);
        let effects = touch(&mut visit, &[Touch::Next]);
        let (ticket, _) = authority(&effects);
        visit.handle(Event::AuthorityTold { ticket, answer });
        assert_eq!(visit.page(), Page::Obstacle);
        // The code stays, to be looked at.
        touch(&mut visit, &[Touch::Retry]);
        let Flow::ConfirmAuthority(page) = visit.top() else { panic!("{:?}", visit.top()) };
        assert_eq!(page.answer.typed(), CODE);
    }
}
