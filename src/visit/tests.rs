//! The visit, driven by scripted and by random events.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::case::{CaseNumber, QueryToken};
use crate::domain::card::{CardKind, Sex, ValidTo};
use crate::domain::pack::{
    Area, Bilingual, Choice, EvaluationTags, Outlet, PublicFields, Standing,
};

const QUERY: usize = 0;
const INSTANT: usize = 1;

fn words(text: &str) -> Bilingual {
    Bilingual { zh: text.to_owned(), en: text.to_owned() }
}

fn item(id: &str, kind: ItemKind, questions: Vec<Question>) -> Item {
    let public = PublicFields {
        service: words("s"),
        window: words("w"),
        basis: words("b"),
        process: words("p"),
        fee: words("f"),
        time_limit: words("t"),
        service_phone: words("12333"),
        supervision_phone: words("12333"),
    };
    Item {
        id: id.to_owned(),
        standing: Standing::Sample,
        area: Area::Employment,
        name: words(id),
        summary: words(id),
        kind,
        public,
        guide: Vec::new(),
        questions,
    }
}

pub fn pack() -> Arc<Pack> {
    let question = |id: &str, answer| Question {
        id: id.to_owned(),
        text: words(id),
        label: words(id),
        reason: words(id),
        answer,
    };
    let option = |code: &str| Choice { code: code.into(), label: words(code), help: words("") };
    let tag = |code, level| Tag { code, level, text: words("tag") };
    Arc::new(Pack {
        version: "test".into(),
        standing: Standing::Sample,
        as_of: date(2026, 11, 1),
        region: "000000".into(),
        bureau: words("bureau"),
        outlet: Outlet {
            name: words("outlet"),
            address: words("address"),
            hours: words("hours"),
            phone: "12333".into(),
        },
        hotline: "12333".into(),
        supervision_phone: "12333".into(),
        query_url: "https://hrss.example/{case_number}".into(),
        notices: Vec::new(),
        evaluation: EvaluationTags {
            version: "test".into(),
            tags: vec![tag(207, Level::Dissatisfied), tag(108, Level::VeryDissatisfied)],
        },
        items: vec![
            item("query", ItemKind::Query, Vec::new()),
            item(
                "instant",
                ItemKind::Instant { limit_min: 30 },
                vec![
                    question("why", AnswerKind::Choice { options: vec![option("a"), option("b")] }),
                    question("phone", AnswerKind::Phone),
                ],
            ),
        ],
    })
}

fn card() -> Box<CardText> {
    Box::new(CardText {
        kind: CardKind::Citizen,
        name: "测试甲".into(),
        name_latin: String::new(),
        sex: Sex::Male,
        ethnicity: None,
        nationality: None,
        birth: Some(date(1990, 3, 7)),
        address: String::new(),
        number: "00000019900307000X".into(),
        issuer: String::new(),
        valid_from: None,
        valid_to: ValidTo::LongTerm,
        number_check: true,
    })
}

fn facts(status: CaseStatus) -> CaseFacts {
    let at = Timestamp::from_second(1_790_000_000).unwrap();
    CaseFacts {
        status,
        accepted_at: (status >= CaseStatus::Accepted).then_some(at),
        completed_at: (status == CaseStatus::Completed).then_some(at),
        ..CaseFacts::received(
            CaseNumber::new("000000", 1, 1).unwrap(),
            "instant".into(),
            "1".into(),
            (at, true),
            QueryToken::from_bits(1),
        )
    }
}

fn answer() -> Participation {
    Participation { as_of: date(2026, 10, 31), rows: Vec::new(), verification_code: "X".into() }
}

const ALL_WELL: Surroundings =
    Surroundings { online: true, reader: true, printer: true, panel: true };

fn visit(surroundings: Surroundings) -> Visit {
    let mut visit = Visit::new(pack(), config::Visit::default());
    visit.handle(Event::Surroundings(surroundings));
    visit
}

fn touch(visit: &mut Visit, touches: &[Touch]) -> Vec<Effect> {
    touches.iter().flat_map(|touch| visit.handle(Event::Touched(*touch))).collect()
}

fn seconds(visit: &mut Visit, n: u32) -> Vec<Effect> {
    (0..n).flat_map(|_| visit.handle(Event::Second)).collect()
}

