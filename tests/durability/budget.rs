//! The budgets of the store. Run alone, and in the release build:
//! `cargo test --release --test durability budget -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use kuaiban::case::CaseStatus;
use kuaiban::store::{Change, Due, NewSlip, SlipResult, Store, Verdict};
use kuaiban::testkit::cases;

use super::{block_on, new_case, open};

fn folder() -> tempfile::TempDir {
    let place = std::env::var("KUAIBAN_BUDGET_DIR").unwrap_or(".".into());
    tempfile::tempdir_in(place).unwrap()
}

/// From `submit` to committed, against one bare INSERT with the same settings on the same disk, in
/// turns, so that both meet the same disk.
#[test]
#[ignore = "measures time; run it alone"]
fn budget_a_submission_takes_at_most_1_3_bare_inserts() {
    const ROUNDS: usize = 500;
    let folder = folder();
    let store = open(folder.path());
    let bare = rusqlite::Connection::open(folder.path().join("bare.db")).unwrap();
    bare.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON; CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB) STRICT;",
    )
    .unwrap();
    let mut insert = bare.prepare("INSERT INTO t (body) VALUES (?1)").unwrap();
    let body = vec![0x5a_u8; 600];
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    block_on(async {
        for _ in 0..ROUNDS {
            let case = new_case();
            let start = Instant::now();
            store.submit(case).await.unwrap();
            ours.push(start.elapsed());
            let start = Instant::now();
            insert.execute([&body]).unwrap();
            theirs.push(start.elapsed());
        }
    });
    ours.sort();
    theirs.sort();
    let at = |times: &[Duration], percent: usize| times[times.len() * percent / 100];
    for percent in [50, 90, 99] {
        let (ours, theirs) = (at(&ours, percent), at(&theirs, percent));
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        println!("p{percent}: submit {ours:?}, bare INSERT {theirs:?}, ratio {ratio:.2}");
    }
    let median = at(&ours, 50).as_secs_f64() / at(&theirs, 50).as_secs_f64();
    assert!(median <= 1.3, "median ratio {median:.2}");
}

/// One visit: a case, its slip, its evaluation, and all that the platform says of them.
async fn visit(store: &Store, n: usize) {
    let number = store.submit(new_case()).await.unwrap().number;
    let item = cases::INSTANT.to_owned();
    let slip = NewSlip { case: Some(number.clone()), item, reprint: false };
    let serial = store.order_slip(slip).await.unwrap();
    let Due::Now(delivery) = store.due(Instant::now()).await.unwrap() else { panic!("due") };
    let accepted = Verdict::Application(cases::answer(CaseStatus::Accepted));
    store.delivered(&delivery, accepted).await.unwrap();
    store.slip_outcome(serial, SlipResult::Printed, None).await.unwrap();
    let idempotency_key = delivery.idempotency_key.clone();
    let change = Change { idempotency_key, answer: cases::answer(CaseStatus::Completed) };
    store.apply_changes(&n.to_string(), vec![change]).await.unwrap();
    store.record_evaluation(cases::new_evaluation(Some(number))).await.unwrap();
    let Due::Now(delivery) = store.due(Instant::now()).await.unwrap() else { panic!("due") };
    store.delivered(&delivery, Verdict::EvaluationTaken).await.unwrap();
}

/// What this process had the kernel write so far.
fn written() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap();
    let line = io.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    line.unwrap().parse().unwrap()
}

#[test]
#[ignore = "counts what the whole process writes; run it alone, on a disk"]
fn budget_a_visit_writes_at_most_64_kib() {
    const VISITS: usize = 200;
    let folder = folder();
    let store = open(folder.path());
    block_on(async {
        visit(&store, 0).await;
        let before = written();
        for n in 1..=VISITS {
            visit(&store, n).await;
        }
        let each = (written() - before) / VISITS as u64;
        println!("{:.1} KiB a visit", each as f64 / 1024.0);
        assert!(each <= 64 * 1024, "{each} bytes");
        store.close().await;
    });
}

#[test]
#[ignore = "measures time; run it alone"]
fn budget_opening_takes_as_long_whatever_is_stored() {
    let open_times = |folder: &std::path::Path| {
        let mut times: Vec<_> = (0..15)
            .map(|_| {
                let start = Instant::now();
                let store = open(folder);
                let took = start.elapsed();
                block_on(store.close());
                took
            })
            .collect();
        times.sort();
        times[times.len() / 2]
    };
    let folder = folder();
    block_on(open(folder.path()).close());
    let few = open_times(folder.path());
    let database = rusqlite::Connection::open(folder.path().join("kiosk.db")).unwrap();
    database
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
             INSERT INTO journal (seq, at, clock_trusted, kind, detail, hash_version, hash)
             SELECT i, '2026-11-26T00:00:00Z', 1, 'network', '{\"online\":true}', 2, zeroblob(32)
             FROM n;
             UPDATE kiosk SET journal_seq = 1000000;
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
             INSERT INTO slip SELECT i, NULL, 'x', 0, '2026-11-26T00:00:00Z', 1, 'printed' FROM n;",
        )
        .unwrap();
    drop(database);
    let many = open_times(folder.path());
    println!("opened in {few:?}, with 1,000,000 rows in {many:?}");
    assert!(many < few * 2 + Duration::from_millis(2), "{few:?}, then {many:?}");
}
