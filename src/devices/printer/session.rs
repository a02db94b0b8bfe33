//! A conversation with a printer over its open line: questions, the replies to them, and what
//! the printer says unasked in between. Every wait is bounded, everything kept is bounded.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Grade;
use super::encode::INIT;
use super::status::{Demultiplexer, Input, Status, plausible};
use crate::devices::link::{Link, LinkError};
use crate::devices::state::Fault;

/// Wait for a real-time reply, which overtakes everything.
const REALTIME: Duration = Duration::from_millis(300);
/// Wait for the automatic status after it was switched on.
const AUTOMATIC: Duration = Duration::from_millis(500);
/// Wait for the first acknowledgement (`protocols.md` §2.3).
const PROCESS_ID: Duration = Duration::from_millis(1500);
/// Wait for a queued reply of an idle printer.
const QUEUED: Duration = Duration::from_millis(500);
/// Silence after which a reply that broke off is given up.
const BROKEN_OFF: Duration = Duration::from_millis(150);
/// How soon the end of the kiosk is noticed.
const SLICE: Duration = Duration::from_millis(50);
/// Replies of a kind that are kept.
const KEPT: usize = 8;
/// Times that real-time status is asked until it can be believed.
const READINGS: usize = 3;

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

/// What has been heard from one printer.
#[derive(Default)]
pub struct Inputs {
    demultiplexer: Demultiplexer,
    status: Status,
    realtime: VecDeque<u8>,
    process_ids: VecDeque<[u8; 4]>,
    texts: VecDeque<Vec<u8>>,
    /// Queries `GS r` that are not answered yet; replies carry no name.
    sensors_asked: u32,
    automatic_came: bool,
    watching: bool,
    fault_seen: Option<Fault>,
    /// Inputs that no printer gives, or that nobody asked for.
    noise: u32,
    /// What came to the last question was noise.
    unreadable: bool,
    last_byte: Option<Instant>,
}

impl Inputs {
    /// The state as last heard.
    pub fn status(&self) -> Status {
        self.status
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Realtime(byte) => keep(&mut self.realtime, byte),
            Input::Automatic(bytes) => {
                self.automatic_came = true;
                self.set_status(Status::from_automatic(bytes));
            }
            Input::ProcessId(id) => keep(&mut self.process_ids, id),
            Input::Sensor(_) if self.sensors_asked == 0 => self.note_noise(),
            Input::Sensor(byte) => {
                self.sensors_asked -= 1;
                let status = self.status.with_sensor(byte);
                self.set_status(status);
            }
            Input::Block(_, text) => keep(&mut self.texts, text),
            Input::Flow { .. } => {}
            Input::Nonsense(byte) => {
                // Once is enough to say it; a babbling line must not fill the log.
                if self.noise == 0 {
                    tracing::warn!(
                        "printer: byte {byte:#04x} makes no sense; check speed and cable"
                    );
                }
                self.note_noise();
            }
        }
    }

    fn note_noise(&mut self) {
        self.noise = self.noise.saturating_add(1);
    }

    fn set_status(&mut self, status: Status) {
        self.status = status;
        if self.watching && self.fault_seen.is_none() {
            self.fault_seen = status.fault();
        }
    }
}

fn keep<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == KEPT {
        queue.pop_front();
    }
    queue.push_back(item);
}

/// An open line and what was heard on it.
pub struct Session<'a> {
    link: &'a mut Link,
    inputs: &'a mut Inputs,
    stop: &'a AtomicBool,
}

impl<'a> Session<'a> {
    pub fn new(link: &'a mut Link, inputs: &'a mut Inputs, stop: &'a AtomicBool) -> Session<'a> {
        Session { link, inputs, stop }
    }

    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// The state as last heard.
    pub fn status(&self) -> Status {
        self.inputs.status
    }

    /// From now on the first fault is remembered, even if it goes away.
    pub fn watch_faults(&mut self) {
        self.inputs.watching = true;
        self.inputs.fault_seen = None;
    }

    /// Faults are the driver's affair again.
    pub fn ignore_faults(&mut self) {
        self.inputs.watching = false;
        self.inputs.fault_seen = None;
    }

    /// The first fault since [`Session::watch_faults`].
    pub fn fault_seen(&self) -> Option<Fault> {
        self.inputs.fault_seen
    }

    /// Time that so many bytes need on this line.
    pub fn airtime(&self, bytes: usize) -> Duration {
        Duration::from_micros(bytes as u64 * 10_000_000 / u64::from(self.link.baud().max(1)))
    }

    /// Sends bytes, paced by the line.
    ///
    /// # Errors
    /// The line is lost, or takes nothing for 2 seconds beyond the time that it needs.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        let deadline = Instant::now() + self.airtime(bytes.len()) * 2 + Duration::from_secs(2);
        self.link.write(bytes, deadline)
    }

