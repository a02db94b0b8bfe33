//! What goes into the store and comes out of it, but for the outbox (`delivery.rs`).

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::case::{CaseNumber, CaseStatus, HeldReason};
use crate::domain::card::CardText;
use crate::domain::deadline::Limit;
use crate::domain::enterprise::Enterprise;
use crate::domain::evaluation::Level;
use crate::domain::pack::PolicyRef;
use crate::domain::request::Request;

/// A case as the visit hands it in.
pub struct NewCase {
    /// Identifier in the site pack of the item, or of the package.
    pub item: String,
    /// Version of the site pack that the citizen was shown.
    pub pack_version: String,
    /// Items of the sub-cases of a package, each once, in the order of the pack; empty for a single
    /// item.
    pub parts: Vec<String>,
    pub card: Arc<CardText>,
    /// Name of each question and the code or text that answers it.
    pub answers: Vec<(String, Zeroizing<String>)>,
    pub received_at: Timestamp,
    /// Whether the wall clock was known to be right at `received_at`.
    pub clock_trusted: bool,
    /// How soon completion is promised: minutes from `received_at`, days from acceptance; `None` where
    /// no limit is told.
    pub limit: Option<Limit>,
    /// What the law allows (法定时限), where the pack says so.
    pub legal: Option<Limit>,
    /// What is asked of people, where the case is a request to them.
    pub request: Option<Request>,
    /// For whom the holder of the card acts.
    pub enterprise: Option<Enterprise>,
}

/// One press of an evaluation key, with its reasons (promise P6: never made up).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvaluation {
    /// The case it is about; at most one evaluation each.
    pub case: Option<CaseNumber>,
    /// The item it is about, where no case was opened (a query).
    pub item: Option<String>,
    pub level: Level,
    /// Three-digit codes of the national tag set. A bad level without any is kept for following up
    /// and never sent.
    pub tags: Vec<u16>,
    pub pressed_at: Timestamp,
    pub clock_trusted: bool,
}

/// A slip that is about to be given to the printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSlip {
    /// The case of a receipt.
    pub case: Option<CaseNumber>,
    /// Identifier of the item in the site pack, or what else it is about (`policy`, `outlet`).
    pub item: String,
    /// The policy that it tells.
    pub policy: Option<PolicyRef>,
    /// It says 补打 (promise P3).
    pub reprint: bool,
}

/// Number of a slip on this kiosk, from 1; never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlipSerial(pub u64);

impl std::fmt::Display for SlipSerial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Rows that were found. One that cannot be read hides no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    pub rows: Vec<T>,
    /// Rows that are there and cannot be read: damaged, or written by a newer program.
    pub unreadable: u32,
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Found { rows: Vec::new(), unreadable: 0 }
    }
}

/// One unfinished case as a technician may see it: no personal datum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueRow {
    pub number: CaseNumber,
    pub item: String,
    pub status: CaseStatus,
    pub received_at: Timestamp,
    pub clock_trusted: bool,
    /// Deliveries tried so far; 0 once the platform has answered.
    pub attempts: u32,
    /// Zero: as soon as possible. `None`: nothing to deliver, or not known outside the kiosk.
    pub next_attempt_in: Option<Duration>,
    pub last_error: Option<String>,
    /// It goes before all others.
    pub priority: bool,
    /// Why it waits for a technician.
    pub held: Option<HeldReason>,
}

/// A bad evaluation (差评) for which nobody named a reason: kept for following up (回访), never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEvaluation {
    pub pressed_at: Timestamp,
    pub clock_trusted: bool,
    pub level: Level,
    pub item: String,
    /// `None` after a query.
    pub case: Option<CaseNumber>,
}

/// How often a policy was shown and printed on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyCount {
    /// In China; `None` while no right clock has dated it.
    pub day: Option<jiff::civil::Date>,
    /// Counted by a clock that was known to be right; else it was on that day or before.
    pub certain: bool,
    pub policy: String,
    pub pack_version: String,
    pub shown: u32,
    pub printed: u32,
}

/// What opening the database has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Startup {
    /// When the newest row of the journal was written that was written by a clock known to be
    /// right. A clock that stands before it is wrong, whatever it says of itself.
    pub newest_trusted_at: Option<Timestamp>,
    /// The last slip is known to be wholly printed, or there was none. Otherwise the rest of one
    /// may still lie in the printer.
    pub last_slip_whole: bool,
    /// Slips that were ordered and of which nobody knows any more what became of them; unknown
    /// from now on.
    pub interrupted_slips: u32,
    /// Rows of the journal that were written and are gone, with whatever they tell of: the database
    /// was restored from a backup, or lost its log.
    pub lost_rows: u64,
}

/// What the last check of database and journal has found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreHealth {
    /// Not yet checked since the start.
    #[default]
    NotYet,
    /// Every page is whole, every row of the journal is as it was written.
    Whole {
        rows: u64,
    },
    Damaged {
        finding: String,
    },
}
