//! The site packs that a kiosk has: the one that its configuration names, those that the platform
//! gave it, and which of them is in force.
//!
//! ```text
//! packs/                 beside the database; made when the first pack comes
//! packs/in-force.json    which one is in force; written by the kiosk
//! packs/orders.json      what a technician ordered; written by `kuaiban pack back` and `forward`
//! packs/arrivals.json    what the platform offers, and what became of it; written by the kiosk
//! packs/SM3/             a pack, named by the digest of the file that it came in
//! packs/SM3.new/         one that is being laid out, or what a power cut left of it
//! ```
//!
//! Each file has one writer and is replaced as a whole, so commands work beside a running kiosk.

mod arrival;
mod choice;
mod look;
mod notes;
mod orders;
mod start;
mod survey;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::contract::material::is_sm3;
use crate::domain::pack::{Pack, Standing};
use crate::domain::signer::SignerKey;
use crate::pack::{self, PackErrors, PackFault, Rule};

pub use arrival::Arrival;
pub use choice::{Bar, Candidate};
pub use look::{Looked, Next, Refusal, Waiting};
pub use notes::{Act, InForce, What};
pub use orders::OrderError;
pub use start::Opened;
pub use survey::{Entry, EntryState, Survey};

use notes::Fate;

/// Packs from the platform that are kept; what is in force and what waits is never one too many.
const MOST_KEPT: usize = 8;

/// One of the packs of a kiosk.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PackId {
    /// The one at `[pack] path`.
    #[default]
    Base,
    /// One from the platform, by the SM3 digest of its file.
    Fetched(String),
}

impl From<PackId> for String {
    fn from(id: PackId) -> String {
        match id {
            PackId::Base => "base".to_owned(),
            PackId::Fetched(digest) => digest,
        }
    }
}

impl TryFrom<String> for PackId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<PackId, &'static str> {
        match text.as_str() {
            "base" => Ok(PackId::Base),
            digest if is_sm3(digest) => Ok(PackId::Fetched(text)),
            _ => Err("\"base\" or an SM3 digest is needed"),
        }
    }
}

/// All packs of one kiosk; cheap to clone.
#[derive(Clone, Debug)]
pub struct Packs(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    base: PathBuf,
    trusted: Vec<SignerKey>,
    folder: PathBuf,
    /// Held while this process changes what lies there.
    writing: Mutex<()>,
}

impl Packs {
    pub fn of(config: &Config) -> Packs {
        let beside = config.store.path.parent().unwrap_or(Path::new("."));
        Packs(Arc::new(Inner {
            base: config.pack.path.clone(),
            trusted: config.pack.trusted_keys.clone(),
            folder: beside.join("packs"),
            writing: Mutex::default(),
        }))
    }

    /// Where the packs from the platform lie.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// The folder of a pack.
    pub fn path(&self, id: &PackId) -> PathBuf {
        match id {
            PackId::Base => self.0.base.clone(),
            PackId::Fetched(digest) => self.0.folder.join(digest),
        }
    }

