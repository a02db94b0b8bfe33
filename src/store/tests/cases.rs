//! Cases: taken in, found, moved.

use super::*;
use crate::case::{Route, RouteWay};
use crate::domain::enterprise::Enterprise;

/// For whom somebody acts is sealed, and who handles a case comes with the platform's answers.
#[test]
fn p4_a_case_keeps_its_route_and_seals_for_whom_it_is() {
    with_store(|store, folder| async move {
        let name = "样例科技有限公司";
        let enterprise = Enterprise { credit_code: "91000000MA0000000N".into(), name: name.into() };
        let case = NewCase { enterprise: Some(enterprise), ..new_case(NUMBER, 2_000) };
        let number = store.submit(case).await.unwrap().number;
        let delivery = now_due(&store).await;
        let route = Route {
            way: RouteWay::StatutoryLimit,
            department: Some("某局".into()),
            reason: Some("需要现场调查".into()),
        };
        let answer = PlatformAnswer {
            route: Some(route.clone()),
            ..PlatformAnswer::status(CaseStatus::Accepted)
        };
        store.delivered(&delivery, Verdict::Application(answer)).await.unwrap();
        // An answer that says nothing of it takes nothing away.
        let same = PlatformAnswer {
            due_at: Some(at(3_000)),
            ..PlatformAnswer::status(CaseStatus::Accepted)
        };
        let key = delivery.idempotency_key.clone();
        store
            .apply_changes("1", vec![Change { idempotency_key: key, answer: same }])
            .await
            .unwrap();
        store.close().await;
        let store = open(&folder).unwrap();
        let facts = store.case(&number).await.unwrap().unwrap();
        assert_eq!((facts.enterprise.as_deref(), facts.route), (Some(name), Some(route)));
        let sealed = count(
            &folder,
            "SELECT count(*) FROM application WHERE instr(CAST(enterprise AS TEXT), '样例') = 0 AND instr(CAST(route_reason AS TEXT), '现场') = 0",
        );
        assert_eq!(sealed, 1);
    });
}

#[test]
fn p2_a_received_case_is_there_after_reopening() {
    with_store(|store, folder| async move {
        let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        assert_eq!(facts.status, CaseStatus::Received);
        let sent = now_due(&store).await;
        store.close().await;
        let store = open(&folder).unwrap();
        assert_eq!(store.case(&facts.number).await.unwrap(), Some(facts.clone()));
        assert_eq!(store.cases_of(NUMBER).await.unwrap().rows, std::slice::from_ref(&facts));
        let delivery = now_due(&store).await;
        assert_eq!(delivery.idempotency_key, sent.idempotency_key, "the key outlives a restart");
        assert_eq!(delivery.body, sent.body, "and so does every byte");
        let body: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap();
        assert_eq!(body["case_number"], facts.number.as_str());
        assert_eq!(body["query_token"], facts.query_token.as_str());
        assert_eq!(body["pack_version"], "2026.11");
        assert_eq!(body["applicant"]["document_number"], NUMBER);
        assert_eq!(body["answers"][0]["answer"], PHONE);
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
        // SQLite was built as .cargo/config.toml says.
        let built = |db: &mut Db| {
            db.connection
                .query_row("SELECT sqlite_compileoption_used('DEFAULT_MEMSTATUS=0')", [], |row| {
                    row.get(0)
                })
                .map_err(|e| db.error("asking", e))
        };
        assert!(store.call::<bool>(built).await.unwrap());
    });
}

