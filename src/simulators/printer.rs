//! A slip printer at the far end of a cable: a receive buffer, a mechanism with its speed,
//! sensors, a cutter, and everything that goes wrong with them (`protocols.md` §2).

mod machine;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use self::machine::Machine;
use super::paper::Image;
use super::pty::Pty;
use crate::config::Paper;

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
    /// Its return line is not connected.
    Mute,
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
    /// Asks to wait (XOFF) when its buffer fills.
    pub flow_control: bool,
    /// Time until an answer leaves it.
    pub answers_after: Duration,
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
            flow_control: false,
            answers_after: Duration::ZERO,
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
struct Conditions {
    roll: Roll,
    /// Dots until the paper ends.
    dots_left: Option<usize>,
    cover_open: bool,
    /// Something blocks the cutter.
    jammed: bool,
    mute: bool,
    /// It asks to wait and takes nothing out of its buffer.
    held: bool,
    /// The adapter sends back what it is sent.
    echo: bool,
    /// Presses of the feed key that were not served yet.
    feed_presses: usize,
    /// Bits that are turned over in every reply.
    garbage: u8,
    slips: Vec<Arc<PrintedSlip>>,
}

struct Shared {
    pty: Pty,
    conditions: Mutex<Conditions>,
    stop: AtomicBool,
    received: AtomicUsize,
    lost: AtomicUsize,
    /// Dots of paper that hang out of it.
    hanging: AtomicUsize,
}

impl Shared {
    fn conditions(&self) -> MutexGuard<'_, Conditions> {
        self.conditions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Conditions)) {
        change(&mut self.conditions());
        self.pty.wake();
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
            conditions: Mutex::new(Conditions {
                roll: Roll::Full,
                dots_left: None,
                cover_open: false,
                jammed: false,
                mute: options.model == Model::Mute,
                held: false,
                echo: false,
                feed_presses: 0,
                garbage: 0,
                slips: Vec::new(),
            }),
            stop: AtomicBool::new(false),
            received: AtomicUsize::new(0),
            lost: AtomicUsize::new(0),
            hanging: AtomicUsize::new(0),
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
        self.shared.change(|now| {
            now.roll = roll;
            now.dots_left = None;
        });
    }

    /// The paper ends after so many more millimetres.
    pub fn paper_ends_after(&self, mm: usize) {
        self.shared.change(|now| now.dots_left = Some(mm * 8));
    }

    pub fn set_cover(&self, open: bool) {
        self.shared.change(|now| now.cover_open = open);
    }

    /// Something blocks the cutter: the next cut fails.
    pub fn jam(&self) {
        self.shared.change(|now| now.jammed = true);
    }

    /// A person opens the cover, takes out what blocks the cutter, puts paper in and closes it.
    pub fn clear(&self) {
        self.set_cover(true);
        thread::sleep(Duration::from_millis(250));
        self.unjam();
        self.set_paper(Roll::Full);
        self.set_cover(false);
    }

    /// Prints, but answers nothing.
    pub fn set_mute(&self, mute: bool) {
        self.shared.change(|now| now.mute = mute);
    }

    /// Asks to wait (XOFF) and takes nothing out of its buffer any more; lets go again (XON).
    pub fn set_held(&self, held: bool) {
        self.shared.change(|now| now.held = held);
    }

    /// The adapter sends back what it is sent.
    pub fn set_echo(&self, echo: bool) {
        self.shared.change(|now| now.echo = echo);
    }

    /// A person presses the feed key: a line of white paper, if the key is not switched off.
    pub fn press_feed_key(&self) {
        self.shared.change(|now| now.feed_presses += 1);
    }

    /// Dots of paper that hang out of it.
    pub fn hanging(&self) -> usize {
        self.shared.hanging.load(Ordering::Relaxed)
    }

    /// Answers garbage.
    pub fn set_garbage(&self, garbage: bool) {
        self.disturb(if garbage { 0xb5 } else { 0 });
    }

    /// Turns these bits over in every byte that it answers.
    pub fn disturb(&self, bits: u8) {
        self.shared.change(|now| now.garbage = bits);
    }

    /// What blocks the cutter is gone; that the cover was opened for it nobody saw.
    pub fn unjam(&self) {
        self.shared.change(|now| now.jammed = false);
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
        self.shared.conditions().slips.clone()
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
        self.shared.pty.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
