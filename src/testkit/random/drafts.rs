//! A whole pack as its files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use serde_json::{Value, json};

use super::items::{self, Known, audience};
use super::texts::{Texts, plain_label};
use super::{Dice, as_of};
use crate::domain::form::{RegionList, Regions};
use crate::domain::pack::Pack;

/// The files of a pack, by their names, as values.
#[derive(Clone, Debug)]
pub struct Draft {
    pub files: BTreeMap<String, Value>,
}

impl Draft {
    /// A pack that has no fault.
    pub fn rolled(dice: &mut Dice) -> Draft {
        let mut files = BTreeMap::new();
        let figures: Vec<String> =
            (0..dice.below(3)).map(|number| format!("figure_{number}")).collect();
        let texts = Texts { figures };
        if !texts.figures.is_empty() {
            let values: Vec<Value> = texts.figures.iter().map(|id| figure(dice, id)).collect();
            files.insert("values.toml".to_owned(), json!({ "values": values }));
        }
        let materials: Vec<String> =
            (0..dice.within(1..=5)).map(|number| format!("material_{number}")).collect();
        let mut listed: Vec<Value> =
            materials.iter().map(|id| json!({ "id": id, "name": texts.label(dice) })).collect();
        if dice.once_in(2) {
            let by = texts.text(dice);
            listed.push(json!({ "id": "abolished", "name": texts.label(dice), "cancelled": by }));
        }
        files.insert("materials.toml".to_owned(), json!({ "materials": listed }));
        let regions = regions(dice, &texts);
        let listed: Regions = if regions.is_empty() {
            Regions::default()
        } else {
            let list = json!({ "regions": regions });
            files.insert("regions.toml".to_owned(), list.clone());
            serde_json::from_value::<RegionList>(list).expect("a list of regions").into()
        };
        for year in [2025, 2026, 2027] {
            if dice.once_in(3) {
                continue;
            }
            files.insert(format!("calendars/{year}.toml"), calendar(dice, &texts, year));
        }
        let services: Vec<String> = (0..dice.below(3)).map(|n| format!("service_{n}")).collect();
        let known = Known { texts, materials, basic_services: services, regions: listed };
        let ids: Vec<String> = (0..dice.within(1..=9)).map(|n| format!("item_{n}")).collect();
        for (place, id) in ids.iter().enumerate() {
            let name = format!("items/{}-item.toml", 10 * (place + 1));
            files.insert(name, items::item(dice, id, &known));
        }
        let texts = &known.texts;
        for number in 0..dice.below(3) {
            let name = format!("policies/{number}-policy.toml");
            files.insert(name, policy(dice, texts, &format!("policy_{number}"), &ids));
        }
        for number in 0..if ids.len() > 1 { dice.below(3) } else { 0 } {
            let name = format!("packages/{number}-package.toml");
            files.insert(name, package(dice, texts, &format!("package_{number}"), &ids));
        }
        files.insert("pack.toml".to_owned(), manifest(dice, &known, &ids));
        Draft { files }
    }

    /// Writes its files into a folder that is there.
    pub fn write(&self, folder: &Path) {
        for (name, value) in &self.files {
            let file = folder.join(name);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(file, toml::to_string_pretty(value).expect("TOML")).expect("written");
        }
    }

    /// The pack, read as a kiosk reads it.
    pub fn pack(&self) -> Arc<Pack> {
        let folder = tempfile::tempdir().expect("a folder");
        self.write(folder.path());
        let pack = crate::pack::load(folder.path());
        Arc::new(pack.unwrap_or_else(|errors| panic!("{errors}")))
    }
}

fn figure(dice: &mut Dice, id: &str) -> Value {
    let since: Vec<Value> = (0..dice.within(1..=3))
        .map(|year| json!({ "from": format!("{}-07-01", 2024 + year), "value": plain_label(dice) }))
        .collect();
    json!({
        "id": id,
        "standing": "sample",
        "name": plain_label(dice),
        "basis": plain_label(dice),
        "since": since,
    })
}

