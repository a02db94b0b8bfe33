//! One conversation with a reader over an open line, and the sequence that reads a card
//! (`protocols.md` §1.10). Nothing here waits longer than a command may take.

use std::time::Instant;

use super::frame::{Command, Decoder, FrameError, ReplyFrame};
use super::status::{Remedy, ReplyStatus};
use super::{CardProblem, ReadTrace, SamId};
use crate::devices::link::{Link, LinkError};
use crate::devices::stop::Stop;
use crate::domain::card::CardText;

/// Replies that may fail in a row before a reader counts as silent.
pub const MISSES_MAX: u32 = 3;

/// Why a command brought no reply that can be used.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
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
    pub(super) decoder: Decoder,
    pub(super) stop: &'a Stop,
    /// Replies in a row that did not come or could not be used.
    pub(super) misses: u32,
    /// A late reply may still be on its way.
    pub(super) unsettled: bool,
    /// The adapter sends back what it is sent.
    pub(super) echo: bool,
    /// The reader was reset since [`take_reset`](Session::take_reset) was asked last.
    pub(super) was_reset: bool,
    pub(super) wire_bytes: usize,
    /// When the last byte of the last reply was there.
    pub(super) received_at: Instant,
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
    pub fn identify(&mut self) -> Result<SamId, SessionError> {
        self.misses = 0;
        loop {
            match self.ask(Command::SamId) {
                Ok(reply) => {
                    if let (ReplyStatus::Done, Ok(id)) =
                        (reply.sw3.into(), reply.data[..].try_into())
                    {
                        self.sam_id = SamId(id);
                        return Ok(self.sam_id);
                    }
                    // A reader that has just got its power may not be ready to say.
                    self.misses += 1;
                    if self.is_silent() {
                        return Err(SessionError::Silence);
                    }
                }
                Err(
                    trouble @ (SessionError::Line(_)
                    | SessionError::Stopped
                    | SessionError::Refused(_)),
                ) => {
                    return Err(trouble);
                }
                Err(trouble) if self.is_silent() => return Err(trouble),
                Err(_) => {}
            }
        }
    }

    /// Asks whether the reader is well.
    pub fn heartbeat(&mut self) -> Result<(), SessionError> {
        self.missed_is_fine(Command::ReplyStatus).map(drop)
    }

    /// Asks whether a card that is not found any more lies there all the same.
    pub fn hidden_card(&mut self) -> Result<Claim, SessionError> {
        let reply = self.missed_is_fine(Command::ReadMoreAddress)?;
        Ok(match reply.map(|reply| ReplyStatus::from(reply.sw3)) {
            Some(ReplyStatus::Done | ReplyStatus::NoItem) => Claim::LiesThere,
            Some(ReplyStatus::UnknownCommand | ReplyStatus::NotPermitted) => Claim::CannotTell,
            Some(_) => Claim::NoCard,
            None => Claim::Missed,
        })
    }

    fn reset(&mut self) -> Result<(), SessionError> {
        self.missed_is_fine(Command::Reset).map(drop)
    }

    /// Tests [`Claim::LiesThere`]: resets the security module, whereupon a card that it hid is
    /// reported again, and one that does not lie there is not. `None`: no answer now.
    pub fn is_claim_true(&mut self) -> Result<Option<bool>, SessionError> {
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
    pub fn find(&mut self) -> Result<Find, SessionError> {
        self.wire_bytes = 0;
        let Some(found) = self.missed_is_fine(Command::FindCard)? else { return Ok(Find::Missed) };
        let status = ReplyStatus::from(found.sw3);
        Ok(match (status, status.remedy()) {
            (ReplyStatus::CardFound, _) => Find::Card(self.received_at),
            (ReplyStatus::NoCard, _) => Find::NoCard,
            (_, Remedy::Tell(problem)) => Find::Problem(problem),
            _ => Find::Missed,
        })
    }

    /// Reads the card that was just found: select, read, and once more from the beginning where
    /// that may help.
    pub fn read(&mut self, found_at: Instant) -> Result<Look, SessionError> {
        match self.attempt(found_at)? {
            Attempt::Ended(look) => Ok(look),
            Attempt::Restart(problem) => {
                match self.missed_is_fine(Command::FindCard)?.map(|reply| reply.sw3.into()) {
                    Some(ReplyStatus::CardFound) => {}
                    Some(ReplyStatus::NoCard) => return Ok(Look::Problem(CardProblem::MovedAway)),
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
    fn attempt(&mut self, found_at: Instant) -> Result<Attempt, SessionError> {
        for command in [Command::SelectCard, Command::ReadCard] {
            let reply = match self.ask(command) {
                Ok(reply) => reply,
                Err(SessionError::Cut) => return Ok(CardProblem::MovedAway.into()),
                Err(SessionError::Garbled(_) | SessionError::Silence) => {
                    return Ok(CardProblem::Unreadable.into());
                }
                Err(trouble) => return Err(trouble),
            };
            let status = ReplyStatus::from(reply.sw3);
            match status.remedy() {
                Remedy::Proceed if status == ReplyStatus::Done => {}
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
