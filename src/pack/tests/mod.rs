//! Packs spoiled in every way, and what is said about each.

mod catalogue;
mod kinds;
mod overlays;
mod random;

use std::path::{Path, PathBuf};

use jiff::civil::date;
use proptest::prelude::*;

use super::finding::Findings;
use super::schema::Schema;
use super::*;
use crate::domain::pack::{AnswerKind, ItemKind, PhoneWay, Standing};
use crate::testkit::packs;

const PACK: &str = "pack.toml";
const QUERY: &str = "items/10-participation-query.toml";
const UNEMPLOYMENT: &str = "items/20-unemployment-registration.toml";

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("kiosk-image/site-packs/sample")
}

/// A copy of the sample pack to be spoiled.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    packs::copy_sample(folder.path());
    folder
}

fn faults(folder: &Path) -> Vec<String> {
    match load(folder) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.faults.iter().map(PackFault::to_string).collect(),
    }
}

fn change(folder: &Path, file: &str, from: &str, to: &str) -> Place {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).expect("a file of the pack");
    let at = text.find(from).unwrap_or_else(|| panic!("{file} has no {from}"));
    std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
    Place::of(&text, at)
}

/// Replaces the first `from` of a file and returns the faults and the place of the change.
fn spoil(file: &str, from: &str, to: &str) -> (Vec<String>, Place) {
    let folder = copy();
    let place = change(folder.path(), file, from, to);
    (faults(folder.path()), place)
}

/// The place that a fault names.
fn place_of(fault: &str) -> Option<Place> {
    let mut parts = fault.split(": ").next()?.rsplit(':');
    let column = parts.next()?.parse().ok()?;
    Some(Place { line: parts.next()?.parse().ok()?, column })
}

/// Each of these is told.
fn named_all(named: &[String], problems: &[&str]) {
    for problem in problems {
        assert!(named.iter().any(|fault| fault.contains(problem)), "{problem}: {named:#?}");
    }
}

#[test]
fn p10_the_sample_pack_is_flawless() {
    let checked = check(&sample(), Some(date(2026, 11, 26)), &[]);
    assert!(checked.pack.is_ok() && checked.warnings.is_empty(), "{checked:?}");
    let pack = checked.pack.expect("a pack without a fault");
    let ids: Vec<_> = pack.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["participation_query", "unemployment_registration", "flexible_employment"]);
    assert_eq!(pack.item("participation_query").expect("an item").kind, ItemKind::Query);
    assert_eq!(pack.evaluation.tags.len(), 40);
    assert_eq!(pack.notices.len(), 2);
    assert_eq!(pack.staffed(pack.as_of).count(), 5);
    assert!(!pack.hotline.hours.is_always());
    let item = pack.item("unemployment_registration").expect("an item");
    assert_eq!(item.kind, ItemKind::Instant { limit_min: 30 });
    assert_eq!(item.questions.len(), 3);
    let AnswerKind::Phone { ways } = &item.questions[2].answer else { panic!("a phone") };
    let ways: Vec<_> = ways.iter().map(|option| option.way).collect();
    assert_eq!(ways, [PhoneWay::Mobile, PhoneWay::Landline, PhoneWay::Relative, PhoneWay::None]);
}

#[test]
fn p1_everything_in_the_sample_pack_is_a_sample() {
    let pack = load(&sample()).expect("a pack");
    assert_eq!(pack.standing, Standing::Sample);
    assert_eq!(pack.region, "000000");
    assert!(pack.items.iter().all(|item| item.standing == Standing::Sample));
    assert!(pack.outlets.iter().all(|outlet| outlet.name.zh.contains("样例")));
}

#[test]
fn guides_of_the_sample_fit_a_slip() {
    let columns =
        |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    for item in load(&sample()).expect("a pack").items {
        assert!(item.summary.zh.chars().count() <= 40);
        for line in item.guide.sections.iter().flat_map(|section| &section.lines) {
            assert!(columns(&line.zh) <= 48, "{}", line.zh);
            // English wraps at words; two lines at most.
            assert!(columns(&line.en) <= 90, "{}", line.en);
        }
    }
}

