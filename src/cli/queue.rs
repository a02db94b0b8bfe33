//! `kuaiban queue`: what waits in the store for somebody, also beside a running kiosk.

use std::process::ExitCode;

use kuaiban::store::{KeptEvaluation, QueueRow};
use serde_json::json;

use super::rows::{Listing, Options, name, print, when};

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
