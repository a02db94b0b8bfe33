//! Walks through the journeys one after the other, and writes down what each left behind: pictures,
//! slips, controls, words, steps and a summary.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kuaiban::kiosk::on_screen::OnScreen;
use kuaiban::kiosk::{Hand, Origin, Ticks};
use kuaiban::screen::headless::Stage;
use kuaiban::screen::window::Screen;
use kuaiban::simulators::platform::BookedEvaluation;
use kuaiban::simulators::stand::Stand;
use serde::Serialize;
use serde_json::json;
use slint::{ComponentHandle, PhysicalSize};

use super::journeys::{JOURNEYS, LONG_S, PLATFORM, all_is_well};
use super::steps::{self, Step};
use super::walk::{Map, Texts, Touched, Walk};

#[derive(Serialize)]
struct Report {
    name: String,
    outcome: String,
    case_number: Option<String>,
    /// The exact bytes; a picture of the same name with `.png` stands beside.
    slips: Vec<String>,
    screens: Vec<String>,
    evaluation: Option<serde_json::Value>,
    duration_ms: u128,
}

pub fn walk(
    stand: Stand,
    dir: &Path,
    which: Which<'_>,
    panel: PhysicalSize,
) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    // The screen and the seconds of the kiosk go as fast as the walk does.
    let stage = Stage::driven(panel)?;
    let window = OnScreen::new(stand.config.screen.short_side_mm)?;
    let screen = window.screen().clone();
    screen.window().show()?;

    let mut record = Record::default();
    let wanted = which.journeys()?;
    let (hand, ticks) = Ticks::driven();
    let origin = Origin::Given(Box::new(stand.config.clone()));
    let kiosk = window.start(origin, ticks, || {})?;
    let well = stage.run_until(PLATFORM, || screen.shown().is_some_and(|view| all_is_well(&view)));
    ensure!(well, "the kiosk did not find its devices and its platform");
    for (name, journey) in &wanted {
        record.journey(&stage, (&screen, &hand), &stand, dir, name, journey)?;
    }
    kiosk.stop()?;
    let Record { mut touches, controls, texts, steps, reports } = record;

    let books = stand.platform.books();
    let passed = reports.iter().filter(|report| report.outcome == "ok").count();
    touches.sort_unstable_by(|a, b| a.answered_ms.total_cmp(&b.answered_ms));
    let percentile = |p: usize| {
        let place = (touches.len() * p).div_ceil(100).saturating_sub(1);
        touches.get(place).map(|touched| touched.answered_ms)
    };
    let summary = json!({
        "journeys": reports,
        "totals": {
            "journeys": reports.len(),
            "passed": passed,
            "screens": reports.iter().map(|r| r.screens.len()).sum::<usize>(),
            "slips": reports.iter().map(|r| r.slips.len()).sum::<usize>(),
            "cases_at_platform": books.cases.len(),
            "evaluations_at_platform": books.evaluations.len(),
            "touches": touches.len(),
            "touch_to_frame_p95_ms": percentile(95),
            "touch_to_frame_p99_ms": percentile(99),
            "duration_ms": started.elapsed().as_millis(),
        },
    });
    write_json(&dir.join("summary.json"), &summary)?;
    // The slowest first.
    write_json(&dir.join("touches.json"), &json!(touches.iter().rev().collect::<Vec<_>>()))?;
    write_json(&dir.join("controls.json"), &serde_json::to_value(&controls)?)?;
    write_json(&dir.join("steps.json"), &serde_json::to_value(&steps)?)?;
    write_json(&dir.join("said.json"), &serde_json::to_value(&texts)?)?;
    super::say(&format!(
        "{passed} of {} journeys ended as they should, in {:.1} s; see {}",
        reports.len(),
        started.elapsed().as_secs_f64(),
        dir.join("summary.json").display()
    ));
    Ok(if passed == reports.len() && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Which journeys are walked.
pub struct Which<'a> {
    /// Part of the name.
    pub only: Option<&'a str>,
    /// A file of journeys instead of the product's own.
    pub steps: Option<&'a Path>,
}

