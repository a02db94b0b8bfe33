//! Results and their slips.

use super::*;
use crate::case::HeldReason;
use crate::domain::answer::Nothing;
use crate::domain::calendar::Calendar;
use crate::domain::pack::ItemKind;
use crate::journal::Hindrance;
use crate::visit::flows::InstantClock;
use crate::visit::flows::submit::STORE_WAIT_S;
use crate::visit::session::SLIPS_MAX;

fn status(visit: &Visit) -> CaseStatus {
    match visit.top() {
        Flow::CaseResult(result) => result.facts.status,
        other => panic!("no case: {other:?}"),
    }
}

#[test]
fn p1_without_the_platform_a_slip_says_received() {
    let mut visit = visit(OFFLINE);
    to_stored_case(&mut visit);
    let effects = seconds(&mut visit, 1);
    let (_, SlipOrder::Receipt { facts, .. }, false) = ordered(&effects) else {
        panic!("{effects:?}")
    };
    assert_eq!(facts.status, CaseStatus::Received);
}

#[test]
fn the_slip_waits_for_a_platform_that_answers() {
    let mut visit = visit(ALL_WELL);
    to_stored_case(&mut visit);
    assert!(seconds(&mut visit, 3).is_empty());
    assert!(visit.handle(Event::CaseAdvanced(facts(CaseStatus::Accepted))).is_empty());
    // Another citizen's case moves as well.
    assert!(visit.handle(Event::CaseAdvanced(facts_of(2, CaseStatus::Completed))).is_empty());
    assert_eq!(status(&visit), CaseStatus::Accepted);
    let effects = visit.handle(Event::CaseAdvanced(facts(CaseStatus::Completed)));
    let (_, SlipOrder::Receipt { facts, .. }, false) = ordered(&effects) else {
        panic!("{effects:?}")
    };
    assert_eq!(facts.status, CaseStatus::Completed);
}

#[test]
fn the_slip_of_a_promised_item_comes_when_the_case_is_accepted() {
    let mut pack = Pack::clone(&pack());
    let item = pack.items.iter_mut().find(|item| item.id.as_str() == INSTANT).unwrap();
    item.kind = ItemKind::Promised;
    item.promise = "5wd".parse().ok();
    let mut visit = Visit::new(Arc::new(pack), config::Visit::default());
    visit.handle(Event::Surroundings(ALL_WELL));
    to_stored_case(&mut visit);
    assert!(seconds(&mut visit, 3).is_empty());
    let pack_version = visit.session().pack().version.clone();
    let accepted = CaseFacts { due_at: None, pack_version, ..facts(CaseStatus::Accepted) };
    let effects = visit.handle(Event::CaseAdvanced(accepted.clone()));
    let (_, SlipOrder::Receipt { facts, .. }, false) = ordered(&effects) else {
        panic!("{effects:?}")
    };
    assert_eq!(facts.status, CaseStatus::Accepted);
    // Half an hour is no limit of it.
    assert!(seconds(&mut visit, 3).is_empty());
    let pack = visit.session().pack();
    let day = accepted.promised_day(pack, &pack.calendar).unwrap();
    assert!(!day.provisional && day.day > date(2026, 11, 22), "{day:?}");
    // The platform's own day goes before, nothing is promised before it has accepted, and what
    // another version of the pack promised is not known.
    let due = CaseFacts { due_at: Some(accepted.received_at), ..accepted.clone() };
    assert_eq!(due.promised_day(pack, &pack.calendar), None);
    let received = CaseFacts { accepted_at: None, ..accepted.clone() };
    assert_eq!(received.promised_day(pack, &pack.calendar), None);
    let older = CaseFacts { pack_version: "older".to_owned(), ..accepted.clone() };
    assert_eq!(older.promised_day(pack, &pack.calendar), None);
    // Begun with a pack that did not know the year's holidays: the day is provisional (暂定) until a
    // pack comes that does.
    let begun = Pack { calendar: Calendar::default(), ..pack.clone() };
    assert!(accepted.promised_day(&begun, &begun.calendar).unwrap().provisional);
    assert_eq!(accepted.promised_day(&begun, &pack.calendar), Some(day));
    assert_eq!(accepted.promised_day(pack, &begun.calendar), Some(day), "nor is a day forgotten");
}

