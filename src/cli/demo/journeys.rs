//! The journeys of the product, walked without a display, and what each must have led to.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use kuaiban::case::CaseStatus;
use kuaiban::config::{Config, Visit};
use kuaiban::domain::evaluation::Level;
use kuaiban::kiosk::on_screen::OnScreen;
use kuaiban::kiosk::{Origin, Ticks};
use kuaiban::screen::headless::Stage;
use kuaiban::screen::scene::{Page, PrintState, Scene, Tone};
use kuaiban::screen::window::Screen;
use kuaiban::simulators::platform::BookedEvaluation;
use kuaiban::simulators::stand::Stand;
use serde::Serialize;
use serde_json::json;
use slint::{ComponentHandle, PhysicalSize};

use super::walk::{Map, Step, Walk};

const PANEL: PhysicalSize = PhysicalSize { width: 1080, height: 1920 };
/// How long to wait for what the platform does by itself.
const PLATFORM: Duration = Duration::from_secs(15);

type Journey = fn(&mut Walk) -> anyhow::Result<Option<String>>;

/// Each with its name.
const JOURNEYS: [(&str, Journey); 6] = [
    ("1-query-slip", query_slip),
    ("2-instant-item", instant_item),
    ("3-instant-item-offline", instant_item_offline),
    ("4-guide-without-card", guide_without_card),
    ("5-bad-evaluation", bad_evaluation),
    ("6-expired-card", expired_card),
];
/// Those in which the citizen goes away: the kiosk of these loses its patience soon.
const LEAVING: [(&str, Journey); 2] =
    [("7-leaving-in-the-middle", leaving_in_the_middle), ("8-walking-away", walking_away)];

#[derive(Serialize)]
struct Report {
    name: &'static str,
    outcome: String,
    case_number: Option<String>,
    /// The exact bytes; a picture of the same name with `.png` stands beside.
    slips: Vec<String>,
    screens: Vec<String>,
    evaluation: Option<serde_json::Value>,
    duration_ms: u128,
}

