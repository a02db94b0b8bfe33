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
    use anyhow::Context;

    /// Far more than any slip; a picture of it is bounded by itself.
    const LIMIT: u64 = 4 << 20;

    let same = |path: &std::path::Path| std::fs::canonicalize(path).ok();
    anyhow::ensure!(
        same(&render.png).is_none_or(|png| Some(png) != same(&render.file)),
        "{}: the picture would replace the bytes; give --png another name",
        render.png.display()
    );
    let bytes = kuaiban::file::read(&render.file, LIMIT).with_context(|| {
        format!("{}: cannot be read; name the bytes of one slip", render.file.display())
    })?;
    let picture = kuaiban::simulators::paper::render(&bytes, render.paper.into())
        .with_context(|| render.file.display().to_string())?;
    kuaiban::file::write(&render.png, &picture.png())
        .with_context(|| format!("{}: cannot be written", render.png.display()))
}

#[cfg(not(feature = "simulators"))]
fn draw(render: &Render) -> anyhow::Result<()> {
    anyhow::bail!(
        "{}: this build draws no pictures; use one with the feature `simulators` (or `demo`)",
        render.file.display()
    )
}