#[test]
fn p4_cases_of_another_person_are_not_found() {
    with_store(|store, _| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        store.submit(new_case("", 2_001)).await.unwrap();
        assert_eq!(store.cases_of(OTHER).await.unwrap().rows, []);
        let nobody = store.cases_of("").await.unwrap();
        assert_eq!(nobody.rows, [], "a card without number is nobody's");
        assert_eq!(store.cases_of(" 511703189503150028").await.unwrap().rows.len(), 1);
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
        let queue = store.queue().await.unwrap().rows;
        assert_eq!(queue.into_iter().map(|row| row.number).collect::<Vec<_>>(), numbers);
        let mut found: Vec<_> =
            store.cases_of(NUMBER).await.unwrap().rows.into_iter().map(|f| f.number).collect();
        found.reverse();
        assert_eq!(found, numbers);
        for number in &numbers {
            let delivery = now_due(&store).await;
            assert_eq!(number_in(&delivery), *number);
            store.delivered(&delivery, says(CaseStatus::Accepted)).await.unwrap();
        }
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
        for (n, (from, to, moves)) in table.into_iter().enumerate() {
            let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
            let delivery = now_due(&store).await;
            store.delivered(&delivery, says(from)).await.unwrap();
            let answer = PlatformAnswer::status(to);
            let change = Change { idempotency_key: delivery.idempotency_key.clone(), answer };
            let cursor = n.to_string();
            let moved = store.apply_changes(&cursor, vec![change]).await.unwrap();
            assert_eq!(!moved.is_empty(), moves, "{from:?} answered {to:?}");
            let now = store.case(&facts.number).await.unwrap().unwrap().status;
            assert_eq!(now, if moves { to } else { from });
            let noted = store.changes_cursor().await.unwrap();
            assert_eq!(noted.as_ref() == Some(&cursor), moves, "a move is noted with its place");
        }
    });
}

#[test]
fn p8_a_case_is_as_long_as_it_may_be_and_no_longer() {
    // Every byte of what a citizen gives may become six in JSON.
    let longest = (16 * 1024) / 6;
    with_store(|store, _| async move {
        let of = |length: usize| {
            let mut case = new_case(NUMBER, 2_000);
            let card = &case.card;
            let texts = [&card.name, &card.name_latin, &card.number, &card.address];
            let card: usize = texts.iter().map(|text| text.len()).sum();
            let filled = "\u{1}".repeat(length - card - "phone".len());
            case.answers = vec![("phone".to_owned(), Zeroizing::new(filled))];
            case
        };
        let facts = store.submit(of(longest)).await.unwrap();
        let error = store.submit(of(longest + 1)).await.unwrap_err().to_string();
        assert!(error.contains("case"), "{error}");
        let next = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        assert!(next.number.sequence() > facts.number.sequence());
        let found = store.cases_of(NUMBER).await.unwrap().rows;
        assert_eq!(found.len(), 2, "of one that was refused nothing is kept");
    });
}

#[test]
fn what_the_platform_tells_of_a_case_is_kept() {
    with_store(|store, _| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let accepted = PlatformAnswer {
            accepted_at: Some(at(2_010)),
            due_at: Some(at(3_800)),
            acceptance_number: Some("受理〔2026〕17".to_owned()),
            ..PlatformAnswer::status(CaseStatus::Accepted)
        };
        let delivery = now_due(&store).await;
        let facts =
            store.delivered(&delivery, Verdict::Application(accepted)).await.unwrap().unwrap();
        assert_eq!(facts.acceptance_number.as_deref(), Some("受理〔2026〕17"));
        let day = jiff::civil::date(2026, 12, 24);
        let returned = PlatformAnswer {
            correct_by: Some(day),
            note: Some("请补正".to_owned()),
            ..PlatformAnswer::status(CaseStatus::Returned)
        };
        let key = delivery.idempotency_key.clone();
        let change = Change { idempotency_key: key, answer: returned };
        let facts = store.apply_changes("1", vec![change]).await.unwrap().remove(0);
        assert_eq!((facts.accepted_at, facts.due_at), (Some(at(2_010)), Some(at(3_800))));
        assert_eq!(facts.acceptance_number.as_deref(), Some("受理〔2026〕17"));
        assert_eq!((facts.correct_by, facts.note.as_deref()), (Some(day), Some("请补正")));
        assert_eq!(store.cases_of(NUMBER).await.unwrap().rows, [facts]);
        let facts = store.submit(new_case(OTHER, 2_000)).await.unwrap();
        let completed = PlatformAnswer {
            completed_at: Some(at(2_020)),
            ..PlatformAnswer::status(CaseStatus::Completed)
        };
        let delivery = now_due(&store).await;
        store.delivered(&delivery, Verdict::Application(completed)).await.unwrap();
        let facts = store.case(&facts.number).await.unwrap().unwrap();
        assert_eq!(facts.completed_at, Some(at(2_020)));
    });
}