/// Plays journey 2 up to the review.
fn to_review(visit: &mut Visit) {
    touch(visit, &[Touch::Start, Touch::Item(INSTANT), Touch::Begin, Touch::Agree]);
    visit.handle(Event::CardReading);
    visit.handle(Event::CardRead { card: card(), expired: false });
    touch(visit, &[Touch::Confirm, Touch::Choose(1), Touch::Next]);
    for digit in [1, 3, 8, 0, 0, 0, 0, 0, 0, 0, 0] {
        touch(visit, &[Touch::Digit(digit)]);
    }
    touch(visit, &[Touch::Next]);
}

fn submit(visit: &mut Visit) -> Ticket {
    let effects = touch(visit, &[Touch::Submit]);
    let [Effect::Submit { ticket, answers, .. }, ..] = &effects[..] else {
        panic!("expected a submission, got {effects:?}")
    };
    assert_eq!(
        answers.0,
        [("why".to_owned(), "b".to_owned()), ("phone".to_owned(), "13800000000".to_owned())]
    );
    *ticket
}

/// Plays journey 2 up to the stored case.
fn to_stored_case(visit: &mut Visit) {
    to_review(visit);
    let ticket = submit(visit);
    visit.handle(Event::Stored { ticket, facts: Some(facts(CaseStatus::Received)) });
}

/// Plays journey 2 up to the completed case whose slip came to this end.
fn to_result(visit: &mut Visit, outcome: SlipOutcome) {
    to_stored_case(visit);
    let effects = visit.handle(Event::CaseAdvanced(facts(CaseStatus::Completed)));
    let Some(Effect::Print { ticket, .. }) = effects.last() else { panic!("{effects:?}") };
    visit.handle(Event::SlipDone { ticket: *ticket, outcome });
}

fn to_evaluation(visit: &mut Visit) {
    to_result(visit, SlipOutcome::Printed);
    touch(visit, &[Touch::Evaluate]);
    assert!(matches!(visit.state(), State::Evaluation { .. }));
}

#[test]
fn p1_without_the_platform_a_slip_says_received() {
    let mut visit = visit(Surroundings { online: false, ..ALL_WELL });
    to_stored_case(&mut visit);
    let effects = seconds(&mut visit, 1);
    let Some(Effect::Print { order: SlipOrder::Receipt { facts, reprint, .. }, .. }) =
        effects.first()
    else {
        panic!("{effects:?}")
    };
    assert_eq!(facts.status, CaseStatus::Received);
    assert!(!reprint);
}

#[test]
fn the_slip_waits_for_a_platform_that_answers() {
    let mut visit = visit(ALL_WELL);
    to_stored_case(&mut visit);
    assert!(seconds(&mut visit, 3).is_empty());
    assert!(visit.handle(Event::CaseAdvanced(facts(CaseStatus::Accepted))).is_empty());
    let effects = visit.handle(Event::CaseAdvanced(facts(CaseStatus::Completed)));
    assert!(matches!(
        &effects[..],
        [Effect::Print { order: SlipOrder::Receipt { facts, .. }, .. }]
            if facts.status == CaseStatus::Completed
    ));
}

#[test]
fn p3_a_slip_of_unknown_outcome_is_printed_again_only_by_the_citizen() {
    let mut visit = visit(Surroundings { online: false, ..ALL_WELL });
    to_stored_case(&mut visit);
    let effects = seconds(&mut visit, 1);
    let [Effect::Print { ticket, .. }] = effects[..] else { panic!("{effects:?}") };
    visit.handle(Event::SlipDone { ticket, outcome: SlipOutcome::Unknown });
    assert!(seconds(&mut visit, 5).is_empty());
    let effects = touch(&mut visit, &[Touch::Reprint]);
    assert!(matches!(
        &effects[..],
        [Effect::Print { order: SlipOrder::Receipt { reprint: true, .. }, .. }]
    ));
}

