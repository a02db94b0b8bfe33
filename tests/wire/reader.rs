//! The reader's driver against the simulated reader, over a PTY.
#![allow(clippy::unwrap_used, reason = "tests, but their helpers are not known as such")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use kuaiban::config;
use kuaiban::devices::reader::{self, Reader, ReaderEvent};
use kuaiban::devices::state::DeviceState;
use kuaiban::domain::card::CardText;
use kuaiban::simulators::reader::{Card, ReaderFault, ReaderOptions, SimulatedReader};
use kuaiban::testkit::people;
use serde_json::Value;

/// Longest time that anything expected here may take, a busy machine included.
const PATIENCE: Duration = Duration::from_secs(60);
/// Time in which something unwanted would have come.
const QUIET: Duration = Duration::from_millis(900);

/// A driver, its simulated reader, and what the driver said so far.
struct Rig {
    events: Receiver<(Instant, ReaderEvent)>,
    reader: Reader,
    simulator: SimulatedReader,
    _dir: tempfile::TempDir,
}

fn simulator(baud: u32) -> (tempfile::TempDir, SimulatedReader, config::Reader) {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("reader");
    let simulator = SimulatedReader::start(ReaderOptions { link: port.clone(), baud }).unwrap();
    (dir, simulator, config::Reader { port, baud })
}

fn spawn(config: &config::Reader) -> (Reader, Receiver<(Instant, ReaderEvent)>) {
    let (sender, events) = channel();
    let sink = move |event| drop(sender.send((Instant::now(), event)));
    (reader::spawn(config, sink).unwrap(), events)
}

/// A rig whose reader has just become ready.
fn ready() -> Rig {
    ready_at(115_200)
}

fn ready_at(baud: u32) -> Rig {
    let (dir, simulator, config) = simulator(baud);
    let (reader, events) = spawn(&config);
    let rig = Rig { events, reader, simulator, _dir: dir };
    rig.says(&["state starting", "state ready"]);
    // It gets to know the reader while no card lies there, and has done so when it says this.
    rig.reader.watch_presence(true);
    rig.says(&["presence lifted"]);
    rig.reader.watch_presence(false);
    rig
}

/// Checks every case of a table at the same time: nearly all of it is waiting.
fn each<T: Sync + std::fmt::Debug>(cases: &[T], check: impl Fn(&T) + Sync) {
    let check = &check;
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            cases.iter().map(|case| (case, scope.spawn(move || check(case)))).collect();
        for (case, thread) in threads {
            assert!(thread.join().is_ok(), "{case:?}");
        }
    });
}

fn citizen() -> Card {
    card("citizen")
}

fn card(id: &str) -> Card {
    let person = people::find(id).unwrap();
    Card { id: id.to_owned(), text: people::text_block(&person.card) }
}

fn short(event: &ReaderEvent) -> String {
    let text = |value| serde_json::to_string(&value).unwrap().replace(['"', '{', '}'], "");
    match event {
        ReaderEvent::State(change) => {
            format!("state {}", text(serde_json::to_value(&change.state).unwrap()))
        }
        ReaderEvent::Reading => "reading".to_owned(),
        ReaderEvent::Card(card, _) => {
            format!("card {}", text(serde_json::to_value(card.kind).unwrap()))
        }
        ReaderEvent::Problem(problem) => {
            format!("problem {}", text(serde_json::to_value(problem).unwrap()))
        }
        ReaderEvent::Presence(presence) => {
            format!("presence {}", text(serde_json::to_value(presence).unwrap()))
        }
    }
}

impl Rig {
    fn next(&self) -> (Instant, ReaderEvent) {
        self.events.recv_timeout(PATIENCE).expect("the driver says nothing")
    }

    /// The next events are exactly these.
    fn says(&self, expected: &[&str]) {
        for expected in expected {
            assert_eq!(short(&self.next().1), *expected);
        }
    }

    /// This comes, whatever comes before.
    fn says_at_last(&self, expected: &str) {
        while short(&self.next().1) != expected {}
    }

    /// The driver says nothing for a while.
    fn says_nothing(&self) {
        if let Ok((_, event)) = self.events.recv_timeout(QUIET) {
            panic!("the driver said \"{}\"", short(&event));
        }
    }

