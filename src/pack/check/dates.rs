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
    // A pack may be prepared before the day that it speaks of, but not for years.
    let distant = today.map(|today| today.saturating_add(1.year()));
    let notices = pack.notices.iter().enumerate();
    let ahead = notices.map(|(i, notice)| (format!("/notices/{i}/date"), notice.date));
    let effective = pack.effective_from.map(|day| ("/effective_from".to_owned(), day));
    for (pointer, day) in ahead.chain(effective) {
        if distant.is_some_and(|distant| day > distant) {
            let problem = format!("{day} is more than a year away; check the year");
            found.value(Rule::ImplausibleDate, pointer, problem);
        } else if let Some(problem) = fault(day, None) {
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
