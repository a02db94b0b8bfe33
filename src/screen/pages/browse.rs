//! Looking around without being anybody: an item with its guide, its public fields, the places with
//! people.

use crate::domain::pack::{Item, PublicFields, Standing};
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::{Badge, Block, Blocks, Row, attract, home};
use crate::screen::said::Control;
use crate::visit::flows::Browse;
use crate::visit::{Availability, ItemRef, Lack, Offer, Touch};

pub(super) fn compose(compose: &Compose, browse: &Browse) -> Composed {
    match browse {
        Browse::Attract => attract::compose(compose),
        Browse::Home => home::compose(compose),
        Browse::Item(item) => {
            about(compose, item, |item| ("item", item_blocks(compose, item), begin(compose, item)))
        }
        Browse::Guide(item) => about(compose, item, |item| {
            let blocks = Blocks { blocks: guide(compose, item), ..Blocks::default() };
            ("guide", blocks, begin(compose, item))
        }),
        Browse::PublicFields(item) => about(compose, item, |item| {
            let facts = Block::Facts(public_fields(compose, &item.public));
            let blocks = Blocks {
                headline: compose.text(say::PUBLIC_TITLE),
                detail: compose.text(say::PUBLIC_DETAIL),
                blocks: vec![facts],
                ..Blocks::default()
            };
            ("public-fields", blocks, begin(compose, item))
        }),
        Browse::Outlets => {
            let blocks = Blocks {
                hero: Some(Drawing::People),
                tone: Tone::Info,
                headline: compose.text(say::OUTLETS_TITLE),
                detail: compose.text(say::OUTLETS_DETAIL),
                blocks: vec![Block::Facts(compose.people())],
                foot: Vec::new(),
            };
            Composed::new("outlets", compose.text(say::OUTLETS), blocks).action(compose.home())
        }
    }
}

/// A page about an item. Of one that the pack has no more there is nothing to say.
fn about(
    compose: &Compose,
    item: &ItemRef,
    page: impl Fn(&Item) -> (&'static str, Blocks, Control),
) -> Composed {
    let title = compose.item_name(item);
    match compose.item(item) {
        None => Composed::new("item", title, Blocks::default()).action(compose.home()),
        Some(item) => {
            let (name, blocks, action) = page(item);
            Composed::new(name, title, blocks).about(Some(item)).action(action)
        }
    }
}

fn begin(compose: &Compose, item: &Item) -> Control {
    let availability = compose.session.availability(Offer::Begin(item));
    let why_not = why_not(compose, &availability).unwrap_or_default();
    Control::new("begin", compose.text(say::BEGIN), Touch::Begin)
        .only_if(availability.possible(), why_not)
}

/// Why it cannot be begun now, and what can be done instead.
fn why_not(compose: &Compose, availability: &Availability) -> Option<String> {
    let Availability::NotNow(lacks) = availability else { return None };
    let sentence = match lacks.contains(&Lack::Reader) {
        true => say::WHY_NOT_READER,
        false => say::WHY_NOT_OFFLINE,
    };
    Some(compose.text(sentence))
}

fn item_blocks(compose: &Compose, item: &Item) -> Blocks {
    let can_print = compose.session.availability(Offer::Print).possible();
    let mut blocks = vec![Block::Lead(compose.own(&item.summary))];
    let mut badges =
        vec![Badge { text: compose.speed(item), tone: Tone::Good, drawing: Some(Drawing::Clock) }];
    if item.standing == Standing::Sample {
        let text = compose.text(say::SAMPLE_DATA);
        badges.push(Badge { text, tone: Tone::Care, drawing: None });
    }
    blocks.push(Block::Badges(badges));
    let availability = compose.session.availability(Offer::Begin(item));
    let band = |tone, drawing, text| Block::Band { tone, drawing, text };
    if let Some(text) = why_not(compose, &availability) {
        blocks.push(band(Tone::Care, Drawing::Warning, text));
    }
    if let Availability::Limited(lacks) = &availability {
        if lacks.contains(&Lack::Network) {
            let text = compose.text(say::LATER_WITHOUT_NETWORK);
            blocks.push(band(Tone::Info, Drawing::NetworkOff, text));
        }
        if lacks.contains(&Lack::Printer) {
            blocks.push(band(Tone::Info, Drawing::Printer, compose.text(say::NO_SLIP_NOW)));
        }
    }
    blocks.extend(guide(compose, item));
    let mut foot = vec![
        Control::new("public-fields", compose.text(say::PUBLIC_TITLE), Touch::PublicFields)
            .drawn(Drawing::Eye),
    ];
    if can_print {
        foot.push(
            Control::new("print-guide", compose.text(say::PRINT_GUIDE), Touch::PrintGuide)
                .drawn(Drawing::Printer),
        );
    }
    Blocks { blocks, foot, ..Blocks::default() }
}

/// What to know before: conditions, materials, steps.
fn guide(compose: &Compose, item: &Item) -> Vec<Block> {
    item.guide
        .iter()
        .flat_map(|section| {
            let lines = section.lines.iter().map(|line| compose.own(line)).collect();
            [Block::Heading(compose.own(&section.title)), Block::List { numbered: false, lines }]
        })
        .collect()
}

/// The eight public fields (八公开), in the order of the programme.
fn public_fields(compose: &Compose, public: &PublicFields) -> Vec<Row> {
    [
        (say::PUBLIC_SERVICE, &public.service),
        (say::PUBLIC_WINDOW, &public.window),
        (say::PUBLIC_BASIS, &public.basis),
        (say::PUBLIC_PROCESS, &public.process),
        (say::PUBLIC_FEE, &public.fee),
        (say::PUBLIC_TIME_LIMIT, &public.time_limit),
        (say::PUBLIC_SERVICE_PHONE, &public.service_phone),
        (say::PUBLIC_SUPERVISION_PHONE, &public.supervision_phone),
    ]
    .into_iter()
    .map(|(label, value)| compose.row(label, compose.own(value)))
    .collect()
}

impl Compose<'_> {
    /// Whom to ask: the places with people, whether they are open, and the telephones.
    pub(in crate::screen) fn people(&self) -> Vec<Row> {
        let pack = self.pack();
        let outlet = &pack.outlet;
        vec![
            self.row(say::HELP_OUTLET, self.own(&outlet.name)),
            self.row(say::HELP_ADDRESS, self.own(&outlet.address)),
            self.row(say::HELP_HOURS, self.own(&outlet.hours)),
            self.row(say::HELP_PHONE, outlet.phone.as_str()),
            self.row(say::HELP_HOTLINE, pack.hotline.as_str()),
            self.row(say::HELP_SUPERVISION, pack.supervision_phone.as_str()),
        ]
    }
}
