//! A case taken in, and what a visit writes to the disk.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use kuaiban::testkit::{block_on, cases};

use crate::kiosk::{Kiosk, callgrind, can_count, folder, instructions_in, stand};
use crate::visits;
use crate::{Figure, millions, ms, percentile};

/// First argument of this program when it does nothing but submit.
pub const SUBMIT_ONLY: &str = "submit-only";

/// A case taken in, against one bare `INSERT` into a database as SQLite makes it, with the same pages and
/// the same syncs on the same disk; in turns, so that both meet the same disk.
pub fn submit() -> anyhow::Result<Vec<Figure>> {
    const CASES: usize = 300;
    const RATIO_MAX: f64 = 1.3;
    let dir = folder("submit-")?;
    let store = cases::open_store(dir.path())?;
    let bare = rusqlite::Connection::open(dir.path().join("bare.db"))?;
    bare.pragma_update(None, "page_size", 512)?;
    bare.pragma_update(None, "journal_mode", "wal")?;
    bare.pragma_update(None, "synchronous", "full")?;
    bare.pragma_update(None, "secure_delete", "on")?;
    bare.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB NOT NULL)", [])?;
    let body = vec![0x5a_u8; 512];
    let (mut submits, mut inserts) = (Vec::new(), Vec::new());
    block_on(async {
        for _ in 0..CASES {
            let begun = Instant::now();
            bare.execute("INSERT INTO t (body) VALUES (?1)", [&body])?;
            inserts.push(begun.elapsed());
            let case = cases::new_case();
            let begun = Instant::now();
            store.submit(case).await?;
            submits.push(begun.elapsed());
        }
        store.close().await;
        anyhow::Ok(())
    })?;
    submits.sort_unstable();
    inserts.sort_unstable();
    let (submit, insert) = (percentile(&submits, 50), percentile(&inserts, 50));
    let ratio = submit.as_secs_f64() / insert.as_secs_f64();
    let instructions = can_count().then(instructions_of_a_submit).transpose()?;
    Ok(vec![Figure {
        what: "submit to committed on disk, against one bare `INSERT` with the same pages and syncs",
        budget: "≤ 1.3×",
        measured: format!(
            "{ratio:.2}× ({:.2} ms, {:.2} ms), {}",
            ms(submit),
            ms(insert),
            millions(instructions)
        ),
        met: ratio <= RATIO_MAX,
        how: "cargo bench --bench figures submit",
    }])
}

/// The same work with more and with fewer cases; what is left between them is that of the cases.
fn instructions_of_a_submit() -> anyhow::Result<u64> {
    const FEW: u64 = 20;
    const MANY: u64 = 120;
    let program = std::env::current_exe()?;
    let count = |cases: u64| -> anyhow::Result<u64> {
        let dir = folder("submit-")?;
        let counts = dir.path().join("instructions");
        let run = callgrind(&counts, &program)
            .arg(SUBMIT_ONLY)
            .arg(cases.to_string())
            .arg(dir.path())
            .status()
            .context("valgrind")?;
        anyhow::ensure!(run.success(), "submitting under callgrind ended with {run}");
        instructions_in(&counts)
    };
    Ok((count(MANY)?.saturating_sub(count(FEW)?)) / (MANY - FEW))
}

/// `submit-only COUNT FOLDER`.
pub fn submit_only(mut arguments: impl Iterator<Item = String>) -> ExitCode {
    let (Some(count), Some(folder)) =
        (arguments.next().and_then(|count| count.parse::<u32>().ok()), arguments.next())
    else {
        return ExitCode::FAILURE;
    };
    let done = block_on(async {
        let store = cases::open_store(Path::new(&folder))?;
        for _ in 0..count {
            store.submit(cases::new_case()).await?;
        }
        store.close().await;
        anyhow::Ok(())
    });
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What visits write, what is written for them later included: so many fill the log, and it moves
/// into the main file.
pub fn written() -> anyhow::Result<Vec<Figure>> {
    const VISITS: u64 = 100;
    const KIB_MAX: u64 = 64;
    let (dir, stand) = stand()?;
    let mut kiosk = Kiosk::start(&dir.path().join("kiosk.toml"))?;
    visits::registration(&mut kiosk, &stand)?;
    let before = written_by(kiosk.pid())?;
    for _ in 0..VISITS {
        visits::registration(&mut kiosk, &stand)?;
    }
    let kib = (written_by(kiosk.pid())? - before) / VISITS / 1024;
    kiosk.stop()?;
    Ok(vec![Figure {
        what: "disk written a visit: a case submitted, completed, printed and evaluated",
        budget: "≤ 64 KiB",
        measured: format!("{kib} KiB (mean of {VISITS})"),
        met: kib <= KIB_MAX,
        how: "cargo bench --bench figures disk",
    }])
}

/// Bytes that a process has caused to be written to disks so far.
fn written_by(pid: u32) -> anyhow::Result<u64> {
    std::fs::read_to_string(format!("/proc/{pid}/io"))?
        .lines()
        .find_map(|line| line.strip_prefix("write_bytes: "))
        .and_then(|bytes| bytes.trim().parse().ok())
        .context("no write_bytes in /proc/PID/io")
}
