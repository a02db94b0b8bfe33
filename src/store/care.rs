//! What a database needs beside the work, on a thread of its own: numbers reserved ahead, limits
//! looked at, what is too old removed, the log moved into the main file, everything checked. Each
//! step is short, so that no citizen waits for it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::InterruptHandle;
use tokio::sync::{mpsc, oneshot};

use super::db::Db;
use super::{Message, StoreError, StoreHealth, check, viewer};
use crate::journal::Event;

/// The first round waits until there is a picture.
const FIRST_ROUND: Duration = Duration::from_secs(10);
/// Between two rounds, and between two steps of a round that has more to do.
const ROUND: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(200);
/// The first check waits until the kiosk has started; then once a day.
const FIRST_CHECK: Duration = Duration::from_secs(120);
const NEXT_CHECK: Duration = Duration::from_secs(86_400);

/// What the thread is told from outside.
pub(super) enum Order {
    /// Check now, and say what was found.
    Check(oneshot::Sender<Result<StoreHealth, StoreError>>),
    End,
}

/// The thread. Ends when this is dropped, whatever it was doing.
pub(super) struct Care {
    orders: SyncSender<Order>,
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What the thread and its surroundings both see.
#[derive(Default)]
pub(super) struct Shared {
    health: Mutex<StoreHealth>,
    ending: AtomicBool,
    checking: Mutex<Option<InterruptHandle>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// What the last check has found.
    pub(super) fn health(&self) -> StoreHealth {
        lock(&self.health).clone()
    }
}

impl Care {
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start(path: &Path, store: mpsc::WeakSender<Message>) -> Result<Care, StoreError> {
        let (orders, incoming) = sync_channel(4);
        let shared = Arc::new(Shared::default());
        let worker = Worker { path: path.to_owned(), store, shared: shared.clone() };
        let thread = std::thread::Builder::new()
            .name("store-care".to_owned())
            .spawn(move || worker.work(&incoming))
            .map_err(|e| StoreError::io(path, "starting the thread that looks after it", e))?;
        Ok(Care { orders, shared, thread: Some(thread) })
    }

    pub(super) fn orders(&self) -> SyncSender<Order> {
        self.orders.clone()
    }

    pub(super) fn shared(&self) -> Arc<Shared> {
        self.shared.clone()
    }
}

impl Drop for Care {
    fn drop(&mut self) {
        self.shared.ending.store(true, Ordering::Relaxed);
        if let Some(check) = &*lock(&self.shared.checking) {
            check.interrupt();
        }
        let _ = self.orders.send(Order::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Worker {
    path: PathBuf,
    store: mpsc::WeakSender<Message>,
    shared: Arc<Shared>,
}

impl Worker {
    fn work(self, orders: &Receiver<Order>) {
        let mut check_at = Instant::now() + FIRST_CHECK;
        let mut pause = FIRST_ROUND;
        loop {
            match orders.recv_timeout(pause) {
                Ok(Order::Check(answer)) => {
                    let _ = answer.send(self.check());
                }
                Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    pause = if self.on_the_store(Db::tend) == Some(true) { STEP } else { ROUND };
                    if check_at <= Instant::now() {
                        check_at = Instant::now() + NEXT_CHECK;
                        if let Err(error) = self.check() {
                            tracing::warn!(%error, "the database could not be checked");
                        }
                    }
                }
            }
        }
    }

    /// Looks at everything through a connection of its own, so that commits go on meanwhile.
    fn check(&self) -> Result<StoreHealth, StoreError> {
        let Some(connection) = viewer::connection(&self.path)? else {
            return Err(StoreError::CasesGone { path: self.path.clone() });
        };
        *lock(&self.shared.checking) = Some(connection.get_interrupt_handle());
        let found = check::check(&connection, &self.path, &self.shared.ending);
        *lock(&self.shared.checking) = None;
        let found = found?;
        *lock(&self.shared.health) = found.clone();
        if let StoreHealth::Damaged { finding } = &found {
            tracing::error!(%finding, "the database is damaged or was changed");
            let event = Event::StoreDamaged { finding: finding.clone() };
            self.on_the_store(move |db| db.journal(&event));
        }
        Ok(found)
    }

    /// Has the store's thread do something between two requests. `None` where it has ended, or
    /// what was done has failed.
    fn on_the_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Option<T> {
        let (done, answer) = sync_channel(1);
        let request = Message::Request(Box::new(move |db| {
            let _ = done.send(work(db));
        }));
        self.store.upgrade()?.blocking_send(request).ok()?;
        match answer.recv().ok()? {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::warn!(%error, "looking after the database");
                None
            }
        }
    }
}
