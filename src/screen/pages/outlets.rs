//! Outlets around the kiosk: the list, the nearest first, and one of them.

use crate::domain::near::{Near, Way, circle};
use crate::domain::outlet::{Opening, OutletKind, Reach};
use crate::domain::pack::{Item, Outlet, OutletRef};
use crate::say::{self, Sentence};
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::pages::listing::{Entry, Listing};
use crate::screen::pages::place::{Place, Sketch};
use crate::screen::pages::{Badge, Blocks};
use crate::screen::said::Control;
use crate::visit::flows::{Outlets, Which};
use crate::visit::{Offer, Touch};

pub(super) fn compose(compose: &Compose, outlets: &Outlets) -> Composed {
    match outlets {
        Outlets::Near(which) => near(compose, which),
        Outlets::One(outlet) => one(compose, outlet),
    }
}

fn near(compose: &Compose, which: &Which) -> Composed {
    let title = compose.text(match which {
        Which::All => say::NEAR_TITLE,
        Which::Staffed => say::STAFFED_TITLE,
        Which::Doing(_) => say::WHERE_TITLE,
        Which::Reaching(reach) => reach.sentence(),
    });
    let all = compose.pack().nearest(compose.day());
    let item = match which {
        Which::Doing(item) => compose.item(item),
        Which::All | Which::Staffed | Which::Reaching(_) => None,
    };
    let wanted = |near: &&Near| match (which, item) {
        (Which::Staffed, _) => near.outlet.staffed,
        (Which::Reaching(reach), _) => near.outlet.reaches(*reach),
        (_, Some(item)) => near.outlet.items.contains(&item.id),
        _ => true,
    };
    let found: Vec<_> = all.iter().filter(wanted).copied().collect();
    // Of an item that no outlet names nobody is left without a place to go to.
    let nobody_said = found.is_empty() && item.is_some();
    let shown = if nobody_said { all } else { found };
    if shown.is_empty() {
        let page = Blocks {
            hero: Some(Drawing::Map),
            tone: Tone::Info,
            headline: compose.text(say::NO_OUTLETS),
            detail: compose.text(say::NO_OUTLETS_DETAIL),
            ..Blocks::default()
        };
        return Composed::new("outlets-near", title, page).action(compose.home());
    }
    let (intro, tone) = intro(compose, item, nobody_said, &shown);
    let foot = match which {
        Which::All => reaches(compose, &shown),
        _ if nobody_said => Vec::new(),
        _ => vec![
            Control::new("all-outlets", compose.text(say::ALL_OUTLETS), Touch::NearOutlets)
                .drawn(Drawing::Map),
        ],
    };
    let page = Listing {
        intro,
        tone,
        drawing: if tone == Tone::Good { Drawing::Check } else { Drawing::Map },
        switch: None,
        entries: shown.iter().map(|near| entry(compose, near)).collect(),
        foot,
    };
    Composed::new("outlets-near", title, page).action(compose.home())
}

/// 延时、延伸、自助: those of the three that some of the outlets are and others are not.
fn reaches(compose: &Compose, shown: &[Near]) -> Vec<Control> {
    let tells = |reach: &Reach| {
        let of = shown.iter().filter(|near| near.outlet.reaches(*reach)).count();
        (1..shown.len()).contains(&of)
    };
    let control = |reach: Reach| {
        let (id, drawing) = match reach {
            Reach::Longer => ("reach-longer", Drawing::Hourglass),
            Reach::Nearer => ("reach-nearer", Drawing::House),
            Reach::Machine => ("reach-machine", Drawing::Reader),
        };
        Control::new(id, compose.text(reach.sentence()), Touch::Reaching(reach)).drawn(drawing)
    };
    Reach::ALL.into_iter().filter(tells).map(control).collect()
}

/// What stands below, and whether anything of it is in the circle of the kiosk.
fn intro(
    compose: &Compose,
    item: Option<&Item>,
    nobody_said: bool,
    shown: &[Near],
) -> (String, Tone) {
    let rural = compose.pack().place.rural;
    let name = item.map(|item| compose.own(&item.name)).unwrap_or_default();
    if nobody_said {
        return (compose.fill(say::WHERE_NOBODY_SAID, &[("item", &name)]), Tone::Care);
    }
    let inside = shown.iter().filter(|near| near.way.is_some_and(|way| way.in_circle(rural)));
    let (count, known) = (inside.count(), shown.iter().any(|near| near.way.is_some()));
    let (sentence, tone) = match (known, count, rural) {
        (false, ..) => (say::CIRCLE_UNKNOWN, Tone::Plain),
        (true, 0, false) => (say::CIRCLE_TOWN_NONE, Tone::Info),
        (true, 0, true) => (say::CIRCLE_COUNTRY_NONE, Tone::Info),
        (true, _, false) => (say::CIRCLE_TOWN_SOME, Tone::Good),
        (true, _, true) => (say::CIRCLE_COUNTRY_SOME, Tone::Good),
    };
    let words = compose.fill(sentence, &[("count", &count.to_string())]);
    let space = if compose.lang == say::Lang::En { " " } else { "" };
    match item {
        None => (words, tone),
        Some(_) => (compose.fill(say::WHERE_FILTERED, &[("item", &name)]) + space + &words, tone),
    }
}

