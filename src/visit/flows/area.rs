//! The items of one of the four areas, a few at a time.

use crate::domain::pack::Area;
use crate::visit::flows::browse::open_item;
use crate::visit::step::{Context, Step, Steps};
use crate::visit::{Page, Session, Touch};

/// Most choices of a page, in standard and in large type (`domain.md` §6.3).
const A_PAGE: [usize; 2] = [8, 4];

#[derive(Clone, Debug, PartialEq)]
pub struct AreaItems {
    pub area: Area,
    /// The first that stands on the page, counted in the area: kept in another size of text, and
    /// while an item is looked at.
    first: usize,
}

impl AreaItems {
    pub(super) fn new(area: Area) -> AreaItems {
        AreaItems { area, first: 0 }
    }

    /// Most items of a page.
    pub fn a_page(session: &Session) -> usize {
        A_PAGE[usize::from(session.assisted())]
    }

    /// How many pages there are, at least one.
    pub fn pages(&self, session: &Session) -> usize {
        let items = session.pack().of_area(self.area).count();
        items.div_ceil(AreaItems::a_page(session)).max(1)
    }

    /// The page that stands, counted from 0.
    pub fn turn(&self, session: &Session) -> usize {
        self.first / AreaItems::a_page(session)
    }
}

impl Steps for AreaItems {
    fn page(&self) -> Page {
        Page::Area
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        let session = &*context.session;
        match touch {
            Touch::Item(place) => return open_item(place, session),
            Touch::Turn(page) if page < self.pages(session) => {
                self.first = page * AreaItems::a_page(session);
            }
            _ => {}
        }
        Step::Stay
    }
}
