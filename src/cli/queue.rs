//! `kuaiban queue list`: the cases that wait, also beside a running kiosk.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use kuaiban::config::Config;
use kuaiban::store::{QueueRow, StoreViewer};
use serde_json::json;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Cases that the platform has not finished, oldest first; no personal data
    List {
        /// The kiosk's configuration file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// One array of objects
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::List { config, json } = args.command;
    let config = Config::load(&config)?;
    let path = &config.store.path;
    if !path.parent().is_some_and(|folder| folder.is_dir()) {
        bail!("{}: no such folder; check [store] path", path.display());
    }
    let found = StoreViewer::open(&config.store)?.queue()?;
    if !path.exists() {
        eprintln!("{}: no kiosk has made this database yet", path.display());
    }
    if found.unreadable > 0 {
        let rows = found.unreadable;
        eprintln!("{}: {rows} more that cannot be read; run kuaiban doctor", path.display());
    }
    let rows = found.rows;
    let text = if json {
        let objects: Vec<_> = rows.iter().map(object).collect();
        serde_json::to_string_pretty(&objects)?
    } else if rows.is_empty() {
        format!("No case waits in {}.", config.store.path.display())
    } else {
        table(&rows)
    };
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{text}").context("standard output")?;
    Ok(ExitCode::SUCCESS)
}

fn object(row: &QueueRow) -> serde_json::Value {
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
}

fn table(rows: &[QueueRow]) -> String {
    let head = ["case number", "status", "received at", "attempts", "item", "last error"];
    let mut lines = vec![head.map(str::to_owned)];
    for row in rows {
        // `~`: the clock was not known to be right.
        let doubt = if row.clock_trusted { "" } else { "~" };
        lines.push([
            row.number.to_string(),
            format!("{:?}", row.status).to_lowercase(),
            format!("{doubt}{:.0}", row.received_at),
            row.attempts.to_string(),
            row.item.clone(),
            match &row.held {
                Some(held) => format!("held: {}", held.code),
                None => row.last_error.clone().unwrap_or_default(),
            },
        ]);
    }
    let width = |column: usize| lines.iter().map(|l| l[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    let padded = lines.iter().map(|line| {
        let cells: Vec<_> =
            line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    });
    padded.collect::<Vec<_>>().join("\n")
}
