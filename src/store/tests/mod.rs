//! The store from outside and, where a test must look or break something, from inside.

mod cases;
mod journal;
mod limits;
mod migration;
mod opening;
mod outbox;
mod paths;
mod policies;
mod retention;
mod slips;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::Connection;
use zeroize::Zeroizing;

use super::*;
use crate::case::CaseStatus;
use crate::domain::card::{CardKind, CardText, Sex, ValidTo};
use crate::domain::evaluation::Level;

const NUMBER: &str = "511703189503150028";
const OTHER: &str = "370202189506200034";
const NAME: &str = "样例甲";
const PHONE: &str = "13800138000";

fn card(number: &str) -> Arc<CardText> {
    Arc::new(CardText {
        kind: CardKind::Citizen,
        name: NAME.to_owned(),
        name_latin: String::new(),
        sex: Sex::Female,
        ethnicity: None,
        nationality: None,
        birth: None,
        address: "四川省达州市达川区样例路1号".to_owned(),
        number: number.to_owned(),
        issuer: "达州市公安局达川区分局".to_owned(),
        valid_from: None,
        valid_to: ValidTo::LongTerm,
        number_check: true,
    })
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn new_case(number: &str, second: i64) -> NewCase {
    NewCase {
        item: "unemployment_registration".to_owned(),
        pack_version: "2026.11".to_owned(),
        parts: Vec::new(),
        card: card(number),
        answers: vec![("phone".to_owned(), Zeroizing::new(PHONE.to_owned()))],
        received_at: at(second),
        clock_trusted: second > 1_000,
        limit: None,
        legal: None,
        request: None,
        enterprise: None,
    }
}

fn evaluation(case: Option<CaseNumber>, level: Level, tags: &[u16]) -> NewEvaluation {
    NewEvaluation {
        item: case.is_none().then(|| "query".to_owned()),
        case,
        level,
        tags: tags.to_vec(),
        pressed_at: at(2_100),
        clock_trusted: true,
    }
}

fn slip(case: Option<&CaseNumber>) -> NewSlip {
    NewSlip {
        case: case.cloned(),
        item: "unemployment_registration".to_owned(),
        policy: None,
        reprint: false,
    }
}

fn says(status: CaseStatus) -> Verdict {
    Verdict::Application(PlatformAnswer::status(status))
}

fn config(folder: &Path) -> crate::config::Store {
    crate::config::Store::at(folder.join("kiosk.db"))
}

fn open(folder: &Path) -> Result<Store, StoreError> {
    Store::open(&config(folder), "511703", 1)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Runs a test against a fresh store in a folder of its own.
fn with_store<F: Future<Output = ()>>(test: impl FnOnce(Store, PathBuf) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    block_on(test(store, folder.path().to_owned()));
}

/// Another program with the rights of the kiosk.
fn intruder(folder: &Path) -> Connection {
    Connection::open(folder.join("kiosk.db")).unwrap()
}

fn count(folder: &Path, sql: &str) -> i64 {
    intruder(folder).query_row(sql, [], |row| row.get(0)).unwrap()
}

async fn now_due(store: &Store) -> Box<Delivery> {
    match store.due(Instant::now()).await.unwrap() {
        Due::Now(delivery) => delivery,
        other => panic!("nothing is due: {other:?}"),
    }
}

/// Number of the case that a delivery hands in.
fn number_in(delivery: &Delivery) -> CaseNumber {
    let body: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap();
    CaseNumber::parse(body["case_number"].as_str().unwrap()).unwrap()
}

/// Rows of a journal that is whole.
async fn rows(store: &Store) -> u64 {
    match store.check().await.unwrap() {
        StoreHealth::Whole { rows } => rows,
        other => panic!("{other:?}"),
    }
}

/// Names of the journal's rows, in their order.
fn kinds(folder: &Path) -> Vec<String> {
    let journal = intruder(folder);
    let mut rows = journal.prepare("SELECT kind FROM journal ORDER BY seq").unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// One step of what is done beside the work, by a right clock that shows `now`.
async fn tend(store: &Store, now: Timestamp, trusted: bool) -> bool {
    store.call(move |db| db.tend_at((now, trusted))).await.unwrap()
}
