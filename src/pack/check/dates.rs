//! Days that cannot be.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::{Findings, Rule};
use crate::domain::pack::Pack;

/// Before this kiosk's time, and after anybody's: a typing error, or a clock at its beginning.
const EARLIEST: Date = date(2020, 1, 1);
const LATEST: Date = date(2099, 12, 31);

pub(super) fn check(pack: &Pack, today: Option<Date>, found: &mut Findings) {
    // The kiosk takes this day for one that has been: no card that ended before it is valid.
    if let Some(problem) = fault(pack.as_of, today) {
        found.value(Rule::ImplausibleDate, "/as_of", problem);
    }
    let distant = today.map(|today| today.saturating_add(1.year()));
    for (i, notice) in pack.notices.iter().enumerate() {
        // A pack may be prepared before the day that its notice speaks of, but not for years.
        let pointer = format!("/notices/{i}/date");
        if distant.is_some_and(|distant| notice.date > distant) {
            found.value(
                Rule::ImplausibleDate,
                pointer,
                format!("{} is more than a year away; check the year", notice.date),
            );
        } else if let Some(problem) = fault(notice.date, None) {
            found.value(Rule::ImplausibleDate, pointer, problem);
        }
    }
}

/// Why a day cannot be, whatever day it is today.
pub(super) fn impossible(day: Date) -> Option<String> {
    fault(day, None)
}

fn fault(day: Date, today: Option<Date>) -> Option<String> {
    if day < EARLIEST || day > LATEST {
        return Some(format!("{day} cannot be; a day from {EARLIEST} to {LATEST} is needed"));
    }
    let today = today.filter(|today| day > *today)?;
    Some(format!("{day} is still to come, today is {today}; write the day of the data"))
}
