//! What stands in a cell, and the value that it is.
//!
//! An empty cell is no value. An empty text is `""`, an empty list `[]`, an empty table `{}`; a text
//! that could be taken for one of these, or has characters that no spreadsheet keeps, stands in
//! quotation marks with escapes. A value is only written in a form that is read back as the same
//! value; whatever has none stands in a column whose name ends with `#`, as TOML.

use jiff::ToSpan as _;
use jiff::civil::date;
use toml::{Table, Value};

use super::column::Form;
use super::kinds::Kinds;
use super::toml_text::{inline, is_noncharacter, quoted};

/// Whole numbers that a spreadsheet keeps have 15 digits.
const EXACT: f64 = 999_999_999_999_999.0;
/// 9999-12-31, the last day of a spreadsheet.
const LAST_DAY: f64 = 2_958_465.0;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Text(String),
    Number(f64),
    Truth(bool),
    /// Computed from other cells.
    Formula,
    /// What is no value, such as `#REF!`.
    Broken(String),
}

/// The cell that holds a value, and in which form.
pub(super) fn encode(value: &Value, kinds: &Kinds) -> (Form, Cell) {
    let cell = match value {
        Value::String(text) if needs_quotes(text) => Some((Form::Plain, Cell::Text(quoted(text)))),
        Value::String(text) => Some((Form::Plain, Cell::Text(text.clone()))),
        Value::Integer(number) => Some((Form::Plain, Cell::Number(*number as f64))),
        Value::Float(number) => Some((Form::Plain, Cell::Number(*number))),
        Value::Boolean(value) => Some((Form::Plain, Cell::Truth(*value))),
        Value::Table(table) if table.is_empty() => Some((Form::Plain, Cell::Text("{}".to_owned()))),
        Value::Array(list) if list.is_empty() => Some((Form::Lines, Cell::Text("[]".to_owned()))),
        Value::Array(list) => {
            let line = |value: &Value| match value {
                Value::String(text) => Some(text.clone()).filter(|text| !text.contains(is_unkept)),
                Value::Integer(_) | Value::Boolean(_) => Some(value.to_string()),
                _ => None,
            };
            let lines: Option<Vec<_>> = list.iter().map(line).collect();
            lines.map(|lines| (Form::Lines, Cell::Text(lines.join("\n"))))
        }
        Value::Table(_) | Value::Datetime(_) => None,
    };
    let same = |(form, cell): &(Form, Cell)| {
        decode(cell, *form, kinds, false).is_ok_and(|read| read == *value)
    };
    cell.filter(same).unwrap_or_else(|| (Form::Toml, Cell::Text(inline(value))))
}

/// The value in a cell that is not empty. `from_1904`: days are counted from then.
///
/// # Errors
/// What is wrong, and what to do.
pub(super) fn decode(
    cell: &Cell,
    form: Form,
    kinds: &Kinds,
    from_1904: bool,
) -> Result<Value, String> {
    match (form, cell) {
        (_, Cell::Formula) => {
            Err("holds a formula; copy it and paste its value (只粘贴数值)".to_owned())
        }
        (_, Cell::Broken(error)) => Err(format!("holds {error}, which is no value; write one")),
        (Form::Toml, Cell::Text(text)) => of_toml(text),
        (Form::Toml, Cell::Number(number)) => Ok(of_number(*number)),
        (Form::Toml, Cell::Truth(value)) => Ok(Value::Boolean(*value)),
        (Form::Lines, Cell::Text(text)) => {
            if text.trim() == "[]" {
                return Ok(Value::Array(Vec::new()));
            }
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            Ok(Value::Array(lines.map(|line| of_text(line, kinds)).collect()))
        }
        (Form::Lines, cell) => {
            decode(cell, Form::Plain, kinds, from_1904).map(|value| Value::Array(vec![value]))
        }
        (Form::Plain, Cell::Text(text)) if text == "{}" => Ok(Value::Table(Table::new())),
        (Form::Plain, Cell::Text(text)) => Ok(match unquoted(text) {
            Some(text) => Value::String(text),
            None => of_text(text, kinds),
        }),
        (Form::Plain, Cell::Number(number)) => {
            if kinds.number && !kinds.whole {
                return Ok(Value::Float(*number));
            }
            if kinds.whole || !kinds.text {
                return Ok(of_number(*number));
            }
            number_as_text(*number, kinds, from_1904)
        }
        (Form::Plain, Cell::Truth(value)) if kinds.text && !kinds.truth => {
            let value = if *value { "TRUE" } else { "FALSE" };
            Err(format!("{value} stands where text is needed; {AS_TEXT}"))
        }
        (Form::Plain, Cell::Truth(value)) => Ok(Value::Boolean(*value)),
    }
}

