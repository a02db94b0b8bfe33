//! When something is due that was accepted on a day (`domain.md` §2.6): the day of acceptance is not
//! counted; 工作日 are counted by the calendar, 日 one after the other, and a last day that nobody
//! works moves to the next working day; days of a special procedure (特别程序) are not counted.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::domain::calendar::{Calendar, Day};
use crate::domain::pack::Bilingual;
use crate::say::{self, Lang, Sentence};

/// Longest limit in days, and in minutes; a law has none that is longer.
const MOST_DAYS: u32 = 1000;
const MOST_MINUTES: u32 = 24 * 60;

/// How long something may take: `5wd`, `60cd`, `30min`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Limit {
    amount: u32,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// 分钟
    Minutes,
    /// 工作日
    WorkingDays,
    /// 日: days of the calendar
    CalendarDays,
}

/// Why a text is no [`Limit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a limit is a whole number and its unit: 1wd to {MOST_DAYS}wd (working days), 1cd to \
     {MOST_DAYS}cd (calendar days), 1min to {MOST_MINUTES}min"
)]
pub struct NoLimit;

impl Limit {
    /// 1 to 1440.
    pub fn minutes(amount: u32) -> Limit {
        Limit { amount: amount.clamp(1, MOST_MINUTES), unit: Unit::Minutes }
    }

    pub fn amount(self) -> u32 {
        self.amount
    }

    pub fn unit(self) -> Unit {
        self.unit
    }

    /// Of a limit in minutes its seconds; days have no length of their own.
    pub fn seconds(self) -> Option<i64> {
        (self.unit == Unit::Minutes).then(|| 60 * i64::from(self.amount))
    }

    /// `5 个工作日`, `60 日`, `30 分钟`.
    pub fn words(self, lang: Lang) -> String {
        let sentence = match self.unit {
            Unit::Minutes => say::LIMIT_MINUTES,
            Unit::WorkingDays => say::LIMIT_WORKING_DAYS,
            Unit::CalendarDays => say::LIMIT_CALENDAR_DAYS,
        };
        sentence.fill(lang, &[("n", &self.amount.to_string())])
    }
}

impl From<Limit> for Bilingual {
    fn from(limit: Limit) -> Bilingual {
        Bilingual { zh: limit.words(Lang::Zh), en: limit.words(Lang::En) }
    }
}

impl std::str::FromStr for Limit {
    type Err = NoLimit;

    fn from_str(text: &str) -> Result<Limit, NoLimit> {
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let (unit, most) = match &text[digits.len()..] {
            "wd" => (Unit::WorkingDays, MOST_DAYS),
            "cd" => (Unit::CalendarDays, MOST_DAYS),
            "min" => (Unit::Minutes, MOST_MINUTES),
            _ => return Err(NoLimit),
        };
        let plain = digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit());
        let amount = digits.parse().ok().filter(|_| plain).ok_or(NoLimit)?;
        if (1..=most).contains(&amount) { Ok(Limit { amount, unit }) } else { Err(NoLimit) }
    }
}

impl TryFrom<String> for Limit {
    type Error = NoLimit;

    fn try_from(text: String) -> Result<Limit, NoLimit> {
        text.parse()
    }
}

impl From<Limit> for String {
    fn from(limit: Limit) -> String {
        limit.to_string()
    }
}

impl schemars::JsonSchema for Limit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let needed = NoLimit.to_string();
        // The numbers of each unit are those that `from_str` takes.
        schemars::json_schema!({
            "type": "string",
            "pattern": "^([1-9][0-9]{0,2}(wd|cd|min)|1000(wd|cd|min)|1[0-3][0-9]{2}min|14[0-3][0-9]min|1440min)$",
            "description": "How long something may take.",
            "x-needed": needed,
        })
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = match self.unit {
            Unit::Minutes => "min",
            Unit::WorkingDays => "wd",
            Unit::CalendarDays => "cd",
        };
        write!(f, "{}{unit}", self.amount)
    }
}

/// Days of a special procedure, the first and the last among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    pub from: Date,
    pub to: Date,
}

/// When it is due, and why then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline<'a> {
    /// With the time of day where the limit has minutes; otherwise the end of that day.
    pub due: DateTime,
    /// 暂定: a year that counts has no announced holidays yet.
    pub provisional: bool,
    /// Every day from acceptance to the last one, in order.
    pub why: Vec<Counted<'a>>,
}

