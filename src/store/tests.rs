use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::json;

use super::*;
use crate::domain::card::{Sex, ValidTo};

const NUMBER: &str = "511703189503150028";
const OTHER: &str = "370202189506200034";

fn card(number: &str) -> Box<CardText> {
    Box::new(CardText {
        kind: CardKind::Citizen,
        name: "样例甲".to_owned(),
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
        card: card(number),
        answers: vec![("phone".to_owned(), "13800138000".to_owned())],
        received_at: at(second),
        clock_trusted: second > 1_000,
    }
}

fn answer(status: CaseStatus) -> PlatformAnswer {
    PlatformAnswer { status, accepted_at: None, completed_at: None, due_at: None, note: None }
}

fn config(folder: &Path) -> crate::config::Store {
    crate::config::Store::at(folder.join("kiosk.db"))
}

fn open(folder: &Path) -> Result<Store, StoreError> {
    Store::open(&config(folder), "511703", 1)
}

/// Runs a test against a fresh store in a folder of its own.
fn with_store<F: Future<Output = ()>>(test: impl FnOnce(Store, std::path::PathBuf) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    block_on(test(store, folder.path().to_owned()));
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

async fn now_due(store: &Store) -> Box<Delivery> {
    match store.due(Instant::now()).await.unwrap() {
        Due::Now(delivery) => delivery,
        other => panic!("nothing is due: {other:?}"),
    }
}

#[test]
fn p2_a_received_case_is_there_after_reopening() {
    with_store(|store, folder| async move {
        let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        assert_eq!(facts.status, CaseStatus::Received);
        let key = now_due(&store).await.idempotency_key.clone();
        store.close().await;
        let store = open(&folder).unwrap();
        assert_eq!(store.case(&facts.number).await.unwrap(), Some(facts.clone()));
        assert_eq!(store.cases_of(NUMBER).await.unwrap(), std::slice::from_ref(&facts));
        let delivery = now_due(&store).await;
        assert_eq!(delivery.idempotency_key, key, "the key outlives a restart");
        let Work::Case { number, applicant, .. } = &delivery.what else { panic!("a case") };
        assert_eq!((number, applicant.number.as_str()), (&facts.number, NUMBER));
        assert_eq!(applicant.answers[0].1, "13800138000");
    });
}

#[test]
fn p2_a_commit_waits_for_the_disk() {
    with_store(|store, _| async move {
        // Name, and the value that SQLite gives back.
        let table = [
            ("journal_mode", "wal"),
            ("synchronous", "2"),
            ("foreign_keys", "1"),
            ("secure_delete", "1"),
        ];
        for (name, value) in table {
            let query = move |db: &mut Db| {
                let read = |row: &rusqlite::Row<'_>| {
                    Ok(match row.get_ref(0)? {
                        rusqlite::types::ValueRef::Integer(n) => n.to_string(),
                        other => other.as_str()?.to_owned(),
                    })
                };
                db.connection
                    .pragma_query_value(None, name, read)
                    .map_err(|e| db.error("asking", e))
            };
            assert_eq!(store.call(query).await.unwrap(), value, "{name}");
        }
    });
}

#[test]
fn p4_cases_of_another_person_are_not_found() {
    with_store(|store, _| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        store.submit(new_case("", 2_001)).await.unwrap();
        assert_eq!(store.cases_of(OTHER).await.unwrap(), []);
        assert_eq!(store.cases_of("").await.unwrap(), [], "a card without number is nobody's");
        assert_eq!(store.cases_of(" 511703189503150028").await.unwrap().len(), 1);
    });
}

#[test]
fn p9_order_is_that_of_sequence_numbers_whatever_the_clock_does() {
    with_store(|store, _| async move {
        let mut numbers = Vec::new();
        for second in [5_000, 4_000, 0, 9_000, -3_600] {
            let facts = store.submit(new_case(NUMBER, second)).await.unwrap();
            assert_eq!(facts.clock_trusted, second > 1_000);
            numbers.push(facts.number);
        }
        let queued: Vec<_> =
            store.queue().await.unwrap().into_iter().map(|row| row.number).collect();
        assert_eq!(queued, numbers);
        let mut found: Vec<_> =
            store.cases_of(NUMBER).await.unwrap().into_iter().map(|f| f.number).collect();
        found.reverse();
        assert_eq!(found, numbers);
        for number in &numbers {
            let delivery = now_due(&store).await;
            let Work::Case { number: due, .. } = &delivery.what else { panic!("a case") };
            assert_eq!(due, number);
            let outcome = Outcome::Case(answer(CaseStatus::Accepted));
            store.delivered(&delivery, outcome).await.unwrap();
        }
    });
}

