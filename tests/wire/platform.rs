//! The platform over its wire: the shipped client and outbox worker against the simulated
//! platform, over real TCP.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kuaiban::case::{CaseFacts, CaseNumber, CaseStatus};
use kuaiban::domain::card::{CardKind, CardText, Sex, ValidTo};
use kuaiban::domain::evaluation::Level;
use kuaiban::platform::contract::{
    Answer, Applicant, CHANNEL_TERMINAL, CaseSubmission, EvaluationSubmission, FINAL_STATUSES,
    OPERATIONS, SOURCE_OTHER,
};
use kuaiban::platform::{Client, OutboxEvent, PlatformError};
use kuaiban::simulators::platform::{Mode, PlatformOptions, PlatformSimulator};
use kuaiban::store::{NewCase, NewEvaluation, QueueRow, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const NUMBER: &str = "511703189503150028";
const LIMIT: Duration = Duration::from_secs(20);

fn card() -> Box<CardText> {
    Box::new(CardText {
        kind: CardKind::Citizen,
        name: "样例甲".to_owned(),
        name_latin: String::new(),
        sex: Sex::Female,
        ethnicity: None,
        nationality: None,
        birth: None,
        address: "四川省达州市达川区样例路1号".to_owned(),
        number: NUMBER.to_owned(),
        issuer: String::new(),
        valid_from: None,
        valid_to: ValidTo::LongTerm,
        number_check: true,
    })
}

fn new_case() -> NewCase {
    NewCase {
        item: "unemployment_registration".to_owned(),
        card: card(),
        answers: vec![("phone".to_owned(), "13800138000".to_owned())],
        received_at: Timestamp::now(),
        clock_trusted: true,
    }
}

fn platform_config(url: String) -> kuaiban::config::Platform {
    kuaiban::config::Platform { url, timeout_s: 2, retry_max_s: 1 }
}

fn client(simulator: &PlatformSimulator) -> Client {
    Client::new(&platform_config(simulator.url())).unwrap()
}

async fn simulator(complete_after_ms: u64) -> PlatformSimulator {
    let complete_after = Duration::from_millis(complete_after_ms);
    PlatformSimulator::start(PlatformOptions { complete_after, ..Default::default() })
        .await
        .unwrap()
}

fn submission(sequence: u64) -> CaseSubmission {
    CaseSubmission {
        case_number: CaseNumber::new("511703", 1, sequence).unwrap(),
        item: "unemployment_registration".to_owned(),
        source: SOURCE_OTHER,
        received_at: Timestamp::from_second(1_800_000_000).unwrap(),
        clock_trusted: true,
        applicant: Applicant {
            document_kind: CardKind::Citizen,
            name: "样例甲".to_owned(),
            name_latin: None,
            document_number: NUMBER.to_owned(),
            address: None,
        },
        answers: vec![Answer { question: "reason".to_owned(), answer: "1".to_owned() }],
    }
}

fn key() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// A kiosk's store and outbox worker against one simulator.
struct Kiosk {
    store: Store,
    events: Arc<Mutex<Vec<OutboxEvent>>>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    worker: tokio::task::JoinHandle<()>,
    folder: tempfile::TempDir,
}

impl Kiosk {
    fn start(simulator: &PlatformSimulator) -> Kiosk {
        Kiosk::start_in(tempfile::tempdir().unwrap(), simulator)
    }

    fn start_in(folder: tempfile::TempDir, simulator: &PlatformSimulator) -> Kiosk {
        Kiosk::start_with(folder, simulator, platform_config(simulator.url()))
    }

    fn start_with(
        folder: tempfile::TempDir,
        simulator: &PlatformSimulator,
        config: kuaiban::config::Platform,
    ) -> Kiosk {
        let path = folder.path().join("kiosk.db");
        let store = Store::open(&kuaiban::config::Store::at(path), "511703", 1).unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let worker = tokio::spawn({
            let (store, client, events) = (store.clone(), client(simulator), events.clone());
            async move {
                let tell = |event| events.lock().unwrap().push(event);
                let stopped = async {
                    let _ = stopped.await;
                };
                kuaiban::platform::run(store, client, &config, tell, stopped).await.unwrap();
            }
        });
        Kiosk { store, events, stop: Some(stop), worker, folder }
    }

    /// Waits until the case is in this state.
    async fn until(&self, number: &CaseNumber, status: CaseStatus) -> CaseFacts {
        let start = Instant::now();
        loop {
            let facts = self.store.case(number).await.unwrap().unwrap();
            if facts.status == status {
                return facts;
            }
            assert!(start.elapsed() < LIMIT, "still {:?}, not {status:?}", facts.status);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until delivery of the only case was tried in vain so many times; received it stays.
    async fn until_attempted(&self, times: u32) -> QueueRow {
        let start = Instant::now();
        loop {
            let row = self.store.queue().await.unwrap().remove(0);
            assert_eq!(row.status, CaseStatus::Received);
            if row.attempts >= times {
                return row;
            }
            assert!(start.elapsed() < LIMIT, "only {} attempts", row.attempts);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn until_online(&self, online: bool) {
        let start = Instant::now();
        let last = || {
            let is_online = |event: &OutboxEvent| match event {
                OutboxEvent::Online(online) => Some(*online),
                OutboxEvent::CaseAdvanced(_) => None,
            };
            self.events.lock().unwrap().iter().rev().find_map(is_online)
        };
        while last() != Some(online) {
            assert!(start.elapsed() < LIMIT, "never online: {online}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn stop(mut self) -> tempfile::TempDir {
        self.stop.take().unwrap().send(()).unwrap();
        self.worker.await.unwrap();
        self.store.close().await;
        self.folder
    }
}

async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < LIMIT, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn every_operation_of_the_contract_is_served() {
    let simulator = simulator(0).await;
    for (method, path) in OPERATIONS {
        let path = path.replace("{case_number}", "0000000000000000");
        let address = simulator.url().replace("http://", "");
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        let request = format!(
            "{} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            method.to_uppercase()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        // 404 of the router has no body of ours; the unknown case has a problem.
        let served = answer.starts_with("HTTP/1.1 200") || answer.contains("\"code\":");
        assert!(served, "{method} {path}: {answer}");
    }
}

#[tokio::test]
async fn p3_the_same_key_books_once_and_answers_the_same() {
    let simulator = simulator(60_000).await;
    let client = client(&simulator);
    let (case, first_key) = (submission(1), key());
    let first = client.submit(&first_key, &case).await.unwrap();
    assert_eq!(first.status, CaseStatus::Accepted);
    assert_eq!(client.submit(&first_key, &case).await.unwrap(), first);
    let refused = |result: Result<_, PlatformError>, expected: &str| match result {
        Err(PlatformError::Refused { code, words, .. }) => {
            assert_eq!(code, expected);
            assert!(words.starts_with("样例"), "{words}");
        }
        other => panic!("{expected}: {other:?}"),
    };
    refused(client.submit(&first_key, &submission(2)).await, "idempotency_conflict");
    refused(client.submit(&key(), &case).await, "case_number_taken");
    let wrong = CaseSubmission { source: 1, ..submission(3) };
    refused(client.submit(&key(), &wrong).await, "invalid");
    let books = simulator.books();
    assert_eq!((books.cases.len(), books.attempts, books.duplicates, books.refused), (1, 5, 1, 3));

    let evaluation = EvaluationSubmission {
        case_number: Some(case.case_number.clone()),
        item: None,
        satisfaction: Level::VeryDissatisfied.national_code(),
        tags: vec![],
        channel: CHANNEL_TERMINAL,
        pressed_at: Timestamp::now(),
        clock_trusted: true,
    };
    let refused = |result: Result<_, PlatformError>, expected: &str| match result {
        Err(PlatformError::Refused { code, .. }) => assert_eq!(code, expected),
        other => panic!("{expected}: {other:?}"),
    };
    refused(client.evaluate(&key(), &evaluation).await, "reason_required");
    let with_reason = EvaluationSubmission { tags: vec![115], ..evaluation };
    let stranger = EvaluationSubmission {
        case_number: Some(CaseNumber::new("511703", 1, 9).unwrap()),
        ..with_reason.clone()
    };
    refused(client.evaluate(&key(), &stranger).await, "case_unknown");
    let second_key = key();
    let receipt = client.evaluate(&second_key, &with_reason).await.unwrap();
    assert_eq!(client.evaluate(&second_key, &with_reason).await.unwrap(), receipt);
    refused(client.evaluate(&key(), &with_reason).await, "already_evaluated");
    assert_eq!(simulator.books().evaluations.len(), 1);
}

#[tokio::test]
async fn a_participation_query_is_answered_the_same_every_time_and_as_a_sample() {
    let simulator = simulator(0).await;
    let client = client(&simulator);
    let first = client.participation(&card()).await.unwrap();
    assert_eq!(first.rows.len(), 5);
    assert!(first.verification_code.starts_with("样例"));
    assert_eq!(client.participation(&card()).await.unwrap(), first);
}

/// A server that says the same to everybody.
async fn says(answer: Vec<u8>) -> String {
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
    let state = r#"{"case_number":"0000000000000000","status":"completed"}"#;
    // Status line, type, body, what it is to us.
    let table = [
        ("200 OK", json, "{", "Nonsense"),
        ("200 OK", "text/html", "<html>Login</html>", "Nonsense"),
        ("200 OK", json, state, "Nonsense"),
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
        ("500 X", final_word, problem, "Busy"),
        ("599 X", "text/html", "", "Busy"),
    ];
    for (status, kind, body, expected) in table {
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let url = says(answer.into_bytes()).await;
        let client = Client::new(&platform_config(url)).unwrap();
        let error = client.submit(&key(), &submission(1)).await.unwrap_err();
        let name = format!("{error:?}");
        assert!(name.starts_with(expected), "{status} {kind}: {name}");
        assert!(!error.to_string().contains("某某"), "an answer may name a person: {error}");
        assert!(!name.contains("某某"), "an answer may name a person: {name}");
        if let PlatformError::Refused { words, .. } = error {
            assert_eq!(words, "某某，不行", "the citizen reads it");
        }
    }
}

#[tokio::test]
async fn p8_a_dead_mute_or_endless_platform_is_unreachable_or_nonsense_in_bounded_time() {
    let endless = {
        let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n".to_vec();
        answer.resize(1024 * 1024, b' ');
        says(answer).await
    };
    let cut = says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".to_vec()).await;
    let garbage = says(vec![0xff; 64]).await;
    let closed = says(Vec::new()).await;
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mute_url = format!("http://{}", mute.local_addr().unwrap());
    let table = [
        (endless, "Nonsense"),
        (cut, "Unreachable"),
        (garbage, "Unreachable"),
        (closed, "Unreachable"),
        (mute_url, "Unreachable"),
        ("http://127.0.0.1:1".to_owned(), "Unreachable"),
    ];
    for (url, expected) in table {
        let client = Client::new(&platform_config(url.clone())).unwrap();
        let start = Instant::now();
        let error = client.health().await.unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(4), "{url}: {:?}", start.elapsed());
        assert!(format!("{error:?}").starts_with(expected), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn a_case_goes_from_received_over_accepted_to_completed() {
    let simulator = simulator(1_500).await;
    // However slow this machine is, nothing is sent twice.
    let patient = kuaiban::config::Platform { timeout_s: 20, ..platform_config(simulator.url()) };
    let kiosk = Kiosk::start_with(tempfile::tempdir().unwrap(), &simulator, patient);
    let received = kiosk.store.submit(new_case()).await.unwrap();
    assert_eq!(received.status, CaseStatus::Received);
    let advanced = || -> Vec<_> {
        let events = kiosk.events.lock().unwrap();
        let facts = |event: &OutboxEvent| match event {
            OutboxEvent::CaseAdvanced(facts) => Some(facts.clone()),
            OutboxEvent::Online(_) => None,
        };
        events.iter().filter_map(facts).collect()
    };
    // The store knows first, the screen is told after it.
    until("both told", || advanced().len() >= 2).await;
    let [accepted, completed] = &advanced()[..] else { panic!("{:?}", advanced()) };
    assert_eq!(accepted.status, CaseStatus::Accepted);
    assert!(accepted.accepted_at.is_some() && accepted.due_at.is_some());
    assert_eq!(completed.status, CaseStatus::Completed);
    assert!(completed.note.as_deref().unwrap().starts_with("登记编号：样例"));
    assert_eq!(kiosk.store.case(&received.number).await.unwrap().as_ref(), Some(completed));
    assert_eq!(simulator.books().attempts, 1);
    kiosk.stop().await;
}

#[tokio::test]
async fn a_case_that_the_platform_returns_carries_its_words() {
    let simulator = simulator(60_000).await;
    let kiosk = Kiosk::start(&simulator);
    let number = kiosk.store.submit(new_case()).await.unwrap().number;
    kiosk.until(&number, CaseStatus::Accepted).await;
    assert!(simulator.return_case(&number));
    let returned = kiosk.until(&number, CaseStatus::Returned).await;
    assert!(returned.note.unwrap().contains("补正"));
    kiosk.stop().await;
}

#[tokio::test]
async fn p1_without_the_platforms_answer_a_case_stays_received() {
    let simulator = simulator(0).await;
    simulator.set(Mode::Offline);
    let kiosk = Kiosk::start(&simulator);
    kiosk.until_online(false).await;
    let number = kiosk.store.submit(new_case()).await.unwrap().number;
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
    let simulator = simulator(60_000).await;
    simulator.set(Mode::Offline);
    let long = kuaiban::config::Platform { retry_max_s: 300, ..platform_config(simulator.url()) };
    let kiosk = Kiosk::start_with(tempfile::tempdir().unwrap(), &simulator, long);
    let first = kiosk.store.submit(new_case()).await.unwrap().number;
    // The third failure is followed by a pause of 3 to 4 s.
    kiosk.until_attempted(3).await;
    simulator.set(Mode::Online);
    // Wakes the worker, which then looks whether the network is back.
    let back = Instant::now();
    let second = kiosk.store.submit(new_case()).await.unwrap().number;
    kiosk.until(&first, CaseStatus::Accepted).await;
    kiosk.until(&second, CaseStatus::Accepted).await;
    assert!(back.elapsed() < Duration::from_millis(2_500), "{:?}", back.elapsed());
    let books = simulator.books();
    let booked: Vec<_> = books.cases.iter().map(|c| c.state.case_number.clone()).collect();
    assert_eq!(booked, [first, second]);
    kiosk.stop().await;
}

#[tokio::test]
async fn p3_answers_that_get_lost_do_not_book_a_case_twice() {
    let simulator = simulator(60_000).await;
    simulator.set(Mode::DropAnswers);
    let kiosk = Kiosk::start(&simulator);
    let mut numbers = Vec::new();
    for _ in 0..3 {
        numbers.push(kiosk.store.submit(new_case()).await.unwrap().number);
    }
    until("several attempts", || simulator.books().attempts >= 4).await;
    assert_eq!(kiosk.store.queue().await.unwrap()[0].status, CaseStatus::Received);
    // A restart between sending and answer.
    let kiosk = Kiosk::start_in(kiosk.stop().await, &simulator);
    let before = simulator.books().attempts;
    until("an attempt after the restart", || simulator.books().attempts > before).await;
    simulator.set(Mode::Online);
    for number in &numbers {
        kiosk.until(number, CaseStatus::Accepted).await;
    }
    let books = simulator.books();
    let booked: Vec<_> = books.cases.iter().map(|c| c.state.case_number.clone()).collect();
    assert_eq!(booked, numbers, "each once, in order of sequence");
    assert_eq!(books.refused, 0);
    assert!(books.duplicates > 0);
    kiosk.stop().await;
}

#[tokio::test]
async fn p2_a_failing_platform_is_asked_again_until_it_works() {
    for status in [500, 502, 503, 429, 400, 401, 404, 413] {
        let simulator = simulator(60_000).await;
        simulator.set(Mode::Fail(status));
        let kiosk = Kiosk::start(&simulator);
        kiosk.until_online(true).await;
        let number = kiosk.store.submit(new_case()).await.unwrap().number;
        until("two attempts", || simulator.books().attempts >= 2).await;
        let row = kiosk.store.queue().await.unwrap().remove(0);
        assert_eq!(row.status, CaseStatus::Received, "{status}");
        assert!(row.last_error.unwrap().contains(&status.to_string()));
        simulator.set(Mode::Online);
        kiosk.until(&number, CaseStatus::Accepted).await;
        kiosk.stop().await;
    }
}

#[tokio::test]
async fn p2_a_definitive_refusal_returns_the_case_and_holds_nothing_up() {
    for status in FINAL_STATUSES {
        let simulator = simulator(60_000).await;
        simulator.set(Mode::Fail(status));
        let kiosk = Kiosk::start(&simulator);
        let refused = kiosk.store.submit(new_case()).await.unwrap().number;
        let facts = kiosk.until(&refused, CaseStatus::Returned).await;
        assert_eq!(facts.note.as_deref(), Some("样例：系统暂时不能办理。"));
        simulator.set(Mode::Online);
        let next = kiosk.store.submit(new_case()).await.unwrap().number;
        kiosk.until(&next, CaseStatus::Accepted).await;
        assert_eq!(kiosk.store.verify_journal().await.unwrap(), 4);
        kiosk.stop().await;
    }
}

#[tokio::test]
async fn a_slow_platform_is_waited_for_and_too_slow_a_one_tried_again() {
    let simulator = simulator(60_000).await;
    simulator.set(Mode::Slow(Duration::from_millis(500)));
    let kiosk = Kiosk::start(&simulator);
    let patient = kiosk.store.submit(new_case()).await.unwrap().number;
    kiosk.until(&patient, CaseStatus::Accepted).await;
    assert_eq!(simulator.books().duplicates, 0);
    simulator.set(Mode::Slow(Duration::from_secs(30)));
    let impatient = kiosk.store.submit(new_case()).await.unwrap().number;
    until("it arrived", || simulator.books().cases.len() == 2).await;
    kiosk.until_online(false).await;
    simulator.set(Mode::Online);
    kiosk.until(&impatient, CaseStatus::Accepted).await;
    assert_eq!(simulator.books().cases.len(), 2);
    kiosk.stop().await;
}

#[tokio::test]
async fn p6_an_evaluation_reaches_the_books_after_its_case_and_once() {
    let simulator = simulator(60_000).await;
    simulator.set(Mode::DropAnswers);
    let kiosk = Kiosk::start(&simulator);
    let number = kiosk.store.submit(new_case()).await.unwrap().number;
    let evaluation = NewEvaluation {
        case: Some(number.clone()),
        item: None,
        level: Level::VerySatisfied,
        tags: vec![510],
        pressed_at: Timestamp::now(),
        clock_trusted: true,
    };
    kiosk.store.record_evaluation(evaluation).await.unwrap();
    until("a lost answer", || simulator.books().attempts >= 2).await;
    simulator.set(Mode::Online);
    until("the evaluation", || !simulator.books().evaluations.is_empty()).await;
    let books = simulator.books();
    assert_eq!(books.refused, 0, "never before its case");
    assert_eq!(books.evaluations[0].satisfaction, 5, "the national coding");
    assert_eq!(books.evaluations[0].case_number, Some(number));
    kiosk.stop().await;
}

#[tokio::test]
async fn books_survive_the_simulator_and_its_commands_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let options = || PlatformOptions {
        books: Some(folder.path().join("books.json")),
        complete_after: Duration::from_secs(60),
        ..Default::default()
    };
    let simulator = PlatformSimulator::start(options()).await.unwrap();
    let (case, case_key) = (submission(1), key());
    client(&simulator).submit(&case_key, &case).await.unwrap();
    drop(simulator);
    let simulator = PlatformSimulator::start(options()).await.unwrap();
    client(&simulator).submit(&case_key, &case).await.unwrap();
    assert_eq!((simulator.books().cases.len(), simulator.books().duplicates), (1, 1));
    let table = [
        ("offline", "mode: Offline", Mode::Offline),
        ("slow 250", "mode: Slow(250ms)", Mode::Slow(Duration::from_millis(250))),
        ("fail 503", "mode: Fail(503)", Mode::Fail(503)),
        ("fail 200", "fail: 200 is outside 400 to 599", Mode::Fail(503)),
        ("drop-answers", "mode: DropAnswers", Mode::DropAnswers),
        ("online", "mode: Online", Mode::Online),
        ("help", "commands: online", Mode::Online),
        ("dance", "unknown command; commands:", Mode::Online),
        ("", "", Mode::Online),
    ];
    for (line, reply, mode) in table {
        let said = simulator.command(line).unwrap();
        assert!(said.starts_with(reply), "{line}: {said}");
        assert_eq!(simulator.mode(), mode, "{line}");
    }
    assert!(
        simulator.command(&format!("return {}", case.case_number)).unwrap().contains("returned")
    );
    assert!(simulator.command("books").unwrap().contains("\"returned\""));
    assert_eq!(simulator.command("quit"), None);
}
