//! Every part of a kiosk, looked at for real: is it there, does it answer, what is to be done.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use serde::Serialize;

use crate::clock;
use crate::config::{ButtonsBackend, Config};
use crate::devices::buttons::{self, ButtonEvent};
use crate::devices::printer;
use crate::devices::reader;
use crate::devices::state::{DeviceState, Fault};
use crate::pack;
use crate::platform::Client;
use crate::say::{self, Sentence};
use crate::store::{self, Store, StoreError};

/// Less free space than this and the queue may soon refuse cases.
const DISK_LOW: u64 = 256 << 20;
/// How long a device may take to answer.
const DEVICE_WAIT: Duration = Duration::from_secs(3);

/// How a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Good,
    /// The kiosk works, but somebody should come soon.
    Warning,
    Bad,
}

/// One part of the kiosk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub part: Part,
    pub verdict: Verdict,
    /// What was found, without any personal datum.
    pub detail: String,
    /// What to do; `None` when nothing is to be done.
    pub remedy: Option<Remedy>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Pack,
    Store,
    Disk,
    Reader,
    Printer,
    Panel,
    Platform,
    Clock,
    Font,
}

/// What a technician can do about a finding, in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remedy(pub Sentence);

impl Serialize for Remedy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.en)
    }
}

impl Part {
    /// The name that a technician reads.
    pub fn name(self) -> Sentence {
        match self {
            Part::Pack => say::PART_PACK,
            Part::Store => say::PART_STORE,
            Part::Disk => say::PART_DISK,
            Part::Reader => say::PART_READER,
            Part::Printer => say::PART_PRINTER,
            Part::Panel => say::PART_PANEL,
            Part::Platform => say::PART_PLATFORM,
            Part::Clock => say::PART_CLOCK,
            Part::Font => say::PART_FONT,
        }
    }
}

fn good(part: Part, detail: impl Into<String>) -> Check {
    Check { part, verdict: Verdict::Good, detail: detail.into(), remedy: None }
}

fn warning(part: Part, detail: impl Into<String>, remedy: Sentence) -> Check {
    let remedy = Some(Remedy(remedy));
    Check { part, verdict: Verdict::Warning, detail: detail.into(), remedy }
}

fn bad(part: Part, detail: impl Into<String>, remedy: Sentence) -> Check {
    let remedy = Some(Remedy(remedy));
    Check { part, verdict: Verdict::Bad, detail: detail.into(), remedy }
}

/// Looks at every part in turn and tells each finding as it is made; some take seconds.
pub fn examine(config: &Config, mut found: impl FnMut(&Check)) -> Vec<Check> {
    let opened = open_store(config);
    // Whoever holds the database is the kiosk, and holds the devices, too.
    let running = matches!(opened, Err(StoreError::InUse { .. }));
    let held = |part: Part, port: &Path| {
        good(part, format!("{}: in use by the running kiosk", port.display()))
    };
    let parts: [&dyn Fn() -> Check; 9] = [
        &|| pack_check(&config.pack.path),
        &|| store_check(config, &opened),
        &|| disk_check(&config.store.path),
        &|| if running { held(Part::Reader, &config.reader.port) } else { reader_check(config) },
        &|| if running { held(Part::Printer, &config.printer.port) } else { printer_check(config) },
        &|| {
            if running {
                good(Part::Panel, "in use by the running kiosk")
            } else {
                panel_check(config)
            }
        },
        &|| platform_check(config),
        &clock_check,
        &|| font_check(config),
    ];
    parts
        .into_iter()
        .map(|look| {
            let check = look();
            found(&check);
            check
        })
        .collect()
}

/// Whether the kiosk can serve: nothing is bad.
pub fn ready(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.verdict != Verdict::Bad)
}

fn pack_check(path: &Path) -> Check {
    match pack::load(path) {
        Ok(pack) => good(
            Part::Pack,
            format!("version {}, {} items, as of {}", pack.version, pack.items.len(), pack.as_of),
        ),
        Err(faults) => bad(Part::Pack, faults.to_string(), say::REMEDY_PACK),
    }
}

/// Opens the database just as the kiosk does, key and lock included, and closes it again. A
/// database that is not there is left for the kiosk to make.
fn open_store(config: &Config) -> Result<(), StoreError> {
    let mut key = config.store.path.clone().into_os_string();
    key.push(".key");
    if !config.store.path.exists() && !Path::new(&key).exists() {
        return Ok(());
    }
    let region = pack::load(&config.pack.path).map_or_else(|_| "000000".to_owned(), |p| p.region);
    let store = Store::open(&config.store, &region, config.site.kiosk)?;
    if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() {
        runtime.block_on(store.close());
    }
    Ok(())
}