#[test]
fn the_parts_of_a_package_move_each_for_itself() {
    use CaseStatus::{Accepted, Completed, Received, Returned};
    with_store(|store, folder| async move {
        let mut package = new_case(NUMBER, 2_000);
        package.item = "flexible_employment".to_owned();
        package.parts = vec!["insurance".to_owned(), "archive".to_owned()];
        package.limit = "30min".parse().ok();
        let facts = store.submit(package).await.unwrap();
        let statuses = |facts: &CaseFacts| facts.parts.iter().map(|p| p.status).collect::<Vec<_>>();
        assert_eq!(statuses(&facts), [Received, Received]);
        let delivery = now_due(&store).await;
        let body: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap();
        assert_eq!(body["parts"][1]["item"], "archive");
        assert_eq!(body["limit"], serde_json::json!({ "value": 30, "unit": "minutes" }));
        store.delivered(&delivery, says(Accepted)).await.unwrap();
        let tell = async |cursor: &str, item: &str, status| {
            let part = crate::case::PartFacts {
                item: item.to_owned(),
                status,
                completed_at: None,
                due_at: None,
                acceptance_number: None,
                note: Some(format!("{NAME}的{item}")),
            };
            let answer = PlatformAnswer { parts: vec![part], ..PlatformAnswer::status(Accepted) };
            let change = Change { idempotency_key: delivery.idempotency_key.clone(), answer };
            store.apply_changes(cursor, vec![change]).await.unwrap()
        };
        let moved = tell("1", "archive", Returned).await;
        assert_eq!(statuses(&moved[0]), [Received, Returned], "one does not hold up the other");
        assert_eq!(moved[0].parts[1].note.as_deref(), Some("样例甲的archive"));
        assert_eq!(statuses(&tell("2", "insurance", Completed).await[0]), [Completed, Returned]);
        assert_eq!(tell("3", "archive", Completed).await, [], "never out of its end");
        assert_eq!(tell("4", "no_part_of_it", Completed).await, []);
        let found = store.cases_of(NUMBER).await.unwrap().rows;
        assert_eq!(statuses(&found[0]), [Completed, Returned]);
        let expected = ["case_received", "case_accepted", "case_part_moved", "case_part_moved"];
        assert_eq!(kinds(&folder), expected);
    });
}

#[test]
fn p2_a_refused_case_stays_with_the_platforms_words() {
    with_store(|store, _| async move {
        let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let delivery = now_due(&store).await;
        let words = format!("材料不符\n{}", "长".repeat(500));
        let verdict = Verdict::Refused { code: "invalid".to_owned(), words };
        let moved = store.delivered(&delivery, verdict.clone()).await.unwrap().unwrap();
        assert_eq!(moved.status, CaseStatus::Returned);
        let note = moved.note.unwrap();
        assert!(note.starts_with("材料不符 长") && note.chars().count() == 200);
        assert!(matches!(store.due(Instant::now()).await.unwrap(), Due::Nothing));
        assert_eq!(store.delivered(&delivery, verdict).await.unwrap(), None, "a late repetition");
        assert_eq!(store.cases_of(NUMBER).await.unwrap().rows[0].number, facts.number);
        assert_eq!(rows(&store).await, 2);
    });
}