    /// Listens for so long.
    pub fn listen(&mut self, duration: Duration) -> Result<(), LinkError> {
        self.until(Instant::now() + duration, |_| false).map(drop)
    }

    /// Listens until `come` is true (then true), the deadline has passed or the kiosk stops.
    pub fn until(
        &mut self,
        deadline: Instant,
        come: impl Fn(&Session) -> bool,
    ) -> Result<bool, LinkError> {
        let mut buffer = [0; 64];
        loop {
            let count = self.link.read(&mut buffer, deadline.min(Instant::now() + SLICE))?;
            let now = Instant::now();
            if count > 0 {
                self.inputs.last_byte = Some(now);
                for input in self.inputs.demultiplexer.push(&buffer[..count]) {
                    self.inputs.take(input);
                }
            } else if self.inputs.last_byte.is_some_and(|at| now - at > BROKEN_OFF) {
                self.inputs.last_byte = None;
                for input in self.inputs.demultiplexer.give_up() {
                    self.inputs.take(input);
                }
            }
            if come(self) {
                return Ok(true);
            }
            // What has come already is read even after the deadline, but not for ever.
            if self.stopped() || (now >= deadline && count == 0) || now >= deadline + SLICE {
                return Ok(false);
            }
        }
    }

    /// Asks `DLE EOT` 1 to 4, one after the other, and notes the state if any was answered. A
    /// fault that is news must be told twice, and nothing is believed that comes with noise: if
    /// that does not end, the printer counts as not answering, and is [`Session::unreadable`].
    pub fn realtime(&mut self) -> Result<[Option<u8>; 4], LinkError> {
        let mut before = Some(self.inputs.status);
        for _ in 0..READINGS {
            let noise = self.inputs.noise;
            let replies = self.ask_realtime()?;
            if !plausible(replies) {
                self.inputs.note_noise();
            }
            let status = Status::from_realtime(replies).filter(|_| self.inputs.noise == noise);
            let sure = match status {
                Some(status) => status.fault().is_none() || before == Some(status),
                None => self.inputs.noise == noise,
            };
            if sure {
                self.inputs.unreadable = false;
                if let Some(status) = status {
                    self.inputs.set_status(status);
                }
                return Ok(replies);
            }
            before = status;
        }
        self.inputs.unreadable = true;
        Ok([None; 4])
    }

    /// Whether noise came when the printer was last asked how it is.
    pub fn unreadable(&self) -> bool {
        self.inputs.unreadable
    }

    fn ask_realtime(&mut self) -> Result<[Option<u8>; 4], LinkError> {
        let mut replies = [None; 4];
        for n in 1..=4 {
            if !self.inputs.realtime.is_empty() {
                // One answer too many: which question the others belong to is not known.
                self.inputs.realtime.clear();
                self.inputs.note_noise();
            }
            self.send(&[0x10, 0x04, n])?;
            let wait = REALTIME + self.airtime(8);
            self.until(Instant::now() + wait, |s| !s.inputs.realtime.is_empty())?;
            replies[usize::from(n) - 1] = self.inputs.realtime.pop_front();
            // Who does not answer the first question will not answer the others.
            if replies[0].is_none() {
                break;
            }
        }
        Ok(replies)
    }

    /// Asks how the printer is, by `DLE EOT` or, where that is not understood, `GS r`.
    /// False if it did not answer.
    pub fn poll(&mut self, realtime: bool) -> Result<bool, LinkError> {
        if realtime && self.realtime()?[0].is_some() {
            return Ok(true);
        }
        if realtime && (self.unreadable() || self.inputs.status.fault().is_some()) {
            // Offline printers leave queued questions unanswered.
            return Ok(false);
        }
        self.quiet_fence()
    }

