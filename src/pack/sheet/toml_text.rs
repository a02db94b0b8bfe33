//! Writes a TOML file as a person would: small tables on one line, the others below their names.

use toml::{Table, Value};

/// Longest line before a list is written over several.
const WIDTH: usize = 100;
/// Most values of a table on one line.
const MOST_INLINE: usize = 3;

/// The names that are known in the table at a path, in their order.
type Order<'o> = &'o dyn Fn(&[String]) -> Vec<String>;

/// The text of a file.
pub(super) fn document(table: &Table, order: Order<'_>) -> String {
    let mut writing = Writing { out: String::new(), path: Vec::new(), order };
    writing.table(table);
    writing.out
}

/// A value on one line.
pub(super) fn inline(value: &Value) -> String {
    Writing { out: String::new(), path: Vec::new(), order: &|_| Vec::new() }.line(value)
}

struct Writing<'o> {
    out: String,
    /// Of the value that is being written.
    path: Vec<String>,
    order: Order<'o>,
}

impl Writing<'_> {
    /// What stands in a table whose name is written already.
    fn table(&mut self, table: &Table) {
        let (on_lines, below): (Vec<_>, Vec<_>) =
            self.entries(table).into_iter().partition(|(_, value)| is_short(value));
        for (name, value) in on_lines {
            self.path.push(name.to_owned());
            let value = self.lines(value, key(name).len());
            self.out.push_str(&format!("{} = {value}\n", key(name)));
            self.path.pop();
        }
        for (name, value) in below {
            self.path.push(name.to_owned());
            match value {
                Value::Table(inner) => {
                    // The tables in it name it, if there is nothing else.
                    if inner.values().any(is_short) {
                        self.heading("[", "]");
                    }
                    self.table(inner);
                }
                Value::Array(list) => {
                    for inner in list.iter().filter_map(Value::as_table) {
                        self.heading("[[", "]]");
                        self.table(inner);
                    }
                }
                _ => {}
            }
            self.path.pop();
        }
    }

    fn heading(&mut self, open: &str, close: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        let path = super::column::dotted(&self.path);
        self.out.push_str(&format!("{open}{path}{close}\n"));
    }

    /// The values of the table at the path, in their order.
    fn entries<'t>(&self, table: &'t Table) -> Vec<(&'t str, &'t Value)> {
        let known = (self.order)(&self.path);
        let rank = |name: &str| known.iter().position(|known| known == name).unwrap_or(usize::MAX);
        let mut entries: Vec<_> =
            table.iter().map(|(name, value)| (name.as_str(), value)).collect();
        entries.sort_by_key(|(name, _)| (rank(name), *name));
        entries
    }

    /// A value behind its name: on one line, or a long list over several.
    fn lines(&mut self, value: &Value, indent: usize) -> String {
        let line = self.line(value);
        match value {
            Value::Array(list) if indent + line.chars().count() > WIDTH => {
                let entries = list.iter().map(|entry| format!("    {},\n", self.line(entry)));
                format!("[\n{}]", entries.collect::<String>())
            }
            _ => line,
        }
    }

    fn line(&mut self, value: &Value) -> String {
        match value {
            Value::String(text) => quoted(text),
            Value::Array(list) => {
                let entries: Vec<String> = list.iter().map(|entry| self.line(entry)).collect();
                format!("[{}]", entries.join(", "))
            }
            Value::Table(table) if table.is_empty() => "{}".to_owned(),
            Value::Table(table) => {
                let entries: Vec<String> = (self.entries(table).into_iter())
                    .map(|(name, value)| {
                        self.path.push(name.to_owned());
                        let value = self.line(value);
                        self.path.pop();
                        format!("{} = {value}", key(name))
                    })
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
            scalar => scalar.to_string(),
        }
    }
}

/// Whether a value stands behind its name; else below a heading.
fn is_short(value: &Value) -> bool {
    let small = |value: &Value| value.as_table().is_none_or(is_small);
    match value {
        Value::Array(list) => !list.iter().all(Value::is_table) || list.iter().all(small),
        value => small(value),
    }
}

fn is_small(table: &Table) -> bool {
    let plain = |value: &Value| match value {
        Value::Table(table) => table.is_empty(),
        Value::Array(list) => !list.iter().any(|entry| entry.is_table() || entry.is_array()),
        _ => true,
    };
    table.len() <= MOST_INLINE && table.values().all(plain)
}

/// A name as TOML writes it.
pub(super) fn key(name: &str) -> String {
    if is_bare(name) { name.to_owned() } else { quoted(name) }
}

/// Whether a name needs no quotation marks.
pub(super) fn is_bare(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// A text in quotation marks; JSON reads it too.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_noncharacter(c) => {
                out.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Characters that XML has no place for.
pub(super) fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_reads_as_if_somebody_had_written_it() {
        let text = r#"
            id = "a"
            name = { en = "A", zh = "甲" }
            kind = { limit_min = 30, type = "instant" }
            days = ["mon", "tue"]
            none = []
            nothing = {}
            "x y" = 1.0
            [hours]
            open = [{ from = "08:30", days = ["mon", "tue", "wed", "thu", "fri"], to = "12:00" },
                { from = "13:30", days = ["mon", "tue", "wed", "thu", "fri"], to = "17:30" }]
            [eligibility.age]
            min = 16
            reason = { zh = "一", en = "one" }
            [[questions]]
            id = "q"
            answer = { type = "choice", options = [
                { code = "x", label = { zh = "一", en = "1" } }, { code = "y", label = { zh = "二", en = "2" } } ] }
            [[questions]]
            id = "r"
        "#;
        let table: Table = toml::from_str(text).unwrap();
        let order = |path: &[String]| -> Vec<String> {
            let names: &[&str] = match path.first().map(String::as_str) {
                None => &["id", "name", "kind", "eligibility"],
                Some("kind") => &["type", "limit_min"],
                Some("hours") => &["days", "from", "to"],
                _ => &["id", "zh", "en", "min", "answer", "type"],
            };
            names.iter().map(|&name| name.to_owned()).collect()
        };
        let written = document(&table, &order);
        assert_eq!(toml::from_str::<Table>(&written).unwrap(), table);
        let expected = r#"id = "a"
name = { zh = "甲", en = "A" }
kind = { type = "instant", limit_min = 30 }
days = ["mon", "tue"]
none = []
nothing = {}
"x y" = 1.0

[eligibility.age]
min = 16
reason = { zh = "一", en = "one" }

[hours]
open = [
    { days = ["mon", "tue", "wed", "thu", "fri"], from = "08:30", to = "12:00" },
    { days = ["mon", "tue", "wed", "thu", "fri"], from = "13:30", to = "17:30" },
]

[[questions]]
id = "q"

[questions.answer]
type = "choice"

[[questions.answer.options]]
code = "x"
label = { zh = "一", en = "1" }

[[questions.answer.options]]
code = "y"
label = { zh = "二", en = "2" }

[[questions]]
id = "r"
"#;
        assert_eq!(written, expected);
    }
}
