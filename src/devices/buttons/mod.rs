//! The evaluation panel (评价器): five keys from 非常满意 to 非常不满意, active-low contacts on
//! GPIO lines (`protocols.md` §3). A panel is optional: without one people evaluate by touch.

mod gpio;
mod press;
#[cfg(feature = "rppal")]
mod raspberry;
mod socket;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use tracing::{info, warn};

use crate::config::{self, ButtonsBackend};
use crate::devices::state::{DeviceState, Fault, StateChange};
use crate::devices::steady::{BackOff, SteadyState};
use crate::devices::stop::Stop;
use crate::domain::evaluation::Level;
use crate::pulse::Pulse;
use press::{KEYS, KeyOutcome, Keys};

/// Longest wait for an edge: how soon a dropped [`Buttons`] ends, and how often the contacts are
/// compared with what the edges said.
const SLICE: Duration = Duration::from_millis(500);

/// What the panel has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ButtonEvent {
    /// Its state has changed. A stuck key is `Warning(Hardware)`: the other keys still work.
    State(StateChange),
    /// A press that counts. Only while armed.
    Pressed(Level),
}

/// A panel in operation. Dropping it ends its thread within half a second.
#[derive(Debug)]
pub struct Buttons {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// Why a panel cannot be operated as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum ButtonsError {
    #[error(
        "buttons.lines has line {0} twice; give the five different GPIO lines of the keys, from \
         非常满意 to 非常不满意"
    )]
    SameLine(u32),
    #[error("buttons.backend = \"simulated\" needs buttons.socket, the path of the panel's socket")]
    NoSocket,
    #[error(
        "buttons.backend = \"rppal\" is not built into this program; set \"gpiocdev\", or build \
         it with the feature rppal"
    )]
    NoRppal,
    #[error("the thread of the buttons cannot be started: {0}")]
    Thread(std::io::Error),
}

/// What went wrong between us and a panel.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum PanelError {
    #[error("{place}: no panel: {detail}")]
    Absent { place: String, detail: String },
    #[error(
        "{place}: may not be used: {detail}; end the other program, or put the kiosk's user into the group gpio"
    )]
    Busy { place: String, detail: String },
    #[error("{place}: {detail}")]
    Broken { place: String, detail: String },
}

impl PanelError {
    fn state(&self) -> DeviceState {
        match self {
            PanelError::Absent { .. } => DeviceState::Absent,
            PanelError::Busy { .. } => DeviceState::Failed(Fault::PortBusy),
            PanelError::Broken { .. } => DeviceState::Failed(Fault::Hardware),
        }
    }
}

/// An edge of a raw contact; `at` is on the monotonic clock of [`monotonic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Edge {
    at: Duration,
    /// 0 to 4 from left to right.
    key: usize,
    down: bool,
}

/// A back end: the raw contacts of five keys, neither debounced nor interpreted.
trait Panel {
    /// Where it is and what drives it, for a log line.
    fn place(&self) -> String;

    /// The contacts as they are now.
    fn contacts(&mut self) -> Result<[bool; KEYS], PanelError>;

    /// The next edge, or `None` if none came within `timeout`.
    fn wait(&mut self, timeout: Duration) -> Result<Option<Edge>, PanelError>;
}

#[derive(Debug)]
struct Shared {
    stop: Stop,
    /// Since when presses count, in nanoseconds of the monotonic clock; [`NOT_ARMED`] if they
    /// do not.
    armed_since: AtomicU64,
}

const NOT_ARMED: u64 = u64::MAX;

/// Starts to watch the panel that is configured and tells `sink` what happens, on the panel's own
/// thread; `sink` must not block. The first thing told is a state. A panel that is absent, or goes
/// away, is looked for again for as long as the [`Buttons`] live.
///
/// # Errors
/// A configuration that can never work, or no thread to be had. No panel is not an error.
pub fn spawn(
    config: &config::Buttons,
    sink: impl Fn(ButtonEvent) + Send + 'static,
) -> Result<Buttons, ButtonsError> {
    let source = Source::new(config)?;
    let shared = Arc::new(Shared { stop: Stop::default(), armed_since: AtomicU64::new(NOT_ARMED) });
    let driver = Driver {
        source,
        debounce: Duration::from_millis(config.debounce_ms),
        shared: Arc::clone(&shared),
        sink,
        state: SteadyState::default(),
        complaint: None,
    };
    let thread = std::thread::Builder::new()
        .name("buttons".to_owned())
        .spawn({
            let shared = shared.clone();
            move || {
                driver.run();
                shared.stop.ended();
            }
        })
        .map_err(ButtonsError::Thread)?;
    Ok(Buttons { shared, thread: Some(thread) })
}

impl Buttons {
    /// Says whether an evaluation is open. While none is, presses are dropped without a word; so
    /// is a press whose finger came down before the evaluation opened.
    pub fn arm(&self, armed: bool) {
        let since = if armed { monotonic().as_nanos() as u64 } else { NOT_ARMED };
        let previous = self.shared.armed_since.load(Ordering::SeqCst);
        if !armed || previous == NOT_ARMED {
            self.shared.armed_since.store(since, Ordering::SeqCst);
        }
    }

