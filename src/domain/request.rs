//! Requests to people (首问负责): what the kiosk cannot do itself and asks somebody to do, who asks first,
//! and when somebody shall come or call.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::card::CardText;
use crate::domain::fact::{Fact, Value};
use crate::domain::item::Item;
use crate::domain::pack::{Bilingual, Pack};
use crate::domain::window::TimeWindow;
use crate::say::{self, Lang, Sentence};

/// The question of a request whose answer "yes" makes it a priority: whether somebody can hardly get
/// about (行动不便).
pub const IMMOBILE: &str = "immobile";

/// What is asked of people.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Requested {
    /// 预约: a time at a place with people.
    Appointment,
    /// 上门: somebody comes.
    DoorToDoor,
    /// 代办: somebody does it for the citizen.
    Agency,
    /// 回电: somebody calls.
    CallBack,
}

impl Requested {
    /// What is done, in a word.
    pub fn badge(self) -> Sentence {
        match self {
            Requested::Appointment => say::BADGE_APPOINTMENT,
            Requested::DoorToDoor => say::BADGE_DOOR_TO_DOOR,
            Requested::Agency => say::BADGE_AGENCY,
            Requested::CallBack => say::BADGE_CALL_BACK,
        }
    }
}

/// A request as a citizen has made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub of: Requested,
    pub window: TimeWindow,
    /// 绿色通道: of somebody who is old or can hardly get about; first in every inbox.
    pub priority: bool,
    /// The citizen can be called; else they come by themselves.
    pub by_phone: bool,
}

impl Request {
    /// What a citizen is told of it: what, when, who, where, and what to do if nobody does. `item` is
    /// the one by which it was made, `day` the day on which it is told.
    pub fn facts(self, pack: &Pack, item: Option<&Item>, day: Date) -> Vec<Fact> {
        let outlet = item.and_then(|item| pack.outlet_for(item, day));
        let outlet = outlet.or(pack.staffed(day).next());
        let outlet = outlet.cloned();
        let hotline = pack.hotline.number.as_str();
        let said = |sentence: Sentence| {
            let words = |lang| {
                let name = outlet.as_ref().map_or("", |outlet| outlet.label().text(lang));
                sentence.fill(lang, &[("outlet", name), ("hotline", hotline)])
            };
            Bilingual { zh: words(Lang::Zh), en: words(Lang::En) }
        };
        let fact = |label: Sentence, words| Fact::new(label.into(), Value::Text(words));
        let window = Bilingual { zh: self.window.words(Lang::Zh), en: self.window.words(Lang::En) };
        let mut facts = Vec::new();
        if self.priority {
            facts.push(fact(say::REQUEST_LANE, say::REQUEST_LANE_GREEN.into()));
        }
        facts.push(fact(say::REQUEST_OF, self.of.badge().into()));
        facts.push(fact(say::FIELD_WINDOW, window));
        // To an appointment the citizen comes, and nobody calls before.
        let comes = self.of == Requested::Appointment;
        facts.push(fact(
            if comes { say::REQUEST_WHO_HOST } else { say::REQUEST_WHO },
            said(match self.of {
                Requested::Appointment => say::REQUEST_WHO_EXPECTS,
                Requested::DoorToDoor if !self.by_phone => say::REQUEST_WHO_NO_PHONE_VISIT,
                Requested::CallBack | Requested::Agency if !self.by_phone => {
                    say::REQUEST_WHO_NO_PHONE
                }
                Requested::DoorToDoor | Requested::Agency | Requested::CallBack => {
                    say::REQUEST_WHO_STAFF
                }
            }),
        ));
        let place = match (self.of, &outlet) {
            (Requested::Appointment, Some(outlet)) => Some(outlet.address.clone()),
            (Requested::DoorToDoor, _) => Some(say::REQUEST_WHERE_YOURS.into()),
            (Requested::Agency, _) => Some(say::REQUEST_WHERE_NONE.into()),
            (Requested::Appointment, None) | (Requested::CallBack, _) => None,
        };
        facts.extend(place.map(|place| fact(say::REQUEST_WHERE, place)));
        let nobody = if comes { say::REQUEST_NOT_HOST } else { say::REQUEST_NOT };
        facts.push(fact(nobody, said(say::REQUEST_NOT_CALL)));
        facts
    }
}

/// `[priority]` of `pack.toml`: who is served first (绿色通道).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Priority {
    /// From this age on, in completed years.
    #[schemars(range(min = 50, max = 100))]
    pub age: u8,
}

impl Priority {
    /// Whether the holder of a card is old enough. `today` is the day in China from a trusted clock,
    /// `since` one that has certainly been: without a clock somebody may be older than is known.
    pub fn is_for(self, card: &CardText, today: Option<Date>, since: Date) -> bool {
        let day = today.map_or(since, |today| today.max(since));
        card.age_on(day).is_some_and(|age| age >= u32::from(self.age))
    }
}
