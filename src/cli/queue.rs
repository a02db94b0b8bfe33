//! `kuaiban queue`: what waits in the store for somebody, also beside a running kiosk.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use kuaiban::config::Config;
use kuaiban::slip::typeset::width;
use kuaiban::store::{Found, KeptEvaluation, QueueRow, StoreViewer};
use serde_json::json;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Cases that the platform has not finished, oldest first; no personal data
    List(Options),
    /// Bad evaluations without a reason, kept for following up (回访) and not sent, oldest first
    ///
    /// The bureau that follows one up finds the person by the case number in its own books; no
    /// personal data stands here.
    FollowUp(Options),
}

#[derive(clap::Args)]
struct Options {
    /// The kiosk's configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// One array of objects
    #[arg(long)]
    json: bool,
}

/// What a command prints of each of its rows.
struct Listing<T, const N: usize> {
    /// Said of an empty list, with the path of the database behind it.
    nothing: &'static str,
    head: [&'static str; N],
    cells: fn(&T) -> [String; N],
    object: fn(&T) -> serde_json::Value,
}

const CASES: Listing<QueueRow, 6> = Listing {
    nothing: "No case waits in",
    head: ["case number", "status", "received at", "attempts", "item", "last error"],
    cells: |row| {
        [
            row.number.to_string(),
            name(&row.status),
            when(row.received_at, row.clock_trusted),
            row.attempts.to_string(),
            row.item.clone(),
            match &row.held {
                Some(held) => format!("held: {}", held.code),
                None => row.last_error.clone().unwrap_or_default(),
            },
        ]
    },
    object: |row| {
        json!({
            "case_number": row.number,
            "item": row.item,
            "status": row.status,
            "received_at": row.received_at,
            "clock_trusted": row.clock_trusted,
            "attempts": row.attempts,
            "last_error": row.last_error,
            "held": row.held.as_ref().map(|held| &held.code),
        })
    },
};

const EVALUATIONS: Listing<KeptEvaluation, 4> = Listing {
    nothing: "No evaluation is to be followed up in",
    head: ["pressed at", "level", "item", "case number"],
    cells: |row| {
        [
            when(row.pressed_at, row.clock_trusted),
            name(&row.level),
            row.item.clone(),
            row.case.as_ref().map(ToString::to_string).unwrap_or_default(),
        ]
    },
    object: |row| {
        json!({
            "pressed_at": row.pressed_at,
            "clock_trusted": row.clock_trusted,
            "level": row.level,
            "item": row.item,
            "case_number": row.case,
        })
    },
};

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::List(options) => print(&options, &CASES, |store| Ok(store.queue()?)),
        Command::FollowUp(options) => {
            print(&options, &EVALUATIONS, |store| Ok(store.kept_evaluations()?))
        }
    }
}

fn print<T, const N: usize>(
    options: &Options,
    listing: &Listing<T, N>,
    read: impl Fn(&StoreViewer) -> anyhow::Result<Found<T>>,
) -> anyhow::Result<ExitCode> {
    let config = Config::load(&options.config)?;
    let path = &config.store.path;
    if !path.parent().is_some_and(|folder| folder.is_dir()) {
        bail!("{}: no such folder; check [store] path", path.display());
    }
    let Found { rows, unreadable } = read(&StoreViewer::open(&config.store)?)?;
    if !path.exists() {
        eprintln!("{}: no kiosk has made this database yet", path.display());
    }
    if unreadable > 0 {
        eprintln!("{}: {unreadable} more that cannot be read; run kuaiban doctor", path.display());
    }
    let text = if options.json {
        let objects: Vec<_> = rows.iter().map(listing.object).collect();
        serde_json::to_string_pretty(&objects)?
    } else if rows.is_empty() {
        format!("{} {}.", listing.nothing, path.display())
    } else {
        table(listing.head, rows.iter().map(listing.cells))
    };
    writeln!(std::io::stdout(), "{text}").context("standard output")?;
    Ok(ExitCode::SUCCESS)
}

/// How a plain enum is called in the database and in JSON.
fn name(value: &impl serde::Serialize) -> String {
    json!(value).as_str().unwrap_or_default().replace('_', " ")
}

/// `~`: the clock was not known to be right.
fn when(at: jiff::Timestamp, trusted: bool) -> String {
    format!("{}{at:.0}", if trusted { "" } else { "~" })
}

fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let lines: Vec<_> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let widths: [usize; N] =
        std::array::from_fn(|column| lines.iter().map(|l| width(&l[column])).max().unwrap_or(0));
    let padded = lines.iter().map(|line| {
        let cells: Vec<_> = (line.iter().zip(widths))
            .map(|(cell, wide)| format!("{cell}{}", " ".repeat(wide - width(cell))))
            .collect();
        cells.join("  ").trim_end().to_owned()
    });
    padded.collect::<Vec<_>>().join("\n")
}
