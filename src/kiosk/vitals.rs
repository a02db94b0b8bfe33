//! Whether every part of the kiosk still makes progress. The loop of the screen asks this before
//! it feeds the watchdog: a picture that is drawn over a dead store serves nobody.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::pulse::Pulse;

/// The kiosk loop has a second to handle at least once a second.
const LOOP_LATE: Duration = Duration::from_secs(5);
/// Longer than the longest thing that any other part waits for: a request to the platform
/// (`platform.timeout_s`, at most 15 s), a disk that collects its garbage, a slip's last line.
const PART_LATE: Duration = Duration::from_secs(60);

/// The pulse of each part. A part that is not there, because the kiosk is out of service, is at
/// rest and misses nothing.
#[derive(Clone, Debug, Default)]
pub struct Vitals {
    pub kiosk_loop: Pulse,
    pub store: Pulse,
    pub outbox: Pulse,
    pub reader: Pulse,
    pub printer: Pulse,
    pub panel: Pulse,
}

impl Vitals {
    /// The first part that has made no progress for too long, and for how long.
    pub fn late(&self) -> Option<(&'static str, Duration)> {
        [
            ("kiosk loop", &self.kiosk_loop, LOOP_LATE),
            ("store", &self.store, PART_LATE),
            ("outbox", &self.outbox, PART_LATE),
            ("reader driver", &self.reader, PART_LATE),
            ("printer driver", &self.printer, PART_LATE),
            ("panel driver", &self.panel, PART_LATE),
        ]
        .into_iter()
        .find_map(|(name, pulse, limit)| {
            pulse.age().filter(|age| *age > limit).map(|age| (name, age))
        })
    }

    /// What stands behind the loop has ended by intention.
    pub(super) fn rest(&self) {
        for pulse in [&self.store, &self.outbox, &self.reader, &self.printer, &self.panel] {
            pulse.rest();
        }
    }
}

/// A future that shows a sign of life whenever it goes on.
pub(super) struct Beating<F> {
    future: Pin<Box<F>>,
    pulse: Pulse,
}

impl<F> Beating<F> {
    pub fn new(pulse: Pulse, future: F) -> Beating<F> {
        pulse.beat();
        Beating { future: Box::pin(future), pulse }
    }
}

impl<F: Future> Future for Beating<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.pulse.beat();
        self.future.as_mut().poll(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_stands_still_is_named_and_one_that_rests_is_not() {
        let vitals = Vitals::default();
        assert_eq!(vitals.late(), None, "nothing has begun");
        for pulse in [&vitals.kiosk_loop, &vitals.store, &vitals.printer] {
            pulse.beat();
        }
        assert_eq!(vitals.late(), None);
        vitals.printer.stopped_since(PART_LATE + Duration::from_secs(1));
        let (part, age) = vitals.late().unwrap();
        assert_eq!(part, "printer driver");
        assert!(age > PART_LATE);
        vitals.rest();
        assert_eq!(vitals.late(), None);
        vitals.kiosk_loop.stopped_since(LOOP_LATE + Duration::from_secs(1));
        assert_eq!(vitals.late().unwrap().0, "kiosk loop");
    }
}
