//! How often policies were shown and printed (四进两知), told to the platform: totals of days, and
//! never a person.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;

use super::pause::about;
use super::{Client, PlatformError};
use crate::contract::policy::COUNTS_MAX;
use crate::contract::{PolicyCount, PolicyCounts};
use crate::store::{Store, StoreError};

/// Between two looks. A bureau reads such numbers by day.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// Why not everything was told.
#[derive(Debug, thiserror::Error)]
pub enum CountsError {
    #[error(transparent)]
    Platform(#[from] PlatformError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Day, policy and version of its pack.
type Key = (Date, String, String);

/// What the platform has noted since this program started. What it noted before is told once more:
/// that changes nothing, and nothing of it needs to lie on the disk.
#[derive(Debug, Default)]
pub struct Noted(BTreeMap<Key, PolicyCount>);

/// Tells what is new until nobody wants to know any more. A fault is waited out: the store counts on.
pub async fn follow(client: Client, store: Store) {
    let mut noted = Noted::default();
    let mut failed = false;
    loop {
        tokio::time::sleep(about(EVERY)).await;
        match tell(&client, &store, &mut noted).await {
            Ok(_) => failed = false,
            Err(error) if !failed => {
                tracing::warn!("counts of policies: {error}; trying again");
                failed = true;
            }
            Err(_) => {}
        }
    }
}

/// Tells the totals that have changed since they were noted; how many. What no right clock has dated
/// waits for its day.
///
/// # Errors
/// The platform or the store; what was noted before stays so.
pub async fn tell(client: &Client, store: &Store, noted: &mut Noted) -> Result<usize, CountsError> {
    let mut totals: BTreeMap<Key, PolicyCount> = BTreeMap::new();
    for row in store.policy_counts().await?.rows {
        let Some(day) = row.day else { continue };
        let key = (day, row.policy.clone(), row.pack_version.clone());
        let total = totals.entry(key).or_insert_with(|| PolicyCount {
            day,
            certain: true,
            policy: row.policy,
            pack_version: row.pack_version,
            shown: 0,
            printed: 0,
        });
        total.certain &= row.certain;
        total.shown = total.shown.saturating_add(row.shown);
        total.printed = total.printed.saturating_add(row.printed);
    }
    // Old days that the store has forgotten.
    noted.0.retain(|key, _| totals.contains_key(key));
    let new = |(key, total): &(Key, PolicyCount)| noted.0.get(key) != Some(total);
    let new: Vec<(Key, PolicyCount)> = totals.into_iter().filter(new).collect();
    for page in new.chunks(COUNTS_MAX) {
        let counts = page.iter().map(|(_, total)| total.clone()).collect();
        client.count_policies(&PolicyCounts { counts }).await?;
        noted.0.extend(page.iter().cloned());
    }
    Ok(new.len())
}
