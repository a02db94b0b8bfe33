//! A list of what can be opened: policies, outlets. Each entry is one thing to touch, all alike, none
//! cut at the end of a page.

use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::Badge;
use crate::screen::said::{Control, Role, Speech};

#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// What stands below, in one sentence.
    pub intro: String,
    pub tone: Tone,
    pub drawing: Drawing,
    /// Changes how the entries are marked.
    pub switch: Option<Control>,
    pub entries: Vec<Entry>,
    /// Controls that stay in sight below the entries.
    pub foot: Vec<Control>,
}

/// One entry.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// Its name, and a line about it.
    pub control: Control,
    /// Of the line.
    pub tone: Tone,
    /// What it is about, two lines of it; of all entries of a list or of none.
    pub text: String,
    pub badges: Vec<Badge>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.control.fmt(f)
    }
}

impl Listing {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Text, &self.intro);
        for entry in &self.entries {
            speech.say(Role::Label, &entry.control.label).say(Role::Text, &entry.control.help);
            speech.say(Role::Text, &entry.text);
            for badge in &entry.badges {
                speech.say(Role::Mark, &badge.text);
            }
        }
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        let entries = self.entries.iter().map(|entry| &entry.control);
        self.switch.iter().chain(entries).chain(&self.foot).collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::Listing;
    use crate::screen::draw::{List, Lists, control, maybe, running, tone, ui};
    use crate::screen::pages::blocks::badge;

    #[derive(Default)]
    pub struct Drawn {
        entries: List<ui::EntryRow>,
        badges: Lists<ui::BadgeRow>,
        foot: List<ui::Control>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Listing, window: &ui::KioskWindow) {
            let entry = |(at, entry): (usize, &super::Entry)| ui::EntryRow {
                control: control(&entry.control),
                tone: tone(entry.tone),
                text: running(&entry.text),
                badges: self.badges.show(at, entry.badges.iter().map(badge)),
            };
            let entries: Vec<_> = page.entries.iter().enumerate().map(entry).collect();
            window.global::<ui::Listing>().set_view(ui::ListingView {
                intro: running(&page.intro),
                tone: tone(page.tone),
                strokes: page.drawing.strokes().into(),
                switch: maybe(page.switch.as_ref()),
                entries: self.entries.show(entries),
                texts: page.entries.iter().any(|entry| !entry.text.is_empty()),
                foot: self.foot.show(page.foot.iter().map(control)),
            });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
