use std::collections::BTreeMap;

use proptest::prelude::*;
use toml::{Table, Value};

use super::super::{TomlFile, from_sheet, to_sheet};
use super::*;

#[test]
fn p10_the_sample_pack_comes_back_from_its_workbook() {
    let sample = testkit::packs::sample_folder().unwrap();
    let place = tempfile::tempdir().unwrap();
    let (first, second) = (place.path().join("first.xlsx"), place.path().join("second.xlsx"));
    let new = place.path().join("new");
    let written = to_sheet(&sample, &first).unwrap();
    assert_eq!((written.files, written.left_out), (11, vec![]));
    let read = from_sheet(&first, &new, Some(jiff::civil::date(2026, 11, 27))).unwrap();
    assert_eq!((read.files, read.faults, read.warnings), (11, vec![], vec![]));
    assert_eq!(read.ignored, Vec::<String>::new());
    let pack = |folder| tables(folder::read(folder).unwrap().folders);
    assert_eq!(pack(&new), pack(&sample));
    // As a person writes, and the same every time.
    let text = std::fs::read_to_string(new.join("items/30-flexible-employment.toml")).unwrap();
    for line in [
        "\nname = { zh = \"灵活就业登记\", en = \"Flexible employment registration\" }\n",
        "\nkind = { type = \"instant\", limit_min = 30 }\n",
        "\naudience = [\"flexible\", \"founders\"]\n",
        "\n[public]\nservice = { zh = ",
        "\n\n[eligibility.age]\nmin = 16\n",
        "\n\n[[questions]]\nid = \"form\"\n",
        "\n\n[questions.answer]\ntype = \"choice\"\n\n[[questions.answer.options]]\ncode = ",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    to_sheet(&new, &second).unwrap();
    assert!(std::fs::read(&first).unwrap() == std::fs::read(&second).unwrap());
    // Only what was asked for is left, and nothing is written over.
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 3);
    for error in [to_sheet(&sample, &first).err(), from_sheet(&first, &new, None).err()] {
        let error = error.unwrap().to_string();
        assert!(error.contains("is there already; nothing is written over"), "{error}");
    }
}

/// With code lists, of which some questions say the name where others have rows of their own.
#[test]
fn p10_the_largest_pack_comes_back_from_its_workbook() {
    let national = testkit::packs::shipped_folder("national").unwrap();
    let place = tempfile::tempdir().unwrap();
    let (workbook, new) = (place.path().join("pack.xlsx"), place.path().join("new"));
    to_sheet(&national, &workbook).unwrap();
    let read = from_sheet(&workbook, &new, Some(jiff::civil::date(2026, 11, 27))).unwrap();
    assert_eq!((read.faults, read.warnings), (vec![], vec![]));
    let pack = |folder| tables(folder::read(folder).unwrap().folders);
    let before = pack(&national);
    assert_eq!(pack(&new), before);
    let lists = &before[Path::new("lists.toml")]["lists"];
    assert!(lists.as_array().unwrap().len() > 1);
}

#[test]
fn an_empty_folder_is_filled_and_a_signature_left_out() {
    let place = tempfile::tempdir().unwrap();
    let (pack, new) = (place.path().join("pack"), place.path().join("new"));
    std::fs::create_dir_all(pack.join("policies")).unwrap();
    std::fs::create_dir(&new).unwrap();
    // A pack that has only some files, one of them in a folder that has no schema.
    std::fs::write(pack.join("pack.toml"), "extends = \"../national\"\nversion = \"1\"\n").unwrap();
    std::fs::write(pack.join("policies/a.toml"), "n = \"007\"\nday = 2026-11-01\n").unwrap();
    for (name, text) in [("signature.toml", ""), (".pack.toml.swp", ""), ("读我.txt", "")] {
        std::fs::write(pack.join(name), text).unwrap();
    }
    let workbook = place.path().join("pack.xlsx");
    let written = to_sheet(&pack, &workbook).unwrap();
    let left_out: Vec<&str> =
        written.left_out.iter().map(|note| note.split(':').next().unwrap()).collect();
    assert_eq!(left_out, ["signature.toml", "读我.txt"]);
    let read = from_sheet(&workbook, &new, None).unwrap();
    let at_field = read.faults.iter().find(|fault| fault.name.as_deref() == Some("extends"));
    assert!(at_field.is_none_or(|fault| fault.to_string().starts_with("pack!")), "{at_field:?}");
    let read = tables(folder::read(&new).unwrap().folders);
    let mut pack = tables(folder::read(&pack).unwrap().folders);
    assert_eq!(read, pack);
    let day = pack.remove(Path::new("policies/a.toml")).unwrap().remove("day").unwrap();
    assert!(day.is_datetime());
}

