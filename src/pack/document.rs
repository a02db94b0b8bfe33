//! A TOML file as a JSON value, and the place in its text of each key and value.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::finding::escaped;

/// Deepest nesting that is followed: far beyond any pack, far from the end of the stack.
const DEEPEST: usize = 64;

/// Where the parts of a file stand, as bytes of its text, by JSON pointer (`/questions/0/id`).
#[derive(Default)]
pub(super) struct Places {
    keys: BTreeMap<String, Range<usize>>,
    values: BTreeMap<String, Range<usize>>,
}

impl Places {
    /// Where a value begins; of one that is missing, where the table begins that should have it.
    pub fn value(&self, pointer: &str) -> usize {
        self.begin(&self.values, pointer)
    }

    /// Where the name of a field begins; of what has no name, such as an entry of a list, where it
    /// begins itself.
    pub fn key(&self, pointer: &str) -> usize {
        self.begin(&self.keys, pointer)
    }

    fn begin(&self, places: &BTreeMap<String, Range<usize>>, pointer: &str) -> usize {
        let mut pointer = pointer;
        if let Some(span) = places.get(pointer) {
            return span.start;
        }
        loop {
            if let Some(span) = self.values.get(pointer) {
                return span.start;
            }
            match pointer.rsplit_once('/') {
                Some((parent, _)) => pointer = parent,
                None => return 0,
            }
        }
    }
}

/// The JSON value of a table; a date becomes its text. Notes the places where somebody asks.
pub(super) fn to_json(table: &Spanned<DeTable<'_>>, places: Option<&mut Places>) -> Value {
    let mut walk = Walk { places, pointer: String::new() };
    walk.note(table.span());
    walk.table(table.get_ref(), 0)
}

struct Walk<'p> {
    places: Option<&'p mut Places>,
    /// JSON pointer of what is being walked; stays empty while nobody asks for places.
    pointer: String,
}

impl Walk<'_> {
    fn table(&mut self, table: &DeTable<'_>, depth: usize) -> Value {
        let mut map = serde_json::Map::new();
        for (key, value) in table.iter() {
            let name = key.get_ref().as_ref();
            let outside = self.enter(name);
            if let Some(places) = &mut self.places {
                places.keys.insert(self.pointer.clone(), key.span());
            }
            map.insert(name.to_owned(), self.value(value, depth + 1));
            self.pointer.truncate(outside);
        }
        Value::Object(map)
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, depth: usize) -> Value {
        self.note(value.span());
        if depth > DEEPEST {
            return Value::Null;
        }
        match value.get_ref() {
            DeValue::String(text) => Value::String(text.as_ref().to_owned()),
            // One that no type can hold is still a whole number: the nearest, which is as wrong.
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .unwrap_or(if number.as_str().starts_with('-') { i64::MIN } else { i64::MAX })
                .into(),
            DeValue::Float(number) => (number.as_str().parse().ok())
                .and_then(serde_json::Number::from_f64)
                .map_or_else(|| Value::String(number.as_str().to_owned()), Value::Number),
            DeValue::Boolean(value) => Value::Bool(*value),
            DeValue::Datetime(time) => Value::String(time.to_string()),
            DeValue::Array(list) => {
                let mut values = Vec::with_capacity(list.len());
                for (index, value) in list.iter().enumerate() {
                    let outside = self.enter(&index.to_string());
                    values.push(self.value(value, depth + 1));
                    self.pointer.truncate(outside);
                }
                Value::Array(values)
            }
            DeValue::Table(table) => self.table(table, depth),
        }
    }

    /// Adds a name to the pointer; gives the length to go back to.
    fn enter(&mut self, name: &str) -> usize {
        let outside = self.pointer.len();
        if self.places.is_some() {
            self.pointer.push('/');
            self.pointer.push_str(&escaped(name));
        }
        outside
    }

    fn note(&mut self, span: Range<usize>) {
        if let Some(places) = &mut self.places {
            places.values.insert(self.pointer.clone(), span);
        }
    }
}
