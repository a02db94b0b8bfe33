//! The names of columns, as they stand in the first row of a sheet.
//!
//! `name.zh` is a value of the row's table, by its keys; `audience[]` a list with one value a line;
//! `x#` a value as TOML writes it, for what no cell can hold otherwise. `@file`, `@position` and
//! `@questions.id` say which row it is: a name of the pack never begins with `@`.

use std::fmt;

use super::toml_text;

/// Keys of a value, from the outermost; lists on the way add nothing.
pub(super) type Path = Vec<String>;

/// Most keys of a path: far beyond any pack, far from the end of the stack.
const DEEPEST: usize = 24;

/// What a cell says, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// A text, a number, true or false.
    Plain,
    /// A list, one value a line.
    Lines,
    /// Whatever TOML can write behind `=`.
    Toml,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    /// The file that a row is or belongs to.
    File,
    /// The row of another sheet that a row belongs to: the path of its list, and of the value that
    /// tells the rows apart; without one their positions do.
    Key(Path),
    /// The place of a row among those that belong to the same.
    Position,
    Value(Path, Form),
}

impl Column {
    /// `None` for a text that is no name of a column.
    pub fn parse(text: &str) -> Option<Column> {
        let text = text.trim();
        match text.strip_prefix('@') {
            Some("file") => Some(Column::File),
            Some("position") => Some(Column::Position),
            Some(path) => Some(Column::Key(parse(path)?)),
            None => {
                let (path, form) = match (text.strip_suffix("[]"), text.strip_suffix('#')) {
                    (Some(path), _) => (path, Form::Lines),
                    (_, Some(path)) => (path, Form::Toml),
                    _ => (text, Form::Plain),
                };
                Some(Column::Value(parse(path)?, form))
            }
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Column::File => f.write_str("@file"),
            Column::Position => f.write_str("@position"),
            // A list may be called as these are.
            Column::Key(path) => match &path[..] {
                [name] if name == "file" || name == "position" => write!(f, "@\"{name}\""),
                path => write!(f, "@{}", dotted(path)),
            },
            Column::Value(path, form) => {
                let end = match form {
                    Form::Plain => "",
                    Form::Lines => "[]",
                    Form::Toml => "#",
                };
                write!(f, "{}{end}", dotted(path))
            }
        }
    }
}

/// A path as TOML writes a dotted key.
pub(super) fn dotted(path: &[String]) -> String {
    path.iter().map(|name| toml_text::key(name)).collect::<Vec<_>>().join(".")
}

/// A path from a dotted key; `None` for anything else.
pub(super) fn parse(text: &str) -> Option<Path> {
    let (mut path, mut rest) = (Path::new(), text);
    loop {
        let end = match rest.strip_prefix('"') {
            Some(inner) => 1 + closing(inner)? + 1,
            None => rest.find('.').unwrap_or(rest.len()),
        };
        let (name, after) = rest.split_at(end);
        path.push(match name.starts_with('"') {
            true => serde_json::from_str(name).ok()?,
            false => Some(name).filter(|name| toml_text::is_bare(name))?.to_owned(),
        });
        match after.strip_prefix('.') {
            Some(more) if path.len() < DEEPEST => rest = more,
            Some(_) => return None,
            None => return after.is_empty().then_some(path),
        }
    }
}

/// Where the quotation mark stands that ends a text.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_was_written() {
        for name in [
            "@file",
            "@position",
            "@questions.id",
            "name.zh",
            "audience[]",
            "as_of#",
            "\"a.b\".c",
            "\"x[]\"",
            "\"@file\"",
            "\"\".\"\\\"\\\\\"[]",
        ] {
            let column = Column::parse(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(column.to_string(), name);
        }
        for name in ["", "a..b", ".a", "a.", "a b", "中文", "\"a", "\"a\"b", "@", &"a.".repeat(99)]
        {
            assert_eq!(Column::parse(name), None, "{name}");
        }
    }
}
