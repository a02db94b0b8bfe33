//! What personal data leave behind: in no file, and in no line of the log.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kuaiban::case::CaseStatus;
use kuaiban::contract::{Person, QueryRequest};
use kuaiban::platform::Client;
use kuaiban::simulators::platform::{Mode, PlatformOptions, PlatformSimulator};
use kuaiban::testkit::cases;

use super::{GENEROUS, new_case, open, person, platform};

/// Everything that `tracing` is given, at every level, by us and by every library.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    let utf16: Vec<u16> = needle.encode_utf16().collect();
    let little: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let escaped = needle.escape_unicode().to_string();
    [needle.as_bytes(), &little, &big, escaped.as_bytes()]
        .iter()
        .any(|bytes| haystack.windows(bytes.len()).any(|window| window == *bytes))
}

/// Waits for what must come.
async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < GENEROUS, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What the platform's words name.
const NOTED: &str = "样例丙";

#[test]
fn p4_no_file_and_no_log_holds_a_citizens_data() {
    let folder = tempfile::tempdir().unwrap();
    let card = cases::card();
    let secrets = [&*card.number, &card.name, cases::PHONE, &card.address, NOTED];
    assert!(secrets.iter().all(|secret| !secret.is_empty()));
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // For the whole process: the store has a thread of its own.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let mut files = BTreeSet::new();
    let mut look = |when: &str, control: &str| {
        let mut found_control = false;
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            found_control |= holds(&bytes, control);
            for secret in secrets {
                assert!(!holds(&bytes, secret), "{when}: {} holds personal data", path.display());
            }
            files.insert(path.file_name().unwrap().to_string_lossy().into_owned());
        }
        assert!(found_control, "{when}: the search finds what is there");
    };
    runtime.block_on(async {
        let options =
            PlatformOptions { complete_after: Duration::from_millis(100), ..Default::default() };
        let simulator = PlatformSimulator::start(options).await.unwrap();
        let config = platform(simulator.url());
        let client = Client::new(&config).unwrap();
        let store = open(folder.path());
        let stop = tokio::sync::Notify::new();
        // Whoever logs an event logs no words of the platform.
        let log_event = |event| tracing::debug!("{event:?}");
        let worker = kuaiban::platform::run(
            store.clone(),
            client.clone(),
            &config,
            log_event,
            stop.notified(),
        );
        let query = QueryRequest {
            item: cases::QUERY.to_owned(),
            pack_version: cases::PACK_VERSION.to_owned(),
            person: Person::without_address(&card),
            enterprise: None,
            answers: Vec::new(),
        };
        let kiosk = async {
            let words = format!("{NOTED}（{}，{}）：材料不符", card.name, card.number);
            simulator.set_words(Some(&words));
            simulator.set(Mode::Fail(500));
            for _ in 0..30 {
                store.submit(new_case()).await.unwrap();
            }
            store.cases_of(&person()).await.unwrap();
            client.query(&query).await.unwrap_err();
            // A disk may be so fast that nothing was tried yet.
            until("an attempt has failed", async || {
                store.queue().await.unwrap().rows.iter().any(|row| row.attempts > 0)
            })
            .await;
            look("queued", cases::INSTANT);
            simulator.set(Mode::Online);
            client.query(&query).await.unwrap();
            let nothing_waits = async || store.queue().await.unwrap().rows.is_empty();
            until("all are completed", nothing_waits).await;
            look("delivered", cases::INSTANT);
            simulator.set(Mode::Fail(422));
            let refused = store.submit(new_case()).await.unwrap().number;
            let nothing = client.query(&query).await.unwrap_err();
            tracing::debug!("{nothing:?}");
            until("it is refused", nothing_waits).await;
            let cases = store.cases_of(&person()).await.unwrap().rows;
            assert_eq!((cases.len(), &cases[0].number), (31, &refused));
            assert_eq!(cases[0].status, CaseStatus::Returned);
            for case in &cases {
                let note = case.note.as_deref().unwrap();
                assert!(note.starts_with(NOTED), "the citizen reads the words");
            }
            look("refused", "case_returned");
            stop.notify_one();
        };
        let (ended, ()) = tokio::join!(worker, kiosk);
        ended.unwrap();
        store.close().await;
    });
    look("closed", cases::INSTANT);
    for file in ["kiosk.db", "kiosk.db-wal", "kiosk.db.key", "kiosk.db.given"] {
        assert!(files.contains(file), "{file} was looked at");
    }
    let log = log.0.lock().unwrap();
    assert!(holds(&log, "trying again"), "the log was kept");
    assert!(holds(&log, "CaseAdvanced(CaseFacts"), "with the events");
    assert!(holds(&log, "Refused {"), "and the refusal");
    for secret in secrets {
        let lines = String::from_utf8_lossy(&log);
        let line = lines.lines().find(|line| holds(line.as_bytes(), secret));
        assert_eq!(line, None, "a log line holds personal data");
    }
}
