//! `kuaiban identity check`: one verdict a line, for technicians and scripts. The numbers are
//! echoed on standard output because that is what the command is for; nothing is logged.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::ExitCode;

use anyhow::Context;
use jiff::civil::Date;
use serde::Serialize;

use kuaiban::clock;
use kuaiban::domain::card::Sex;
use kuaiban::domain::identity::{self, Reason};

/// Longest line that is read whole; of a longer one the rest is skipped. No number is longer
/// than 18 characters.
const LINE_BYTES: u64 = 256;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Check numbers by GB 11643: length, characters, region, date, check character
    ///
    /// Exits with 0 if every number is valid and with 1 if any is not. A lower-case x counts as X.
    Check(Check),
}

#[derive(clap::Args)]
struct Check {
    /// Numbers; without any, they are read from standard input, one a line
    numbers: Vec<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// What `--json` says of a number.
#[derive(Serialize)]
struct Verdict<'a> {
    number: &'a str,
    valid: bool,
    reason: Option<Reason>,
    sex: Option<Sex>,
    birth: Option<Date>,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::Check(Check { numbers, json }) = args.command;
    let today = clock::local(jiff::Timestamp::now()).date();
    let mut out = std::io::stdout().lock();
    let mut all_valid = true;
    let mut report = |number: &str| -> anyhow::Result<()> {
        let verdict = verdict(number, today);
        all_valid &= verdict.valid;
        if json {
            serde_json::to_writer(&mut out, &verdict)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", sentence(&verdict))?;
        }
        Ok(())
    };
    if numbers.is_empty() {
        for_each_line(std::io::stdin().lock(), &mut report)?;
    } else {
        numbers.iter().try_for_each(|number| report(number))?;
    }
    Ok(if all_valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn verdict(number: &str, today: Date) -> Verdict<'_> {
    match identity::check(number, today) {
        Ok(holder) => Verdict {
            number,
            valid: true,
            reason: None,
            sex: Some(holder.sex()),
            birth: Some(holder.birth()),
        },
        Err(reason) => {
            Verdict { number, valid: false, reason: Some(reason), sex: None, birth: None }
        }
    }
}

fn sentence(verdict: &Verdict<'_>) -> String {
    let number = verdict.number.escape_debug();
    match (verdict.reason, verdict.sex, verdict.birth) {
        (Some(reason), _, _) => format!("{number}: invalid: {reason}"),
        (None, Some(Sex::Male), Some(birth)) => format!("{number}: valid, male, born {birth}"),
        (None, _, Some(birth)) => format!("{number}: valid, female, born {birth}"),
        (None, _, None) => format!("{number}: valid"),
    }
}

/// Gives every line that is not blank, without the white space around it. What is not UTF-8 is
/// replaced, what is too long is cut off: both are wrong numbers, not errors.
fn for_each_line(
    input: impl Read,
    report: &mut impl FnMut(&str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    let mut is_first = true;
    loop {
        line.clear();
        let read = (&mut input)
            .take(LINE_BYTES)
            .read_until(b'\n', &mut line)
            .context("standard input cannot be read")?;
        if read == 0 {
            return Ok(());
        }
        if line.last() != Some(&b'\n') {
            input.skip_until(b'\n').context("standard input cannot be read")?;
        }
        let text = String::from_utf8_lossy(&line);
        // Editors on Windows begin a file with a byte-order mark.
        let text = if is_first { text.trim_start_matches('\u{feff}') } else { &text };
        is_first = false;
        if !text.trim().is_empty() {
            report(text.trim())?;
        }
    }
}
