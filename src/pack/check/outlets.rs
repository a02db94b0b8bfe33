//! Outlets and opening hours.

use super::{Findings, Rule, dates};
use crate::domain::pack::{Hours, Pack};

pub(super) fn check(pack: &Pack, found: &mut Findings) {
    hours(&pack.hotline.hours, "/hotline/hours", found);
    for (i, outlet) in pack.outlets.iter().enumerate() {
        hours(&outlet.hours, &format!("/outlets/{i}/hours"), found);
        for (day, field) in [(outlet.from, "from"), (outlet.until, "until")] {
            if let Some(problem) = day.and_then(dates::impossible) {
                found.value(Rule::ImplausibleDate, format!("/outlets/{i}/{field}"), problem);
            }
        }
        if let (Some(from), Some(until)) = (outlet.from, outlet.until)
            && until < from
        {
            let problem = "is before from; write a later day";
            found.value(Rule::ImplausibleDate, format!("/outlets/{i}/until"), problem);
        }
    }
    // One that closes is replaced by another before it does.
    if !pack.outlets.iter().any(|outlet| outlet.staffed && outlet.until.is_none()) {
        let problem = "none has people; with `staffed = true` name one where a person helps \
                       whom the kiosk cannot, and that stays (no `until`)";
        found.value(Rule::Outlet, "/outlets", problem);
    }
}

fn hours(hours: &Hours, pointer: &str, found: &mut Findings) {
    for (i, span) in hours.open.iter().enumerate() {
        let pointer = format!("{pointer}/open/{i}");
        if span.from >= span.to {
            let problem = format!(
                "{} is not after {}; a span ends on its own day, at the latest at 24:00",
                span.to, span.from
            );
            found.value(Rule::Outlet, format!("{pointer}/to"), problem);
        }
        for (d, day) in span.days.iter().enumerate() {
            if span.days[..d].contains(day) {
                found.value(Rule::Twice, format!("{pointer}/days/{d}"), "stands twice");
            }
        }
        let overlaps = hours.open[..i].iter().any(|other| {
            other.from < span.to
                && span.from < other.to
                && other.days.iter().any(|day| span.days.contains(day))
        });
        if overlaps {
            found.value(Rule::Outlet, pointer, "overlaps with a span before it on the same day");
        }
    }
}
