//! The platform: asked for the citizen who stands here.

use std::sync::Arc;

use super::super::Input;
use super::super::run::Kiosk;
use crate::contract::{Person, QueryRequest};
use crate::domain::card::CardText;
use crate::visit::{Event, ItemRef, Ticket};

impl Kiosk {
    pub(super) fn query(&mut self, ticket: Ticket, item: &ItemRef, card: Arc<CardText>) {
        let (client, inbox) = (self.client.clone(), self.inbox.clone());
        let query = QueryRequest {
            item: item.id.to_string(),
            pack_version: item.pack_version.to_string(),
            person: Person::without_address(&card),
            answers: Vec::new(),
        };
        self.tasks.spawn(async move {
            let answer = client.query(&query).await;
            inbox.put(Input::Reply(Event::Queried { ticket, answer }));
        });
    }
}
