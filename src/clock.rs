//! The wall clock: what time it is where kiosks stand, and whether that can be believed
//! (promise P9). The only place that knows the time zone.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, offset};

/// China has one time zone, without summer time since 1991; the kiosk needs no database of them.
pub const BEIJING: Offset = offset(8);

/// A moment as the clocks of China show it.
pub fn local(at: Timestamp) -> DateTime {
    BEIJING.to_datetime(at)
}

/// Today in China, if the clock can be believed.
pub fn today() -> Option<Date> {
    trusted().then(|| local(Timestamp::now()).date())
}

/// Whether the wall clock has been set from the network since the machine started: the mark of
/// systemd-timesyncd.
pub fn trusted() -> bool {
    Path::new("/run/systemd/timesync/synchronized").exists()
}
