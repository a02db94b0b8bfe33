//! An answer that is typed: the question, what is typed as it grows, and the keys. How each kind is
//! grouped, hinted at and refused stands in `typed.rs`.

use crate::screen::said::{Control, Role, Speech};

#[derive(Clone, PartialEq)]
pub struct Keys {
    pub question: String,
    pub reason: String,
    /// Of a telephone: of one's own, a landline, of a relative, none.
    pub ways: Vec<Control>,
    /// One, or year, month and day; none where no number is wanted.
    pub fields: Vec<Field>,
    /// Read character by character.
    pub spelled: bool,
    /// Under the fields: what belongs there, how far it is, what day of the week.
    pub hint: String,
    /// Why it is no answer; stands in the place of the hint.
    pub error: String,
    /// Where no number is wanted, what happens instead.
    pub note: String,
    pub pad: Pad,
    /// In the order of the pad; none where no number is wanted.
    pub keys: Vec<Control>,
}

/// A part of what is typed.
#[derive(Clone, Default, PartialEq)]
pub struct Field {
    /// What is typed, in groups.
    pub text: String,
    /// Stands in the empty field.
    pub blank: String,
    /// At the end of the field: 元, 年.
    pub unit: String,
    /// The next key goes here.
    pub now: bool,
}

/// Which keys there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pad {
    /// 1 to 9, one more, 0, erase; where the one more is no clear, clear below.
    Digits,
    /// 1 to 9 and 0, erase, clear, and 21 letters.
    Letters,
}

/// `Debug` leaves what is typed out.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("ways", &self.ways).field("pad", &self.pad).finish_non_exhaustive()
    }
}

impl Keys {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Headline, &self.question).say(Role::Text, &self.reason);
        for way in &self.ways {
            speech.say(Role::Label, &way.label);
        }
        let typed = if self.spelled { Role::Code } else { Role::Value };
        for field in &self.fields {
            if field.text.is_empty() {
                speech.say(Role::Text, &field.blank);
            } else {
                speech.say(typed, &field.text);
            }
            speech.say(Role::Label, &field.unit);
        }
        if self.error.is_empty() {
            speech.say(Role::Text, &self.hint);
        }
        speech.say(Role::Mark, &self.error).say(Role::Text, &self.note);
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        self.ways.iter().chain(&self.keys).collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::{Keys, Pad};
    use crate::screen::draw::{List, control, running, ui, whole};
    use crate::screen::look::Drawing;

    #[derive(Default)]
    pub struct Drawn {
        ways: List<ui::Control>,
        fields: List<ui::Field>,
        keys: List<ui::Control>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Keys, window: &ui::KioskWindow) {
            let fields = page.fields.iter().map(|field| ui::Field {
                text: field.text.as_str().into(),
                blank: field.blank.as_str().into(),
                unit: whole(&field.unit),
                now: field.now,
            });
            window.global::<ui::Keys>().set_view(ui::KeysView {
                question: whole(&page.question),
                reason: running(&page.reason),
                ways: self.ways.show(page.ways.iter().map(control)),
                fields: self.fields.show(fields),
                hint: running(&page.hint),
                error: running(&page.error),
                error_strokes: Drawing::Stop.strokes().into(),
                note: running(&page.note),
                letters: page.pad == Pad::Letters,
                keys: self.keys.show(page.keys.iter().map(control)),
            });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
