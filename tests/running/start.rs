//! A kiosk that cannot serve stands there with a page, and serves as soon as it can.

use std::path::Path;

use kuaiban::devices::state::DeviceState;
use kuaiban::kiosk::status::State;
use kuaiban::simulators::stand::{Stand, StandOptions};

use super::headless::{Headless, OUT_OF_SERVICE};

fn out_of_service(cause: u16) -> impl Fn(&State) -> bool {
    move |state| matches!(state, State::OutOfService { cause: found } if *found == cause)
}

fn serves(state: &State) -> bool {
    matches!(state, State::Serving(_))
}

/// Every fault of what stands behind the screen, in one kiosk after the other: each is a page with
/// its number, and gone without a restart when it is mended.
#[test]
fn p5_a_fault_behind_the_screen_is_a_page_with_a_number_and_mends_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let _stand = Stand::set_up(folder.path(), StandOptions::default()).unwrap();
    let at = |name: &str| folder.path().join(name);
    let write = |path: &Path, bytes: &[u8]| std::fs::write(path, bytes).unwrap();
    let whole = std::fs::read(at("kiosk.toml")).unwrap();
    let text = String::from_utf8(whole.clone()).unwrap();
    // A pack of its own, so that it can be broken.
    let pack_line = text.lines().skip_while(|line| *line != "[pack]").nth(1).unwrap();
    let other_pack = text.replace(pack_line, "path = \"no-pack\"");
    let other_platform = text.replace("http://127", "ftp://127");
    assert!(other_pack != text && other_platform != text);

    for (cause, fault) in
        [(102, "[site]\nkiosk = \"one\"\n"), (201, &other_pack), (102, &other_platform)]
    {
        write(&at("kiosk.toml"), fault.as_bytes());
        breaks_and_mends(folder.path(), cause, || write(&at("kiosk.toml"), &whole));
    }
    std::fs::remove_file(at("kiosk.toml")).unwrap();
    breaks_and_mends(folder.path(), 101, || write(&at("kiosk.toml"), &whole));

    // By now there is a database, closed in order.
    let database = std::fs::read(at("kiosk.db")).unwrap();
    write(&at("kiosk.db"), b"no database at all");
    breaks_and_mends(folder.path(), 302, || write(&at("kiosk.db"), &database));
    // The schema's page torn out.
    let mut torn = database.clone();
    torn[100..4096].fill(0x5a);
    write(&at("kiosk.db"), &torn);
    breaks_and_mends(folder.path(), 303, || write(&at("kiosk.db"), &database));
    std::fs::rename(at("kiosk.db"), at("away.db")).unwrap();
    breaks_and_mends(folder.path(), 304, || {
        std::fs::rename(at("away.db"), at("kiosk.db")).unwrap();
    });
    let key = std::fs::read(at("kiosk.db.key")).unwrap();
    write(&at("kiosk.db.key"), b"abc");
    breaks_and_mends(folder.path(), 305, || write(&at("kiosk.db.key"), &key));
    std::fs::remove_file(at("kiosk.db.key")).unwrap();
    std::fs::create_dir(at("kiosk.db.key")).unwrap();
    breaks_and_mends(folder.path(), 305, || {
        std::fs::remove_dir(at("kiosk.db.key")).unwrap();
        write(&at("kiosk.db.key"), &key);
    });
}

fn breaks_and_mends(folder: &Path, cause: u16, mend: impl FnOnce()) {
    let mut kiosk = Headless::start(folder);
    kiosk.wait_for(&[OUT_OF_SERVICE]);
    let said = format!("cause={cause}");
    assert!(kiosk.log().contains(&said), "{cause}: {}", kiosk.log());
    mend();
    kiosk.until_status("service", serves);
    kiosk.wait_for(&["attract"]);
    kiosk.quit();
}

