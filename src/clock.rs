//! The wall clock: what time it is where kiosks stand, and whether that can be believed
//! (promise P9). The only place that knows the time zone.

use std::path::Path;
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, offset};
use jiff::{SignedDuration, Timestamp};

/// China has one time zone, without summer time since 1991; the kiosk needs no database of them.
pub const BEIJING: Offset = offset(8);

/// A moment as the clocks of China show it.
pub fn local(at: Timestamp) -> DateTime {
    BEIJING.to_datetime(at)
}

/// Whether the wall clock has been set from the network since the machine started: the mark of
/// systemd-timesyncd.
pub fn set_from_network() -> bool {
    Path::new("/run/systemd/timesync/synchronized").exists()
}

/// How far a clock that is kept right may step back: what a few hours without the network make of
/// a crystal, and more.
const STEP_BACK: SignedDuration = SignedDuration::from_secs(60);

/// Whether a wall clock that shows `now` can be believed. Set from the network is not enough: a
/// clock before the day on which the site pack was made, or before the last moment that was noted
/// under a right clock, is wrong whatever set it.
pub fn believable(
    set_from_network: bool,
    now: Timestamp,
    as_of: Date,
    newest: Option<Timestamp>,
) -> bool {
    set_from_network
        && local(now).date() >= as_of
        && newest.is_none_or(|newest| now.duration_until(newest) <= STEP_BACK)
}

/// The wall clock beside what is known of the past.
#[derive(Clone, Debug)]
pub struct WallClock {
    as_of: Date,
    newest: Option<Timestamp>,
    /// What it shows whatever the machine's own says, and believes.
    #[cfg(test)]
    shows: Option<Timestamp>,
}

impl WallClock {
    /// `as_of` is the day of the site pack, `newest` the last moment in the journal that was noted
    /// under a right clock.
    pub fn new(as_of: Date, newest: Option<Timestamp>) -> WallClock {
        WallClock {
            as_of,
            newest,
            #[cfg(test)]
            shows: None,
        }
    }

    /// The same with hands that a test moves.
    #[cfg(test)]
    pub(crate) fn showing(&self, now: Timestamp) -> WallClock {
        WallClock { shows: Some(now), ..self.clone() }
    }

    /// Another site pack was made on this day, so it has been.
    pub fn learn(&mut self, as_of: Date) {
        self.as_of = self.as_of.max(as_of);
    }

    /// Whether the clock can be believed now.
    pub fn trusted(&mut self) -> bool {
        let now = self.now();
        let trusted = believable(self.is_set(), now, self.as_of, self.newest);
        if trusted {
            self.newest = self.newest.max(Some(now));
        }
        trusted
    }

    /// Today in China, if the clock can be believed.
    pub fn today(&mut self) -> Option<Date> {
        self.trusted().then(|| local(self.now()).date())
    }

    #[cfg(not(test))]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[cfg(not(test))]
    fn is_set(&self) -> bool {
        set_from_network()
    }

    #[cfg(test)]
    fn now(&self) -> Timestamp {
        self.shows.unwrap_or_else(Timestamp::now)
    }

    #[cfg(test)]
    fn is_set(&self) -> bool {
        self.shows.is_some() || set_from_network()
    }
}

/// Time since the machine started, suspended or not: what no setting of the clock can move.
pub fn uptime() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn p9_a_clock_that_contradicts_the_past_is_not_believed() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (pack, noted) = (date(2026, 11, 1), Some(at("2026-11-20T08:00:00Z")));
        for (set, now, newest, expected) in [
            (true, "2026-11-20T09:00:00Z", noted, true),
            (false, "2026-11-20T09:00:00Z", noted, false),
            // The first day of the pack has begun in China: 16:00 UTC of the day before.
            (true, "2026-10-31T16:00:00Z", None, true),
            (true, "2026-10-31T15:59:59Z", None, false),
            (true, "1970-01-01T00:00:00Z", None, false),
            // Before the newest row of the journal.
            (true, "2026-11-20T07:58:59Z", noted, false),
            (true, "2026-11-19T09:00:00Z", noted, false),
            // A step back of some seconds is a clock that is kept right.
            (true, "2026-11-20T07:59:30Z", noted, true),
        ] {
            assert_eq!(believable(set, at(now), pack, newest), expected, "{set} {now} {newest:?}");
        }
    }
}
