//! The outbox worker: tells the platform what the kiosk has received, until it answers, and reads
//! what happened to it since.
//!
//! One request at a time, in order of sequence, each delivery with its own idempotency key and the
//! same bytes at every attempt (promise P3). A delivery that the platform fails to take steps aside
//! for its pause, so that it does not hold up those behind it; when the platform cannot be reached
//! everything pauses, and goes on at once when it is back. When the platform asks for a pause,
//! nothing at all is asked before it is over.

use std::time::{Duration, Instant};

use super::feed::Feed;
use super::pause::{backoff, random};
use super::{Client, PlatformError, verdict};
use crate::case::CaseFacts;
use crate::contract::codes;
use crate::journal::Hindrance;
use crate::store::{Delivery, DeliveryKind, Due, Store, StoreError, Verdict};

/// Between two looks at a platform that answers.
const PROBE_ANSWERING: Duration = Duration::from_secs(15);
/// Between two looks for a platform that cannot be reached: it costs it nothing.
const PROBE_UNREACHABLE: Duration = Duration::from_secs(3);
/// A pause that the platform asks for and that nobody need be told of.
const BUSY_SHORT: Duration = Duration::from_secs(5);
/// Pause after a fault of the store itself (disk full): it will not be better at once.
const STORE_PAUSE: Duration = Duration::from_secs(10);

