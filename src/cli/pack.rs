//! `kuaiban pack`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::builder::PossibleValuesParser;
use jiff::Timestamp;
use serde_json::{Value, json};

#[cfg(feature = "sheets")]
use super::pack_sheet;
#[cfg(feature = "simulators")]
use super::pack_walk;
use super::{pack_show, packs};
use kuaiban::clock;
use kuaiban::domain::pack::{ItemId, Standing};
use kuaiban::domain::signer::SignerKey;
use kuaiban::pack::{self, Checked, PackFault};
use kuaiban::say::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Check a site pack and name every fault with file, line and column
    ///
    /// Exits with 0 if the pack can be used and with 1 if it cannot.
    Check {
        /// Folder of the site pack
        folder: PathBuf,
        /// One JSON object a line for each fault and warning
        #[arg(long)]
        json: bool,
    },
    /// The catalogue of a pack, and how far it goes
    ///
    /// What the pack does not say is called unknown, never complete.
    Show {
        /// Folder of the site pack
        folder: PathBuf,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Walk through an item as a citizen goes, and show what would be sent
    #[cfg(feature = "simulators")]
    Walk {
        /// Folder of the site pack
        folder: PathBuf,
        /// Id of the item
        item: String,
        /// What is answered: the code of an option, codes with commas between, `yes` or `no`, a day
        /// like 2026-01-31, a number, an amount, an identity number, a credit code, a card number, six
        /// digits of a region, a telephone number, or the code of a way to be reached, `none` or
        /// `landline:01012345678`
        #[arg(long, value_name = "QUESTION=ANSWER", value_parser = answer)]
        answer: Vec<(String, String)>,
        /// Who walks; nobody of these exists
        #[arg(long, value_name = "ID", default_value = "citizen")]
        person: String,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show every page and slip of a pack in one HTML file, for approval before publication
    ///
    /// Drawn by the kiosk's own code, with people who do not exist and with results that say 样例. The
    /// file needs nothing else: no network, no other file. Exits with 1 for a pack with faults, and
    /// then names them as `pack check` does.
    Preview {
        /// Folder of the site pack
        folder: PathBuf,
        /// Folder for index.html; made, or one with an earlier preview and nothing else
        #[arg(long, value_name = "OUT")]
        out: PathBuf,
        /// Only this item, without what stands around the items; may be given several times
        #[arg(long, value_name = "ID")]
        item: Vec<ItemId>,
        /// Language of the pages
        #[arg(long, value_enum, default_value_t)]
        lang: PreviewLang,
    },
    /// Make one folder of a pack and those that it extends
    ///
    /// What kiosks fetch stands by itself: sign the new folder. Comments are not kept.
    Flatten {
        /// Folder of the site pack
        folder: PathBuf,
        /// Folder to be made
        to: PathBuf,
    },
    /// Sign a pack, so that kiosks know who answers for it
    ///
    /// Writes signature.toml beside pack.toml and prints the public key for [pack] trusted_keys of
    /// kiosk.toml. Ed25519, which is no certified cryptographic module. The private key is made with
    /// `openssl genpkey -algorithm ed25519 -out FILE` and stays with the bureau.
    Sign {
        /// Folder of the site pack
        folder: PathBuf,
        /// Private key: PKCS #8 in PEM
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Say whose signature a pack has, and whether its files fit it
    ///
    /// Exits with 0 if they fit and the signer is one of the keys given, if any are.
    Verify {
        /// Folder of the site pack
        folder: PathBuf,
        /// A public key that is trusted, as `pack sign` prints it; may be given several times
        #[arg(long, value_name = "KEY")]
        key: Vec<SignerKey>,
    },
    /// Write a pack as a workbook for a spreadsheet
    ///
    /// A row for each file and a sheet for each list: a row a question, a row an option. Rows may be
    /// sorted, inserted and taken out; the second row of each sheet and the sheet "sheets" say how.
    /// `pack from-sheet` makes a pack of it again with the same values. Comments in the files are no
    /// values and are not kept, a signature neither: sign the new pack. The pack may have faults, as
    /// long as its files are TOML. Nothing is written over.
    #[cfg(feature = "sheets")]
    ToSheet {
        /// Folder of the site pack
        folder: PathBuf,
        /// Workbook that is made
        #[arg(value_name = "FILE.xlsx")]
        workbook: PathBuf,
    },
    /// Write a workbook that `pack to-sheet` began as a pack, and check it
    ///
    /// What cannot be read is named with sheet, cell and column, and nothing is written. Else the
    /// folder is written and checked as by `pack check`, and its faults are named by their cells.
    /// Exits with 0 if the pack can be used and with 1 if it cannot. Nothing is written over.
    #[cfg(feature = "sheets")]
    FromSheet {
        /// Workbook, as Excel, WPS and LibreOffice save it
        #[arg(value_name = "FILE.xlsx")]
        workbook: PathBuf,
        /// Folder that is made; not there yet, or empty
        folder: PathBuf,
        /// One JSON object a line for each fault and warning
        #[arg(long)]
        json: bool,
    },
    /// Write the file of a pack that a platform gives to its kiosks
    Bundle {
        /// Folder of the site pack
        folder: PathBuf,
        /// File to write (JSON)
        #[arg(value_name = "FILE")]
        to: PathBuf,
    },
    /// The packs of a kiosk: which one is in force, what waits for its day, what is not used and why
    List(packs::List),
    /// Go back to an earlier pack, by this one command
    ///
    /// The pack that is left is not used again, nor fetched; a newer one still comes in force on its
    /// day. Works beside a running kiosk, which obeys when nobody is there, and for one that stands
    /// still. It is written into the kiosk's journal. `pack forward` takes it back.
    Back(packs::Back),
    /// Take all of going back back: what is due comes in force again
    Forward(packs::Forward),
    /// Print the JSON Schema of a file of a pack
    ///
    /// An editor that knows JSON Schema completes names and marks faults with it while one writes.
    Schema {
        /// Which file: pack.toml, one of a folder, or a list
        #[arg(value_parser = PossibleValuesParser::new(pack::SCHEMAS.map(|(name, _)| name)))]
        file: String,
    },
}

/// A language, as it is named on the command line.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum PreviewLang {
    #[default]
    Zh,
    En,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Check { folder, json } => check(folder, json),
        Command::Show { folder, json } => {
            let pack = pack::load(&folder)?;
            let mut out = std::io::stdout().lock();
            if json {
                writeln!(out, "{}", pack_show::as_json(&pack))?;
            } else {
                pack_show::as_text(&pack).iter().try_for_each(|line| writeln!(out, "{line}"))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        #[cfg(feature = "simulators")]
        Command::Walk { folder, item, answer, person, json } => {
            let today = clock::local(Timestamp::now()).date();
            let (item, person) = (item.as_str(), person.as_str());
            let walk =
                pack_walk::Walk { item, answers: answer.into_iter().collect(), person, today };
            let walked = pack_walk::walk(pack::load(&folder)?, &walk)?;
            let mut out = std::io::stdout().lock();
            if json {
                writeln!(out, "{}", walked.as_json())?;
            } else {
                walked.as_text().iter().try_for_each(|line| writeln!(out, "{line}"))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Preview { folder, out, item, lang } => {
            let lang = match lang {
                PreviewLang::Zh => Lang::Zh,
                PreviewLang::En => Lang::En,
            };
            preview(&folder, &out, &item, lang)
        }
        Command::Sign { folder, key } => {
            let signer = pack::sign(&folder, &key)?;
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}: signed by {signer}", folder.display())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Bundle { folder, to } => packs::bundle(&folder, &to),
        Command::List(args) => packs::list(args),
        Command::Back(args) => packs::back(args),
        Command::Forward(args) => packs::forward(args),
        Command::Verify { folder, key } => verify(&folder, &key),
        Command::Flatten { folder, to } => {
            let files = pack::flatten(&folder, &to)?;
            writeln!(std::io::stdout().lock(), "{}: {files} files", to.display())?;
            Ok(ExitCode::SUCCESS)
        }
        #[cfg(feature = "sheets")]
        Command::ToSheet { folder, workbook } => pack_sheet::to_sheet(&folder, &workbook),
        #[cfg(feature = "sheets")]
        Command::FromSheet { workbook, folder, json } => {
            pack_sheet::from_sheet(&workbook, &folder, json)
        }
        Command::Schema { file } => {
            let known = pack::SCHEMAS.iter().find(|(name, _)| *name == file);
            let (_, schema) = known.context("clap has let no other through")?;
            let schema = schema();
            writeln!(std::io::stdout().lock(), "{schema:#}")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

#[cfg(feature = "demo")]
use super::preview::run as preview;

#[cfg(not(feature = "demo"))]
fn preview(folder: &Path, _: &Path, _: &[ItemId], _: Lang) -> anyhow::Result<ExitCode> {
    anyhow::bail!(
        "{}: this build draws no pages; use one with the feature `demo`",
        folder.display()
    )
}

#[cfg(feature = "simulators")]
fn answer(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(question, _)| !question.is_empty());
    let (question, answer) =
        parts.ok_or("a question and its answer are needed, like reason=resigned")?;
    Ok((question.to_owned(), answer.to_owned()))
}

fn verify(folder: &Path, trusted: &[SignerKey]) -> anyhow::Result<ExitCode> {
    let Checked { pack, signer, .. } = pack::check(folder, None, &[]);
    pack?;
    let mut out = std::io::stdout().lock();
    let folder = folder.display();
    let known = match signer {
        None => {
            writeln!(out, "{folder}: not signed")?;
            false
        }
        Some(signer) if trusted.is_empty() || trusted.contains(&signer) => {
            writeln!(out, "{folder}: signed by {signer}, and unchanged since")?;
            true
        }
        Some(signer) => {
            writeln!(out, "{folder}: signed by {signer}, which is none of the keys given")?;
            false
        }
    };
    Ok(if known { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(folder: PathBuf, json: bool) -> anyhow::Result<ExitCode> {
    // Whoever checks a pack sits at a computer whose clock is right.
    let today = clock::local(Timestamp::now()).date();
    let Checked { pack, warnings, .. } = pack::check(&folder, Some(today), &[]);
    let mut out = std::io::stdout().lock();
    if json {
        for fault in pack.as_ref().err().map_or(&[][..], |errors| &errors.faults) {
            writeln!(out, "{}", as_json(fault, "error"))?;
        }
        for warning in &warnings {
            writeln!(out, "{}", as_json(warning, "warning"))?;
        }
    } else {
        for warning in &warnings {
            writeln!(out, "{warning} (no fault)")?;
        }
        match &pack {
            Ok(pack) => {
                let standing = match pack.standing {
                    Standing::Sample => "sample",
                    Standing::Official => "official",
                };
                let items = pack.items.len();
                let (version, folder) = (&pack.version, folder.display());
                writeln!(out, "{folder}: version {version}, {standing}, {items} items, no fault")?;
            }
            Err(errors) => writeln!(out, "{errors}")?,
        }
    }
    Ok(if pack.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_json(fault: &PackFault, severity: &str) -> Value {
    let (message, remedy) = fault.message_and_remedy();
    json!({
        "file": fault.file,
        "line": fault.place.map(|place| place.line),
        "column": fault.place.map(|place| place.column),
        "severity": severity,
        "rule": fault.rule,
        "message": message,
        "remedy": remedy,
    })
}
