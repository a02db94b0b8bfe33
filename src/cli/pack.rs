//! `kuaiban pack`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use kuaiban::clock;
use kuaiban::domain::pack::Standing;
use kuaiban::pack::{self, Checked, PackFault};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Check a site pack and name every fault with file, line and column
    ///
    /// Exits with 0 if the pack can be used and with 1 if it cannot.
    Check {
        /// Folder of the site pack
        folder: PathBuf,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of a file of a pack
    ///
    /// An editor that knows JSON Schema completes names and marks faults with it while one writes.
    Schema {
        /// Which file: pack.toml, or one of items/ or calendars/
        #[arg(value_enum)]
        file: SchemaOf,
    },
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum SchemaOf {
    Pack,
    Item,
    Calendar,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Check { folder, json } => check(folder, json),
        Command::Schema { file } => {
            let schema = match file {
                SchemaOf::Pack => pack::pack_schema(),
                SchemaOf::Item => pack::item_schema(),
                SchemaOf::Calendar => pack::calendar_schema(),
            };
            writeln!(std::io::stdout().lock(), "{schema:#}")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(folder: PathBuf, json: bool) -> anyhow::Result<ExitCode> {
    // Whoever checks a pack sits at a computer whose clock is right.
    let today = clock::local(Timestamp::now()).date();
    let Checked { pack, warnings } = pack::check(&folder, Some(today));
    let mut out = std::io::stdout().lock();
    if json {
        let faults = pack.as_ref().err().map_or(&[][..], |errors| &errors.faults);
        let faults: Vec<_> = faults.iter().map(as_json).collect();
        let warnings: Vec<_> = warnings.iter().map(as_json).collect();
        let valid = pack.is_ok();
        writeln!(out, "{}", json!({"valid": valid, "faults": faults, "warnings": warnings}))?;
    } else {
        for warning in &warnings {
            writeln!(out, "{warning} (no fault)")?;
        }
        match &pack {
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
    Ok(if pack.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_json(fault: &PackFault) -> Value {
    json!({
        "file": fault.file,
        "line": fault.place.map(|place| place.line),
        "column": fault.place.map(|place| place.column),
        "problem": fault.problem,
    })
}
