//! `kuaiban simulate reader`: an ID-card reader on a PTY, told what to do on standard input.

use std::io::{BufRead, Read};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, anyhow, bail};
use kuaiban::simulators::reader::{Card, ReaderFault, ReaderOptions, SimulatedReader};
use kuaiban::testkit::people;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// Reads commands from standard input, one a line (`help` lists them). When standard input ends
/// the simulator goes on until it gets SIGTERM or SIGINT, so that it can run in the background.
#[derive(clap::Args)]
pub struct Args {
    /// Where to put the port of the reader [default: kuaiban-reader in XDG_RUNTIME_DIR or /tmp]
    #[arg(long, value_name = "PATH")]
    link: Option<PathBuf>,
    /// Speed of the line in bits a second
    #[arg(long, default_value_t = 115_200, value_parser = clap::value_parser!(u32).range(1200..=921_600))]
    baud: u32,
}

const HELP: &str = "\
lay NAME        lay down the card of a person (see people)
lay FILE        lay down a card: 256 bytes of text, or a whole reply to \"read card\"
lift            take the card away
fault NAME      change what is wrong (see faults); fault none: nothing is
unplug, plug    pull the cable, put it in again
people          list the people
faults          list the faults
quit            end";

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let link = args.link.unwrap_or_else(|| {
        std::env::var_os("XDG_RUNTIME_DIR")
            .map_or_else(std::env::temp_dir, PathBuf::from)
            .join("kuaiban-reader")
    });
    let options = ReaderOptions { link: link.clone(), baud: args.baud };
    let simulator = SimulatedReader::start(options)
        .with_context(|| format!("{}: cannot put a simulated reader there", link.display()))?;
    let simulator = Arc::new(simulator);
    // Before the line below, so that whoever has read it may send a signal.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (quit, mut quitting) = mpsc::channel(1);
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        println!("reader: {}", link.display());
        thread::Builder::new().name("commands".to_owned()).spawn({
            let simulator = simulator.clone();
            move || {
                if follow(&simulator) == InputEnd::Quit {
                    let _ = quit.blocking_send(());
                } else {
                    // Keeps the channel open: the end of the input is not the end.
                    std::mem::forget(quit);
                }
            }
        })?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = quitting.recv() => {}
        }
        anyhow::Ok(())
    })?;
    // The thread that reads commands still holds the simulator.
    simulator.unplug();
    Ok(ExitCode::SUCCESS)
}

#[derive(PartialEq)]
enum InputEnd {
    Quit,
    Closed,
}

fn follow(simulator: &SimulatedReader) -> InputEnd {
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let (verb, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        if verb == "quit" {
            return InputEnd::Quit;
        }
        match obey(simulator, verb, rest.trim()) {
            Ok(reply) => println!("{reply}"),
            Err(error) => println!("error: {error:#}"),
        }
    }
    InputEnd::Closed
}

fn obey(simulator: &SimulatedReader, verb: &str, rest: &str) -> anyhow::Result<String> {
    match (verb, rest) {
        ("lay", name) if !name.is_empty() => simulator.lay(card(name)?),
        ("lift", "") => simulator.lift(),
        ("fault", name) => simulator.fault(
            ReaderFault::named(name).ok_or_else(|| anyhow!("no fault \"{name}\"; see faults"))?,
        ),
        ("unplug", "") => simulator.unplug(),
        ("plug", "") => simulator.plug()?,
        ("people", "") => {
            let people = people::all();
            let lines = people.iter().map(|person| format!("{:<16}{}", person.id, person.label.en));
            return Ok(lines.collect::<Vec<_>>().join("\n"));
        }
        ("faults", "") => return Ok(ReaderFault::NAMES.map(|(name, _)| name).join("\n")),
        ("help" | "", "") => return Ok(HELP.to_owned()),
        _ => bail!("not understood; help lists the commands"),
    }
    Ok("ok".to_owned())
}

/// Most bytes of a file that are read for a card.
const CARD_LIMIT: u64 = 1 << 20;

/// The card of a person, or the one in a file.
fn card(name: &str) -> anyhow::Result<Card> {
    let id = name.to_owned();
    if let Some(person) = people::find(name) {
        return Ok(Card { id, text: people::text_block(&person.card) });
    }
    let mut bytes = Vec::new();
    std::fs::File::open(name)
        .and_then(|file| file.take(CARD_LIMIT + 1).read_to_end(&mut bytes))
        .with_context(|| format!("{name}: neither a person (see people) nor a file"))?;
    let text = match bytes.len() {
        length if length as u64 > CARD_LIMIT => {
            bail!("{name}: more than 1 MiB; expected 256 bytes of text or 1295 of a reply")
        }
        256 => &bytes[..],
        1295 => &bytes[14..270],
        length => bail!("{name}: {length} bytes; expected 256 of text or 1295 of a reply"),
    };
    Ok(Card { id, text: text.try_into().context("256 bytes")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_never_ends_is_no_card() {
        let Err(error) = card("/dev/zero") else { panic!("a card") };
        assert!(error.to_string().contains("more than 1 MiB"), "{error:#}");
    }
}