    /// The signs of life of the driver's thread.
    pub fn pulse(&self) -> &Pulse {
        self.shared.stop.pulse()
    }
}

impl Drop for Buttons {
    fn drop(&mut self) {
        self.shared.stop.set();
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("the thread of the buttons panicked");
            }
        }
    }
}

/// Where the panel is to be found.
enum Source {
    None,
    Auto {
        chip: String,
        lines: [u32; KEYS],
    },
    Gpio {
        chip: String,
        lines: [u32; KEYS],
    },
    #[cfg(feature = "rppal")]
    Rppal {
        lines: [u32; KEYS],
    },
    Socket(PathBuf),
}

impl Source {
    fn new(config: &config::Buttons) -> Result<Source, ButtonsError> {
        let (chip, lines) = (config.chip.clone(), config.lines);
        let on_gpio = || match (1..KEYS).find(|at| lines[..*at].contains(&lines[*at])) {
            Some(at) => Err(ButtonsError::SameLine(lines[at])),
            None => Ok(()),
        };
        match config.backend {
            ButtonsBackend::None => Ok(Source::None),
            ButtonsBackend::Auto => on_gpio().map(|()| Source::Auto { chip, lines }),
            ButtonsBackend::Gpiocdev => on_gpio().map(|()| Source::Gpio { chip, lines }),
            #[cfg(feature = "rppal")]
            ButtonsBackend::Rppal => on_gpio().map(|()| Source::Rppal { lines }),
            #[cfg(not(feature = "rppal"))]
            ButtonsBackend::Rppal => Err(ButtonsError::NoRppal),
            ButtonsBackend::Simulated => {
                config.socket.clone().map(Source::Socket).ok_or(ButtonsError::NoSocket)
            }
        }
    }

    /// Opens the panel.
    fn open(&self) -> Result<Box<dyn Panel>, PanelError> {
        match self {
            Source::None => Err(PanelError::Absent {
                place: "buttons".to_owned(),
                detail: "none is configured".to_owned(),
            }),
            Source::Auto { chip, lines } => open_best(chip, lines),
            Source::Gpio { chip, lines } => gpio::open(chip, lines),
            #[cfg(feature = "rppal")]
            Source::Rppal { lines } => raspberry::open(lines),
            Source::Socket(path) => socket::open(path),
        }
    }
}

/// rppal on a Raspberry Pi that it knows, else the kernel's character device. rppal knows boards
/// by a list that ends with its last release, and fails when GPIO chips are not numbered from 0;
/// a configured chip label speaks for the character device, which alone can honour it.
fn open_best(chip: &str, lines: &[u32; KEYS]) -> Result<Box<dyn Panel>, PanelError> {
    let why = if chip.is_empty() {
        match try_rppal(lines) {
            Ok(panel) => {
                info!("buttons: auto chose rppal: it knows this board");
                return Ok(panel);
            }
            Err(why) => why,
        }
    } else {
        "buttons.chip is configured".to_owned()
    };
    let panel = gpio::open(chip, lines)?;
    info!("buttons: auto chose gpiocdev: {why}");
    Ok(panel)
}

#[cfg(feature = "rppal")]
fn try_rppal(lines: &[u32; KEYS]) -> Result<Box<dyn Panel>, String> {
    raspberry::open(lines).map_err(|error| error.to_string())
}

#[cfg(not(feature = "rppal"))]
fn try_rppal(_lines: &[u32; KEYS]) -> Result<Box<dyn Panel>, String> {
    Err("rppal is not built in".to_owned())
}

struct Driver<S> {
    source: Source,
    debounce: Duration,
    shared: Arc<Shared>,
    sink: S,
    state: SteadyState,
    /// The last error logged: the same one is not logged at every attempt.
    complaint: Option<String>,
}

impl<S: Fn(ButtonEvent)> Driver<S> {
    fn run(mut self) {
        let mut back_off = BackOff::default();
        while !self.stopping() {
            let error = match self.source.open() {
                Ok(panel) => {
                    back_off.opened(Instant::now());
                    match self.watch(panel) {
                        Ok(()) => return,
                        Err(error) => error,
                    }
                }
                Err(error) => error,
            };
            self.complain(&error);
            self.tell_state(error.state());
            if matches!(self.source, Source::None) {
                return;
            }
            self.sleep(back_off.next_pause(Instant::now()));
        }
    }