#[test]
fn an_item_that_is_handed_on_is_a_guide_and_nothing_to_begin() {
    let mut pack = Pack::clone(&pack());
    let item = pack.items.iter_mut().find(|item| item.id.as_str() == QUERY).unwrap();
    item.kind = ItemKind::Handoff;
    let mut visit = Visit::new(Arc::new(pack), config::Visit::default());
    // Neither reader nor network is needed.
    visit.handle(Event::Surroundings(Surroundings { reader: false, online: false, ..ALL_WELL }));
    to_item(&mut visit, QUERY);
    assert!(touch(&mut visit, &[Touch::Begin]).is_empty());
    assert_eq!(visit.page(), Page::Item);
    let effects = touch(&mut visit, &[Touch::PrintGuide]);
    assert!(matches!(ordered(&effects), (_, SlipOrder::Guide { .. }, false)), "{effects:?}");
}

#[test]
fn p1_a_slip_is_printed_with_what_is_known_when_the_citizen_goes_on() {
    for going in [Touch::Evaluate, Touch::Another, Touch::Home, Touch::Leave] {
        let mut visit = visit(ALL_WELL);
        to_stored_case(&mut visit);
        let effects = touch(&mut visit, &[going]);
        let (_, SlipOrder::Receipt { facts, .. }, false) = ordered(&effects) else {
            panic!("{going:?}: {effects:?}")
        };
        assert_eq!(facts.status, CaseStatus::Received, "{going:?}");
    }
}

#[test]
fn p3_a_slip_of_unknown_outcome_is_printed_again_only_by_the_citizen() {
    for (outcome, says_reprint) in [
        (SlipOutcome::Printed, true),
        (SlipOutcome::Unknown, true),
        // One that is known not to exist is not printed a second time.
        (SlipOutcome::NotPrinted, false),
    ] {
        let mut visit = visit(ALL_WELL);
        to_result(&mut visit, outcome);
        assert!(seconds(&mut visit, 5).is_empty());
        assert!(visit.can_reprint(), "{outcome:?}");
        let effects = touch(&mut visit, &[Touch::Reprint]);
        assert_eq!(ordered(&effects).2, says_reprint, "{outcome:?}");
        assert!(!visit.can_reprint(), "it is being printed");
        assert!(touch(&mut visit, &[Touch::Reprint]).is_empty());
    }
}

#[test]
fn p3_a_late_answer_of_the_queue_still_tells_that_the_case_was_received() {
    let mut visit = visit(ALL_WELL);
    to_review(&mut visit);
    let (ticket, _) = submit(&mut visit);
    seconds(&mut visit, STORE_WAIT_S);
    assert_eq!(visit.page(), Page::StoreSilent);
    // No way leads to a second submission from here.
    touch(&mut visit, &[Touch::Retry, Touch::Home, Touch::Back, Touch::Submit, Touch::Next]);
    assert_eq!(visit.page(), Page::StoreSilent);
    visit.handle(Event::Stored { ticket, facts: Some(facts(CaseStatus::Received)) });
    assert_eq!(visit.page(), Page::CaseResult);
}

#[test]
fn the_platforms_answer_counts_even_when_it_overtakes_the_queues() {
    let mut visit = visit(ALL_WELL);
    to_review(&mut visit);
    let (ticket, _) = submit(&mut visit);
    visit.handle(Event::CaseAdvanced(facts(CaseStatus::Completed)));
    // Cases of other citizens do not hide it.
    for other in 2..10 {
        visit.handle(Event::CaseAdvanced(facts_of(other, CaseStatus::Accepted)));
    }
    let effects = visit.handle(Event::Stored { ticket, facts: Some(facts(CaseStatus::Received)) });
    assert_eq!(status(&visit), CaseStatus::Completed);
    ordered(&effects);
}

/// The page says why, and shows no other slip in its place.
#[test]
fn p1_a_slip_beyond_those_of_one_visit_is_refused_and_not_called_unprinted() {
    let mut visit = visit(ALL_WELL);
    visit.session.slips_ordered = SLIPS_MAX;
    to_identity(&mut visit, QUERY);
    let effects = touch(&mut visit, &[Touch::Confirm]);
    let [Effect::Query { ticket, .. }] = effects[..] else { panic!("{effects:?}") };
    assert!(visit.handle(Event::Queried { ticket, answer: Ok(answer()) }).is_empty());
    assert_eq!(visit.slip(), Some(SlipProgress::Refused));
    assert!(!visit.can_reprint());
    touch(&mut visit, &[Touch::Leave]);
    assert_eq!(visit.page(), Page::Farewell);
    assert_eq!(visit.slip(), None, "there is none to take along");
}

