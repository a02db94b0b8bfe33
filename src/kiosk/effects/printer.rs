//! The printer: a slip is made, shown and printed.

use jiff::Timestamp;

use super::super::Input;
use super::super::run::Kiosk;
use crate::devices::printer::Job;
use crate::domain::card::CardText;
use crate::domain::mask;
use crate::domain::pack::{AnswerKind, Bilingual, Item};
use crate::slip::layout::layout;
use crate::slip::{Slip, content};
use crate::store::{NewSlip, SlipResult, SlipSerial};
use crate::visit::{Answer, Event, SlipOrder, SlipOutcome, Ticket};

impl Kiosk {
    /// Orders a slip; it is made and printed when the store has given it its serial, so that no
    /// slip is without its row (promise P7).
    pub(super) fn print(&mut self, ticket: Ticket, order: SlipOrder, reprint: bool) {
        let new = NewSlip {
            case: match &order {
                SlipOrder::Receipt { facts, .. } => Some(facts.number.clone()),
                SlipOrder::Guide { .. } | SlipOrder::Query { .. } => None,
            },
            item: order.item_id().to_owned(),
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
        let Some(item) = self.pack.item(order.item_id()) else {
            tracing::error!(item = order.item_id(), "a slip of an item that is not in the pack");
            self.not_printed(serial, "its item is not in the site pack");
            return Some(Event::SlipDone { ticket, outcome: SlipOutcome::NotPrinted });
        };
        let head = content::Head {
            pack: &self.pack,
            kiosk: self.number,
            printed_at: Timestamp::now(),
            clock_trusted: self.clock.trusted(),
            serial: serial.0,
            lang: self.visit.session().lang(),
            demo: self.demo,
            reprint,
        };
        let slip: Slip = match &order {
            SlipOrder::Guide { .. } => content::guide(&head, item),
            SlipOrder::Query { card, answer, .. } => {
                let (name, number) = masked(card);
                let applicant = content::Applicant { name: &name, number: &number };
                content::query_result(&head, item, &applicant, answer)
            }
            SlipOrder::Receipt { card, application, facts } => {
                let (name, number) = masked(card);
                let applicant = content::Applicant { name: &name, number: &number };
                let answers = application
                    .as_ref()
                    .map_or_else(Vec::new, |application| slip_answers(item, &application.answers));
                content::receipt(&head, item, facts, &applicant, &answers)
            }
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

/// Name and number as a person's own slip shows them.
fn masked(card: &CardText) -> (String, String) {
    (mask::name(card.holder_name()), mask::slip_number(&card.number))
}

/// The answers in the words of the pack; a phone number masked.
fn slip_answers(item: &Item, answers: &[Answer]) -> Vec<content::Answer> {
    item.questions
        .iter()
        .zip(answers)
        .map(|(question, answer)| {
            let value = match &question.answer {
                AnswerKind::Choice { options } => options
                    .iter()
                    .find(|option| Some(option.code.as_str()) == answer.choice())
                    .map(|option| option.label.clone())
                    .unwrap_or_default(),
                AnswerKind::Phone { .. } => {
                    let masked = mask::phone(answer.digits());
                    Bilingual { zh: masked.clone(), en: masked }
                }
            };
            content::Answer { label: question.label.clone(), value }
        })
        .collect()
}
