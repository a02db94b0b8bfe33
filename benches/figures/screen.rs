//! From a finger or a card to the picture that answers it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::kiosk::{Counted, KUAIBAN, Kiosk, can_count, folder, stand};
use crate::{Figure, millions, ms, percentile};

/// Panels on which every journey is walked: upright and lying.
const PANELS: [&str; 2] = ["1080x1920", "1920x1080"];

/// From a lifted finger to the frame that answers it, on every screen of the journeys, which go
/// through both modes.
pub fn touch() -> anyhow::Result<Vec<Figure>> {
    let (mut touches, mut longest) = (Vec::new(), 0.0_f64);
    for panel in PANELS {
        let dir = walk(panel)?;
        let all: Vec<serde_json::Value> = read(dir.path(), "touches.json")?;
        touches.extend(all.iter().filter_map(|touch| touch["answered_ms"].as_f64()));
        let summary: serde_json::Value = read(dir.path(), "summary.json")?;
        let duration = summary["totals"]["duration_ms"].as_f64().context("a duration")?;
        longest = longest.max(duration / 1000.0);
    }
    let mut touches: Vec<Duration> =
        touches.into_iter().map(|ms| Duration::from_secs_f64(ms / 1000.0)).collect();
    touches.sort_unstable();
    let (p95, p99) = (ms(percentile(&touches, 95)), ms(percentile(&touches, 99)));
    let instructions = can_count().then(instructions_of_a_touch).transpose()?;
    Ok(vec![
        Figure {
            what: "touch to the next complete frame, 95th / 99th percentile over all screens of an \
                   upright and a lying panel",
            budget: "≤ 9 / 15 ms",
            measured: format!(
                "{p95:.1} / {p99:.1} ms ({} touches), {} (mean of a few)",
                touches.len(),
                millions(instructions)
            ),
            met: p95 <= 9.0 && p99 <= 15.0,
            how: "kuaiban demo --headless --out DIR (touches.json)",
        },
        Figure {
            what: "all journeys, walked without a display",
            budget: "< 30 s",
            measured: format!("{longest:.1} s"),
            met: longest < 30.0,
            how: "kuaiban demo --headless --out DIR",
        },
    ])
}

/// Walks through the journeys; what they leave behind.
fn walk(panel: &str) -> anyhow::Result<tempfile::TempDir> {
    let dir = folder("touch-")?;
    let run = Command::new(KUAIBAN)
        .args(["demo", "--headless", "--panel", panel, "--out"])
        .arg(dir.path())
        .env("KUAIBAN_LOG", "error")
        .stdout(Stdio::null())
        .status()?;
    anyhow::ensure!(run.success(), "the journeys did not end as they should on {panel}");
    Ok(dir)
}

fn read<T: serde::de::DeserializeOwned>(dir: &Path, name: &str) -> anyhow::Result<T> {
    Ok(serde_json::from_str(&std::fs::read_to_string(dir.join(name))?)?)
}

/// From a finger that comes down to the new page, drawn whole, with looking for the control.
fn instructions_of_a_touch() -> anyhow::Result<u64> {
    const TOUCHES: [[&str; 2]; 4] = [
        ["touch start", "wait home"],
        ["touch item-1", "wait item"],
        ["touch begin", "wait consent"],
        ["touch agree", "wait card"],
    ];
    let (dir, _stand) = stand()?;
    let mut counted = Counted::start(&dir.path().join("kiosk.toml"), dir.path())?;
    counted.kiosk.ask("wait attract")?;
    let mut instructions = 0;
    for touch in TOUCHES {
        std::thread::sleep(Duration::from_secs(1));
        counted.since()?;
        counted.kiosk.all(&touch)?;
        instructions += counted.since()?;
    }
    counted.kiosk.stop()?;
    Ok(instructions / TOUCHES.len() as u64)
}

