//! The outbox: what is due, and what verdicts do.

use super::*;
use crate::domain::request::{Request, Requested};
use crate::domain::window::TimeWindow;

fn asked(priority: bool) -> NewCase {
    let request =
        Request { of: Requested::CallBack, window: TimeWindow::AnyTime, priority, by_phone: true };
    NewCase { request: Some(request), ..new_case(NUMBER, 2_000) }
}

/// 绿色通道: what is urgent to somebody who can hardly wait is sent before all that came earlier.
#[test]
fn p5_a_priority_goes_first_in_outbox_and_queue_also_over_a_restart() {
    with_store(|store, folder| async move {
        for case in [new_case(NUMBER, 2_000), asked(false), asked(true), asked(true)] {
            store.submit(case).await.unwrap();
        }
        store.close().await;
        let store = open(&folder).unwrap();
        let queue = store.queue().await.unwrap().rows;
        let order: Vec<_> = queue.iter().map(|row| (row.number.sequence(), row.priority)).collect();
        assert_eq!(order, [(3, true), (4, true), (1, false), (2, false)]);
        let mut sent = Vec::new();
        while let Due::Now(delivery) = store.due(Instant::now()).await.unwrap() {
            sent.push(number_in(&delivery).sequence());
            let body: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap();
            let priority = body["request"]["priority"].as_bool().unwrap_or_default();
            assert_eq!(priority, sent.len() <= 2);
            store.delivered(&delivery, says(CaseStatus::Accepted)).await.unwrap();
        }
        assert_eq!(sent, [3, 4, 1, 2]);
        let facts = store.cases_of(NUMBER).await.unwrap().rows;
        let requests: Vec<_> = facts.iter().map(|facts| facts.request).collect();
        assert_eq!(requests[0], asked(true).request);
        assert_eq!(requests[3], None, "the first is none");
        assert!(kinds(&folder).contains(&"request_received".to_owned()));
    });
}

#[test]
fn p9_pauses_run_on_the_monotonic_clock_and_end_with_a_restart() {
    with_store(|store, folder| async move {
        for second in [1, 2] {
            store.submit(new_case(NUMBER, second)).await.unwrap();
        }
        let start = Instant::now();
        let fail = async |delivery: &Delivery, store: &Store, seconds| {
            let next = start + Duration::from_secs(seconds);
            store.failed(delivery, Hindrance::Platform, "status 503", next).await.unwrap();
        };
        let first = now_due(&store).await;
        fail(&first, &store, 60).await;
        let second = now_due(&store).await;
        assert_ne!(second.idempotency_key, first.idempotency_key, "the next one is not held up");
        fail(&second, &store, 30).await;
        match store.due(start).await.unwrap() {
            Due::Later(pause) => assert_eq!(pause, Duration::from_secs(30)),
            other => panic!("{other:?}"),
        }
        match store.due(start + Duration::from_secs(61)).await.unwrap() {
            Due::Now(due) => assert_eq!(due.idempotency_key, first.idempotency_key),
            other => panic!("{other:?}"),
        }
        let rows = store.queue().await.unwrap().rows;
        assert_eq!((rows[0].attempts, rows[0].last_error.as_deref()), (1, Some("status 503")));
        assert!(rows[0].next_attempt_in.unwrap() > Duration::ZERO);
        store.close().await;
        let store = open(&folder).unwrap();
        let due = now_due(&store).await;
        assert_eq!((due.idempotency_key.as_str(), due.attempts), (&*first.idempotency_key, 1));
        fail(&due, &store, 3_600).await;
        store.retry_all().await.unwrap();
        assert_eq!(now_due(&store).await.idempotency_key, first.idempotency_key);
    });
}

#[test]
fn a_verdict_of_the_other_kind_changes_nothing() {
    with_store(|store, _| async move {
        let number = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        let case = now_due(&store).await;
        let wrong = store.delivered(&case, Verdict::EvaluationTaken).await;
        assert!(matches!(wrong, Err(StoreError::WrongVerdict { .. })), "{wrong:?}");
        assert_eq!(now_due(&store).await.idempotency_key, case.idempotency_key, "still waits");
        store.delivered(&case, says(CaseStatus::Accepted)).await.unwrap();
        let pressed = evaluation(Some(number), Level::Satisfied, &[]);
        store.record_evaluation(pressed).await.unwrap();
        let evaluation = now_due(&store).await;
        for wrong in [says(CaseStatus::Accepted), Verdict::Held { code: "x".to_owned() }] {
            let wrong = store.delivered(&evaluation, wrong).await;
            assert!(matches!(wrong, Err(StoreError::WrongVerdict { .. })), "{wrong:?}");
        }
        assert_eq!(now_due(&store).await.idempotency_key, evaluation.idempotency_key);
        // received, accepted, pressed
        assert_eq!(rows(&store).await, 3);
    });
}

