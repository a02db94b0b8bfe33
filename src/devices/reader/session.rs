//! One conversation with a reader over an open line: a command and its reply, and the sequence
//! that reads a card (`protocols.md` §1.10). Nothing here waits longer than a command may take.

use std::time::{Duration, Instant};

use super::frame::{Command, Decoder, FrameError, ReplyFrame};
use super::status::{Remedy, Status};
use super::{CardProblem, ReadTrace, SamId};
use crate::devices::link::{Link, LinkError};
use crate::devices::state::Fault;
use crate::devices::stop::Stop;
use crate::domain::card::CardText;

/// Replies that may fail in a row before a reader counts as silent.
pub const MISSES_MAX: u32 = 3;
/// Quiet time that ends a late reply before the next command.
const DRAIN: Duration = Duration::from_millis(100);
/// Longest stream of unasked bytes that is listened to before the next command.
const DRAIN_MAX: Duration = Duration::from_secs(2);
/// Longest wait in one system call, so that a stop is noticed.
const SLICE: Duration = Duration::from_millis(100);
/// Smallest gap that ends a frame. The reference asks for at least 50 ms; an FTDI adapter adds
/// 16 ms, a busy board more, and a frame given up wrongly costs the citizen a second try.
const GAP_MIN: Duration = Duration::from_millis(100);

/// Why a command brought no reply that can be used.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error(transparent)]
    Line(LinkError),
    #[error("the driver is to end")]
    Stopped,
    #[error("no reply")]
    Silence,
    #[error("a reply began and did not end")]
    Cut,
    #[error("the reply is no frame: {0}")]
    Garbled(FrameError),
    /// The security module refuses its work (SW3 60 or 66).
    #[error("the security module refuses its work (status {0:02X})")]
    Refused(u8),
}

/// What the question for a card brought.
pub enum Find {
    /// A card lies there; since when that is known.
    Card(Instant),
    NoCard,
    /// No answer that says anything about a card.
    Missed,
    Problem(CardProblem),
}

/// What a reader says of a card that it does not find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It lies there.
    LiesThere,
    NoCard,
    /// This reader does not know the question.
    CannotTell,
    /// No answer, or none that says anything.
    Missed,
}

/// What reading a card that was found brought.
pub enum Look {
    Card(Box<CardText>, ReadTrace),
    Problem(CardProblem),
}

/// A line, what came over it, and how the reader behaved so far.
pub struct Session<'a> {
    pub link: Link,
    decoder: Decoder,
    stop: &'a Stop,
    /// Replies in a row that did not come or could not be used.
    misses: u32,
    /// A late reply may still be on its way.
    unsettled: bool,
    /// The adapter sends back what it is sent.
    echo: bool,
    /// The reader was reset since [`take_reset`](Session::take_reset) was asked last.
    was_reset: bool,
    wire_bytes: usize,
    /// When the last byte of the last reply was there.
    received_at: Instant,
    sam_id: SamId,
}

