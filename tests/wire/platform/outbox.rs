//! The worker: what a kiosk has received reaches the platform, once, and what becomes of it the
//! kiosk.

use kuaiban::contract::problem::{CONFLICT, FINAL_STATUSES};
use kuaiban::journal::Hindrance;
use kuaiban::simulators::platform::{Mode, RetryAfter};
use kuaiban::store::{Due, NewCase};

use super::*;

#[tokio::test]
async fn a_case_goes_from_received_over_accepted_to_completed() {
    let simulator = simulator(Duration::from_secs(2)).await;
    let kiosk = Kiosk::start(&simulator);
    let limit = "30min".parse().ok();
    let case = NewCase { limit, ..cases::new_case() };
    let received = kiosk.store.submit(case).await.unwrap();
    assert_eq!(received.status, CaseStatus::Received);
    // The store knows first, the screen is told after it.
    until("both told", || kiosk.advanced().len() >= 2).await;
    let [accepted, completed] = &kiosk.advanced()[..] else { panic!("{:?}", kiosk.advanced()) };
    assert_eq!(accepted.status, CaseStatus::Accepted);
    assert!(accepted.accepted_at.is_some() && accepted.due_at.is_some());
    assert!(accepted.acceptance_number.as_deref().unwrap().starts_with("样例"));
    assert_eq!(completed.status, CaseStatus::Completed);
    assert!(completed.note.as_deref().unwrap().starts_with("登记编号：样例"));
    assert_eq!(kiosk.facts(&received.number).await, *completed);
    assert_eq!(simulator.books().attempts, 1);
    kiosk.stop().await;
}

#[tokio::test]
async fn a_case_that_the_platform_returns_carries_its_words() {
    let simulator = simulator(NEVER).await;
    let kiosk = Kiosk::start(&simulator);
    let number = kiosk.receive().await;
    kiosk.until(&number, CaseStatus::Accepted).await;
    assert!(simulator.return_case(&number, None));
    let returned = kiosk.until(&number, CaseStatus::Returned).await;
    assert!(returned.note.unwrap().contains("补正"));
    assert!(returned.correct_by.is_some());
    kiosk.stop().await;
}

#[tokio::test]
async fn p1_without_the_platforms_answer_a_case_stays_received() {
    let simulator = simulator(Duration::ZERO).await;
    simulator.set(Mode::Offline);
    let kiosk = Kiosk::start(&simulator);
    kiosk.until_online(false).await;
    let number = kiosk.receive().await;
    let row = kiosk.until_attempted(2).await;
    let error = row.last_error.as_deref().unwrap();
    assert!(error.contains("cannot be connected"), "{error}");
    assert_eq!(simulator.books().attempts, 0, "nobody listens");
    simulator.set(Mode::Online);
    kiosk.until_online(true).await;
    kiosk.until(&number, CaseStatus::Completed).await;
    kiosk.stop().await;
}

#[tokio::test]
async fn p2_when_the_network_is_back_nothing_waits_out_its_pause() {
    let simulator = simulator(NEVER).await;
    simulator.set(Mode::Offline);
    let folder = tempfile::tempdir().unwrap();
    let store = cases::open_store(folder.path()).unwrap();
    let first = store.submit(cases::new_case()).await.unwrap().number;
    // It has failed and waits for hours.
    let Due::Now(delivery) = store.due(Instant::now()).await.unwrap() else { panic!("it waits") };
    let next = Instant::now() + NEVER;
    store.failed(&delivery, Hindrance::NoNetwork, "no network", next).await.unwrap();
    let kiosk = Kiosk::start_on(folder, store, config(simulator.url()));
    kiosk.until_online(false).await;
    simulator.set(Mode::Online);
    // Wakes the worker, which then looks whether the network is back.
    let second = kiosk.receive().await;
    kiosk.until(&first, CaseStatus::Accepted).await;
    kiosk.until(&second, CaseStatus::Accepted).await;
    let books = simulator.books();
    let booked: Vec<_> = books.cases.iter().map(|c| c.case_number.clone()).collect();
    assert_eq!(booked, [first, second]);
    kiosk.stop().await;
}

