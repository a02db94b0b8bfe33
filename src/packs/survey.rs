//! What a technician is told of the packs of a kiosk, also beside a running one.

use jiff::civil::Date;
use serde::Serialize;

use super::look::waiting;
use super::{Bar, Candidate, PackId, Packs, Refusal, Waiting};
use crate::domain::pack::{Bilingual, Standing};

/// Everything there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Survey {
    /// By the day from which they hold.
    pub packs: Vec<Entry>,
    /// What the platform offers and this kiosk does not use, and why.
    pub refused: Option<Refusal>,
    pub waiting: Option<Waiting>,
    /// Version of the pack that takes the place of the one in force, as soon as nobody is at the
    /// kiosk, or when it starts.
    pub next: Option<String>,
}

/// One pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub version: String,
    pub id: PackId,
    pub standing: Standing,
    /// The office that answers for it.
    pub signer: Option<Bilingual>,
    /// Without it at once.
    pub effective_from: Option<Date>,
    #[serde(flatten)]
    pub state: EntryState,
}

/// How a pack stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "why")]
pub enum EntryState {
    InForce,
    /// Its day is still to come.
    Waits,
    /// Another one has taken its place.
    Kept,
    /// It is not used.
    Barred(Bar),
}

impl Packs {
    /// Looks at what lies there; `today` where the clock can be trusted. Checks no pack.
    pub fn survey(&self, today: Option<Date>) -> Survey {
        let (candidates, noted) = (self.candidates(), self.in_force());
        let chosen = self.chosen(&candidates, &self.orders(), today);
        let in_force = candidates.iter().find(|candidate| candidate.id == noted.pack);
        let next = candidates.iter().find(|it| it.id == chosen && it.id != noted.pack);
        let entry = |candidate: &Candidate| {
            let later = in_force.is_some_and(|now| candidate.rank() > now.rank());
            let state = match &candidate.bar {
                _ if candidate.id == noted.pack => EntryState::InForce,
                Some(bar) => EntryState::Barred(bar.clone()),
                None if later && today.is_none_or(|today| candidate.due > today) => {
                    EntryState::Waits
                }
                None => EntryState::Kept,
            };
            let Candidate { version, id, standing, signer, effective_from, .. } = candidate.clone();
            Entry { version, id, standing, signer, effective_from, state }
        };
        let official = in_force.is_some_and(Candidate::is_official);
        Survey {
            packs: candidates.iter().map(entry).collect(),
            refused: self.refused(),
            waiting: waiting(&candidates, &chosen, official),
            next: next.map(|next| next.version.clone()),
        }
    }
}

impl Survey {
    /// The pack in force, if it says what it is.
    pub fn in_force(&self) -> Option<&Entry> {
        self.packs.iter().find(|entry| entry.state == EntryState::InForce)
    }
}
