//! Rules that a schema cannot state, one file a subject. Each looks at values that the schema has
//! allowed and names what it finds by JSON pointer.

mod arrangement;
mod calendar;
mod conditions;
mod dates;
mod eligibility;
mod evaluation;
mod examples;
mod figures;
mod kinds;
mod known;
mod limits;
mod lists;
mod materials;
mod names;
mod outlets;
mod packages;
mod public;
mod questions;
mod references;
mod regions;
mod send_away;
mod standing;

use std::path::Path;

use jiff::civil::Date;

use super::finding::Findings;
use super::{PackFault, Rule};
use crate::domain::calendar::{Calendar, CalendarYear};
use crate::domain::deadline::Unit;
use crate::domain::form::CodeList;
use crate::domain::material::Material;
use crate::domain::pack::{BasicService, Item, Pack, Regions};

pub(super) use arrangement::check as arrangement;
pub(super) use figures::check as figures;
pub(super) use lists::{check as lists, filled, named as lists_of};
pub(super) use materials::list as materials;
pub(super) use packages::check as package;
pub(super) use references::{offered, policy};
pub(super) use regions::check as regions;

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

/// What is said of a pack that promises working days and does not know those of this year: every due
/// date would be provisional (暂定).
pub(super) fn no_calendar(pack: &Pack, today: Option<Date>) -> Option<PackFault> {
    let today = today.unwrap_or(pack.as_of);
    let limits = pack.items.iter().flat_map(|item| [item.legal, item.promised()]);
    let in_working_days = limits.flatten().any(|limit| limit.unit() == Unit::WorkingDays);
    (in_working_days && !pack.calendar.knows(today)).then(|| {
        let year = today.year();
        let problem = format!(
            "working days are promised, and the holidays of {year} are unknown: each date would be \
             provisional; add calendars/{year}.toml"
        );
        PackFault::of_file(Path::new("calendars"), Rule::NoCalendar, problem)
    })
}

/// What items are held against that stands in other files; nothing of a file that has a fault.
pub(super) struct Known<'a> {
    pub calendar: &'a Calendar,
    pub materials: Option<&'a [Material]>,
    pub basic_services: Option<&'a [BasicService]>,
    pub regions: Option<&'a Regions>,
    pub lists: Option<&'a [CodeList]>,
    /// The day of the pack's data.
    pub as_of: Option<Date>,
}

/// The rules for one item.
pub(super) fn item(item: &Item, known: &Known<'_>, found: &mut Findings) {
    let Some(item) = filled(item, known.lists, found) else { return };
    let item = item.as_ref();
    limits::check(item, known.calendar, found);
    kinds::check(item, found);
    materials::check(item, known.materials, found);
    references::basic_service(item, known.basic_services, found);
    send_away::check(item, found);
    eligibility::check(item, found);
    names::check(item, found);
    public::check(&item.public, found);
    questions::check(item, known.regions, found);
    conditions::check(&item.questions, found);
    known::check(item, found);
    let fails_examples = !found.is_empty();
    examples::sample_form(item, found);
    // What is wrong with a question fails its examples, too.
    if !fails_examples {
        examples::check(item, known.as_of, known.regions, found);
    }
}

/// Names of which each may stand once; `pointer` says where one stands by its place.
fn twice<'a>(
    rule: Rule,
    names: impl Iterator<Item = &'a str>,
    found: &mut Findings,
    pointer: impl Fn(usize) -> String,
) {
    let mut given: Vec<&str> = Vec::new();
    for (i, name) in names.enumerate() {
        if given.contains(&name) {
            let problem = format!("\"{name}\" stands twice; each has its own");
            found.value(rule, pointer(i), problem);
        }
        given.push(name);
    }
}
