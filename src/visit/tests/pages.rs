//! Pages, their tokens, and what is offered on them.

use super::*;

#[test]
fn p4_leaving_in_the_middle_warns_and_then_leaves_a_clean_attract_screen() {
    let mut visit = visit(ALL_WELL);
    to_identity(&mut visit, INSTANT);
    touch(&mut visit, &[Touch::Confirm, Touch::ToggleLanguage, Touch::ToggleAssisted]);
    seconds(&mut visit, 179);
    assert_eq!(visit.warning_left_s(), None);
    seconds(&mut visit, 1);
    assert_eq!(visit.warning_left_s(), Some(60));
    touch(&mut visit, &[Touch::MoreTime]);
    assert_eq!(visit.warning_left_s(), None);
    let effects = seconds(&mut visit, 240);
    assert!(effects.contains(&Effect::Wipe));
    assert_eq!(visit, Visit::waiting(visit.session.next(), visit.token));
    assert_eq!((visit.session().lang(), visit.session().assisted()), (Lang::Zh, false));
}

#[test]
fn a_touch_on_a_page_that_is_gone_falls_away() {
    let mut visit = visit(ALL_WELL);
    to_identity(&mut visit, INSTANT);
    let page = visit.token();
    let late = |touch| Event::Touched { page, touch };
    assert!(visit.handle(late(Touch::Confirm)).is_empty());
    assert_eq!(visit.page(), Page::Question(0));
    // A finger that tapped twice.
    for touch in [Touch::Confirm, Touch::Next, Touch::Leave, Touch::Home, Touch::Choose(0)] {
        assert!(visit.handle(late(touch)).is_empty());
        assert_eq!(visit.page(), Page::Question(0), "{touch:?}");
    }
    let Flow::Form(form) = visit.top() else { panic!("{:?}", visit.top()) };
    assert_eq!(form.answers[0], Answer::Missing);
    // The token of an earlier visit means nothing in a later one.
    let old = visit.token();
    touch(&mut visit, &[Touch::Leave]);
    seconds(&mut visit, 8);
    assert_eq!(visit.page(), Page::Attract);
    visit.handle(Event::Touched { page: old, touch: Touch::Start });
    assert_eq!(visit.page(), Page::Attract);
}

#[test]
fn a_page_keeps_its_token_while_it_stands() {
    let mut visit = visit(ALL_WELL);
    to_phone(&mut visit);
    let token = visit.token();
    dial(&mut visit, "138");
    touch(&mut visit, &[Touch::ToggleLanguage, Touch::Help, Touch::CloseSheet, Touch::Read]);
    seconds(&mut visit, 70);
    touch(&mut visit, &[Touch::MoreTime]);
    visit.handle(Event::Surroundings(OFFLINE));
    assert_eq!(visit.token(), token);
}

#[test]
fn language_mode_and_help_are_there_on_every_page_and_gone_with_who_chose_them() {
    let mut visit = visit(ALL_WELL);
    for there in [true, false] {
        touch(&mut visit, &[Touch::ToggleLanguage, Touch::ToggleAssisted]);
        let (lang, assisted) = (visit.session().lang(), visit.session().assisted());
        assert_eq!((lang == Lang::En, assisted), (there, there));
    }
    touch(&mut visit, &[Touch::Help]);
    assert!(visit.session().help_open());
    touch(&mut visit, &[Touch::CloseSheet]);
    assert!(!visit.session().help_open());
    // Somebody who never began goes away.
    touch(&mut visit, &[Touch::ToggleLanguage, Touch::Help]);
    let patience = visit.session().idle_limit_s();
    seconds(&mut visit, patience - 1);
    assert!(visit.session().lang() == Lang::En && visit.session().help_open());
    seconds(&mut visit, 1);
    assert!(visit.session().lang() == Lang::Zh && !visit.session().help_open());
}

#[test]
fn reading_changes_nothing_but_the_patience() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::Help]);
    seconds(&mut visit, 60 - 1);
    let before = visit.clone();
    assert_eq!(touch(&mut visit, &[Touch::Read]), []);
    assert!(visit.session().help_open(), "a page of the help was turned");
    assert_eq!(visit.session.idle_s, 0);
    visit.session.idle_s = before.session.idle_s;
    assert_eq!(visit, before);
}

#[test]
fn p8_an_offer_says_what_can_be_done_now_and_why_not() {
    use Availability::{Limited, NotNow, Now};
    use Lack::{Network, Printer, Reader};
    let printerless = Surroundings { printer: false, ..ALL_WELL };
    let readerless = Surroundings { reader: false, ..ALL_WELL };
    let nothing = Surroundings::default();
    for (surroundings, query, instant, my_cases, print) in [
        (ALL_WELL, Now, Now, Now, Now),
        (OFFLINE, NotNow(vec![Network]), Limited(vec![Network]), Limited(vec![Network]), Now),
        (printerless, Limited(vec![Printer]), Limited(vec![Printer]), Now, NotNow(vec![Printer])),
        (readerless, NotNow(vec![Reader]), NotNow(vec![Reader]), NotNow(vec![Reader]), Now),
        (
            nothing,
            NotNow(vec![Reader, Network]),
            NotNow(vec![Reader]),
            NotNow(vec![Reader]),
            NotNow(vec![Printer]),
        ),
    ] {
        let visit = visit(surroundings);
        let session = visit.session();
        let item = |id| session.pack().item(id).unwrap();
        let offers = [
            (Offer::Begin(item(QUERY)), query),
            (Offer::Begin(item(INSTANT)), instant),
            (Offer::MyCases, my_cases),
            (Offer::Print, print),
        ];
        for (offer, expected) in offers {
            let availability = session.availability(offer);
            assert_eq!(availability, expected, "{surroundings:?} {offer:?}");
        }
        // What is offered can be begun, and nothing else.
        let mut visit = visit.clone();
        to_item(&mut visit, QUERY);
        let possible = visit.session().availability(Offer::Begin(item(QUERY))).possible();
        touch(&mut visit, &[Touch::Begin]);
        assert_eq!(visit.page() == Page::Consent, possible, "{surroundings:?}");
    }
}

#[test]
fn the_guide_and_the_public_fields_stand_on_the_screen_whatever_is_missing() {
    let mut visit = visit(Surroundings::default());
    to_item(&mut visit, QUERY);
    for _ in 0..50 {
        touch(&mut visit, &[Touch::PublicFields, Touch::PublicFields, Touch::Outlets, Touch::Back]);
    }
    assert!(visit.beneath.len() < 5, "pages that lead to each other do not pile up");
    assert_eq!(visit.page(), Page::PublicFields);
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(visit.page(), Page::Item);
}
