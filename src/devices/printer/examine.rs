//! What a printer can do, and the one judgement of a printer by what it answers, for the driver
//! and the technician's commands alike.

use serde::Serialize;

use super::encode::recovery;
use super::session::Session;
use super::status::PrinterStatus;
use crate::devices::link::LinkError;
use crate::devices::state::{DeviceState, Fault};

/// What a printer can do, found out by asking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// `DLE EOT`
    pub realtime: bool,
    /// `GS a`
    pub automatic: bool,
    /// `GS r`
    pub sensor: bool,
    /// `GS ( H`
    pub process_id: bool,
}

impl Capabilities {
    pub fn grade(self) -> Grade {
        match self {
            Capabilities { process_id: true, .. } => Grade::A,
            Capabilities { sensor: true, .. } => Grade::B,
            Capabilities { realtime: true, .. } | Capabilities { automatic: true, .. } => Grade::C,
            _ => Grade::E,
        }
    }
}

/// How sure one can be that a slip was printed (`protocols.md` §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Grade {
    /// Each slip is acknowledged after the cut.
    A,
    /// The printer answers when it has read the slip.
    B,
    /// Only its state is known.
    C,
    /// It answers nothing.
    E,
}

/// What an idle printer of which nothing is known yet turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Examined {
    /// The line brings back what is sent.
    Echo,
    /// What comes is noise: wrong speed or a bad cable.
    Unreadable,
    /// Nothing comes.
    Silent,
    /// It answers and cannot print now; an offline printer says no more than that.
    Faulty(PrinterStatus),
    /// It has been reset and can print.
    Able(Capabilities),
}

impl Examined {
    /// The state in which such a printer is; that of one that can print is in its status.
    pub fn state(self, status: PrinterStatus) -> DeviceState {
        match self {
            Examined::Echo => DeviceState::Failed(Fault::Echo),
            Examined::Unreadable | Examined::Silent => DeviceState::Failed(Fault::Silent),
            Examined::Faulty(status) => status.state(),
            Examined::Able(_) => status.state(),
        }
    }
}

/// Asks a printer how it is and, if it is well, what it can do; prints nothing. `status_bytes` are
/// its replies to `DLE EOT` 1 to 4.
///
/// # Errors
/// The line is lost, or the printer holds it back.
pub fn examine(session: &mut Session) -> Result<([Option<u8>; 4], Examined), LinkError> {
    let status_bytes = session.realtime()?;
    let verdict = if session.echoes() {
        Examined::Echo
    } else if session.unreadable() {
        Examined::Unreadable
    } else if status_bytes[0].is_some() && session.status().fault().is_some() {
        Examined::Faulty(session.status())
    } else {
        // It may wait for the rest of a picture that nobody will send.
        session.send(&recovery())?;
        let can = session.capabilities()?;
        if session.unreadable() {
            Examined::Unreadable
        } else if session.status().fault().is_some() {
            Examined::Faulty(session.status())
        } else if can.grade() == Grade::E {
            Examined::Silent
        } else {
            Examined::Able(can)
        }
    };
    Ok((status_bytes, verdict))
}
