//! What a slip says and how it is laid out, independent of any printer.
//!
//! [`slips`] compose a [`Slip`] from facts, [`layout::layout`] turns it into [`layout::Line`]s for a
//! paper width. The printer encodes those lines, the screen shows the same ones. A fact becomes
//! words by its kind, and a name or a number of a person comes out masked ([`Words::of_value`]).

mod composer;
pub mod layout;
#[cfg(any(test, feature = "simulators"))]
pub mod samples;
pub mod slips;
#[cfg(test)]
mod tests;
pub mod typeset;

pub use composer::Head;

use crate::domain::fact::{Fact, Value};
use crate::domain::pack::Bilingual;
use crate::say::{Lang, Sentence};

/// A composed slip (凭条). No `Debug`: what it says belongs to a citizen.
#[derive(Clone, PartialEq, Eq)]
pub struct Slip {
    pub blocks: Vec<Block>,
    /// Stands in every rule across the slip (样例, 演示), so that no part torn off is without it.
    pub across: Option<String>,
}

/// One piece of a slip.
#[derive(Clone, PartialEq, Eq)]
pub enum Block {
    /// The bureau: centred, bold.
    Masthead(Words),
    /// Centred, plain.
    Centred(Words),
    /// Large, bold, centred, its lines of equal length.
    Title(Words),
    /// A large word that changes what the slip is worth: 补打, 样例, 演示.
    Mark(Words),
    /// A number to be read aloud: its label, then the number large, broken between groups only.
    Number {
        label: Words,
        number: String,
    },
    /// Labels and values in two columns.
    Rows(Vec<Row>),
    /// Columns; the first stands left, the last stands right. Every row has as many cells as
    /// the head.
    Table {
        head: Vec<Words>,
        rows: Vec<Vec<Words>>,
    },
    /// Bold, left.
    Heading(Words),
    Paragraph(Words),
    /// A point of a list, with a hanging indent.
    Bullet(Words),
    Rule,
    Qr {
        content: String,
        caption: Words,
    },
    /// Half a line of white.
    Gap,
}

/// A label and its value, as they stand on paper.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    pub label: Words,
    pub value: Words,
    pub bold: bool,
}

/// A text in Chinese and, on a bilingual slip, in English beneath it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Words {
    pub zh: String,
    pub en: Option<String>,
}

impl Row {
    pub fn of(fact: &Fact, lang: Lang) -> Row {
        Row {
            label: Words::of(&fact.label, lang),
            value: Words::of_value(&fact.value, lang),
            bold: false,
        }
    }
}

impl Words {
    /// The same in every language: a time, a number, a masked name.
    pub fn plain(text: impl Into<String>) -> Words {
        Words { zh: text.into(), en: None }
    }

    /// A text of the bureau; English only on a bilingual slip, and only if there is any.
    pub fn of(text: &Bilingual, lang: Lang) -> Words {
        let en = (lang == Lang::En && !text.en.trim().is_empty()).then(|| text.en.clone());
        Words { zh: text.zh.clone(), en }
    }

    /// A value as it stands on the slip of the person it belongs to: masked, by its kind. Words in
    /// both languages only where they differ.
    pub fn of_value(value: &Value, lang: Lang) -> Words {
        let zh = value.on_slip(Lang::Zh);
        let en = (lang == Lang::En).then(|| value.on_slip(Lang::En));
        Words { en: en.filter(|en| *en != zh), zh }
    }

    /// A sentence of the catalogue without places to fill.
    pub fn say(sentence: Sentence, lang: Lang) -> Words {
        Words::fill(sentence, lang, &[])
    }

    /// A sentence of the catalogue, filled alike in both languages.
    pub fn fill(sentence: Sentence, lang: Lang, values: &[(&str, &str)]) -> Words {
        Words {
            zh: sentence.fill(Lang::Zh, values),
            en: (lang == Lang::En).then(|| sentence.fill(Lang::En, values)),
        }
    }
}
