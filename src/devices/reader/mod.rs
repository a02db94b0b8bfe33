//! The ID-card reader: a SAM-V module on a serial line (`protocols.md` §1).
//!
//! [`frame`] and [`status`] are the codec; `session` is one conversation; [`spawn`] is the
//! driver, one thread that finds the reader, keeps it, and reads a card when one is expected.

pub mod frame;
mod probe;
mod session;
pub mod status;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

pub use self::probe::{Probe, ProbeError, probe};
use self::session::{Find, Look, Session, Trouble};
use super::link::{Link, LinkError};
use super::state::{DeviceState, Fault};
use crate::config;
use crate::domain::card::CardText;

/// Pause between two looks for a card while one is expected.
const POLL: Duration = Duration::from_millis(150);
/// Pause between two questions whether the reader is well, while no card is expected.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Pause between two questions who the reader is, while it gives no answer or refuses.
const RETRY: Duration = Duration::from_secs(1);
/// Pause between two questions whether a card that was read still lies there, while none is
/// expected or the reader hides it.
const STILL_THERE: Duration = Duration::from_secs(1);
/// Longest time that dropping a [`Reader`] waits for its thread.
const STOP_MAX: Duration = Duration::from_secs(1);

/// What the reader has to say.
#[derive(Debug)]
pub enum ReaderEvent {
    /// The state has changed to this.
    State(DeviceState),
    /// A card lies there and is being read.
    Reading,
    /// A card was read. Comes once each time a card is laid down.
    Card(Box<CardText>, ReadTrace),
    /// A card lies there and cannot be read. Comes once until something changes.
    Problem(CardProblem),
}

/// Why a card was not read; each has its own sentence for the citizen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardProblem {
    /// A bank card, a telephone, another kind of chip (SW3 40).
    WrongCard,
    /// Card and reader do not accept each other, or the data do not bear their signature
    /// (SW3 31, 32, 33). The data are not used.
    NotGenuine,
    /// The card was taken away or slipped while it was read (SW3 41, 80, 81, or silence).
    MovedAway,
    /// The card was read for somebody else and was never lifted; the reader will read it only
    /// after it was.
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

