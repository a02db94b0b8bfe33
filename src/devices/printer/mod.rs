//! The slip printer: its bytes ([`encode`], [`glyphs`]), its replies ([`status`]), its line
//! ([`session`]) and its driver, one thread that prints jobs and watches the printer in between.
//!
//! A job is *printed* only when the printer itself acknowledged it after the cut; it is *not
//! printed* only when not a byte of it was sent; anything else is *unknown*, and nothing is ever
//! printed again by itself (promise P3).

mod driver;
pub mod encode;
mod examine;
pub mod glyphs;
mod inputs;
mod job;
mod probe;
mod recovery;
mod session;
pub mod status;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use serde::Serialize;

use self::driver::{Control, Driver};
pub use self::examine::Grade;
pub use self::probe::{Probe, probe};
use super::state::{Fault, StateChange};
use crate::config;
use crate::pulse::Pulse;
use crate::slip::layout::Line;

/// Jobs that may wait behind the one that prints.
const QUEUE: usize = 4;
/// What is known of the slip that was printed last, before this driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastSlip {
    /// It came out and was cut off, or there was none.
    Whole,
    /// It was ordered and nobody knows what became of it: the kiosk was stopped, was killed or
    /// lost its power. Its rest is fed, cut off and no part of the next slip.
    Unknown,
}

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
    State(StateChange),
    /// `fraction` from 0 to 1, ascending.
    Progress {
        job: u64,
        fraction: f32,
    },
    /// Told once for every job that was taken.
    Finished {
        job: u64,
        outcome: PrintOutcome,
    },
}

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintOutcome {
    /// The printer acknowledged it, cut included, without a fault in between.
    Printed,
    /// Nothing of it was sent. A printer that is not there at all is [`Fault::Silent`]; its
    /// state says [`DeviceState::Absent`](super::state::DeviceState::Absent).
    NotPrinted(Fault),
    /// Something was sent, what came out nobody knows.
    Unknown(WhyUnknown),
}

/// Why an outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyUnknown {
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

/// Starts the driver. `last_slip` is what the store knows of the slip ordered last: unless it is
/// known to be whole, the driver begins as after an interruption. `sink` is called from its thread
/// and should return at once.
///
/// # Errors
/// The system has no thread to give.
pub fn spawn(
    config: &config::Printer,
    last_slip: LastSlip,
    sink: impl Fn(PrinterEvent) + Send + 'static,
) -> std::io::Result<Printer> {
    let (jobs, queue) = sync_channel(QUEUE);
    let control = Arc::new(Control::default());
    let driver = Driver::new(config, last_slip, queue, Arc::clone(&control), Box::new(sink));
    let thread = thread::Builder::new().name("printer".into()).spawn({
        let control = control.clone();
        move || {
            driver.run();
            control.stop.ended();
        }
    })?;
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
        self.wake();
        Ok(())
    }

    /// The signs of life of the driver's thread.
    pub fn pulse(&self) -> &Pulse {
        self.control.stop.pulse()
    }

    /// Ends whatever nap the driver's thread takes.
    fn wake(&self) {
        self.control.wake.store(true, Ordering::Release);
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.jobs = None;
        self.control.stop.set();
        self.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
