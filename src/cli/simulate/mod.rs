//! `kuaiban simulate reader|printer|buttons|platform`: one simulator by itself, scriptable from
//! standard input (`help` lists the commands).

pub mod buttons;
pub mod platform;
pub mod printer;
pub mod reader;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    simulator: Simulator,
}

#[derive(clap::Subcommand)]
enum Simulator {
    /// An ID-card reader on a PTY
    Reader(reader::Args),
    /// A slip printer on a PTY
    Printer(printer::Args),
    /// The five evaluation keys on a socket
    Buttons(buttons::Args),
    /// The bureau's platform over HTTP
    Platform(platform::Args),
}

pub fn run(args: Args) -> anyhow::Result<std::process::ExitCode> {
    match args.simulator {
        Simulator::Reader(args) => reader::run(args),
        Simulator::Printer(args) => printer::run(args),
        Simulator::Buttons(args) => buttons::run(args),
        Simulator::Platform(args) => platform::run(args),
    }
}