/// What may come later is asked for once more without laying the card again; what only people can
/// mend leads to them.
#[test]
fn p5_a_query_without_an_answer_can_be_asked_again() {
    let mut visit = visit(ALL_WELL);
    to_identity(&mut visit, QUERY);
    let mut effects = touch(&mut visit, &[Touch::Confirm]);
    for nothing in [Nothing::NotAvailable, Nothing::NotAvailable, Nothing::NoRecord] {
        let [Effect::Query { ticket, card: whose, .. }] = &effects[..] else {
            panic!("{effects:?}")
        };
        assert_eq!(**whose, *card());
        visit.handle(Event::Queried { ticket: *ticket, answer: Err(nothing.into()) });
        assert_eq!(visit.page(), Page::Obstacle);
        effects = touch(&mut visit, &[Touch::Next]);
    }
    assert!(effects.is_empty());
    assert_eq!(visit.page(), Page::Outlets);
}

#[test]
fn p2_what_the_queue_refused_is_not_called_received_and_can_be_handed_in_again() {
    let mut visit = visit(ALL_WELL);
    to_review(&mut visit);
    for way in [Touch::Retry, Touch::Next, Touch::Back] {
        let (ticket, application) = submit(&mut visit);
        assert!(visit.handle(Event::Stored { ticket, facts: None }).is_empty());
        assert_eq!(visit.page(), Page::Obstacle);
        touch(&mut visit, &[way]);
        let Flow::Review(review) = visit.top() else { panic!("{:?}", visit.top()) };
        assert_eq!(review.application, *application, "nothing is to be filled in again");
    }
}

#[test]
fn p1_offline_the_clock_promises_nothing_and_a_breach_has_its_reason() {
    let mut visit = visit(OFFLINE);
    to_stored_case(&mut visit);
    let clock = |visit: &Visit, online: bool| match visit.top() {
        Flow::CaseResult(result) => result.clock(30, online),
        other => panic!("no case: {other:?}"),
    };
    touch(&mut visit, &[Touch::Read]);
    seconds(&mut visit, 60);
    assert_eq!(clock(&visit, false), InstantClock::Silent);
    // It has counted all the same.
    assert_eq!(clock(&visit, true), InstantClock::Counts { left_s: 29 * 60 });
    for _ in 0..29 {
        touch(&mut visit, &[Touch::Read]);
        seconds(&mut visit, 60);
    }
    assert_eq!(clock(&visit, false), InstantClock::Breached(Hindrance::NoNetwork));
    visit.handle(Event::CaseAdvanced(facts(CaseStatus::Accepted)));
    assert_eq!(clock(&visit, true), InstantClock::Breached(Hindrance::NoNetwork), "as it was");
    visit.handle(Event::CaseAdvanced(facts(CaseStatus::Completed)));
    assert_eq!(clock(&visit, false), InstantClock::Completed);
}

/// Somebody may be reading, or has no slip in hand and copies the number from the screen: only an
/// idle visit ends there, after its warning.
#[test]
fn p1_a_result_stays_as_long_as_somebody_reads() {
    for outcome in [SlipOutcome::Printed, SlipOutcome::Unknown, SlipOutcome::NotPrinted] {
        let mut visit = visit(ALL_WELL);
        to_result(&mut visit, outcome);
        for _ in 0..20 {
            assert!(seconds(&mut visit, 59).is_empty());
            touch(&mut visit, &[Touch::Read]);
        }
        assert_eq!(visit.page(), Page::CaseResult, "{outcome:?}: still read");
        seconds(&mut visit, 60);
        assert_eq!(visit.warning_left_s(), Some(20), "{outcome:?}");
        assert!(seconds(&mut visit, 20).contains(&Effect::Wipe), "{outcome:?}");
    }
}

#[test]
fn p11_assisted_readers_have_three_times_the_patience() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::ToggleAssisted]);
    to_result(&mut visit, SlipOutcome::Printed);
    seconds(&mut visit, 179);
    assert_eq!((visit.page(), visit.warning_left_s()), (Page::CaseResult, None));
    seconds(&mut visit, 1);
    assert_eq!(visit.warning_left_s(), Some(60));
}

/// A touch on 去评价 while the slip is being printed is not dropped, and the slip's end is told.
#[test]
fn p5_the_evaluation_opens_while_the_slip_is_being_printed() {
    for outcome in [SlipOutcome::Printed, SlipOutcome::NotPrinted, SlipOutcome::Unknown] {
        let mut visit = visit(ALL_WELL);
        let ticket = to_printing(&mut visit);
        let effects = touch(&mut visit, &[Touch::Evaluate]);
        assert_eq!(effects, [Effect::ArmPanel(true)]);
        assert_eq!(visit.page(), Page::Evaluation);
        assert!(matches!(visit.slip(), Some(SlipProgress::Printing { .. })));
        visit.handle(Event::SlipDone { ticket, outcome });
        assert_eq!(visit.slip(), Some(SlipProgress::Done(outcome)));
        // The way back is open, and what comes is known there as well.
        touch(&mut visit, &[Touch::Back]);
        assert_eq!(visit.page(), Page::CaseResult);
        assert_eq!(visit.slip(), Some(SlipProgress::Done(outcome)));
    }
}

