//! A slip printer at the far end of a cable: a receive buffer, a mechanism with its speed,
//! sensors, a cutter, and everything that goes wrong with them (`protocols.md` §2).

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::escpos::{Action, Interpreter};
use super::paper::Image;
use super::pty::{Fragmentation, Pty};
use crate::config::Paper;

/// Receive buffer of a common printer, in bytes.
const BUFFER: usize = 4096;
/// Most bytes of one slip that are kept.
const RECORD: usize = 4 << 20;
const TICK: Duration = Duration::from_millis(2);
/// How far the interpreter may be ahead of the mechanism.
const AHEAD: Duration = Duration::from_millis(10);

/// What a model can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Model {
    /// Acknowledges printed slips (`GS ( H`).
    #[default]
    Acknowledging,
    /// A clone: `GS r`, no `GS ( H`.
    Clone,
    /// A poor clone: real-time status only.
    StatusOnly,
}

/// A printer as it leaves the shop.
#[derive(Clone, Debug)]
pub struct PrinterOptions {
    /// Where the product finds its line.
    pub link: PathBuf,
    pub paper: Paper,
    pub baud: u32,
    /// Paper speed in mm/s.
    pub speed_mm_s: f64,
    pub model: Model,
}

impl PrinterOptions {
    /// An acknowledging 80 mm printer at 115,200 bits/s and 150 mm/s.
    pub fn at(link: &Path) -> PrinterOptions {
        PrinterOptions {
            link: link.to_owned(),
            paper: Paper::Mm80,
            baud: 115_200,
            speed_mm_s: 150.0,
            model: Model::default(),
        }
    }
}

/// A slip that was cut off.
#[derive(Clone)]
pub struct PrintedSlip {
    /// Every byte that the printer took since the cut before, status queries not counted.
    pub bytes: Vec<u8>,
    /// The slip as it lies in the hand.
    pub picture: Image,
    /// The printed dots alone, without margins.
    pub strip: Image,
    /// Nothing is printed on it.
    pub blank: bool,
}

/// How much paper there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roll {
    Full,
    Low,
    Out,
}

/// What people and misfortune do to the printer; the thread looks at it on every turn.
struct World {
    roll: Roll,
    /// Dots until the paper ends.
    dots_left: Option<usize>,
    cover_open: bool,
    /// Something blocks the cutter.
    jammed: bool,
    mute: bool,
    /// Bits that are turned over in every reply.
    garbage: u8,
    slips: Vec<Arc<PrintedSlip>>,
}

struct Shared {
    pty: Pty,
    world: Mutex<World>,
    stop: AtomicBool,
    received: AtomicUsize,
    lost: AtomicUsize,
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running printer; dropping it takes it away.
pub struct SimulatedPrinter {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl SimulatedPrinter {
    /// Starts a printer; `on_slip` is called for each slip that is cut off.
    ///
    /// # Errors
    /// As [`Pty::new`], and if no thread can be started.
    pub fn start(
        options: &PrinterOptions,
        on_slip: impl Fn(&PrintedSlip) + Send + 'static,
    ) -> io::Result<SimulatedPrinter> {
        let shared = Arc::new(Shared {
            pty: Pty::new(&options.link)?,
            world: Mutex::new(World {
                roll: Roll::Full,
                dots_left: None,
                cover_open: false,
                jammed: false,
                mute: false,
                garbage: 0,
                slips: Vec::new(),
            }),
            stop: AtomicBool::new(false),
            received: AtomicUsize::new(0),
            lost: AtomicUsize::new(0),
        });
        let machine = Machine::new(options.clone(), Arc::clone(&shared), Box::new(on_slip));
        let thread =
            thread::Builder::new().name("printer-sim".into()).spawn(move || machine.run())?;
        Ok(SimulatedPrinter { shared, thread: Some(thread) })
    }

    /// Where the product finds this printer.
    pub fn link(&self) -> &Path {
        self.shared.pty.path()
    }

    pub fn set_paper(&self, roll: Roll) {
        let mut world = self.shared.world();
        world.roll = roll;
        world.dots_left = None;
    }

    /// The paper ends after so many more millimetres.
    pub fn paper_ends_after(&self, mm: usize) {
        self.shared.world().dots_left = Some(mm * 8);
    }

    pub fn set_cover(&self, open: bool) {
        self.shared.world().cover_open = open;
    }

    /// Something blocks the cutter: the next cut fails.
    pub fn jam(&self) {
        self.shared.world().jammed = true;
    }

    /// A person opens the cover, takes out what blocks the cutter, puts paper in and closes it.
    pub fn clear(&self) {
        self.set_cover(true);
        thread::sleep(Duration::from_millis(250));
        self.shared.world().jammed = false;
        self.set_paper(Roll::Full);
        self.set_cover(false);
    }

    /// Prints, but answers nothing.
    pub fn set_mute(&self, mute: bool) {
        self.shared.world().mute = mute;
    }

