//! Where the seconds of the kiosk loop come from. Everything that the visit counts, it counts in
//! these, so whoever drives them drives every patience of the kiosk.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior};

/// Seconds that wait for the loop. More than the longest patience of a visit never makes sense.
const WAITING: usize = 1024;

/// The seconds of a kiosk loop.
pub struct Ticks(Source);

enum Source {
    Clock,
    Driven(mpsc::Receiver<()>),
}

/// Lets the seconds of a loop pass by hand.
#[derive(Clone)]
pub struct Hand(mpsc::Sender<()>);

impl Ticks {
    /// Seconds of the monotonic clock.
    pub fn of_the_clock() -> Ticks {
        Ticks(Source::Clock)
    }

    /// Seconds that pass when a hand lets them, and never otherwise: for tests, and for a walk
    /// that need not wait. The first second is not given by itself either.
    pub fn driven() -> (Hand, Ticks) {
        let (hand, ticks) = mpsc::channel(WAITING);
        (Hand(hand), Ticks(Source::Driven(ticks)))
    }

    /// Begins to count; must be called on the runtime of the loop.
    pub(super) fn begin(self) -> Begun {
        match self.0 {
            Source::Clock => {
                let mut interval = tokio::time::interval(Duration::from_secs(1));
                interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
                Begun::Clock(interval)
            }
            Source::Driven(ticks) => Begun::Driven(ticks),
        }
    }
}

impl Hand {
    /// Lets one second pass. False if the kiosk has ended, or if it lies so far behind that the
    /// second is not kept.
    pub fn second(&self) -> bool {
        self.0.try_send(()).is_ok()
    }
}

/// Seconds that are being counted.
pub(super) enum Begun {
    Clock(Interval),
    Driven(mpsc::Receiver<()>),
}

impl Begun {
    /// Waits for the next second. Cancel safe.
    pub async fn next(&mut self) {
        match self {
            Begun::Clock(interval) => {
                interval.tick().await;
            }
            Begun::Driven(ticks) => {
                if ticks.recv().await.is_none() {
                    // The hand is gone; time stands still.
                    std::future::pending().await
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn driven_seconds_pass_only_by_hand_and_none_is_lost() {
        let (hand, ticks) = Ticks::driven();
        let mut ticks = ticks.begin();
        let passed = |ticks: &mut Begun| {
            let mut next = Box::pin(ticks.next());
            let waker = std::task::Waker::noop();
            next.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_ready()
        };
        assert!(!passed(&mut ticks));
        assert!(hand.second() && hand.second());
        assert!(passed(&mut ticks) && passed(&mut ticks) && !passed(&mut ticks));
        drop(hand);
        assert!(!passed(&mut ticks), "without a hand time stands still");
    }

    #[test]
    fn a_hand_learns_that_a_second_was_not_kept() {
        let (hand, ticks) = Ticks::driven();
        for _ in 0..WAITING {
            assert!(hand.second());
        }
        assert!(!hand.second());
        drop(ticks);
        assert!(!hand.second());
    }
}
