//! Looking around without being anybody: an item with its guide, its public fields, the places with
//! people.

use crate::domain::pack::{Bilingual, Hours, Item, ItemKind, Standing};
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::{Badge, Block, Blocks, Row, attract, home};
use crate::screen::said::Control;
use crate::visit::flows::Browse;
use crate::visit::{Availability, ItemRef, Lack, Offer, Touch};

/// Most places with people that are named; a page of them is enough to choose from.
const OUTLETS: usize = 3;

pub(super) fn compose(compose: &Compose, browse: &Browse) -> Composed {
    match browse {
        Browse::Attract => attract::compose(compose),
        Browse::Home(part) => home::compose(compose, *part),
        Browse::Item(item) => {
            about(compose, item, |item| ("item", item_blocks(compose, item), begin(compose, item)))
        }
        Browse::PublicFields(item) => about(compose, item, |item| {
            let version = [("version", compose.pack().version.as_str())];
            let blocks = Blocks {
                headline: compose.text(say::PUBLIC_TITLE),
                detail: compose.fill(say::PUBLIC_DETAIL, &version),
                blocks: cannot_begin(compose, item)
                    .into_iter()
                    .chain([public_fields(compose, item)])
                    .collect(),
                ..Blocks::default()
            };
            ("public-fields", blocks, begin(compose, item))
        }),
        Browse::SampleForm(item) => about(compose, item, |item| {
            ("sample-form", sample_form(compose, item), begin(compose, item))
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
            let near = compose.text(say::WAY_TO_STAFFED);
            Composed::new("outlets", compose.text(say::OUTLETS), blocks)
                .action(Control::new("near-outlets", near, Touch::NearOutlets).drawn(Drawing::Map))
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

/// The one action of a page about an item: to begin, or to take the guide of what is done elsewhere.
fn begin(compose: &Compose, item: &Item) -> Control {
    if item.kind == ItemKind::Handoff {
        let why_not = compose.why_not(Offer::Print);
        return print_guide(compose).only_if(why_not.is_empty(), why_not);
    }
    let availability = compose.session.availability(Offer::Begin(item));
    let why_not = why_not(compose, &availability).unwrap_or_default();
    let label = match item.kind {
        ItemKind::Browse { .. } => say::LOOK,
        _ => say::BEGIN,
    };
    Control::new("begin", compose.text(label), Touch::Begin)
        .only_if(availability.possible(), why_not)
}

pub(super) fn print_guide(compose: &Compose) -> Control {
    Control::new("print-guide", compose.text(say::PRINT_GUIDE), Touch::PrintGuide)
        .drawn(Drawing::Printer)
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

/// Says why it cannot be begun now.
fn cannot_begin(compose: &Compose, item: &Item) -> Option<Block> {
    let text = why_not(compose, &compose.session.availability(Offer::Begin(item)))?;
    Some(Block::Band { tone: Tone::Care, drawing: Drawing::Warning, text })
}

fn item_blocks(compose: &Compose, item: &Item) -> Blocks {
    let can_print = compose.session.availability(Offer::Print).possible();
    let mut blocks = vec![Block::Lead(compose.own(&item.summary))];
    let (text, tone) = compose.speed(item);
    let mut badges = vec![Badge { text, tone, drawing: Some(Drawing::Clock) }];
    let number = compose.item_number(item);
    if !number.is_empty() {
        badges.push(Badge { text: number, tone: Tone::Plain, drawing: None });
    }
    if item.standing == Standing::Sample {
        let text = compose.text(say::SAMPLE_DATA);
        badges.push(Badge { text, tone: Tone::Care, drawing: None });
    }
    blocks.push(Block::Badges(badges));
    blocks.extend(cannot_begin(compose, item));
    blocks.extend(item.handoff.as_ref().map(|handoff| Block::Band {
        tone: Tone::Info,
        drawing: Drawing::People,
        text: compose.fill(say::HANDED_ON, &[("to", &compose.own(&handoff.to))]),
    }));
    let place =
        Control::new("where", compose.text(say::WHERE), Touch::NearOutlets).drawn(Drawing::Map);
    let sample = item.sample_form().map(|_| {
        Control::new("sample-form", compose.text(say::SAMPLE_FORM_OPEN), Touch::SampleForm)
            .drawn(Drawing::Pen)
    });
    let has_sample = sample.is_some();
    // Above what has to be read through, where it is seen at once.
    blocks.extend(sample.map(|sample| Block::Buttons(vec![sample, place.clone()])));
    let band = |tone, drawing, text| Block::Band { tone, drawing, text };
    if let Availability::Limited(lacks) = compose.session.availability(Offer::Begin(item))
        && item.kind != ItemKind::Handoff
    {
        if lacks.contains(&Lack::Network) {
            let text = compose.text(say::LATER_WITHOUT_NETWORK);
            blocks.push(band(Tone::Info, Drawing::NetworkOff, text));
        }
        if lacks.contains(&Lack::Printer) {
            blocks.push(band(Tone::Info, Drawing::Printer, compose.text(say::NO_SLIP_NOW)));
        }
    }
    blocks.push(Block::Heading(compose.text(say::PUBLIC_TITLE)));
    blocks.push(public_fields(compose, item));
    blocks.extend(guide(compose, item));
    let mut foot = vec![
        Control::new("public-fields", compose.text(say::PUBLIC_TITLE), Touch::PublicFields)
            .drawn(Drawing::Eye),
    ];
    if can_print && item.kind != ItemKind::Handoff {
        foot.push(print_guide(compose));
    }
    foot.extend(compose.session.call_back_about(item).map(|_| compose.call_me()));
    // More than three in a row are too narrow for their names.
    if has_sample {
        // It stands above.
    } else if foot.len() < 3 {
        foot.push(place);
    } else {
        blocks.push(Block::Buttons(vec![place]));
    }
    Blocks { blocks, foot, ..Blocks::default() }
}

/// What is asked, with the answers of somebody who does not exist. It is a sample, whatever the item is
/// (promise P1).
fn sample_form(compose: &Compose, item: &Item) -> Blocks {
    let Some(example) = item.sample_form() else { return Blocks::default() };
    let mark = Badge { text: compose.text(say::SAMPLE_DATA), tone: Tone::Care, drawing: None };
    let rows = example.answered(item, compose.pack()).map(|(question, words)| Row {
        label: compose.own(&question.text),
        value: compose.own(&words),
        spelled: false,
        edit: None,
    });
    let can_print = compose.session.availability(Offer::Print).possible();
    Blocks {
        headline: compose.text(say::SAMPLE_FORM_OPEN),
        detail: compose.text(say::SAMPLE_FORM_DETAIL),
        blocks: vec![
            Block::Badges(vec![mark]),
            Block::Lead(compose.own(&example.about)),
            Block::Facts(rows.collect()),
        ],
        foot: (can_print && item.kind != ItemKind::Handoff)
            .then(|| print_guide(compose))
            .into_iter()
            .collect(),
        ..Blocks::default()
    }
}

/// All eight (八公开).
fn public_fields(compose: &Compose, item: &Item) -> Block {
    Block::Facts(item.public.facts().iter().map(|fact| compose.fact(fact)).collect())
}

/// What to know before: materials, conditions, steps, and the other fields of the guide (办事指南).
fn guide(compose: &Compose, item: &Item) -> Vec<Block> {
    let list =
        |lines: &[Bilingual]| Block::List(lines.iter().map(|line| compose.own(line)).collect());
    let mut blocks = vec![
        Block::Heading(compose.text(say::GUIDE_MATERIALS)),
        list(&item.material_lines(compose.pack())),
    ];
    for section in &item.guide.sections {
        blocks.push(Block::Heading(compose.own(&section.title)));
        blocks.push(list(&section.lines));
    }
    // Name, summary and materials stand above.
    let fields = item.guide_fields(compose.pack());
    blocks.push(Block::Heading(compose.text(say::GUIDE_MORE)));
    blocks.push(Block::Facts(fields[3..].iter().map(|fact| compose.fact(fact)).collect()));
    blocks
}

impl Compose<'_> {
    /// Whom to ask: the places with people and whether they are open, and the telephones.
    pub(in crate::screen) fn people(&self) -> Vec<Row> {
        let pack = self.pack();
        let mut rows = Vec::new();
        for outlet in pack.staffed(self.day()).take(OUTLETS) {
            rows.push(self.row(say::HELP_OUTLET, self.own(&outlet.name)));
            rows.push(self.row(say::HELP_ADDRESS, self.own(&outlet.address)));
            rows.push(self.row(say::HELP_HOURS, self.hours(&outlet.hours)));
            rows.push(self.row(say::HELP_PHONE, outlet.phone.as_str()));
        }
        let hotline = format!("{} · {}", pack.hotline.number, self.hours(&pack.hotline.hours));
        rows.push(self.row(say::HELP_HOTLINE, hotline));
        rows.push(self.row(say::HELP_SUPERVISION, pack.supervision_phone.as_str()));
        rows
    }

    /// Whether it is open now or when it opens next, as far as the clock can be believed, and its
    /// hours.
    pub(super) fn hours(&self, hours: &Hours) -> String {
        let now = self.moment.trusted();
        let opening =
            hours.at(now, &self.pack().calendar).words(now.map(|now| now.date()), self.lang);
        let words = self.open_hours(hours);
        let between = match self.lang {
            say::Lang::Zh => "。",
            say::Lang::En => ". ",
        };
        match opening {
            Some(opening) if !hours.is_always() => format!("{opening}{between}{words}"),
            _ => words,
        }
    }
}