/// The whole screen drawn anew, on several pages in both sizes of text.
pub fn redraw() -> anyhow::Result<Vec<Figure>> {
    const TIMES: usize = 40;
    let (dir, _stand) = stand()?;
    let mut kiosk = Kiosk::start(&dir.path().join("kiosk.toml"))?;
    let mut times = Vec::new();
    let mut draw = |kiosk: &mut Kiosk| -> anyhow::Result<()> {
        for _ in 0..TIMES {
            let answer = kiosk.ask("redraw")?;
            let micros = answer.strip_prefix("drawn in ").and_then(|rest| rest.strip_suffix(" µs"));
            let micros = micros.and_then(|micros| micros.parse().ok());
            times.push(Duration::from_micros(micros.with_context(|| answer.clone())?));
        }
        Ok(())
    };
    kiosk.ask("wait attract")?;
    draw(&mut kiosk)?;
    kiosk.all(&["touch start", "wait home"])?;
    draw(&mut kiosk)?;
    kiosk.ask("touch toggle-assisted")?;
    draw(&mut kiosk)?;
    kiosk.all(&["touch item-0", "wait item"])?;
    draw(&mut kiosk)?;
    kiosk.stop()?;
    times.sort_unstable();
    let (p50, p99) = (percentile(&times, 50), percentile(&times, 99));
    Ok(vec![Figure {
        what: "full redraw at 1080×1920, 99th percentile",
        budget: "≤ 25 ms",
        measured: format!("{:.1} ms (median {:.1} ms, {} redraws)", ms(p99), ms(p50), times.len()),
        met: p99 <= Duration::from_millis(25),
        how: "cargo bench --bench figures redraw",
    }])
}

/// What the program adds between the card's answer and the name on the screen: its own time
/// between the reader's replies, and from the last byte of the card to the frame with the name.
/// Not counted: up to 150 ms until the next look for a card (`protocols.md` §1.10).
pub fn card() -> anyhow::Result<Vec<Figure>> {
    const LAYS: usize = 100;
    let (dir, stand) = stand()?;
    let mut kiosk = Kiosk::start(&dir.path().join("kiosk.toml"))?;
    let mut added = Vec::new();
    kiosk.all(&["wait attract", "touch start", "wait home"])?;
    std::thread::sleep(Duration::from_secs(1));
    for _ in 0..LAYS {
        // The second item is an instant one: it needs no answer of the platform.
        kiosk.all(&["touch item-1", "wait item", "touch begin", "touch agree", "wait card"])?;
        stand.reader.lift();
        std::thread::sleep(Duration::from_millis(200));
        stand.lay("citizen");
        kiosk.ask("wait identity")?;
        let shown = Instant::now();
        let exchanges = stand.reader.exchanges();
        let [.., find, select, read] = exchanges[..] else {
            anyhow::bail!("the reader heard no card being read")
        };
        added.push(
            select.heard_at.saturating_duration_since(find.sent_at)
                + read.heard_at.saturating_duration_since(select.sent_at)
                + shown.saturating_duration_since(read.sent_at),
        );
        kiosk.all(&["touch back", "wait item", "touch back", "wait home"])?;
    }
    kiosk.stop()?;
    added.sort_unstable();
    let (p50, p99) = (percentile(&added, 50), percentile(&added, 99));
    let instructions = can_count().then(instructions_of_a_card).transpose()?;
    Ok(vec![Figure {
        what: "added to the wire time between card laid and name on the screen, 99th percentile",
        budget: "≤ 10 ms",
        measured: format!(
            "{:.1} ms (median {:.1} ms, {LAYS} cards), {}",
            ms(p99),
            ms(p50),
            millions(instructions)
        ),
        met: p99 <= Duration::from_millis(10),
        how: "cargo bench --bench figures card",
    }])
}

/// From the card to the page with the name, with the reader's looks for a card meanwhile.
fn instructions_of_a_card() -> anyhow::Result<u64> {
    let (dir, stand) = stand()?;
    let mut counted = Counted::start(&dir.path().join("kiosk.toml"), dir.path())?;
    counted.kiosk.all(&[
        "wait attract",
        "touch start",
        "wait home",
        "touch item-1",
        "wait item",
    ])?;
    counted.kiosk.all(&["touch begin", "wait consent", "touch agree", "wait card"])?;
    std::thread::sleep(Duration::from_secs(1));
    counted.since()?;
    stand.lay("citizen");
    counted.kiosk.ask("wait identity")?;
    let instructions = counted.since()?;
    counted.kiosk.stop()?;
    Ok(instructions)
}
