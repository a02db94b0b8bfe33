//! One vocabulary for the state of every device, after the common device state and the error
//! actions of the CEN kiosk standard: what is wrong, and who can mend it.

use serde::{Deserialize, Serialize};

use crate::say::{self, Sentence};

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

    /// The state in a technician's words.
    pub fn words(&self) -> Sentence {
        match self {
            DeviceState::Starting => say::DEVICE_STARTING,
            DeviceState::Ready => say::DEVICE_READY,
            DeviceState::Absent => say::DEVICE_ABSENT,
            DeviceState::Warning(fault) | DeviceState::Failed(fault) => fault.words(),
        }
    }

    /// What a technician can do about it; `None` when nothing is to be done.
    pub fn remedy(&self) -> Option<Sentence> {
        match self {
            DeviceState::Starting | DeviceState::Ready => None,
            DeviceState::Absent => Some(say::DEVICE_REMEDY_ABSENT),
            DeviceState::Warning(fault) | DeviceState::Failed(fault) => Some(fault.remedy()),
        }
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

impl Fault {
    /// What is wrong, in a technician's words.
    pub fn words(self) -> Sentence {
        match self {
            Fault::Silent => say::DEVICE_SILENT,
            Fault::PortBusy => say::DEVICE_PORT_BUSY,
            Fault::NotAuthorised => say::DEVICE_NOT_AUTHORISED,
            Fault::PaperLow => say::DEVICE_PAPER_LOW,
            Fault::PaperOut => say::DEVICE_PAPER_OUT,
            Fault::CoverOpen => say::DEVICE_COVER_OPEN,
            Fault::CutterJam => say::DEVICE_CUTTER_JAM,
            Fault::Held => say::DEVICE_HELD,
            Fault::Echo => say::DEVICE_ECHO,
            Fault::Unsteady => say::DEVICE_UNSTEADY,
            Fault::Hardware => say::DEVICE_HARDWARE,
        }
    }

    /// What a technician can do about it.
    pub fn remedy(self) -> Sentence {
        match self {
            Fault::Silent => say::DEVICE_REMEDY_SILENT,
            Fault::PortBusy => say::DEVICE_REMEDY_PORT_BUSY,
            Fault::NotAuthorised => say::DEVICE_REMEDY_NOT_AUTHORISED,
            Fault::PaperLow | Fault::PaperOut => say::DEVICE_REMEDY_PAPER,
            Fault::CoverOpen => say::DEVICE_REMEDY_COVER,
            Fault::CutterJam => say::DEVICE_REMEDY_CUTTER,
            Fault::Held => say::DEVICE_REMEDY_HELD,
            Fault::Echo => say::DEVICE_REMEDY_ECHO,
            Fault::Unsteady => say::DEVICE_REMEDY_UNSTEADY,
            Fault::Hardware => say::DEVICE_REMEDY_HARDWARE,
        }
    }
}
