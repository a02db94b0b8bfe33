//! Rows of the store as a table or as JSON: what a command prints that only looks.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use kuaiban::config::Config;
use kuaiban::slip::typeset::width;
use kuaiban::store::{Found, StoreViewer};
use serde_json::json;

#[derive(clap::Args)]
pub struct Options {
    /// The kiosk's configuration file
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// One array of objects
    #[arg(long)]
    pub json: bool,
}

/// What a command prints of each of its rows.
pub struct Listing<T, const N: usize> {
    /// Said of an empty list, with the path of the database behind it.
    pub nothing: &'static str,
    pub head: [&'static str; N],
    pub cells: fn(&T) -> [String; N],
    pub object: fn(&T) -> serde_json::Value,
}

/// Prints what a store holds, also beside a running kiosk.
pub fn print<T, const N: usize>(
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
pub fn name(value: &impl serde::Serialize) -> String {
    json!(value).as_str().unwrap_or_default().replace('_', " ")
}

/// `~`: the clock was not known to be right.
pub fn when(at: jiff::Timestamp, trusted: bool) -> String {
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
