//! The JSON Schema of the pack's types, and its verdicts in the words of whoever writes packs.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;

use super::finding::{Findings, escaped, shortened, unescaped};
use super::rule::Rule;

/// Deepest that a stand-in is built.
const DEEPEST: usize = 16;

/// Of two that stand in for a fault.
#[derive(Clone, Copy, PartialEq)]
enum Which {
    First,
    Last,
}

/// The schema of one kind of file.
pub(super) struct Schema {
    json: Value,
    validator: Validator,
}

/// The JSON Schema of `T`, for `kuaiban pack schema`.
pub(super) fn of<T: schemars::JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

impl Schema {
    pub fn of<T: schemars::JsonSchema>() -> Schema {
        let json = of::<T>();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            // Linear time: the texts come from outside.
            .with_pattern_options(PatternOptions::regex())
            .build(&json)
            .expect("the schema of our own types is one");
        Schema { json, validator }
    }

    /// Everything in a file that the schema does not allow. Returns what rules are held against: the
    /// value itself; where it has faults, two that differ in what stands in for them, so that only what
    /// rules find in both is one of the rest; none where so much depends on a fault that nothing can
    /// stand in.
    pub fn check(&self, value: Value, found: &mut Findings) -> Vec<Value> {
        if self.validator.is_valid(&value) {
            return vec![value];
        }
        let errors: Vec<_> = self.validator.iter_errors(&value).collect();
        errors.iter().for_each(|error| self.explain(error, found));
        let mended = |which: Which| {
            let stand_ins: Option<Vec<_>> =
                errors.iter().map(|error| self.stand_ins(error, which)).collect();
            let mut mended = value.clone();
            for (pointer, stand_in) in stand_ins?.concat() {
                put(&mut mended, &pointer, stand_in);
            }
            // What stood in two ways in the wrong place may still do so.
            self.validator.is_valid(&mended).then_some(mended)
        };
        let both = mended(Which::First).zip(mended(Which::Last));
        both.map_or_else(Vec::new, |(first, last)| vec![first, last])
    }

