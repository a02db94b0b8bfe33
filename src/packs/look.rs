//! What the running kiosk sees when it looks: whether another pack is to be in force, and what there
//! is to be told.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::choice::{Situation, choose};
use super::notes::{Act, Fate};
use super::{Bar, Candidate, InForce, PackId, Packs, in_short};
use crate::domain::pack::{Pack, Standing};

/// What was seen.
#[derive(Debug, Default)]
pub struct Looked {
    /// Another pack is to be in force as soon as nobody is here.
    pub next: Option<Next>,
    /// What technicians did since the last look, oldest first.
    pub acts: Vec<Act>,
    /// What was to be in force and could not be read.
    pub broken: Vec<Refusal>,
    /// The first one that waits for its day.
    pub waiting: Option<Waiting>,
    /// The last one that the platform offers and that is not used.
    pub refused: Option<Refusal>,
}

/// A pack that is to be in force.
#[derive(Clone, Debug)]
pub struct Next {
    pub id: PackId,
    pub pack: Arc<Pack>,
}

/// A pack that waits for its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub version: String,
    pub from: Date,
}

/// A pack that is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub version: String,
    /// The first faults.
    pub why: String,
}

impl Packs {
    /// Looks whether the pack in force is still the right one; `today` where the clock can be
    /// trusted. Reads the disk, and the whole of a pack that is to take its place.
    pub fn look(&self, in_force: &PackId, official: bool, today: Option<Date>) -> Looked {
        if *in_force == PackId::Base && !self.folder().exists() {
            // The platform has never given one.
            return Looked::default();
        }
        let (noted, orders) = (self.in_force(), self.orders());
        let mut candidates = self.candidates();
        let mut looked = Looked {
            acts: orders.acts.iter().filter(|act| act.number > noted.obeyed).cloned().collect(),
            refused: self.refused(),
            ..Looked::default()
        };
        loop {
            let chosen = choose(
                &candidates,
                &Situation {
                    in_force,
                    official,
                    today,
                    to: orders.to.as_ref(),
                    obeyed: noted.obeyed >= orders.newest(),
                },
            );
            if chosen == *in_force {
                break;
            }
            match self.load(&chosen) {
                Ok(pack) => {
                    looked.next = Some(Next { id: chosen, pack: Arc::new(pack) });
                    break;
                }
                Err(errors) => {
                    let why = in_short(&errors);
                    for candidate in candidates.iter_mut().filter(|it| it.id == chosen) {
                        candidate.bar = Some(Bar::Broken(why.clone()));
                        let version = candidate.version.clone();
                        if let PackId::Fetched(digest) = &chosen {
                            self.note_broken(digest, &version, why.clone());
                        }
                        looked.broken.push(Refusal { version, why: why.clone() });
                    }
                    // One that does not even say what it is was no candidate.
                    if !candidates.iter().any(|it| it.id == chosen) {
                        break;
                    }
                }
            }
        }
        let in_use = looked.next.as_ref().map_or(in_force, |next| &next.id);
        looked.waiting = waiting(&candidates, in_use, official);
        looked
    }

    /// The last one of what the platform offers now that is not used.
    pub(super) fn refused(&self) -> Option<Refusal> {
        let arrivals = self.judged();
        let offered = |sm3: &str| arrivals.offers.iter().any(|offer| offer.sm3 == *sm3);
        arrivals.seen.iter().rev().filter(|seen| offered(&seen.sm3)).find_map(|seen| {
            let why = match &seen.fate {
                Fate::Refused(why) | Fate::Broken(why) => why.clone(),
                Fate::Garbled(_) => "what came is not what was offered".to_owned(),
                Fate::Taken | Fate::Known | Fate::Pruned => return None,
            };
            Some(Refusal { version: seen.version.clone(), why })
        })
    }

    /// The kiosk uses this pack from now on, in the place of the one before; technicians were obeyed
    /// up to this act.
    ///
    /// # Errors
    /// The disk: at the next start it is the one before.
    pub fn came_in_force(&self, id: &PackId, pack: &Pack, obeyed: u64) -> std::io::Result<()> {
        let before = self.in_force();
        let previous = if before.pack == *id { before.previous } else { before.pack };
        self.put_in_force(&InForce {
            pack: id.clone(),
            version: pack.version.clone(),
            official: pack.standing == Standing::Official,
            previous,
            obeyed: obeyed.max(before.obeyed),
        })
    }
}

/// The first that holds from a later day than the one in use.
pub(super) fn waiting(
    candidates: &[Candidate],
    in_use: &PackId,
    official: bool,
) -> Option<Waiting> {
    let rank = candidates.iter().find(|candidate| candidate.id == *in_use).map(Candidate::rank);
    let later = candidates.iter().filter(|candidate| {
        candidate.bar.is_none()
            && (!official || candidate.is_official())
            && Some(candidate.rank()) > rank
            && candidate.id != *in_use
    });
    let first = later.min_by_key(|candidate| (candidate.due, candidate.rank()))?;
    Some(Waiting { version: first.version.clone(), from: first.due })
}
