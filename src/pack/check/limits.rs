//! What an item promises beside what the law allows, and what paying money asks for.

use jiff::civil::Date;

use super::{Findings, Rule};
use crate::domain::calendar::Calendar;
use crate::domain::deadline::{Limit, Unit, deadline};
use crate::domain::item::{Item, ItemKind};
use crate::domain::listing::{Commitment, IdentityCheck, SelfService};

/// `calendar` are the years of the pack.
pub(super) fn check(item: &Item, calendar: &Calendar, found: &mut Findings) {
    if is_the_matter(item) && item.pays_money && !item.commitments.contains(&Commitment::Credit) {
        let problem = "pays money and asks for no commitment of credit; add \"credit\"";
        found.value(Rule::PayoutWithoutCreditCommitment, "/commitments", problem);
    }
    for (i, commitment) in item.commitments.iter().enumerate() {
        if item.commitments[..i].contains(commitment) {
            found.value(Rule::Twice, format!("/commitments/{i}"), "stands twice");
        }
    }
    for (i, audience) in item.audience.iter().enumerate() {
        if item.audience[..i].contains(audience) {
            found.value(Rule::Twice, format!("/audience/{i}"), "stands twice");
        }
    }
    if let (ItemKind::Instant { limit_min }, Some(promise)) = (item.kind, item.promise) {
        let problem = format!(
            "{promise} beside kind.limit_min = {limit_min}: an instant item promises that; take \
             promise out"
        );
        found.value(Rule::Twice, "/promise", problem);
    }
    handed_on(item, found);
    if item.identity == IdentityCheck::Witnessed && item.self_service == SelfService::Full {
        let problem = "says that all of it is done here, where nobody compares the holder with the \
                       card; write self_service = \"start\", or identity = \"card\"";
        found.value(Rule::Handling, "/identity", problem);
    }
    if item.kind == ItemKind::Promised {
        promised(item, found);
    }
    if item.speedup && is_the_matter(item) {
        speedup(item, calendar, found);
    }
}

/// Whether it is the matter itself that is done here, which may pay money and be faster than the law.
fn is_the_matter(item: &Item) -> bool {
    match item.kind {
        ItemKind::Query
        | ItemKind::Instant { .. }
        | ItemKind::Promised
        | ItemKind::NoApplication => true,
        ItemKind::Browse { .. } | ItemKind::Request { .. } | ItemKind::Handoff => false,
    }
}

/// 转办: who does it, and that nothing of it is done here.
fn handed_on(item: &Item, found: &mut Findings) {
    if item.kind != ItemKind::Handoff {
        if item.handoff.is_some() {
            let problem = "of an item that is done here; take it out, or write \
                           kind = { type = \"handoff\" }";
            found.value(Rule::Handling, "/handoff", problem);
        }
        return;
    }
    if item.handoff.is_none() {
        let problem = "is missing, and an item that is handed on says to whom; add it";
        found.value(Rule::ValueMissing, "/handoff", problem);
    }
    if item.self_service != SelfService::Guide {
        let problem = "is handed on: here is only its guide; write self_service = \"guide\"";
        found.value(Rule::Handling, "/self_service", problem);
    }
    let promises = [
        (item.promise.is_some(), "/promise"),
        (item.speedup, "/speedup"),
        (item.pays_money, "/pays_money"),
        (!item.commitments.is_empty(), "/commitments"),
    ];
    for (_, pointer) in promises.into_iter().filter(|(there, _)| *there) {
        let problem = "is for whoever does what is handed on; take it out";
        found.value(Rule::Handling, pointer, problem);
    }
}

/// 限时办结: in days, and which.
fn promised(item: &Item, found: &mut Findings) {
    match item.promise {
        None => {
            let problem = "is missing, and a promised item says until when; add promise = \"5wd\"";
            found.value(Rule::ValueMissing, "/promise", problem);
        }
        Some(limit) if limit.unit() == Unit::Minutes => {
            let problem = format!("{limit} of a promised item; write days, or kind instant");
            found.value(Rule::Handling, "/promise", problem);
        }
        Some(_) => {}
    }
}

/// 提速办: at most half of what the law allows, rounded down.
fn speedup(item: &Item, calendar: &Calendar, found: &mut Findings) {
    let (Some(legal), Some(promise)) = (item.legal, item.promised()) else {
        let problem = "says faster than what? write legal and promise, or take speedup out";
        return found.value(Rule::PromiseAboveHalf, "/speedup", problem);
    };
    let half = legal.amount() / 2;
    let above = if promise.unit() == legal.unit() {
        (promise.amount() > half).then(|| format!("more than {half}, half of {legal}"))
    } else {
        longest_span(promise, legal.unit(), calendar).filter(|span| *span > half).map(|span| {
            format!(
                "up to {span} in the unit of {legal} and its calendars, more than {half}, its half"
            )
        })
    };
    if let Some(above) = above {
        let problem = format!("{promise} is {above}; promise less, or take speedup out");
        found.value(Rule::PromiseAboveHalf, "/promise", problem);
    }
}

/// Of all days on which something may be accepted, the most that a promise takes in another unit; of
/// the years of the calendar, or of any week where there is none.
fn longest_span(promise: Limit, unit: Unit, calendar: &Calendar) -> Option<u32> {
    let mut years: Vec<i16> = calendar.years().iter().map(|year| year.year).collect();
    years.sort_unstable();
    let (first, last) = (*years.first().unwrap_or(&2026), *years.last().unwrap_or(&2026));
    let begin = Date::new(first, 1, 1).ok()?;
    let days = begin.series(jiff::Span::new().days(1));
    days.take_while(|day| day.year() <= last)
        .filter_map(|day| span(promise, unit, day, calendar))
        .max()
}

fn span(promise: Limit, unit: Unit, from: Date, calendar: &Calendar) -> Option<u32> {
    let accepted = from.to_datetime(jiff::civil::Time::midnight());
    let found = deadline(accepted, promise, &[], calendar)?;
    Some(match (promise.unit(), unit) {
        // Minutes end on the day itself or the next one.
        (Unit::Minutes, _) => 1,
        (_, Unit::Minutes) => u32::MAX,
        (_, Unit::CalendarDays) => {
            u32::try_from((found.due.date() - from).get_days()).unwrap_or(u32::MAX)
        }
        (_, Unit::WorkingDays) => {
            let worked = found.why.iter().skip(1).filter(|day| calendar.day(day.date).is_worked());
            u32::try_from(worked.count()).unwrap_or(u32::MAX)
        }
    })
}
