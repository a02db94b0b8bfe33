//! Every screen of the journeys, in every mode, language and orientation: composed from a real
//! visit, rendered by the renderer of the appliance, and checked as a person would: each control
//! is whole on the screen, large enough, apart from the others, and named in the right language.
//!
//! With `KUAIBAN_SCREENS=DIR` each screen is also left in DIR as a picture to look at.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]
#![cfg(feature = "demo")]

mod fixture;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use kuaiban::screen::headless::{Found, Stage};
use kuaiban::screen::window::Screen;
use kuaiban::screen::{Page, View, compose, out_of_service};
use kuaiban::testkit::people;
use slint::{ComponentHandle, PhysicalSize};

use fixture::Fixture;

const SHORT_SIDE_MM: f32 = 268.0;
/// `domain.md` §6.3: smallest touch target and gap in standard and in assisted mode.
const TARGET_MM: [f32; 2] = [15.0, 20.0];
/// `visual.md`: nothing nearer to the edge of the panel.
const SIZES: [(&str, PhysicalSize); 2] = [
    ("portrait", PhysicalSize { width: 1080, height: 1920 }),
    ("landscape", PhysicalSize { width: 1920, height: 1080 }),
];

/// One test, since a process has one platform: it goes through all screens and collects what is
/// wrong with each. The clock of the screen is driven, so every picture is of the same moment.
#[test]
fn p11_every_control_is_whole_large_apart_and_named() {
    let stage = Stage::driven(SIZES[0].1).unwrap();
    let screen = Rc::new(Screen::new(SHORT_SIDE_MM, |_, _| {}).unwrap());
    screen.window().show().unwrap();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();

    for (orientation, size) in SIZES {
        stage.resize(size);
        let px_per_mm = size.width.min(size.height) as f32 / SHORT_SIDE_MM;
        for english in [false, true] {
            for assisted in [false, true] {
                let mode = format!(
                    "{orientation} {} {}",
                    if english { "en" } else { "zh" },
                    if assisted { "assisted" } else { "standard" }
                );
                for Fixture { name, visit, slip } in fixture::all(english, assisted) {
                    let devices = fixture::devices(name);
                    let view = compose(&visit, &fixture::moment(&slip, &devices, name));
                    let controls = stand(&stage, &screen, view.clone(), &format!("{name} {mode}"));
                    seen.insert((name, controls.len()));
                    let target = TARGET_MM[usize::from(assisted)] * px_per_mm;
                    let words = stage.words(screen.window());
                    check(&controls, english, target, size)
                        .into_iter()
                        .chain(same_controls(&view, &controls))
                        .chain(unmasked(&view, &words))
                        .for_each(|fault| faults.push(format!("{name} {mode}: {fault}")));
                }
            }
        }
        let bare = out_of_service(&fixture::out_of_service(), fixture::now());
        let controls = stand(&stage, &screen, bare, &format!("out-of-service {orientation}"));
        if controls.keys().any(|id| !id.starts_with("scroll-")) {
            faults.push(format!("out-of-service {orientation}: {controls:?} lead nowhere"));
        }
    }
    assert!(seen.len() > 30, "too few screens were seen: {seen:?}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Puts a view on the screen and lets it settle.
fn stand(stage: &Stage, screen: &Screen, view: View, place: &str) -> BTreeMap<String, Found> {
    screen.show(view);
    stage.settle(Duration::from_millis(2500));
    if let Some(dir) = std::env::var_os("KUAIBAN_SCREENS").map(PathBuf::from) {
        std::fs::create_dir_all(&dir).unwrap();
        stage.save(&dir.join(place.replace(' ', "-")).with_extension("png")).unwrap();
    }
    stage.controls(screen.window())
}

/// What is drawn is what the view says can be touched, neither more nor less: but for the keys that
/// turn the page, and for what stands on another page of a scroller.
fn same_controls(view: &View, drawn: &BTreeMap<String, Found>) -> Vec<String> {
    let told: BTreeMap<_, _> =
        view.controls().into_iter().map(|control| (control.id.to_string(), control)).collect();
    let mut faults = Vec::new();
    if told.len() != view.controls().len() {
        faults.push("two controls have one id".to_owned());
    }
    for (id, found) in drawn {
        match told.get(id) {
            _ if id.starts_with("scroll-") || id == "entry" => {}
            None => faults.push(format!("{id} is drawn and not told")),
            Some(control) if control.enabled != found.enabled => {
                faults.push(format!("{id} is drawn enabled = {}", found.enabled));
            }
            Some(control) if control.label != found.label.replace(JOINER, "") => {
                faults
                    .push(format!("{id} is named {:?} and drawn {:?}", control.label, found.label));
            }
            Some(_) => {}
        }
    }
    let paged = drawn.contains_key("scroll-down");
    for (id, control) in told {
        if !paged && !drawn.contains_key(&id) {
            faults.push(format!("{id} is told and not drawn"));
        }
        if !control.enabled && control.why_not.is_empty() {
            faults.push(format!("{id} does not say why it cannot be touched"));
        }
    }
    faults
}

const JOINER: char = '\u{2060}';

/// Names and numbers of the people whose cards were laid stand nowhere in words, drawn or said.
fn unmasked(view: &View, words: &[String]) -> Vec<String> {
    let said = view.said();
    let texts = words.iter().chain(said.iter().map(|said| &said.text));
    let mut data = Vec::new();
    for person in people::all() {
        data.push(person.card.number.clone());
        data.push(person.card.name.clone());
        data.push(person.card.name_latin.clone());
        data.push(person.card.address.clone());
    }
    // What the citizen types, and what is checked before it is handed in, must be legible.
    let typed = matches!(view.page, Page::Phone(_)) || view.name == "review";
    if !typed {
        data.push("13800000000".to_owned());
    }
    data.retain(|datum| !datum.is_empty());
    texts
        .filter(|text| {
            let plain = text.replace(' ', "");
            data.iter().any(|datum| text.contains(datum) || plain.contains(datum))
        })
        .map(|_| "a personal datum stands on the screen".to_owned())
        .collect()
}

fn check(
    controls: &BTreeMap<String, Found>,
    english: bool,
    target: f32,
    size: PhysicalSize,
) -> Vec<String> {
    // A pixel of rounding is nobody's fault.
    const SLACK: f32 = 1.0;
    let mut faults = Vec::new();
    if controls.is_empty() {
        faults.push("nothing can be touched".to_owned());
    }
    for (id, control) in controls {
        let at = control.place;
        if at.width + SLACK < target || at.height + SLACK < target {
            faults.push(format!("{id} is {:.0}×{:.0} px, under {target:.0}", at.width, at.height));
        }
        if at.x < -SLACK
            || at.y < -SLACK
            || at.x + at.width > size.width as f32 + SLACK
            || at.y + at.height > size.height as f32 + SLACK
        {
            faults.push(format!("{id} reaches beyond the panel"));
        }
        if control.label.is_empty() {
            faults.push(format!("{id} has no name"));
        }
        let han = control.label.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        // The language and assisted-mode controls name themselves for those who need them.
        if english && han && !id.starts_with("toggle-") {
            faults.push(format!("{id} is named {:?} on an English page", control.label));
        }
    }
    let list: Vec<_> = controls.iter().collect();
    for (index, (id, control)) in list.iter().enumerate() {
        for (other, neighbour) in &list[index + 1..] {
            let (a, b) = (control.place, neighbour.place);
            let overlap = a.x + SLACK < b.x + b.width
                && b.x + SLACK < a.x + a.width
                && a.y + SLACK < b.y + b.height
                && b.y + SLACK < a.y + a.height;
            if overlap {
                faults.push(format!("{id} overlaps {other}"));
            }
        }
    }
    faults
}

/// Buses and networks take seconds after the start: the first picture warns of nothing, a later one
/// does.
#[test]
fn the_first_attract_screen_warns_of_nothing_that_may_still_be_found() {
    let all = fixture::all(false, false);
    let page = |name: &str| all.iter().find(|page| page.name == name).unwrap();
    let devices = fixture::devices("attract-nothing-works");
    let mut moment = fixture::moment(&[], &devices, "attract-nothing-works");
    let offers = |view: &View| match &view.page {
        Page::Attract(page) => page.offers.clone(),
        _ => panic!("no attract page"),
    };
    let warned = compose(&page("attract-nothing-works").visit, &moment);
    assert!(!warned.bar.offline.is_empty());
    assert!(offers(&warned).iter().all(|offer| offer.tone == kuaiban::screen::Tone::Care));
    moment.settling = true;
    let first = compose(&page("attract-nothing-works").visit, &moment);
    assert!(first.bar.offline.is_empty() && offers(&first).is_empty());
    // Whoever goes on is told.
    let further = compose(&page("item-nothing-works").visit, &moment);
    assert!(!further.bar.offline.is_empty() && !further.bar.notice.is_empty());
}

/// B30: what cannot be done says why, and what can be done does not stand among it.
#[test]
fn each_offer_says_whether_it_can_be_taken_up_now_and_why_not() {
    let all = fixture::all(false, false);
    let tiles = |name: &str| {
        let visit = &all.iter().find(|page| page.name == name).unwrap().visit;
        let devices = fixture::devices(name);
        match compose(visit, &fixture::moment(&[], &devices, name)).page {
            Page::Home(page) => page.tiles,
            _ => panic!("no home page"),
        }
    };
    assert!(tiles("home").iter().all(|tile| tile.note.is_empty() && tile.control.enabled));
    let nothing = tiles("home-nothing-works");
    assert!(nothing.iter().all(|tile| !tile.note.is_empty()));
    for tile in &nothing {
        // The guide of an item can be read all the same; my cases have none.
        let readable = tile.control.id != "my-cases";
        assert_eq!(tile.control.enabled, readable, "{}", tile.control.id);
    }
}

/// B17: a time from a clock that nobody has set is marked.
#[test]
fn p9_an_untrusted_time_is_marked() {
    let all = fixture::all(false, false);
    for name in ["home", "completed", "attract"] {
        let page = all.iter().find(|page| page.name == name).unwrap();
        let devices = fixture::devices(name);
        for trusted in [false, true] {
            let mut moment = fixture::moment(&page.slip, &devices, name);
            moment.clock_trusted = trusted;
            let said = compose(&page.visit, &moment).said();
            let marked = said.iter().any(|said| said.text.contains("时间未校准"));
            assert_eq!(marked, !trusted, "{name}");
        }
    }
}
