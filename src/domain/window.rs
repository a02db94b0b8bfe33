//! When somebody shall come or call: half days on which a place is open, as far as a calendar and a
//! clock can tell.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::calendar::Calendar;
use crate::domain::outlet::{Day, Hours, TimeOfDay};
use crate::domain::request::Requested;
use crate::say::{self, Lang, Sentence};

/// Days on which a window is offered; two windows each fill a page of choices.
const MOST_DAYS: usize = 3;
/// How far ahead they are looked for, in days: beyond the longest holidays.
const DAYS_AHEAD: usize = 30;

/// A time window (时段).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TimeWindow {
    /// 随时: whenever somebody can.
    AnyTime,
    On {
        day: Date,
        half: Half,
        /// Within the half day, as the place is open.
        from: TimeOfDay,
        to: TimeOfDay,
        /// 暂定: the holidays of that year are not announced.
        #[serde(default)]
        provisional: bool,
    },
    /// 下一个工作日: where nobody knows what day it is (promise P9), or when the place opens.
    NextWorkingDay { half: Half },
}

/// A half of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    Morning,
    Afternoon,
}

/// What can be chosen, the next first: half days of working days after `today` on which the place is
/// open. `today` is the day in China by a clock that is right; without one, or where the place does
/// not open for long, windows without a date. Never empty.
pub fn offered(
    of: Requested,
    hours: &Hours,
    calendar: &Calendar,
    today: Option<Date>,
) -> Vec<TimeWindow> {
    let any = (of == Requested::CallBack).then_some(TimeWindow::AnyTime);
    let most_days = MOST_DAYS - usize::from(any.is_some());
    let days = today.into_iter().flat_map(|today| today.series(1.day()).skip(1).take(DAYS_AHEAD));
    let mut dated: Vec<TimeWindow> = days
        .filter(|day| calendar.day(*day).is_worked())
        .map(|day| halves(hours, day, calendar))
        .filter(|windows| !windows.is_empty())
        .take(most_days)
        .flatten()
        .collect();
    if dated.is_empty() {
        dated.extend(Half::ALL.map(|half| TimeWindow::NextWorkingDay { half }));
    }
    any.into_iter().chain(dated).collect()
}

fn halves(hours: &Hours, day: Date, calendar: &Calendar) -> Vec<TimeWindow> {
    let provisional = !calendar.knows(day);
    let half = |half| {
        let (from, to) = hours.half(day, half, calendar)?;
        Some(TimeWindow::On { day, half, from, to, provisional })
    };
    Half::ALL.into_iter().filter_map(half).collect()
}

impl Half {
    pub const ALL: [Half; 2] = [Half::Morning, Half::Afternoon];

    fn sentence(self) -> Sentence {
        match self {
            Half::Morning => say::WINDOW_MORNING,
            Half::Afternoon => say::WINDOW_AFTERNOON,
        }
    }
}

impl TimeWindow {
    /// Whether it has no date although it is on some day.
    pub fn is_undated(self) -> bool {
        matches!(self, TimeWindow::NextWorkingDay { .. })
    }

    /// `11月30日（周一）上午`, `下一个工作日上午`, `随时`.
    pub fn label(self, lang: Lang) -> String {
        match self {
            TimeWindow::AnyTime => say::WINDOW_ANY_TIME.text(lang).to_owned(),
            TimeWindow::NextWorkingDay { half } => {
                say::WINDOW_NEXT_WORKING_DAY.fill(lang, &[("half", half.sentence().text(lang))])
            }
            TimeWindow::On { day, half, .. } => {
                let date = match lang {
                    Lang::Zh => format!("{}月{}日", day.month(), day.day()),
                    Lang::En => day.strftime("%-d %b").to_string(),
                };
                let weekday = Day::of(day.weekday()).sentence().text(lang);
                let half = half.sentence().text(lang);
                say::WINDOW_ON.fill(lang, &[("date", &date), ("weekday", weekday), ("half", half)])
            }
        }
    }

