//! Walks a TOML table field by field and notes what is wrong, with its place, instead of ending
//! at the first fault.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Fault, MOST_FAULTS};
use crate::domain::pack::Bilingual;

/// A file in the course of being read.
pub(super) struct File<'t> {
    name: &'t Path,
    text: &'t str,
    faults: RefCell<Vec<Fault>>,
}

/// How long a text may be, in characters of Chinese; English may have three times as many.
#[derive(Clone, Copy)]
pub(super) struct Length(usize);

impl Length {
    /// On a button, a chip, a heading.
    pub const LABEL: Length = Length(30);
    /// A sentence under a heading.
    pub const SUMMARY: Length = Length(40);
    pub const TEXT: Length = Length(200);
}

impl<'t> File<'t> {
    pub fn new(name: &'t Path, text: &'t str) -> File<'t> {
        File { name, text, faults: RefCell::new(Vec::new()) }
    }

    /// Notes a fault at a byte of the text.
    pub fn fault(&self, at: usize, problem: String) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < MOST_FAULTS {
            faults.push(Fault {
                file: PathBuf::from(self.name),
                line: Some(self.line(at)),
                problem,
            });
        }
    }

    pub fn into_faults(self) -> Vec<Fault> {
        self.faults.into_inner()
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count()
    }
}

/// A table and the fields of it that have been asked for.
pub(super) struct Fields<'t> {
    file: &'t File<'t>,
    table: &'t DeTable<'t>,
    /// Where the table begins.
    at: usize,
    /// What the table is called in faults; empty for the file itself.
    path: String,
    known: RefCell<Vec<&'static str>>,
}

