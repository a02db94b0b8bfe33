//! My cases (我的办件).

use super::*;
use crate::case::HeldReason;
use crate::visit::flows::ObstacleReason;

fn open(visit: &Visit) -> &CaseFacts {
    match visit.top() {
        Flow::OpenCase(case) => &case.facts,
        other => panic!("no case is open: {other:?}"),
    }
}

/// The store alone knows them, after a power cut as well.
#[test]
fn p3_a_case_of_an_earlier_visit_is_opened_and_its_slip_printed_again() {
    let mut visit = visit(ALL_WELL);
    let cases = vec![facts_of(1, CaseStatus::Completed), facts_of(2, CaseStatus::Received)];
    to_cases(&mut visit, cases.clone());
    for (row, case) in cases.iter().enumerate() {
        assert!(touch(&mut visit, &[Touch::Case(row)]).is_empty(), "nothing is printed unasked");
        assert_eq!(open(&visit), case);
        assert_eq!(visit.slip(), Some(SlipProgress::NotYet));
        assert!(visit.can_reprint());
        let effects = touch(&mut visit, &[Touch::Reprint]);
        let (ticket, SlipOrder::Receipt { card, application: None, facts }, true) =
            ordered(&effects)
        else {
            panic!("{effects:?}")
        };
        assert_eq!((&**facts, &**card), (case, &*super::card()));
        assert!(!visit.can_reprint());
        visit.handle(Event::SlipDone { ticket, outcome: SlipOutcome::Printed });
        touch(&mut visit, &[Touch::Back]);
        assert_eq!(visit.page(), Page::Cases);
    }
    assert!(touch(&mut visit, &[Touch::Case(2)]).is_empty());
    assert_eq!(visit.page(), Page::Cases);
}

#[test]
fn p1_no_slip_is_offered_that_cannot_be_printed() {
    let mut visit = visit(Surroundings { printer: false, ..ALL_WELL });
    to_cases(&mut visit, vec![facts(CaseStatus::Completed)]);
    touch(&mut visit, &[Touch::Case(0)]);
    assert!(!visit.can_reprint());
    assert!(touch(&mut visit, &[Touch::Reprint]).is_empty());
}

/// A slip lost after its item was withdrawn is no smaller loss.
#[test]
fn a_case_whose_item_is_in_the_pack_no_more_is_printed_again() {
    let gone = CaseFacts { item: "no_longer_offered".into(), ..facts(CaseStatus::Completed) };
    let mut visit = visit(ALL_WELL);
    to_cases(&mut visit, vec![gone]);
    touch(&mut visit, &[Touch::Case(0)]);
    assert!(visit.can_reprint());
    assert!(matches!(touch(&mut visit, &[Touch::Reprint])[..], [Effect::Print { .. }]));
}

/// A case that a technician has to look at says so where it stands.
#[test]
fn a_case_that_is_held_is_known_as_held() {
    let mut visit = visit(ALL_WELL);
    to_cases(&mut visit, vec![facts(CaseStatus::Received)]);
    let held = Some(HeldReason { code: "number_taken".to_owned() });
    let news = CaseFacts { held: held.clone(), ..facts(CaseStatus::Received) };
    visit.handle(Event::CaseAdvanced(news));
    touch(&mut visit, &[Touch::Case(0)]);
    assert_eq!(open(&visit).held, held);
}

#[test]
fn a_case_that_moves_is_moved_where_it_is_shown() {
    let mut visit = visit(ALL_WELL);
    let cases = vec![facts_of(1, CaseStatus::Received), facts_of(2, CaseStatus::Received)];
    to_cases(&mut visit, cases);
    touch(&mut visit, &[Touch::Case(1)]);
    visit.handle(Event::CaseAdvanced(facts_of(2, CaseStatus::Completed)));
    visit.handle(Event::CaseAdvanced(facts_of(2, CaseStatus::Accepted)));
    assert_eq!(open(&visit).status, CaseStatus::Completed);
    touch(&mut visit, &[Touch::Back]);
    let Flow::Cases(cases) = visit.top() else { panic!("{:?}", visit.top()) };
    let statuses: Vec<_> = cases.found().unwrap().iter().map(|case| case.status).collect();
    assert_eq!(statuses, [CaseStatus::Received, CaseStatus::Completed]);
}

#[test]
fn p1_a_store_that_cannot_say_is_not_told_as_no_case() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::MyCases, Touch::Agree]);
    let effects = visit.handle(laid(card()));
    let Some(Effect::FindCases { ticket, .. }) = effects.first() else { panic!("{effects:?}") };
    visit.handle(Event::CasesFound { ticket: *ticket, cases: None, unreadable: 0 });
    let Flow::Obstacle(obstacle) = visit.top() else { panic!("{:?}", visit.top()) };
    assert_eq!(obstacle.reason, ObstacleReason::SearchFailed);

    let effects = touch(&mut visit, &[Touch::Retry]);
    assert_eq!(visit.page(), Page::Searching, "asked once more, of the same card");
    let [Effect::FindCases { ticket, card: whose }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(**whose, *card());
    visit.handle(Event::CasesFound { ticket: *ticket, cases: Some(Vec::new()), unreadable: 0 });
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(visit.page(), Page::Home);
}

/// An expired card decides nothing here.
#[test]
fn an_expired_card_still_shows_its_cases() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::MyCases, Touch::Agree]);
    visit.handle(laid(kit::card_of("expired")));
    assert_eq!(visit.page(), Page::Searching);
}

/// Who was identified for a result sees the own cases without laying the card again, but not
/// without being asked.
#[test]
fn p4_my_cases_after_a_result_ask_whose_they_are() {
    let mut visit = visit(ALL_WELL);
    to_result(&mut visit, SlipOutcome::Printed);
    touch(&mut visit, &[Touch::Another, Touch::MyCases, Touch::Agree]);
    assert_eq!(visit.page(), Page::Identity);
    let effects = touch(&mut visit, &[Touch::Confirm]);
    assert!(matches!(&effects[..], [Effect::FindCases { .. }]), "{effects:?}");
}
