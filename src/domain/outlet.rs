//! Outlets (网点) and the hotline, with opening hours as data, so that "open now" and "opens at" can
//! be told by whoever has a clock that is known to be right.

use jiff::civil::{Date, DateTime, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::calendar::{self, Calendar};
use crate::domain::item::ItemId;
use crate::domain::limits;
use crate::domain::pack::Bilingual;
use crate::domain::window::Half;
use crate::say::{self, Lang, Sentence};

/// How far ahead the next opening is looked for, in days: beyond the longest holidays.
const DAYS_AHEAD: usize = 15;

/// A place that a citizen can go to (网点), named whenever the kiosk cannot help further
/// (promise P5).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outlet {
    #[schemars(with = "limits::Label")]
    pub name: Bilingual,
    /// Where the name does not fit.
    #[serde(default)]
    #[schemars(with = "limits::Short")]
    pub short_name: Option<Bilingual>,
    #[schemars(with = "limits::Text")]
    pub address: Bilingual,
    #[schemars(with = "limits::Telephone")]
    pub phone: String,
    /// Whether there are people (人工) and not only machines.
    pub staffed: bool,
    pub hours: Hours,
    #[serde(default)]
    pub kind: OutletKind,
    /// Where it is; without it nobody can say how far.
    #[serde(default)]
    pub at: Option<Spot>,
    /// Items of the pack that are done there; empty where nobody has said.
    #[serde(default)]
    #[schemars(with = "Vec<limits::Name>", length(max = 200))]
    pub items: Vec<ItemId>,
    /// The first day on which it is there; without it, it is there already.
    #[serde(default)]
    pub from: Option<Date>,
    /// The last day on which it is there; on the next it is named no more. Without it, until further
    /// notice.
    #[serde(default)]
    pub until: Option<Date>,
    /// Where it stands on the bureau's map on the web; printed as QR code.
    #[serde(default)]
    #[schemars(with = "Option<limits::WebUrl>")]
    pub url: Option<String>,
}

/// Names an outlet of one version of a pack, by its place there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutletRef {
    pub place: usize,
    pub pack_version: String,
}

/// What kind of place it is (`domain.md` §1.0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutletKind {
    /// 人社自建窗口
    #[default]
    Counter,
    /// 银行
    Bank,
    /// 邮政
    Post,
    /// 供销社
    Cooperative,
    /// 镇街所
    Town,
    /// 村（社区）站
    Village,
    /// 自助服务点
    Machine,
}

/// How a service reaches further than the counter and its hours (`domain.md` §1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// 延时: open early, late, at weekends, or day and night.
    Longer,
    /// 延伸: at a bank, a post office, a cooperative, in the village.
    Nearer,
    /// 自助: a machine.
    Machine,
}

/// A place on the ground in degrees (CGCS2000); of a sample pack an invented one.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spot {
    /// East of Greenwich.
    #[schemars(range(min = 73.0, max = 136.0))]
    pub lon: f64,
    /// North of the equator.
    #[schemars(range(min = 3.0, max = 54.0))]
    pub lat: f64,
}

// Degrees come from a file and are never NaN.
impl Eq for Spot {}

/// The telephone that helps with everything (12333).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hotline {
    #[schemars(with = "limits::Telephone")]
    pub number: String,
    /// When people answer it.
    pub hours: Hours,
}

/// Opening hours by weekday.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    #[schemars(length(min = 1, max = 14))]
    pub open: Vec<OpenTime>,
    /// Days on which it is closed whatever the weekday says, such as public holidays.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub closed_on: Vec<Date>,
    /// On public holidays it is closed, and a weekend that is worked (调休上班) has the hours of a
    /// Monday.
    #[serde(default)]
    pub follows_calendar: bool,
    /// What the data cannot say, such as 法定节假日除外.
    #[serde(default)]
    #[schemars(with = "limits::Text")]
    pub note: Option<Bilingual>,
}

