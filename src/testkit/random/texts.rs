//! Texts in both languages, as long as their place allows, some with a figure.

use serde_json::{Value, json};

use super::Dice;

const ZH: [&str; 12] = [
    "样例",
    "社会保险",
    "失业登记",
    "补贴",
    "申请",
    "本人",
    "在本机办理",
    "就业",
    "，",
    "《条例》",
    "30分钟",
    "（2026年）",
];
const EN: [&str; 10] = [
    "sample",
    "insurance",
    "registration",
    "subsidy",
    "of the person",
    "work,",
    "2026",
    "unemployment-related",
    "here",
    "a",
];

/// Makes texts of a pack that has these figures.
pub struct Texts {
    pub figures: Vec<String>,
}

impl Texts {
    /// In a badge or a bar.
    pub fn short(&self, dice: &mut Dice) -> Value {
        both(dice, 12, 24, None)
    }

    /// On a button, a chip, a heading.
    pub fn label(&self, dice: &mut Dice) -> Value {
        let figure = self.figure(dice);
        both(dice, 30, 90, figure)
    }

    /// A sentence under a heading.
    pub fn summary(&self, dice: &mut Dice) -> Value {
        let figure = self.figure(dice);
        both(dice, 40, 120, figure)
    }

    /// A paragraph.
    pub fn text(&self, dice: &mut Dice) -> Value {
        let figure = self.figure(dice);
        both(dice, 200, 600, figure)
    }

    fn figure(&self, dice: &mut Dice) -> Option<String> {
        (dice.once_in(6) && !self.figures.is_empty())
            .then(|| format!("{{figure:{}}}", dice.pick(&self.figures)))
    }
}

/// Without a figure.
pub fn plain_label(dice: &mut Dice) -> Value {
    both(dice, 30, 90, None)
}

fn both(dice: &mut Dice, most_zh: usize, most_en: usize, figure: Option<String>) -> Value {
    // Short ones are common, and one in eight is as long as it may be.
    let (zh, en) = match dice.below(8) {
        7 => (most_zh, most_en),
        part => (1 + part * most_zh / 16, 1 + part * most_en / 16),
    };
    let figure = figure.unwrap_or_default();
    json!({
        "zh": words(dice, &ZH, "", most_zh, zh, &figure),
        "en": words(dice, &EN, " ", most_en, en, &figure),
    })
}

fn words(
    dice: &mut Dice,
    from: &[&str],
    between: &str,
    most: usize,
    about: usize,
    figure: &str,
) -> String {
    let mut text = figure.to_owned();
    // From some word on, so that few rolls make a long text.
    let first = dice.below(from.len());
    for word in from.iter().cycle().skip(first) {
        let more = if text.is_empty() { (*word).to_owned() } else { format!("{between}{word}") };
        let long = text.chars().count() + more.chars().count();
        if long > most || (text.chars().count() >= about && !text.is_empty()) {
            break;
        }
        text.push_str(&more);
    }
    text
}
