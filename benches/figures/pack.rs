//! Reading and checking site packs.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use kuaiban::testkit::packs;

use crate::{Figure, ms, percentile};

const RUNS: usize = 15;
const SHIPPED: Duration = Duration::from_millis(50);
const MANY: Duration = Duration::from_millis(500);
const MANY_ITEMS: usize = 2000;

/// The largest pack that is shipped, and one with as many items as there may be.
pub fn load() -> anyhow::Result<Vec<Figure>> {
    let largest = largest_shipped()?;
    let many = tempfile::tempdir()?;
    packs::with_items(many.path(), MANY_ITEMS);
    Ok(vec![
        measured("largest shipped pack read and checked", "≤ 50 ms", SHIPPED, &largest)?,
        measured("a pack of 2,000 items read and checked", "≤ 500 ms", MANY, many.path())?,
    ])
}

fn largest_shipped() -> anyhow::Result<std::path::PathBuf> {
    let sample = packs::sample_folder().context("run from the checkout")?;
    let all = std::fs::read_dir(sample.parent().context("a folder of packs")?)?;
    let mut packs: Vec<_> = all.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    packs.sort_by_cached_key(|pack| {
        kuaiban::pack::load(pack).map_or(0, |pack| pack.items.len() + pack.packages.len())
    });
    packs.pop().context("a pack")
}

fn measured(
    what: &'static str,
    budget: &'static str,
    most: Duration,
    folder: &Path,
) -> anyhow::Result<Figure> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        let pack = kuaiban::pack::load(folder)?;
        times.push(begun.elapsed());
        drop(pack);
    }
    times.sort_unstable();
    let (median, worst) = (percentile(&times, 50), percentile(&times, 100));
    Ok(Figure {
        what,
        budget,
        measured: format!("{:.0} ms median, {:.0} ms worst of {RUNS}", ms(median), ms(worst)),
        met: worst <= most,
        how: "cargo bench --bench figures load",
    })
}
