//! What holds for the whole visit, whatever page stands.

use std::sync::Arc;

use jiff::civil::Date;

use crate::config;
use crate::domain::card::CardText;
use crate::domain::evaluation::Level;
use crate::domain::form::Known;
use crate::domain::pack::{Item, Outlet, OutletRef, Pack, PolicyRef, Tag};
use crate::domain::package::{Package, PackageRef};
use crate::domain::policy::Policy;
use crate::say::Lang;
use crate::visit::flows::Draft;
use crate::visit::{ItemRef, SlipOrder, SlipProgress, Surroundings, Ticket};

/// Assisted mode waits this many times as long (`domain.md` §6.3: 180 s for 60 s).
const ASSISTED_PATIENCE: u32 = 3;
/// Slips of one visit; beyond that somebody plays with the paper.
pub(super) const SLIPS_MAX: u32 = 6;

/// People, language, mode, patience, print budget and tickets of one visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub(super) pack: Arc<Pack>,
    /// Packs with which earlier cases of this citizen were begun.
    pub(super) older: Vec<Arc<Pack>>,
    patience: config::Visit,
    pub(super) surroundings: Surroundings,
    pub(super) lang: Lang,
    pub(super) assisted: bool,
    pub(super) help_open: bool,
    /// Whose matter was done and who wants another one (办理其他事项): only that touch keeps an
    /// identification beyond its matter.
    pub(super) identified: Option<Arc<CardText>>,
    /// Answers of a matter that was gone back from, for the same person.
    pub(super) draft: Option<Draft>,
    /// Policies that may concern that person are marked, by age alone.
    pub(super) marks_policies: bool,
    /// Today in China; `None` while the clock cannot be trusted.
    pub(super) today: Option<Date>,
    pub(super) card: Card,
    /// Seconds since the person last did something.
    pub(super) idle_s: u32,
    /// Slips that were ordered and are not known to be unprinted.
    pub(super) slips_out: u32,
    /// Slips that were ordered.
    pub(super) slips_ordered: u32,
    /// The last slip whose page is gone: the farewell says what became of it.
    pub(super) last_slip: Option<(SlipProgress, SlipOrder)>,
    next_ticket: Ticket,
}

/// What is known of a card on the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Card {
    /// One was seen in this visit.
    pub seen: bool,
    /// One lies there now, as far as the reader has told.
    pub lies: bool,
    /// None lies there now: the reader has looked.
    pub lifted: bool,
    /// One lay there when an earlier visit ended, and was not lifted since.
    pub left: bool,
    /// One was left when this visit began: what is read may be another's.
    pub found: bool,
}

impl Card {
    /// Whether the reader is asked for the card: until one that was used is lifted.
    pub(super) fn watched(self) -> bool {
        self.seen || self.left
    }

    /// The reader has told whether a card lies there. One that cannot tell any more does not say
    /// that the card was lifted, but nobody can find out either.
    pub(super) fn told(&mut self, lies: Option<bool>) {
        // What comes after the question was withdrawn is of an earlier citizen's card.
        self.lies = self.watched() && lies == Some(true);
        self.lifted = self.watched() && lies == Some(false);
        self.left &= self.lies;
    }
}

impl Session {
    pub(super) fn new(pack: Arc<Pack>, patience: config::Visit) -> Session {
        Session {
            pack,
            older: Vec::new(),
            patience,
            surroundings: Surroundings::default(),
            lang: Lang::default(),
            assisted: false,
            help_open: false,
            identified: None,
            draft: None,
            marks_policies: true,
            today: None,
            card: Card::default(),
            idle_s: 0,
            slips_out: 0,
            slips_ordered: 0,
            last_slip: None,
            next_ticket: 1,
        }
    }

    /// The session of the next visit: only what is no citizen's goes on.
    pub(super) fn next(&self) -> Session {
        Session {
            surroundings: self.surroundings,
            card: Card {
                seen: false,
                lies: self.card.left,
                lifted: false,
                left: self.card.left,
                found: self.card.left,
            },
            next_ticket: self.next_ticket,
            ..Session::new(self.pack.clone(), self.patience)
        }
    }

    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// The pack of a version, as far as it is here: the one in use, or one that a case was begun
    /// with.
    pub fn pack_of(&self, version: &str) -> Option<&Pack> {
        let mut packs = std::iter::once(&self.pack).chain(&self.older);
        packs.find(|pack| pack.version == version).map(|pack| &**pack)
    }

    /// The packs that cases may name, the one in use first.
    pub fn packs(&self) -> Vec<Arc<Pack>> {
        std::iter::once(&self.pack).chain(&self.older).cloned().collect()
    }

    /// The item, if it is one of the pack in use.
    pub fn item(&self, item: &ItemRef) -> Option<&Item> {
        (item.pack_version == self.pack.version).then(|| self.pack.item(&item.id)).flatten()
    }

    /// Names an item of the pack in use.
    pub fn item_ref(&self, item: &Item) -> ItemRef {
        ItemRef { id: item.id.clone(), pack_version: self.pack.version.clone() }
    }

    /// Whether nothing of it is anybody's.
    pub(super) fn is_untouched(&self) -> bool {
        !self.help_open && !self.assisted && self.lang == Lang::default()
    }

