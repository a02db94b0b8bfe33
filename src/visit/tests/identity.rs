//! Cards: who is here, and what lies on the reader.

use super::*;
use crate::visit::flows::farewell::CARD_POINTED_S;
use crate::visit::flows::{CardPhase, Obstacle, ObstacleReason};

fn obstacle(visit: &Visit) -> &Obstacle {
    match visit.top() {
        Flow::Obstacle(obstacle) => obstacle,
        other => panic!("no obstacle: {other:?}"),
    }
}

fn phase(visit: &Visit) -> CardPhase {
    match visit.top() {
        Flow::Identify(Identify { step: IdentifyStep::Card(phase), .. }) => *phase,
        other => panic!("no card is wanted: {other:?}"),
    }
}

#[test]
fn p4_an_answer_for_somebody_who_left_reaches_nobody() {
    let mut visit = visit(ALL_WELL);
    to_identity(&mut visit, QUERY);
    let effects = touch(&mut visit, &[Touch::Confirm]);
    let [Effect::Query { ticket, .. }] = effects[..] else { panic!("{effects:?}") };
    touch(&mut visit, &[Touch::Leave]);
    seconds(&mut visit, 8);
    assert_eq!(visit.page(), Page::Attract);
    // The next citizen asks the same.
    to_identity(&mut visit, QUERY);
    touch(&mut visit, &[Touch::Confirm]);
    assert!(visit.handle(Event::Queried { ticket, answer: Ok(answer()) }).is_empty());
    assert_eq!(visit.page(), Page::Querying);
}

#[test]
fn p5_after_a_card_trouble_the_reader_is_asked_again() {
    let mut visit = visit(ALL_WELL);
    to_card(&mut visit, QUERY);
    visit.handle(Event::CardTrouble(CardTrouble::WrongCard));
    let effects = touch(&mut visit, &[Touch::Retry]);
    assert_eq!(effects, [Effect::ExpectCard(false), Effect::ExpectCard(true)]);
    assert_eq!(phase(&visit), CardPhase::Waiting);
}

/// A reader may answer 91h with nothing on it; nobody is told to lift what does not lie there.
#[test]
fn p1_lift_the_card_is_said_only_where_a_card_was_seen() {
    let still_there = || Event::CardTrouble(CardTrouble::StillThere);
    let mut visit = visit(ALL_WELL);
    to_card(&mut visit, QUERY);
    for _ in 0..2 {
        visit.handle(still_there());
        assert_eq!(phase(&visit), CardPhase::Waiting, "its own word is no sign of a card");
    }

    // Any sign of a card in this visit is enough …
    for sign in [Event::CardReading, Event::CardTrouble(CardTrouble::WrongCard)] {
        let mut visit = visit.clone();
        visit.handle(sign.clone());
        visit.handle(still_there());
        assert_eq!(phase(&visit), CardPhase::Trouble(CardTrouble::StillThere), "{sign:?}");
    }
    // … but one in the visit before is not.
    visit.handle(Event::CardReading);
    touch(&mut visit, &[Touch::Leave, Touch::Next]);
    to_card(&mut visit, QUERY);
    visit.handle(still_there());
    assert_eq!(phase(&visit), CardPhase::Waiting);
}

#[test]
fn p9_a_card_has_expired_only_when_that_is_certain() {
    use crate::domain::card::ValidTo;
    let visit = visit(ALL_WELL);
    let as_of = visit.session.pack.as_of;
    let day = |days: i32| as_of.checked_add(jiff::Span::new().days(days)).unwrap();
    for (valid_to, today, expected) in [
        (ValidTo::Until(day(-1)), None, true),
        (ValidTo::Until(day(0)), None, false),
        // The clock says that it has; but the clock is trusted only here:
        (ValidTo::Until(day(20)), Some(day(21)), true),
        (ValidTo::Until(day(20)), None, false),
        // A clock that stands before the pack was made is wrong about today.
        (ValidTo::Until(day(-1)), Some(date(1970, 1, 1)), true),
        (ValidTo::LongTerm, Some(date(2099, 1, 1)), false),
        (ValidTo::Unreadable, Some(date(2099, 1, 1)), false),
    ] {
        let mut visit = visit.clone();
        to_card(&mut visit, QUERY);
        let mut card = card();
        card.valid_to = valid_to;
        visit.handle(Event::CardRead { card, today });
        let expected = if expected { Page::Obstacle } else { Page::Identity };
        assert_eq!(visit.page(), expected, "{valid_to:?} {today:?}");
    }
}

