//! The printer: a slip is made, shown and printed.

use jiff::Timestamp;
use serde_json::json;

use super::super::Input;
use super::super::run::Kiosk;
use crate::devices::printer::Job;
use crate::domain::card::CardText;
use crate::domain::mask;
use crate::domain::pack::{AnswerKind, Bilingual, Item};
use crate::slip::layout::layout;
use crate::slip::{Slip, content};
use crate::visit::{Answer, Event, SlipOrder, SlipOutcome, Ticket};

impl Kiosk {
    pub(super) fn print(&mut self, ticket: Ticket, order: &SlipOrder, reprint: bool) {
        let Some(item) = self.pack.item(order.item_id()) else {
            tracing::error!(item = order.item_id(), "a slip of an item that is not in the pack");
            let outcome = SlipOutcome::NotPrinted;
            return self.inbox.put(Input::Reply(Event::SlipDone { ticket, outcome }));
        };
        self.serial += 1;
        let head = content::Head {
            pack: &self.pack,
            kiosk: self.number,
            printed_at: Timestamp::now(),
            clock_trusted: self.clock.trusted(),
            serial: self.serial,
            lang: self.visit.session().lang(),
            demo: self.demo,
            reprint,
        };
        let slip: Slip = match order {
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
        let case = match order {
            SlipOrder::Receipt { facts, .. } => Some(facts.number.clone()),
            SlipOrder::Guide { .. } | SlipOrder::Query { .. } => None,
        };
        let serial = self.serial;
        let detail = json!({ "slip": serial, "item": item.id, "reprint": reprint });
        self.journal("slip_ordered", case, detail);
        self.jobs.insert(serial, ticket);
        if self.drivers.printer.print(Job { id: serial, lines: self.slip.clone() }).is_err() {
            self.jobs.remove(&serial);
            let outcome = SlipOutcome::NotPrinted;
            self.inbox.put(Input::Reply(Event::SlipDone { ticket, outcome }));
        }
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