    /// By JSON pointer, what stands in for what an error is about; nothing for a name that is to go.
    fn stand_ins(
        &self,
        error: &ValidationError<'_>,
        which: Which,
    ) -> Option<Vec<(String, Option<Value>)>> {
        let pointer = error.instance_path().as_str();
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let names = unexpected.iter();
                Some(names.map(|name| (format!("{pointer}/{}", escaped(name)), None)).collect())
            }
            ValidationErrorKind::Required { property } => {
                let name = property.as_str()?;
                let example =
                    self.example(self.beside(error, "properties")?.get(name)?, which, 0)?;
                Some(vec![(format!("{pointer}/{name}"), Some(example))])
            }
            ValidationErrorKind::OneOfNotValid { context }
            | ValidationErrorKind::AnyOf { context } => {
                let Some(own) = context.iter().find(|branch| !other_kind(branch, pointer)) else {
                    // One word of a list is as good as another; of a kind everything depends on it.
                    let (schema, _) = error.schema_path().as_str().rsplit_once('/')?;
                    let example =
                        self.example(self.at(schema)?, which, 0).filter(Value::is_string)?;
                    return Some(vec![(pointer.to_owned(), Some(example))]);
                };
                let stand_ins: Option<Vec<_>> =
                    own.iter().map(|error| self.stand_ins(error, which)).collect();
                Some(stand_ins?.concat())
            }
            _ => {
                let (schema, _) = error.schema_path().as_str().rsplit_once('/')?;
                let example = self.example(self.at(schema)?, which, 0)?;
                Some(vec![(pointer.to_owned(), Some(example))])
            }
        }
    }

    /// The first or the last that a part of the schema allows.
    fn example(&self, schema: &Value, which: Which, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            return self.example(self.json.pointer(target.strip_prefix('#')?)?, which, depth + 1);
        }
        let of = |keyword: &str| {
            let list = schema.get(keyword)?.as_array()?;
            match which {
                Which::First => list.first(),
                Which::Last => list.last(),
            }
        };
        let given = schema.get("const").or_else(|| of("enum")).or_else(|| of("examples"));
        if let Some(value) = given {
            return Some(value.clone());
        }
        let kind = schema.get("type");
        let kind = kind.and_then(|kind| kind.as_str().or_else(|| kind.get(0)?.as_str()));
        let Some(kind) = kind else {
            // The second of two is nothing at all.
            let of_any = schema.get("anyOf").and_then(|branches| branches.get(0));
            return self.example(of_any.or_else(|| of("oneOf"))?, which, depth + 1);
        };
        let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_i64);
        match (kind, which) {
            ("boolean", _) => Some((which == Which::Last).into()),
            ("integer", Which::First) => Some(bound("minimum").unwrap_or(0).into()),
            ("integer", Which::Last) => Some(
                bound("maximum").or(bound("minimum").map(|least| least + 1)).unwrap_or(1).into(),
            ),
            ("number", _) => {
                let bound = if which == Which::First { "minimum" } else { "maximum" };
                Some(schema.get(bound).cloned().unwrap_or_else(|| 0.into()))
            }
            ("string", _) if schema.get("format").is_some_and(|format| format == "date") => {
                let day = if which == Which::First { "2026-01-01" } else { "2027-12-31" };
                Some(day.into())
            }
            ("array", _) => {
                let entries = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
                let entry = || self.example(schema.get("items")?, which, depth + 1);
                (0..entries).map(|_| entry()).collect::<Option<Vec<_>>>().map(Value::Array)
            }
            ("object", _) => {
                let required = schema.get("required").and_then(Value::as_array);
                let fields = required.into_iter().flatten().map(|name| {
                    let name = name.as_str()?;
                    let field = schema.get("properties")?.get(name)?;
                    Some((name.to_owned(), self.example(field, which, depth + 1)?))
                });
                fields.collect::<Option<serde_json::Map<_, _>>>().map(Value::Object)
            }
            _ => None,
        }
    }

    /// The part of the schema at a path, which may lead through references.
    fn at(&self, path: &str) -> Option<&Value> {
        path.split('/').skip(1).try_fold(&self.json, |schema, part| match part {
            "$ref" => self.json.pointer(schema.get("$ref")?.as_str()?.strip_prefix('#')?),
            _ => match schema {
                Value::Array(list) => list.get(part.parse::<usize>().ok()?),
                _ => schema.get(unescaped(part)),
            },
        })
    }

    fn explain(&self, error: &ValidationError<'_>, found: &mut Findings) {
        let pointer = error.instance_path().as_str();
        let value = error.instance();
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let known = self.beside(error, "properties");
                let known: Vec<&str> = (known.and_then(Value::as_object).into_iter())
                    .flat_map(|properties| properties.keys().map(String::as_str))
                    .collect();
                for name in unexpected {
                    let problem = format!(
                        "unknown{}; known here are {}",
                        did_you_mean(name, &known),
                        known.join(", ")
                    );
                    found.name(Rule::UnknownField, format!("{pointer}/{}", escaped(name)), problem);
                }
            }
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let pointer = format!("{pointer}/{name}");
                found.value(Rule::of_missing(&pointer), pointer, "is missing; add it");
            }
            ValidationErrorKind::OneOfNotValid { context }
            | ValidationErrorKind::AnyOf { context } => {
                self.explain_branches(value, (pointer, self.rule(error)), context, found)
            }
            ValidationErrorKind::Enum { options } => {
                let options: Vec<&str> =
                    (options.as_array().into_iter().flatten()).filter_map(Value::as_str).collect();
                found.value(self.rule(error), pointer, one_of(value, &options));
            }
            ValidationErrorKind::Type { kind } => {
                found.value(
                    Rule::Malformed,
                    pointer,
                    match self.beside(error, "x-needed").and_then(Value::as_str) {
                        // Of a table: which.
                        Some(needed) if is_table(kind) => {
                            format!("this is {}; {needed}", type_of(value))
                        }
                        _ => format!("{} is needed, this is {}", needed(kind), type_of(value)),
                    },
                );
            }
            _ => found.value(self.rule(error), pointer, self.verdict(error)),
        }
    }

    /// A value that is none of several kinds: of the kind that it says it is, what is wrong; if it
    /// is none of them, which ones there are.
    fn explain_branches(
        &self,
        value: &Value,
        (pointer, rule): (&str, Rule),
        branches: &[Vec<ValidationError<'static>>],
        found: &mut Findings,
    ) {
        if let Some(own) = branches.iter().find(|branch| !other_kind(branch, pointer)) {
            for error in own {
                self.explain(error, found);
            }
            return;
        }
        let mut kinds: Vec<&str> = Vec::new();
        let (mut at, mut given) = (pointer, value);
        for error in branches.iter().flatten() {
            match error.kind() {
                ValidationErrorKind::Constant { expected_value } => {
                    kinds.extend(expected_value.as_str());
                }
                ValidationErrorKind::Enum { options } => {
                    kinds
                        .extend(options.as_array().into_iter().flatten().filter_map(Value::as_str));
                }
                _ => continue,
            }
            (at, given) = (error.instance_path().as_str(), error.instance());
        }
        found.value(rule, at, one_of(given, &kinds));
    }

    fn verdict(&self, error: &ValidationError<'_>) -> String {
        let value = error.instance();
        let count = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
        let bounds = |low: &str, high: &str| {
            let bound = |key: &str| {
                self.beside(error, key).and_then(Value::as_f64).map(|bound| format!("{bound}"))
            };
            match (bound(low), bound(high)) {
                (Some(low), Some(high)) => format!("{low} to {high}"),
                (None, Some(high)) => format!("at most {high}"),
                (Some(low), None) => format!("at least {low}"),
                (None, None) => "others".to_owned(),
            }
        };
        let because = self.beside(error, "x-needed").and_then(Value::as_str);
        match error.kind() {
            ValidationErrorKind::MaxLength { limit } => {
                format!("has {} characters; {limit} are allowed", count(value))
            }
            ValidationErrorKind::Minimum { .. } | ValidationErrorKind::Maximum { .. } => {
                let bounds = bounds("minimum", "maximum");
                match because {
                    Some(because) => format!("must be {bounds}: {because}"),
                    None => format!("must be {bounds}"),
                }
            }
            ValidationErrorKind::MinItems { .. } | ValidationErrorKind::MaxItems { .. } => {
                let entries = value.as_array().map_or(0, Vec::len);
                format!("has {entries} entries; {} are allowed", bounds("minItems", "maxItems"))
            }
            ValidationErrorKind::Format { format } if format == "date" => {
                "a day of the calendar like \"2026-11-01\" is needed".to_owned()
            }
            _ => {
                let given = value.as_str().map_or_else(|| type_of(value).to_owned(), shortened);
                let because = because.map_or_else(|| error.to_string(), str::to_owned);
                format!("\"{given}\": {because}")
            }
        }
    }

    /// The rule that the schema names beside the keyword that found a fault.
    fn rule(&self, error: &ValidationError<'_>) -> Rule {
        let named = self.beside(error, "x-rule").and_then(Value::as_str);
        let (pointer, value) = (error.instance_path().as_str(), error.instance());
        named.and_then(Rule::named).unwrap_or_else(|| Rule::of_malformed(pointer, value))
    }

    /// What stands in the schema beside the keyword that found a fault.
    fn beside(&self, error: &ValidationError<'_>, keyword: &str) -> Option<&Value> {
        let (parent, _) = error.schema_path().as_str().rsplit_once('/')?;
        self.at(parent)?.get(keyword)
    }
}

