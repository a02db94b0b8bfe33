//! The printer itself, on a thread of its own: takes bytes at the speed of the line, works them off
//! at the speed of the paper, and answers.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::{Model, PrintedSlip, PrinterOptions, Roll, Shared};
use crate::simulators::escpos::{Action, Interpreter};
use crate::simulators::pty::Fragmentation;

/// Receive buffer of a common printer, in bytes.
const BUFFER: usize = 4096;
/// Most bytes of one slip that are kept.
const RECORD: usize = 4 << 20;
/// Bytes that are free when it asks to wait (XOFF), and those when it lets go (XON).
const XOFF_FREE: usize = 2048;
const XON_FREE: usize = 3072;
/// Bytes after which it looks again at a line that brings them without a pause.
const GULP: f64 = 32.0;
/// How long it waits while nothing happens.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How far the interpreter may be ahead of the mechanism.
const AHEAD: Duration = Duration::from_millis(10);

/// The printer itself.
pub struct Machine {
    options: PrinterOptions,
    shared: Arc<Shared>,
    on_slip: Box<dyn Fn(&PrintedSlip) + Send>,
    interpreter: Interpreter,
    buffer: VecDeque<u8>,
    /// The last bytes that arrived, for real-time commands.
    recent: VecDeque<u8>,
    record: Vec<u8>,
    /// The mechanism is at work until then.
    busy_until: Instant,
    /// It stood still since.
    resting: bool,
    /// The cutter failed; latched until told to recover.
    cutter_error: bool,
    automatic: bool,
    told: [u8; 4],
    /// Answers that have not left yet, and when they do.
    answers: VecDeque<(Instant, Vec<u8>)>,
    /// XOFF was sent.
    paused: bool,
    feed_key_off: bool,
}

impl Machine {
    pub fn new(
        options: PrinterOptions,
        shared: Arc<Shared>,
        on_slip: Box<dyn Fn(&PrintedSlip) + Send>,
    ) -> Machine {
        Machine {
            interpreter: Interpreter::new(options.paper),
            options,
            shared,
            on_slip,
            buffer: VecDeque::new(),
            recent: VecDeque::new(),
            record: Vec::new(),
            busy_until: Instant::now(),
            resting: true,
            cutter_error: false,
            automatic: false,
            told: [0x10, 0, 0, 0],
            answers: VecDeque::new(),
            paused: false,
            feed_key_off: false,
        }
    }

    pub fn run(mut self) {
        let mut chunk = [0; 256];
        // What a line of this speed can have brought since the last look.
        let mut credit = 0.0;
        let mut last = Instant::now();
        let rate = f64::from(self.options.baud) / 10.0;
        while !self.shared.stop.load(Ordering::Relaxed) {
            let now = Instant::now();
            credit += now.duration_since(last).as_secs_f64() * rate;
            credit = credit.min(chunk.len() as f64);
            last = now;
            if credit < 1.0 {
                thread::sleep(Duration::from_secs_f64(GULP / rate));
            } else {
                match self.shared.pty.read(&mut chunk[..credit as usize], self.patience()) {
                    Ok(count) => {
                        credit -= count as f64;
                        self.arrive(&chunk[..count]);
                    }
                    Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
                    // The cable is out, or was.
                    Err(_) => self.answers.clear(),
                }
            }
            self.tell();
            self.work();
            self.serve_feed_key();
            self.control_flow();
            self.send_due();
            self.shared.hanging.store(self.interpreter.page().height(), Ordering::Relaxed);
        }
    }

    /// How long it has nothing to do unless something happens.
    fn patience(&self) -> Duration {
        let now = Instant::now();
        let answer = self.answers.front().map(|(due, _)| due.saturating_duration_since(now));
        let paper = (!self.buffer.is_empty() && !self.is_stopped())
            .then(|| (self.busy_until - AHEAD).saturating_duration_since(now));
        [answer, paper].into_iter().flatten().min().unwrap_or(LONGEST_WAIT)
    }

