//! Packs that stand on others.

use super::*;

/// A folder with the sample pack as `base` and a pack beside it that extends it.
fn above(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["base", "town"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    packs::copy_sample(&folder.path().join("base"));
    std::fs::write(folder.path().join("town/pack.toml"), text).unwrap();
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let file = folder.join("town").join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

const TOWN: &str = "extends = \"../base\"\nversion = \"town-1\"\nlevel = \"town\"\n";

#[test]
fn p10_a_pack_says_only_what_differs_from_the_one_it_extends() {
    let folder = above(&format!("{TOWN}offers = [\"participation_query\", \"counter\"]\n"));
    let town = folder.path().join("town");
    write(
        folder.path(),
        QUERY,
        "summary = { zh = \"查本人参保情况。\", en = \"Your record.\" }\n\
         public.fee = { zh = \"免费\", en = \"Free\" }\n",
    );
    let counter = std::fs::read_to_string(folder.path().join("base").join(UNEMPLOYMENT)).unwrap();
    let counter = counter.replace("\"unemployment_registration\"", "\"counter\"");
    write(folder.path(), "items/25-counter.toml", &counter);
    let pack = load(&town).unwrap();
    let base = load(&folder.path().join("base")).unwrap();
    assert_eq!(
        (pack.version.as_str(), pack.level),
        ("town-1", crate::domain::listing::Level::Town)
    );
    assert_eq!(pack.bureau, base.bureau);
    assert!(base.signer.is_some() && pack.signer.is_none(), "who answers for one for no other");
    assert_eq!(pack.evaluation, base.evaluation);
    assert_eq!(pack.calendar, base.calendar);
    let ids: Vec<&str> = pack.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["participation_query", "counter"]);
    let (own, theirs) = (&pack.items[0], &base.items[0]);
    assert_eq!(own.public.fee.zh, "免费");
    assert_eq!((&own.public.basis, &own.guide), (&theirs.public.basis, &theirs.guide));
}

#[test]
fn p10_an_overlay_changes_how_an_item_is_handled() {
    let query = "kind = { type = \"query\" }";
    let (promised, instant) = (
        "kind = { type = \"promised\" }\npromise = \"5wd\"",
        "kind = { type = \"instant\", limit_min = 30 }\n",
    );
    let handed_on = "kind = { type = \"handoff\" }\nself_service = \"guide\"\n\
                     handoff.to = { zh = \"税务局\", en = \"Tax\" }\n";
    let done_here = "kind = { type = \"query\" }\nself_service = \"full\"\n";
    for (beneath, over) in [
        (promised, instant),
        (handed_on, done_here),
        (
            "kind = { type = \"promised\" }\npromise = \"5wd\"\nspeedup = true\nlegal = \"10wd\"",
            handed_on,
        ),
    ] {
        let folder = above(TOWN);
        change(&folder.path().join("base"), QUERY, query, beneath);
        write(folder.path(), QUERY, over);
        assert_eq!(faults(&folder.path().join("town")), [""; 0], "{over}");
    }
    // What is said anew holds.
    let folder = above(TOWN);
    change(&folder.path().join("base"), QUERY, query, promised);
    write(folder.path(), QUERY, &format!("{instant}promise = \"5wd\"\n"));
    assert_eq!(faults(&folder.path().join("town")).len(), 1);
}

#[test]
fn a_fault_is_named_in_the_file_that_says_it() {
    let folder = above(&format!("{TOWN}region = \"1\"\n"));
    let town = folder.path().join("town");
    write(folder.path(), QUERY, "public.fee = { zh = \"免费\" }\n");
    let base = folder.path().join("base");
    change(&base, UNEMPLOYMENT, "min = 16", "min = 99");
    std::fs::write(base.join("items/40-broken.toml"), "id = \n").unwrap();
    let named = faults(&town);
    assert_eq!(named.len(), 4, "{named:#?}");
    named_all(
        &named,
        &[
            "items/10-participation-query.toml:1:14: public.fee.en: is missing",
            "pack.toml:4:10: region: \"1\": six digits",
            "../base/items/20-unemployment-registration.toml:",
            "../base/items/40-broken.toml:1:",
        ],
    );
}

#[test]
fn p8_packs_that_extend_each_other_end() {
    let folder = above(TOWN);
    let base = folder.path().join("base");
    change(&base, PACK, "level = \"city\"", "level = \"city\"\nextends = \"../town\"");
    let named = faults(&folder.path().join("town"));
    assert_eq!(named.len(), 1, "{named:#?}");
    assert!(
        named[0].starts_with("../base/pack.toml:") && named[0].contains("extends this pack itself")
    );
    // The same number for two items, one above and one beneath.
    let folder = above(TOWN);
    let query = std::fs::read_to_string(folder.path().join("base").join(QUERY)).unwrap();
    write(folder.path(), "items/10-other.toml", &query.replace("participation_query", "other"));
    let named = faults(&folder.path().join("town"));
    assert!(
        named.len() == 1 && named[0].contains("has the number 10 of items/10-other.toml"),
        "{named:#?}"
    );
}

#[test]
fn a_signature_covers_the_packs_beneath() {
    let keys = tempfile::tempdir().unwrap();
    let folder = above(TOWN);
    let town = folder.path().join("town");
    let ours = sign(&town, &packs::private_key(keys.path(), 1)).unwrap();
    assert_eq!(check(&town, None, &[ours]).signer, Some(ours));
    assert!(load_by_parts(&town, &[ours], |_| ()).is_ok());
    change(&folder.path().join("base"), QUERY, "不收费", "免费");
    assert!(load_by_parts(&town, &[ours], |_| ()).is_err());
}

#[test]
fn p5_whom_to_call_stands_in_the_pack_beneath() {
    let folder = above(&format!("{TOWN}region = 1\n"));
    let contacts = contacts(&folder.path().join("town"));
    assert_eq!(contacts.hotline.as_deref(), Some("12333"));
    assert!(contacts.outlet.is_some());
}

#[test]
fn a_pack_made_one_says_the_same_by_itself() {
    let folder = above(&format!("{TOWN}offers = [\"participation_query\"]\n"));
    write(folder.path(), QUERY, "public.fee = { zh = \"免费\", en = \"Free\" }\n");
    let town = folder.path().join("town");
    let one = folder.path().join("one");
    assert_eq!(flatten(&town, &one).unwrap(), 11);
    let mut expected = load(&town).unwrap();
    expected.extends = None;
    assert_eq!(load(&one).unwrap(), expected);
    std::fs::remove_dir_all(folder.path().join("base")).unwrap();
    assert!(load(&one).is_ok());
    // Never over what is there, and nothing of a pack with a fault.
    assert!(matches!(flatten(&one, &one), Err(FlattenError::There(_))));
    let none = folder.path().join("none");
    assert!(matches!(flatten(&town, &none), Err(FlattenError::Pack(_))));
    assert!(!none.exists());
}

/// A policy of the name, as its base has one.
fn policy_called(folder: &Path, id: &str) -> String {
    let text = std::fs::read_to_string(folder.join("base").join(first_policy(folder))).unwrap();
    let own = text.lines().find(|line| line.starts_with("id = ")).unwrap().to_owned();
    text.replace(&own, &format!("id = \"{id}\""))
}

fn first_policy(folder: &Path) -> String {
    let files = std::fs::read_dir(folder.join("base/policies")).unwrap();
    let name = files.map(|file| file.unwrap().file_name().into_string().unwrap()).min().unwrap();
    format!("policies/{name}")
}

#[test]
fn p10_a_pack_takes_away_what_the_packs_beneath_have() {
    let folder = above(TOWN);
    let town = folder.path().join("town");
    let base = load(&folder.path().join("base")).unwrap();
    let ids = |pack: &Pack| pack.policies.iter().map(|p| p.id.clone()).collect::<Vec<_>>();
    let [first, rest @ ..] = &ids(&base)[..] else { panic!("the sample has policies") };
    assert!(!rest.is_empty());
    let without = |policies: &str| format!("{TOWN}[without]\npolicies = [{policies}]\n");
    write(folder.path(), "pack.toml", &without(&format!("\"{first}\"")));
    assert_eq!(ids(&load(&town).unwrap()), rest);
    // Written again under another number it comes in another order.
    write(folder.path(), "policies/990-again.toml", &policy_called(folder.path(), first));
    let again = load(&town).unwrap();
    assert_eq!(ids(&again), [rest, std::slice::from_ref(first)].concat());
    // What is sent to a kiosk has neither what was taken away nor that it was.
    let one = folder.path().join("one");
    flatten(&town, &one).unwrap();
    assert!(!one.join(first_policy(folder.path())).exists());
    let flat = load(&one).unwrap();
    let expected = Pack { extends: None, without: Default::default(), ..again };
    assert_eq!(flat, expected);
    // Not taken away, it stands twice.
    write(folder.path(), "pack.toml", TOWN);
    let named = faults(&town);
    assert!(named.len() == 1 && named[0].contains("is also that of"), "{named:#?}");
}

#[test]
fn a_pack_takes_nothing_away_that_nobody_has() {
    let folder =
        above(&format!("{TOWN}[without]\npolicies = [\"own\"]\npackages = [\"nobody\"]\n"));
    // Its own it has only to leave out.
    write(folder.path(), "policies/990-own.toml", &policy_called(folder.path(), "own"));
    let named = faults(&folder.path().join("town"));
    assert_eq!(named.len(), 2, "{named:#?}");
    named_all(
        &named,
        &[
            "pack.toml:5:13: without.policies[1]: no pack beneath has \"own\"",
            "pack.toml:6:13: without.packages[1]: no pack beneath has \"nobody\"",
        ],
    );
}

#[test]
fn what_is_taken_away_in_the_middle_stays_away_and_what_the_middle_writes_stays() {
    let folder = above(TOWN);
    let first = load(&folder.path().join("base")).unwrap().policies[0].id.clone();
    write(folder.path(), "pack.toml", &format!("{TOWN}[without]\npolicies = [\"{first}\"]\n"));
    write(folder.path(), "policies/990-again.toml", &policy_called(folder.path(), &first));
    let village = folder.path().join("village");
    std::fs::create_dir(&village).unwrap();
    let text = "extends = \"../town\"\nversion = \"village-1\"\nlevel = \"village\"\n";
    std::fs::write(village.join("pack.toml"), text).unwrap();
    let pack = load(&village).unwrap();
    assert_eq!(pack.policies.iter().filter(|policy| policy.id == first).count(), 1);
    assert_eq!(pack.policies.last().unwrap().id, first);
    // The one on top takes that away, too.
    let text = format!("{text}[without]\npolicies = [\"{first}\"]\n");
    std::fs::write(village.join("pack.toml"), text).unwrap();
    let pack = load(&village).unwrap();
    assert!(pack.policies.iter().all(|policy| policy.id != first));
}

/// Every pack that is shipped, by its numbers (`domain.md` §1).
#[test]
fn p10_the_shipped_packs_are_flawless_and_as_large_as_the_programme_says() {
    use crate::domain::package::Scenario;
    let shipped = sample().parent().unwrap().to_owned();
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(&shipped).unwrap() {
        let folder = entry.unwrap().path();
        let checked = check(&folder, Some(date(2026, 11, 27)), &[]);
        assert!(checked.warnings.is_empty(), "{:#?}", checked.warnings);
        let pack = checked.pack.unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!((pack.standing, pack.region.as_str()), (Standing::Sample, "000000"));
        assert!(pack.items.iter().all(|item| item.standing == Standing::Sample));
        assert!(pack.outlets.iter().all(|outlet| outlet.phone.starts_with("0000-")));
        for package in &pack.packages {
            let eight = package.scenario != Scenario::Unemployment || package.items.len() == 8;
            assert!(eight, "{}", package.id);
        }
        let speedups = pack.items.iter().filter(|item| item.speedup).count();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        seen.push((name, pack.items.len(), pack.packages.len(), speedups));
    }
    seen.sort();
    let of = |name: &str| {
        let (_, items, packages, speedups) = seen.iter().find(|seen| seen.0 == name).unwrap();
        (*items, *packages, *speedups)
    };
    assert!(of("national").0 >= 60 && of("national").1 == 10, "{seen:?}");
    assert_eq!(of("qingdao").1, 10);
    assert_eq!((of("dachuan").1, of("dachuan").2), (12, 20));
    assert_eq!(of("jiyuan-town").0, 34);
    assert_eq!(of("jiyuan-village").0, 12);
    assert_eq!(seen.len(), 7, "{seen:?}");
}
