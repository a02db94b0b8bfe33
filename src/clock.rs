//! Whether the wall clock can be believed (promise P9).

use std::path::Path;

/// Whether the wall clock has been set from the network since the machine started: the mark of
/// systemd-timesyncd.
pub fn trusted() -> bool {
    Path::new("/run/systemd/timesync/synchronized").exists()
}
