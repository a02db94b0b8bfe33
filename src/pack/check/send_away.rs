//! Words that send a citizen away: what the kiosk cannot do is pushed on or becomes a request, and
//! nobody is told to try another department.

use super::{Findings, Rule};
use crate::domain::item::Item;
use crate::domain::pack::Bilingual;

/// Beginnings of such sentences, in both languages.
const WORDS: [&str; 12] = [
    "到其他部门",
    "去其他部门",
    "前往其他部门",
    "到有关部门",
    "去有关部门",
    "前往有关部门",
    "到相关部门",
    "去相关部门",
    "前往相关部门",
    "go to another department",
    "ask another department",
    "visit another department",
];

pub(super) fn check(item: &Item, found: &mut Findings) {
    text(&item.summary, "/summary", found);
    for (i, section) in item.guide.iter().enumerate() {
        for (j, line) in section.lines.iter().enumerate() {
            text(line, &format!("/guide/{i}/lines/{j}"), found);
        }
    }
    text(&item.public.process, "/public/process", found);
    text(&item.public.window, "/public/window", found);
}

fn text(text: &Bilingual, pointer: &str, found: &mut Findings) {
    for (language, text) in [("zh", &text.zh), ("en", &text.en)] {
        let lower = text.to_ascii_lowercase();
        if let Some(words) = WORDS.iter().find(|words| lower.contains(**words)) {
            let problem = format!(
                "\"{words}\" sends the citizen away; hand the matter on, or offer a request"
            );
            found.value(Rule::SendAway, format!("{pointer}/{language}"), problem);
        }
    }
}
