//! What the simulated platform says, as a kiosk takes it, without a wire between: for whoever shows what
//! an answer would look like.

use super::{people, samples};
use crate::contract::{Person, QueryRequest, QueryResponse};
use crate::domain::answer::{NoAnswer, QueryAnswer};
use crate::domain::card::CardText;
use crate::domain::entitlement::Entitled;
use crate::domain::item::ItemRef;
use crate::domain::vacancy::VacancyPage;
use crate::platform;

/// The answer to a query.
///
/// # Errors
/// What a kiosk makes of an answer that is none of the contract's.
pub fn query(item: &ItemRef, card: &CardText) -> Result<QueryAnswer, NoAnswer> {
    let asked = QueryRequest {
        item: item.id.to_string(),
        pack_version: item.pack_version.clone(),
        person: Person::without_address(card),
        enterprise: None,
        answers: Vec::new(),
    };
    platform::query::answer(QueryResponse::Answer(samples::answer(&asked)))
}

/// Whether somebody is given something without application: who was born in an even year.
pub fn entitlement(card: &CardText) -> Entitled {
    platform::people::entitled(people::entitlement(&Person::without_address(card)))
}

/// The first page of the vacancies.
pub fn vacancies() -> Option<VacancyPage> {
    platform::people::vacancies(people::vacancies(None)?)
}
