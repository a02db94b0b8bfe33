//! One offer: an item with how fast it is done, or a way that leads to more of them. Every page that
//! offers something to choose shows it as one of these.

use crate::domain::pack::{Area, Item, ItemKind, Standing};
use crate::say;
use crate::screen::compose::Compose;
use crate::screen::look::{Drawing, Tone};
use crate::screen::said::{Control, Role, Speech};
use crate::visit::{Availability, Lack, Offer, Touch};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// How fast.
    pub badge: String,
    /// Of the badge: plain where it does not hold now.
    pub tone: Tone,
    /// The area that it belongs to, where others stand beside it.
    pub area: String,
    /// 编号
    pub number: String,
    /// 样例, or nothing (promise P1).
    pub sample: String,
}

/// One offer.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// Its name, and what it is good for.
    pub control: Control,
    pub marks: Marks,
    /// Why it cannot be done now; its guide can be read all the same.
    pub note: String,
}

impl Tile {
    /// A way that leads somewhere; without marks.
    pub fn way(control: Control) -> Tile {
        Tile { control, marks: Marks::default(), note: String::new() }
    }

    /// The same by its name alone, where what it is good for has no room.
    pub fn bare(mut self) -> Tile {
        self.control.help.clear();
        self
    }

    /// The same among items of other areas.
    pub fn in_area(mut self, area: String) -> Tile {
        self.marks.area = area;
        self
    }

    pub(super) fn said(&self, speech: &mut Speech) {
        // Why it cannot be done now stands where it says what it is.
        let help = if self.note.is_empty() { &self.control.help } else { &self.note };
        speech
            .say(Role::Label, &self.control.label)
            .say(Role::Text, help)
            .say(Role::Mark, &self.marks.badge)
            .say(Role::Mark, &self.marks.area)
            .say(Role::Mark, &self.marks.number)
            .say(Role::Mark, &self.marks.sample);
    }
}

/// The drawing of an area.
fn drawing(area: Area) -> Drawing {
    match area {
        Area::Employment => Drawing::Work,
        Area::SocialInsurance => Drawing::Shield,
        Area::Skills => Drawing::Skill,
        Area::LabourRelations => Drawing::Scales,
    }
}

