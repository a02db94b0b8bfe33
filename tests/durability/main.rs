//! Nothing lost, nothing twice, nobody's traces: the store and the outbox under kills, torn files,
//! lost answers and random faults.
#![cfg(feature = "simulators")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod kills;
mod looking;
mod queue;
mod torn;
mod traces;

use std::path::Path;

use kuaiban::case::CaseNumber;
use kuaiban::store::{Delivery, NewCase, Store, StoreHealth};
use kuaiban::testkit::cases;

/// How long a test waits for what must come, however slow the machine is.
const GENEROUS: std::time::Duration = std::time::Duration::from_secs(60);

fn config(folder: &Path) -> kuaiban::config::Store {
    cases::store_config(folder)
}

fn open(folder: &Path) -> Store {
    cases::open_store(folder).unwrap()
}

fn platform(url: String) -> kuaiban::config::Platform {
    kuaiban::config::Platform { timeout_s: 2, retry_max_s: 1, ..kuaiban::config::Platform::at(url) }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Different in every run, printed when a test fails.
fn random(below: u64) -> u64 {
    uuid::Uuid::new_v4().as_u64_pair().0 % below
}

fn new_case() -> NewCase {
    cases::new_case()
}

/// The number of the person who brings [`new_case`].
fn person() -> String {
    cases::card().number.clone()
}

/// Number of the case that a delivery hands in.
fn number_in(delivery: &Delivery) -> CaseNumber {
    let body: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap();
    CaseNumber::parse(body["case_number"].as_str().unwrap()).unwrap()
}

/// Rows of a journal that is whole, in a database that is.
async fn rows(store: &Store) -> u64 {
    match store.check().await.unwrap() {
        StoreHealth::Whole { rows } => rows,
        other => panic!("{other:?}"),
    }
}
