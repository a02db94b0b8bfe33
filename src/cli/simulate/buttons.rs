//! `kuaiban simulate buttons`.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use kuaiban::domain::evaluation::Level;
use kuaiban::simulators::buttons::SimulatedPanel;

const HELP: &str = "\
press N          press key N (1 to 5, from 非常满意 to 非常不满意)
hold N SECONDS   hold key N down, in the background
unplug           pull the panel's cable
plug             put it in again
help             this text
quit             end; the end of standard input does not";

/// Longest line of standard input that is read.
const LINE_BYTES: u64 = 256;

#[derive(clap::Args)]
pub struct Args {
    /// Where to listen; without it, in a new folder for temporary files. The path is the first
    /// line of standard output, and goes into `buttons.socket` of the kiosk's configuration
    #[arg(long)]
    socket: Option<PathBuf>,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let place = args.socket.as_deref();
    let panel = SimulatedPanel::start(place).with_context(|| match place {
        Some(path) => format!("{}: cannot listen there", path.display()),
        None => "no socket can be made in the folder for temporary files".to_owned(),
    })?;
    say(&panel.path().display().to_string())?;
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut line = String::new();
    loop {
        line.clear();
        match (&mut input).take(LINE_BYTES).read_line(&mut line) {
            // Started without a terminal: goes on until it is killed.
            Ok(0) => std::thread::park(),
            Ok(_) => {
                let words: Vec<&str> = line.split_whitespace().collect();
                if words == ["quit"] {
                    return Ok(ExitCode::SUCCESS);
                }
                if let Err(error) = obey(&panel, &words) {
                    say(&format!("error: {error:#}"))?;
                }
            }
            Err(error) => return Err(error).context("standard input cannot be read"),
        }
    }
}

fn obey(panel: &SimulatedPanel, words: &[&str]) -> anyhow::Result<()> {
    match words {
        [] => return Ok(()),
        ["help"] => return say(HELP),
        ["press", key] => panel.press(level(key)?),
        ["hold", key, seconds] => {
            let level = level(key)?;
            let seconds = seconds
                .parse()
                .ok()
                .filter(|seconds| (0.0..=3600.0).contains(seconds))
                .with_context(|| {
                format!("\"{seconds}\" is not a time from 0 to 3600 seconds")
            })?;
            panel.hold_meanwhile(level, Duration::from_secs_f64(seconds))?;
        }
        ["unplug"] => panel.unplug(),
        ["plug"] => panel.plug().context("the socket cannot be made again")?,
        [word, ..] => anyhow::bail!("\"{word}\" is not understood; type help"),
    }
    say("ok")
}

fn level(key: &str) -> anyhow::Result<Level> {
    let number: Option<usize> = key.parse().ok();
    number
        .and_then(|number| Level::ALL.get(number.checked_sub(1)?).copied())
        .with_context(|| format!("\"{key}\" is not a key from 1 to 5"))
}

/// Each answer is one line and there at once, for scripts that read it.
fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}
