//! Columns, and what the second row says of them.

use super::column::{Column, Form, Path, dotted};
use super::kinds::Kinds;
use super::shape::Shape;

/// A column, and what whoever fills it in should know.
pub(super) struct Heading {
    pub column: Column,
    pub hint: String,
    pub kind: ColumnKind,
    /// The few words that are allowed.
    pub options: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnKind {
    Text,
    Number,
    Truth,
}

/// A column of the sheet of a list.
pub(super) fn heading(shape: &Shape, list: &Path, column: Column) -> Heading {
    let plain = |hint: String| (hint, ColumnKind::Text, Vec::new());
    let (hint, kind, options) = match &column {
        Column::File => plain("※ 文件名".to_owned()),
        Column::Position => ("次序".to_owned(), ColumnKind::Number, Vec::new()),
        Column::Key(path) if path == list => {
            (format!("所属 {} 的次序", dotted(list)), ColumnKind::Number, Vec::new())
        }
        Column::Key(path) => plain(format!("所属 {}", dotted(path))),
        Column::Value(path, form) => {
            let full = [list.as_slice(), path].concat();
            let kinds = kinds(shape, list, path, *form);
            let number = kinds.whole || kinds.number;
            let kind = match form {
                Form::Plain if kinds.text || kinds.is_any() => ColumnKind::Text,
                Form::Plain if number => ColumnKind::Number,
                Form::Plain if kinds.truth => ColumnKind::Truth,
                _ => ColumnKind::Text,
            };
            let required = shape.is_required(list, path).then_some("必填");
            let said = shape.description(list, path).map(first_sentence);
            let needed = if *form == Form::Plain { shape.needed(&full) } else { None };
            let needed = needed.as_deref();
            let format = match form {
                Form::Toml => Some("TOML"),
                Form::Lines => Some("一行一项"),
                Form::Plain if kind == ColumnKind::Truth => Some("TRUE / FALSE"),
                Form::Plain if kinds.date => Some("如 2026-11-01"),
                Form::Plain => None,
            };
            let options = kinds.options.clone();
            let words = (!options.is_empty()).then(|| options.join(" / "));
            let parts = [required, said, needed, format, words.as_deref()];
            let hint = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
            (hint, kind, if *form == Form::Plain { options } else { Vec::new() })
        }
    };
    Heading { column, hint, kind, options }
}

/// What a cell of a column may hold.
pub(super) fn kinds(shape: &Shape, list: &[String], path: &[String], form: Form) -> Kinds {
    let path = [list, path].concat();
    match form {
        Form::Lines => shape.kinds_of_entries(&path),
        Form::Plain | Form::Toml => shape.kinds(&path),
    }
}

fn first_sentence(text: &str) -> &str {
    let text = text.split("\n\n").next().unwrap_or(text);
    // Not the one of an abbreviation.
    let begins = |after: &str| after.starts_with(|c: char| c.is_ascii_uppercase());
    let end = text.match_indices(". ").map(|(dot, _)| dot).find(|dot| begins(&text[dot + 2..]));
    text[..end.unwrap_or(text.len())].trim_end_matches('.')
}
