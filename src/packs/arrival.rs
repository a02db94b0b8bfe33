//! A pack comes: it is laid out beside its place, checked as a whole, and gets its name only when it
//! is good and on the disk. What is faulty is gone again, and not fetched a second time.

use std::io::ErrorKind;

use jiff::civil::Date;
use sm3::{Digest as _, Sm3};

use super::notes::{Arrivals, Fate};
use super::{Candidate, PackId, Packs, in_short, nobody_answers_for};
use crate::contract::{PackFile, PackOffer};
use crate::domain::pack::{Pack, Standing};
use crate::domain::signer::to_hex;
use crate::file;
use crate::pack::{self, BundleError, Checked};

/// How often a file is fetched that is not what was offered: once may be a change between two
/// questions, or a line.
const GARBLED_MOST: u8 = 3;

/// What became of a pack that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It waits for its day, or for a moment without a visit.
    Taken { version: String, effective_from: Option<Date> },
    /// It was here already.
    Known,
    /// It is never used; the first faults.
    Refused { version: String, why: String },
    /// It is not what was offered, and is fetched again later.
    Garbled,
}

impl Packs {
    /// `ETag` of the list that was seen last, by whoever judges as now.
    pub fn tag(&self) -> Option<String> {
        self.judged().tag
    }

    /// What the platform offers from now on. Nothing is noted where it never offered anything.
    ///
    /// # Errors
    /// The disk.
    pub fn offered(&self, offers: Vec<PackOffer>, tag: Option<String>) -> std::io::Result<()> {
        let _writing = self.writing();
        let mut arrivals = self.judged();
        if offers.is_empty() && !self.folder().exists() {
            return Ok(());
        }
        let mut twice = std::collections::HashSet::new();
        arrivals.offers = offers;
        arrivals.offers.retain(|offer| twice.insert(offer.sm3.clone()));
        arrivals.tag = tag;
        self.put_arrivals(&arrivals)
    }

    /// Of what is offered what this kiosk does not have, and may want.
    pub fn wanted(&self) -> Vec<PackOffer> {
        let (arrivals, orders) = (self.judged(), self.orders());
        let is_wanted = |offer: &PackOffer| {
            let id = PackId::Fetched(offer.sm3.clone());
            !orders.blocked.contains(&id)
                && match arrivals.fate(&offer.sm3) {
                    None | Some(Fate::Broken(_)) => true,
                    Some(Fate::Garbled(times)) => *times < GARBLED_MOST,
                    // Somebody has removed its folder.
                    Some(Fate::Taken) => !self.path(&id).exists(),
                    Some(Fate::Known | Fate::Pruned | Fate::Refused(_)) => false,
                }
        };
        arrivals.offers.iter().filter(|offer| is_wanted(offer)).cloned().collect()
    }

    /// Takes the file of a pack in, or refuses it for good: so no clock is asked, and one whose day
    /// is still to come waits for it.
    ///
    /// # Errors
    /// The disk: nothing was learned of the pack.
    pub fn receive(&self, offer: &PackOffer, bytes: &[u8]) -> std::io::Result<Arrival> {
        let _writing = self.writing();
        std::fs::create_dir_all(self.folder())?;
        self.sweep()?;
        let mut arrivals = self.judged();
        let arrival = self.judge(offer, bytes)?;
        let fate = match &arrival {
            Arrival::Taken { .. } => Fate::Taken,
            Arrival::Known => Fate::Known,
            Arrival::Refused { why, .. } => Fate::Refused(why.clone()),
            Arrival::Garbled => match arrivals.fate(&offer.sm3) {
                Some(Fate::Garbled(times)) => Fate::Garbled(times.saturating_add(1)),
                _ => Fate::Garbled(1),
            },
        };
        arrivals.note(&offer.sm3, &offer.version, fate);
        self.put_arrivals(&arrivals)?;
        Ok(arrival)
    }

    fn judge(&self, offer: &PackOffer, bytes: &[u8]) -> std::io::Result<Arrival> {
        let refused = |why: String| Ok(Arrival::Refused { version: offer.version.clone(), why });
        if to_hex(&Sm3::digest(bytes)) != offer.sm3 {
            return Ok(Arrival::Garbled);
        }
        let sent: PackFile = match serde_json::from_slice(bytes) {
            Ok(sent) => sent,
            Err(error) => return refused(format!("its file cannot be read: {error}")),
        };
        let new = self.new_folder(&offer.sm3);
        let found = match pack::lay_out(&sent, &new) {
            Ok(()) => self.check(offer, &new),
            Err(BundleError::Refused(why)) => Err(why),
            Err(BundleError::Disk(path, error)) => {
                let _ = std::fs::remove_dir_all(&new);
                return Err(std::io::Error::new(
                    error.kind(),
                    format!("{}: {error}", path.display()),
                ));
            }
        };
        match found {
            Ok(Some(pack)) => {
                let to = self.path(&PackId::Fetched(offer.sm3.clone()));
                // One of this name that could not be read.
                remove_folder(&to)?;
                std::fs::rename(&new, &to)?;
                file::sync_folder(self.folder())?;
                let (version, effective_from) = (pack.version, pack.effective_from);
                Ok(Arrival::Taken { version, effective_from })
            }
            Ok(None) => {
                remove_folder(&new)?;
                Ok(Arrival::Known)
            }
            Err(why) => {
                remove_folder(&new)?;
                refused(why)
            }
        }
    }