pub fn walk(stand: Stand, dir: &Path, only: Option<&str>) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let stage = Stage::new(PANEL)?;
    let window = OnScreen::new(stand.config.screen.short_side_mm)?;
    let screen = window.screen().clone();
    screen.window().show()?;

    let mut record = Record::default();
    let patient = Visit { farewell_s: 3, ..stand.config.visit };
    let impatient = Visit { idle_s: 3, warning_s: 2, ..patient };
    for (visit, journeys) in [(patient, &JOURNEYS[..]), (impatient, &LEAVING[..])] {
        let wanted: Vec<_> = journeys
            .iter()
            .filter(|(name, _)| only.is_none_or(|only| name.contains(only)))
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let origin = Origin::Given(Box::new(Config { visit, ..stand.config.clone() }));
        let kiosk = window.start(origin, Ticks::of_the_clock(), || {})?;
        let well = stage.run_until(PLATFORM, || {
            let scene = screen.shown();
            !scene.settling
                && !scene.offline
                && scene.device_notice.is_empty()
                && scene.panel_present
        });
        ensure!(well, "the kiosk did not find its devices and its platform");
        for (name, journey) in wanted {
            record.journey(&stage, &screen, &stand, dir, (*name, *journey))?;
        }
        kiosk.stop()?;
    }
    let Record { mut touches, controls, steps, reports } = record;

    let books = stand.platform.books();
    let passed = reports.iter().filter(|report| report.outcome == "ok").count();
    touches.sort_unstable();
    let percentile = |p: usize| {
        let place = (touches.len() * p).div_ceil(100).saturating_sub(1);
        touches.get(place).map(|t| t.as_secs_f64() * 1000.0)
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
    write_json(&dir.join("controls.json"), &serde_json::to_value(&controls)?)?;
    write_json(&dir.join("steps.json"), &serde_json::to_value(&steps)?)?;
    println!(
        "{passed} of {} journeys ended as they should, in {:.1} s; see {}",
        reports.len(),
        started.elapsed().as_secs_f64(),
        dir.join("summary.json").display()
    );
    Ok(if passed == reports.len() && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the journeys left behind.
#[derive(Default)]
struct Record {
    touches: Vec<Duration>,
    controls: Map,
    steps: BTreeMap<&'static str, Vec<Step>>,
    reports: Vec<Report>,
}

impl Record {
    fn journey(
        &mut self,
        stage: &Stage,
        screen: &Rc<Screen>,
        stand: &Stand,
        dir: &Path,
        (name, journey): (&'static str, Journey),
    ) -> anyhow::Result<()> {
        let began = Instant::now();
        let slips_before = stand.slips().len();
        let evaluations_before = stand.platform.books().evaluations.len();
        let cases_before = stand.platform.books().cases.len();
        let mut walk = Walk::new(
            stage,
            stand,
            screen.clone(),
            dir,
            name,
            &mut self.touches,
            &mut self.controls,
        );
        let end = journey(&mut walk).and_then(|case| {
            if walk.scene().page == Page::Farewell {
                walk.lift();
                walk.touch("leave")?;
            }
            walk.page(Page::Attract)?;
            Ok(case)
        });
        walk.lift();
        let screens = std::mem::take(&mut walk.screens);
        self.steps.insert(name, std::mem::take(&mut walk.steps));
        let books = stand.platform.books();
        let (outcome, case_number) = match end {
            Ok(case) => ("ok".to_owned(), case),
            Err(error) => {
                let case = books.cases.get(cases_before);
                (format!("{error:#}"), case.map(|case| case.state.case_number.to_string()))
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
            name,
            case_number,
            slips,
            screens,
            evaluation: books.evaluations.get(evaluations_before).map(evaluation_json),
            duration_ms: began.elapsed().as_millis(),
            outcome,
        };
        let well = report.outcome == "ok";
        println!(
            "{} {:<26} {:>5.1} s  {} screens, {} slips{}",
            if well { "✓" } else { "✗" },
            report.name,
            report.duration_ms as f64 / 1000.0,
            report.screens.len(),
            report.slips.len(),
            if well { String::new() } else { format!("\n    {}", report.outcome) },
        );
        self.reports.push(report);
        if !well {
            // The next journey needs a clean screen; the kiosk's own patience gives it one.
            stand.set_online(true);
            stage.run_until(Duration::from_secs(120), || screen.shown().page == Page::Attract);
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

// --- the steps that journeys share ---------------------------------------------------------------

/// Where an item stands on the home page.
fn item_control(walk: &Walk, name: &str) -> anyhow::Result<String> {
    let items = walk.scene().items;
    let index = items
        .iter()
        .position(|item| item.name.contains(name))
        .with_context(|| format!("no item {name:?} on the home page"))?;
    Ok(format!("item-{index}"))
}

fn to_item(walk: &mut Walk, name: &str) -> anyhow::Result<()> {
    walk.page(Page::Attract)?;
    walk.touch("start")?;
    walk.page(Page::Home)?;
    let item = item_control(walk, name)?;
    walk.touch(&item)?;
    walk.page(Page::Item)
}

fn identify(walk: &mut Walk, person: &str) -> anyhow::Result<()> {
    walk.page(Page::Consent)?;
    walk.after_the_last_card();
    walk.touch("agree")?;
    walk.page(Page::Card)?;
    walk.lay(person);
    walk.until("the card to be read", |scene| scene.page != Page::Card)
}

/// Answers every question: the first choice, and a phone number.
fn answer_questions(walk: &mut Walk) -> anyhow::Result<()> {
    loop {
        walk.until("a question or the review", |scene| {
            matches!(scene.page, Page::Question | Page::Review)
        })?;
        let scene = walk.scene();
        if scene.page == Page::Review {
            return walk.page(Page::Review);
        }
        walk.picture("question")?;
        if scene.asks_phone {
            for digit in "13800000000".chars() {
                walk.touch(&format!("digit-{digit}"))?;
            }
        } else {
            walk.touch("choose-0")?;
        }
        walk.picture("answered")?;
        let step = scene.step;
        walk.touch("next")?;
        walk.until("the next step", |scene| scene.step != step)?;
    }
}

fn slip_printed(walk: &mut Walk, slips_before: usize) -> anyhow::Result<()> {
    let stand = walk.stand;
    walk.until("the slip", |scene| {
        scene.page == Page::Result && scene.print_state == PrintState::Printed
    })?;
    ensure!(
        stand.slips_at_least(slips_before + 1, Duration::from_secs(5)),
        "the screen says printed, and no slip was cut"
    );
    walk.picture("result")
}

/// 秒办 up to the printed slip.
fn print_certificate(walk: &mut Walk, person: &str) -> anyhow::Result<()> {
    let stand = walk.stand;
    let slips = stand.slips().len();
    to_item(walk, "参保证明")?;
    ensure!(walk.scene().facts.len() == 8, "not eight public fields");
    walk.touch("begin")?;
    identify(walk, person)?;
    walk.page(Page::Identity)?;
    walk.touch("confirm")?;
    slip_printed(walk, slips)
}

/// The evaluation that the platform books after the first `before` ones.
fn evaluation_after(stand: &Stand, before: usize) -> anyhow::Result<BookedEvaluation> {
    let end = Instant::now() + PLATFORM;
    while stand.platform.books().evaluations.len() == before {
        ensure!(Instant::now() < end, "the evaluation did not reach the platform");
        std::thread::sleep(Duration::from_millis(20));
    }
    stand.platform.books().evaluations.pop().context("an evaluation")
}

/// Evaluates by a key of the panel and waits until the platform has it; the farewell after it.
fn evaluate(walk: &mut Walk, level: Level) -> anyhow::Result<Scene> {
    let stand = walk.stand;
    let before = stand.platform.books().evaluations.len();
    walk.touch("evaluate")?;
    walk.page(Page::Evaluation)?;
    walk.press(level);
    walk.until("the pressed key on the screen", |scene| scene.level == Some(level))?;
    walk.picture("evaluation-pressed")?;
    walk.touch("next")?;
    walk.page(Page::Farewell)?;
    let farewell = walk.scene();
    let booked = evaluation_after(stand, before)?;
    ensure!(booked.satisfaction == level.national_code(), "the platform booked another level");
    Ok(farewell)
}

// --- the journeys --------------------------------------------------------------------------------

/// 秒办: the slip with the answer, evaluated by a key.
fn query_slip(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    print_certificate(walk, "citizen")?;
    let farewell = evaluate(walk, Level::VerySatisfied)?;
    ensure!(farewell.take_card && farewell.take_slip, "the farewell reminds of card and slip");
    Ok(None)
}

/// 即时办结: one question a page, the durable queue, the platform, the slip.
fn instant_item(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let slips = stand.slips().len();
    to_item(walk, "失业登记")?;
    walk.touch("begin")?;
    identify(walk, "rare")?;
    walk.page(Page::Identity)?;
    walk.touch("confirm")?;
    answer_questions(walk)?;
    walk.touch("submit")?;
    walk.until("the case to be received", |scene| !scene.case_number.is_empty())?;
    walk.picture("received")?;
    ensure!(walk.scene().clock_shown, "the clock of thirty minutes is shown");
    walk.until("the case to be completed", |scene| scene.clock_stage == 2)?;
    slip_printed(walk, slips)?;
    let number = walk.scene().case_number.replace(' ', "");
    booked_once(stand, &number, CaseStatus::Completed)?;
    evaluate(walk, Level::Satisfied)?;
    Ok(Some(number))
}

/// The same at 02:00 without network, in assisted mode; later the citizen comes again.
fn instant_item_offline(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let slips = stand.slips().len();
    walk.set_online(false);
    walk.page(Page::Attract)?;
    walk.touch("start-assisted")?;
    walk.page(Page::Home)?;
    let item = item_control(walk, "失业登记")?;
    walk.touch(&item)?;
    walk.page(Page::Item)?;
    walk.touch("begin")?;
    identify(walk, "elderly")?;
    walk.page(Page::Identity)?;
    walk.touch("confirm")?;
    answer_questions(walk)?;
    walk.touch("submit")?;
    walk.until("the case to be received", |scene| !scene.case_number.is_empty())?;
    slip_printed(walk, slips)?;
    let scene = walk.scene();
    ensure!(scene.offline, "the screen says that the network is down");
    ensure!(scene.clock_stage == 0, "without the platform a case is received, not more");
    let number = scene.case_number.replace(' ', "");
    ensure!(
        !stand.platform.books().cases.iter().any(|case| case.state.case_number.as_str() == number),
        "the case is at the platform although there is no network"
    );
    walk.touch("leave")?;
    walk.lift();
    walk.page(Page::Farewell)?;

    walk.set_online(true);
    let end = Instant::now() + PLATFORM;
    while booked_once(stand, &number, CaseStatus::Completed).is_err() {
        ensure!(Instant::now() < end, "the case was not delivered when the network came back");
        walk.until("anything", |_| true)?;
        std::thread::sleep(Duration::from_millis(50));
    }
    walk.page(Page::Attract)?;
    walk.touch("start")?;
    walk.page(Page::Home)?;
    walk.touch("my-cases")?;
    identify(walk, "elderly")?;
    walk.page(Page::Cases)?;
    walk.until("the new state of the case", |scene| {
        scene
            .cases
            .first()
            .is_some_and(|case| case.number.replace(' ', "") == number && case.tone == Tone::Good)
    })?;
    walk.touch("home")?;
    walk.page(Page::Home)?;
    walk.touch("leave")?;
    walk.page(Page::Farewell)?;
    Ok(Some(number))
}

/// Reading without a card, in English.
fn guide_without_card(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let slips = stand.slips().len();
    walk.page(Page::Attract)?;
    walk.touch("toggle-language")?;
    walk.until("English", |scene| scene.english)?;
    walk.picture("english")?;
    walk.touch("start")?;
    walk.page(Page::Home)?;
    walk.touch("item-0")?;
    walk.page(Page::Item)?;
    walk.touch("print-guide")?;
    slip_printed(walk, slips)?;
    walk.touch("leave")?;
    walk.page(Page::Farewell)?;
    ensure!(!walk.scene().take_card, "no card was used");
    Ok(None)
}

/// A bad evaluation needs a reason and can be undone.
fn bad_evaluation(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let before = stand.platform.books().evaluations.len();
    print_certificate(walk, "foreigner")?;
    walk.touch("evaluate")?;
    walk.page(Page::Evaluation)?;
    walk.press(Level::VeryDissatisfied);
    walk.page(Page::Reasons)?;
    ensure!(!walk.scene().can_send, "no reason was chosen, and it can be sent");
    walk.touch("reason-0")?;
    walk.picture("reason-chosen")?;
    walk.touch("send-reasons")?;
    walk.page(Page::Evaluation)?;
    ensure!(walk.scene().undo_left > 0, "it can be undone");
    walk.touch("undo")?;
    walk.until("the press to be undone", |scene| scene.level.is_none())?;
    ensure!(stand.platform.books().evaluations.len() == before, "an undone press was recorded");
    // Once more, and this time it stands.
    std::thread::sleep(Duration::from_millis(400));
    walk.press(Level::Dissatisfied);
    walk.page(Page::Reasons)?;
    walk.touch("reason-1")?;
    walk.touch("send-reasons")?;
    walk.until("the countdown", |scene| scene.undo_left > 0)?;
    walk.touch("next")?;
    walk.page(Page::Farewell)?;
    let booked = evaluation_after(stand, before)?;
    ensure!(booked.satisfaction == 2 && booked.tags.len() == 1, "level or reasons are others");
    Ok(None)
}

/// Leaving in the middle of a form: a warning, and then nothing of the visit is left.
fn leaving_in_the_middle(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    to_item(walk, "失业登记")?;
    walk.touch("begin")?;
    identify(walk, "hmt")?;
    walk.page(Page::Identity)?;
    walk.touch("confirm")?;
    walk.page(Page::Question)?;
    walk.touch("choose-0")?;
    walk.until("the warning", |scene| scene.warning_left > 0)?;
    walk.picture("warning")?;
    walk.until("the end of the visit", |scene| scene.page == Page::Attract)?;
    walk.lift();
    // The next person begins the same item and finds none of the answers.
    walk.touch("start")?;
    walk.until("the home page", |scene| scene.page == Page::Home)?;
    let item = item_control(walk, "失业登记")?;
    walk.touch(&item)?;
    walk.touch("begin")?;
    identify(walk, "citizen")?;
    walk.touch("confirm")?;
    walk.until("the first question", |scene| scene.page == Page::Question)?;
    ensure!(
        walk.scene().choices.iter().all(|choice| !choice.selected),
        "an answer of the one before is there"
    );
    walk.until("the end of the visit", |scene| scene.page == Page::Attract)?;
    Ok(None)
}

/// Walking away from an open evaluation records nothing.
fn walking_away(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    let stand = walk.stand;
    let before = stand.platform.books().evaluations.len();
    print_certificate(walk, "foreigner-2017")?;
    walk.touch("evaluate")?;
    walk.page(Page::Evaluation)?;
    walk.until("the end of the visit", |scene| scene.page == Page::Attract)?;
    ensure!(stand.platform.books().evaluations.len() == before, "something was recorded");
    Ok(None)
}

/// A card whose time has passed leads to people, not to a form.
fn expired_card(walk: &mut Walk) -> anyhow::Result<Option<String>> {
    to_item(walk, "参保证明")?;
    walk.touch("begin")?;
    identify(walk, "expired")?;
    walk.page(Page::Trouble)?;
    ensure!(!walk.scene().facts.is_empty(), "no outlet is named");
    walk.touch("leave")?;
    walk.page(Page::Farewell)?;
    Ok(None)
}

/// The platform has the case, once, in this state.
fn booked_once(stand: &Stand, number: &str, status: CaseStatus) -> anyhow::Result<()> {
    let books = stand.platform.books();
    let booked: Vec<_> =
        books.cases.iter().filter(|case| case.state.case_number.as_str() == number).collect();
    match booked[..] {
        [case] if case.state.status == status => Ok(()),
        [case] => bail!("the platform has the case as {:?}", case.state.status),
        _ => bail!("the platform has the case {} times", booked.len()),
    }
}