#[tokio::test]
async fn p3_answers_that_get_lost_do_not_book_a_case_twice() {
    let simulator = simulator(NEVER).await;
    simulator.set(Mode::DropAnswers);
    let kiosk = Kiosk::start(&simulator);
    let mut numbers = Vec::new();
    for _ in 0..3 {
        numbers.push(kiosk.receive().await);
    }
    until("several attempts", || simulator.books().attempts >= 4).await;
    assert_eq!(kiosk.store.queue().await.unwrap().rows[0].status, CaseStatus::Received);
    // A restart between sending and answer.
    let kiosk = Kiosk::start_in(kiosk.stop().await, config(simulator.url()));
    let before = simulator.books().attempts;
    until("an attempt after the restart", || simulator.books().attempts > before).await;
    simulator.set(Mode::Online);
    for number in &numbers {
        kiosk.until(number, CaseStatus::Accepted).await;
    }
    let books = simulator.books();
    let booked: Vec<_> = books.cases.iter().map(|c| c.case_number.clone()).collect();
    assert_eq!(booked, numbers, "each once, in order of sequence");
    assert_eq!(books.refused, 0);
    assert!(books.duplicates > 0);
    kiosk.stop().await;
}

#[tokio::test]
async fn p2_a_failing_platform_is_asked_again_until_it_works() {
    for status in [500, 502, 503, 429, 400, 401, 404, 413] {
        let simulator = simulator(NEVER).await;
        simulator.set(Mode::Fail(status));
        let kiosk = Kiosk::start(&simulator);
        let number = kiosk.receive().await;
        let row = kiosk.until_attempted(2).await;
        assert!(row.last_error.unwrap().contains(&status.to_string()));
        simulator.set(Mode::Online);
        kiosk.until(&number, CaseStatus::Accepted).await;
        kiosk.stop().await;
    }
}

#[tokio::test]
async fn p2_a_definitive_refusal_returns_the_case_and_holds_nothing_up() {
    for status in FINAL_STATUSES.into_iter().filter(|status| *status != CONFLICT) {
        let simulator = simulator(NEVER).await;
        simulator.set(Mode::Fail(status));
        let kiosk = Kiosk::start(&simulator);
        let refused = kiosk.receive().await;
        let facts = kiosk.until(&refused, CaseStatus::Returned).await;
        assert_eq!(facts.note.as_deref(), Some("样例：系统暂时不能办理。"));
        simulator.set(Mode::Online);
        let next = kiosk.receive().await;
        kiosk.until(&next, CaseStatus::Accepted).await;
        kiosk.stop().await;
    }
}

#[tokio::test]
async fn p1_a_case_whose_number_is_taken_is_held_and_never_returned() {
    let simulator = simulator(NEVER).await;
    simulator.set(Mode::NumberTaken);
    let kiosk = Kiosk::start(&simulator);
    let number = kiosk.receive().await;
    let held = kiosk.until_facts(&number, |facts| facts.held.is_some()).await;
    assert_eq!(held.status, CaseStatus::Received, "nobody has returned it");
    assert_eq!(held.held.unwrap().code, "number_taken");
    assert_eq!(held.note, None, "the citizen is not told a fault of two kiosks");
    // It holds up nothing behind it.
    simulator.set(Mode::Online);
    let next = kiosk.receive().await;
    kiosk.until(&next, CaseStatus::Accepted).await;
    kiosk.stop().await;
}

#[tokio::test]
async fn a_slow_platform_is_waited_for_and_too_slow_a_one_tried_again() {
    let simulator = simulator(NEVER).await;
    simulator.set(Mode::Slow(Duration::from_millis(500)));
    let kiosk = Kiosk::start(&simulator);
    let patient = kiosk.receive().await;
    kiosk.until(&patient, CaseStatus::Accepted).await;
    assert_eq!(simulator.books().duplicates, 0);
    kiosk.stop().await;

    let folder = tempfile::tempdir().unwrap();
    let hasty = config::Platform { timeout_s: 1, ..config(simulator.url()) };
    let kiosk = Kiosk::start_in(folder, hasty);
    kiosk.until_online(true).await;
    simulator.set(Mode::Slow(NEVER));
    let impatient = kiosk.receive().await;
    kiosk.until_online(false).await;
    assert_eq!(kiosk.facts(&impatient).await.status, CaseStatus::Received);
    kiosk.stop().await;
}

