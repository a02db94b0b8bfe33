//! The slip printer: its bytes ([`encode`], [`glyphs`]), its replies ([`status`]), its line
//! ([`session`]) and its driver, one thread that prints jobs and watches the printer in between.
//!
//! A job is *printed* only when the printer itself acknowledged it after the cut; it is *not
//! printed* only when not a byte of it was sent; anything else is *unknown*, and nothing is ever
//! printed again by itself (promise P3).

pub mod encode;
pub mod glyphs;
pub mod session;
pub mod status;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::Serialize;
use zeroize::Zeroizing;

use self::encode::{Body, CUT};
use self::glyphs::Glyphs;
use self::session::{Capabilities, Session};
use self::status::Status;
use super::link::{Link, LinkError};
use super::state::{DeviceState, Fault};
use crate::config;
use crate::slip::layout::Line;

/// Jobs that may wait behind the one that prints.
const QUEUE: usize = 4;
/// How often an idle printer is asked how it is.
const POLL: Duration = Duration::from_secs(2);
/// How soon a job or the end is noticed while idle.
const TURN: Duration = Duration::from_millis(50);
/// Unanswered polls after which a printer counts as silent.
const MISSES: u32 = 3;
/// Bytes that may be under way before the printer is asked whether it still follows: half the
/// receive buffer of a common printer.
const AHEAD: usize = 2048;
/// Slowest paper that is waited for, mm/s, and what is added for everything else.
const SLOWEST: u64 = 50;
const GRACE: Duration = Duration::from_secs(5);
/// After a reply to `GS r` the last lines may still be in the mechanism.
const SETTLE: Duration = Duration::from_millis(700);

/// Pauses between two attempts to bring a printer back whose cutter was blocked: the first one,
/// and the longest.
const RECOVERY_MIN: Duration = Duration::from_secs(5);
const RECOVERY_MAX: Duration = Duration::from_secs(60);

/// One slip to print.
#[derive(Clone, Debug)]
pub struct Job {
    /// Comes back in every event about this job.
    pub id: u64,
    pub lines: Vec<Line>,
}

/// What the printer tells the kiosk.
#[derive(Clone, Debug, PartialEq)]
pub enum PrinterEvent {
    /// Told on changes only.
    State(DeviceState),
    /// `fraction` from 0 to 1, ascending.
    Progress { job: u64, fraction: f32 },
    /// Told once for every job that was taken.
    Finished { job: u64, outcome: Outcome },
}

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The printer acknowledged it, cut included, without a fault in between.
    Printed,
    /// Nothing of it was sent. A printer that is not there at all is [`Fault::Silent`]; its
    /// state says [`DeviceState::Absent`].
    NotPrinted(Fault),
    /// Something was sent, what came out nobody knows.
    Unknown(Why),
}

/// Why an outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The printer reported this fault while it printed.
    Fault(Fault),
    /// No acknowledgement came in time.
    TimedOut,
    /// The line broke.
    Unplugged,
    /// This printer acknowledges nothing.
    NoProof,
    /// The kiosk stopped.
    Stopped,
}

/// Too many jobs wait, or the driver has ended; the job was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the printer has {QUEUE} slips waiting already; try again when one is finished")]
pub struct Busy;