    /// `09:00-12:00`, or nothing.
    pub fn times(self) -> String {
        match self {
            TimeWindow::On { from, to, .. } => format!("{from}-{to}"),
            TimeWindow::AnyTime | TimeWindow::NextWorkingDay { .. } => String::new(),
        }
    }

    /// All of it in one line, and whether the day is not certain.
    pub fn words(self, lang: Lang) -> String {
        let (label, times) = (self.label(lang), self.times());
        let words = if times.is_empty() { label } else { format!("{label} {times}") };
        match self {
            TimeWindow::On { provisional: true, .. } => {
                say::WINDOW_PROVISIONAL.fill(lang, &[("window", &words)])
            }
            _ => words,
        }
    }

    /// Whether it can still be chosen on `today`, the day in China by a clock that is right.
    pub fn is_open_on(self, today: Option<Date>) -> bool {
        match (self, today) {
            (TimeWindow::On { day, .. }, Some(today)) => day > today,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::calendar::{CalendarYear, Holiday};
    use crate::domain::outlet::OpenTime;
    use crate::domain::pack::Bilingual;

    fn span(days: &[Day], from: &str, to: &str) -> OpenTime {
        OpenTime { days: days.to_vec(), from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    fn office() -> Hours {
        let week = &Day::ALL[..5];
        let open = vec![span(week, "09:00", "12:00"), span(week, "13:30", "17:00")];
        let closed_on = vec![date(2026, 12, 1)];
        Hours { open, closed_on, follows_calendar: false, note: None }
    }

    fn calendar() -> Calendar {
        let words = |text: &str| Bilingual { zh: text.into(), en: text.into() };
        let holiday =
            Holiday { name: words("x"), from: date(2026, 12, 31), to: date(2026, 12, 31) };
        let (holidays, worked) = (vec![holiday], Vec::new());
        Calendar::new(vec![CalendarYear { year: 2026, source: words("x"), holidays, worked }])
    }

    fn said(of: Requested, today: Option<Date>) -> Vec<String> {
        offered(of, &office(), &calendar(), today).iter().map(|w| w.words(Lang::Zh)).collect()
    }

    #[test]
    fn windows_are_half_days_on_which_the_place_is_open() {
        // A Friday; Tuesday the 1st the place is closed.
        assert_eq!(
            said(Requested::Appointment, Some(date(2026, 11, 27))),
            [
                "11月30日（周一）上午 09:00-12:00",
                "11月30日（周一）下午 13:30-17:00",
                "12月2日（周三）上午 09:00-12:00",
                "12月2日（周三）下午 13:30-17:00",
                "12月3日（周四）上午 09:00-12:00",
                "12月3日（周四）下午 13:30-17:00",
            ]
        );
        let called = said(Requested::CallBack, Some(date(2026, 12, 30)));
        assert_eq!(called.len(), 5);
        assert_eq!(called[0], "随时");
        assert_eq!(
            called[1], "1月1日（周五）上午 09:00-12:00（暂定）",
            "nobody knows its holidays"
        );
    }

    #[test]
    fn p9_without_a_clock_no_window_has_a_date() {
        assert_eq!(
            said(Requested::CallBack, None),
            ["随时", "下一个工作日上午", "下一个工作日下午"]
        );
        let closed = Hours { open: Vec::new(), ..office() };
        let windows =
            offered(Requested::DoorToDoor, &closed, &calendar(), Some(date(2026, 11, 27)));
        assert!(windows.len() == 2 && windows.iter().all(|window| window.is_undated()));
    }

    #[test]
    fn a_span_over_noon_is_both_halves() {
        let hours = |from, to| Hours { open: vec![span(&Day::ALL, from, to)], ..office() };
        let day = date(2026, 11, 27);
        let times = |hours: Hours| -> Vec<String> {
            halves(&hours, day, &calendar()).iter().map(|window| window.times()).collect()
        };
        assert_eq!(times(hours("08:30", "17:30")), ["08:30-12:00", "12:00-17:30"]);
        assert_eq!(times(hours("09:00", "12:30")), ["09:00-12:00"], "half an hour is no half day");
        assert_eq!(times(hours("14:00", "17:00")), ["14:00-17:00"]);
    }
}
