//! `kuaiban pack list`, `back` and `forward`: the packs of one kiosk, also beside the running one.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::Date;
use kuaiban::clock;
use kuaiban::config::Config;
use kuaiban::contract::encode;
use kuaiban::domain::pack::{Bilingual, Standing};
use kuaiban::domain::signer::SignerKey;
use kuaiban::pack;
use kuaiban::packs::{Act, Bar, Entry, EntryState, PackId, Packs, Survey, day_words};

#[derive(clap::Args)]
pub struct List {
    /// The kiosk's configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct Back {
    /// The kiosk's configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Version of the pack to go back to; without it the one before
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
}

#[derive(clap::Args)]
pub struct Forward {
    /// The kiosk's configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Today, where the clock of this machine was set from the network.
fn today() -> Option<Date> {
    clock::set_from_network().then(|| clock::local(Timestamp::now()).date())
}

fn packs(config: &Path) -> anyhow::Result<Packs> {
    Ok(Packs::of(&Config::load(config)?))
}

pub fn list(List { config, json }: List) -> anyhow::Result<ExitCode> {
    let packs = packs(&config)?;
    let survey = packs.survey(today());
    // Whose signature fits is found out by reading the whole of each.
    let keys: Vec<Option<SignerKey>> = (survey.packs.iter())
        .map(|entry| pack::check(&packs.path(&entry.id), None, &[]).signer)
        .collect();
    let mut out = std::io::stdout().lock();
    if json {
        let mut listed = serde_json::to_value(&survey)?;
        let entries = listed["packs"].as_array_mut().into_iter().flatten();
        for (entry, key) in entries.zip(&keys) {
            entry["key"] = serde_json::to_value(key)?;
        }
        writeln!(out, "{listed:#}")?;
    } else {
        as_text(&packs, &survey, &keys).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Who answers for a pack, beside the key whose signature fits its files.
pub fn answered_for(office: Option<&Bilingual>, key: Option<SignerKey>) -> String {
    let office = office.map_or("no office answers for it", |office| office.zh.as_str());
    match key {
        Some(key) => format!("{office}, signed by {key}"),
        None => format!("{office}, not signed"),
    }
}

fn as_text(packs: &Packs, survey: &Survey, keys: &[Option<SignerKey>]) -> Vec<String> {
    let line = |(entry, key): (&Entry, &Option<SignerKey>)| {
        let Entry { version, id, standing, signer, effective_from, state } = entry;
        let state = match state {
            EntryState::InForce => "in force".to_owned(),
            EntryState::Waits => "waits for its day".to_owned(),
            EntryState::Kept => "kept".to_owned(),
            EntryState::Barred(Bar::Blocked) => {
                "not used: somebody went back from it (kuaiban pack forward)".to_owned()
            }
            EntryState::Barred(Bar::Broken(why)) => format!("not used: {why}"),
            EntryState::Barred(Bar::OtherRegion(region)) => {
                format!("not used: it is for region {region}")
            }
        };
        let standing = match standing {
            Standing::Sample => "sample",
            Standing::Official => "official",
        };
        let place = match id {
            PackId::Base => packs.path(id).display().to_string(),
            PackId::Fetched(_) => "from the platform".to_owned(),
        };
        let by = answered_for(signer.as_ref(), *key);
        format!("{version}: {state}; {standing}, {}, {place}; {by}", day_words(*effective_from))
    };
    let mut lines: Vec<String> = survey.packs.iter().zip(keys).map(line).collect();
    if survey.packs.is_empty() {
        lines.push(format!("{}: no pack", packs.path(&PackId::Base).display()));
    }
    if let Some(next) = &survey.next {
        lines.push(format!("{next} comes in force as soon as nobody is at the kiosk"));
    }
    if let Some(refused) = &survey.refused {
        lines.push(format!("{} is offered and not used: {}", refused.version, refused.why));
    }
    lines
}

pub fn back(Back { config, to }: Back) -> anyhow::Result<ExitCode> {
    told(&packs(&config)?.back(to.as_deref(), today())?)
}

pub fn forward(Forward { config }: Forward) -> anyhow::Result<ExitCode> {
    told(&packs(&config)?.forward(today())?)
}

fn told(Act { left, to, .. }: &Act) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "from {left} to {to}: in force within a minute of nobody being at the kiosk, or when it starts"
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the file of a pack that a platform gives to kiosks.
pub fn bundle(folder: &Path, to: &Path) -> anyhow::Result<ExitCode> {
    // Of a pack with a fault there is none.
    pack::load(folder)?;
    let file = pack::bundle(folder)?;
    kuaiban::file::write(to, &encode(&file))
        .map_err(|error| anyhow::anyhow!("{}: {error}", to.display()))?;
    let (version, files) = (&file.version, file.files.len());
    writeln!(std::io::stdout(), "{}: version {version}, {files} files", to.display())?;
    Ok(ExitCode::SUCCESS)
}
