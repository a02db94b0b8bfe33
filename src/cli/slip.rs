//! `kuaiban slip`: slips as pictures.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Shows the bytes that were sent to a printer as a picture of the paper
    Render(Render),
}

#[derive(clap::Args)]
struct Render {
    /// ESC/POS bytes as the printer received them
    file: PathBuf,
    /// Where the picture goes
    #[arg(long, value_name = "OUT")]
    png: PathBuf,
    /// Width of the paper roll
    #[arg(long, value_enum, default_value_t)]
    paper: super::printer::PaperArg,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::Render(render) = args.command;
    draw(&render)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "simulators")]
fn draw(render: &Render) -> anyhow::Result<()> {
    use std::io::Read;

    use anyhow::Context;

    /// Far more than any slip; a picture of it is bounded by itself.
    const LIMIT: u64 = 4 << 20;

    // A pipe would be waited for without end; a device says that it has 0 bytes and never ends.
    let same = |path: &std::path::Path| std::fs::canonicalize(path).ok();
    let from = std::fs::metadata(&render.file)
        .with_context(|| format!("{}: cannot be read", render.file.display()))?;
    anyhow::ensure!(from.is_file(), "{}: no regular file", render.file.display());
    anyhow::ensure!(
        same(&render.png).is_none_or(|png| Some(png) != same(&render.file)),
        "{}: the picture would replace the bytes; give --png another name",
        render.png.display()
    );
    let mut bytes = Vec::new();
    std::fs::File::open(&render.file)
        .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
        .with_context(|| format!("{}: cannot be read", render.file.display()))?;
    anyhow::ensure!(
        bytes.len() as u64 <= LIMIT,
        "{}: more than 4 MiB, no slip is as long; name the bytes of one slip",
        render.file.display()
    );
    let picture = kuaiban::simulators::paper::render(&bytes, render.paper.into())
        .with_context(|| render.file.display().to_string())?;
    std::fs::write(&render.png, picture.png())
        .with_context(|| format!("{}: cannot be written", render.png.display()))
}

#[cfg(not(feature = "simulators"))]
fn draw(render: &Render) -> anyhow::Result<()> {
    anyhow::bail!(
        "{}: this build draws no pictures; use one with the feature `simulators` (or `demo`)",
        render.file.display()
    )
}
