//! The choice of items of a pack that has many: what most people come for, the four areas, and the
//! other ways to find something. In large type each of these is a page of at most four.

use crate::say;
use crate::screen::compose::Compose;
use crate::screen::pages::tile::Tile;
use crate::screen::said::{Control, Role, Speech};
use crate::visit::Touch;
use crate::visit::flows::HomePart;

/// Most choices of a page in large type (`domain.md` §6.3).
const LARGE: usize = 4;

#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    /// Over everything else; in large type one of the others.
    pub search: Option<Tile>,
    pub often_title: String,
    pub often: Vec<Tile>,
    pub areas_title: String,
    pub areas: Vec<Tile>,
    /// What does not begin with an item of an area.
    pub others: Vec<Tile>,
    /// In large type: the parts of the page, of which one stands.
    pub parts: Vec<Control>,
}

pub(super) fn compose(compose: &Compose, part: HomePart) -> Catalogue {
    let often = || {
        let items = compose.pack().often_used().into_iter();
        items.map(|(place, item)| compose.item_tile(place, item))
    };
    let title = |part| match part {
        HomePart::OftenUsed => compose.text(say::OFTEN_USED),
        HomePart::Areas => compose.text(say::BY_AREA),
        HomePart::Others => compose.text(say::OTHER_WAYS),
    };
    if !compose.session.assisted() {
        return Catalogue {
            search: Some(compose.search_tile()),
            often_title: title(HomePart::OftenUsed),
            often: often().map(Tile::bare).collect(),
            areas_title: title(HomePart::Areas),
            areas: compose.area_tiles(),
            others: others(compose),
            parts: Vec::new(),
        };
    }
    let control = |(place, other): (usize, HomePart)| {
        Control::new(format!("part-{place}"), title(other), Touch::Turn(place))
            .choice(other == part)
    };
    let only = |of: HomePart, tiles: Vec<Tile>| if of == part { tiles } else { Vec::new() };
    // Five do not fit a page: packages go before what most people come for.
    let first = compose.packages_tile().into_iter();
    let own = others(compose).into_iter().filter(|tile| tile.control.touch != Touch::Packages);
    let others = [compose.search_tile()].into_iter().chain(own);
    Catalogue {
        search: None,
        often_title: String::new(),
        often: only(HomePart::OftenUsed, first.chain(often()).take(LARGE).collect()),
        areas_title: String::new(),
        areas: only(HomePart::Areas, compose.area_tiles()),
        others: only(HomePart::Others, others.take(LARGE).collect()),
        parts: HomePart::ALL.into_iter().enumerate().map(control).collect(),
    }
}

/// What stands beside items and areas, at most four: packages (打包办) first, where the pack has them.
fn others(compose: &Compose) -> Vec<Tile> {
    let own = [compose.my_cases_tile(), compose.policies_tile(), compose.outlets_tile()];
    compose.packages_tile().into_iter().chain(own).collect()
}

impl Catalogue {
    /// Every offer, in the order in which a person reads.
    pub fn tiles(&self) -> impl Iterator<Item = &Tile> {
        self.search.iter().chain(&self.often).chain(&self.areas).chain(&self.others)
    }

    pub(super) fn said(&self, speech: &mut Speech) {
        self.search.iter().for_each(|tile| tile.said(speech));
        speech.say(Role::Label, &self.often_title);
        self.often.iter().for_each(|tile| tile.said(speech));
        speech.say(Role::Label, &self.areas_title);
        self.areas.iter().chain(&self.others).for_each(|tile| tile.said(speech));
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        self.tiles().map(|tile| &tile.control).chain(&self.parts).collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::Catalogue;
    use crate::screen::draw::{List, control, ui, whole};
    use crate::screen::pages::tile::Tile;

    #[derive(Default)]
    pub struct Drawn {
        often: List<ui::TileRow>,
        areas: List<ui::TileRow>,
        others: List<ui::TileRow>,
        parts: List<ui::Control>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Catalogue, window: &ui::KioskWindow) {
            window.global::<ui::Catalogue>().set_view(ui::CatalogueView {
                search: page.search.as_ref().map(Tile::drawn).unwrap_or_default(),
                often_title: whole(&page.often_title),
                often: self.often.show(page.often.iter().map(Tile::drawn)),
                areas_title: whole(&page.areas_title),
                areas: self.areas.show(page.areas.iter().map(Tile::drawn)),
                others: self.others.show(page.others.iter().map(Tile::drawn)),
                parts: self.parts.show(page.parts.iter().map(control)),
            });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
