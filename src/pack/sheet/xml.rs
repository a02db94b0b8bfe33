//! The parts of a workbook file (ECMA-376): a ZIP archive of XML. Only what cells need is read.
//!
//! No whole reader is used: those at hand reserve what the file claims (`uniqueCount`) and copy the
//! styles for every format of a cell, so that a small file takes any amount of memory.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use quick_xml::Reader;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zip::ZipArchive;

/// Why a file is no workbook.
pub(super) type Problem = String;

/// The archive, and how much of it may still be unpacked.
pub(super) struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    /// By name in lower case, without the slash that some write before it.
    names: HashMap<String, usize>,
    left: u64,
    most: u64,
}

impl<'b> Archive<'b> {
    pub fn open(bytes: &'b [u8], most: u64) -> Result<Archive<'b>, Problem> {
        if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            return Err("is an old .xls or has a password; save it as .xlsx without one".to_owned());
        }
        let no_workbook = |error| format!("is no .xlsx workbook ({error}); save it as .xlsx");
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(no_workbook)?;
        let name = |index| {
            let name = zip.name_for_index(index)?.ok()?;
            Some((name.trim_start_matches('/').to_lowercase(), index))
        };
        let names = (0..zip.len()).filter_map(name).collect();
        Ok(Archive { zip, names, left: most, most })
    }

    /// The text of a part; `None` where there is none.
    pub fn part(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let name = name.trim_start_matches('/').to_lowercase();
        let Some(index) = self.names.get(&name) else { return Ok(None) };
        let broken =
            |error: &dyn std::fmt::Display| format!("{name} in it cannot be read ({error})");
        let part = self.zip.by_index(*index).map_err(|error| broken(&error))?;
        let mut bytes = Vec::new();
        // What the archive says of the size of a part is no measure.
        part.take(self.left + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(|| {
            let most = self.most / 1024 / 1024;
            format!("is larger than {most} MiB when unpacked; take sheets or pictures out")
        })?;
        let text = String::from_utf8(bytes).map_err(|_| broken(&"no UTF-8 text"))?;
        Ok(Some(crate::file::without_mark(text)))
    }
}

/// What an element begins or ends, or the text between.
pub(super) enum Token<'x> {
    Begin(BytesStart<'x>),
    End(String),
    Text(Cow<'x, str>),
}

/// Reads the elements of a part one after the other.
pub(super) struct Elements<'x> {
    reader: Reader<&'x [u8]>,
}

impl<'x> Elements<'x> {
    pub fn of(text: &'x str) -> Elements<'x> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Elements { reader }
    }

    /// The next token; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Token<'x>>, Problem> {
        loop {
            let event = self.reader.read_event();
            return Ok(Some(match event.map_err(|error| broken(&error))? {
                Event::Start(element) | Event::Empty(element) => Token::Begin(element),
                Event::End(element) => Token::End(element.local_name().as_ref().to_owned()),
                Event::Text(text) => Token::Text(text.xml10_content()),
                Event::CData(text) => Token::Text(text.xml10_content()),
                Event::GeneralRef(name) => Token::Text(Cow::Owned(referred(&name)?.to_string())),
                Event::DocType(_) => {
                    return Err("has a document type, which no workbook has".into());
                }
                Event::Eof => return Ok(None),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            }));
        }
    }
}

fn broken(error: &dyn std::fmt::Display) -> Problem {
    format!("has a part that is no XML ({error}); save it again as .xlsx")
}

fn referred(name: &BytesRef<'_>) -> Result<char, Problem> {
    Ok(match name.as_ref() {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        other => {
            let named = name.resolve_char_ref().map_err(|error| broken(&error))?;
            named.ok_or_else(|| broken(&format!("&{other};")))?
        }
    })
}

/// An attribute by its name without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let of_name = |attribute: &Attribute<'_>| attribute.key.local_name().as_ref() == name;
    let found = element.attributes().with_checks(false).filter_map(Result::ok).find(of_name)?;
    let value = found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

/// An attribute by its name with prefix.
pub(super) fn full_attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok()??;
    Some(found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?.into_owned())
}

/// The name of an element without prefix.
pub(super) fn is(element: &BytesStart<'_>, name: &str) -> bool {
    element.local_name().as_ref() == name
}

/// Undoes `_x000D_`, as workbooks write characters that XML has no place for.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let code = escape.get(2..6).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        let ended = escape.get(6..7) == Some("_");
        let c = code.filter(|_| ended).and_then(|code| u32::from_str_radix(code, 16).ok());
        match c.and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                rest = &escape[7..];
            }
            None => {
                out.push_str("_x");
                rest = &escape[2..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_xml_has_no_place_for_come_back() {
        for (escaped, text) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x0041_", "_x0041_"),
            ("_x_x0041_", "_xA"),
            ("_xD800_", "_xD800_"),
            ("_x00", "_x00"),
            ("_x00中_", "_x00中_"),
            ("_x004", "_x004"),
        ] {
            assert_eq!(unescaped(escaped), text);
        }
    }
}
