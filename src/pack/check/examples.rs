//! Worked examples: each runs as it says, and what asks something has a filled-in form (样表).

use jiff::civil::Date;

use super::{Findings, Rule};
use crate::domain::form::{Known, Regions};
use crate::domain::item::Item;

/// What asks something has a form that is shown filled in.
pub(super) fn sample_form(item: &Item, found: &mut Findings) {
    if item.kind.is_application() && !item.questions.is_empty() && item.sample_form().is_none() {
        let problem = "no filled-in form can be shown; add [[examples]] with answers and \
                       expect = \"handed_in\"";
        found.value(Rule::SampleFormMissing, "/examples", problem);
    }
}

/// `as_of`: the day of the pack's data, on which its examples run; `regions` those of the pack. Of a
/// file with a fault there is nothing, and nothing is run.
pub(super) fn check(
    item: &Item,
    as_of: Option<Date>,
    regions: Option<&Regions>,
    found: &mut Findings,
) {
    let (Some(as_of), Some(regions)) = (as_of, regions) else { return };
    let known = Known { today: Some(as_of), since: as_of, own_number: "", regions };
    for (i, example) in item.examples.iter().enumerate() {
        if let Err(instead) = example.run(item, &known) {
            let problem = format!("comes out otherwise: {instead}; mend the example or the item");
            found.value(Rule::ExampleFails, format!("/examples/{i}"), problem);
        }
    }
}