#[test]
fn p2_a_case_that_cannot_be_booked_is_held_and_goes_on_waiting() {
    with_store(|store, folder| async move {
        let held = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        let next = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        let verdict = |code: &str| Verdict::Held { code: code.to_owned() };
        let first = now_due(&store).await;
        let facts = store.delivered(&first, verdict("number_taken")).await.unwrap().unwrap();
        assert_eq!(facts.status, CaseStatus::Received, "nobody has returned it");
        assert_eq!(facts.held.unwrap().code, "number_taken");
        // It steps aside, also when the network comes back, and is sent again after a while.
        assert_eq!(number_in(&*now_due(&store).await), next);
        store.retry_all().await.unwrap();
        assert_eq!(number_in(&*now_due(&store).await), next);
        let second = now_due(&store).await;
        store.delivered(&second, says(CaseStatus::Accepted)).await.unwrap();
        let Due::Later(pause) = store.due(Instant::now()).await.unwrap() else { panic!("due") };
        assert!(pause > Duration::from_secs(600), "slowly");
        let later = Instant::now() + Duration::from_secs(3_600);
        let Due::Now(again) = store.due(later).await.unwrap() else { panic!("never again") };
        assert_eq!((&again.idempotency_key, &again.body), (&first.idempotency_key, &first.body));
        assert_eq!(again.attempts, 1);
        // A database that was restored with its mark knows no better: the next number is behind
        // those that may be taken, too.
        let beyond = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        assert_eq!(beyond.sequence(), next.sequence() + 64 + 1);
        let Due::Now(other) = store.due(Instant::now()).await.unwrap() else { panic!("due") };
        store.delivered(&other, says(CaseStatus::Accepted)).await.unwrap();
        // The same answer is no news, another one is.
        assert_eq!(store.delivered(&again, verdict("number_taken")).await.unwrap(), None);
        assert!(store.delivered(&again, verdict("key_reused")).await.unwrap().is_some());
        let row = store.queue().await.unwrap().rows.remove(0);
        assert_eq!((row.number, row.held.unwrap().code), (held.clone(), "key_reused".to_owned()));
        // A technician has mended it there: it goes on as if nothing had been.
        let facts = store.delivered(&again, says(CaseStatus::Accepted)).await.unwrap().unwrap();
        assert_eq!((facts.number, facts.held), (held, None));
        let held = kinds(&folder).into_iter().filter(|kind| kind == "case_held").count();
        assert_eq!(held, 2);
    });
}

#[test]
fn p6_a_case_is_evaluated_once_and_after_it_was_delivered() {
    with_store(|store, _| async move {
        let facts = store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let of_case = evaluation(Some(facts.number.clone()), Level::Satisfied, &[412]);
        store.record_evaluation(of_case.clone()).await.unwrap();
        let twice = store.record_evaluation(of_case.clone()).await;
        assert!(matches!(twice, Err(StoreError::AlreadyEvaluated(_))), "{twice:?}");
        for _ in 0..2 {
            store.record_evaluation(evaluation(None, Level::Satisfied, &[])).await.unwrap();
        }
        let stranger = CaseNumber::new("511703", 1, 77).unwrap();
        let unknown = evaluation(Some(stranger), Level::Satisfied, &[]);
        let unknown = store.record_evaluation(unknown).await;
        assert!(matches!(unknown, Err(StoreError::UnknownCase(_))), "{unknown:?}");

        let first = now_due(&store).await;
        let next = Instant::now() + Duration::from_secs(3_600);
        store.failed(&first, Hindrance::NoNetwork, "x", next).await.unwrap();
        let body = |delivery: &Delivery| -> serde_json::Value {
            assert_eq!(delivery.kind, DeliveryKind::Evaluation);
            serde_json::from_slice(&delivery.body).unwrap()
        };
        let due = now_due(&store).await;
        assert_eq!(body(&due)["item"], "query", "that of an undelivered case waits for it");
        store.delivered(&first, says(CaseStatus::Accepted)).await.unwrap();
        let due = now_due(&store).await;
        assert_eq!(body(&due)["application_id"], *first.idempotency_key);
        assert_eq!((&body(&due)["satisfaction"], &body(&due)["tags"][0]), (&4.into(), &412.into()));
        store.delivered(&due, Verdict::EvaluationTaken).await.unwrap();
        // received, three presses, accepted, taken
        assert_eq!(rows(&store).await, 6);
    });
}