    /// Takes nothing out of its buffer now.
    fn is_stopped(&self) -> bool {
        self.sensors().2 || self.shared.conditions().held
    }

    fn serve_feed_key(&mut self) {
        let presses = std::mem::take(&mut self.shared.conditions().feed_presses);
        if !self.feed_key_off && !self.is_stopped() {
            for _ in 0..presses {
                for action in self.interpreter.byte(0x0a) {
                    self.act(action);
                }
            }
        }
    }

    /// Asks to wait while its buffer is nearly full, or while somebody holds it.
    fn control_flow(&mut self) {
        let held = self.shared.conditions().held;
        let free = BUFFER - self.buffer.len();
        let pause = held
            || (self.options.flow_control && free < if self.paused { XON_FREE } else { XOFF_FREE });
        if pause != self.paused {
            self.paused = pause;
            self.reply(&[if pause { 0x13 } else { 0x11 }]);
        }
    }

    fn send_due(&mut self) {
        while let Some((_, answer)) = self.answers.pop_front_if(|(due, _)| *due <= Instant::now()) {
            // A pulled cable takes the answer with it.
            let _ = self.shared.pty.write_paced(&answer, self.options.baud, Fragmentation::Whole);
        }
    }

    fn arrive(&mut self, bytes: &[u8]) {
        self.shared.received.fetch_add(bytes.len(), Ordering::Relaxed);
        if self.shared.conditions().echo {
            let _ = self.shared.pty.write_paced(bytes, self.options.baud, Fragmentation::Whole);
        }
        for &byte in bytes {
            if self.buffer.len() < BUFFER {
                self.buffer.push_back(byte);
            } else {
                self.shared.lost.fetch_add(1, Ordering::Relaxed);
            }
            self.recent.push_back(byte);
            if self.recent.len() > 10 {
                self.recent.pop_front();
            }
            self.realtime();
        }
    }

    /// Real-time commands are obeyed as they arrive, even in the middle of a picture.
    fn realtime(&mut self) {
        let recent: Vec<u8> = self.recent.iter().copied().collect();
        match recent[..] {
            [.., 0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08] => self.forget(),
            [.., 0x10, 0x05, n @ (1 | 2)] => {
                let jammed = self.shared.conditions().jammed;
                if self.cutter_error && !jammed {
                    self.cutter_error = false;
                    if n == 2 {
                        self.forget();
                    }
                }
            }
            [.., 0x10, 0x04, n @ 1..=4] => {
                let byte = self.realtime_status(n);
                self.reply(&[byte]);
            }
            _ => {}
        }
    }

    fn forget(&mut self) {
        self.buffer.clear();
        self.interpreter.clear();
    }

    /// Roll, cover, offline.
    fn sensors(&self) -> (Roll, bool, bool) {
        let conditions = self.shared.conditions();
        let offline = conditions.roll == Roll::Out || conditions.cover_open || self.cutter_error;
        (conditions.roll, conditions.cover_open, offline)
    }

    fn realtime_status(&self, n: u8) -> u8 {
        let (roll, cover, offline) = self.sensors();
        let out = roll == Roll::Out;
        let bit = |set: bool, mask: u8| if set { mask } else { 0 };
        0x12 | match n {
            1 => bit(offline, 0x08),
            2 => bit(cover, 0x04) | bit(out, 0x20) | bit(self.cutter_error, 0x40),
            3 => bit(self.cutter_error, 0x08),
            _ => bit(roll != Roll::Full, 0x0c) | bit(out, 0x60),
        }
    }

    fn automatic_status(&self) -> [u8; 4] {
        let (roll, cover, offline) = self.sensors();
        let bit = |set: bool, mask: u8| if set { mask } else { 0 };
        [
            0x10 | bit(offline, 0x08) | bit(cover, 0x20),
            bit(self.cutter_error, 0x08),
            bit(roll != Roll::Full, 0x03) | bit(roll == Roll::Out, 0x0c),
            0,
        ]
    }

    /// Reports a change by itself, if told to.
    fn tell(&mut self) {
        let status = self.automatic_status();
        if self.automatic && status != self.told {
            self.told = status;
            self.reply(&status);
        }
    }

