use super::super::{SheetError, from_sheet};
use super::*;

/// What is said when one cell of the sample is another.
fn spoilt(sheet: &str, row: usize, column: &str, cell: Option<Cell>) -> Vec<String> {
    let mut grids = sample();
    grid(&mut grids, sheet).put(row, column, cell);
    faults(&workbook(&grids))
}

#[test]
fn p10_each_fault_of_a_workbook_is_named_with_sheet_row_and_column() {
    let options = "items.questions.answer.options";
    for (sheet, row, column, cell, fault) in [
        ("items", 0, "@file", None, "items!A3 (@file): is empty; write the name of the file"),
        (
            "items",
            1,
            "@file",
            text("10-participation-query.toml"),
            "items!A4 (@file): is also the file of row 3",
        ),
        ("items", 0, "@file", text("../10-x.toml"), "items!A3 (@file): a name without / \\"),
        (
            "items",
            0,
            "@file",
            text("10-x.txt"),
            "items!A3 (@file): the name of a file ends with .toml",
        ),
        (
            "items",
            0,
            "@file",
            Some(Cell::Number(1.0)),
            "items!A3 (@file): the name of a file is needed",
        ),
        (
            "pack",
            0,
            "hotline.number",
            Some(Cell::Number(12_333.0)),
            "(hotline.number): the number 12333 stands where text is needed",
        ),
        (
            "pack",
            0,
            "version",
            Some(Cell::Truth(true)),
            "(version): TRUE stands where text is needed",
        ),
        (
            "items.questions",
            0,
            "@file",
            text("99-none.toml"),
            "items.questions!A3 (@file): no row of the sheet items has the file \"99-none.toml\"",
        ),
        (
            "items.questions",
            1,
            "@position",
            Some(Cell::Number(1.0)),
            "items.questions!B4 (@position): position 1 stands twice",
        ),
        (
            "items.questions",
            0,
            "@position",
            text("first"),
            "items.questions!B3 (@position): a number is needed",
        ),
        (
            options,
            0,
            "@questions.id",
            text("none"),
            "items.questions.answer.options!B3 (@questions.id): no row of the sheet items.questions",
        ),
        (
            options,
            0,
            "@questions.id",
            None,
            "items.questions.answer.options!B3 (@questions.id): is empty; say to which row",
        ),
        (
            "items.guide.sections.lines",
            0,
            "@guide.sections",
            Some(Cell::Number(9.0)),
            "items.guide.sections.lines!B3 (@guide.sections): no row of the sheet items.guide.sections",
        ),
    ] {
        let named = spoilt(sheet, row, column, cell);
        assert!(named.iter().any(|named| named.contains(fault)), "{fault} in {named:#?}");
    }
}

#[test]
fn p10_each_fault_of_a_first_row_and_of_the_index_is_named() {
    let header = |names: &[&str]| {
        let row = names.iter().map(|_| "x").collect::<Vec<_>>();
        by_hand(&[("sheets", &index()), ("pack", &data(&[names, &row]))], "")
    };
    for (names, fault) in [
        (&["@file", "a b"][..], "pack!B1: is no name of a column"),
        (&["@file", "a", "a"], "pack!C1: is the name of two columns"),
        (&["a"], "pack: the column @file is missing in the first row"),
        (&["@file", "@guide"], "pack!B1: names no list around this one"),
        (&["@file", "@position"], "pack!B1: files have no position"),
        (&["@file", "<c><v>5</v></c>"], "pack!B1: is no name of a column"),
        (&["@file", ""], "pack!B2: stands in a column without a name"),
        (&["@file", "a", "a.b"], "pack!C2 (a.b): a is a value of its own already"),
        (&["@file", "a", "a#"], "pack!C2 (a#): is no value as TOML writes it"),
        (&["@file", "a", "a[]"], "pack!C2 (a[]): a has a value in another column already"),
    ] {
        let named = faults(&header(names));
        assert!(named.iter().any(|named| named.starts_with(fault)), "{fault} in {named:#?}");
    }
    let indexed = |rows: &[&[&str]]| {
        let pack = data(&[&["@file"], &["pack.toml"]]);
        by_hand(&[("sheets", &data(rows)), ("pack", &pack), ("other", &pack)], "")
    };
    let head = &["@sheet", "@folder", "@list"][..];
    for (rows, fault) in [
        (&[&["@sheet", "@list"][..], &["pack", ""]][..], "sheets: the first row needs the columns"),
        (&[head], "sheets: names no sheet"),
        (
            &[head, &["pack", ".", ""], &["gone", "items", ""]],
            "sheets!A3 (@sheet): there is no sheet \"gone\"",
        ),
        (
            &[head, &["pack", ".", ""], &["other", "..", ""]],
            "sheets!B3 (@folder): the name of a folder",
        ),
        (
            &[head, &["pack", ".", ""], &["other", "a/b", ""]],
            "sheets!B3 (@folder): the name of a folder",
        ),
        (
            &[head, &["pack", ".", ""], &["other", ".", "a b"]],
            "sheets!C3 (@list): the name of a list",
        ),
        (
            &[head, &["pack", ".", ""], &["other", ".", ""]],
            "sheets!A3 (@sheet): the sheet, or what it has, stands twice",
        ),
        (
            &[head, &["pack", ".", ""], &["other", "items", "guide"]],
            "other: the sheet with the files of its folder is missing",
        ),
    ] {
        let named = faults(&indexed(rows));
        assert!(named.iter().any(|named| named.starts_with(fault)), "{fault} in {named:#?}");
    }
    let named = faults(&by_hand(&[("pack", &index())], ""));
    assert!(named[0].starts_with("the workbook has no sheet \"sheets\""), "{named:?}");
}