#[test]
fn p6_a_bad_press_without_a_reason_is_kept_and_never_sent() {
    with_store(|store, folder| async move {
        let number = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        let delivery = now_due(&store).await;
        store.delivered(&delivery, says(CaseStatus::Accepted)).await.unwrap();
        let bad = evaluation(Some(number.clone()), Level::VeryDissatisfied, &[]);
        store.record_evaluation(bad.clone()).await.unwrap();
        assert!(matches!(store.due(Instant::now()).await.unwrap(), Due::Nothing));
        let twice = store.record_evaluation(bad).await;
        assert!(matches!(twice, Err(StoreError::AlreadyEvaluated(_))), "{twice:?}");
        let kept = "SELECT count(*) FROM evaluation WHERE state = 'kept' AND tags = '[]'";
        assert_eq!(count(&folder, kept), 1);
        assert_eq!(kinds(&folder).last().unwrap(), "evaluation_kept");
        let told = evaluation(None, Level::VeryDissatisfied, &[101]);
        store.record_evaluation(told).await.unwrap();
        assert_eq!(now_due(&store).await.kind, DeliveryKind::Evaluation, "with a reason it is");
    });
}

#[test]
fn a_body_that_cannot_be_opened_holds_up_no_other() {
    with_store(|store, folder| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let other = store.submit(new_case(OTHER, 2_000)).await.unwrap().number;
        let swap = "UPDATE outbox SET body = (SELECT body FROM outbox WHERE seq = 2) WHERE seq = 1";
        intruder(&folder).execute(swap, []).unwrap();
        let error = store.due(Instant::now()).await.unwrap_err();
        assert!(matches!(error, StoreError::Sealed { seq: 1 }), "{error}");
        assert_eq!(number_in(&*now_due(&store).await), other, "the damaged one is set aside");
        store.retry_all().await.unwrap();
        intruder(&folder).execute("UPDATE outbox SET body = zeroblob(99)", []).unwrap();
        for _ in 0..2 {
            store.due(Instant::now()).await.unwrap_err();
        }
        assert!(matches!(store.due(Instant::now()).await.unwrap(), Due::Later(_)), "both are");
    });
}

#[test]
fn a_page_of_the_feed_is_noted_whole_or_not_at_all() {
    with_store(|store, folder| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        let delivery = now_due(&store).await;
        let change = || Change {
            idempotency_key: delivery.idempotency_key.clone(),
            answer: PlatformAnswer::status(CaseStatus::Completed),
        };
        let stranger = || Change { idempotency_key: "another kiosk's".to_owned(), ..change() };
        assert_eq!(store.changes_cursor().await.unwrap(), None);
        let moved = store.apply_changes("1", vec![change(), stranger()]).await.unwrap();
        assert_eq!(moved, [], "its delivery is still to be answered, and will say as much");
        store.delivered(&delivery, says(CaseStatus::Accepted)).await.unwrap();
        let too_many = store.apply_changes("2", vec![change(); 257]).await;
        assert!(matches!(too_many, Err(StoreError::TooLarge { .. })));
        // Nothing moved: that alone is worth no commit.
        assert_eq!(store.changes_cursor().await.unwrap(), None);
        let moved = store.apply_changes("2", vec![stranger(), change()]).await.unwrap();
        assert_eq!(moved[0].status, CaseStatus::Completed);
        assert_eq!(store.apply_changes("3", vec![change()]).await.unwrap(), [], "twice is once");
        assert_eq!(store.changes_cursor().await.unwrap().as_deref(), Some("2"));
        // But a long way without anything is not gone twice.
        assert_eq!(store.apply_changes("4", vec![stranger(); 31]).await.unwrap(), []);
        assert_eq!(store.changes_cursor().await.unwrap().as_deref(), Some("2"));
        assert_eq!(store.apply_changes("5", vec![stranger(); 32]).await.unwrap(), []);
        assert_eq!(store.changes_cursor().await.unwrap().as_deref(), Some("5"));
        assert_eq!(kinds(&folder), ["case_received", "case_accepted", "case_completed"]);
    });
}

#[test]
fn how_much_waits_is_counted_and_news_of_it_is_told_once() {
    with_store(|store, _| async move {
        let is_told = async || {
            tokio::select! {
                biased;
                () = store.outbox_changed() => true,
                () = std::future::ready(()) => false,
            }
        };
        assert_eq!(store.undelivered().await.unwrap(), 0);
        assert!(!is_told().await);
        let number = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        assert!(is_told().await && !is_told().await);
        store.record_evaluation(evaluation(Some(number), Level::Satisfied, &[])).await.unwrap();
        assert!(is_told().await && !is_told().await);
        assert_eq!(store.undelivered().await.unwrap(), 2);
        store.delivered(&*now_due(&store).await, says(CaseStatus::Completed)).await.unwrap();
        assert_eq!(store.undelivered().await.unwrap(), 1);
    });
}
