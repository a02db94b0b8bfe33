//! The driver's thread: finds the reader, keeps it, asks for cards when one is expected, and says
//! whether one lies there when that is wanted.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::card_watch::{CardOnReader, CardWatch, STILL_THERE};
use super::session::{Find, Look, Session, SessionError};
use super::{CardProblem, Presence, ReaderEvent, SamId};
use crate::devices::link::{Link, LinkError};
use crate::devices::state::{DeviceState, Fault, StateChange};
use crate::devices::steady::SteadyState;
use crate::devices::stop::Stop;

/// Pause between two looks for a card while one is expected.
pub const POLL: Duration = Duration::from_millis(150);
/// Pause between two looks while only the presence of a card is watched.
const PRESENCE: Duration = Duration::from_millis(500);
/// Pause between two questions whether the reader is well, while no card is expected.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Pause between two questions who the reader is, while it gives no answer or refuses.
const RETRY: Duration = Duration::from_secs(1);

/// Longest sleep without asking whether to stop, which is the thread's sign of life.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// What the driver's thread is told.
#[derive(Default)]
pub struct Orders {
    pub stop: Stop,
    /// Whether a card is expected. What was read for an earlier expectation is not delivered to a
    /// later one.
    pub expectation: Toggle,
    /// Whether the presence of a card is to be told.
    pub watch: Toggle,
}

/// Something that is wanted or not. Counts the changes of mind; wanted while odd.
#[derive(Default)]
pub struct Toggle(AtomicU64);

impl Toggle {
    /// True if this was a change.
    pub fn set(&self, wanted: bool) -> bool {
        let change = |now: u64| (is_wanted(now) != wanted).then_some(now + 1);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change).is_ok()
    }

    /// How often minds were changed so far.
    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

fn is_wanted(count: u64) -> bool {
    count % 2 == 1
}

/// The driver's thread.
pub struct Driver<'a> {
    session: Session<'a>,
    orders: &'a Orders,
    sink: &'a dyn Fn(ReaderEvent),
    state: SteadyState,
    /// The module that was there last.
    sam_id: Option<SamId>,
    card: CardWatch,
    /// Problem that was told and stands until something changes.
    standing: Option<CardProblem>,
    /// Expectation to which `standing` belongs.
    expectation: u64,
    /// The watch and the presence that were told last.
    told_presence: Option<(u64, Presence)>,
}

