//! `kuaiban pack show`: the catalogue of a pack, and how far it goes.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::packs;
use kuaiban::domain::item::{Browsed, Item, ItemKind};
use kuaiban::domain::listing::SelfService;
use kuaiban::domain::pack::{Pack, Standing};
use kuaiban::domain::package::Package;
use kuaiban::domain::request::Requested;
use kuaiban::domain::signer::SignerKey;
use kuaiban::say::Lang;

/// Items without a visit that the programme asks for (`domain.md` §1.3): 90 %.
const WITHOUT_VISIT_AIM: f64 = 0.9;

/// As one JSON object.
pub fn as_json(pack: &Pack) -> Value {
    json!({
        "version": pack.version,
        "region": pack.region,
        "level": pack.level,
        "items": pack.items.iter().map(|item| of_item(pack, item)).collect::<Vec<_>>(),
        "packages": pack.packages.iter().map(|package| of_package(pack, package)).collect::<Vec<_>>(),
        "without_visit_share": without_visit_share(pack),
        "coverage": coverage(pack),
    })
}

fn of_package(pack: &Pack, package: &Package) -> Value {
    json!({
        "id": package.id,
        "name": package.name.zh,
        "items": package.items.iter().map(|packaged| packaged.item.as_str()).collect::<Vec<_>>(),
        "materials": package.materials(pack),
    })
}

fn of_item(pack: &Pack, item: &Item) -> Value {
    json!({
        "id": item.id.as_str(),
        "name": item.name.zh,
        "for": name(item.holder),
        "area": name(item.area),
        "handling": handling(item.kind),
        "legal": item.legal.map(|limit| limit.to_string()),
        "promise": item.promised().map(|limit| limit.to_string()),
        "speedup": item.speedup,
        "category": item.category.map(name),
        "self_service": name(item.self_service),
        "without_visit": item.without_visit,
        "proof_free": item.proof_free,
        "agency": item.agency,
        "audience": item.audience.iter().map(name).collect::<Vec<_>>(),
        "pays_money": item.pays_money,
        "commitments": item.commitments.iter().map(name).collect::<Vec<_>>(),
        "packages": pack.packages_with(item).map(|package| package.id.as_str()).collect::<Vec<_>>(),
    })
}

/// The name of a plain enum, as a pack writes it.
fn name(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn handling(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Query => "query",
        ItemKind::Instant { .. } => "instant",
        ItemKind::Promised => "promised",
        ItemKind::Handoff => "handoff",
        ItemKind::Browse { .. } => "browse",
        ItemKind::NoApplication => "no_application",
        ItemKind::Request { .. } => "request",
    }
}

/// 0 to 1; of a pack without items 0.
fn without_visit_share(pack: &Pack) -> f64 {
    let without = pack.items.iter().filter(|item| item.without_visit).count();
    without as f64 / pack.items.len().max(1) as f64
}

/// Items of each area.
fn coverage(pack: &Pack) -> BTreeMap<String, usize> {
    let mut areas = BTreeMap::new();
    for item in &pack.items {
        let area = name(item.area).as_str().unwrap_or_default().to_owned();
        *areas.entry(area).or_insert(0) += 1;
    }
    areas
}

/// As a catalogue to read, a line an item, and what the whole comes to.
/// `key` is the one whose signature fits, if any does.
pub fn as_text(pack: &Pack, key: Option<SignerKey>) -> Vec<String> {
    let standing = match pack.standing {
        Standing::Sample => "（样例 · sample）",
        Standing::Official => "",
    };
    let mut lines = vec![
        format!("{} {}{standing}", pack.bureau.zh, pack.version),
        format!("签发 signer: {}", packs::answered_for(pack.signer.as_ref(), key)),
        String::new(),
    ];
    for item in &pack.items {
        lines.push(format!("{}  {} · {}", item.id, item.name.zh, item.name.en));
        lines.push(format!("    {}", facts(item).join(" · ")));
    }
    if !pack.packages.is_empty() {
        lines.push(String::new());
        lines.push("打包办 packages".to_owned());
    }
    for package in &pack.packages {
        let items = package.items.iter().map(|packaged| {
            pack.item(&packaged.item).map_or(packaged.item.as_str(), |item| &item.name.zh)
        });
        let items: Vec<&str> = items.collect();
        lines.push(format!("{}  {} · {}", package.id, package.name.zh, package.name.en));
        let materials = package.materials(pack).len();
        lines.push(format!("    {} · 材料 materials {materials}", items.join("、")));
    }
    lines.push(String::new());
    let areas = coverage(pack).into_iter().map(|(area, count)| format!("{area} {count}"));
    lines.push(format!("{} 项 items: {}", pack.items.len(), areas.collect::<Vec<_>>().join(", ")));
    let share = without_visit_share(pack);
    lines.push(format!(
        "不见面 without a visit: {:.0} % (90 % {})",
        share * 100.0,
        if share >= WITHOUT_VISIT_AIM { "已达到 reached" } else { "未达到 not reached" }
    ));
    lines.extend(basic_services(pack));
    lines.extend(eight_unities(pack));
    let unknown = |what: &str, missing: usize| {
        (missing > 0).then(|| format!("未知 not said: {what} of {missing} items"))
    };
    let count = |missing: fn(&Item) -> bool| pack.items.iter().filter(|item| missing(item)).count();
    lines.extend(unknown("legal limit 法定时限", count(|item| item.legal.is_none())));
    lines.extend(unknown("category 6+1", count(|item| item.category.is_none())));
    lines.extend(unknown("audience 适用对象", count(|item| item.audience.is_empty())));
    lines
}