const AS_TEXT: &str = "set the format of the cell to Text (文本) and type it again";

/// A cell's text as what is allowed there; where it is nothing of that, as text.
fn of_text(text: &str, kinds: &Kinds) -> Value {
    let text_is_text = kinds.text || kinds.is_any();
    let number = || {
        let whole = text.trim().parse::<i64>().ok().filter(|_| kinds.whole);
        let number = || text.trim().parse::<f64>().ok().filter(|x| kinds.number && x.is_finite());
        whole.map(Value::Integer).or_else(|| number().map(Value::Float))
    };
    let truth = || match text.trim().to_ascii_lowercase().as_str() {
        "true" if kinds.truth => Some(Value::Boolean(true)),
        "false" if kinds.truth => Some(Value::Boolean(false)),
        _ => None,
    };
    let other = if text_is_text { None } else { number().or_else(truth) };
    other.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn of_number(number: f64) -> Value {
    let is_whole = number.fract() == 0.0 && number.abs() <= EXACT;
    if is_whole { Value::Integer(number as i64) } else { Value::Float(number) }
}

/// A number where the schema wants a text: a day, or a text from which no zero can have been lost.
fn number_as_text(number: f64, kinds: &Kinds, from_1904: bool) -> Result<Value, String> {
    let Value::Integer(whole) = of_number(number) else {
        return Err(format!("the number {number} stands where text is needed; {AS_TEXT}"));
    };
    if kinds.date {
        return day(number, from_1904).map(Value::String).ok_or_else(|| {
            format!("the number {whole} is no day; write it as text like 2026-11-01")
        });
    }
    let text = whole.to_string();
    if kinds.takes(&text) && !kinds.takes(&format!("0{text}")) {
        return Ok(Value::String(text));
    }
    let lost = "a spreadsheet drops the zeros that a number begins with";
    Err(format!("the number {whole} stands where text is needed, and {lost}; {AS_TEXT}"))
}

/// The day of a number, as spreadsheets count them.
fn day(number: f64, from_1904: bool) -> Option<String> {
    let first = if from_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
    let number = Some(number).filter(|number| (61.0..=LAST_DAY).contains(number))? as i64;
    first.checked_add(number.days()).ok().map(|day| day.to_string())
}

fn of_toml(text: &str) -> Result<Value, String> {
    let wrong = |why: &str| {
        format!("is no value as TOML writes it{why}; texts need quotation marks, like \"text\"")
    };
    let table = toml::from_str::<Table>(&format!("value = {text}"));
    let mut table = table.map_err(|error| wrong(&format!(" ({})", error.message())))?;
    let value = table.remove("value").filter(|_| table.is_empty());
    value.ok_or_else(|| wrong(""))
}

/// Whether a text stands in quotation marks in its cell.
fn needs_quotes(text: &str) -> bool {
    text.is_empty() || text == "{}" || text.contains(is_unkept) || unquoted(text).is_some()
}

/// The text in quotation marks, where it stands in them because it needs them. Others are its own.
fn unquoted(text: &str) -> Option<String> {
    let marked = text.starts_with('"') && text.ends_with('"');
    let inner: String = serde_json::from_str(Some(text).filter(|_| marked)?).ok()?;
    needs_quotes(&inner).then_some(inner)
}

/// Characters that no spreadsheet keeps.
fn is_unkept(c: char) -> bool {
    (c.is_control() && c != '\n') || is_noncharacter(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::sheet::shape::Shape;
    use serde_json::json;

    fn kinds(schema: serde_json::Value) -> Kinds {
        Shape::new(json!({ "properties": { "x": schema } })).kinds(&["x".to_owned()])
    }

    fn read(cell: Cell, schema: serde_json::Value) -> Result<Value, String> {
        decode(&cell, Form::Plain, &kinds(schema), false)
    }

    #[test]
    fn a_value_comes_back_as_it_was() {
        let texts = [
            "",
            "{}",
            "[]",
            "\"\"",
            "\"{}\"",
            "\"a\"",
            "\"\\\"\\\"\"",
            "'a",
            "=1+1",
            "007",
            "true",
            "a\nb",
            "a\r\nb",
            "\u{1}",
            "\u{85}",
            "\u{FFFF}",
            " a ",
            "_x0041_",
            "\"a\" and \"b\"",
            "😀",
        ];
        let mut values: Vec<Value> = texts.map(Value::from).to_vec();
        values.extend([0, 12_333, -1, i64::MAX, i64::MIN].map(Value::from));
        values.extend([0.5, 1.0, -0.0, 1e300, f64::INFINITY].map(Value::from));
        values.extend([true, false].map(Value::from));
        values.push(of_toml("2026-11-01").unwrap());
        values.push(of_toml("[1, 2]").unwrap());
        values.push(of_toml("[\"a\", \"b\"]").unwrap());
        values.push(of_toml("[[1], \"a\", { b = 1 }]").unwrap());
        values.extend([Value::Array(vec![]), Value::Table(Table::new())]);
        values.extend(values.clone().into_iter().map(|value| Value::Array(vec![value])));
        for schema in [
            json!({}),
            json!({ "type": "string" }),
            json!({ "type": "integer" }),
            json!({ "type": "number" }),
            json!({ "type": "boolean" }),
            json!({ "type": "string", "format": "date" }),
            json!({ "enum": ["20"] }),
            json!({ "type": ["string", "integer"] }),
        ] {
            let kinds = kinds(schema);
            for value in &values {
                let (form, cell) = encode(value, &kinds);
                let read = decode(&cell, form, &kinds, false);
                assert_eq!(read.as_ref(), Ok(value), "{form:?} {cell:?}");
                if let (Some(a), Some(b)) = (value.as_float(), read.unwrap().as_float()) {
                    assert_eq!(a.to_bits(), b.to_bits());
                }
            }
        }
    }

    #[test]
    fn a_text_needs_no_marks_unless_it_would_be_lost() {
        let any = kinds(json!({}));
        for text in ["\"a\"", "a", "\"Received\" is not yet \"accepted\"", "[]", " ", "a\nb"] {
            let plain = (Form::Plain, Cell::Text(text.to_owned()));
            assert_eq!(encode(&Value::from(text), &any), plain);
        }
    }

    #[test]
    fn a_number_is_a_text_only_where_no_zero_can_be_lost() {
        let number = |number: f64, schema| read(Cell::Number(number), schema);
        let region = json!({ "type": "string", "pattern": "^[0-9]{6}$" });
        let phone = json!({ "type": "string", "pattern": "^[0-9]{4,15}$" });
        let day = json!({ "type": "string", "format": "date" });
        assert_eq!(number(370_200.0, region.clone()), Ok("370200".into()));
        assert_eq!(number(20.0, json!({ "enum": ["10", "20"] })), Ok("20".into()));
        assert_eq!(number(46_327.0, day.clone()), Ok("2026-11-01".into()));
        assert_eq!(
            decode(&Cell::Number(44_865.0), Form::Plain, &kinds(day.clone()), true),
            Ok("2026-11-01".into())
        );
        for (number_given, schema) in
            [(12_333.0, phone), (1.0, region), (20_261_101.0, day.clone()), (2026.1, day)]
        {
            let error = number(number_given, schema).expect_err("no text");
            assert!(error.contains(&number_given.to_string()), "{error}");
            assert!(error.contains("text"), "{error}");
        }
        // What was typed as text is read as what it has to be.
        let text = |text: &str, schema| read(Cell::Text(text.to_owned()), schema);
        assert_eq!(text(" 30 ", json!({ "type": "integer" })), Ok(30.into()));
        assert_eq!(text("True", json!({ "type": "boolean" })), Ok(true.into()));
        assert_eq!(text("many", json!({ "type": "integer" })), Ok("many".into()));
    }
}
