//! Every screen of the journeys, in every mode, language and orientation: composed from a real
//! visit, rendered by the renderer of the appliance, and checked as a person would: each control
//! is whole on the screen, large enough, apart from the others, and named in the right language.
//!
//! With `KUAIBAN_SCREENS=DIR` each screen is also left in DIR as a picture to look at.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]
#![cfg(feature = "demo")]

mod fixture;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use kuaiban::say;
use kuaiban::screen::headless::{Found, Stage};
use kuaiban::screen::window::Screen;
use kuaiban::screen::{Block, PageView, View, compose, out_of_service};
use kuaiban::visit::{Event, PageToken, Surroundings, Touch, Visit};
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

/// The smallest panel, lying.
const SMALL: (&str, PhysicalSize) = ("small", PhysicalSize { width: 1280, height: 800 });

/// Tells a process of this test which half of the screens is its own.
const HALF: &str = "KUAIBAN_SCREENS_HALF";

/// A process has one platform: this one goes through the upright screens, another of the same test
/// beside it through the lying ones.
#[test]
fn p11_every_control_is_whole_large_apart_and_named() {
    if std::env::var_os(HALF).is_some() {
        return all_screens(SIZES[1]);
    }
    let other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "p11_every_control_is_whole_large_apart_and_named", "--nocapture"])
        .env(HALF, SIZES[1].0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let upright = std::panic::catch_unwind(|| all_screens(SIZES[0]));
    let other = other.wait_with_output().unwrap();
    let [said, faults] = [&other.stdout, &other.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(other.status.success() && said.contains("1 passed"), "{said}{faults}");
    upright.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// A table that has to be checked or agreed to is turned page by page, and no row of it is cut: on every
/// panel, in large type, forth and back.
#[test]
fn p11_no_row_of_a_long_table_is_cut() {
    let panels = || SIZES.into_iter().chain([SMALL]);
    if let Ok(name) = std::env::var(HALF) {
        return panels().filter(|(panel, _)| *panel == name).for_each(long_tables);
    }
    for (panel, _) in panels() {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "p11_no_row_of_a_long_table_is_cut", "--nocapture"])
            .env(HALF, panel)
            .output()
            .unwrap();
        let [said, faults] =
            [&child.stdout, &child.stderr].map(|text| String::from_utf8_lossy(text));
        assert!(child.status.success() && said.contains("1 passed"), "{panel}: {said}{faults}");
    }
}

fn long_tables((panel, size): (&str, PhysicalSize)) {
    const MOST_PAGES: usize = 30;
    let stage = Stage::driven(size).unwrap();
    let screen = Rc::new(Screen::new(SHORT_SIDE_MM, |_, _| {}).unwrap());
    screen.window().show().unwrap();
    let plain = |text: &str| text.replace([JOINER, ' ', '\n', '\u{a0}'], "");
    let mut turned = 0;
    for (english, assisted) in [(false, false), (false, true), (true, true)] {
        for Fixture { name, visit, slip } in fixture::long_tables(english, assisted) {
            let devices = fixture::devices(name);
            let view = compose(&visit, &fixture::moment(&slip, &devices, name));
            let place = format!("{name} {panel} {english} {assisted}");
            let mut controls = stand(&stage, &screen, view.clone(), &place);
            let PageView::Blocks(page) = &view.page else { panic!("{place}") };
            let rows = page.blocks.iter().flat_map(|block| match block {
                Block::Facts(rows) => rows.as_slice(),
                _ => &[],
            });
            let mut left: BTreeSet<String> =
                rows.flat_map(|row| [plain(&row.label), plain(&row.value)]).collect();
            let mut edits: BTreeSet<String> = view
                .controls()
                .into_iter()
                .map(|control| control.id.to_string())
                .filter(|id| id.starts_with("edit-"))
                .collect();
            for (key, number) in [("scroll-down", 1), ("scroll-up", 2)] {
                for page in 0.. {
                    let seen = stage.scrolled(screen.window());
                    assert!(seen.cut.is_empty(), "{place}, page {page} by {key}: {:?}", seen.cut);
                    assert!(!seen.whole.is_empty(), "{place}, page {page} by {key} is empty");
                    left.retain(|row| !seen.whole.iter().any(|word| plain(word) == *row));
                    edits.retain(|id| !controls.contains_key(id));
                    let Some(turn) = controls.get(key).filter(|key| key.enabled) else { break };
                    assert!(page < MOST_PAGES, "{place} has no end by {key}");
                    turned += 1;
                    stage.touch(turn.place.centre());
                    stage.settle(Duration::from_millis(2500));
                    if let Some(dir) = std::env::var_os("KUAIBAN_SCREENS").map(PathBuf::from) {
                        let name = format!("{place} {number}-{page}").replace(' ', "-");
                        stage.save(&dir.join(name).with_extension("png")).unwrap();
                    }
                    controls = stage.controls(screen.window());
                }
                assert!(left.is_empty(), "{place}: nobody reads {left:?}");
                assert!(edits.is_empty(), "{place}: nobody reaches {edits:?}");
            }
        }
    }
    assert!(turned > 0 || size.height > size.width, "nothing was longer than {panel}");
}