#[test]
fn p9_pauses_run_on_the_monotonic_clock_and_end_with_a_restart() {
    with_store(|store, folder| async move {
        for second in [1, 2] {
            store.submit(new_case(NUMBER, second)).await.unwrap();
        }
        let start = Instant::now();
        let first = now_due(&store).await;
        store.failed(&first, "status 503", start + Duration::from_secs(60)).await.unwrap();
        let second = now_due(&store).await;
        assert_ne!(second.idempotency_key, first.idempotency_key, "the next one is not held up");
        store.failed(&second, "status 503", start + Duration::from_secs(30)).await.unwrap();
        match store.due(start).await.unwrap() {
            Due::Later(pause) => assert_eq!(pause, Duration::from_secs(30)),
            other => panic!("{other:?}"),
        }
        match store.due(start + Duration::from_secs(61)).await.unwrap() {
            Due::Now(due) => assert_eq!(due.idempotency_key, first.idempotency_key),
            other => panic!("{other:?}"),
        }
        let rows = store.queue().await.unwrap();
        assert_eq!((rows[0].attempts, rows[0].last_error.as_deref()), (1, Some("status 503")));
        assert!(rows[0].next_attempt_in.unwrap() > Duration::from_secs(50));
        store.close().await;
        let store = open(&folder).unwrap();
        let due = now_due(&store).await;
        assert_eq!((due.idempotency_key.as_str(), due.attempts), (&*first.idempotency_key, 1));
        store.failed(&due, "x", Instant::now() + Duration::from_secs(60)).await.unwrap();
        store.retry_all().await.unwrap();
        assert_eq!(now_due(&store).await.idempotency_key, first.idempotency_key);
    });
}

#[test]
fn p1_a_case_moves_forward_only_and_never_out_of_its_end() {
    use CaseStatus::{Accepted, Completed, Received, Returned};
    // From, answered, moves.
    let table = [
        (Received, Received, false),
        (Received, Accepted, true),
        (Received, Completed, true),
        (Received, Returned, true),
        (Accepted, Received, false),
        (Accepted, Accepted, false),
        (Accepted, Completed, true),
        (Accepted, Returned, true),
        (Completed, Received, false),
        (Completed, Accepted, false),
        (Completed, Returned, false),
        (Returned, Received, false),
        (Returned, Accepted, false),
        (Returned, Completed, false),
    ];
    with_store(|store, _| async move {
        for (from, to, moves) in table {
            let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
            let delivery = now_due(&store).await;
            store.delivered(&delivery, Outcome::Case(answer(from))).await.unwrap();
            let moved = store.answered(&facts.number, answer(to)).await.unwrap();
            assert_eq!(moved.is_some(), moves, "{from:?} answered {to:?}");
            let now = store.case(&facts.number).await.unwrap().unwrap().status;
            assert_eq!(now, if moves { to } else { from });
        }
    });
}

#[test]
fn p2_a_refused_case_stays_with_the_platforms_words() {
    with_store(|store, _| async move {
        let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let delivery = now_due(&store).await;
        let words = format!("材料不符\n{}", "长".repeat(500));
        let outcome = Outcome::Refused { code: "invalid".to_owned(), words };
        let moved = store.delivered(&delivery, outcome.clone()).await.unwrap().unwrap();
        assert_eq!(moved.status, CaseStatus::Returned);
        let note = moved.note.unwrap();
        assert!(note.starts_with("材料不符 长") && note.chars().count() == 200);
        assert!(matches!(store.due(Instant::now()).await.unwrap(), Due::Nothing));
        assert_eq!(store.delivered(&delivery, outcome).await.unwrap(), None, "a late repetition");
        assert_eq!(store.cases_of(NUMBER).await.unwrap()[0].number, facts.number);
        assert_eq!(store.verify_journal().await.unwrap(), 2);
    });
}