/// What the pack says of 八统一 (`domain.md` §1.4), and what is there or not whatever it says.
fn eight_unities(pack: &Pack) -> Vec<String> {
    let (stated, site) = ("已载明 stated", "现场核对 for the technician to see");
    let with_procedure = pack.items.iter().filter(|item| !item.procedure.is_empty()).count();
    let standard = pack.branding.service_standard.as_ref();
    let accent = name(pack.branding.accent);
    let unities = [
        ("窗口名称 name of the window", format!("{stated}: {}", pack.place.name.zh)),
        (
            "形象标识 identity",
            format!("色彩 colour {}; 标牌 signs: {site}", accent.as_str().unwrap_or_default()),
        ),
        ("设施设备 equipment", format!("{site}; kuaiban doctor")),
        ("功能区域 areas", site.to_owned()),
        ("服务事项 items", format!("{stated}: {} 项 items", pack.items.len())),
        (
            "业务流程 procedures",
            format!("{stated}: {with_procedure} 项 of {} items", pack.items.len()),
        ),
        (
            "服务标准 service standard",
            standard.map_or("未知 not said".to_owned(), |text| format!("{stated}: {}", text.zh)),
        ),
        ("管理模式 management", site.to_owned()),
    ];
    let lines = unities.map(|(unity, said)| format!("    {unity}: {said}"));
    [vec!["八统一 eight unities".to_owned()], lines.into()].concat()
}

/// Which of the national basic public services that the pack knows of an item covers.
fn basic_services(pack: &Pack) -> Option<String> {
    let known = pack.basic_services.len();
    let covered =
        |id: &str| pack.items.iter().any(|item| item.basic_service.as_deref() == Some(id));
    let missing: Vec<&str> = (pack.basic_services.iter())
        .filter(|service| !covered(&service.id))
        .map(|service| service.name.zh.as_str())
        .collect();
    (known > 0).then(|| {
        let some = known - missing.len();
        let without = match missing.is_empty() {
            true => String::new(),
            false => format!("; 尚无 none yet: {}", missing.join("、")),
        };
        format!(
            "国家基本公共服务 national basic public services: {some} of the {known} that the pack \
             knows{without}"
        )
    })
}

fn facts(item: &Item) -> Vec<String> {
    let mut facts = vec![match item.kind {
        ItemKind::Query => "秒办 query".to_owned(),
        ItemKind::Instant { limit_min } => format!("即时办结 instant, {limit_min} min"),
        ItemKind::Promised => "限时办结 promised".to_owned(),
        ItemKind::Handoff => "转办 handoff".to_owned(),
        ItemKind::Browse { of } => match of {
            Browsed::Policies => "查看 browse: 政策 policies",
            Browsed::Outlets => "查看 browse: 网点 outlets",
            Browsed::Vacancies => "查看 browse: 岗位 vacancies",
            Browsed::Items => "查看 browse: 事项 items",
        }
        .to_owned(),
        ItemKind::NoApplication => "免申即办 no application".to_owned(),
        ItemKind::Request { of } => match of {
            Requested::Appointment => "预约 request: appointment",
            Requested::DoorToDoor => "上门 request: door to door",
            Requested::Agency => "代办 request: agency",
            Requested::CallBack => "回电 request: call back",
        }
        .to_owned(),
    }];
    let legal = item.legal.map_or("待公布 not said".to_owned(), |limit| limit.words(Lang::Zh));
    facts.push(format!("法定 {legal}"));
    if let Some(promise) = item.promised() {
        facts.push(format!("承诺 {}", promise.words(Lang::Zh)));
    }
    if let (true, Some(legal), Some(promise)) = (item.speedup, item.legal, item.promised())
        && legal.unit() == promise.unit()
    {
        let saved = 100 - 100 * promise.amount() / legal.amount();
        facts.push(format!("提速 {saved} %"));
    }
    facts.push(match item.self_service {
        SelfService::Full => "全程 full".to_owned(),
        SelfService::Start => "可申请 start".to_owned(),
        SelfService::Guide => "指南 guide".to_owned(),
    });
    let flags = [
        (item.without_visit, "不见面"),
        (item.proof_free, "免证"),
        (item.agency, "可代办"),
        (item.pays_money, "涉资金"),
    ];
    facts.extend(flags.iter().filter(|(on, _)| *on).map(|(_, word)| (*word).to_owned()));
    facts
}
