//! Days of a year that cannot be.

use jiff::civil::{Date, Weekday};

use super::{Findings, Rule};
use crate::domain::calendar::CalendarYear;

pub(super) fn check(year: &CalendarYear, stem: &str, found: &mut Findings) {
    if stem != year.year.to_string() {
        found.value(
            Rule::FileMisnamed,
            "/year",
            format!("is {} in a file that is named {stem}.toml", year.year),
        );
    }
    let of_year = |date: Date, pointer: String, found: &mut Findings| {
        if date.year() != year.year {
            found.value(
                Rule::ImplausibleDate,
                pointer,
                format!("{date} is no day of {}", year.year),
            );
        }
    };
    for (i, holiday) in year.holidays.iter().enumerate() {
        of_year(holiday.from, format!("/holidays/{i}/from"), found);
        of_year(holiday.to, format!("/holidays/{i}/to"), found);
        if holiday.to < holiday.from {
            found.value(
                Rule::ImplausibleDate,
                format!("/holidays/{i}/to"),
                format!("is before {}", holiday.from),
            );
        }
        let overlaps = |other: &&crate::domain::calendar::Holiday| {
            other.from <= holiday.to && holiday.from <= other.to
        };
        if let Some(other) = year.holidays[..i].iter().find(overlaps) {
            found.value(
                Rule::ImplausibleDate,
                format!("/holidays/{i}/from"),
                format!("this holiday and {} have days in common", other.name.zh),
            );
        }
    }
    for (i, date) in year.worked.iter().enumerate() {
        let pointer = format!("/worked/{i}");
        of_year(*date, pointer.clone(), found);
        if !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
            let problem = format!("{date} is a weekday, worked anyway; name Saturdays and Sundays");
            found.value(Rule::ImplausibleDate, pointer, problem);
        } else if year.holidays.iter().any(|holiday| (holiday.from..=holiday.to).contains(date)) {
            found.value(Rule::ImplausibleDate, pointer, format!("{date} is a holiday, too"));
        } else if year.worked[..i].contains(date) {
            found.value(Rule::Twice, pointer, format!("{date} stands here twice"));
        }
    }
}
