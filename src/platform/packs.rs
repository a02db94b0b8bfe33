//! Site packs from the platform: asked for at the start and then every so often, each fetched once.

use std::time::Duration;

use jiff::civil::Date;

use super::pause::{about, backoff, random};
use super::{Client, Offered, PlatformError};
use crate::packs::{Arrival, Packs};
use crate::store::Store;

/// Longest pause before the first question: not all kiosks of a town ask when the power is back.
const FIRST: Duration = Duration::from_secs(15);

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackNews {
    /// A pack lies here, and is in force on its day.
    Taken { version: String, effective_from: Option<Date> },
    /// A pack is not used; its first faults.
    Refused { version: String, why: String },
}

/// Why not everything was fetched that is offered.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error(transparent)]
    Platform(#[from] PlatformError),
    #[error("{0}")]
    Disk(#[from] std::io::Error),
    /// It may be better the next time.
    #[error("the file of pack {0} is not what the platform offered")]
    Garbled(String),
}

/// Asks for packs until nobody wants to know of them any more. A fault is waited out: the packs that
/// are here go on.
pub async fn follow(
    client: Client,
    packs: Packs,
    store: Store,
    every: Duration,
    tell: impl Fn(PackNews),
) {
    tokio::time::sleep(FIRST.mul_f64(random())).await;
    let mut failures = 0;
    loop {
        let mut taken = false;
        let fetched = fetch(&client, &packs, |news| {
            taken |= matches!(news, PackNews::Taken { .. });
            tell(news);
        });
        let pause = match fetched.await {
            Ok(()) => {
                failures = 0;
                about(every)
            }
            Err(error) => {
                if failures == 0 {
                    tracing::warn!("packs: {error}; trying again");
                }
                failures += 1;
                // Never sooner than in a minute.
                backoff(failures + 5, every.max(Duration::from_secs(60)), random())
            }
        };
        if taken {
            prune(&packs, &store).await;
        }
        tokio::time::sleep(pause).await;
    }
}

/// Asks once, and fetches what is new.
///
/// # Errors
/// What could not be fetched; the rest was.
pub async fn fetch(
    client: &Client,
    packs: &Packs,
    mut tell: impl FnMut(PackNews),
) -> Result<(), FetchError> {
    let known = on_disk(packs, Packs::tag).await?;
    if let Some(Offered { packs: offers, tag }) = client.packs(known.as_deref()).await? {
        on_disk(packs, |packs| packs.offered(offers, tag)).await??;
    }
    let mut outcome = Ok(());
    for offer in on_disk(packs, Packs::wanted).await? {
        // One that cannot be had does not hold up the next.
        let file = match client.pack(&offer).await {
            Ok(file) => file,
            Err(error) => {
                outcome = Err(error.into());
                continue;
            }
        };
        let received = {
            let offer = offer.clone();
            on_disk(packs, move |packs| packs.receive(&offer, &file)).await?
        };
        match received {
            Ok(Arrival::Taken { version, effective_from }) => {
                tracing::info!(version, "a site pack has come");
                tell(PackNews::Taken { version, effective_from });
            }
            Ok(Arrival::Refused { version, why }) => {
                tracing::warn!(version, "a site pack from the platform is not used: {why}");
                tell(PackNews::Refused { version, why });
            }
            Ok(Arrival::Known) => {}
            Ok(Arrival::Garbled) => outcome = Err(FetchError::Garbled(offer.version)),
            Err(error) => outcome = Err(error.into()),
        }
    }
    outcome
}

/// Removes packs that neither the kiosk nor an open case needs.
async fn prune(packs: &Packs, store: &Store) {
    match store.pack_versions().await {
        Ok(versions) => drop(on_disk(packs, move |packs| packs.prune(&versions)).await),
        // Of open cases nothing is known: everything stays.
        Err(error) => tracing::warn!("packs: {error}"),
    }
}

/// Disk and checks take their time, and nobody waits for them on this thread.
async fn on_disk<T: Send + 'static>(
    packs: &Packs,
    work: impl FnOnce(&Packs) -> T + Send + 'static,
) -> std::io::Result<T> {
    let packs = packs.clone();
    tokio::task::spawn_blocking(move || work(&packs)).await.map_err(std::io::Error::other)
}
