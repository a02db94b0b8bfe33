//! Programs that are killed in the middle of their work.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kuaiban::case::{CaseNumber, CaseStatus};
use kuaiban::platform::Client;
use kuaiban::simulators::platform::{Mode, PlatformOptions, PlatformSimulator};
use kuaiban::store::{NewSlip, Store, StoreHealth, StoreViewer};
use kuaiban::testkit::cases;

use super::{GENEROUS, block_on, config, new_case, open, person, platform, random, rows};

// The child: this same test binary, told by its environment what to do until it is killed.

const CHILD_FOLDER: &str = "KUAIBAN_TEST_FOLDER";
const CHILD_PLATFORM: &str = "KUAIBAN_TEST_PLATFORM";

#[test]
fn child() {
    let Ok(folder) = std::env::var(CHILD_FOLDER) else { return };
    let folder = Path::new(&folder);
    let store = open(folder);
    match std::env::var(CHILD_PLATFORM) {
        Ok(url) => block_on(submit_and_deliver(store, url)),
        Err(_) => block_on(async {
            loop {
                let facts = store.submit(new_case()).await.unwrap();
                say(&format!("received {}", facts.number));
                let item = cases::INSTANT.to_owned();
                let slip = NewSlip { case: Some(facts.number), item, policy: None, reprint: false };
                say(&format!("ordered {}", store.order_slip(slip).await.unwrap()));
            }
        }),
    }
}

