//! The state of the running kiosk in a file, for whoever stands beside it: `doctor`, and later the
//! heartbeat. No personal datum, a kilobyte, replaced as a whole.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use super::LAST_WRITES;
use crate::clock;
use crate::devices::state::DeviceState;
use crate::file;
use crate::packs::{Refusal, Waiting};
use crate::store::StoreHealth;

/// Seconds of the loop after which the file is written although nothing changed.
const EVERY: u32 = 60;
/// What is older than this was not written by a kiosk that still runs.
const FRESH: Duration = Duration::from_secs(150);
/// A state is a kilobyte; what is larger is something else.
const LARGEST: u64 = 64 << 10;

/// What the kiosk says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Version of the program.
    pub version: String,
    /// Process that wrote this.
    pub pid: u32,
    /// When this was written: seconds since the machine started, which no clock can set back.
    pub uptime_s: u64,
    /// The same by the wall clock.
    pub written_at: Timestamp,
    /// Whether the wall clock is known to be right.
    pub clock_trusted: bool,
    #[serde(flatten)]
    pub state: State,
}

/// Serving, or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    OutOfService {
        /// Number of the cause, see [`super::startup::Cause`].
        cause: u16,
    },
    Serving(Serving),
}

/// The parts of a kiosk that serves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Serving {
    /// Number of the kiosk within its region.
    pub kiosk: u16,
    pub demo: bool,
    pub pack_version: String,
    /// The pack that comes in force next, on its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack_waiting: Option<Waiting>,
    /// The last pack that the platform offers and that is not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack_refused: Option<Refusal>,
    /// Somebody is in a visit.
    pub in_use: bool,
    /// A card that somebody has forgotten lies on the reader.
    #[serde(default)]
    pub card_left: bool,
    pub reader: DeviceState,
    pub printer: DeviceState,
    pub panel: DeviceState,
    /// The platform can be reached.
    pub online: bool,
    /// Cases and evaluations that wait for the platform; `None` until they were first counted.
    pub waiting: Option<u64>,
    /// What the last check of database and journal has found.
    #[serde(default)]
    pub store: StoreHealth,
}

impl Status {
    fn of(state: State, clock_trusted: bool) -> Status {
        Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            uptime_s: clock::uptime().as_secs(),
            written_at: Timestamp::now(),
            clock_trusted,
            state,
        }
    }

    /// The state of the kiosk that runs on this machine; `None` when none does, or none that says.
    pub fn read(path: &Path) -> Option<Status> {
        let status: Status = serde_json::from_slice(&file::read(path, LARGEST).ok()?).ok()?;
        status.is_alive(clock::uptime()).then_some(status)
    }

    fn is_alive(&self, now: Duration) -> bool {
        let age = now.checked_sub(Duration::from_secs(self.uptime_s));
        // A time to come is that of an earlier start of the machine.
        age.is_some_and(|age| age <= FRESH) && is_alive(self.pid)
    }
}

/// Whether a process is there and has not ended: one that nobody has buried yet is a zombie.
fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name of the program, which may hold anything, ends with the last bracket.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

/// The file, and what was last written there.
pub(super) struct StatusFile {
    path: PathBuf,
    written: Option<(State, bool)>,
    /// Seconds since then.
    age: u32,
    writing: Option<JoinHandle<()>>,
}

impl StatusFile {
    pub fn new(path: PathBuf) -> StatusFile {
        StatusFile { path, written: None, age: 0, writing: None }
    }

    /// The configuration names another place.
    pub fn move_to(&mut self, path: &Path) {
        if self.path != path {
            if self.written.is_some() {
                // Nobody would keep it true any longer; unless another kiosk does.
                remove_own(&self.path);
            }
            *self = StatusFile::new(path.to_owned());
        }
    }

    /// Called each second of the loop; writes what changed, and what did not each minute. Never
    /// waits for the disk: a write that hangs is the last one.
    pub fn second(&mut self, state: State, clock_trusted: bool) {
        self.age = self.age.saturating_add(1);
        let now = (state, clock_trusted);
        if self.written.as_ref() == Some(&now) && self.age < EVERY {
            return;
        }
        if self.writing.as_ref().is_some_and(|writing| !writing.is_finished()) {
            return;
        }
        self.age = 0;
        let status = Status::of(now.0.clone(), now.1);
        self.written = Some(now);
        let path = self.path.clone();
        self.writing = Some(tokio::task::spawn_blocking(move || write(&path, &status)));
    }

