//! When a printer whose cutter was blocked is told to go on.

use std::time::{Duration, Instant};

/// Pauses between two attempts: the first one, and the longest.
const PAUSE_MIN: Duration = Duration::from_secs(5);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// When a printer is told to recover: nobody sees whether the cause was removed (the cover may
/// have been opened and closed while the kiosk was off), so it is tried at once, then again and
/// again after pauses that grow.
pub struct RecoveryAttempts {
    due: Instant,
    pause: Duration,
}

impl RecoveryAttempts {
    pub fn new(now: Instant) -> RecoveryAttempts {
        RecoveryAttempts { due: now, pause: PAUSE_MIN }
    }

    /// Whether to try now; if so, the next attempt is put off. A fault that comes back right
    /// after a successful attempt does not shorten the pauses, one that comes long after does.
    pub fn due(&mut self, now: Instant) -> bool {
        if now < self.due {
            return false;
        }
        if now - self.due > PAUSE_MAX {
            self.pause = PAUSE_MIN;
        }
        self.due = now + self.pause;
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p8_recovery_is_tried_at_once_and_then_after_growing_pauses() {
        let start = Instant::now();
        let mut attempts = RecoveryAttempts::new(start);
        let tried: Vec<u64> =
            (0..300).filter(|s| attempts.due(start + Duration::from_secs(*s))).collect();
        assert_eq!(tried, [0, 5, 15, 35, 75, 135, 195, 255]);
        // Long after that a new fault starts afresh.
        let later = start + Duration::from_secs(1000);
        assert!(attempts.due(later) && attempts.due(later + PAUSE_MIN));
    }
}
