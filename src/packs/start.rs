//! The pack with which a kiosk starts: the one that was in force. Where that one cannot be read any
//! more, the one before it, and then the one that was there before all.

use super::notes::Orders;
use super::{InForce, PackId, Packs, Refusal, in_short};
use crate::domain::pack::{Pack, Standing};
use crate::pack::{self, PackErrors};

/// The pack of a start.
#[derive(Debug)]
pub struct Opened {
    pub id: PackId,
    pub pack: Pack,
    /// What should have been in its place.
    pub broken: Vec<Refusal>,
}

impl Packs {
    /// Reads and checks the pack with which the kiosk starts, as `pack::load_by_parts` does; no other
    /// one is read as long as it is good.
    ///
    /// # Errors
    /// The faults of the one that should have been in force, where no other may take its place.
    pub fn open(&self, mut frame: impl FnMut(&Pack)) -> Result<Opened, PackErrors> {
        let noted = self.in_force();
        let mut broken = Vec::new();
        let mut first: Option<PackErrors> = None;
        for id in self.in_turn(&noted) {
            // A sample in the place of an official pack would be worse than none.
            let sample =
                |standing| noted.official && id != noted.pack && standing == Standing::Sample;
            if first.is_some()
                && pack::outline(&self.path(&id)).is_some_and(|it| sample(it.standing))
            {
                continue;
            }
            match self.load_by_parts(&id, &mut frame) {
                Ok(pack) => return Ok(Opened { id, pack, broken }),
                Err(errors) => {
                    let version = match pack::outline(&self.path(&id)) {
                        Some(outline) => outline.version,
                        None if id == noted.pack => noted.version.clone(),
                        None => String::new(),
                    };
                    let why = in_short(&errors);
                    tracing::error!(version, "a site pack cannot be used: {why}");
                    if let PackId::Fetched(digest) = &id {
                        self.note_broken(digest, &version, why.clone());
                    }
                    broken.push(Refusal { version, why });
                    first.get_or_insert(errors);
                }
            }
        }
        // The base comes last, so at least one was tried.
        Err(first.unwrap_or_else(|| PackErrors {
            folder: self.path(&PackId::Base),
            faults: Vec::new(),
            frame: None,
        }))
    }

    /// The packs to try. What a technician ordered while the kiosk stood still comes first.
    fn in_turn(&self, noted: &InForce) -> Vec<PackId> {
        let Orders { blocked, to, acts } = self.orders();
        let is_new = acts.last().is_some_and(|act| act.number > noted.obeyed);
        let all = to.filter(|_| is_new).into_iter().chain([
            noted.pack.clone(),
            noted.previous.clone(),
            PackId::Base,
        ]);
        // A blocked one is better than none at all.
        let all = all.filter(|id| !blocked.contains(id)).chain([noted.pack.clone(), PackId::Base]);
        let region = |id: &PackId| pack::outline(&self.path(id)).map(|outline| outline.region);
        let here = (noted.pack != PackId::Base).then(|| region(&PackId::Base)).flatten();
        let mut turn: Vec<PackId> = Vec::new();
        for id in all {
            // Of one that does not say where it is for the faults tell more.
            let elsewhere = || here.is_some() && region(&id).is_some_and(|own| Some(own) != here);
            if !turn.contains(&id) && !elsewhere() {
                turn.push(id);
            }
        }
        turn
    }
}