#[test]
fn p4_an_answer_for_somebody_who_left_reaches_nobody() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::Item(QUERY), Touch::Begin, Touch::Agree]);
    visit.handle(Event::CardRead { card: card(), expired: false });
    let effects = touch(&mut visit, &[Touch::Confirm]);
    let [Effect::Query { ticket, .. }] = effects[..] else { panic!("{effects:?}") };
    touch(&mut visit, &[Touch::Leave]);
    seconds(&mut visit, 8);
    assert_eq!(*visit.state(), State::Attract);
    // The next citizen asks the same.
    touch(&mut visit, &[Touch::Start, Touch::Item(QUERY), Touch::Begin, Touch::Agree]);
    visit.handle(Event::CardRead { card: card(), expired: false });
    touch(&mut visit, &[Touch::Confirm]);
    assert!(visit.handle(Event::Queried { ticket, answer: Ok(answer()) }).is_empty());
    assert!(matches!(visit.state(), State::Querying { .. }));
}

#[test]
fn p4_leaving_in_the_middle_warns_and_then_leaves_a_clean_attract_screen() {
    let mut visit = visit(ALL_WELL);
    let clean = visit.clone();
    touch(&mut visit, &[Touch::Start, Touch::Item(INSTANT), Touch::Begin, Touch::Agree]);
    visit.handle(Event::CardRead { card: card(), expired: false });
    touch(&mut visit, &[Touch::Confirm, Touch::ToggleLanguage, Touch::ToggleAssisted]);
    seconds(&mut visit, 179);
    assert_eq!(visit.warning_left_s(), None);
    seconds(&mut visit, 1);
    assert_eq!(visit.warning_left_s(), Some(60));
    touch(&mut visit, &[Touch::MoreTime]);
    assert_eq!(visit.warning_left_s(), None);
    let effects = seconds(&mut visit, 240);
    assert!(effects.contains(&Effect::Wipe));
    assert_eq!(visit, clean);
}

#[test]
fn p6_walking_away_records_nothing() {
    let mut visit = visit(ALL_WELL);
    to_evaluation(&mut visit);
    let effects = seconds(&mut visit, 80);
    assert!(effects.contains(&Effect::Wipe));
    assert!(!effects.iter().any(|e| matches!(e, Effect::RecordEvaluation { .. })));

    // Nor from the page of reasons, before they were sent.
    to_evaluation(&mut visit);
    visit.handle(Event::Pressed(Level::Dissatisfied));
    touch(&mut visit, &[Touch::Reason(0)]);
    let effects = seconds(&mut visit, 80);
    assert!(effects.contains(&Effect::Wipe));
    assert!(!effects.iter().any(|e| matches!(e, Effect::RecordEvaluation { .. })));
}

#[test]
fn a_bad_level_asks_for_a_reason_and_can_be_undone_for_ten_seconds() {
    let mut visit = visit(ALL_WELL);
    to_evaluation(&mut visit);
    visit.handle(Event::Pressed(Level::VeryDissatisfied));
    assert!(matches!(visit.state(), State::Reasons { .. }));
    touch(&mut visit, &[Touch::SendReasons]);
    assert!(matches!(visit.state(), State::Reasons { .. }), "no reason was ticked");
    touch(&mut visit, &[Touch::Reason(0), Touch::SendReasons]);
    assert!(seconds(&mut visit, 9).is_empty());
    touch(&mut visit, &[Touch::Undo]);
    assert!(seconds(&mut visit, 9).is_empty());
    visit.handle(Event::Pressed(Level::Satisfied));
    // A second press changes nothing: one press for each open evaluation.
    visit.handle(Event::Pressed(Level::VerySatisfied));
    let effects = seconds(&mut visit, 10);
    assert!(effects.iter().any(|effect| matches!(
        effect,
        Effect::RecordEvaluation { level: Level::Satisfied, tags, .. } if tags.is_empty()
    )));
}

#[test]
fn a_bad_evaluation_carries_the_ticked_reasons() {
    let mut visit = visit(ALL_WELL);
    to_evaluation(&mut visit);
    visit.handle(Event::Pressed(Level::VeryDissatisfied));
    touch(&mut visit, &[Touch::Reason(0), Touch::Reason(7), Touch::SendReasons]);
    let effects = seconds(&mut visit, 10);
    assert!(effects.iter().any(|effect| matches!(
        effect,
        Effect::RecordEvaluation { level: Level::VeryDissatisfied, tags, .. } if *tags == [108]
    )));
}

#[test]
fn p5_an_expired_card_leads_to_people_and_not_to_the_form() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::Item(INSTANT), Touch::Begin, Touch::Agree]);
    visit.handle(Event::CardRead { card: card(), expired: true });
    assert!(matches!(visit.state(), State::Trouble { trouble: Trouble::CardExpired, .. }));
}

