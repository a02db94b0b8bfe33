//! Rules that a schema cannot state, one file a subject. Each looks at values that the schema has
//! allowed and names what it finds by JSON pointer.

mod calendar;
mod dates;
mod eligibility;
mod evaluation;
mod limits;
mod names;
mod outlets;
mod public;
mod questions;
mod send_away;
mod standing;

use jiff::civil::Date;

use super::Rule;
use super::finding::Findings;
use crate::domain::calendar::{Calendar, CalendarYear};
use crate::domain::pack::{Item, Pack};

/// The rules for `pack.toml`. `today` where a clock can be believed.
pub(super) fn pack(pack: &Pack, today: Option<Date>, found: &mut Findings) {
    dates::check(pack, today, found);
    evaluation::check(&pack.evaluation, found);
    outlets::check(pack, found);
    standing::check(pack, found);
}

/// The rules for one year of the calendar; `stem` is the name of its file.
pub(super) fn calendar(year: &CalendarYear, stem: &str, found: &mut Findings) {
    calendar::check(year, stem, found);
}

/// The rules for one item; `calendar` is that of its pack.
pub(super) fn item(item: &Item, calendar: &Calendar, found: &mut Findings) {
    limits::check(item, calendar, found);
    send_away::check(item, found);
    eligibility::check(&item.eligibility, found);
    names::check(item, found);
    public::check(&item.public, found);
    questions::check(item, found);
}