/// Goes through all screens of a panel and collects what is wrong with each. The clock of the screen
/// is driven, so every picture is of the same moment.
fn all_screens((orientation, size): (&str, PhysicalSize)) {
    let stage = Stage::driven(size).unwrap();
    let touched = Rc::new(RefCell::new(Vec::new()));
    let touches = touched.clone();
    let told = move |page, touch| touches.borrow_mut().push((page, touch));
    let screen = Rc::new(Screen::new(SHORT_SIDE_MM, told).unwrap());
    screen.window().show().unwrap();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();

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
                    .chain(same_words(&view, &words, controls.contains_key("scroll-down")))
                    .for_each(|fault| faults.push(format!("{name} {mode}: {fault}")));
            }
        }
    }
    let bare = out_of_service(&fixture::out_of_service(), fixture::now());
    let controls = stand(&stage, &screen, bare, &format!("out-of-service {orientation}"));
    if controls.keys().any(|id| !id.starts_with("scroll-")) {
        faults.push(format!("out-of-service {orientation}: {controls:?} lead nowhere"));
    }
    if orientation == SIZES[0].0 {
        finger_over_a_change(&stage, &screen, &touched);
        finger_over_a_list(&stage, &screen, &touched);
    }
    assert!(seen.len() > 30, "too few screens were seen: {seen:?}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// A finger that came down on one page is none of the next, which looks the same; on a page that
/// only changes under it, it is.
fn finger_over_a_change(
    stage: &Stage,
    screen: &Screen,
    touched: &RefCell<Vec<(PageToken, Touch)>>,
) {
    let page = |name: &str| {
        let pages = fixture::all(false, false);
        pages.into_iter().find(|page| page.name == name).unwrap().visit
    };
    let devices = fixture::devices("home");
    let view = |visit: &Visit| compose(visit, &fixture::moment(&[], &devices, "home"));
    let touch = |visit: &mut Visit, touch: Touch| {
        drop(visit.handle(Event::Touched { page: visit.token(), touch }));
        view(visit)
    };
    let mut visit = page("home");
    let first = touch(&mut visit, Touch::Item(0));
    touch(&mut visit, Touch::Back);
    let second = touch(&mut visit, Touch::Item(1));
    let begin = stand(stage, screen, first, "finger-first").remove("begin").unwrap();
    stage.finger_down(begin.place.centre());
    let same = stand(stage, screen, second, "finger-second").remove("begin").unwrap();
    assert_eq!(same.place, begin.place);
    stage.finger_up(begin.place.centre());
    assert_eq!(*touched.borrow(), [], "a touch of the page before");

    let home = page("home");
    let tile = stand(stage, screen, view(&home), "finger-home").remove("item-0").unwrap();
    stage.finger_down(tile.place.centre());
    let mut offline = home.clone();
    let around = Surroundings { online: false, reader: true, printer: true, panel: true };
    drop(offline.handle(Event::Surroundings(around)));
    assert_ne!(view(&offline), view(&home), "its tiles say that the network is down");
    stand(stage, screen, view(&offline), "finger-home-offline");
    stage.finger_up(tile.place.centre());
    assert_eq!(*touched.borrow(), [(home.token(), Touch::Item(0))], "the page only changed");
}

/// A finger that goes over the rows of a list turns its page; one that stays opens what it touches.
fn finger_over_a_list(stage: &Stage, screen: &Screen, touched: &RefCell<Vec<(PageToken, Touch)>>) {
    let pages = fixture::all(false, false);
    let visit = pages.into_iter().find(|page| page.name == "area").unwrap().visit;
    let devices = fixture::devices("area");
    let view = compose(&visit, &fixture::moment(&[], &devices, "area"));
    let rows = stand(stage, screen, view.clone(), "finger-area");
    let row = |id: &str| rows[id].place.centre();
    let first = view.controls().into_iter().find(|control| control.id.starts_with("item-"));
    let (id, touch) = first.map(|control| (control.id.to_string(), control.touch)).unwrap();
    let (x, y) = row(&id);
    for (to, expected) in [
        ((x, y - 300.0), vec![Touch::Turn(1)]),
        ((x - 300.0, y), vec![Touch::Turn(1)]),
        ((x, y + 300.0), vec![]),
        ((x, y), vec![touch]),
    ] {
        touched.borrow_mut().clear();
        stage.swipe((x, y), to);
        let touches: Vec<Touch> = touched.borrow().iter().map(|(_, touch)| *touch).collect();
        assert_eq!(touches, expected, "from {:?} to {to:?}", (x, y));
    }
}

/// What is drawn in words is said or named, and what is said is drawn: but for the keys that turn a
/// page, what lies under a sheet, what stands on another page of a scroller, and what a narrow panel
/// leaves out: parts of the bar on top, older notices, the name of an area, a sentence under a long name.
fn same_words(view: &View, words: &[String], paged: bool) -> Vec<String> {
    let plain = |text: &str| text.replace([JOINER, ' ', '\n', '\u{a0}'], "");
    let drawn: String = words.iter().map(|word| plain(word) + "|").collect();
    let said: Vec<String> = view.said().iter().map(|said| plain(&said.text)).collect();
    let controls = view.controls();
    let named = controls.iter().flat_map(|control| [plain(&control.label), plain(&control.help)]);
    let turning = [say::SCROLL_UP, say::SCROLL_DOWN].map(|name| plain(name.text(view.lang)));
    let told: String =
        said.iter().cloned().chain(named).chain(turning).map(|text| text + "|").collect();
    let bar = &view.bar;
    let mut left_out: Vec<String> =
        [&bar.bureau, &bar.outlet, &bar.clock, &bar.untrusted].map(|text| plain(text)).to_vec();
    match &view.page {
        PageView::Attract(page) => {
            let notices = page.notices.iter().flat_map(|(date, text)| [plain(date), plain(text)]);
            left_out.extend(notices.chain([plain(&page.notices_title)]));
        }
        PageView::Home(page) => {
            left_out.extend(page.tiles.iter().map(|tile| plain(&tile.marks.area)));
        }
        // Under a name of two lines.
        PageView::Area(page) => {
            left_out.extend(page.tiles.iter().map(|tile| plain(&tile.control.help)));
        }
        _ => {}
    }
    let covered = view.sheet.is_some();
    let unsaid = words.iter().filter(|word| !covered && !told.contains(&plain(word)));
    let undrawn =
        said.iter().filter(|text| !paged && !left_out.contains(text) && !drawn.contains(*text));
    (unsaid.map(|word| format!("{word:?} is drawn and not said")))
        .chain(undrawn.map(|text| format!("{text:?} is said and not drawn")))
        .collect()
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
    for id in told.into_keys() {
        if !paged && !drawn.contains_key(&id) {
            faults.push(format!("{id} is told and not drawn"));
        }
    }
    faults
}

const JOINER: char = '\u{2060}';

/// Nobody's name or number stands in words, on whatever element.
fn unmasked(view: &View, words: &[String]) -> Vec<String> {
    let found = words.iter().filter(|text| fixture::gives_away(view, text));
    found.map(|_| "a personal datum stands on the screen".to_owned()).collect()
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
