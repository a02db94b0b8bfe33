//! `kuaiban printer`: a technician's view of one printer.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use clap::Subcommand;
use kuaiban::config::{self, Answers, Charset, Paper};
use kuaiban::devices::link::Link;
use kuaiban::devices::printer::{
    self, Grade, Job, LastSlip, PrintOutcome, PrinterEvent, Probe, WhyUnknown,
};
use kuaiban::devices::state::DeviceState;
use kuaiban::say::{Lang, Sentence};
use kuaiban::slip::layout::layout;
use kuaiban::slip::slips;

/// The driver bounds every job itself; this is for a driver that does not.
const LONGEST: Duration = Duration::from_secs(90);

const UNREADABLE: &str = "unreadable answers; check speed (--baud) and cable";

/// Width of the paper roll, as in the configuration.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
pub enum PaperArg {
    #[default]
    #[value(name = "80mm")]
    Mm80,
    #[value(name = "58mm")]
    Mm58,
}

impl From<PaperArg> for Paper {
    fn from(paper: PaperArg) -> Paper {
        match paper {
            PaperArg::Mm80 => Paper::Mm80,
            PaperArg::Mm58 => Paper::Mm58,
        }
    }
}

/// What the printer's own Chinese font holds, as in the configuration.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum CharsetArg {
    #[default]
    Gbk,
    Gb18030,
    None,
}

/// What the printer sends back, as in the configuration.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum AnswersArg {
    #[default]
    Status,
    None,
}

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Ask the printer how it is and what it can do; prints nothing. Exit code 0: the printer
    /// answered, whatever its state; 1: no readable answer, or the port cannot be used
    Probe(ProbeArgs),
    /// Print a test slip. Exit code 0: printed; 1: not printed; 3: unknown, look at the paper
    Test(TestArgs),
}

#[derive(clap::Args)]
struct Line {
    /// Serial port of the printer
    #[arg(long, value_name = "PORT")]
    port: PathBuf,
    #[arg(long, default_value_t = 115_200, value_parser = clap::value_parser!(u32).range(1200..=921_600))]
    baud: u32,
    /// Milliseconds that the printer has for an answer, as in the configuration
    #[arg(long, default_value_t = config::ANSWER_MS, value_parser = clap::value_parser!(u64).range(200..=10_000))]
    answer_ms: u64,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct ProbeArgs {
    #[command(flatten)]
    line: Line,
}

#[derive(clap::Args)]
struct TestArgs {
    #[command(flatten)]
    line: Line,
    /// Width of the paper roll
    #[arg(long, value_enum, default_value_t)]
    paper: PaperArg,
    /// What the printer's own Chinese font holds
    #[arg(long, value_enum, default_value_t)]
    charset: CharsetArg,
    /// What the printer sends back; none: its return line is not connected
    #[arg(long, value_enum, default_value_t)]
    answers: AnswersArg,
}

impl Line {
    fn config(&self, paper: Paper, charset: Charset, answers: Answers) -> config::Printer {
        config::Printer {
            port: self.port.clone(),
            baud: self.baud,
            paper,
            charset,
            fonts: Vec::new(),
            answers,
            answer_ms: self.answer_ms,
        }
    }
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Probe(args) => probe(&args),
        Command::Test(args) => test(&args),
    }
}

