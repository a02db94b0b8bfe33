//! Kuaiban (快办): see `ARCHITECTURE.md`.

mod cli;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Whatever is freed is wiped: TLS, JSON, HTTP and the screen copy a citizen's data into buffers
/// that no owner of ours ever sees (promise P4; `tests/running/traces.rs`).
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// 24-hour self-service kiosk for human-resources and social-security services
#[derive(Parser)]
#[command(name = "kuaiban", version, arg_required_else_help = true)]
struct Kuaiban {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The kiosk with simulated devices, in a window or walking by itself
    #[cfg(feature = "demo")]
    Demo(cli::demo::Args),
    /// The kiosk
    #[cfg(feature = "screen")]
    Run(cli::run::Args),
    /// Is this kiosk well, and what is to be done
    Doctor(cli::doctor::Args),
    /// The configuration with every default
    Config(cli::config::Args),
    /// Check identity numbers, one verdict a line
    Identity(cli::identity::Args),
    /// Check a site pack
    Pack(cli::pack::Args),
    /// When something is due, and why then
    Deadline(cli::deadline::Args),
    /// What the ID-card reader at a port says
    Reader(cli::reader::Args),
    /// What the slip printer at a port says
    Printer(cli::printer::Args),
    /// Slips as pictures
    Slip(cli::slip::Args),
    /// Cases that wait in the queue
    Queue(cli::queue::Args),
    /// What the kiosk has counted
    Stats(cli::stats::Args),
    /// A simulated device or platform by itself
    #[cfg(feature = "simulators")]
    Simulate(cli::simulate::Args),
    /// Write completions for bash, zsh and fish, and the manual pages
    #[command(hide = true)]
    Generate(cli::generate::Args),
}

fn main() -> ExitCode {
    cli::log::begin();
    cli::log::keep_panics_discreet();
    let outcome = match Kuaiban::parse().command {
        #[cfg(feature = "demo")]
        Command::Demo(args) => cli::demo::run(args),
        #[cfg(feature = "screen")]
        Command::Run(args) => cli::run::run(args),
        Command::Doctor(args) => cli::doctor::run(args),
        Command::Config(args) => cli::config::run(args),
        Command::Identity(args) => cli::identity::run(args),
        Command::Pack(args) => cli::pack::run(args),
        Command::Deadline(args) => cli::deadline::run(args),
        Command::Reader(args) => cli::reader::run(args),
        Command::Printer(args) => cli::printer::run(args),
        Command::Slip(args) => cli::slip::run(args),
        Command::Queue(args) => cli::queue::run(args),
        Command::Stats(args) => cli::stats::run(args),
        #[cfg(feature = "simulators")]
        Command::Simulate(args) => cli::simulate::run(args),
        Command::Generate(args) => cli::generate::run(args, Kuaiban::command()),
    };
    outcome.unwrap_or_else(|error| {
        if nobody_reads(&error) {
            // As every program that a closed pipe ends: 128 and the number of the signal.
            return ExitCode::from(141);
        }
        cli::log::last_words(&format!("kuaiban: {}", sentence(&error)));
        ExitCode::FAILURE
    })
}

/// The reader of standard output has gone, as `head` does when it has seen enough. Faults of
/// devices and files come in errors of their own, with their place.
fn nobody_reads(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// An error with its causes, each said once.
fn sentence(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if said.is_empty() {
            said = cause;
        } else if !said.contains(&cause) {
            said += ": ";
            said += &cause;
        }
    }
    said
}
