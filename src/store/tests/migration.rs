//! From schema 1, on databases made by the program that shipped it (`tests/data/schema1/`).

use super::*;

fn old(name: &str) -> tempfile::TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/schema1").join(name);
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(&from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    folder
}

/// Idempotency keys of what waits in a database of schema 1, in their order.
fn waiting_keys(folder: &Path) -> Vec<String> {
    let old = intruder(folder);
    let mut rows = old.prepare("SELECT idempotency_key FROM outbox ORDER BY seq").unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// What is expected of `used` and `killed`, which hold the same.
async fn holds_everything(store: &Store, keys: &[String]) {
    let mut cases = store.cases_of(NUMBER).await.unwrap();
    assert_eq!(cases.unreadable, 0);
    cases.rows.reverse();
    use CaseStatus::{Accepted, Completed, Received, Returned};
    let expected = [Completed, Accepted, Returned, Returned, Received, Received];
    assert_eq!(cases.rows.iter().map(|facts| facts.status).collect::<Vec<_>>(), expected);
    for (facts, sequence) in cases.rows.iter().zip(1..) {
        assert_eq!((facts.number.as_str().len(), facts.number.sequence()), (16, sequence));
        assert_eq!(facts.item, "unemployment_registration");
        assert_eq!(facts.clock_trusted, sequence % 2 == 0);
        assert!(facts.parts.is_empty());
        // Nobody will ever tell how the one ends that the platform has and whose key is gone.
        let held = facts.held.as_ref().map(|held| held.code.as_str());
        assert_eq!(held, (facts.status == Accepted).then_some("key_unknown"));
    }
    let note = |n: usize| cases.rows[n].note.as_deref();
    assert_eq!(note(0), Some("登记编号：样例0001"));
    assert_eq!((note(1), note(2), note(3)), (None, Some("样例：材料不符"), Some("样例：请补正")));
    assert!(cases.rows[1].accepted_at.is_some() && cases.rows[1].due_at.is_some());

    let mut sent = Vec::new();
    while let Due::Now(delivery) = store.due(Instant::now()).await.unwrap() {
        let verdict = match delivery.kind {
            DeliveryKind::Application => says(Accepted),
            DeliveryKind::Evaluation => Verdict::EvaluationTaken,
        };
        store.delivered(&delivery, verdict).await.unwrap();
        sent.push(delivery);
    }
    let sent_keys: Vec<_> = sent.iter().map(|d| d.idempotency_key.clone()).collect();
    assert_eq!(sent_keys, keys, "each under the key that the platform may know it by");
    assert_eq!(sent.iter().map(|d| d.attempts).collect::<Vec<_>>(), [1, 0, 0, 0]);
    for (delivery, facts) in sent.iter().zip(&cases.rows[4..]) {
        let request: crate::contract::ApplicationRequest =
            serde_json::from_slice(&delivery.body).unwrap();
        assert_eq!(request.case_number, facts.number);
        assert_eq!(request.applicant.document_number.open(), NUMBER);
        assert_eq!(request.answers[1].answer.open(), "13800000000");
        assert_eq!(request.query_token, facts.query_token.as_str());
        assert!(request.is_valid());
    }
    let of_case: crate::contract::EvaluationRequest =
        serde_json::from_slice(&sent[2].body).unwrap();
    assert_eq!(of_case.application_id.as_ref(), Some(&keys[1]));
    assert_eq!((of_case.satisfaction, &of_case.tags[..]), (4, &[412][..]));
    let of_query: crate::contract::EvaluationRequest =
        serde_json::from_slice(&sent[3].body).unwrap();
    assert_eq!(of_query.item.as_deref(), Some("participation_query"));
}

#[test]
fn a_database_of_schema_1_is_brought_up_to_date_with_everything_in_it() {
    for name in ["used", "killed"] {
        let folder = old(name);
        let keys = waiting_keys(old(name).path());
        assert_eq!(keys.len(), 4);
        block_on(async {
            let store = open(folder.path()).unwrap();
            // Two cases were returned and may turn out to be mistakes.
            assert_eq!(count(folder.path(), "SELECT count(request) FROM application"), 2);
            assert!(kinds(folder.path()).contains(&"case_held".to_owned()));
            holds_everything(&store, &keys).await;
            let evaluated = "SELECT count(*) FROM evaluation WHERE state = 'taken'";
            assert_eq!(count(folder.path(), evaluated), 3);
            let next = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
            assert_eq!((next.as_str().len(), next.sequence()), (20, 7));
            let serial = store.order_slip(slip(None)).await.unwrap();
            assert_eq!(serial, SlipSerial(5), "four stand on paper, whatever rows were lost");
            assert!(kinds(folder.path()).contains(&"schema_migrated".to_owned()));
            rows(&store).await;
            store.close().await;
            let store = open(folder.path()).unwrap();
            assert_eq!(store.cases_of(NUMBER).await.unwrap().rows.len(), 7);
            store.close().await;
        });
    }
}

/// It goes like a finished one: nothing of it stays for ever.
#[test]
fn a_case_whose_end_nobody_can_tell_is_kept_no_longer_than_others() {
    let folder = old("used");
    block_on(async {
        let store = open(folder.path()).unwrap();
        let accepted =
            || count(folder.path(), "SELECT count(*) FROM application WHERE status = 'accepted'");
        assert_eq!(accepted(), 1);
        let first = Timestamp::now() + jiff::SignedDuration::from_hours(24);
        while tend(&store, first, true).await {}
        assert_eq!(accepted(), 1);
        while tend(&store, first + jiff::SignedDuration::from_hours(366 * 24), true).await {}
        assert_eq!(accepted(), 0);
        store.close().await;
    });
}

/// One damaged row is damaged afterwards, too; it is no reason to serve nobody.
#[test]
fn a_row_of_schema_1_that_cannot_be_read_stops_no_migration() {
    let folder = old("used");
    intruder(folder.path())
        .execute_batch(
            "UPDATE case_record SET received_at = 'yesterday' WHERE sequence = 5;
             UPDATE evaluation SET pressed_at = 'today' WHERE state = 'waiting';",
        )
        .unwrap();
    block_on(async {
        let store = open(folder.path()).unwrap();
        let found = store.cases_of(NUMBER).await.unwrap();
        assert_eq!((found.rows.len(), found.unreadable), (5, 1));
        store.close().await;
    });
}

#[test]
fn a_fresh_database_of_schema_1_begins_as_a_new_one_does() {
    let folder = old("fresh");
    block_on(async {
        let store = open(folder.path()).unwrap();
        assert_eq!(store.queue().await.unwrap().rows, []);
        let number = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        assert_eq!(number.sequence(), 1);
        assert_eq!(kinds(folder.path()), ["case_received"]);
    });
}

/// What schema 2 held stands as it was, and so does its mark: no number is given twice.
#[test]
fn a_database_of_schema_2_is_brought_up_to_date_with_everything_in_it() {
    for name in ["used", "killed"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/schema2").join(name);
        let folder = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(&from).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
        block_on(async {
            let store = open(folder.path()).unwrap();
            assert_eq!(count(folder.path(), "PRAGMA user_version"), 3);
            let mut cases = store.cases_of(NUMBER).await.unwrap().rows;
            cases.reverse();
            use CaseStatus::{Accepted, Completed, Received};
            let statuses: Vec<_> = cases.iter().map(|facts| facts.status).collect();
            assert_eq!(statuses, [Completed, Accepted, Received, Received], "{name}");
            assert_eq!(cases[0].note.as_deref(), Some("登记编号：样例0001"));
            assert_eq!(cases[1].acceptance_number.as_deref(), Some("样例受理000002"));
            for facts in &cases {
                let nothing = facts.request.is_none() && facts.route.is_none();
                assert!(nothing && facts.breach.is_none() && facts.enterprise.is_none());
            }
            let Due::Now(first) = store.due(Instant::now()).await.unwrap() else { panic!() };
            assert_eq!(number_in(&first), cases[2].number);
            let next = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number.sequence();
            assert!(if name == "used" { next == 5 } else { next > 4 }, "{name}: {next}");
            assert!(kinds(folder.path()).contains(&"schema_migrated".to_owned()));
            rows(&store).await;
            // The copy of before goes like that of the first schema.
            let copy = folder.path().join("kiosk.db.schema2");
            assert!(copy.exists());
            let first = Timestamp::now() + jiff::SignedDuration::from_hours(100 * 24);
            tend(&store, first, true).await;
            tend(&store, first + jiff::SignedDuration::from_hours(31 * 24), true).await;
            assert!(!copy.exists());
            store.close().await;
        });
    }
}

#[test]
fn before_the_schema_is_changed_a_whole_copy_is_laid_beside() {
    let folder = old("killed");
    let keys = waiting_keys(old("killed").path());
    block_on(open(folder.path()).unwrap().close());
    // One release backwards: the copy goes back to its place, with the key that lies there.
    let back = tempfile::tempdir().unwrap();
    let copy = folder.path().join("kiosk.db.schema1");
    std::fs::copy(&copy, back.path().join("kiosk.db")).unwrap();
    std::fs::copy(folder.path().join("kiosk.db.key"), back.path().join("kiosk.db.key")).unwrap();
    assert_eq!(count(back.path(), "PRAGMA user_version"), 1);
    assert_eq!(count(back.path(), "PRAGMA application_id"), 0x4B42_414E);
    assert_eq!(waiting_keys(back.path()), keys);
    block_on(async {
        let store = open(back.path()).unwrap();
        holds_everything(&store, &keys).await;
        // It goes when what is sealed in it would have gone, counted from the first right clock.
        let first = Timestamp::now() + jiff::SignedDuration::from_hours(100 * 24);
        tend(&store, first, true).await;
        let month = first + jiff::SignedDuration::from_hours(29 * 24);
        tend(&store, month, true).await;
        assert!(back.path().join("kiosk.db.schema1").exists());
        tend(&store, month + jiff::SignedDuration::from_hours(2 * 24), true).await;
        assert!(!back.path().join("kiosk.db.schema1").exists());
        store.close().await;
    });
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

#[test]
fn a_database_of_schema_1_is_not_changed_by_looking_and_is_refused_where_it_lost_something() {
    let folder = old("used");
    let viewer = StoreViewer::open(&config(folder.path())).err().unwrap().to_string();
    assert!(viewer.contains("schema 1, this one knows 3"), "{viewer}");
    assert_eq!(count(folder.path(), "PRAGMA user_version"), 1);
    // Everything of schema 1 stood in the log until the kiosk was stopped in order.
    let folder = old("killed");
    std::fs::remove_file(folder.path().join("kiosk.db-wal")).unwrap();
    let refused = open(folder.path()).err().unwrap().to_string();
    assert!(refused.contains("cases were stored here"), "{refused}");
    let folder = old("used");
    std::fs::remove_file(folder.path().join("kiosk.db.key")).unwrap();
    let refused = open(folder.path()).err().unwrap().to_string();
    assert!(refused.contains("sealing key is missing"), "{refused}");
    let folder = old("used");
    std::fs::write(folder.path().join("kiosk.db.key"), [7; 16]).unwrap();
    let refused = open(folder.path()).err().unwrap().to_string();
    assert!(refused.contains("belongs to another database"), "{refused}");
}
