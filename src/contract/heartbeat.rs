//! The state of a kiosk, told by itself. No personal datum.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{fits, is_name};

/// `POST /v2/heartbeats`: how this kiosk is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Heartbeat {
    pub sent_at: Timestamp,
    /// Whether the kiosk's clock is known to be right.
    pub clock_trusted: bool,
    /// Seconds since the program started.
    pub running_s: u64,
    /// Version of the program.
    #[cfg_attr(test, schema(min_length = 1, max_length = 64))]
    pub program: String,
    #[cfg_attr(test, schema(min_length = 1, max_length = 64))]
    pub pack_version: String,
    /// Whether it serves citizens, or shows *out of service*.
    pub in_service: bool,
    #[cfg_attr(test, schema(max_items = 16))]
    pub devices: Vec<DeviceReport>,
    pub queue: QueueReport,
    /// Room left where the database lies, in bytes.
    pub disk_free: u64,
}

/// How one device is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceReport {
    /// `reader`, `printer`, `buttons` …
    #[cfg_attr(test, schema(pattern = "^[a-z0-9_]{1,64}$"))]
    pub device: String,
    /// Whether citizens can use it.
    pub usable: bool,
    /// What is the matter, as the journal names it (`paper_out`).
    #[cfg_attr(test, schema(pattern = "^[a-z0-9_]{1,64}$"))]
    pub state: String,
}

/// What waits for the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QueueReport {
    /// Applications and evaluations to deliver.
    pub waiting: u64,
    /// Seconds that the oldest of them has waited; 0 where none waits.
    pub oldest_s: u64,
    /// Held for a technician.
    pub held: u64,
}

/// What the platform says to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct HeartbeatReply {
    /// The platform's own time, against which a kiosk sees that its clock is wrong.
    pub received_at: Timestamp,
    /// Seconds until the next heartbeat.
    #[cfg_attr(test, schema(minimum = 10, maximum = 3600))]
    pub next_s: u32,
}

impl Heartbeat {
    /// Whether everything is within the bounds of the document.
    pub fn is_valid(&self) -> bool {
        fits(&self.program, 1, 64)
            && fits(&self.pack_version, 1, 64)
            && self.devices.len() <= 16
            && self.devices.iter().all(|report| is_name(&report.device) && is_name(&report.state))
    }
}