/// None, or some provinces, cities and counties, not all of which lie within one that is listed.
fn regions(dice: &mut Dice, texts: &Texts) -> Vec<Value> {
    let mut codes = Vec::new();
    for province in 0..dice.below(3) {
        let province = 11 + 4 * province;
        if !dice.once_in(3) {
            codes.push(format!("{province}0000"));
        }
        for city in 1..=dice.below(3) {
            if !dice.once_in(3) {
                codes.push(format!("{province}{city:02}00"));
            }
            for county in 1..=dice.below(8) {
                codes.push(format!("{province}{city:02}{county:02}"));
            }
        }
    }
    codes.into_iter().map(|code| json!({ "code": code, "name": texts.label(dice) })).collect()
}

fn calendar(dice: &mut Dice, texts: &Texts, year: i16) -> Value {
    let mut holidays = vec![json!({
        "name": texts.short(dice),
        "from": format!("{year}-01-01"),
        "to": format!("{year}-01-0{}", dice.within(1..=3)),
    })];
    let mut worked = Vec::new();
    for month in 2..=12 {
        if dice.once_in(2) {
            let last = dice.within(1..=8);
            holidays.push(json!({
                "name": texts.short(dice),
                "from": format!("{year}-{month:02}-01"),
                "to": format!("{year}-{month:02}-{last:02}"),
            }));
        }
        let day = Date::new(year, month, 10 + dice.below(15) as i8).expect("a day");
        if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            worked.push(day.to_string());
        }
    }
    json!({ "year": year, "source": texts.text(dice), "holidays": holidays, "worked": worked })
}

fn policy(dice: &mut Dice, texts: &Texts, id: &str, ids: &[String]) -> Value {
    let mut policy = json!({
        "id": id,
        "standing": *dice.pick(&["sample", "official"]),
        "name": texts.label(dice),
        "audience": audience(dice),
        "from": format!("2026-{:02}-01", dice.within(1..=12)),
        "summary": texts.summary(dice),
        "who": texts.text(dice),
        "basis": texts.text(dice),
        "items": dice.some(ids),
    });
    if dice.once_in(2) {
        policy["to"] = format!("2027-{:02}-28", dice.within(1..=12)).into();
    }
    if dice.once_in(2) {
        policy["ages"] = json!({ "min": dice.within(0..=40), "max": dice.within(40..=120) });
    }
    if dice.once_in(2) {
        policy["example"] = texts.text(dice);
    }
    policy
}

fn package(dice: &mut Dice, texts: &Texts, id: &str, ids: &[String]) -> Value {
    let mut inside = dice.some(ids);
    for id in ids.iter().take(2) {
        if inside.len() < 2 && !inside.contains(id) {
            inside.push(id.clone());
        }
    }
    let items: Vec<Value> = inside
        .iter()
        .enumerate()
        .map(|(place, id)| json!({ "item": id, "after": dice.some(&inside[..place]) }))
        .collect();
    let scenario = match items.len() {
        8 => "unemployment",
        _ => *dice.pick(&["hiring", "retirement", "death", "talent"]),
    };
    json!({
        "id": id,
        "standing": "sample",
        "scenario": scenario,
        "name": texts.label(dice),
        "summary": texts.summary(dice),
        "items": items,
    })
}