    /// Whether a pack that was laid out may ever be used here; `None` if it is here already.
    fn check(
        &self,
        offer: &PackOffer,
        folder: &std::path::Path,
    ) -> Result<Option<Box<Pack>>, String> {
        let Checked { pack, .. } = pack::check(folder, None, &self.0.trusted);
        let pack = pack.map_err(|errors| in_short(&errors))?;
        if pack.version != offer.version {
            return Err(format!("pack.toml says version {}", pack.version));
        }
        if pack.standing == Standing::Official && self.0.trusted.is_empty() {
            return Err(in_short(&nobody_answers_for(folder)));
        }
        if pack.standing == Standing::Sample && self.is_official() {
            return Err("a sample never takes the place of an official pack".to_owned());
        }
        let base = pack::outline(&self.path(&PackId::Base));
        if let Some(base) = base.filter(|base| base.region != pack.region) {
            return Err(format!(
                "it is for region {}, and this kiosk stands in {}; check which packs the platform \
                 has for this kiosk",
                pack.region, base.region
            ));
        }
        let other = |candidate: &&Candidate| {
            let itself = PackId::Fetched(offer.sm3.clone());
            candidate.version == pack.version && candidate.id != itself
        };
        let candidates = self.candidates();
        match candidates.iter().find(other) {
            None => Ok(Some(pack)),
            Some(other) if self.load(&other.id).is_ok_and(|other| is_same(other, &pack)) => {
                Ok(None)
            }
            Some(_) => Err(format!(
                "another pack of version {} is here, and cases name packs by version; give each a \
                 version of its own",
                pack.version
            )),
        }
    }

    /// Whether the pack in force is official.
    fn is_official(&self) -> bool {
        if self.has_in_force() {
            return self.in_force().official;
        }
        let base = pack::outline(&self.path(&PackId::Base));
        base.is_some_and(|base| base.standing == Standing::Official)
    }

    /// A pack that was taken could not be read: it is not chosen again, and fetched anew.
    pub(super) fn note_broken(&self, digest: &str, version: &str, why: String) {
        let _writing = self.writing();
        let mut arrivals = self.judged();
        arrivals.note(digest, version, Fate::Broken(why));
        if let Err(error) = self.put_arrivals(&arrivals) {
            tracing::warn!("{}: {error}", self.folder().display());
        }
    }

    /// What was noted, as far as it holds: another program, other keys or another base may judge
    /// otherwise.
    pub(super) fn judged(&self) -> Arrivals {
        let mut arrivals = self.arrivals();
        let judge = self.judge_name();
        if arrivals.judge != judge {
            arrivals.judge = judge;
            arrivals.tag = None;
            arrivals.seen.retain_mut(|seen| match seen.fate {
                Fate::Taken | Fate::Pruned => true,
                Fate::Broken(_) => {
                    seen.fate = Fate::Taken;
                    true
                }
                Fate::Known | Fate::Refused(_) | Fate::Garbled(_) => false,
            });
        }
        arrivals
    }

    fn judge_name(&self) -> String {
        let keys = self.0.trusted.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let base = pack::outline(&self.path(&PackId::Base));
        let base = base.map(|base| format!("{} {}", base.version, base.region)).unwrap_or_default();
        let digest = to_hex(&Sm3::digest(format!("{keys}\n{base}").as_bytes()));
        format!("{} {}", env!("CARGO_PKG_VERSION"), &digest[..16])
    }

    /// Removes what a power cut has left.
    fn sweep(&self) -> std::io::Result<()> {
        for entry in std::fs::read_dir(self.folder())? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().ends_with(".new") && entry.path().is_dir() {
                remove_folder(&entry.path())?;
            }
        }
        Ok(())
    }
}

/// Whether a pack says the same as one that came, in however many folders it lies.
fn is_same(held: Pack, came: &Pack) -> bool {
    Pack { extends: None, ..held } == *came
}

fn remove_folder(folder: &std::path::Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
