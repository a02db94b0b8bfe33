//! From the start of the process to its first complete frame.

use std::path::Path;
use std::time::{Duration, Instant};

use kuaiban::case::CaseStatus;
use kuaiban::config::Config;
use kuaiban::domain::pack::MOST_ITEMS;
use kuaiban::store::{Due, Store, Verdict};
use kuaiban::testkit::{block_on, cases, packs};

use crate::kiosk::{Counted, Kiosk, can_count, stand};
use crate::{Figure, millions, ms, percentile};

const RUNS: usize = 15;
const BUDGET: Duration = Duration::from_millis(60);
const INSTRUCTIONS_MAX: u64 = 200_000_000;
const BUDGET_WORDS: &str = "≤ 60 ms, ≤ 200 million instructions";

/// A kiosk that has just been set up.
pub fn start() -> anyhow::Result<Vec<Figure>> {
    let (dir, _stand) = stand()?;
    Ok(vec![measured(
        "process start to first complete frame, 1080×1920",
        dir.path(),
        "cargo bench --bench figures start",
    )?])
}

/// A kiosk with the history of years and everything that a pack can offer.
pub fn with_much() -> anyhow::Result<Vec<Figure>> {
    let (dir, _stand) = stand()?;
    let file = dir.path().join("kiosk.toml");
    let mut config = Config::load(&file)?;
    let rows = fill(&config)?;
    anyhow::ensure!(rows >= ROWS, "{rows} rows in the database");
    config.pack.path = dir.path().join("largest-pack");
    std::fs::create_dir(&config.pack.path)?;
    packs::with_items(&config.pack.path, MOST_ITEMS);
    std::fs::write(&file, toml::to_string(&config)?)?;
    Ok(vec![measured(
        "the same with a pack of 2,000 items and 1,000,000 rows in the database",
        dir.path(),
        "cargo bench --bench figures rows",
    )?])
}

fn measured(what: &'static str, dir: &Path, how: &'static str) -> anyhow::Result<Figure> {
    let config = dir.join("kiosk.toml");
    // Makes database and key.
    Kiosk::start(&config)?.stop()?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        let kiosk = Kiosk::start(&config)?;
        times.push(begun.elapsed());
        kiosk.stop()?;
    }
    times.sort_unstable();
    let (median, worst) = (percentile(&times, 50), percentile(&times, 100));
    let instructions = can_count().then(|| instructions(&config, dir)).transpose()?;
    Ok(Figure {
        what,
        budget: BUDGET_WORDS,
        measured: format!(
            "{:.0} ms (median of {RUNS}), {:.0} ms (worst), {}",
            ms(median),
            ms(worst),
            millions(instructions)
        ),
        met: median <= BUDGET && instructions.is_none_or(|count| count <= INSTRUCTIONS_MAX),
        how,
    })
}

fn instructions(config: &Path, dir: &Path) -> anyhow::Result<u64> {
    let mut counted = Counted::start(config, dir)?;
    let instructions = counted.since()?;
    counted.kiosk.stop()?;
    Ok(instructions)
}

const ROWS: u64 = 1_000_000;

/// Works for years, as fast as it can: cases received and completed, until there are [`ROWS`] rows.
fn fill(config: &Config) -> anyhow::Result<u64> {
    // In memory, since each commit waits for its disk; the file is moved when it is done.
    let memory = tempfile::tempdir_in("/dev/shm")?;
    let store = cases::open_store(memory.path())?;
    block_on(work(&store))?;
    for entry in std::fs::read_dir(memory.path())? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy().replace("kiosk.db", &file_name(&config.store.path));
        let to = config.store.path.with_file_name(name);
        std::fs::copy(entry.path(), &to)?;
        // What was written years ago is on the disk.
        std::fs::File::open(&to)?.sync_all()?;
    }
    rows(&config.store.path)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

async fn work(store: &Store) -> anyhow::Result<()> {
    // A case and its two journal rows.
    for _ in 0..ROWS.div_ceil(3) {
        store.submit(cases::new_case()).await?;
        let Due::Now(delivery) = store.due(Instant::now()).await? else {
            anyhow::bail!("a case that was submitted is not due")
        };
        let completed = Verdict::Application(cases::answer(CaseStatus::Completed));
        store.delivered(&delivery, completed).await?;
    }
    store.clone().close().await;
    Ok(())
}

/// Rows of all tables together.
fn rows(path: &Path) -> anyhow::Result<u64> {
    let database = rusqlite::Connection::open(path)?;
    let mut names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut rows = 0;
    for name in names {
        let sql = format!("SELECT count(*) FROM {name}");
        rows += database.query_row(&sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs();
    }
    Ok(rows)
}
