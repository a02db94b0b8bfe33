//! The platform over its wire: the shipped client and outbox worker against the simulated platform,
//! over real TCP and TLS.

mod client;
mod connection;
mod outbox;
mod packs;
mod people;
mod simulator;
mod tls;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kuaiban::case::{CaseFacts, CaseNumber, CaseStatus};
use kuaiban::config;
use kuaiban::contract::{
    Answer, ApplicationRequest, EvaluationRequest, Person, QueryRequest, encode,
};
use kuaiban::contract::{CHANNEL_TERMINAL, SOURCE_OTHER};
use kuaiban::domain::evaluation::Level;
use kuaiban::domain::fact::Private;
use kuaiban::platform::{Client, OutboxEvent};
use kuaiban::simulators::platform::{PlatformOptions, PlatformSimulator};
use kuaiban::store::{QueueRow, Store};
use kuaiban::testkit::{cases, now};
use zeroize::Zeroizing;

/// How long a state is waited for: far beyond what any machine needs.
const LIMIT: Duration = Duration::from_secs(60);

/// Waits for a state, never for a time.
async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < LIMIT, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn config(url: String) -> config::Platform {
    // However slow this machine is, an answer is not given up.
    config::Platform { timeout_s: 30, retry_max_s: 1, ..config::Platform::at(url) }
}

fn client(simulator: &PlatformSimulator) -> Client {
    Client::new(&config(simulator.url())).unwrap()
}

/// Completes cases after so long; an hour is never.
async fn simulator(complete_after: Duration) -> PlatformSimulator {
    let options = PlatformOptions { complete_after, ..Default::default() };
    PlatformSimulator::start(options).await.unwrap()
}

const NEVER: Duration = Duration::from_secs(3600);

fn key() -> String {
    uuid::Uuid::new_v4().to_string()
}

fn application(sequence: u64) -> ApplicationRequest {
    ApplicationRequest {
        case_number: cases::number(sequence),
        query_token: "0123456789ABCDEFGHJKMNPQRS".to_owned(),
        item: cases::INSTANT.to_owned(),
        pack_version: "1".to_owned(),
        parts: Vec::new(),
        limit: None,
        legal_limit: None,
        source: SOURCE_OTHER,
        received_at: now(),
        clock_trusted: true,
        enterprise: None,
        request: None,
        applicant: Person::of(&cases::card()),
        answers: vec![Answer { question: "reason".to_owned(), answer: Private::new("1") }],
        materials: Vec::new(),
    }
}

fn body(sequence: u64) -> Zeroizing<Vec<u8>> {
    encode(&application(sequence))
}

fn evaluation(application_id: Option<String>, level: Level, tags: &[u16]) -> EvaluationRequest {
    EvaluationRequest {
        application_id,
        item: None,
        satisfaction: level.national_code(),
        tags: tags.to_vec(),
        channel: CHANNEL_TERMINAL,
        pressed_at: now(),
        clock_trusted: true,
    }
}

fn query() -> QueryRequest {
    QueryRequest {
        item: cases::QUERY.to_owned(),
        pack_version: "1".to_owned(),
        person: Person::without_address(&cases::card()),
        enterprise: None,
        answers: Vec::new(),
    }
}

/// A kiosk's store and outbox worker against one platform.
struct Kiosk {
    store: Store,
    events: Arc<Mutex<Vec<OutboxEvent>>>,
    stop: tokio::sync::oneshot::Sender<()>,
    worker: tokio::task::JoinHandle<()>,
    folder: tempfile::TempDir,
}

impl Kiosk {
    fn start(simulator: &PlatformSimulator) -> Kiosk {
        Kiosk::start_in(tempfile::tempdir().unwrap(), config(simulator.url()))
    }

    fn start_in(folder: tempfile::TempDir, config: config::Platform) -> Kiosk {
        let store = cases::open_store(folder.path()).unwrap();
        Kiosk::start_on(folder, store, config)
    }

    fn start_on(folder: tempfile::TempDir, store: Store, config: config::Platform) -> Kiosk {
        let events = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let worker = tokio::spawn({
            let (store, events) = (store.clone(), events.clone());
            let client = Client::new(&config).unwrap();
            async move {
                let tell = |event| events.lock().unwrap().push(event);
                let stopped = async { drop(stopped.await) };
                kuaiban::platform::run(store, client, &config, tell, stopped).await.unwrap();
            }
        });
        Kiosk { store, events, stop, worker, folder }
    }

    /// Receives a case.
    async fn receive(&self) -> CaseNumber {
        self.store.submit(cases::new_case()).await.unwrap().number
    }

    async fn facts(&self, number: &CaseNumber) -> CaseFacts {
        self.store.case(number).await.unwrap().unwrap()
    }

    /// Waits until the case is in this state.
    async fn until(&self, number: &CaseNumber, status: CaseStatus) -> CaseFacts {
        self.until_facts(number, |facts| facts.status == status).await
    }

    async fn until_facts(
        &self,
        number: &CaseNumber,
        wanted: impl Fn(&CaseFacts) -> bool,
    ) -> CaseFacts {
        let start = Instant::now();
        loop {
            let facts = self.facts(number).await;
            if wanted(&facts) {
                return facts;
            }
            assert!(start.elapsed() < LIMIT, "still {facts:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until delivery of the only case was tried in vain so many times; received it stays.
    async fn until_attempted(&self, times: u32) -> QueueRow {
        let start = Instant::now();
        loop {
            let row = self.store.queue().await.unwrap().rows.remove(0);
            assert_eq!(row.status, CaseStatus::Received);
            if row.attempts >= times {
                return row;
            }
            assert!(start.elapsed() < LIMIT, "only {} attempts", row.attempts);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn online(&self) -> Option<bool> {
        let is_online = |event: &OutboxEvent| match event {
            OutboxEvent::Online(online) => Some(*online),
            OutboxEvent::Demo | OutboxEvent::CaseAdvanced(_) => None,
        };
        self.events.lock().unwrap().iter().rev().find_map(is_online)
    }

    async fn until_online(&self, online: bool) {
        until("online", || self.online() == Some(online)).await;
    }

    /// What the screen was told about cases.
    fn advanced(&self) -> Vec<CaseFacts> {
        let facts = |event: &OutboxEvent| match event {
            OutboxEvent::CaseAdvanced(facts) => Some(facts.clone()),
            OutboxEvent::Demo | OutboxEvent::Online(_) => None,
        };
        self.events.lock().unwrap().iter().filter_map(facts).collect()
    }

    async fn stop(self) -> tempfile::TempDir {
        self.stop.send(()).unwrap();
        self.worker.await.unwrap();
        self.store.close().await;
        self.folder
    }
}
