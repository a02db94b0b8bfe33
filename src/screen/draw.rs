//! What every page uses to hand itself to the screen. The only file that takes in the generated
//! code of `ui/`.

use std::rc::Rc;

use slint::{Model, ModelRc, SharedString, VecModel};

use crate::domain::text::WORDS;
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::Row;
use crate::screen::said::Control;

#[allow(clippy::all, clippy::todo, clippy::unwrap_used, unsafe_code)]
pub mod ui {
    slint::include_modules!();
}

/// A list on the screen. It stays the same list: a new one would take focus and finger away from
/// what is drawn of the old.
pub struct List<T: 'static>(Rc<VecModel<T>>);

impl<T: Clone + PartialEq + 'static> Default for List<T> {
    fn default() -> Self {
        List(Rc::default())
    }
}

impl<T: Clone + PartialEq + 'static> List<T> {
    /// Changes the rows that differ and leaves the others, and their elements, alone.
    pub fn show(&self, rows: impl IntoIterator<Item = T>) -> ModelRc<T> {
        let mut count = 0;
        for row in rows {
            match self.0.row_data(count) {
                Some(old) if old == row => {}
                Some(_) => self.0.set_row_data(count, row),
                None => self.0.push(row),
            }
            count += 1;
        }
        while self.0.row_count() > count {
            self.0.remove(self.0.row_count() - 1);
        }
        ModelRc::from(self.0.clone())
    }
}

/// A list of lists: the one at each place stays the same.
pub struct Lists<T: 'static>(std::cell::RefCell<Vec<List<T>>>);

impl<T: Clone + PartialEq + 'static> Default for Lists<T> {
    fn default() -> Self {
        Lists(std::cell::RefCell::default())
    }
}

impl<T: Clone + PartialEq + 'static> Lists<T> {
    pub fn show(&self, at: usize, rows: impl IntoIterator<Item = T>) -> ModelRc<T> {
        let mut lists = self.0.borrow_mut();
        while lists.len() <= at {
            lists.push(List::default());
        }
        lists[at].show(rows)
    }
}

pub fn control(control: &Control) -> ui::Control {
    ui::Control {
        id: control.id.as_ref().into(),
        label: whole(&control.label),
        help: running(&control.help),
        strokes: strokes(control.drawing),
        enabled: control.enabled,
        chosen: control.chosen.unwrap_or_default(),
    }
}

/// No control where there is none.
pub fn maybe(there: Option<&Control>) -> ui::Control {
    there.map(control).unwrap_or_default()
}

pub fn strokes(drawing: Option<Drawing>) -> SharedString {
    drawing.map(Drawing::strokes).unwrap_or_default().into()
}

pub fn tone(tone: Tone) -> ui::Tone {
    match tone {
        Tone::Plain => ui::Tone::Plain,
        Tone::Info => ui::Tone::Info,
        Tone::Good => ui::Tone::Good,
        Tone::Care => ui::Tone::Care,
        Tone::Stop => ui::Tone::Stop,
    }
}

pub fn fact(row: &Row) -> ui::Fact {
    ui::Fact {
        label: whole(&row.label),
        value: running(&row.value),
        edit: maybe(row.edit.as_ref()),
    }
}

/// Width of the widest label, in em: what the column of labels needs so that none is broken.
pub fn label_ems(rows: &[Row]) -> f32 {
    rows.iter().map(|row| ems(&row.label)).fold(0.0, f32::max)
}

/// About how wide a text is drawn, in em. A Han character is one; Latin letters are measured
/// generously.
fn ems(text: &str) -> f32 {
    let wide = |c: char| !('\u{20}'..='\u{2fff}').contains(&c);
    text.chars().map(|c| if wide(c) { 1.0 } else { 0.6 }).sum()
}

const JOINER: char = '\u{2060}';

/// A text whose words stay whole.
pub fn whole(text: &str) -> SharedString {
    joined(text).into()
}

fn joined(text: &str) -> String {
    if !text.chars().any(is_han) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = WORDS.iter().filter(|word| rest.starts_with(**word)).max_by_key(|w| w.len());
        let end = word.map_or(first.len_utf8(), |word| word.len());
        for (place, c) in rest[..end].chars().enumerate() {
            if place > 0 {
                out.push(JOINER);
            }
            out.push(c);
        }
        rest = &rest[end..];
    }
    out
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Running text for the screen: its words stay whole, and its last three Han characters together,
/// so that no line has a single one of them.
pub fn running(text: &str) -> SharedString {
    let text = joined(text);
    let real = |(_, c): &(usize, char)| *c != JOINER;
    let ends: Vec<_> = text
        .char_indices()
        .rev()
        .filter(real)
        .skip_while(|(_, c)| !c.is_alphanumeric())
        .take(3)
        .collect();
    let [(last, c), (middle, b), (_, a)] = ends[..] else { return text.into() };
    // What is as short as a label never needs two lines.
    if ![a, b, c].into_iter().all(is_han) || text.chars().filter(|c| *c != JOINER).count() < 8 {
        return text.into();
    }
    let mut out = text;
    for at in [last, middle] {
        if !out[..at].ends_with(JOINER) {
            out.insert(at, JOINER);
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_three_characters_of_running_text_stay_on_one_line() {
        let shown = |text: &str| running(text).replace(JOINER, "|");
        assert_eq!(shown("请看这一行，下面还有几行。"), "请看这一行，下面还有|几|行。");
        for short in ["", "条", "不等于", "12333", "0000-12345678"] {
            assert_eq!(shown(short), short, "never wrapped");
        }
        // Not Han, or not only: broken as it always was.
        for other in ["Lay your ID card here.", "可在 12333 问"] {
            assert_eq!(shown(other), other);
        }
    }

    #[test]
    fn words_of_the_field_are_not_broken() {
        let shown = |text: &str| whole(text).replace(JOINER, "|");
        assert_eq!(shown("您希望得到哪项就业服务？"), "您希望得到哪项就|业服|务？");
        assert_eq!(shown("社会保险参保"), "社|会|保|险参|保", "the longest word first");
        assert_eq!(shown("Unemployment"), "Unemployment");
    }

    #[test]
    fn a_list_keeps_the_rows_that_do_not_change() {
        let list = List::default();
        let first = list.show([1, 2, 3]);
        let again = list.show([1, 5]);
        assert!(first == again, "the same list");
        assert_eq!(again.iter().collect::<Vec<_>>(), [1, 5]);
    }
}
