//! `kuaiban simulate platform`: the bureau's platform by itself, on a port that it prints.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use kuaiban::simulators::platform::{PlatformOptions, PlatformSimulator};

#[derive(clap::Args)]
#[command(after_long_help = WHAT_IT_KNOWS)]
pub struct Args {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// File of the books: read at the start, written at every change (JSON)
    #[arg(long, value_name = "FILE")]
    books: Option<PathBuf>,
    /// Seconds from accepted to completed
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0)]
    complete_after: f64,
    /// Folder of a site pack to offer to kiosks, read anew whenever one asks
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
}

/// What is answered about whom, so that every page can be seen.
const WHAT_IT_KNOWS: &str = "\
What it answers, by the document alone and always the same:
  Queries            five insurances of anybody
  Entitlement        (免申即办) a citizen born in an even year is entitled; one born in an odd year
                     is not, with a reason; of any other document nobody can tell
  Authority          (经办人) it knows one enterprise, 91000000MA0000000N; any citizen born in an even
                     year is its agent, and nobody else is anybody's
  Vacancies          45 of them, on three pages
  Requests to people (预约、上门、代办、回电) are accepted and stay so: nobody comes or calls. `inbox` lists
                     what is under way, priorities first
  Routes             what promises minutes is done at once; of the rest the id of the item decides
                     between back office, another department and the statutory limit; `route` sends
                     a case another way

Of the people of `kuaiban simulate reader` the ordinary citizen and the elderly are born in an even
year, the one with a long name and the one whose card has expired in an odd year.

Commands on standard input: `help` lists them.";

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let complete_after = Duration::try_from_secs_f64(args.complete_after)
        .context("--complete-after: give seconds, 0 or more")?;
    let options = PlatformOptions { port: args.port, books: args.books, complete_after };
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("starting the runtime")?
        .block_on(serve(options, args.pack))
}

async fn serve(options: PlatformOptions, pack: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let place = match &options.books {
        Some(books) => format!("port {} with books {}", options.port, books.display()),
        None => format!("port {}", options.port),
    };
    let platform = PlatformSimulator::start(options).await.with_context(|| place)?;
    if let Some(pack) = pack {
        platform.offer_folder(&pack)?;
    }
    say(&format!("platform: {}", platform.url()))?;
    let mut lines = standard_input();
    let mut listening = true;
    loop {
        tokio::select! {
            line = lines.recv(), if listening => match line {
                Some(line) => match platform.command(&line) {
                    Some(reply) => say(&reply)?,
                    None => return Ok(ExitCode::SUCCESS),
                },
                // Started without a terminal: goes on until it is stopped.
                None => listening = false,
            },
            _ = tokio::signal::ctrl_c() => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// Lines from a plain thread, which may sit in its read when the program ends.
fn standard_input() -> tokio::sync::mpsc::Receiver<String> {
    let (lines, received) = tokio::sync::mpsc::channel(1);
    let reading = std::thread::Builder::new().name("commands".to_owned()).spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if lines.blocking_send(line).is_err() {
                break;
            }
        }
    });
    if let Err(error) = reading {
        eprintln!("commands on standard input are not read: {error}");
    }
    received
}

fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{text}").and_then(|()| out.flush()).context("standard output")
}