/// A date that the platform moves, a number that it gives later: told although the case stays.
#[test]
fn p1_what_the_platform_adds_without_moving_a_case_is_kept_and_told_once() {
    with_store(|store, folder| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let delivery = now_due(&store).await;
        store.delivered(&delivery, says(CaseStatus::Accepted)).await.unwrap();
        let key = &delivery.idempotency_key;
        let tell = async |cursor: &str, answer: PlatformAnswer| {
            let change = Change { idempotency_key: key.clone(), answer };
            store.apply_changes(cursor, vec![change]).await.unwrap()
        };
        let more = || PlatformAnswer {
            due_at: Some(at(9_000)),
            acceptance_number: Some("A-17".to_owned()),
            note: Some("请带原件".to_owned()),
            ..PlatformAnswer::status(CaseStatus::Accepted)
        };
        let told = tell("1", more()).await.remove(0);
        assert_eq!((told.status, told.due_at), (CaseStatus::Accepted, Some(at(9_000))));
        assert_eq!(told.acceptance_number.as_deref(), Some("A-17"));
        assert_eq!(told.note.as_deref(), Some("请带原件"));
        assert_eq!(tell("2", more()).await, [], "the same again is no news");
        assert_eq!(kinds(&folder), ["case_received", "case_accepted", "case_detailed"]);
        // Of an end nothing is taken back.
        tell("3", PlatformAnswer::status(CaseStatus::Completed)).await;
        let late =
            PlatformAnswer { due_at: Some(at(1)), ..PlatformAnswer::status(CaseStatus::Completed) };
        assert_eq!(tell("4", late).await, []);
    });
}

#[test]
fn p4_what_was_handed_in_goes_when_the_case_is_completed_and_stays_when_it_is_returned() {
    with_store(|store, folder| async move {
        let kept = || count(&folder, "SELECT count(request) FROM application");
        let deliver = async |status| {
            store.submit(new_case(NUMBER, 2_000)).await.unwrap();
            let delivery = now_due(&store).await;
            store.delivered(&delivery, says(status)).await.unwrap();
            delivery
        };
        let advance = async |delivery: &Delivery, status| {
            let answer = PlatformAnswer::status(status);
            let change = Change { idempotency_key: delivery.idempotency_key.clone(), answer };
            store.apply_changes("1", vec![change]).await.unwrap()
        };
        let first = deliver(CaseStatus::Accepted).await;
        assert_eq!(kept(), 1);
        assert_eq!(count(&folder, "SELECT count(*) FROM outbox"), 0);
        advance(&first, CaseStatus::Completed).await;
        assert_eq!(kept(), 0);
        deliver(CaseStatus::Returned).await;
        let third = deliver(CaseStatus::Accepted).await;
        advance(&third, CaseStatus::Returned).await;
        assert_eq!(kept(), 2, "a return may be a mistake: nothing of it is lost");
        let (kept, sent) = store
            .call(move |db| {
                let read = |row: &rusqlite::Row<'_>| row.get::<_, Vec<u8>>(0);
                let sealed = db
                    .connection
                    .query_row("SELECT request FROM application WHERE sequence = 3", [], read)
                    .map_err(|e| db.error("asking", e))?;
                Ok((db.sealer.open(places::request("3"), &sealed), third.body))
            })
            .await
            .unwrap();
        assert_eq!(kept, Some(sent), "byte for byte");
        assert_eq!(store.queue().await.unwrap().rows, []);
    });
}

#[test]
fn p2_a_full_disk_acknowledges_nothing_and_loses_nothing() {
    with_store(|store, folder| async move {
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
        let mut slips = 0;
        while let Ok(serial) = store.order_slip(slip(None)).await {
            slips += 1;
            assert_eq!(serial, SlipSerial(slips));
        }
        assert_eq!(store.queue().await.unwrap().rows.len(), stored);
        assert_eq!(rows(&store).await, stored as u64 + slips);
        assert_eq!(count(&folder, "SELECT count(*) FROM slip").cast_unsigned(), slips);
        limit(100_000).await.unwrap();
        let next = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let expected = first.number.sequence() + stored as u64;
        assert_eq!(next.number.sequence(), expected, "no gap, no number a second time");
        let next = store.order_slip(slip(None)).await.unwrap();
        assert_eq!(next, SlipSerial(slips + 1), "no serial a second time");
    });
}

