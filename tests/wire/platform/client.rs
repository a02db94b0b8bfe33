//! One request, one typed answer.

use std::time::Duration;

use kuaiban::case::CaseStatus;
use kuaiban::contract::{ApplicationRequest, Reason, encode};
use kuaiban::domain::answer::Nothing;
use kuaiban::domain::evaluation::Level;
use kuaiban::domain::fact::Value;
use kuaiban::platform::{Client, PlatformError};
use kuaiban::simulators::platform::{Mode, RetryAfter};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

fn refused<T: std::fmt::Debug>(result: Result<T, PlatformError>, expected: (u16, &str)) {
    match result {
        Err(PlatformError::Refused { status, code, words, .. }) => {
            assert_eq!((status, code.as_str()), expected);
            assert!(words.starts_with("样例"), "{words}");
        }
        other => panic!("{expected:?}: {other:?}"),
    }
}

#[tokio::test]
async fn p3_the_same_key_books_once_and_answers_the_same() {
    let simulator = simulator(NEVER).await;
    let client = client(&simulator);
    let first_key = key();
    let first = client.apply(&first_key, body(1)).await.unwrap();
    assert_eq!((first.status, &first.application_id), (CaseStatus::Accepted, &first_key));
    assert!(first.acceptance_number.is_some());
    assert_eq!(client.apply(&first_key, body(1)).await.unwrap(), first);
    refused(client.apply(&first_key, body(2)).await, (409, "key_reused"));
    refused(client.apply(&key(), body(1)).await, (409, "number_taken"));
    let wrong = ApplicationRequest { source: 1, ..application(3) };
    refused(client.apply(&key(), encode(&wrong)).await, (422, "invalid"));
    let books = simulator.books();
    assert_eq!((books.cases.len(), books.attempts, books.duplicates, books.refused), (1, 5, 1, 3));

    let evaluate = |key: String, about: &str, tags: &[u16]| {
        let request = evaluation(Some(about.to_owned()), Level::VeryDissatisfied, tags);
        let (client, body) = (client.clone(), encode(&request));
        async move { client.evaluate(&key, body).await }
    };
    refused(evaluate(key(), &first_key, &[]).await, (422, "reason_required"));
    refused(evaluate(key(), &key(), &[115]).await, (422, "application_unknown"));
    let second_key = key();
    let receipt = evaluate(second_key.clone(), &first_key, &[115]).await.unwrap();
    assert_eq!(evaluate(second_key, &first_key, &[115]).await.unwrap(), receipt);
    refused(evaluate(key(), &first_key, &[115]).await, (409, "already_evaluated"));
    assert_eq!(simulator.books().evaluations.len(), 1);
}

#[tokio::test]
async fn p1_a_query_is_answered_with_titled_values_and_as_a_sample() {
    let simulator = simulator(NEVER).await;
    let client = client(&simulator);
    let first = client.query(&query()).await.unwrap();
    assert!(matches!(first.facts[0].value, Value::PersonName(_)));
    assert_eq!(first.tables[0].rows.len(), 5);
    assert!(first.tables[0].rows.iter().all(|row| row.len() == first.tables[0].columns.len()));
    assert!(first.verification_code.as_deref().unwrap().starts_with("SAMPLE-"));
    assert_eq!(client.query(&query()).await.unwrap(), first, "the same every time");
}

#[tokio::test]
async fn p5_nothing_has_four_kinds_and_a_fault_is_one_of_them() {
    let simulator = simulator(NEVER).await;
    let client = client(&simulator);
    simulator.set_words(Some("请到窗口查询。"));
    for (mode, expected, words) in [
        (Mode::Nothing(Reason::UnknownPerson), Nothing::UnknownPerson, true),
        (Mode::Nothing(Reason::NoRecord), Nothing::NoRecord, true),
        (Mode::Nothing(Reason::NotAvailable), Nothing::NotAvailable, true),
        (Mode::Nothing(Reason::NotPermitted), Nothing::NotPermitted, true),
        (Mode::Fail(500), Nothing::NotAvailable, false),
        (Mode::Fail(404), Nothing::NotAvailable, false),
        (Mode::Fail(422), Nothing::NotPermitted, false),
        (Mode::Offline, Nothing::NotAvailable, false),
    ] {
        simulator.set(mode);
        let none = client.query(&query()).await.unwrap_err();
        assert_eq!(none.nothing, expected, "{mode:?}");
        let said = none.detail.as_ref().map(|detail| detail.open());
        assert_eq!(said, words.then_some("请到窗口查询。"), "{mode:?}");
        assert!(!format!("{none:?}").contains("窗口"), "words may name a person");
    }
}