#[test]
fn p5_an_expired_card_leads_to_people_and_not_to_another_try() {
    let mut visit = visit(ALL_WELL);
    to_card(&mut visit, INSTANT);
    visit.handle(laid(kit::card_of("expired")));
    assert_eq!(obstacle(&visit).reason, ObstacleReason::CardExpired);
    assert!(!obstacle(&visit).can_retry());
    touch(&mut visit, &[Touch::Next]);
    assert_eq!(visit.page(), Page::Outlets);
    touch(&mut visit, &[Touch::Back, Touch::Back]);
    assert_eq!(visit.page(), Page::Item, "the card can be laid once more from here");
}

#[test]
fn back_is_one_page_back() {
    let mut visit = visit(ALL_WELL);
    to_review(&mut visit);
    for expected in [
        Page::Question(2),
        Page::Question(1),
        Page::Question(0),
        Page::Identity,
        Page::Item,
        Page::Home,
    ] {
        touch(&mut visit, &[Touch::Back]);
        assert_eq!(visit.page(), expected);
    }
    touch(&mut visit, &[Touch::Item(0), Touch::Begin, Touch::Agree]);
    for expected in [Page::Consent, Page::Item] {
        touch(&mut visit, &[Touch::Back]);
        assert_eq!(visit.page(), expected);
    }
}

#[test]
fn another_matter_needs_no_second_card() {
    let mut visit = visit(ALL_WELL);
    to_result(&mut visit, SlipOutcome::Printed);
    touch(&mut visit, &[Touch::Another, Touch::Item(place(QUERY)), Touch::Begin, Touch::Agree]);
    assert_eq!(visit.page(), Page::Identity, "whose it is, is asked all the same");
    let effects = touch(&mut visit, &[Touch::Confirm]);
    assert!(matches!(&effects[..], [Effect::Query { card, .. }] if **card == *super::card()));
}

#[test]
fn p4_an_identification_goes_no_further_than_its_citizen_wants() {
    // By the touch that says so …
    let mut visit = visit(ALL_WELL);
    to_result(&mut visit, SlipOutcome::Printed);
    touch(&mut visit, &[Touch::Another, Touch::Item(place(QUERY)), Touch::Begin, Touch::Agree]);
    touch(&mut visit, &[Touch::NotMe]);
    assert_eq!(visit.page(), Page::Card);
    assert_eq!(visit.session().identified(), None);
    // … and with the visit; nobody has it who has not asked for another matter.
    for touches in [&[Touch::Leave][..], &[Touch::Leave, Touch::Next]] {
        let mut visit = super::visit(ALL_WELL);
        to_result(&mut visit, SlipOutcome::Printed);
        touch(&mut visit, &[Touch::Home]);
        assert_eq!(visit.session().identified(), None);
        let mut visit = super::visit(ALL_WELL);
        to_result(&mut visit, SlipOutcome::Printed);
        touch(&mut visit, &[Touch::Another]);
        assert!(visit.session().identified().is_some());
        touch(&mut visit, touches);
        assert_eq!(visit.session().identified(), None, "{touches:?}");
    }
}

