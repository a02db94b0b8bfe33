//! The evaluation (好差评).

use super::*;

/// The code of the first reason that the pack offers for a level.
fn first_reason(visit: &Visit, level: Level) -> u16 {
    visit.session().reasons(level).next().unwrap().code
}

#[test]
fn p6_walking_away_records_nothing() {
    let mut visit = visit(ALL_WELL);
    to_evaluation(&mut visit);
    let effects = seconds(&mut visit, 80);
    assert!(effects.contains(&Effect::Wipe));
    assert_eq!(recorded(&effects), None);
}

/// A bad press is a press: it is kept for follow-up even if nobody says why.
#[test]
fn p6_a_bad_press_without_a_reason_is_not_lost() {
    let to_reasons = || {
        let mut visit = visit(ALL_WELL);
        to_evaluation(&mut visit);
        visit.handle(Event::Pressed(Level::Dissatisfied));
        // Ticked and not sent: no statement yet.
        touch(&mut visit, &[Touch::Reason(0)]);
        assert_eq!(visit.page(), Page::Reasons);
        visit
    };
    let kept = |effects: &[Effect]| matches!(recorded(effects), Some((_, Level::Dissatisfied, tags)) if tags.is_empty());
    let mut visit = to_reasons();
    let effects = seconds(&mut visit, 80);
    assert!(kept(&effects) && effects.contains(&Effect::Wipe), "{effects:?}");

    let mut visit = to_reasons();
    let effects = touch(&mut visit, &[Touch::Leave]);
    assert!(kept(&effects), "{effects:?}");
    assert_eq!(visit.page(), Page::Farewell);

    let mut visit = to_reasons();
    let effects = touch(&mut visit, &[Touch::Home]);
    assert!(kept(&effects), "{effects:?}");

    // The kiosk is stopped: the press is all that can still be done.
    let effects = to_reasons().stop();
    assert!(kept(&effects) && effects.len() == 1, "{effects:?}");

    // 不想说明 can be undone like any press, and then stands.
    let mut visit = to_reasons();
    assert!(touch(&mut visit, &[Touch::NoReason]).contains(&Effect::ArmPanel(true)));
    assert_eq!(recorded(&seconds(&mut visit, 9)), None);
    let effects = seconds(&mut visit, 1);
    assert!(kept(&effects), "{effects:?}");
    assert_eq!(visit.page(), Page::Farewell);

    // Undone, it was never pressed.
    let mut visit = to_reasons();
    touch(&mut visit, &[Touch::Undo]);
    assert_eq!(visit.page(), Page::Evaluation);
    assert_eq!(recorded(&seconds(&mut visit, 80)), None);
}

#[test]
fn a_bad_level_asks_for_a_reason_and_can_be_undone_for_ten_seconds() {
    let mut visit = visit(ALL_WELL);
    to_evaluation(&mut visit);
    visit.handle(Event::Pressed(Level::VeryDissatisfied));
    touch(&mut visit, &[Touch::SendReasons]);
    assert_eq!(visit.page(), Page::Reasons, "no reason was ticked");
    touch(&mut visit, &[Touch::Reason(0), Touch::SendReasons]);
    assert_eq!(visit.page(), Page::Evaluation);
    assert!(seconds(&mut visit, 9).is_empty());
    touch(&mut visit, &[Touch::Undo]);
    assert!(seconds(&mut visit, 9).is_empty());
    visit.handle(Event::Pressed(Level::Satisfied));
    // A second press changes nothing: one press for each open evaluation.
    visit.handle(Event::Pressed(Level::VerySatisfied));
    let effects = seconds(&mut visit, 10);
    assert!(
        matches!(recorded(&effects), Some((_, Level::Satisfied, tags)) if tags.is_empty()),
        "{effects:?}"
    );
}

#[test]
fn a_bad_evaluation_carries_the_ticked_reasons() {
    let mut visit = visit(ALL_WELL);
    to_evaluation(&mut visit);
    let level = Level::VeryDissatisfied;
    visit.handle(Event::Pressed(level));
    let code = first_reason(&visit, level);
    touch(&mut visit, &[Touch::Reason(1), Touch::Reason(0), Touch::Reason(1)]);
    touch(&mut visit, &[Touch::Reason(99), Touch::SendReasons]);
    let effects = seconds(&mut visit, 10);
    assert!(
        matches!(recorded(&effects), Some((_, l, tags)) if l == level && *tags == [code]),
        "{effects:?}"
    );
}

#[test]
fn p6_thanks_come_when_the_evaluation_is_stored() {
    let mut visit = visit(ALL_WELL);
    to_evaluation(&mut visit);
    visit.handle(Event::Pressed(Level::Satisfied));
    let effects = touch(&mut visit, &[Touch::Next]);
    let (ticket, ..) = recorded(&effects).unwrap();
    let rated = |visit: &Visit| match visit.top() {
        Flow::Farewell(farewell) => farewell.rated,
        other => panic!("no farewell: {other:?}"),
    };
    assert_eq!(rated(&visit), None);
    visit.handle(Event::EvaluationStored { ticket: ticket + 1, stored: true });
    assert_eq!(rated(&visit), None);
    for stored in [true, false] {
        visit.handle(Event::EvaluationStored { ticket, stored });
        assert_eq!(rated(&visit), Some(stored));
    }
}

#[test]
fn p6_a_press_that_stands_is_recorded_by_whoever_leaves() {
    for touches in [&[Touch::Leave][..], &[Touch::Next], &[Touch::Home]] {
        let mut visit = visit(ALL_WELL);
        to_evaluation(&mut visit);
        touch(&mut visit, &[Touch::Level(Level::FairlySatisfied), Touch::Back]);
        let effects = touch(&mut visit, touches);
        assert!(
            matches!(recorded(&effects), Some((_, Level::FairlySatisfied, _))),
            "{touches:?}: {effects:?}"
        );
    }
}
