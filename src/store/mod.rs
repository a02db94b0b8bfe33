//! What must survive: cases with their parts, evaluations, slips, the outbox and the journal, in
//! one SQLite database on one thread of its own.
//!
//! [`Store`] is a handle; its methods return when the commit is on the disk (WAL,
//! `synchronous=FULL`), never before. Personal data is sealed (`seal.rs`); a handle returns it in a
//! [`Delivery`] only, but for a name that the platform may have put into the note of a case. The
//! order of everything is that of sequence numbers, never of the clock (promise P9).

mod care;
mod cases;
mod chain;
mod check;
mod compose;
mod create;
mod db;
mod delivery;
mod error;
mod evaluations;
mod files;
mod limits;
mod lock;
mod mark;
mod migrations;
mod open;
mod outbox;
mod overdue;
mod places;
mod policies;
mod progress;
mod records;
mod retention;
mod seal;
mod slips;
#[cfg(test)]
mod tests;
mod viewer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use tokio::sync::{Notify, mpsc, oneshot};

use crate::case::{CaseFacts, CaseNumber};
use crate::domain::pack::PolicyRef;
use crate::journal::Event;
pub use crate::journal::{Hindrance, SlipResult};
use care::Care;
use db::Db;
pub use delivery::{Change, Delivery, DeliveryKind, Due, PlatformAnswer, Verdict};
pub use error::StoreError;
pub use lock::in_use;
pub use records::{
    Found, KeptEvaluation, NewCase, NewEvaluation, NewSlip, PolicyCount, QueueRow, SlipSerial,
    Startup, StoreHealth,
};
pub use viewer::StoreViewer;

/// Requests that may wait for the store's thread; more of them wait in their own tasks.
const REQUESTS: usize = 64;
/// Commits in a row that may fail before the database is opened anew.
const FAILED_COMMITS: u32 = 3;

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
    care: std::sync::mpsc::SyncSender<care::Order>,
    cared_for: Arc<care::Shared>,
    failed_commits: Arc<AtomicU32>,
    startup: Startup,
    path: PathBuf,
}

/// What the store's thread tells of its beginning.
struct Opened {
    path: PathBuf,
    startup: Startup,
    care: std::sync::mpsc::SyncSender<care::Order>,
    cared_for: Arc<care::Shared>,
    failed_commits: Arc<AtomicU32>,
}