/// Whether a branch is about another kind than the value at `pointer` says it is. A constant that does
/// not fit is the name of another kind; several names of kinds that have nothing more to say stand
/// together.
fn other_kind(branch: &[ValidationError<'static>], pointer: &str) -> bool {
    branch.iter().any(|error| match error.kind() {
        ValidationErrorKind::Constant { .. } => true,
        ValidationErrorKind::Enum { .. } => error.instance_path().as_str() == pointer,
        _ => false,
    })
}

/// Puts a value, or nothing, at a place.
fn put(value: &mut Value, pointer: &str, new: Option<Value>) {
    let Some((outside, name)) = pointer.rsplit_once('/') else {
        if let Some(new) = new {
            *value = new;
        }
        return;
    };
    let name = unescaped(name);
    match (value.pointer_mut(outside), new) {
        (Some(Value::Object(fields)), Some(new)) => drop(fields.insert(name, new)),
        (Some(Value::Object(fields)), None) => drop(fields.remove(&name)),
        (Some(Value::Array(list)), Some(new)) => {
            if let Some(entry) = name.parse::<usize>().ok().and_then(|at| list.get_mut(at)) {
                *entry = new;
            }
        }
        _ => {}
    }
}

fn one_of(value: &Value, options: &[&str]) -> String {
    let given = value.as_str().unwrap_or_default();
    let list: Vec<String> = options.iter().map(|option| format!("\"{option}\"")).collect();
    format!("must be one of {}{}", list.join(", "), did_you_mean(given, options))
}

/// The nearest of several names, if any is near.
fn did_you_mean(name: &str, known: &[&str]) -> String {
    let name: String = name.chars().take(64).collect();
    (known.iter())
        .map(|known| (strsim::jaro_winkler(&name, known), known))
        // Of a short name one other letter is half of it.
        .filter(|(likeness, known)| *likeness > 0.8 || strsim::osa_distance(&name, known) <= 1)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(String::new, |(_, nearest)| format!("; did you mean \"{nearest}\"?"))
}

fn needed(kind: &TypeKind) -> String {
    let name = |kind: &str| match kind {
        "string" => "text in quotation marks",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a table",
        _ => "something else",
    };
    match kind {
        TypeKind::Single(kind) => name(&kind.to_string()).to_owned(),
        TypeKind::Multiple(kinds) => {
            kinds.iter().map(|kind| name(&kind.to_string())).collect::<Vec<_>>().join(" or ")
        }
    }
}

fn is_table(kind: &TypeKind) -> bool {
    matches!(kind, TypeKind::Single(kind) if kind.to_string() == "object")
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a whole number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}