impl<'a> Session<'a> {
    pub fn new(link: Link, stop: &'a Stop) -> Session<'a> {
        Session {
            link,
            decoder: Decoder::new(),
            stop,
            misses: 0,
            unsettled: true,
            echo: false,
            was_reset: false,
            wire_bytes: 0,
            received_at: Instant::now(),
            sam_id: SamId([0; 16]),
        }
    }

    /// Forgets what was known of the reader behind a line that was opened anew.
    pub fn start(&mut self) {
        self.misses = 0;
        self.unsettled = true;
        self.echo = false;
    }

    /// Whether the reader has missed so many replies that it counts as silent.
    pub fn is_silent(&self) -> bool {
        self.misses >= MISSES_MAX
    }

    /// Whether the adapter sends back what it is sent; that is dropped.
    pub fn echoes(&self) -> bool {
        self.echo
    }

    /// Whether the last reply did not come or could not be used.
    pub fn has_missed(&self) -> bool {
        self.misses > 0
    }

    /// Asks who the reader is, up to three times.
    pub fn identify(&mut self) -> Result<SamId, Trouble> {
        self.misses = 0;
        loop {
            match self.ask(Command::SamId) {
                Ok(reply) => {
                    if let (Status::Done, Ok(id)) = (reply.sw3.into(), reply.data[..].try_into()) {
                        self.sam_id = SamId(id);
                        return Ok(self.sam_id);
                    }
                    // A reader that has just got its power may not be ready to say.
                    self.misses += 1;
                    if self.is_silent() {
                        return Err(Trouble::Silence);
                    }
                }
                Err(trouble @ (Trouble::Line(_) | Trouble::Stopped | Trouble::Refused(_))) => {
                    return Err(trouble);
                }
                Err(trouble) if self.is_silent() => return Err(trouble),
                Err(_) => {}
            }
        }
    }

    /// Asks whether the reader is well.
    pub fn heartbeat(&mut self) -> Result<(), Trouble> {
        self.missed_is_fine(Command::Status).map(drop)
    }

    /// Asks whether a card that is not found any more lies there all the same.
    pub fn hidden_card(&mut self) -> Result<Claim, Trouble> {
        let reply = self.missed_is_fine(Command::ReadMoreAddress)?;
        Ok(match reply.map(|reply| Status::from(reply.sw3)) {
            Some(Status::Done | Status::NoItem) => Claim::LiesThere,
            Some(Status::UnknownCommand | Status::NotPermitted) => Claim::CannotTell,
            Some(_) => Claim::NoCard,
            None => Claim::Missed,
        })
    }

    fn reset(&mut self) -> Result<(), Trouble> {
        self.missed_is_fine(Command::Reset).map(drop)
    }

    /// Tests [`Claim::LiesThere`]: resets the security module, whereupon a card that it hid is
    /// reported again, and one that does not lie there is not. `None`: no answer now.
    pub fn is_claim_true(&mut self) -> Result<Option<bool>, Trouble> {
        self.reset()?;
        let mut is_true = None;
        // Some readers find a card only the second time.
        for _ in 0..2 {
            match self.find()? {
                Find::Card(_) | Find::Problem(_) => return Ok(Some(true)),
                Find::NoCard => is_true = Some(false),
                Find::Missed => return Ok(None),
            }
        }
        Ok(is_true)
    }

    /// Whether the reader was reset since this was asked last. A reader that was may report a
    /// card again that it has read.
    pub fn take_reset(&mut self) -> bool {
        std::mem::take(&mut self.was_reset)
    }

    /// Asks for a card.
    pub fn find(&mut self) -> Result<Find, Trouble> {
        self.wire_bytes = 0;
        let Some(found) = self.missed_is_fine(Command::FindCard)? else { return Ok(Find::Missed) };
        let status = Status::from(found.sw3);
        Ok(match (status, status.remedy()) {
            (Status::CardFound, _) => Find::Card(self.received_at),
            (Status::NoCard, _) => Find::NoCard,
            (_, Remedy::Tell(problem)) => Find::Problem(problem),
            _ => Find::Missed,
        })
    }

    /// Reads the card that was just found: select, read, and once more from the beginning where
    /// that may help.
    pub fn read(&mut self, found_at: Instant) -> Result<Look, Trouble> {
        match self.attempt(found_at)? {
            Attempt::Ended(look) => Ok(look),
            Attempt::Restart(problem) => {
                match self.missed_is_fine(Command::FindCard)?.map(|reply| reply.sw3.into()) {
                    Some(Status::CardFound) => {}
                    Some(Status::NoCard) => return Ok(Look::Problem(CardProblem::MovedAway)),
                    _ => return Ok(Look::Problem(problem)),
                }
                match self.attempt(found_at)? {
                    Attempt::Ended(look) => Ok(look),
                    Attempt::Restart(problem) => Ok(Look::Problem(problem)),
                }
            }
        }
    }

    /// Selects and reads the card that was just found.
    fn attempt(&mut self, found_at: Instant) -> Result<Attempt, Trouble> {
        for command in [Command::SelectCard, Command::ReadCard] {
            let reply = match self.ask(command) {
                Ok(reply) => reply,
                Err(Trouble::Cut) => return Ok(CardProblem::MovedAway.into()),
                Err(Trouble::Garbled(_) | Trouble::Silence) => {
                    return Ok(CardProblem::Unreadable.into());
                }
                Err(trouble) => return Err(trouble),
            };
            let status = Status::from(reply.sw3);
            match status.remedy() {
                Remedy::Proceed if status == Status::Done => {}
                Remedy::FindAgain => return Ok(CardProblem::MovedAway.into()),
                Remedy::Restart(problem) => return Ok(Attempt::Restart(problem)),
                Remedy::ResetAndRestart => {
                    self.missed_is_fine(Command::Reset)?;
                    return Ok(Attempt::Restart(CardProblem::Unreadable));
                }
                Remedy::Tell(problem) => return Ok(problem.into()),
                // A status that does not belong here is a late reply to another command.
                _ => {
                    self.unsettled = true;
                    return Ok(Attempt::Restart(CardProblem::Unreadable));
                }
            }
            if command == Command::ReadCard {
                return Ok(match text(&reply) {
                    Some(card) => Attempt::Ended(Look::Card(
                        Box::new(card),
                        ReadTrace {
                            found_at,
                            done_at: self.received_at,
                            wire_bytes: self.wire_bytes,
                            sam_id: self.sam_id,
                        },
                    )),
                    None => CardProblem::Unreadable.into(),
                });
            }
        }
        unreachable!("the loop ends with the reply to the last command")
    }

    /// As [`ask`](Session::ask), where a missing reply tells nothing but is counted.
    fn missed_is_fine(&mut self, command: Command) -> Result<Option<ReplyFrame>, Trouble> {
        match self.ask(command) {
            Ok(reply) => Ok(Some(reply)),
            Err(Trouble::Silence | Trouble::Cut | Trouble::Garbled(_)) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// Sends a command and waits for its reply; sends it once more where that is known to help.
    fn ask(&mut self, command: Command) -> Result<ReplyFrame, Trouble> {
        // Reading needs a fresh find and select before it, and has its own second try.
        let is_step = matches!(command, Command::SelectCard | Command::ReadCard);
        let reply = match self.exchange(command) {
            Ok(reply) => match Status::from(reply.sw3).remedy() {
                Remedy::Resend => self.exchange(command)?,
                Remedy::ResetAndRestart if !is_step && command != Command::Reset => {
                    self.exchange(Command::Reset)?;
                    self.exchange(command)?
                }
                _ => reply,
            },
            Err(Trouble::Garbled(_)) if command != Command::ReadCard => self.exchange(command)?,
            Err(trouble) => return Err(trouble),
        };
        match Status::from(reply.sw3).remedy() {
            Remedy::Fail(Fault::NotAuthorised) => Err(Trouble::Refused(reply.sw3)),
            _ => Ok(reply),
        }
    }

    /// One command, one reply. Whatever came before the command is thrown away.
    fn exchange(&mut self, command: Command) -> Result<ReplyFrame, Trouble> {
        if self.unsettled {
            self.drain()?;
            self.unsettled = false;
        }
        self.link.clear_input().map_err(Trouble::Line)?;
        self.decoder.reset();
        self.was_reset |= command == Command::Reset;
        let frame = command.frame();
        let limits = Limits::of(command, self.link.baud());
        let start = Instant::now();
        self.link.write(&frame, start + limits.total).map_err(Trouble::Line)?;
        self.wire_bytes += frame.len();
        let outcome = self.receive(command, start, &limits);
        match &outcome {
            Ok(reply) => {
                self.misses = 0;
                tracing::trace!(?command, ?reply, "reader answered");
            }
            Err(trouble @ (Trouble::Silence | Trouble::Cut | Trouble::Garbled(_))) => {
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
    ) -> Result<ReplyFrame, Trouble> {
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
                return Err(Trouble::Garbled(error));
            } else if self.decoder.is_partial() {
                return Err(Trouble::Cut);
            } else {
                return Err(Trouble::Silence);
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
    fn listen(&mut self, deadline: Instant) -> Result<usize, Trouble> {
        loop {
            if self.stop.is_set() {
                return Err(Trouble::Stopped);
            }
            let now = Instant::now();
            let until = deadline.min(now + SLICE);
            let count = self.link.read(self.decoder.space(), until).map_err(Trouble::Line)?;
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
    fn drain(&mut self) -> Result<(), Trouble> {
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

enum Attempt {
    Ended(Look),
    /// Worth another try from the beginning; the problem to tell if that fails too.
    Restart(CardProblem),
}

impl From<CardProblem> for Attempt {
    fn from(problem: CardProblem) -> Attempt {
        Attempt::Ended(Look::Problem(problem))
    }
}

/// Whether a reply can be one to this command. Readers have been seen to answer late and twice.
fn answers(command: Command, reply: &ReplyFrame) -> bool {
    match (command, Status::from(reply.sw3)) {
        (Command::FindCard, status) => status != Status::Done,
        (_, Status::CardFound) => false,
        (Command::Reset | Command::Status, Status::Done) => reply.length == 0,
        (Command::SamId, Status::Done) => reply.length == 16,
        (Command::SelectCard, Status::Done) => reply.length < 16,
        (Command::ReadCard, Status::Done) => reply.length >= 4 + 256,
        _ => true,
    }
}

/// The text of a card in the reply to "read card", if the reply is what it should be.
fn text(reply: &ReplyFrame) -> Option<CardText> {
    let (lengths, text) = reply.data.split_first_chunk::<4>()?;
    let photo = usize::from(u16::from_be_bytes([lengths[2], lengths[3]]));
    if lengths[..2] != [1, 0] || reply.length != 4 + 256 + photo {
        tracing::warn!(?reply, "reader sent a card of another size");
        return None;
    }
    match CardText::parse(text.try_into().ok()?) {
        Ok(card) => Some(card),
        Err(error) => {
            tracing::warn!(%error, "card text cannot be read");
            None
        }
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
