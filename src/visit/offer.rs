//! What can be done here and now, and why something cannot. Every page that offers something asks
//! here, so that no page invites to what another refuses.

use crate::domain::pack::{Browsed, Item, ItemKind};
use crate::visit::{ItemRef, Session};

/// Something that a page offers.
#[derive(Clone, Copy, Debug)]
pub enum Offer<'a> {
    /// An item, from identification to its result.
    Begin(&'a Item),
    /// My cases (我的办件).
    MyCases,
    /// Any slip, also a guide and a reprint.
    Print,
}

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lack {
    Reader,
    Network,
    Printer,
    /// This visit has had as many slips as one may.
    Slips,
}

/// Whether something can be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    Now,
    /// It can, but something of it comes later or not at all: no network, an application is
    /// received and sent later; no printer, there is no slip.
    Limited(Vec<Lack>),
    NotNow(Vec<Lack>),
}

impl Availability {
    /// Whether it can be begun.
    pub fn possible(&self) -> bool {
        !matches!(self, Availability::NotNow(_))
    }
}

impl Session {
    /// What can be done now of an offer, and if not all of it, why.
    pub fn availability(&self, offer: Offer<'_>) -> Availability {
        let (needs, wishes): (&[Lack], &[Lack]) = match offer {
            Offer::Begin(item) => match item.kind {
                // There is a guide to look at.
                ItemKind::Handoff => (&[], &[Lack::Printer, Lack::Slips]),
                ItemKind::Browse { of: Browsed::Vacancies } => (&[Lack::Network], &[]),
                ItemKind::Browse { .. } => (&[], &[]),
                // Who is entitled only the platform knows.
                ItemKind::Query | ItemKind::NoApplication => {
                    (&[Lack::Reader, Lack::Network], &[Lack::Printer, Lack::Slips])
                }
                ItemKind::Instant { .. } | ItemKind::Promised | ItemKind::Request { .. } => {
                    (&[Lack::Reader], &[Lack::Network, Lack::Printer, Lack::Slips])
                }
            },
            Offer::MyCases => (&[Lack::Reader], &[Lack::Network]),
            Offer::Print => (&[Lack::Printer, Lack::Slips], &[]),
        };
        let missing = |of: &[Lack]| of.iter().copied().filter(|l| self.lacks(*l)).collect();
        let (blocking, limiting): (Vec<Lack>, Vec<Lack>) = (missing(needs), missing(wishes));
        if !blocking.is_empty() {
            Availability::NotNow(blocking)
        } else if !limiting.is_empty() {
            Availability::Limited(limiting)
        } else {
            Availability::Now
        }
    }

    /// The item by which somebody is called back (首问负责), if it can be begun now.
    pub fn call_back(&self) -> Option<ItemRef> {
        let item = self.pack.call_back()?;
        self.availability(Offer::Begin(item)).possible().then(|| self.item_ref(item))
    }

    /// The same about an item that cannot be begun here and now, or not here at all.
    pub fn call_back_about(&self, item: &Item) -> Option<ItemRef> {
        let can = self.availability(Offer::Begin(item)).possible();
        let here = item.kind != ItemKind::Handoff;
        if can && here { None } else { self.call_back().filter(|other| other.id != item.id) }
    }

    fn lacks(&self, what: Lack) -> bool {
        match what {
            // Who is identified already needs no reader.
            Lack::Reader => !self.surroundings.reader && self.identified.is_none(),
            Lack::Network => !self.surroundings.online,
            Lack::Printer => !self.surroundings.printer,
            Lack::Slips => !self.may_print(),
        }
    }
}
