//! Questions and their answers.

use super::*;
use crate::domain::pack::{AnswerKind, PhoneWay};

fn way_place(visit: &Visit, way: PhoneWay) -> usize {
    let Flow::Form(form) = visit.top() else { panic!("{:?}", visit.top()) };
    let (question, _) = form.question(visit.session()).unwrap();
    let AnswerKind::Phone { ways } = &question.answer else { panic!("{question:?}") };
    ways.iter().position(|option| option.way == way).unwrap()
}

#[test]
fn p5_a_citizen_without_a_mobile_can_apply() {
    for (way, digits) in [
        (PhoneWay::Mobile, kit::PHONE),
        (PhoneWay::Landline, "053212345678"),
        (PhoneWay::Relative, kit::PHONE),
        (PhoneWay::None, ""),
    ] {
        let mut visit = visit(ALL_WELL);
        to_phone(&mut visit);
        let place = way_place(&visit, way);
        touch(&mut visit, &[Touch::PhoneWay(place)]);
        dial(&mut visit, digits);
        touch(&mut visit, &[Touch::Next]);
        assert_eq!(visit.page(), Page::Review, "{way:?}");
        let (_, application) = submit(&mut visit);
        let answer = application.answers.last().unwrap();
        assert_eq!((answer.phone_way(), answer.typed()), (way, digits));
        // The platform learns both.
        let item = visit.session().item(&application.item).unwrap();
        let sent = application.by_question(&item.questions);
        let question = item.questions.last().unwrap();
        let of = |id: &str| sent.iter().find(|(i, _)| i == id).map_or("", |(_, value)| value);
        assert_eq!(of(&question.id), digits);
        assert!(!of(&question.way_id()).is_empty());
        let AnswerKind::Phone { ways } = &question.answer else { panic!("{question:?}") };
        let chosen = ways.iter().find(|option| option.way == way).unwrap();
        assert_eq!(of(&question.way_id()), chosen.code);
    }
}

#[test]
fn a_number_that_is_none_is_refused_on_its_page() {
    let mut visit = visit(ALL_WELL);
    to_phone(&mut visit);
    for digits in ["", "1380000000", "12800000000"] {
        touch(&mut visit, &[Touch::Clear]);
        dial(&mut visit, digits);
        touch(&mut visit, &[Touch::Next]);
        let Flow::Form(form) = visit.top() else { panic!("{:?}", visit.top()) };
        assert!(form.refused.is_some(), "{digits}");
        touch(&mut visit, &[Touch::Erase]);
        let Flow::Form(form) = visit.top() else { panic!("{:?}", visit.top()) };
        assert!(form.refused.is_none(), "{digits}: it is being mended");
    }
    touch(&mut visit, &[Touch::Clear]);
    // A finger that types on is not heard.
    dial(&mut visit, "138000000009999");
    touch(&mut visit, &[Touch::Next]);
    let (_, application) = submit(&mut visit);
    assert_eq!(application.answers.last().unwrap().typed(), "13800000000");
}

#[test]
fn p1_an_answer_that_was_half_changed_is_not_handed_in() {
    let mut visit = visit(ALL_WELL);
    to_review(&mut visit);
    touch(&mut visit, &[Touch::Edit(2), Touch::Erase, Touch::Erase, Touch::Back]);
    assert_eq!(visit.page(), Page::Review);
    let (_, application) = submit(&mut visit);
    assert_eq!(application.answers.last().unwrap().typed(), kit::PHONE);
}

#[test]
fn an_edited_answer_goes_straight_back_to_the_review() {
    let mut visit = visit(ALL_WELL);
    to_review(&mut visit);
    touch(&mut visit, &[Touch::Edit(0), Touch::Choose(0), Touch::Next]);
    assert_eq!(visit.page(), Page::Review);
    let (_, application) = submit(&mut visit);
    let item = visit.session().item(&application.item).unwrap();
    let AnswerKind::Choice { options } = &item.questions[0].answer else { panic!() };
    assert_eq!(application.answers[0].choice(), Some(options[0].code.as_str()));
}

/// What Debug writes into a panic or a log must not be the citizen's.
#[test]
fn p4_answers_are_not_in_debug() {
    let mut visit = visit(ALL_WELL);
    to_review(&mut visit);
    let before = format!("{visit:?}");
    let (_, application) = submit(&mut visit);
    for text in [before, format!("{visit:?} {application:?}")] {
        assert!(!text.contains(kit::PHONE), "{text}");
        assert!(!text.contains(&card().number), "{text}");
    }
}

/// Whether the first question of the form has an answer.
fn answered(visit: &Visit) -> bool {
    match visit.top() {
        Flow::Form(form) => form.answers[0] != Answer::Missing,
        other => panic!("no form: {other:?}"),
    }
}

#[test]
fn p5_whoever_comes_back_to_a_matter_finds_what_they_have_answered() {
    let mut visit = visit(ALL_WELL);
    to_identity(&mut visit, INSTANT);
    touch(&mut visit, &[Touch::Confirm, Touch::Choose(1), Touch::Back, Touch::Back]);
    assert_eq!(visit.page(), Page::Item);
    let again = |visit: &mut Visit, card: &str| {
        touch(visit, &[Touch::Begin, Touch::Agree]);
        visit.handle(Event::CardRead { card: kit::card_of(card), today: Some(today()) });
        touch(visit, &[Touch::Confirm]);
    };
    let mut other = visit.clone();
    again(&mut visit, "citizen");
    assert!(answered(&visit));
    // Nobody else does.
    again(&mut other, "rare");
    assert!(!answered(&other));
}

#[test]
fn p4_another_person_does_not_find_the_answers_of_the_one_before() {
    let mut visit = visit(ALL_WELL);
    to_identity(&mut visit, INSTANT);
    touch(&mut visit, &[Touch::Confirm, Touch::Choose(1), Touch::Back, Touch::Confirm]);
    assert!(answered(&visit), "the same person goes on where they were");
    touch(&mut visit, &[Touch::Back, Touch::NotMe]);
    visit.handle(laid(kit::card_of("rare")));
    touch(&mut visit, &[Touch::Confirm]);
    assert!(!answered(&visit));
}
