//! Slips: each has its serial from the commit that notes its order, and an outcome for good
//! (promise P3).

use rusqlite::{OptionalExtension as _, params};

use super::db::{Db, NAME_MAX, bounded, code, parsed, site};
use super::policies::{self, Told};
use super::{NewSlip, SlipSerial, StoreError, chain};
use crate::case::CaseNumber;
use crate::journal::{Event, SlipResult};

/// Open slips that are settled at the start. More than one is there only after a full disk.
const OPEN_MAX: u32 = 1000;
/// Why a slip is unknown whose outcome the kiosk did not live to see.
const INTERRUPTED: &str = "the kiosk was interrupted";

impl Db {
    pub(super) fn order_slip(&mut self, new: NewSlip) -> Result<SlipSerial, StoreError> {
        bounded("item", new.item.len(), NAME_MAX)?;
        new.policy.as_ref().map_or(Ok(()), policies::fits)?;
        let serial = self.mark.next_slip()?;
        let (site, clock) = (site(&self.region, self.kiosk), self.clock());
        self.write("noting the order of a slip", |transaction, _| {
            let given: i64 = transaction
                .prepare_cached("SELECT slip_serial FROM kiosk")?
                .query_row([], |row| row.get(0))?;
            transaction
                .prepare_cached("UPDATE kiosk SET slip_serial = ?1, site = ?2")?
                .execute(params![serial.cast_signed(), site])?;
            let skipped = (serial - 1).saturating_sub(given.cast_unsigned());
            if skipped > 0 {
                let skipped = Event::NumbersSkipped { cases: 0, slips: skipped };
                chain::append(transaction, clock, &skipped)?;
            }
            transaction
                .prepare_cached(
                    "INSERT INTO slip
                     (serial, case_number, item, reprint, ordered_at, clock_trusted, policy,
                      pack_version)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    serial.cast_signed(),
                    new.case.as_ref().map(CaseNumber::as_str),
                    new.item,
                    new.reprint,
                    clock.0.to_string(),
                    clock.1,
                    new.policy.as_ref().map(|policy| &policy.id),
                    new.policy.as_ref().map(|policy| &policy.pack_version),
                ])?;
            let NewSlip { case, item, reprint, .. } = new;
            chain::append(
                transaction,
                clock,
                &Event::SlipOrdered { case, slip: serial, item, reprint },
            )
        })?;
        self.mark.gave_slip(serial);
        Ok(SlipSerial(serial))
    }

    pub(super) fn slip_outcome(
        &mut self,
        SlipSerial(serial): SlipSerial,
        outcome: SlipResult,
        why: Option<String>,
    ) -> Result<(), StoreError> {
        bounded("reason of a slip", why.as_ref().map_or(0, String::len), 4 * NAME_MAX)?;
        let clock = self.clock();
        self.write("noting the outcome of a slip", |transaction, _| {
            type About = (Option<String>, Option<String>, Option<String>);
            let open: Option<About> = transaction
                .prepare_cached(
                    "UPDATE slip SET outcome = ?2 WHERE serial = ?1 AND outcome IS NULL
                     RETURNING case_number, policy, pack_version",
                )?
                .query_row(params![serial.cast_signed(), code(outcome)], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()?;
            let Some((case, policy, pack_version)) = open else {
                return Err(StoreError::NoSuchSlip { serial }.into());
            };
            if let (SlipResult::Printed, Some(id), Some(pack)) = (outcome, &policy, &pack_version) {
                policies::count(transaction, clock, (id, pack), Told::Printed)?;
            }
            let case = case.and_then(|number| CaseNumber::parse(&number).ok());
            chain::append(
                transaction,
                clock,
                &Event::SlipOutcome { case, slip: serial, outcome, why },
            )
        })
    }

    /// Slips whose outcome nobody lived to see are unknown from now on. Returns how many, and
    /// whether the last slip of all is known to be whole.
    pub(super) fn settle_slips(&mut self) -> Result<(u32, bool), StoreError> {
        let read = |db: &Db| -> Result<Vec<i64>, rusqlite::Error> {
            db.connection
                .prepare("SELECT serial FROM slip WHERE outcome IS NULL ORDER BY serial LIMIT ?1")?
                .query_map([OPEN_MAX], |row| row.get(0))?
                .collect()
        };
        let open = read(self).map_err(|e| self.error("looking for interrupted slips", e))?;
        for serial in &open {
            let serial = SlipSerial(serial.cast_unsigned());
            self.slip_outcome(serial, SlipResult::Unknown, Some(INTERRUPTED.to_owned()))?;
        }
        let last: Option<SlipResult> = self
            .connection
            // One of which nothing was printed says nothing of the paper.
            .query_row(
                "SELECT outcome FROM slip WHERE outcome <> 'not_printed' ORDER BY serial DESC LIMIT 1",
                [],
                |row| parsed(row, 0, super::db::from_code),
            )
            .optional()
            .map_err(|e| self.error("looking at the last slip", e))?;
        let interrupted = u32::try_from(open.len()).unwrap_or(OPEN_MAX);
        Ok((interrupted, last != Some(SlipResult::Unknown)))
    }
}