#[test]
fn p10_each_fault_is_named_with_its_place_and_remedy() {
    for (file, from, to, problem) in [
        (PACK, "\"2026.11-sample\"", "\"\"", "version: \"\": 1 to 40"),
        (PACK, "\"sample\"", "\"real\"", "one of \"sample\", \"official\""),
        (PACK, "\"sample\"", "\"offical\"", "did you mean \"official\"?"),
        (PACK, "\"2026-11-01\"", "\"2026-02-30\"", "as_of: a day of the calendar"),
        (PACK, "\"2026-11-01\"", "9999-12-31", "as_of: 9999-12-31 cannot be"),
        (PACK, "\"2026-11-01\"", "true", "as_of: text in quotation marks is needed"),
        (PACK, "\"000000\"", "\"5117\"", "region: \"5117\": six digits"),
        (PACK, "\"000000\"", "511703", "text in quotation marks is needed, this is a whole number"),
        (PACK, "\"12333\"", "\"call us\"", "hotline.number: \"call us\": 5 to 15"),
        (PACK, "supervision_phone", "supervison_phone", "did you mean \"supervision_phone\"?"),
        (
            PACK,
            "\"https://hrss.example/case/{query_token}\"",
            "\"https://x/{case_number}\"",
            "query_url: \"https://x/{case_number}\": a web address",
        ),
        (
            PACK,
            "\"https://hrss.example/case/{query_token}\"",
            "\"http://x/{query_token}\"",
            "begins with https://",
        ),
        (PACK, "\"0000-12345600\"", "\"1\"", "outlets[1].phone: \"1\": 5 to 15"),
        (PACK, "\"17:00\"", "\"17.00\"", "hours.open[2].to: \"17.00\": a time like 09:00"),
        (PACK, "\"17:00\"", "\"13:00\"", "13:00 is not after 13:30"),
        (
            PACK,
            "{ days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"], from = \"13:30\"",
            "{ days = [\"fri\"], from = \"11:30\"",
            "overlaps with a span before it",
        ),
        (PACK, "\"mon\"", "\"monday\"", "did you mean \"mon\"?"),
        (PACK, "\"2026-11-02\"", "\"soon\"", "notices[1].date: a day"),
        (PACK, "510", "410", "410 does not belong to this level"),
        (PACK, "511", "510", "510 stands twice"),
        (PACK, "512", "99", "evaluation.tags[3].code: must be 100 to 599"),
        (PACK, "\"satisfied\"", "\"good\"", "level: must be one of"),
        (QUERY, "\"participation_query\"", "\"Query 1\"", "id: \"Query 1\": at most 40"),
        (QUERY, "\"social_insurance\"", "\"tax\"", "area: must be one of"),
        (QUERY, "limit_min", "limit_min", "kind.limit_min: unknown"),
        (QUERY, "\"不收费\"", "\" \"", "public.fee.zh: \" \": a text in Chinese of 1 to 200"),
        (QUERY, "{ zh = \"12333\"", "{ zh = \"热线\"", "public.service_phone: has no telephone"),
        (
            QUERY,
            "en = \"Steps\"",
            "em = \"Steps\"",
            "guide.sections[2].title.em: unknown; did you mean \"en\"?",
        ),
        (
            QUERY,
            "{ zh = \"查询本人各",
            "{ zh = \"很长很长很长很长很长很长很长很长很长很长很长很长很长很长查询本人各",
            "summary.zh: has 51 characters; 40 are allowed",
        ),
        (UNEMPLOYMENT, "30 }", "31 }", "kind.limit_min: must be 1 to 30: an instant item"),
        (UNEMPLOYMENT, "30 }", "99999999999999999999 }", "kind.limit_min: must be 1 to 30"),
        (UNEMPLOYMENT, "30 }", "-99999999999999999999 }", "kind.limit_min: must be 1 to 30"),
        (UNEMPLOYMENT, "30 }", "\"30\" }", "a whole number is needed, this is text"),
        (UNEMPLOYMENT, "\"service\"", "\"reason\"", "questions[2].id: \"reason\" stands twice"),
        (UNEMPLOYMENT, "\"service\"", "\"phone_way\"", "the way of \"phone\" is sent"),
        (UNEMPLOYMENT, "\"resigned\"", "\"dismissed\"", "\"dismissed\" stands twice"),
        (
            UNEMPLOYMENT,
            "\"choice\"",
            "\"essay\"",
            "answer.type: must be one of \"choice\", \"several\", \"yes_no\", \"date\"",
        ),
        (
            UNEMPLOYMENT,
            "\"landline\"\ncode",
            "\"mobile\"\ncode",
            "answer.ways[2].way: stands twice",
        ),
        (
            UNEMPLOYMENT,
            "\"landline\"\ncode",
            "\"pigeon\"\ncode",
            "answer.ways[2].way: must be one of",
        ),
        (UNEMPLOYMENT, "16\nmax", "66\nmax", "66 is more than max, 65"),
        (UNEMPLOYMENT, "65\nreason", "165\nreason", "eligibility.age.max: must be 0 to 120"),
    ] {
        let (named, place) = if from == "limit_min" {
            spoil(file, "kind = { type = \"query\" }", "kind = { type = \"query\", limit_min = 5 }")
        } else {
            spoil(file, from, to)
        };
        let fault = named.iter().find(|fault| fault.contains(problem));
        let fault = fault.unwrap_or_else(|| panic!("{from}: no {problem:?} in {named:#?}"));
        let found = place_of(fault).unwrap_or_else(|| panic!("{fault} has no place"));
        assert!(fault.starts_with(file), "{fault}");
        assert_eq!(found.line, place.line, "{fault}");
        // What replaces a value stands where the value stood.
        if from.starts_with('"') && !from.ends_with("code") && !from.contains(", ") {
            assert_eq!(found.column, place.column, "{fault}");
        }
    }
}

#[test]
fn the_day_from_which_a_pack_holds_may_lie_ahead_but_not_for_years() {
    let faults = |day: &str| {
        let folder = copy();
        change(folder.path(), PACK, "as_of = ", &format!("effective_from = {day}\nas_of = "));
        let checked = check(folder.path(), Some(date(2026, 11, 26)), &[]);
        checked.pack.map_err(|errors| errors.faults[0].to_string())
    };
    let pack = faults("\"2027-01-01\"").expect("a day ahead");
    assert_eq!(
        (pack.effective_from, pack.in_force_from()),
        (Some(date(2027, 1, 1)), date(2027, 1, 1))
    );
    assert_eq!(load(&sample()).expect("a pack").in_force_from(), date(2026, 11, 1));
    for (day, problem) in [
        ("\"2028-01-01\"", "effective_from: 2028-01-01 is more than a year away"),
        ("\"1926-01-01\"", "effective_from: 1926-01-01 cannot be"),
        ("\"soon\"", "effective_from: a day of the calendar"),
    ] {
        let fault = faults(day).expect_err(day);
        assert!(fault.starts_with("pack.toml:") && fault.contains(problem), "{fault}");
    }
}

#[test]
fn p10_a_missing_field_is_named_at_its_table() {
    let (named, place) = spoil(QUERY, "basis = ", "[public.other]\nbasis = ");
    assert!(named.iter().any(|f| f.contains("public.basis: is missing; add it")), "{named:#?}");
    let unknown = format!("{QUERY}:{}:9: public.other: unknown", place.line);
    assert!(named.iter().any(|f| f.starts_with(&unknown)), "{named:#?}");
}

#[test]
fn p10_one_run_names_every_fault() {
    let folder = copy();
    let change = |file: &str, from: &str, to: &str| {
        super::tests::change(folder.path(), file, from, to);
    };
    change(PACK, "region = \"000000\"", "region = \"\"");
    change(PACK, "number = \"12333\"", "number = \"\"");
    change(PACK, "staffed = true", "stafed = true");
    change(QUERY, "area = \"social_insurance\"", "area = \"\"");
    change(QUERY, "en = \"Free of charge\"", "en = \"\"");
    change(UNEMPLOYMENT, "limit_min = 30", "limit_min = 300");
    let named = faults(folder.path());
    // An unknown name is one fault, the known one that is missing for it another.
    assert_eq!(named.len(), 7, "{named:#?}");
    let errors = load(folder.path()).expect_err("seven faults").to_string();
    assert!(errors.contains("7 faults") && errors.contains("pack.toml:11:10: "), "{errors}");
}