    fn reply(&mut self, bytes: &[u8]) {
        let (mute, garbage) = {
            let now = self.shared.conditions();
            (now.mute, now.garbage)
        };
        if mute {
            return;
        }
        let garbled: Vec<u8> = bytes.iter().map(|byte| byte ^ garbage).collect();
        self.answers.push_back((Instant::now() + self.options.answers_after, garbled));
        self.send_due();
    }

    /// Works off the buffer as far as mechanism, paper and cover allow.
    fn work(&mut self) {
        self.resting |= self.is_stopped();
        while Instant::now() + AHEAD >= self.busy_until && !self.is_stopped() {
            let Some(byte) = self.buffer.pop_front() else {
                self.resting = true;
                return;
            };
            if self.record.len() < RECORD {
                self.record.push(byte);
            }
            for action in self.interpreter.byte(byte) {
                self.act(action);
            }
        }
    }

    fn act(&mut self, action: Action) {
        let full = self.options.model == Model::Acknowledging;
        match action {
            Action::Moved(dots) => self.moved(dots),
            Action::Cut => self.cut(),
            Action::Reset => (self.automatic, self.feed_key_off) = (false, false),
            Action::FeedKey(off) => self.feed_key_off = off,
            Action::Automatic(n) => {
                self.automatic = n != 0;
                if self.automatic {
                    self.told = self.automatic_status();
                    let status = self.told;
                    self.reply(&status);
                }
            }
            Action::Sensor(n) if !matches!(self.options.model, Model::StatusOnly | Model::Mute) => {
                let paper = if self.sensors().0 == Roll::Full { 0 } else { 0x03 };
                self.reply(&[if matches!(n, 1 | 0x31) { paper } else { 0 }]);
            }
            Action::Identity(n @ 0x41..=0x45)
                if !matches!(self.options.model, Model::StatusOnly | Model::Mute) =>
            {
                let text = match n {
                    0x41 => "1.00",
                    0x42 => "SIMULATED",
                    0x43 => "SP-80",
                    _ => "0",
                };
                self.reply(&[&[0x5f], text.as_bytes(), &[0]].concat());
            }
            Action::ProcessId([a, b, c, d]) if full => {
                self.reply(&[0x37, 0x22, a, b, c, d, 0]);
            }
            Action::Realtime => self.unrecord_realtime(),
            Action::Sensor(_) | Action::Identity(_) | Action::ProcessId(_) => {}
        }
    }

    /// A status query is no part of a slip.
    fn unrecord_realtime(&mut self) {
        if self.record.ends_with(&[0x10]) {
            return;
        }
        if let Some(start) = self.record.iter().rposition(|byte| *byte == 0x10) {
            self.record.truncate(start);
        }
    }

    fn moved(&mut self, dots: usize) {
        let seconds = dots as f64 / 8.0 / self.options.speed_mm_s.max(1.0);
        // A machine that is late wakes this thread late; the paper goes on moving meanwhile.
        if std::mem::take(&mut self.resting) {
            self.busy_until = self.busy_until.max(Instant::now());
        }
        self.busy_until += Duration::from_secs_f64(seconds);
        let mut conditions = self.shared.conditions();
        if let Some(left) = conditions.dots_left {
            conditions.dots_left = left.checked_sub(dots);
            if conditions.dots_left.is_none() {
                conditions.roll = Roll::Out;
            }
        }
    }

    fn cut(&mut self) {
        if self.shared.conditions().jammed {
            self.cutter_error = true;
            return;
        }
        let page = self.interpreter.cut();
        let slip = PrintedSlip {
            bytes: std::mem::take(&mut self.record),
            picture: page.picture(),
            strip: page.strip(),
            blank: page.blank(),
        };
        (self.on_slip)(&slip);
        let mut conditions = self.shared.conditions();
        conditions.slips.push(Arc::new(slip));
        if conditions.slips.len() > 100 {
            conditions.slips.remove(0);
        }
    }
}