    /// Reads and checks a pack. One from the platform that calls itself official is signed by a
    /// trusted key, wherever keys are named or not.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn load(&self, id: &PackId) -> Result<Pack, PackErrors> {
        self.load_by_parts(id, |_| ())
    }

    fn load_by_parts(&self, id: &PackId, frame: impl FnOnce(&Pack)) -> Result<Pack, PackErrors> {
        let folder = self.path(id);
        let fetched = *id != PackId::Base;
        let unsigned = |pack: &Pack| {
            fetched && pack.standing == Standing::Official && self.0.trusted.is_empty()
        };
        let shown = |pack: &Pack| {
            if !unsigned(pack) {
                frame(pack);
            }
        };
        let pack = pack::load_by_parts(&folder, &self.0.trusted, shown)?;
        if unsigned(&pack) {
            return Err(nobody_answers_for(&folder));
        }
        Ok(pack)
    }

    /// The packs by their versions, for cases that began with them; one that is not here any more,
    /// or cannot be read, is left out.
    pub fn of_versions(&self, versions: &[String]) -> Vec<Pack> {
        let candidates = self.candidates();
        let of = |version: &String| {
            let found = candidates.iter().find(|candidate| candidate.version == *version)?;
            let pack = self.load(&found.id);
            let pack = pack.inspect_err(|error| tracing::warn!("the pack of a case: {error}"));
            pack.ok().filter(|pack| pack.version == *version)
        };
        versions.iter().take(MOST_KEPT).filter_map(of).collect()
    }

    /// Removes what nobody needs: all but what is in force, what was before it, what waits for its
    /// day and what `cases` were begun with, and of those what is most than [`MOST_KEPT`].
    pub fn prune(&self, cases: &[String]) {
        let _writing = self.writing();
        let InForce { pack, previous, .. } = self.in_force();
        let candidates = self.candidates();
        let from = candidates.iter().find(|candidate| candidate.id == pack).map(Candidate::rank);
        // The lower, the rather it is kept.
        let need = |candidate: &Candidate| match candidate {
            Candidate { id, .. } if *id == pack || *id == previous => Some(0),
            // Blocked or broken ones are waited for by nobody.
            Candidate { bar: None, .. } if Some(candidate.rank()) > from => Some(1),
            Candidate { version, .. } => {
                cases.iter().position(|of_case| of_case == version).map(|place| place + 2)
            }
        };
        let fetched = candidates.iter().filter(|candidate| candidate.id != PackId::Base);
        let mut needed: Vec<_> = fetched.map(|candidate| (need(candidate), candidate)).collect();
        needed.sort_by_key(|(need, candidate)| (need.unwrap_or(usize::MAX), candidate.rank()));
        let mut arrivals = self.judged();
        let before = arrivals.clone();
        for (place, (need, candidate)) in needed.into_iter().enumerate() {
            if let PackId::Fetched(digest) = &candidate.id
                && need.is_none_or(|need| need > 0 && place >= MOST_KEPT)
            {
                arrivals.note(digest, &candidate.version, Fate::Pruned);
                self.remove(candidate);
            }
        }
        if arrivals != before
            && let Err(error) = self.put_arrivals(&arrivals)
        {
            tracing::warn!("{}: {error}", self.folder().display());
        }
    }

    fn remove(&self, candidate: &Candidate) {
        let PackId::Fetched(digest) = &candidate.id else { return };
        // A folder that was half removed is no pack: first it loses its name.
        let (from, gone) = (self.path(&candidate.id), self.new_folder(digest));
        let removed = std::fs::rename(&from, &gone).and_then(|()| std::fs::remove_dir_all(&gone));
        match removed {
            Ok(()) => tracing::info!(version = candidate.version, "a site pack was removed"),
            Err(error) => tracing::warn!("{}: cannot be removed: {error}", from.display()),
        }
    }

    /// Where a pack lies before it is whole.
    fn new_folder(&self, digest: &str) -> PathBuf {
        self.0.folder.join(format!("{digest}.new"))
    }

    fn writing(&self) -> MutexGuard<'_, ()> {
        self.0.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is wrong with an official pack from the platform where no key is trusted.
fn nobody_answers_for(folder: &Path) -> PackErrors {
    let problem = "no key is trusted, and an official pack from the platform needs a signature; \
                   name the bureau's key in [pack] trusted_keys";
    let fault = PackFault::of_file(Path::new("signature.toml"), Rule::Signature, problem);
    PackErrors { folder: folder.to_owned(), faults: vec![fault], frame: None }
}

/// The first faults of a pack, in one line.
fn in_short(errors: &PackErrors) -> String {
    const SHOWN: usize = 3;
    let shown = errors.faults.iter().take(SHOWN).map(|fault| fault.to_string());
    let mut line = shown.collect::<Vec<_>>().join(" | ");
    if let more @ 1.. = errors.faults.len().saturating_sub(SHOWN) {
        line += &format!(" | and {more} more");
    }
    line
}

/// A day as it stands in a list; at once where there is none.
pub fn day_words(day: Option<Date>) -> String {
    day.map_or_else(|| "at once".to_owned(), |day| format!("from {day}"))
}