#[test]
fn p5_a_card_on_the_reader_is_pointed_at_until_it_is_lifted() {
    let mut visit = visit(ALL_WELL);
    to_card(&mut visit, QUERY);
    let effects = visit.handle(laid(card()));
    assert!(effects.contains(&Effect::WatchCard(true)), "{effects:?}");
    visit.handle(lies(true));
    touch(&mut visit, &[Touch::Leave]);
    seconds(&mut visit, CARD_POINTED_S - 1);
    touch(&mut visit, &[Touch::Next, Touch::Leave]);
    assert_eq!(visit.page(), Page::Farewell, "no touch makes it forget the card");
    // A reader may see a card where none lies: nobody is held for ever.
    let mut gone = visit.clone();
    seconds(&mut gone, 1);
    assert_eq!(touch(&mut gone, &[Touch::Leave])[..2], [Effect::CardLeft, Effect::Wipe]);
    seconds(&mut visit, 60);
    assert_eq!(visit.page(), Page::Farewell, "it is pointed at for much longer");
    visit.handle(lies(false));
    let effects = seconds(&mut visit, 8);
    assert_eq!(effects, [Effect::Wipe, Effect::WatchCard(false)]);
    assert!(!visit.session().card_left());
}

#[test]
fn p5_a_card_that_nobody_lifts_is_told_and_the_kiosk_is_free_again() {
    let mut visit = visit(ALL_WELL);
    to_card(&mut visit, QUERY);
    visit.handle(laid(card()));
    visit.handle(lies(true));
    // Nobody touches anything any more.
    let effects = seconds(&mut visit, 80 + 120 + 8);
    assert_eq!(effects, [Effect::CardLeft, Effect::Wipe]);
    assert_eq!(visit.page(), Page::Attract);
    assert!(visit.session().card_left());
    // The next citizen is told whose it is not, and it is told once only.
    touch(&mut visit, &[Touch::Start, Touch::MyCases, Touch::Agree]);
    visit.handle(Event::CardTrouble(CardTrouble::StillThere));
    assert_eq!(phase(&visit), CardPhase::Trouble(CardTrouble::StillThere));
    assert!(visit.session().card_left());
    visit.handle(lies(false));
    assert!(!visit.session().card_left());
    // Who lays it down once more is asked whether it is theirs before anything of it is shown.
    visit.handle(laid(card()));
    assert_eq!(visit.page(), Page::Identity);
    touch(&mut visit, &[Touch::NotMe]);
    assert_eq!(visit.page(), Page::Card);
    visit.handle(lies(false));
    let effects = seconds(&mut visit, 300);
    assert!(!effects.contains(&Effect::CardLeft), "{effects:?}");
}

/// The questions of an item for people of working age are not put to somebody who is eighty.
#[test]
fn p6_who_is_not_eligible_is_told_so_before_any_question() {
    let mut visit = visit(ALL_WELL);
    to_card(&mut visit, INSTANT);
    visit.handle(laid(kit::card_of("elderly")));
    let effects = touch(&mut visit, &[Touch::Confirm]);
    assert!(effects.is_empty());
    let session = visit.session();
    let item = session.pack().item(INSTANT).unwrap();
    let reason = item.eligibility.age.as_ref().unwrap().reason.clone();
    assert_eq!(obstacle(&visit).reason, ObstacleReason::NotEligible(reason.clone()));
    assert!(!obstacle(&visit).can_retry());

    // What is for everybody is not refused.
    touch(&mut visit, &[Touch::Home, Touch::Item(place(QUERY)), Touch::Begin, Touch::Agree]);
    visit.handle(laid(kit::card_of("elderly")));
    touch(&mut visit, &[Touch::Confirm]);
    assert_eq!(visit.page(), Page::Querying);
    let mut visit = super::visit(ALL_WELL);
    to_card(&mut visit, INSTANT);
    visit.handle(Event::CardRead { card: kit::card_of("elderly"), today: None });
    touch(&mut visit, &[Touch::Confirm]);
    // The day of the pack has certainly been: also without a clock eighty is more than allowed.
    assert_eq!(obstacle(&visit).reason, ObstacleReason::NotEligible(reason.clone()));
}
