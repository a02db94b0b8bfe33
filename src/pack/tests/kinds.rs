//! Each kind of handling in a pack that has nothing to be said against.

use super::*;
use crate::domain::item::Browsed;
use crate::domain::request::Requested;

const INSTANT: &str = "kind = { type = \"instant\", limit_min = 30 }";
const QUERY_KIND: &str = "kind = { type = \"query\" }";

fn kind_of(file: &str, from: &str, to: &str, id: &str) -> ItemKind {
    let folder = copy();
    change(folder.path(), file, from, to);
    let pack = load(folder.path()).unwrap_or_else(|errors| panic!("{to}: {errors}"));
    pack.item(id).expect("an item").kind
}

#[test]
fn p10_every_kind_of_handling_is_data() {
    for (of, browsed) in [
        ("policies", Browsed::Policies),
        ("outlets", Browsed::Outlets),
        ("vacancies", Browsed::Vacancies),
        ("items", Browsed::Items),
    ] {
        let kind = format!("kind = {{ type = \"browse\", of = \"{of}\" }}");
        let kind = kind_of(QUERY, QUERY_KIND, &kind, "participation_query");
        assert_eq!(kind, ItemKind::Browse { of: browsed });
    }
    for (of, requested) in [
        ("appointment", Requested::Appointment),
        ("door_to_door", Requested::DoorToDoor),
        ("agency", Requested::Agency),
        ("call_back", Requested::CallBack),
    ] {
        let kind = format!("kind = {{ type = \"request\", of = \"{of}\" }}\npromise = \"1wd\"");
        let kind = kind_of(UNEMPLOYMENT, INSTANT, &kind, "unemployment_registration");
        assert_eq!(kind, ItemKind::Request { of: requested });
    }
    let entitled =
        "kind = { type = \"no_application\" }\npays_money = true\ncommitments = [\"credit\"]";
    let kind = kind_of(QUERY, QUERY_KIND, entitled, "participation_query");
    assert_eq!(kind, ItemKind::NoApplication);
}

#[test]
fn who_can_hardly_get_about_says_yes_or_no() {
    let folder = copy();
    let kind = "kind = { type = \"request\", of = \"door_to_door\" }";
    change(folder.path(), UNEMPLOYMENT, INSTANT, kind);
    change(folder.path(), UNEMPLOYMENT, "id = \"service\"", "id = \"immobile\"");
    let named = faults(folder.path());
    let of_question = |named: &[String]| named.iter().any(|f| f.contains("questions[2].answer"));
    assert!(of_question(&named), "{named:#?}");
    change(folder.path(), UNEMPLOYMENT, "code = \"job_placement\"", "code = \"yes\"");
    let named = faults(folder.path());
    assert!(!of_question(&named), "{named:#?}");
}

#[test]
fn priority_by_age_is_data() {
    let folder = copy();
    change(folder.path(), PACK, "level = ", "priority = { age = 65 }\nlevel = ");
    let pack = load(folder.path()).expect("a pack");
    assert_eq!(pack.priority.map(|priority| priority.age), Some(65));
}
