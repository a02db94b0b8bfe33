//! The real binary walks through every journey: real frames over PTYs, a real database, real
//! HTTP, the real screens, and this looks at what it left behind.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![cfg(feature = "demo")]

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// One run for all checks: it takes a while.
#[test]
fn the_journeys_end_as_they_should_and_leave_what_they_promise() {
    let dir = tempfile::tempdir().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_kuaiban"))
        .args(["demo", "--headless", "--out"])
        .arg(dir.path())
        .env("KUAIBAN_LOG", "debug")
        .output()
        .unwrap();
    let (said, log) =
        (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr).into_owned());
    assert!(run.status.success(), "{said}\n{log}");

    let summary: Value =
        serde_json::from_str(&std::fs::read_to_string(dir.path().join("summary.json")).unwrap())
            .unwrap();
    let journeys = summary["journeys"].as_array().unwrap();
    assert!(journeys.len() >= 6);
    for journey in journeys {
        assert_eq!(journey["outcome"], "ok", "{journey}");
        for screen in journey["screens"].as_array().unwrap() {
            assert!(dir.path().join(screen.as_str().unwrap()).is_file(), "{screen}");
        }
        for slip in journey["slips"].as_array().unwrap() {
            let bytes = dir.path().join(slip.as_str().unwrap());
            assert!(bytes.metadata().unwrap().len() > 200, "{slip}");
            assert!(bytes.with_extension("png").is_file(), "{slip}");
        }
    }
    for file in ["kiosk.db", "kiosk.toml", "controls.json"] {
        assert!(dir.path().join(file).is_file(), "{file}");
    }
    the_steps_lead_through_the_same_pages(dir.path(), journeys);
    let totals = &summary["totals"];
    assert_eq!(totals["passed"], journeys.len());
    // Two instant ones, one promised, one request, one without application.
    assert_eq!(totals["cases_at_platform"], 5);
    let journey =
        |name: &str| journeys.iter().find(|j| j["name"].as_str().unwrap().contains(name)).unwrap();
    assert_eq!(journey("query")["evaluation"]["satisfaction"], 5);
    assert_eq!(journey("2-instant")["case_number"].as_str().unwrap().len(), 20);
    assert_eq!(journey("bad-evaluation")["evaluation"]["satisfaction"], 2);
    assert!(journey("walking-away")["evaluation"].is_null(), "p6: no press, no evaluation");
    assert!(journey("leaving")["slips"].as_array().unwrap().is_empty());

    p1_offline_says_received(dir.path(), journey("offline"));
    p1_every_slip_says_demo(dir.path(), journeys);
    p4_no_personal_datum_is_left(dir.path(), &log);
    p4_no_personal_datum_stands_on_the_screen(dir.path(), journeys);
}

/// What the test of the appliance replays: every page that was seen, in order, and a finger, a
/// card or a key between two of them.
fn the_steps_lead_through_the_same_pages(dir: &Path, journeys: &[Value]) {
    let steps: Value =
        serde_json::from_str(&std::fs::read_to_string(dir.join("steps.json")).unwrap()).unwrap();
    for journey in journeys {
        let steps = steps[journey["name"].as_str().unwrap()].as_array().unwrap();
        let seen: Vec<_> = steps.iter().filter_map(|step| step.get("see")).collect();
        assert_eq!(seen, journey["screens"].as_array().unwrap().iter().collect::<Vec<_>>());
        for step in steps {
            if step.get("touch").is_some() {
                let at = |i: usize| step["at"][i].as_f64().unwrap();
                assert!((0.0..1080.0).contains(&at(0)) && (0.0..1920.0).contains(&at(1)), "{step}");
            }
        }
        assert!(steps.iter().any(|step| step.get("touch").is_some()));
    }
    let query = steps["1-query-slip"].as_array().unwrap();
    for act in [json!({"lay": "citizen"}), json!({"press": 0}), json!({"lift": true})] {
        assert!(query.contains(&act), "{act} is not in {query:?}");
    }
}

fn stands_in(words: &str, bytes: &[u8]) -> bool {
    let words = encoding_rs::GBK.encode(words).0;
    bytes.windows(words.len()).any(|window| window == &*words)
}

/// Without the platform's answer the slip says 已收件, and neither 已受理 nor 已办结.
fn p1_offline_says_received(dir: &Path, journey: &Value) {
    let slip = journey["slips"][0].as_str().unwrap();
    let bytes = std::fs::read(dir.join(slip)).unwrap();
    assert!(stands_in("已收件", &bytes));
    assert!(!stands_in("已受理", &bytes) && !stands_in("已办结", &bytes));
}

/// The mark stands on every slip, as it crossed the wire.
fn p1_every_slip_says_demo(dir: &Path, journeys: &[Value]) {
    for journey in journeys {
        for slip in journey["slips"].as_array().unwrap() {
            let bytes = std::fs::read(dir.join(slip.as_str().unwrap())).unwrap();
            assert!(stands_in("演示", &bytes), "{slip} does not say 演示");
        }
    }
}

/// Numbers, names and phones of the people whose cards were laid stand in no log and in no file
/// but the slips' masked forms.
fn p4_no_personal_datum_is_left(dir: &Path, log: &str) {
    let mut data = vec!["13800000000".to_owned()];
    for person in kuaiban::testkit::people::all() {
        data.push(person.card.number.clone());
        data.push(person.card.holder_name().to_owned());
    }
    for datum in &data {
        assert!(!log.contains(datum.as_str()), "a personal datum stands in the log");
    }
    for file in std::fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        if !path.is_file() || path.extension().is_some_and(|ext| ext == "png") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for datum in &data {
            let plain = bytes.windows(datum.len()).any(|window| window == datum.as_bytes());
            assert!(
                !plain && !stands_in(datum, &bytes),
                "a personal datum stands in {}",
                path.display()
            );
        }
    }
}

/// Every word that stood on any screen of the journeys, as the window had it and as it was said:
/// nobody's name, number or address. A telephone number stands where it is typed and checked.
fn p4_no_personal_datum_stands_on_the_screen(dir: &Path, journeys: &[Value]) {
    let said: Value =
        serde_json::from_str(&std::fs::read_to_string(dir.join("said.json")).unwrap()).unwrap();
    let mut data = Vec::new();
    for person in kuaiban::testkit::people::all() {
        let card = &person.card;
        data.extend([&card.number, &card.name, &card.name_latin, &card.address].map(String::clone));
    }
    data.retain(|datum| !datum.is_empty());
    for screen in journeys.iter().flat_map(|journey| journey["screens"].as_array().unwrap()) {
        let screen = screen.as_str().unwrap();
        let words: Vec<&str> =
            said[screen].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        assert!(!words.is_empty(), "nothing stands on {screen}");
        let typed = ["question", "answered", "review"].iter().any(|page| screen.contains(page));
        for word in words {
            let plain = word.replace(' ', "");
            let open = |datum: &String| word.contains(datum.as_str()) || plain.contains(datum);
            assert!(!data.iter().any(open), "a personal datum stands on {screen}");
            assert!(typed || !plain.contains("13800000000"), "a phone number stands on {screen}");
        }
    }
}