fn probe(args: &ProbeArgs) -> anyhow::Result<ExitCode> {
    let found = printer::probe(&args.line.config(Paper::Mm80, Charset::Gbk, Answers::Status))?;
    if args.line.json {
        writeln!(io::stdout(), "{}", serde_json::to_string(&found)?)?;
    } else {
        describe(&found)?;
    }
    let silent = found.acknowledgement == Grade::E;
    Ok(if silent { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn describe(found: &Probe) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "port             {}", found.port.display())?;
    writeln!(
        out,
        "state            {}",
        if found.unreadable { UNREADABLE.to_owned() } else { state_text(&found.state) }
    )?;
    let bytes = found.status_bytes.map(|byte| match byte {
        Some(byte) => format!("{byte:02x}"),
        None => "--".to_owned(),
    });
    writeln!(out, "status bytes     {} (DLE EOT 1 to 4)", bytes.join(" "))?;
    writeln!(
        out,
        "says it is       {}",
        match found.identity.join(", ") {
            text if text.is_empty() => "nothing".to_owned(),
            text => text,
        }
    )?;
    writeln!(out, "reports changes  {}", if found.automatic { "yes" } else { "no" })?;
    writeln!(
        out,
        "acknowledgement  {}",
        match found.acknowledgement {
            Grade::A => "A: confirms every slip after the cut",
            Grade::B => "B: confirms that it has read the slip",
            Grade::C if found.state.usable() => {
                "C: none; the outcome of every slip will be \"unknown\", use another printer"
            }
            Grade::C => "not asked while the printer does not work; mend it and ask again",
            Grade::E if found.unreadable => "E: unreadable answers; check speed (--baud) and cable",
            Grade::E => {
                "E: answers nothing; check power, cable (crossed?) and speed (--baud); if its return \
                 line is not connected, set [printer] answers = \"none\""
            }
        }
    )
}

fn test(args: &TestArgs) -> anyhow::Result<ExitCode> {
    let charset = match args.charset {
        CharsetArg::Gbk => Charset::Gbk,
        CharsetArg::Gb18030 => Charset::Gb18030,
        CharsetArg::None => Charset::None,
    };
    let answers = match args.answers {
        AnswersArg::Status => Answers::Status,
        AnswersArg::None => Answers::None,
    };
    let config = args.line.config(args.paper.into(), charset, answers);
    // The driver would wait for a port that is not there; here the reason is wanted, once.
    Link::new(&config.port, config.baud).open()?;
    let (events, received) = sync_channel(64);
    let printer =
        printer::spawn(&config, LastSlip::Unknown, move |event| drop(events.send(event)))?;
    printer.print(Job { id: 1, lines: layout(&slips::test(Lang::Zh), config.paper) })?;
    let mut state = DeviceState::Starting;
    let outcome = loop {
        match received.recv_timeout(LONGEST) {
            Ok(PrinterEvent::State(change)) => state = change.state,
            Ok(PrinterEvent::Progress { .. }) => {}
            Ok(PrinterEvent::Finished { outcome, .. }) => break outcome,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                break PrintOutcome::Unknown(WhyUnknown::TimedOut);
            }
        }
    };
    let (code, sentence) = match outcome {
        PrintOutcome::Printed => (0, "printed: the printer confirmed the slip".to_owned()),
        PrintOutcome::NotPrinted(fault) => {
            let state = if state == DeviceState::Absent {
                state.clone()
            } else {
                DeviceState::Failed(fault)
            };
            (1, format!("not printed, nothing was sent: {}", state_text(&state)))
        }
        PrintOutcome::Unknown(why) => (3, format!("unknown, look at the paper: {}", why_text(why))),
    };
    if args.line.json {
        let json = serde_json::json!({ "outcome": outcome, "state": state, "text": sentence });
        writeln!(io::stdout(), "{json}")?;
    } else {
        writeln!(io::stdout(), "{}: {sentence}", args.line.port.display())?;
    }
    Ok(ExitCode::from(code))
}

/// The state in both languages, and what to do about it.
fn state_text(state: &DeviceState) -> String {
    let both = |sentence: Sentence| format!("{} · {}", sentence.zh, sentence.en);
    match state.remedy() {
        Some(remedy) => format!("{}; {}", both(state.words()), both(remedy)),
        None => both(state.words()),
    }
}

fn why_text(why: WhyUnknown) -> String {
    match why {
        WhyUnknown::Fault(fault) => return state_text(&DeviceState::Failed(fault)),
        WhyUnknown::TimedOut => {
            "no confirmation came in time; check the cable and the speed (--baud)"
        }
        WhyUnknown::Unplugged => "the line broke while printing; check the cable",
        WhyUnknown::NoProof => "this printer confirms nothing; use one that does",
        WhyUnknown::Stopped => "the program was stopped",
    }
    .to_owned()
}