    /// Whether an idle printer answers `GS r`, without noise.
    fn quiet_fence(&mut self) -> Result<bool, LinkError> {
        let noise = self.inputs.noise;
        self.inputs.sensors_asked = 0;
        let came = self.fence(Instant::now() + QUEUED)?;
        self.inputs.unreadable = self.inputs.noise != noise;
        Ok(came && !self.unreadable())
    }

    /// Resets the printer and switches its automatic status on; true if it has one.
    pub fn initialise(&mut self) -> Result<bool, LinkError> {
        self.inputs.automatic_came = false;
        self.inputs.sensors_asked = 0;
        self.inputs.process_ids.clear();
        self.send(&INIT)?;
        self.until(Instant::now() + AUTOMATIC, |s| s.inputs.automatic_came)
    }

    /// Asks `GS r 1` and waits until every such question is answered: then the printer has read
    /// all that was sent before. False at the deadline, or when a fault is reported.
    pub fn fence(&mut self, deadline: Instant) -> Result<bool, LinkError> {
        self.ask_sensor()?;
        self.until(deadline, |s| s.sensor_came() || s.fault_seen().is_some())?;
        Ok(self.sensor_came())
    }

    /// Asks `GS r 1` without waiting.
    pub fn ask_sensor(&mut self) -> Result<(), LinkError> {
        self.send(&[0x1d, 0x72, 0x01])?;
        self.inputs.sensors_asked += 1;
        Ok(())
    }

    /// Whether every `GS r` is answered.
    pub fn sensor_came(&self) -> bool {
        self.inputs.sensors_asked == 0
    }

    /// Asks for an acknowledgement with this name (`GS ( H`) without waiting.
    pub fn ask_process_id(&mut self, [a, b, c, d]: [u8; 4]) -> Result<(), LinkError> {
        self.send(&[0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, a, b, c, d])
    }

    pub fn process_id_came(&self, id: [u8; 4]) -> bool {
        self.inputs.process_ids.contains(&id)
    }

    /// Finds out what an idle, healthy printer can do.
    pub fn capabilities(&mut self, automatic: bool) -> Result<Capabilities, LinkError> {
        let realtime = self.realtime()?[0].is_some();
        let id = fresh_id();
        self.ask_process_id(id)?;
        let process_id = self.until(Instant::now() + PROCESS_ID, |s| s.process_id_came(id))?;
        let sensor = !self.unreadable() && self.quiet_fence()?;
        Ok(Capabilities { realtime, automatic, sensor, process_id })
    }

    /// Maker and model as the printer tells them; empty if it does not.
    pub fn identity(&mut self) -> Result<Vec<String>, LinkError> {
        let mut texts = Vec::new();
        for n in [0x42, 0x43, 0x41] {
            self.inputs.texts.clear();
            self.send(&[0x1d, 0x49, n])?;
            self.until(Instant::now() + QUEUED, |s| !s.inputs.texts.is_empty())?;
            let Some(text) = self.inputs.texts.pop_front() else { break };
            texts.push(text.iter().map(|b| char::from(*b)).filter(|c| !c.is_control()).collect());
        }
        Ok(texts)
    }

    /// Tells a printer to drop what it holds and go on, if the cause of its fault was removed
    /// (`DLE ENQ 2`, then the reset that it asks for). Never resumes a half-printed slip; never to
    /// be sent while a job is under way. False if the fault stands.
    pub fn recover(&mut self) -> Result<bool, LinkError> {
        self.send(&[0x10, 0x05, 0x02])?;
        self.listen(QUEUED)?;
        self.realtime()?;
        if self.inputs.status.fault().is_some() {
            // A reset would only lie in the buffer, one more for every attempt.
            return Ok(false);
        }
        self.initialise()?;
        Ok(true)
    }
}

/// A name for an acknowledgement that no earlier one had: four bytes from 21h to 7Eh.
pub fn fresh_id() -> [u8; 4] {
    let random = uuid::Uuid::new_v4().into_bytes();
    [0, 1, 2, 3].map(|i| 0x21 + random[i] % 0x5e)
}
