//! A conversation with a printer over its open line: questions, the replies to them, and what
//! the printer says unasked in between. Every wait is bounded, everything kept is bounded.

use std::time::{Duration, Instant};

use super::encode::{FEED_KEY_OFF, INIT};
use super::examine::Capabilities;
use super::inputs::Inputs;
use super::status::{PrinterStatus, plausible};
use crate::devices::link::{Link, LinkError};
use crate::devices::state::Fault;
use crate::devices::stop::Stop;

/// Time in which a printer that was told to recover does so.
const RECOVERED: Duration = Duration::from_millis(500);
/// Longest time that a printer may hold us back (XOFF). A printer that prints lets go within the
/// seconds that half its buffer takes.
pub const HELD_MAX: Duration = Duration::from_secs(10);
/// Bytes sent before it is looked whether the printer asks to wait: no more than what a printer
/// keeps free when it does so.
const CHUNK: usize = 256;
/// Silence after which a reply that broke off is given up.
const BROKEN_OFF: Duration = Duration::from_millis(150);
/// How soon the end of the kiosk is noticed.
const SLICE: Duration = Duration::from_millis(50);
/// Bytes of a question that are compared with what comes back.
const RAW: usize = 3;
/// `GS r 1`
const ASK_SENSOR: [u8; 3] = [0x1d, 0x72, 0x01];
/// Times that real-time status is asked until it can be believed.
const READINGS: usize = 3;

/// An open line and what was heard on it.
pub struct Session<'a> {
    link: &'a mut Link,
    inputs: &'a mut Inputs,
    stop: &'a Stop,
}