type Walked = Box<dyn Fn(&mut Walk<'_>) -> anyhow::Result<Option<String>>>;

impl Which<'_> {
    fn journeys(&self) -> anyhow::Result<Vec<(String, Walked)>> {
        let mut all: Vec<(String, Walked)> = match self.steps {
            None => JOURNEYS
                .iter()
                .map(|(name, journey)| ((*name).to_owned(), Box::new(journey) as Walked))
                .collect(),
            Some(file) => steps::read(file)?
                .into_iter()
                .map(|(name, steps)| {
                    let journey =
                        move |walk: &mut Walk<'_>| steps::walk(walk, &steps).map(|()| None);
                    (name, Box::new(journey) as Walked)
                })
                .collect(),
        };
        all.retain(|(name, _)| self.only.is_none_or(|only| name.contains(only)));
        ensure!(!all.is_empty(), "no journey is called {:?}", self.only.unwrap_or_default());
        Ok(all)
    }
}

/// What the journeys left behind.
#[derive(Default)]
struct Record {
    touches: Vec<Touched>,
    controls: Map,
    texts: Texts,
    steps: BTreeMap<String, Vec<Step>>,
    reports: Vec<Report>,
}

impl Record {
    fn journey(
        &mut self,
        stage: &Stage,
        (screen, hand): (&Rc<Screen>, &Hand),
        stand: &Stand,
        dir: &Path,
        name: &str,
        journey: &dyn Fn(&mut Walk<'_>) -> anyhow::Result<Option<String>>,
    ) -> anyhow::Result<()> {
        let began = Instant::now();
        let slips_before = stand.slips().len();
        let evaluations_before = stand.platform.books().evaluations.len();
        let cases_before = stand.platform.books().cases.len();
        let mut walk = Walk::new(
            stage,
            stand,
            (screen.clone(), hand.clone()),
            dir,
            name.to_owned(),
            (&mut self.touches, &mut self.controls, &mut self.texts),
        );
        let end = journey(&mut walk).and_then(|case| {
            if walk.view()?.name == "farewell" {
                walk.lift();
                walk.touch("leave")?;
            }
            walk.pass_until(LONG_S, "the end of the visit", |view| view.name == "attract")?;
            walk.page("attract")?;
            Ok(case)
        });
        walk.lift();
        let screens = std::mem::take(&mut walk.screens);
        self.steps.insert(name.to_owned(), std::mem::take(&mut walk.steps));
        let books = stand.platform.books();
        let (outcome, case_number) = match end {
            Ok(case) => ("ok".to_owned(), case),
            Err(error) => {
                let case = books.cases.get(cases_before);
                (format!("{error:#}"), case.map(|case| case.case_number.to_string()))
            }
        };
        let mut slips = Vec::new();
        for (index, slip) in stand.slips().iter().enumerate().skip(slips_before) {
            if slip.blank {
                continue;
            }
            let stem = format!("{name}-slip-{:02}", index + 1 - slips_before);
            let bytes = dir.join(&stem).with_extension("bin");
            std::fs::write(&bytes, &slip.bytes).with_context(|| bytes.display().to_string())?;
            std::fs::write(dir.join(&stem).with_extension("png"), slip.picture.png())?;
            slips.push(format!("{stem}.bin"));
        }
        let report = Report {
            name: name.to_owned(),
            case_number,
            slips,
            screens,
            evaluation: books.evaluations.get(evaluations_before).map(evaluation_json),
            duration_ms: began.elapsed().as_millis(),
            outcome,
        };
        let well = report.outcome == "ok";
        super::say(&format!(
            "{} {:<26} {:>5.1} s  {} screens, {} slips{}",
            if well { "✓" } else { "✗" },
            report.name,
            report.duration_ms as f64 / 1000.0,
            report.screens.len(),
            report.slips.len(),
            if well { String::new() } else { format!("\n    {}", report.outcome) },
        ));
        self.reports.push(report);
        if !well {
            // The next journey needs a clean screen; the kiosk's own patience gives it one.
            stand.set_online(true);
            let attract = || screen.shown().is_some_and(|view| view.name == "attract");
            for _ in 0..LONG_S {
                hand.second();
                if stage.run_until(Duration::from_millis(10), attract) {
                    break;
                }
            }
        }
        Ok(())
    }
}

fn write_json(path: &Path, value: &serde_json::Value) -> anyhow::Result<()> {
    std::fs::write(path, serde_json::to_string_pretty(value)? + "\n")
        .with_context(|| path.display().to_string())
}

fn evaluation_json(evaluation: &BookedEvaluation) -> serde_json::Value {
    json!({ "satisfaction": evaluation.satisfaction, "tags": evaluation.tags })
}