impl<'t> Fields<'t> {
    pub fn root(file: &'t File<'t>, table: &'t Spanned<DeTable<'t>>) -> Fields<'t> {
        Fields::new(file, table.get_ref(), 0, String::new())
    }

    fn new(file: &'t File<'t>, table: &'t DeTable<'t>, at: usize, path: String) -> Fields<'t> {
        Fields { file, table, at, path, known: RefCell::new(Vec::new()) }
    }

    /// Whether a field is there that need not be.
    pub fn has(&self, key: &'static str) -> bool {
        self.know(key);
        self.table.contains_key(key)
    }

    /// Notes a fault of a field.
    pub fn fault_at(&self, key: &str, problem: &str) {
        let at = self.table.get(key).map_or(self.at, |value| value.span().start);
        self.file.fault(at, format!("{}: {problem}", self.name_of(key)));
    }

    /// The line of a field, or of the table if it is missing.
    pub fn line_of(&self, key: &str) -> usize {
        self.file.line(self.table.get(key).map_or(self.at, |value| value.span().start))
    }

    /// A string without control characters; `rule` says what is wrong with it, if anything is.
    pub fn string(
        &self,
        key: &'static str,
        rule: impl Fn(&str) -> Option<String>,
    ) -> Option<String> {
        let value = self.value(key)?;
        let Some(text) = value.get_ref().as_str() else {
            return self.wrong_type(key, value, "text in quotation marks");
        };
        if let Some(problem) = rule(text) {
            self.fault_at(key, &format!("\"{}\": {problem}", shortened(text)));
            return None;
        }
        Some(text.to_owned())
    }

    /// A whole number from `low` to `high`.
    pub fn integer(&self, key: &'static str, low: i64, high: i64, why: &str) -> Option<i64> {
        let value = self.value(key)?;
        let Some(number) = value.get_ref().as_integer() else {
            return self.wrong_type(key, value, "a whole number");
        };
        let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let fitting = number.filter(|number| (low..=high).contains(number));
        if fitting.is_none() {
            self.fault_at(key, &format!("must be {low} to {high}: {why}"));
        }
        fitting
    }

    /// A day of the calendar, as `"2026-11-01"` or `2026-11-01`.
    pub fn date(&self, key: &'static str) -> Option<Date> {
        let value = self.value(key)?;
        let date = match value.get_ref() {
            DeValue::String(text) => text.parse().ok(),
            DeValue::Datetime(time) if time.time.is_none() && time.offset.is_none() => {
                time.date.and_then(|date| {
                    let (year, month) = (i16::try_from(date.year).ok()?, date.month as i8);
                    Date::new(year, month, date.day as i8).ok()
                })
            }
            _ => None,
        };
        if date.is_none() {
            self.fault_at(key, "a day of the calendar like \"2026-11-01\" is needed");
        }
        date
    }

    /// One of a few words.
    pub fn one_of<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let value = self.value(key)?;
        let known =
            value.get_ref().as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        if known.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            self.fault_at(key, &format!("must be one of {}", words.join(", ")));
        }
        known.map(|(_, value)| *value)
    }

    /// A text in both languages.
    pub fn text(&self, key: &'static str, length: Length) -> Option<Bilingual> {
        bilingual(&self.table(key)?, length)
    }

    /// A list of texts in both languages.
    pub fn texts(
        &self,
        key: &'static str,
        least: usize,
        most: usize,
        length: Length,
    ) -> Option<Vec<Bilingual>> {
        self.tables(key, least, most, |text| bilingual(text, length))
    }

    /// A table.
    pub fn table(&self, key: &'static str) -> Option<Fields<'t>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Table(table) => {
                Some(Fields::new(self.file, table, value.span().start, self.name_of(key)))
            }
            _ => self.wrong_type(key, value, "a table"),
        }
    }

    /// A list of `least` to `most` tables. All are read, even if one of them is at fault.
    pub fn tables<T>(
        &self,
        key: &'static str,
        least: usize,
        most: usize,
        read: impl Fn(&Fields<'t>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let value = self.value(key)?;
        let Some(list) = value.get_ref().as_array() else {
            return self.wrong_type(key, value, "a list");
        };
        if !(least..=most).contains(&list.len()) {
            self.fault_at(
                key,
                &format!("has {} entries; {least} to {most} are allowed", list.len()),
            );
            return None;
        }
        let entry = |(index, value): (usize, &'t Spanned<DeValue<'t>>)| {
            let path = format!("{}[{}]", self.name_of(key), index + 1);
            match value.get_ref() {
                DeValue::Table(table) => {
                    read(&Fields::new(self.file, table, value.span().start, path))
                }
                other => {
                    let found = other.type_str();
                    let problem = format!("{path}: a table is needed, this is {found}");
                    self.file.fault(value.span().start, problem);
                    None
                }
            }
        };
        let entries: Vec<Option<T>> = list.iter().enumerate().map(entry).collect();
        entries.into_iter().collect()
    }

    /// Every field that nobody asked for is a fault: most likely a misspelt name.
    pub fn no_others(&self) {
        let known = self.known.borrow();
        for (key, _) in self.table.iter() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let problem = format!(
                    "{}: unknown; known here are {}",
                    self.name_of(&shortened(name)),
                    known.join(", ")
                );
                self.file.fault(key.span().start, problem);
            }
        }
    }

    fn know(&self, key: &'static str) {
        let mut known = self.known.borrow_mut();
        if !known.contains(&key) {
            known.push(key);
        }
    }

    fn value(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.know(key);
        let value = self.table.get(key);
        if value.is_none() {
            self.file.fault(self.at, format!("{}: is missing; add it", self.name_of(key)));
        }
        value
    }

    fn wrong_type<T>(&self, key: &str, value: &Spanned<DeValue<'_>>, needed: &str) -> Option<T> {
        let found = value.get_ref().type_str();
        self.fault_at(key, &format!("{needed} is needed, this is {found}"));
        None
    }

    fn name_of(&self, key: &str) -> String {
        match self.path.as_str() {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }
}

fn bilingual(table: &Fields<'_>, length: Length) -> Option<Bilingual> {
    let words = |most: usize| {
        move |text: &str| {
            if text.trim().is_empty() {
                return Some("is empty; write it in both languages".to_owned());
            }
            if text.chars().any(char::is_control) {
                return Some("has a line break or another control character".to_owned());
            }
            let count = text.chars().count();
            (count > most).then(|| format!("has {count} characters; {most} are allowed"))
        }
    };
    let zh = table.string("zh", words(length.0));
    let en = table.string("en", words(3 * length.0));
    table.no_others();
    Some(Bilingual { zh: zh?, en: en? })
}

/// The beginning of a text, safe to show on a terminal.
fn shortened(text: &str) -> String {
    let shown: String = text.chars().take(40).collect();
    shown.escape_debug().to_string()
}
