//! The printer: a slip is made, shown and printed.

use jiff::Timestamp;
use serde_json::json;

use super::super::Input;
use super::super::run::Kiosk;
use crate::devices::printer::Job;
use crate::domain::fact::{Fact, Private, Value};
use crate::domain::pack::{AnswerKind, Item, PhoneWay, Question};
use crate::slip::layout::layout;
use crate::slip::{Head, Slip, slips};
use crate::visit::{Answer, Event, SlipOrder, SlipOutcome, Ticket};

impl Kiosk {
    pub(super) fn print(&mut self, ticket: Ticket, order: &SlipOrder, reprint: bool) {
        let serial = self.serial + 1;
        let head = Head {
            pack: &self.pack,
            kiosk: self.number,
            printed_at: Timestamp::now(),
            clock_trusted: self.clock.trusted(),
            serial,
            lang: self.visit.session().lang(),
            demo: self.demo,
            reprint,
        };
        let item = self.pack.item(order.item_id());
        let slip: Slip = match (order, item) {
            (SlipOrder::Guide { .. }, Some(item)) => slips::guide(&head, item),
            (SlipOrder::Query { card, answer, .. }, Some(item)) => {
                slips::query(&head, item, card, answer)
            }
            (SlipOrder::Receipt { card, application, facts }, item) => {
                let answers = match (application, item) {
                    (Some(application), Some(item)) => answer_facts(item, &application.answers),
                    _ => Vec::new(),
                };
                slips::receipt(&head, item, facts, card, &answers)
            }
            (SlipOrder::Guide { .. } | SlipOrder::Query { .. }, None) => {
                tracing::error!(item = order.item_id(), "a slip of an item that is not in the pack");
                let outcome = SlipOutcome::NotPrinted;
                return self.inbox.put(Input::Reply(Event::SlipDone { ticket, outcome }));
            }
        };
        self.slip = layout(&slip, self.paper);
        let case = match order {
            SlipOrder::Receipt { facts, .. } => Some(facts.number.clone()),
            SlipOrder::Guide { .. } | SlipOrder::Query { .. } => None,
        };
        self.serial = serial;
        let detail = json!({ "slip": serial, "item": order.item_id(), "reprint": reprint });
        self.journal("slip_ordered", case, detail);
        self.jobs.insert(serial, ticket);
        if self.drivers.printer.print(Job { id: serial, lines: self.slip.clone() }).is_err() {
            self.jobs.remove(&serial);
            let outcome = SlipOutcome::NotPrinted;
            self.inbox.put(Input::Reply(Event::SlipDone { ticket, outcome }));
        }
    }
}

/// The answers in the words of the pack.
fn answer_facts(item: &Item, answers: &[Answer]) -> Vec<Fact> {
    let fact = |(question, answer): (&Question, &Answer)| {
        let value = match (&question.answer, answer) {
            (AnswerKind::Choice { options }, Answer::Choice(code)) => {
                let option = options.iter().find(|option| option.code == *code)?;
                Value::State(option.label.clone())
            }
            (AnswerKind::Phone { ways }, Answer::Phone { way: PhoneWay::None, .. }) => {
                let option = ways.iter().find(|option| option.way == PhoneWay::None)?;
                Value::State(option.label.clone())
            }
            (AnswerKind::Phone { .. }, Answer::Phone { digits, .. }) => {
                Value::Phone(Private::new(digits.as_str()))
            }
            _ => return None,
        };
        Some(Fact::new(question.label.clone(), value))
    };
    item.questions.iter().zip(answers).filter_map(fact).collect()
}