    /// Watches a panel until it is lost, or until the end.
    fn watch(&mut self, mut panel: Box<dyn Panel>) -> Result<(), PanelError> {
        let mut keys = Keys::new(self.debounce, monotonic(), panel.contacts()?);
        let mut stuck = 0usize;
        info!("buttons: {} in operation", panel.place());
        self.complaint = None;
        self.tell_state(DeviceState::Ready);
        while !self.stopping() {
            // Read before waiting: an edge that is not there after the wait is younger than this.
            let now = monotonic();
            let until_due = keys.deadline().map_or(SLICE, |due| due.saturating_sub(now));
            let outcomes = match panel.wait(until_due.min(SLICE))? {
                Some(edge) => keys.edge(edge.at.min(monotonic()), edge.key, edge.down),
                None => {
                    let mut outcomes = keys.advance(now);
                    // An edge may have been lost in a full buffer of the kernel.
                    let contacts = panel.contacts()?;
                    for (key, down) in contacts.into_iter().enumerate() {
                        if keys.contacts()[key] != down {
                            outcomes.extend(keys.edge(now, key, down));
                        }
                    }
                    outcomes
                }
            };
            for outcome in outcomes {
                match outcome {
                    KeyOutcome::Pressed { level, down_at } => self.press(level, down_at),
                    KeyOutcome::Stuck(level) => {
                        stuck += 1;
                        warn!("buttons: key {} is stuck; look at the panel", level as usize + 1);
                    }
                    KeyOutcome::Freed(level) => {
                        stuck = stuck.saturating_sub(1);
                        info!("buttons: key {} is free again", level as usize + 1);
                    }
                }
            }
            self.tell_state(match stuck {
                0 => DeviceState::Ready,
                _ => DeviceState::Warning(Fault::Hardware),
            });
        }
        Ok(())
    }

    fn press(&self, level: Level, down_at: Duration) {
        // Not armed is a time that never comes.
        if down_at.as_nanos() >= u128::from(self.shared.armed_since.load(Ordering::SeqCst)) {
            (self.sink)(ButtonEvent::Pressed(level));
        }
    }

    fn tell_state(&mut self, state: DeviceState) {
        if let Some(change) = self.state.set(state, Instant::now()) {
            (self.sink)(ButtonEvent::State(change));
        }
    }

    fn complain(&mut self, error: &PanelError) {
        let text = error.to_string();
        if self.complaint.as_ref() == Some(&text) {
            return;
        }
        match error {
            PanelError::Absent { .. } => info!("buttons: {text}"),
            PanelError::Busy { .. } | PanelError::Broken { .. } => warn!("buttons: {text}"),
        }
        self.complaint = Some(text);
    }

    fn stopping(&self) -> bool {
        self.shared.stop.is_set()
    }

    /// Sleeps, unless it is time to stop.
    fn sleep(&self, pause: Duration) {
        let until = monotonic() + pause;
        while !self.stopping() {
            let left = until.saturating_sub(monotonic());
            if left.is_zero() {
                return;
            }
            std::thread::park_timeout(left);
        }
    }
}

/// Time since the start of the system, on the clock in which the kernel stamps GPIO edges.
fn monotonic() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    // Neither part of this clock is ever negative.
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn config(backend: ButtonsBackend) -> config::Buttons {
        config::Buttons { backend, ..config::Buttons::default() }
    }

    fn first_event(config: &config::Buttons) -> ButtonEvent {
        let (tell, told) = mpsc::sync_channel(64);
        let _buttons = spawn(config, move |event| drop(tell.send(event))).expect("a thread");
        told.recv_timeout(Duration::from_secs(60)).expect("a first state")
    }

    #[test]
    fn p8_no_panel_is_absent_and_no_error() {
        let absent = ButtonEvent::State(StateChange { state: DeviceState::Absent, untold: 0 });
        assert_eq!(first_event(&config(ButtonsBackend::None)), absent);
        let mut elsewhere = config(ButtonsBackend::Gpiocdev);
        elsewhere.chip = "no chip has this label".to_owned();
        assert_eq!(first_event(&elsewhere), absent);
        elsewhere.backend = ButtonsBackend::Auto;
        assert_eq!(first_event(&elsewhere), absent);
        let mut socket = config(ButtonsBackend::Simulated);
        socket.socket = Some(PathBuf::from("/nonexistent/panel.socket"));
        assert_eq!(first_event(&socket), absent);
    }

    #[test]
    fn what_can_never_work_is_an_error() {
        let refusal =
            |config: &config::Buttons| spawn(config, drop).map(drop).map_err(|e| e.to_string());
        let mut same = config(ButtonsBackend::Gpiocdev);
        same.lines = [5, 6, 13, 5, 26];
        assert!(refusal(&same).expect_err("two keys on a line").contains("line 5 twice"));
        let no_socket = refusal(&config(ButtonsBackend::Simulated));
        assert!(no_socket.expect_err("no socket").contains("buttons.socket"));
        if cfg!(not(feature = "rppal")) {
            let no_rppal = refusal(&config(ButtonsBackend::Rppal));
            assert!(no_rppal.expect_err("not built in").contains("gpiocdev"));
        }
    }

    #[test]
    fn dropping_ends_the_thread() {
        let mut absent = config(ButtonsBackend::Simulated);
        absent.socket = Some(PathBuf::from("/nonexistent/panel.socket"));
        let (tell, told) = mpsc::sync_channel(16);
        let buttons = spawn(&absent, move |event| drop(tell.send(event))).expect("a thread");
        told.recv_timeout(Duration::from_secs(60)).expect("a first state");
        drop(buttons);
        // The thread held the other end.
        assert_eq!(told.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    }
}