#[test]
fn p10_a_text_too_long_or_a_name_unknown_hides_no_other_fault() {
    let folder = copy();
    for (file, from, to) in [
        (PACK, "[evaluation]", "[evaluation]\nverson = 1"),
        (PACK, "number = \"12333\"", "number = \"?\""),
        (PACK, "\"17:00\"", "\"13:00\""),
        (UNEMPLOYMENT, "limit_min = 30", "limit_min = 31"),
        (UNEMPLOYMENT, "\"service\"", "\"reason\""),
    ] {
        change(folder.path(), file, from, to);
    }
    let named = faults(folder.path());
    named_all(
        &named,
        &[
            "evaluation.verson: unknown",
            "hotline.number: \"?\"",
            "13:00 is not after 13:30",
            "kind.limit_min: must be 1 to 30",
            "questions[2].id: \"reason\" stands twice",
        ],
    );
}

#[test]
fn p10_faults_between_files_are_found() {
    let folder = copy();
    let items = folder.path().join("items");
    let text = std::fs::read_to_string(folder.path().join(QUERY)).expect("a file");
    let spoiled = text.replace("area = \"social_insurance\"", "area = \"\"");
    for (name, contents) in [
        ("40-again.toml", spoiled.as_bytes()),
        ("20-same-number.toml", text.as_bytes()),
        ("fourth.toml", text.as_bytes()),
        ("50-large.toml", &vec![b'#'; 300_000]),
        ("60-bytes.toml", b"# one\n# \xFF\n"),
        ("61-utf16.toml", b"\xFF\xFEi\0d\0"),
        ("80-broken.toml", b"id = \"x\"\nname = {\n"),
        ("81-chinese.toml", "id = “x”\n".as_bytes()),
    ] {
        std::fs::write(items.join(name), contents).expect("written");
    }
    std::fs::create_dir(items.join("70-folder.toml")).expect("a folder");
    let named = faults(folder.path());
    named_all(
        &named,
        &[
            "items/40-again.toml:1:6: id: \"participation_query\" is also that of items/10-",
            "the number 20",
            "items/fourth.toml: is no item",
            "items/50-large.toml: is larger than 256 KiB",
            "items/60-bytes.toml:2:3: is not UTF-8",
            "items/61-utf16.toml: is UTF-16",
            "items/70-folder.toml: is not a file",
            "items/80-broken.toml:2:",
            "items/81-chinese.toml:1:6: not valid TOML",
            "signs of the Chinese keyboard",
        ],
    );
    let broken = named.iter().filter(|fault| fault.contains("80-broken")).count();
    assert_eq!(broken, 1, "{named:#?}");
}

#[test]
fn what_editors_and_desktops_leave_behind_stops_nobody() {
    let folder = copy();
    let leftovers = [
        ".DS_Store",
        "._10-participation-query.toml",
        ".hidden.toml",
        "Thumbs.db",
        "desktop.ini",
        "10-participation-query.toml~",
        ".10-participation-query.toml.swp",
        "#10-participation-query.toml#",
        "10-participation-query.toml.bak",
    ];
    for name in leftovers {
        std::fs::write(folder.path().join("items").join(name), b"\0\xFF").expect("written");
        std::fs::write(folder.path().join(name), b"\0\xFF").expect("written");
    }
    let checked = check(folder.path(), None, &[]);
    assert!(checked.pack.is_ok() && checked.warnings.is_empty(), "{checked:?}");
    assert_eq!(checked.pack.expect("a pack").items.len(), 3);
    // What nobody knows is told by the check, and stops no kiosk either.
    std::fs::write(folder.path().join("items/notes.txt"), "").expect("written");
    std::fs::write(folder.path().join("README.md"), "").expect("written");
    let checked = check(folder.path(), None, &[]);
    assert!(checked.pack.is_ok());
    let warned: Vec<_> = checked.warnings.iter().map(PackFault::to_string).collect();
    assert_eq!(warned.len(), 2, "{warned:?}");
    assert!(warned[1].starts_with("items/notes.txt: is no part of a pack"), "{warned:?}");
}

#[test]
fn a_byte_order_mark_at_the_beginning_is_nothing() {
    let folder = copy();
    for file in [PACK, QUERY] {
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).expect("a file");
        std::fs::write(path, format!("\u{feff}{text}")).expect("written");
    }
    assert_eq!(faults(folder.path()), Vec::<String>::new());
}

#[test]
fn invisible_characters_are_named_with_their_place() {
    for (from, to, problem) in [
        ("id = ", "id\u{200b} = ", ":1:3: a zero-width space (U+200B)"),
        ("\"participation", "\"\u{202e}participation", ":1:7: a mark that turns the direction"),
        ("id = ", "id\u{a0}= ", ":1:3: a no-break space (U+00A0)"),
        ("id = ", "\u{feff}\u{feff}id = ", ":1:1: a byte-order mark (U+FEFF)"),
        ("zh = \"个人参保", "zh = \"个人\u{200d}参保", ":4:18: a zero-width joiner"),
        ("zh = \"个人参保", "zh = \"个人\\u200D参保", ":4:15: name.zh: a zero-width joiner"),
        ("zh = \"个人参保", "zh = \"个人\\n参保", ":4:15: name.zh: has a line break"),
        (
            "zh = \"个人参保",
            "zh = \"个人\\u001b参保",
            ":4:15: name.zh: a control character (U+001B)",
        ),
    ] {
        let (named, _) = spoil(QUERY, from, to);
        assert!(named.len() == 1 && named[0].contains(problem), "{problem}: {named:#?}");
    }
    // They belong to the Han character before them.
    let (named, _) = spoil(QUERY, "zh = \"个人", "zh = \"葛\u{e0100}个人");
    assert_eq!(named, Vec::<String>::new());
}

#[test]
fn p10_an_official_pack_needs_its_own_region() {
    let (named, _) = spoil(PACK, "standing = \"sample\"", "standing = \"official\"");
    assert!(named[0].contains("region: 000000 is the region of samples"), "{named:#?}");
}

#[test]
fn p7_an_official_pack_names_the_office_that_answers_for_it() {
    let folder = copy();
    packs::change(folder.path(), "standing = \"sample\"", "standing = \"official\"");
    packs::change(folder.path(), "region = \"000000\"", "region = \"370200\"");
    assert_eq!(faults(folder.path()), [""; 0]);
    packs::change(folder.path(), "signer = ", "# ");
    let errors = load(folder.path()).unwrap_err();
    let rules: Vec<Rule> = errors.faults.iter().map(|fault| fault.rule).collect();
    assert_eq!(rules, [Rule::SignerMissing], "{errors}");
    assert!(errors.to_string().contains("add signer"), "{errors}");
    // Not the one in the comment.
    packs::change(folder.path(), "\nstanding = \"official\"", "\nstanding = \"sample\"");
    assert_eq!(faults(folder.path()), [""; 0]);
}

