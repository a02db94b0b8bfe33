//! Which pack is in force: of those that are due the one that holds from the latest day.

use jiff::civil::Date;
use serde::Serialize;

use super::{PackId, Packs};
use crate::contract::material::is_sm3;
use crate::domain::pack::{Bilingual, Standing};
use crate::pack::{self, Outline};

/// A pack that lies on the kiosk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub id: PackId,
    pub version: String,
    pub standing: Standing,
    /// The office that answers for it.
    pub signer: Option<Bilingual>,
    /// The first day on which it may be used, where it says one.
    pub effective_from: Option<Date>,
    /// The same; without one the day of its data.
    pub from: Date,
    /// The first day on which it is used: the same, and never before the day of its data, which the
    /// kiosk's clock learns from it.
    pub due: Date,
    /// When it came: 0 of the one that was there before all.
    pub nth: u64,
    /// Why it is not used, whatever the day.
    pub bar: Option<Bar>,
}

/// Why a pack is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// A technician went back from it.
    Blocked,
    /// It could not be read any more.
    Broken(String),
    /// It is for another place than this kiosk.
    OtherRegion(String),
}

impl Candidate {
    /// The higher wins; of two for the same day the one that came last.
    pub fn rank(&self) -> (Date, u64) {
        (self.from, self.nth)
    }

    pub fn is_official(&self) -> bool {
        self.standing == Standing::Official
    }
}

/// What a choice depends on beside the packs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Situation<'a> {
    pub in_force: &'a PackId,
    /// Whether that one is official: no sample takes its place.
    pub official: bool,
    /// `None` while the clock cannot be trusted.
    pub today: Option<Date>,
    /// Where a technician wants to be.
    pub to: Option<&'a PackId>,
    /// The kiosk has done so already.
    pub obeyed: bool,
}

/// The pack that is to be in force. Where no clock can be trusted it stays the one that is, unless a
/// technician has ordered otherwise.
pub(super) fn choose(candidates: &[Candidate], situation: &Situation) -> PackId {
    let Situation { in_force, official, today, to, obeyed } = *situation;
    let usable: Vec<_> = candidates
        .iter()
        .filter(|candidate| candidate.bar.is_none())
        .filter(|candidate| !official || candidate.is_official() || candidate.id == *in_force)
        .collect();
    let usable_id = |id: &PackId| usable.iter().any(|candidate| candidate.id == *id);
    let best = |of: &mut dyn Iterator<Item = &&Candidate>| {
        of.max_by_key(|candidate| candidate.rank()).map(|candidate| candidate.id.clone())
    };
    let due = today.and_then(|today| best(&mut usable.iter().filter(|it| it.due <= today)));
    let ordered = || to.filter(|id| usable_id(id)).cloned();
    let stays = || usable_id(in_force).then(|| in_force.clone());
    due.or_else(|| if obeyed { None } else { ordered() })
        .or_else(stays)
        .or_else(ordered)
        // What was there before all is better than what nobody wants.
        .or_else(|| usable_id(&PackId::Base).then_some(PackId::Base))
        .unwrap_or_else(|| in_force.clone())
}

