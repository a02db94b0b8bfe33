//! What to know about an item (办事指南).

use super::super::composer::{Composer, Head};
use super::super::{Block, Slip, Words};
use crate::domain::pack::Item;
use crate::say;

/// The guide of an item and its eight public fields (八公开).
pub fn guide(head: &Head, item: &Item) -> Slip {
    let mut slip = Composer::begin(head, Some(item));
    slip.push(Block::Title(head.words(&item.name)));
    slip.push(Block::Centred(head.say(say::SLIP_TITLE_GUIDE)));
    if item.number > 0 {
        let number = [("number", &*item.number.to_string())];
        slip.push(Block::Centred(Words::fill(say::SLIP_ITEM_NUMBER, head.lang, &number)));
    }
    slip.reprint_mark();
    slip.push(Block::Rule);
    slip.push(Block::Paragraph(head.words(&item.summary)));
    if let Some(handoff) = &item.handoff {
        slip.push(Block::Gap);
        slip.push(Block::Heading(head.say(say::SLIP_WHERE)));
        slip.push(Block::Paragraph(head.words(&handoff.to)));
        if let Some(url) = &handoff.url {
            slip.push(Block::Qr { content: url.clone(), caption: head.say(say::SLIP_ONLINE) });
        }
    }
    slip.push(Block::Gap);
    slip.push(Block::Heading(head.say(say::GUIDE_MATERIALS)));
    for line in item.material_lines(head.pack) {
        slip.push(Block::Bullet(head.words(&line)));
    }
    // Those of the eleven that do not stand among the eight below.
    let own = [
        (say::GUIDE_WAYS, &item.guide.ways),
        (say::GUIDE_DELIVERY, &item.guide.delivery),
        (say::GUIDE_HOURS, &item.guide.hours),
        (say::GUIDE_PLACE, &item.guide.place),
    ];
    slip.push(Block::Gap);
    slip.push(Block::Rows(own.map(|(label, text)| head.row(label, head.words(text))).into()));
    for section in &item.guide.sections {
        slip.push(Block::Gap);
        slip.push(Block::Heading(head.words(&section.title)));
        for line in &section.lines {
            slip.push(Block::Bullet(head.words(line)));
        }
    }
    if let Some(example) = item.sample_form() {
        slip.push(Block::Gap);
        slip.push(Block::Heading(head.say(say::SAMPLE_FORM)));
        slip.push(Block::Paragraph(head.words(&example.about)));
        let filled = example.filled_in(item, head.pack);
        slip.push(Block::Rows(filled.iter().map(|fact| head.fact(fact)).collect()));
    }
    slip.push(Block::Rule);
    slip.push(Block::Heading(head.say(say::SLIP_EIGHT)));
    let public = item.public.facts();
    slip.push(Block::Rows(public.iter().map(|fact| head.fact(fact)).collect()));
    if let Some(standard) = &head.pack.branding.service_standard {
        slip.push(Block::Rule);
        slip.push(Block::Heading(head.say(say::SERVICE_STANDARD)));
        slip.push(Block::Paragraph(head.words(standard)));
    }
    slip.push(Block::Rule);
    slip.push(Block::Heading(head.say(say::SLIP_PEOPLE)));
    slip.outlets();
    slip.end()
}