    /// Answers garbage.
    pub fn set_garbage(&self, garbage: bool) {
        self.disturb(if garbage { 0xb5 } else { 0 });
    }

    /// Turns these bits over in every byte that it answers.
    pub fn disturb(&self, bits: u8) {
        self.shared.world().garbage = bits;
    }

    /// What blocks the cutter is gone; that the cover was opened for it nobody saw.
    pub fn unjam(&self) {
        self.shared.world().jammed = false;
    }

    /// Pulls the cable; the printer keeps its power and what is in its buffer.
    pub fn unplug(&self) {
        self.shared.pty.unplug();
    }

    /// Plugs the cable in.
    ///
    /// # Errors
    /// As [`Pty::plug`].
    pub fn plug(&self) -> io::Result<()> {
        self.shared.pty.plug()
    }

    /// The slips that were cut off and not taken yet (at most the last 100).
    pub fn slips(&self) -> Vec<Arc<PrintedSlip>> {
        self.shared.world().slips.clone()
    }

    /// Bytes that have arrived since the start, status queries included.
    pub fn received(&self) -> usize {
        self.shared.received.load(Ordering::Relaxed)
    }

    /// Bytes that arrived while the buffer was full: a defect of who sent them.
    pub fn lost(&self) -> usize {
        self.shared.lost.load(Ordering::Relaxed)
    }
}

impl Drop for SimulatedPrinter {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Longest sleep of a printer that has nothing to do; bounds how late a fault is told.
const IDLE_TICK: Duration = Duration::from_millis(20);

/// The printer itself.
struct Machine {
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
    /// The cutter failed; latched until told to recover.
    cutter_error: bool,
    automatic: bool,
    told: [u8; 4],
}

impl Machine {
    fn new(
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
            cutter_error: false,
            automatic: false,
            told: [0x10, 0, 0, 0],
        }
    }

    fn run(mut self) {
        let mut chunk = [0; 256];
        // What a line of this speed can have brought since the last look.
        let mut credit = 0.0;
        let mut last = Instant::now();
        while !self.shared.stop.load(Ordering::Relaxed) {
            let now = Instant::now();
            credit += now.duration_since(last).as_secs_f64() * f64::from(self.options.baud) / 10.0;
            credit = credit.min(chunk.len() as f64);
            last = now;
            let take = credit as usize;
            if take == 0 {
                thread::sleep(TICK);
            } else {
                // Nothing to print and nothing to say: the next byte wakes it.
                let wait = if self.buffer.is_empty() { IDLE_TICK } else { TICK };
                match self.shared.pty.read(&mut chunk[..take], wait) {
                    Ok(count) => {
                        credit -= count as f64;
                        self.arrive(&chunk[..count]);
                    }
                    Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
                    // The cable is out.
                    Err(_) => thread::sleep(TICK),
                }
            }
            self.tell();
            self.work();
        }
    }

    fn arrive(&mut self, bytes: &[u8]) {
        self.shared.received.fetch_add(bytes.len(), Ordering::Relaxed);
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
                let jammed = self.shared.world().jammed;
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
        let world = self.shared.world();
        let offline = world.roll == Roll::Out || world.cover_open || self.cutter_error;
        (world.roll, world.cover_open, offline)
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
            let world = self.shared.world();
            (world.mute, world.garbage)
        };
        if mute {
            return;
        }
        let garbled: Vec<u8> = bytes.iter().map(|byte| byte ^ garbage).collect();
        // A pulled cable takes the reply with it.
        let _ = self.shared.pty.write_paced(&garbled, self.options.baud, Fragmentation::Whole);
    }

    /// Works off the buffer as far as mechanism, paper and cover allow.
    fn work(&mut self) {
        while Instant::now() + AHEAD >= self.busy_until && !self.sensors().2 {
            let Some(byte) = self.buffer.pop_front() else { return };
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
            Action::Reset => self.automatic = false,
            Action::Automatic(n) => {
                self.automatic = n != 0;
                if self.automatic {
                    self.told = self.automatic_status();
                    let status = self.told;
                    self.reply(&status);
                }
            }
            Action::Sensor(n) if self.options.model != Model::StatusOnly => {
                let paper = if self.sensors().0 == Roll::Full { 0 } else { 0x03 };
                self.reply(&[if matches!(n, 1 | 0x31) { paper } else { 0 }]);
            }
            Action::Identity(n @ 0x41..=0x45) if self.options.model != Model::StatusOnly => {
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
        let now = Instant::now();
        self.busy_until = self.busy_until.max(now) + Duration::from_secs_f64(seconds);
        let mut world = self.shared.world();
        if let Some(left) = world.dots_left {
            world.dots_left = left.checked_sub(dots);
            if world.dots_left.is_none() {
                world.roll = Roll::Out;
            }
        }
    }

    fn cut(&mut self) {
        if self.shared.world().jammed {
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
        let mut world = self.shared.world();
        world.slips.push(Arc::new(slip));
        if world.slips.len() > 100 {
            world.slips.remove(0);
        }
    }
}