/// A day and whether it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted<'a> {
    pub date: Date,
    pub counts: bool,
    pub reason: Reason<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason<'a> {
    /// 受理当日不计入
    Acceptance,
    /// Minutes run on the day itself, by night too.
    Minutes,
    /// A day of the calendar.
    CalendarDay,
    Day(Day<'a>),
    /// 特别程序期间不计入
    Paused,
    /// The limit has ended on a day that nobody works: this one, which nobody works either.
    RolledOver(Day<'a>),
    /// The working day to which the end moved.
    MovedTo,
}

impl Reason<'_> {
    /// In the words of the catalogue, or of the calendar.
    pub fn words(&self) -> Bilingual {
        let of = |sentence: Sentence| Bilingual::from(sentence);
        match self {
            Reason::Acceptance => of(say::DAY_ACCEPTANCE),
            Reason::Minutes => of(say::DAY_MINUTES),
            Reason::CalendarDay => of(say::DAY_CALENDAR),
            Reason::Paused => of(say::DAY_PAUSED),
            Reason::MovedTo => of(say::DAY_MOVED_TO),
            Reason::Day(Day::Working) => of(say::DAY_WORKING),
            Reason::Day(Day::MadeUp) => of(say::DAY_MADE_UP),
            Reason::Day(Day::Weekend) | Reason::RolledOver(Day::Weekend) => of(say::DAY_WEEKEND),
            Reason::Day(Day::Holiday(name)) | Reason::RolledOver(Day::Holiday(name)) => {
                (*name).clone()
            }
            // A day to which nothing had to be moved.
            Reason::RolledOver(Day::Working | Day::MadeUp) => of(say::DAY_WORKING),
        }
    }
}

