//! The figures of the README, measured on the release build: `make bench`.
//!
//! The kiosk runs as its own process (`kuaiban run --headless`), as it ships; the simulators run
//! here, outside the wire. Exits with failure when a budget is not met.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use kuaiban::config;
use kuaiban::domain::card::CardText;
use kuaiban::simulators::stand::{Stand, StandOptions};
use kuaiban::store::{NewCase, Store};
use kuaiban::testkit::people;

const KUAIBAN: &str = env!("CARGO_BIN_EXE_kuaiban");

/// One row of the table.
struct Figure {
    what: &'static str,
    budget: &'static str,
    measured: String,
    met: bool,
    how: String,
}

fn main() -> ExitCode {
    // `cargo test --benches` calls this, too; there is nothing to test here.
    if std::env::args().any(|arg| arg == "--test") {
        return ExitCode::SUCCESS;
    }
    let only = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    type Measure = fn() -> anyhow::Result<Vec<Figure>>;
    let measures: [(&str, Measure); 6] = [
        ("start", start),
        ("touch", touch),
        ("card", card),
        ("submit", submit),
        ("memory", memory),
        ("idle", idle),
    ];
    let mut figures = Vec::new();
    for (name, measure) in measures {
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        eprintln!("measuring {name} …");
        match measure() {
            Ok(found) => figures.extend(found),
            Err(error) => {
                eprintln!("{name}: {error:#}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("| What | Budget | Measured | | Command |\n|---|---|---|---|---|");
    for figure in &figures {
        println!(
            "| {} | {} | {} | {} | `{}` |",
            figure.what,
            figure.budget,
            figure.measured,
            if figure.met { "✓" } else { "✗ missed" },
            figure.how
        );
    }
    if figures.iter().all(|figure| figure.met) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A kiosk in a process of its own.
struct Kiosk {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Kiosk {
    fn start(config: &Path) -> anyhow::Result<Kiosk> {
        let mut child = Command::new(KUAIBAN)
            .args(["run", "--headless", "--config"])
            .arg(config)
            .env("KUAIBAN_LOG", "error")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let to = child.stdin.take().expect("piped");
        let from = BufReader::new(child.stdout.take().expect("piped"));
        let mut kiosk = Kiosk { child, to, from };
        anyhow::ensure!(kiosk.line()? == "ready", "the kiosk did not become ready");
        Ok(kiosk)
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        anyhow::ensure!(self.from.read_line(&mut line)? > 0, "the kiosk ended");
        Ok(line.trim_end().to_owned())
    }

    fn ask(&mut self, command: &str) -> anyhow::Result<String> {
        writeln!(self.to, "{command}")?;
        let answer = self.line()?;
        anyhow::ensure!(!answer.starts_with("error"), "{command}: {answer}");
        Ok(answer)
    }

    fn all(&mut self, commands: &[&str]) -> anyhow::Result<()> {
        commands.iter().try_for_each(|command| self.ask(command).map(drop))
    }

    fn stop(mut self) -> anyhow::Result<()> {
        writeln!(self.to, "quit")?;
        drop(self.to);
        let ended = self.child.wait()?;
        anyhow::ensure!(ended.success(), "the kiosk ended with {ended}");
        Ok(())
    }
}

fn stand() -> anyhow::Result<(tempfile::TempDir, Stand)> {
    let dir =
        tempfile::Builder::new().prefix("figures-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let stand = Stand::set_up(dir.path(), StandOptions::default())?;
    Ok((dir, stand))
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent).div_ceil(100).saturating_sub(1)]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// From the start of the process to its first complete frame.
fn start() -> anyhow::Result<Vec<Figure>> {
    const RUNS: usize = 15;
    let (dir, _stand) = stand()?;
    let config = dir.path().join("kiosk.toml");
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        let kiosk = Kiosk::start(&config)?;
        times.push(begun.elapsed());
        kiosk.stop()?;
    }
    times.sort_unstable();
    let (median, worst) = (percentile(&times, 50), percentile(&times, 100));
    Ok(vec![Figure {
        what: "process start to first complete frame, 1080×1920, database open, pack loaded",
        budget: "≤ 300 ms",
        measured: format!("{:.0} ms (median of {RUNS}), {:.0} ms (worst)", ms(median), ms(worst)),
        met: worst <= Duration::from_millis(300),
        how: "cargo bench --bench figures start".into(),
    }])
}

/// From a lifted finger to the frame that answers it, on every screen of the journeys.
fn touch() -> anyhow::Result<Vec<Figure>> {
    let dir = tempfile::Builder::new().prefix("touch-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let run = Command::new(KUAIBAN)
        .args(["demo", "--headless", "--out"])
        .arg(dir.path())
        .env("KUAIBAN_LOG", "error")
        .stdout(Stdio::null())
        .status()?;
    anyhow::ensure!(run.success(), "the journeys did not end as they should");
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(dir.path().join("summary.json"))?)?;
    let total = |name: &str| summary["totals"][name].as_f64().unwrap_or(f64::NAN);
    let (p95, p99) = (total("touch_to_frame_p95_ms"), total("touch_to_frame_p99_ms"));
    let seconds = total("duration_ms") / 1000.0;
    Ok(vec![
        Figure {
            what: "touch to the next complete frame, 95th / 99th percentile over all screens",
            budget: "≤ 33 / 50 ms",
            measured: format!("{p95:.1} / {p99:.1} ms ({} touches)", total("touches")),
            met: p95 <= 33.0 && p99 <= 50.0,
            how: "kuaiban demo --headless --out DIR (summary.json)".into(),
        },
        Figure {
            what: "all journeys, walked without a display",
            budget: "< 60 s",
            measured: format!("{seconds:.1} s"),
            met: seconds < 60.0,
            how: "kuaiban demo --headless --out DIR".into(),
        },
    ])
}

/// What the program adds between the card's answer and the name on the screen: its own time
/// between the reader's replies, and from the last byte of the card to the frame with the name.
/// Not counted: up to 150 ms until the next look for a card (`protocols.md` §1.10).
fn card() -> anyhow::Result<Vec<Figure>> {
    const LAYS: usize = 100;
    let (dir, stand) = stand()?;
    let mut kiosk = Kiosk::start(&dir.path().join("kiosk.toml"))?;
    let mut added = Vec::new();
    kiosk.all(&["wait attract", "touch start", "wait home"])?;
    std::thread::sleep(Duration::from_secs(1));
    for _ in 0..LAYS {
        // The second item is an instant one: it needs no answer of the platform.
        kiosk.all(&["touch item-1", "wait item", "touch begin", "touch agree", "wait card"])?;
        stand.reader.lift();
        std::thread::sleep(Duration::from_millis(200));
        stand.lay("citizen");
        kiosk.ask("wait identity")?;
        let shown = Instant::now();
        let exchanges = stand.reader.exchanges();
        let [.., find, select, read] = exchanges[..] else {
            anyhow::bail!("the reader heard no card being read")
        };
        added.push(
            select.heard_at.saturating_duration_since(find.sent_at)
                + read.heard_at.saturating_duration_since(select.sent_at)
                + shown.saturating_duration_since(read.sent_at),
        );
        kiosk.all(&["touch back", "wait item", "touch back", "wait home"])?;
    }
    kiosk.stop()?;
    added.sort_unstable();
    let (p50, p99) = (percentile(&added, 50), percentile(&added, 99));
    Ok(vec![Figure {
        what: "added to the wire time between card laid and name on the screen, 99th percentile",
        budget: "≤ 20 ms",
        measured: format!("{:.1} ms (median {:.1} ms, {LAYS} cards)", ms(p99), ms(p50)),
        met: p99 <= Duration::from_millis(20),
        how: "cargo bench --bench figures card".into(),
    }])
}

/// A case taken in, against one bare `INSERT` of the same bytes with the same settings on the same
/// disk; in turns, so that both meet the same disk.
fn submit() -> anyhow::Result<Vec<Figure>> {
    const CASES: usize = 300;
    let dir = tempfile::Builder::new().prefix("submit-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let card: CardText = people::all().remove(0).card;
    let store = Store::open(&config::Store::at(dir.path().join("kiosk.db")), "000000", 1)?;
    let bare = rusqlite::Connection::open(dir.path().join("bare.db"))?;
    bare.pragma_update(None, "journal_mode", "wal")?;
    bare.pragma_update(None, "synchronous", "full")?;
    bare.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB NOT NULL)", [])?;
    let body = vec![0x5a_u8; 512];
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (mut submits, mut inserts) = (Vec::new(), Vec::new());
    for _ in 0..CASES {
        let begun = Instant::now();
        bare.execute("INSERT INTO t (body) VALUES (?1)", [&body])?;
        inserts.push(begun.elapsed());
        let case = NewCase {
            item: "unemployment_registration".into(),
            card: Box::new(card.clone()),
            answers: vec![
                ("reason".into(), "contract_ended".into()),
                ("phone".into(), "13800000000".into()),
            ],
            received_at: jiff::Timestamp::now(),
            clock_trusted: false,
        };
        let begun = Instant::now();
        runtime.block_on(store.submit(case))?;
        submits.push(begun.elapsed());
    }
    runtime.block_on(store.close());
    submits.sort_unstable();
    inserts.sort_unstable();
    let (submit, insert) = (percentile(&submits, 50), percentile(&inserts, 50));
    let ratio = submit.as_secs_f64() / insert.as_secs_f64();
    Ok(vec![Figure {
        what: "submit to committed on disk, against one bare `INSERT` with the same settings",
        budget: "≤ 2×",
        measured: format!("{ratio:.2}× ({:.2} ms, {:.2} ms)", ms(submit), ms(insert)),
        met: ratio <= 2.0,
        how: "cargo bench --bench figures submit".into(),
    }])
}

/// Memory of the kiosk after every screen was visited.
fn memory() -> anyhow::Result<Vec<Figure>> {
    let (dir, stand) = stand()?;
    let mut kiosk = Kiosk::start(&dir.path().join("kiosk.toml"))?;
    visit_every_screen(&mut kiosk, &stand)?;
    let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", kiosk.child.id()))?;
    let kib: u64 = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").trim().parse().ok())
        .ok_or_else(|| anyhow::anyhow!("no Pss in smaps_rollup"))?;
    kiosk.stop()?;
    Ok(vec![Figure {
        what: "PSS of the kiosk with every screen visited once",
        budget: "≤ 64 MiB",
        measured: format!("{:.1} MiB", kib as f64 / 1024.0),
        met: kib <= 64 * 1024,
        how: "cargo bench --bench figures memory".into(),
    }])
}

fn visit_every_screen(kiosk: &mut Kiosk, stand: &Stand) -> anyhow::Result<()> {
    kiosk.all(&["wait attract", "touch toggle-language", "touch toggle-language"])?;
    std::thread::sleep(Duration::from_secs(1));
    kiosk.all(&[
        "touch start",
        "wait home",
        "touch item-0",
        "wait item",
        "touch begin",
        "wait consent",
        "touch agree",
        "wait card",
    ])?;
    stand.lay("rare");
    kiosk.all(&["wait identity", "touch confirm", "wait result", "touch evaluate"])?;
    kiosk.all(&["wait evaluation", "touch level-4", "wait reasons", "touch reason-0"])?;
    kiosk.all(&["touch send-reasons", "wait evaluation", "touch next", "wait farewell"])?;
    kiosk.all(&["touch leave", "wait attract"])?;
    stand.reader.lift();
    kiosk.all(&["touch start", "wait home", "touch help", "touch close-sheet", "touch item-1"])?;
    kiosk.all(&["wait item", "touch begin", "wait consent", "touch agree", "wait card"])?;
    stand.lay("elderly");
    kiosk.all(&["wait identity", "touch confirm", "wait question", "touch toggle-assisted"])?;
    loop {
        let controls = kiosk.ask("controls")?;
        if controls.split(' ').any(|id| id == "submit") {
            break;
        }
        if controls.split(' ').any(|id| id == "digit-1") {
            for digit in "13800000000".chars() {
                kiosk.ask(&format!("touch digit-{digit}"))?;
            }
        } else {
            kiosk.ask("touch choose-0")?;
        }
        kiosk.ask("touch next")?;
    }
    kiosk.all(&["wait review", "touch submit", "wait result", "touch leave", "wait farewell"])?;
    kiosk.all(&["touch leave", "wait attract"])?;
    stand.reader.lift();
    kiosk.all(&["touch start", "wait home", "touch my-cases", "wait consent", "touch agree"])?;
    stand.lay("expired");
    kiosk.all(&["wait cases", "touch home", "wait home", "touch item-0", "touch begin"])?;
    stand.reader.lift();
    kiosk.all(&["touch agree", "wait card"])?;
    std::thread::sleep(Duration::from_millis(400));
    stand.lay("expired");
    kiosk.all(&["wait trouble", "touch leave", "wait farewell", "touch leave", "wait attract"])
}

/// What the attract screen costs while nobody is there.
fn idle() -> anyhow::Result<Vec<Figure>> {
    const WATCHED: Duration = Duration::from_secs(30);
    let (dir, _stand) = stand()?;
    let mut kiosk = Kiosk::start(&dir.path().join("kiosk.toml"))?;
    kiosk.ask("wait attract")?;
    std::thread::sleep(Duration::from_secs(5));
    let before = processor_time(kiosk.child.id())?;
    std::thread::sleep(WATCHED);
    let used = processor_time(kiosk.child.id())?.saturating_sub(before);
    kiosk.stop()?;
    let percent = 100.0 * used.as_secs_f64() / WATCHED.as_secs_f64();
    Ok(vec![Figure {
        what: "attract screen, processor",
        budget: "≤ 1 % of a core",
        measured: format!("{percent:.2} %"),
        met: percent <= 1.0,
        how: "cargo bench --bench figures idle".into(),
    }])
}

/// Time that all threads of a process have run, to the nanosecond of the scheduler.
fn processor_time(pid: u32) -> anyhow::Result<Duration> {
    let mut total = 0;
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let text = std::fs::read_to_string(task?.path().join("schedstat"))?;
        total += text.split(' ').next().unwrap_or("0").parse::<u64>()?;
    }
    Ok(Duration::from_nanos(total))
}
