//! The printer over its wire: the driver against the simulated printer on a PTY.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use kuaiban::config::{self, Answers, Charset, Paper};
use kuaiban::devices::printer::encode::{self, CUT, FEED_KEY_OFF, INIT, encode};
use kuaiban::devices::printer::glyphs::Glyphs;
use kuaiban::devices::printer::{
    Job, LastSlip, PrintOutcome, Printer, PrinterEvent, WhyUnknown, spawn,
};
use kuaiban::devices::state::{DeviceState, Fault};
use kuaiban::say::Lang;
use kuaiban::simulators::paper;
use kuaiban::simulators::printer::{Model, PrintedSlip, PrinterOptions, Roll, SimulatedPrinter};
use kuaiban::slip::layout::{Align, Kind, Line, layout};
use kuaiban::slip::{samples, slips};

/// Longer than anything takes that is not broken.
const LONG: Duration = Duration::from_secs(60);

/// A simulated printer and the driver that prints on it.
struct Bench {
    printer: Printer,
    simulator: SimulatedPrinter,
    events: Receiver<PrinterEvent>,
    config: config::Printer,
    /// The state as last told.
    state: RefCell<Option<DeviceState>>,
    _dir: tempfile::TempDir,
}

impl Bench {
    fn with(change: impl Fn(&mut PrinterOptions)) -> Bench {
        Bench::after(LastSlip::Whole, Answers::Status, change)
    }

    fn after(last_slip: LastSlip, answers: Answers, change: impl Fn(&mut PrinterOptions)) -> Bench {
        let dir = tempfile::tempdir().expect("a folder");
        let mut options = PrinterOptions::at(&dir.path().join("printer"));
        options.speed_mm_s = 600.0;
        change(&mut options);
        let simulator = SimulatedPrinter::start(&options, |_| {}).expect("a PTY");
        let config = config::Printer {
            port: options.link.clone(),
            baud: options.baud,
            paper: options.paper,
            charset: Charset::Gbk,
            fonts: Vec::new(),
            answers,
            answer_ms: config::ANSWER_MS,
        };
        Bench::on(simulator, config, last_slip, dir)
    }

    /// A driver that starts with this printer as it is.
    fn on(
        simulator: SimulatedPrinter,
        config: config::Printer,
        last_slip: LastSlip,
        dir: tempfile::TempDir,
    ) -> Bench {
        let (events, received) = channel();
        let sink = move |event| drop(events.send(event));
        let printer = spawn(&config, last_slip, sink).expect("a thread");
        let state = RefCell::default();
        Bench { printer, simulator, events: received, config, state, _dir: dir }
    }

    /// The kiosk stops and starts again.
    fn restarted(self, last_slip: LastSlip) -> Bench {
        let Bench { printer, simulator, config, _dir, .. } = self;
        drop(printer);
        Bench::on(simulator, config, last_slip, _dir)
    }

    fn new() -> Bench {
        let bench = Bench::with(|_| {});
        bench.wait_for(&DeviceState::Ready);
        bench
    }

    fn event(&self, timeout: Duration) -> Option<PrinterEvent> {
        let event = self.events.recv_timeout(timeout).ok()?;
        if let PrinterEvent::State(change) = &event {
            self.state.replace(Some(change.state.clone()));
        }
        Some(event)
    }

    /// Waits until the driver says so, unless this is what it said last.
    #[track_caller]
    fn wait_for(&self, state: &DeviceState) {
        let start = Instant::now();
        while self.state.borrow().as_ref() != Some(state) {
            assert!(start.elapsed() < LONG, "not {state:?} but {:?}", self.state.borrow());
            self.event(Duration::from_millis(100));
        }
    }

    fn print(&self, id: u64, lines: &[Line]) {
        self.printer.print(Job { id, lines: lines.to_vec() }).expect("room in the queue");
    }

    /// Waits for the end of a job; progress must not run backwards.
    fn outcome(&self, id: u64) -> PrintOutcome {
        let mut last = 0.0;
        loop {
            match self.event(LONG).expect("the end of the job") {
                PrinterEvent::Finished { job, outcome } if job == id => return outcome,
                PrinterEvent::Progress { job, fraction } if job == id => {
                    assert!((last..=1.0).contains(&fraction), "{last} then {fraction}");
                    last = fraction;
                }
                _ => {}
            }
        }
    }

