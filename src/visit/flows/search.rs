//! Looking for an item by the first letters of its name or by its number.

use crate::domain::initials::Index;
use crate::domain::pack::Pack;
use crate::say::Lang;
use crate::visit::flows::AreaItems;
use crate::visit::flows::browse::open_item;
use crate::visit::step::{Context, Step, Steps};
use crate::visit::{Page, Touch};

/// Most keys that are kept; no name needs as many.
pub const MOST_KEYS: usize = 12;

#[derive(Clone, PartialEq)]
pub struct Search {
    index: Index,
    typed: String,
}

/// `Debug` leaves out what was typed: somebody may have typed a number of their own.
impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Search(..)")
    }
}

impl Search {
    pub(super) fn new(pack: &Pack) -> Search {
        Search { index: Index::of(pack), typed: String::new() }
    }

    /// `A` to `Z` and `0` to `9`, at most [`MOST_KEYS`].
    pub fn typed(&self) -> &str {
        &self.typed
    }

    fn type_on(&mut self, key: char) {
        if self.typed.len() < MOST_KEYS {
            self.typed.push(key);
        }
    }

    /// The places in the pack of what is found, what fits best first.
    pub fn found(&self, lang: Lang) -> Vec<usize> {
        self.index.find(&self.typed, lang)
    }
}

impl Steps for Search {
    fn page(&self) -> Page {
        Page::Search
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match touch {
            Touch::Item(place) => return open_item(place, context.session),
            Touch::Area(area) => return Step::Push(AreaItems::new(area).into()),
            Touch::Letter(letter) if letter.is_ascii_uppercase() => self.type_on(letter),
            Touch::Digit(digit @ 0..=9) => self.type_on(char::from(b'0' + digit)),
            Touch::Erase => drop(self.typed.pop()),
            Touch::Clear => self.typed.clear(),
            _ => {}
        }
        Step::Stay
    }
}