fn entry(compose: &Compose, near: &Near) -> Entry {
    let (hours, tone) = opening(compose, near.outlet);
    let id = format!("outlet-{}", near.place);
    let control = Control::new(id, compose.own(&near.outlet.name), Touch::OutletAt(near.place))
        .helped(hours)
        .drawn(drawing(near.outlet.kind));
    Entry { control, tone, text: String::new(), badges: badges(compose, near.outlet, near.way) }
}

/// Kind, distance, and whether it lies in the circle.
fn badges(compose: &Compose, outlet: &Outlet, way: Option<Way>) -> Vec<Badge> {
    let rural = compose.pack().place.rural;
    let badge = |text, tone, drawing| Badge { text, tone, drawing };
    let mut badges = vec![badge(compose.text(outlet.kind.sentence()), Tone::Plain, None)];
    if outlet.reaches(Reach::Longer) {
        badges.push(badge(compose.text(say::REACH_LONGER_SHORT), Tone::Info, None));
    }
    if let Some(way) = way {
        badges.push(badge(way.how_far(rural, compose.lang), Tone::Info, None));
        if way.in_circle(rural) {
            let name = compose.text(if rural { say::CIRCLE_COUNTRY } else { say::CIRCLE_TOWN });
            badges.push(badge(name, Tone::Good, Some(Drawing::Check)));
        }
    }
    badges
}

/// Whether it is open now, until when or from when, as far as the clock can be believed; else its
/// hours.
fn opening(compose: &Compose, outlet: &Outlet) -> (String, Tone) {
    let now = compose.moment.trusted();
    let opening = outlet.hours.at(now, &compose.pack().calendar);
    let tone = match opening {
        Opening::OpenUntil(_) => Tone::Good,
        Opening::OpensAt { .. } | Opening::Closed | Opening::Unknown => Tone::Plain,
    };
    let words = opening.words(now.map(|now| now.date()), compose.lang);
    (words.unwrap_or_else(|| compose.open_hours(&outlet.hours)), tone)
}

fn drawing(kind: OutletKind) -> Drawing {
    match kind {
        OutletKind::Counter => Drawing::People,
        OutletKind::Bank => Drawing::Bank,
        OutletKind::Post => Drawing::Letter,
        OutletKind::Cooperative => Drawing::Shop,
        OutletKind::Town => Drawing::Work,
        OutletKind::Village => Drawing::House,
        OutletKind::Machine => Drawing::Reader,
    }
}

fn one(compose: &Compose, outlet: &OutletRef) -> Composed {
    let title = compose.text(say::OUTLET_TITLE);
    let (pack, place) = (compose.pack(), outlet.place);
    let Some(outlet) = compose.session.outlet(outlet) else {
        let page = Blocks {
            hero: Some(Drawing::Map),
            headline: compose.text(say::OUTLET_GONE),
            ..Blocks::default()
        };
        return Composed::new("outlet", title, page).action(compose.home());
    };
    let way = pack.way_to(outlet);
    let rural = pack.place.rural;
    let mut facts = vec![
        compose.row(say::HELP_ADDRESS, compose.own(&outlet.address)),
        compose.row(say::HELP_HOURS, compose.open_hours(&outlet.hours)),
        compose.row(say::HELP_PHONE, outlet.phone.as_str()),
    ];
    facts.extend(outlet.until.map(|until| compose.row(say::OUTLET_UNTIL, until.to_string())));
    let mut items: Vec<_> = (outlet.items.iter())
        .filter_map(|id| pack.item(id))
        .map(|item| compose.own(&item.name))
        .collect();
    if items.is_empty() {
        items.push(compose.text(say::OUTLET_ITEMS_UNKNOWN));
    }
    let page = Place {
        name: compose.own(&outlet.name),
        badges: badges(compose, outlet, way),
        way: match way {
            Some(way) => way.words(rural, compose.lang),
            None => compose.text(say::OUTLET_NO_WAY),
        },
        sketch: way.map(|way| sketch(compose, place, way)),
        facts,
        items_title: compose.text(say::OUTLET_ITEMS),
        items,
    };
    Composed::new("outlet", title, page).action(compose.print(say::OUTLET_PRINT))
}

impl Compose<'_> {
    /// Prints what the page tells; without a printer there is the way back to the choice of items.
    pub(super) fn print(&self, label: Sentence) -> Control {
        match self.session.availability(Offer::Print).possible() {
            true => {
                Control::new("print", self.text(label), Touch::PrintGuide).drawn(Drawing::Printer)
            }
            false => self.home(),
        }
    }
}

fn sketch(compose: &Compose, place: usize, way: Way) -> Sketch {
    let rural = compose.pack().place.rural;
    let near = compose.pack().nearest(compose.day());
    let others = near.iter().filter(|other| other.place != place).filter_map(|other| other.way);
    let drawn = Sketch::of(way, others, circle(rural));
    let text = |sentence: Sentence| compose.text(sentence);
    Sketch {
        ring_name: text(if rural { say::RING_COUNTRY } else { say::RING_TOWN }),
        here: text(say::YOU_ARE_HERE),
        north: text(say::NORTH),
        note: text(say::SKETCH_NOTE),
        others_name: match drawn.others.is_empty() {
            true => String::new(),
            false => text(say::SKETCH_OTHER),
        },
        ..drawn
    }
}
