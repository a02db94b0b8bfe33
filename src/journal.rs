//! The catalogue of journal events (全程可追溯, promise P7): each is declared once, here, with its
//! level, its fields and its meaning. Code writes them by these constructors, the manual lists
//! [`CATALOGUE`]; no field ever holds a personal datum.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use crate::case::Hindrance;
use crate::case::{CaseNumber, CaseStatus};
use crate::devices::state::DeviceState;
use crate::domain::card::CardKind;
use crate::domain::evaluation::Level;
use crate::domain::request::Requested;

/// How much an event asks of the technician.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventLevel {
    /// The normal course of things.
    Info,
    /// The world or a person did something that somebody should look at soon.
    Warning,
    /// Something is broken and will not mend itself.
    Error,
}

/// One line of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct EventKind {
    /// As it stands in the journal's column `kind`; never changed once it was shipped.
    pub name: &'static str,
    pub level: EventLevel,
    /// Whether the row names a case.
    pub about_a_case: bool,
    /// Name and type of each fact in the row.
    pub fields: &'static [(&'static str, &'static str)],
    pub meaning: &'static str,
}

/// What became of a slip (promise P3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlipResult {
    Printed,
    /// Nothing of it was printed.
    NotPrinted,
    /// Nobody knows; never reprinted by itself.
    Unknown,
}

/// What an event may say about its case.
trait About {
    fn case(&self) -> Option<&CaseNumber>;
}

impl About for CaseNumber {
    fn case(&self) -> Option<&CaseNumber> {
        Some(self)
    }
}

impl About for Option<CaseNumber> {
    fn case(&self) -> Option<&CaseNumber> {
        self.as_ref()
    }
}

