//! The kiosk works; the citizen waits and knows for what.

use crate::say::{self, Sentence};
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::{Block, Blocks};
use crate::visit::ItemRef;

pub(super) fn querying(compose: &Compose, item: &ItemRef) -> Composed {
    page(compose, compose.item_name(item), say::QUERYING).about(compose.item(item))
}

pub(super) fn storing(compose: &Compose, item: &ItemRef) -> Composed {
    page(compose, compose.item_name(item), say::STORING).about(compose.item(item))
}

pub(super) fn searching(compose: &Compose) -> Composed {
    page(compose, compose.text(say::MY_CASES), say::SEARCHING)
}

fn page(compose: &Compose, title: String, headline: Sentence) -> Composed {
    let blocks = Blocks {
        hero: Some(Drawing::Hourglass),
        tone: Tone::Info,
        headline: compose.text(headline),
        detail: compose.text(say::WORKING_DETAIL),
        blocks: vec![Block::Waiting],
        foot: Vec::new(),
    };
    Composed::new("working", title, blocks)
}