/// One span of opening, the same on several weekdays; it does not pass midnight.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenTime {
    #[schemars(length(min = 1, max = 7))]
    pub days: Vec<Day>,
    pub from: TimeOfDay,
    /// Later than `from`.
    pub to: TimeOfDay,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A time of day in whole minutes, `00:00` to `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

/// Why there is no such time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time like \"09:00\" is needed, from \"00:00\" to \"24:00\"")]
pub struct NoTimeOfDay;

/// Whether a place is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Open, and until when today.
    OpenUntil(TimeOfDay),
    /// Closed, and when it opens next.
    OpensAt { day: Date, from: TimeOfDay },
    /// Closed for all of the days that are looked at.
    Closed,
    /// Nobody knows what time it is (promise P9): only the hours themselves can be told.
    Unknown,
}

impl Outlet {
    /// The short name where there is one.
    pub fn label(&self) -> &Bilingual {
        self.short_name.as_ref().unwrap_or(&self.name)
    }

    /// Whether it is one of those that reach further.
    pub fn reaches(&self, reach: Reach) -> bool {
        match reach {
            Reach::Longer => self.hours.is_longer(),
            Reach::Nearer => matches!(
                self.kind,
                OutletKind::Bank | OutletKind::Post | OutletKind::Cooperative | OutletKind::Village
            ),
            Reach::Machine => self.kind == OutletKind::Machine,
        }
    }

    /// Whether it is there on a day.
    pub fn stands_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

impl Reach {
    pub const ALL: [Reach; 3] = [Reach::Longer, Reach::Nearer, Reach::Machine];

    /// What it is called.
    pub fn sentence(self) -> Sentence {
        match self {
            Reach::Longer => say::REACH_LONGER,
            Reach::Nearer => say::REACH_NEARER,
            Reach::Machine => say::REACH_MACHINE,
        }
    }
}

impl OutletKind {
    /// What it is called.
    pub fn sentence(self) -> Sentence {
        match self {
            OutletKind::Counter => say::OUTLET_COUNTER,
            OutletKind::Bank => say::OUTLET_BANK,
            OutletKind::Post => say::OUTLET_POST,
            OutletKind::Cooperative => say::OUTLET_COOPERATIVE,
            OutletKind::Town => say::OUTLET_TOWN,
            OutletKind::Village => say::OUTLET_VILLAGE,
            OutletKind::Machine => say::OUTLET_MACHINE,
        }
    }
}

impl Hours {
    /// Whether it is open; `now` is the time in China from a trusted clock, else `None`. Beyond the
    /// years of the calendar a place that follows it cannot be told open.
    pub fn at(&self, now: Option<DateTime>, calendar: &Calendar) -> Opening {
        let Some(now) = now else { return Opening::Unknown };
        let minute = TimeOfDay::of(now);
        let today = now.date();
        let known = |day: Date| !self.follows_calendar || calendar.knows(day);
        if !known(today) {
            return Opening::Unknown;
        }
        let mut until = None;
        // Two spans that meet are one: 09:00-12:00 and 12:00-17:00 close at 17:00.
        let mut spans: Vec<_> = self.spans(today, calendar).collect();
        spans.sort_by_key(|span| span.from);
        for span in spans {
            let reached = until.unwrap_or(minute);
            if span.from <= reached && span.to > reached {
                until = Some(span.to);
            }
        }
        if let Some(until) = until {
            return Opening::OpenUntil(until);
        }
        for day in today.series(jiff::ToSpan::days(1)).take(DAYS_AHEAD) {
            if !known(day) {
                return Opening::Unknown;
            }
            let later = |from: &TimeOfDay| day > today || *from > minute;
            let from = self.spans(day, calendar).map(|span| span.from).filter(later).min();
            if let Some(from) = from {
                return Opening::OpensAt { day, from };
            }
        }
        Opening::Closed
    }

    /// At every time of every day.
    pub fn always() -> Hours {
        let open =
            OpenTime { days: Day::ALL.to_vec(), from: TimeOfDay::FIRST, to: TimeOfDay::LAST };
        Hours { open: vec![open], closed_on: Vec::new(), follows_calendar: false, note: None }
    }

    fn spans(&self, date: Date, calendar: &Calendar) -> impl Iterator<Item = &OpenTime> {
        let (day, holiday) = match calendar.day(date) {
            calendar::Day::MadeUp if self.follows_calendar => (Day::Mon, false),
            calendar::Day::Holiday(_) if self.follows_calendar => (Day::of(date.weekday()), true),
            _ => (Day::of(date.weekday()), false),
        };
        let closed = holiday || self.closed_on.contains(&date);
        self.open.iter().filter(move |span| !closed && span.days.contains(&day))
    }

    /// From when until when it is open in a half of a day.
    pub fn half(
        &self,
        day: Date,
        half: Half,
        calendar: &Calendar,
    ) -> Option<(TimeOfDay, TimeOfDay)> {
        let spans = self.spans(day, calendar).filter_map(|span| match half {
            Half::Morning => {
                (span.from < TimeOfDay::NOON).then(|| (span.from, span.to.min(TimeOfDay::NOON)))
            }
            Half::Afternoon => {
                (span.to >= TimeOfDay::AFTERNOON).then(|| (span.from.max(TimeOfDay::NOON), span.to))
            }
        });
        spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// Whether it is open beyond what offices keep, 08:00 to 18:00 from Monday to Friday.
    pub fn is_longer(&self) -> bool {
        let weekend = |day: &Day| matches!(day, Day::Sat | Day::Sun);
        self.open.iter().any(|span| {
            span.days.iter().any(weekend)
                || span.from < TimeOfDay::OFFICE_OPENS
                || span.to > TimeOfDay::OFFICE_CLOSES
        })
    }

    /// Whether it is open at every time of the week.
    pub fn is_always(&self) -> bool {
        self.closed_on.is_empty()
            && !self.follows_calendar
            && Day::ALL.iter().all(|day| {
                self.open.iter().any(|span| {
                    span.days.contains(day)
                        && span.from == TimeOfDay::FIRST
                        && span.to == TimeOfDay::LAST
                })
            })
    }

    /// The hours in words: `周一至周五 09:00-12:00、13:30-17:00，法定节假日除外`.
    pub fn words(&self, lang: Lang) -> String {
        let mut groups: Vec<(&[Day], Vec<&OpenTime>)> = Vec::new();
        for span in &self.open {
            match groups.iter_mut().find(|(days, _)| *days == span.days) {
                Some((_, spans)) => spans.push(span),
                None => groups.push((&span.days, vec![span])),
            }
        }
        let (list, end) = match lang {
            Lang::Zh => ("、", "；"),
            Lang::En => (", ", "; "),
        };
        let group = |(days, spans): &(&[Day], Vec<&OpenTime>)| {
            let times = spans.iter().map(|span| span.words(lang)).collect::<Vec<_>>().join(list);
            format!("{} {times}", days_in_words(days, lang))
        };
        let mut text = if self.is_always() {
            say::HOURS_ALWAYS.text(lang).to_owned()
        } else {
            groups.iter().map(group).collect::<Vec<_>>().join(end)
        };
        if let Some(note) = &self.note {
            text.push_str(match lang {
                Lang::Zh => "，",
                Lang::En => ", ",
            });
            text.push_str(note.text(lang));
        }
        text
    }
}

impl OpenTime {
    fn words(&self, lang: Lang) -> String {
        if self.from == TimeOfDay::FIRST && self.to == TimeOfDay::LAST {
            say::HOURS_ALL_DAY.text(lang).to_owned()
        } else {
            format!("{}-{}", self.from, self.to)
        }
    }
}

impl Opening {
    /// `现在开放，至17:00`; `周一 09:00开放`; nothing when nothing is known. `today` tells a day of
    /// this week by its name and a later one by its date.
    pub fn words(self, today: Option<Date>, lang: Lang) -> Option<String> {
        match self {
            Opening::OpenUntil(TimeOfDay::LAST) => Some(say::OPEN_NOW.text(lang).to_owned()),
            Opening::OpenUntil(to) => {
                Some(say::OPEN_UNTIL.fill(lang, &[("time", &to.to_string())]))
            }
            Opening::OpensAt { day, from } => {
                let time = from.to_string();
                if Some(day) == today {
                    return Some(say::OPENS_TODAY.fill(lang, &[("time", &time)]));
                }
                let name = Day::of(day.weekday()).sentence().text(lang);
                let date = day.strftime("%m-%d").to_string();
                let values = [("day", name), ("date", date.as_str()), ("time", time.as_str())];
                Some(say::OPENS_AT.fill(lang, &values))
            }
            Opening::Closed => Some(say::CLOSED_FOR_LONG.text(lang).to_owned()),
            Opening::Unknown => None,
        }
    }
}

impl Day {
    pub const ALL: [Day; 7] =
        [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];

    pub(in crate::domain) fn of(weekday: Weekday) -> Day {
        Day::ALL[usize::try_from(weekday.to_monday_zero_offset()).unwrap_or(0)]
    }

    pub(in crate::domain) fn sentence(self) -> Sentence {
        match self {
            Day::Mon => say::DAY_MON,
            Day::Tue => say::DAY_TUE,
            Day::Wed => say::DAY_WED,
            Day::Thu => say::DAY_THU,
            Day::Fri => say::DAY_FRI,
            Day::Sat => say::DAY_SAT,
            Day::Sun => say::DAY_SUN,
        }
    }
}

/// `周一至周五`, `周六、周日`, `每天`.
fn days_in_words(days: &[Day], lang: Lang) -> String {
    let mut days = days.to_vec();
    days.sort_unstable();
    days.dedup();
    let name = |day: &Day| day.sentence().text(lang);
    let consecutive = days.windows(2).all(|pair| pair[1] as u8 == pair[0] as u8 + 1);
    match days.as_slice() {
        all if all.len() == 7 => say::DAYS_ALL.text(lang).to_owned(),
        [first, _, .., last] if consecutive => {
            say::DAYS_FROM_TO.fill(lang, &[("from", name(first)), ("to", name(last))])
        }
        some => some.iter().map(name).collect::<Vec<_>>().join(match lang {
            Lang::Zh => "、",
            Lang::En => ", ",
        }),
    }
}

impl TimeOfDay {
    pub const FIRST: TimeOfDay = TimeOfDay(0);
    pub const LAST: TimeOfDay = TimeOfDay(24 * 60);
    /// What offices keep at most.
    const OFFICE_OPENS: TimeOfDay = TimeOfDay(8 * 60);
    const OFFICE_CLOSES: TimeOfDay = TimeOfDay(18 * 60);
    const NOON: TimeOfDay = TimeOfDay(12 * 60);
    /// Who closes before has no afternoon.
    const AFTERNOON: TimeOfDay = TimeOfDay(13 * 60);

    /// The minute of a time.
    pub fn of(time: DateTime) -> TimeOfDay {
        let (hour, minute) = (time.hour(), time.minute());
        TimeOfDay(u16::from(hour.unsigned_abs()) * 60 + u16::from(minute.unsigned_abs()))
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl std::str::FromStr for TimeOfDay {
    type Err = NoTimeOfDay;

    fn from_str(text: &str) -> Result<TimeOfDay, NoTimeOfDay> {
        let part = |digits: &str| {
            let two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| two)
        };
        let (hour, minute) = text.split_once(':').ok_or(NoTimeOfDay)?;
        let (hour, minute) = (part(hour).ok_or(NoTimeOfDay)?, part(minute).ok_or(NoTimeOfDay)?);
        let time = TimeOfDay(hour * 60 + minute);
        if minute > 59 || time > TimeOfDay::LAST { Err(NoTimeOfDay) } else { Ok(time) }
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> String {
        time.to_string()
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = NoTimeOfDay;

    fn try_from(text: String) -> Result<TimeOfDay, NoTimeOfDay> {
        text.parse()
    }
}

impl JsonSchema for TimeOfDay {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeOfDay".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
            "examples": ["09:00", "24:00"],
            "description": "A time of day, 00:00 to 24:00.",
            "x-needed": "a time like 09:00, from 00:00 to 24:00, is needed",
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn time(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    fn span(days: &[Day], from: &str, to: &str) -> OpenTime {
        OpenTime { days: days.to_vec(), from: time(from), to: time(to) }
    }

    /// Counters of an office, closed on Monday the 30th.
    fn office() -> Hours {
        let week = &Day::ALL[..5];
        Hours {
            open: vec![span(week, "13:30", "17:00"), span(week, "09:00", "12:00")],
            closed_on: vec![date(2026, 11, 30)],
            follows_calendar: false,
            note: None,
        }
    }

    /// The 1st of October 2026 and the day after are a holiday, and Saturday the 10th is worked.
    fn calendar() -> Calendar {
        let words = |text: &str| Bilingual { zh: text.into(), en: text.into() };
        let (from, to) = (date(2026, 10, 1), date(2026, 10, 2));
        let holidays = vec![calendar::Holiday { name: words("x"), from, to }];
        let (year, source, worked) = (2026, words("x"), vec![date(2026, 10, 10)]);
        Calendar::new(vec![calendar::CalendarYear { year, source, holidays, worked }])
    }

    #[test]
    fn an_office_that_follows_the_calendar_is_closed_on_holidays_and_open_on_days_made_up() {
        let follows = Hours { follows_calendar: true, closed_on: Vec::new(), ..office() };
        let at = |hours: &Hours, month, day| {
            hours.at(Some(date(2026, month, day).at(10, 0, 0, 0)), &calendar())
        };
        let opens = Opening::OpensAt { day: date(2026, 10, 5), from: time("09:00") };
        assert_eq!(at(&follows, 10, 1), opens, "a Thursday");
        assert_eq!(at(&follows, 10, 10), Opening::OpenUntil(time("12:00")), "a Saturday");
        assert_eq!(
            at(&office(), 10, 1),
            Opening::OpenUntil(time("12:00")),
            "who does not, is open"
        );
        // Nobody knows the holidays of the next year.
        let new_year = date(2027, 1, 4).at(10, 0, 0, 0);
        assert_eq!(follows.at(Some(new_year), &calendar()), Opening::Unknown);
        let eve = date(2026, 12, 31).at(18, 0, 0, 0);
        assert_eq!(follows.at(Some(eve), &calendar()), Opening::Unknown);
        assert_eq!(office().at(Some(new_year), &calendar()), Opening::OpenUntil(time("12:00")));
    }

    #[test]
    fn open_longer_is_beyond_what_offices_keep() {
        let week = &Day::ALL[..5];
        let longer = |open| Hours { open, ..office() }.is_longer();
        assert!(!office().is_longer());
        assert!(!longer(vec![span(week, "08:00", "18:00")]));
        assert!(longer(vec![span(week, "07:59", "12:00")]));
        assert!(longer(vec![span(week, "13:30", "18:01")]));
        assert!(longer(vec![span(&[Day::Sat], "09:00", "12:00")]));
        assert!(Hours::always().is_longer());
    }

    #[test]
    fn p5_open_now_or_from_when() {
        let hours = office();
        // The 26th of November 2026 is a Thursday.
        for (day, hour, minute, expected) in [
            (26, 8, 59, Opening::OpensAt { day: date(2026, 11, 26), from: time("09:00") }),
            (26, 9, 0, Opening::OpenUntil(time("12:00"))),
            (26, 11, 59, Opening::OpenUntil(time("12:00"))),
            (26, 12, 0, Opening::OpensAt { day: date(2026, 11, 26), from: time("13:30") }),
            (26, 17, 0, Opening::OpensAt { day: date(2026, 11, 27), from: time("09:00") }),
            // Over the weekend and the closed Monday.
            (27, 18, 0, Opening::OpensAt { day: date(2026, 12, 1), from: time("09:00") }),
            (30, 10, 0, Opening::OpensAt { day: date(2026, 12, 1), from: time("09:00") }),
        ] {
            let now = date(2026, 11, day).at(hour, minute, 30, 0);
            assert_eq!(hours.at(Some(now), &calendar()), expected, "{now}");
        }
    }

    #[test]
    fn p9_without_a_trusted_clock_nothing_is_said_about_now() {
        assert_eq!(office().at(None, &calendar()), Opening::Unknown);
        assert_eq!(Opening::Unknown.words(None, Lang::Zh), None);
    }

    #[test]
    fn spans_that_meet_are_one_and_midnight_is_an_end() {
        let day = &Day::ALL[..];
        let hours = Hours {
            open: vec![span(day, "12:00", "24:00"), span(day, "09:00", "12:00")],
            closed_on: Vec::new(),
            follows_calendar: false,
            note: None,
        };
        let at = |hour| hours.at(Some(date(2026, 11, 26).at(hour, 0, 0, 0)), &calendar());
        assert_eq!(at(10), Opening::OpenUntil(TimeOfDay::LAST));
        assert_eq!(at(23), Opening::OpenUntil(TimeOfDay::LAST));
        assert_eq!(at(3), Opening::OpensAt { day: date(2026, 11, 26), from: time("09:00") });
        assert!(!hours.is_always());
        let closed = Hours { open: Vec::new(), ..hours };
        assert_eq!(
            closed.at(Some(date(2026, 11, 26).at(3, 0, 0, 0)), &calendar()),
            Opening::Closed
        );
    }

    #[test]
    fn hours_in_words() {
        let words = |hours: &Hours| [Lang::Zh, Lang::En].map(|lang| hours.words(lang));
        let mut office = office();
        office.open.reverse();
        assert_eq!(
            words(&office),
            ["周一至周五 09:00-12:00、13:30-17:00", "Mon-Fri 09:00-12:00, 13:30-17:00"]
        );
        office.open.push(span(&[Day::Sun, Day::Sat], "10:00", "15:00"));
        office.note = Some(Bilingual { zh: "节日除外".into(), en: "not on holidays".into() });
        assert_eq!(
            words(&office)[0],
            "周一至周五 09:00-12:00、13:30-17:00；周六、周日 10:00-15:00，节日除外"
        );
        let always = Hours {
            open: vec![span(&Day::ALL, "00:00", "24:00")],
            closed_on: Vec::new(),
            follows_calendar: false,
            note: None,
        };
        assert!(always.is_always());
        assert_eq!(words(&always), ["全天24小时", "24 hours a day"]);
    }

    #[test]
    fn an_opening_in_words() {
        let today = Some(date(2026, 11, 26));
        let at = |day| Opening::OpensAt { day, from: time("09:00") };
        assert_eq!(
            Opening::OpenUntil(time("17:00")).words(today, Lang::Zh).unwrap(),
            "现在开放，至17:00"
        );
        assert_eq!(at(date(2026, 11, 26)).words(today, Lang::Zh).unwrap(), "今天09:00开放");
        assert_eq!(
            at(date(2026, 11, 30)).words(today, Lang::Zh).unwrap(),
            "周一（11-30）09:00开放"
        );
    }

    #[test]
    fn a_time_of_day_is_two_digits_twice() {
        for text in ["", "9:00", "09:60", "24:01", "25:00", "09-00", "+9:00", "09:0", "０9:00"] {
            assert_eq!(text.parse::<TimeOfDay>(), Err(NoTimeOfDay), "{text}");
        }
        for text in ["00:00", "09:05", "23:59", "24:00"] {
            assert_eq!(time(text).to_string(), text);
        }
    }
}