/// When something accepted at `from` is due.
///
/// `pauses` in any order. A limit of minutes knows no pause and no holiday. `None` only where the end
/// is beyond the years that can be counted.
pub fn deadline<'a>(
    from: DateTime,
    limit: Limit,
    pauses: &[Pause],
    calendar: &'a Calendar,
) -> Option<Deadline<'a>> {
    let first = from.date();
    if limit.unit == Unit::Minutes {
        let minutes = SignedDuration::from_mins(i64::from(limit.amount));
        let due = from.checked_add(minutes).ok()?;
        let why = vec![Counted { date: first, counts: true, reason: Reason::Minutes }];
        return Some(Deadline { due, provisional: false, why });
    }
    let mut why = vec![Counted { date: first, counts: false, reason: Reason::Acceptance }];
    let mut provisional = false;
    let (mut date, mut left) = (first, limit.amount);
    while left > 0 {
        date = date.checked_add(1.day()).ok()?;
        let paused = pauses.iter().any(|pause| (pause.from..=pause.to).contains(&date));
        let (counts, reason) = match limit.unit {
            _ if paused => (false, Reason::Paused),
            Unit::CalendarDays | Unit::Minutes => (true, Reason::CalendarDay),
            Unit::WorkingDays => {
                provisional |= !calendar.knows(date);
                let day = calendar.day(date);
                (day.is_worked(), Reason::Day(day))
            }
        };
        left -= u32::from(counts);
        why.push(Counted { date, counts, reason });
    }
    if limit.unit == Unit::CalendarDays {
        // Whether a day is worked matters for the last one alone.
        let mut moved = false;
        loop {
            provisional |= !calendar.knows(date);
            let day = calendar.day(date);
            let last = why.last_mut()?;
            if day.is_worked() {
                if moved {
                    last.reason = Reason::MovedTo;
                }
                break;
            }
            last.reason = Reason::RolledOver(day);
            date = date.checked_add(1.day()).ok()?;
            moved = true;
            why.push(Counted { date, counts: false, reason: Reason::CalendarDay });
        }
    }
    Some(Deadline { due: date.to_datetime(jiff::civil::Time::midnight()), provisional, why })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;
    use crate::testkit::packs;

    fn at(day: Date) -> DateTime {
        day.to_datetime(jiff::civil::Time::midnight())
    }

    fn limit(text: &str) -> Limit {
        text.parse().unwrap()
    }

    #[test]
    fn limits_are_numbers_with_a_unit_within_their_bounds() {
        for text in ["1wd", "60cd", "30min", "1000wd", "1440min"] {
            assert_eq!(limit(text).to_string(), text);
        }
        for text in [
            "", "wd", "5", "0wd", "1001cd", "1441min", "5 wd", "-5wd", "+5wd", "5WD", "00005wd",
            "五wd",
        ] {
            assert_eq!(text.parse::<Limit>(), Err(NoLimit), "{text:?}");
        }
    }

    /// Day by day from the other side: the days that count are written down first.
    #[test]
    fn every_deadline_of_three_years_is_what_an_independent_count_says() {
        let pack = packs::sample();
        let mut worked = BTreeSet::new();
        let mut day = date(2024, 1, 1);
        // The table of the reference, not the calendar's own functions.
        let listed: BTreeSet<Date> =
            pack.calendar.years().iter().flat_map(|year| year.worked.iter().copied()).collect();
        let off = |day: Date| {
            let mut holidays = pack.calendar.years().iter().flat_map(|year| &year.holidays);
            holidays.any(|holiday| holiday.from <= day && day <= holiday.to)
        };
        while day <= date(2027, 6, 30) {
            let weekend = day.weekday().to_monday_zero_offset() > 4;
            if listed.contains(&day) || (!weekend && !off(day)) {
                worked.insert(day);
            }
            day = day.tomorrow().unwrap();
        }
        let of_year = |year| worked.iter().filter(|day| day.year() == year).count();
        assert_eq!([2024, 2025, 2026].map(of_year), [251, 248, 248], "domain.md §8");
        let mut from = date(2024, 1, 1);
        while from <= date(2026, 12, 31) {
            let mut days = worked.range(from.tomorrow().unwrap()..);
            for amount in 1..=60_u32 {
                let expected = *days.next().unwrap();
                let wd = Limit { amount, unit: Unit::WorkingDays };
                let found = deadline(at(from), wd, &[], &pack.calendar).unwrap();
                assert_eq!(found.due.date(), expected, "{from} {wd}");
                assert_eq!(found.provisional, expected.year() > 2026, "{from} {wd}");
                let cd = Limit { amount, unit: Unit::CalendarDays };
                let last = from.checked_add(i64::from(amount).days()).unwrap();
                let expected = *worked.range(last..).next().unwrap();
                let found = deadline(at(from), cd, &[], &pack.calendar).unwrap();
                assert_eq!(found.due.date(), expected, "{from} {cd}");
                assert_eq!(found.provisional, expected.year() > 2026, "{from} {cd}");
            }
            from = from.tomorrow().unwrap();
        }
    }

    #[test]
    fn each_day_says_why_it_counts_or_does_not() {
        let pack = packs::sample();
        let reasons = |from: Date, text: &str, pauses: &[Pause]| -> Vec<(String, bool, String)> {
            let found = deadline(at(from), limit(text), pauses, &pack.calendar).unwrap();
            let said = |day: &Counted<'_>| {
                (day.date.strftime("%m-%d").to_string(), day.counts, day.reason.words().zh)
            };
            found.why.iter().map(said).collect()
        };
        let expected = |days: &[(&str, bool, &str)]| -> Vec<(String, bool, String)> {
            days.iter().map(|(d, c, r)| ((*d).to_owned(), *c, (*r).to_owned())).collect()
        };
        assert_eq!(
            reasons(date(2026, 9, 18), "3wd", &[]),
            expected(&[
                ("09-18", false, "受理当日不计入"),
                ("09-19", false, "周末"),
                ("09-20", true, "调休上班"),
                ("09-21", true, "工作日"),
                ("09-22", true, "工作日"),
            ])
        );
        assert_eq!(
            reasons(date(2026, 9, 24), "1cd", &[]),
            expected(&[
                ("09-24", false, "受理当日不计入"),
                ("09-25", true, "中秋节"),
                ("09-26", false, "中秋节"),
                ("09-27", false, "中秋节"),
                ("09-28", false, "期限最后一日不上班，顺延至此"),
            ])
        );
        let pause = Pause { from: date(2026, 11, 23), to: date(2026, 11, 24) };
        assert_eq!(
            reasons(date(2026, 11, 20), "1wd", &[pause]),
            expected(&[
                ("11-20", false, "受理当日不计入"),
                ("11-21", false, "周末"),
                ("11-22", false, "周末"),
                ("11-23", false, "特别程序期间不计入"),
                ("11-24", false, "特别程序期间不计入"),
                ("11-25", true, "工作日"),
            ])
        );
    }

    #[test]
    fn minutes_run_over_midnight_and_years_without_a_calendar_are_provisional() {
        let calendar = Calendar::default();
        let late = date(2026, 12, 31).at(23, 45, 0, 0);
        let found = deadline(late, limit("30min"), &[], &calendar).unwrap();
        assert_eq!(found.due, date(2027, 1, 1).at(0, 15, 0, 0));
        assert!(!found.provisional);
        let found = deadline(at(date(2027, 3, 1)), limit("5wd"), &[], &calendar).unwrap();
        assert_eq!((found.due.date(), found.provisional), (date(2027, 3, 8), true));
        // The days between need no calendar where only the last one is asked for.
        let pack = packs::sample();
        let found = deadline(at(date(2023, 12, 1)), limit("60cd"), &[], &pack.calendar).unwrap();
        assert_eq!((found.due.date(), found.provisional), (date(2024, 1, 30), false));
        assert_eq!(deadline(at(Date::MAX), limit("1wd"), &[], &calendar), None);
    }
}
