//! The kiosk in a process of its own, as it ships, told by lines what to touch; counted by
//! callgrind where a time would depend on the machine.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::Context;
use kuaiban::config::Config;
use kuaiban::simulators::stand::{Stand, StandOptions};

pub const KUAIBAN: &str = env!("CARGO_BIN_EXE_kuaiban");

/// The simulators, and the configuration that leads to them, in a folder on the disk.
pub fn stand() -> anyhow::Result<(tempfile::TempDir, Stand)> {
    let dir = folder("figures-")?;
    let stand = Stand::set_up(dir.path(), StandOptions::default())?;
    // On the appliance it lies in memory, too.
    let file = dir.path().join("kiosk.toml");
    let mut config = Config::load(&file)?;
    config.status.path = Path::new("/dev/shm").join(dir.path().file_name().unwrap_or_default());
    std::fs::write(&file, toml::to_string(&config)?)?;
    Ok((dir, stand))
}

/// A new folder on the disk of the build, not in memory.
pub fn folder(prefix: &str) -> std::io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix(prefix).tempdir_in(env!("CARGO_TARGET_TMPDIR"))
}

pub struct Kiosk {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Kiosk {
    /// Starts it and waits for its first complete frame.
    pub fn start(config: &Path) -> anyhow::Result<Kiosk> {
        Kiosk::start_by(&mut Command::new(KUAIBAN), &[], config)
    }

    fn start_by(command: &mut Command, options: &[&str], config: &Path) -> anyhow::Result<Kiosk> {
        let mut child = command
            .args(["run", "--headless"])
            .args(options)
            .arg("--config")
            .arg(config)
            .env("KUAIBAN_LOG", "error")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", command.get_program().display()))?;
        let to = child.stdin.take().expect("piped");
        let from = BufReader::new(child.stdout.take().expect("piped"));
        let mut kiosk = Kiosk { child, to, from };
        anyhow::ensure!(kiosk.line()? == "ready", "the kiosk did not become ready");
        let page = kiosk.ask("page")?;
        anyhow::ensure!(page == "page attract", "the first frame is that of {page}");
        Ok(kiosk)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        anyhow::ensure!(self.from.read_line(&mut line)? > 0, "the kiosk ended");
        Ok(line.trim_end().to_owned())
    }

    /// One command and its answer.
    pub fn ask(&mut self, command: &str) -> anyhow::Result<String> {
        writeln!(self.to, "{command}")?;
        let answer = self.line()?;
        anyhow::ensure!(!answer.starts_with("error"), "{command}: {answer}");
        Ok(answer)
    }

    pub fn all(&mut self, commands: &[&str]) -> anyhow::Result<()> {
        commands.iter().try_for_each(|command| self.ask(command).map(drop))
    }

    pub fn stop(mut self) -> anyhow::Result<()> {
        writeln!(self.to, "quit")?;
        drop(self.to);
        let ended = self.child.wait()?;
        anyhow::ensure!(ended.success(), "the kiosk ended with {ended}");
        Ok(())
    }
}

/// A kiosk whose instructions are counted.
pub struct Counted {
    pub kiosk: Kiosk,
    counts: PathBuf,
    dumps: u32,
}

impl Counted {
    /// Starts it, some fifty times slower than it is, so that its seconds stand still meanwhile; the
    /// counting begins with the process.
    pub fn start(config: &Path, dir: &Path) -> anyhow::Result<Counted> {
        let counts = dir.join("instructions");
        let kiosk =
            Kiosk::start_by(&mut callgrind(&counts, Path::new(KUAIBAN)), &["--held"], config)?;
        Ok(Counted { kiosk, counts, dumps: 0 })
    }

    /// Instructions of all threads since the last call, or since the start.
    pub fn since(&mut self) -> anyhow::Result<u64> {
        let control = Command::new("callgrind_control")
            .arg("--dump")
            .arg(self.kiosk.pid().to_string())
            .output()
            .context("callgrind_control, of the package valgrind")?;
        anyhow::ensure!(control.status.success(), "callgrind_control: {control:?}");
        self.dumps += 1;
        let mut file = self.counts.clone().into_os_string();
        file.push(format!(".{}", self.dumps));
        instructions_in(Path::new(&file))
    }
}

/// A command that counts the instructions of `program` into `counts`.
pub fn callgrind(counts: &Path, program: &Path) -> Command {
    let mut file = std::ffi::OsString::from("--callgrind-out-file=");
    file.push(counts);
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind"]).arg(file).arg(program);
    command
}

/// The sum that callgrind wrote at the end of a file.
pub fn instructions_in(counts: &Path) -> anyhow::Result<u64> {
    let text =
        std::fs::read_to_string(counts).with_context(|| format!("reading {}", counts.display()))?;
    text.lines()
        .rev()
        .find_map(|line| line.strip_prefix("totals: "))
        .and_then(|sum| sum.trim().parse().ok())
        .with_context(|| format!("{}: no totals", counts.display()))
}

/// Whether instructions can be counted here.
pub fn can_count() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|run| run.status.success())
}
