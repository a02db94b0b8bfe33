//! The way to an outlet (网点), to be taken along: in words, because a map needs its 审图号.

use super::super::composer::{Composer, Head};
use super::super::{Block, Slip, Words};
use crate::domain::pack::Outlet;
use crate::say;

pub fn outlet(head: &Head, outlet: &Outlet) -> Slip {
    let mut slip = Composer::begin(head, None);
    slip.push(Block::Title(head.words(&outlet.name)));
    slip.push(Block::Centred(head.say(outlet.kind.sentence())));
    slip.reprint_mark();
    slip.push(Block::Rule);
    slip.push(Block::Rows(vec![
        head.row(say::SLIP_ADDRESS, head.words(&outlet.address)),
        head.row(say::SLIP_HOURS, head.hours(&outlet.hours)),
        head.row(say::SLIP_PHONE, Words::plain(&outlet.phone)),
    ]));
    slip.push(Block::Gap);
    slip.push(Block::Heading(head.say(say::OUTLET_WAY)));
    let rural = head.pack.place.rural;
    slip.push(Block::Paragraph(match head.pack.way_to(outlet) {
        Some(way) => head.both(|lang| way.words(rural, lang)),
        None => head.say(say::OUTLET_NO_WAY),
    }));
    slip.push(Block::Paragraph(head.both(|lang| {
        let here = head.pack.place.name.text(lang);
        say::OUTLET_FROM.fill(lang, &[("here", here)])
    })));
    let items: Vec<_> = outlet.items.iter().filter_map(|id| head.pack.item(id)).collect();
    slip.push(Block::Gap);
    slip.push(Block::Heading(head.say(say::OUTLET_ITEMS)));
    for item in &items {
        slip.push(Block::Bullet(head.words(&item.name)));
    }
    if items.is_empty() {
        slip.push(Block::Paragraph(head.say(say::OUTLET_ITEMS_UNKNOWN)));
    }
    if let Some(url) = &outlet.url {
        let caption = head.say(say::OUTLET_MAP);
        slip.push(Block::Gap);
        slip.push(Block::Qr { content: url.clone(), caption });
    }
    slip.end()
}
