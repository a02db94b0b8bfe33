//! The driver's thread: keeps the line, watches the printer and prints what it is given.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::encode::{self, Body, CUT, FEED_KEY_ON, recovery};
use super::examine::{Capabilities, Examined, examine};
use super::glyphs::Glyphs;
use super::inputs::Inputs;
use super::job::Recipe;
use super::recovery::RecoveryAttempts;
use super::session::{HELD_MAX, Session};
use super::{Job, LastSlip, PrintOutcome, PrinterEvent, WhyUnknown};
use crate::config::{self, Answers};
use crate::devices::link::{Link, LinkError};
use crate::devices::state::{DeviceState, Fault};
use crate::devices::steady::SteadyState;
use crate::devices::stop::Stop;

/// How often an idle printer is asked how it is.
const POLL: Duration = Duration::from_secs(2);
/// How soon what a printer says unasked is noticed while idle; a job and the end wake the thread.
const TURN: Duration = Duration::from_millis(500);
/// Unanswered polls after which a printer counts as silent.
const MISSES: u32 = 3;
/// Time that a printer needs for what is left of a slip in its buffer.
const REST: Duration = Duration::from_secs(5);
/// Time that the last command has when the kiosk stops.
const LAST_WORD: Duration = Duration::from_millis(300);

#[derive(Default)]
pub struct Control {
    pub stop: Stop,
    /// Ends a pause between two attempts to open the line.
    pub wake: AtomicBool,
}

pub struct Driver {
    link: Link,
    config: config::Printer,
    queue: Receiver<Job>,
    control: Arc<Control>,
    sink: Box<dyn Fn(PrinterEvent) + Send>,
    state: SteadyState,
    /// What the printer on this line can do; asked anew whenever the line was lost.
    capabilities: Option<Capabilities>,
    /// The last job broke off: before the next one the printer must be brought to its senses
    /// and what hangs out of it cut off.
    interrupted: bool,
}

impl Driver {
    pub fn new(
        config: &config::Printer,
        last_slip: LastSlip,
        queue: Receiver<Job>,
        control: Arc<Control>,
        sink: Box<dyn Fn(PrinterEvent) + Send>,
    ) -> Driver {
        Driver {
            link: Link::new(&config.port, config.baud),
            config: config.clone(),
            queue,
            control,
            sink,
            state: SteadyState::default(),
            capabilities: None,
            interrupted: last_slip == LastSlip::Unknown,
        }
    }

