//! The working days (工作日) of the years whose holidays have been announced (`domain.md` §8).

use jiff::civil::{Date, Weekday};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::limits;
use crate::domain::pack::Bilingual;

/// Most holidays of a year, and most weekends that are worked.
const MOST_DAYS: usize = 30;

/// `calendars/2026.toml`: a year as the State Council has announced it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarYear {
    #[schemars(range(min = 2020, max = 2099))]
    pub year: i16,
    /// The notice that it is taken from.
    #[schemars(with = "limits::Text")]
    pub source: Bilingual,
    /// 放假: weekdays and weekends of a holiday together.
    #[schemars(length(min = 1, max = MOST_DAYS))]
    pub holidays: Vec<Holiday>,
    /// 调休上班: Saturdays and Sundays that are worked.
    #[serde(default)]
    #[schemars(length(max = MOST_DAYS))]
    pub worked: Vec<Date>,
}

/// A holiday from its first to its last day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    #[schemars(with = "limits::Short")]
    pub name: Bilingual,
    pub from: Date,
    pub to: Date,
}

/// Whether a day is worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day<'a> {
    Working,
    /// A Saturday or Sunday that is worked (调休上班).
    MadeUp,
    Weekend,
    Holiday(&'a Bilingual),
}

impl Day<'_> {
    pub fn is_worked(self) -> bool {
        matches!(self, Day::Working | Day::MadeUp)
    }
}

/// Years with their announced holidays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    years: Vec<CalendarYear>,
}

impl Calendar {
    pub fn new(years: Vec<CalendarYear>) -> Calendar {
        Calendar { years }
    }

    pub fn years(&self) -> &[CalendarYear] {
        &self.years
    }

    /// Whether the holidays of this day's year are announced. Of any other year only the weekends
    /// are known.
    pub fn knows(&self, date: Date) -> bool {
        self.year(date).is_some()
    }

    pub fn day(&self, date: Date) -> Day<'_> {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let Some(year) = self.year(date) else {
            return if weekend { Day::Weekend } else { Day::Working };
        };
        let holiday = year.holidays.iter().find(|h| (h.from..=h.to).contains(&date));
        match holiday {
            Some(holiday) => Day::Holiday(&holiday.name),
            None if !weekend => Day::Working,
            None if year.worked.contains(&date) => Day::MadeUp,
            None => Day::Weekend,
        }
    }

    fn year(&self, date: Date) -> Option<&CalendarYear> {
        self.years.iter().find(|year| year.year == date.year())
    }
}
