//! `kuaiban deadline`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use jiff::civil::{Date, DateTime};
use serde_json::json;

use kuaiban::domain::calendar::Calendar;
use kuaiban::domain::deadline::{self, Counted, Deadline, Limit, Pause, Unit};
use kuaiban::pack;
use kuaiban::say::{self, Sentence};
use kuaiban::testkit::packs;

/// When something is due, and why then
///
/// The day of acceptance is not counted. Working days are counted by the calendar of a site pack, with
/// its holidays and the weekends that are worked; calendar days one after the other, and a last day
/// that nobody works moves to the next working day. A year without a calendar makes the day
/// provisional.
#[derive(clap::Args)]
pub struct Args {
    /// Day of acceptance (2026-11-20), with the time where the limit has minutes (2026-11-20T16:50)
    #[arg(long)]
    from: DateTime,
    /// 5wd (working days), 60cd (calendar days) or 30min
    #[arg(long)]
    limit: Limit,
    /// Days of a special procedure, which are not counted: FIRST..LAST, as often as there are some
    #[arg(long, value_name = "DAYS", value_parser = days)]
    pause: Vec<Pause>,
    /// Folder of the site pack whose calendars count; without it the sample's
    #[arg(long)]
    pack: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// `2026-11-23..2026-11-27`
fn days(text: &str) -> Result<Pause, String> {
    let day = |text: &str| text.parse::<Date>().map_err(|_| format!("{text:?} is no day"));
    let (from, to) = text.split_once("..").ok_or("two days are needed: FIRST..LAST")?;
    let pause = Pause { from: day(from)?, to: day(to)? };
    if pause.to < pause.from {
        return Err(format!("{} is before {}", pause.to, pause.from));
    }
    Ok(pause)
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { from, limit, pause, pack, json } = args;
    if limit.unit() == Unit::Minutes && from == from.date().to_datetime(jiff::civil::Time::MIN) {
        anyhow::bail!(
            "--from {}: a limit of minutes needs the time, too: {}T16:50",
            from.date(),
            from.date()
        );
    }
    let folder = match pack {
        Some(folder) => folder,
        None => packs::sample_folder().context("no sample pack is installed; name one: --pack")?,
    };
    let pack = pack::load(&folder)?;
    let deadline = deadline::deadline(from, limit, &pause, &pack.calendar)
        .with_context(|| format!("--from {from}: nobody can count so far"))?;
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", as_json(&deadline, limit))?;
    } else {
        for line in lines(&deadline, limit, &pack.calendar) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn due(deadline: &Deadline<'_>, limit: Limit) -> String {
    match limit.unit() {
        Unit::Minutes => deadline.due.strftime("%Y-%m-%dT%H:%M").to_string(),
        Unit::WorkingDays | Unit::CalendarDays => deadline.due.date().to_string(),
    }
}

fn as_json(deadline: &Deadline<'_>, limit: Limit) -> serde_json::Value {
    let why: Vec<_> = deadline
        .why
        .iter()
        .map(|Counted { date, counts, reason }| {
            let words = reason.words();
            json!({ "date": date, "counts": counts, "reason": words.zh, "reason_en": words.en })
        })
        .collect();
    json!({ "due": due(deadline, limit), "provisional": deadline.provisional, "why": why })
}

fn both(sentence: Sentence, name: &str, value: &str) -> String {
    let fill = |lang| sentence.fill(lang, &[(name, value)]);
    format!("{} · {}", fill(say::Lang::Zh), fill(say::Lang::En))
}

/// A line a day, the answer first.
fn lines(deadline: &Deadline<'_>, limit: Limit, calendar: &Calendar) -> Vec<String> {
    let mut lines = vec![both(say::DEADLINE_DUE, "due", &due(deadline, limit))];
    if deadline.provisional {
        let days = deadline.why.iter().map(|counted| counted.date);
        let mut years: Vec<i16> =
            days.filter(|date| !calendar.knows(*date)).map(Date::year).collect();
        years.dedup();
        let years: Vec<String> = years.iter().map(ToString::to_string).collect();
        lines.push(both(say::DEADLINE_PROVISIONAL, "years", &years.join("、")));
    }
    let mut number = 0;
    lines.extend(deadline.why.iter().map(|Counted { date, counts, reason }| {
        let words = reason.words();
        number += u32::from(*counts);
        let place = if *counts { number.to_string() } else { "-".to_owned() };
        format!("{date}  {place:>4}  {} · {}", words.zh, words.en)
    }));
    lines
}
