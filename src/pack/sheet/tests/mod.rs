//! Packs as workbooks and back: nothing is lost, each fault is named, nothing from outside does harm.

mod faults;
mod hostile;
mod round_trip;

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use toml::Table;

use super::cell::Cell;
use super::fault::SheetFault;
use super::plan::Grid;
use super::{Folder, folder, gather, heading, plan, read, write};
use crate::testkit;

/// The sheets of the sample pack.
fn sample() -> Vec<Grid> {
    let sample = testkit::packs::sample_folder().expect("a checkout");
    plan::grids(&folder::read(&sample).expect("the sample is TOML").folders).expect("room")
}

fn tables(folders: Vec<Folder>) -> BTreeMap<PathBuf, Table> {
    let of = |folder: Folder| {
        let name = folder.name.clone();
        folder.files.into_iter().map(move |file| (Path::new(&name).join(file.name), file.table))
    };
    folders.into_iter().flat_map(of).collect()
}

/// The files of a workbook, by the text that is written.
fn files(workbook: &[u8]) -> Result<BTreeMap<PathBuf, Table>, Vec<SheetFault>> {
    let book = read::workbook(workbook)?;
    let texts = gather::pack(&book)?.texts();
    let parsed = |(path, text): (PathBuf, String)| {
        let table = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        (path, table)
    };
    Ok(texts.into_iter().map(parsed).collect())
}

/// What is said of a workbook that cannot be read.
fn faults(workbook: &[u8]) -> Vec<String> {
    files(workbook).expect_err("a fault").iter().map(SheetFault::to_string).collect()
}

fn workbook(grids: &[Grid]) -> Vec<u8> {
    write::workbook(grids).expect("a workbook")
}

impl Grid {
    fn column(&self, name: &str) -> usize {
        let of_name = |heading: &heading::Heading| heading.column.to_string() == name;
        self.columns.iter().position(of_name).unwrap_or_else(|| panic!("{}: {name}", self.name))
    }

    /// Row counted from the first under the heads, which is row 3 of the sheet.
    fn put(&mut self, row: usize, name: &str, cell: Option<Cell>) {
        let column = self.column(name);
        self.rows[row][column] = cell;
    }
}

fn grid<'g>(grids: &'g mut [Grid], name: &str) -> &'g mut Grid {
    grids.iter_mut().find(|grid| grid.name == name).unwrap_or_else(|| panic!("{name}"))
}

fn text(text: &str) -> Option<Cell> {
    Some(Cell::Text(text.to_owned()))
}

const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A file of an archive with these parts.
fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).expect("a part");
        zip.write_all(text.as_bytes()).expect("a part");
    }
    zip.finish().expect("an archive").into_inner()
}

/// A workbook by hand: the names of its sheets and what stands in them.
fn by_hand(sheets: &[(&str, &str)], strings: &str) -> Vec<u8> {
    let numbered = || (1..).zip(sheets);
    let main: String = numbered()
        .map(|(id, (name, _))| format!(r#"<sheet name="{name}" sheetId="{id}" r:id="rId{id}"/>"#))
        .collect();
    let main = format!(r#"<workbook xmlns:r="{TYPES}"><sheets>{main}</sheets></workbook>"#);
    let relations: String = numbered()
        .map(|(id, _)| {
            format!(r#"<Relationship Id="rId{id}" Type="{TYPES}/worksheet" Target="worksheets/sheet{id}.xml"/>"#)
        })
        .collect();
    let strings_too = format!(
        r#"<Relationship Id="rId0" Type="{TYPES}/sharedStrings" Target="/xl/strings.xml"/>"#
    );
    let relations = format!("<Relationships>{relations}{strings_too}</Relationships>");
    let rest = format!(
        r#"<Relationships><Relationship Id="a" Type="{TYPES}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let strings = format!("<sst uniqueCount=\"18446744073709551615\">{strings}</sst>");
    let texts: Vec<(String, String)> = numbered()
        .map(|(id, (_, text))| {
            (format!("xl/worksheets/sheet{id}.xml"), format!("<worksheet>{text}</worksheet>"))
        })
        .collect();
    let mut parts = vec![
        ("_rels/.rels", rest.as_str()),
        ("xl/workbook.xml", main.as_str()),
        ("xl/_rels/workbook.xml.rels", relations.as_str()),
        ("xl/strings.xml", strings.as_str()),
    ];
    parts.extend(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    archive(&parts)
}

/// Cells of text, row by row, without saying where they are.
fn data(rows: &[&[&str]]) -> String {
    let cell = |text: &&str| match *text {
        "" => "<c/>".to_owned(),
        text if text.starts_with('<') => text.to_owned(),
        text => format!("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"),
    };
    let row = |row: &&[&str]| format!("<row>{}</row>", row.iter().map(cell).collect::<String>());
    format!("<sheetData>{}</sheetData>", rows.iter().map(row).collect::<String>())
}

/// The sheet `sheets` for one sheet with the pack's own files.
fn index() -> String {
    data(&[&["@sheet", "@folder", "@list"], &["pack", ".", ""]])
}