#[test]
fn p4_the_sealed_part_goes_when_the_case_is_completed_and_stays_when_it_is_returned() {
    with_store(|store, folder| async move {
        let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let sealed = || -> i64 {
            let other = Connection::open(folder.join("kiosk.db")).unwrap();
            other.query_row("SELECT count(sealed) FROM case_record", [], |r| r.get(0)).unwrap()
        };
        let delivery = now_due(&store).await;
        let outcome = Outcome::Case(answer(CaseStatus::Accepted));
        store.delivered(&delivery, outcome).await.unwrap();
        assert_eq!(sealed(), 1);
        assert_eq!(store.awaiting().await.unwrap(), std::slice::from_ref(&facts.number));
        store.answered(&facts.number, answer(CaseStatus::Completed)).await.unwrap();
        assert_eq!(sealed(), 0);
        let returned = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let outcome = Outcome::Refused { code: "no".to_owned(), words: "不".to_owned() };
        store.delivered(&*now_due(&store).await, outcome).await.unwrap();
        let accepted = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let outcome = Outcome::Case(answer(CaseStatus::Accepted));
        store.delivered(&*now_due(&store).await, outcome).await.unwrap();
        store.answered(&accepted.number, answer(CaseStatus::Returned)).await.unwrap();
        assert_eq!(sealed(), 2, "a return may be a mistake: nothing of it is lost");
        let opens = returned.number.clone();
        let applicant = store
            .call(move |db| {
                let sealed: Vec<u8> = db
                    .connection
                    .query_row(
                        "SELECT sealed FROM case_record WHERE number = ?1",
                        [opens.as_str()],
                        |row| row.get(0),
                    )
                    .map_err(|e| db.error("asking", e))?;
                let plain = db.sealer.open(opens.as_str(), &sealed).unwrap();
                Ok(serde_json::from_slice::<Applicant>(&plain).unwrap())
            })
            .await
            .unwrap();
        assert_eq!(applicant.number, NUMBER);
        assert_eq!(store.awaiting().await.unwrap(), []);
        assert_eq!(store.queue().await.unwrap(), []);
    });
}

#[test]
fn an_outcome_of_the_other_kind_changes_nothing() {
    with_store(|store, _| async move {
        let number = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        let case = now_due(&store).await;
        let wrong = store.delivered(&case, Outcome::EvaluationTaken).await;
        assert!(matches!(wrong, Err(StoreError::WrongOutcome { .. })), "{wrong:?}");
        assert_eq!(now_due(&store).await.idempotency_key, case.idempotency_key, "still waits");
        let accepted = Outcome::Case(answer(CaseStatus::Accepted));
        store.delivered(&case, accepted.clone()).await.unwrap();
        let evaluation = NewEvaluation {
            case: Some(number),
            item: None,
            level: Level::Satisfied,
            tags: vec![],
            pressed_at: at(2_100),
            clock_trusted: true,
        };
        store.record_evaluation(evaluation).await.unwrap();
        let evaluation = now_due(&store).await;
        let wrong = store.delivered(&evaluation, accepted).await;
        assert!(matches!(wrong, Err(StoreError::WrongOutcome { .. })), "{wrong:?}");
        assert_eq!(now_due(&store).await.idempotency_key, evaluation.idempotency_key);
        // received, accepted, pressed
        assert_eq!(store.verify_journal().await.unwrap(), 3);
    });
}

#[test]
fn slips_are_counted_across_restarts() {
    with_store(|store, folder| async move {
        assert_eq!(store.slips_ordered().await.unwrap(), 0);
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        for kind in ["slip_ordered", "slip_printed", "slip_ordered", "slip_ordered"] {
            store.journal(kind, None, &json!({})).await.unwrap();
        }
        assert_eq!(store.slips_ordered().await.unwrap(), 3);
        store.close().await;
        assert_eq!(open(&folder).unwrap().slips_ordered().await.unwrap(), 3);
    });
}

#[test]
fn p7_rows_that_are_awaited_stand_in_the_order_of_the_calls() {
    with_store(|store, folder| async move {
        for n in 0..20 {
            store.journal("counted", None, &json!(n)).await.unwrap();
        }
        let other = Connection::open(folder.join("kiosk.db")).unwrap();
        let mut rows = other.prepare("SELECT detail FROM journal ORDER BY seq").unwrap();
        let found: Vec<String> =
            rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(found, (0..20).map(|n| n.to_string()).collect::<Vec<_>>());
    });
}