#[tokio::test]
async fn an_answer_with_a_byte_order_mark_is_read() {
    let simulator = simulator(NEVER).await;
    let client = client(&simulator);
    simulator.set(Mode::ByteOrderMark);
    client.health().await.unwrap();
    client.query(&query()).await.unwrap();
    let key = key();
    client.apply(&key, body(1)).await.unwrap();
    assert_eq!(client.changes(None).await.unwrap().changes.len(), 1);
    // A refusal is no less a refusal.
    refused(client.apply(&key, body(2)).await, (409, "key_reused"));
}

#[tokio::test]
async fn a_busy_platform_is_left_alone_by_everything_for_as_long_as_it_asks() {
    for retry_after in [RetryAfter::Seconds(1800), RetryAfter::Date(1800), RetryAfter::Missing] {
        for status in [429, 503] {
            let simulator = simulator(NEVER).await;
            let client = client(&simulator);
            assert_eq!(client.busy_for(), None);
            simulator.set(Mode::Busy { status, retry_after });
            let busy = |error: PlatformError| match error {
                PlatformError::Busy { status: said, pause, .. } => {
                    assert_eq!(said, status);
                    pause
                }
                other => panic!("{other:?}"),
            };
            let pause = busy(client.health().await.unwrap_err());
            let least = if retry_after == RetryAfter::Missing { 10 } else { 1700 };
            assert!(pause > Duration::from_secs(least), "{retry_after:?}: {pause:?}");
            assert!(client.busy_for().is_some());
            // It may be well again: it is not asked before it said so.
            simulator.set(Mode::Online);
            busy(client.health().await.unwrap_err());
            busy(client.changes(None).await.unwrap_err());
            busy(client.clone().apply(&key(), body(1)).await.unwrap_err());
            assert_eq!(client.query(&query()).await.unwrap_err().nothing, Nothing::NotAvailable);
            assert_eq!(simulator.books().requests, 1);
        }
    }
}

#[tokio::test]
async fn after_its_pause_a_busy_platform_is_asked_again_and_only_work_makes_pauses_small() {
    let no_wish = Mode::Busy { status: 503, retry_after: RetryAfter::Missing };
    for (works, least) in [(false, 30), (true, 15)] {
        let simulator = simulator(NEVER).await;
        let patient = kuaiban::config::Platform { retry_max_s: 300, ..config(simulator.url()) };
        let client = Client::new(&patient).unwrap();
        simulator.set(Mode::Busy { status: 503, retry_after: RetryAfter::Seconds(0) });
        client.health().await.unwrap_err();
        simulator.set(Mode::Online);
        until("the pause is over", || client.busy_for().is_none()).await;
        client.health().await.unwrap();
        if works {
            client.query(&query()).await.unwrap();
        }
        simulator.set(no_wish);
        let PlatformError::Busy { pause, .. } = client.health().await.unwrap_err() else {
            panic!("it is busy")
        };
        let expected = Duration::from_secs(least)..Duration::from_secs(least * 5 / 4 + 1);
        assert!(expected.contains(&pause), "works: {works}, {pause:?}");
    }
}

/// A server that says the same to everybody.
pub(super) async fn says(answer: Vec<u8>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    url
}

