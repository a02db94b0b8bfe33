//! What must survive: cases, evaluations, the outbox and the journal, in one SQLite database on
//! one thread of its own.
//!
//! [`Store`] is a handle; its methods return when the commit is on the disk (WAL,
//! `synchronous=FULL`), never before. Personal data is sealed (`seal.rs`); a handle returns it in a
//! [`Delivery`] only, but for a name that the platform may have put into the note of a case. The
//! order of everything is that of sequence numbers, never of the clock (promise P9).

mod cases;
mod error;
mod journal;
mod open;
mod outbox;
mod seal;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, mpsc, oneshot};
use zeroize::Zeroize;

use crate::case::{CaseFacts, CaseNumber, CaseStatus};
use crate::domain::card::{CardKind, CardText};
use crate::domain::evaluation::Level;

use cases::Db;
pub use error::StoreError;

/// A case as the visit hands it in.
pub struct NewCase {
    /// Identifier of the item in the site pack.
    pub item: String,
    pub card: Box<CardText>,
    /// Name of each question and the code or text that answers it.
    pub answers: Vec<(String, String)>,
    pub received_at: Timestamp,
    /// Whether the wall clock was known to be right at `received_at`.
    pub clock_trusted: bool,
}

/// One press of an evaluation key, with its reasons (promise P6: never made up).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvaluation {
    /// The case it is about; at most one evaluation each.
    pub case: Option<CaseNumber>,
    /// The item it is about, where no case was opened (a query).
    pub item: Option<String>,
    pub level: Level,
    /// Three-digit codes of the national tag set.
    pub tags: Vec<u16>,
    pub pressed_at: Timestamp,
    pub clock_trusted: bool,
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
}

/// What the platform needs to know of a citizen. Wiped when dropped, never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    pub kind: CardKind,
    pub name: String,
    pub name_latin: String,
    pub number: String,
    pub address: String,
    /// Name of each question and its answer, in the order asked.
    pub answers: Vec<(String, String)>,
}

impl std::fmt::Debug for Applicant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Applicant").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Drop for Applicant {
    fn drop(&mut self) {
        for text in [&mut self.name, &mut self.name_latin, &mut self.number, &mut self.address] {
            text.zeroize();
        }
        for (_, answer) in &mut self.answers {
            answer.zeroize();
        }
    }
}

/// What waits first in the outbox.
#[derive(Debug)]
pub enum Due {
    Now(Box<Delivery>),
    /// The next one may be tried after this long.
    Later(Duration),
    Nothing,
}

/// One thing to tell the platform.
#[derive(Debug)]
pub struct Delivery {
    seq: i64,
    /// The same at every attempt, so that the platform books it once (promise P3).
    pub idempotency_key: String,
    /// Attempts that failed before this one.
    pub attempts: u32,
    pub what: Work,
}

/// The content of a [`Delivery`].
#[derive(Debug)]
pub enum Work {
    Case {
        number: CaseNumber,
        item: String,
        received_at: Timestamp,
        clock_trusted: bool,
        applicant: Box<Applicant>,
    },
    Evaluation(NewEvaluation),
}

/// What the platform says of a case. The only thing that moves one forward (promise P1). `Debug`
/// leaves out the words.
#[derive(Clone, PartialEq, Eq)]
pub struct PlatformAnswer {
    pub status: CaseStatus,
    pub accepted_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub due_at: Option<Timestamp>,
    /// Words for the citizen; they may name one.
    pub note: Option<String>,
}

impl std::fmt::Debug for PlatformAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let PlatformAnswer { status, accepted_at, completed_at, due_at, note: _ } = self;
        f.debug_struct("PlatformAnswer")
            .field("status", status)
            .field("accepted_at", accepted_at)
            .field("completed_at", completed_at)
            .field("due_at", due_at)
            .finish_non_exhaustive()
    }
}

/// The platform's last word on a [`Delivery`]. `Debug` leaves out the words.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    Case(PlatformAnswer),
    EvaluationTaken,
    /// Not to be repeated. `words` are the platform's, for the citizen.
    Refused {
        code: String,
        words: String,
    },
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Case(answer) => f.debug_tuple("Case").field(answer).finish(),
            Outcome::EvaluationTaken => f.write_str("EvaluationTaken"),
            Outcome::Refused { code, words: _ } => {
                f.debug_struct("Refused").field("code", code).finish_non_exhaustive()
            }
        }
    }
}

/// Requests that may wait for the store's thread; more of them wait in their own tasks.
const REQUESTS: usize = 64;

