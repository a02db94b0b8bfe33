//! The printer: a slip is made, shown and printed.

use jiff::Timestamp;

use super::super::Input;
use super::super::run::Kiosk;
use crate::clock;
use crate::devices::printer::Job;
use crate::domain::card::CardText;
use crate::domain::mask;
use crate::domain::pack::{AnswerKind, Bilingual, Item};
use crate::screen::scene::shown_name;
use crate::slip::layout::layout;
use crate::slip::{Slip, content};
use crate::store::{NewSlip, SlipResult, SlipSerial};
use crate::visit::{Event, SlipOrder, SlipOutcome, Ticket};

impl Kiosk {
    /// Orders a slip; it is made and printed when the store has given it its serial.
    pub(super) fn print(&mut self, ticket: Ticket, order: SlipOrder) {
        let (item, reprint) = match &order {
            SlipOrder::Guide { item, reprint } => (*item, *reprint),
            SlipOrder::Query { item, reprint, .. } => (*item, *reprint),
            SlipOrder::Receipt { form, reprint, .. } => (form.item, *reprint),
        };
        let case = match &order {
            SlipOrder::Receipt { facts, .. } => Some(facts.number.clone()),
            SlipOrder::Guide { .. } | SlipOrder::Query { .. } => None,
        };
        self.orders.insert(ticket, order);
        let new = NewSlip { case, item: self.pack.items[item].id.clone(), reprint };
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

    /// Gives an ordered slip to the printer. `None` where its citizen has left meanwhile: it is
    /// not printed.
    pub(in crate::kiosk) fn print_ordered(
        &mut self,
        ticket: Ticket,
        serial: SlipSerial,
    ) -> Option<Event> {
        let not_printed = Event::SlipDone { ticket, outcome: SlipOutcome::NotPrinted };
        let Some(order) = self.orders.remove(&ticket) else {
            let why = Some("the citizen has left".to_owned());
            self.slip_outcome(serial, SlipResult::NotPrinted, why);
            return None;
        };
        let (item, reprint) = match &order {
            SlipOrder::Guide { item, reprint } => (*item, *reprint),
            SlipOrder::Query { item, reprint, .. } => (*item, *reprint),
            SlipOrder::Receipt { form, reprint, .. } => (form.item, *reprint),
        };
        let item = &self.pack.items[item];
        let head = content::Head {
            pack: &self.pack,
            kiosk: self.number,
            printed_at: Timestamp::now(),
            clock_trusted: clock::trusted(),
            serial: serial.0,
            lang: self.visit.lang(),
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
            SlipOrder::Receipt { form, facts, .. } => {
                let (name, number) = masked(&form.card);
                let applicant = content::Applicant { name: &name, number: &number };
                let answers = slip_answers(item, &form.answers);
                content::receipt(&head, item, facts, &applicant, &answers)
            }
        };
        self.slip = layout(&slip, self.paper);
        self.jobs.insert(serial.0, ticket);
        if self.printer.print(Job { id: serial.0, lines: self.slip.clone() }).is_err() {
            self.jobs.remove(&serial.0);
            let why = Some("the printer takes no more".to_owned());
            self.slip_outcome(serial, SlipResult::NotPrinted, why);
            return Some(not_printed);
        }
        None
    }
}

/// Name and number as a person's own slip shows them.
fn masked(card: &CardText) -> (String, String) {
    (mask::name(shown_name(card)), mask::slip_number(&card.number))
}

/// The answers in the words of the pack; a phone number masked.
fn slip_answers(item: &Item, answers: &[String]) -> Vec<content::Answer> {
    item.questions
        .iter()
        .zip(answers)
        .map(|(question, answer)| {
            let value = match &question.answer {
                AnswerKind::Choice { options } => options
                    .iter()
                    .find(|option| option.code == *answer)
                    .map(|option| option.label.clone())
                    .unwrap_or_default(),
                AnswerKind::Phone => {
                    let masked = mask::phone(answer);
                    Bilingual { zh: masked.clone(), en: masked }
                }
            };
            content::Answer { label: question.label.clone(), value }
        })
        .collect()
}