fn texts() -> impl Strategy<Value = String> {
    let odd = [
        "",
        "{}",
        "[]",
        "\"\"",
        "\"a\"",
        "'a",
        "=1+1",
        "@file",
        "+1",
        "-1",
        "007",
        "12333",
        "true",
        "FALSE",
        "1e5",
        "2026-11-01",
        "#REF!",
        "※",
        " a ",
        "a\nb",
        "\n",
        "a\r\nb",
        "\t",
        "\u{0}",
        "_x000D_",
        "\u{FFFF}",
        "\u{FEFF}",
        "<a&amp;b>",
        "]]>",
        "中文，标点。",
        "😀",
        "e\u{301}",
    ];
    prop_oneof![
        proptest::sample::select(odd.to_vec()).prop_map(str::to_owned),
        "[a-z]{1,8}",
        "\\PC{0,12}",
        any::<String>().prop_map(|text| text.chars().take(12).collect()),
    ]
}

/// Names of a pack, so that the schema has something to say, and others.
fn names() -> impl Strategy<Value = String> {
    let known = [
        "id",
        "name",
        "zh",
        "en",
        "kind",
        "type",
        "limit_min",
        "audience",
        "without_visit",
        "public",
        "fee",
        "guide",
        "title",
        "lines",
        "eligibility",
        "age",
        "min",
        "questions",
        "answer",
        "options",
        "ways",
        "code",
        "category",
        "promise",
        "file",
        "position",
    ];
    prop_oneof![
        8 => proptest::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => texts(),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => texts().prop_map(Value::String),
        2 => prop_oneof![any::<i64>(), -9_i64..99].prop_map(Value::Integer),
        1 => prop_oneof![any::<f64>(), Just(1.0), Just(0.5)]
            .prop_filter("not equal to itself", |number| !number.is_nan())
            .prop_map(Value::Float),
        1 => any::<bool>().prop_map(Value::Boolean),
        1 => Just("d = 2026-11-01".parse::<Table>().unwrap()["d"].clone()),
    ];
    leaf.prop_recursive(5, 48, 5, |inner| {
        let table = || proptest::collection::btree_map(names(), inner.clone(), 0..5).prop_map(table);
        prop_oneof![
            2 => table().prop_map(Value::Table),
            2 => proptest::collection::vec(table().prop_map(Value::Table), 0..4).prop_map(Value::Array),
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            1 => proptest::collection::vec(texts().prop_map(Value::String), 0..4).prop_map(Value::Array),
        ]
    })
}

fn table(fields: BTreeMap<String, Value>) -> Table {
    fields.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_is_toml_comes_back_as_it_was(
        pack in proptest::collection::btree_map(names(), values(), 0..6),
        items in proptest::collection::vec(proptest::collection::btree_map(names(), values(), 0..8), 0..4),
        others in proptest::collection::vec(proptest::collection::btree_map(names(), values(), 0..4), 0..2),
    ) {
        let file = |name: String, fields| TomlFile { name, table: table(fields) };
        let numbered = |list: Vec<_>| {
            let files = list.into_iter().enumerate();
            files.map(|(number, fields)| file(format!("{number}-文件.toml"), fields)).collect()
        };
        let folders = || vec![
            Folder { name: String::new(), files: vec![file("pack.toml".to_owned(), pack.clone())] },
            Folder { name: "items".to_owned(), files: numbered(items.clone()) },
            Folder { name: "policies".to_owned(), files: numbered(others.clone()) },
        ];
        let read = files(&workbook(&plan::grids(&folders()).unwrap()));
        let read = read.map_err(|faults| TestCaseError::fail(format!("{faults:#?}")))?;
        prop_assert_eq!(read, tables(folders()));
    }
}

