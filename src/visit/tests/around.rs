//! Policies and outlets, which nobody needs a card for.

use super::*;
use crate::domain::outlet::Reach;
use crate::domain::pack::PolicyRef;
use crate::visit::flows::{Outlets, Policies, Which};

const NO_PRINTER: Surroundings = Surroundings { printer: false, ..ALL_WELL };

fn policy(place: usize) -> PolicyRef {
    PolicyRef { id: pack().policies[place].id.clone(), pack_version: pack().version.clone() }
}

#[test]
fn a_policy_is_counted_when_it_is_opened_and_printed_without_a_card() {
    let mut visit = visit(Surroundings { reader: false, online: false, ..ALL_WELL });
    assert_eq!(touch(&mut visit, &[Touch::Start, Touch::Policies]), []);
    assert_eq!(visit.page(), Page::Policies);
    assert_eq!(touch(&mut visit, &[Touch::Policy(9)]), [], "there is none");
    let effects = touch(&mut visit, &[Touch::Policy(1)]);
    assert_eq!(effects, [Effect::PolicyShown(policy(1))]);
    assert_eq!(visit.page(), Page::Policy);
    let effects = touch(&mut visit, &[Touch::PrintGuide]);
    let (ticket, order, reprint) = ordered(&effects);
    assert_eq!((order, reprint), (&SlipOrder::Policy(policy(1)), false));
    assert_eq!(order.item_id(), None);
    visit.handle(Event::SlipDone { ticket, outcome: SlipOutcome::Printed });
    // Coming back from its slip is not opening it once more.
    assert_eq!(touch(&mut visit, &[Touch::Back]), []);
    assert_eq!(visit.page(), Page::Policy);
    touch(&mut visit, &[Touch::Back, Touch::Policy(1)]);
    visit.handle(Event::Surroundings(NO_PRINTER));
    assert_eq!(touch(&mut visit, &[Touch::PrintGuide]), [], "no printer");
}

#[test]
fn a_policy_leads_to_its_items_and_to_no_others() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::Policies, Touch::Policy(1)]);
    touch(&mut visit, &[Touch::Item(place("flexible_employment"))]);
    assert_eq!(visit.page(), Page::Policy);
    touch(&mut visit, &[Touch::Item(place(INSTANT))]);
    assert_eq!(visit.page(), Page::Item);
    touch(&mut visit, &[Touch::Back, Touch::Back, Touch::Back]);
    assert_eq!(visit.page(), Page::Home);
}

/// 政策找人: by age alone, only for somebody who stays for another matter, and not if unwished.
#[test]
fn p4_what_may_concern_somebody_is_marked_by_age_and_can_be_switched_off() {
    let mut visit = visit(ALL_WELL);
    let policies = &pack().policies;
    let marked = |visit: &Visit| {
        let concerns = |policy| visit.session().may_concern(policy, today());
        policies.iter().map(concerns).collect::<Vec<_>>()
    };
    touch(&mut visit, &[Touch::Start, Touch::Policies]);
    assert_eq!(marked(&visit), [false, false], "nobody is known");
    touch(&mut visit, &[Touch::Back, Touch::Back]);
    to_result(&mut visit, SlipOutcome::Printed);
    assert_eq!(marked(&visit), [false, false], "nobody has asked for another matter");
    touch(&mut visit, &[Touch::Another, Touch::Policies]);
    let age = card().age_on(today()).unwrap();
    let expected = [true, age <= 35];
    assert_eq!(marked(&visit), expected);
    touch(&mut visit, &[Touch::MarkPolicies]);
    assert_eq!(marked(&visit), [false, false]);
    touch(&mut visit, &[Touch::Policy(0), Touch::MarkPolicies, Touch::Back]);
    assert_eq!(marked(&visit), [false, false], "the switch stands on the list");
    touch(&mut visit, &[Touch::MarkPolicies]);
    assert_eq!(marked(&visit), expected);
    // It goes with the citizen.
    touch(&mut visit, &[Touch::MarkPolicies, Touch::Home, Touch::Leave]);
    seconds(&mut visit, 200);
    assert!(visit.page() == Page::Attract && visit.session().marks_policies());
}

