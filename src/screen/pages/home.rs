//! What can be done here, where all of it stands on one page; of a pack with more items see
//! [`catalogue`].

use crate::domain::pack::Item;
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::pages::catalogue;
use crate::screen::pages::tile::Tile;
use crate::screen::said::{Control, Speech};
use crate::visit::flows::HomePart;

#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    pub tiles: Vec<Tile>,
}

/// The choice of items, in the form that fits the pack.
pub(super) fn compose(compose: &Compose, part: HomePart) -> Composed {
    let title = compose.text(say::HOME_TITLE);
    // In large type no more than four stand on a page, and there are more offers than items.
    let few = compose.pack().has_few_items() && !compose.session.assisted();
    let composed = if few {
        Composed::new("home", title, all(compose))
    } else {
        Composed::new("home", title, catalogue::compose(compose, part))
    };
    composed.instead_of_back(compose.exit())
}

fn all(compose: &Compose) -> Home {
    let items = compose.pack().items.iter().enumerate();
    let tile = |(place, item): (usize, &Item)| {
        let area = compose.area_name(item.area);
        compose.item_tile(place, item).in_area(area)
    };
    let others = [compose.my_cases_tile(), compose.policies_tile(), compose.outlets_tile()];
    let tiles = items.map(tile).chain(compose.packages_tile()).chain(others);
    Home { tiles: tiles.collect() }
}

impl Home {
    pub(super) fn said(&self, speech: &mut Speech) {
        self.tiles.iter().for_each(|tile| tile.said(speech));
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        self.tiles.iter().map(|tile| &tile.control).collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::Home;
    use crate::screen::draw::{List, ui};
    use crate::screen::pages::tile::Tile;

    #[derive(Default)]
    pub struct Drawn {
        tiles: List<ui::TileRow>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Home, window: &ui::KioskWindow) {
            let tiles = self.tiles.show(page.tiles.iter().map(Tile::drawn));
            window.global::<ui::Home>().set_view(ui::HomeView { tiles });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