#[tokio::test]
async fn p8_every_answer_is_sorted_and_none_is_believed_that_is_not_the_contracts() {
    let problem =
        r#"{"type":"about:blank","title":"t","status":1,"detail":"某某，不行","code":"no"}"#;
    let json = "application/json";
    let final_word = "application/problem+json; charset=utf-8";
    let other = r#"{"application_id":"00000000-0000-4000-8000-000000000000","status":"completed"}"#;
    // Status line, type, body, what it is to us.
    let table = [
        ("200 OK", json, "{", "Nonsense"),
        ("200 OK", "text/html", "<html>Login</html>", "Nonsense"),
        ("200 OK", json, other, "Nonsense"),
        ("204 No Content", json, "", "Nonsense"),
        ("302 Found\r\nLocation: http://127.0.0.1:1/", json, "", "Nonsense"),
        ("422 X", final_word, problem, "Refused"),
        ("409 X", final_word, problem, "Refused"),
        ("410 X", final_word, problem, "Refused"),
        ("410 X", "text/html", problem, "Nonsense"),
        ("400 X", final_word, problem, "Nonsense"),
        ("406 X", final_word, problem, "Nonsense"),
        ("413 X", final_word, problem, "Nonsense"),
        ("415 X", final_word, problem, "Nonsense"),
        ("451 X", final_word, problem, "Nonsense"),
        ("499 X", final_word, problem, "Nonsense"),
        ("422 X", json, problem, "Nonsense"),
        ("422 X", final_word, "{}", "Nonsense"),
        ("403 X", final_word, problem, "Nonsense"),
        ("401 X", final_word, problem, "Nonsense"),
        ("404 X", final_word, problem, "Nonsense"),
        ("408 X", final_word, problem, "Nonsense"),
        ("429 X\r\nRetry-After: 7", final_word, problem, "Busy"),
        ("429 X\r\nRetry-After: a while", final_word, problem, "Busy"),
        ("503 X", "text/html", "", "Busy"),
        ("500 X", final_word, problem, "Failing"),
        ("599 X", "text/html", "", "Failing"),
    ];
    for (status, kind, body, expected) in table {
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let url = says(answer.into_bytes()).await;
        let client = Client::new(&config(url)).unwrap();
        let error = client.apply(&key(), super::body(1)).await.unwrap_err();
        let name = format!("{error:?}");
        assert!(name.starts_with(expected), "{status} {kind}: {name}");
        assert!(!error.to_string().contains("某某"), "an answer may name a person: {error}");
        assert!(!name.contains("某某"), "an answer may name a person: {name}");
        if let PlatformError::Refused { words, .. } = error {
            assert_eq!(words, "某某，不行", "the citizen reads it");
        }
    }
}

/// A client of a platform that gives this JSON to everybody.
pub(super) async fn client_of(body: Vec<u8>) -> Client {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    Client::new(&config(says(answer).await)).unwrap()
}

#[tokio::test]
async fn p8_an_answer_is_as_long_as_the_contract_allows_and_no_longer() {
    const LONGEST: usize = 4 * 1024 * 1024;
    let health = |status: &str, length: usize| {
        let mut json = format!(r#"{{"status":"{status}"}}"#).into_bytes();
        json.resize(length.max(json.len()), b' ');
        json
    };
    client_of(health("ok", 0)).await.health().await.unwrap();
    client_of(health("ok", LONGEST)).await.health().await.unwrap();
    for wrong in [health("ok", LONGEST + 1), health("down", 0)] {
        let error = client_of(wrong).await.health().await.unwrap_err();
        assert!(matches!(error, PlatformError::Nonsense { .. }), "{error:?}");
    }
    let page = |changes: usize, cursor: &str| {
        let change = serde_json::json!({ "application_id": key(), "status": "accepted" });
        let changes = vec![change; changes];
        serde_json::json!({ "changes": changes, "cursor": cursor, "more": false })
            .to_string()
            .into_bytes()
    };
    let whole = client_of(page(100, "c")).await.changes(None).await.unwrap();
    assert_eq!((whole.changes.len(), whole.cursor.as_str()), (100, "c"));
    assert_eq!(client_of(page(0, "c")).await.changes(None).await.unwrap().changes, []);
    for wrong in [page(101, "c"), page(1, "c d"), page(1, "")] {
        let error = client_of(wrong).await.changes(None).await.unwrap_err();
        assert!(matches!(error, PlatformError::Nonsense { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn p8_a_dead_mute_or_endless_platform_is_unreachable_or_nonsense_in_bounded_time() {
    let endless = {
        let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n".to_vec();
        answer.resize(8 * 1024 * 1024, b' ');
        says(answer).await
    };
    let cut = says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".to_vec()).await;
    let garbage = says(vec![0xff; 64]).await;
    let closed = says(Vec::new()).await;
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mute_url = format!("http://{}", mute.local_addr().unwrap());
    let table = [
        (endless, 30, "Nonsense"),
        (cut, 30, "Unreachable"),
        (garbage, 30, "Unreachable"),
        (closed, 30, "Unreachable"),
        (mute_url, 1, "Unreachable"),
        ("http://127.0.0.1:1".to_owned(), 30, "Unreachable"),
    ];
    for (url, timeout_s, expected) in table {
        let config = kuaiban::config::Platform { timeout_s, ..config(url.clone()) };
        let client = Client::new(&config).unwrap();
        let answer = tokio::time::timeout(LIMIT, client.health());
        let error = answer.await.expect("it has an end").unwrap_err();
        assert!(format!("{error:?}").starts_with(expected), "{url}: {error:?}");
    }
}
