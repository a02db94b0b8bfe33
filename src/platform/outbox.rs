//! The outbox worker: tells the platform what the kiosk has received, until it answers.
//!
//! One request at a time, in order of sequence, each delivery with its own idempotency key at every
//! attempt (promise P3). A delivery that the platform fails to take steps aside for its pause, so
//! that it does not hold up those behind it; when the platform cannot be reached everything
//! pauses, and goes on at once when it is back.

use std::time::{Duration, Instant};

use super::{Client, PlatformError};
use crate::case::CaseFacts;
use crate::store::{Delivery, DeliveryKind, Due, Obstacle, Store, StoreError, Verdict};

const BACKOFF_FIRST: Duration = Duration::from_secs(1);
const PROBE_ONLINE: Duration = Duration::from_secs(15);
const PROBE_OFFLINE: Duration = Duration::from_secs(3);
/// Pause after a fault of the store itself (disk full): it will not be better at once.
const STORE_PAUSE: Duration = Duration::from_secs(10);

/// What the kiosk wants to know of the worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboxEvent {
    /// Whether the platform can be reached; once at the start, then at every change.
    Online(bool),
    /// The platform moved a case forward.
    CaseAdvanced(CaseFacts),
}

/// Delivers and asks until `shutdown` is done. Stopping at any moment is safe: what was under way
/// is sent again under the same key.
///
/// # Errors
/// `Closed` when the store's thread has ended; every other fault is waited out.
pub async fn run(
    store: Store,
    client: Client,
    config: &crate::config::Platform,
    events: impl Fn(OutboxEvent) + Send + Sync,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), StoreError> {
    let now = Instant::now();
    let mut worker = Worker {
        store,
        client,
        backoff_max: Duration::from_secs(config.retry_max_s),
        events,
        online: None,
        probe_at: now,
        paused_until: now,
        strikes: 0,
    };
    tokio::select! {
        result = worker.work() => result,
        () = shutdown => Ok(()),
    }
}

struct Worker<E> {
    store: Store,
    client: Client,
    backoff_max: Duration,
    events: E,
    online: Option<bool>,
    probe_at: Instant,
    /// No delivery before this: the platform is not there or asked for a pause.
    paused_until: Instant,
    /// Pauses of that kind in a row.
    strikes: u32,
}

impl<E: Fn(OutboxEvent) + Send + Sync> Worker<E> {
    async fn work(&mut self) -> Result<(), StoreError> {
        loop {
            let wake = match self.round().await {
                Ok(wake) => wake,
                Err(StoreError::Closed) => return Err(StoreError::Closed),
                // The row was set aside; the next one may go at once.
                Err(e @ StoreError::Sealed { .. }) => {
                    tracing::error!("outbox: {e}");
                    Instant::now()
                }
                Err(e) => {
                    tracing::warn!("outbox: {e}");
                    self.paused_until = Instant::now() + STORE_PAUSE;
                    self.paused_until
                }
            };
            tokio::select! {
                () = tokio::time::sleep_until(wake.into()) => {}
                () = self.store.outbox_changed() => {
                    // Somebody stands there and waits: find out at once whether the network is back.
                    if self.online == Some(false) {
                        self.probe_at = Instant::now();
                    }
                }
            }
        }
    }

    /// One probe, one delivery, one question, as far as each is due. Returns when the next is.
    async fn round(&mut self) -> Result<Instant, StoreError> {
        if self.probe_at <= Instant::now() {
            self.probe().await?;
        }
        let deliver_at = self.deliver_next().await?;
        let all = [Some(self.probe_at), deliver_at];
        Ok(all.into_iter().flatten().min().expect("a probe is always to come"))
    }

    async fn probe(&mut self) -> Result<(), StoreError> {
        let online = match self.client.health().await {
            Ok(()) => true,
            Err(e) => {
                if self.online != Some(false) {
                    tracing::warn!("{e}");
                }
                false
            }
        };
        self.set_online(online).await
    }

    async fn set_online(&mut self, online: bool) -> Result<(), StoreError> {
        self.probe_at = Instant::now() + if online { PROBE_ONLINE } else { PROBE_OFFLINE };
        if self.online == Some(online) {
            return Ok(());
        }
        let was_offline = self.online.replace(online) == Some(false);
        tracing::info!(online, "platform");
        if online && was_offline {
            self.strikes = 0;
            self.paused_until = Instant::now();
            self.store.retry_all().await?;
        }
        (self.events)(OutboxEvent::Online(online));
        Ok(())
    }

