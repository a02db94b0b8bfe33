//! What is noted beside the packs. A note that cannot be read is none.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{PackId, Packs};
use crate::contract::PackOffer;
use crate::file;

/// A note is some kilobytes; what is larger is something else.
const LARGEST: u64 = 256 << 10;

/// Which pack is in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    pub pack: PackId,
    pub version: String,
    pub official: bool,
    /// The one before it.
    pub previous: PackId,
    /// Number of the last act of a technician that was obeyed.
    pub obeyed: u64,
}

/// What technicians ordered, and what holds of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Orders {
    /// The last ones, oldest first.
    pub acts: Vec<Act>,
    /// Not used, and not fetched again.
    pub blocked: Vec<PackId>,
    /// Where the last act wants to be.
    pub to: Option<PackId>,
}

/// An act of a technician.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// From 1.
    pub number: u64,
    pub what: What,
    /// Version of the pack that was left.
    pub left: String,
    /// Version of the pack that was wanted.
    pub to: String,
}

/// What a technician did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    #[default]
    Back,
    Forward,
}

/// What the platform offers, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Arrivals {
    /// What a verdict depends on beside the pack: program, trusted keys, base pack.
    pub judge: String,
    /// `ETag` of the list.
    pub tag: Option<String>,
    pub offers: Vec<PackOffer>,
    /// In the order in which they came.
    pub seen: Vec<Seen>,
}

/// A pack that was offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub sm3: String,
    pub version: String,
    pub fate: Fate,
}

/// What became of a pack that was offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fate {
    /// It is good, and was laid out.
    Taken,
    /// It is the same as one that was here already.
    Known,
    Refused(String),
    /// It was taken, and is not needed any more.
    Pruned,
    /// It was taken, and could not be read later.
    Broken(String),
    /// What came was not what was offered, so many times.
    Garbled(u8),
}

impl Orders {
    /// Number of the newest act.
    pub fn newest(&self) -> u64 {
        self.acts.last().map_or(0, |act| act.number)
    }
}

impl Arrivals {
    pub fn fate(&self, sm3: &str) -> Option<&Fate> {
        self.seen.iter().find(|seen| seen.sm3 == sm3).map(|seen| &seen.fate)
    }

    /// Why a pack could not be read any more.
    pub fn broken(&self, sm3: &str) -> Option<&str> {
        match self.fate(sm3)? {
            Fate::Broken(why) => Some(why),
            _ => None,
        }
    }

    /// Which one it was of all that came, from 1.
    pub fn nth(&self, sm3: &str) -> u64 {
        let place = self.seen.iter().position(|seen| seen.sm3 == sm3);
        place.map_or(1, |place| place as u64 + 1)
    }

    /// Notes what became of one.
    pub fn note(&mut self, sm3: &str, version: &str, fate: Fate) {
        /// More than a platform offers in years; of those before, only whether they are here counts.
        const MOST: usize = 64;
        if let Some(seen) = self.seen.iter_mut().find(|seen| seen.sm3 == sm3) {
            seen.fate = fate;
            return;
        }
        if self.seen.len() >= MOST {
            self.seen.remove(0);
        }
        self.seen.push(Seen { sm3: sm3.to_owned(), version: version.to_owned(), fate });
    }
}

const IN_FORCE: &str = "in-force.json";
const ORDERS: &str = "orders.json";
const ARRIVALS: &str = "arrivals.json";

impl Packs {
    /// Which pack was in force last; the base where that was never noted.
    pub fn in_force(&self) -> InForce {
        self.note(IN_FORCE)
    }

    pub(super) fn has_in_force(&self) -> bool {
        self.folder().join(IN_FORCE).exists()
    }

    pub(super) fn orders(&self) -> Orders {
        self.note(ORDERS)
    }

    pub(super) fn arrivals(&self) -> Arrivals {
        self.note(ARRIVALS)
    }

    /// Notes which pack is in force, on the disk when this returns.
    ///
    /// # Errors
    /// The disk.
    pub fn put_in_force(&self, note: &InForce) -> std::io::Result<()> {
        let _writing = self.writing();
        self.write(IN_FORCE, note)
    }

    pub(super) fn put_orders(&self, note: &Orders) -> std::io::Result<()> {
        self.write(ORDERS, note)
    }

    pub(super) fn put_arrivals(&self, note: &Arrivals) -> std::io::Result<()> {
        self.write(ARRIVALS, note)
    }

    fn note<T: DeserializeOwned + Default>(&self, name: &str) -> T {
        let path = self.folder().join(name);
        let bytes = match file::read(&path, LARGEST) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return T::default(),
            Err(error) => {
                tracing::warn!("{}: {error}", path.display());
                return T::default();
            }
        };
        serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            tracing::warn!("{}: {error}", path.display());
            T::default()
        })
    }

    fn write(&self, name: &str, note: &impl Serialize) -> std::io::Result<()> {
        std::fs::create_dir_all(self.folder())?;
        let mut text = serde_json::to_vec_pretty(note)?;
        text.push(b'\n');
        file::replace(&self.folder().join(name), &text)
    }
}
