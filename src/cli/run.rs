//! `kuaiban run`: the kiosk.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use kuaiban::config::{self, Config};
use kuaiban::kiosk::on_screen::OnScreen;
use kuaiban::kiosk::{Origin, Ticks, Vitals};
use kuaiban::screen::window::Display;
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
    /// With --headless: the seconds of the kiosk pass by the command `second`, and not by themselves
    #[cfg(feature = "demo")]
    #[arg(long, requires = "headless")]
    held: bool,
}

/// Fails only without a display. Whatever else is wrong stands on the screen as *out of service*,
/// and is tried again.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    super::log::abort_on_panic();
    let screen = screen_of(&args.config);
    let origin = Origin::File(args.config);
    #[cfg(feature = "demo")]
    if args.headless {
        return super::stage::run(origin, screen.short_side_mm, args.held);
    }
    let ended = || drop(slint::quit_event_loop());
    let (window, kiosk) =
        OnScreen::with_kiosk(screen.short_side_mm, origin, Ticks::of_the_clock(), ended).context(
            "the screen cannot be opened; on a desktop set DISPLAY, on the appliance connect a \
             panel",
        )?;
    window.screen().window().window().set_fullscreen(true);
    window.show_first(FIRST_SCENE);
    let _watchdog = feed_watchdog(window.display().clone(), kiosk.vitals().clone());
    window.screen().window().run()?;
    kiosk.stop()?;
    Ok(ExitCode::SUCCESS)
}

/// The window needs one number of the file. That the file is faulty, or its disk hangs, the kiosk
/// finds by itself, and says so in the window.
fn screen_of(file: &Path) -> config::Screen {
    let (told, screen) = std::sync::mpsc::sync_channel(1);
    let file = file.to_owned();
    let look = move || {
        let screen = Config::load(&file).map(|config| config.screen);
        let _ = told.send(screen.unwrap_or_default());
    };
    if std::thread::Builder::new().name("first-look".into()).spawn(look).is_err() {
        return config::Screen::default();
    }
    screen.recv_timeout(FIRST_LOOK).unwrap_or_default()
}

/// Tells systemd that the first view stands on the screen, and from then on feeds its watchdog
/// from the screen's own loop, as long as views come and every part behind them makes progress: a
/// kiosk that stands still anywhere is started anew. Does nothing without systemd.
fn feed_watchdog(display: Display, vitals: Vitals) -> slint::Timer {
    let timer = slint::Timer::default();
    let every = sd_notify::watchdog_enabled()
        .map_or(WATCHDOG_LONGEST, |limit| (limit / 3).min(WATCHDOG_LONGEST));
    let (ready, told) = (std::cell::Cell::new(false), std::cell::Cell::new(""));
    timer.start(slint::TimerMode::Repeated, every, move || {
        if let Some((part, age)) = vitals.late() {
            if told.replace(part) != part {
                tracing::error!(part, ?age, "no progress: the watchdog is not fed any more");
            }
            return;
        }
        told.set("");
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
/// Longest wait for the configuration before the window comes without it.
const FIRST_LOOK: Duration = Duration::from_millis(500);
/// Longest wait for the first one; then the page is shown without words.
const FIRST_SCENE: Duration = Duration::from_secs(5);
const WATCHDOG_LONGEST: Duration = Duration::from_millis(500);
