//! What has been heard from one printer. Everything kept is bounded.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::status::{Demultiplexer, Input, PrinterStatus};
use crate::devices::state::Fault;

/// Replies of a kind that are kept.
const KEPT: usize = 8;

/// What has been heard from one printer.
pub struct Inputs {
    /// How long the printer may take for an answer.
    pub(super) patience: Duration,
    pub(super) demultiplexer: Demultiplexer,
    pub(super) status: PrinterStatus,
    pub(super) realtime: VecDeque<u8>,
    pub(super) process_ids: VecDeque<[u8; 4]>,
    pub(super) texts: VecDeque<Vec<u8>>,
    /// Queries `GS r` that are not answered yet; replies carry no name.
    pub(super) sensors_asked: u32,
    pub(super) automatic_came: bool,
    pub(super) watching: bool,
    pub(super) fault_seen: Option<Fault>,
    /// Inputs that no printer gives, or that nobody asked for.
    pub(super) noise: u32,
    /// What came to the last question was noise.
    pub(super) unreadable: bool,
    /// The first bytes that came since a question was sent.
    pub(super) raw: Vec<u8>,
    /// The line brings back what is sent.
    pub(super) echo: bool,
    /// Since when the printer asks us to wait (XOFF).
    pub(super) held_since: Option<Instant>,
    pub(super) last_byte: Option<Instant>,
}

impl Inputs {
    pub fn new(patience: Duration) -> Inputs {
        Inputs {
            patience,
            demultiplexer: Demultiplexer::default(),
            status: PrinterStatus::default(),
            realtime: VecDeque::new(),
            process_ids: VecDeque::new(),
            texts: VecDeque::new(),
            sensors_asked: 0,
            automatic_came: false,
            watching: false,
            fault_seen: None,
            noise: 0,
            unreadable: false,
            raw: Vec::new(),
            echo: false,
            held_since: None,
            last_byte: None,
        }
    }

    /// For how long the printer has held us back.
    pub fn held_for(&self) -> Option<Duration> {
        self.held_since.map(|since| since.elapsed())
    }

    /// The state as last heard.
    pub fn status(&self) -> PrinterStatus {
        self.status
    }

    pub(super) fn take(&mut self, input: Input) {
        match input {
            Input::Realtime(byte) => keep(&mut self.realtime, byte),
            Input::Automatic(bytes) => {
                self.automatic_came = true;
                self.set_status(PrinterStatus::from_automatic(bytes));
            }
            Input::ProcessId(id) => keep(&mut self.process_ids, id),
            Input::Sensor(_) if self.sensors_asked == 0 => self.note_noise(),
            Input::Sensor(byte) => {
                self.sensors_asked -= 1;
                let status = self.status.with_sensor(byte);
                self.set_status(status);
            }
            Input::Block(_, text) => keep(&mut self.texts, text),
            Input::Flow { ready: true } => self.held_since = None,
            Input::Flow { ready: false } => {
                self.held_since.get_or_insert_with(Instant::now);
            }
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

    pub(super) fn note_noise(&mut self) {
        self.noise = self.noise.saturating_add(1);
    }

    pub(super) fn set_status(&mut self, status: PrinterStatus) {
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