#[test]
fn p9_a_day_that_is_still_to_come_is_found_where_the_clock_can_be_believed() {
    let checked = check(&sample(), Some(date(2026, 10, 31)), &[]);
    let faults = checked.pack.unwrap_err().faults;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].problem.contains("as_of: 2026-11-01 is still to come"));
    assert!(load(&sample()).is_ok());
    let folder = copy();
    change(folder.path(), PACK, "date = \"2026-11-02\"", "date = \"2062-11-02\"");
    let faults = check(folder.path(), Some(date(2026, 11, 26)), &[]).pack.unwrap_err().faults;
    assert!(faults.len() == 1 && faults[0].problem.contains("more than a year away"), "{faults:?}");
}

#[test]
fn a_query_asks_nothing() {
    let folder = copy();
    let questions = std::fs::read_to_string(folder.path().join(UNEMPLOYMENT)).expect("a file");
    let questions = &questions[questions.find("[[questions]]").expect("questions")..];
    let path = folder.path().join(QUERY);
    let text = std::fs::read_to_string(&path).expect("a file");
    std::fs::write(&path, format!("{text}\n{questions}")).expect("written");
    let named = faults(folder.path());
    assert!(named.len() == 1 && named[0].contains("questions: nothing is handed in"), "{named:#?}");
}

#[test]
fn p5_a_question_about_a_telephone_shuts_nobody_out() {
    let folder = copy();
    let path = folder.path().join(UNEMPLOYMENT);
    let text = std::fs::read_to_string(&path).expect("a file");
    let last = text.rfind("[[questions.answer.ways]]").expect("way = none");
    std::fs::write(&path, &text[..last]).expect("written");
    let named = faults(folder.path());
    // The examples stood behind it.
    assert!(named.len() == 2 && named[0].contains("no filled-in form"), "{named:#?}");
    assert!(named[1].contains("shuts out who has no telephone"), "{named:#?}");
}

#[test]
fn a_bad_level_without_a_tag_is_a_fault() {
    let folder = copy();
    let path = folder.path().join(PACK);
    let text = std::fs::read_to_string(&path).expect("a file");
    let end = text.find("[[evaluation.tags]]\ncode = 108").expect("the last level");
    std::fs::write(&path, &text[..end]).expect("written");
    let named = faults(folder.path());
    assert_eq!(named.len(), 1, "{named:#?}");
    assert!(named[0].contains("no tag for very_dissatisfied"), "{named:#?}");
}

#[test]
fn p5_somebody_helps_whom_the_kiosk_cannot() {
    let folder = copy();
    for _ in 0..4 {
        change(folder.path(), PACK, "staffed = true", "staffed = false");
    }
    assert_eq!(faults(folder.path()), [""; 0]);
    // One that closes is replaced by another before.
    change(folder.path(), PACK, "staffed = true", "staffed = true\nuntil = 2026-12-31");
    let named = faults(folder.path());
    assert!(named.len() == 1 && named[0].contains("outlets: none has people"), "{named:#?}");
}

#[test]
fn p5_a_folder_that_is_no_pack_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let named = faults(folder.path());
    assert!(named.iter().any(|fault| fault.starts_with("pack.toml: cannot be read")));
    assert!(named.iter().any(|fault| fault.starts_with("items: cannot be read")));
    std::fs::create_dir(folder.path().join("items")).expect("a folder");
    assert!(faults(folder.path()).iter().any(|fault| fault.contains("has no item")));
}

#[test]
fn p8_too_many_items_are_refused() {
    let folder = copy();
    for number in 1000..3100 {
        let name = folder.path().join(format!("items/{number}-x.toml"));
        std::fs::write(name, "").expect("written");
    }
    let named = faults(folder.path());
    assert!(named.iter().any(|fault| fault.contains("more than 2000")), "{named:#?}");
}

/// By its number a citizen finds an item, by the arrangement what most come for.
#[test]
fn items_have_the_numbers_of_their_files_and_the_order_of_the_arrangement() {
    let folder = copy();
    let numbers: Vec<u32> =
        load(folder.path()).expect("flawless").items.iter().map(|item| item.number).collect();
    assert_eq!(numbers, [10, 20, 30]);
    let home = "[home]\noften_used = [\"unemployment_registration\", \"participation_query\"]\n";
    change(folder.path(), PACK, "[hotline]", &format!("{home}[hotline]"));
    let pack = load(folder.path()).expect("flawless");
    let often: Vec<usize> = pack.often_used().iter().map(|(place, _)| *place).collect();
    assert_eq!(often, [1, 0]);
    assert_eq!(super::load(&sample()).expect("flawless").often_used().len(), 3, "the first ones");
    // Also of an item that has a fault elsewhere it is known that it is there.
    change(folder.path(), UNEMPLOYMENT, "limit_min = 30", "limit_min = 31");
    let rules: Vec<_> = load(folder.path()).expect_err("a fault").faults;
    assert_eq!(rules.iter().map(|fault| fault.rule).collect::<Vec<_>>(), [Rule::InstantAbove30Min]);
}