macro_rules! catalogue {
    ($(
        $(#[doc = $meaning:literal])+
        $variant:ident = $name:literal, $level:ident $(, about $case:ident: $about:ty)?
        { $($field:ident: $type:ty),* $(,)? }
    )+) => {
        /// One thing that happened.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Event {
            $( $(#[doc = $meaning])+ $variant { $($case: $about,)? $($field: $type,)* }, )+
        }

        /// Every event that there is.
        pub const CATALOGUE: &[EventKind] = &[ $( EventKind {
            name: $name,
            level: EventLevel::$level,
            about_a_case: !<[&str]>::is_empty(&[$(stringify!($case))?]),
            fields: &[$((stringify!($field), stringify!($type))),*],
            meaning: concat!($($meaning),+),
        } ),+ ];

        /// Place of each event in [`CATALOGUE`].
        enum Place { $($variant),+ }

        impl Event {
            /// Its line of the catalogue.
            pub fn kind(&self) -> &'static EventKind {
                &CATALOGUE[match self { $( Event::$variant { .. } => Place::$variant, )+ } as usize]
            }

            /// The case that it is about.
            pub fn case(&self) -> Option<&CaseNumber> {
                match self { $(
                    #[allow(unused_variables, reason = "an event without fields")]
                    Event::$variant { $($case,)? .. } => {
                        let case: Option<&CaseNumber> = None;
                        $( let case = About::case($case); )?
                        case
                    }
                )+ }
            }

            /// Its facts, as they stand in the journal's column `detail`.
            pub fn detail(&self) -> serde_json::Value {
                let mut detail = serde_json::Map::new();
                match self { $(
                    Event::$variant { $($field,)* .. } => {
                        // Plain enums, numbers and strings serialise.
                        $( detail.insert(
                            stringify!($field).to_owned(),
                            serde_json::to_value($field).unwrap_or_default(),
                        ); )*
                    }
                )+ }
                detail.into()
            }
        }
    };
}

catalogue! {
    /// The kiosk's program has begun to serve.
    Started = "started", Info { version: String }
    /// The kiosk's program was ended in order.
    Stopped = "stopped", Info {}
    /// The kiosk could not serve before it began to, last for this cause (the numbers stand in
    /// `README.md`), for so many seconds.
    OutOfService = "out_of_service", Warning { cause: u16, seconds: u32 }
    /// Whether wall times are known to be right has changed.
    Clock = "clock", Info { trusted: bool }
    /// The card reader's state has changed.
    Reader = "reader", Info { state: DeviceState, untold: u32 }
    /// The printer's state has changed.
    Printer = "printer", Info { state: DeviceState, untold: u32 }
    /// The evaluation panel's state has changed.
    Panel = "panel", Info { state: DeviceState, untold: u32 }
    /// Whether the platform can be reached has changed.
    Network = "network", Info { online: bool }
    /// The number on a card fails its own check digit; the card was read all the same.
    CardNumberCheckFailed = "card_number_check_failed", Warning { kind: CardKind }
    /// A visit has ended while a card still lay on the reader; somebody should keep it safe.
    CardLeft = "card_left", Warning {}

    /// Another site pack is in force than before; empty: it was the first.
    PackInForce = "pack_in_force", Info { version: String, before: String }
    /// The platform has given a site pack; it was checked, and is in force from its day on.
    PackFetched = "pack_fetched", Info { version: String, effective_from: Option<Date> }
    /// A site pack is not used, for these faults; the one in force stays.
    PackRefused = "pack_refused", Warning { version: String, why: String }
    /// A technician has gone back from a site pack to another.
    PackBack = "pack_back", Warning { left: String, to: String }
    /// A technician has taken the going back back.
    PackForward = "pack_forward", Warning { left: String, to: String }

    /// A case was taken in (收件): it is on the disk, and waits for the platform.
    CaseReceived = "case_received", Info, about case: CaseNumber {
        item: String, parts: usize, pack_version: String,
    }
    /// A request to people was taken in (预约、上门、代办、回电), with the case of before; a priority
    /// goes first.
    RequestReceived = "request_received", Info, about case: CaseNumber {
        of: Requested, priority: bool,
    }
    /// Somebody whom the platform calls entitled does not want what is given without application. It
    /// says not who.
    EntitlementDeclined = "entitlement_declined", Info { item: String }
    /// The platform has accepted a case (受理).
    CaseAccepted = "case_accepted", Info, about case: CaseNumber { due_at: Option<Timestamp> }
    /// The platform has completed a case (办结); its personal part was dropped.
    CaseCompleted = "case_completed", Info, about case: CaseNumber {}
    /// The platform has returned a case, or refused it with this code.
    CaseReturned = "case_returned", Info, about case: CaseNumber {
        refusal: Option<String>, correct_by: Option<Date>,
    }
    /// The platform has told more of a case without moving it, such as another date.
    CaseDetailed = "case_detailed", Info, about case: CaseNumber { due_at: Option<Timestamp> }
    /// The platform has moved one sub-case of a package.
    CasePartMoved = "case_part_moved", Info, about case: CaseNumber {
        item: String, status: CaseStatus,
    }
    /// The platform cannot book a case as it was sent; it waits, and is sent again slowly.
    CaseHeld = "case_held", Error, about case: CaseNumber { code: String }
    /// The limit of an instant case is nearly over, and the case is not completed.
    LimitNear = "limit_near", Warning, about case: CaseNumber { minutes_left: i64 }
    /// The promised limit of a case, or its promised day, has passed.
    LimitBreached = "limit_breached", Warning, about case: CaseNumber { reason: Hindrance }
    /// The sealed part of a returned case was erased, its time being over.
    PersonalDataErased = "personal_data_erased", Info, about case: CaseNumber {}
    /// A finished case was removed from the kiosk, its time being over.
    CaseRemoved = "case_removed", Info, about case: CaseNumber {}

    /// A citizen has evaluated; the evaluation waits for the platform.
    EvaluationPressed = "evaluation_pressed", Info, about case: Option<CaseNumber> {
        item: Option<String>, level: Level, tags: Vec<u16>,
    }
    /// A citizen has pressed a bad level and named no reason: kept for following up, never sent.
    EvaluationKept = "evaluation_kept", Warning, about case: Option<CaseNumber> {
        item: Option<String>, level: Level,
    }
    /// The platform has taken an evaluation.
    EvaluationTaken = "evaluation_taken", Info, about case: Option<CaseNumber> {}
    /// The platform has refused an evaluation with this code.
    EvaluationRefused = "evaluation_refused", Warning, about case: Option<CaseNumber> { code: String }

    /// A slip was ordered; it has this serial from this row on.
    SlipOrdered = "slip_ordered", Info, about case: Option<CaseNumber> {
        slip: u64, item: String, reprint: bool,
    }
    /// What became of a slip, and why.
    SlipOutcome = "slip_outcome", Info, about case: Option<CaseNumber> {
        slip: u64, outcome: SlipResult, why: Option<String>,
    }

    /// Case numbers or slip serials were passed over, because the database does not know all that
    /// were given: it was restored or shortened, or the kiosk was not ended in order.
    NumbersSkipped = "numbers_skipped", Info { cases: u64, slips: u64 }
    /// The database knows fewer rows of its journal than were written, by so many at least: it was
    /// restored from a backup, or lost its log. What those rows told of may be missing, too.
    RowsLost = "rows_lost", Error { rows: u64 }
    /// The database was brought to a new schema; a copy of the old one lies beside it.
    SchemaMigrated = "schema_migrated", Info { from: i64, to: i64 }
    /// The database or its journal was found damaged or changed.
    StoreDamaged = "store_damaged", Error { finding: String }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn p7_every_event_is_named_once_and_explained() {
        let names: BTreeSet<_> = CATALOGUE.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), CATALOGUE.len());
        for kind in CATALOGUE {
            let plain = |b: u8| b.is_ascii_lowercase() || b == b'_';
            assert!(kind.name.bytes().all(plain) && kind.name.len() <= 64, "{}", kind.name);
            assert!(kind.meaning.trim().ends_with('.'), "{}", kind.name);
        }
    }

    #[test]
    fn an_event_is_its_line_of_the_catalogue_its_case_and_its_facts() {
        let case = CaseNumber::new("511703", 1, 1).unwrap();
        let event = Event::CaseHeld { case: case.clone(), code: "number_taken".to_owned() };
        assert_eq!((event.kind().name, event.kind().level), ("case_held", EventLevel::Error));
        assert!(event.kind().about_a_case);
        assert_eq!(event.kind().fields, [("code", "String")]);
        assert_eq!(event.case(), Some(&case));
        assert_eq!(event.detail().to_string(), r#"{"code":"number_taken"}"#);
        let event = Event::SlipOrdered { case: None, slip: 7, item: "x".to_owned(), reprint: true };
        assert_eq!(event.case(), None);
        assert_eq!(event.detail().to_string(), r#"{"item":"x","reprint":true,"slip":7}"#);
        let event = Event::Stopped {};
        assert_eq!((event.case(), event.detail().to_string()), (None, "{}".to_owned()));
        assert!(!event.kind().about_a_case);
    }
}
