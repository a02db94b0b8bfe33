//! Every screen of the journeys, in every mode, language and orientation: composed from a real
//! visit, rendered by the renderer of the appliance, and checked as a person would: each control
//! is whole on the screen, large enough, apart from the others, and named in the right language.
//!
//! With `KUAIBAN_SCREENS=DIR` each screen is also left in DIR as a picture to look at.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]
#![cfg(feature = "demo")]

mod fixture;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use kuaiban::screen::headless::{Control, Stage};
use kuaiban::screen::scene::compose;
use kuaiban::screen::window::Screen;
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
/// wrong with each.
#[test]
fn p11_every_control_is_whole_large_apart_and_named() {
    let stage = Stage::new(SIZES[0].1).unwrap();
    let screen = Rc::new(Screen::new(SHORT_SIDE_MM, |_| {}).unwrap());
    screen.window().show().unwrap();
    let pictures = std::env::var_os("KUAIBAN_SCREENS").map(PathBuf::from);
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();

    for (orientation, size) in SIZES {
        stage.resize(size);
        let px_per_mm = size.width.min(size.height) as f32 / SHORT_SIDE_MM;
        for english in [false, true] {
            for assisted in [false, true] {
                for Fixture { name, visit, slip } in fixture::all(english, assisted) {
                    screen.show(compose(&visit, &fixture::around(&slip, name)));
                    stage.settle(Duration::from_millis(2500));
                    let place = format!(
                        "{name} {orientation} {} {}",
                        if english { "en" } else { "zh" },
                        if assisted { "assisted" } else { "standard" }
                    );
                    if let Some(dir) = &pictures {
                        std::fs::create_dir_all(dir).unwrap();
                        let file = dir.join(place.replace(' ', "-")).with_extension("png");
                        stage.save(&file).unwrap();
                    }
                    let controls = stage.controls(screen.window());
                    seen.insert((name, controls.len()));
                    check(&controls, english, TARGET_MM[usize::from(assisted)] * px_per_mm, size)
                        .into_iter()
                        .for_each(|fault| faults.push(format!("{place}: {fault}")));
                }
            }
        }
    }
    assert!(seen.len() > 15, "too few screens were seen: {seen:?}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn check(
    controls: &std::collections::BTreeMap<String, Control>,
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
    let attract = all.iter().find(|page| page.name == "attract-offline").unwrap();
    let mut around = fixture::around(&[], "item-offline");
    let warned = compose(&attract.visit, &around);
    assert!(warned.offline && !warned.offline_hint.is_empty() && !warned.device_notice.is_empty());
    around.settling = true;
    let first = compose(&attract.visit, &around);
    assert!(!first.offline && first.offline_hint.is_empty() && first.device_notice.is_empty());
    // Whoever goes on is told.
    let home = all.iter().find(|page| page.name == "item-offline").unwrap();
    let further = compose(&home.visit, &around);
    assert!(further.offline && !further.device_notice.is_empty());
}
