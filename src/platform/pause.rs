//! How long to wait: before trying again, and while the platform has asked for a pause.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime};

/// Longest `Retry-After` that is believed.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);
const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// First pause after 429 or 503 without `Retry-After`: as long as between two looks at a platform
/// that is well, so that a busy one is never asked more often.
const BUSY_FIRST: Duration = Duration::from_secs(15);

/// Pause after `failures` earlier failures: doubled each time up to `max`, shortened by up to a
/// quarter so that the kiosks of a town do not come back in step. `random` is within 0 to 1.
pub(super) fn backoff(failures: u32, max: Duration, random: f64) -> Duration {
    doubled(BACKOFF_FIRST, failures, max).mul_f64(1.0 - random / 4.0)
}

fn doubled(first: Duration, times: u32, max: Duration) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(times)).min(max.max(first))
}

/// Between nine tenths and eleven tenths of it, so that kiosks do not fall into step.
pub(super) fn about(every: Duration) -> Duration {
    every.mul_f64(0.9 + random() / 5.0)
}

/// Within 0 to 1.
pub(super) fn random() -> f64 {
    f64::from(uuid::Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}

/// The pause that a busy platform has asked for, kept by everything that would ask it: deliveries,
/// looks, the feed and the queries of citizens.
#[derive(Debug, Default)]
pub(super) struct Quiet(Mutex<Asked>);

#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    until: Option<Instant>,
    status: u16,
    /// Pauses in a row without another answer between them.
    strikes: u32,
}

impl Quiet {
    /// What is left of the pause, with the status that asked for it.
    pub(super) fn left(&self, now: Instant) -> Option<(Duration, u16)> {
        let asked = *self.asked();
        let left = asked.until?.checked_duration_since(now)?;
        (!left.is_zero()).then_some((left, asked.status))
    }

    /// The platform answered `status` (429 or 503). Returns the pause: what it asked for, and
    /// not less than one of our own that grows up to `max`; somewhat longer at random, so that not all kiosks come
    /// back at once.
    pub(super) fn busy(
        &self,
        now: Instant,
        status: u16,
        retry_after: Option<Duration>,
        max: Duration,
        random: f64,
    ) -> Duration {
        let mut asked = self.asked();
        let pause = match retry_after {
            Some(wish) => wish.min(RETRY_AFTER_MAX).max(doubled(BACKOFF_FIRST, asked.strikes, max)),
            None => doubled(BUSY_FIRST, asked.strikes, max),
        };
        let pause = pause.mul_f64(1.0 + random / 4.0);
        // Answers to requests that were under way together: the longest pause counts.
        let until = (now + pause).max(asked.until.unwrap_or(now));
        *asked = Asked { until: Some(until), status, strikes: asked.strikes.saturating_add(1) };
        until - now
    }

    /// The platform did some work: pauses begin small again. One that it asked for meanwhile stands.
    pub(super) fn answered(&self) {
        self.asked().strikes = 0;
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A `Retry-After` of RFC 9110 §10.2.3: seconds, or a date. The date is taken against the answer's
/// own `Date` where it has one, for the kiosk's clock may be wrong (promise P9).
pub(super) fn retry_after(value: &str, date: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value.trim()).ok()?;
    let from = httpdate::parse_http_date(date.trim()).unwrap_or(now);
    Some(until.duration_since(from).unwrap_or(Duration::ZERO))
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

    #[test]
    fn retry_after_is_seconds_or_a_date_against_the_answers_own() {
        let day = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let date = |seconds| httpdate::fmt_http_date(day(seconds));
        let (noon, now) = (date(1_800_000_000), day(1_800_000_000));
        let wrong_clock = day(5);
        for (value, sent, now, expected) in [
            ("7", "", now, Some(7)),
            (" 0 ", "", now, Some(0)),
            (date(1_800_000_090).as_str(), "", now, Some(90)),
            (date(1_800_000_090).as_str(), noon.as_str(), wrong_clock, Some(90)),
            (date(1_799_999_000).as_str(), noon.as_str(), now, Some(0)),
            // The two older forms that RFC 9110 asks to be understood.
            ("Friday, 15-Jan-27 08:01:00 GMT", noon.as_str(), now, Some(60)),
            ("Fri Jan 15 08:01:00 2027", noon.as_str(), now, Some(60)),
            ("a while", noon.as_str(), now, None),
            ("-5", noon.as_str(), now, None),
            ("", "", now, None),
        ] {
            let found = retry_after(value, sent, now).map(|pause| pause.as_secs());
            assert_eq!(found, expected, "{value:?}");
        }
    }

    #[test]
    fn a_busy_platform_has_its_pause_and_a_bound_is_kept() {
        let (quiet, start) = (Quiet::default(), Instant::now());
        let (s, max) = (Duration::from_secs, Duration::from_secs(300));
        assert_eq!(quiet.left(start), None);
        assert_eq!(quiet.busy(start, 429, Some(s(40)), max, 0.0), s(40));
        assert_eq!(quiet.left(start + s(10)), Some((s(30), 429)));
        assert_eq!(quiet.left(start + s(40)), None);
        // Another answer of the same moment asked for less.
        assert_eq!(quiet.busy(start + s(1), 503, Some(s(2)), max, 0.0), s(39));
        // An answer to a request that was under way with them ends no pause.
        quiet.answered();
        assert_eq!(quiet.left(start + s(10)), Some((s(30), 503)));
        let quiet = Quiet::default();
        // Without a wish: never sooner than a platform that is well is looked at, then growing.
        let own: Vec<_> = (0..7)
            .map(|n| quiet.busy(start + s(10_000 * n), 503, None, max, 0.0).as_secs())
            .collect();
        assert_eq!(own, [15, 30, 60, 120, 240, 300, 300]);
        assert_eq!(
            quiet.busy(start + s(100_000), 429, Some(s(1 << 40)), max, 0.0),
            RETRY_AFTER_MAX
        );
        // Whatever the configuration says is longest, a short pause is never made shorter.
        assert_eq!(Quiet::default().busy(start, 503, None, s(1), 0.0), BUSY_FIRST);
    }
}