    fn printed_slips(&self) -> Vec<Arc<PrintedSlip>> {
        self.simulator.slips().into_iter().filter(|slip| !slip.blank).collect()
    }

    /// Waits until the simulator has had some bytes more than `from`.
    fn wait_received(&self, from: usize, more: usize) {
        let start = Instant::now();
        while self.simulator.received() < from + more {
            assert!(start.elapsed() < LONG, "{} bytes came", self.simulator.received());
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

fn receipt(paper: Paper) -> Vec<Line> {
    let pack = samples::pack();
    layout(&samples::query_of(&samples::head(&pack, Lang::Zh)), paper)
}

fn text(text: &str) -> Line {
    Line { text: text.to_owned(), size: 1, bold: false, align: Align::Left, kind: Kind::Text }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_slip_is_printed_and_its_bytes_arrive_unchanged() {
    for paper in [Paper::Mm80, Paper::Mm58] {
        let bench = Bench::with(|options| options.paper = paper);
        bench.wait_for(&DeviceState::Ready);
        // Text only, short enough to need no question in between.
        let pack = samples::pack();
        let head = samples::head(&pack, Lang::Zh);
        let status = kuaiban::case::CaseStatus::Received;
        let lines = layout(&samples::receipt_of(&head, status), paper);
        bench.print(7, &lines);
        assert_eq!(bench.outcome(7), PrintOutcome::Printed);
        let slips = bench.printed_slips();
        assert_eq!(slips.len(), 1);
        let body = encode::body(&lines, paper, Charset::Gbk, &mut Glyphs::new(&[])).bytes;
        let bytes = &slips[0].bytes;
        assert!(holds(bytes, &body), "the body is whole");
        // Around it: the initialisation before, acknowledgement and cut behind.
        let at = bytes.windows(body.len()).position(|window| window == body).unwrap();
        assert!(bytes[..at].ends_with(&[&INIT[..], &FEED_KEY_OFF].concat()));
        assert_eq!(bytes[at + body.len()..][..4], [0x1d, 0x28, 0x48, 0x06]);
        assert!(bytes.ends_with(&CUT));
        assert_eq!(bench.simulator.lost(), 0);
        // The picture is the one that the same bytes make by themselves.
        let alone = encode(&lines, paper, Charset::Gbk, &mut Glyphs::new(&[]));
        assert!(paper::render(&alone, paper).unwrap() == slips[0].picture);
    }
}

#[test]
fn a_long_slip_does_not_overrun_the_buffer_of_a_slow_printer() {
    let bench = Bench::with(|options| {
        options.baud = 921_600;
        options.speed_mm_s = 200.0;
    });
    bench.wait_for(&DeviceState::Ready);
    let lines: Vec<Line> =
        (0..200).map(|n| text(&format!("{n:02} {}", "人社服务随时在您身边".repeat(2)))).collect();
    bench.print(1, &lines);
    assert_eq!(bench.outcome(1), PrintOutcome::Printed);
    assert_eq!(bench.simulator.lost(), 0);
    let strip = &bench.printed_slips()[0].strip;
    assert!(strip.height > 200 * 30, "{} dots", strip.height);
}

#[test]
fn p3_without_paper_nothing_is_sent_and_nothing_printed() {
    let bench = Bench::new();
    bench.simulator.set_paper(Roll::Out);
    bench.wait_for(&DeviceState::Failed(Fault::PaperOut));
    let from = bench.simulator.received();
    bench.print(1, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(1), PrintOutcome::NotPrinted(Fault::PaperOut));
    assert!(bench.simulator.received() - from <= 30, "status queries at most");
    bench.simulator.set_paper(Roll::Low);
    bench.wait_for(&DeviceState::Warning(Fault::PaperLow));
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(bench.simulator.slips().len(), 0, "nothing waited to be printed");
    // Nearly empty is not empty.
    bench.print(2, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(2), PrintOutcome::Printed);
    assert_eq!(bench.printed_slips().len(), 1);
}

#[test]
fn p3_a_cover_opened_just_before_the_job_is_noticed_before_a_byte_is_sent() {
    let bench = Bench::new();
    bench.simulator.set_cover(true);
    bench.print(1, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(1), PrintOutcome::NotPrinted(Fault::CoverOpen));
    bench.simulator.set_cover(false);
    bench.wait_for(&DeviceState::Ready);
}

#[test]
fn p3_paper_that_ends_in_the_middle_is_unknown_and_never_printed_again_by_itself() {
    let bench = Bench::new();
    bench.simulator.paper_ends_after(30);
    bench.print(1, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(1), PrintOutcome::Unknown(WhyUnknown::Fault(Fault::PaperOut)));
    bench.wait_for(&DeviceState::Failed(Fault::PaperOut));
    bench.simulator.set_paper(Roll::Full);
    bench.wait_for(&DeviceState::Ready);
    std::thread::sleep(Duration::from_secs(1));
    // What was in the printer came out, was cut off, and is no part of the next slip.
    let before = bench.printed_slips().len();
    assert!(before <= 1, "{before} slips");
    bench.print(2, &[text("下一位")]);
    assert_eq!(bench.outcome(2), PrintOutcome::Printed);
    let slips = bench.printed_slips();
    assert_eq!(slips.len(), before + 1);
    assert!(slips[before].strip.height < 300, "{}", slips[before].strip.height);
}

#[test]
fn p3_a_cutter_that_jams_makes_the_slip_unknown() {
    let bench = Bench::new();
    bench.simulator.jam();
    bench.print(1, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(1), PrintOutcome::Unknown(WhyUnknown::Fault(Fault::CutterJam)));
    bench.wait_for(&DeviceState::Failed(Fault::CutterJam));
    bench.simulator.clear();
    bench.wait_for(&DeviceState::Ready);
    bench.print(2, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(2), PrintOutcome::Printed);
}

/// A printer whose cutter is blocked, and whose driver has ended.
fn jammed() -> (SimulatedPrinter, config::Printer, tempfile::TempDir) {
    let bench = Bench::new();
    bench.simulator.jam();
    bench.print(1, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(1), PrintOutcome::Unknown(WhyUnknown::Fault(Fault::CutterJam)));
    bench.wait_for(&DeviceState::Failed(Fault::CutterJam));
    let Bench { printer, simulator, config, _dir, .. } = bench;
    drop(printer);
    (simulator, config, _dir)
}

#[test]
fn p8_a_jam_that_was_cleared_while_the_kiosk_was_off_is_recovered() {
    let (simulator, config, _dir) = jammed();
    simulator.clear();
    let bench = Bench::on(simulator, config, LastSlip::Whole, _dir);
    bench.wait_for(&DeviceState::Ready);
    // What hung out of the printer is cut off, and no part of the next slip.
    bench.print(2, &[text("下一位")]);
    assert_eq!(bench.outcome(2), PrintOutcome::Printed);
    let slip = bench.printed_slips().pop().expect("a slip");
    assert!(slip.strip.height < 300, "{}", slip.strip.height);
}

#[test]
fn p8_a_jam_that_is_cleared_unseen_is_recovered_in_a_while() {
    let bench = Bench::new();
    bench.simulator.jam();
    bench.print(1, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(1), PrintOutcome::Unknown(WhyUnknown::Fault(Fault::CutterJam)));
    bench.wait_for(&DeviceState::Failed(Fault::CutterJam));
    // Longer than the first attempt takes, which is in vain.
    std::thread::sleep(Duration::from_secs(2));
    bench.simulator.unjam();
    bench.wait_for(&DeviceState::Ready);
    bench.print(2, &[text("下一位")]);
    assert_eq!(bench.outcome(2), PrintOutcome::Printed);
}

#[test]
fn p8_the_technicians_commands_recover_a_printer_whose_jam_was_cleared() {
    for command in ["probe", "test"] {
        let (simulator, config, _dir) = jammed();
        let port = config.port.to_str().unwrap();
        let (code, text) = kuaiban(&["printer", command, "--port", port]);
        assert!(text.contains("cutter is blocked"), "{command}: {text}");
        // The printer answered the probe; its state is another matter.
        assert_eq!(code, if command == "probe" { 0 } else { 1 }, "{text}");
        simulator.clear();
        let (code, text) = kuaiban(&["printer", command, "--port", port]);
        assert_eq!(code, 0, "{text}");
        let word = if command == "probe" { "ready" } else { ": printed" };
        assert!(text.contains(word), "{command}: {text}");
    }
}

#[test]
fn p8_noise_is_never_read_as_a_fault() {
    let Bench { printer, simulator, config, _dir, .. } = Bench::new();
    drop(printer);
    let port = config.port.to_str().unwrap();
    // "Cutter blocked" with the fixed bit 7 broken; the same with it whole, to every question;
    // no reply at all.
    for bits in [0x88, 0x08, 0xb5] {
        simulator.disturb(bits);
        let (code, text) = kuaiban(&["printer", "probe", "--port", port]);
        assert_eq!((code, text.contains("unreadable answers")), (1, true), "{bits:02x}: {text}");
        let (code, text) = kuaiban(&["printer", "probe", "--port", port, "--json"]);
        // The log follows.
        let json = text.lines().next().unwrap_or_default();
        let found: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!((code, &found["unreadable"]), (1, &true.into()));
        assert_eq!(found["state"], serde_json::json!({ "failed": "silent" }));
        let (code, text) = kuaiban(&["printer", "test", "--port", port]);
        assert_eq!((code, text.contains("unreadable answers")), (1, true), "{bits:02x}: {text}");
    }
    simulator.disturb(0);
    let (code, text) = kuaiban(&["printer", "test", "--port", port]);
    assert_eq!((code, text.contains(": printed")), (0, true), "{text}");
}

#[test]
fn what_is_no_port_and_what_never_ends_is_refused() {
    let (code, text) = kuaiban(&["printer", "test", "--port", "/dev/null"]);
    assert_eq!((code, text.matches("not a serial port").count()), (1, 1), "{text}");
    assert!(!text.contains("no printer"), "{text}");
    let dir = tempfile::tempdir().unwrap();
    let png = dir.path().join("out.png");
    let (code, text) = kuaiban(&["slip", "render", "/dev/zero", "--png", png.to_str().unwrap()]);
    assert_eq!((code, text.contains("no regular file")), (1, true), "{text}");
    let endless = dir.path().join("endless.bin");
    std::fs::File::create(&endless).unwrap().set_len((4 << 20) + 1).unwrap();
    let endless = endless.to_str().unwrap();
    let (code, text) = kuaiban(&["slip", "render", endless, "--png", png.to_str().unwrap()]);
    assert_eq!((code, text.contains("larger than 4096 KiB")), (1, true), "{text}");
    let (code, text) = kuaiban(&["slip", "render", endless, "--png", endless]);
    assert_eq!((code, text.contains("would replace the bytes")), (1, true), "{text}");
    let feeds = dir.path().join("feeds.bin");
    std::fs::write(&feeds, vec![0x0a; 4 << 20]).unwrap();
    let feeds = feeds.to_str().unwrap();
    let (code, text) = kuaiban(&["slip", "render", feeds, "--png", png.to_str().unwrap()]);
    assert_eq!((code, text.contains("more than 2500 mm of paper")), (1, true), "{text}");
    assert!(!png.exists());
}

#[test]
fn p3_a_printer_that_falls_silent_leaves_the_slip_unknown_within_bounds() {
    let bench = Bench::with(|options| options.speed_mm_s = 100.0);
    bench.wait_for(&DeviceState::Ready);
    let from = bench.simulator.received();
    bench.print(1, &receipt(Paper::Mm80));
    bench.wait_received(from, 600);
    bench.simulator.set_mute(true);
    assert_eq!(bench.outcome(1), PrintOutcome::Unknown(WhyUnknown::TimedOut));
    bench.wait_for(&DeviceState::Failed(Fault::Silent));
    // Now that it is known to be silent, nothing is sent.
    bench.print(2, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(2), PrintOutcome::NotPrinted(Fault::Silent));
    bench.simulator.set_mute(false);
    bench.wait_for(&DeviceState::Ready);
    bench.print(3, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(3), PrintOutcome::Printed);
}

#[test]
fn p3_a_clone_without_acknowledgement_is_believed_when_it_has_read_the_slip() {
    for (model, outcome) in [
        (Model::Clone, PrintOutcome::Printed),
        (Model::StatusOnly, PrintOutcome::Unknown(WhyUnknown::NoProof)),
    ] {
        let bench = Bench::with(|options| options.model = model);
        bench.wait_for(&DeviceState::Ready);
        bench.print(1, &receipt(Paper::Mm80));
        assert_eq!(bench.outcome(1), outcome, "{model:?}");
        // Without a proof the outcome may be told before the paper is out.
        let start = Instant::now();
        while bench.printed_slips().is_empty() {
            assert!(start.elapsed() < LONG, "{model:?}: nothing on paper");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(bench.printed_slips().len(), 1);
    }
    let bench = Bench::with(|options| options.model = Model::Clone);
    bench.wait_for(&DeviceState::Ready);
    bench.simulator.paper_ends_after(30);
    bench.print(1, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(1), PrintOutcome::Unknown(WhyUnknown::Fault(Fault::PaperOut)));
}

#[test]
fn p8_a_cable_pulled_in_the_middle_leaves_the_slip_unknown_and_the_printer_recovers() {
    let bench = Bench::new();
    let from = bench.simulator.received();
    // A drawn line: the cable goes in the middle of a picture.
    let lines: Vec<Line> = (0..6).map(|_| text("𠮷㛃")).collect();
    bench.print(1, &lines);
    bench.wait_received(from, 3500);
    bench.simulator.unplug();
    assert_eq!(bench.outcome(1), PrintOutcome::Unknown(WhyUnknown::Unplugged));
    bench.wait_for(&DeviceState::Absent);
    bench.print(2, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(2), PrintOutcome::NotPrinted(Fault::Silent));
    bench.simulator.plug().unwrap();
    bench.wait_for(&DeviceState::Ready);
    let before = bench.printed_slips().len();
    bench.print(3, &[text("下一位")]);
    assert_eq!(bench.outcome(3), PrintOutcome::Printed);
    let slips = bench.printed_slips();
    assert_eq!(slips.len(), before + 1);
    // The next slip is as it should be, nothing of the broken one is on it.
    let body = encode::body(&[text("下一位")], Paper::Mm80, Charset::Gbk, &mut Glyphs::new(&[]));
    assert!(holds(&slips[before].bytes, &body.bytes));
    assert!(clean_slip() == slips[before].strip);
}

#[test]
fn p8_a_printer_that_comes_late_or_babbles_is_taken_as_it_is() {
    let bench = Bench::new();
    bench.simulator.set_garbage(true);
    bench.wait_for(&DeviceState::Failed(Fault::Silent));
    bench.simulator.set_garbage(false);
    bench.wait_for(&DeviceState::Ready);
    bench.simulator.unplug();
    bench.wait_for(&DeviceState::Absent);
    bench.simulator.plug().unwrap();
    bench.wait_for(&DeviceState::Ready);
    bench.print(1, &[text("好")]);
    assert_eq!(bench.outcome(1), PrintOutcome::Printed);
}

#[test]
fn p8_the_driver_ends_promptly_and_leaves_no_job_without_an_outcome() {
    let bench = Bench::with(|options| options.speed_mm_s = 60.0);
    bench.wait_for(&DeviceState::Ready);
    let lines = receipt(Paper::Mm80);
    let from = bench.simulator.received();
    bench.print(0, &lines);
    bench.wait_received(from, 500);
    for id in 1..=4 {
        bench.print(id, &lines);
    }
    assert!(bench.printer.print(Job { id: 5, lines }).is_err(), "the queue is bounded");
    drop(bench.printer);
    // Ends with the driver's thread, which holds the other end.
    let outcomes: Vec<(u64, PrintOutcome)> = bench
        .events
        .iter()
        .filter_map(|event| match event {
            PrinterEvent::Finished { job, outcome } => Some((job, outcome)),
            _ => None,
        })
        .collect();
    assert_eq!(outcomes[0], (0, PrintOutcome::Unknown(WhyUnknown::Stopped)));
    let rest: Vec<u64> = outcomes[1..].iter().map(|(job, _)| *job).collect();
    assert_eq!(rest, [1, 2, 3, 4]);
    assert!(
        outcomes[1..].iter().all(|(_, o)| matches!(o, PrintOutcome::NotPrinted(_))),
        "{outcomes:?}"
    );
}

/// Dots of a slip that says only 下一位, on a printer that has printed nothing else.
fn clean_slip() -> paper::Image {
    let clean = Bench::new();
    clean.print(1, &[text("下一位")]);
    assert_eq!(clean.outcome(1), PrintOutcome::Printed);
    clean.printed_slips()[0].strip.clone()
}

#[test]
fn p4_the_rest_of_a_slip_that_broke_off_is_not_on_the_next_citizens_slip() {
    // Stopped in the middle of text and of a picture.
    for lines in [receipt(Paper::Mm80), (0..6).map(|_| text("𠮷㛃")).collect()] {
        let bench = Bench::with(|options| options.speed_mm_s = 60.0);
        bench.wait_for(&DeviceState::Ready);
        let from = bench.simulator.received();
        bench.print(1, &lines);
        bench.wait_received(from, 900);
        let bench = bench.restarted(LastSlip::Unknown);
        bench.wait_for(&DeviceState::Ready);
        bench.print(2, &[text("下一位")]);
        assert_eq!(bench.outcome(2), PrintOutcome::Printed);
        let slips = bench.printed_slips();
        assert_eq!(slips.len(), 2, "what broke off is a piece of its own");
        assert!(slips[1].strip == clean_slip());
    }
}

#[test]
fn p4_a_kiosk_killed_in_the_middle_of_a_picture_leaves_the_next_slip_clean() {
    let Bench { printer, simulator, config, _dir, .. } = Bench::new();
    drop(printer);
    let mut line =
        serialport::new(config.port.to_str().unwrap(), config.baud).open_native().unwrap();
    let from = simulator.received();
    // Half of a picture of 24 rows, and then nobody is there any more.
    let half = [&[b'A', 0x0a, 0x1d, 0x76, 0x30, 0, 72, 0, 24, 0][..], &[0xff; 72 * 12]].concat();
    std::io::Write::write_all(&mut line, &half).unwrap();
    let start = Instant::now();
    while simulator.received() < from + half.len() {
        assert!(start.elapsed() < LONG);
        std::thread::sleep(Duration::from_millis(1));
    }
    drop(line);
    let bench = Bench::on(simulator, config, LastSlip::Unknown, _dir);
    bench.wait_for(&DeviceState::Ready);
    bench.print(2, &[text("下一位")]);
    assert_eq!(bench.outcome(2), PrintOutcome::Printed);
    let slips = bench.printed_slips();
    assert_eq!(slips.len(), 2);
    assert!(slips[1].strip == clean_slip());
}

#[test]
fn a_start_after_a_whole_slip_costs_no_paper() {
    let bench = Bench::new().restarted(LastSlip::Whole);
    bench.wait_for(&DeviceState::Ready);
    assert_eq!(bench.simulator.slips().len(), 0);
    assert_eq!(bench.simulator.hanging(), 0);
}

#[test]
fn p8_a_printer_that_answers_late_is_ready_for_everybody() {
    let bench = Bench::with(|options| options.answers_after = Duration::from_millis(700));
    bench.wait_for(&DeviceState::Ready);
    bench.print(1, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(1), PrintOutcome::Printed);
    let Bench { printer, simulator: _simulator, config, _dir, .. } = bench;
    drop(printer);
    let port = config.port.to_str().unwrap();
    let (code, text) = kuaiban(&["printer", "probe", "--port", port, "--json"]);
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (code, &found["state"], &found["acknowledgement"]),
        (0, &"ready".into(), &"A".into())
    );
    let (code, text) = kuaiban(&["printer", "test", "--port", port]);
    assert_eq!((code, text.contains(": printed")), (0, true), "{text}");
}

#[test]
fn p3_a_printer_without_a_return_line_prints_and_nobody_knows() {
    let mute = |options: &mut PrinterOptions| {
        options.model = Model::Mute;
        options.baud = 921_600;
        options.speed_mm_s = 60.0;
    };
    let bench = Bench::after(LastSlip::Whole, Answers::None, mute);
    bench.wait_for(&DeviceState::Ready);
    // More than its buffer holds, much faster than it prints.
    let lines: Vec<Line> = (0..20).map(|_| text("𠮷㛃")).collect();
    bench.print(1, &lines);
    assert_eq!(bench.outcome(1), PrintOutcome::Unknown(WhyUnknown::NoProof));
    bench.print(2, &[text("下一位")]);
    assert_eq!(bench.outcome(2), PrintOutcome::Unknown(WhyUnknown::NoProof));
    let start = Instant::now();
    while bench.printed_slips().len() < 2 {
        assert!(start.elapsed() < LONG, "nothing on paper");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(bench.simulator.lost(), 0);
    assert!(bench.printed_slips()[1].strip == clean_slip());
    // A pulled cable is noticed all the same.
    bench.simulator.unplug();
    bench.wait_for(&DeviceState::Absent);
    bench.simulator.plug().unwrap();
    bench.wait_for(&DeviceState::Ready);
    let Bench { printer, simulator: _simulator, config, _dir, .. } = bench;
    drop(printer);
    let port = config.port.to_str().unwrap();
    let (code, text) = kuaiban(&["printer", "test", "--port", port, "--answers", "none"]);
    assert_eq!((code, text.contains("unknown, look at the paper")), (3, true), "{text}");
    let (_, text) = kuaiban(&["printer", "probe", "--port", port]);
    assert!(text.contains("answers = \"none\""), "{text}");
}

#[test]
fn a_printer_that_asks_to_wait_is_waited_for() {
    // Slower paper than anybody reckons with, and nothing but XOFF to tell it.
    let bench = Bench::with(|options| {
        options.model = Model::StatusOnly;
        options.flow_control = true;
        options.speed_mm_s = 5.0;
    });
    bench.wait_for(&DeviceState::Ready);
    let lines: Vec<Line> = (0..16).map(|_| text("𠮷㛃")).collect();
    bench.print(1, &lines);
    assert_eq!(bench.outcome(1), PrintOutcome::Unknown(WhyUnknown::NoProof));
    assert_eq!(bench.simulator.lost(), 0);
}

#[test]
fn p8_a_printer_that_never_lets_go_is_told_and_comes_back() {
    let bench = Bench::new();
    bench.simulator.set_held(true);
    bench.print(1, &receipt(Paper::Mm80));
    let outcome = bench.outcome(1);
    assert!(
        matches!(
            outcome,
            PrintOutcome::NotPrinted(Fault::Held)
                | PrintOutcome::Unknown(WhyUnknown::Fault(Fault::Held) | WhyUnknown::TimedOut)
        ),
        "{outcome:?}"
    );
    bench.wait_for(&DeviceState::Failed(Fault::Held));
    bench.print(2, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(2), PrintOutcome::NotPrinted(Fault::Held));
    bench.simulator.set_held(false);
    bench.wait_for(&DeviceState::Ready);
    bench.print(3, &[text("下一位")]);
    assert_eq!(bench.outcome(3), PrintOutcome::Printed);
    assert!(bench.printed_slips().pop().unwrap().strip == clean_slip());
}

#[test]
fn the_feed_key_is_off_while_the_kiosk_works() {
    let bench = Bench::new();
    bench.simulator.press_feed_key();
    bench.print(1, &[text("下一位")]);
    assert_eq!(bench.outcome(1), PrintOutcome::Printed);
    bench.simulator.press_feed_key();
    bench.print(2, &[text("下一位")]);
    assert_eq!(bench.outcome(2), PrintOutcome::Printed);
    let slips = bench.printed_slips();
    assert!(slips.len() == 2 && slips[0].strip == slips[1].strip);
    assert_eq!(bench.simulator.hanging(), 0);
    // A technician needs it.
    let Bench { printer, simulator, .. } = bench;
    drop(printer);
    let start = Instant::now();
    while simulator.hanging() == 0 {
        simulator.press_feed_key();
        assert!(start.elapsed() < LONG, "the feed key is still off");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn p8_an_adapter_that_echoes_is_named() {
    let bench = Bench::new();
    bench.simulator.set_echo(true);
    bench.wait_for(&DeviceState::Failed(Fault::Echo));
    bench.print(1, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(1), PrintOutcome::NotPrinted(Fault::Echo));
    bench.simulator.set_echo(false);
    bench.wait_for(&DeviceState::Ready);
    bench.print(2, &receipt(Paper::Mm80));
    assert_eq!(bench.outcome(2), PrintOutcome::Printed);
    bench.simulator.set_echo(true);
    let Bench { printer, simulator: _simulator, config, _dir, .. } = bench;
    drop(printer);
    let (code, text) = kuaiban(&["printer", "probe", "--port", config.port.to_str().unwrap()]);
    assert_eq!((code, text.contains("switch the adapter's echo off")), (1, true), "{text}");
}

#[test]
fn rare_characters_are_really_on_the_paper() {
    let bench = Bench::new();
    let strip_of = |id: u64, name: &str| {
        bench.print(id, &[text(&format!("姓名  {name}"))]);
        assert_eq!(bench.outcome(id), PrintOutcome::Printed);
        bench.printed_slips().pop().unwrap().strip.clone()
    };
    // Dots of the cell in columns 6 and 7, in the first line.
    let cell = |strip: &paper::Image| -> Vec<(usize, usize)> {
        (0..24)
            .flat_map(|y| (72..96).map(move |x| (x, y)))
            .filter(|(x, y)| strip.black(*x, *y))
            .map(|(x, y)| (x - 72, y))
            .collect()
    };
    // 𠮷 differs from 吉 in the length of two strokes only: drawn by us it must be nearly the
    // glyph that the printer's font has for 吉, and far from 中.
    let rare = cell(&strip_of(1, "𠮷"));
    let twin = cell(&strip_of(2, "吉"));
    let other = cell(&strip_of(3, "中"));
    let apart = |a: &[(usize, usize)], b: &[(usize, usize)]| {
        a.iter().filter(|dot| !b.contains(dot)).count()
            + b.iter().filter(|dot| !a.contains(dot)).count()
    };
    assert!(rare.len() > 60, "{} black dots", rare.len());
    let (near, far) = (apart(&rare, &twin), apart(&rare, &other));
    assert!(near * 2 < far, "{near} dots from 吉, {far} from 中");
    assert!(near > 0, "they are two characters");
}

/// Runs the product as a technician would; returns exit code and standard output.
fn kuaiban(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kuaiban"))
        .args(arguments)
        .output()
        .expect("the product runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().expect("an exit code"), text)
}

#[test]
fn the_technicians_commands_tell_what_they_find() {
    let Bench { printer, simulator, config, _dir, .. } = Bench::new();
    drop(printer);
    let port = config.port.to_str().unwrap();
    let (code, text) = kuaiban(&["printer", "probe", "--port", port, "--json"]);
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(code, 0);
    assert_eq!(found["acknowledgement"], "A");
    assert_eq!(found["state"], "ready");
    assert_eq!(found["status_bytes"], serde_json::json!([0x12, 0x12, 0x12, 0x12]));
    assert_eq!(found["identity"][1], "SP-80");

    let (code, text) = kuaiban(&["printer", "test", "--port", port]);
    assert_eq!((code, text.contains(": printed")), (0, true), "{text}");
    let slip = simulator.slips().into_iter().rfind(|slip| !slip.blank).unwrap();
    let (file, png) = (_dir.path().join("slip.bin"), _dir.path().join("slip.png"));
    std::fs::write(&file, &slip.bytes).unwrap();
    let (code, text) =
        kuaiban(&["slip", "render", file.to_str().unwrap(), "--png", png.to_str().unwrap()]);
    assert_eq!(code, 0, "{text}");
    assert!(std::fs::read(&png).unwrap() == slip.picture.png());

    simulator.set_paper(Roll::Out);
    let (code, text) = kuaiban(&["printer", "test", "--port", port]);
    assert_eq!((code, text.contains("paper is out")), (1, true), "{text}");
    simulator.set_paper(Roll::Full);
    simulator.paper_ends_after(60);
    let (code, text) = kuaiban(&["printer", "test", "--port", port]);
    assert_eq!((code, text.contains("unknown")), (3, true), "{text}");
    simulator.set_paper(Roll::Full);
    simulator.set_mute(true);
    let (code, text) = kuaiban(&["printer", "probe", "--port", port]);
    assert_eq!((code, text.contains("E: answers nothing")), (1, true), "{text}");
    simulator.unplug();
    let (code, text) = kuaiban(&["printer", "probe", "--port", port]);
    assert_eq!((code, text.contains("no such device")), (1, true), "{text}");
}
/// Writes every slip as a picture, to be looked at.
#[test]
#[ignore = "a tool: SLIPS_TO=DIR cargo test --test wire pictures -- --ignored"]
fn pictures_of_every_slip() {
    let out = PathBuf::from(std::env::var_os("SLIPS_TO").expect("SLIPS_TO names a folder"));
    std::fs::create_dir_all(&out).unwrap();
    for (lang, lang_name) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let mut slips = samples::all(lang);
        slips.push(("test", slips::test(lang)));
        for (name, slip) in slips {
            for (paper, width) in [(Paper::Mm80, "80mm"), (Paper::Mm58, "58mm")] {
                let lines = layout(&slip, paper);
                let bytes = encode(&lines, paper, Charset::Gbk, &mut Glyphs::new(&[]));
                let file = out.join(format!("{name}-{width}-{lang_name}"));
                std::fs::write(file.with_extension("bin"), &bytes).unwrap();
                std::fs::write(
                    file.with_extension("png"),
                    paper::render(&bytes, paper).unwrap().png(),
                )
                .unwrap();
            }
        }
    }
}
