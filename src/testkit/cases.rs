//! Cases and cards for a store and for what shows them, and a store to put them into.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::{now, people};
use crate::case::{CaseFacts, CaseNumber, CaseStatus, QueryToken};
use crate::config;
use crate::domain::card::CardText;
use crate::domain::evaluation::Level;
use crate::store::{NewCase, NewEvaluation, PlatformAnswer, Store, StoreError};

/// Region and number of the kit's kiosk.
pub const REGION: &str = "000000";
pub const KIOSK: u16 = 1;

/// The instant item of the sample pack (失业登记).
pub const INSTANT: &str = "unemployment_registration";
/// The query of the sample pack (个人参保证明).
pub const QUERY: &str = "participation_query";

/// Version of the site pack that the kit's cases name.
pub const PACK_VERSION: &str = "2026.11.1";

/// A mobile number that nobody has.
pub const PHONE: &str = "13800000000";

/// The ordinary citizen's card.
pub fn card() -> Box<CardText> {
    card_of("citizen")
}

/// The card of one of [`people`].
///
/// # Panics
/// When nobody has this name.
pub fn card_of(person: &str) -> Box<CardText> {
    Box::new(people::find(person).expect("one of the kit's people").card)
}

/// Number of the kiosk's `sequence`-th case.
///
/// # Panics
/// For a sequence that no number can hold.
pub fn number(sequence: u64) -> CaseNumber {
    CaseNumber::new(REGION, KIOSK, sequence).expect("a sequence within its range")
}

/// A case of the ordinary citizen for [`INSTANT`], received [`now`] by a trusted clock.
pub fn new_case() -> NewCase {
    NewCase {
        item: INSTANT.to_owned(),
        pack_version: PACK_VERSION.to_owned(),
        parts: Vec::new(),
        card: card().into(),
        answers: vec![
            ("reason".to_owned(), Zeroizing::new("contract_ended".to_owned())),
            ("phone".to_owned(), Zeroizing::new(PHONE.to_owned())),
        ],
        received_at: now(),
        clock_trusted: true,
        limit: None,
        legal: None,
        request: None,
        enterprise: None,
    }
}

/// A press of the third key after the case `about`, or after a query.
pub fn new_evaluation(about: Option<CaseNumber>) -> NewEvaluation {
    NewEvaluation {
        item: about.is_none().then(|| QUERY.to_owned()),
        case: about,
        level: Level::Satisfied,
        tags: Vec::new(),
        pressed_at: now(),
        clock_trusted: true,
    }
}

/// What is known of the 17th case in this status, as the platform left it.
pub fn facts(status: CaseStatus) -> CaseFacts {
    let after = |seconds: i64| now() + SignedDuration::from_secs(seconds);
    let accepted = matches!(status, CaseStatus::Accepted | CaseStatus::Completed);
    CaseFacts {
        status,
        accepted_at: accepted.then(|| after(-6)),
        completed_at: (status == CaseStatus::Completed).then(|| after(-2)),
        due_at: Some(after(1791)),
        note: match status {
            CaseStatus::Completed => Some("样例登记号 SY-2026-000017".to_owned()),
            CaseStatus::Returned => Some("样例：已有有效的失业登记，不必重复登记。".to_owned()),
            CaseStatus::Received | CaseStatus::Accepted => None,
        },
        ..CaseFacts::received(
            number(17),
            INSTANT.to_owned(),
            PACK_VERSION.to_owned(),
            (after(-9), true),
            QueryToken::from_bits(17),
        )
    }
}

/// The platform's bare answer.
pub fn answer(status: CaseStatus) -> PlatformAnswer {
    PlatformAnswer::status(status)
}

/// The same moment, `seconds` after the epoch, for tests in which the clock jumps.
///
/// # Panics
/// Outside jiff's range.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).expect("a second within four digits of years")
}

/// `[store]` of a kiosk whose database lies in `folder`.
pub fn store_config(folder: &Path) -> config::Store {
    config::Store::at(folder.join("kiosk.db"))
}

/// Opens the store of the kit's kiosk in `folder`.
///
/// # Errors
/// Those of [`Store::open`].
pub fn open_store(folder: &Path) -> Result<Store, StoreError> {
    Store::open(&store_config(folder), REGION, KIOSK)
}