/// A database that stops taking anything while the kiosk serves.
#[test]
fn p5_a_store_that_fails_later_is_a_page_too_and_mends_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let stand = Stand::set_up(folder.path(), StandOptions::default()).unwrap();
    let mut kiosk = Headless::start(folder.path());
    kiosk.until_status("devices", |state| {
        matches!(state, State::Serving(s)
            if s.online && s.reader == DeviceState::Ready && s.printer == DeviceState::Ready)
    });
    let intruder = rusqlite::Connection::open(folder.path().join("kiosk.db")).unwrap();
    intruder.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Each is a row of the journal.
    stand.reader.unplug();
    stand.printer.set_paper(kuaiban::simulators::printer::Roll::Out);
    stand.set_online(false);
    kiosk.until_status("out of service", out_of_service(307));
    kiosk.wait_for(&[OUT_OF_SERVICE]);
    intruder.execute_batch("ROLLBACK").unwrap();
    drop(intruder);
    kiosk.until_status("service", serves);
    kiosk.quit();
}

#[test]
fn a_second_kiosk_on_the_same_store_waits_for_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let _stand = Stand::set_up(folder.path(), StandOptions::default()).unwrap();
    let first = Headless::start(folder.path());
    first.until_status("service", serves);
    let mut second = Headless::start(folder.path());
    second.wait_for(&[OUT_OF_SERVICE]);
    assert!(second.log().contains("cause=301"), "{}", second.log());
    drop(first);
    second.wait_for(&["attract"]);
    second.quit();
}

#[test]
fn p8_the_running_kiosk_tells_its_state_and_doctor_repeats_it() {
    let folder = tempfile::tempdir().unwrap();
    let stand = Stand::set_up(folder.path(), StandOptions::default()).unwrap();
    let kiosk = Headless::start(folder.path());
    kiosk.until_status("devices and platform", |state| {
        matches!(state, State::Serving(s)
            if s.online && s.reader == DeviceState::Ready && s.printer == DeviceState::Ready)
    });
    let doctor = || {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_kuaiban"))
            .args(["doctor", "--json", "--config"])
            .arg(folder.path().join("kiosk.toml"))
            .output()
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let verdict = move |part: &str| {
            let checks = report["checks"].as_array().unwrap();
            let check = checks.iter().find(|check| check["part"] == part).unwrap().clone();
            (check["verdict"].as_str().unwrap().to_owned(), check["detail"].to_string())
        };
        (output.status.success(), verdict)
    };
    let (ready, verdict) = doctor();
    for part in ["kiosk", "store", "reader", "printer", "panel", "platform"] {
        assert_eq!(verdict(part).0, "good", "{part}: {:?}", verdict(part));
    }
    assert!(ready);

    stand.reader.unplug();
    stand.printer.set_paper(kuaiban::simulators::printer::Roll::Out);
    stand.set_online(false);
    kiosk.until_status("the faults", |state| {
        matches!(state, State::Serving(s)
            if !s.online && !s.reader.usable() && !s.printer.usable())
    });
    let (ready, verdict) = doctor();
    assert!(!ready, "a kiosk that cannot read cards or print is not ready");
    assert_eq!(verdict("reader").0, "bad");
    let (printer, words) = verdict("printer");
    assert_eq!(printer, "bad");
    assert!(words.contains("缺纸") && !words.contains("PaperOut"), "{words}");
    assert_eq!(verdict("platform").0, "warning");
    kiosk.quit();
}

#[test]
fn doctor_names_the_cause_of_a_kiosk_that_is_out_of_service() {
    let folder = tempfile::tempdir().unwrap();
    let _stand = Stand::set_up(folder.path(), StandOptions::default()).unwrap();
    let file = folder.path().join("kiosk.db");
    std::fs::write(&file, b"no database at all").unwrap();
    let kiosk = Headless::start(folder.path());
    kiosk.until_status("out of service", out_of_service(302));
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_kuaiban"))
        .args(["doctor", "--config"])
        .arg(folder.path().join("kiosk.toml"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("暂停服务") && said.contains("302"), "{said}");
    assert!(!output.status.success());
    kiosk.quit();
}
