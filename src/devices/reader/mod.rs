//! The ID-card reader: a SAM-V module on a serial line (`protocols.md` §1).
//!
//! [`frame`] and [`status`] are the codec; `session` is one conversation; [`spawn`] is the
//! driver, one thread that finds the reader, keeps it, and reads a card when one is expected.

mod card_watch;
mod driver;
mod exchange;
pub mod frame;
mod probe;
mod session;
pub mod status;

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use self::driver::{Driver, Orders};
pub use self::probe::{Probe, ProbeError, probe};
use super::link::Link;
use super::state::StateChange;
use crate::config;
use crate::domain::card::CardText;
use crate::pulse::Pulse;

/// Longest time that dropping a [`Reader`] waits for its thread.
const STOP_MAX: Duration = Duration::from_secs(1);

/// What the reader has to say.
#[derive(Debug)]
pub enum ReaderEvent {
    State(StateChange),
    /// A card lies there and is being read.
    Reading,
    /// A card was read. Comes once each time a card is laid down.
    Card(Box<CardText>, ReadTrace),
    /// A card lies there and cannot be read. Comes once until something changes.
    Problem(CardProblem),
    /// Only while [`Reader::watch_presence`] asks for it: at once, and on every change.
    Presence(Presence),
}

/// Whether a card lies on the reader, as far as this reader can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// A card lies there.
    Lying,
    /// None does.
    Lifted,
    /// The reader hides a card that it has read, and cannot be believed when it is asked whether
    /// the card still lies there; or it does not answer now.
    Unknown,
}

/// Why a card was not read; each has its own sentence for the citizen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardProblem {
    /// A card of another kind (SW3 40): a social-security card, a bank card, a telephone. Which
    /// of them the security module does not say; at this kiosk it is most likely the first.
    WrongCard,
    /// Card and reader do not accept each other, or the data do not bear their signature
    /// (SW3 31, 32, 33). The data are not used.
    NotGenuine,
    /// The card was taken away or slipped while it was read (SW3 41, 80, 81, or silence).
    MovedAway,
    /// The card was read for somebody else and was never lifted; the reader will read it only
    /// after it was. Never told of a card that this reader has not reported by itself: some
    /// readers claim one that is not there.
    StillThere,
    /// What the reader sent cannot be used.
    Unreadable,
}

/// How a card was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadTrace {
    /// When the reader had reported a card.
    pub found_at: Instant,
    /// When the last byte of the card had arrived.
    pub done_at: Instant,
    /// Bytes that crossed the line for it in both directions.
    pub wire_bytes: usize,
    /// The security module that vouches for the data.
    pub sam_id: SamId,
}

/// Identity of a reader's security module (SAM): 16 bytes, compared as they are because sources
/// disagree on how to print them as a number (`protocols.md` §1.7). Shown as 32 hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SamId(pub [u8; 16]);

impl std::fmt::Display for SamId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for SamId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// A running driver. Dropping it ends its thread within a second.
pub struct Reader {
    orders: Arc<Orders>,
    thread: Option<JoinHandle<()>>,
}

/// Starts the driver of the reader at the configured port. It keeps looking for its device as
/// long as it lives. `sink` is called on the driver's thread and should not block for long.
///
/// # Errors
/// The system has no thread to give.
pub fn spawn(
    config: &config::Reader,
    sink: impl Fn(ReaderEvent) + Send + 'static,
) -> std::io::Result<Reader> {
    let orders = Arc::new(Orders::default());
    let link = Link::new(&config.port, config.baud);
    let thread = thread::Builder::new().name("reader".to_owned()).spawn({
        let orders = orders.clone();
        move || {
            Driver::new(link, &orders, &sink).run();
            orders.stop.ended();
        }
    })?;
    Ok(Reader { orders, thread: Some(thread) })
}

impl Reader {
    /// Says whether a card is expected from now on. While one is, the reader is polled every
    /// 150 ms; otherwise it is only asked every 5 s whether it is well, and every second whether
    /// a card that was read has been lifted. A card that is being read when the expectation ends
    /// is not delivered, and one that was read for an earlier expectation is not read again
    /// before it was seen gone.
    pub fn expect_card(&self, expected: bool) {
        if self.orders.expectation.set(expected) {
            self.wake();
        }
    }

    /// Says whether [`ReaderEvent::Presence`] is wanted from now on, for a farewell that waits for
    /// the card to be taken. The reader is then asked twice a second, whether a card is expected
    /// or not. What lies there is told at once, and again whenever this is said anew.
    pub fn watch_presence(&self, watched: bool) {
        if self.orders.watch.set(watched) {
            self.wake();
        }
    }

    /// The signs of life of the driver's thread.
    pub fn pulse(&self) -> &Pulse {
        self.orders.stop.pulse()
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.orders.stop.set();
        self.wake();
        let Some(thread) = self.thread.take() else { return };
        let give_up = Instant::now() + STOP_MAX;
        while !thread.is_finished() {
            // The sink may be waiting for the very thread that drops the reader.
            if Instant::now() >= give_up {
                tracing::error!("reader: the driver's thread does not end; left behind");
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        let _ = thread.join();
    }
}