impl<'a> Session<'a> {
    pub fn new(link: &'a mut Link, inputs: &'a mut Inputs, stop: &'a Stop) -> Session<'a> {
        Session { link, inputs, stop }
    }

    pub fn stopped(&self) -> bool {
        self.stop.is_set()
    }

    /// The state as last heard.
    pub fn status(&self) -> PrinterStatus {
        self.inputs.status
    }

    /// How long the printer may take for an answer.
    pub fn patience(&self) -> Duration {
        self.inputs.patience
    }

    /// For how long the printer has held us back.
    pub fn held_for(&self) -> Option<Duration> {
        self.inputs.held_for()
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

    /// Sends bytes, paced by the line, and stops whenever the printer asks to wait.
    ///
    /// # Errors
    /// The line is lost, or takes nothing for 2 seconds beyond the time that it needs; `Held` when
    /// the printer does not let go in time, reports a fault meanwhile, or the kiosk stops.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        let start = Instant::now();
        for (i, chunk) in bytes.chunks(CHUNK).enumerate() {
            // An adapter takes more at once than the line has carried.
            self.until(start + self.airtime(i * CHUNK), |_| false)?;
            if self.inputs.held_since.is_some() {
                self.until(Instant::now() + HELD_MAX, |s| {
                    s.inputs.held_since.is_none() || s.fault_seen().is_some()
                })?;
            }
            if self.inputs.held_since.is_some() {
                let (sent, length) = (i * CHUNK, bytes.len());
                return Err(LinkError::Held { port: self.link.path().to_owned(), sent, length });
            }
            self.write(chunk)?;
        }
        Ok(())
    }

    /// Sends bytes that a printer obeys as they arrive, even while it asks to wait.
    fn write(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        let deadline = Instant::now() + self.airtime(bytes.len()) * 2 + Duration::from_secs(2);
        self.link.write(bytes, deadline)
    }

    /// Asks, although the printer holds us back, whether it has only forgotten to let go.
    ///
    /// # Errors
    /// The line is lost.
    pub fn knock(&mut self) -> Result<(), LinkError> {
        self.inputs.sensors_asked = 1;
        self.write(&ASK_SENSOR)?;
        let until = Instant::now() + self.inputs.patience;
        if self.until(until, |s| s.sensor_came())? {
            self.inputs.held_since = None;
        }
        Ok(())
    }

    /// Takes in what has come, without waiting.
    pub fn hear(&mut self) -> Result<(), LinkError> {
        self.listen(Duration::ZERO)
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
                let room = RAW.saturating_sub(self.inputs.raw.len()).min(count);
                self.inputs.raw.extend_from_slice(&buffer[..room]);
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
            if self.inputs.echo {
                break;
            }
            if !plausible(replies) {
                self.inputs.note_noise();
            }
            let status =
                PrinterStatus::from_realtime(replies).filter(|_| self.inputs.noise == noise);
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

    /// Whether the question itself came back when the printer was last asked how it is.
    pub fn echoes(&self) -> bool {
        self.inputs.echo
    }

    fn ask_realtime(&mut self) -> Result<[Option<u8>; 4], LinkError> {
        let mut replies = [None; 4];
        self.inputs.echo = false;
        for n in 1..=4 {
            if !self.inputs.realtime.is_empty() {
                // One answer too many: which question the others belong to is not known.
                self.inputs.realtime.clear();
                self.inputs.note_noise();
            }
            let question = [0x10, 0x04, n];
            self.inputs.raw.clear();
            self.write(&question)?;
            let wait = self.inputs.patience + self.airtime(8);
            self.until(Instant::now() + wait, |s| !s.inputs.realtime.is_empty())?;
            if self.inputs.raw == question {
                self.inputs.echo = true;
                break;
            }
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
        if self.inputs.held_since.is_some() {
            return Ok(false);
        }
        self.quiet_fence()
    }

    /// Whether an idle printer answers `GS r`, without noise.
    fn quiet_fence(&mut self) -> Result<bool, LinkError> {
        let noise = self.inputs.noise;
        self.inputs.sensors_asked = 0;
        let came = self.fence(Instant::now() + self.inputs.patience)?;
        self.inputs.unreadable = self.inputs.noise != noise;
        Ok(came && !self.unreadable())
    }

    /// Resets the printer, switches its automatic status on and its feed key off: nobody shall
    /// pull white paper out of a kiosk. Waits for the status of a printer that is known to tell.
    pub fn initialise(&mut self, can: Capabilities) -> Result<(), LinkError> {
        self.begin_anew()?;
        if can.automatic {
            let until = Instant::now() + self.inputs.patience;
            self.until(until, |s| s.inputs.automatic_came)?;
        }
        Ok(())
    }

    fn begin_anew(&mut self) -> Result<(), LinkError> {
        self.inputs.automatic_came = false;
        self.inputs.sensors_asked = 0;
        self.inputs.process_ids.clear();
        self.send(&INIT)?;
        self.send(&FEED_KEY_OFF)
    }

    /// Asks `GS r 1` and waits until every such question is answered: then the printer has read
    /// all that was sent before. False at the deadline, or when a fault is reported.
    pub fn fence(&mut self, deadline: Instant) -> Result<bool, LinkError> {
        self.ask_sensor()?;
        self.until(deadline, |s| s.sensor_came() || s.fault_seen().is_some())?;
        Ok(self.sensor_came())
    }

    /// What was heard of a printer before it was examined counts for nothing: noise may have said it.
    pub fn forget_status(&mut self) {
        self.inputs.set_status(PrinterStatus::default());
        self.inputs.fault_seen = None;
    }

    /// Asks `GS r 1` without waiting.
    pub fn ask_sensor(&mut self) -> Result<(), LinkError> {
        self.send(&ASK_SENSOR)?;
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

    /// Resets an idle printer and finds out what it can do: every question at once, then patience
    /// as long as answers come.
    pub fn capabilities(&mut self) -> Result<Capabilities, LinkError> {
        let noise = self.inputs.noise;
        self.begin_anew()?;
        let id = fresh_id();
        self.ask_process_id(id)?;
        self.ask_sensor()?;
        loop {
            let answers = self.answers(id);
            let until = Instant::now() + self.inputs.patience;
            self.until(until, |s| s.answers(id) != answers)?;
            let now = self.answers(id);
            if now == answers || now.iter().all(|came| *came) || self.stopped() {
                break;
            }
        }
        self.inputs.unreadable = self.inputs.noise != noise;
        let [automatic, process_id, sensor] = self.answers(id);
        // A late answer to these shall not be one to the next question.
        self.inputs.sensors_asked = 0;
        let realtime = !self.unreadable() && self.realtime()?[0].is_some();
        Ok(Capabilities { realtime, automatic, sensor, process_id })
    }

    fn answers(&self, id: [u8; 4]) -> [bool; 3] {
        [self.inputs.automatic_came, self.process_id_came(id), self.sensor_came()]
    }

    /// Maker and model as the printer tells them; empty if it does not.
    pub fn identity(&mut self) -> Result<Vec<String>, LinkError> {
        let mut texts = Vec::new();
        for n in [0x42, 0x43, 0x41] {
            self.inputs.texts.clear();
            self.send(&[0x1d, 0x49, n])?;
            let until = Instant::now() + self.inputs.patience;
            self.until(until, |s| !s.inputs.texts.is_empty())?;
            let Some(text) = self.inputs.texts.pop_front() else { break };
            texts.push(text.iter().map(|b| char::from(*b)).filter(|c| !c.is_control()).collect());
        }
        Ok(texts)
    }

    /// Tells a printer to drop what it holds and go on, if the cause of its fault was removed
    /// (`DLE ENQ 2`, then the reset that it asks for). Never resumes a half-printed slip; never to
    /// be sent while a job is under way. False if the fault stands.
    pub fn recover(&mut self) -> Result<bool, LinkError> {
        self.write(&[0x10, 0x05, 0x02])?;
        self.listen(RECOVERED)?;
        self.realtime()?;
        if self.inputs.status.fault().is_some() {
            // A reset would only lie in the buffer, one more for every attempt.
            return Ok(false);
        }
        self.begin_anew()?;
        Ok(true)
    }
}

/// A name for an acknowledgement that no earlier one had: four bytes from 21h to 7Eh.
pub fn fresh_id() -> [u8; 4] {
    let random = uuid::Uuid::new_v4().into_bytes();
    [0, 1, 2, 3].map(|i| 0x21 + random[i] % 0x5e)
}