    /// The package, if it is one of the pack in use.
    pub fn package(&self, package: &PackageRef) -> Option<&Package> {
        let in_use = package.pack_version == self.pack.version;
        in_use.then(|| self.pack.packages.iter().find(|own| own.id == package.id)).flatten()
    }

    /// Names the package at a place of the pack in use.
    pub(super) fn package_ref(&self, place: usize) -> Option<PackageRef> {
        let package = self.pack.packages.get(place)?;
        Some(PackageRef { id: package.id.clone(), pack_version: self.pack.version.clone() })
    }

    /// The policy, if it is one of the pack in use.
    pub fn policy(&self, policy: &PolicyRef) -> Option<&Policy> {
        let in_use = policy.pack_version == self.pack.version;
        in_use.then(|| self.pack.policy(&policy.id)).flatten()
    }

    /// Names the policy at a place of the pack in use.
    pub(super) fn policy_ref(&self, place: usize) -> Option<PolicyRef> {
        let policy = self.pack.policies.get(place)?;
        Some(PolicyRef { id: policy.id.clone(), pack_version: self.pack.version.clone() })
    }

    /// The outlet, if the pack in use is the one it was named of.
    pub fn outlet(&self, outlet: &OutletRef) -> Option<&Outlet> {
        let in_use = outlet.pack_version == self.pack.version;
        in_use.then(|| self.pack.outlets.get(outlet.place)).flatten()
    }

    /// Names the outlet at a place of the pack in use.
    pub(super) fn outlet_ref(&self, place: usize) -> Option<OutletRef> {
        self.pack.outlets.get(place)?;
        Some(OutletRef { place, pack_version: self.pack.version.clone() })
    }

    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Larger controls and three times the patience.
    pub fn assisted(&self) -> bool {
        self.assisted
    }

    pub fn help_open(&self) -> bool {
        self.help_open
    }

    pub fn surroundings(&self) -> Surroundings {
        self.surroundings
    }

    /// Whose identification was kept for another matter.
    pub fn identified(&self) -> Option<&CardText> {
        self.identified.as_deref()
    }

    /// Whether policies that may concern the person are marked; the person can switch it off.
    pub fn marks_policies(&self) -> bool {
        self.marks_policies
    }

    /// Whether a policy may concern the person whose identification was kept: by the age on a day, and
    /// by nothing else.
    pub fn may_concern(&self, policy: &Policy, day: Date) -> bool {
        let age = self.identified().and_then(|card| card.age_on(day));
        self.marks_policies && age.is_some_and(|age| policy.speaks_to(age))
    }

    /// Whether a slip may lie in the slot.
    pub fn slip_given(&self) -> bool {
        self.slips_out > 0
    }

    /// Whether this visit may still have slips printed.
    pub fn may_print(&self) -> bool {
        self.slips_ordered < SLIPS_MAX
    }

    /// Whether a card lies on the reader now, as far as the reader has told.
    pub fn card_lies(&self) -> bool {
        self.card.lies
    }

    /// Whether a card was laid in this visit and nobody has seen yet that it was taken back.
    pub fn card_to_take(&self) -> bool {
        self.card.seen && !self.card.lifted
    }

    /// Whether a card lies there that an earlier citizen has forgotten.
    pub fn card_left(&self) -> bool {
        self.card.left
    }

    /// Whether a card may lie on the reader, so that "lift it" is no nonsense.
    pub(super) fn card_may_lie(&self) -> bool {
        self.card.seen || self.card.left
    }

    /// Whether a card's last day has certainly passed. The date of the site pack is a day that has
    /// been, whatever the clock says (promise P9).
    pub(super) fn has_expired(&self, card: &CardText) -> bool {
        let as_of = self.pack.as_of;
        let today = self.today.map_or(as_of, |today| today.max(as_of));
        card.expired_on(today)
    }

    /// What an answer of this person is judged by.
    pub fn known<'a>(&'a self, applicant: &'a CardText) -> Known<'a> {
        Known {
            today: self.today,
            since: self.pack.as_of,
            own_number: &applicant.number,
            regions: &self.pack.regions,
        }
    }

    /// Seconds of the warning before a visit ends for want of a touch.
    pub fn warning_total_s(&self) -> u32 {
        self.patience.warning_s * self.factor()
    }

    /// Seconds in which an evaluation can be undone.
    pub fn undo_total_s(&self) -> u32 {
        self.patience.undo_s
    }

    /// The reasons offered for a level.
    pub fn reasons(&self, level: Level) -> impl Iterator<Item = &Tag> {
        self.pack.evaluation.tags.iter().filter(move |tag| tag.level == level)
    }

    /// Seconds without a touch until the warning.
    pub(super) fn idle_limit_s(&self) -> u32 {
        self.patience.idle_s * self.factor()
    }

    pub(super) fn farewell_s(&self) -> u32 {
        self.patience.farewell_s * self.factor()
    }

    pub(super) fn platform_wait_s(&self) -> u32 {
        self.patience.platform_wait_s
    }

    pub(super) fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        self.next_ticket - 1
    }

    fn factor(&self) -> u32 {
        if self.assisted { ASSISTED_PATIENCE } else { 1 }
    }
}
