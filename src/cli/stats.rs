//! `kuaiban stats`: what the kiosk has counted, nobody's, also beside a running kiosk.

use std::process::ExitCode;

use kuaiban::store::PolicyCount;
use serde_json::json;

use super::rows::{Listing, Options, print};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// How often each policy was opened and printed, a day (四进两知); no persons
    Policies(Options),
}

const POLICIES: Listing<PolicyCount, 5> = Listing {
    nothing: "No policy was shown, by",
    head: ["day", "policy", "pack", "shown", "printed"],
    cells: |row| {
        [
            // `~`: on that day or before, by a clock that nobody had set.
            match row.day {
                Some(day) => format!("{}{day}", if row.certain { "" } else { "~" }),
                None => "~".to_owned(),
            },
            row.policy.clone(),
            row.pack_version.clone(),
            row.shown.to_string(),
            row.printed.to_string(),
        ]
    },
    object: |row| {
        json!({
            "day": row.day,
            "certain": row.certain,
            "policy": row.policy,
            "pack_version": row.pack_version,
            "shown": row.shown,
            "printed": row.printed,
        })
    },
};

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Policies(options) => {
            print(&options, &POLICIES, |store| Ok(store.policy_counts()?))
        }
    }
}