#[tokio::test]
async fn p6_an_evaluation_reaches_the_books_after_its_case_and_once() {
    let simulator = simulator(NEVER).await;
    simulator.set(Mode::DropAnswers);
    let kiosk = Kiosk::start(&simulator);
    let number = kiosk.receive().await;
    kiosk.store.record_evaluation(cases::new_evaluation(Some(number.clone()))).await.unwrap();
    until("a lost answer", || simulator.books().attempts >= 2).await;
    simulator.set(Mode::Online);
    until("the evaluation", || !simulator.books().evaluations.is_empty()).await;
    let books = simulator.books();
    assert_eq!(books.refused, 0, "never before its case");
    assert_eq!(books.evaluations[0].satisfaction, 4, "the national coding");
    assert_eq!(books.evaluations[0].case_number, Some(number));
    kiosk.stop().await;
}

#[tokio::test]
async fn after_a_restart_the_feed_serves_all_unfinished_cases_with_a_few_questions() {
    const CASES: usize = 300;
    let folder = tempfile::tempdir().unwrap();
    let options = |complete_after| PlatformOptions {
        books: Some(folder.path().join("books.json")),
        complete_after,
        ..Default::default()
    };
    let simulator = PlatformSimulator::start(options(NEVER)).await.unwrap();
    let kiosk = Kiosk::start(&simulator);
    let mut numbers = Vec::new();
    for _ in 0..CASES {
        numbers.push(kiosk.receive().await);
    }
    for number in &numbers {
        kiosk.until(number, CaseStatus::Accepted).await;
    }
    let kiosk_folder = kiosk.stop().await;
    drop(simulator);
    // Meanwhile the platform has finished them all.
    let simulator = PlatformSimulator::start(options(Duration::ZERO)).await.unwrap();
    let before = simulator.books();
    let start = Instant::now();
    let kiosk = Kiosk::start_in(kiosk_folder, config(simulator.url()));
    for number in &numbers {
        kiosk.until(number, CaseStatus::Completed).await;
    }
    let after = simulator.books();
    let pages = after.feed_asked - before.feed_asked;
    let slow = start.elapsed().as_secs() / 60;
    assert!(pages <= 3 + slow, "{pages} pages of 100 for {CASES} cases");
    assert_eq!(after.attempts, before.attempts, "nothing is handed in again");
    // Nobody stands there: looks every 15 s, changes every 60 s, whatever the number of cases.
    let looks = after.requests - before.requests - pages;
    assert!(looks <= 1 + start.elapsed().as_secs() / 15, "{looks} looks");
    kiosk.stop().await;
}

/// What it will not answer for an hour is offered to nobody.
#[tokio::test]
async fn a_kiosk_that_is_asked_to_wait_for_long_is_offline() {
    let simulator = simulator(NEVER).await;
    let kiosk = Kiosk::start(&simulator);
    kiosk.until_online(true).await;
    simulator.set(Mode::Busy { status: 429, retry_after: RetryAfter::Seconds(3600) });
    kiosk.receive().await;
    kiosk.until_online(false).await;
    kiosk.stop().await;
}

#[tokio::test]
async fn a_feed_that_the_platform_has_lost_is_read_from_its_start() {
    let simulator = simulator(NEVER).await;
    let kiosk = Kiosk::start(&simulator);
    let first = kiosk.receive().await;
    kiosk.until(&first, CaseStatus::Accepted).await;
    assert!(simulator.return_case(&first, None));
    kiosk.until(&first, CaseStatus::Returned).await;
    assert!(kiosk.store.changes_cursor().await.unwrap().is_some());
    let number = kiosk.receive().await;
    kiosk.until(&number, CaseStatus::Accepted).await;
    let folder = kiosk.stop().await;
    simulator.lose_feed();
    assert!(simulator.return_case(&number, None));
    let kiosk = Kiosk::start_in(folder, config(simulator.url()));
    kiosk.until(&number, CaseStatus::Returned).await;
    kiosk.stop().await;
}

#[tokio::test]
async fn a_busy_platform_is_not_asked_by_a_kiosk_that_has_work() {
    let simulator = simulator(NEVER).await;
    simulator.set(Mode::Busy { status: 429, retry_after: RetryAfter::Seconds(3600) });
    let kiosk = Kiosk::start(&simulator);
    until("one question", || simulator.books().requests > 0).await;
    kiosk.until_online(false).await;
    for _ in 0..5 {
        kiosk.receive().await;
    }
    // Time in which it would be asked again by every pause that is shorter than the one it wants.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(simulator.books().requests, 1);
    kiosk.stop().await;
}