type Request = Box<dyn FnOnce(&mut Db) + Send>;

enum Message {
    Request(Request),
    Close(oneshot::Sender<()>),
}

/// Handle to the store's thread; cheap to clone. When the last one is dropped the thread closes
/// the database and ends.
#[derive(Clone)]
pub struct Store {
    requests: mpsc::Sender<Message>,
    clock_trusted: Arc<AtomicBool>,
    outbox_changed: Arc<Notify>,
    path: PathBuf,
}

impl Store {
    /// Opens the database of this kiosk, creates it where there was none. Blocks while it checks
    /// the whole file.
    ///
    /// `region` (six digits) and `kiosk` begin every case number.
    ///
    /// # Errors
    /// Held by another process, not ours, too new, damaged, key missing or wrong, disk full; the
    /// file is left as it is.
    pub fn open(
        config: &crate::config::Store,
        region: &str,
        kiosk: u16,
    ) -> Result<Store, StoreError> {
        // Refuses a region or kiosk that could number no case, before any citizen stands here.
        CaseNumber::new(region, kiosk, 1)?;
        let path = config.path.clone();
        let clock_trusted = Arc::new(AtomicBool::new(false));
        let (requests, mut incoming) = mpsc::channel(REQUESTS);
        let (opened, outcome) = std::sync::mpsc::sync_channel(1);
        let (region, db_path, trusted) = (region.to_owned(), path.clone(), clock_trusted.clone());
        std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                let mut db = match Db::open(db_path, region, kiosk, trusted) {
                    Ok(db) => db,
                    Err(e) => {
                        let _ = opened.send(Err(e));
                        return;
                    }
                };
                if opened.send(Ok(())).is_err() {
                    return;
                }
                drop(opened);
                while let Some(message) = incoming.blocking_recv() {
                    match message {
                        Message::Request(work) => work(&mut db),
                        Message::Close(done) => {
                            drop(db);
                            let _ = done.send(());
                            return;
                        }
                    }
                }
            })
            .map_err(|e| StoreError::io(&path, "starting the store's thread", e))?;
        outcome.recv().map_err(|_| StoreError::Closed)??;
        Ok(Store { requests, clock_trusted, outbox_changed: Arc::new(Notify::new()), path })
    }

    /// Closes the database; every handle answers [`StoreError::Closed`] from now on.
    pub async fn close(self) {
        let (done, closed) = oneshot::channel();
        if self.requests.send(Message::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }

    /// Where the database lies.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Whether wall times noted from now on are known to be right (promise P9).
    pub fn set_clock_trusted(&self, trusted: bool) {
        self.clock_trusted.store(trusted, Ordering::Relaxed);
    }

    /// Takes a case in (收件): number, case, outbox and journal in one commit. When this returns
    /// `Ok` the case survives whatever comes (promise P2); on `Err` nothing of it is stored.
    ///
    /// # Errors
    /// Disk full, too large, the seven digits of the sequence used up.
    pub async fn submit(&self, case: NewCase) -> Result<CaseFacts, StoreError> {
        let facts = self.call(move |db| db.submit(case)).await?;
        self.outbox_changed.notify_one();
        Ok(facts)
    }

    /// The cases of the holder of this document number, newest first, at most 100.
    pub async fn cases_of(&self, id_number: &str) -> Result<Vec<CaseFacts>, StoreError> {
        let number = zeroize::Zeroizing::new(id_number.to_owned());
        self.call(move |db| db.cases_of(&number)).await
    }

    /// One case, `None` if it is not this kiosk's.
    pub async fn case(&self, number: &CaseNumber) -> Result<Option<CaseFacts>, StoreError> {
        let number = number.clone();
        self.call(move |db| db.case(&number)).await
    }

    /// The unfinished cases, oldest first.
    pub async fn queue(&self) -> Result<Vec<QueueRow>, StoreError> {
        self.call(|db| db.queue(Instant::now())).await
    }

    /// Stores an evaluation and puts it into the outbox.
    ///
    /// # Errors
    /// `AlreadyEvaluated` for the second one of a case, `UnknownCase`, disk full.
    pub async fn record_evaluation(&self, evaluation: NewEvaluation) -> Result<(), StoreError> {
        self.call(move |db| db.record_evaluation(&evaluation)).await?;
        self.outbox_changed.notify_one();
        Ok(())
    }

    /// Appends a row to the journal. `kind` names the event (`slip_printed`), `detail` holds its
    /// facts, at most 4 KiB, **never a personal datum**.
    ///
    /// Rows stand in the order of the calls as long as the caller awaits each before the next; calls
    /// that run at the same time, in tasks of their own, are written in any order.
    pub async fn journal(
        &self,
        kind: &'static str,
        case: Option<&CaseNumber>,
        detail: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let (case, detail) = (case.cloned(), detail.clone());
        self.call(move |db| db.journal(kind, case.as_ref(), &detail)).await
    }

    /// Checks the whole journal and returns the number of its rows.
    ///
    /// # Errors
    /// `JournalBroken` names the first row that was changed or is missing.
    pub async fn verify_journal(&self) -> Result<u64, StoreError> {
        self.call(|db| db.verify_journal()).await
    }

    /// Slips that were ever ordered on this kiosk: the journal's rows of kind `slip_ordered`. The
    /// serial numbers of slips go on from here after a restart.
    pub async fn slips_ordered(&self) -> Result<u64, StoreError> {
        self.call(|db| db.slips_ordered()).await
    }

    /// What to deliver at `now`: the oldest thing whose pause is over. An evaluation waits until
    /// its case was delivered. After a restart everything is due.
    pub async fn due(&self, now: Instant) -> Result<Due, StoreError> {
        self.call(move |db| db.due(now)).await
    }

    /// The platform has answered: takes the delivery out of the outbox. Returns the case if it
    /// moved.
    ///
    /// # Errors
    /// `WrongOutcome` for the outcome of a case where an evaluation was delivered, or the other way
    /// round; nothing is changed then.
    pub async fn delivered(
        &self,
        delivery: &Delivery,
        outcome: Outcome,
    ) -> Result<Option<CaseFacts>, StoreError> {
        let (seq, key) = (delivery.seq, delivery.idempotency_key.clone());
        self.call(move |db| db.delivered(seq, &key, &outcome)).await
    }

    /// The delivery failed for `reason` (no personal datum) and is due again at `next`.
    pub async fn failed(
        &self,
        delivery: &Delivery,
        reason: &str,
        next: Instant,
    ) -> Result<(), StoreError> {
        let (seq, reason) = (delivery.seq, reason.to_owned());
        self.call(move |db| db.failed(seq, &reason, next)).await
    }

    /// Everything in the outbox is due at once: the network is back.
    pub async fn retry_all(&self) -> Result<(), StoreError> {
        self.call(|db| db.retry_all()).await
    }

    /// Cases that the platform has and has not finished, newest first, at most 256.
    pub async fn awaiting(&self) -> Result<Vec<CaseNumber>, StoreError> {
        self.call(|db| db.awaiting()).await
    }

    /// What the platform says of a case when asked. Returns the case if it moved: only forward,
    /// never out of completed or returned.
    pub async fn answered(
        &self,
        number: &CaseNumber,
        answer: PlatformAnswer,
    ) -> Result<Option<CaseFacts>, StoreError> {
        let number = number.clone();
        self.call(move |db| db.answered(&number, &answer)).await
    }

    /// Waits until something was put into the outbox. Meant for one waiter, the outbox worker; a
    /// change before the call is not missed.
    pub async fn outbox_changed(&self) {
        self.outbox_changed.notified().await;
    }

    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        // Nobody waits for the answer any more when a visit was dropped meanwhile; the work is done.
        let request: Request = Box::new(move |db| drop(answer.send(work(db))));
        self.requests.send(Message::Request(request)).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

/// Looks at a store while a kiosk may be running on it: takes no lock, writes nothing, sees no
/// personal datum.
pub struct Reader {
    connection: Option<rusqlite::Connection>,
    path: PathBuf,
}

impl Reader {
    /// Opens for reading; a database that does not exist yet is an empty one.
    ///
    /// # Errors
    /// Not ours, or too new.
    pub fn open(config: &crate::config::Store) -> Result<Reader, StoreError> {
        let path = config.path.clone();
        Ok(Reader { connection: open::reader(&path)?, path })
    }

    /// The unfinished cases, oldest first.
    pub fn queue(&self) -> Result<Vec<QueueRow>, StoreError> {
        let Some(connection) = &self.connection else { return Ok(Vec::new()) };
        cases::queue(connection, |_| None)
            .map_err(|e| StoreError::sqlite(&self.path, "reading the queue", e))
    }

    /// Checks the whole journal and returns the number of its rows.
    pub fn verify_journal(&self) -> Result<u64, StoreError> {
        let Some(connection) = &self.connection else { return Ok(0) };
        journal::verify(connection, |e| StoreError::sqlite(&self.path, "reading the journal", e))
    }
}
