//! An item that asks a question of each kind: what each takes, what a condition does, and going back.

use super::*;
use crate::domain::form::Wrong;
use crate::domain::pack::Question;
use crate::visit::asked;

/// Good answers, by the places of the questions.
const GOOD: [&str; 11] = [
    "",                    // reason, chosen
    "1234.5",              // compensation
    "20260305",            // last_day
    "",                    // insured, chosen
    "128",                 // months
    "",                    // skills, ticked
    "11010518960229008X",  // spouse_number
    "91000000M0001007RE",  // employer_code
    "6200000000000000000", // card
    "",                    // residence, picked
    kit::PHONE,
];
const REASON: usize = 0;
const COMPENSATION: usize = 1;
const LAST_DAY: usize = 2;
const INSURED: usize = 3;
const MONTHS: usize = 4;
const SKILLS: usize = 5;
const SPOUSE: usize = 6;
const CARD: usize = 8;
const RESIDENCE: usize = 9;
const PHONE: usize = 10;

pub(super) static PACK: LazyLock<Arc<Pack>> = LazyLock::new(packs::every_kind);

fn questions() -> &'static [Question] {
    &PACK.item("every_kind").unwrap().questions
}

fn begun(today: Option<Date>) -> Visit {
    let mut visit = Visit::new(PACK.clone(), config::Visit::default());
    visit.handle(Event::Surroundings(ALL_WELL));
    let place = PACK.items.iter().position(|item| item.id.as_str() == "every_kind").unwrap();
    touch(&mut visit, &[Touch::Start, Touch::Item(place), Touch::Begin, Touch::Agree]);
    visit.handle(Event::CardRead { card: card(), today });
    touch(&mut visit, &[Touch::Confirm]);
    assert_eq!(visit.page(), Page::Question(0));
    visit
}

fn keys(visit: &mut Visit, text: &str) {
    for key in text.chars() {
        let digit = key.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
        touch(visit, &[digit.map_or(Touch::Letter(key), Touch::Digit)]);
    }
}

fn form(visit: &Visit) -> &crate::visit::flows::Form {
    match visit.top() {
        Flow::Form(form) => form,
        other => panic!("no form: {other:?}"),
    }
}

/// Answers the question on the page, as everybody who was dismissed and insured.
fn answer(visit: &mut Visit) {
    let at = form(visit).index;
    match at {
        REASON => drop(touch(visit, &[Touch::Choose(1)])),
        INSURED => drop(touch(visit, &[Touch::Choose(0)])),
        SKILLS => drop(touch(visit, &[Touch::Choose(4), Touch::Choose(1)])),
        RESIDENCE => drop(touch(visit, &[Touch::Choose(0), Touch::Next, Touch::Choose(3)])),
        _ => keys(visit, GOOD[at]),
    }
    touch(visit, &[Touch::Next]);
}

pub(super) fn to_question(at: usize) -> Visit {
    let mut visit = begun(Some(today()));
    while visit.page() != Page::Question(at) {
        answer(&mut visit);
    }
    visit
}

pub(super) fn to_review() -> Visit {
    let mut visit = to_question(PHONE);
    answer(&mut visit);
    assert_eq!(visit.page(), Page::Review);
    visit
}

fn sent(visit: &mut Visit) -> Vec<(String, String)> {
    let (_, application) = submit(visit);
    application.by_question(questions())
}

fn sent_of(visit: &Visit, id: &str) -> Option<String> {
    let all = sent(&mut visit.clone());
    all.into_iter().find(|(question, _)| question == id).map(|(_, answer)| answer)
}

/// What a question says to what is typed.
fn verdict(visit: &Visit, typed: &str) -> Option<Wrong> {
    let mut visit = visit.clone();
    let page = visit.page();
    touch(&mut visit, &[Touch::Clear]);
    keys(&mut visit, typed);
    touch(&mut visit, &[Touch::Next]);
    if visit.page() != page {
        return None;
    }
    assert!(form(&visit).refused.is_some(), "neither refused nor taken");
    form(&visit).refused
}

