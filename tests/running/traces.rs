//! Nobody's traces (promise P4): what is left of a citizen in memory when the visit has ended.

use std::time::{Duration, Instant};

use encoding_rs::GB18030;
use kuaiban::simulators::stand::{Stand, StandOptions};
use kuaiban::testkit::people;

use super::headless::{Headless, PATIENCE};
use super::memory;

const PERSON: &str = "rare";
const PHONE: &str = "13912345678";

/// A text in every encoding in which the kiosk or one of its libraries may hold it.
fn encodings(text: &str) -> Vec<Vec<u8>> {
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let mut encodings = vec![
        text.as_bytes().to_vec(),
        GB18030.encode(text).0.into_owned(),
        utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        text.escape_unicode().to_string().into_bytes(),
    ];
    encodings.dedup();
    encodings
}

/// How often each of the three is found in the memory of the kiosk.
fn found(kiosk: &Headless, secrets: &[(&'static str, String)]) -> Vec<(&'static str, usize)> {
    let needles: Vec<Vec<u8>> = secrets.iter().flat_map(|(_, text)| encodings(text)).collect();
    let mut counts = memory::count(kiosk.pid(), &needles).into_iter();
    secrets
        .iter()
        .map(|(what, text)| (*what, counts.by_ref().take(encodings(text).len()).sum()))
        .collect()
}

#[test]
fn p4_nothing_of_a_citizen_is_in_memory_when_the_visit_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let stand = Stand::set_up(folder.path(), StandOptions::default()).unwrap();
    let card = people::find(PERSON).unwrap().card;
    let secrets = [
        ("name", card.name.clone()),
        ("number", card.number.clone()),
        ("address", card.address.clone()),
        ("phone", PHONE.to_owned()),
    ];
    let mut kiosk = Headless::start(folder.path());
    kiosk.wait_for(&["attract"]);
    assert!(found(&kiosk, &secrets).iter().all(|(_, times)| *times == 0), "nobody was here");

    kiosk.fill_in(&stand, PERSON, PHONE);
    let during = found(&kiosk, &secrets);
    assert!(
        during.iter().all(|(_, times)| *times > 0),
        "the search finds what is there: {during:?}"
    );

    kiosk.touch("submit");
    kiosk.wait_for(&["result"]);
    assert!(stand.slips_at_least(1, PATIENCE), "{}", kiosk.log());
    stand.reader.lift();
    kiosk.touch("leave");
    kiosk.wait_for(&["attract"]);

    // The platform still completes the case, and the drivers lay their buffers down.
    let end = Instant::now() + PATIENCE;
    let mut after = found(&kiosk, &secrets);
    while after.iter().any(|(_, times)| *times > 0) && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(500));
        after = found(&kiosk, &secrets);
    }
    assert!(after.iter().all(|(_, times)| *times == 0), "left in memory: {after:?}");
    kiosk.quit();
}
