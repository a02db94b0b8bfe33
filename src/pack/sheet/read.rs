//! The bytes of a workbook as sheets of cells.

use std::collections::{BTreeMap, HashMap};

use super::cell::Cell;
use super::fault::{MOST_FAULTS, SheetFault};
use super::xml::{Archive, Elements, Problem, Token, attribute, full_attribute, is, unescaped};
use super::{
    ALL_TEXT, CELL_TEXT, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_SHEETS, UNPACKED_BYTES,
};

/// Rows and columns of the largest sheet there is.
const SHEET: (u32, u32) = (1_048_576, 16_384);
/// Longest name of a sheet that is shown, in characters.
const LONGEST_NAME: usize = 64;

/// A workbook.
pub(super) struct Book {
    pub sheets: Vec<Sheet>,
    /// Days are counted from 1904.
    pub from_1904: bool,
}

/// A sheet. Rows and columns are counted from 0; empty cells are not there.
#[derive(Default)]
pub(super) struct Sheet {
    pub name: String,
    pub cells: BTreeMap<(u32, u32), Cell>,
    /// Cells that are merged with others: the first of them, and which.
    pub merged: Vec<((u32, u32), String)>,
    /// Cells beyond what is read; of these a sheet that is read has none.
    pub faults: Vec<SheetFault>,
}

/// How much may be read.
pub(super) struct Budget {
    /// Bytes, unpacked.
    pub unpacked: u64,
    /// Cells that are not empty; and texts that cells share.
    pub cells: usize,
    /// Bytes of text in all cells.
    pub text: usize,
}

/// # Errors
/// What is wrong with the workbook as a whole.
pub(super) fn workbook(bytes: &[u8]) -> Result<Book, Vec<SheetFault>> {
    within(bytes, Budget { unpacked: UNPACKED_BYTES, cells: MOST_CELLS, text: ALL_TEXT })
}

/// [`workbook`], of so much.
pub(super) fn within(bytes: &[u8], budget: Budget) -> Result<Book, Vec<SheetFault>> {
    let named = |problem| vec![SheetFault::of_book(format!("the workbook {problem}"))];
    read(bytes, budget).map_err(named)
}

fn read(bytes: &[u8], mut budget: Budget) -> Result<Book, Problem> {
    let mut archive = Archive::open(bytes, budget.unpacked)?;
    let main = relations(&mut archive, "")?;
    let main = main.into_values().find(|(kind, _)| kind == "officeDocument");
    let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |(_, target)| target);
    let missing = || "has no sheets in it; save it as .xlsx".to_owned();
    let (names, from_1904) = sheets(&archive.part(&main)?.ok_or_else(missing)?)?;
    if names.len() > MOST_SHEETS {
        return Err(format!("has more than {MOST_SHEETS} sheets; take some out"));
    }
    let parts = relations(&mut archive, &main)?;
    let strings = parts.values().find(|(kind, _)| kind == "sharedStrings");
    let strings = match strings {
        Some((_, target)) => {
            shared_strings(&archive.part(target)?.unwrap_or_default(), budget.cells)?
        }
        None => Vec::new(),
    };
    let mut book = Book { sheets: Vec::new(), from_1904 };
    for (name, id) in names {
        // Sheets that are charts have no cells.
        let Some((_, target)) = parts.get(&id).filter(|(kind, _)| kind == "worksheet") else {
            continue;
        };
        let text = archive.part(target)?.ok_or_else(missing)?;
        let mut sheet = Sheet { name, ..Sheet::default() };
        sheet.read(&text, &strings, &mut budget)?;
        book.sheets.push(sheet);
    }
    Ok(book)
}

/// What a part refers to, by id: the last word of its kind, and the name of the part.
fn relations(
    archive: &mut Archive<'_>,
    of: &str,
) -> Result<HashMap<String, (String, String)>, Problem> {
    let (folder, name) = of.rsplit_once('/').unwrap_or(("", of));
    let mut relations = HashMap::new();
    let part = format!("{folder}/_rels/{name}.rels");
    let text = archive.part(&part)?.unwrap_or_default();
    let mut elements = Elements::of(&text);
    while let Some(token) = elements.next()? {
        let Token::Begin(element) = token else { continue };
        let relation =
            (attribute(&element, "Id"), attribute(&element, "Type"), attribute(&element, "Target"));
        if let (Some(id), Some(kind), Some(target)) = relation {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            let target = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("{folder}/{target}"),
            };
            relations.insert(id, (kind, target));
        }
    }
    Ok(relations)
}

