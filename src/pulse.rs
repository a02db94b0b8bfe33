//! Signs of life: each part of the kiosk notes on the monotonic clock that it made progress, and
//! whoever feeds the watchdog looks how long ago that was.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// Milliseconds are counted from here,
static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
/// and that moment itself is this: later than any limit, so that no age is ever cut off.
const BEGIN_MS: u64 = 1 << 40;

/// Value of a pulse that nobody need look at.
const AT_REST: u64 = u64::MAX;

/// When a part last made progress. Cheap to clone; all clones are the same pulse.
#[derive(Clone, Debug)]
pub struct Pulse(Arc<AtomicU64>);

impl Default for Pulse {
    /// A part that has not begun.
    fn default() -> Pulse {
        Pulse(Arc::new(AtomicU64::new(AT_REST)))
    }
}

impl Pulse {
    /// The part makes progress now. From here on it must go on doing so.
    pub fn beat(&self) {
        self.0.store(Pulse::now(), Ordering::Relaxed);
    }

    fn now() -> u64 {
        BEGIN_MS.saturating_add(u64::try_from(BEGIN.elapsed().as_millis()).unwrap_or(0))
    }

    /// As if the last progress had been this long ago.
    #[cfg(test)]
    pub(crate) fn stopped_since(&self, ago: Duration) {
        self.0.store(Pulse::now().saturating_sub(ago.as_millis() as u64), Ordering::Relaxed);
    }

    /// The part has ended by intention; nothing is expected of it any more.
    pub fn rest(&self) {
        self.0.store(AT_REST, Ordering::Relaxed);
    }

    /// Takes over what another pulse says.
    pub fn follow(&self, other: &Pulse) {
        self.0.store(other.0.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// How long ago the last progress was; `None` of a part at rest.
    pub fn age(&self) -> Option<Duration> {
        let last = self.0.load(Ordering::Relaxed);
        (last != AT_REST).then(|| Duration::from_millis(Pulse::now().saturating_sub(last)))
    }
}
