//! Random forms, answered at random: what is sent never holds an answer that was not asked for, and
//! each answer is one of its kind.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::domain::form::{LAST_DAY, Options, RegionLevel, parse_day};
use crate::domain::pack::{AnswerKind, Bilingual, Choice, Condition, PhoneOption, Question};
use crate::domain::{bank_account, credit_code, identity};

fn text() -> Bilingual {
    Bilingual { zh: "样例".into(), en: "sample".into() }
}

fn options(count: usize) -> Options {
    let option = |n| Choice { code: format!("c{n}"), label: text(), help: Bilingual::default() };
    (0..count).map(option).collect::<Vec<_>>().into()
}

fn any_kind() -> impl Strategy<Value = AnswerKind> {
    let way = |way, code: &str| PhoneOption {
        way,
        code: code.to_owned(),
        label: text(),
        help: Bilingual::default(),
    };
    let ways = vec![way(PhoneWay::Mobile, "mobile"), way(PhoneWay::None, "none")];
    let bound = prop::option::of(prop::sample::select(vec!["today", "today-2y", "2020-01-01"]));
    prop_oneof![
        3 => (2..6usize).prop_map(|count| AnswerKind::Choice { options: options(count) }),
        2 => (2..8usize, 1..2u8, prop::option::of(1..3u8), any::<bool>()).prop_map(
            |(count, at_least, at_most, alone)| AnswerKind::Several {
                options: options(count),
                at_least,
                at_most,
                alone: alone.then(|| "c0".to_owned()),
            }
        ),
        3 => Just(AnswerKind::YesNo),
        1 => (bound.clone(), bound).prop_map(|(earliest, latest)| AnswerKind::Date {
            earliest: earliest.filter(|bound| *bound != "today").map(|bound| bound.parse().unwrap()),
            latest: latest.filter(|bound| *bound == "today").map(|bound| bound.parse().unwrap()),
        }),
        1 => (0..5u32, 5..2000u32).prop_map(|(min, max)| AnswerKind::Number { min, max, unit: None }),
        1 => (0..5u32, 5..2000u32)
            .prop_map(|(min_yuan, max_yuan)| AnswerKind::Amount { min_yuan, max_yuan }),
        1 => Just(AnswerKind::Phone { ways }),
        1 => Just(AnswerKind::IdentityNumber),
        1 => Just(AnswerKind::CreditCode),
        1 => Just(AnswerKind::BankAccount),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(under, city)| AnswerKind::Region {
            under: under.then(|| "000100".to_owned()),
            level: if city && !under { RegionLevel::City } else { RegionLevel::County },
        }),
    ]
}

/// Conditions name earlier questions by chance, with some of their codes.
fn any_form() -> impl Strategy<Value = Vec<Question>> {
    let question =
        (any_kind(), prop::collection::vec((any::<prop::sample::Index>(), 1..8u8), 0..3));
    prop::collection::vec(question, 1..12).prop_map(|drawn| {
        let mut questions: Vec<Question> = Vec::new();
        for (at, (answer, wishes)) in drawn.into_iter().enumerate() {
            let mut when = Vec::new();
            for (wish, codes) in wishes.into_iter().filter(|_| at > 0) {
                let before = &questions[wish.index(at)];
                let all = before.answer.codes();
                let chosen = all.iter().enumerate().filter(|(bit, _)| codes >> (bit % 3) & 1 == 1);
                let is: Vec<String> = chosen.map(|(_, code)| (*code).to_owned()).collect();
                if !is.is_empty() {
                    when.push(Condition { question: before.id.clone(), is });
                }
            }
            let id = format!("q{at}");
            let (text, label, reason) = (text(), text(), text());
            questions.push(Question { id, text, label, reason, when, message: None, answer });
        }
        questions
    })
}

#[derive(Clone, Debug)]
enum Op {
    /// Touches that make a good answer, by these choices.
    Well(u8, u8),
    Touch(Touch),
    Next,
    Edit(usize),
}

