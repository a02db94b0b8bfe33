//! Forms of every kind of question, with conditions that look back, and a worked example that runs.

use serde_json::{Map, Value, json};

use super::texts::Texts;
use super::{Dice, as_of, typed};
use crate::domain::form::{AnswerKind, Known, PhoneOption, Regions};
use crate::domain::request::IMMOBILE;

/// A form with one way of filling it in.
pub struct Form {
    pub questions: Vec<Value>,
    /// By the ids of the questions that are asked.
    pub answers: Map<String, Value>,
}

/// A question that was made: what a later condition may name.
struct Made {
    id: String,
    codes: Vec<String>,
    /// The codes of its answer in the example; `None` where it is not asked there.
    chosen: Option<Vec<String>>,
}

/// Questions of an item. A request asks for a telephone, and may ask who can hardly get about.
pub fn form(dice: &mut Dice, texts: &Texts, regions: &Regions, request: bool) -> Form {
    let mut form = Form { questions: Vec::new(), answers: Map::new() };
    let mut made: Vec<Made> = Vec::new();
    let many = dice.below(8);
    for number in 0..many {
        let kind = answer(dice, texts, regions);
        add(&format!("q{number}"), kind, dice, texts, regions, &mut form, &mut made);
    }
    if request {
        if dice.once_in(2) {
            add(IMMOBILE, json!({ "type": "yes_no" }), dice, texts, regions, &mut form, &mut made);
        }
        let kind = phone(dice, texts);
        add("phone", kind, dice, texts, regions, &mut form, &mut made);
    }
    form
}

fn add(
    id: &str,
    answer: Value,
    dice: &mut Dice,
    texts: &Texts,
    regions: &Regions,
    form: &mut Form,
    made: &mut Vec<Made>,
) {
    let kind: AnswerKind = serde_json::from_value(answer.clone()).expect("a kind of answer");
    let (when, is_asked) = conditions(dice, made);
    let mut question = json!({
        "id": id,
        "text": texts.summary(dice),
        "label": texts.label(dice),
        "reason": texts.text(dice),
        "answer": answer,
    });
    if !when.is_empty() {
        question["when"] = when.into();
    }
    let bounded = match &kind {
        AnswerKind::Several { at_least, at_most, .. } => *at_least > 1 || at_most.is_some(),
        AnswerKind::Date { earliest, latest } => earliest.is_some() || latest.is_some(),
        AnswerKind::Number { .. } | AnswerKind::Amount { .. } | AnswerKind::IdentityNumber => true,
        _ => false,
    };
    if bounded && dice.once_in(3) {
        question["message"] = texts.summary(dice);
    }
    form.questions.push(question);
    let mut chosen = None;
    if is_asked {
        let (text, codes) = answered(&kind, dice, regions);
        form.answers.insert(id.to_owned(), text.into());
        chosen = Some(codes);
    }
    let codes = kind.codes().into_iter().map(str::to_owned).collect();
    made.push(Made { id: id.to_owned(), codes, chosen });
}

/// When a question is asked, and whether it is in the example. One condition can always hold; of two,
/// both hold in the example, so that they do not contradict each other.
fn conditions(dice: &mut Dice, made: &[Made]) -> (Vec<Value>, bool) {
    let mut choices: Vec<&Made> = made.iter().filter(|one| !one.codes.is_empty()).collect();
    if choices.is_empty() || !dice.once_in(2) {
        return (Vec::new(), true);
    }
    let two = dice.once_in(3);
    if two {
        choices.retain(|one| one.chosen.is_some());
    }
    let mut when = Vec::new();
    let mut asked = true;
    for _ in 0..=usize::from(two) {
        if choices.is_empty() {
            break;
        }
        let at = choices.remove(dice.below(choices.len()));
        let mut is = dice.some(&at.codes);
        match &at.chosen {
            Some(chosen) if two || is.is_empty() => {
                let code = dice.pick(chosen).clone();
                if !is.contains(&code) {
                    is.push(code);
                }
            }
            _ if is.is_empty() => is.push(dice.pick(&at.codes).clone()),
            _ => {}
        }
        asked &= at.chosen.as_ref().is_some_and(|codes| codes.iter().any(|code| is.contains(code)));
        when.push(json!({ "question": at.id, "is": is }));
    }
    (when, asked)
}

