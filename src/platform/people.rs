//! What the platform says of people beside queries: what somebody is entitled to, for whom they act;
//! and the vacancies. An answer that is none of the contract's is as good as none.

use super::query::{bilingual, fact};
use crate::contract::{self, AuthorityResponse, EntitlementResponse, Vacancies};
use crate::domain::enterprise::Authority;
use crate::domain::entitlement::{Entitled, Entitlement};
use crate::domain::vacancy::{Vacancy, VacancyPage};

pub(crate) fn entitled(response: EntitlementResponse) -> Entitled {
    if !response.is_valid() {
        tracing::warn!("entitlement: the answer is not the contract's");
        return Entitled::Unknown;
    }
    match response {
        // That says nothing of what is given is no promise (promise P1).
        EntitlementResponse::Entitled { facts, .. } if facts.is_empty() => Entitled::Unknown,
        EntitlementResponse::Entitled { as_of, facts } => {
            Entitled::Yes(Entitlement { as_of, facts: facts.into_iter().map(fact).collect() })
        }
        EntitlementResponse::NotEntitled { reason } => Entitled::No { reason },
        EntitlementResponse::Unknown => Entitled::Unknown,
    }
}

pub(super) fn authority(response: AuthorityResponse) -> Authority {
    if !response.is_valid() {
        tracing::warn!("authority: the answer is not the contract's");
        return Authority::NotAvailable;
    }
    match response {
        AuthorityResponse::Confirmed { name } => {
            Authority::Confirmed { name: name.open().to_owned() }
        }
        AuthorityResponse::NotKnown { detail } => Authority::NotKnown { detail },
        AuthorityResponse::NotAvailable => Authority::NotAvailable,
    }
}

pub(crate) fn vacancies(page: Vacancies) -> Option<VacancyPage> {
    if !page.is_valid() {
        tracing::warn!("vacancies: the answer is not the contract's");
        return None;
    }
    let one = |vacancy: contract::Vacancy| Vacancy {
        number: vacancy.number,
        job: bilingual(vacancy.job),
        employer: bilingual(vacancy.employer),
        place: bilingual(vacancy.place),
        pay: vacancy.pay.map(bilingual),
        openings: vacancy.openings,
        phone: vacancy.phone,
    };
    Some(VacancyPage {
        as_of: page.as_of,
        total: page.total,
        vacancies: page.vacancies.into_iter().map(one).collect(),
        next: page.next,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn p1_what_is_none_of_the_contracts_promises_nothing() {
        let entitled =
            |json| entitled(serde_json::from_value::<EntitlementResponse>(json).unwrap());
        let fact =
            |zh: &str| json!({ "label": { "zh": zh }, "value": { "kind": "amount", "fen": 1 } });
        let said = |facts| json!({ "outcome": "entitled", "as_of": "2026-10-31", "facts": facts });
        assert!(matches!(entitled(said(json!([fact("标准")]))), Entitled::Yes(_)));
        for facts in [json!([]), json!([fact("")]), json!(vec![fact("标准"); 13])] {
            assert_eq!(entitled(said(facts)), Entitled::Unknown);
        }
        let no = entitled(json!({ "outcome": "not_entitled" }));
        assert_eq!(no, Entitled::No { reason: None });
        let long = json!({ "outcome": "confirmed", "name": "长".repeat(101) });
        assert_eq!(authority(serde_json::from_value(long).unwrap()), Authority::NotAvailable);
    }
}