#[test]
fn outlets_are_looked_for_from_home_from_an_item_and_from_people() {
    let mut visit = visit(Surroundings::default());
    let which = |visit: &Visit| match visit.top() {
        Flow::Outlets(Outlets::Near(which)) => which.clone(),
        other => panic!("{other:?}"),
    };
    touch(&mut visit, &[Touch::Start, Touch::NearOutlets]);
    assert_eq!((which(&visit), visit.page()), (Which::All, Page::NearOutlets));
    touch(&mut visit, &[Touch::OutletAt(99), Touch::NearOutlets]);
    assert_eq!(visit.page(), Page::NearOutlets);
    touch(&mut visit, &[Touch::OutletAt(2)]);
    assert_eq!(visit.page(), Page::Outlet);
    assert_eq!(touch(&mut visit, &[Touch::PrintGuide]), [], "no printer");
    visit.handle(Event::Surroundings(ALL_WELL));
    let effects = touch(&mut visit, &[Touch::PrintGuide]);
    assert!(matches!(ordered(&effects).1, SlipOrder::Outlet(outlet) if outlet.place == 2));
    touch(&mut visit, &[Touch::Back, Touch::Back, Touch::Back]);
    assert_eq!(visit.page(), Page::Home);
    touch(&mut visit, &[Touch::Item(place(INSTANT)), Touch::NearOutlets]);
    assert!(matches!(which(&visit), Which::Doing(item) if item.id.as_str() == INSTANT));
    touch(&mut visit, &[Touch::NearOutlets]);
    assert_eq!(which(&visit), Which::All, "the item is let go");
    touch(&mut visit, &[Touch::Back, Touch::Outlets, Touch::NearOutlets]);
    assert_eq!(which(&visit), Which::Staffed);
    touch(&mut visit, &[Touch::Back, Touch::Back]);
    assert_eq!(visit.page(), Page::Item);
}

/// All six from home: 延时、延伸、自助 are two touches away.
#[test]
fn p5_what_is_open_longer_nearer_or_by_itself_is_found_from_home() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start]);
    for reach in Reach::ALL {
        touch(&mut visit, &[Touch::NearOutlets, Touch::Reaching(reach)]);
        let of = |visit: &Visit| match visit.top() {
            Flow::Outlets(Outlets::Near(Which::Reaching(reach))) => Some(*reach),
            _ => None,
        };
        assert_eq!(of(&visit), Some(reach));
        touch(&mut visit, &[Touch::NearOutlets, Touch::Back]);
        assert_eq!(visit.page(), Page::Home);
    }
}

/// A pack that came meanwhile turns no policy and no outlet into another.
#[test]
fn p10_what_was_opened_stays_what_it_was_when_the_pack_changes() {
    let mut visit = visit(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::Policies, Touch::Policy(0)]);
    let mut newer = Pack::clone(&pack());
    newer.version = "newer".to_owned();
    visit.session.pack = Arc::new(newer);
    let Flow::Policies(Policies::One(policy)) = visit.top() else { panic!("{visit:?}") };
    assert!(visit.session().policy(policy).is_none());
    assert_eq!(touch(&mut visit, &[Touch::PrintGuide, Touch::Item(0)]), []);
    assert_eq!(visit.page(), Page::Policy);
}

/// A pack may offer looking around as an item, too: it leads to the same lists.
#[test]
fn an_item_that_is_looked_at_leads_to_its_list() {
    use crate::domain::pack::{Browsed, ItemKind};
    for (of, page) in [(Browsed::Policies, Page::Policies), (Browsed::Outlets, Page::NearOutlets)] {
        let mut pack = Pack::clone(&pack());
        pack.items[0].kind = ItemKind::Browse { of };
        let mut visit = Visit::new(Arc::new(pack), config::Visit::default());
        visit.handle(Event::Surroundings(Surroundings::default()));
        touch(&mut visit, &[Touch::Start, Touch::Item(0), Touch::Begin]);
        assert_eq!(visit.page(), page);
        touch(&mut visit, &[Touch::Back]);
        assert_eq!(visit.page(), Page::Item);
    }
}