/// Names and ids of the sheets, and whether days are counted from 1904.
fn sheets(text: &str) -> Result<(Vec<(String, String)>, bool), Problem> {
    let (mut names, mut from_1904) = (Vec::new(), false);
    let mut elements = Elements::of(text);
    while let Some(token) = elements.next()? {
        let Token::Begin(element) = token else { continue };
        if is(&element, "sheet") {
            let id = attribute(&element, "id");
            if let (Some(name), Some(id)) = (attribute(&element, "name"), id) {
                names.push((unescaped(&name).chars().take(LONGEST_NAME).collect(), id));
            }
        } else if is(&element, "workbookPr") {
            let since = attribute(&element, "date1904");
            from_1904 |= matches!(since.as_deref(), Some("1" | "true"));
        }
    }
    Ok((names, from_1904))
}

fn shared_strings(text: &str, most: usize) -> Result<Vec<String>, Problem> {
    let mut strings = Vec::new();
    let mut elements = Elements::of(text);
    while let Some(token) = elements.next()? {
        if let Token::Begin(element) = token
            && is(&element, "si")
        {
            if strings.len() == most {
                return Err(format!("has more than {most} texts; take sheets out"));
            }
            strings.push(rich_text(&mut elements, "si")?);
        }
    }
    Ok(strings)
}

/// The text of a string that may have parts in several formats, without the reading aids beside it.
fn rich_text(elements: &mut Elements<'_>, end: &str) -> Result<String, Problem> {
    let (mut text, mut part, mut aids) = (String::new(), None, 0_usize);
    while let Some(token) = elements.next()? {
        match token {
            Token::Begin(element) if is(&element, "rPh") => aids += 1,
            Token::Begin(element) if is(&element, "t") && aids == 0 => {
                let kept = full_attribute(&element, "xml:space");
                part = Some((kept.as_deref() == Some("preserve"), String::new()));
            }
            Token::Text(more) => {
                if let Some((_, part)) = &mut part {
                    part.push_str(&more);
                }
            }
            Token::End(name) if name == "rPh" => aids = aids.saturating_sub(1),
            Token::End(name) if name == "t" => {
                if let Some((kept, part)) = part.take() {
                    let spaces = [' ', '\t', '\n', '\r'];
                    text.push_str(if kept { &part } else { part.trim_matches(spaces) });
                }
            }
            Token::End(name) if name == end => break,
            _ => {}
        }
    }
    Ok(unescaped(&text).into_owned())
}

