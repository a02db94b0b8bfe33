//! A simulator that nobody talks to does nothing.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program that does not outlive a failed test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How often the threads of a process have gone to sleep so far.
fn sleeps(process: u32) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    tasks
        .map(|task| std::fs::read_to_string(task.unwrap().path().join("status")).unwrap())
        .map(|status| {
            let line =
                status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            line.unwrap().trim().parse::<u64>().unwrap()
        })
        .sum()
}

#[test]
fn an_idle_simulator_sleeps() {
    for simulator in ["reader", "printer", "buttons"] {
        let dir = tempfile::tempdir().unwrap();
        let option = if simulator == "buttons" { "--socket" } else { "--link" };
        let mut child = Killed(
            Command::new(env!("CARGO_BIN_EXE_kuaiban"))
                .args(["simulate", simulator, option])
                .arg(dir.path().join("line"))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap(),
        );
        let mut first = String::new();
        BufReader::new(child.0.stdout.take().unwrap()).read_line(&mut first).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        let (before, start) = (sleeps(child.0.id()), Instant::now());
        std::thread::sleep(Duration::from_secs(3));
        let times = (sleeps(child.0.id()) - before) as f64 / start.elapsed().as_secs_f64();
        assert!(times < 20.0, "{simulator}: woke {times} times a second");
    }
}
