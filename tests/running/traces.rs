//! Nobody's traces (promise P4): what is left of a citizen in memory when the visit has ended.

use std::time::{Duration, Instant};

use encoding_rs::GB18030;
use kuaiban::kiosk::status::State;
use kuaiban::simulators::stand::{Stand, StandOptions};
use kuaiban::testkit::people;

use super::headless::{Headless, PATIENCE};
use super::memory;

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

/// How often each is found in the memory of the kiosk.
fn found(kiosk: &Headless, secrets: &[(&'static str, String)]) -> Vec<(&'static str, usize)> {
    let needles: Vec<Vec<u8>> = secrets.iter().flat_map(|(_, text)| encodings(text)).collect();
    let mut counts = memory::count(kiosk.pid(), &needles).into_iter();
    secrets
        .iter()
        .map(|(what, text)| (*what, counts.by_ref().take(encodings(text).len()).sum()))
        .collect()
}

/// What nobody may find of a person.
fn secrets(person: &str) -> Vec<(&'static str, String)> {
    let card = people::find(person).unwrap().card;
    let all = [
        ("name", card.name.clone()),
        ("latin name", card.name_latin.clone()),
        ("number", card.number.clone()),
        ("address", card.address.clone()),
        ("phone", PHONE.to_owned()),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// The platform may still complete the case, and the drivers lay their buffers down.
fn nothing_is_left_of(person: &str, kiosk: &mut Headless) {
    kiosk.wait_for(&["attract"]);
    let end = Instant::now() + PATIENCE;
    let secrets = secrets(person);
    let mut after = found(kiosk, &secrets);
    while after.iter().any(|(_, times)| *times > 0) && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(500));
        after = found(kiosk, &secrets);
    }
    assert!(after.iter().all(|(_, times)| *times == 0), "left of {person}: {after:?}");
}

/// The search finds what is there.
fn is_there(person: &str, what: &[&str], kiosk: &Headless) {
    let found = found(kiosk, &secrets(person));
    for wanted in what {
        assert!(found.iter().any(|(what, times)| what == wanted && *times > 0), "{found:?}");
    }
}

/// From the attract screen to the identity page of a query.
fn identified_for_a_query(kiosk: &mut Headless, stand: &Stand, person: &str) {
    for (control, page) in
        [("start", "home"), ("item-0", "item"), ("begin", "consent"), ("agree", "card")]
    {
        kiosk.touch(control);
        kiosk.wait_for(&[page]);
    }
    stand.lay(person);
    kiosk.wait_for(&["identity"]);
}

/// One kiosk, and one citizen after the other, each with a journey of another kind.
#[test]
fn p4_nothing_of_a_citizen_is_in_memory_when_the_visit_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let stand = Stand::set_up(folder.path(), StandOptions::default()).unwrap();
    let file = folder.path().join("kiosk.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, config + "[visit]\nidle_s = 30\nwarning_s = 3\nfarewell_s = 1\n")
        .unwrap();
    let mut kiosk = Headless::start(folder.path());
    kiosk.wait_for(&["attract"]);
    for person in people::all() {
        let found = found(&kiosk, &secrets(person.id));
        assert!(found.iter().all(|(_, times)| *times == 0), "nobody was here: {found:?}");
    }

    // An application. The platform's words about it name the person, and come by the feed of changes.
    let name = &people::find("rare").unwrap().card.name;
    stand.platform.set_words(Some(&format!("{name}：样例")));
    kiosk.fill_in(&stand, "rare", PHONE);
    is_there("rare", &["name", "number", "address", "phone"], &kiosk);
    kiosk.touch("submit");
    kiosk.wait_for(&["result"]);
    assert!(stand.slips_at_least(1, PATIENCE), "{}", kiosk.log());
    stand.reader.lift();
    kiosk.touch("leave");
    nothing_is_left_of("rare", &mut kiosk);
    stand.platform.set_words(None);

    // A query and its slip.
    identified_for_a_query(&mut kiosk, &stand, "citizen");
    kiosk.touch("confirm");
    kiosk.wait_for(&["result"]);
    assert!(stand.slips_at_least(2, PATIENCE), "{}", kiosk.log());
    is_there("citizen", &["name", "number"], &kiosk);
    stand.reader.lift();
    kiosk.touch("leave");
    nothing_is_left_of("citizen", &mut kiosk);

    // Somebody else's card: 不是我.
    identified_for_a_query(&mut kiosk, &stand, "elderly");
    is_there("elderly", &["name", "number"], &kiosk);
    kiosk.touch("not-me");
    stand.reader.lift();
    kiosk.wait_for(&["card"]);
    kiosk.touch("leave");
    nothing_is_left_of("elderly", &mut kiosk);

    // My cases, the receipt once more, and a look at it.
    for (control, page) in [("start", "home"), ("my-cases", "consent"), ("agree", "card")] {
        kiosk.touch(control);
        kiosk.wait_for(&[page]);
    }
    stand.lay("rare");
    kiosk.wait_for(&["cases"]);
    kiosk.touch("case-0");
    kiosk.touch("reprint");
    assert!(stand.slips_at_least(3, PATIENCE), "{}", kiosk.log());
    stand.reader.lift();
    kiosk.touch("leave");
    nothing_is_left_of("rare", &mut kiosk);

    // An application without a network; it is delivered when nobody stands there any more.
    stand.set_online(false);
    kiosk.until_status(
        "the network is gone",
        |state| matches!(state, State::Serving(serving) if !serving.online),
    );
    kiosk.fill_in(&stand, "foreigner", PHONE);
    kiosk.touch("submit");
    kiosk.wait_for(&["result"]);
    stand.reader.lift();
    kiosk.touch("leave");
    nothing_is_left_of("foreigner", &mut kiosk);
    stand.set_online(true);
    kiosk.until_status("everything is delivered", |state| {
        matches!(state, State::Serving(serving) if serving.online && serving.waiting == Some(0))
    });
    nothing_is_left_of("foreigner", &mut kiosk);

    // Walking away in the middle.
    kiosk.fill_in(&stand, "hmt", PHONE);
    stand.reader.lift();
    is_there("hmt", &["name", "number", "phone"], &kiosk);
    nothing_is_left_of("hmt", &mut kiosk);
    kiosk.quit();
}
