//! The platform: asked for the citizen who stands here.

use std::sync::Arc;

use super::super::Input;
use super::super::run::Kiosk;
use crate::domain::card::CardText;
use crate::platform::PlatformError;
use crate::visit::{Event, QueryTrouble, Ticket};

impl Kiosk {
    pub(super) fn query(&mut self, ticket: Ticket, card: Arc<CardText>) {
        let (client, inbox) = (self.client.clone(), self.inbox.clone());
        self.tasks.spawn(async move {
            let answer = match client.participation(&card).await {
                Ok(answer) if answer.rows.is_empty() => Err(QueryTrouble::NotFound),
                Ok(answer) => Ok(answer),
                Err(error) => {
                    tracing::warn!(%error, "participation query failed");
                    Err(query_trouble(&error))
                }
            };
            inbox.put(Input::Reply(Event::Queried { ticket, answer }));
        });
    }
}

fn query_trouble(error: &PlatformError) -> QueryTrouble {
    match error {
        PlatformError::Unreachable { .. } | PlatformError::Busy { .. } => QueryTrouble::Unreachable,
        PlatformError::Refused { .. } | PlatformError::Nonsense { .. } => QueryTrouble::Refused,
    }
}