#[test]
fn everything_that_was_asked_is_sent_as_the_contract_has_it() {
    let all = sent(&mut to_review());
    let all: Vec<_> = all.iter().map(|(id, value)| (id.as_str(), value.as_str())).collect();
    assert_eq!(
        all,
        [
            ("reason", "dismissed"),
            ("compensation", "1234.50"),
            ("last_day", "2026-03-05"),
            ("insured", "yes"),
            ("months", "128"),
            ("skills", "care,shop"),
            ("spouse_number", "11010518960229008X"),
            ("employer_code", "91000000M0001007RE"),
            ("card", "6200000000000000000"),
            ("residence", "000104"),
            ("phone", kit::PHONE),
            ("phone_way", "mobile"),
        ]
    );
}

#[test]
fn each_kind_takes_its_own_and_says_what_is_wrong_with_others() {
    use crate::domain::{bank_account, credit_code, identity};
    let own = card().number.clone();
    let (first, last) = (date(2024, 11, 22), today());
    for (at, typed, wrong) in [
        (COMPENSATION, "0", None),
        (COMPENSATION, "200000.00", None),
        (COMPENSATION, "200000.01", Some(Wrong::OutOfBounds)),
        (COMPENSATION, ".", None), // "0."
        (LAST_DAY, "2026030", Some(Wrong::DateUnfinished)),
        (LAST_DAY, "20260230", Some(Wrong::NoDate)),
        (LAST_DAY, "18991231", Some(Wrong::NoDate)),
        (LAST_DAY, "20241121", Some(Wrong::TooEarly(first))),
        (LAST_DAY, "20241122", None),
        (LAST_DAY, "20261122", None),
        (LAST_DAY, "20261123", Some(Wrong::TooLate(last))),
        (MONTHS, "0", Some(Wrong::OutOfBounds)),
        (MONTHS, "480", None),
        (MONTHS, "481", Some(Wrong::OutOfBounds)),
        (SPOUSE, "1101051896022900", Some(Wrong::IdentityNumber(identity::Reason::Length))),
        (SPOUSE, "110105189602290081", Some(Wrong::IdentityNumber(identity::Reason::CheckDigit))),
        (SPOUSE, &own, Some(Wrong::OwnNumber)),
        (7, "9100", Some(Wrong::CreditCode(credit_code::Reason::Length))),
        (7, "91000000M0001007RA", Some(Wrong::CreditCode(credit_code::Reason::CheckCharacter))),
        (CARD, "620000000000000", Some(Wrong::BankAccount(bank_account::Reason::Length))),
        (CARD, "6200000000000000001", Some(Wrong::BankAccount(bank_account::Reason::CheckDigit))),
        (PHONE, "138", Some(Wrong::Phone(PhoneWay::Mobile))),
    ] {
        assert_eq!(verdict(&to_question(at), typed), wrong, "{at}: {typed}");
    }
}

#[test]
fn a_finger_that_types_on_or_beside_is_not_heard() {
    for (at, touched, typed) in [
        (COMPENSATION, "00123.456.7", "123.45"),
        (COMPENSATION, ".5", "0.5"),
        (COMPENSATION, "1234567", "123456"),
        (LAST_DAY, "202603051", "20260305"),
        (MONTHS, "0", "0"),
        (MONTHS, "05", "5"),
        (MONTHS, "12345", "123"),
        (SPOUSE, "X1A.", "1"),
        (SPOUSE, "11010518960229008XX", "11010518960229008X"),
        (7, "IOSVZia.9", "9"),
        (CARD, "62000000000000000000", "6200000000000000000"),
    ] {
        let mut visit = to_question(at);
        keys(&mut visit, touched);
        assert_eq!(form(&visit).answers[at].typed(), typed, "{at}: {touched}");
    }
}

#[test]
fn p9_without_a_clock_no_day_is_refused_that_may_be_right() {
    let mut visit = begun(None);
    while visit.page() != Page::Question(LAST_DAY) {
        answer(&mut visit);
    }
    // The pack is of 2026-11-01: today is that day or a later one, nobody knows which.
    assert_eq!(verdict(&visit, "20270101"), None);
    let earliest = Some(Wrong::TooEarly(date(2024, 11, 1)));
    assert_eq!(verdict(&visit, "20241031"), earliest);
    assert_eq!(verdict(&visit, "20241101"), None);
}

