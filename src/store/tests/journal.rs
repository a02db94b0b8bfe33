//! The journal's chain.

use super::*;

#[test]
fn p7_rows_that_are_awaited_stand_in_the_order_of_the_calls() {
    with_store(|store, folder| async move {
        for n in 0..20 {
            store.journal(Event::Network { online: n % 3 == 0 }).await.unwrap();
        }
        let other = intruder(&folder);
        let mut rows = other.prepare("SELECT detail FROM journal ORDER BY seq").unwrap();
        let found: Vec<String> =
            rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        let expected = |n| format!("{{\"online\":{}}}", n % 3 == 0);
        assert_eq!(found, (0..20).map(expected).collect::<Vec<_>>());
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
        ("UPDATE journal SET hash = zeroblob(32) WHERE seq = 3", 3, "was changed"),
        ("UPDATE journal SET hash = x'00' WHERE seq = 5", 5, "was changed"),
        ("UPDATE journal SET hash_version = 1 WHERE seq = 3", 3, "was changed"),
        ("UPDATE journal SET hash_version = 3 WHERE seq = 3", 3, "has a digest"),
        ("UPDATE journal SET hash_version = 300 WHERE seq = 3", 3, "cannot be read"),
        ("DELETE FROM journal WHERE seq = 1", 1, "is missing"),
        ("DELETE FROM journal WHERE seq = 3", 3, "is missing"),
        ("DELETE FROM journal WHERE seq = 5", 5, "is missing"),
        ("DELETE FROM journal", 1, "is missing"),
        (
            "INSERT INTO journal
             SELECT 6, at, clock_trusted, kind, case_number, detail, hash, hash_version
             FROM journal WHERE seq = 5",
            6,
            "was changed",
        ),
    ];
    for (intrusion, row, words) in table {
        with_store(|store, folder| async move {
            store.submit(new_case(NUMBER, 2_000)).await.unwrap();
            for n in 2..=5 {
                store.journal(Event::Network { online: n % 2 == 0 }).await.unwrap();
            }
            assert_eq!(rows(&store).await, 5);
            let intruder = intruder(&folder);
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
            match store.check().await.unwrap() {
                StoreHealth::Damaged { finding } => {
                    let expected = format!("journal row {row} {words}");
                    assert!(finding.starts_with(&expected), "{intrusion}: {finding}");
                }
                other => panic!("{intrusion}: {other:?}"),
            }
            assert!(matches!(store.health(), StoreHealth::Damaged { .. }), "and it is remembered");
        });
    }
}

#[test]
fn p7_a_long_journal_is_checked_in_pieces() {
    with_store(|store, folder| async move {
        store
            .call(|db| {
                db.write("filling", |transaction, _| {
                    for n in 0..1_100 {
                        let event = Event::Network { online: n % 2 == 0 };
                        chain::append(transaction, (at(n), true), &event)?;
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
        assert_eq!(store.health(), StoreHealth::NotYet);
        assert_eq!(rows(&store).await, 1_100);
        assert_eq!(store.health(), StoreHealth::Whole { rows: 1_100 });
        let viewer = StoreViewer::open(&config(&folder)).unwrap();
        assert_eq!(viewer.check().unwrap(), StoreHealth::Whole { rows: 1_100 });
        intruder(&folder)
            .execute_batch(
                "DROP TRIGGER journal_is_not_changed;
                 UPDATE journal SET detail = '' WHERE seq = 1030;",
            )
            .unwrap();
        let StoreHealth::Damaged { finding } = viewer.check().unwrap() else { panic!("not found") };
        assert!(finding.starts_with("journal row 1030 was changed"), "{finding}");
    });
}

#[test]
fn p9_a_row_says_whether_its_clock_was_right() {
    with_store(|store, folder| async move {
        let right = || count(&folder, "SELECT count(*) FROM journal WHERE clock_trusted");
        store.journal(Event::Stopped {}).await.unwrap();
        assert_eq!(right(), 0, "not until somebody says so");
        store.set_clock_trusted(true);
        store.journal(Event::Stopped {}).await.unwrap();
        assert_eq!(right(), 1);
        store.set_clock_trusted(false);
        store.journal(Event::Stopped {}).await.unwrap();
        assert_eq!(right(), 1);
    });
}

#[test]
fn p7_a_damaged_page_is_found_beside_the_work_and_noted() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let store = open(folder.path()).unwrap();
        for second in 2_000..2_200 {
            store.submit(new_case(NUMBER, second)).await.unwrap();
        }
        store.close().await;
    });
    // A page of the index by which a person's cases are found.
    let page = count(
        folder.path(),
        "SELECT rootpage FROM sqlite_schema WHERE name = 'application_by_person'",
    );
    let path = folder.path().join("kiosk.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let size = usize::try_from(count(folder.path(), "PRAGMA page_size")).unwrap();
    let begin = (page as usize - 1) * size;
    bytes[begin + 12..begin + size].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    block_on(async {
        let store = open(folder.path()).unwrap();
        let StoreHealth::Damaged { finding } = store.check().await.unwrap() else {
            panic!("whole")
        };
        assert!(finding.contains("damaged"), "{finding}");
        while !kinds(folder.path()).contains(&"store_damaged".to_owned()) {
            tokio::task::yield_now().await;
        }
    });
}
