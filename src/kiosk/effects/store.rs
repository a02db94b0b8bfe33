//! The store: cases, evaluations and the journal.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::super::overdue;
use super::super::packs::of_cases;
use super::super::run::Kiosk;
use super::super::{Input, PackInput};
use crate::clock::local;
use crate::domain::card::CardText;
use crate::domain::evaluation::Level;
use crate::domain::form::YES;
use crate::domain::item::Item;
use crate::domain::pack::PolicyRef;
use crate::journal;
use crate::store::{NewCase, NewEvaluation, SlipResult, SlipSerial, Store};
use crate::visit::{About, Application, Event, Ticket};

/// The answer under which what is given without application is confirmed.
const CONFIRMED: &str = "confirmed";

/// Journal rows that wait for the disk.
pub(in crate::kiosk) const ROWS: usize = 256;

impl Kiosk {
    pub(super) fn submit(&mut self, ticket: Ticket, application: &Application) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        let item = self.pack.item(&application.item.id);
        let questions = item.map_or(&[][..], |item| &item.questions);
        let answers = application.by_question(questions).into_iter();
        // Its facts are the platform's own.
        let confirmed = application.particulars.confirmed.as_ref();
        let confirmed = confirmed.map(|_| (CONFIRMED.to_owned(), YES.to_owned()));
        let case = NewCase {
            item: application.item.id.to_string(),
            pack_version: application.item.pack_version.clone(),
            parts: Vec::new(),
            card: application.applicant.clone(),
            answers: answers
                .chain(confirmed)
                .map(|(question, answer)| (question, answer.into()))
                .collect(),
            received_at: Timestamp::now(),
            clock_trusted: self.clock.trusted(),
            limit: item.and_then(Item::promised),
            legal: item.and_then(|item| item.legal),
            request: application.particulars.request,
            enterprise: application.particulars.enterprise.as_deref().cloned(),
        };
        self.tasks.spawn(async move {
            let facts = match store.submit(case).await {
                Ok(facts) => Some(facts),
                Err(error) => {
                    tracing::error!(%error, "a case could not be stored");
                    None
                }
            };
            inbox.put(Input::Reply(Event::Stored { ticket, facts }));
        });
    }

    pub(super) fn find_cases(&mut self, ticket: Ticket, card: Arc<CardText>) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        let (packs, in_force) = (self.held.packs.clone(), self.pack.version.clone());
        self.tasks.spawn(async move {
            let cases = store.cases_of(&card.number).await;
            let mut unreadable = 0;
            let cases = cases
                .inspect_err(|error| tracing::error!(%error, "cases could not be looked up"))
                .ok()
                // Nothing that can be read is not the same as nothing there.
                .filter(|found| !found.rows.is_empty() || found.unreadable == 0)
                .map(|found| {
                    unreadable = found.unreadable;
                    found.rows
                });
            // A case keeps the pack that it was begun with. Here only while its citizen is.
            let mut versions = Vec::new();
            for facts in cases.iter().flatten() {
                if facts.pack_version != in_force && !versions.contains(&facts.pack_version) {
                    versions.push(facts.pack_version.clone());
                }
            }
            if !versions.is_empty() {
                let packs = of_cases(packs, versions).await;
                inbox.put(Input::Packs(PackInput::OfCases(packs)));
            }
            inbox.put(Input::Reply(Event::CasesFound { ticket, cases, unreadable }));
        });
    }

    pub(super) fn record_evaluation(
        &mut self,
        ticket: Ticket,
        about: About,
        level: Level,
        tags: Vec<u16>,
    ) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        let evaluation = NewEvaluation {
            case: about.case,
            item: Some(about.item.id.to_string()),
            level,
            tags,
            pressed_at: Timestamp::now(),
            clock_trusted: self.clock.trusted(),
        };
        self.tasks.spawn(async move {
            let stored = store.record_evaluation(evaluation).await;
            if let Err(error) = &stored {
                tracing::error!(%error, "an evaluation could not be stored");
            }
            inbox.put(Input::Reply(Event::EvaluationStored { ticket, stored: stored.is_ok() }));
        });
    }

    /// Looks for promised days that have passed, by a clock that is right.
    pub(in crate::kiosk) fn note_overdue(&mut self) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        let (packs, in_force) = (self.held.packs.clone(), self.pack.clone());
        let now = local(Timestamp::now());
        self.tasks.spawn(async move {
            let noted = overdue::note_all(&store, packs, in_force, now).await;
            match noted {
                Ok(noted) => {
                    for facts in noted {
                        inbox.put(Input::Reply(Event::CaseAdvanced(facts)));
                    }
                }
                Err(error) => tracing::warn!(%error, "promised days could not be looked at"),
            }
        });
    }

    /// Asks the store how much waits, and so whether it lives.
    pub(in crate::kiosk) fn ask_store(&mut self) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        self.tasks.spawn(async move {
            let waiting = store.undelivered().await.ok();
            inbox.put(Input::StoreAnswered(waiting));
        });
    }

    /// Puts a row into the journal without waiting for the disk.
    pub(in crate::kiosk) fn journal(&self, event: journal::Event) {
        let kind = event.kind().name;
        if self.rows.try_send(Row::Event(event)).is_err() {
            tracing::error!(kind, "the journal is too far behind; a row was dropped");
        }
    }

    /// Counts a policy that was opened, without waiting for the disk.
    pub(super) fn count_policy(&self, policy: PolicyRef) {
        if self.rows.try_send(Row::PolicyShown(policy)).is_err() {
            tracing::error!("the journal is too far behind; a policy was not counted");
        }
    }

    /// Notes what became of a slip without waiting for the disk.
    pub(in crate::kiosk) fn slip_outcome(
        &self,
        serial: SlipSerial,
        outcome: SlipResult,
        why: Option<String>,
    ) {
        if self.rows.try_send(Row::Slip { serial, outcome, why }).is_err() {
            tracing::error!(%serial, "the journal is too far behind; an outcome was dropped");
        }
    }
}

/// A row of the journal that waits for the disk.
pub(in crate::kiosk) enum Row {
    Event(journal::Event),
    Slip { serial: SlipSerial, outcome: SlipResult, why: Option<String> },
    PolicyShown(PolicyRef),
}

/// Writes journal rows one after the other, so that they stand in the order in which they
/// happened.
pub(in crate::kiosk) async fn write_journal(store: Store, mut rows: mpsc::Receiver<Row>) {
    while let Some(row) = rows.recv().await {
        let written = match row {
            Row::Event(event) => store.journal(event).await,
            Row::Slip { serial, outcome, why } => store.slip_outcome(serial, outcome, why).await,
            Row::PolicyShown(policy) => store.policy_shown(policy).await,
        };
        if let Err(error) = written {
            tracing::error!(%error, "the journal could not be written");
        }
    }
}
