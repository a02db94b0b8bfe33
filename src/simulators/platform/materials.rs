//! Materials at the simulated platform. Of a material it keeps the bytes only until the
//! last part has come, then the digest alone.

use std::collections::{BTreeMap, HashSet};

use sm3::{Digest as _, Sm3};
use zeroize::Zeroizing;

use crate::contract::material::{MaterialRequest, MaterialState, PART_BYTES};
use crate::domain::signer::to_hex;

/// Files that may be under way at the same time; the one begun first makes room.
const UNDER_WAY_MAX: usize = 4;

#[derive(Default)]
pub(super) struct Materials {
    under_way: BTreeMap<String, UnderWay>,
    begun: u64,
    complete: HashSet<String>,
}

struct UnderWay {
    begun: u64,
    length: u64,
    parts: Vec<Option<Zeroizing<Vec<u8>>>>,
}

/// Why a part is not taken.
pub(super) enum PartFault {
    Unknown,
    Length,
    Digest,
}

impl Materials {
    pub(super) fn announce(&mut self, sm3: &str, request: &MaterialRequest) -> MaterialState {
        if self.complete.contains(sm3) {
            return MaterialState { missing: Vec::new(), complete: true };
        }
        let known = self.under_way.get(sm3).is_some_and(|known| known.length == request.length);
        if !known {
            if self.under_way.len() >= UNDER_WAY_MAX {
                let oldest = self.under_way.iter().min_by_key(|(_, file)| file.begun);
                if let Some(oldest) = oldest.map(|(sm3, _)| sm3.clone()) {
                    self.under_way.remove(&oldest);
                }
            }
            self.begun += 1;
            let parts = (0..request.parts()).map(|_| None).collect();
            let file = UnderWay { begun: self.begun, length: request.length, parts };
            self.under_way.insert(sm3.to_owned(), file);
        }
        self.state(sm3)
    }

    pub(super) fn bring(
        &mut self,
        sm3: &str,
        part: usize,
        bytes: &[u8],
    ) -> Result<MaterialState, PartFault> {
        if self.complete.contains(sm3) {
            return Ok(self.state(sm3));
        }
        let file = self.under_way.get_mut(sm3).ok_or(PartFault::Unknown)?;
        let place = file.parts.get_mut(part).ok_or(PartFault::Unknown)?;
        let before = PART_BYTES * part as u64;
        if bytes.len() as u64 != (file.length - before).min(PART_BYTES) {
            return Err(PartFault::Length);
        }
        *place = Some(Zeroizing::new(bytes.to_vec()));
        if file.parts.iter().all(Option::is_some) {
            let mut whole = Sm3::new();
            file.parts.iter().flatten().for_each(|part| whole.update(part.as_slice()));
            let right = to_hex(&whole.finalize()) == sm3;
            self.under_way.remove(sm3);
            if !right {
                return Err(PartFault::Digest);
            }
            self.complete.insert(sm3.to_owned());
        }
        Ok(self.state(sm3))
    }

    fn state(&self, sm3: &str) -> MaterialState {
        let missing = |file: &UnderWay| {
            (0..).zip(&file.parts).filter(|(_, part)| part.is_none()).map(|(n, _)| n).collect()
        };
        MaterialState {
            missing: self.under_way.get(sm3).map(missing).unwrap_or_default(),
            complete: self.complete.contains(sm3),
        }
    }
}
