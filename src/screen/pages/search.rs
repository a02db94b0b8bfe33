//! Looking for an item: what was typed, what is found by it, and the keys.

use crate::domain::initials;
use crate::domain::pack::Item;
use crate::say::{self, Lang};
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::Drawing;
use crate::screen::pages::tile::Tile;
use crate::screen::said::{Control, Role, Speech};
use crate::visit::{Touch, flows};

/// Most of what is found that stands above the keys, in standard and in large type.
const SHOWN: [usize; 2] = [5, 3];
/// Keys of the example, in Chinese and in English, whose words are long.
const EXAMPLE: [usize; 2] = [6, 3];

#[derive(Clone, PartialEq)]
pub struct Search {
    pub typed: String,
    /// Stands in the empty field.
    pub hint: String,
    /// How many are found; where nothing was typed yet, how it is done.
    pub told: Vec<String>,
    /// Each character or word of an example over its key, where nothing was typed yet.
    pub example: Vec<(String, String)>,
    pub tiles: Vec<Tile>,
    /// That nothing is found, and what to do.
    pub nothing: Option<(String, String)>,
    /// Another way, where nothing is found.
    pub areas: Vec<Tile>,
    /// `A` to `Z`, and erase.
    pub letters: Vec<Control>,
    /// 1 to 9, 0, and clear.
    pub digits: Vec<Control>,
}

/// `Debug` leaves out what was typed.
impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search").field("tiles", &self.tiles).finish_non_exhaustive()
    }
}

pub(super) fn compose(compose: &Compose, search: &flows::Search) -> Composed {
    let typed = search.typed();
    let found = search.found(compose.lang);
    let shown = SHOWN[usize::from(compose.session.assisted())];
    let items = found.iter().filter_map(|place| Some((*place, compose.pack().items.get(*place)?)));
    let counts = [("count", found.len().to_string()), ("shown", shown.to_string())];
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    let (how, example) = if typed.is_empty() { how(compose) } else { Default::default() };
    let told = match found.len() {
        _ if typed.is_empty() => how,
        0 => Vec::new(),
        count if count <= shown => vec![compose.fill(say::SEARCH_FOUND, &counts)],
        _ => vec![compose.fill(say::SEARCH_MORE, &counts)],
    };
    let nothing = (!typed.is_empty() && found.is_empty()).then(|| {
        let headline = compose.fill(say::SEARCH_NONE, &[("typed", typed)]);
        (headline, compose.text(say::SEARCH_NONE_DETAIL))
    });
    let view = Search {
        typed: typed.to_owned(),
        hint: if typed.is_empty() { compose.text(say::SEARCH_EMPTY) } else { String::new() },
        told,
        example,
        tiles: items
            .take(shown)
            .map(|(place, item)| compose.item_tile(place, item).bare())
            .collect(),
        areas: if nothing.is_some() { areas(compose) } else { Vec::new() },
        nothing,
        letters: letters(compose, typed),
        digits: digits(compose, typed),
    };
    Composed::new("search", compose.text(say::SEARCH_ITEMS), view)
}

/// How to find something, by what most people look for: the sentences, and each character or word over
/// its key.
fn how(compose: &Compose) -> (Vec<String>, Vec<(String, String)>) {
    let often = compose.pack().often_used();
    let most = EXAMPLE[usize::from(compose.lang == Lang::En)];
    let keys = |item: &Item| initials::keys(&compose.own(&item.name), compose.lang);
    let simple = |(_, item): &&(usize, &Item)| (2..=most).contains(&keys(item).len());
    let Some((_, item)) = often.iter().find(simple) else { return Default::default() };
    let name = compose.own(&item.name);
    let letters: String = keys(item).iter().map(|(_, key)| *key).collect();
    let number = item.number.to_string();
    let sentences = vec![
        compose.fill(say::SEARCH_BY_LETTERS, &[("name", &name), ("letters", &letters)]),
        compose.fill(say::SEARCH_BY_NUMBER, &[("name", &name), ("number", &number)]),
    ];
    let example = keys(item).into_iter().map(|(word, key)| (word, key.to_string()));
    (sentences, example.collect())
}

fn areas(compose: &Compose) -> Vec<Tile> {
    compose.area_tiles().into_iter().map(Tile::bare).collect()
}

fn letters(compose: &Compose, typed: &str) -> Vec<Control> {
    let letter = |letter: char| {
        Control::new(format!("letter-{letter}"), letter, Touch::Letter(letter))
    };
    let erase = Control::new("erase", compose.text(say::ERASE), Touch::Erase).drawn(Drawing::Erase);
    let erase = erase.only_if(!typed.is_empty(), compose.text(say::SEARCH_EMPTY));
    ('A'..='Z').map(letter).chain([erase]).collect()
}

fn digits(compose: &Compose, typed: &str) -> Vec<Control> {
    let digit = |digit: u8| {
        Control::new(format!("digit-{digit}"), digit.to_string(), Touch::Digit(digit))
    };
    let clear = Control::new("clear", compose.text(say::CLEAR), Touch::Clear);
    let clear = clear.only_if(!typed.is_empty(), compose.text(say::SEARCH_EMPTY));
    (1..=9).chain([0]).map(digit).chain([clear]).collect()
}

impl Search {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Text, &self.hint).say(Role::Code, &self.typed);
        self.told.iter().for_each(|line| {
            speech.say(Role::Text, line);
        });
        if let Some((headline, detail)) = &self.nothing {
            speech.say(Role::Headline, headline).say(Role::Text, detail);
        }
        self.tiles.iter().chain(&self.areas).for_each(|tile| tile.said(speech));
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        let tiles = self.tiles.iter().chain(&self.areas).map(|tile| &tile.control);
        tiles.chain(&self.letters).chain(&self.digits).collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::Search;
    use crate::screen::draw::{List, control, running, ui, whole};
    use crate::screen::pages::tile::Tile;

    #[derive(Default)]
    pub struct Drawn {
        told: List<slint::SharedString>,
        example: List<ui::ExampleRow>,
        tiles: List<ui::TileRow>,
        areas: List<ui::TileRow>,
        letters: List<ui::Control>,
        digits: List<ui::Control>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Search, window: &ui::KioskWindow) {
            let nothing = page.nothing.as_ref();
            let nothing = nothing.map(|(headline, detail)| (whole(headline), running(detail)));
            let (headline, detail) = nothing.unwrap_or_default();
            let pair = |(word, key): &(String, String)| ui::ExampleRow {
                word: word.as_str().into(),
                key: key.as_str().into(),
            };
            window.global::<ui::Search>().set_view(ui::SearchView {
                typed: page.typed.as_str().into(),
                hint: page.hint.as_str().into(),
                told: self.told.show(page.told.iter().map(|line| running(line))),
                example: self.example.show(page.example.iter().map(pair)),
                tiles: self.tiles.show(page.tiles.iter().map(Tile::drawn)),
                headline,
                detail,
                areas: self.areas.show(page.areas.iter().map(Tile::drawn)),
                letters: self.letters.show(page.letters.iter().map(control)),
                digits: self.digits.show(page.digits.iter().map(control)),
            });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