#[test]
fn of_several_as_many_are_ticked_as_may_be_and_none_goes_with_no_other() {
    let codes = |touches: &[Touch]| {
        let mut visit = to_question(SKILLS);
        touch(&mut visit, touches);
        touch(&mut visit, &[Touch::Next]);
        match visit.page() {
            Page::Question(SPOUSE) => {
                Ok(form(&visit).answers[SKILLS].codes(&questions()[SKILLS]).join(","))
            }
            _ => Err(form(&visit).refused),
        }
    };
    let tick = Touch::Choose;
    assert_eq!(codes(&[tick(4), tick(0)]).as_deref(), Ok("cooking,shop"), "in their order");
    assert_eq!(codes(&[tick(0), tick(0)]), Err(Some(Wrong::Missing)));
    assert_eq!(codes(&[tick(0), tick(1), tick(2)]), Err(Some(Wrong::TooMany(2))));
    assert_eq!(codes(&[tick(0), tick(1), tick(6)]).as_deref(), Ok("none"));
    assert_eq!(codes(&[tick(6), tick(1)]).as_deref(), Ok("care"));
    assert_eq!(codes(&[tick(99)]), Err(Some(Wrong::Missing)));
}

#[test]
fn a_region_is_picked_step_by_step_and_back_loses_nothing() {
    let mut visit = to_question(RESIDENCE);
    touch(&mut visit, &[Touch::Next]);
    assert_eq!(form(&visit).refused, Some(Wrong::Missing));
    touch(&mut visit, &[Touch::Choose(0)]);
    let token = visit.token();
    touch(&mut visit, &[Touch::Next]);
    assert_eq!(visit.page(), Page::Region { question: RESIDENCE, step: 1 });
    assert_ne!(visit.token(), token, "a late finger picks none of the next list");
    touch(&mut visit, &[Touch::Next]);
    assert!(form(&visit).refused.is_some(), "a city is no answer where it has districts");
    touch(&mut visit, &[Touch::Choose(3), Touch::Next]);
    assert_eq!(visit.page(), Page::Question(PHONE));
    // Back through its steps, and on again: everything is as it was.
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(visit.page(), Page::Region { question: RESIDENCE, step: 1 });
    touch(&mut visit, &[Touch::Back, Touch::Choose(0), Touch::Next, Touch::Next]);
    assert_eq!(visit.page(), Page::Question(PHONE));
    assert_eq!(form(&visit).answers[RESIDENCE].choice(), Some("000104"));
    // Another city takes its district away; one that has none is an answer.
    touch(&mut visit, &[Touch::Back, Touch::Back, Touch::Choose(2), Touch::Next]);
    assert_eq!(visit.page(), Page::Question(PHONE));
    assert_eq!(form(&visit).answers[RESIDENCE].choice(), Some("009001"));
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(visit.page(), Page::Question(RESIDENCE));
}

#[test]
fn a_question_whose_condition_does_not_hold_is_not_asked_and_not_sent() {
    let mut visit = begun(Some(today()));
    touch(&mut visit, &[Touch::Choose(0), Touch::Next]);
    assert_eq!(visit.page(), Page::Question(LAST_DAY));
    keys(&mut visit, "20260305");
    touch(&mut visit, &[Touch::Next, Touch::Choose(1), Touch::Next]);
    assert_eq!(visit.page(), Page::Question(SKILLS), "no months of what was not paid");
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(visit.page(), Page::Question(INSURED));
    touch(&mut visit, &[Touch::Back, Touch::Back]);
    assert_eq!(visit.page(), Page::Question(REASON));
}

#[test]
fn p1_an_answer_that_no_longer_applies_is_kept_but_not_sent() {
    let mut visit = to_review();
    assert_eq!(sent_of(&visit, "compensation").as_deref(), Some("1234.50"));
    touch(&mut visit, &[Touch::Edit(REASON), Touch::Choose(2), Touch::Next]);
    assert_eq!(visit.page(), Page::Review);
    assert_eq!(sent_of(&visit, "reason").as_deref(), Some("resigned"));
    assert_eq!(sent_of(&visit, "compensation"), None);
    // It cannot be edited either: it does not stand there.
    touch(&mut visit, &[Touch::Edit(COMPENSATION)]);
    assert_eq!(visit.page(), Page::Review);
    // Whoever changes back finds it again.
    touch(&mut visit, &[Touch::Edit(REASON), Touch::Choose(1), Touch::Next]);
    assert_eq!(visit.page(), Page::Review);
    assert_eq!(sent_of(&visit, "compensation").as_deref(), Some("1234.50"));
}

