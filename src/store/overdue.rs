//! Cases under way whose promised day may have passed. Which have, only the pack tells: the kiosk looks
//! at them a few at a time and says which are to be noted.

use rusqlite::params;

use super::db::{Db, code};
use super::{StoreError, cases, chain};
use crate::case::{CaseFacts, CaseNumber, Hindrance};
use crate::journal::Event;

/// Cases that are looked at in one step.
const AT_A_TIME: u32 = 64;

impl Db {
    /// Cases under way without a noted breach, behind a sequence, in their order. One that cannot be
    /// read is passed over.
    pub(super) fn under_way(&self, after: u64) -> Result<Vec<CaseFacts>, StoreError> {
        cases::under_way(&self.connection, &self.sealer, after.cast_signed(), AT_A_TIME)
            .map_err(|e| self.error("looking at the promised days", e))
    }

    /// Notes that the promised day of these has passed; each once.
    pub(super) fn note_overdue(
        &mut self,
        numbers: &[CaseNumber],
    ) -> Result<Vec<CaseFacts>, StoreError> {
        let clock = self.clock();
        let reason = Hindrance::Platform;
        self.write("noting that a promised day has passed", |transaction, sealer| {
            let mut noted = Vec::new();
            for number in numbers {
                let sequence = cases::sequence_of(number);
                let news = transaction
                    .prepare_cached(
                        "UPDATE application SET breach = ?3
                         WHERE sequence = ?1 AND number = ?2 AND under_way AND breach IS NULL",
                    )?
                    .execute(params![sequence, number.as_str(), code(reason)])?;
                if news > 0 {
                    let event = Event::LimitBreached { case: number.clone(), reason };
                    chain::append(transaction, clock, &event)?;
                    noted.push(cases::at(transaction, sealer, sequence)?);
                }
            }
            Ok(noted)
        })
    }
}
