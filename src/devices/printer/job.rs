//! How one slip is printed (`protocols.md` §2.3): sent no faster than the printer follows, cut, and
//! called printed only when the printer says so.

use std::time::{Duration, Instant};

use super::encode::{CUT, Stop};
use super::examine::Capabilities;
use super::session::{self, Session};
use super::{PrintOutcome, WhyUnknown};
use crate::config::Answers;
use crate::devices::link::LinkError;
use crate::devices::state::Fault;

/// Bytes that may be under way before the printer is asked whether it still follows: half the
/// receive buffer of a common printer.
const AHEAD: usize = 2048;
/// Slowest paper that is waited for, mm/s, and what is added for everything else.
const SLOWEST: u64 = 50;
const GRACE: Duration = Duration::from_secs(5);
/// After a reply to `GS r` the last lines may still be in the mechanism.
const SETTLE: Duration = Duration::from_millis(700);

/// Time that the slowest printer needs for so much paper; 8 dots are a millimetre.
fn paper_time(dots: usize) -> Duration {
    Duration::from_millis(dots as u64 * 1000 / 8 / SLOWEST)
}

/// The recipe of one job.
pub struct Recipe<'a, 'b> {
    session: &'a mut Session<'b>,
    can: Capabilities,
    answers: Answers,
    /// A byte of the slip has been sent.
    begun: bool,
}

impl<'a, 'b> Recipe<'a, 'b> {
    pub fn new(session: &'a mut Session<'b>, can: Capabilities, answers: Answers) -> Self {
        Recipe { session, can, answers, begun: false }
    }

    /// Whether a byte of the slip has been sent.
    pub fn begun(&self) -> bool {
        self.begun
    }

    /// Prints.
    ///
    /// # Errors
    /// The line is lost or held back.
    pub fn run(
        &mut self,
        bytes: &[u8],
        stops: &[Stop],
        dots: usize,
        mut progress: impl FnMut(f32),
    ) -> Result<PrintOutcome, LinkError> {
        if self.answers == Answers::Status && !self.session.poll(self.can.realtime)? {
            return Ok(PrintOutcome::NotPrinted(Fault::Silent));
        }
        if let Some(fault) = self.session.status().fault() {
            return Ok(PrintOutcome::NotPrinted(fault));
        }
        self.session.initialise(self.can)?;
        if let Some(fault) = self.session.status().fault() {
            return Ok(PrintOutcome::NotPrinted(fault));
        }
        self.session.watch_faults();
        progress(0.0);

        // The head is some way from the cutter.
        let paper = paper_time(dots + 320);
        let air = self.session.airtime(bytes.len() + 64);
        let deadline = Instant::now() + air + paper + GRACE + self.session.patience();

        let (mut sent, mut printed) = (0, 0);
        // Bytes and dots that the printer may not have printed yet.
        let (mut ahead, mut dots_ahead) = (0, 0);
        for &Stop { at, dots } in stops {
            let piece = &bytes[sent..at];
            if ahead > 0 && ahead + piece.len() > AHEAD {
                if let Some(outcome) = self.catch_up(dots_ahead, deadline)? {
                    return Ok(outcome);
                }
                (ahead, dots_ahead) = (0, 0);
            }
            let taken = self.session.send(piece);
            let is_untouched = matches!(taken, Err(LinkError::Held { sent: 0, .. }));
            self.begun |= !piece.is_empty() && !is_untouched;
            taken?;
            ahead += piece.len();
            dots_ahead += dots - printed;
            (sent, printed) = (at, dots);
            self.session.listen(Duration::ZERO)?;
            if let Some(outcome) = self.trouble() {
                return Ok(outcome);
            }
            progress(0.8 * sent as f32 / bytes.len().max(1) as f32);
        }
        let outcome = self.conclude(deadline, paper, &mut progress)?;
        if outcome == PrintOutcome::Printed {
            progress(1.0);
        }
        Ok(outcome)
    }

    /// What ends the job at once: a fault, or the end of the kiosk.
    pub fn trouble(&self) -> Option<PrintOutcome> {
        if let Some(fault) = self.session.fault_seen() {
            return Some(PrintOutcome::Unknown(WhyUnknown::Fault(fault)));
        }
        self.session.stopped().then_some(PrintOutcome::Unknown(WhyUnknown::Stopped))
    }

    /// Waits until the printer has read what was sent.
    fn catch_up(
        &mut self,
        dots: usize,
        deadline: Instant,
    ) -> Result<Option<PrintOutcome>, LinkError> {
        let mut followed = true;
        if self.can.sensor {
            followed = self.session.fence(deadline)?;
        } else {
            // Real-time replies overtake the buffer; time is the only fence there is.
            self.session.listen(paper_time(dots))?;
            if self.answers == Answers::Status {
                followed = self.session.poll(self.can.realtime)?;
            }
        }
        let late = (!followed).then_some(PrintOutcome::Unknown(WhyUnknown::TimedOut));
        Ok(self.trouble().or(late))
    }

    /// Cuts, and waits for the proof.
    fn conclude(
        &mut self,
        deadline: Instant,
        paper: Duration,
        progress: &mut impl FnMut(f32),
    ) -> Result<PrintOutcome, LinkError> {
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
            return Ok(PrintOutcome::Printed);
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
            self.session.listen(paper)?;
        }
        if self.answers == Answers::None {
            return Ok(self.trouble().unwrap_or(PrintOutcome::Unknown(WhyUnknown::NoProof)));
        }
        // Without an acknowledgement of the paper itself, at least no sensor may object.
        let answered = self.session.poll(self.can.realtime)?;
        Ok(match self.trouble() {
            Some(outcome) => outcome,
            None if self.can.sensor && answered => PrintOutcome::Printed,
            None if answered => PrintOutcome::Unknown(WhyUnknown::NoProof),
            None => PrintOutcome::Unknown(WhyUnknown::TimedOut),
        })
    }

    /// Waits for `came`; asks for faults every second, for printers that do not tell by
    /// themselves. `None` when it came.
    fn wait(
        &mut self,
        deadline: Instant,
        came: impl Fn(&Session) -> bool,
    ) -> Result<Option<PrintOutcome>, LinkError> {
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
        Ok(Some(self.trouble().unwrap_or(PrintOutcome::Unknown(WhyUnknown::TimedOut))))
    }
}
