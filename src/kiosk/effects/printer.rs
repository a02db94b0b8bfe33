//! The printer: a slip is made, shown and printed.

use jiff::Timestamp;

use super::super::Input;
use super::super::run::Kiosk;
use crate::devices::printer::Job;
use crate::slip::layout::layout;
use crate::slip::{Head, slips};
use crate::store::{NewSlip, SlipResult, SlipSerial};
use crate::visit::{Event, SlipOrder, SlipOutcome, Ticket};

impl Kiosk {
    /// Orders a slip; it is made and printed when the store has given it its serial, so that no
    /// slip is without its row (promise P7).
    pub(super) fn print(&mut self, ticket: Ticket, order: SlipOrder, reprint: bool) {
        // Until this one is made the page shows none, not the one before.
        self.slip.clear();
        let new = NewSlip {
            case: match &order {
                SlipOrder::Receipt { facts, .. } => Some(facts.number.clone()),
                _ => None,
            },
            item: match &order {
                SlipOrder::Policy(_) => "policy".to_owned(),
                SlipOrder::Outlet(_) => "outlet".to_owned(),
                other => other.item_id().unwrap_or_default().to_owned(),
            },
            policy: match &order {
                SlipOrder::Policy(policy) => Some(policy.clone()),
                _ => None,
            },
            reprint,
        };
        self.orders.insert(ticket, (order, reprint));
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        self.tasks.spawn(async move {
            inbox.put(match store.order_slip(new).await {
                Ok(serial) => Input::SlipOrdered { ticket, serial },
                Err(error) => {
                    tracing::error!(%error, "a slip could not be ordered");
                    Input::Reply(Event::SlipDone { ticket, outcome: SlipOutcome::NotPrinted })
                }
            });
        });
    }

    /// Makes an ordered slip and gives it to the printer.
    pub(in crate::kiosk) fn print_ordered(
        &mut self,
        ticket: Ticket,
        serial: SlipSerial,
    ) -> Option<Event> {
        let Some((order, reprint)) = self.orders.remove(&ticket) else {
            self.not_printed(serial, "the citizen has left");
            return None;
        };
        let session = self.visit.session();
        let head = Head {
            pack: &self.pack,
            kiosk: self.number,
            printed_at: Timestamp::now(),
            clock_trusted: self.clock.trusted(),
            serial: serial.0,
            lang: session.lang(),
            demo: self.demo,
            reprint,
        };
        let slip = slips::ordered(&head, session, &order);
        let Some(slip) = slip else {
            tracing::error!(item = order.item_id(), "a slip of what is not in the pack");
            self.not_printed(serial, "what it is about is not in the site pack");
            return Some(Event::SlipDone { ticket, outcome: SlipOutcome::NotPrinted });
        };
        self.slip = layout(&slip, self.paper);
        self.jobs.insert(serial.0, ticket);
        if self.drivers.printer.print(Job { id: serial.0, lines: self.slip.clone() }).is_err() {
            self.jobs.remove(&serial.0);
            self.not_printed(serial, "the printer takes no more");
            return Some(Event::SlipDone { ticket, outcome: SlipOutcome::NotPrinted });
        }
        None
    }

    fn not_printed(&self, serial: SlipSerial, why: &str) {
        self.slip_outcome(serial, SlipResult::NotPrinted, Some(why.to_owned()));
    }
}
