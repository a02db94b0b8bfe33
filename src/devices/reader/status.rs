//! What a reader's status byte SW3 means and what is to be done about it (`protocols.md` §1.4).

use super::CardProblem;
use crate::devices::state::Fault;

/// SW3 of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyStatus {
    /// 90: done.
    Done,
    /// 9F: card found; only after "find card".
    CardFound,
    /// 10: the reader got our frame with a wrong checksum.
    HostChecksum,
    /// 11: the reader got our frame with a wrong length.
    HostLength,
    /// 21: command or parameter unknown to this reader.
    UnknownCommand,
    /// 23: operation not permitted on this security module.
    NotPermitted,
    /// 24: error without a name.
    Unrecognised,
    /// 31: the card does not accept the security module.
    CardRefusesSam,
    /// 32: the security module does not accept the card.
    SamRefusesCard,
    /// 33: the data do not bear their signature.
    Unverified,
    /// 40: a card of another kind (bank card, telephone).
    WrongCard,
    /// 41: reading failed; the card was moved.
    ReadFailed,
    /// 47: the security module got no random number.
    RandomFailed,
    /// 60: self-test failed, every command is refused.
    SelfTestFailed,
    /// 66: the security module is not authorised.
    NotAuthorised,
    /// 80: no card, or one that was read already and not lifted since.
    NoCard,
    /// 81: selecting failed.
    SelectFailed,
    /// 91: the card holds no such item.
    NoItem,
    /// Anything else.
    Other(u8),
}

/// What is to be done about a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Go on: the command did what it is for.
    Proceed,
    /// Look for a card again.
    FindAgain,
    /// Send the same command again, once: the reader did not understand it.
    Resend,
    /// Begin again at "find card", once; what to tell the citizen if that fails too.
    Restart(CardProblem),
    /// Reset the security module, then begin again, once.
    ResetAndRestart,
    /// Tell the citizen.
    Tell(CardProblem),
    /// The reader itself cannot work.
    Fail(Fault),
    /// The reader cannot do this; go without it.
    GoWithout,
}

impl From<u8> for ReplyStatus {
    fn from(sw3: u8) -> ReplyStatus {
        match sw3 {
            0x90 => ReplyStatus::Done,
            0x9F => ReplyStatus::CardFound,
            0x10 => ReplyStatus::HostChecksum,
            0x11 => ReplyStatus::HostLength,
            0x21 => ReplyStatus::UnknownCommand,
            0x23 => ReplyStatus::NotPermitted,
            0x24 => ReplyStatus::Unrecognised,
            0x31 => ReplyStatus::CardRefusesSam,
            0x32 => ReplyStatus::SamRefusesCard,
            0x33 => ReplyStatus::Unverified,
            0x40 => ReplyStatus::WrongCard,
            0x41 => ReplyStatus::ReadFailed,
            0x47 => ReplyStatus::RandomFailed,
            0x60 => ReplyStatus::SelfTestFailed,
            0x66 => ReplyStatus::NotAuthorised,
            0x80 => ReplyStatus::NoCard,
            0x81 => ReplyStatus::SelectFailed,
            0x91 => ReplyStatus::NoItem,
            other => ReplyStatus::Other(other),
        }
    }
}

impl ReplyStatus {
    pub fn remedy(self) -> Remedy {
        match self {
            ReplyStatus::Done | ReplyStatus::CardFound => Remedy::Proceed,
            ReplyStatus::NoCard => Remedy::FindAgain,
            ReplyStatus::HostChecksum | ReplyStatus::HostLength => Remedy::Resend,
            ReplyStatus::RandomFailed => Remedy::Restart(CardProblem::Unreadable),
            ReplyStatus::SelectFailed => Remedy::Restart(CardProblem::MovedAway),
            ReplyStatus::Unrecognised => Remedy::ResetAndRestart,
            ReplyStatus::UnknownCommand | ReplyStatus::NotPermitted | ReplyStatus::NoItem => {
                Remedy::GoWithout
            }
            ReplyStatus::CardRefusesSam | ReplyStatus::SamRefusesCard | ReplyStatus::Unverified => {
                Remedy::Tell(CardProblem::NotGenuine)
            }
            ReplyStatus::WrongCard => Remedy::Tell(CardProblem::WrongCard),
            ReplyStatus::ReadFailed => Remedy::Tell(CardProblem::MovedAway),
            ReplyStatus::SelfTestFailed | ReplyStatus::NotAuthorised => {
                Remedy::Fail(Fault::NotAuthorised)
            }
            ReplyStatus::Other(_) => Remedy::Tell(CardProblem::Unreadable),
        }
    }
}