/// What the driver's thread is told.
struct Orders {
    stop: AtomicBool,
    /// Counts the changes of mind; a card is expected while it is odd. What was read for an
    /// earlier expectation is not delivered to a later one.
    expectation: AtomicU64,
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
    let orders = Arc::new(Orders { stop: AtomicBool::new(false), expectation: AtomicU64::new(0) });
    let link = Link::new(&config.port, config.baud);
    let thread = thread::Builder::new().name("reader".to_owned()).spawn({
        let orders = orders.clone();
        move || Driver::new(link, &orders, &sink).run()
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
        let change = |now: u64| ((now % 2 == 1) != expected).then_some(now + 1);
        let ordering = Ordering::Relaxed;
        if self.orders.expectation.fetch_update(ordering, ordering, change).is_ok() {
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.orders.stop.store(true, Ordering::Relaxed);
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

/// The driver's thread.
struct Driver<'a> {
    session: Session<'a>,
    orders: &'a Orders,
    sink: &'a dyn Fn(ReaderEvent),
    state: Option<DeviceState>,
    /// The module that was there last.
    sam_id: Option<SamId>,
    lying: Lying,
    /// Problem that was told and stands until something changes.
    standing: Option<CardProblem>,
    /// Expectation to which `standing` belongs.
    expectation: u64,
    /// When the reader was last asked about a card that it hides.
    asked_hidden: Option<Instant>,
}

/// What is known of the card on the reader.
#[derive(Clone, Copy, PartialEq)]
enum Lying {
    /// None, or one that was not read yet.
    Unread,
    /// One that was read for this expectation, and was not seen gone since. Whether this reader
    /// would report it again is not known.
    Read(u64),
    /// As `Read`, on a reader that has shown that it does not report this card again: what it
    /// finds next was laid down anew.
    Hidden(u64),
    /// Nobody has looked yet, or reading it failed: a card may lie there that the reader has read
    /// and hides.
    Unknown,
}

/// Stands in [`Lying`] for whoever had a card read before this driver knew of it.
const NOBODY: u64 = 0;

impl<'a> Driver<'a> {
    fn new(link: Link, orders: &'a Orders, sink: &'a dyn Fn(ReaderEvent)) -> Driver<'a> {
        Driver {
            session: Session::new(link, &orders.stop),
            orders,
            sink,
            state: None,
            sam_id: None,
            lying: Lying::Unknown,
            standing: None,
            expectation: 0,
            asked_hidden: None,
        }
    }

    fn run(mut self) {
        while !self.stopped() {
            let error = match self.session.link.open() {
                Ok(()) => match self.serve() {
                    Trouble::Line(error) => error,
                    _ => return,
                },
                Err(error) => error,
            };
            self.lost(&error);
            self.session.link.close();
            self.session.link.back_off(&self.orders.stop);
        }
    }

    /// Works with an open line until it is lost or the driver is to stop.
    fn serve(&mut self) -> Trouble {
        self.session.start();
        if self.lying == Lying::Unread {
            self.lying = Lying::Unknown;
        }
        self.turn(DeviceState::Starting);
        loop {
            let trouble = match self.session.identify() {
                Ok(id) => {
                    self.identified(id);
                    match self.work() {
                        Ok(never) => match never {},
                        Err(trouble) => trouble,
                    }
                }
                Err(trouble) => trouble,
            };
            let state = match trouble {
                Trouble::Line(_) | Trouble::Stopped => return trouble,
                Trouble::Refused(_) => DeviceState::Failed(Fault::NotAuthorised),
                Trouble::Silence | Trouble::Cut | Trouble::Garbled(_) => {
                    DeviceState::Failed(Fault::Silent)
                }
            };
            if self.state.as_ref() != Some(&state) {
                tracing::warn!(port = %self.session.link.path().display(), %trouble, "reader");
            }
            self.turn(state);
            self.nap(Instant::now() + RETRY, None);
            if self.stopped() {
                return Trouble::Stopped;
            }
        }
    }

    /// Polls or keeps watch while the reader answers.
    fn work(&mut self) -> Result<std::convert::Infallible, Trouble> {
        loop {
            let start = Instant::now();
            let expectation = self.orders.expectation.load(Ordering::Relaxed);
            let pause = if expectation % 2 == 1 {
                self.look(expectation)?;
                POLL
            } else if matches!(self.lying, Lying::Read(_) | Lying::Hidden(_)) {
                // The next citizen shall not be told of a card that was lifted long ago.
                self.asked_hidden = None;
                self.find()?;
                STILL_THERE
            } else {
                self.session.heartbeat()?;
                HEARTBEAT
            };
            if self.session.is_silent() {
                return Err(Trouble::Silence);
            }
            // A reader that misses a reply is asked again soon, card or not.
            let pause = if self.session.has_missed() { POLL } else { pause };
            self.nap(start + pause, Some(expectation));
            if self.stopped() {
                return Err(Trouble::Stopped);
            }
        }
    }

    fn look(&mut self, expectation: u64) -> Result<(), Trouble> {
        if self.expectation != expectation {
            self.expectation = expectation;
            self.standing = None;
        }
        match self.find()? {
            Find::Card(found_at) => match self.lying {
                Lying::Read(whose) => self.still_there(whose, expectation),
                _ => self.read(expectation, found_at)?,
            },
            Find::NoCard => {
                if let Lying::Hidden(whose) = self.lying {
                    self.still_there(whose, expectation);
                }
            }
            Find::Missed => {}
            Find::Problem(problem) => self.unreadable(expectation, problem),
        }
        Ok(())
    }

    fn read(&mut self, expectation: u64, found_at: Instant) -> Result<(), Trouble> {
        if self.standing.is_none() {
            self.tell(expectation, ReaderEvent::Reading);
        }
        match self.session.read(found_at)? {
            Look::Card(card, trace) => {
                self.lying = Lying::Read(expectation);
                self.standing = None;
                self.tell(expectation, ReaderEvent::Card(card, trace));
            }
            Look::Problem(problem) => self.unreadable(expectation, problem),
        }
        Ok(())
    }

    /// Asks for a card, and keeps account of the one that was read. It was lifted when the reader
    /// finds no card twice in a row (some find one only the second time) and does not say either
    /// that one lies there that it hides, as most do with a card that they have read
    /// (`protocols.md` §1.11). An answer that fails to come proves nothing.
    fn find(&mut self) -> Result<Find, Trouble> {
        let found = self.find_once()?;
        match (&found, self.lying) {
            (Find::NoCard, Lying::Unread) => self.standing = None,
            (Find::NoCard, Lying::Hidden(_)) if !self.is_hidden_due() => {}
            (Find::NoCard, Lying::Read(_) | Lying::Hidden(_) | Lying::Unknown) => {
                let found = self.find_once()?;
                if let Find::NoCard = found {
                    self.not_found()?;
                }
                return Ok(found);
            }
            _ => {}
        }
        Ok(found)
    }

    fn find_once(&mut self) -> Result<Find, Trouble> {
        let found = self.session.find()?;
        let was_reset = self.session.take_reset();
        if was_reset || matches!(found, Find::Missed) {
            self.reports_anew();
        }
        match found {
            Find::Card(_) if matches!(self.lying, Lying::Hidden(_)) => self.lifted(),
            Find::NoCard if was_reset => return Ok(Find::Missed),
            _ => {}
        }
        Ok(found)
    }

    fn not_found(&mut self) -> Result<(), Trouble> {
        self.asked_hidden = Some(Instant::now());
        let still_there = self.session.still_there()?;
        if self.session.take_reset() {
            self.reports_anew();
        } else if still_there == Some(true) {
            self.lying = match self.lying {
                Lying::Read(whose) | Lying::Hidden(whose) => Lying::Hidden(whose),
                Lying::Unread | Lying::Unknown => Lying::Hidden(NOBODY),
            };
        } else {
            self.lifted();
        }
        Ok(())
    }

    fn is_hidden_due(&self) -> bool {
        self.asked_hidden.is_none_or(|at| at.elapsed() >= STILL_THERE)
    }

    fn lifted(&mut self) {
        self.lying = Lying::Unread;
        self.standing = None;
    }

    /// The reader may have forgotten what it has read.
    fn reports_anew(&mut self) {
        if let Lying::Hidden(whose) = self.lying {
            self.lying = Lying::Read(whose);
        }
    }

    /// A card lies there that was read for `whose` expectation; only a later one needs to know.
    fn still_there(&mut self, whose: u64, expectation: u64) {
        if whose != expectation && self.standing.is_none() {
            self.problem(expectation, CardProblem::StillThere);
        }
    }

    fn unreadable(&mut self, expectation: u64, problem: CardProblem) {
        if self.lying == Lying::Unread {
            // The reader may count this card as read and hide it.
            self.lying = Lying::Unknown;
        }
        self.problem(expectation, problem);
    }

    fn problem(&mut self, expectation: u64, problem: CardProblem) {
        // A card that cannot be read and is taken away while it is tried again has moved, too.
        let is_taken_away = problem == CardProblem::MovedAway && self.standing.is_some();
        if self.standing != Some(problem) && !is_taken_away {
            self.standing = Some(problem);
            self.tell(expectation, ReaderEvent::Problem(problem));
        }
    }

    /// Delivers what belongs to an expectation, unless that has ended.
    fn tell(&self, expectation: u64, event: ReaderEvent) {
        if self.orders.expects(expectation) {
            (self.sink)(event);
        }
    }

    fn identified(&mut self, id: SamId) {
        let port = self.session.link.path().display();
        match self.sam_id.replace(id) {
            Some(before) if before != id => {
                tracing::warn!(%port, %before, now = %id, "another reader than before");
            }
            _ => tracing::info!(%port, sam_id = %id, "reader found"),
        }
        self.reports_anew();
        self.turn(DeviceState::Ready);
    }

    fn lost(&mut self, error: &LinkError) {
        if self.state != Some(error.state()) {
            tracing::warn!(%error, "reader unusable");
        }
        self.turn(error.state());
    }

    fn turn(&mut self, state: DeviceState) {
        if self.state.as_ref() != Some(&state) {
            tracing::info!(port = %self.session.link.path().display(), ?state, "reader");
            self.state = Some(state.clone());
            (self.sink)(ReaderEvent::State(state));
        }
    }

    /// Sleeps until a moment, until the stop, or until an expectation changes.
    fn nap(&self, until: Instant, expectation: Option<u64>) {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let now = self.orders.expectation.load(Ordering::Relaxed);
            if left.is_zero() || self.stopped() || expectation.is_some_and(|then| then != now) {
                return;
            }
            thread::park_timeout(left);
        }
    }

    fn stopped(&self) -> bool {
        self.orders.stop.load(Ordering::Relaxed)
    }
}

impl Orders {
    fn expects(&self, expectation: u64) -> bool {
        self.expectation.load(Ordering::Relaxed) == expectation
    }
}

#[cfg(all(test, feature = "simulators"))]
mod tests {
    use super::*;
    use crate::simulators::reader::{ReaderOptions, ReaderSimulator};

    #[test]
    fn the_end_of_the_driver_is_no_warning() {
        let dir = tempfile::tempdir().unwrap();
        let (port, baud) = (dir.path().join("reader"), 115_200);
        let _simulator = ReaderSimulator::start(ReaderOptions { link: port.clone(), baud });
        for expectation in [0, 1] {
            let orders = Orders { stop: AtomicBool::new(false), expectation: expectation.into() };
            let log = dir.path().join("log");
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::WARN)
                .with_writer(Arc::new(std::fs::File::create(&log).unwrap()))
                .finish();
            let sink = |event| {
                if let ReaderEvent::State(DeviceState::Ready) = event {
                    orders.stop.store(true, Ordering::Relaxed);
                }
            };
            tracing::subscriber::with_default(subscriber, || {
                Driver::new(Link::new(&port, baud), &orders, &sink).run();
            });
            assert_eq!(std::fs::read_to_string(&log).unwrap(), "");
        }
    }
}
