//! `kuaiban demo`: the real kiosk with simulated reader, printer, panel and platform in one
//! process. The kiosk is the one that ships: it opens PTYs, a socket and HTTP like any other.

mod dock;
mod journeys;
mod record;
mod steps;
mod walk;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use slint::PhysicalSize;

use kuaiban::simulators::stand::{Stand, StandOptions};

/// What the demonstration offers: the full breadth.
const PACK: &str = "national";

#[derive(clap::Args)]
pub struct Args {
    /// Walk through the journeys by itself, rendered into pictures, without a display
    #[arg(long)]
    headless: bool,
    /// Where to leave screens, slips, database and summary.json
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Height of the kiosk's window in pixels; the width follows
    #[arg(long, value_name = "PIXELS", default_value_t = 960)]
    height: u32,
    /// Pixels of the panel on which it walks by itself, from 480 to 3840 each way
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1080x1920", value_parser = panel)]
    panel: PhysicalSize,
    /// Walk only through journeys whose name contains this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Walk through the journeys of a file instead, written like the steps.json of an earlier walk:
    /// { "name": [ { "touch": "start" }, { "see": "home.png", "page": "home" }, … ] }
    #[arg(long, value_name = "FILE")]
    steps: Option<PathBuf>,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let headless = args.headless || args.steps.is_some() || !display;
    let out = match args.out {
        Some(dir) => dir,
        None if headless => PathBuf::from("kuaiban-demo"),
        None => std::env::temp_dir().join(format!("kuaiban-demo-{}", std::process::id())),
    };
    std::fs::create_dir_all(&out)
        .with_context(|| format!("{}: cannot be made; give another --out", out.display()))?;
    if headless {
        if !args.headless && args.steps.is_none() {
            say("no display: walking through the journeys by itself");
        }
        // Nobody waits for paper that nobody takes.
        let quick = StandOptions {
            complete_after: Duration::from_millis(800),
            printer_mm_s: 1000.0,
            pack: PACK,
        };
        let stand = Stand::set_up(&out, quick)?;
        let which = record::Which { only: args.only.as_deref(), steps: args.steps.as_deref() };
        record::walk(stand, &out, which, args.panel)
    } else {
        let stand = Stand::set_up(&out, StandOptions { pack: PACK, ..StandOptions::default() })?;
        dock::open(stand, args.height.clamp(480, 1920))
    }
}

fn panel(text: &str) -> Result<PhysicalSize, String> {
    let side = |text: &str| text.parse().ok().filter(|side| (480..=3840).contains(side));
    text.split_once('x')
        .and_then(|(width, height)| {
            Some(PhysicalSize { width: side(width)?, height: side(height)? })
        })
        .ok_or_else(|| "width and height in pixels are needed, like 1080x1920".to_owned())
}

/// A line for whoever watches; nobody has to, and the files tell it all.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