/// What the schema allows the types can hold: no fault is told by `serde` without its place.
#[test]
fn the_schema_knows_everything_that_serde_refuses() {
    for (schema, file) in [(Schema::of::<Pack>(), PACK), (Schema::of::<Item>(), UNEMPLOYMENT)] {
        let text = std::fs::read_to_string(sample().join(file)).expect("a file");
        let table = toml::de::DeTable::parse(&text).expect("TOML");
        let sound = document::to_json(&table, None);
        let mut pointers = Vec::new();
        collect(&sound, String::new(), &mut pointers);
        assert!(pointers.len() > 60);
        for pointer in pointers {
            for wrong in [
                serde_json::json!(null),
                serde_json::json!(true),
                serde_json::json!(-1),
                serde_json::json!(70_000),
                serde_json::json!("?"),
                serde_json::json!([]),
                serde_json::json!({}),
                serde_json::json!({ "x": 1 }),
            ] {
                let mut spoiled = sound.clone();
                *spoiled.pointer_mut(&pointer).expect("a value") = wrong.clone();
                let holds = |value| match file {
                    PACK => serde_json::from_value::<Pack>(value).is_ok(),
                    _ => serde_json::from_value::<Item>(value).is_ok(),
                };
                let mut found = Findings::default();
                let mended = schema.check(spoiled.clone(), &mut found);
                let sound = !mended.is_empty();
                assert!(holds(spoiled) || !found.is_empty(), "{file} {pointer} = {wrong}");
                assert!(mended.into_iter().all(holds), "{file} {pointer} = {wrong}");
                // Only of another kind, and of limits, nothing can stand in.
                let apart = ["/kind", "/legal", "/promise", "/answer"];
                assert!(
                    sound || apart.iter().any(|end| pointer.contains(end)),
                    "{pointer} = {wrong}"
                );
            }
        }
    }
}

fn collect(value: &serde_json::Value, pointer: String, all: &mut Vec<String>) {
    match value {
        serde_json::Value::Array(values) => {
            for (i, value) in values.iter().take(3).enumerate() {
                collect(value, format!("{pointer}/{i}"), all);
            }
        }
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                collect(value, format!("{pointer}/{name}"), all);
            }
        }
        _ => {}
    }
    all.push(pointer);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn p8_no_file_makes_it_panic(
        at in 0usize..6000, cut in 0usize..40, bytes in prop::collection::vec(any::<u8>(), 0..8),
        nested in 0usize..3000,
    ) {
        let folder = copy();
        for file in [PACK, UNEMPLOYMENT] {
            let path = folder.path().join(file);
            let mut text = std::fs::read(&path).expect("a file");
            let from = at.min(text.len());
            let to = (from + cut).min(text.len());
            text.splice(from..to, bytes.iter().copied());
            std::fs::write(&path, text).expect("written");
        }
        let deep = format!("id = {}", "[".repeat(nested));
        std::fs::write(folder.path().join("items/90-deep.toml"), deep).expect("written");
        prop_assert!(load(folder.path()).is_err());
    }
}

/// For each rule a pack that breaks it, and nothing else.
#[test]
fn each_rule_is_broken_by_a_pack_that_breaks_nothing_else() {
    let flexible = "items/30-flexible-employment.toml";
    let kind = "kind = { type = \"query\" }";
    let table = [
        (PACK, "hotline]", "hot line]", Rule::NotToml),
        (
            PACK,
            "short_name = { zh = \"24小时自助区\", en = \"24-hour kiosk\" }",
            "colour = 1",
            Rule::UnknownField,
        ),
        (QUERY, "area = \"social_insurance\"\n", "", Rule::ValueMissing),
        (QUERY, "fee = {", "#", Rule::PublicFieldMissing),
        (QUERY, ", en = \"Social insurance record\" }", " }", Rule::TranslationMissing),
        (PACK, "https://hrss.example", "http://hrss.example", Rule::LinkMalformed),
        (PACK, "region = \"000000\"", "region = \"1\"", Rule::Malformed),
        (PACK, "code = 511", "code = 510", Rule::Twice),
        (
            PACK,
            "[hotline]",
            "[home]\noften_used = [\"nothing_of_ours\"]\n[hotline]",
            Rule::UnknownItem,
        ),
        (
            PACK,
            "[hotline]",
            "[home]\noften_used = [\"participation_query\", \"participation_query\"]\n[hotline]",
            Rule::Twice,
        ),
        (PACK, "date = \"2026-11-02\"", "date = \"2006-11-02\"", Rule::ImplausibleDate),
        (UNEMPLOYMENT, "min = 16", "min = 99", Rule::ImplausibleAge),
        (UNEMPLOYMENT, "limit_min = 30", "limit_min = 31", Rule::InstantAbove30Min),
        (
            UNEMPLOYMENT,
            "zh = \"12333\", en = \"12333\"",
            "zh = \"热线\", en = \"hotline\"",
            Rule::PhoneMissing,
        ),
        (PACK, "to = \"24:00\"", "to = \"00:00\"", Rule::Outlet),
        (PACK, "code = 512", "code = 499", Rule::EvaluationTag),
        (PACK, "standing = \"sample\"", "standing = \"official\"", Rule::Standing),
        (QUERY, "category = \"20\"", "category = \"02\"", Rule::CategoryOutsideSixPlusOne),
        (
            QUERY,
            kind,
            "kind = { type = \"query\" }\nlegal = \"15wd\"\npromise = \"8wd\"\nspeedup = true",
            Rule::PromiseAboveHalf,
        ),
        (QUERY, kind, "kind = { type = \"promised\" }", Rule::ValueMissing),
        (QUERY, kind, "kind = { type = \"promised\" }\npromise = \"30min\"", Rule::Handling),
        (
            QUERY,
            kind,
            "kind = { type = \"handoff\" }\nself_service = \"guide\"",
            Rule::ValueMissing,
        ),
        (
            QUERY,
            kind,
            "kind = { type = \"query\" }\nhandoff.to = { zh = \"税务局\", en = \"Tax\" }",
            Rule::Handling,
        ),
        (
            QUERY,
            kind,
            "kind = { type = \"handoff\" }\nhandoff.to = { zh = \"税务局\", en = \"Tax\" }",
            Rule::Handling,
        ),
        (
            QUERY,
            kind,
            "kind = { type = \"handoff\" }\nself_service = \"guide\"\n\
             handoff = { to = { zh = \"税务局\", en = \"Tax\" }, url = \"http://x\" }",
            Rule::LinkMalformed,
        ),
        // Five working days have taken up to twelve of the calendar in these years.
        (
            QUERY,
            kind,
            "kind = { type = \"query\" }\nlegal = \"23cd\"\npromise = \"5wd\"\nspeedup = true",
            Rule::PromiseAboveHalf,
        ),
        (
            QUERY,
            kind,
            "kind = { type = \"query\" }\npays_money = true",
            Rule::PayoutWithoutCreditCommitment,
        ),
        (flexible, "summary = { zh = \"", "summary = { zh = \"请到相关部门。", Rule::SendAway),
        (QUERY, "delivery = {", "#", Rule::GuideFieldMissing),
        (
            QUERY,
            "materials = [\n    { material = \"id_card\", from = \"card\" },\n]\n",
            "",
            Rule::GuideFieldMissing,
        ),
        (QUERY, "\"id_card\"", "\"id_cart\"", Rule::DanglingReference),
        (
            QUERY,
            "from = \"card\" },",
            "from = \"card\" },\n{ material = \"id_card\", from = \"card\" },",
            Rule::MaterialTwice,
        ),
        (
            QUERY,
            "from = \"card\" },",
            "from = \"card\", deficiency = true },",
            Rule::MissingMaterialWithoutCommitment,
        ),
        (
            "materials.toml",
            "id = \"id_card\"\n",
            "id = \"id_card\"\ncancelled = { zh = \"某文\", en = \"a notice\" }\n",
            Rule::CancelledProof,
        ),
    ];
    for (file, from, to, rule) in table {
        let folder = copy();
        change(folder.path(), file, from, to);
        let mut broken: Vec<Rule> = load(folder.path())
            .err()
            .map(|errors| errors.faults.iter().map(|f| f.rule).collect())
            .unwrap_or_default();
        // Of a material every item that names it.
        broken.dedup();
        assert_eq!(broken, [rule], "{file}: {to}: {:#?}", faults(folder.path()));
    }
    // What may be promised is promised.
    for sound in [
        "legal = \"15wd\"\npromise = \"7wd\"\nspeedup = true",
        "legal = \"60cd\"\npromise = \"10wd\"\nspeedup = true",
        "pays_money = true\ncommitments = [\"credit\"]",
    ] {
        let folder = copy();
        change(folder.path(), QUERY, kind, &format!("{kind}\n{sound}"));
        assert_eq!(faults(folder.path()), [""; 0], "{sound}");
    }
}

