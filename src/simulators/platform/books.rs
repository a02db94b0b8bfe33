//! What the simulated platform has booked. No personal datum: of a body it keeps the SM3 digest, to
//! tell a repetition from another request under the same key.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::case::{CaseNumber, CaseStatus, RouteWay};
use crate::contract::{
    ApplicationRequest, ApplicationState, CaseRoute, Changes, LimitUnit, PartState, PolicyCount,
    ServiceRequest, changes,
};
use crate::domain::fact::Private;
use crate::file;

/// Largest file of books: more than anybody books by hand.
const BOOKS_BYTES: u64 = 64 << 20;

/// Most counts of policies that are kept.
const POLICIES_MAX: usize = 20_000;

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// Everything that was asked, the health probe included.
    pub requests: u64,
    /// Applications and evaluations that arrived, repetitions and failures included.
    pub attempts: u64,
    /// Requests that had been booked before under the same key.
    pub duplicates: u64,
    /// Requests refused for good.
    pub refused: u64,
    /// Pages of the feed that were asked for.
    pub feed_asked: u64,
    /// Changes so far; each has its number.
    pub changes: u64,
    /// How often the feed was lost: cursors of an earlier one are unknown.
    pub feed_lost: u32,
    pub cases: Vec<BookedCase>,
    pub evaluations: Vec<BookedEvaluation>,
    /// How often policies were shown and printed, a day.
    #[serde(default)]
    pub policies: Vec<PolicyCount>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedCase {
    pub case_number: CaseNumber,
    pub item: String,
    /// Of a request to people: what is asked, and whether it goes first.
    #[serde(default)]
    pub request: Option<ServiceRequest>,
    /// As the kiosk is told; its `application_id` is the idempotency key.
    pub state: ApplicationState,
    /// Number of its last change.
    pub changed: u64,
    /// SM3 of the body.
    pub digest: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedEvaluation {
    pub evaluation_number: String,
    pub case_number: Option<CaseNumber>,
    pub item: Option<String>,
    pub satisfaction: u8,
    pub tags: Vec<u16>,
    pub idempotency_key: String,
    pub digest: String,
}

impl Books {
    /// Notes totals: the larger of two for the same day, policy and version holds.
    pub(super) fn note_policies(&mut self, counts: Vec<PolicyCount>) {
        for count in counts {
            let same = |noted: &&mut PolicyCount| {
                (noted.day, &noted.policy, &noted.pack_version)
                    == (count.day, &count.policy, &count.pack_version)
            };
            match self.policies.iter_mut().find(same) {
                Some(noted) => {
                    noted.certain &= count.certain;
                    noted.shown = noted.shown.max(count.shown);
                    noted.printed = noted.printed.max(count.printed);
                }
                None => self.policies.push(count),
            }
        }
        // It keeps of the oldest days no more than a kiosk does.
        self.policies.sort_by_key(|count| count.day);
        let old = self.policies.len().saturating_sub(POLICIES_MAX);
        self.policies.drain(..old);
    }

    /// The case with this number.
    pub fn case(&self, number: &CaseNumber) -> Option<&BookedCase> {
        self.cases.iter().find(|case| case.case_number == *number)
    }

    /// Books a new case as accepted (受理).
    pub(super) fn accept(&mut self, key: String, digest: String, request: &ApplicationRequest) {
        let now = Timestamp::now();
        self.changes += 1;
        // An instant item promises its own minutes; days the kiosk counts by its calendar.
        let due_at = request.limit.and_then(|limit| match limit.unit {
            LimitUnit::Minutes => {
                now.checked_add(SignedDuration::from_mins(limit.value.into())).ok()
            }
            LimitUnit::WorkingDays | LimitUnit::CalendarDays => None,
        });
        let part = |item: &str| PartState {
            item: item.to_owned(),
            status: CaseStatus::Accepted,
            acceptance_number: None,
            department: None,
            due_at,
            completed_at: None,
            note: None,
        };
        let state = ApplicationState {
            application_id: key,
            acceptance_number: Some(format!("样例受理{:06}", self.cases.len() + 1)),
            status: CaseStatus::Accepted,
            accepted_at: Some(now),
            completed_at: None,
            due_at,
            correct_by: None,
            note: request.request.as_ref().map(|_| Private::new(TAKEN_ON)),
            route: request.request.is_none().then(|| route_of(request)),
            parts: request.parts.iter().map(|wanted| part(&wanted.item)).collect(),
        };
        self.cases.push(BookedCase {
            case_number: request.case_number.clone(),
            item: request.item.clone(),
            request: request.request.clone(),
            state,
            changed: self.changes,
            digest,
        });
    }

    /// Ends every part and every case whose time has come: the parts one after the other, the case
    /// when all of them have ended. Returns whether anything changed.
    pub(super) fn go_on(&mut self, complete_after: Duration, words: Option<&str>) -> bool {
        let now = Timestamp::now();
        let before = self.changes;
        // A request is done when somebody has come or called.
        let by_itself = |case: &&mut BookedCase| {
            case.state.status == CaseStatus::Accepted && case.request.is_none()
        };
        for case in self.cases.iter_mut().filter(by_itself) {
            let since = now.duration_since(case.state.accepted_at.unwrap_or(now)).unsigned_abs();
            let mut changed = false;
            let parts = u32::try_from(case.state.parts.len()).unwrap_or(u32::MAX);
            for (part, nth) in case.state.parts.iter_mut().zip(1..) {
                let time = complete_after * nth / parts;
                if part.status == CaseStatus::Accepted && since >= time {
                    part.status = CaseStatus::Completed;
                    part.completed_at = Some(now);
                    part.note = Some(Private::new("样例：本项已办结。"));
                    changed = true;
                }
            }
            let ended = case.state.parts.iter().all(|part| part.status != CaseStatus::Accepted);
            if since >= complete_after && ended {
                let number = case.case_number.as_str();
                let sample = || format!("登记编号：样例{}", &number[number.len() - 8..]);
                case.state.status = CaseStatus::Completed;
                case.state.completed_at = Some(now);
                case.state.note = Some(Private::new(words.map_or_else(sample, str::to_owned)));
                changed = true;
            }
            if changed {
                self.changes += 1;
                case.changed = self.changes;
            }
        }
        self.changes != before
    }

    /// What is under way, as whoever takes it on sees it: priorities first (绿色通道).
    pub(super) fn inbox(&self) -> String {
        let open = |case: &&BookedCase| case.state.status == CaseStatus::Accepted;
        let mut open: Vec<&BookedCase> = self.cases.iter().filter(open).collect();
        open.sort_by_key(|case| !case.is_priority());
        let line = |case: &&BookedCase| {
            let first = if case.is_priority() { "绿色通道 " } else { "" };
            format!("{first}{} {}", case.case_number, case.item)
        };
        match open.is_empty() {
            true => "nothing is under way".to_owned(),
            false => open.iter().map(line).collect::<Vec<_>>().join("\n"),
        }
    }

    /// Sends an accepted case another way. `false` if there is none.
    pub(super) fn send_another_way(&mut self, number: &CaseNumber, way: RouteWay) -> bool {
        let accepted = |case: &&mut BookedCase| {
            case.case_number == *number && case.state.status == CaseStatus::Accepted
        };
        let Some(case) = self.cases.iter_mut().find(accepted) else { return false };
        case.state.route = Some(route(way));
        self.changes += 1;
        case.changed = self.changes;
        true
    }

    /// Returns an accepted case, or one part of it, to the citizen (补正). `false` if there is none.
    pub(super) fn give_back(
        &mut self,
        number: &CaseNumber,
        item: Option<&str>,
        words: &str,
    ) -> bool {
        let found = self
            .cases
            .iter_mut()
            .find(|c| c.case_number == *number && c.state.status == CaseStatus::Accepted);
        let Some(case) = found else { return false };
        match item {
            None => {
                case.state.status = CaseStatus::Returned;
                case.state.note = Some(Private::new(words));
                let now = Timestamp::now();
                let last = now.checked_add(SignedDuration::from_hours(15 * 24)).ok();
                case.state.correct_by =
                    last.map(|last| last.to_zoned(jiff::tz::TimeZone::UTC).date());
            }
            Some(item) => {
                let open = |part: &&mut PartState| {
                    part.item == item && part.status == CaseStatus::Accepted
                };
                let Some(part) = case.state.parts.iter_mut().find(open) else { return false };
                part.status = CaseStatus::Returned;
                part.note = Some(Private::new(words));
            }
        }
        self.changes += 1;
        case.changed = self.changes;
        true
    }

    /// The page of the feed after a cursor; `None` for a cursor of another feed.
    pub(super) fn page(&self, after: Option<&str>) -> Option<Changes> {
        let after = match after {
            None => 0,
            Some(cursor) => {
                let (feed, change) = cursor.split_once('.')?;
                let change = change.parse().ok().filter(|change| *change <= self.changes)?;
                (feed.parse() == Ok(self.feed_lost)).then_some(change)?
            }
        };
        let mut later: Vec<_> = self.cases.iter().filter(|case| case.changed > after).collect();
        later.sort_by_key(|case| case.changed);
        let more = later.len() > changes::PAGE_MAX;
        later.truncate(changes::PAGE_MAX);
        let last = later.last().map_or(after, |case| case.changed);
        Some(Changes {
            changes: later.into_iter().map(|case| case.state.clone()).collect(),
            cursor: format!("{}.{last}", self.feed_lost),
            more,
        })
    }
}

impl BookedCase {
    fn is_priority(&self) -> bool {
        self.request.as_ref().is_some_and(|request| request.priority)
    }
}

/// What is said of a request that somebody has taken on.
const TAKEN_ON: &str = "样例：已转交网点工作人员。";

/// What promises minutes is done at once; of the rest the id of the item decides.
fn route_of(request: &ApplicationRequest) -> CaseRoute {
    let minutes = request.limit.is_some_and(|limit| limit.unit == LimitUnit::Minutes);
    let sum: u32 = request.item.bytes().map(u32::from).sum();
    route(match (minutes, sum % 3) {
        (true, _) => RouteWay::AtOnce,
        (false, 0) => RouteWay::BackOffice,
        (false, 1) => RouteWay::OtherDepartment,
        (false, _) => RouteWay::StatutoryLimit,
    })
}

fn route(way: RouteWay) -> CaseRoute {
    let department =
        (way == RouteWay::OtherDepartment).then(|| "示例市医疗保障局（样例）".to_owned());
    let reason = (way == RouteWay::StatutoryLimit)
        .then(|| Private::new("样例：需要现场调查，暂按法定时限办理。"));
    CaseRoute { way, department, reason }
}

/// The books and the file that they are written to.
pub(super) struct Keeper {
    books: Mutex<Books>,
    file: Option<PathBuf>,
}

impl Keeper {
    /// # Errors
    /// The file cannot be read or written, or holds something else.
    pub(super) fn open(kept: Option<PathBuf>) -> std::io::Result<Keeper> {
        let books = match &kept {
            Some(path) if path.exists() => serde_json::from_slice(&file::read(path, BOOKS_BYTES)?)?,
            _ => Books::default(),
        };
        if let Some(path) = &kept {
            // Now, and not at the first case, is the time to learn that this cannot be written.
            file::write(path, pretty(&books).as_bytes())?;
        }
        Ok(Keeper { books: Mutex::new(books), file: kept })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Whole or not at all: somebody may read while we write.
    pub(super) fn write(&self, books: &Books) {
        let Some(path) = &self.file else { return };
        let new = path.with_extension("new");
        let written =
            std::fs::write(&new, pretty(books)).and_then(|()| std::fs::rename(&new, path));
        if let Err(e) = written {
            tracing::warn!("platform simulator: {}: {e}", path.display());
        }
    }
}

pub(super) fn pretty(books: &Books) -> String {
    serde_json::to_string_pretty(books).expect("books are plain data")
}
