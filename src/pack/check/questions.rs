//! Questions where nobody reads the answers.

use super::Findings;
use crate::domain::pack::{Item, ItemKind};

pub(super) fn check(item: &Item, found: &mut Findings) {
    if item.kind == ItemKind::Query && !item.questions.is_empty() {
        let problem = "a query asks the citizen nothing but the card; take the questions out, or \
                       write kind = { type = \"instant\", … }";
        found.value("/questions", problem);
    }
}
