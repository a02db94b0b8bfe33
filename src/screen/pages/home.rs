//! What can be done here.

use crate::domain::pack::{Area, Item, ItemKind, Standing};
use crate::say;
use crate::screen::compose::{Compose, Composed};
use crate::screen::look::{Drawing, Tone};
use crate::screen::said::{Control, Role, Speech};
use crate::visit::{Availability, Lack, Offer, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    pub tiles: Vec<Tile>,
}

/// One offer.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// Its name, and what it is good for.
    pub control: Control,
    /// How fast.
    pub badge: String,
    /// Of the badge: plain where it does not hold now.
    pub tone: Tone,
    pub area: String,
    /// 样例, or nothing (promise P1).
    pub sample: String,
    /// Why it cannot be done now; its guide can be read all the same.
    pub note: String,
}

pub(super) fn compose(compose: &Compose) -> Composed {
    let mut tiles: Vec<Tile> =
        compose.pack().items.iter().enumerate().map(|(row, item)| tile(compose, row, item)).collect();
    let why_not = compose.why_not(Offer::MyCases);
    tiles.push(Tile {
        control: Control::new("my-cases", compose.text(say::MY_CASES), Touch::MyCases)
            .helped(compose.text(say::MY_CASES_HELP))
            .drawn(Drawing::Search)
            .only_if(why_not.is_empty(), &why_not),
        badge: String::new(),
        tone: Tone::Plain,
        area: String::new(),
        sample: String::new(),
        note: why_not,
    });
    Composed::new("home", compose.text(say::HOME_TITLE), Home { tiles })
        .instead_of_back(compose.exit())
}

fn tile(compose: &Compose, row: usize, item: &Item) -> Tile {
    let (area, drawing) = match item.area {
        Area::Employment => (say::AREA_EMPLOYMENT, Drawing::Work),
        Area::SocialInsurance => (say::AREA_SOCIAL_INSURANCE, Drawing::Shield),
        Area::Skills => (say::AREA_SKILLS, Drawing::Skill),
        Area::LabourRelations => (say::AREA_LABOUR_RELATIONS, Drawing::Scales),
    };
    let sample = item.standing == Standing::Sample;
    let (badge, tone) = compose.speed(item);
    Tile {
        control: Control::new(format!("item-{row}"), compose.own(&item.name), Touch::Item(row))
            .helped(compose.own(&item.summary))
            .drawn(drawing),
        badge,
        tone,
        area: compose.text(area),
        sample: if sample { compose.text(say::SAMPLE) } else { String::new() },
        note: compose.why_not(Offer::Begin(item)),
    }
}

impl Compose<'_> {
    /// How fast an item is done, as far as that holds now.
    pub(in crate::screen) fn speed(&self, item: &Item) -> (String, Tone) {
        let availability = self.session.availability(Offer::Begin(item));
        let waits = matches!(&availability, Availability::Limited(lacks) if lacks.contains(&Lack::Network));
        let text = match item.kind {
            ItemKind::Query => self.text(say::BADGE_QUERY),
            ItemKind::Handoff => self.text(say::BADGE_HANDOFF),
            ItemKind::Instant { .. } | ItemKind::Promised if waits => {
                self.text(say::BADGE_INSTANT_LATER)
            }
            ItemKind::Promised => match item.promise {
                Some(limit) => self.fill(say::BADGE_PROMISED, &[("limit", &limit.words(self.lang))]),
                None => String::new(),
            },
            ItemKind::Instant { limit_min } => {
                self.fill(say::BADGE_INSTANT, &[("minutes", &limit_min.to_string())])
            }
        };
        let here = item.kind != ItemKind::Handoff;
        let holds = here && availability.possible() && !waits;
        (text, if holds { Tone::Good } else { Tone::Plain })
    }

    /// Why an offer cannot be taken up now, or nothing.
    pub(super) fn why_not(&self, offer: Offer) -> String {
        match self.session.availability(offer) {
            Availability::NotNow(lacks) => {
                self.fill(say::NOT_NOW, &[("why", &self.lacks(&lacks))])
            }
            Availability::Now | Availability::Limited(_) => String::new(),
        }
    }
}

impl Home {
    pub(super) fn said(&self, speech: &mut Speech) {
        for tile in &self.tiles {
            // Why it cannot be done now stands where it says what it is.
            let help = if tile.note.is_empty() { &tile.control.help } else { &tile.note };
            speech
                .say(Role::Label, &tile.control.label)
                .say(Role::Text, help)
                .say(Role::Mark, &tile.badge)
                .say(Role::Mark, &tile.area)
                .say(Role::Mark, &tile.sample);
        }
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        self.tiles.iter().map(|tile| &tile.control).collect()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::Home;
    use crate::screen::draw::{List, control, running, tone, ui};

    #[derive(Default)]
    pub struct Drawn {
        tiles: List<ui::TileRow>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Home, window: &ui::KioskWindow) {
            let tiles = page.tiles.iter().map(|tile| ui::TileRow {
                control: control(&tile.control),
                badge: tile.badge.as_str().into(),
                tone: tone(tile.tone),
                area: tile.area.as_str().into(),
                sample: tile.sample.as_str().into(),
                note: running(&tile.note),
            });
            window
                .global::<ui::Home>()
                .set_view(ui::HomeView { tiles: self.tiles.show(tiles) });
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;
