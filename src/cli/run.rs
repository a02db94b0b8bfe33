//! `kuaiban run`: the kiosk.

use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Context;
use kuaiban::config::Config;
use kuaiban::kiosk::{self, Input, Parts, Ticks};
use kuaiban::screen::window::{Display, Screen};
use slint::ComponentHandle;

#[derive(clap::Args)]
pub struct Args {
    /// Configuration file of this kiosk
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Draw into memory and be touched from standard input, one command a line (`help`)
    #[cfg(feature = "demo")]
    #[arg(long)]
    headless: bool,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    abort_on_panic();
    let config = Config::load(&args.config)?;
    #[cfg(feature = "demo")]
    if args.headless {
        return super::stage::run(config);
    }
    let short_side_mm = config.screen.short_side_mm;
    // Disk and panel take their time side by side.
    let parts = std::thread::Builder::new()
        .name("open".into())
        .spawn(move || Parts::open(config))
        .context("a thread")?;
    let (inbox, inputs) = kiosk::inbox();
    let to = inbox.clone();
    let screen = Screen::new(short_side_mm, move |page, touch| {
        to.put(Input::Touch { page, touch });
    });
    let parts = parts.join().map_err(|_| anyhow::anyhow!("the kiosk could not be opened"))??;
    let screen = Rc::new(screen.context(
        "there is no display to open; on a desktop set DISPLAY, on the appliance connect a panel",
    )?);
    let display = Display::of(screen.clone());
    screen.window().window().set_fullscreen(true);
    let alive = display.clone();
    let kiosk = kiosk::start(
        parts,
        inbox.clone(),
        inputs,
        Ticks::of_the_clock(),
        move |view| display.show(view),
        || drop(slint::quit_event_loop()),
    )?;
    alive.show_first(FIRST_SCENE);
    let _watchdog = feed_watchdog(alive);
    screen.window().run()?;
    inbox.stop();
    kiosk.join()?;
    Ok(ExitCode::SUCCESS)
}

/// Tells systemd that the first view stands on the screen, and from then on feeds its watchdog
/// from the screen's own loop, as long as the kiosk loop still sends views: a kiosk that stands
/// still in either is started anew. Does nothing without systemd.
fn feed_watchdog(display: Display) -> slint::Timer {
    let timer = slint::Timer::default();
    let every = sd_notify::watchdog_enabled()
        .map_or(WATCHDOG_LONGEST, |limit| (limit / 3).min(WATCHDOG_LONGEST));
    let ready = std::cell::Cell::new(false);
    timer.start(slint::TimerMode::Repeated, every, move || {
        if display.last_shown().is_none_or(|at| at.elapsed() > SCENE_LATE) {
            return;
        }
        let mut states = vec![sd_notify::NotifyState::Watchdog];
        if !ready.replace(true) {
            states.insert(0, sd_notify::NotifyState::Ready);
        }
        if let Err(error) = sd_notify::notify(&states) {
            tracing::warn!(%error, "systemd could not be told that the kiosk is well");
        }
    });
    timer
}

/// The kiosk loop sends a view every second.
const SCENE_LATE: Duration = Duration::from_secs(5);
/// Longest wait for the first one; then the page is shown without words.
const FIRST_SCENE: Duration = Duration::from_secs(5);
const WATCHDOG_LONGEST: Duration = Duration::from_millis(500);

/// A part that panics ends the whole program, and systemd starts it anew: better than a kiosk that
/// receives and never delivers, or a screen that nobody serves.
fn abort_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        super::log::last_words(&panic.to_string());
        std::process::abort();
    }));
}
