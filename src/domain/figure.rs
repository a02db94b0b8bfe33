//! Figures of the bureau (标准、基数): amounts, rates and ages that change on a day that is announced
//! before. A text names one in braces, `{figure:pension_base}`, and says what holds today.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::limits;
use crate::domain::pack::{Bilingual, Standing};
use crate::say::{self, Lang};

/// Most figures of a pack.
pub const MOST_FIGURES: usize = 500;
/// Begins the name of a figure in a text.
pub const OPEN: &str = "{figure:";

/// `values.toml`: every figure of the pack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    #[schemars(length(min = 1, max = MOST_FIGURES))]
    pub values: Vec<Figure>,
}

/// One figure, with what it was and will be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What texts call it.
    #[schemars(with = "limits::Name")]
    pub id: String,
    pub standing: Standing,
    #[schemars(with = "limits::Label")]
    pub name: Bilingual,
    /// What it rests on.
    #[schemars(with = "limits::Text")]
    pub basis: Bilingual,
    /// Each from its day on, the earliest first.
    #[schemars(length(min = 1, max = 50))]
    pub since: Vec<Since>,
}

/// What a figure is from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Since {
    pub from: Date,
    /// As it is read: `每月2,130元（样例）`.
    #[schemars(with = "limits::Label")]
    pub value: Bilingual,
}

impl Figure {
    /// What holds on a day; `None` before the first.
    pub fn on(&self, day: Date) -> Option<&Bilingual> {
        self.since.iter().rev().find(|since| since.from <= day).map(|since| &since.value)
    }
}

/// A text with every figure that it names as it holds on a day; 待公布 for one that does not yet, or
/// that the pack does not have. Without any it is the text itself.
pub fn filled<'t>(
    text: &'t str,
    lang: Lang,
    figures: &[Figure],
    day: Date,
) -> std::borrow::Cow<'t, str> {
    if !text.contains(OPEN) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        out.push_str(before);
        let Some((id, behind)) = after.split_once('}') else {
            rest = &rest[before.len()..];
            break;
        };
        let value = figures.iter().find(|figure| figure.id == id).and_then(|figure| figure.on(day));
        out.push_str(match value {
            Some(value) => value.text(lang),
            None => say::TO_BE_PUBLISHED.text(lang),
        });
        rest = behind;
    }
    out.push_str(rest);
    out.into()
}

/// The names of the figures in a text.
pub fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split(OPEN).skip(1).filter_map(|after| after.split_once('}').map(|(id, _)| id))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn p10_a_text_says_the_figure_of_its_day() {
        let value = |text: &str| Bilingual { zh: text.to_owned(), en: text.to_owned() };
        let figures = [Figure {
            id: "base".to_owned(),
            standing: Standing::Sample,
            name: value("基数"),
            basis: value("样例"),
            since: vec![
                Since { from: date(2025, 1, 1), value: value("100元") },
                Since { from: date(2026, 7, 1), value: value("120元") },
            ],
        }];
        let filled = |text, day| filled(text, Lang::Zh, &figures, day).into_owned();
        let text = "每月{figure:base}，共{figure:base}。";
        assert_eq!(filled(text, date(2026, 6, 30)), "每月100元，共100元。");
        assert_eq!(filled(text, date(2026, 7, 1)), "每月120元，共120元。");
        assert_eq!(filled(text, date(2024, 12, 31)), "每月待公布，共待公布。");
        assert_eq!(filled("{figure:none}元", date(2026, 7, 1)), "待公布元");
        assert_eq!(filled("{figure:base", date(2026, 7, 1)), "{figure:base");
        assert_eq!(filled("没有", date(2026, 7, 1)), "没有");
        assert_eq!(named(text).collect::<Vec<_>>(), ["base", "base"]);
    }
}
