//! One look at a reader, for a technician.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::driver::POLL;
use super::session::{Claim, Find, Look, MISSES_MAX, Session, SessionError};
use super::{CardProblem, SamId};
use crate::config;
use crate::devices::link::{Link, LinkError};
use crate::devices::stop::Stop;
use crate::domain::card::CardText;

/// What a reader said.
#[derive(Debug)]
pub struct Probe {
    pub sam_id: SamId,
    /// The card that lay there or was laid down in time.
    pub card: Option<Box<CardText>>,
    /// Why a card that lay there was not read.
    pub problem: Option<CardProblem>,
    /// The adapter sends back what it is sent. The reader works all the same.
    pub echo: bool,
}

/// Why there is nothing to say about a reader.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    #[error(transparent)]
    Line(#[from] LinkError),
    #[error(
        "{port}: no reader answers at {baud} bits/s ({MISSES_MAX} tries); check its power, the \
         cable, and the speed (--baud 9600, 19200, 38400, 57600 or 115200)"
    )]
    Silent { port: PathBuf, baud: u32 },
    #[error(
        "{port}: the reader's security module refuses to work (status {status:02X}: {}); \
         the reader needs its maker",
        if *.status == 0x60 { "self-test failed" } else { "not authorised" }
    )]
    Refused { port: PathBuf, status: u8 },
}

/// Asks the reader at a port who it is, and waits up to `wait` for a card. With no time to wait
/// it looks twice, because some readers find a card only the second time.
///
/// # Errors
/// The line cannot be used, no reader answers, or it refuses its work.
pub fn probe(config: &config::Reader, wait: Duration) -> Result<Probe, ProbeError> {
    let mut link = Link::new(&config.port, config.baud);
    link.open()?;
    let stop = Stop::default();
    let mut session = Session::new(link, &stop);
    let failed = |trouble: SessionError| {
        let (port, baud) = (config.port.clone(), config.baud);
        match trouble {
            SessionError::Line(error) => ProbeError::Line(error),
            SessionError::Refused(status) => ProbeError::Refused { port, status },
            _ => ProbeError::Silent { port, baud },
        }
    };
    let sam_id = session.identify().map_err(failed)?;
    let mut probe = Probe { sam_id, card: None, problem: None, echo: session.echoes() };
    let deadline = Instant::now() + wait;
    let mut looks = 0;
    loop {
        match session.find().map_err(failed)? {
            Find::Card(found_at) => match session.read(found_at).map_err(failed)? {
                Look::Card(card, _) => {
                    probe.card = Some(card);
                    probe.problem = None;
                    return Ok(probe);
                }
                Look::Problem(problem) => probe.problem = Some(problem),
            },
            Find::Problem(problem) => probe.problem = Some(problem),
            Find::NoCard | Find::Missed => {}
        }
        if session.is_silent() {
            return Err(failed(SessionError::Silence));
        }
        looks += 1;
        if Instant::now() >= deadline && looks >= 2 {
            break;
        }
        std::thread::sleep(POLL);
    }
    if probe.problem.is_none()
        && session.hidden_card().map_err(failed)? == Claim::LiesThere
        && session.is_claim_true().map_err(failed)? == Some(true)
    {
        probe.problem = Some(CardProblem::StillThere);
    }
    Ok(probe)
}
