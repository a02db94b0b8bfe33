//! Bounds of a date, fixed or counted from today.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use serde::Deserialize;

/// A bound of a date: `2026-01-01`, `today`, `today-60y`, `today+3m`, `today-30d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum DayBound {
    On(Date),
    /// So many days, months or years from today; all 0 for today itself.
    FromToday {
        amount: i32,
        unit: DayUnit,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayUnit {
    Days,
    Months,
    Years,
}

/// Why a text is no [`DayBound`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a day like 2026-01-01 is needed, or today, today-60y, today+3m, today-30d")]
pub struct NoDayBound;

impl DayBound {
    /// The day, as of `today`; the end of the calendar where it lies beyond.
    pub fn as_of(self, today: Date) -> Date {
        match self {
            DayBound::On(day) => day,
            DayBound::FromToday { amount, unit } => {
                let span: Span = match unit {
                    DayUnit::Days => amount.days(),
                    DayUnit::Months => amount.months(),
                    DayUnit::Years => amount.years(),
                };
                today.saturating_add(span)
            }
        }
    }

    /// The earliest day that is allowed. `since` is a day that has certainly been: without a clock
    /// today is that one or later, and so is every bound that is counted from it (promise P9).
    pub fn as_earliest(self, today: Option<Date>, since: Date) -> Date {
        self.as_of(today.map_or(since, |today| today.max(since)))
    }

    /// The latest day that is allowed; without a clock a bound that is counted from today is
    /// unknown, and what may be right is not refused (promise P9).
    pub fn as_latest(self, today: Option<Date>, since: Date) -> Option<Date> {
        match (self, today) {
            (DayBound::On(day), _) => Some(day),
            (_, Some(today)) => Some(self.as_of(today.max(since))),
            (_, None) => None,
        }
    }
}

impl std::str::FromStr for DayBound {
    type Err = NoDayBound;

    fn from_str(text: &str) -> Result<DayBound, NoDayBound> {
        let Some(shift) = text.strip_prefix("today") else {
            return text.parse().map(DayBound::On).map_err(|_| NoDayBound);
        };
        if shift.is_empty() {
            return Ok(DayBound::FromToday { amount: 0, unit: DayUnit::Days });
        }
        let (sign, rest) = match shift.split_at_checked(1) {
            Some(("+", rest)) => (1, rest),
            Some(("-", rest)) => (-1, rest),
            _ => return Err(NoDayBound),
        };
        let digits = rest.trim_end_matches(|c: char| !c.is_ascii_digit());
        let (unit, most) = match &rest[digits.len()..] {
            "d" => (DayUnit::Days, 5),
            "m" => (DayUnit::Months, 4),
            "y" => (DayUnit::Years, 3),
            _ => return Err(NoDayBound),
        };
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        match digits.parse::<i32>() {
            Ok(amount) if plain && digits.len() <= most => {
                Ok(DayBound::FromToday { amount: sign * amount, unit })
            }
            _ => Err(NoDayBound),
        }
    }
}

impl std::fmt::Display for DayBound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DayBound::On(day) => write!(f, "{day}"),
            DayBound::FromToday { amount: 0, .. } => f.write_str("today"),
            DayBound::FromToday { amount, unit } => {
                let unit = match unit {
                    DayUnit::Days => "d",
                    DayUnit::Months => "m",
                    DayUnit::Years => "y",
                };
                write!(f, "today{amount:+}{unit}")
            }
        }
    }
}

impl TryFrom<String> for DayBound {
    type Error = NoDayBound;

    fn try_from(text: String) -> Result<DayBound, NoDayBound> {
        text.parse()
    }
}

impl schemars::JsonSchema for DayBound {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DayBound".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let needed = NoDayBound.to_string();
        schemars::json_schema!({
            "description": "A bound of a date.",
            "examples": ["today", "2026-01-01"],
            // The first says what is needed where neither fits.
            "anyOf": [
                {
                    "type": "string",
                    "pattern": "^today([+-]([1-9][0-9]{0,4}d|[1-9][0-9]{0,3}m|[1-9][0-9]{0,2}y))?$",
                    "examples": ["today-60y", "today+60y"],
                    "x-needed": needed,
                },
                { "type": "string", "format": "date" },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn bound(text: &str) -> DayBound {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_bound_is_a_day_or_is_counted_from_today() {
        let today = date(2024, 2, 29);
        for (text, day) in [
            ("2026-01-01", date(2026, 1, 1)),
            ("today", today),
            ("today-60y", date(1964, 2, 29)),
            ("today+1y", date(2025, 2, 28)),
            ("today+30d", date(2024, 3, 30)),
            ("today-1m", date(2024, 1, 29)),
            ("today+999y", date(3023, 2, 28)),
            ("today+9999m", date(2857, 5, 29)),
        ] {
            assert_eq!(bound(text).as_of(today), day, "{text}");
            assert_eq!(bound(text).to_string(), text);
        }
        assert_eq!(bound("today+999y").as_of(date(9999, 1, 1)), Date::MAX);
        for text in [
            "",
            "Today",
            "today ",
            "today-",
            "today-d",
            "today60y",
            "today-0d",
            "today-1w",
            "today--1d",
            "today-100000d",
            "today+1y1d",
            "2026-02-30",
            "tomorrow",
            "today-１y",
        ] {
            assert_eq!(text.parse::<DayBound>(), Err(NoDayBound), "{text}");
        }
    }

    #[test]
    fn p9_without_a_clock_nothing_is_refused_that_may_be_right() {
        let since = date(2026, 11, 1);
        let (past, now) = (bound("today-1y"), bound("today"));
        // Today is some day from `since` on: what is too early then was too early before.
        assert_eq!(past.as_earliest(None, since), date(2025, 11, 1));
        assert_eq!(now.as_latest(None, since), None);
        assert_eq!(bound("2026-12-31").as_latest(None, since), Some(date(2026, 12, 31)));
        // A clock that is behind the pack is no clock.
        let behind = Some(date(2020, 1, 1));
        assert_eq!(now.as_latest(behind, since), Some(since));
        assert_eq!(past.as_earliest(behind, since), date(2025, 11, 1));
    }
}
