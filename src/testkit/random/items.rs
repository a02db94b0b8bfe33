//! Items of every kind of handling, within the rules of a pack.

use serde_json::{Value, json};

use super::Dice;
use super::questions::form;
use super::texts::Texts;
use crate::domain::form::Regions;

/// What an item may name.
pub struct Known {
    pub texts: Texts,
    pub materials: Vec<String>,
    pub basic_services: Vec<String>,
    pub regions: Regions,
}

const AUDIENCES: [&str; 12] = [
    "employees",
    "unemployed",
    "flexible",
    "graduates",
    "migrant_workers",
    "residents",
    "pensioners",
    "disabled",
    "veterans",
    "hard_to_employ",
    "founders",
    "employers",
];

/// Some of those to whom something speaks.
pub fn audience(dice: &mut Dice) -> Vec<&'static str> {
    if dice.once_in(2) { dice.some(&AUDIENCES) } else { Vec::new() }
}

/// The file of an item that is called `id`.
pub fn item(dice: &mut Dice, id: &str, known: &Known) -> Value {
    let texts = &known.texts;
    let kind = *dice.pick(&[
        "query",
        "browse",
        "instant",
        "promised",
        "no_application",
        "request",
        "handoff",
    ]);
    let mut item = json!({
        "id": id,
        "standing": *dice.pick(&["sample", "official"]),
        "area": *dice.pick(&["employment", "social_insurance", "skills", "labour_relations"]),
        "name": texts.label(dice),
        "summary": texts.summary(dice),
        "kind": { "type": kind },
        "public": public(dice, texts),
        "guide": guide(dice, texts),
        "procedure": (0..dice.within(1..=3)).map(|_| texts.text(dice)).collect::<Vec<_>>(),
        "audience": audience(dice),
        "without_visit": dice.once_in(2),
        "agency": dice.once_in(2),
    });
    if dice.once_in(3) {
        item["short_name"] = texts.short(dice);
    }
    if dice.once_in(3) {
        item["for"] = "enterprise".into();
    }
    if dice.once_in(2) {
        item["category"] = (*dice.pick(&["20", "01", "05", "07", "08", "09", "10"])).into();
    }
    if !known.basic_services.is_empty() && dice.once_in(2) {
        item["basic_service"] = dice.pick(&known.basic_services).clone().into();
    }
    match kind {
        "instant" => item["kind"]["limit_min"] = dice.within(1..=30).into(),
        "browse" => {
            item["kind"]["of"] =
                (*dice.pick(&["items", "policies", "outlets", "vacancies"])).into();
        }
        "request" => {
            item["kind"]["of"] =
                (*dice.pick(&["call_back", "appointment", "door_to_door", "agency"])).into();
        }
        "handoff" => {
            item["handoff"] = json!({ "to": texts.label(dice) });
            if dice.once_in(2) {
                item["handoff"]["url"] = "https://tax.example.invalid/social".into();
            }
            item["self_service"] = "guide".into();
        }
        _ => {}
    }
    if kind != "browse" && kind != "handoff" && dice.once_in(4) {
        item["identity"] = "witnessed".into();
        item["self_service"] = "start".into();
    }
    limits(dice, kind, &mut item);
    materials(dice, kind, known, &mut item);
    let age = (kind != "browse" && dice.once_in(3)).then(|| {
        let (min, max) = (dice.within(0..=40), dice.within(41..=120));
        item["eligibility"] = json!({ "age": { "reason": texts.text(dice) } });
        let range = &mut item["eligibility"]["age"];
        let both = dice.below(3);
        if both != 1 {
            range["min"] = min.into();
        }
        if both != 2 {
            range["max"] = max.into();
        }
        41
    });
    if matches!(kind, "instant" | "promised" | "request") {
        let form = form(dice, texts, &known.regions, kind == "request");
        if !form.questions.is_empty() {
            item["questions"] = form.questions.into();
            item["examples"] = json!([{
                "about": texts.label(dice),
                "age": age.unwrap_or_else(|| dice.within(0..=120)),
                "answers": form.answers,
                "expect": "handed_in",
            }]);
        }
    }
    item
}

/// What the law allows and what is promised, and whether money is paid.
fn limits(dice: &mut Dice, kind: &str, item: &mut Value) {
    let unit = *dice.pick(&["wd", "cd"]);
    let legal = dice.within(2..=90);
    if dice.once_in(2) {
        item["legal"] = format!("{legal}{unit}").into();
    }
    let speedup = item.get("legal").is_some() && dice.once_in(2);
    let most = if speedup { legal / 2 } else { 120 };
    if kind == "promised" {
        item["promise"] = format!("{}{unit}", dice.within(1..=most)).into();
    } else if matches!(kind, "query" | "no_application") && (speedup || dice.once_in(3)) {
        item["promise"] = format!("{}min", dice.within(1..=60)).into();
    } else if kind == "request" && dice.once_in(2) {
        item["promise"] = "1wd".into();
    }
    if !matches!(kind, "query" | "instant" | "promised" | "no_application") {
        return;
    }
    item["speedup"] = speedup.into();
    let mut commitments = dice.some(&["notice", "deficiency", "credit"]);
    if dice.once_in(3) {
        item["pays_money"] = true.into();
        commitments.retain(|one| *one != "credit");
        commitments.push("credit");
    }
    item["commitments"] = commitments.into();
}

fn materials(dice: &mut Dice, kind: &str, known: &Known, item: &mut Value) {
    let commits = item.get("commitments").and_then(|all| all.as_array());
    let may_follow =
        kind == "handoff" || commits.is_some_and(|all| all.iter().any(|one| one == "deficiency"));
    let proof_free = dice.once_in(2);
    let sources: &[&str] = match proof_free {
        true => &["card", "shared", "stated"],
        false => &["card", "shared", "stated", "given"],
    };
    let needs: Vec<Value> = dice
        .some(&known.materials)
        .into_iter()
        .map(|material| {
            let mut need = json!({ "material": material, "from": *dice.pick(sources) });
            if may_follow && dice.once_in(3) {
                need["deficiency"] = true.into();
            }
            if dice.once_in(4) {
                need["note"] = known.texts.text(dice);
            }
            need
        })
        .collect();
    item["proof_free"] = proof_free.into();
    item["materials"] = needs.into();
}

fn public(dice: &mut Dice, texts: &Texts) -> Value {
    json!({
        "service": texts.text(dice),
        "window": texts.text(dice),
        "basis": texts.text(dice),
        "process": texts.text(dice),
        "fee": texts.text(dice),
        "time_limit": texts.text(dice),
        "service_phone": { "zh": "12333", "en": "12333" },
        "supervision_phone": { "zh": "0000-12345678", "en": "0000-12345678" },
    })
}

fn guide(dice: &mut Dice, texts: &Texts) -> Value {
    let sections: Vec<Value> = (0..dice.below(3))
        .map(|_| {
            let lines: Vec<Value> = (0..dice.within(1..=4)).map(|_| texts.text(dice)).collect();
            json!({ "title": texts.label(dice), "lines": lines })
        })
        .collect();
    json!({
        "ways": texts.text(dice),
        "delivery": texts.text(dice),
        "hours": texts.text(dice),
        "place": texts.text(dice),
        "sections": sections,
    })
}
