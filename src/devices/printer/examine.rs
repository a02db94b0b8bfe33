//! What a printer can do, and the one judgement of a printer by what it answers, for the driver
//! and the technician's commands alike.

use serde::Serialize;

use super::encode::recovery;
use super::session::Session;
use super::status::Status;
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
pub enum Verdict {
    /// The line brings back what is sent.
    Echo,
    /// What comes is noise: wrong speed or a bad cable.
    Unreadable,
    /// Nothing comes.
    Silent,
    /// It answers and cannot print now; an offline printer says no more than that.
    Faulty(Status),
    /// It has been reset and can print.
    Able(Capabilities),
}

impl Verdict {
    /// The state in which such a printer is; that of one that can print is in its status.
    pub fn state(self, status: Status) -> DeviceState {
        match self {
            Verdict::Echo => DeviceState::Failed(Fault::Echo),
            Verdict::Unreadable | Verdict::Silent => DeviceState::Failed(Fault::Silent),
            Verdict::Faulty(status) => status.state(),
            Verdict::Able(_) => status.state(),
        }
    }
}

/// Asks a printer how it is and, if it is well, what it can do; prints nothing. `status_bytes` are
/// its replies to `DLE EOT` 1 to 4.
///
/// # Errors
/// The line is lost, or the printer holds it back.
pub fn examine(session: &mut Session) -> Result<([Option<u8>; 4], Verdict), LinkError> {
    let status_bytes = session.realtime()?;
    let verdict = if session.echoes() {
        Verdict::Echo
    } else if session.unreadable() {
        Verdict::Unreadable
    } else if status_bytes[0].is_some() && session.status().fault().is_some() {
        Verdict::Faulty(session.status())
    } else {
        // It may wait for the rest of a picture that nobody will send.
        session.send(&recovery())?;
        let can = session.capabilities()?;
        if session.unreadable() {
            Verdict::Unreadable
        } else if session.status().fault().is_some() {
            Verdict::Faulty(session.status())
        } else if can.grade() == Grade::E {
            Verdict::Silent
        } else {
            Verdict::Able(can)
        }
    };
    Ok((status_bytes, verdict))
}
