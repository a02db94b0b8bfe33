//! `kuaiban generate DIR`: completions and manual pages, for the package.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap_complete::Shell;
use kuaiban::journal::CATALOGUE;

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
    std::fs::write(dir.join("kuaiban-journal.7"), journal_page()).with_context(place)?;
    Ok(ExitCode::SUCCESS)
}

/// The manual page of the journal: every event that there is, from its one declaration.
fn journal_page() -> String {
    let mut page = String::from(concat!(
        ".TH kuaiban-journal 7 \"\" \"kuaiban ",
        env!("CARGO_PKG_VERSION"),
        "\"\n.SH NAME\nkuaiban-journal \\- events of the journal of a kiosk\n.SH EVENTS\n"
    ));
    for event in CATALOGUE {
        let level = format!("{:?}", event.level).to_lowercase();
        let about = if event.about_a_case { ", about a case" } else { "" };
        page += &format!(".TP\n.B {} ({level}{about})\n{}\n", event.name, event.meaning.trim());
        if !event.fields.is_empty() {
            let fields: Vec<_> =
                event.fields.iter().map(|(name, kind)| format!("{name}: {kind}")).collect();
            page += &format!(".br\n{}\n", fields.join(", "));
        }
    }
    page
}

/// `help` has a command for every command again, and nobody reads forty pages about that.
fn without_help_commands(command: clap::Command) -> clap::Command {
    command.disable_help_subcommand(true).mut_subcommands(without_help_commands)
}
