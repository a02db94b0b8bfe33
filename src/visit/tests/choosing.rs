//! Finding one of many items: by what most people come for, by area, by letters or its number.

use super::*;
use crate::visit::flows::{AreaItems, HomePart, Search};

fn area(visit: &Visit) -> &AreaItems {
    match visit.top() {
        Flow::AreaItems(list) => list,
        other => panic!("{other:?}"),
    }
}

fn search(visit: &Visit) -> &Search {
    match visit.top() {
        Flow::Search(search) => search,
        other => panic!("{other:?}"),
    }
}

fn type_keys(visit: &mut Visit, keys: &str) {
    for key in keys.chars() {
        let digit = key.to_digit(10).map(|digit| Touch::Digit(digit as u8));
        touch(visit, &[digit.unwrap_or(Touch::Letter(key))]);
    }
}

/// The name of the item whose page stands.
fn item_name(visit: &Visit) -> String {
    let Flow::Browse(Browse::Item(item)) = visit.top() else { panic!("{:?}", visit.top()) };
    visit.session().item(item).unwrap().name.zh.clone()
}

#[test]
fn an_area_is_gone_through_page_by_page_and_keeps_its_place() {
    let mut visit = of_many(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::Area(AREA)]);
    let pages = area(&visit).pages(visit.session());
    let items = visit.session().pack().of_area(AREA).count();
    assert_eq!((pages, area(&visit).turn(visit.session())), (items.div_ceil(8), 0));
    touch(&mut visit, &[Touch::Turn(2)]);
    assert_eq!(area(&visit).turn(visit.session()), 2);
    touch(&mut visit, &[Touch::Turn(pages), Touch::Turn(usize::MAX)]);
    assert_eq!(area(&visit).turn(visit.session()), 2, "there is no such page");
    // An item, its fields, and back.
    let place = visit.session().pack().of_area(AREA).nth(17).unwrap().0;
    touch(&mut visit, &[Touch::Item(place), Touch::PublicFields, Touch::Back, Touch::Back]);
    assert_eq!(area(&visit).turn(visit.session()), 2);
    // Larger type has more pages, and the same item first.
    touch(&mut visit, &[Touch::ToggleAssisted]);
    assert_eq!(area(&visit).turn(visit.session()), 4);
    assert_eq!(area(&visit).pages(visit.session()), items.div_ceil(4));
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(visit.page(), Page::Home);
}

#[test]
fn a_search_takes_letters_and_digits_and_gives_them_back() {
    let mut visit = of_many(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::Search]);
    type_keys(&mut visit, "SYx失.DJ-*\u{200b}");
    touch(&mut visit, &[Touch::Digit(10)]);
    assert_eq!(search(&visit).typed(), "SYDJ");
    let found = search(&visit).found(Lang::Zh);
    let names = |places: &[usize]| -> Vec<String> {
        let items = &visit.session().pack().items;
        places.iter().map(|place| items[*place].name.zh.clone()).collect()
    };
    assert_eq!(names(&found), ["失业登记", "就业失业登记证明打印"]);
    let first = found[0];
    touch(&mut visit, &[Touch::Item(first)]);
    assert_eq!(item_name(&visit), "失业登记");
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(search(&visit).typed(), "SYDJ", "what was typed stands there still");
    touch(&mut visit, &[Touch::Erase]);
    assert_eq!(search(&visit).typed(), "SYD");
    touch(&mut visit, &[Touch::Clear, Touch::Erase]);
    assert_eq!(search(&visit).typed(), "");
    assert!(search(&visit).found(Lang::Zh).is_empty());
    type_keys(&mut visit, &"A".repeat(50));
    assert_eq!(search(&visit).typed().len(), flows::MOST_KEYS);
}

#[test]
fn p4_what_was_typed_is_gone_with_who_typed_it() {
    let mut visit = of_many(ALL_WELL);
    touch(&mut visit, &[Touch::Start, Touch::Search]);
    type_keys(&mut visit, "SYDJ");
    assert!(!format!("{visit:?}").contains("SYDJ"));
    let effects = touch(&mut visit, &[Touch::Leave]);
    assert!(effects.contains(&Effect::Wipe));
    touch(&mut visit, &[Touch::Start, Touch::Search]);
    assert_eq!(search(&visit).typed(), "");
}

#[test]
fn the_parts_of_the_choice_are_kept_while_something_of_them_is_looked_at() {
    let mut visit = of_many(ALL_WELL);
    touch(&mut visit, &[Touch::StartAssisted, Touch::Turn(1)]);
    touch(&mut visit, &[Touch::Turn(7), Touch::Area(AREA), Touch::Back]);
    assert_eq!(*visit.top(), Flow::Browse(Browse::Home(HomePart::Areas)));
    touch(&mut visit, &[Touch::Area(AREA), Touch::Home]);
    assert_eq!(*visit.top(), Flow::Browse(Browse::home()), "home is its beginning");
}

/// From home: its area, its page, itself; the eight public fields stand on its page.
#[test]
fn any_item_is_three_touches_away() {
    let start = {
        let mut visit = of_many(ALL_WELL);
        touch(&mut visit, &[Touch::Start]);
        visit
    };
    let pack = start.session().pack().clone();
    for of in Area::ALL {
        for (at, (place, item)) in pack.of_area(of).enumerate() {
            let mut visit = start.clone();
            touch(&mut visit, &[Touch::Area(of), Touch::Turn(at / 8), Touch::Item(place)]);
            assert_eq!(item_name(&visit), item.name.zh);
        }
    }
}

/// What is recorded today can be replayed by whatever comes later.
#[test]
fn touches_are_written_by_their_names() {
    for (touch, written) in [
        (Touch::Area(Area::LabourRelations), r#"{"Area":"labour_relations"}"#),
        (Touch::Search, r#""Search""#),
        (Touch::Letter('S'), r#"{"Letter":"S"}"#),
        (Touch::Turn(2), r#"{"Turn":2}"#),
        (Touch::Item(3), r#"{"Item":3}"#),
    ] {
        assert_eq!(serde_json::to_string(&touch).unwrap(), written);
        assert_eq!(serde_json::from_str::<Touch>(written).unwrap(), touch);
    }
}

#[test]
fn the_form_filled_in_is_looked_at_and_left_again() {
    let mut visit = visit(Surroundings::default());
    to_item(&mut visit, INSTANT);
    touch(&mut visit, &[Touch::SampleForm, Touch::SampleForm]);
    assert_eq!(visit.page(), Page::SampleForm);
    touch(&mut visit, &[Touch::Back]);
    assert_eq!(visit.page(), Page::Item);
    // A query asks nothing.
    touch(&mut visit, &[Touch::Back]);
    touch(&mut visit, &[Touch::Item(place(QUERY)), Touch::SampleForm]);
    assert_eq!(visit.page(), Page::Item);
}
