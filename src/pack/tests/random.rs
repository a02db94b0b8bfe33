//! Packs that nobody wrote, and what becomes of them when somebody spoils one.

use super::*;
use crate::testkit::random::{Dice, Draft};

fn cases(cases: u32) -> ProptestConfig {
    let more = std::env::var("PROPTEST_CASES").ok().and_then(|many| many.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(more.unwrap_or(cases))
    }
}

proptest! {
    #![proptest_config(cases(48))]

    /// The generator makes packs that the check allows: what else is tested with them says something of
    /// packs. And a pack says the same however often it is read.
    #[test]
    fn p10_a_random_pack_has_no_fault_and_reads_the_same_twice(mut dice in Dice::any(1200)) {
        let draft = Draft::rolled(&mut dice);
        let folder = tempfile::tempdir().unwrap();
        draft.write(folder.path());
        let checked = check(folder.path(), Some(date(2026, 11, 26)), &[]);
        let again = check(folder.path(), Some(date(2026, 11, 26)), &[]);
        let pack = checked.pack.map_err(|errors| TestCaseError::fail(errors.to_string()))?;
        prop_assert_eq!(&pack, &again.pack.unwrap());
        prop_assert_eq!(&checked.warnings, &again.warnings);
        prop_assert_eq!(&*pack, &load(folder.path()).unwrap());
        // All that can be warned of is a year without its holidays.
        prop_assert!(checked.warnings.iter().all(|warning| warning.rule == Rule::NoCalendar));
    }
}

/// One way to spoil a file, at one value of it.
#[derive(Clone, Copy, Debug)]
enum Spoiling {
    Removed,
    Doubled,
    Swapped,
    Replaced,
    Added,
}

/// Values that somebody may write by mistake in the place of another.
fn odd(dice: &mut Dice) -> serde_json::Value {
    use serde_json::json;
    let all = [
        json!(""),
        json!(" "),
        json!("x"),
        json!("样例"),
        json!("很".repeat(500)),
        json!("{figure:none}"),
        json!("{figure:"),
        json!("a\u{200b}b"),
        json!("a\nb"),
        json!("2026-02-30"),
        json!("0000-00-00"),
        json!("5wd"),
        json!("9999wd"),
        json!("today-9d"),
        json!("https://x"),
        json!("yes"),
        json!(0),
        json!(1),
        json!(-1),
        json!(31),
        json!(i64::MAX),
        json!(0.5),
        json!(true),
        json!(false),
        json!([]),
        json!({}),
        json!([[]]),
        json!(["a", 1]),
        json!({ "zh": "样例" }),
        json!({ "zh": "样例", "en": "sample" }),
        json!({ "type": "query" }),
        json!({ "type": "instant", "limit_min": 30 }),
    ];
    dice.pick(&all).clone()
}

/// Spoils a value; what was done, or nothing where there is nothing to do.
fn spoil_value(file: &mut serde_json::Value, dice: &mut Dice) -> Option<String> {
    let mut pointers = Vec::new();
    collect(file, String::new(), &mut pointers);
    let pointer = dice.pick(&pointers).clone();
    let spoiling = *dice.pick(&[
        Spoiling::Removed,
        Spoiling::Doubled,
        Spoiling::Swapped,
        Spoiling::Replaced,
        Spoiling::Added,
    ]);
    let (outer, name) = pointer.rsplit_once('/')?;
    let outer = file.pointer_mut(outer)?;
    let (new, other) = (odd(dice), dice.below(1000));
    match (outer, spoiling) {
        (outer, Spoiling::Replaced) => *outer.pointer_mut(&format!("/{name}"))? = new,
        (serde_json::Value::Object(fields), Spoiling::Removed) => drop(fields.remove(name)),
        (serde_json::Value::Array(list), Spoiling::Removed) => {
            drop(list.remove(name.parse().ok()?))
        }
        (serde_json::Value::Array(list), Spoiling::Doubled) => {
            let at: usize = name.parse().ok()?;
            list.insert(at, list[at].clone());
        }
        (serde_json::Value::Array(list), Spoiling::Swapped) => {
            let (a, b) = (name.parse().ok()?, other % list.len());
            list.swap(a, b);
        }
        (serde_json::Value::Object(fields), Spoiling::Swapped) => {
            let names: Vec<String> = fields.keys().cloned().collect();
            let value = fields[name].clone();
            let there = fields.insert(names[other % names.len()].clone(), value)?;
            fields.insert(name.to_owned(), there);
        }
        (serde_json::Value::Object(fields), Spoiling::Doubled) => {
            fields.insert(format!("{name}s"), fields[name].clone());
        }
        (serde_json::Value::Object(fields), Spoiling::Added) => {
            drop(fields.insert("x".into(), new))
        }
        (serde_json::Value::Array(list), Spoiling::Added) => list.push(new),
        _ => return None,
    }
    Some(format!("{spoiling:?} at {pointer}"))
}