#[test]
fn a_correction_asks_what_it_makes_needful_and_then_reviews() {
    let mut visit = begun(Some(today()));
    touch(&mut visit, &[Touch::Choose(0), Touch::Next]);
    while visit.page() != Page::Review {
        answer(&mut visit);
    }
    touch(&mut visit, &[Touch::Edit(REASON), Touch::Choose(1), Touch::Next]);
    assert_eq!(visit.page(), Page::Question(COMPENSATION));
    // Back to what was corrected, on again, and to the review.
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(visit.page(), Page::Question(REASON));
    touch(&mut visit, &[Touch::Next]);
    keys(&mut visit, "5");
    touch(&mut visit, &[Touch::Next]);
    assert_eq!(visit.page(), Page::Review);
    assert_eq!(sent_of(&visit, "compensation").as_deref(), Some("5.00"));
    // Back out of a correction: nothing was corrected.
    touch(&mut visit, &[Touch::Edit(INSURED), Touch::Choose(1), Touch::Back]);
    assert_eq!(visit.page(), Page::Review);
    assert_eq!(sent_of(&visit, "insured").as_deref(), Some("yes"));
    assert_eq!(sent_of(&visit, "months").as_deref(), Some("128"));
}

#[test]
fn a_day_that_is_no_answer_any_more_is_asked_again_before_it_is_sent() {
    let mut visit = to_review();
    // The same card, read again on a day on which two years have passed.
    visit.session.today = Some(date(2028, 6, 1));
    touch(&mut visit, &[Touch::Submit]);
    assert_eq!(visit.page(), Page::Question(LAST_DAY));
    touch(&mut visit, &[Touch::Clear]);
    keys(&mut visit, "20280501");
    touch(&mut visit, &[Touch::Next]);
    assert_eq!(visit.page(), Page::Review);
    assert_eq!(sent_of(&visit, "last_day").as_deref(), Some("2028-05-01"));
}

#[test]
fn which_questions_are_asked_is_open_until_what_they_depend_on_is_answered() {
    use crate::visit::Asked::{No, Open, Yes};
    let of = |visit: &Visit| asked(questions(), &form(visit).answers)[..6].to_vec();
    let mut visit = begun(Some(today()));
    assert_eq!(of(&visit), [Yes, Open, Yes, Yes, Open, Yes]);
    touch(&mut visit, &[Touch::Choose(0)]);
    assert_eq!(of(&visit), [Yes, No, Yes, Yes, Open, Yes]);
    touch(&mut visit, &[Touch::Choose(1)]);
    assert_eq!(of(&visit), [Yes, Yes, Yes, Yes, Open, Yes]);
}

#[test]
fn p4_no_answer_is_in_debug_and_none_outlives_its_citizen() {
    let mut visit = to_review();
    let shown = format!("{visit:?}");
    let (_, application) = submit(&mut visit);
    let shown = format!("{shown} {visit:?}");
    let of_case = format!("{application:?} {:?}", application.answers);
    for secret in GOOD.iter().filter(|text| text.len() > 3) {
        assert!(!shown.contains(secret) && !of_case.contains(secret), "{secret}");
    }
    // These are words of the pack, too.
    for chosen in ["dismissed", "care", "000104"] {
        assert!(!of_case.contains(chosen), "{chosen}");
    }
    let mut visit = to_question(CARD);
    keys(&mut visit, GOOD[CARD]);
    touch(&mut visit, &[Touch::Back; 9]);
    touch(&mut visit, &[Touch::NotMe]);
    visit.handle(laid(kit::card_of("rare")));
    touch(&mut visit, &[Touch::Confirm]);
    let blank: Vec<Answer> = questions().iter().map(Answer::blank).collect();
    assert!(form(&visit).answers == blank, "another person's answers");
}

#[test]
fn p4_the_slip_shows_the_last_four_of_a_card_and_masks_the_number_of_another() {
    let (_, application) = submit(&mut to_review());
    let facts = application.facts(questions(), &PACK.regions);
    let printed: Vec<String> =
        facts.iter().map(|fact| fact.value.on_slip(crate::say::Lang::Zh)).collect();
    assert_eq!(printed.len(), 11);
    assert_eq!(printed[SPOUSE], "110105********008X");
    assert_eq!(printed[CARD], "**** **** **** 0000");
    assert_eq!(printed[PHONE], "138****0000");
    assert_eq!(printed[LAST_DAY], "2026-03-05");
}