/// What the kiosk wants to know of the worker.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "one at a time, and moved once")]
pub enum OutboxEvent {
    /// Whether the platform takes work now; once at the start, then at every change.
    Online(bool),
    /// The platform is one for demonstrations or tests; once.
    Demo,
    /// The platform moved a case forward, or holds it up.
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
        demo: false,
        probe_at: now,
        paused_until: now,
        strikes: 0,
        feed: Feed::new(now),
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
    /// It has said that it is no real one.
    demo: bool,
    probe_at: Instant,
    /// No delivery before this: the platform or the store is not there.
    paused_until: Instant,
    /// Pauses in a row because the platform cannot be reached.
    strikes: u32,
    feed: Feed,
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
                    self.feed.failed(Instant::now());
                    self.paused_until
                }
            };
            // However long the pause: somebody watches whether this goes on.
            let wake = wake.min(Instant::now() + PROBE_ANSWERING);
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

    /// One look, one delivery, one page of changes, as far as each is due. Returns when the next is.
    async fn round(&mut self) -> Result<Instant, StoreError> {
        if let Some(wake) = self.busy_until() {
            let long = wake.saturating_duration_since(Instant::now()) > BUSY_SHORT;
            if self.online.is_none() || (long && self.online == Some(true)) {
                // Nobody is offered what it will not answer.
                self.set_online(false, PROBE_ANSWERING).await?;
            }
            return Ok(wake);
        }
        if self.probe_at <= Instant::now() {
            self.probe().await?;
        }
        let deliver_at = self.deliver_next().await?;
        self.read_changes().await?;
        if let Some(wake) = self.busy_until() {
            return Ok(wake);
        }
        let mut wake = self.probe_at;
        if self.online == Some(true) {
            wake = wake.min(self.feed.ask_at);
        }
        Ok(deliver_at.map_or(wake, |at| wake.min(at)))
    }

    /// The end of the pause that the platform has asked for.
    fn busy_until(&self) -> Option<Instant> {
        self.client.busy_for().map(|left| Instant::now() + left)
    }

    async fn probe(&mut self) -> Result<(), StoreError> {
        let (online, pause) = match self.client.health().await {
            Ok(health) => {
                if health.demo && !self.demo {
                    self.demo = true;
                    (self.events)(OutboxEvent::Demo);
                }
                (true, PROBE_ANSWERING)
            }
            Err(e) => {
                if self.online != Some(false) {
                    tracing::warn!("{e}");
                }
                let gone = matches!(e, PlatformError::Unreachable { .. });
                (false, if gone { PROBE_UNREACHABLE } else { PROBE_ANSWERING })
            }
        };
        self.set_online(online, pause).await
    }

    async fn set_online(&mut self, online: bool, pause: Duration) -> Result<(), StoreError> {
        self.probe_at = Instant::now() + pause;
        if self.online == Some(online) {
            return Ok(());
        }
        let was_offline = self.online.replace(online) == Some(false);
        tracing::info!(online, "platform");
        (self.events)(OutboxEvent::Online(online));
        if online && was_offline {
            self.strikes = 0;
            self.paused_until = Instant::now();
            self.store.retry_all().await?;
        }
        Ok(())
    }

    /// Delivers what is due; returns when the next is, `None` when nothing waits.
    async fn deliver_next(&mut self) -> Result<Option<Instant>, StoreError> {
        let now = Instant::now();
        if now < self.paused_until {
            return Ok(Some(self.paused_until));
        }
        if let Some(wake) = self.busy_until() {
            return Ok(Some(wake));
        }
        let mut delivery = match self.store.due(now).await? {
            Due::Nothing => return Ok(None),
            Due::Later(pause) => return Ok(Some(now + pause)),
            Due::Now(delivery) => delivery,
        };
        let key = delivery.idempotency_key.clone();
        let body = std::mem::take(&mut delivery.body);
        let said = match delivery.kind {
            DeliveryKind::Application => self.client.apply(&key, body).await.map(|state| {
                self.feed.handed_in(&state, Instant::now());
                Verdict::Application(verdict::state(state))
            }),
            DeliveryKind::Evaluation => {
                self.client.evaluate(&key, body).await.map(|_| Verdict::EvaluationTaken)
            }
        };
        match said.map_err(|e| verdict::refusal(delivery.kind, e)) {
            Ok(verdict) => {
                self.strikes = 0;
                self.settle(&delivery, verdict).await?;
                self.set_online(true, PROBE_ANSWERING).await?;
            }
            Err(Ok(verdict)) => {
                tracing::warn!(?verdict, "outbox: the platform does not take it");
                self.settle(&delivery, verdict).await?;
            }
            Err(Err(e)) => self.set_aside(&delivery, &e).await?,
        }
        Ok(Some(Instant::now().max(self.paused_until)))
    }

    async fn settle(&mut self, delivery: &Delivery, verdict: Verdict) -> Result<(), StoreError> {
        let moved = self.store.delivered(delivery, verdict).await?;
        self.advanced(moved);
        Ok(())
    }

    async fn set_aside(
        &mut self,
        delivery: &Delivery,
        error: &PlatformError,
    ) -> Result<(), StoreError> {
        let mut pause = backoff(delivery.attempts, self.backoff_max, random());
        let mut obstacle = Hindrance::Platform;
        match error {
            // In order again after the pause.
            PlatformError::Busy { pause: asked, .. } => pause = *asked,
            PlatformError::Unreachable { .. } => {
                // Is it the network, or only this delivery that gets no answer?
                self.probe().await?;
                if self.online == Some(false) {
                    obstacle = Hindrance::NoNetwork;
                    pause = backoff(self.strikes, self.backoff_max, random());
                    self.strikes = self.strikes.saturating_add(1);
                    self.paused_until = Instant::now() + pause;
                }
            }
            _ => {}
        }
        if delivery.attempts == 0 {
            tracing::warn!("outbox: {error}; trying again");
        }
        let next = Instant::now() + pause;
        self.store.failed(delivery, obstacle, &error.to_string(), next).await
    }

    /// Reads one page of the feed, if it is time.
    async fn read_changes(&mut self) -> Result<(), StoreError> {
        let now = Instant::now();
        if self.online != Some(true) || now < self.feed.ask_at || self.busy_until().is_some() {
            return Ok(());
        }
        let after = match &self.feed.cursor {
            Some(cursor) => cursor.clone(),
            None => self.store.changes_cursor().await?,
        };
        let said = self.client.changes(after.as_deref()).await;
        let now = Instant::now();
        match said {
            Ok(page) => {
                let advances = after.as_ref() != Some(&page.cursor);
                let states = page.changes.clone();
                if advances || !states.is_empty() {
                    let changes = page.changes.into_iter().map(verdict::change).collect();
                    let moved = self.store.apply_changes(&page.cursor, changes).await?;
                    for facts in moved {
                        self.advanced(Some(facts));
                    }
                }
                self.feed.cursor = Some(Some(page.cursor));
                // A platform that has more behind the same cursor would be asked for ever.
                self.feed.took(&states, page.more && advances, now);
                Ok(())
            }
            Err(PlatformError::Refused { code, .. })
                if code == codes::CURSOR_EXPIRED && after.is_some() =>
            {
                tracing::warn!(
                    "outbox: the platform has lost the place in the feed; from the start"
                );
                self.feed.cursor = Some(None);
                self.feed.took(&[], true, now);
                Ok(())
            }
            Err(e) => {
                self.feed.failed(now);
                match e {
                    PlatformError::Unreachable { .. } => self.probe().await,
                    e => {
                        tracing::warn!("outbox: changes: {e}");
                        Ok(())
                    }
                }
            }
        }
    }

    fn advanced(&self, moved: Option<CaseFacts>) {
        if let Some(facts) = moved {
            tracing::info!(case = %facts.number, status = ?facts.status, "case");
            (self.events)(OutboxEvent::CaseAdvanced(facts));
        }
    }
}