/// Submits three cases, delivers, and says when nothing waits.
async fn submit_and_deliver(store: Store, url: String) {
    let config = platform(url);
    let client = Client::new(&config).unwrap();
    let worker =
        kuaiban::platform::run(store.clone(), client, &config, |_| {}, std::future::pending());
    let kiosk = async {
        for _ in 0..3 {
            let facts = store.submit(new_case()).await.unwrap();
            say(&format!("received {}", facts.number));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        while store.queue().await.unwrap().rows.iter().any(|row| row.status == CaseStatus::Received)
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        say("delivered");
        std::future::pending::<()>().await;
    };
    tokio::select! {
        ended = worker => panic!("the worker ended: {ended:?}"),
        () = kiosk => {}
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}

/// A child that is killed at the latest when its test ends, however it ends.
struct Victim(Child, Option<JoinHandle<()>>);

impl Victim {
    /// SIGKILL: no handler, no flush, no close.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
        // Whoever listens to it ends with the pipe: then everything that it said was heard.
        if let Some(listener) = self.1.take() {
            listener.join().unwrap();
        }
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a child; every line that it says goes into `said`.
fn start_child(folder: &Path, platform: Option<&str>, said: &Arc<Mutex<Vec<String>>>) -> Victim {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "kills::child", "--nocapture"]).env(CHILD_FOLDER, folder);
    if let Some(url) = platform {
        command.env(CHILD_PLATFORM, url);
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let said = said.clone();
    let listen = move || {
        for line in out.lines().map_while(Result::ok) {
            said.lock().unwrap().push(line);
        }
    };
    let listener = std::thread::Builder::new().name("listener".into()).spawn(listen).unwrap();
    Victim(child, Some(listener))
}

fn received(said: &Mutex<Vec<String>>) -> Vec<CaseNumber> {
    let said = said.lock().unwrap();
    let numbers = said.iter().filter_map(|line| line.split_once("received ")).map(|(_, n)| n);
    // The last line may have been cut off by the kill: such a number was not yet told to anybody.
    numbers.filter_map(|number| CaseNumber::parse(number).ok()).collect()
}

#[test]
fn p2_a_received_case_survives_a_kill_at_any_moment() {
    const KILLS: usize = 20;
    let folder = tempfile::tempdir().unwrap();
    let said = Arc::new(Mutex::new(Vec::new()));
    for _ in 0..KILLS {
        let before = received(&said).len();
        let child = start_child(folder.path(), None, &said);
        let start = Instant::now();
        while received(&said).len() == before && start.elapsed() < GENEROUS {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(random(60_000)));
        child.kill();
    }
    let serials: Vec<u64> = {
        let said = said.lock().unwrap();
        let ordered = said.iter().filter_map(|line| line.split_once("ordered "));
        ordered.filter_map(|(_, serial)| serial.parse().ok()).collect()
    };
    let received = received(&said);
    assert!(received.len() >= KILLS, "only {} submissions", received.len());
    let store = open(folder.path());
    block_on(async {
        let queue = store.queue().await.unwrap();
        assert_eq!(queue.unreadable, 0);
        let queue: BTreeSet<_> = queue.rows.into_iter().map(|row| row.number).collect();
        for number in &received {
            assert!(store.case(number).await.unwrap().is_some(), "{number} is lost");
            assert!(queue.contains(number), "{number} would never be delivered");
        }
        let unique: BTreeSet<_> = received.iter().collect();
        assert_eq!(unique.len(), received.len(), "a number was given twice");
        let unique: BTreeSet<_> = serials.iter().collect();
        assert_eq!(unique.len(), serials.len(), "a serial was given twice");
        let unsaid = queue.len() - received.len();
        assert!(unsaid <= KILLS, "{unsaid} cases nobody was told of");
        assert_eq!(store.cases_of(&person()).await.unwrap().rows.len(), queue.len().min(100));
        rows(&store).await;
        store.close().await;
    });
    let journal = |kind: &str| -> usize {
        let database = rusqlite::Connection::open(folder.path().join("kiosk.db")).unwrap();
        let count = "SELECT count(*) FROM journal WHERE kind = ?1";
        let rows: i64 = database.query_row(count, [kind], |row| row.get(0)).unwrap();
        usize::try_from(rows).unwrap()
    };
    let (cases, slips) = (journal("case_received"), journal("slip_ordered"));
    assert!(cases >= received.len() && slips >= serials.len(), "one row each");
    assert_eq!(journal("slip_outcome"), slips, "what nobody told of is unknown");
}

#[test]
fn p3_kills_and_lost_answers_book_every_case_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let said = Arc::new(Mutex::new(Vec::new()));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let complete_after = Duration::from_secs(600);
    let options = PlatformOptions { complete_after, ..Default::default() };
    let simulator = runtime.block_on(PlatformSimulator::start(options)).unwrap();
    let modes =
        [Mode::DropAnswers, Mode::Online, Mode::DropAnswers, Mode::Offline, Mode::Fail(500)];
    for round in 0..10 {
        simulator.set(modes[round % modes.len()]);
        let before = received(&said).len();
        let child = start_child(folder.path(), Some(&simulator.url()), &said);
        let start = Instant::now();
        while received(&said).len() == before && start.elapsed() < GENEROUS {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(random(300)));
        child.kill();
    }
    simulator.set(Mode::Online);
    said.lock().unwrap().retain(|line| line.contains("received"));
    let child = start_child(folder.path(), Some(&simulator.url()), &said);
    let start = Instant::now();
    while !said.lock().unwrap().iter().any(|line| line.contains("delivered")) {
        assert!(start.elapsed() < GENEROUS, "never delivered");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill();

    let books = simulator.books();
    let mut booked: BTreeMap<CaseNumber, usize> = BTreeMap::new();
    for case in &books.cases {
        *booked.entry(case.case_number.clone()).or_default() += 1;
    }
    let received = received(&said);
    assert!(received.len() >= 13);
    for number in &received {
        assert_eq!(booked.get(number), Some(&1), "{number}");
    }
    assert_eq!(books.refused, 0, "no key came with another body");
    let first_arrivals = books.cases.len() as u64;
    assert!(books.attempts > first_arrivals, "answers were lost: {}", books.attempts);
    let viewer = StoreViewer::open(&config(folder.path())).unwrap();
    let stored = viewer.queue().unwrap().rows;
    assert_eq!(stored.len(), books.cases.len(), "the books hold what the kiosk holds");
    assert!(stored.iter().all(|row| row.status == CaseStatus::Accepted));
    assert!(matches!(viewer.check().unwrap(), StoreHealth::Whole { .. }));
}
