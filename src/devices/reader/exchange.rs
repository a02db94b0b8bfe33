//! One command and its reply (`protocols.md` §1.10): sent, waited for as long as it may take, and
//! sent once more where that is known to help.

use std::time::{Duration, Instant};

use super::frame::{Command, ReplyFrame};
use super::session::{Session, SessionError};
use super::status::{Remedy, ReplyStatus};
use crate::devices::state::Fault;

/// Quiet time that ends a late reply before the next command.
const DRAIN: Duration = Duration::from_millis(100);
/// Longest stream of unasked bytes that is listened to before the next command.
const DRAIN_MAX: Duration = Duration::from_secs(2);
/// Longest wait in one system call, so that a stop is noticed.
const SLICE: Duration = Duration::from_millis(100);
/// Smallest gap that ends a frame. The reference asks for at least 50 ms; an FTDI adapter adds
/// 16 ms, a busy board more, and a frame given up wrongly costs the citizen a second try.
const GAP_MIN: Duration = Duration::from_millis(100);

impl Session<'_> {
    /// As [`ask`](Session::ask), where a missing reply tells nothing but is counted.
    pub(super) fn missed_is_fine(
        &mut self,
        command: Command,
    ) -> Result<Option<ReplyFrame>, SessionError> {
        match self.ask(command) {
            Ok(reply) => Ok(Some(reply)),
            Err(SessionError::Silence | SessionError::Cut | SessionError::Garbled(_)) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// Sends a command and waits for its reply; sends it once more where that is known to help.
    pub(super) fn ask(&mut self, command: Command) -> Result<ReplyFrame, SessionError> {
        // Reading needs a fresh find and select before it, and has its own second try.
        let is_step = matches!(command, Command::SelectCard | Command::ReadCard);
        let reply = match self.exchange(command) {
            Ok(reply) => match ReplyStatus::from(reply.sw3).remedy() {
                Remedy::Resend => self.exchange(command)?,
                Remedy::ResetAndRestart if !is_step && command != Command::Reset => {
                    self.exchange(Command::Reset)?;
                    self.exchange(command)?
                }
                _ => reply,
            },
            Err(SessionError::Garbled(_)) if command != Command::ReadCard => {
                self.exchange(command)?
            }
            Err(trouble) => return Err(trouble),
        };
        match ReplyStatus::from(reply.sw3).remedy() {
            Remedy::Fail(Fault::NotAuthorised) => Err(SessionError::Refused(reply.sw3)),
            _ => Ok(reply),
        }
    }

    /// One command, one reply. Whatever came before the command is thrown away.
    fn exchange(&mut self, command: Command) -> Result<ReplyFrame, SessionError> {
        if self.unsettled {
            self.drain()?;
            self.unsettled = false;
        }
        self.link.clear_input().map_err(SessionError::Line)?;
        self.decoder.reset();
        self.was_reset |= command == Command::Reset;
        let frame = command.frame();
        let limits = Limits::of(command, self.link.baud());
        let start = Instant::now();
        self.link.write(&frame, start + limits.total).map_err(SessionError::Line)?;
        self.wire_bytes += frame.len();
        let outcome = self.receive(command, start, &limits);
        match &outcome {
            Ok(reply) => {
                self.misses = 0;
                tracing::trace!(?command, ?reply, "reader answered");
            }
            Err(
                trouble @ (SessionError::Silence | SessionError::Cut | SessionError::Garbled(_)),
            ) => {
                self.misses += 1;
                self.unsettled = true;
                let port = self.link.path().display();
                // A reader that is silent for good has had its one warning.
                tracing::debug!(%port, ?command, %trouble, misses = self.misses, "reader");
            }
            Err(_) => {}
        }
        outcome
    }

    fn receive(
        &mut self,
        command: Command,
        start: Instant,
        limits: &Limits,
    ) -> Result<ReplyFrame, SessionError> {
        let mut last_byte: Option<Instant> = None;
        let mut broken = None;
        loop {
            let mut next = self.decoder.next();
            if self.decoder.take_echo() {
                // The reader has not begun to answer.
                last_byte = None;
                self.note_echo();
            }
            while let Some(frame) = next {
                match frame {
                    // What looks like a frame inside a broken one may be part of a photograph.
                    Ok(_) if broken.is_some() => {}
                    Ok(reply) if answers(command, &reply) => return Ok(reply),
                    Ok(reply) => {
                        tracing::debug!(?command, ?reply, "reader sent a reply to nothing");
                    }
                    Err(error) => broken = broken.or(Some(error)),
                }
                next = self.decoder.next();
            }
            let deadline = match last_byte {
                None => start + limits.first_byte,
                Some(at) if self.decoder.is_partial() || broken.is_some() => {
                    (at + limits.gap).min(start + limits.total)
                }
                Some(_) => start + limits.total,
            };
            let count = self.listen(deadline)?;
            if count > 0 {
                last_byte = Some(self.received_at);
            } else if let Some(error) = broken {
                return Err(SessionError::Garbled(error));
            } else if self.decoder.is_partial() {
                return Err(SessionError::Cut);
            } else {
                return Err(SessionError::Silence);
            }
        }
    }

    fn note_echo(&mut self) {
        if !std::mem::replace(&mut self.echo, true) {
            let port = self.link.path().display();
            tracing::warn!(%port, "the adapter sends back what it is sent; switch its echo off");
        }
    }

    /// Waits for bytes until the deadline; 0 means that none came.
    fn listen(&mut self, deadline: Instant) -> Result<usize, SessionError> {
        loop {
            if self.stop.is_set() {
                return Err(SessionError::Stopped);
            }
            let now = Instant::now();
            let until = deadline.min(now + SLICE);
            let count = self.link.read(self.decoder.space(), until).map_err(SessionError::Line)?;
            if count > 0 {
                self.received_at = Instant::now();
                self.decoder.advance(count);
                self.wire_bytes += count;
                return Ok(count);
            }
            if now >= deadline {
                return Ok(0);
            }
        }
    }

    /// Listens until the line is quiet.
    fn drain(&mut self) -> Result<(), SessionError> {
        let give_up = Instant::now() + DRAIN_MAX;
        loop {
            self.decoder.reset();
            let deadline = (Instant::now() + DRAIN).min(give_up);
            if self.listen(deadline)? == 0 || Instant::now() >= give_up {
                return Ok(());
            }
        }
    }
}

/// Whether a reply can be one to this command. Readers have been seen to answer late and twice.
fn answers(command: Command, reply: &ReplyFrame) -> bool {
    match (command, ReplyStatus::from(reply.sw3)) {
        (Command::FindCard, status) => status != ReplyStatus::Done,
        (_, ReplyStatus::CardFound) => false,
        (Command::Reset | Command::ReplyStatus, ReplyStatus::Done) => reply.length == 0,
        (Command::SamId, ReplyStatus::Done) => reply.length == 16,
        (Command::SelectCard, ReplyStatus::Done) => reply.length < 16,
        (Command::ReadCard, ReplyStatus::Done) => reply.length >= 4 + 256,
        _ => true,
    }
}

/// How long a command may take on a line of a given speed (`protocols.md` §1.10).
struct Limits {
    first_byte: Duration,
    total: Duration,
    /// Silence that ends an unfinished frame.
    gap: Duration,
}

impl Limits {
    fn of(command: Command, baud: u32) -> Limits {
        let (first_byte, total, bytes) = match command {
            Command::ReadCard => (3000, 3000, 10 + 1295),
            Command::ReadMoreAddress => (2000, 2000, 10 + 291),
            Command::Reset => (1000, 1000, 10 + 11),
            Command::SamId => (500, 500, 10 + 27),
            _ => (500, 1000, 10 + 19),
        };
        Limits {
            first_byte: Duration::from_millis(first_byte) + airtime(bytes, baud),
            total: Duration::from_millis(total) + airtime(bytes, baud),
            gap: GAP_MIN.max(airtime(100, baud)),
        }
    }
}

/// Time of so many bytes on the wire, 8N1: 10 bits a byte.
fn airtime(bytes: u32, baud: u32) -> Duration {
    Duration::from_secs(10) * bytes / baud.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_grow_with_a_slower_line() {
        let fast = Limits::of(Command::ReadCard, 115_200);
        let slow = Limits::of(Command::ReadCard, 9600);
        let added = slow.total - fast.total;
        assert!((1240..1260).contains(&added.as_millis()), "{added:?}");
        assert_eq!(fast.gap, GAP_MIN);
        assert_eq!(slow.gap.as_millis(), 104);
        assert_eq!(Limits::of(Command::FindCard, 115_200).first_byte.as_millis(), 502);
    }
}
