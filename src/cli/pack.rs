//! `kuaiban pack check`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use kuaiban::domain::pack::Standing;
use kuaiban::pack;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Check a site pack and name every fault with file and line
    ///
    /// Exits with 0 if the pack can be used and with 1 if it cannot.
    Check {
        /// Folder of the site pack
        folder: PathBuf,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::Check { folder, json } = args.command;
    let outcome = pack::load(&folder);
    let mut out = std::io::stdout().lock();
    if json {
        let faults: Vec<_> = outcome
            .as_ref()
            .err()
            .into_iter()
            .flat_map(|errors| &errors.faults)
            .map(|fault| {
                json!({
                    "file": fault.file,
                    "line": fault.place.map(|place| place.line),
                    "column": fault.place.map(|place| place.column),
                    "problem": fault.problem,
                })
            })
            .collect();
        writeln!(out, "{}", json!({"valid": outcome.is_ok(), "faults": faults}))?;
    } else {
        match &outcome {
            Ok(pack) => {
                let standing = match pack.standing {
                    Standing::Sample => "sample",
                    Standing::Official => "official",
                };
                let items = pack.items.len();
                let (version, folder) = (&pack.version, folder.display());
                writeln!(out, "{folder}: version {version}, {standing}, {items} items, no fault")?;
            }
            Err(errors) => writeln!(out, "{errors}")?,
        }
    }
    Ok(if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
