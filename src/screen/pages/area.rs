//! The items of an area, a page of them at a time.

use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::Drawing;
use crate::screen::pages::tile::Tile;
use crate::screen::said::{Control, Role, Speech};
use crate::visit::Touch;
use crate::visit::flows::AreaItems;

/// Most pages that have a key each; of more one turns from page to page.
const KEYS: usize = 6;

#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    pub tiles: Vec<Tile>,
    /// Which page of how many, where there are several.
    pub place: String,
    /// A page back and a page on; none where there is one page.
    pub turns: Option<[Control; 2]>,
    /// Each page, where there are a few.
    pub pages: Vec<Control>,
}

pub(super) fn compose(compose: &Compose, list: &AreaItems) -> Composed {
    let session = compose.session;
    let (page, pages, most) =
        (list.turn(session), list.pages(session), AreaItems::a_page(session));
    let items = compose.pack().of_area(list.area).skip(page * most).take(most);
    let several = pages > 1;
    let counts = [("page", (page + 1).to_string()), ("of", pages.to_string())];
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    let name = compose.area_name(list.area);
    let count = compose.pack().of_area(list.area).count().to_string();
    let title = compose.fill(say::AREA_TITLE, &[("area", &name), ("count", &count)]);
    let keys = several && pages <= KEYS && !session.assisted();
    let key = |to: usize| {
        Control::new(format!("scroll-page-{}", to + 1), (to + 1).to_string(), Touch::Turn(to))
            .choice(to == page)
    };
    let view = Area {
        tiles: items.map(|(place, item)| compose.item_tile(place, item)).collect(),
        place: if several { compose.fill(say::PAGE_OF, &counts) } else { String::new() },
        turns: several.then(|| turns(compose, page, pages)),
        pages: if keys { (0..pages).map(key).collect() } else { Vec::new() },
    };
    Composed::new("area", title, view)
}

fn turns(compose: &Compose, page: usize, pages: usize) -> [Control; 2] {
    let back = Touch::Turn(page.saturating_sub(1));
    let on = Touch::Turn(page + 1);
    [
        Control::new("scroll-up", compose.text(say::SCROLL_UP), back)
            .drawn(Drawing::Up)
            .only_if(page > 0, compose.text(say::FIRST_PAGE)),
        Control::new("scroll-down", compose.text(say::SCROLL_DOWN), on)
            .drawn(Drawing::Down)
            .only_if(page + 1 < pages, compose.text(say::LAST_PAGE)),
    ]
}

impl Area {
    pub(super) fn said(&self, speech: &mut Speech) {
        // A key for each page says by itself where one is.
        if self.pages.is_empty() {
            speech.say(Role::Text, &self.place);
        }
        self.tiles.iter().for_each(|tile| tile.said(speech));
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        let [up, down] = match &self.turns {
            Some([up, down]) => [Some(up), Some(down)],
            None => [None, None],
        };
        let tiles = self.tiles.iter().map(|tile| &tile.control);
        tiles.chain(up).chain(&self.pages).chain(down).collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::Area;
    use crate::screen::draw::{List, control, maybe, ui};
    use crate::screen::pages::tile::Tile;

    #[derive(Default)]
    pub struct Drawn {
        tiles: List<ui::TileRow>,
        pages: List<ui::Control>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Area, window: &ui::KioskWindow) {
            let turns = page.turns.as_ref();
            window.global::<ui::Area>().set_view(ui::AreaView {
                tiles: self.tiles.show(page.tiles.iter().map(Tile::drawn)),
                place: page.place.as_str().into(),
                up: maybe(turns.map(|[up, _]| up)),
                down: maybe(turns.map(|[_, down]| down)),
                pages: self.pages.show(page.pages.iter().map(control)),
            });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
