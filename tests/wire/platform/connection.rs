//! Connections that break under a request.

use kuaiban::simulators::platform::{Lines, Mode};

use super::*;

#[tokio::test]
async fn a_kept_connection_that_breaks_before_the_first_byte_is_not_the_end() {
    let simulator = simulator(NEVER).await;
    let client = client(&simulator);
    simulator.set(Mode::BreakReused);
    // Each of these but the first finds a connection that the one before it has left behind.
    for _ in 0..3 {
        client.health().await.unwrap();
        client.query(&query()).await.unwrap();
        client.changes(None).await.unwrap();
    }
    let key = key();
    client.apply(&key, body(1)).await.unwrap();
    client.apply(&key, body(1)).await.unwrap();
    let books = simulator.books();
    assert_eq!((books.cases.len(), books.requests), (1, 11), "asked again, never more than once");
}

#[tokio::test]
async fn p4_what_is_about_a_person_goes_over_a_connection_of_its_own_and_once() {
    let simulator = simulator(NEVER).await;
    let client = client(&simulator);
    client.health().await.unwrap();
    let mut lines = simulator.lines();
    for taken in 2..4 {
        client.query(&query()).await.unwrap();
        let closed = |lines: &Lines| *lines == Lines { taken, open: 1 };
        lines.wait_for(closed).await.unwrap();
    }
    client.changes(None).await.unwrap();
    lines.wait_for(|lines| *lines == Lines { taken: 4, open: 1 }).await.unwrap();
    client.health().await.unwrap();
    assert_eq!(*lines.borrow(), Lines { taken: 4, open: 1 }, "this one is kept");
    simulator.set(Mode::DropAnswers);
    let error = client.apply(&key(), body(1)).await.unwrap_err();
    assert!(error.to_string().contains("connection cut"), "{error}");
    let books = simulator.books();
    // Over the connection that the first question left open it would have been asked twice.
    assert_eq!((books.cases.len(), books.attempts, books.duplicates), (1, 1, 0));
}

#[tokio::test]
async fn a_kiosk_whose_connections_are_cut_between_requests_stays_online() {
    let simulator = simulator(Duration::ZERO).await;
    simulator.set(Mode::BreakReused);
    let kiosk = Kiosk::start(&simulator);
    for _ in 0..3 {
        let number = kiosk.receive().await;
        kiosk.until(&number, CaseStatus::Completed).await;
    }
    let events = kiosk.events.lock().unwrap().clone();
    assert!(!events.contains(&OutboxEvent::Online(false)), "{events:?}");
    let demo = events.iter().filter(|event| **event == OutboxEvent::Demo).count();
    assert_eq!(demo, 1, "a simulated platform says what it is (promise P1)");
    kiosk.stop().await;
}