    /// Delivers what is due; returns when the next is, `None` when nothing waits.
    async fn deliver_next(&mut self) -> Result<Option<Instant>, StoreError> {
        let now = Instant::now();
        if now < self.paused_until {
            return Ok(Some(self.paused_until));
        }
        let delivery = match self.store.due(now).await? {
            Due::Nothing => return Ok(None),
            Due::Later(pause) => return Ok(Some(now + pause)),
            Due::Now(delivery) => delivery,
        };
        let (key, body) = (&delivery.idempotency_key, &delivery.body);
        let answer = match delivery.kind {
            DeliveryKind::Application => {
                self.client.submit(key, body).await.map(Verdict::Application)
            }
            DeliveryKind::Evaluation => {
                self.client.evaluate(key, body).await.map(|_| Verdict::EvaluationTaken)
            }
        };
        match answer {
            Ok(outcome) => {
                self.strikes = 0;
                self.settle(&delivery, outcome).await?;
                self.set_online(true).await?;
            }
            Err(e @ PlatformError::Refused { .. }) => {
                tracing::warn!("outbox: {e}");
                let PlatformError::Refused { code, words, .. } = e else { return Ok(None) };
                self.settle(&delivery, Verdict::Refused { code, words }).await?;
            }
            Err(e) => self.set_aside(&delivery, &e).await?,
        }
        Ok(Some(Instant::now().max(self.paused_until)))
    }

    async fn settle(&mut self, delivery: &Delivery, outcome: Verdict) -> Result<(), StoreError> {
        let moved = self.store.delivered(delivery, outcome).await?;
        self.advanced(moved);
        Ok(())
    }

    async fn set_aside(
        &mut self,
        delivery: &Delivery,
        error: &PlatformError,
    ) -> Result<(), StoreError> {
        let pause = backoff(delivery.attempts, self.backoff_max, random());
        let now = Instant::now();
        let mut next = now + pause;
        let mut all = None;
        match error {
            // 429 and 503 are about the platform as a whole, the other 5xx perhaps about this one.
            PlatformError::Busy { status: 429 | 503, retry_after, .. } => {
                all = Some(retry_after.unwrap_or(Duration::ZERO).min(self.backoff_max));
            }
            PlatformError::Unreachable { .. } => {
                // Is it the network, or only this delivery that gets no answer?
                self.probe().await?;
                if self.online == Some(false) {
                    all = Some(Duration::ZERO);
                }
            }
            _ => {}
        }
        if let Some(asked) = all {
            let pause = backoff(self.strikes, self.backoff_max, random()).max(asked);
            self.strikes = self.strikes.saturating_add(1);
            self.paused_until = now + pause;
            // In order again after the pause.
            next = self.paused_until;
        }
        if delivery.attempts == 0 {
            tracing::warn!("outbox: {error}; trying again");
        }
        self.store.failed(delivery, Obstacle::NoNetwork, &error.to_string(), next).await
    }

    fn advanced(&self, moved: Option<CaseFacts>) {
        if let Some(facts) = moved {
            tracing::info!(case = %facts.number, status = ?facts.status, "case");
            (self.events)(OutboxEvent::CaseAdvanced(facts));
        }
    }
}

/// Pause after `failures` earlier failures: doubled each time up to `max`, shortened by up to a
/// quarter so that the kiosks of a town do not come back in step. `random` is within 0 to 1.
fn backoff(failures: u32, max: Duration, random: f64) -> Duration {
    let full = BACKOFF_FIRST.saturating_mul(2_u32.saturating_pow(failures)).min(max);
    full.mul_f64(1.0 - random / 4.0)
}

fn random() -> f64 {
    f64::from(uuid::Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_configured_longest() {
        let max = Duration::from_secs(300);
        let full: Vec<_> = (0..11).map(|n| backoff(n, max, 0.0).as_secs()).collect();
        assert_eq!(full, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(backoff(u32::MAX, max, 0.0), max);
        assert_eq!(backoff(3, max, 1.0), Duration::from_secs(6));
        assert!((0..100).map(|_| random()).all(|r| (0.0..=1.0).contains(&r)));
    }
}