    /// The kiosk ends: nobody is to believe what it said. A disk that hangs is not waited for.
    pub async fn remove(self) {
        if let Some(writing) = self.writing {
            let _ = tokio::time::timeout(LAST_WRITES, writing).await;
        }
        remove_own(&self.path);
    }
}

/// Removes the file unless another kiosk that runs has written it.
fn remove_own(path: &Path) {
    if Status::read(path).is_none_or(|status| status.pid == std::process::id()) {
        let _ = std::fs::remove_file(path);
    }
}

/// Whole or not at all. Not synced: after a power cut nothing in it would be true.
///
/// What a kiosk that serves says is not replaced by another that waits for its database.
fn write(path: &Path, status: &Status) {
    let serves = |there: Status| matches!(there.state, State::Serving(_));
    if Status::read(path).is_some_and(|there| there.pid != status.pid && serves(there)) {
        return;
    }
    let replaced = || -> std::io::Result<()> {
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let new = PathBuf::from(new);
        let mut text = serde_json::to_vec_pretty(status)?;
        text.push(b'\n');
        std::fs::File::create(&new)?.write_all(&text)?;
        std::fs::rename(&new, path)
    };
    match replaced() {
        Ok(()) => {}
        // Not on an appliance: nobody asked for the file.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            tracing::debug!(%error, path = %path.display(), "the state could not be written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serving(printer: DeviceState) -> State {
        State::Serving(Serving {
            kiosk: 1,
            demo: true,
            pack_version: "2026.11-sample".to_owned(),
            pack_waiting: None,
            pack_refused: None,
            in_use: false,
            card_left: false,
            reader: DeviceState::Ready,
            printer,
            panel: DeviceState::Absent,
            online: true,
            waiting: Some(3),
            store: StoreHealth::Whole { rows: 7 },
        })
    }

    #[tokio::test]
    async fn a_change_is_written_at_once_and_nothing_new_only_each_minute() {
        use crate::devices::state::Fault;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("status.json");
        let mut file = StatusFile::new(path.clone());
        let write = async |file: &mut StatusFile, state: State| {
            file.second(state, true);
            if let Some(writing) = file.writing.take() {
                writing.await.unwrap();
            }
        };
        write(&mut file, serving(DeviceState::Ready)).await;
        assert_eq!(Status::read(&path).unwrap().state, serving(DeviceState::Ready));
        std::fs::remove_file(&path).unwrap();
        for second in 1..=EVERY {
            assert!(!path.exists(), "written again after {second} s");
            write(&mut file, serving(DeviceState::Ready)).await;
        }
        assert!(path.exists(), "written each minute");
        let jam = DeviceState::Failed(Fault::CutterJam);
        write(&mut file, serving(jam.clone())).await;
        assert_eq!(Status::read(&path).unwrap().state, serving(jam));
        write(&mut file, State::OutOfService { cause: 303 }).await;
        assert_eq!(Status::read(&path).unwrap().state, State::OutOfService { cause: 303 });
        let names: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing beside it: {names:?}");
        file.remove().await;
        assert!(!path.exists());
    }

    #[test]
    fn only_a_living_kiosk_is_believed() {
        let status = Status::of(State::OutOfService { cause: 101 }, false);
        let at = Duration::from_secs(status.uptime_s);
        assert!(status.is_alive(at));
        assert!(status.is_alive(at + FRESH));
        assert!(!status.is_alive(at + FRESH + Duration::from_secs(1)), "it hangs");
        assert!(!status.is_alive(at - Duration::from_secs(1)), "of an earlier start");
        // No process has this number: the kernel gives at most 2^22.
        assert!(!Status { pid: u32::MAX, ..status }.is_alive(at), "it is gone");
    }

    #[test]
    fn nonsense_in_its_place_is_no_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("status.json");
        assert_eq!(Status::read(&path), None);
        assert_eq!(Status::read(folder.path()), None);
        std::fs::write(&path, b"{\"state\": \"serving\"}").unwrap();
        assert_eq!(Status::read(&path), None);
    }
}
