//! What may be shown and printed of a case.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{CaseNumber, CaseStatus, Hindrance, Route, RouteWay};
use crate::clock::local;
use crate::domain::calendar::Calendar;
use crate::domain::deadline::{Limit, Reason, Unit, deadline};
use crate::domain::pack::{Bilingual, ItemKind, Pack};
use crate::domain::request::Request;
use crate::say::{self, Lang, Sentence};

/// What may be shown and printed of a case, without any personal datum but what the platform may
/// have put into its words; `Debug` leaves out those and the token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFacts {
    pub number: CaseNumber,
    /// Identifier in the site pack of the item, or of the package that the parts belong to.
    pub item: String,
    /// Version of the site pack that the citizen was shown.
    pub pack_version: String,
    /// Sub-cases of a package, in the order of the pack; empty for a single item.
    pub parts: Vec<PartFacts>,
    pub status: CaseStatus,
    pub received_at: Timestamp,
    /// Whether the wall clock was known to be right when the case was received (promise P9).
    pub clock_trusted: bool,
    pub accepted_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    /// When the platform promised completion.
    pub due_at: Option<Timestamp>,
    /// Last day for correcting a returned case (补正期限), as the platform set it.
    pub correct_by: Option<Date>,
    /// The platform's own number of the application (受理编号).
    pub acceptance_number: Option<String>,
    /// The platform's words to the citizen: a registration number, or why it was returned.
    pub note: Option<String>,
    /// Why the case waits for a technician. It stays received: nobody has returned it.
    pub held: Option<HeldReason>,
    /// What stood in the way when the limit of the item, or its promised day, had passed.
    pub breach: Option<Hindrance>,
    /// Who handles it, as the platform says.
    pub route: Option<Route>,
    /// Of a request to people: what is asked of them, and when.
    pub request: Option<Request>,
    /// For whom it is, where that is an enterprise: its name as the platform has it.
    pub enterprise: Option<String>,
    /// For the QR code of the slip.
    pub query_token: QueryToken,
}

/// The last day by which a case is to be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromisedDay {
    pub day: Date,
    /// Beyond the years whose holidays are announced (暂定).
    pub provisional: bool,
    /// What was counted, from the day after acceptance.
    pub limit: Limit,
    /// Days of rest before `day`: not counted of a limit in working days, rolled over at the end of
    /// one in days of the calendar.
    pub rest: usize,
}

impl PromisedDay {
    /// How it was counted: `受理次日起第5个工作日，其间休息日2天不计`.
    pub fn why(self) -> Bilingual {
        let (n, rest) = (self.limit.amount().to_string(), self.rest.to_string());
        let sentence = match (self.limit.unit(), self.rest) {
            (Unit::WorkingDays, 0) => say::DUE_WHY_WORKING,
            (Unit::WorkingDays, _) => say::DUE_WHY_WORKING_REST,
            (_, 0) => say::DUE_WHY_CALENDAR,
            (_, _) => say::DUE_WHY_CALENDAR_REST,
        };
        let words = |lang| sentence.fill(lang, &[("n", &n), ("rest", &rest)]);
        Bilingual { zh: words(Lang::Zh), en: words(Lang::En) }
    }

    /// What is said of it, with `{day}` to be filled in.
    pub fn sentence(self) -> Sentence {
        if self.provisional { say::SLIP_DUE_DAY_PROVISIONAL } else { say::SLIP_DUE_DAY }
    }
}

impl CaseFacts {
    /// The last day by which a case of a promised item is to be completed, counted from the day on
    /// which the platform accepted it, by what is promised; the platform's own day goes before. `None`
    /// until it has answered, for it may wait for the network. One that is handled within the statutory
    /// limit is due by that, and by nothing where the pack does not know it. `pack` is the one that the
    /// case was begun with; the `calendar` is that of today, which may know the holidays of a year that
    /// one did not know yet.
    pub fn promised_day(&self, pack: &Pack, calendar: &Calendar) -> Option<PromisedDay> {
        let item = pack.item(&self.item)?;
        // Another version of the pack may promise something else.
        let same = self.pack_version == pack.version;
        if !same || item.kind != ItemKind::Promised || self.due_at.is_some() {
            return None;
        }
        let accepted = local(self.accepted_at?);
        let limit = if self.is_statutory() { item.legal } else { item.promise }?;
        let counted = |calendar| deadline(accepted, limit, &[], calendar);
        let due = match counted(calendar)? {
            // A calendar of today may have left years behind.
            due if due.provisional => {
                counted(&pack.calendar).filter(|own| !own.provisional).unwrap_or(due)
            }
            due => due,
        };
        let rest = due.why.iter().filter(|day| !day.counts && day.reason != Reason::Acceptance);
        let (day, provisional) = (due.due.date(), due.provisional);
        Some(PromisedDay { day, provisional, limit, rest: rest.count() })
    }

    /// Whether it is handled within the statutory limit (按法定时限执行), and no more as promised.
    pub fn is_statutory(&self) -> bool {
        self.route.as_ref().is_some_and(|route| route.way == RouteWay::StatutoryLimit)
    }

    /// What the day is called by which it is to be completed.
    pub fn due_label(&self) -> Sentence {
        if self.is_statutory() { say::SLIP_DUE_BY_LAW } else { say::SLIP_DUE_AT }
    }