#[test]
fn p10_cells_that_are_no_values_are_named() {
    let pack = |cell: &str, more: &str| {
        let pack = data(&[&["@file", "a", "b"], &["pack.toml", cell, "x"]]) + more;
        faults(&by_hand(&[("sheets", &index()), ("pack", &pack)], ""))
    };
    let formula = pack("<c><f>1+1</f><v>2</v></c>", "");
    assert!(formula[0].starts_with("pack!B2 (a): holds a formula; copy it"), "{formula:?}");
    let broken = pack("<c t=\"e\"><v>#REF!</v></c>", "");
    assert!(broken[0].starts_with("pack!B2 (a): holds #REF!, which is no value"), "{broken:?}");
    let merged = pack("", "<mergeCells><mergeCell ref=\"A2:B2\"/></mergeCells>");
    assert!(merged[0].starts_with("pack!A2: A2:B2 are merged; undo it"), "{merged:?}");
    let twice = pack("<c r=\"A2\"><v>2</v></c>", "");
    assert!(twice[0].starts_with("pack!A2: stands twice"), "{twice:?}");
}

/// What only the check of the pack finds has a cell too.
#[test]
fn p10_faults_of_the_pack_are_named_by_their_cells() {
    let mut grids = sample();
    for (sheet, row, column, cell) in [
        ("items", 1, "kind.limit_min", Some(Cell::Number(31.0))),
        ("items", 1, "public.fee.en", None),
        ("items", 0, "name.zh", text(&"长".repeat(31))),
        ("items", 0, "audience[]", text("employees\nnobody")),
        ("items.questions", 1, "id", text("9")),
        ("pack", 0, "region", text("37")),
        ("calendars.holidays", 0, "from", text("2024-13-01")),
    ] {
        grid(&mut grids, sheet).put(row, column, cell);
    }
    for list in ["pack.outlets", "pack.outlets.hours.open"] {
        grid(&mut grids, list).rows.clear();
    }
    let options = grid(&mut grids, "items.questions.answer.options");
    let within = options.column("@questions.id");
    for row in options.rows.iter_mut().filter(|row| row[within] == text("service")) {
        row[within] = text("9");
    }
    let place = tempfile::tempdir().unwrap();
    let (file, new) = (place.path().join("pack.xlsx"), place.path().join("new"));
    std::fs::write(&file, workbook(&grids)).unwrap();
    let read = from_sheet(&file, &new, None).unwrap();
    let named: Vec<String> = read.faults.iter().map(SheetFault::to_string).collect();
    let cell = |sheet: &str, column: &str, row: usize, grids: &mut [Grid]| {
        let column = grid(grids, sheet).column(column) as u32;
        SheetFault::of_cell(sheet, (row as u32 + 2, column), None, "").cell().unwrap()
    };
    for (sheet, column, row, problem) in [
        ("items", "kind.limit_min", 1, "kind.limit_min: must be 1 to 30"),
        ("items", "public.fee.en", 1, "public.fee.en: is missing"),
        ("items", "name.zh", 0, "name.zh: has 31 characters"),
        ("items", "audience[]", 0, "audience[2]: must be one of"),
        ("items.questions", "id", 1, "questions[2].id: \"9\""),
        ("pack", "region", 0, "region: \"37\""),
        ("calendars.holidays", "from", 0, "holidays[1].from: "),
    ] {
        let at = cell(sheet, column, row, &mut grids);
        let fault = format!("{sheet}!{at} ({column}): {problem}");
        assert!(named.iter().any(|named| named.starts_with(&fault)), "{fault} in {named:#?}");
    }
    let outlets = "pack.outlets: pack.toml: outlets: is missing";
    assert!(named.iter().any(|named| named.starts_with(outlets)), "{named:#?}");
    assert_eq!(named.len(), 8, "{named:#?}");
    assert!(new.join("pack.toml").is_file(), "it is written all the same");
}

#[test]
fn nothing_is_written_of_a_workbook_with_a_fault() {
    let mut grids = sample();
    grid(&mut grids, "items").put(0, "@file", None);
    let place = tempfile::tempdir().unwrap();
    let (file, new) = (place.path().join("pack.xlsx"), place.path().join("new"));
    std::fs::write(&file, workbook(&grids)).unwrap();
    assert!(matches!(from_sheet(&file, &new, None), Err(SheetError::Faults(_))));
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
    // Nor where something is.
    std::fs::write(&file, workbook(&sample())).unwrap();
    std::fs::create_dir(&new).unwrap();
    std::fs::write(new.join("mine"), "").unwrap();
    assert!(matches!(from_sheet(&file, &new, None), Err(SheetError::Exists(_))));
    assert!(matches!(from_sheet(&file, &file, None), Err(SheetError::File(..))));
    let nowhere = place.path().join("no/where");
    assert!(matches!(from_sheet(&file, &nowhere, None), Err(SheetError::File(..))));
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 2);
}