impl Store {
    /// Opens the database of this kiosk, creates it where there was none, brings an older one up
    /// to date. Takes as long whatever is stored; the whole of it is checked later, beside the
    /// work ([`Store::health`]).
    ///
    /// `region` (six digits) and `kiosk` begin every case number.
    ///
    /// # Errors
    /// Held by another process, not ours, too new, damaged, key or mark missing or wrong, disk
    /// full; the file is left as it is.
    pub fn open(
        config: &crate::config::Store,
        region: &str,
        kiosk: u16,
    ) -> Result<Store, StoreError> {
        // Refuses a region or kiosk that could number no case, before any citizen stands here.
        CaseNumber::new(region, kiosk, 1)?;
        let (config, region) = (config.clone(), region.to_owned());
        let path = config.path.clone();
        let clock_trusted = Arc::new(AtomicBool::new(false));
        let (requests, incoming) = mpsc::channel(REQUESTS);
        let (opened, outcome) = std::sync::mpsc::sync_channel(1);
        let (trusted, weak) = (clock_trusted.clone(), requests.downgrade());
        std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                let begun = Db::open(&config, region, kiosk, trusted).and_then(|mut db| {
                    let startup = db.startup()?;
                    let care = Care::start(&db.path, weak)?;
                    Ok((db, startup, care))
                });
                let (db, startup, care) = match begun {
                    Ok(begun) => begun,
                    Err(e) => {
                        let _ = opened.send(Err(e));
                        return;
                    }
                };
                let tell = Opened {
                    path: db.path.clone(),
                    startup,
                    care: care.orders(),
                    cared_for: care.shared(),
                    failed_commits: db.failed_commits.clone(),
                };
                if opened.send(Ok(tell)).is_ok() {
                    drop(opened);
                    serve(db, care, incoming);
                }
            })
            .map_err(|e| StoreError::io(&path, "starting the store's thread", e))?;
        let Opened { path, startup, care, cared_for, failed_commits } =
            outcome.recv().map_err(|_| StoreError::Closed)??;
        let outbox_changed = Arc::new(Notify::new());
        Ok(Store {
            requests,
            clock_trusted,
            outbox_changed,
            care,
            cared_for,
            failed_commits,
            startup,
            path,
        })
    }

    /// Closes the database; every handle answers [`StoreError::Closed`] from now on.
    pub async fn close(self) {
        let (done, closed) = oneshot::channel();
        if self.requests.send(Message::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }

    /// Where the database really lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What opening it has shown.
    pub fn startup(&self) -> Startup {
        self.startup
    }

    /// What the last check of the whole database has found; made beside the work, some minutes
    /// after the start and then once a day.
    pub fn health(&self) -> StoreHealth {
        self.cared_for.health()
    }

    /// Whether nothing can be stored any more: the last commits have all failed, and not for want of
    /// room. Only opening it anew can tell what is wrong.
    pub fn fails(&self) -> bool {
        self.failed_commits.load(Ordering::Relaxed) >= FAILED_COMMITS
    }

    /// Checks the whole database and the journal now, beside the work.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn check(&self) -> Result<StoreHealth, StoreError> {
        let (answer, found) = oneshot::channel();
        let (care, order) = (self.care.clone(), care::Order::Check(answer));
        // Waits while four others do; a thread that has ended answers by dropping the question.
        let asked = tokio::task::spawn_blocking(move || care.send(order)).await;
        if !matches!(asked, Ok(Ok(()))) {
            return Err(StoreError::Closed);
        }
        found.await.map_err(|_| StoreError::Closed)?
    }

    /// Whether wall times noted from now on are known to be right (promise P9).
    pub fn set_clock_trusted(&self, trusted: bool) {
        self.clock_trusted.store(trusted, Ordering::Relaxed);
    }

    /// Takes a case in (收件): number, case, outbox and journal in one commit. When this returns
    /// `Ok` the case survives whatever comes (promise P2); on `Err` nothing of it is stored.
    ///
    /// # Errors
    /// Disk full, too large, the nine digits of the sequence used up.
    pub async fn submit(&self, case: NewCase) -> Result<CaseFacts, StoreError> {
        let facts = self.call(move |db| db.submit(case)).await?;
        self.outbox_changed.notify_one();
        Ok(facts)
    }

    /// The cases of the holder of this document number, newest first, at most 100.
    ///
    /// # Errors
    /// The database cannot be read: that is not the same as no cases.
    pub async fn cases_of(&self, id_number: &str) -> Result<Found<CaseFacts>, StoreError> {
        let number = zeroize::Zeroizing::new(id_number.to_owned());
        self.call(move |db| db.cases_of(&number)).await
    }

    /// One case, `None` if it is not this kiosk's.
    ///
    /// # Errors
    /// The database or this row cannot be read.
    pub async fn case(&self, number: &CaseNumber) -> Result<Option<CaseFacts>, StoreError> {
        let number = number.clone();
        self.call(move |db| db.case(&number)).await
    }

    /// Up to 64 cases that the platform has not finished and whose limit was not noted as passed,
    /// behind the sequence `after`, in their order.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn under_way(&self, after: u64) -> Result<Vec<CaseFacts>, StoreError> {
        self.call(move |db| db.under_way(after)).await
    }

    /// Notes that the promised day of these cases has passed without completion: each once, with a row
    /// in the journal. Returns those that were noted now.
    ///
    /// # Errors
    /// Disk full.
    pub async fn note_overdue(
        &self,
        numbers: Vec<CaseNumber>,
    ) -> Result<Vec<CaseFacts>, StoreError> {
        self.call(move |db| db.note_overdue(&numbers)).await
    }

    /// The unfinished cases, those of priorities first, then the oldest.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn queue(&self) -> Result<Found<QueueRow>, StoreError> {
        self.call(|db| db.queue(Instant::now())).await
    }

    /// Versions of the site packs that unfinished cases were begun with, those of the newest first, at
    /// most 64.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn pack_versions(&self) -> Result<Vec<String>, StoreError> {
        self.call(|db| db.pack_versions()).await
    }

    /// How often each policy was shown and printed, a day, the oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn policy_counts(&self) -> Result<Found<PolicyCount>, StoreError> {
        self.call(|db| db.policy_counts()).await
    }

    /// Stores an evaluation and puts it into the outbox; one that may not be sent is kept.
    ///
    /// # Errors
    /// `AlreadyEvaluated` for the second one of a case, `UnknownCase`, disk full.
    pub async fn record_evaluation(&self, evaluation: NewEvaluation) -> Result<(), StoreError> {
        self.call(move |db| db.record_evaluation(&evaluation)).await?;
        self.outbox_changed.notify_one();
        Ok(())
    }

    /// Counts that a policy was shown, on the day of today, and nothing of whom it was shown to.
    ///
    /// # Errors
    /// Disk full.
    pub async fn policy_shown(&self, policy: PolicyRef) -> Result<(), StoreError> {
        self.call(move |db| db.policy_shown(&policy)).await
    }

    /// Gives a slip its serial and notes that it was ordered, in one commit. A slip without this
    /// is not given to the printer.
    ///
    /// # Errors
    /// Disk full.
    pub async fn order_slip(&self, slip: NewSlip) -> Result<SlipSerial, StoreError> {
        self.call(move |db| db.order_slip(slip)).await
    }

    /// Notes what became of a slip, and why, in words without a personal datum. Once a slip; one
    /// that is never told is unknown after the next start. A policy that is known to be printed is
    /// counted with it.
    ///
    /// # Errors
    /// `NoSuchSlip` for one that was not ordered or is settled, disk full.
    pub async fn slip_outcome(
        &self,
        serial: SlipSerial,
        outcome: SlipResult,
        why: Option<String>,
    ) -> Result<(), StoreError> {
        self.call(move |db| db.slip_outcome(serial, outcome, why)).await
    }

    /// Appends a row to the journal.
    ///
    /// Rows stand in the order of the calls as long as the caller awaits each before the next; calls
    /// that run at the same time, in tasks of their own, are written in any order.
    ///
    /// # Errors
    /// Disk full, too large.
    pub async fn journal(&self, event: Event) -> Result<(), StoreError> {
        self.call(move |db| db.journal(&event)).await
    }

    /// What to deliver at `now`: the oldest thing whose pause is over. An evaluation waits until
    /// its case was delivered. After a restart everything is due.
    ///
    /// # Errors
    /// `Sealed` for a body that cannot be opened; it is set aside, the next one may be due.
    pub async fn due(&self, now: Instant) -> Result<Due, StoreError> {
        self.call(move |db| db.due(now)).await
    }

    /// The platform has answered: takes the delivery out of the outbox, or holds it. Returns the
    /// case if it moved or is held for a new reason.
    ///
    /// # Errors
    /// `WrongVerdict` for the state of an application where an evaluation was delivered, or the
    /// other way round; nothing is changed then.
    pub async fn delivered(
        &self,
        delivery: &Delivery,
        verdict: Verdict,
    ) -> Result<Option<CaseFacts>, StoreError> {
        let (seq, key) = (delivery.seq, delivery.idempotency_key.clone());
        self.call(move |db| db.delivered(seq, &key, &verdict, Instant::now())).await
    }

    /// The delivery failed for `reason` (no personal datum) and is due again at `next`.
    ///
    /// # Errors
    /// Disk full; the pause holds all the same.
    pub async fn failed(
        &self,
        delivery: &Delivery,
        obstacle: Hindrance,
        reason: &str,
        next: Instant,
    ) -> Result<(), StoreError> {
        let (seq, reason) = (delivery.seq, reason.to_owned());
        self.call(move |db| db.failed(seq, obstacle, &reason, next)).await
    }

    /// How much the platform has not taken yet. Quick, and so also the way to ask whether the store
    /// lives.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn undelivered(&self) -> Result<u64, StoreError> {
        self.call(|db| db.undelivered()).await
    }

    /// Everything in the outbox is due at once, but what is held: the network is back.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn retry_all(&self) -> Result<(), StoreError> {
        self.call(|db| db.retry_all()).await
    }

    /// Up to where the platform's feed of changes was noted; `None` at the very beginning.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn changes_cursor(&self) -> Result<Option<String>, StoreError> {
        self.call(|db| db.changes_cursor()).await
    }

    /// Notes one page of the feed and its cursor in one commit; nothing where a short page moves
    /// nothing. Returns the cases that moved: only
    /// forward, never out of completed or returned. A change of something that is not under way
    /// is passed over.
    ///
    /// # Errors
    /// `TooLarge` for more than 256 changes, disk full; then nothing of the page is noted.
    pub async fn apply_changes(
        &self,
        cursor: &str,
        changes: Vec<Change>,
    ) -> Result<Vec<CaseFacts>, StoreError> {
        let cursor = cursor.to_owned();
        self.call(move |db| db.apply_changes(&cursor, &changes)).await
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

/// The store's thread: one request after the other, until it is closed.
fn serve(mut db: Db, care: Care, mut incoming: mpsc::Receiver<Message>) {
    let mut asked = None;
    while let Some(message) = incoming.blocking_recv() {
        match message {
            Message::Request(work) => work(&mut db),
            Message::Close(done) => {
                asked = Some(done);
                break;
            }
        }
    }
    // Whoever still waits for an answer is told that there is none, the care's thread among them.
    drop(incoming);
    drop(care);
    db.close();
    if let Some(done) = asked {
        let _ = done.send(());
    }
}

impl Db {
    fn startup(&mut self) -> Result<Startup, StoreError> {
        let lost_rows = self.mark.lost_rows();
        if lost_rows > 0 {
            tracing::error!(lost_rows, "the database was restored from a backup, or lost its log");
            self.journal(&Event::RowsLost { rows: lost_rows })?;
        }
        let (interrupted_slips, last_slip_whole) = self.settle_slips()?;
        let newest: Option<String> = self
            .connection
            .query_row("SELECT trusted_at FROM kiosk", [], |row| row.get(0))
            .map_err(|e| self.error("reading the time of the journal", e))?;
        let newest_trusted_at = newest.as_deref().and_then(db::time);
        Ok(Startup { newest_trusted_at, last_slip_whole, interrupted_slips, lost_rows })
    }
}
