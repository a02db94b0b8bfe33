//! The end of a driver, as its thread looks for it.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::pulse::Pulse;

/// Whether a driver is to end. Its thread asks at every turn, a second apart at most while it waits
/// for a device, so that the asking is its sign of life as well.
#[derive(Debug, Default)]
pub struct Stop {
    set: AtomicBool,
    pulse: Pulse,
}

impl Stop {
    /// The driver is to end.
    pub fn set(&self) {
        self.set.store(true, Ordering::Release);
    }

    /// Whether it is to end; asked by the driver's thread.
    pub fn is_set(&self) -> bool {
        self.pulse.beat();
        self.set.load(Ordering::Acquire)
    }

    /// The same without a sign of life, for whoever waits in small steps.
    pub fn flag(&self) -> &AtomicBool {
        &self.set
    }

    /// The driver has ended; nothing is expected of it any more.
    pub fn ended(&self) {
        self.pulse.rest();
    }

    /// The signs of life of the thread.
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }
}
