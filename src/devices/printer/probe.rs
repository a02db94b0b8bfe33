//! One look at a printer, for a technician.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::encode::{CUT, FEED_KEY_ON};
use super::examine::{Examined, Grade, examine};
use super::inputs::Inputs;
use super::session::Session;
use crate::config;
use crate::devices::link::{Link, LinkError};
use crate::devices::state::DeviceState;
use crate::devices::stop::Stop;

/// What `kuaiban printer probe` shows.
#[derive(Clone, Debug, Serialize)]
pub struct Probe {
    pub port: PathBuf,
    pub state: DeviceState,
    /// Replies to `DLE EOT` 1 to 4, as they came.
    pub status_bytes: [Option<u8>; 4],
    /// Maker and model that the printer gives itself (`GS I`); clones claim what they like.
    pub identity: Vec<String>,
    pub acknowledgement: Grade,
    /// It reports changes by itself (`GS a`).
    pub automatic: bool,
    /// What comes is noise: wrong speed or a bad cable. The state is [`Fault::Silent`] then.
    pub unreadable: bool,
}

/// Asks a printer once for everything it can say; prints nothing. A printer whose cutter was
/// blocked is told once to recover, and cuts off what hangs out of it. Takes a few times as
/// long as the printer may take for an answer.
///
/// # Errors
/// The line cannot be opened or is lost meanwhile.
pub fn probe(config: &config::Printer) -> Result<Probe, LinkError> {
    let mut link = Link::new(&config.port, config.baud);
    link.open()?;
    let stop = Stop::default();
    let mut inputs = Inputs::new(Duration::from_millis(config.answer_ms));
    let mut session = Session::new(&mut link, &mut inputs, &stop);
    let (mut status_bytes, mut verdict) = examine(&mut session)?;
    if let Examined::Faulty(status) = verdict
        && status.needs_recovery()
        && session.recover()?
    {
        session.send(&CUT)?;
        (status_bytes, verdict) = examine(&mut session)?;
    }
    let mut probe = Probe {
        port: config.port.clone(),
        state: verdict.state(session.status()),
        status_bytes,
        identity: Vec::new(),
        acknowledgement: Grade::E,
        automatic: false,
        unreadable: verdict == Examined::Unreadable,
    };
    match verdict {
        Examined::Able(can) => {
            probe.acknowledgement = can.grade();
            probe.automatic = can.automatic;
            probe.identity = session.identity()?;
            session.send(&FEED_KEY_ON)?;
        }
        // An offline printer answers nothing but this, now.
        Examined::Faulty(_) => probe.acknowledgement = Grade::C,
        Examined::Echo | Examined::Unreadable | Examined::Silent => {}
    }
    Ok(probe)
}
