//! `kuaiban reader`: a technician's view of the ID-card reader.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use kuaiban::config;
use kuaiban::devices::reader::{CardProblem, Probe, probe};
use kuaiban::domain::card::{CardText, ValidTo};
use serde_json::{Value, json};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Ask the reader at a port who it is, and read the card that lies on it
    ///
    /// Shows the whole card: use it with a card whose holder agrees. Exits 0 with or without a
    /// card, 1 when no reader answers.
    Probe(ProbeArgs),
}

#[derive(clap::Args)]
struct ProbeArgs {
    /// Serial port of the reader
    #[arg(long, value_name = "PATH")]
    port: PathBuf,
    /// Speed of the line in bits a second
    #[arg(long, default_value_t = 115_200, value_parser = clap::value_parser!(u32).range(1200..=921_600))]
    baud: u32,
    /// Seconds to wait for a card
    #[arg(long, default_value_t = 0, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=600))]
    wait: u64,
    /// One line of JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::Probe(args) = args.command;
    let config = config::Reader { port: args.port, baud: args.baud };
    let found = probe(&config, Duration::from_secs(args.wait))?;
    if args.json {
        writeln!(std::io::stdout(), "{}", as_json(&found))?;
    } else {
        write!(std::io::stdout(), "{}", as_text(&found))?;
    }
    if found.echo {
        eprintln!(
            "kuaiban: {}: the adapter sends back what it is sent; the reader works, but switch the \
             echo off or use another adapter",
            config.port.display()
        );
    }
    if let Some(problem) = found.problem {
        eprintln!("kuaiban: {}: {}", config.port.display(), sentence(problem));
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(probe: &Probe) -> Value {
    json!({
        "sam_id": probe.sam_id.to_string(),
        "card": probe.card.as_deref().map(card_as_json),
        "echo": probe.echo,
    })
}

fn card_as_json(card: &CardText) -> Value {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    json!({
        "kind": card.kind,
        "name": text(&card.name),
        "name_latin": text(&card.name_latin),
        "sex": card.sex,
        "ethnicity": card.ethnicity,
        "nationality": card.nationality,
        "birth": card.birth,
        "address": text(&card.address),
        "number": text(&card.number),
        "issuer": text(&card.issuer),
        "valid_from": card.valid_from,
        "valid_to": match card.valid_to {
            ValidTo::Until(date) => Some(date),
            ValidTo::LongTerm | ValidTo::Unreadable => None,
        },
        "number_check": card.number_check,
    })
}

/// One line a field, those that the card does not have left out.
fn as_text(probe: &Probe) -> String {
    let mut lines = format!("{:<14}{}\n", "SAM", probe.sam_id);
    let Some(card) = probe.card.as_deref() else {
        lines.push_str(&format!("{:<14}none\n", "card"));
        return lines;
    };
    let fields = card_as_json(card);
    for (label, key) in [
        ("card", "kind"),
        ("name", "name"),
        ("Latin name", "name_latin"),
        ("sex", "sex"),
        ("ethnicity", "ethnicity"),
        ("nationality", "nationality"),
        ("born", "birth"),
        ("address", "address"),
        ("number", "number"),
        ("issued by", "issuer"),
        ("valid from", "valid_from"),
    ] {
        if let Some(value) = fields[key].as_str() {
            lines.push_str(&format!("{label:<14}{value}\n"));
        }
    }
    let valid_to = match card.valid_to {
        ValidTo::Until(date) => date.to_string(),
        ValidTo::LongTerm => "long-term (长期)".to_owned(),
        ValidTo::Unreadable => "unreadable".to_owned(),
    };
    let check = if card.number_check { "the number obeys its check rule" } else { "MISMATCH" };
    lines + &format!("{:<14}{valid_to}\n{:<14}{check}\n", "valid to", "check")
}

fn sentence(problem: CardProblem) -> &'static str {
    match problem {
        CardProblem::WrongCard => "a card of another kind lies on the reader; lay an ID card",
        CardProblem::NotGenuine => {
            "card and reader do not accept each other; try another card, then another reader"
        }
        CardProblem::MovedAway => "the card was moved while it was read; lay it down again",
        CardProblem::StillThere => {
            "a card lies on the reader that was read already; lift it and lay it down again"
        }
        CardProblem::Unreadable => "the card could not be read; lift it and lay it down again",
    }
}