fn any_op() -> impl Strategy<Value = Op> {
    let touch = prop_oneof![
        (0..9usize).prop_map(Touch::Choose),
        (0..=9u8).prop_map(Touch::Digit),
        prop::sample::select(vec!['X', '.', 'A']).prop_map(Touch::Letter),
        (0..2usize).prop_map(Touch::PhoneWay),
        prop::sample::select(vec![Touch::Erase, Touch::Clear]),
        Just(Touch::Back),
    ];
    prop_oneof![
        6 => (any::<u8>(), any::<u8>()).prop_map(|(first, second)| Op::Well(first, second)),
        3 => touch.prop_map(Op::Touch),
        8 => Just(Op::Next),
        2 => (0..12usize).prop_map(Op::Edit),
    ]
}

/// The touches of somebody who knows what to answer.
fn well(kind: &AnswerKind, first: u8, second: u8) -> Vec<Touch> {
    let typed = |text: &str| {
        let key = |key: char| match key.to_digit(10) {
            Some(digit) => Touch::Digit(u8::try_from(digit).unwrap()),
            None => Touch::Letter(key),
        };
        [Touch::Clear].into_iter().chain(text.chars().map(key)).collect()
    };
    let (first, second) = (usize::from(first), usize::from(second));
    match kind {
        AnswerKind::Choice { options } | AnswerKind::Several { options, .. } => {
            vec![Touch::Choose(first % options.len())]
        }
        AnswerKind::YesNo => vec![Touch::Choose(first % 2)],
        AnswerKind::Phone { .. } if first % 2 == 1 => vec![Touch::PhoneWay(1)],
        AnswerKind::Phone { .. } => {
            let mut touches = vec![Touch::PhoneWay(0)];
            touches.extend::<Vec<_>>(typed(kit::PHONE));
            touches
        }
        AnswerKind::Date { .. } => typed("20260305"),
        AnswerKind::Number { .. } => typed("5"),
        AnswerKind::Amount { .. } => typed("4.9"),
        AnswerKind::IdentityNumber => typed("11010518960229008X"),
        AnswerKind::CreditCode => typed("91000000M0001007RE"),
        AnswerKind::BankAccount => typed("6200000000000000000"),
        AnswerKind::Region { .. } => {
            vec![Touch::Choose(first % 3), Touch::Next, Touch::Choose(second % 12)]
        }
    }
}