impl Sheet {
    fn read(&mut self, text: &str, strings: &[String], budget: &mut Budget) -> Result<(), Problem> {
        let mut elements = Elements::of(text);
        let (mut row, mut column) = (0, 0);
        while let Some(token) = elements.next()? {
            match token {
                Token::Begin(element) if is(&element, "row") => {
                    let number = attribute(&element, "r").and_then(|r| r.parse::<u32>().ok());
                    row = number.map_or(row, |number| number.saturating_sub(1));
                    column = 0;
                }
                Token::End(name) if name == "row" => row = row.saturating_add(1),
                Token::Begin(element) if is(&element, "c") => {
                    if let Some(place) = attribute(&element, "r") {
                        (row, column) = place_of(&place).ok_or_else(|| {
                            format!(
                                "has a cell {:?}, which is none",
                                place.chars().take(20).collect::<String>()
                            )
                        })?;
                    }
                    let kind = attribute(&element, "t").unwrap_or_default();
                    let cell = cell(&mut elements, &kind, strings)?;
                    if let Some(cell) = cell {
                        self.put((row, column), cell, budget)?;
                    }
                    column = column.saturating_add(1);
                }
                Token::Begin(element) if is(&element, "mergeCell") => {
                    let range = attribute(&element, "ref").unwrap_or_default();
                    let first = range.split(':').next().and_then(place_of);
                    if let Some(first) = first
                        && self.merged.len() < MOST_FAULTS
                    {
                        self.merged.push((first, range.chars().take(30).collect()));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn put(&mut self, place: (u32, u32), cell: Cell, budget: &mut Budget) -> Result<(), Problem> {
        let (row, column) = place;
        let mut fault = |problem: String| {
            if self.faults.len() < MOST_FAULTS {
                self.faults.push(SheetFault::of_cell(&self.name, place, None, problem));
            }
            Ok(())
        };
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return fault(format!(
                "stands beyond the {MOST_ROWS} rows and {MOST_COLUMNS} columns that are read; delete it"
            ));
        }
        if let Cell::Text(text) = &cell {
            if text.encode_utf16().count() > CELL_TEXT {
                return fault(format!("has more than {CELL_TEXT} characters"));
            }
            let too_much = "has too much text; take sheets out";
            budget.text = budget.text.checked_sub(text.len()).ok_or(too_much)?;
        }
        let too_many = "has more cells than are read; take sheets out";
        budget.cells = budget.cells.checked_sub(1).ok_or(too_many)?;
        if self.cells.insert(place, cell).is_some() {
            return fault("stands twice in the file".to_owned());
        }
        Ok(())
    }
}

/// The rest of a cell; `None` if it is empty.
fn cell(
    elements: &mut Elements<'_>,
    kind: &str,
    strings: &[String],
) -> Result<Option<Cell>, Problem> {
    let (mut value, mut in_value) = (String::new(), false);
    let (mut inline, mut formula) = (None, false);
    while let Some(token) = elements.next()? {
        match token {
            Token::Begin(element) if is(&element, "v") => in_value = true,
            Token::Begin(element) if is(&element, "f") => formula = true,
            Token::Begin(element) if is(&element, "is") => {
                inline = Some(rich_text(elements, "is")?)
            }
            Token::Text(text) if in_value => value.push_str(&text),
            Token::End(name) if name == "v" => in_value = false,
            Token::End(name) if name == "c" => break,
            _ => {}
        }
    }
    if formula {
        return Ok(Some(Cell::Formula));
    }
    let text = |text: String| (!text.is_empty()).then_some(Cell::Text(text));
    let trimmed = value.trim();
    Ok(match kind {
        "inlineStr" => inline.and_then(text),
        _ if value.is_empty() => None,
        "s" => {
            let of = trimmed.parse::<usize>().ok().and_then(|index| strings.get(index));
            text(of.ok_or("has a cell whose text is missing; save it again as .xlsx")?.clone())
        }
        "str" => text(unescaped(&value).into_owned()),
        // A day, and perhaps a time.
        "d" => text(trimmed.split('T').next().unwrap_or_default().to_owned()),
        "b" => Some(Cell::Truth(matches!(trimmed, "1" | "true" | "TRUE"))),
        "e" => Some(Cell::Broken(trimmed.chars().take(20).collect())),
        _ => Some(match trimmed.parse::<f64>() {
            Ok(number) if number.is_finite() => Cell::Number(number),
            _ => Cell::Broken(trimmed.chars().take(20).collect()),
        }),
    })
}

/// Row and column of a cell like `C7`.
fn place_of(text: &str) -> Option<(u32, u32)> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at(digits);
    if letters.is_empty() || letters.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        let letter = letter.to_ascii_uppercase();
        letter.is_ascii_uppercase().then(|| column * 26 + u32::from(letter - b'A') + 1)
    })?;
    let row: u32 = digits.parse().ok()?;
    let (rows, columns) = SHEET;
    ((1..=rows).contains(&row) && column <= columns).then(|| (row - 1, column - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_found_by_its_name() {
        assert_eq!(place_of("A1"), Some((0, 0)));
        assert_eq!(place_of("aa10"), Some((9, 26)));
        assert_eq!(place_of("XFD1048576"), Some((1_048_575, 16_383)));
        for none in ["", "A", "1", "A0", "XFE1", "A1048577", "AAAA1", "A1B", "中1", "A99999999999"]
        {
            assert_eq!(place_of(none), None, "{none}");
        }
    }
}