    /// Takes the card away until the driver has looked for it in vain, twice in a row.
    fn lift(&self) {
        self.simulator.lift();
        self.looked_for(2);
    }

    /// Waits until the driver has asked so often for a card while none lay there.
    fn looked_for(&self, times: usize) {
        let start = Instant::now();
        while self.simulator.finds_in_vain() < times {
            assert!(start.elapsed() < PATIENCE, "the driver does not look for a card");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The card that comes now.
    fn card(&self) -> Box<CardText> {
        match self.next().1 {
            ReaderEvent::Card(card, _) => card,
            other => panic!("no card but \"{}\"", short(&other)),
        }
    }
}

#[test]
fn every_kind_of_card_is_read_as_it_is() {
    let rig = ready();
    rig.reader.expect_card(true);
    for person in people::all() {
        rig.simulator.lay(card(person.id));
        rig.says(&["reading"]);
        assert!(*rig.card() == person.card, "{}", person.id);
        rig.lift();
    }
    rig.says_nothing();
}

#[test]
fn no_card_is_read_unasked() {
    let rig = ready();
    rig.simulator.lay(citizen());
    rig.says_nothing();
    rig.reader.expect_card(true);
    rig.says(&["reading", "card citizen"]);
}

#[test]
fn a_slow_line_has_the_time_it_needs() {
    let rig = ready_at(9600);
    rig.simulator.lay(citizen());
    rig.reader.expect_card(true);
    rig.says(&["reading", "card citizen"]);
}

#[test]
fn every_fault_of_a_card_is_told_once_and_forgotten_when_mended() {
    let cases = [
        (ReaderFault::WrongCard, "problem wrong_card"),
        (ReaderFault::CardRefuses, "problem not_genuine"),
        (ReaderFault::SamRefuses, "problem not_genuine"),
        (ReaderFault::Unverified, "problem not_genuine"),
        (ReaderFault::MovedAway, "problem moved_away"),
        (ReaderFault::SelectFails, "problem moved_away"),
        (ReaderFault::HalfFrame, "problem moved_away"),
        (ReaderFault::BadCheck, "problem unreadable"),
        (ReaderFault::WrongLength, "problem unreadable"),
        (ReaderFault::OddText, "problem unreadable"),
    ];
    each(&cases, |&(fault, problem)| {
        let rig = ready();
        rig.simulator.fault(fault);
        rig.simulator.lay(citizen());
        rig.reader.expect_card(true);
        rig.says(&["reading", problem]);
        rig.says_nothing();
        rig.simulator.lift();
        rig.says_nothing();
        rig.simulator.fault(ReaderFault::None);
        rig.simulator.lay(citizen());
        rig.says(&["reading", "card citizen"]);
        rig.says_nothing();
    });
}

#[test]
fn a_card_that_stays_is_read_when_its_fault_is_over() {
    let rig = ready();
    rig.simulator.fault(ReaderFault::WrongCard);
    rig.simulator.lay(citizen());
    rig.reader.expect_card(true);
    rig.says(&["reading", "problem wrong_card"]);
    rig.simulator.fault(ReaderFault::None);
    rig.says(&["card citizen"]);
}

#[test]
fn quirks_of_readers_do_not_show() {
    let cases = [
        ReaderFault::Garbage,
        ReaderFault::Trickle,
        ReaderFault::SecondFind,
        ReaderFault::Duplicate,
        ReaderFault::Misheard,
        ReaderFault::Unrecognised,
        ReaderFault::ReadsAgain,
        ReaderFault::ClaimsFalsely,
        ReaderFault::Echo,
    ];
    each(&cases, |&fault| {
        let rig = ready();
        rig.simulator.fault(fault);
        rig.simulator.lay(citizen());
        rig.reader.expect_card(true);
        rig.says(&["reading", "card citizen"]);
        rig.says_nothing();
        rig.simulator.lift();
        rig.says_nothing();
    });
}

#[test]
fn a_card_lifted_while_it_is_read_has_moved_away() {
    let rig = ready();
    rig.simulator.reads_in(Duration::from_millis(2000));
    rig.simulator.lay(citizen());
    rig.reader.expect_card(true);
    rig.says(&["reading"]);
    rig.simulator.lift();
    rig.says(&["problem moved_away"]);
    // The first two questions and the one about a hidden card belong together.
    rig.looked_for(4);
    rig.simulator.reads_in(Duration::ZERO);
    rig.simulator.lay(citizen());
    rig.says(&["reading", "card citizen"]);
}

/// Readers hide a card that they have read, or report it again as long as it lies there.
const KINDS: [ReaderFault; 2] = [ReaderFault::None, ReaderFault::ReadsAgain];

/// A rig of this kind that has read a card for a visitor who has gone; the card still lies there.
fn left(kind: ReaderFault) -> Rig {
    let rig = ready();
    rig.simulator.fault(kind);
    rig.simulator.lay(citizen());
    rig.reader.expect_card(true);
    rig.says(&["reading", "card citizen"]);
    rig.says_nothing();
    rig.reader.expect_card(false);
    rig
}

#[test]
fn p4_a_card_left_by_the_last_visitor_is_not_read_for_the_next() {
    each(&KINDS, |&kind| {
        // The next one comes at once, or after the driver has looked at the card that was left.
        for pause in [0, 2500] {
            let rig = left(kind);
            std::thread::sleep(Duration::from_millis(pause));
            // Whoever asks anew is told anew.
            for _ in 0..2 {
                rig.reader.expect_card(true);
                rig.says(&["problem still_there"]);
                rig.says_nothing();
                rig.reader.expect_card(false);
                rig.says_nothing();
            }
            rig.reader.expect_card(true);
            rig.says(&["problem still_there"]);
            rig.simulator.lift();
            rig.says_nothing();
            rig.simulator.lay(card("elderly"));
            assert!(short(&rig.next().1) == "reading");
            assert!(*rig.card() == people::find("elderly").unwrap().card);
            rig.says_nothing();
        }
    });
}

#[test]
fn p4_a_card_that_was_left_is_read_once_it_was_lifted_however_short() {
    each(&KINDS, |&kind| {
        let rig = left(kind);
        rig.reader.expect_card(true);
        rig.says(&["problem still_there"]);
        rig.lift();
        rig.simulator.lay(citizen());
        rig.says(&["reading", "card citizen"]);
        rig.says_nothing();
    });
}

#[test]
fn p4_a_card_lifted_between_two_visits_does_not_trouble_the_next() {
    each(&KINDS, |&kind| {
        let rig = left(kind);
        // Twice: the driver has seen it lie there, or has not yet.
        for pause in [0, 2500] {
            std::thread::sleep(Duration::from_millis(pause));
            rig.lift();
            rig.simulator.lay(card("elderly"));
            rig.says_nothing();
            rig.reader.expect_card(true);
            rig.says(&["reading"]);
            assert!(*rig.card() == people::find("elderly").unwrap().card);
            rig.reader.expect_card(false);
        }
    });
}

#[test]
fn p4_a_card_that_was_left_is_known_again_by_a_reader_that_lost_its_power() {
    each(&KINDS, |&kind| {
        // The next one comes before or after the cable is pulled.
        for expected in [false, true] {
            let rig = left(kind);
            rig.reader.expect_card(expected);
            rig.says(if expected { &["problem still_there"] } else { &[] });
            rig.simulator.unplug();
            rig.says(&["state absent"]);
            rig.simulator.plug().unwrap();
            rig.says(&["state starting", "state ready"]);
            rig.says_nothing();
            rig.reader.expect_card(false);
            rig.reader.expect_card(true);
            rig.says(&["problem still_there"]);
            rig.says_nothing();
        }
    });
}

#[test]
fn p4_a_card_that_was_left_does_not_count_as_lifted_when_the_reader_errs() {
    let cases = KINDS.map(|kind| {
        [
            ReaderFault::SecondFind,
            ReaderFault::Misheard,
            ReaderFault::Garbage,
            ReaderFault::Unrecognised,
        ]
        .map(|fault| (kind, fault))
    });
    each(cases.as_flattened(), |&(kind, fault)| {
        let rig = left(kind);
        rig.simulator.fault(fault);
        for _ in 0..2 {
            rig.says_nothing();
            rig.reader.expect_card(true);
            rig.says(&["problem still_there"]);
            rig.says_nothing();
            rig.reader.expect_card(false);
        }
    });
    each(&KINDS, |&kind| {
        let rig = left(kind);
        rig.simulator.fault(ReaderFault::Silent);
        rig.says(&["state failed:silent"]);
        rig.simulator.fault(kind);
        rig.says(&["state ready"]);
        rig.reader.expect_card(true);
        rig.says(&["problem still_there"]);
        rig.says_nothing();
    });
}

#[test]
fn p4_a_card_that_is_being_read_when_the_visit_ends_is_not_delivered() {
    each(&KINDS, |&kind| {
        let rig = ready();
        rig.simulator.fault(kind);
        rig.simulator.reads_in(Duration::from_millis(2000));
        rig.simulator.lay(citizen());
        rig.reader.expect_card(true);
        rig.says(&["reading"]);
        rig.reader.expect_card(false);
        // Until it has been read for nobody.
        std::thread::sleep(Duration::from_millis(2200));
        rig.says_nothing();
        rig.reader.expect_card(true);
        rig.says(&["problem still_there"]);
        rig.says_nothing();
    });
}

#[test]
fn p4_whoever_watches_is_told_whether_the_card_still_lies_there() {
    each(&KINDS, |&kind| {
        let rig = left(kind);
        for _ in 0..2 {
            rig.reader.watch_presence(true);
            rig.says(&["presence lying"]);
            rig.says_nothing();
            rig.reader.watch_presence(false);
        }
        rig.reader.watch_presence(true);
        rig.says(&["presence lying"]);
        rig.simulator.lift();
        rig.says(&["presence lifted"]);
        rig.simulator.lay(card("elderly"));
        rig.says(&["presence lying"]);
        rig.simulator.unplug();
        rig.says(&["state absent", "presence unknown"]);
        rig.simulator.plug().unwrap();
        rig.says(&["state starting", "state ready", "presence lying"]);
        rig.reader.watch_presence(false);
        rig.simulator.lift();
        rig.says_nothing();
    });
}

#[test]
fn a_card_that_is_expected_and_watched_is_read_and_told() {
    let rig = ready();
    rig.reader.watch_presence(true);
    rig.says(&["presence lifted"]);
    rig.reader.expect_card(true);
    // The question that was under way belongs to the watch; the next ones expect the card.
    rig.simulator.lift();
    rig.looked_for(2);
    rig.simulator.lay(citizen());
    rig.says(&["reading", "card citizen", "presence lying"]);
    rig.simulator.lift();
    rig.says(&["presence lifted"]);
}

#[test]
fn p1_a_reader_that_claims_a_card_where_none_lies_is_not_believed() {
    let (_dir, simulator, config) = simulator(115_200);
    simulator.fault(ReaderFault::ClaimsFalsely);
    let (reader, events) = spawn(&config);
    let rig = Rig { events, reader, simulator, _dir };
    rig.says(&["state starting", "state ready"]);
    rig.reader.expect_card(true);
    rig.says_nothing();
    rig.simulator.lay(citizen());
    rig.says(&["reading", "card citizen"]);
    rig.says_nothing();
    // It hides the card, and whether the card still lies there it cannot be believed.
    rig.reader.watch_presence(true);
    rig.says(&["presence unknown"]);
    rig.lift();
    rig.says_nothing();
    rig.reader.expect_card(false);
    rig.reader.expect_card(true);
    rig.says_nothing();
    rig.simulator.lay(card("elderly"));
    rig.says(&["reading", "card citizen", "presence lying"]);
    let Rig { reader, simulator, _dir, .. } = rig;
    drop(reader);
    simulator.lift();
    let (_, out, err) = probe(config.port.to_str().unwrap(), &[]);
    assert!(out.contains("none") && !err.contains("lift"), "{out}{err}");
}

#[test]
fn p4_a_card_that_was_read_before_this_driver_is_told_as_still_there() {
    let rig = left(ReaderFault::None);
    let Rig { reader, simulator, _dir, .. } = rig;
    drop(reader);
    let config = config::Reader { port: simulator.path().to_owned(), baud: 115_200 };
    let (reader, events) = spawn(&config);
    let rig = Rig { events, reader, simulator, _dir };
    rig.says(&["state starting", "state ready"]);
    rig.reader.expect_card(true);
    rig.says(&["problem still_there"]);
    rig.lift();
    rig.simulator.lay(citizen());
    rig.says(&["reading", "card citizen"]);
}

#[test]
fn p8_a_reader_that_comes_and_goes_is_told_once() {
    let rig = ready();
    rig.reader.expect_card(true);
    for _ in 0..3 {
        rig.simulator.unplug();
        rig.says(&["state absent"]);
        rig.simulator.plug().unwrap();
        rig.says(&["state starting", "state ready"]);
    }
    rig.simulator.unplug();
    rig.says(&["state failed:unsteady"]);
    for _ in 0..3 {
        rig.simulator.plug().unwrap();
        rig.says_nothing();
        rig.simulator.unplug();
        rig.says_nothing();
    }
    rig.simulator.plug().unwrap();
    let (_, ReaderEvent::State(change)) = rig.next() else { panic!("no state") };
    assert!(change.state == DeviceState::Ready && change.untold >= 2, "{change:?}");
}

#[test]
fn a_problem_that_stands_is_told_again_to_whoever_asks_anew() {
    let rig = ready();
    rig.simulator.fault(ReaderFault::WrongCard);
    rig.simulator.lay(citizen());
    for _ in 0..2 {
        rig.reader.expect_card(true);
        rig.says(&["reading", "problem wrong_card"]);
        rig.says_nothing();
        rig.reader.expect_card(false);
    }
}

#[test]
fn a_card_takes_its_bytes_over_the_wire_and_no_more() {
    let rig = ready();
    rig.reader.expect_card(true);
    rig.simulator.lay(citizen());
    rig.says(&["reading"]);
    let (_, event) = rig.next();
    let ReaderEvent::Card(_, trace) = event else { panic!("no card") };
    // find 10 + 15, select 10 + 19, read 10 + 1295
    assert_eq!(trace.wire_bytes, 1359);
    let wire = trace.done_at - trace.found_at;
    assert!(wire >= Duration::from_millis(112 + 200), "faster than the wire: {wire:?}");
}

#[test]
fn p8_a_faulty_reader_says_so_and_recovers_by_itself() {
    let refuses = "state failed:not_authorised";
    let cases = [
        (ReaderFault::NotAuthorised, true, refuses),
        (ReaderFault::NotAuthorised, false, refuses),
        (ReaderFault::SelfTest, true, refuses),
        (ReaderFault::SelfTest, false, refuses),
        (ReaderFault::Silent, true, "state failed:silent"),
        (ReaderFault::Silent, false, "state failed:silent"),
    ];
    each(&cases, |&(fault, expected, state)| {
        let rig = ready();
        rig.reader.expect_card(expected);
        rig.simulator.fault(fault);
        rig.says(&[state]);
        rig.says_nothing();
        rig.simulator.fault(ReaderFault::None);
        rig.says(&["state ready"]);
        rig.simulator.lay(citizen());
        rig.reader.expect_card(true);
        rig.says(&["reading", "card citizen"]);
    });
}

#[test]
fn p8_a_reader_at_another_speed_is_silent() {
    let (_dir, simulator, mut config) = simulator(9600);
    config.baud = 115_200;
    let (reader, events) = spawn(&config);
    let rig = Rig { events, reader, simulator, _dir };
    rig.says(&["state starting", "state failed:silent"]);
}

#[test]
fn p8_an_unplugged_reader_is_found_again() {
    let rig = ready();
    for expected in [false, true] {
        rig.reader.expect_card(expected);
        rig.simulator.unplug();
        rig.says(&["state absent"]);
        rig.says_nothing();
        rig.simulator.plug().unwrap();
        rig.says(&["state starting", "state ready"]);
    }
    rig.simulator.lay(citizen());
    rig.says(&["reading", "card citizen"]);
}

#[test]
fn p8_a_reader_unplugged_while_it_reads_is_found_again() {
    // At this speed the card is on the line for more than five seconds.
    let rig = ready_at(2400);
    rig.simulator.lay(citizen());
    rig.reader.expect_card(true);
    rig.says(&["reading"]);
    std::thread::sleep(Duration::from_millis(1500));
    rig.simulator.unplug();
    rig.says(&["state absent"]);
    rig.simulator.plug().unwrap();
    // The rest of the card may still be on the line and be taken for a silent reader.
    rig.says_at_last("state ready");
    rig.says(&["reading", "card citizen"]);
}

#[test]
fn p8_a_reader_that_comes_later_is_found() {
    let (_dir, simulator, config) = simulator(115_200);
    simulator.unplug();
    let (reader, events) = spawn(&config);
    let rig = Rig { events, reader, simulator, _dir };
    rig.says(&["state absent"]);
    rig.simulator.plug().unwrap();
    rig.says(&["state starting", "state ready"]);
}

#[test]
fn p8_a_port_held_by_another_program_is_taken_when_free() {
    let (dir, simulator, config) = simulator(115_200);
    let path = config.port.to_str().unwrap();
    let holder = serialport::new(path, 115_200).open_native().unwrap();
    let (reader, events) = spawn(&config);
    let rig = Rig { events, reader, simulator, _dir: dir };
    rig.says(&["state failed:port_busy"]);
    rig.says_nothing();
    drop(holder);
    rig.says(&["state starting", "state ready"]);
}

#[test]
fn p8_another_reader_in_its_place_is_accepted_and_named() {
    let rig = ready();
    rig.simulator.lay(citizen());
    rig.reader.expect_card(true);
    rig.simulator.unplug();
    rig.simulator.replace([7; 16]);
    rig.simulator.plug().unwrap();
    let trace = std::iter::repeat_with(|| rig.next().1)
        .find_map(|event| match event {
            ReaderEvent::Card(_, trace) => Some(trace),
            _ => None,
        })
        .unwrap();
    assert_eq!(trace.sam_id.to_string(), "07".repeat(16));
}

#[test]
fn the_driver_ends_whatever_it_does() {
    let (reading, silent, absent, busy) = (ready(), ready(), ready(), ready());
    reading.simulator.lay(citizen());
    reading.reader.expect_card(true);
    reading.says(&["reading"]);
    silent.simulator.fault(ReaderFault::Silent);
    silent.reader.expect_card(true);
    absent.simulator.unplug();
    absent.reader.expect_card(true);
    absent.says(&["state absent"]);
    busy.simulator.fault(ReaderFault::HalfFrame);
    for rig in [reading, silent, absent, busy] {
        drop(rig.reader);
        // The driver's thread drops its end of the channel when it ends.
        loop {
            match rig.events.recv_timeout(PATIENCE) {
                Ok((_, event)) => assert!(!short(&event).starts_with("card")),
                Err(error) => break assert_eq!(error, RecvTimeoutError::Disconnected),
            }
        }
    }
}

/// A program that does not outlive a failed test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn kuaiban() -> Command {
    Command::new(env!("CARGO_BIN_EXE_kuaiban"))
}

fn probe(port: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let output = kuaiban().args(["reader", "probe", "--port", port]).args(more).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_probe_shows_the_reader_and_the_whole_card() {
    let (_dir, simulator, config) = simulator(115_200);
    let port = config.port.to_str().unwrap();
    let sam_id = "05000100052535010100000002000000";

    let (code, out, err) = probe(port, &["--json"]);
    assert_eq!((code, &*err), (Some(0), ""));
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json, serde_json::json!({ "sam_id": sam_id, "card": null, "echo": false }));

    let frame = include_bytes!("../data/card_citizen.bin");
    simulator.lay(Card { id: "sample".to_owned(), text: frame[14..270].try_into().unwrap() });
    let (code, out, _) = probe(port, &["--json"]);
    assert_eq!(code, Some(0));
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        json,
        serde_json::json!({ "sam_id": sam_id, "echo": false, "card": {
            "kind": "citizen", "name": "测试甲", "name_latin": null, "sex": "male",
            "ethnicity": "汉", "nationality": null, "birth": "1990-03-07",
            "address": "示例省示例市示例路1号", "number": "000000199003070006",
            "issuer": "示例市公安局", "valid_from": "2020-01-01", "valid_to": "2040-01-01",
            // The number's check digit holds; its sequence number 000 is a woman's.
            "number_check": false,
        }})
    );

