//! What the kiosk takes while nobody looks: memory and processor.

use std::time::Duration;

use crate::Figure;
use crate::kiosk::{Kiosk, stand};
use crate::visits::every_screen;

/// Memory of the kiosk after every screen was visited.
pub fn memory() -> anyhow::Result<Vec<Figure>> {
    let (dir, stand) = stand()?;
    let mut kiosk = Kiosk::start(&dir.path().join("kiosk.toml"))?;
    every_screen(&mut kiosk, &stand)?;
    let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", kiosk.pid()))?;
    let kib: u64 = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").trim().parse().ok())
        .ok_or_else(|| anyhow::anyhow!("no Pss in smaps_rollup"))?;
    kiosk.stop()?;
    Ok(vec![Figure {
        what: "PSS of the kiosk with every screen visited once",
        budget: "≤ 56 MiB",
        measured: format!("{:.1} MiB", kib as f64 / 1024.0),
        met: kib <= 56 * 1024,
        how: "cargo bench --bench figures memory",
    }])
}

/// What the attract screen costs while nobody is there.
pub fn idle() -> anyhow::Result<Vec<Figure>> {
    const WATCHED: Duration = Duration::from_secs(30);
    let (dir, _stand) = stand()?;
    let mut kiosk = Kiosk::start(&dir.path().join("kiosk.toml"))?;
    kiosk.ask("wait attract")?;
    std::thread::sleep(Duration::from_secs(5));
    let before = processor_time(kiosk.pid())?;
    std::thread::sleep(WATCHED);
    let used = processor_time(kiosk.pid())?.saturating_sub(before);
    kiosk.stop()?;
    let percent = 100.0 * used.as_secs_f64() / WATCHED.as_secs_f64();
    Ok(vec![Figure {
        what: "attract screen, processor",
        budget: "≤ 0.2 % of a core",
        measured: format!("{percent:.2} %"),
        met: percent <= 0.2,
        how: "cargo bench --bench figures idle",
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
