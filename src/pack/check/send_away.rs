//! Words that send a citizen away: what the kiosk cannot do is pushed on or becomes a request, and
//! nobody is told to try another department.

use super::{Findings, Rule};
use crate::domain::item::Item;
use crate::domain::pack::Bilingual;

/// Beginnings of such sentences, in both languages.
const ZH: [&str; 9] = [
    "到其他部门",
    "去其他部门",
    "前往其他部门",
    "到有关部门",
    "去有关部门",
    "前往有关部门",
    "到相关部门",
    "去相关部门",
    "前往相关部门",
];
const EN: [&str; 3] =
    ["go to another department", "ask another department", "visit another department"];

pub(super) fn check(item: &Item, found: &mut Findings) {
    text(&item.summary, "/summary", found);
    text(&item.guide.ways, "/guide/ways", found);
    text(&item.guide.place, "/guide/place", found);
    for (i, section) in item.guide.sections.iter().enumerate() {
        for (j, line) in section.lines.iter().enumerate() {
            text(line, &format!("/guide/sections/{i}/lines/{j}"), found);
        }
    }
    text(&item.public.process, "/public/process", found);
    text(&item.public.window, "/public/window", found);
}

fn text(text: &Bilingual, pointer: &str, found: &mut Findings) {
    let en = text.en.to_ascii_lowercase();
    // Most texts name no department: one look instead of twelve.
    let zh = text.zh.contains("部门").then(|| ZH.iter().find(|words| text.zh.contains(**words)));
    let en = en.contains("depart").then(|| EN.iter().find(|words| en.contains(**words)));
    for (language, words) in [("zh", zh.flatten()), ("en", en.flatten())] {
        if let Some(words) = words {
            let problem = format!(
                "\"{words}\" sends the citizen away; hand the matter on, or offer a request"
            );
            found.value(Rule::SendAway, format!("{pointer}/{language}"), problem);
        }
    }
}