/// Officials sort, insert and number rows as they like.
#[test]
fn rows_and_columns_may_be_moved() {
    let mut grids = sample();
    let expected = files(&workbook(&grids)).unwrap();
    for grid in &mut grids {
        grid.rows.reverse();
        grid.columns.reverse();
        grid.rows.iter_mut().for_each(|row| row.reverse());
    }
    grids.reverse();
    assert_eq!(files(&workbook(&grids)).unwrap(), expected);
    // A question between two, by a number between theirs or by none at all.
    for position in [Some(Cell::Number(1.5)), text("1.5"), None] {
        let mut grids = sample();
        let questions = grid(&mut grids, "items.questions");
        let new = questions.rows[0].clone();
        questions.rows.insert(1, new);
        questions.put(1, "id", text("more"));
        questions.put(1, "@position", position);
        let ways = grid(&mut grids, "items.questions.answer.ways");
        ways.put(0, "@questions.id", text("more"));
        let read = files(&workbook(&grids)).unwrap();
        let item = &read[Path::new("items/20-unemployment-registration.toml")];
        let ids = item["questions"].as_array().unwrap().iter().map(|question| &question["id"]);
        assert_eq!(
            ids.collect::<Vec<_>>(),
            ["reason", "more", "service", "phone"].map(Value::from).iter().collect::<Vec<_>>()
        );
        assert_eq!(item["questions"][1]["answer"]["ways"].as_array().unwrap().len(), 1);
    }
}

/// Another program writes texts with formats, reading aids, places or none, and prefixes.
#[test]
fn a_workbook_of_another_program_is_read() {
    let strings = "<si><t>@file</t></si><si><r><rPr><b/></rPr><t>ver</t></r><r><t>sion</t></r></si>\
        <si><t>示例</t><rPh sb=\"0\" eb=\"1\"><t>shili</t></rPh></si><si/><si><t> pack.toml\n</t></si>";
    let pack = "<x:sheetFormatPr/><x:sheetData><x:row r=\"1\" spans=\"1:9\">\
        <x:c r=\"B1\" t=\"s\" s=\"3\"><x:v>1</x:v></x:c><x:c r=\"A1\" t=\"s\"><x:v>0</x:v></x:c>\
        <x:c r=\"D1\" t=\"str\"><x:v>region</x:v></x:c><x:c r=\"E1\" t=\"inlineStr\"><x:is><x:t>as_of</x:t></x:is></x:c>\
        <x:c r=\"F1\" t=\"inlineStr\"><x:is><x:t>hotline.open</x:t></x:is></x:c><x:c r=\"ZZ1\" s=\"9\"/></x:row>\
        <x:row r=\"5\"><x:c r=\"A5\" t=\"s\"><x:v>4</x:v></x:c><x:c r=\"B5\" t=\"s\"><x:v>2</x:v></x:c>\
        <x:c r=\"C5\" t=\"s\"><x:v>3</x:v></x:c><x:c r=\"D5\"><x:v>370200</x:v></x:c>\
        <x:c r=\"E5\" s=\"7\" t=\"n\"><x:v>4.6327E4</x:v></x:c><x:c r=\"F5\" t=\"b\"><x:v>1</x:v></x:c></x:row>\
        <x:row r=\"1048576\" hidden=\"1\"/></x:sheetData>";
    let read = files(&by_hand(&[("Sheets", &index()), ("Pack", pack)], strings)).unwrap();
    let expected =
        "version = \"示例\"\nregion = \"370200\"\nas_of = \"2026-11-01\"\nhotline.open = true";
    assert_eq!(read[Path::new("pack.toml")], expected.parse::<Table>().unwrap());
}
