//! The figures of the README, measured on the release build: `make bench`.
//!
//! The kiosk runs as its own process (`kuaiban run --headless`), as it ships; the simulators run
//! here, outside the wire. Beside each time stand the instructions that callgrind counted, which do
//! not depend on the machine. Exits with failure when a budget is not met.

mod kiosk;
mod pack;
mod resting;
mod screen;
mod start;
mod store;
mod visits;

use std::process::ExitCode;
use std::time::Duration;

/// One row of the table.
struct Figure {
    what: &'static str,
    budget: &'static str,
    measured: String,
    met: bool,
    /// The command that measures it alone.
    how: &'static str,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let only = match arguments.next().as_deref() {
        // `cargo test --benches` calls this, too; there is nothing to test here.
        Some("--test") => return ExitCode::SUCCESS,
        // This program again, under callgrind.
        Some(store::SUBMIT_ONLY) => return store::submit_only(arguments),
        only => only.map(str::to_owned),
    };
    type Measure = fn() -> anyhow::Result<Vec<Figure>>;
    let measures: [(&str, Measure); 10] = [
        ("start", start::start),
        ("rows", start::with_much),
        ("load", pack::load),
        ("touch", screen::touch),
        ("redraw", screen::redraw),
        ("card", screen::card),
        ("submit", store::submit),
        ("disk", store::written),
        ("memory", resting::memory),
        ("idle", resting::idle),
    ];
    let mut figures = Vec::new();
    let mut failed = false;
    for (name, measure) in measures {
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        eprintln!("measuring {name} …");
        match measure() {
            Ok(found) => figures.extend(found),
            Err(error) => {
                eprintln!("{name}: {error:#}");
                failed = true;
            }
        }
    }
    println!("| What | Budget | Measured | | Command |\n|---|---|---|---|---|");
    for Figure { what, budget, measured, met, how } in &figures {
        let met = if *met { "✓" } else { "✗ missed" };
        println!("| {what} | {budget} | {measured} | {met} | `{how}` |");
    }
    if !failed && figures.iter().all(|figure| figure.met) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent).div_ceil(100).saturating_sub(1)]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Millions, for the table; a word where nothing counts here.
fn millions(instructions: Option<u64>) -> String {
    match instructions {
        Some(instructions) => format!("{:.1} million instructions", instructions as f64 / 1e6),
        None => "instructions not counted: no valgrind".to_owned(),
    }
}