impl Packs {
    /// Every pack that lies here and says what it is, whether it may be used or not.
    pub fn candidates(&self) -> Vec<Candidate> {
        let (orders, arrivals) = (self.orders(), self.judged());
        let base = pack::outline(&self.path(&PackId::Base));
        let region = base.as_ref().map(|base| base.region.clone());
        let candidate = |id: PackId, outline: Outline| {
            let Outline { version, standing, signer, as_of, effective_from, region: of } = outline;
            let broken = match &id {
                PackId::Base => None,
                PackId::Fetched(digest) => arrivals.broken(digest),
            };
            let bar = match (broken, &region) {
                (Some(why), _) => Some(Bar::Broken(why.to_owned())),
                (None, Some(region)) if *region != of => Some(Bar::OtherRegion(of)),
                _ => orders.blocked.contains(&id).then_some(Bar::Blocked),
            };
            let nth = match &id {
                PackId::Base => 0,
                PackId::Fetched(digest) => arrivals.nth(digest),
            };
            let from = effective_from.unwrap_or(as_of);
            let due = from.max(as_of);
            Candidate { id, version, standing, signer, effective_from, from, due, nth, bar }
        };
        let entries = std::fs::read_dir(self.folder()).into_iter().flatten();
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let fetched = names.filter(|name| is_sm3(name)).map(PackId::Fetched);
        let fetched = fetched.filter_map(|id| {
            let outline = pack::outline(&self.path(&id))?;
            Some(candidate(id, outline))
        });
        let mut all: Vec<_> = base
            .clone()
            .map(|base| candidate(PackId::Base, base))
            .into_iter()
            .chain(fetched)
            .collect();
        all.sort_by_key(Candidate::rank);
        all
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn id(name: char) -> PackId {
        if name == 'b' { PackId::Base } else { PackId::Fetched(name.to_string().repeat(64)) }
    }

    /// `b` is the base, other letters came in their order; a capital is official.
    fn packs(of: &[(char, i8)]) -> Vec<Candidate> {
        let candidate = |(nth, (name, day)): (u64, &(char, i8))| Candidate {
            id: id(name.to_ascii_lowercase()),
            version: name.to_string(),
            standing: if name.is_uppercase() { Standing::Official } else { Standing::Sample },
            signer: None,
            effective_from: None,
            from: date(2026, 11, *day),
            due: date(2026, 11, *day),
            nth,
            bar: None,
        };
        (0..).zip(of).map(candidate).collect()
    }

    fn chosen(candidates: &[Candidate], in_force: char, today: Option<i8>) -> PackId {
        let of = |name: char| candidates.iter().find(|candidate| candidate.id == id(name));
        choose(
            candidates,
            &Situation {
                in_force: &id(in_force),
                official: of(in_force).is_some_and(Candidate::is_official),
                today: today.map(|day| date(2026, 11, day)),
                to: None,
                obeyed: true,
            },
        )
    }

    #[test]
    fn of_those_that_are_due_the_latest_is_in_force() {
        let all = packs(&[('B', 1), ('C', 10), ('D', 20), ('E', 10)]);
        for (today, expected) in [(1, 'b'), (9, 'b'), (10, 'e'), (19, 'e'), (20, 'd'), (30, 'd')] {
            assert_eq!(chosen(&all, 'b', Some(today)), id(expected), "{today}");
        }
        assert_eq!(chosen(&all, 'd', Some(15)), id('e'), "its day is still to come");
        assert_eq!(chosen(&packs(&[('B', 20)]), 'b', Some(1)), id('b'), "there is no other");
        // An update of the machine has brought a later one.
        assert_eq!(chosen(&packs(&[('B', 20), ('C', 10)]), 'c', Some(25)), id('b'));
    }

    #[test]
    fn p9_without_a_clock_that_can_be_trusted_it_stays_as_it_was() {
        let all = packs(&[('B', 1), ('C', 10), ('D', 20)]);
        for now in ['b', 'c', 'd'] {
            assert_eq!(chosen(&all, now, None), id(now));
        }
        assert_eq!(chosen(&all, 'x', None), id('b'), "it is gone");
    }

    #[test]
    fn p1_a_sample_never_takes_the_place_of_an_official_pack() {
        let all = packs(&[('b', 1), ('C', 10), ('d', 20)]);
        assert_eq!(chosen(&all, 'c', Some(30)), id('c'));
        assert_eq!(chosen(&all, 'b', Some(30)), id('d'), "of a sample another one does");
        let all = packs(&[('b', 1), ('C', 10)]);
        assert_eq!(chosen(&all, 'b', Some(30)), id('c'), "an official one that of a sample");
        let gone = Situation {
            in_force: &id('x'),
            official: true,
            today: Some(date(2026, 11, 5)),
            to: None,
            obeyed: true,
        };
        assert_eq!(choose(&packs(&[('b', 1)]), &gone), id('x'), "also of one that is gone");
    }

    #[test]
    fn what_is_blocked_broken_or_of_another_place_is_not_chosen() {
        for bar in [Bar::Blocked, Bar::Broken(String::new()), Bar::OtherRegion(String::new())] {
            let mut all = packs(&[('B', 1), ('C', 10), ('D', 20)]);
            all[2].bar = Some(bar);
            assert_eq!(chosen(&all, 'd', Some(30)), id('c'));
            assert_eq!(chosen(&all, 'd', None), id('b'));
        }
    }

    #[test]
    fn without_a_clock_an_order_is_obeyed_once() {
        let all = packs(&[('B', 1), ('C', 10), ('D', 20)]);
        let (now, to) = (id('c'), id('d'));
        let situation = |obeyed| Situation {
            in_force: &now,
            official: true,
            today: None,
            to: Some(&to),
            obeyed,
        };
        assert_eq!(choose(&all, &situation(false)), to);
        assert_eq!(choose(&all, &situation(true)), now);
    }
}
