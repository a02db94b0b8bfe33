//! `kuaiban run --headless`: the kiosk as it is, drawn into memory, looked at and touched by
//! commands on standard input. For measurements and black-box tests, with the simulators in
//! other processes.

use std::io::{BufRead, Write};
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use kuaiban::kiosk::on_screen::OnScreen;
use kuaiban::kiosk::{Hand, Origin, Ticks};
use kuaiban::screen::headless::Stage;
use kuaiban::screen::window::Screen;
use slint::{ComponentHandle, PhysicalSize};

const PANEL: PhysicalSize = PhysicalSize { width: 1080, height: 1920 };
/// Longest line that is read.
const LINE_MAX: usize = 4096;
/// How long `wait` waits.
const PATIENCE: Duration = Duration::from_secs(20);

const HELP: &str =
    "touch ID | wait PAGE | page | step | controls | second | redraw | shot FILE | help | quit";

/// `held`: the seconds of the kiosk pass by the command `second`.
pub fn run(origin: Origin, short_side_mm: f32, held: bool) -> anyhow::Result<ExitCode> {
    let stage = Stage::new(PANEL)?;
    let gone = Arc::new(AtomicBool::new(false));
    let gone_at_end = gone.clone();
    let ended = move || gone_at_end.store(true, Ordering::Relaxed);
    let (hand, ticks) = if held {
        let (hand, ticks) = Ticks::driven();
        (Some(hand), ticks)
    } else {
        (None, Ticks::of_the_clock())
    };
    let (window, kiosk) = OnScreen::with_kiosk(short_side_mm, origin, ticks, ended)?;
    let screen = window.screen().clone();
    screen.window().show()?;
    // The first complete frame is the one with the first view of the kiosk on it.
    stage.run_until(PATIENCE, || screen.shown().is_some());
    stage.turn();
    writeln!(std::io::stdout(), "ready")?;

    let (to, lines) = mpsc::sync_channel::<String>(16);
    let waker = screen.window().as_weak();
    std::thread::Builder::new().name("commands".into()).spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(mut line) = line else { break };
            if line.len() > LINE_MAX {
                line = "(a line that is too long)".to_owned();
            }
            if to.send(line).is_err() {
                break;
            }
            let _ = waker.upgrade_in_event_loop(|_| {});
        }
    })?;
    while !gone.load(Ordering::Relaxed) {
        // A line is there before the turn that it asks for: looked for after each, none is slept over.
        stage.turn();
        match lines.try_recv() {
            Ok(line) => {
                if line.trim() == "quit" {
                    break;
                }
                let answer = command(line.trim(), &stage, &screen, hand.as_ref());
                writeln!(std::io::stdout(), "{answer}")?;
            }
            Err(mpsc::TryRecvError::Empty) => stage.rest(),
            Err(mpsc::TryRecvError::Disconnected) => break,
        }
    }
    kiosk.stop()?;
    Ok(ExitCode::SUCCESS)
}

/// One command and its one line of answer.
fn command(line: &str, stage: &Stage, screen: &Rc<Screen>, hand: Option<&Hand>) -> String {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let page = || screen.shown().map_or("none", |view| view.name);
    match verb {
        "touch" => {
            let end = Instant::now() + PATIENCE;
            loop {
                if let Some(control) = stage.control(screen.window(), rest)
                    && control.enabled
                {
                    stage.touch(control.place.centre());
                    return format!("touched {rest}");
                }
                if Instant::now() >= end {
                    return format!("error: no control {rest:?} on page {}", page());
                }
                stage.advance(Duration::from_millis(20));
            }
        }
        "wait" => {
            let there = stage.run_until(PATIENCE, || page() == rest);
            if there { format!("page {rest}") } else { format!("error: still on {}", page()) }
        }
        "page" => format!("page {}", page()),
        "step" => {
            let step = screen.shown().and_then(|view| view.frame.step);
            format!("step {}", step.map_or(0, |step| step.step))
        }
        "second" => match hand {
            Some(hand) if hand.second() => "a second has passed".to_owned(),
            Some(_) => "error: the kiosk does not take its seconds".to_owned(),
            None => "error: the seconds pass by themselves; start with --held".to_owned(),
        },
        "redraw" => format!("drawn in {} µs", stage.redraw().as_micros()),
        "controls" => stage.controls(screen.window()).into_keys().collect::<Vec<_>>().join(" "),
        "shot" => match stage.save(Path::new(rest)) {
            Ok(()) => format!("saved {rest}"),
            Err(error) => format!("error: {rest}: {error}"),
        },
        "help" => HELP.to_owned(),
        _ => format!("error: unknown command {verb:?}; {HELP}"),
    }
}
