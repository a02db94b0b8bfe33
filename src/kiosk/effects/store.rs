//! The store: cases, evaluations and the journal.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::super::Input;
use super::super::run::Kiosk;
use crate::case::CaseNumber;
use crate::domain::card::CardText;
use crate::domain::evaluation::Level;
use crate::store::{NewCase, NewEvaluation, Store};
use crate::visit::{About, Application, Event, Ticket};

/// Journal rows that wait for the disk.
pub(in crate::kiosk) const ROWS: usize = 256;

impl Kiosk {
    pub(super) fn submit(&mut self, ticket: Ticket, application: &Application) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        let item = self.pack.item(&application.item.id);
        let questions = item.map_or(&[][..], |item| &item.questions);
        let case = NewCase {
            item: application.item.id.clone(),
            card: Box::new(CardText::clone(&application.applicant)),
            answers: application.by_question(questions),
            received_at: Timestamp::now(),
            clock_trusted: self.clock.trusted(),
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
        self.tasks.spawn(async move {
            let cases = store.cases_of(&card.number).await;
            let cases = cases
                .inspect_err(|error| tracing::error!(%error, "cases could not be looked up"))
                .ok();
            inbox.put(Input::Reply(Event::CasesFound { ticket, cases }));
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
            item: Some(about.item.id),
            level,
            tags,
            pressed_at: Timestamp::now(),
            clock_trusted: self.clock.trusted(),
        };
        self.tasks.spawn(async move {
            match store.record_evaluation(evaluation).await {
                Ok(()) => inbox.put(Input::Reply(Event::EvaluationStored { ticket })),
                Err(error) => tracing::error!(%error, "an evaluation could not be stored"),
            }
        });
    }

    /// Asks the store how many cases wait, and so whether it lives.
    pub(in crate::kiosk) fn ask_store(&mut self) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        self.tasks.spawn(async move {
            let waiting = store.queue().await.ok().map(|queue| queue.len() as u64);
            inbox.put(Input::StoreAnswered(waiting));
        });
    }

    /// Puts a row into the journal without waiting for the disk.
    pub(in crate::kiosk) fn journal(
        &self,
        kind: &'static str,
        case: Option<CaseNumber>,
        detail: serde_json::Value,
    ) {
        if self.rows.try_send(Row { kind, case, detail }).is_err() {
            tracing::error!(kind, "the journal is too far behind; a row was dropped");
        }
    }
}

/// A row of the journal that waits for the disk.
pub(in crate::kiosk) struct Row {
    kind: &'static str,
    case: Option<CaseNumber>,
    detail: serde_json::Value,
}

/// Writes journal rows one after the other, so that they stand in the order in which they
/// happened.
pub(in crate::kiosk) async fn write_journal(store: Store, mut rows: mpsc::Receiver<Row>) {
    while let Some(Row { kind, case, detail }) = rows.recv().await {
        if let Err(error) = store.journal(kind, case.as_ref(), &detail).await {
            tracing::error!(%error, kind, "the journal could not be written");
        }
    }
}
