//! Carries out what the visit says, one file a port. Nothing here waits: whatever takes time is
//! begun, and its answer comes back as an event with the ticket of its question.

mod devices;
mod platform;
mod printer;
pub(super) mod store;
#[cfg(test)]
mod tests;

use super::run::Kiosk;
use crate::journal::Event;
use crate::visit::Effect;

impl Kiosk {
    pub(super) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::ExpectCard(on) => self.expect_card(on),
            Effect::ArmPanel(on) => self.arm_panel(on),
            Effect::Query { ticket, item, card, enterprise } => {
                self.query(ticket, &item, &card, enterprise.as_deref());
            }
            Effect::AskEntitlement { ticket, item, card, enterprise } => {
                self.entitlement(ticket, &item, &card, enterprise.as_deref());
            }
            Effect::AskAuthority { ticket, item, card, code } => {
                self.authority(ticket, &item, &card, code);
            }
            Effect::FindVacancies { ticket, after } => self.vacancies(ticket, after),
            Effect::Decline { item } => {
                self.journal(Event::EntitlementDeclined { item: item.id.to_string() });
            }
            Effect::WatchCard(on) => self.watch_card(on),
            Effect::Submit { ticket, application } => self.submit(ticket, &application),
            Effect::FindCases { ticket, card } => self.find_cases(ticket, card),
            Effect::Print { ticket, order, reprint } => self.print(ticket, order, reprint),
            Effect::RecordEvaluation { ticket, about, level, tags } => {
                self.record_evaluation(ticket, about, level, tags);
            }
            Effect::PolicyShown(policy) => self.count_policy(policy),
            Effect::CardLeft => {
                tracing::warn!("a card was forgotten on the reader");
                self.journal(Event::CardLeft {});
            }
            Effect::Wipe => self.wipe(),
        }
    }

    /// Nothing of the visit stays with the loop (promise P4).
    fn wipe(&mut self) {
        self.slip.clear();
        self.jobs.clear();
        self.orders.clear();
    }
}