/// Those that are broken by a file or a section as a whole.
#[test]
fn each_rule_of_files_is_broken_by_a_pack_that_breaks_nothing_else() {
    type Spoil = fn(&Path);
    let without_guide = |pack: &Path| {
        let text = std::fs::read_to_string(pack.join(QUERY)).expect("a file");
        let (before, guide) = text.split_once("[guide]").expect("a guide");
        assert!(!guide.contains("[[questions]]"), "it is the last of the file");
        std::fs::write(pack.join(QUERY), before).expect("written");
    };
    let table: [(Rule, Spoil); 6] = [
        (Rule::GuideMissing, without_guide),
        (Rule::FileUnreadable, |pack| {
            std::fs::create_dir(pack.join("items/70-folder.toml")).expect("a folder");
        }),
        (Rule::FileUnreadable, |pack| {
            std::fs::write(pack.join("items/70-bytes.toml"), b"# \xFF\n").expect("written");
        }),
        (Rule::FileMisnamed, |pack| {
            std::fs::rename(pack.join(QUERY), pack.join("items/query.toml")).expect("renamed");
        }),
        (Rule::FileMisnamed, |pack| {
            let calendars = pack.join("calendars");
            std::fs::rename(calendars.join("2025.toml"), calendars.join("2023.toml"))
                .expect("renamed");
        }),
        (Rule::InvisibleCharacter, |pack| {
            change(pack, QUERY, "zh = \"个人参保", "zh = \"个人\u{200b}参保");
        }),
    ];
    for (rule, spoil) in table {
        let folder = copy();
        spoil(folder.path());
        let errors = load(folder.path()).expect_err("a fault");
        let broken: Vec<Rule> = errors.faults.iter().map(|fault| fault.rule).collect();
        assert_eq!(broken, [rule], "{errors}");
    }
    // What nobody needs is told, and stops no kiosk.
    let folder = copy();
    std::fs::write(folder.path().join("items/notes.txt"), "").expect("written");
    let warnings = check(folder.path(), None, &[]).warnings;
    assert_eq!(
        warnings.iter().map(|warning| warning.rule).collect::<Vec<_>>(),
        [Rule::FileIgnored]
    );
    assert!(load(folder.path()).is_ok());
}

/// The sample pack with an item that asks a question of each kind.
fn every_kind() -> tempfile::TempDir {
    let folder = copy();
    for (file, text) in packs::EVERY_KIND {
        std::fs::write(folder.path().join(file), text).expect("written");
    }
    folder
}

