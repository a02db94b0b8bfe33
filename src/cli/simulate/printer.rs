//! `kuaiban simulate printer`.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use kuaiban::simulators::printer::{Model, PrintedSlip, PrinterOptions, Roll, SimulatedPrinter};

use crate::cli::printer::PaperArg;

const HELP: &str = "\
paper full|low|out   fill, nearly empty or empty the paper
cover open|close     open or close the cover
jam                  block the cutter: the next cut fails
unjam                unblock the cutter without touching the cover
clear                open the cover, take out what blocks, put paper in, close the cover
mute | unmute        answer nothing, answer again
garbage on|off       answer nonsense
disturb HEX          turn these bits over in every byte answered (00: none)
unplug | plug        pull the cable, plug it in
slips                how many slips were cut off
help                 this text
quit                 take the printer away";

/// A slip printer on a PTY. Commands come from standard input (`help` lists them); it goes on
/// when standard input ends, until it is killed or told to quit
#[derive(clap::Args)]
pub struct Args {
    /// Where to put the link to the line
    #[arg(long, value_name = "PATH")]
    link: Option<PathBuf>,
    /// Width of the paper roll
    #[arg(long, value_enum, default_value_t)]
    paper: PaperArg,
    #[arg(long, default_value_t = 115_200)]
    baud: u32,
    /// Speed of the paper
    #[arg(long, value_name = "MM_PER_S", default_value_t = 150.0)]
    speed: f64,
    /// Does not know GS ( H, as most clones
    #[arg(long)]
    clone: bool,
    /// Where to put each slip as NNN.png and NNN.bin
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let link = args.link.unwrap_or_else(|| {
        std::env::temp_dir().join(format!("kuaiban-printer-{}", std::process::id()))
    });
    if let Some(out) = &args.out {
        std::fs::create_dir_all(out)
            .with_context(|| format!("{}: cannot be made", out.display()))?;
    }
    let options = PrinterOptions {
        paper: args.paper.into(),
        baud: args.baud,
        speed_mm_s: args.speed,
        model: if args.clone { Model::Clone } else { Model::Acknowledging },
        ..PrinterOptions::at(&link)
    };
    let count = AtomicUsize::new(0);
    let out = args.out;
    let printer = SimulatedPrinter::start(&options, move |slip| {
        let number = count.fetch_add(1, Ordering::Relaxed) + 1;
        match out.as_deref().map(|out| keep(out, number, slip)) {
            None => println!("slip {number}"),
            Some(Ok(path)) => println!("slip {number}: {}", path.display()),
            Some(Err(error)) => eprintln!("slip {number}: {error:#}"),
        }
    })
    .with_context(|| format!("{}: no printer can be simulated here", link.display()))?;
    println!("printer: {}", printer.link().display());

    for line in std::io::stdin().lock().lines() {
        let line = line?;
        match obey(&printer, &line)? {
            Reply::Done => {}
            Reply::Say(text) => println!("{text}"),
            Reply::Quit => return Ok(ExitCode::SUCCESS),
        }
    }
    loop {
        std::thread::park();
    }
}

enum Reply {
    Done,
    Say(String),
    Quit,
}

fn obey(printer: &SimulatedPrinter, line: &str) -> anyhow::Result<Reply> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        [] => {}
        ["paper", "full" | "in"] => printer.set_paper(Roll::Full),
        ["paper", "low"] => printer.set_paper(Roll::Low),
        ["paper", "out"] => printer.set_paper(Roll::Out),
        ["cover", "open"] => printer.set_cover(true),
        ["cover", "close"] => printer.set_cover(false),
        ["jam"] => printer.jam(),
        ["unjam"] => printer.unjam(),
        ["clear"] => printer.clear(),
        ["mute"] => printer.set_mute(true),
        ["unmute"] => printer.set_mute(false),
        ["garbage", "on"] => printer.set_garbage(true),
        ["garbage", "off"] => printer.set_garbage(false),
        ["disturb", bits] => match u8::from_str_radix(bits, 16) {
            Ok(bits) => printer.disturb(bits),
            Err(_) => return Ok(Reply::Say(format!("`{bits}` is no byte; name one as 88"))),
        },
        ["unplug"] => printer.unplug(),
        ["plug"] => printer.plug().context("the cable cannot be plugged in")?,
        ["slips"] => return Ok(Reply::Say(format!("slips: {}", printer.slips().len()))),
        ["help"] => return Ok(Reply::Say(HELP.to_owned())),
        ["quit"] => return Ok(Reply::Quit),
        _ => return Ok(Reply::Say(format!("`{line}` is no command; `help` lists them"))),
    }
    Ok(Reply::Done)
}

/// Writes a slip as a picture and as bytes; returns the picture's path.
fn keep(out: &Path, number: usize, slip: &PrintedSlip) -> anyhow::Result<PathBuf> {
    let path = out.join(format!("{number:03}.png"));
    std::fs::write(&path, slip.picture.png())
        .with_context(|| format!("{}: cannot be written", path.display()))?;
    let bytes = path.with_extension("bin");
    std::fs::write(&bytes, &slip.bytes)
        .with_context(|| format!("{}: cannot be written", bytes.display()))?;
    Ok(path)
}