    pub fn run(mut self) {
        while !self.stopped() {
            self.control.wake.store(false, Ordering::Release);
            let served = self.link.open().and_then(|()| self.serve());
            if self.link.is_open() && self.stopped() {
                // Whoever looks after the printer without a kiosk needs the key.
                let _ = self.link.write(&FEED_KEY_ON, Instant::now() + LAST_WORD);
            }
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
        self.control.stop.is_set()
    }

    fn set_state(&mut self, state: DeviceState, reason: Option<&LinkError>) {
        if self.state.now() != Some(&state) {
            let port = self.config.port.display();
            match reason {
                Some(reason) => tracing::warn!("printer {port}: {state:?}: {reason}"),
                None => tracing::info!("printer {port}: {state:?}"),
            }
        }
        if let Some(change) = self.state.set(state, Instant::now()) {
            (self.sink)(PrinterEvent::State(change));
        }
    }

    fn finish(&self, job: u64, outcome: PrintOutcome) {
        match outcome {
            PrintOutcome::Printed => tracing::info!("slip {job}: printed"),
            _ => tracing::warn!("slip {job}: {outcome:?}"),
        }
        (self.sink)(PrinterEvent::Finished { job, outcome });
    }

    /// Nothing can be sent now: the jobs that wait are not printed, and say so at once.
    fn refuse_waiting(&mut self) {
        let fault = match self.state.now() {
            Some(DeviceState::Failed(fault)) => *fault,
            _ => Fault::Silent,
        };
        while let Ok(job) = self.queue.try_recv() {
            self.finish(job.id, PrintOutcome::NotPrinted(fault));
        }
    }

    /// Looks after an open line until it is lost or the driver ends.
    fn serve(&mut self) -> Result<(), LinkError> {
        if matches!(self.state.now(), None | Some(DeviceState::Absent)) {
            self.set_state(DeviceState::Starting, None);
        }
        let mut inputs = Inputs::new(Duration::from_millis(self.config.answer_ms));
        match self.config.answers {
            Answers::Status => self.watch(&mut inputs),
            Answers::None => self.trust(&mut inputs),
        }
    }

    /// Serves a printer that answers.
    fn watch(&mut self, inputs: &mut Inputs) -> Result<(), LinkError> {
        let mut misses = 0;
        let mut next_poll = Instant::now();
        let mut attempts = RecoveryAttempts::new(Instant::now());
        while !self.stopped() {
            let is_due = Instant::now() >= next_poll;
            let mut session = Session::new(&mut self.link, inputs, &self.control.stop);
            if is_due {
                next_poll = Instant::now() + POLL;
                if session.held_for().is_some_and(|time| time >= HELD_MAX) {
                    session.knock()?;
                }
                match self.capabilities {
                    Some(can) => {
                        let answered = session.poll(can.realtime)?;
                        misses = if answered { 0 } else { misses + 1 };
                    }
                    None => {
                        misses = 0;
                        if self.interrupted {
                            // What is left in its buffer comes out first.
                            session.fence(Instant::now() + REST)?;
                            session.forget_status();
                        }
                        let (_, verdict) = examine(&mut session)?;
                        match verdict {
                            Examined::Able(can) => {
                                tracing::info!("printer {}: {can:?}", self.config.port.display());
                                self.capabilities = Some(can);
                            }
                            Examined::Faulty(_) => {}
                            verdict => {
                                let state = verdict.state(session.status());
                                self.set_state(state, None);
                            }
                        }
                    }
                }
            } else {
                thread::park_timeout(next_poll.saturating_duration_since(Instant::now()).min(TURN));
                session.hear()?;
            }
            if inputs.held_for().is_some_and(|time| time >= HELD_MAX) {
                // What it takes in when it lets go is no part of the next slip.
                self.interrupted = true;
                self.set_state(DeviceState::Failed(Fault::Held), None);
                self.refuse_waiting();
                continue;
            }
            if misses >= MISSES {
                self.set_state(DeviceState::Failed(Fault::Silent), None);
                // It may have been switched off, and come back with its settings lost.
                self.capabilities = None;
                self.refuse_waiting();
                continue;
            }
            let status = inputs.status();
            if let Some(fault) = status.fault() {
                if status.cover_open {
                    // Somebody is at it.
                    attempts = RecoveryAttempts::new(Instant::now());
                } else if misses == 0 && status.needs_recovery() && attempts.due(Instant::now()) {
                    // What was printed before the fault may still hang out of it.
                    self.interrupted = true;
                    next_poll = Instant::now();
                    let mut session = Session::new(&mut self.link, inputs, &self.control.stop);
                    if session.recover()? {
                        tracing::info!("printer: fault removed, buffers cleared");
                        continue;
                    }
                }
                self.set_state(DeviceState::Failed(fault), None);
                self.refuse_waiting();
                continue;
            }
            let Some(can) = self.capabilities else {
                if matches!(self.state.now(), Some(DeviceState::Failed(_))) {
                    self.refuse_waiting();
                }
                continue;
            };
            if misses > 0 {
                // Not asked anything more while a poll is unanswered.
                continue;
            }
            if self.interrupted {
                self.cut_off_the_rest(can, inputs)?;
                next_poll = Instant::now();
                continue;
            }
            self.set_state(status.state(), None);
            match self.queue.try_recv() {
                Ok(job) => {
                    self.print(job, can, inputs);
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

    /// Serves a printer that is never asked: whatever can be opened is ready.
    fn trust(&mut self, inputs: &mut Inputs) -> Result<(), LinkError> {
        let can = Capabilities::default();
        if !self.interrupted {
            let mut session = Session::new(&mut self.link, inputs, &self.control.stop);
            session.send(&recovery())?;
            session.initialise(can)?;
        }
        while !self.stopped() {
            if self.interrupted {
                self.cut_off_the_rest(can, inputs)?;
            }
            self.set_state(DeviceState::Ready, None);
            // Tells when the line is lost.
            Session::new(&mut self.link, inputs, &self.control.stop).hear()?;
            match self.queue.try_recv() {
                Ok(job) => self.print(job, can, inputs),
                Err(TryRecvError::Empty) => thread::park_timeout(TURN),
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
            if !self.link.is_open() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Brings a printer whose last slip broke off into a known state: the rest of that slip shall
    /// not hang on the next one.
    fn cut_off_the_rest(
        &mut self,
        can: Capabilities,
        inputs: &mut Inputs,
    ) -> Result<(), LinkError> {
        let mut session = Session::new(&mut self.link, inputs, &self.control.stop);
        if can.sensor {
            // What is left in its buffer comes out first.
            session.fence(Instant::now() + REST)?;
        }
        session.send(&recovery())?;
        session.initialise(can)?;
        session.send(&CUT)?;
        if can.sensor {
            session.fence(Instant::now() + REST)?;
        } else {
            session.listen(REST)?;
        }
        self.interrupted = false;
        Ok(())
    }

    fn print(&mut self, job: Job, can: Capabilities, inputs: &mut Inputs) {
        let outcome = self.outcome_of(&job, can, inputs);
        self.interrupted |=
            matches!(outcome, PrintOutcome::Unknown(why) if why != WhyUnknown::NoProof);
        // What stopped the job is known before its outcome.
        if self.link.is_open() && inputs.status().fault().is_some() {
            self.set_state(inputs.status().state(), None);
        }
        self.finish(job.id, outcome);
    }

    fn outcome_of(&mut self, job: &Job, can: Capabilities, inputs: &mut Inputs) -> PrintOutcome {
        let mut glyphs = Glyphs::new(&self.config.fonts);
        let Body { bytes, stops, dots } =
            encode::body(&job.lines, self.config.paper, self.config.charset, &mut glyphs);
        drop(glyphs);
        let bytes = Zeroizing::new(bytes);
        let (id, sink) = (job.id, &self.sink);
        let mut told = -1.0;
        let progress = move |fraction: f32| {
            if fraction >= told + 0.02 {
                told = fraction;
                sink(PrinterEvent::Progress { job: id, fraction });
            }
        };
        let mut session = Session::new(&mut self.link, inputs, &self.control.stop);
        let mut recipe = Recipe::new(&mut session, can, self.config.answers);
        let ended = recipe.run(&bytes, &stops, dots, progress);
        let begun = recipe.begun();
        let trouble = recipe.trouble();
        session.ignore_faults();
        let error = match ended {
            Ok(outcome) => return outcome,
            Err(error) => error,
        };
        tracing::warn!("printer: {error}");
        let is_held = matches!(error, LinkError::Held { .. });
        if !is_held {
            self.link.close();
        }
        match (begun, error) {
            (false, LinkError::Held { .. }) => PrintOutcome::NotPrinted(Fault::Held),
            (false, _) => PrintOutcome::NotPrinted(Fault::Silent),
            (true, LinkError::Held { .. }) => {
                trouble.unwrap_or(PrintOutcome::Unknown(WhyUnknown::Fault(Fault::Held)))
            }
            (true, LinkError::Stuck { .. }) => PrintOutcome::Unknown(WhyUnknown::TimedOut),
            (true, _) => PrintOutcome::Unknown(WhyUnknown::Unplugged),
        }
    }
}
