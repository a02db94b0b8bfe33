//! What is known of the card on the reader: whether it was read, for whom, and whether it still
//! lies there (`protocols.md` §1.11).
//!
//! Most readers hide a card that they have read: they find none until it was lifted and laid down
//! again. Whether one lies there all the same tells their answer to "read additional address". Some
//! give that answer with no card there, too; such a claim is tested before it is believed.

use std::time::{Duration, Instant};

use super::Presence;
use super::session::{Claim, Find, Session, SessionError};

/// Pause between two questions whether a card that the reader hides still lies there.
pub const STILL_THERE: Duration = Duration::from_secs(1);

/// Stands for whoever had a card read before this driver knew of it.
const NOBODY: u64 = 0;

/// The card on the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardOnReader {
    /// None, or one that was not read yet.
    Unread,
    /// One that was read for this expectation, and was not seen gone since. Whether this reader
    /// would report it again is not known.
    Read(u64),
    /// As `Read`, on a reader that has shown that it does not report this card again: what it
    /// finds next was laid down anew.
    Hidden(u64),
    /// Nobody has looked yet, or reading it failed: a card may lie there that the reader has read
    /// and hides.
    Unknown,
}

/// Whether a reader can be believed when it says that a card which it hides lies there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Belief {
    Untested,
    Believed,
    /// It says so with no card there.
    Disbelieved,
}

pub struct CardWatch {
    card: CardOnReader,
    belief: Belief,
    /// This reader reports a card again that it has read.
    reports_again: bool,
    /// The reader may have forgotten since the last reading what it has read.
    forgot: bool,
    /// The last card was taken for lifted without a proof.
    lifted_unseen: bool,
    /// When the reader was last asked about a card that it hides.
    asked_hidden: Option<Instant>,
    /// As last seen.
    presence: Presence,
}

impl CardWatch {
    pub fn new() -> CardWatch {
        CardWatch {
            card: CardOnReader::Unknown,
            belief: Belief::Untested,
            reports_again: false,
            forgot: false,
            lifted_unseen: false,
            asked_hidden: None,
            presence: Presence::Unknown,
        }
    }

    pub fn card(&self) -> CardOnReader {
        self.card
    }

    /// As the last question showed.
    pub fn presence(&self) -> Presence {
        self.presence
    }

    /// The reader was lost for a while: a card may have been laid down.
    pub fn line_opened(&mut self) {
        if self.card == CardOnReader::Unread {
            self.card = CardOnReader::Unknown;
        }
        self.presence = Presence::Unknown;
    }

    /// The reader has just said who it is; after a power cut it has forgotten what it has read.
    pub fn identified(&mut self, is_another: bool) {
        self.reports_anew();
        if is_another {
            self.belief = Belief::Untested;
            self.reports_again = false;
        }
    }

    /// The card was read for this expectation.
    pub fn was_read(&mut self, expectation: u64) {
        self.card = CardOnReader::Read(expectation);
        self.forgot = false;
    }

    /// A card that lies there could not be read; the reader may count it as read and hide it.
    pub fn was_not_read(&mut self) {
        if self.card == CardOnReader::Unread {
            self.card = CardOnReader::Unknown;
        }
    }

    /// The next [`find`](CardWatch::find) asks about a hidden card, however recent the last time.
    pub fn ask_again(&mut self) {
        self.asked_hidden = None;
    }

    /// Asks for a card, and keeps account of the one that was read. It was lifted when the reader
    /// finds no card twice in a row (some find one only the second time) and does not say either
    /// that one lies there that it hides. An answer that fails to come proves nothing.
    pub fn find(&mut self, session: &mut Session) -> Result<Find, SessionError> {
        let mut found = self.find_once(session)?;
        let due = match self.card {
            CardOnReader::Unread => false,
            CardOnReader::Hidden(_) => {
                self.asked_hidden.is_none_or(|at| at.elapsed() >= STILL_THERE)
            }
            CardOnReader::Read(_) | CardOnReader::Unknown => true,
        };
        if matches!(found, Find::NoCard) && due {
            found = self.find_once(session)?;
            if matches!(found, Find::NoCard) {
                self.not_found(session)?;
            }
        }
        self.presence = match found {
            Find::Card(_) | Find::Problem(_) => Presence::Lying,
            Find::Missed => self.presence,
            Find::NoCard => match self.card {
                CardOnReader::Hidden(_) | CardOnReader::Read(_) => Presence::Lying,
                _ if self.lifted_unseen && !self.reports_again => Presence::Unknown,
                _ => Presence::Lifted,
            },
        };
        Ok(found)
    }

    fn find_once(&mut self, session: &mut Session) -> Result<Find, SessionError> {
        let found = session.find()?;
        let was_reset = session.take_reset();
        if was_reset || matches!(found, Find::Missed) {
            self.reports_anew();
        }
        match (&found, self.card) {
            (Find::Card(_), CardOnReader::Hidden(_)) => self.lifted(true),
            (Find::Card(_), CardOnReader::Read(_)) => self.reports_again |= !self.forgot,
            (Find::NoCard, _) if was_reset => return Ok(Find::Missed),
            _ => {}
        }
        if matches!(found, Find::Card(_)) {
            self.lifted_unseen = false;
        }
        Ok(found)
    }

    fn not_found(&mut self, session: &mut Session) -> Result<(), SessionError> {
        self.asked_hidden = Some(Instant::now());
        let claim = session.hidden_card()?;
        if session.take_reset() {
            self.reports_anew();
            return Ok(());
        }
        match (claim, self.belief) {
            (Claim::LiesThere, Belief::Believed) => {
                self.card = CardOnReader::Hidden(self.reader_of());
            }
            (Claim::LiesThere, Belief::Untested) => self.test_claim(session)?,
            (Claim::NoCard, _) => {
                self.belief = Belief::Believed;
                self.lifted(true);
            }
            (Claim::CannotTell | Claim::LiesThere, _) => self.lifted(false),
            (Claim::Missed, _) => {}
        }
        Ok(())
    }

    fn test_claim(&mut self, session: &mut Session) -> Result<(), SessionError> {
        let whose = self.reader_of();
        let is_true = session.is_claim_true()?;
        session.take_reset();
        self.forgot = true;
        match is_true {
            Some(true) => {
                self.belief = Belief::Believed;
                self.card = CardOnReader::Read(whose);
            }
            Some(false) => {
                tracing::info!("reader: claims a hidden card where none lies; not believed");
                self.belief = Belief::Disbelieved;
                self.lifted(false);
            }
            None => {}
        }
        Ok(())
    }

    /// For whom the card was read.
    fn reader_of(&self) -> u64 {
        match self.card {
            CardOnReader::Read(whose) | CardOnReader::Hidden(whose) => whose,
            CardOnReader::Unread | CardOnReader::Unknown => NOBODY,
        }
    }

    fn lifted(&mut self, is_proven: bool) {
        self.card = CardOnReader::Unread;
        self.lifted_unseen = !is_proven;
    }

    /// The reader may have forgotten what it has read.
    fn reports_anew(&mut self) {
        self.forgot = true;
        if let CardOnReader::Hidden(whose) = self.card {
            self.card = CardOnReader::Read(whose);
        }
    }
}