#[test]
fn p8_an_item_cannot_begin_without_what_it_needs() {
    for (surroundings, query, instant) in [
        (ALL_WELL, true, true),
        (Surroundings { online: false, ..ALL_WELL }, false, true),
        (Surroundings { reader: false, ..ALL_WELL }, false, false),
        (Surroundings { printer: false, ..ALL_WELL }, true, true),
    ] {
        let visit = visit(surroundings);
        let items = &visit.pack().items;
        assert_eq!(visit.can_begin(&items[QUERY]), query, "{surroundings:?}");
        assert_eq!(visit.can_begin(&items[INSTANT]), instant, "{surroundings:?}");
    }
}

#[test]
fn a_phone_number_must_be_one() {
    let question = &pack().items[INSTANT].questions[1];
    for (digits, good) in [
        ("13800000000", true),
        ("19912345678", true),
        ("12800000000", false),
        ("1380000000", false),
        ("", false),
        ("138000000001", false),
    ] {
        assert_eq!(is_answer(question, digits), good, "{digits}");
    }
}

fn any_touch() -> impl Strategy<Value = Touch> {
    use Touch::*;
    prop_oneof![
        Just(Start),
        Just(StartAssisted),
        Just(ToggleAssisted),
        Just(ToggleLanguage),
        Just(Back),
        Just(Home),
        Just(Help),
        Just(CloseSheet),
        Just(MoreTime),
        Just(Leave),
        (0..4usize).prop_map(Item),
        Just(MyCases),
        Just(Begin),
        Just(PrintGuide),
        Just(Agree),
        Just(Confirm),
        Just(NotMe),
        (0..4usize).prop_map(Choose),
        (0..=20u8).prop_map(Digit),
        Just(Erase),
        Just(Clear),
        Just(Next),
        (0..4usize).prop_map(Edit),
        Just(Submit),
        Just(Reprint),
        Just(Evaluate),
        any_level().prop_map(Level),
        Just(Undo),
        (0..4usize).prop_map(Reason),
        Just(SendReasons),
        Just(Retry),
        Just(Read),
    ]
}

fn any_level() -> impl Strategy<Value = Level> {
    (0..5usize).prop_map(|index| Level::ALL[index])
}

