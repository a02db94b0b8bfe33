//! `kuaiban generate DIR`: completions and manual pages, for the package.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap_complete::Shell;

#[derive(clap::Args)]
pub struct Args {
    /// Folder to write into; made if it is not there
    dir: PathBuf,
}

pub fn run(args: Args, command: clap::Command) -> anyhow::Result<ExitCode> {
    let mut command = without_help_commands(command);
    let dir = args.dir;
    let place = || dir.display().to_string();
    std::fs::create_dir_all(&dir).with_context(place)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut command, "kuaiban", &dir).with_context(place)?;
    }
    clap_mangen::generate_to(command, &dir).with_context(place)?;
    Ok(ExitCode::SUCCESS)
}

/// `help` has a command for every command again, and nobody reads forty pages about that.
fn without_help_commands(command: clap::Command) -> clap::Command {
    command.disable_help_subcommand(true).mut_subcommands(without_help_commands)
}
