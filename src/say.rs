//! The catalogue of sentences: everything that a citizen or a technician reads, in Chinese and in
//! English. The sentences stand in `ui/lang/*.toml`; `build.rs` makes a constant of each here and
//! a property of the same name in the global `Say` of the screens.

use serde::{Deserialize, Serialize};

/// The language of a visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Zh,
    En,
}

/// One sentence of the catalogue. `{name}` marks a place to be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence {
    pub zh: &'static str,
    pub en: &'static str,
}

impl Sentence {
    /// The sentence as it stands, for sentences without places to fill.
    pub fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }

    /// The sentence with each `{name}` replaced.
    pub fn fill(self, lang: Lang, values: &[(&str, &str)]) -> String {
        let mut text = self.text(lang).to_owned();
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

include!(concat!(env!("OUT_DIR"), "/say.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_sentence_has_no_place_left() {
        let sentence = Sentence { zh: "还剩 {n} 秒", en: "{n} s left" };
        assert_eq!(sentence.fill(Lang::Zh, &[("n", "20")]), "还剩 20 秒");
        assert_eq!(sentence.fill(Lang::En, &[("n", "20")]), "20 s left");
    }
}
