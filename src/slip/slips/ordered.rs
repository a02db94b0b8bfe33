//! The slip that a visit has ordered.

use super::super::{Head, Slip};
use super::{guide, outlet, policy, query, receipt};
use crate::visit::{Session, SlipOrder};

/// The slip of an order, with everything that the session knows of it. `None` where what it is about
/// is not in the pack.
pub fn ordered(head: &Head, session: &Session, order: &SlipOrder) -> Option<Slip> {
    let item = order.item_id().and_then(|id| head.pack.item(id));
    Some(match order {
        SlipOrder::Guide { .. } => guide(head, item?),
        SlipOrder::Policy(of) => policy(head, session.policy(of)?),
        SlipOrder::Outlet(of) => outlet(head, session.outlet(of)?),
        SlipOrder::Query { card, enterprise, answer, .. } => {
            query(head, item?, card, enterprise.as_deref(), answer)
        }
        SlipOrder::Receipt { card, application, facts } => {
            let pack = session.pack_of(&facts.pack_version);
            let then = pack.and_then(|pack| Some((pack, pack.item(&facts.item)?)));
            let answers = match (application, then) {
                (Some(application), Some((pack, item))) => {
                    let mut answers = application.facts(&item.questions, &pack.regions);
                    answers.extend(application.still_to_check(facts.status));
                    answers
                }
                _ => Vec::new(),
            };
            receipt(head, pack, facts, card, &answers)
        }
    })
}