/// Spoils a line as a typing finger does.
fn spoil_line(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = dice.below(lines.len());
    match dice.below(5) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at].clone()),
        2 => {
            lines[at].pop();
        }
        3 => {
            let sign = *dice.pick(&["\"", "“", "]", "=", "\u{200b}", "\t", "\u{feff}", "#", ","]);
            let byte = dice.below(lines[at].len() + 1);
            let byte = lines[at].floor_char_boundary(byte);
            lines[at].insert_str(byte, sign);
        }
        _ => {
            let other = dice.below(lines.len());
            lines.swap(at, other);
        }
    }
    lines.join("\n")
}

/// What the files say, read by nothing but serde.
fn plainly<T: serde::de::DeserializeOwned>(
    folder: &Path,
    file: &str,
) -> Result<T, toml::de::Error> {
    toml::from_str(&std::fs::read_to_string(folder.join(file)).unwrap())
}

proptest! {
    #![proptest_config(cases(96))]

    /// Whatever somebody spoils: it is told, in its file and with a line that is there, or the pack says
    /// what its files say. The kiosk and the check agree.
    #[test]
    fn p10_a_spoiled_pack_is_refused_with_its_place_or_says_what_is_written(
        mut dice in Dice::any(1200),
        mut hand in Dice::any(40),
    ) {
        let mut draft = Draft::rolled(&mut dice);
        let folder = tempfile::tempdir().unwrap();
        let pack = folder.path();
        let names: Vec<String> = draft.files.keys().cloned().collect();
        let name = hand.pick(&names).clone();
        let what;
        if hand.once_in(3) {
            draft.write(pack);
            let text = std::fs::read_to_string(pack.join(&name)).unwrap();
            std::fs::write(pack.join(&name), spoil_line(&text, &mut hand)).unwrap();
            what = "a line".to_owned();
        } else {
            let file = draft.files.get_mut(&name).unwrap();
            let Some(done) = spoil_value(file, &mut hand) else { return Ok(()) };
            what = done;
            draft.write(pack);
        }
        let loaded = load(pack);
        let checked = check(pack, None, &[]);
        prop_assert_eq!(loaded.is_ok(), checked.pack.is_ok());
        match loaded {
            Ok(read) => {
                let mut files = names.iter().filter(|name| name.starts_with("items/")).peekable();
                prop_assert!(files.peek().is_some());
                for file in files {
                    let item: crate::domain::item::Item = plainly(pack, file)
                        .map_err(|error| TestCaseError::fail(format!("{name}, {what}: {error}")))?;
                    match read.item(&item.id) {
                        Some(own) => prop_assert_eq!(
                            &crate::domain::item::Item { number: own.number, ..item }, own
                        ),
                        None => prop_assert!(
                            read.offers.as_ref().is_some_and(|offers| !offers.contains(&item.id))
                        ),
                    }
                }
                let manifest: Pack = plainly(pack, PACK).unwrap();
                prop_assert_eq!(&manifest.outlets, &read.outlets);
                prop_assert_eq!(&manifest.evaluation, &read.evaluation);
                prop_assert_eq!(&manifest.version, &read.version);
            }
            Err(errors) => {
                prop_assert!(!errors.faults.is_empty(), "{} {}", name, what);
                let told = checked.pack.unwrap_err().faults;
                prop_assert_eq!(&errors.faults, &told);
                for fault in &errors.faults {
                    let text = std::fs::read_to_string(pack.join(&fault.file));
                    let text = text.map_err(|_| TestCaseError::fail(format!("{fault}: no file")))?;
                    // A file ends on the line behind its last.
                    let lines = text.split('\n').count();
                    let there = fault.place.is_none_or(|place| (1..=lines).contains(&place.line));
                    prop_assert!(there, "{} has {} lines", fault, lines);
                    prop_assert!(!fault.problem.is_empty());
                }
                // It is told where it is, or where it is missed.
                prop_assert!(
                    errors.faults.iter().any(|fault| {
                        fault.file == Path::new(&name) || fault.rule == Rule::UnknownItem
                            || fault.rule == Rule::DanglingReference
                            || fault.rule == Rule::CancelledProof
                            || fault.rule == Rule::RegionsMissing
                            || fault.rule == Rule::PromiseAboveHalf
                            || fault.rule == Rule::ExampleFails
                            || fault.rule == Rule::Twice
                    }),
                    "{name}, {what}: {errors}"
                );
            }
        }
    }
}

#[cfg(feature = "sheets")]
proptest! {
    #![proptest_config(cases(16))]

    /// As a workbook and back nothing is lost.
    #[test]
    fn p10_a_random_pack_comes_back_from_its_workbook(mut dice in Dice::any(1200)) {
        let draft = Draft::rolled(&mut dice);
        let place = tempfile::tempdir().unwrap();
        let (old, new) = (place.path().join("old"), place.path().join("new"));
        std::fs::create_dir(&old).unwrap();
        draft.write(&old);
        let workbook = place.path().join("pack.xlsx");
        let written = sheet::to_sheet(&old, &workbook).unwrap();
        prop_assert_eq!(written.left_out, [""; 0]);
        prop_assert_eq!(written.files, draft.files.len());
        let read = sheet::from_sheet(&workbook, &new, Some(date(2026, 11, 26))).unwrap();
        prop_assert_eq!(read.files, draft.files.len());
        prop_assert!(read.faults.is_empty(), "{:?}", read.faults);
        prop_assert_eq!(load(&old).unwrap(), load(&new).unwrap());
    }
}