#[test]
fn a_question_of_each_kind_is_read_and_has_no_fault() {
    let folder = every_kind();
    let pack = load(folder.path()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(pack.item("every_kind"), packs::every_kind().item("every_kind"));
    assert_eq!(pack.regions, packs::every_kind().regions);
    assert!(pack.regions.find("000101").is_some());
}

/// For each rule of questions a form that breaks it, and nothing else.
#[test]
fn each_rule_of_questions_is_broken_by_a_form_that_breaks_nothing_else() {
    let (form, regions) = ("items/90-every-kind.toml", "regions.toml");
    let amount = "answer = { type = \"amount\", max_yuan = 200000 }";
    let dates = "earliest = \"today-2y\", latest = \"today\"";
    let months = "min = 1, max = 480";
    let insured = "[{ question = \"insured\", is = [\"yes\"] }]";
    let table = [
        // Conditions.
        (form, "question = \"insured\"", "question = \"insurred\"", Rule::DanglingReference),
        (form, "is = [\"yes\"]", "is = [\"true\"]", Rule::UnreachableQuestion),
        (form, "is = [\"dismissed\"]", "is = [\"fired\"]", Rule::UnreachableQuestion),
        (form, "is = [\"yes\"]", "is = [\"yes\", \"yes\"]", Rule::Twice),
        (form, "is = [\"yes\"]", "is = []", Rule::Malformed),
        (form, "question = \"insured\"", "question = \"months\"", Rule::UnreachableQuestion),
        (form, "question = \"insured\"", "question = \"phone\"", Rule::UnreachableQuestion),
        (form, "question = \"insured\"", "question = \"last_day\"", Rule::UnreachableQuestion),
        (
            form,
            insured,
            "[{ question = \"insured\", is = [\"yes\"] }, { question = \"insured\", is = [\"no\"] }]",
            Rule::UnreachableQuestion,
        ),
        // Of `skills` both can be ticked; of `reason` one alone.
        (
            form,
            "answer = { type = \"identity_number\" }",
            "when = [{ question = \"skills\", is = [\"care\"] }, { question = \"reason\", is = [\"resigned\"] },\n\
             { question = \"reason\", is = [\"dismissed\", \"contract_expired\"] }]\n\
             answer = { type = \"identity_number\" }",
            Rule::UnreachableQuestion,
        ),
        // Bounds.
        (form, months, "min = 481, max = 480", Rule::ImpossibleBounds),
        (form, months, "max = 9999999999", Rule::Malformed),
        (
            form,
            amount,
            "answer = { type = \"amount\", min_yuan = 2, max_yuan = 1 }",
            Rule::ImpossibleBounds,
        ),
        (form, amount, "answer = { type = \"amount\", max_yuan = 0 }", Rule::ImpossibleBounds),
        (form, dates, "earliest = \"today+1d\", latest = \"today\"", Rule::ImpossibleBounds),
        (form, dates, "earliest = \"2026-01-02\", latest = \"2026-01-01\"", Rule::ImpossibleBounds),
        (form, dates, "earliest = \"2026-02-30\"", Rule::Malformed),
        (form, dates, "latest = \"tomorrow\"", Rule::Malformed),
        (form, dates, "latest = \"2206-01-01\"", Rule::ImplausibleDate),
        (form, "at_most = 2", "at_least = 7", Rule::ImpossibleBounds),
        (form, "at_most = 2", "at_least = 3\nat_most = 2", Rule::ImpossibleBounds),
        (form, "at_most = 2", "at_most = 7", Rule::ImpossibleBounds),
        (form, "alone = \"none\"", "alone = \"nothing\"", Rule::DanglingReference),
        (form, "code = \"sewing\"", "code = \"care\"", Rule::Twice),
        // Regions.
        (
            form,
            "type = \"region\"",
            "type = \"region\", under = \"000300\"",
            Rule::DanglingReference,
        ),
        (
            form,
            "type = \"region\"",
            "type = \"region\", under = \"000101\"",
            Rule::DanglingReference,
        ),
        (regions, "code = \"000102\"", "code = \"000101\"", Rule::Twice),
        (regions, "code = \"000102\"", "code = \"102\"", Rule::Malformed),
        // What nobody sees, and what everybody knows.
        (
            form,
            "answer = { type = \"yes_no\" }",
            "message = { zh = \"不对\", en = \"no\" }\nanswer = { type = \"yes_no\" }",
            Rule::Question,
        ),
        (form, "id = \"spouse_number\"", "id = \"identity_number\"", Rule::KnownFact),
        (form, "zh = \"配偶身份证号码\"", "zh = \"身份证号码\"", Rule::KnownFact),
        (form, "zh = \"常住地\"", "zh = \"您的住址\"", Rule::KnownFact),
        (
            form,
            "en = \"Spouse's identity number\"",
            "en = \"Your identity number\"",
            Rule::KnownFact,
        ),
    ];
    for (file, from, to, rule) in table {
        let folder = every_kind();
        change(folder.path(), file, from, to);
        let broken: Vec<Rule> = load(folder.path())
            .err()
            .map(|errors| errors.faults.iter().map(|f| f.rule).collect())
            .unwrap_or_default();
        assert_eq!(broken, [rule], "{file}: {to}: {:#?}", faults(folder.path()));
    }
    let folder = every_kind();
    std::fs::remove_file(folder.path().join(regions)).expect("removed");
    let named = faults(folder.path());
    assert!(named.len() == 1 && named[0].contains("add regions.toml"), "{named:#?}");
    let errors = load(folder.path()).expect_err("no regions");
    assert_eq!(errors.faults[0].rule, Rule::RegionsMissing);
    // What looks odd and is sound.
    for (from, to) in [
        (dates, "earliest = \"today-30d\", latest = \"today-1m\""),
        (dates, "earliest = \"2030-01-01\", latest = \"today\""),
        ("zh = \"常住地\"", "zh = \"配偶姓名所在地\""),
        (
            insured,
            "[{ question = \"insured\", is = [\"yes\"] }, { question = \"reason\", is = [\"dismissed\", \"resigned\"] }]",
        ),
    ] {
        let folder = every_kind();
        change(folder.path(), form, from, to);
        // Its example was worked out for other bounds.
        let named = faults(folder.path());
        assert!(named.iter().all(|fault| fault.contains(": examples[1]")), "{to}: {named:#?}");
    }
}

/// The longest answers to all questions of an item can be stored and sent.
#[test]
fn p2_a_form_whose_answers_could_not_be_stored_is_a_fault() {
    let folder = every_kind();
    let path = folder.path().join("items/90-every-kind.toml");
    let mut text = std::fs::read_to_string(&path).expect("a file");
    for n in 0..18 {
        let options: Vec<String> = (0..12)
            .map(|o| format!("{{ code = \"option_with_a_code_that_is_far_{o}\", label = {{ zh = \"项\", en = \"o\" }} }}"))
            .collect();
        text.push_str(&format!(
            "\n[[questions]]\nid = \"more_{n}\"\ntext = {{ zh = \"问\", en = \"q\" }}\nlabel = {{ zh = \"问\", en = \"q\" }}\n\
             reason = {{ zh = \"因\", en = \"r\" }}\n[questions.answer]\ntype = \"several\"\noptions = [{}]\n",
            options.join(", ")
        ));
    }
    std::fs::write(&path, text).expect("written");
    let named = faults(folder.path());
    assert!(named.len() == 1 && named[0].contains("take up to"), "{named:#?}");
}

#[test]
fn working_days_without_their_calendar_are_warned_of() {
    let rules = |folder: &Path, today| -> Vec<Rule> {
        check(folder, today, &[]).warnings.iter().map(|warning| warning.rule).collect()
    };
    let folder = copy();
    let year = folder.path().join("calendars/2026.toml");
    std::fs::remove_file(&year).unwrap();
    // Nothing is promised in working days.
    assert_eq!(rules(folder.path(), None), []);
    let kind = "kind = { type = \"query\" }";
    change(folder.path(), QUERY, kind, &format!("{kind}\npromise = \"5wd\""));
    let warning = &check(folder.path(), None, &[]).warnings[0];
    assert_eq!(warning.rule, Rule::NoCalendar);
    assert!(warning.message_and_remedy().1.contains("calendars/2026.toml"), "{warning}");
    // A kiosk can use it: its dates are provisional.
    assert!(load(folder.path()).is_ok());
    assert_eq!(rules(folder.path(), Some(date(2025, 6, 1))), []);
    assert_eq!(rules(folder.path(), Some(date(2027, 6, 1))), [Rule::NoCalendar]);
}

#[test]
fn a_signature_fits_the_files_that_were_signed_and_no_others() {
    let keys = tempfile::tempdir().unwrap();
    let folder = copy();
    let pack = folder.path();
    let signer = || check(pack, None, &[]).signer;
    assert_eq!(signer(), None);
    let ours = sign(pack, &packs::private_key(keys.path(), 1)).unwrap();
    assert_eq!((signer(), faults(pack)), (Some(ours), vec![]));
    // Signing again changes nothing, by somebody else only the signer.
    let theirs = sign(pack, &packs::private_key(keys.path(), 2)).unwrap();
    assert_ne!(ours, theirs);
    assert_eq!(signer(), Some(theirs));

    // Whatever is changed, added, removed or called otherwise.
    let broken = |what: &str| {
        let rules: Vec<Rule> =
            load(pack).unwrap_err().faults.iter().map(|fault| fault.rule).collect();
        assert_eq!(rules, [Rule::Signature], "{what}");
        assert_eq!(signer(), None, "{what}");
    };
    let comment = std::fs::read_to_string(pack.join(PACK)).unwrap() + "# a word more\n";
    let before = std::fs::read(pack.join(PACK)).unwrap();
    std::fs::write(pack.join(PACK), comment).unwrap();
    broken("a comment");
    std::fs::write(pack.join(PACK), before).unwrap();
    assert_eq!(signer(), Some(theirs));
    let year = pack.join("calendars/2025.toml");
    std::fs::rename(&year, keys.path().join("2025.toml")).unwrap();
    broken("a year less");
    std::fs::rename(keys.path().join("2025.toml"), &year).unwrap();
    std::fs::rename(pack.join(QUERY), pack.join("items/11-query.toml")).unwrap();
    broken("another name");
    std::fs::rename(pack.join("items/11-query.toml"), pack.join(QUERY)).unwrap();
    // Leftovers of an editor are no part of it.
    std::fs::write(pack.join("pack.toml~"), "").unwrap();
    assert_eq!(signer(), Some(theirs));
    change(pack, "signature.toml", &theirs.to_string(), &ours.to_string());
    broken("another signer");

    // No key, and a pack with a fault.
    let no_key = keys.path().join("none.pem");
    std::fs::write(&no_key, "no key").unwrap();
    assert!(matches!(sign(pack, &no_key), Err(SignError::NoKey(_))));
    change(pack, QUERY, "category = \"20\"", "category = \"02\"");
    assert!(matches!(sign(pack, &packs::private_key(keys.path(), 1)), Err(SignError::Pack(_))));
}

#[test]
fn a_pack_needs_a_signer_where_some_are_trusted() {
    let keys = tempfile::tempdir().unwrap();
    let folder = copy();
    let pack = folder.path();
    let loads = |trusted: &[SignerKey]| load_by_parts(pack, trusted, |_| ()).is_ok();
    let (key, other) = (packs::private_key(keys.path(), 1), packs::private_key(keys.path(), 2));
    let ours = sign(pack, &key).unwrap();
    let theirs = sign(pack, &other).unwrap();
    assert!(loads(&[]) && !loads(&[ours]) && loads(&[theirs]));
    change(pack, PACK, "standing = \"sample\"", "standing = \"official\"");
    change(pack, PACK, "region = \"000000\"", "region = \"370200\"");
    std::fs::remove_file(pack.join("signature.toml")).unwrap();
    assert!(loads(&[]));
    assert!(!loads(&[ours]));
    sign(pack, &other).unwrap();
    assert!(loads(&[]) && loads(&[ours, theirs]) && !loads(&[ours]));
    sign(pack, &key).unwrap();
    assert!(loads(&[ours]));
    // Nor does it help to call it a sample.
    change(pack, PACK, "standing = \"official\"", "standing = \"sample\"");
    std::fs::remove_file(pack.join("signature.toml")).unwrap();
    assert!(loads(&[]) && !loads(&[ours]));
    std::fs::write(pack.join("signature.toml"), "key = 1").unwrap();
    assert!(!loads(&[]));
}

#[test]
fn one_fault_of_a_file_does_not_hide_what_the_rules_find_in_it() {
    let folder = copy();
    let pack = folder.path();
    change(pack, UNEMPLOYMENT, "area = \"employment\"", "area = \"employmnt\"");
    change(pack, UNEMPLOYMENT, "min = 16", "min = 99");
    change(pack, UNEMPLOYMENT, "code = \"dismissed\"", "code = \"resigned\"");
    change(pack, PACK, "region = \"000000\"", "region = \"00000\"");
    change(pack, PACK, "date = \"2026-11-02\"", "date = \"2006-11-02\"");
    change(pack, QUERY, "area = \"social_insurance\"\n", "");
    change(pack, QUERY, "category = \"20\"", "category = \"20\"\npays_money = true");
    let rules: Vec<Rule> = load(pack).unwrap_err().faults.iter().map(|fault| fault.rule).collect();
    let all = [
        // By file and place.
        Rule::ValueMissing,
        Rule::PayoutWithoutCreditCommitment,
        Rule::Malformed,
        Rule::ImplausibleAge,
        Rule::Twice,
        Rule::Malformed,
        Rule::ImplausibleDate,
    ];
    assert_eq!(rules, all, "{:#?}", faults(pack));
}

/// What stands in for a fault is no fault of the lines around it.
#[test]
fn a_fault_draws_no_others_after_it() {
    let year = "calendars/2025.toml";
    for (file, from, to) in [
        (year, "from = \"2025-10-01\"", "from = \"2025-13-01\""),
        (year, "year = 2025", "year = \"2025\""),
        (PACK, "from = \"13:30\"", "from = \"1330\""),
        (PACK, "staffed = true", "staffed = \"yes\""),
        (UNEMPLOYMENT, "max = 65", "max = \"65\""),
        (PACK, "level = \"dissatisfied\"", "level = \"disatisfied\""),
        (QUERY, "kind = {", "pays_money = true\ncommitments = [\"credti\"]\nkind = {"),
    ] {
        let (named, _) = spoil(file, from, to);
        assert_eq!(named.len(), 1, "{file}: {to}: {named:#?}");
    }
}
