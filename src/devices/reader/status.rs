//! What a reader's status byte SW3 means and what is to be done about it (`protocols.md` §1.4).

use super::CardProblem;
use crate::devices::state::Fault;

/// SW3 of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
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

impl From<u8> for Status {
    fn from(sw3: u8) -> Status {
        match sw3 {
            0x90 => Status::Done,
            0x9F => Status::CardFound,
            0x10 => Status::HostChecksum,
            0x11 => Status::HostLength,
            0x21 => Status::UnknownCommand,
            0x23 => Status::NotPermitted,
            0x24 => Status::Unrecognised,
            0x31 => Status::CardRefusesSam,
            0x32 => Status::SamRefusesCard,
            0x33 => Status::Unverified,
            0x40 => Status::WrongCard,
            0x41 => Status::ReadFailed,
            0x47 => Status::RandomFailed,
            0x60 => Status::SelfTestFailed,
            0x66 => Status::NotAuthorised,
            0x80 => Status::NoCard,
            0x81 => Status::SelectFailed,
            0x91 => Status::NoItem,
            other => Status::Other(other),
        }
    }
}

impl Status {
    pub fn remedy(self) -> Remedy {
        match self {
            Status::Done | Status::CardFound => Remedy::Proceed,
            Status::NoCard => Remedy::FindAgain,
            Status::HostChecksum | Status::HostLength => Remedy::Resend,
            Status::RandomFailed => Remedy::Restart(CardProblem::Unreadable),
            Status::SelectFailed => Remedy::Restart(CardProblem::MovedAway),
            Status::Unrecognised => Remedy::ResetAndRestart,
            Status::UnknownCommand | Status::NotPermitted | Status::NoItem => Remedy::GoWithout,
            Status::CardRefusesSam | Status::SamRefusesCard | Status::Unverified => {
                Remedy::Tell(CardProblem::NotGenuine)
            }
            Status::WrongCard => Remedy::Tell(CardProblem::WrongCard),
            Status::ReadFailed => Remedy::Tell(CardProblem::MovedAway),
            Status::SelfTestFailed | Status::NotAuthorised => Remedy::Fail(Fault::NotAuthorised),
            Status::Other(_) => Remedy::Tell(CardProblem::Unreadable),
        }
    }
}
