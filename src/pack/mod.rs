//! Reads a site pack from a folder; see [`crate::domain::pack`] for what stands in it.
//!
//! ```text
//! pack.toml
//! items/10-first-item.toml      the number gives the order on the home screen
//! items/20-second-item.toml
//! packages/10-name.toml         what is one matter for whom it happens to (打包办)
//! policies/10-name.toml         what is new, in plain words
//! calendars/2026.toml           holidays as they were announced; one file a year
//! materials.toml                every material that items name
//! values.toml                   figures that change on a day that is known before
//! lists.toml                    options that several questions offer
//! regions.toml                  regions that a question lets a citizen choose from
//! signature.toml                who answers for all of it; made by `kuaiban pack sign`
//! ```
//!
//! A pack that says `extends = "../national"` has only what differs there: see [`layers`].
//!
//! A bureau writes packs by hand, so one run names every fault, each with its file, line, column
//! and remedy: the files are held against the JSON Schema of the pack's types, then rules that a
//! schema cannot state look at the values. Where a fault stands is found out only if there is one.

mod bundle;
pub(crate) mod characters;
mod check;
mod document;
mod fault;
mod files;
mod finding;
mod flatten;
mod layers;
mod reading;
mod rule;
mod schema;
#[cfg(feature = "sheets")]
pub mod sheet;
mod signature;
#[cfg(test)]
mod tests;

use std::path::Path;

use jiff::civil::Date;

pub use bundle::{BundleError, bundle, lay_out};
pub use fault::{PackErrors, PackFault, Place};
pub use flatten::{FlattenError, flatten};
pub use rule::Rule;
pub use signature::{SignError, sign};

use crate::domain::calendar::CalendarYear;
use crate::domain::figure::Figures;
use crate::domain::form::{Lists, RegionList};
use crate::domain::material::Materials;
use crate::domain::pack::{Bilingual, Item, Pack, Standing};
use crate::domain::package::Package;
use crate::domain::policy::Policy;
use crate::domain::signer::SignerKey;
use finding::MOST_FAULTS;
use reading::Reading;
use serde::Deserialize;

/// What a check found.
#[derive(Debug)]
pub struct Checked {
    pub pack: Result<Box<Pack>, PackErrors>,
    /// What a kiosk does not mind.
    pub warnings: Vec<PackFault>,
    /// Whose signature the files fit, if they are signed.
    pub signer: Option<SignerKey>,
}

/// Reads and checks a pack.
///
/// # Errors
/// Every fault of every file, not only the first.
pub fn load(folder: &Path) -> Result<Pack, PackErrors> {
    load_by_parts(folder, &[], |_| ())
}

/// Reads and checks a pack, which is signed by one of the `trusted` keys, if there are any. `frame`
/// is shown what stands in a flawless `pack.toml` as soon as it is read, where no signature has to be
/// waited for: everything but items and calendars, which take their time.
///
/// # Errors
/// As for [`load`].
pub fn load_by_parts(
    folder: &Path,
    trusted: &[SignerKey],
    frame: impl FnOnce(&Pack),
) -> Result<Pack, PackErrors> {
    // A kiosk's clock may be wrong: it is no judge of the pack's days.
    read(folder, None, trusted, frame).pack.map(|pack| *pack)
}

/// Reads and checks a pack, with everything that is to be said about it. `today`: where the clock
/// can be believed, days that are still to come are found too. `trusted` as for [`load_by_parts`].
pub fn check(folder: &Path, today: Option<Date>, trusted: &[SignerKey]) -> Checked {
    read(folder, today, trusted, |_| ())
}

fn read(
    folder: &Path,
    today: Option<Date>,
    trusted: &[SignerKey],
    frame: impl FnOnce(&Pack),
) -> Checked {
    let signed = folder.join(signature::NAME).exists();
    let mut reading = Reading::new(folder, signed);
    let pack = reading.pack(today, |pack| {
        if trusted.is_empty() {
            frame(pack);
        }
    });
    let message = reading.message();
    let signature = signed.then(|| reading.signature());
    let mut signer = None;
    // One that cannot be read has its own fault.
    if !matches!(signature, Some(None)) {
        let signature = signature.flatten();
        match signature::judge(signature.as_ref(), &message, trusted) {
            Ok(by) => signer = by,
            Err(fault) => reading.faults.push(fault),
        }
    }
    let Reading { warnings, .. } = &mut reading;
    warnings.sort();
    let warnings = std::mem::take(warnings);
    let pack = concluded(folder, pack, reading.faults);
    Checked { pack, warnings, signer }
}