#[test]
fn p6_a_case_is_evaluated_once_and_after_it_was_delivered() {
    with_store(|store, _| async move {
        let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let evaluation = NewEvaluation {
            case: Some(facts.number.clone()),
            item: None,
            level: Level::Satisfied,
            tags: vec![412],
            pressed_at: at(2_100),
            clock_trusted: true,
        };
        store.record_evaluation(evaluation.clone()).await.unwrap();
        let twice = store.record_evaluation(evaluation.clone()).await;
        assert!(matches!(twice, Err(StoreError::AlreadyEvaluated(_))), "{twice:?}");
        let of_nothing =
            NewEvaluation { case: None, item: Some("query".to_owned()), ..evaluation.clone() };
        for _ in 0..2 {
            store.record_evaluation(of_nothing.clone()).await.unwrap();
        }
        let stranger = CaseNumber::new("511703", 1, 77).unwrap();
        let unknown = NewEvaluation { case: Some(stranger), ..evaluation.clone() };
        let unknown = store.record_evaluation(unknown).await;
        assert!(matches!(unknown, Err(StoreError::UnknownCase(_))), "{unknown:?}");

        let first = now_due(&store).await;
        store.failed(&first, "x", Instant::now() + Duration::from_secs(60)).await.unwrap();
        let due = now_due(&store).await;
        assert!(
            matches!(&due.what, Work::Evaluation(e) if *e == of_nothing),
            "the evaluation of an undelivered case waits for it"
        );
        let outcome = Outcome::Case(answer(CaseStatus::Accepted));
        store.delivered(&first, outcome).await.unwrap();
        let due = now_due(&store).await;
        assert!(matches!(&due.what, Work::Evaluation(e) if *e == evaluation));
        store.delivered(&due, Outcome::EvaluationTaken).await.unwrap();
        // received, three presses, accepted, taken
        assert_eq!(store.verify_journal().await.unwrap(), 6);
    });
}

#[test]
fn p2_a_full_disk_acknowledges_nothing_and_loses_nothing() {
    with_store(|store, _| async move {
        let first = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let limit = |pages: i64| {
            store.call(move |db| {
                db.connection
                    .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
                    .map_err(|e| db.error("limiting", e))
            })
        };
        limit(1).await.unwrap();
        let mut stored = 1;
        loop {
            match store.submit(new_case(OTHER, 2_000)).await {
                Ok(_) => stored += 1,
                Err(StoreError::DiskFull { .. }) => break,
                Err(e) => panic!("{e}"),
            }
            assert!(stored < 10_000, "the limit holds");
        }
        assert_eq!(store.queue().await.unwrap().len(), stored);
        assert_eq!(store.verify_journal().await.unwrap(), stored as u64);
        limit(100_000).await.unwrap();
        let next = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let sequence = |number: &CaseNumber| cases::sequence_of(number);
        assert_eq!(sequence(&next.number), sequence(&first.number) + stored as i64, "no gap");
    });
}

#[test]
fn a_case_larger_than_the_limit_is_refused() {
    with_store(|store, _| async move {
        let mut case = new_case(NUMBER, 2_000);
        case.answers.push(("note".to_owned(), "长".repeat(2_000)));
        let refused = store.submit(case).await;
        assert!(matches!(refused, Err(StoreError::TooLarge { .. })), "{refused:?}");
        let detail = json!({ "text": "x".repeat(5_000) });
        let refused = store.journal("too_much", None, &detail).await;
        assert!(matches!(refused, Err(StoreError::TooLarge { .. })), "{refused:?}");
    });
}

