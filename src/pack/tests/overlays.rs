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
