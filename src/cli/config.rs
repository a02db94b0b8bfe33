//! `kuaiban config show`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use kuaiban::config::Config;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Show the whole configuration with every default
    Show {
        /// Configuration file; without it an example is shown
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// The smallest configuration that is whole: only what has no default.
const EXAMPLE: &str = r#"
[site]
kiosk = 1
[reader]
port = "/dev/kuaiban/reader"
[printer]
port = "/dev/kuaiban/printer"
[platform]
url = "https://hrss.example"
[store]
path = "/data/store/kuaiban.db"
[pack]
path = "/usr/share/kuaiban/site-packs/sample"
"#;

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Action::Show { config: path, json } = args.action;
    let config = match &path {
        Some(path) => Config::load(path)?,
        None => toml::from_str(EXAMPLE)?,
    };
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&config)?)?;
    } else {
        if path.is_none() {
            writeln!(out, "# An example; with --config FILE the configuration of that file.")?;
        }
        write!(out, "{}", toml::to_string_pretty(&config)?)?;
    }
    Ok(ExitCode::SUCCESS)
}