    // The same card, not lifted: the reader does not read it again.
    let (code, out, err) = probe(port, &[]);
    assert_eq!(code, Some(0));
    assert!(out.contains("none") && err.contains("lift it"), "{out}{err}");

    simulator.lay(card("elderly"));
    let (_, out, _) = probe(port, &["--json"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["card"]["valid_to"], Value::Null);
}

#[test]
fn the_probe_waits_for_a_card() {
    let (_dir, simulator, config) = simulator(115_200);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(800));
            simulator.lay(card("elderly"));
        });
        let (code, out, err) = probe(config.port.to_str().unwrap(), &["--wait", "10"]);
        assert_eq!(code, Some(0));
        assert!(out.contains("long-term (长期)"), "{out}{err}");
    });
}

#[test]
fn the_probe_says_what_is_wrong_and_what_to_do() {
    let (_dir, simulator, config) = simulator(115_200);
    let port = config.port.to_str().unwrap();
    for (fault, more, expected) in [
        (ReaderFault::Silent, &[][..], "no reader answers at 115200 bits/s"),
        (ReaderFault::None, &["--baud", "9600"], "no reader answers at 9600 bits/s"),
        (ReaderFault::NotAuthorised, &[], "status 66: not authorised"),
    ] {
        simulator.fault(fault);
        let (code, out, err) = probe(port, more);
        assert_eq!((code, &*out), (Some(1), ""), "{err}");
        assert!(err.starts_with(&format!("kuaiban: {port}: ")) && err.contains(expected), "{err}");
    }
    simulator.fault(ReaderFault::Echo);
    let (code, out, err) = probe(port, &["--json"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("switch the echo off") && out.contains("\"echo\":true"), "{out}{err}");
    let (code, _, err) = probe("/nonexistent/port", &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("/nonexistent/port: no such device"), "{err}");
}

#[test]
fn the_simulator_does_what_its_script_says() {
    let dir = tempfile::tempdir().unwrap();
    let link = dir.path().join("reader");
    let port = link.to_str().unwrap();
    let child = kuaiban()
        .args(["simulate", "reader", "--link", port])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = Killed(child.unwrap());
    let mut script = child.0.stdin.take().unwrap();
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), format!("reader: {port}"));
    let mut say = |command: &str| {
        writeln!(script, "{command}").unwrap();
        lines.next().unwrap()
    };
    let seen = || {
        let (_, out, _) = probe(port, &["--json"]);
        serde_json::from_str::<Value>(&out).map(|json| json["card"]["kind"].clone())
    };
    assert_eq!(say("lay citizen"), "ok");
    assert_eq!(seen().unwrap(), "citizen");
    assert_eq!(say("lift"), "ok");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/card_hmt.bin");
    assert_eq!(say(&format!("lay {sample}")), "ok");
    assert_eq!(seen().unwrap(), "hmt_permit");
    assert_eq!(say("fault silent"), "ok");
    assert!(seen().is_err());
    assert_eq!(say("fault none"), "ok");
    assert_eq!(say("lift"), "ok");
    assert_eq!(say("unplug"), "ok");
    assert!(!link.exists());
    assert_eq!(say("plug"), "ok");
    assert!(link.exists());
    for nonsense in ["lay nobody", "fault of mine", "dance"] {
        assert!(say(nonsense).starts_with("error: "), "{nonsense}");
    }
    // The end of the script is not the end of the simulator; a signal is, and the port goes too.
    drop(script);
    assert_eq!(seen().unwrap(), Value::Null);
    let stopped = Command::new("kill").arg(child.0.id().to_string()).status().unwrap();
    assert!(stopped.success() && child.0.wait().unwrap().success());
    assert!(std::fs::symlink_metadata(&link).is_err());
}
