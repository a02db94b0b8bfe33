//! `queue list`: beside a running kiosk, and on a disk that cannot be written.

use std::path::{Path, PathBuf};
use std::time::Instant;

use kuaiban::domain::evaluation::Level;
use kuaiban::store::{Due, Hindrance, NewEvaluation, StoreError, StoreHealth, StoreViewer};
use kuaiban::testkit::cases;

use super::{block_on, config, new_case, open};

/// A configuration beside the database in `folder`.
fn configured(folder: &Path) -> PathBuf {
    let toml = folder.join("kiosk.toml");
    std::fs::write(
        &toml,
        "site.kiosk = 1\nreader.port = 'r'\nprinter.port = 'p'\npack.path = 'pack'\n\
         platform.url = 'http://127.0.0.1:1'\nstore.path = 'kiosk.db'\n",
    )
    .unwrap();
    toml
}

fn list(toml: &Path, more: &[&str]) -> Result<String, String> {
    queue("list", toml, more)
}

fn queue(what: &str, toml: &Path, more: &[&str]) -> Result<String, String> {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_kuaiban"));
    let output = command.args(["queue", what, "--config"]).arg(toml).args(more).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

#[test]
fn the_queue_is_listed_beside_a_running_kiosk() {
    let folder = tempfile::tempdir().unwrap();
    let toml = configured(folder.path());
    let list = |more: &[&str]| list(&toml, more).unwrap();
    assert!(list(&[]).starts_with("No case waits in "), "before there is a database");
    assert_eq!(list(&["--json"]), "[]\n");
    let store = open(folder.path());
    assert!(list(&[]).starts_with("No case waits in "));
    block_on(async {
        let facts = store.submit(new_case()).await.unwrap();
        let Due::Now(delivery) = store.due(Instant::now()).await.unwrap() else { panic!("due") };
        store.failed(&delivery, Hindrance::Platform, "status 503", Instant::now()).await.unwrap();
        let rows: serde_json::Value = serde_json::from_str(&list(&["--json"])).unwrap();
        let expected = serde_json::json!([{
            "case_number": facts.number,
            "item": cases::INSTANT,
            "status": "received",
            "received_at": facts.received_at,
            "clock_trusted": true,
            "attempts": 1,
            "last_error": "status 503",
            "held": null,
        }]);
        assert_eq!(rows, expected);
        let table = list(&[]);
        assert_eq!(table.lines().count(), 2, "{table}");
        assert!(table.contains(facts.number.as_str()) && table.contains("status 503"), "{table}");
        let code = "number_taken".to_owned();
        let held = kuaiban::store::Verdict::Held { code };
        store.delivered(&delivery, held).await.unwrap();
        assert!(list(&[]).contains("held: number_taken"));
        store.close().await;
    });
}

#[test]
fn p6_a_bad_press_without_a_reason_is_listed_for_following_up() {
    let folder = tempfile::tempdir().unwrap();
    let toml = configured(folder.path());
    let list = |more: &[&str]| queue("follow-up", &toml, more).unwrap();
    let store = open(folder.path());
    assert!(list(&[]).starts_with("No evaluation is to be followed up in "));
    block_on(async {
        let case = store.submit(new_case()).await.unwrap().number;
        for (about, level) in [
            (Some(case.clone()), Level::VeryDissatisfied),
            (None, Level::Dissatisfied),
            (None, Level::Satisfied),
        ] {
            let press = NewEvaluation { level, ..cases::new_evaluation(about) };
            store.record_evaluation(press).await.unwrap();
        }
        let rows: serde_json::Value = serde_json::from_str(&list(&["--json"])).unwrap();
        let row = |level: &str, item: &str, case: Option<&str>| {
            serde_json::json!({
                "pressed_at": kuaiban::testkit::now(),
                "clock_trusted": true,
                "level": level,
                "item": item,
                "case_number": case,
            })
        };
        let first = row("very_dissatisfied", cases::INSTANT, Some(case.as_str()));
        assert_eq!(rows, serde_json::json!([first, row("dissatisfied", cases::QUERY, None)]));
        let table = list(&[]);
        assert!(table.lines().count() == 3 && table.contains(case.as_str()), "{table}");
        store.close().await;
    });
}

#[test]
fn what_cannot_be_listed_is_told_with_its_reason_and_nothing_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let toml = configured(folder.path());
    let database = folder.path().join("kiosk.db");
    std::fs::write(&database, "no database").unwrap();
    let refused = list(&toml, &[]).unwrap_err();
    assert!(refused.contains("not a database of kuaiban"), "{refused}");
    std::fs::remove_file(&database).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&database).status().unwrap().success());
    let refused = list(&toml, &[]).unwrap_err();
    assert!(refused.contains("is a FIFO"), "{refused}");
}

/// A folder that cannot be written while this lives. `None`, where nothing can be mounted.
struct ReadOnly(tempfile::TempDir);

impl ReadOnly {
    fn of(folder: &Path) -> Option<ReadOnly> {
        let place = tempfile::tempdir().unwrap();
        let mount = |options: &str| {
            let mut command = std::process::Command::new("mount");
            command.args(["-o", options]).arg(folder).arg(place.path());
            command.status().is_ok_and(|status| status.success())
        };
        (mount("bind") && mount("bind,remount,ro")).then(|| ReadOnly(place))
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_disk_that_cannot_be_written_is_read_or_the_reason_is_told() {
    let folder = tempfile::tempdir().unwrap();
    configured(folder.path());
    let number = block_on(async {
        let store = open(folder.path());
        let number = store.submit(new_case()).await.unwrap().number;
        store.close().await;
        number
    });
    let Some(read_only) = ReadOnly::of(folder.path()) else {
        assert!(std::env::var("CI").is_err(), "a bind mount needs the right to mount");
        eprintln!("skipped: a bind mount needs the right to mount");
        return;
    };
    let there = read_only.0.path();
    let listed = list(&there.join("kiosk.toml"), &[]).unwrap();
    assert!(listed.contains(number.as_str()), "{listed}");
    let viewer = StoreViewer::open(&config(there)).unwrap();
    assert_eq!(viewer.check().unwrap(), StoreHealth::Whole { rows: 1 });
    viewer.check_beside(cases::REGION, cases::KIOSK).unwrap();
    // Beside a kiosk that runs where the disk can be written: its log and its memory are there.
    let store = open(folder.path());
    let second = block_on(store.submit(new_case())).unwrap().number;
    let listed = list(&there.join("kiosk.toml"), &[]).unwrap();
    assert!(listed.contains(second.as_str()), "{listed}");
    // After a kill: a log, and nobody who may take it over.
    let log = std::fs::read(folder.path().join("kiosk.db-wal")).unwrap();
    block_on(store.close());
    std::fs::write(folder.path().join("kiosk.db-wal"), log).unwrap();
    let refused = list(&there.join("kiosk.toml"), &[]).unwrap_err();
    assert!(refused.contains("copy the database and that file"), "{refused}");
    let refused = StoreViewer::open(&config(there)).err().unwrap();
    assert!(matches!(refused, StoreError::ReadOnlyWithLog { .. }), "{refused}");
}
