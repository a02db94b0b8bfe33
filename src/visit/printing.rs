//! The slip of a page, from ordered to its outcome.

use crate::visit::step::{Context, Steps};
use crate::visit::{Effect, SlipOutcome, Ticket};

/// Longest wait for a slip; beyond the printer's own time-out.
pub(super) const PRINT_WAIT_S: u32 = 60;

/// How far a slip has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SlipProgress {
    /// Waits for the platform, or for the citizen to ask for it.
    #[default]
    NotYet,
    Printing {
        ticket: Ticket,
        waited_s: u32,
    },
    Done(SlipOutcome),
    /// Never ordered: the visit has had as many as one may have.
    Refused,
}

impl SlipProgress {
    /// A second has passed.
    pub(super) fn passed(&mut self) {
        if let SlipProgress::Printing { waited_s, .. } = self {
            *waited_s += 1;
            if *waited_s >= PRINT_WAIT_S {
                *self = SlipProgress::Done(SlipOutcome::Unknown);
            }
        }
    }

    /// The printer has told the outcome of a slip, perhaps of this one.
    pub(super) fn told(&mut self, of: Ticket, outcome: SlipOutcome) {
        if matches!(*self, SlipProgress::Printing { ticket, .. } if ticket == of) {
            *self = SlipProgress::Done(outcome);
        }
    }

    /// Nothing more happens to it by itself.
    pub fn is_settled(self) -> bool {
        matches!(self, SlipProgress::Done(_) | SlipProgress::Refused)
    }

    /// It comes, or came, or should have come.
    pub fn was_ordered(self) -> bool {
        matches!(self, SlipProgress::Printing { .. } | SlipProgress::Done(_))
    }

    pub fn is_printing(self) -> bool {
        matches!(self, SlipProgress::Printing { .. })
    }
}

/// Orders the slip of a flow for the first time; nothing if it was ordered already.
pub(super) fn print(flow: &mut dyn Steps, context: &mut Context<'_>) {
    if flow.slip() == Some(SlipProgress::NotYet) {
        order(flow, false, context);
    }
}

/// Orders it once more because the citizen asks for it; nothing while it is being printed. It says
/// 补打 unless the one before is known not to have come out (promise P3).
pub(super) fn reprint(flow: &mut dyn Steps, context: &mut Context<'_>) {
    if let Some(SlipProgress::Done(outcome)) = flow.slip()
        && context.session.may_print()
    {
        order(flow, outcome != SlipOutcome::NotPrinted, context);
    }
}

/// Orders the slip of a flow, within what one visit may print.
pub(super) fn order(flow: &mut dyn Steps, reprint: bool, context: &mut Context<'_>) {
    let session = &mut *context.session;
    let Some(order) = flow.order() else { return };
    let Some(slip) = flow.slip_mut() else { return };
    if !session.may_print() {
        *slip = SlipProgress::Refused;
        return;
    }
    let ticket = session.ticket();
    session.slips_out += 1;
    session.slips_ordered += 1;
    *slip = SlipProgress::Printing { ticket, waited_s: 0 };
    context.effects.push(Effect::Print { ticket, order, reprint });
}
