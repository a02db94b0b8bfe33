//! Requests to people (首问负责): what the kiosk cannot do itself and asks somebody to do, who asks first,
//! and when somebody shall come or call.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::card::CardText;
use crate::say::{self, Sentence};

/// The question of a request whose answer "yes" makes it a priority: whether somebody can hardly get
/// about (行动不便).
pub const IMMOBILE: &str = "immobile";
/// The answer that says so.
pub const YES: &str = "yes";

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