/// One of the twelve kinds, with its bounds.
fn answer(dice: &mut Dice, texts: &Texts, regions: &Regions) -> Value {
    let options = |dice: &mut Dice, many: usize| -> Vec<Value> {
        (0..many)
            .map(|code| {
                let mut option = json!({ "code": format!("c{code}"), "label": texts.label(dice) });
                if dice.once_in(3) {
                    option["help"] = texts.summary(dice);
                }
                option
            })
            .collect()
    };
    match dice.below(11) {
        0 => {
            let many = dice.within(2..=6);
            json!({ "type": "choice", "options": options(dice, many) })
        }
        1 => json!({ "type": "yes_no" }),
        2 => {
            let many = dice.within(2..=12);
            let mut answer = json!({ "type": "several", "options": options(dice, many) });
            let mut all = many;
            if dice.once_in(3) {
                all -= 1;
                answer["alone"] = format!("c{all}").into();
            }
            let least = dice.within(1..=all);
            if dice.once_in(2) {
                answer["at_least"] = least.into();
            }
            if dice.once_in(2) {
                answer["at_most"] = dice.within(least..=all).into();
            }
            answer
        }
        3 => {
            let mut answer = json!({ "type": "date" });
            let bounds = [
                ("", ""),
                ("today-60y", "today"),
                ("today", "today+3m"),
                ("2000-02-29", ""),
                ("today-30d", "2099-12-31"),
                ("", "today+1y"),
            ];
            let (earliest, latest) = *dice.pick(&bounds);
            for (name, bound) in [("earliest", earliest), ("latest", latest)] {
                if !bound.is_empty() {
                    answer[name] = bound.into();
                }
            }
            answer
        }
        4 => {
            let (min, most) = (dice.below(1000), *dice.pick(&[0, 9, 500, 999_998_000]));
            let mut answer =
                json!({ "type": "number", "min": min, "max": min + dice.within(0..=most) });
            if dice.once_in(2) {
                answer["unit"] = texts.short(dice);
            }
            answer
        }
        5 => {
            let (min, most) = (dice.below(1000), *dice.pick(&[0, 9, 500, 999_998_000]));
            let max = min + 1 + dice.within(0..=most);
            json!({ "type": "amount", "min_yuan": min, "max_yuan": max })
        }
        6 => phone(dice, texts),
        7 => json!({ "type": "identity_number" }),
        8 => json!({ "type": "credit_code" }),
        9 => json!({ "type": "bank_account" }),
        _ if regions.is_empty() => json!({ "type": "yes_no" }),
        _ => {
            let level = *dice.pick(&["county", "city", "province"]);
            let mut answer = json!({ "type": "region", "level": level });
            let outer: Vec<String> = regions
                .within(None)
                .filter(|outer| regions.within(Some(&outer.code)).next().is_some())
                .map(|outer| outer.code.clone())
                .collect();
            if !outer.is_empty() && dice.once_in(2) {
                answer["under"] = dice.pick(&outer).clone().into();
            }
            answer
        }
    }
}

/// Some ways to be reached, and none.
fn phone(dice: &mut Dice, texts: &Texts) -> Value {
    let mut ways = dice.some(&["mobile", "landline", "relative"]);
    ways.push("none");
    let ways: Vec<Value> = ways
        .into_iter()
        .map(|way| json!({ "way": way, "code": way, "label": texts.label(dice) }))
        .collect();
    json!({ "type": "phone", "ways": ways })
}

/// An answer as an example has it, and its codes.
fn answered(kind: &AnswerKind, dice: &mut Dice, regions: &Regions) -> (String, Vec<String>) {
    let known = Known { today: Some(as_of()), since: as_of(), own_number: "", regions };
    let codes = kind.codes().into_iter().map(str::to_owned).collect::<Vec<_>>();
    match kind {
        AnswerKind::Choice { .. } | AnswerKind::YesNo => {
            let code = dice.pick(&codes).clone();
            (code.clone(), vec![code])
        }
        AnswerKind::Several { at_least, at_most, alone, .. } => {
            if let Some(alone) = alone.as_ref().filter(|_| dice.once_in(3)) {
                return (alone.clone(), vec![alone.clone()]);
            }
            let mut together = codes;
            together.retain(|code| Some(code) != alone.as_ref());
            let most = at_most.map_or(together.len(), usize::from);
            let many = dice.within(usize::from(*at_least)..=most);
            while together.len() > many {
                together.remove(dice.below(together.len()));
            }
            (together.join(","), together)
        }
        AnswerKind::Phone { ways } => {
            let PhoneOption { way, code, .. } = dice.pick(ways);
            let digits = typed(kind, Some(*way), &known, dice).unwrap_or_default();
            let text = if digits.is_empty() { code.clone() } else { format!("{code}:{digits}") };
            (text, vec![code.clone()])
        }
        AnswerKind::Region { under, level } => {
            let mut at = under.clone();
            while at.as_deref().is_none_or(|code| {
                under.as_deref() == Some(code) || !regions.is_final(code, *level)
            }) {
                let inner: Vec<_> = regions.within(at.as_deref()).collect();
                at = Some(dice.pick(&inner).code.clone());
            }
            (at.unwrap_or_default(), Vec::new())
        }
        _ => (typed(kind, None, &known, dice).expect("it is typed"), Vec::new()),
    }
}