impl Compose<'_> {
    /// An item, at its place in the pack.
    pub(super) fn item_tile(&self, place: usize, item: &Item) -> Tile {
        let sample = item.standing == Standing::Sample;
        let (badge, tone) = self.speed(item);
        let control =
            Control::new(format!("item-{place}"), self.own(&item.name), Touch::Item(place))
                .helped(self.own(&item.summary))
                .drawn(drawing(item.area));
        let marks = Marks {
            badge,
            tone,
            area: String::new(),
            number: self.item_number(item),
            sample: if sample { self.text(say::SAMPLE) } else { String::new() },
        };
        Tile { control, marks, note: self.why_not(Offer::Begin(item)) }
    }

    /// An area, with how many items it has.
    pub(super) fn area_tile(&self, area: Area) -> Tile {
        let count = self.pack().of_area(area).count().to_string();
        let place = Area::ALL.iter().position(|other| *other == area).unwrap_or_default();
        let control =
            Control::new(format!("area-{place}"), self.area_name(area), Touch::Area(area))
                .helped(self.fill(say::ITEMS_COUNT, &[("count", &count)]))
                .drawn(drawing(area));
        Tile::way(control)
    }

    /// The areas that have an item.
    pub(super) fn area_tiles(&self) -> Vec<Tile> {
        let any = |area: &Area| self.pack().of_area(*area).next().is_some();
        Area::ALL.into_iter().filter(any).map(|area| self.area_tile(area)).collect()
    }

    pub(super) fn my_cases_tile(&self) -> Tile {
        let why_not = self.why_not(Offer::MyCases);
        let control = Control::new("my-cases", self.text(say::MY_CASES), Touch::MyCases)
            .helped(self.text(say::MY_CASES_HELP))
            .drawn(Drawing::Slip)
            .only_if(why_not.is_empty(), &why_not);
        Tile { note: why_not, ..Tile::way(control) }
    }

    /// What is one matter however many items it takes (打包办), where the pack has some.
    pub(super) fn packages_tile(&self) -> Option<Tile> {
        let control = Control::new("packages", self.text(say::PACKAGES_TITLE), Touch::Packages)
            .helped(self.text(say::PACKAGES_HELP))
            .drawn(Drawing::Document);
        (!self.pack().packages.is_empty()).then(|| Tile::way(control))
    }

    /// The policies that hold now (政策).
    pub(super) fn policies_tile(&self) -> Tile {
        let control = Control::new("policies", self.text(say::POLICIES_TITLE), Touch::Policies)
            .helped(self.text(say::POLICIES_HELP))
            .drawn(Drawing::Megaphone);
        Tile::way(control)
    }

    /// The outlets around (附近网点).
    pub(super) fn outlets_tile(&self) -> Tile {
        let control = Control::new("near-outlets", self.text(say::NEAR_TITLE), Touch::NearOutlets)
            .helped(self.text(say::NEAR_HELP))
            .drawn(Drawing::Map);
        Tile::way(control)
    }

    pub(super) fn search_tile(&self) -> Tile {
        let control = Control::new("search", self.text(say::SEARCH_ITEMS), Touch::Search)
            .helped(self.text(say::SEARCH_ITEMS_HELP))
            .drawn(Drawing::Search);
        Tile::way(control)
    }

    pub(super) fn area_name(&self, area: Area) -> String {
        self.text(match area {
            Area::Employment => say::AREA_EMPLOYMENT,
            Area::SocialInsurance => say::AREA_SOCIAL_INSURANCE,
            Area::Skills => say::AREA_SKILLS,
            Area::LabourRelations => say::AREA_LABOUR_RELATIONS,
        })
    }

    /// 编号 120; nothing of an item that comes from no file.
    pub(super) fn item_number(&self, item: &Item) -> String {
        match item.number {
            0 => String::new(),
            number => self.fill(say::ITEM_NUMBER, &[("number", &number.to_string())]),
        }
    }

    /// How fast an item is done, as far as that holds now.
    pub(in crate::screen) fn speed(&self, item: &Item) -> (String, Tone) {
        let availability = self.session.availability(Offer::Begin(item));
        let waits =
            matches!(&availability, Availability::Limited(lacks) if lacks.contains(&Lack::Network));
        let text = match item.kind {
            ItemKind::Query => self.text(say::BADGE_QUERY),
            ItemKind::Handoff => self.text(say::BADGE_HANDOFF),
            ItemKind::Browse { .. } => self.text(say::BADGE_BROWSE),
            ItemKind::NoApplication => self.text(say::BADGE_NO_APPLICATION),
            ItemKind::Instant { .. } | ItemKind::Promised | ItemKind::Request { .. } if waits => {
                self.text(say::BADGE_INSTANT_LATER)
            }
            ItemKind::Request { of } => self.text(of.badge()),
            ItemKind::Promised => match item.promise {
                Some(limit) => {
                    self.fill(say::BADGE_PROMISED, &[("limit", &limit.words(self.lang))])
                }
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
            Availability::NotNow(lacks) => self.fill(say::NOT_NOW, &[("why", &self.lacks(&lacks))]),
            Availability::Now | Availability::Limited(_) => String::new(),
        }
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use super::Tile;
    use crate::screen::draw::{control, running, tone, ui};

    impl Tile {
        pub(in crate::screen::pages) fn drawn(&self) -> ui::TileRow {
            ui::TileRow {
                control: control(&self.control),
                badge: self.marks.badge.as_str().into(),
                tone: tone(self.marks.tone),
                area: self.marks.area.as_str().into(),
                number: self.marks.number.as_str().into(),
                sample: self.marks.sample.as_str().into(),
                note: running(&self.note),
            }
        }
    }
}