fn store_check(config: &Config, opened: &Result<(), StoreError>) -> Check {
    let path = &config.store.path;
    let folder = path.parent().unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return bad(
            Part::Store,
            format!("{}: no such folder", folder.display()),
            say::REMEDY_STORE,
        );
    }
    let by = match opened {
        Ok(()) if !path.exists() => {
            return good(Part::Store, format!("{}: will be created", path.display()));
        }
        Ok(()) => "",
        Err(StoreError::InUse { .. }) => ", in use by the running kiosk",
        Err(error) => return bad(Part::Store, error.to_string(), say::REMEDY_STORE),
    };
    let look = || -> Result<String, StoreError> {
        let reader = store::Reader::open(&config.store)?;
        let rows = reader.verify_journal()?;
        let waiting = reader.queue()?.len();
        Ok(format!("{waiting} cases wait, journal of {rows} rows is whole{by}"))
    };
    match look() {
        Ok(detail) => good(Part::Store, detail),
        Err(error) => bad(Part::Store, error.to_string(), say::REMEDY_STORE),
    }
}

fn disk_check(database: &Path) -> Check {
    let folder = database.parent().unwrap_or(Path::new("."));
    match nix::sys::statvfs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.blocks_available() * disk.fragment_size();
            let detail = format!("{} MiB free on {}", free >> 20, folder.display());
            if free < DISK_LOW {
                bad(Part::Disk, detail, say::REMEDY_DISK)
            } else {
                good(Part::Disk, detail)
            }
        }
        Err(error) => {
            bad(Part::Disk, format!("{}: {error}", folder.display()), say::REMEDY_STORE_FOLDER)
        }
    }
}

fn reader_check(config: &Config) -> Check {
    match reader::probe(&config.reader, Duration::ZERO) {
        Ok(probe) => good(
            Part::Reader,
            format!("{}: answers, SAM {}", config.reader.port.display(), probe.sam_id),
        ),
        Err(error) => bad(Part::Reader, error.to_string(), say::REMEDY_READER),
    }
}

fn printer_check(config: &Config) -> Check {
    match printer::probe(&config.printer) {
        Ok(probe) => {
            let detail = format!(
                "{}: {:?}, acknowledgement grade {:?}",
                config.printer.port.display(),
                probe.state,
                probe.acknowledgement
            );
            match probe.state {
                DeviceState::Ready => good(Part::Printer, detail),
                DeviceState::Warning(_) => warning(Part::Printer, detail, say::REMEDY_PAPER),
                DeviceState::Failed(Fault::PaperOut) => {
                    bad(Part::Printer, detail, say::REMEDY_PAPER)
                }
                _ => bad(Part::Printer, detail, say::REMEDY_PRINTER),
            }
        }
        Err(error) => bad(Part::Printer, error.to_string(), say::REMEDY_PRINTER),
    }
}

fn panel_check(config: &Config) -> Check {
    if config.buttons.backend == ButtonsBackend::None {
        return good(Part::Panel, "none configured, evaluation by touch");
    }
    let (told, states) = mpsc::sync_channel(16);
    let panel = buttons::spawn(&config.buttons, move |event| {
        if let ButtonEvent::State(change) = event {
            let _ = told.try_send(change.state);
        }
    });
    let state = match panel {
        Ok(panel) => {
            // The first state may be `Starting`; the one after it counts.
            let first = states.recv_timeout(DEVICE_WAIT);
            let state = match first {
                Ok(DeviceState::Starting) => states.recv_timeout(DEVICE_WAIT).or(first),
                other => other,
            };
            drop(panel);
            state.unwrap_or(DeviceState::Starting)
        }
        Err(error) => return bad(Part::Panel, error.to_string(), say::REMEDY_PANEL),
    };
    match state {
        DeviceState::Ready => good(Part::Panel, "five keys answer"),
        state => warning(Part::Panel, format!("{state:?}, evaluation by touch"), say::REMEDY_PANEL),
    }
}

fn platform_check(config: &Config) -> Check {
    let client = match Client::new(&config.platform) {
        Ok(client) => client,
        Err(error) => return bad(Part::Platform, error.to_string(), say::REMEDY_PLATFORM),
    };
    let look = || -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(client.health())?)
    };
    match look() {
        Ok(()) => good(Part::Platform, format!("{} answers", config.platform.url)),
        // The kiosk goes on without the platform: it receives and waits.
        Err(error) => warning(Part::Platform, format!("{error:#}"), say::REMEDY_PLATFORM),
    }
}

fn clock_check() -> Check {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%SZ");
    if clock::trusted() {
        good(Part::Clock, format!("{now}, set from the network"))
    } else {
        warning(Part::Clock, format!("{now}, not known to be right"), say::REMEDY_CLOCK)
    }
}

fn font_check(config: &Config) -> Check {
    match printer::glyphs::font_found(&config.printer.fonts) {
        Some(path) => good(Part::Font, path.display().to_string()),
        None => bad(Part::Font, "no CJK font for rare characters", say::REMEDY_FONT),
    }
}