#[test]
fn p3_the_farewell_waits_for_the_slip_and_offers_what_did_not_come() {
    for (outcome, waits) in [(SlipOutcome::Printed, false), (SlipOutcome::NotPrinted, true)] {
        let mut visit = visit(ALL_WELL);
        let ticket = to_printing(&mut visit);
        touch(&mut visit, &[Touch::Evaluate, Touch::Level(Level::Satisfied), Touch::Next]);
        assert_eq!(visit.page(), Page::Farewell);
        seconds(&mut visit, 30);
        assert_eq!(visit.page(), Page::Farewell, "the slip is not out yet");
        visit.handle(Event::SlipDone { ticket, outcome });
        assert_eq!(visit.slip(), Some(SlipProgress::Done(outcome)));
        assert_eq!(visit.session().slip_given(), !waits);
        let effects = touch(&mut visit, &[Touch::Reprint]);
        assert_eq!(ordered(&effects).2, !waits);
    }
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
        assert_eq!(visit.page(), Page::Farewell);
        assert_eq!(visit.session().slip_given(), reminded, "{outcome:?}");
    }
}

#[test]
fn nobody_empties_the_paper_in_one_visit() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start]);
    let mut slips = 0;
    for _ in 0..20 {
        for effect in touch(&mut visit, &[Touch::Item(0), Touch::PrintGuide]) {
            if let Effect::Print { ticket, .. } = effect {
                slips += 1;
                visit.handle(Event::SlipDone { ticket, outcome: SlipOutcome::Printed });
            }
        }
        touch(&mut visit, &[Touch::Home]);
    }
    assert_eq!(slips, SLIPS_MAX);
}

/// Who goes on to another matter while a slip is printed still hears what became of it.
#[test]
fn p5_a_slip_whose_page_is_gone_is_told_at_the_farewell() {
    for outcome in [SlipOutcome::Printed, SlipOutcome::NotPrinted, SlipOutcome::Unknown] {
        for away in [Touch::Another, Touch::Home] {
            let mut visit = visit(ALL_WELL);
            let ticket = to_printing(&mut visit);
            touch(&mut visit, &[away]);
            assert_eq!(visit.page(), Page::Home);
            visit.handle(Event::SlipDone { ticket, outcome });
            touch(&mut visit, &[Touch::Leave]);
            assert_eq!(visit.page(), Page::Farewell);
            assert_eq!(visit.slip(), Some(SlipProgress::Done(outcome)), "{away:?}");
            let effects = touch(&mut visit, &[Touch::Reprint]);
            assert!(matches!(ordered(&effects).1, SlipOrder::Receipt { .. }), "{effects:?}");
        }
    }
}

#[test]
fn p1_why_the_limit_passed_does_not_change_when_the_network_comes_back() {
    let mut visit = visit(OFFLINE);
    to_review(&mut visit);
    let (ticket, _) = submit(&mut visit);
    visit.handle(Event::Stored { ticket, facts: Some(facts(CaseStatus::Received)) });
    let clock = |visit: &Visit| {
        let Flow::CaseResult(result) = visit.top() else { panic!("{:?}", visit.top()) };
        result.clock(30, visit.session().surroundings().online)
    };
    for _ in 0..30 {
        seconds(&mut visit, 60);
        touch(&mut visit, &[Touch::MoreTime]);
    }
    let breached = InstantClock::Breached(Hindrance::NoNetwork);
    assert_eq!(clock(&visit), breached);
    visit.handle(Event::Surroundings(ALL_WELL));
    seconds(&mut visit, 1);
    assert_eq!(clock(&visit), breached);
}

/// The platform may be unable to book a case before the queue has answered.
#[test]
fn p1_a_case_held_before_the_queue_answers_is_held_on_the_result() {
    let mut visit = visit(ALL_WELL);
    to_review(&mut visit);
    let (ticket, _) = submit(&mut visit);
    let held = Some(HeldReason { code: "number_taken".to_owned() });
    let early = CaseFacts { held: held.clone(), ..facts(CaseStatus::Received) };
    visit.handle(Event::CaseAdvanced(early));
    visit.handle(Event::Stored { ticket, facts: Some(facts(CaseStatus::Received)) });
    let Flow::CaseResult(result) = visit.top() else { panic!("{:?}", visit.top()) };
    assert_eq!(result.facts.held, held);
}
