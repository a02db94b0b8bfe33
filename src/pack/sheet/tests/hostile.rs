use proptest::prelude::*;

use super::super::read::{Budget, within};
use super::*;

fn pack(text: &str) -> Vec<u8> {
    by_hand(&[("sheets", &index()), ("pack", text)], "")
}

/// What is said of a workbook of which so much may be read.
fn refused(workbook: &[u8], budget: Budget) -> String {
    let faults = within(workbook, budget).err().expect("a fault");
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].to_string()
}

#[test]
fn what_is_no_workbook_is_refused() {
    let entities = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
    for (bytes, problem) in [
        (vec![], "the workbook is no .xlsx workbook"),
        (b"PK\x05\x06".to_vec(), "the workbook is no .xlsx workbook"),
        (vec![0xD0, 0xCF, 0x11, 0xE0, 0, 0], "the workbook is an old .xls or has a password"),
        (archive(&[]), "the workbook has no sheets in it"),
        (archive(&[("xl/workbook.xml", "<a")]), "the workbook has a part that is no XML"),
        (archive(&[("xl/workbook.xml", "<a>&b;</a>")]), "the workbook has a part that is no XML"),
        (archive(&[("xl/workbook.xml", entities)]), "the workbook has a document type"),
        (archive(&[("xl/workbook.xml", "")]), "the workbook has no sheet \"sheets\""),
        (pack("<c r=\"A0\"/>"), "the workbook has a cell \"A0\", which is none"),
        (pack("<c t=\"s\"><v>7</v></c>"), "the workbook has a cell whose text is missing"),
        (pack("<row><c>"), "the workbook has a part that is no XML"),
        (by_hand(&[("a", ""); 201], ""), "the workbook has more than 200 sheets"),
    ] {
        let named = faults(&bytes);
        assert!(named[0].starts_with(problem), "{problem} in {named:?}");
    }
    let mut cut = workbook(&sample());
    cut.truncate(cut.len() / 2);
    assert!(faults(&cut)[0].starts_with("the workbook is no .xlsx workbook"));
}

#[test]
fn what_is_beyond_any_measure_is_refused_before_it_is_read() {
    let budget = || Budget { unpacked: 1 << 20, cells: 1000, text: 1 << 16 };
    let bomb = pack(&" ".repeat(2 << 20));
    assert!(bomb.len() < 1 << 16);
    let said = refused(&bomb, budget());
    assert!(said.starts_with("the workbook is larger than 1 MiB when unpacked"), "{said}");
    // One large text in many cells; many cells; many texts.
    let cell = "<c t=\"s\"><v>0</v></c>";
    let large = format!("<si><t>{}</t></si>", "a".repeat(1000));
    let many = by_hand(&[("sheets", &index()), ("pack", &cell.repeat(100))], &large);
    assert_eq!(refused(&many, budget()), "the workbook has too much text; take sheets out");
    let many = pack(&"<c><v>1</v></c>".repeat(1001));
    assert!(refused(&many, budget()).starts_with("the workbook has more cells than are read"));
    let many = by_hand(&[("pack", "")], &"<si/>".repeat(1001));
    assert!(refused(&many, budget()).starts_with("the workbook has more than 1000 texts"));
}

#[test]
fn cells_far_out_are_named_and_cost_nothing() {
    let far = [
        "<c r=\"XFD1048576\"><v>1</v></c>",
        "<c r=\"ALM1\"><v>1</v></c>",
        "<c r=\"A100001\"><v>1</v></c>",
    ];
    let head = "<row><c t=\"str\"><v>@file</v></c></row>";
    for cell in far {
        let place = cell.split('"').nth(1).unwrap();
        let named = faults(&pack(&format!("{head}{cell}")));
        assert_eq!(named.len(), 1);
        assert!(
            named[0].starts_with(&format!("pack!{place}: stands beyond the 100000 rows")),
            "{named:?}"
        );
    }
    let row = "<row r=\"4294967295\"></row><row></row><row><c><v>1</v></c></row>";
    assert!(faults(&pack(&format!("{head}{row}")))[0].contains("stands beyond"));
    // Thousands of columns, each with a fault: the first are named.
    let columns = "<c t=\"str\"><v>a b</v></c>".repeat(16_384);
    let named = faults(&pack(&format!("<row>{columns}</row>")));
    assert_eq!(named.len(), 200);
    let deep = ["a"; 5000].join(".");
    let named = faults(&pack(&data(&[&["@file", &deep]])));
    assert!(named[0].starts_with("pack!B1: is no name of a column"), "{named:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    /// Whatever stands in the parts of a workbook, it is read or has a fault.
    #[test]
    fn no_workbook_does_harm(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), 0..12_usize, 0..14_usize), 1..6),
        part in 0..3_usize,
    ) {
        let data = data(&[&["@file", "a.b", "c[]", "d#"], &["pack.toml", "1", "x", "[1]"], &["b.toml", "<c><v>2.5</v></c>", "", "<c t=\"b\"><v>1</v></c>"]]);
        let mut parts = [index(), data, "<si><t>a</t></si>".to_owned()];
        let odd = ["", "<", ">", "\"", "&#0;", "&amp;", "@", "※", "\u{0}", "<c>", "</row>", "r=\"C9\"", "-1e999", "<f/>"];
        for (at, cut, new) in changes {
            let text: Vec<char> = parts[part].chars().collect();
            let at = at.index(text.len() + 1);
            let (before, after) = text.split_at(at);
            let after = after.iter().skip(cut);
            parts[part] = before.iter().collect::<String>() + odd[new] + &after.collect::<String>();
        }
        let book = by_hand(&[("sheets", &parts[0]), ("pack", &parts[1])], &parts[2]);
        files(&book).ok();
    }

    #[test]
    fn no_bytes_do_harm(at in any::<proptest::sample::Index>(), new in any::<[u8; 4]>()) {
        let mut book = by_hand(&[("sheets", &index()), ("pack", "<row/>")], "");
        let at = at.index(book.len() - 4);
        book[at..at + 4].copy_from_slice(&new);
        files(&book).ok();
    }
}