#[test]
fn what_is_larger_than_the_limit_is_refused() {
    with_store(|store, _| async move {
        let mut case = new_case(NUMBER, 2_000);
        case.answers.push(("note".to_owned(), Zeroizing::new("长".repeat(2_000))));
        let refused = store.submit(case).await;
        assert!(matches!(refused, Err(StoreError::TooLarge { .. })), "{refused:?}");
        let mut case = new_case(NUMBER, 2_000);
        case.parts = vec!["x".to_owned(); 33];
        let refused = store.submit(case).await;
        assert!(matches!(refused, Err(StoreError::TooLarge { .. })), "{refused:?}");
        let finding = "x".repeat(5_000);
        let refused = store.journal(Event::StoreDamaged { finding }).await;
        assert!(matches!(refused, Err(StoreError::TooLarge { .. })), "{refused:?}");
        assert_eq!(rows(&store).await, 0);
    });
}

#[test]
fn a_row_that_cannot_be_read_hides_no_other() {
    with_store(|store, folder| async move {
        let mut numbers = Vec::new();
        for second in 2_000..2_004 {
            numbers.push(store.submit(new_case(NUMBER, second)).await.unwrap().number);
        }
        let damage = |sql: &str| intruder(&folder).execute(sql, []).unwrap();
        damage("UPDATE application SET received_at = 'yesterday' WHERE sequence = 2");
        damage("UPDATE application SET number = '1' WHERE sequence = 3");
        let found = store.cases_of(NUMBER).await.unwrap();
        let good: Vec<_> = found.rows.iter().map(|facts| facts.number.clone()).collect();
        assert_eq!((good, found.unreadable), (vec![numbers[3].clone(), numbers[0].clone()], 2));
        let queue = store.queue().await.unwrap();
        assert_eq!((queue.rows.len(), queue.unreadable), (2, 2));
        let seen = StoreViewer::open(&config(&folder)).unwrap().queue().unwrap();
        assert_eq!((seen.rows.len(), seen.unreadable), (2, 2));
        // That nothing can be read at all is an error, and not the same as no cases.
        intruder(&folder).execute_batch("ALTER TABLE application RENAME TO gone").unwrap();
        store.cases_of(NUMBER).await.unwrap_err();
        store.queue().await.unwrap_err();
    });
}

#[test]
fn p4_debug_and_errors_show_no_personal_datum() {
    with_store(|store, folder| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let shown = format!("{:?}", now_due(&store).await);
        assert!(shown.contains("Application"), "{shown}");
        for secret in [NUMBER, NAME, PHONE, "样例路"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        let words = format!("{NAME}不符合条件");
        let noted = PlatformAnswer {
            note: Some(words.clone()),
            ..PlatformAnswer::status(CaseStatus::Returned)
        };
        let refused = Verdict::Refused { code: "not_entitled".to_owned(), words };
        let delivery = now_due(&store).await;
        let verdict = Verdict::Application(noted.clone());
        let facts = store.delivered(&delivery, verdict.clone()).await.unwrap().unwrap();
        assert_eq!(facts.note, noted.note, "the citizen reads it");
        let shown = format!("{noted:?} {refused:?} {verdict:?} {facts:?}");
        assert!(shown.contains("not_entitled") && shown.contains("Returned"), "{shown}");
        assert!(!shown.contains(NAME), "{shown}");
        assert!(!shown.contains(facts.query_token.as_str()), "{shown}");
        store.submit(new_case(OTHER, 2_000)).await.unwrap();
        // A sealed value stands in its own place only; a note that does not open is left out.
        for swapped in ["request", "zeroblob(99)", "(SELECT body FROM outbox)"] {
            let swap = format!("UPDATE application SET note = {swapped} WHERE sequence = 1");
            intruder(&folder).execute(&swap, []).unwrap();
            let cases = store.cases_of(NUMBER).await.unwrap().rows;
            assert_eq!((cases.len(), &cases[0].note), (1, &None), "{swapped}");
        }
    });
}
