//! The journal of a whole journey, read and compared (promise P7).

use std::path::Path;
use std::time::{Duration, Instant};

use kuaiban::config::Config;
use kuaiban::devices::state::DeviceState;
use kuaiban::kiosk::status::State;
use kuaiban::simulators::stand::{Stand, StandOptions};
use kuaiban::store::{StoreHealth, StoreViewer};
use kuaiban::testkit::{cases, people};
use serde_json::{Value, json};

use super::headless::{Headless, PATIENCE};

/// What happened, to which case, with which facts.
type Row = (String, Option<String>, Value);

fn journal(folder: &Path) -> Vec<Row> {
    let database = rusqlite::Connection::open(folder.join("kiosk.db")).unwrap();
    let mut rows =
        database.prepare("SELECT kind, case_number, detail FROM journal ORDER BY seq").unwrap();
    rows.query_map([], |row| {
        let detail: String = row.get(2)?;
        Ok((row.get(0)?, row.get(1)?, serde_json::from_str(&detail).unwrap()))
    })
    .unwrap()
    .collect::<Result<_, _>>()
    .unwrap()
}

fn wait_for(folder: &Path, kind: &str, kiosk: &Headless) {
    let end = Instant::now() + PATIENCE;
    while !journal(folder).iter().any(|row| row.0 == kind) {
        assert!(Instant::now() < end, "no {kind} in {:?}: {}", journal(folder), kiosk.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn p7_the_journal_of_a_whole_journey_says_what_happened_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let stand = Stand::set_up(folder.path(), StandOptions::default()).unwrap();
    let mut kiosk = Headless::start(folder.path());
    kiosk.until_status("devices and platform", |state| {
        let ready = |device: &DeviceState| *device == DeviceState::Ready;
        matches!(state, State::Serving(s)
            if s.online && ready(&s.reader) && ready(&s.printer) && ready(&s.panel))
    });
    kiosk.wait_for(&["attract"]);
    kiosk.fill_in(&stand, "citizen", cases::PHONE);
    kiosk.touch("submit");
    kiosk.wait_for(&["result"]);
    wait_for(folder.path(), "case_completed", &kiosk);
    wait_for(folder.path(), "slip_outcome", &kiosk);
    kiosk.touch("evaluate");
    kiosk.wait_for(&["evaluation"]);
    kiosk.touch("level-1");
    kiosk.touch("next");
    kiosk.wait_for(&["farewell"]);
    stand.reader.lift();
    kiosk.touch("leave");
    kiosk.wait_for(&["attract"]);
    wait_for(folder.path(), "evaluation_taken", &kiosk);
    kiosk.quit();

    let rows = journal(folder.path());
    let config = Config::load(&folder.path().join("kiosk.toml")).unwrap();
    let whole = StoreViewer::open(&config.store).unwrap().check().unwrap();
    assert_eq!(whole, StoreHealth::Whole { rows: rows.len() as u64 });

    // Devices, network and clock come when they come; everything else in the order of its cause.
    let of_the_world = ["reader", "printer", "panel", "network", "clock"];
    let (world, visit): (Vec<_>, Vec<_>) =
        rows.iter().partition(|row| of_the_world.contains(&row.0.as_str()));
    for kind in of_the_world {
        assert!(world.iter().any(|row| row.0 == kind), "{kind} is missing in {rows:?}");
    }
    assert!(world.iter().all(|row| row.1.is_none()), "{world:?}");
    let number = visit.iter().find_map(|row| row.1.clone()).unwrap();
    let about = |kind: &str, detail: Value| (kind.to_owned(), Some(number.clone()), detail);
    let (item, version) = (cases::INSTANT, env!("CARGO_PKG_VERSION"));
    let pack = kuaiban::testkit::packs::sample();
    let due_at = visit.iter().find(|row| row.0 == "case_accepted").unwrap().2["due_at"].clone();
    let causes: [Vec<Row>; 3] = [
        vec![
            ("started".to_owned(), None, json!({ "version": version })),
            about(
                "case_received",
                json!({ "item": item, "parts": 0, "pack_version": pack.version }),
            ),
            about("case_accepted", json!({ "due_at": due_at })),
            about("case_completed", json!({})),
            ("stopped".to_owned(), None, json!({})),
        ],
        vec![
            about("slip_ordered", json!({ "slip": 1, "item": item, "reprint": false })),
            about("slip_outcome", json!({ "slip": 1, "outcome": "printed", "why": null })),
        ],
        vec![
            about("evaluation_pressed", json!({ "item": item, "level": "satisfied", "tags": [] })),
            about("evaluation_taken", json!({})),
        ],
    ];
    let place = |wanted: &Row| {
        let found: Vec<_> = (0..visit.len()).filter(|n| visit[*n] == wanted).collect();
        assert_eq!(found.len(), 1, "{wanted:?} in {visit:#?}");
        found[0]
    };
    for cause in &causes {
        let places: Vec<_> = cause.iter().map(place).collect();
        assert!(places.is_sorted(), "{places:?} of {cause:?} in {visit:#?}");
    }
    assert!(place(&causes[0][1]) < place(&causes[1][0]), "a receipt of what was received");
    let expected: usize = causes.iter().map(Vec::len).sum();
    assert_eq!(visit.len(), expected, "nothing else: {visit:#?}");

    let card = people::find("citizen").unwrap().card;
    let text = format!("{rows:?}");
    for secret in [&card.name, &card.number, &card.address, cases::PHONE] {
        assert!(!text.contains(secret), "a personal datum in the journal");
    }
}
