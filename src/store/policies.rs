//! How often each policy was shown and printed, a day (四进两知): numbers that are nobody's.

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::db::{Db, Failure, NAME_MAX, bounded, optional, readable};
use super::{Found, PolicyCount, StoreError};
use crate::clock;
use crate::domain::pack::PolicyRef;

/// What is counted.
#[derive(Clone, Copy)]
pub(super) enum Told {
    Shown,
    Printed,
}

impl Db {
    pub(super) fn policy_shown(&mut self, policy: &PolicyRef) -> Result<(), StoreError> {
        fits(policy)?;
        let clock = self.clock();
        self.write("counting a policy", |transaction, _| {
            let PolicyRef { id, pack_version } = policy;
            count(transaction, clock, (id, pack_version), Told::Shown)
        })
    }

    /// What was counted by a doubtful clock gets the day on which a right one finds it.
    pub(super) fn date_counts(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        self.write_if(
            "dating what was counted",
            |dated| *dated,
            |transaction, _| {
                let dated = transaction
                    .prepare_cached(
                        "INSERT INTO policy_count
                         SELECT ?1, 0, policy, pack_version, shown, printed
                         FROM policy_count WHERE day = ''
                         ON CONFLICT DO UPDATE SET
                         shown = shown + excluded.shown, printed = printed + excluded.printed",
                    )?
                    .execute([day(now)])?;
                transaction
                    .prepare_cached("DELETE FROM policy_count WHERE day = ''")?
                    .execute([])?;
                Ok(dated > 0)
            },
        )
    }

    /// Every day and policy.
    pub(super) fn policy_counts(&self) -> Result<Found<PolicyCount>, StoreError> {
        counts(&self.connection).map_err(|e| self.error("reading the counts of policies", e))
    }

    /// Days that are long ago.
    pub(super) fn remove_counts(&mut self, before: Timestamp) -> Result<bool, StoreError> {
        self.write_if(
            "removing old counts",
            |removed| *removed,
            |transaction, _| {
                let removed = transaction
                    .prepare_cached("DELETE FROM policy_count WHERE day < ?1 AND day <> ''")?
                    .execute([day(before)])?;
                Ok(removed > 0)
            },
        )
    }
}

pub(super) fn fits(policy: &PolicyRef) -> Result<(), StoreError> {
    bounded("policy", policy.id.len(), NAME_MAX)?;
    bounded("version of a pack", policy.pack_version.len(), NAME_MAX)
}

/// Counts one more of a policy, by its identifier and the version of its pack.
pub(super) fn count(
    transaction: &Transaction<'_>,
    (now, trusted): (Timestamp, bool),
    (policy, pack_version): (&str, &str),
    told: Told,
) -> Result<(), Failure> {
    let (shown, printed) = match told {
        Told::Shown => (1, 0),
        Told::Printed => (0, 1),
    };
    transaction
        .prepare_cached(
            "INSERT INTO policy_count VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET
             shown = shown + excluded.shown, printed = printed + excluded.printed",
        )?
        .execute(params![
            if trusted { day(now) } else { String::new() },
            trusted,
            policy,
            pack_version,
            shown,
            printed
        ])?;
    Ok(())
}

/// Every day and policy, the oldest first.
pub(super) fn counts(connection: &Connection) -> Result<Found<PolicyCount>, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT day, certain, policy, pack_version, shown, printed FROM policy_count
         ORDER BY day, policy, pack_version, certain",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(PolicyCount {
            day: optional(row, 0, |day| day.parse().ok())?,
            certain: row.get(1)?,
            policy: row.get(2)?,
            pack_version: row.get(3)?,
            shown: row.get::<_, u32>(4)?,
            printed: row.get::<_, u32>(5)?,
        })
    })?;
    readable(rows)
}

/// The day in China.
fn day(at: Timestamp) -> String {
    clock::local(at).date().to_string()
}
