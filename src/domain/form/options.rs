//! What a question chooses from: written with it, or a code list (代码表) of `lists.toml` by its name, so
//! that what several questions offer stands once.

use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::{Choice, MOST_OPTIONS, MOST_TICKS};
use crate::domain::limits;

/// Most code lists of a pack.
const MOST_LISTS: usize = 200;

/// `lists.toml`: every code list of the pack.
///
/// ```toml
/// [[lists]]
/// id = "education"
/// choices = [
///     { code = "secondary", label = { zh = "高中及以下", en = "Secondary school or less" } },
///     { code = "college", label = { zh = "大专及以上", en = "College or more" } },
/// ]
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lists {
    #[schemars(length(min = 1, max = MOST_LISTS))]
    pub lists: Vec<CodeList>,
}

/// A code list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeList {
    /// What questions call it: `options = "education"`.
    #[schemars(with = "limits::Name")]
    pub id: String,
    #[schemars(length(min = 2, max = MOST_TICKS))]
    pub choices: Vec<Choice>,
}

/// The options of a question. Of a code list they are empty until it is found.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
pub struct Options {
    list: Option<String>,
    choices: Vec<Choice>,
}

/// As a pack writes them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Here(Vec<Choice>),
    Listed(String),
}

impl From<Written> for Options {
    fn from(written: Written) -> Options {
        match written {
            Written::Here(choices) => choices.into(),
            Written::Listed(id) => Options { list: Some(id), choices: Vec::new() },
        }
    }
}

impl From<Vec<Choice>> for Options {
    fn from(choices: Vec<Choice>) -> Options {
        Options { list: None, choices }
    }
}

impl Deref for Options {
    type Target = [Choice];

    fn deref(&self) -> &[Choice] {
        &self.choices
    }
}

impl Options {
    /// The code list that is named.
    pub fn list(&self) -> Option<&str> {
        self.list.as_deref()
    }

    /// The choices of the list that is named stand here from now on.
    pub fn fill(&mut self, choices: &[Choice]) {
        self.choices = choices.to_vec();
    }
}

/// The schema of the options of which one is chosen.
pub(super) fn of_one(generator: &mut SchemaGenerator) -> Schema {
    schema(generator, MOST_OPTIONS)
}

/// The schema of the options of which several may be ticked.
pub(super) fn of_several(generator: &mut SchemaGenerator) -> Schema {
    schema(generator, MOST_TICKS)
}

fn schema(generator: &mut SchemaGenerator, most: usize) -> Schema {
    json_schema!({
        "type": ["array", "string"],
        "description": "The options, or the name of a list of lists.toml.",
        "items": generator.subschema_for::<Choice>(),
        "minItems": 2,
        "maxItems": most,
        "pattern": "^[a-z][a-z0-9_]{0,39}$",
        "x-needed": "the options, or the name of a list of lists.toml, are needed",
    })
}