#[test]
fn p7_a_changed_journal_row_is_found_and_named() {
    // What an intruder does, and the row and words of the verdict.
    let table = [
        ("UPDATE journal SET at = '2026-01-01T00:00:00Z' WHERE seq = 3", 3, "was changed"),
        ("UPDATE journal SET clock_trusted = 1 - clock_trusted WHERE seq = 3", 3, "was changed"),
        ("UPDATE journal SET kind = 'slip_lost' WHERE seq = 3", 3, "was changed"),
        ("UPDATE journal SET case_number = NULL WHERE seq = 1", 1, "was changed"),
        ("UPDATE journal SET case_number = '' WHERE seq = 3", 3, "was changed"),
        ("UPDATE journal SET detail = '{\"copies\":2}' WHERE seq = 3", 3, "was changed"),
        ("UPDATE journal SET prev = zeroblob(32) WHERE seq = 3", 3, "does not follow"),
        ("UPDATE journal SET hash = zeroblob(32) WHERE seq = 3", 3, "was changed"),
        ("UPDATE journal SET hash = x'00' WHERE seq = 5", 5, "was changed"),
        ("DELETE FROM journal WHERE seq = 1", 1, "is missing"),
        ("DELETE FROM journal WHERE seq = 3", 3, "is missing"),
        ("DELETE FROM journal WHERE seq = 5", 5, "is missing"),
        ("DELETE FROM journal", 1, "is missing"),
        (
            "INSERT INTO journal SELECT 6, at, clock_trusted, kind, case_number, detail, hash, hash
             FROM journal WHERE seq = 5",
            6,
            "was changed",
        ),
    ];
    for (intrusion, row, words) in table {
        with_store(|store, folder| async move {
            store.submit(new_case(NUMBER, 2_000)).await.unwrap();
            for n in 2..=5 {
                let detail = json!({ "copies": 1, "n": n });
                store.journal("slip_printed", None, &detail).await.unwrap();
            }
            assert_eq!(store.verify_journal().await.unwrap(), 5);
            let intruder = Connection::open(folder.join("kiosk.db")).unwrap();
            if !intrusion.starts_with("INSERT") {
                let refused = intruder.execute(intrusion, []).unwrap_err();
                assert!(refused.to_string().contains("append-only"), "{refused}");
            }
            intruder
                .execute_batch(
                    "DROP TRIGGER journal_is_not_changed; DROP TRIGGER journal_is_not_shortened;",
                )
                .unwrap();
            intruder.execute(intrusion, []).unwrap();
            match store.verify_journal().await {
                Err(StoreError::JournalBroken { seq, what }) => {
                    assert_eq!(seq, row, "{intrusion}");
                    assert!(what.starts_with(words), "{intrusion}: {what}");
                }
                other => panic!("{intrusion}: {other:?}"),
            }
        });
    }
}

/// Prepares a folder, opens, and returns the sentence of the refusal.
fn refusal(prepare: impl FnOnce(&Path)) -> String {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let before = contents(folder.path());
    let Err(error) = open(folder.path()) else { panic!("opened") };
    assert_eq!(contents(folder.path()), before, "a refused database is left as it is");
    error.to_string()
}

/// Every file but the lock and SQLite's shared memory, which hold no data.
fn contents(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.extension().is_some_and(|e| e == "lock" || e == "db-shm"))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .filter(|(path, bytes)| {
            !(path.extension().is_some_and(|e| e == "db-wal") && bytes.is_empty())
        })
        .collect();
    all.sort();
    all
}

/// A closed database with one case.
fn used(folder: &Path) {
    let store = open(folder).unwrap();
    block_on(async {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        store.close().await;
    });
}

#[test]
fn a_database_that_cannot_be_used_is_refused_and_left_untouched() {
    let db = |folder: &Path| folder.join("kiosk.db");
    let foreign = refusal(|f| {
        Connection::open(db(f)).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    });
    assert!(foreign.contains("not a database of kuaiban (application_id 0x00000000)"), "{foreign}");
    let text = refusal(|f| std::fs::write(db(f), "a letter to the bureau").unwrap());
    assert!(text.contains("not an SQLite file"), "{text}");
    let newer = refusal(|f| {
        used(f);
        Connection::open(db(f)).unwrap().pragma_update(None, "user_version", 99).unwrap();
    });
    assert!(newer.contains("schema 99, this one knows 1"), "{newer}");
    let lost = refusal(|f| {
        used(f);
        std::fs::remove_file(db(f)).unwrap();
    });
    assert!(lost.contains("kiosk.db.key lies beside its place"), "{lost}");
    let keyless = refusal(|f| {
        used(f);
        std::fs::remove_file(f.join("kiosk.db.key")).unwrap();
    });
    assert!(keyless.contains("sealing key is missing"), "{keyless}");
    let wrong_key = refusal(|f| {
        used(f);
        std::fs::write(f.join("kiosk.db.key"), [1; 16]).unwrap();
    });
    assert!(wrong_key.contains("belongs to another database"), "{wrong_key}");
    let short_key = refusal(|f| {
        used(f);
        std::fs::write(f.join("kiosk.db.key"), [1; 15]).unwrap();
    });
    assert!(short_key.contains("not 16 bytes"), "{short_key}");
    let damaged = refusal(|f| {
        used(f);
        let mut bytes = std::fs::read(db(f)).unwrap();
        let len = bytes.len();
        bytes[4096..len - 4096].fill(0x5a);
        std::fs::write(db(f), bytes).unwrap();
    });
    assert!(damaged.contains("damaged"), "{damaged}");
}

