//! `kuaiban doctor`: is this kiosk well, and what is to be done.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use kuaiban::config::Config;
use kuaiban::say::{self, Lang};
use kuaiban::technician::doctor::{self, Check, Verdict};

#[derive(clap::Args)]
pub struct Args {
    /// Configuration file of this kiosk
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config)?;
    let mut told = Ok(());
    let checks = doctor::examine(&config, |check| {
        if !args.json && told.is_ok() {
            told = print(check);
        }
    });
    told?;
    let ready = doctor::ready(&checks);
    if args.json {
        let report = serde_json::json!({ "ready": ready, "checks": checks });
        writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        let verdict = if ready { say::DOCTOR_READY } else { say::DOCTOR_NOT_READY };
        writeln!(io::stdout(), "\n{} · {}", verdict.text(Lang::Zh), verdict.text(Lang::En))?;
    }
    Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(check: &Check) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let (mark, verdict) = match check.verdict {
        Verdict::Good => ("✓", say::DOCTOR_GOOD),
        Verdict::Warning => ("!", say::DOCTOR_WARNING),
        Verdict::Bad => ("✗", say::DOCTOR_BAD),
    };
    let name = check.part.name();
    writeln!(out, "{mark} {} {} · {} {}", name.zh, verdict.zh, name.en, verdict.en)?;
    writeln!(out, "    {}", check.detail.replace('\n', "\n    "))?;
    if let Some(remedy) = &check.remedy {
        writeln!(out, "    → {} · {}", remedy.0.zh, remedy.0.en)?;
    }
    Ok(())
}