fn any_status() -> impl Strategy<Value = CaseStatus> {
    prop_oneof![
        Just(CaseStatus::Received),
        Just(CaseStatus::Accepted),
        Just(CaseStatus::Completed),
        Just(CaseStatus::Returned),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    let ticket = 1..12u64;
    prop_oneof![
        8 => any_touch().prop_map(Event::Touched),
        1 => any_level().prop_map(Event::Pressed),
        1 => Just(Event::CardReading),
        3 => any::<bool>().prop_map(|expired| Event::CardRead { card: card(), expired }),
        1 => Just(Event::CardTrouble(CardTrouble::MovedAway)),
        3 => Just(Event::Second),
        1 => any::<[bool; 4]>().prop_map(|[online, reader, printer, panel]| {
            Event::Surroundings(Surroundings { online, reader, printer, panel })
        }),
        2 => (ticket.clone(), any::<bool>()).prop_map(|(ticket, good)| Event::Stored {
            ticket,
            facts: good.then(|| facts(CaseStatus::Received)),
        }),
        1 => any_status().prop_map(|status| Event::CaseAdvanced(facts(status))),
        2 => (ticket.clone(), any::<bool>()).prop_map(|(ticket, good)| Event::Queried {
            ticket,
            answer: if good { Ok(answer()) } else { Err(QueryTrouble::NotFound) },
        }),
        1 => ticket.clone().prop_map(|ticket| Event::CasesFound {
            ticket,
            cases: vec![facts(CaseStatus::Received)],
        }),
        2 => ticket.prop_map(|ticket| Event::SlipDone { ticket, outcome: SlipOutcome::Printed }),
    ]
}

/// Plays a journey as far as `depth`, so that random events also start deep inside one.
fn deep_visit(depth: u8) -> Visit {
    let mut visit = visit(ALL_WELL);
    match depth {
        1 => to_stored_case(&mut visit),
        2 => to_evaluation(&mut visit),
        3 => {
            touch(&mut visit, &[Touch::Start, Touch::Item(INSTANT), Touch::Begin, Touch::Agree]);
            visit.handle(Event::CardRead { card: card(), expired: false });
            touch(&mut visit, &[Touch::Confirm]);
        }
        _ => {}
    }
    visit
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// No state is stuck: from wherever a visit stands, timeouts alone reach the attract screen,
    /// and what is found there is a fresh visit.
    #[test]
    fn p5_every_state_reaches_the_attract_screen_by_timeouts_alone(
        depth in 0..4u8,
        events in prop::collection::vec(any_event(), 0..60),
    ) {
        let mut visit = deep_visit(depth);
        for event in events {
            visit.handle(event);
        }
        // The longest chain: wait for the platform, print, show, evaluate, warn; assisted.
        seconds(&mut visit, 10 + PRINT_WAIT_S + 3 * RESULT_STAYS_S + 3 * (60 + 20) + 60);
        let mut fresh = Visit::new(pack(), config::Visit::default());
        fresh.handle(Event::Surroundings(visit.surroundings()));
        fresh.next_ticket = visit.next_ticket;
        fresh.idle_s = visit.idle_s;
        prop_assert_eq!(visit, fresh);
    }

    /// A recorded list of events, written down and read back, replays the visit exactly.
    #[test]
    fn a_recorded_visit_replays_exactly(
        depth in 0..4u8,
        events in prop::collection::vec(any_event(), 0..60),
    ) {
        let mut first = deep_visit(depth);
        let mut second = deep_visit(depth);
        let record = serde_json::to_string(&events).unwrap();
        let replayed: Vec<Event> = serde_json::from_str(&record).unwrap();
        for (event, again) in events.into_iter().zip(replayed) {
            prop_assert_eq!(first.handle(event), second.handle(again));
        }
        prop_assert_eq!(first, second);
    }

    /// The reader is asked exactly while a card is wanted, the panel exactly while an evaluation
    /// is open, and an evaluation is recorded only after a press.
    #[test]
    fn p6_nothing_is_recorded_without_a_press(
        depth in 0..4u8,
        events in prop::collection::vec(any_event(), 0..80),
    ) {
        let mut visit = deep_visit(depth);
        let (mut asking, mut armed) = (false, matches!(visit.state(), State::Evaluation { .. }));
        let mut presses = 0;
        for event in events {
            let open = matches!(visit.state(), State::Evaluation { .. });
            if open && matches!(event, Event::Pressed(_) | Event::Touched(Touch::Level(_))) {
                presses += 1;
            }
            for effect in visit.handle(event) {
                match effect {
                    Effect::ExpectCard(on) => asking = on,
                    Effect::ArmPanel(on) => armed = on,
                    Effect::RecordEvaluation { .. } => {
                        prop_assert!(presses > 0);
                        presses = 0;
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(asking, matches!(visit.state(), State::Card { .. }));
            prop_assert_eq!(armed, matches!(visit.state(), State::Evaluation { .. }));
        }
    }
}

#[test]
fn p3_a_late_answer_of_the_queue_still_tells_that_the_case_was_received() {
    let mut visit = visit(ALL_WELL);
    to_review(&mut visit);
    let ticket = submit(&mut visit);
    seconds(&mut visit, STORE_WAIT_S);
    assert!(visit.store_is_silent());
    // No way leads to a second submission from here.
    touch(&mut visit, &[Touch::Retry, Touch::Home, Touch::Back, Touch::Submit, Touch::Next]);
    assert!(visit.store_is_silent());
    visit.handle(Event::Stored { ticket, facts: Some(facts(CaseStatus::Received)) });
    assert!(matches!(visit.state(), State::CaseResult { .. }));
}

#[test]
fn the_platforms_answer_counts_even_when_it_overtakes_the_queues() {
    let mut visit = visit(ALL_WELL);
    to_review(&mut visit);
    let ticket = submit(&mut visit);
    visit.handle(Event::CaseAdvanced(facts(CaseStatus::Completed)));
    visit.handle(Event::Stored { ticket, facts: Some(facts(CaseStatus::Received)) });
    assert!(matches!(
        visit.state(),
        State::CaseResult { facts, .. } if facts.status == CaseStatus::Completed
    ));
}

#[test]
fn p1_the_farewell_reminds_only_of_a_slip_that_may_lie_there() {
    for (outcome, reminded) in [
        (SlipOutcome::Printed, true),
        (SlipOutcome::Unknown, true),
        (SlipOutcome::NotPrinted, false),
    ] {
        let mut visit = visit(ALL_WELL);
        to_result(&mut visit, outcome);
        touch(&mut visit, &[Touch::Leave]);
        assert!(matches!(visit.state(), State::Farewell { .. }));
        assert_eq!(visit.slip_given(), reminded, "{outcome:?}");
    }
}

#[test]
fn reading_changes_nothing_but_the_patience() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::Help]);
    seconds(&mut visit, 60 - 1);
    let before = visit.clone();
    assert_eq!(touch(&mut visit, &[Touch::Read]), []);
    assert!(visit.help_open(), "a page of the help was turned");
    assert_eq!(visit.idle_s, 0);
    visit.idle_s = before.idle_s;
    assert_eq!(visit, before);
}

/// Who has no slip in hand copies the number from the screen: only an idle visit ends there. Who
/// reads in it is not idle.
#[test]
fn p1_a_result_without_its_slip_stays_until_the_citizen_goes_on() {
    for (outcome, hurried) in [
        (SlipOutcome::Printed, true),
        (SlipOutcome::Unknown, false),
        (SlipOutcome::NotPrinted, false),
    ] {
        let mut visit = visit(ALL_WELL);
        to_result(&mut visit, outcome);
        for _ in 0..20 {
            seconds(&mut visit, RESULT_STAYS_S - 1);
            touch(&mut visit, &[Touch::Read]);
        }
        assert!(matches!(visit.state(), State::CaseResult { .. }), "{outcome:?}: still read");
        seconds(&mut visit, RESULT_STAYS_S);
        let went_on = matches!(visit.state(), State::Evaluation { .. });
        assert_eq!(went_on, hurried, "{outcome:?}: {:?}", visit.state());
        touch(&mut visit, &[Touch::Evaluate]);
        assert!(matches!(visit.state(), State::Evaluation { .. }), "{outcome:?}");
    }
}

#[test]
fn p6_thanks_come_when_the_evaluation_is_stored() {
    let mut visit = visit(ALL_WELL);
    to_evaluation(&mut visit);
    visit.handle(Event::Pressed(Level::Satisfied));
    let effects = touch(&mut visit, &[Touch::Next]);
    let ticket = effects
        .iter()
        .find_map(|effect| match effect {
            Effect::RecordEvaluation { ticket, .. } => Some(*ticket),
            _ => None,
        })
        .unwrap();
    assert!(matches!(visit.state(), State::Farewell { thanked: false, .. }));
    visit.handle(Event::EvaluationStored { ticket: ticket + 1 });
    assert!(matches!(visit.state(), State::Farewell { thanked: false, .. }));
    visit.handle(Event::EvaluationStored { ticket });
    assert!(matches!(visit.state(), State::Farewell { thanked: true, .. }));
}

#[test]
fn p5_after_a_card_trouble_the_reader_is_asked_again() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::Item(QUERY), Touch::Begin, Touch::Agree]);
    visit.handle(Event::CardTrouble(CardTrouble::WrongCard));
    let effects = touch(&mut visit, &[Touch::Retry]);
    assert_eq!(effects, [Effect::ExpectCard(false), Effect::ExpectCard(true)]);
    assert!(matches!(visit.state(), State::Card { trouble: None, .. }));
}

#[test]
fn p11_assisted_readers_are_not_hurried_on() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::ToggleAssisted]);
    to_result(&mut visit, SlipOutcome::Printed);
    seconds(&mut visit, 170);
    assert!(matches!(visit.state(), State::CaseResult { .. }));
}

#[test]
fn nobody_empties_the_paper_in_one_visit() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start]);
    let mut slips = 0;
    for _ in 0..20 {
        let effects = touch(&mut visit, &[Touch::Item(QUERY), Touch::PrintGuide]);
        for effect in effects {
            if let Effect::Print { ticket, .. } = effect {
                slips += 1;
                visit.handle(Event::SlipDone { ticket, outcome: SlipOutcome::Printed });
            }
        }
        touch(&mut visit, &[Touch::Home]);
    }
    assert_eq!(slips, SLIPS_MAX);
}
