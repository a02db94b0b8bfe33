//! What a cell may hold, by the schema.

use std::cell::OnceCell;

use jsonschema::{PatternOptions, Validator};
use serde_json::Value as Json;

/// What a cell may hold. Where nothing is known it may be anything.
#[derive(Default)]
pub(super) struct Kinds {
    pub text: bool,
    pub whole: bool,
    pub number: bool,
    pub truth: bool,
    pub list: bool,
    pub table: bool,
    /// A text that is a day.
    pub date: bool,
    /// The texts that are allowed, where they are a few words.
    pub options: Vec<String>,
    texts: Vec<Json>,
    validators: OnceCell<Vec<Validator>>,
}

impl Kinds {
    /// Of the schemas of a value, which are all alternatives.
    pub fn of(flat: &[&Json]) -> Kinds {
        let mut kinds = Kinds::default();
        for schema in flat {
            let words = schema.get("const").into_iter();
            let words: Vec<&Json> = words
                .chain(schema.get("enum").and_then(Json::as_array).into_iter().flatten())
                .collect();
            let types = match schema.get("type") {
                Some(Json::Array(types)) => types.iter().filter_map(Json::as_str).collect(),
                Some(Json::String(one)) => vec![one.as_str()],
                _ => Vec::new(),
            };
            let is = |name: &str| types.contains(&name);
            let text = is("string") || words.iter().any(|word| word.is_string());
            kinds.text |= text;
            kinds.whole |= is("integer") || words.iter().any(|word| word.is_i64());
            kinds.number |= is("number");
            kinds.truth |= is("boolean") || words.iter().any(|word| word.is_boolean());
            kinds.list |= is("array");
            kinds.table |= is("object") || schema.get("properties").is_some();
            if text {
                kinds.date |= schema.get("format").is_some_and(|format| format == "date");
                kinds.texts.push((*schema).clone());
                let new = words.iter().filter_map(|word| word.as_str());
                for word in new {
                    if !kinds.options.iter().any(|known| known == word) {
                        kinds.options.push(word.to_owned());
                    }
                }
            }
        }
        kinds
    }

    /// Whether nothing is known.
    pub fn is_any(&self) -> bool {
        !(self.text || self.whole || self.number || self.truth || self.list || self.table)
    }

    /// Whether a text is one of those that the schema allows here.
    pub fn takes(&self, text: &str) -> bool {
        let validators = self.validators.get_or_init(|| {
            let options = jsonschema::options()
                .should_validate_formats(true)
                .with_pattern_options(PatternOptions::regex());
            self.texts.iter().filter_map(|schema| options.clone().build(schema).ok()).collect()
        });
        let text = Json::String(text.to_owned());
        validators.iter().any(|validator| validator.is_valid(&text))
    }
}
