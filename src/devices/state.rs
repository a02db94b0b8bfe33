//! One vocabulary for the state of every device, after the common device state and the error
//! actions of the CEN kiosk standard: what is wrong, and who can mend it.

use serde::{Deserialize, Serialize};

/// State of a device as the kiosk knows it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Opened, not yet answered.
    Starting,
    Ready,
    /// Works, but somebody should come soon (paper near its end).
    Warning(Fault),
    /// Does not work now.
    Failed(Fault),
    /// Nothing at the configured port.
    Absent,
}

impl DeviceState {
    /// Whether the device can be used now.
    pub fn usable(&self) -> bool {
        matches!(self, DeviceState::Ready | DeviceState::Warning(_))
    }
}

/// A change of state as a driver tells it. A device that comes and goes (a loose plug) is told once
/// as [`Fault::Unsteady`], and again when it has stood still for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChange {
    pub state: DeviceState,
    /// How many changes before this one were not told, because the device came and went.
    pub untold: u32,
}

/// What is wrong with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The port is there, the device answers nothing or nonsense.
    Silent,
    /// The port is held by another program or may not be opened.
    PortBusy,
    /// Reader: the SAM refuses its work (status 60 or 66).
    NotAuthorised,
    PaperLow,
    PaperOut,
    CoverOpen,
    CutterJam,
    /// The device asked us to wait (XOFF) and never to go on.
    Held,
    /// The adapter sends back what it is sent, and nothing of the device can be told from it.
    Echo,
    /// The device comes and goes; see [`StateChange`].
    Unsteady,
    /// Any other fault that the device itself reports.
    Hardware,
}