/// What is signed of a flawless pack, whoever signed it before.
fn message(folder: &Path) -> Result<Vec<u8>, PackErrors> {
    let mut reading = Reading::new(folder, true);
    let pack = reading.pack(None, |_| ());
    let message = reading.message();
    concluded(folder, pack, reading.faults).map(|_| message)
}

fn concluded(
    folder: &Path,
    pack: Option<Pack>,
    mut faults: Vec<PackFault>,
) -> Result<Box<Pack>, PackErrors> {
    faults.sort();
    faults.truncate(MOST_FAULTS);
    match pack {
        Some(pack) if faults.is_empty() => Ok(Box::new(pack)),
        frame => Err(PackErrors { folder: folder.to_owned(), faults, frame: frame.map(Box::new) }),
    }
}

/// What a pack says of itself: enough to choose among several without reading them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Outline {
    pub version: String,
    pub standing: Standing,
    pub region: String,
    /// The office that answers for it.
    #[serde(default)]
    pub signer: Option<Bilingual>,
    pub as_of: Date,
    #[serde(default)]
    pub effective_from: Option<Date>,
}

/// Reads what a pack says of itself, and holds it against nothing; `None` if it says too little.
pub fn outline(folder: &Path) -> Option<Outline> {
    serde_json::from_value(reading::manifest(folder)?).ok()
}

/// Whom to call, as far as a `pack.toml` says so that cannot be used otherwise.
#[derive(Debug, Default)]
pub struct Contacts {
    pub hotline: Option<String>,
    /// Name and address of the first outlet with people, in one line.
    pub outlet: Option<Bilingual>,
}

/// Reads what is left of a pack that cannot be used.
pub fn contacts(folder: &Path) -> Contacts {
    let Some(json) = reading::manifest(folder) else { return Contacts::default() };
    // What no telephone and no line has is somebody's joke, or a fault of its own.
    let seen = |text: &&str| {
        characters::problem(text).is_none() && (1..=120).contains(&text.chars().count())
    };
    let words = |place: Option<&serde_json::Value>, lang: &str| {
        Some(place?.get(lang)?.as_str().filter(seen)?.to_owned())
    };
    let number = json.pointer("/hotline/number").and_then(|number| number.as_str());
    let is_number = |number: &&str| {
        (5..=20).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b' ')
            && number.bytes().filter(u8::is_ascii_digit).count() >= 5
    };
    let outlets = json.get("outlets").and_then(|outlets| outlets.as_array());
    let staffed = (outlets.into_iter().flatten())
        .find(|outlet| outlet.get("staffed").and_then(|staffed| staffed.as_bool()) != Some(false));
    let line = |lang: &str, comma: &str| {
        let part = |name: &str| words(staffed?.get(name), lang);
        Some(format!("{}{comma}{}", part("name")?, part("address")?))
    };
    let outlet = line("zh", "，")
        .map(|zh| Bilingual { en: line("en", ", ").unwrap_or_else(|| zh.clone()), zh });
    Contacts { hotline: number.filter(is_number).map(str::to_owned), outlet }
}

/// A kind of file in a pack, with its JSON Schema for editors.
pub type SchemaOf = (&'static str, fn() -> serde_json::Value);

/// All of them.
pub const SCHEMAS: [SchemaOf; 9] = [
    ("pack", schema::of::<Pack>),
    ("item", schema::of::<Item>),
    ("package", schema::of::<Package>),
    ("policy", schema::of::<Policy>),
    ("materials", schema::of::<Materials>),
    ("values", schema::of::<Figures>),
    ("lists", schema::of::<Lists>),
    ("regions", schema::of::<RegionList>),
    ("calendar", schema::of::<CalendarYear>),
];
