//! The platform: asked for the citizen who stands here.

use super::super::Input;
use super::super::run::Kiosk;
use crate::contract::{AuthorityRequest, EntitlementRequest, Person, QueryRequest};
use crate::domain::card::CardText;
use crate::domain::enterprise::Enterprise;
use crate::visit::{Event, ItemRef, Ticket};

impl Kiosk {
    pub(super) fn query(
        &mut self,
        ticket: Ticket,
        item: &ItemRef,
        card: &CardText,
        enterprise: Option<&Enterprise>,
    ) {
        let (client, inbox) = (self.client.clone(), self.inbox.clone());
        let query = QueryRequest {
            item: item.id.to_string(),
            pack_version: item.pack_version.to_string(),
            person: Person::without_address(card),
            enterprise: enterprise.map(Into::into),
            answers: Vec::new(),
        };
        self.tasks.spawn(async move {
            let answer = client.query(&query).await;
            inbox.put(Input::Reply(Event::Queried { ticket, answer }));
        });
    }

    pub(super) fn entitlement(
        &mut self,
        ticket: Ticket,
        item: &ItemRef,
        card: &CardText,
        enterprise: Option<&Enterprise>,
    ) {
        let (client, inbox) = (self.client.clone(), self.inbox.clone());
        let asked = EntitlementRequest {
            item: item.id.to_string(),
            pack_version: item.pack_version.clone(),
            person: Person::without_address(card),
            enterprise: enterprise.map(Into::into),
        };
        self.tasks.spawn(async move {
            let answer = client.entitlement(&asked).await;
            inbox.put(Input::Reply(Event::Entitled { ticket, answer }));
        });
    }

    pub(super) fn authority(
        &mut self,
        ticket: Ticket,
        item: &ItemRef,
        card: &CardText,
        credit_code: String,
    ) {
        let (client, inbox) = (self.client.clone(), self.inbox.clone());
        let asked = AuthorityRequest {
            item: item.id.to_string(),
            pack_version: item.pack_version.clone(),
            person: Person::without_address(card),
            credit_code,
        };
        self.tasks.spawn(async move {
            let answer = client.authority(&asked).await;
            inbox.put(Input::Reply(Event::AuthorityTold { ticket, answer }));
        });
    }

    pub(super) fn vacancies(&mut self, ticket: Ticket, after: Option<String>) {
        let (client, inbox) = (self.client.clone(), self.inbox.clone());
        self.tasks.spawn(async move {
            let page = client.vacancies(after.as_deref()).await;
            inbox.put(Input::Reply(Event::VacanciesFound { ticket, page }));
        });
    }
}