fn manifest(dice: &mut Dice, known: &Known, ids: &[String]) -> Value {
    let texts = &known.texts;
    let official = dice.once_in(2);
    let mut pack = json!({
        "version": format!("2026.{}", dice.below(100)),
        "standing": if official { "official" } else { "sample" },
        "level": *dice.pick(&["city", "town", "village"]),
        "as_of": as_of().to_string(),
        "region": if official { "990099" } else { "000000" },
        "bureau": texts.label(dice),
        "place": { "name": texts.label(dice), "address": texts.text(dice), "rural": dice.once_in(2) },
        "outlets": (0..dice.within(1..=6)).map(|at| outlet(dice, texts, ids, at)).collect::<Vec<_>>(),
        "hotline": { "number": "12333", "hours": hours(dice, texts) },
        "supervision_phone": "0000-12345678",
        "query_url": "https://hrss.example/case/{query_token}",
        "evaluation": { "version": "random", "tags": tags(dice, texts) },
        "basic_services": known.basic_services.iter()
            .map(|id| json!({ "id": id, "name": texts.label(dice) })).collect::<Vec<_>>(),
        "notices": (0..dice.below(4))
            .map(|_| json!({ "date": "2026-10-20", "text": texts.text(dice) })).collect::<Vec<_>>(),
    });
    if official || dice.once_in(4) {
        pack["signer"] = texts.label(dice);
    }
    if dice.once_in(2) {
        pack["place"]["at"] = json!({ "lon": 100.0, "lat": 40.0 });
    }
    if dice.once_in(2) {
        pack["place"]["short_name"] = texts.short(dice);
    }
    if dice.once_in(2) {
        pack["branding"] = json!({ "accent": *dice.pick(&["blue", "red", "green"]) });
    }
    if dice.once_in(2) {
        pack["priority"] = json!({ "age": dice.within(50..=100) });
    }
    if dice.once_in(2) {
        pack["verification_url"] = "https://hrss.example/verify/{verification_code}".into();
    }
    if dice.once_in(3) {
        pack["effective_from"] = "2026-12-01".into();
    }
    let often = dice.some(ids);
    pack["home"] = json!({ "often_used": often.into_iter().take(6).collect::<Vec<_>>() });
    let offers = dice.some(ids);
    if dice.once_in(4) && !offers.is_empty() {
        pack["offers"] = offers.into();
    }
    pack
}

/// The first has people and stays.
fn outlet(dice: &mut Dice, texts: &Texts, ids: &[String], place: usize) -> Value {
    let mut outlet = json!({
        "name": texts.label(dice),
        "address": texts.text(dice),
        "phone": "0000-12345600",
        "staffed": place == 0 || dice.once_in(2),
        "hours": hours(dice, texts),
        "kind": *dice.pick(&["counter", "bank", "post", "cooperative", "town", "village", "machine"]),
        "items": dice.some(ids),
    });
    if dice.once_in(2) {
        let (lon, lat) = (dice.below(400) as f64, dice.below(400) as f64);
        outlet["at"] = json!({ "lon": 99.98 + lon / 10_000.0, "lat": 39.98 + lat / 10_000.0 });
    }
    if dice.once_in(3) {
        outlet["short_name"] = texts.short(dice);
    }
    if dice.once_in(3) {
        outlet["url"] = "https://map.example.invalid/place".into();
    }
    if place > 0 {
        if dice.once_in(4) {
            outlet["from"] = format!("2026-{:02}-15", dice.within(1..=12)).into();
        }
        if dice.once_in(4) {
            outlet["until"] = format!("2027-{:02}-15", dice.within(1..=12)).into();
        }
    }
    outlet
}

fn hours(dice: &mut Dice, texts: &Texts) -> Value {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let mut days = dice.some(&DAYS);
    if days.is_empty() {
        days = DAYS.to_vec();
    }
    let mut open = vec![json!({ "days": days, "from": "08:30", "to": "12:00" })];
    match dice.below(3) {
        1 => open.push(json!({ "days": DAYS, "from": "13:30", "to": "17:00" })),
        2 => open = vec![json!({ "days": days, "from": "00:00", "to": "24:00" })],
        _ => {}
    }
    let mut hours = json!({ "open": open });
    if dice.once_in(3) {
        hours["closed_on"] = json!(["2026-11-23", "2026-11-24"]);
    }
    if dice.once_in(3) {
        hours["note"] = texts.text(dice);
    }
    hours
}

/// A bad level has at least one.
fn tags(dice: &mut Dice, texts: &Texts) -> Vec<Value> {
    let levels = [
        (1, "very_dissatisfied"),
        (2, "dissatisfied"),
        (3, "fairly_satisfied"),
        (4, "satisfied"),
        (5, "very_satisfied"),
    ];
    let mut tags = Vec::new();
    for (digit, level) in levels {
        for number in 0..dice.within(usize::from(digit < 3)..=9) {
            let text = texts.label(dice);
            tags.push(json!({ "code": 100 * digit + number, "level": level, "text": text }));
        }
    }
    tags
}
