//! The platform: asked for the citizen who stands here.

use std::sync::Arc;

use super::super::Input;
use super::super::run::Kiosk;
use crate::domain::answer::Nothing;
use crate::domain::card::CardText;
use crate::platform::PlatformError;
use crate::visit::{Event, Ticket};

impl Kiosk {
    pub(super) fn query(&mut self, ticket: Ticket, card: Arc<CardText>) {
        let (client, inbox) = (self.client.clone(), self.inbox.clone());
        self.tasks.spawn(async move {
            let answer = match client.participation(&card).await {
                Ok(answer) if answer.rows.is_empty() => Err(Nothing::NoRecord),
                Ok(answer) => Ok(answer.into()),
                Err(error) => {
                    tracing::warn!(%error, "participation query failed");
                    Err(why_nothing(&error))
                }
            };
            inbox.put(Input::Reply(Event::Queried { ticket, answer }));
        });
    }
}

fn why_nothing(error: &PlatformError) -> Nothing {
    match error {
        PlatformError::Unreachable { .. }
        | PlatformError::Busy { .. }
        | PlatformError::Nonsense { .. } => Nothing::NotAvailable,
        PlatformError::Refused { .. } => Nothing::NotPermitted,
    }
}