/// The driver of one printer. Dropping it ends its thread; a job that prints then is unknown.
pub struct Printer {
    jobs: Option<SyncSender<Job>>,
    control: Arc<Control>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Control {
    stop: AtomicBool,
    /// Ends a pause between two attempts to open the line.
    wake: AtomicBool,
}

/// Starts the driver. `sink` is called from its thread and should return at once.
///
/// # Errors
/// The system has no thread to give.
pub fn spawn(
    config: &config::Printer,
    sink: impl Fn(PrinterEvent) + Send + 'static,
) -> std::io::Result<Printer> {
    let (jobs, queue) = sync_channel(QUEUE);
    let control = Arc::new(Control::default());
    let driver = Driver {
        link: Link::new(&config.port, config.baud),
        config: config.clone(),
        queue,
        control: Arc::clone(&control),
        sink: Box::new(sink),
        state: None,
        capabilities: None,
        interrupted: false,
    };
    let thread = thread::Builder::new().name("printer".into()).spawn(move || driver.run())?;
    Ok(Printer { jobs: Some(jobs), control, thread: Some(thread) })
}

impl Printer {
    /// Hands a slip over; [`PrinterEvent::Finished`] tells what became of it. Printed once at
    /// most.
    ///
    /// # Errors
    /// [`Busy`], and there will be no event.
    pub fn print(&self, job: Job) -> Result<(), Busy> {
        self.jobs.as_ref().ok_or(Busy)?.try_send(job).map_err(|_| Busy)?;
        self.control.wake.store(true, Ordering::Release);
        Ok(())
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.jobs = None;
        self.control.stop.store(true, Ordering::Release);
        self.control.wake.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

/// What is sent to a printer that may wait for the rest of an interrupted command: more zeros
/// than the longest picture band that [`encode`] sends, which print as white or not at all.
pub fn recovery() -> Vec<u8> {
    vec![0; encode::BAND * 72 + 320]
}

struct Driver {
    link: Link,
    config: config::Printer,
    queue: Receiver<Job>,
    control: Arc<Control>,
    sink: Box<dyn Fn(PrinterEvent) + Send>,
    state: Option<DeviceState>,
    /// What the printer on this line can do; asked anew whenever the line was lost.
    capabilities: Option<Capabilities>,
    /// The last job broke off: before the next one the printer must be brought to its senses
    /// and what hangs out of it cut off.
    interrupted: bool,
}

impl Driver {
    fn run(mut self) {
        while !self.stopped() {
            self.control.wake.store(false, Ordering::Release);
            let served = self.link.open().and_then(|()| self.serve());
            self.link.close();
            // Another printer may come back on the same line.
            self.capabilities = None;
            let Err(trouble) = served else { continue };
            self.set_state(trouble.state(), Some(&trouble));
            self.refuse_waiting();
            self.link.back_off(&self.control.wake);
        }
        self.refuse_waiting();
    }

    fn stopped(&self) -> bool {
        self.control.stop.load(Ordering::Acquire)
    }

    fn set_state(&mut self, state: DeviceState, reason: Option<&LinkError>) {
        if self.state.as_ref() == Some(&state) {
            return;
        }
        let port = self.config.port.display();
        match reason {
            Some(reason) => tracing::warn!("printer {port}: {state:?}: {reason}"),
            None => tracing::info!("printer {port}: {state:?}"),
        }
        self.state = Some(state.clone());
        (self.sink)(PrinterEvent::State(state));
    }

    fn finish(&self, job: u64, outcome: Outcome) {
        match outcome {
            Outcome::Printed => tracing::info!("slip {job}: printed"),
            _ => tracing::warn!("slip {job}: {outcome:?}"),
        }
        (self.sink)(PrinterEvent::Finished { job, outcome });
    }

    /// Nothing can be sent now: the jobs that wait are not printed, and say so at once.
    fn refuse_waiting(&mut self) {
        let fault = match &self.state {
            Some(DeviceState::Failed(fault)) => *fault,
            _ => Fault::Silent,
        };
        while let Ok(job) = self.queue.try_recv() {
            self.finish(job.id, Outcome::NotPrinted(fault));
        }
    }

    /// Looks after an open line until it is lost or the driver ends.
    fn serve(&mut self) -> Result<(), LinkError> {
        let mut misses = 0;
        let mut next_poll = Instant::now();
        let mut attempts = Attempts::new(Instant::now());
        if self.state.is_none() || self.state == Some(DeviceState::Absent) {
            self.set_state(DeviceState::Starting, None);
        }
        let mut inputs = session::Inputs::default();
        while !self.stopped() {
            let mut session = Session::new(&mut self.link, &mut inputs, &self.control.stop);
            if Instant::now() >= next_poll {
                let realtime = self.capabilities.is_none_or(|can| can.realtime);
                let mut answered = session.poll(realtime)?;
                if !answered && self.capabilities.is_none() {
                    // It may wait for the rest of a picture that nobody will send.
                    session.send(&recovery())?;
                    answered = session.initialise()? && !session.unreadable();
                }
                next_poll = Instant::now() + POLL;
                misses = if answered { 0 } else { misses + 1 };
            } else {
                session.listen(TURN)?;
            }
            let status = session.status();
            if misses >= MISSES || (misses > 0 && self.capabilities.is_none()) {
                self.set_state(DeviceState::Failed(Fault::Silent), None);
                // It may have been switched off, and come back with its settings lost.
                self.capabilities = None;
                self.refuse_waiting();
                continue;
            }
            if let Some(fault) = status.fault() {
                if status.cover_open {
                    // Somebody is at it.
                    attempts = Attempts::new(Instant::now());
                } else if misses == 0 && status.needs_recovery() && attempts.due(Instant::now()) {
                    // What was printed before the fault may still hang out of it.
                    self.interrupted = true;
                    next_poll = Instant::now();
                    if session.recover()? {
                        tracing::info!("printer: fault removed, buffers cleared");
                        continue;
                    }
                }
                self.set_state(DeviceState::Failed(fault), None);
                self.refuse_waiting();
                continue;
            }
            if self.capabilities.is_none() || self.interrupted {
                // Not asked anything more while a poll is unanswered.
                if misses == 0 {
                    self.prepare(&mut inputs)?;
                    next_poll = Instant::now();
                }
                continue;
            }
            if misses == 0 {
                self.set_state(status.state(), None);
            }
            match self.queue.try_recv() {
                Ok(job) => {
                    let id = job.id;
                    let outcome = self.print(job, &mut inputs);
                    self.interrupted |=
                        matches!(outcome, Outcome::Unknown(why) if why != Why::NoProof);
                    // What stopped the job is known before its outcome.
                    if self.link.is_open() && inputs.status().fault().is_some() {
                        self.set_state(inputs.status().state(), None);
                    }
                    self.finish(id, outcome);
                    if !self.link.is_open() {
                        return Ok(());
                    }
                    next_poll = Instant::now() + POLL;
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
        }
        Ok(())
    }

    /// Brings a healthy printer into a known state, and finds out what it can do.
    fn prepare(&mut self, inputs: &mut session::Inputs) -> Result<(), LinkError> {
        let mut session = Session::new(&mut self.link, inputs, &self.control.stop);
        if self.interrupted {
            // What is left in its buffer comes out first.
            session.fence(Instant::now() + Duration::from_secs(2))?;
        }
        session.send(&recovery())?;
        let automatic = session.initialise()?;
        if self.interrupted {
            // The rest of the last slip shall not hang on the next one.
            session.send(&CUT)?;
        }
        if self.capabilities.is_none() {
            let capabilities = session.capabilities(automatic)?;
            tracing::info!("printer {}: {capabilities:?}", self.config.port.display());
            self.capabilities = Some(capabilities);
        }
        self.interrupted = false;
        Ok(())
    }

    fn print(&mut self, job: Job, inputs: &mut session::Inputs) -> Outcome {
        let mut glyphs = Glyphs::new(&self.config.fonts);
        let body = encode::body(&job.lines, self.config.paper, self.config.charset, &mut glyphs);
        drop(glyphs);
        let Body { bytes, stops, dots } = body;
        let bytes = Zeroizing::new(bytes);
        let can = self.capabilities.unwrap_or_default();
        let id = job.id;
        let sink = &self.sink;
        let mut told = -1.0;
        let progress = move |fraction: f32| {
            if fraction >= told + 0.02 {
                told = fraction;
                sink(PrinterEvent::Progress { job: id, fraction });
            }
        };
        let mut session = Session::new(&mut self.link, inputs, &self.control.stop);
        let mut task = Task { session: &mut session, can, begun: false };
        let ended = task.run(&bytes, &stops, dots, progress);
        let begun = task.begun;
        session.ignore_faults();
        ended.unwrap_or_else(|error| {
            tracing::warn!("printer: {error}");
            self.link.close();
            match error {
                _ if !begun => Outcome::NotPrinted(Fault::Silent),
                LinkError::Stuck { .. } => Outcome::Unknown(Why::TimedOut),
                _ => Outcome::Unknown(Why::Unplugged),
            }
        })
    }
}

/// When a printer is told to recover: nobody sees whether the cause was removed (the cover may
/// have been opened and closed while the kiosk was off), so it is tried at once, then again and
/// again after pauses that grow.
struct Attempts {
    due: Instant,
    pause: Duration,
}

impl Attempts {
    fn new(now: Instant) -> Attempts {
        Attempts { due: now, pause: RECOVERY_MIN }
    }

    /// Whether to try now; if so, the next attempt is put off. A fault that comes back right
    /// after a successful attempt does not shorten the pauses, one that comes long after does.
    fn due(&mut self, now: Instant) -> bool {
        if now < self.due {
            return false;
        }
        if now - self.due > RECOVERY_MAX {
            self.pause = RECOVERY_MIN;
        }
        self.due = now + self.pause;
        self.pause = (self.pause * 2).min(RECOVERY_MAX);
        true
    }
}

/// The recipe of one job (`protocols.md` §2.3).
struct Task<'a, 'b> {
    session: &'a mut Session<'b>,
    can: Capabilities,
    /// A byte of the slip has been sent.
    begun: bool,
}

impl Task<'_, '_> {
    fn run(
        &mut self,
        bytes: &[u8],
        stops: &[usize],
        dots: usize,
        mut progress: impl FnMut(f32),
    ) -> Result<Outcome, LinkError> {
        if !self.session.poll(self.can.realtime)? {
            return Ok(Outcome::NotPrinted(Fault::Silent));
        }
        if let Some(fault) = self.session.status().fault() {
            return Ok(Outcome::NotPrinted(fault));
        }
        self.session.initialise()?;
        if let Some(fault) = self.session.status().fault() {
            return Ok(Outcome::NotPrinted(fault));
        }
        self.session.watch_faults();
        progress(0.0);

        let length_mm = dots as u64 / 8 + 40;
        let air = self.session.airtime(bytes.len() + 64);
        let deadline =
            Instant::now() + air + Duration::from_millis(length_mm * 1000 / SLOWEST) + GRACE;

        let mut sent = 0;
        let mut ahead = 0;
        for &stop in stops {
            let piece = &bytes[sent..stop];
            if ahead > 0 && ahead + piece.len() > AHEAD {
                if let Some(outcome) = self.catch_up(deadline)? {
                    return Ok(outcome);
                }
                ahead = 0;
            }
            self.begun |= !piece.is_empty();
            self.session.send(piece)?;
            ahead += piece.len();
            sent = stop;
            self.session.listen(Duration::ZERO)?;
            if let Some(outcome) = self.trouble() {
                return Ok(outcome);
            }
            progress(0.8 * sent as f32 / bytes.len().max(1) as f32);
        }
        let outcome = self.conclude(deadline, length_mm, &mut progress)?;
        if outcome == Outcome::Printed {
            progress(1.0);
        }
        Ok(outcome)
    }

    /// What ends the job at once: a fault, or the end of the kiosk.
    fn trouble(&self) -> Option<Outcome> {
        if let Some(fault) = self.session.fault_seen() {
            return Some(Outcome::Unknown(Why::Fault(fault)));
        }
        self.session.stopped().then_some(Outcome::Unknown(Why::Stopped))
    }

    /// Waits until the printer has read what was sent.
    fn catch_up(&mut self, deadline: Instant) -> Result<Option<Outcome>, LinkError> {
        let followed = if self.can.sensor {
            self.session.fence(deadline)?
        } else {
            // Real-time replies overtake the buffer; time is the only fence there is.
            let asked = self.session.poll(self.can.realtime)?;
            self.session.listen(self.session.airtime(AHEAD))?;
            asked
        };
        Ok(self.trouble().or((!followed).then_some(Outcome::Unknown(Why::TimedOut))))
    }

    /// Cuts, and waits for the proof.
    fn conclude(
        &mut self,
        deadline: Instant,
        length_mm: u64,
        progress: &mut impl FnMut(f32),
    ) -> Result<Outcome, LinkError> {
        if self.can.process_id {
            let printed = session::fresh_id();
            let cut = session::fresh_id();
            self.session.ask_process_id(printed)?;
            self.session.send(&CUT)?;
            self.session.ask_process_id(cut)?;
            // A printer that was busy sends only the last acknowledgement.
            for (ids, fraction) in [(&[printed, cut][..], 0.9), (&[cut], 1.0)] {
                let came = |session: &Session| ids.iter().any(|id| session.process_id_came(*id));
                if let Some(outcome) = self.wait(deadline, came)? {
                    return Ok(outcome);
                }
                progress(fraction);
            }
            return Ok(Outcome::Printed);
        }
        self.session.send(&CUT)?;
        if self.can.sensor {
            self.session.ask_sensor()?;
            if let Some(outcome) = self.wait(deadline, |session| session.sensor_came())? {
                return Ok(outcome);
            }
            progress(0.9);
            self.session.listen(SETTLE)?;
        } else {
            self.session.listen(Duration::from_millis(length_mm * 1000 / SLOWEST))?;
        }
        // Without an acknowledgement of the paper itself, at least no sensor may object.
        let answered = self.session.poll(self.can.realtime)?;
        Ok(match self.trouble() {
            Some(outcome) => outcome,
            None if self.can.sensor && answered => Outcome::Printed,
            None if answered => Outcome::Unknown(Why::NoProof),
            None => Outcome::Unknown(Why::TimedOut),
        })
    }

    /// Waits for `came`; asks for faults every second, for printers that do not tell by
    /// themselves. `None` when it came.
    fn wait(
        &mut self,
        deadline: Instant,
        came: impl Fn(&Session) -> bool,
    ) -> Result<Option<Outcome>, LinkError> {
        while Instant::now() < deadline {
            let slice = (Instant::now() + Duration::from_secs(1)).min(deadline);
            let done = self.session.until(slice, |s| came(s) || s.fault_seen().is_some())?;
            if let Some(outcome) = self.trouble() {
                return Ok(Some(outcome));
            }
            if done {
                return Ok(None);
            }
            if self.can.realtime {
                self.session.realtime()?;
            }
        }
        Ok(Some(self.trouble().unwrap_or(Outcome::Unknown(Why::TimedOut))))
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
    /// It answers nothing; it cannot be used.
    E,
}

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
/// blocked is told once to recover, and cuts off what hangs out of it. Takes up to 8 seconds.
///
/// # Errors
/// The line cannot be opened or is lost meanwhile.
pub fn probe(config: &config::Printer) -> Result<Probe, LinkError> {
    let mut link = Link::new(&config.port, config.baud);
    link.open()?;
    let stop = AtomicBool::new(false);
    let mut inputs = session::Inputs::default();
    let mut session = Session::new(&mut link, &mut inputs, &stop);
    let mut probe = Probe {
        port: config.port.clone(),
        state: DeviceState::Failed(Fault::Silent),
        status_bytes: session.realtime()?,
        identity: Vec::new(),
        acknowledgement: Grade::E,
        automatic: false,
        unreadable: session.unreadable(),
    };
    if probe.unreadable {
        return Ok(probe);
    }
    let mut status = Status::from_realtime(probe.status_bytes);
    if status.is_some_and(|status| status.needs_recovery()) && session.recover()? {
        session.send(&CUT)?;
        probe.status_bytes = session.realtime()?;
        status = Status::from_realtime(probe.status_bytes);
    }
    if status.is_some_and(|status| status.fault().is_some()) {
        // An offline printer answers nothing but this, now.
        probe.state = session.status().state();
        probe.acknowledgement = Grade::C;
        return Ok(probe);
    }
    session.send(&recovery())?;
    probe.automatic = session.initialise()?;
    let can = session.capabilities(probe.automatic)?;
    probe.unreadable = session.unreadable();
    if probe.unreadable {
        return Ok(probe);
    }
    probe.acknowledgement = can.grade();
    if can.grade() != Grade::E {
        probe.state = session.status().state();
        probe.identity = session.identity()?;
    }
    Ok(probe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p8_recovery_is_tried_at_once_and_then_after_growing_pauses() {
        let start = Instant::now();
        let mut attempts = Attempts::new(start);
        let tried: Vec<u64> =
            (0..300).filter(|s| attempts.due(start + Duration::from_secs(*s))).collect();
        assert_eq!(tried, [0, 5, 15, 35, 75, 135, 195, 255]);
        // Long after that a new fault starts afresh.
        let later = start + Duration::from_secs(1000);
        assert!(attempts.due(later) && attempts.due(later + RECOVERY_MIN));
    }
}