/// By what the contract says of each kind, and by nothing of the form itself.
fn is_of_kind(kind: &AnswerKind, sent: &str) -> bool {
    let in_bounds =
        |min: u32, max: u32, yuan: f64| f64::from(min) <= yuan && yuan <= f64::from(max);
    match kind {
        AnswerKind::Choice { options } => options.iter().any(|option| option.code == sent),
        AnswerKind::Several { options, at_least, at_most, alone } => {
            let codes: Vec<_> = sent.split(',').collect();
            let once: BTreeSet<_> = codes.iter().collect();
            let count = u8::try_from(codes.len()).unwrap();
            let by_itself = alone.as_ref().is_some_and(|alone| codes == [alone.as_str()]);
            once.len() == codes.len()
                && codes.iter().all(|code| options.iter().any(|option| option.code == **code))
                && (by_itself
                    || (count >= *at_least
                        && at_most.is_none_or(|most| count <= most)
                        && alone.as_ref().is_none_or(|alone| !codes.contains(&alone.as_str()))))
        }
        AnswerKind::YesNo => matches!(sent, "yes" | "no"),
        AnswerKind::Date { latest, .. } => {
            let day: Date = sent.parse().unwrap();
            parse_day(&sent.replace('-', "")) == Some(day) && (latest.is_none() || day <= today())
        }
        AnswerKind::Number { min, max, .. } => {
            sent.parse::<u32>().is_ok_and(|number| (*min..=*max).contains(&number))
        }
        AnswerKind::Amount { min_yuan, max_yuan } => {
            let (_, fen) = sent.split_once('.').unwrap();
            fen.len() == 2 && in_bounds(*min_yuan, *max_yuan, sent.parse().unwrap())
        }
        AnswerKind::Phone { .. } => PhoneWay::Mobile.is_number(sent),
        AnswerKind::IdentityNumber => identity::check(sent, LAST_DAY).is_ok(),
        AnswerKind::CreditCode => credit_code::check(sent).is_ok(),
        AnswerKind::BankAccount => bank_account::check(sent).is_ok(),
        AnswerKind::Region { under, level } => {
            let within =
                under.as_ref().is_none_or(|_| sent.starts_with("0001") && sent != "000100");
            let fine = *level == RegionLevel::City || !matches!(sent, "000100" | "000200");
            within && fine && every_kind::PACK.regions.find(sent).is_some()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn p1_what_is_sent_was_asked_and_is_of_its_kind(
        questions in any_form(),
        ops in prop::collection::vec(any_op(), 0..160),
    ) {
        let mut pack = Pack::clone(&every_kind::PACK);
        let place = pack.items.iter().position(|item| item.id.as_str() == INSTANT).unwrap();
        pack.items[place].questions = questions.clone();
        let mut visit = Visit::new(Arc::new(pack), config::Visit::default());
        visit.handle(Event::Surroundings(ALL_WELL));
        touch(&mut visit, &[Touch::Start, Touch::Item(place), Touch::Begin, Touch::Agree]);
        visit.handle(laid(card()));
        touch(&mut visit, &[Touch::Confirm]);

        let mut steps = 0;
        let mut finish = ops.into_iter().chain((0..600).map(|n| match n % 2 {
            0 => Op::Well(1, 1),
            _ => Op::Next,
        }));
        while let (Some(op), Flow::Form(_) | Flow::Review(_) | Flow::Identify(_)) =
            (finish.next(), visit.top())
        {
            steps += 1;
            let at_form = match visit.top() {
                Flow::Form(form) => Some(form.index),
                _ => None,
            };
            match (op, at_form) {
                (Op::Well(first, second), Some(at)) => {
                    if let (AnswerKind::Several { options, .. }, Flow::Form(form)) =
                        (&questions[at].answer, visit.top())
                    {
                        let ticked = form.answers[at].codes(&questions[at]);
                        let places = (0..options.len())
                            .filter(|place| ticked.contains(&options[*place].code.as_str()));
                        let unticked: Vec<Touch> = places.map(Touch::Choose).collect();
                        touch(&mut visit, &unticked);
                    }
                    touch(&mut visit, &well(&questions[at].answer, first, second));
                }
                // Whoever goes back from the beginning comes to the item, and starts anew.
                (Op::Touch(Touch::Back), None) => {}
                (Op::Touch(one), _) => drop(touch(&mut visit, &[one])),
                (Op::Edit(row), _) => drop(touch(&mut visit, &[Touch::Edit(row)])),
                (Op::Next, None) if visit.page() == Page::Identity => {
                    touch(&mut visit, &[Touch::Confirm]);
                }
                (Op::Next, Some(_)) => drop(touch(&mut visit, &[Touch::Next])),
                // The review waits until nothing is left to play with.
                _ if steps < 160 && visit.page() == Page::Review => {}
                _ => {
                    if visit.page() == Page::Review {
                        break;
                    }
                }
            }
        }
        prop_assert_eq!(visit.page(), Page::Review, "who answers well gets there");
        let (_, application) = submit(&mut visit);
        let sent: BTreeMap<String, String> =
            application.by_question(&questions).into_iter().collect();

        let mut expected = BTreeSet::new();
        for question in &questions {
            let holds = question.when.iter().all(|condition| {
                let value = sent
                    .get(&format!("{}_way", condition.question))
                    .or_else(|| sent.get(&condition.question));
                value.is_some_and(|value| {
                    value.split(',').any(|code| condition.is.iter().any(|wanted| wanted == code))
                })
            });
            let value = sent.get(&question.id);
            if !holds {
                prop_assert_eq!(value, None, "{} was not asked", question.id);
                prop_assert!(!sent.contains_key(&question.way_id()), "{}", question.id);
                continue;
            }
            match (&question.answer, value) {
                (AnswerKind::Phone { .. }, None) => {
                    let way = sent.get(&question.way_id()).map(String::as_str);
                    prop_assert_eq!(way, Some("none"));
                }
                (kind, Some(value)) => {
                    prop_assert!(is_of_kind(kind, value), "{:?}: {}", kind, value);
                    expected.insert(question.id.clone());
                }
                (kind, None) => prop_assert!(false, "{:?} was asked and not sent", kind),
            }
            if matches!(question.answer, AnswerKind::Phone { .. }) {
                expected.insert(question.way_id());
            }
        }
        let names: BTreeSet<String> = sent.into_keys().collect();
        prop_assert_eq!(names, expected);
        let facts = application.facts(&questions, &every_kind::PACK.regions);
        let asked = asked(&questions, &application.answers);
        prop_assert_eq!(facts.len(), asked.iter().filter(|asked| **asked == Asked::Yes).count());
    }
}