    /// Whether it should have been completed by now and is not, as far as this kiosk knows: a limit
    /// that was noted as passed, or a promised day. `now` is the time in China by a clock that is
    /// right. A provisional day (暂定) passes nothing.
    pub fn is_overdue(
        &self,
        pack: Option<&Pack>,
        calendar: &Calendar,
        now: Option<DateTime>,
    ) -> bool {
        let passed = |now: DateTime| match self.status {
            CaseStatus::Received => {
                self.instant_left(pack, now).is_some_and(|left| left.is_negative())
            }
            _ => match (self.due_at, pack.and_then(|pack| self.promised_day(pack, calendar))) {
                (Some(at), _) => local(at) < now,
                (None, Some(PromisedDay { day, provisional: false, .. })) => day < now.date(),
                (None, _) => self.instant_left(pack, now).is_some_and(|left| left.is_negative()),
            },
        };
        !self.status.is_final() && (self.breach.is_some() || now.is_some_and(passed))
    }

    /// What is left of the minutes of an instant item, less than nothing when they have passed, by
    /// clocks that are and were right. `pack` is the one that the citizen was shown.
    pub fn instant_left(&self, pack: Option<&Pack>, now: DateTime) -> Option<SignedDuration> {
        let kind = pack?.item(&self.item)?.kind;
        let ItemKind::Instant { limit_min } = kind else { return None };
        let used = now.duration_since(local(self.received_at));
        self.clock_trusted.then(|| SignedDuration::from_mins(limit_min.into()) - used)
    }
}

/// One sub-case of a package (打包办): the same as [`CaseFacts`] for its own item.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartFacts {
    /// Identifier of the item in the site pack; once within the case.
    pub item: String,
    pub status: CaseStatus,
    pub completed_at: Option<Timestamp>,
    pub due_at: Option<Timestamp>,
    pub acceptance_number: Option<String>,
    pub note: Option<String>,
}

/// Why the platform could not book a case as it was sent, although nothing is wrong with the
/// citizen's matter: its number is taken, the item is not yet known there. For the technician;
/// the kiosk goes on sending it, slowly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldReason {
    /// The platform's code, an identifier of the contract (`number_taken`).
    pub code: String,
}

/// Unguessable name under which whoever holds the slip asks after its case: 26 letters and digits,
/// 128 bits, made by the kiosk. No personal datum, but whoever has it reads the state of the case;
/// so it is on the slip and with the platform, and in no log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QueryToken(String);

impl QueryToken {
    /// Writes 128 bits in the base 32 of Crockford, which has no letter that is read as a digit.
    pub fn from_bits(bits: u128) -> QueryToken {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let letter = |place: u32| char::from(ALPHABET[(bits >> (5 * place)) as usize & 31]);
        QueryToken((0..26).rev().map(letter).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for QueryToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QueryToken")
    }
}

impl std::fmt::Debug for CaseFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let CaseFacts {
            number,
            item,
            pack_version,
            parts,
            status,
            received_at,
            clock_trusted,
            accepted_at,
            completed_at,
            due_at,
            correct_by,
            acceptance_number,
            note: _,
            held,
            breach,
            route,
            request,
            enterprise: _,
            query_token: _,
        } = self;
        f.debug_struct("CaseFacts")
            .field("number", number)
            .field("item", item)
            .field("pack_version", pack_version)
            .field("parts", parts)
            .field("status", status)
            .field("received_at", received_at)
            .field("clock_trusted", clock_trusted)
            .field("accepted_at", accepted_at)
            .field("completed_at", completed_at)
            .field("due_at", due_at)
            .field("correct_by", correct_by)
            .field("acceptance_number", acceptance_number)
            .field("held", held)
            .field("breach", breach)
            .field("route", route)
            .field("request", request)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PartFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let PartFacts { item, status, completed_at, due_at, acceptance_number, note: _ } = self;
        f.debug_struct("PartFacts")
            .field("item", item)
            .field("status", status)
            .field("completed_at", completed_at)
            .field("due_at", due_at)
            .field("acceptance_number", acceptance_number)
            .finish_non_exhaustive()
    }
}

impl CaseFacts {
    /// A case of a single item as it is on the first moment.
    pub fn received(
        number: CaseNumber,
        item: String,
        pack_version: String,
        (received_at, clock_trusted): (Timestamp, bool),
        query_token: QueryToken,
    ) -> CaseFacts {
        CaseFacts {
            number,
            item,
            pack_version,
            parts: Vec::new(),
            status: CaseStatus::Received,
            received_at,
            clock_trusted,
            accepted_at: None,
            completed_at: None,
            due_at: None,
            correct_by: None,
            acceptance_number: None,
            note: None,
            held: None,
            breach: None,
            route: None,
            request: None,
            enterprise: None,
            query_token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_all_its_bits_and_shows_none() {
        assert_eq!(QueryToken::from_bits(0).as_str(), "0".repeat(26));
        assert_eq!(QueryToken::from_bits(u128::MAX).as_str(), format!("7{}", "Z".repeat(25)));
        assert_eq!(QueryToken::from_bits(33).as_str(), format!("{}11", "0".repeat(24)));
        assert_eq!(format!("{:?}", QueryToken::from_bits(77)), "QueryToken");
    }
}