impl<'a> Driver<'a> {
    pub fn new(link: Link, orders: &'a Orders, sink: &'a dyn Fn(ReaderEvent)) -> Driver<'a> {
        Driver {
            session: Session::new(link, &orders.stop),
            orders,
            sink,
            state: SteadyState::default(),
            sam_id: None,
            card: CardWatch::new(),
            standing: None,
            expectation: 0,
            told_presence: None,
        }
    }

    pub fn run(mut self) {
        while !self.stopped() {
            let error = match self.session.link.open() {
                Ok(()) => match self.serve() {
                    SessionError::Line(error) => error,
                    _ => return,
                },
                Err(error) => error,
            };
            self.lost(&error);
            self.session.link.close();
            self.session.link.back_off(self.orders.stop.flag());
        }
    }

    /// Works with an open line until it is lost or the driver is to stop.
    fn serve(&mut self) -> SessionError {
        self.session.start();
        self.card.line_opened();
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
                SessionError::Line(_) | SessionError::Stopped => return trouble,
                SessionError::Refused(_) => DeviceState::Failed(Fault::NotAuthorised),
                SessionError::Silence | SessionError::Cut | SessionError::Garbled(_) => {
                    DeviceState::Failed(Fault::Silent)
                }
            };
            if self.state.now() != Some(&state) {
                tracing::warn!(port = %self.session.link.path().display(), %trouble, "reader");
            }
            self.turn(state);
            self.tell_presence(Presence::Unknown);
            self.nap(Instant::now() + RETRY, None);
            if self.stopped() {
                return SessionError::Stopped;
            }
        }
    }

    /// Polls or keeps watch while the reader answers.
    fn work(&mut self) -> Result<Infallible, SessionError> {
        loop {
            let start = Instant::now();
            let wanted = self.wanted();
            let (expectation, watch) = wanted;
            let is_read =
                matches!(self.card.card(), CardOnReader::Read(_) | CardOnReader::Hidden(_));
            let pause = if is_wanted(expectation) {
                self.look(expectation)?;
                POLL
            } else if is_wanted(watch) {
                self.find()?;
                PRESENCE
            } else if is_read {
                // The next citizen shall not be told of a card that was lifted long ago.
                self.card.ask_again();
                self.find()?;
                STILL_THERE
            } else {
                self.session.heartbeat()?;
                HEARTBEAT
            };
            if self.session.is_silent() {
                return Err(SessionError::Silence);
            }
            self.tell_presence(self.card.presence());
            self.settle();
            // A reader that misses a reply is asked again soon, card or not.
            let pause = if self.session.has_missed() { POLL } else { pause };
            self.nap(start + pause, Some(wanted));
            if self.stopped() {
                return Err(SessionError::Stopped);
            }
        }
    }

    fn look(&mut self, expectation: u64) -> Result<(), SessionError> {
        if self.expectation != expectation {
            self.expectation = expectation;
            self.standing = None;
        }
        match self.find()? {
            Find::Card(found_at) => match self.card.card() {
                CardOnReader::Read(whose) => self.still_there(whose, expectation),
                _ => self.read(expectation, found_at)?,
            },
            Find::NoCard => {
                if let CardOnReader::Hidden(whose) = self.card.card() {
                    self.still_there(whose, expectation);
                }
            }
            Find::Missed => {}
            Find::Problem(problem) => self.unreadable(expectation, problem),
        }
        Ok(())
    }

    fn read(&mut self, expectation: u64, found_at: Instant) -> Result<(), SessionError> {
        if self.standing.is_none() {
            self.tell(expectation, ReaderEvent::Reading);
        }
        match self.session.read(found_at)? {
            Look::Card(card, trace) => {
                self.card.was_read(expectation);
                self.standing = None;
                self.tell(expectation, ReaderEvent::Card(card, trace));
            }
            Look::Problem(problem) => self.unreadable(expectation, problem),
        }
        Ok(())
    }

    fn find(&mut self) -> Result<Find, SessionError> {
        let found = self.card.find(&mut self.session)?;
        if self.card.card() == CardOnReader::Unread {
            self.standing = None;
        }
        Ok(found)
    }

    /// A card lies there that was read for `whose` expectation; only a later one needs to know.
    fn still_there(&mut self, whose: u64, expectation: u64) {
        if whose != expectation && self.standing.is_none() {
            self.problem(expectation, CardProblem::StillThere);
        }
    }

    fn unreadable(&mut self, expectation: u64, problem: CardProblem) {
        self.card.was_not_read();
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
        if self.orders.expectation.count() == expectation {
            (self.sink)(event);
        }
    }

    /// Says whether a card lies there, if that is wanted and was not said.
    fn tell_presence(&mut self, presence: Presence) {
        let watch = self.orders.watch.count();
        if is_wanted(watch) && self.told_presence != Some((watch, presence)) {
            self.told_presence = Some((watch, presence));
            (self.sink)(ReaderEvent::Presence(presence));
        }
    }

    fn identified(&mut self, id: SamId) {
        let port = self.session.link.path().display();
        let before = self.sam_id.replace(id);
        let is_another = before.is_some_and(|before| before != id);
        if let (true, Some(before)) = (is_another, before) {
            tracing::warn!(%port, %before, now = %id, "another reader than before");
        } else {
            tracing::info!(%port, sam_id = %id, "reader found");
        }
        self.card.identified(is_another);
        self.turn(DeviceState::Ready);
    }

    fn lost(&mut self, error: &LinkError) {
        if self.state.now() != Some(&error.state()) {
            tracing::warn!(%error, "reader unusable");
        }
        self.turn(error.state());
        self.tell_presence(Presence::Unknown);
    }

    fn turn(&mut self, state: DeviceState) {
        if self.state.now() != Some(&state) {
            tracing::info!(port = %self.session.link.path().display(), ?state, "reader");
        }
        let change = self.state.set(state, Instant::now());
        self.tell_change(change);
    }

    /// Tells the state of a reader that had come and gone, once it has stood still.
    fn settle(&mut self) {
        let change = self.state.look(Instant::now());
        self.tell_change(change);
    }

    fn tell_change(&self, change: Option<StateChange>) {
        if let Some(change) = change {
            (self.sink)(ReaderEvent::State(change));
        }
    }

    fn wanted(&self) -> (u64, u64) {
        (self.orders.expectation.count(), self.orders.watch.count())
    }

    /// Sleeps until a moment, until the stop, or until something else is wanted than `wanted`.
    fn nap(&self, until: Instant, wanted: Option<(u64, u64)>) {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let changed = wanted.is_some_and(|then| then != self.wanted());
            if left.is_zero() || self.stopped() || changed {
                return;
            }
            thread::park_timeout(left.min(SIGN_OF_LIFE));
        }
    }

    fn stopped(&self) -> bool {
        self.orders.stop.is_set()
    }
}

#[cfg(all(test, feature = "simulators"))]
mod tests {
    use super::*;
    use crate::simulators::reader::{ReaderOptions, SimulatedReader};

    #[test]
    fn the_end_of_the_driver_is_no_warning() {
        let dir = tempfile::tempdir().unwrap();
        let (port, baud) = (dir.path().join("reader"), 115_200);
        let _simulator = SimulatedReader::start(ReaderOptions { link: port.clone(), baud });
        for expected in [false, true] {
            let orders = Orders::default();
            orders.expectation.set(expected);
            let log = dir.path().join("log");
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::WARN)
                .with_writer(std::sync::Arc::new(std::fs::File::create(&log).unwrap()))
                .finish();
            let sink = |event| {
                if let ReaderEvent::State(StateChange { state: DeviceState::Ready, .. }) = event {
                    orders.stop.set();
                }
            };
            tracing::subscriber::with_default(subscriber, || {
                Driver::new(Link::new(&port, baud), &orders, &sink).run();
            });
            assert_eq!(std::fs::read_to_string(&log).unwrap(), "");
        }
    }
}