#[test]
fn one_kiosk_a_database_but_readers_beside_it() {
    with_store(|store, folder| async move {
        let reader = Reader::open(&config(&folder)).unwrap();
        assert_eq!(reader.queue().unwrap(), []);
        let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let second = open(&folder).err().unwrap().to_string();
        assert!(second.contains("another kuaiban holds this database"), "{second}");
        let seen = reader.queue().unwrap();
        assert_eq!((seen.len(), &seen[0].number), (1, &facts.number));
        assert_eq!(seen[0].next_attempt_in, None, "only the kiosk knows");
        assert_eq!(reader.verify_journal().unwrap(), 1);
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        assert_eq!(reader.queue().unwrap().len(), 2);
        store.close().await;
        let reader = Reader::open(&config(&folder)).unwrap();
        assert_eq!(reader.queue().unwrap().len(), 2, "also when no kiosk runs");
        open(&folder).unwrap();
    });
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(Reader::open(&config(empty.path())).unwrap().queue().unwrap(), []);
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0, "looking makes no file");
}

#[test]
fn a_creation_that_was_cut_off_is_finished() {
    let half_made: [fn(&Path); 4] = [
        |f| std::fs::write(f.join("kiosk.db"), "").unwrap(),
        |f| std::fs::write(f.join("kiosk.db.new"), "half").unwrap(),
        |f| std::fs::write(f.join("kiosk.db.key.new"), "half").unwrap(),
        // The key was made but not noted yet.
        |f| {
            block_on(open(f).unwrap().close());
            let db = Connection::open(f.join("kiosk.db")).unwrap();
            db.execute("UPDATE kiosk SET key_check = NULL", []).unwrap();
        },
    ];
    for prepare in half_made {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path());
        used(folder.path());
        used(folder.path());
    }
}

#[test]
fn p4_the_files_are_the_kiosks_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    with_store(|store, folder| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", entry.path().display());
        }
    });
}

#[test]
fn p4_debug_and_errors_show_no_personal_datum() {
    with_store(|store, folder| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let shown = format!("{:?}", now_due(&store).await);
        assert!(shown.contains("unemployment_registration"), "{shown}");
        for secret in [NUMBER, "样例甲", "13800138000", "样例路"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        let words = "样例甲不符合条件".to_owned();
        let noted = PlatformAnswer { note: Some(words.clone()), ..answer(CaseStatus::Returned) };
        let refused = Outcome::Refused { code: "not_entitled".to_owned(), words };
        let other = store.submit(new_case(OTHER, 2_000)).await.unwrap();
        let facts = store.answered(&other.number, noted.clone()).await.unwrap().unwrap();
        assert_eq!(facts.note, noted.note, "the citizen reads it");
        let shown = format!("{noted:?} {refused:?} {:?} {facts:?}", Outcome::Case(noted.clone()));
        assert!(shown.contains("not_entitled") && shown.contains("Returned"), "{shown}");
        assert!(!shown.contains("样例甲"), "{shown}");
        let intruder = Connection::open(folder.join("kiosk.db")).unwrap();
        // A sealed value stands in its own place only; a note that does not open is left out.
        for swapped in
            ["sealed", "zeroblob(99)", "(SELECT note FROM case_record WHERE sequence = 2)"]
        {
            let swap = format!("UPDATE case_record SET note = {swapped} WHERE sequence = 1");
            intruder.execute(&swap, []).unwrap();
            let cases = store.cases_of(NUMBER).await.unwrap();
            assert_eq!((cases.len(), &cases[0].note), (1, &None), "{swapped}");
        }
        intruder
            .execute("UPDATE case_record SET sealed = zeroblob(99) WHERE sequence = 1", [])
            .unwrap();
        let error = store.due(Instant::now()).await.unwrap_err();
        assert!(matches!(error, StoreError::Sealed { .. }), "{error}");
        let Work::Case { number, .. } = &now_due(&store).await.what else { panic!("a case") };
        assert_eq!(*number, other.number, "the damaged one is set aside");
        store.retry_all().await.unwrap();
        intruder.execute("UPDATE case_record SET sealed = NULL", []).unwrap();
        for _ in 0..2 {
            store.due(Instant::now()).await.unwrap_err();
        }
        assert!(matches!(store.due(Instant::now()).await.unwrap(), Due::Later(_)), "both are");
    });
}
