//! Each part of a kiosk that no running kiosk holds, looked at for real.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::doctor::{Check, Part, bad, good, warning};
use super::running::{both, clock_check, device_check, panel_check};
use crate::clock;
use crate::config::{Answers, ButtonsBackend, Config};
use crate::devices::{self, buttons::ButtonEvent, link::Link, state::DeviceState};
use crate::packs::{PackId, Packs};
use crate::platform::Client;
use crate::say;
use crate::store::{self, StoreError, StoreHealth, StoreViewer};

/// Less free space than this and the queue may soon refuse cases.
const DISK_LOW: u64 = 256 << 20;
/// How long a device may take to answer.
const DEVICE_WAIT: Duration = Duration::from_secs(3);

/// The pack in force, what waits for its day, and what the platform offers and is not used.
pub(super) fn pack(config: &Config) -> Check {
    // A day that is still to come is a typing error wherever the clock is right.
    let today = clock::set_from_network().then(|| clock::local(Timestamp::now()).date());
    let packs = Packs::of(config);
    let survey = packs.survey(today);
    let id = survey.in_force().map_or(PackId::Base, |entry| entry.id.clone());
    let checked = crate::pack::check(&packs.path(&id), today, &config.pack.trusted_keys);
    let mut detail = match checked.pack {
        Ok(pack) => {
            let signed = checked.signer.map(|by| format!(", signed by {by}")).unwrap_or_default();
            let (version, items, as_of) = (&pack.version, pack.items.len(), pack.as_of);
            let fetched = if id == PackId::Base { "" } else { ", from the platform" };
            format!("version {version}, {items} items, as of {as_of}{signed}{fetched}")
        }
        Err(faults) => return bad(Part::Pack, faults.to_string(), say::REMEDY_PACK),
    };
    if let Some(next) = &survey.next {
        detail += &format!("; version {next} follows when nobody is at the kiosk");
    }
    if let Some(waiting) = survey.waiting.filter(|it| Some(&it.version) != survey.next.as_ref()) {
        detail += &format!("; version {} waits for {}", waiting.version, waiting.from);
    }
    match survey.refused {
        Some(refused) => {
            detail +=
                &format!("\nversion {} is offered and not used: {}", refused.version, refused.why);
            warning(Part::Pack, detail, say::REMEDY_PACK_REFUSED)
        }
        None => good(Part::Pack, detail),
    }
}

/// Looks at the database as a kiosk will want it, and changes nothing. One that is not there is
/// left for the kiosk to make.
pub(super) fn open_store(config: &Config) -> Result<(), StoreError> {
    if store::in_use(&config.store)? {
        return Err(StoreError::InUse { path: config.store.path.clone() });
    }
    let viewer = StoreViewer::open(&config.store)?;
    match crate::pack::load(&config.pack.path) {
        Ok(pack) => viewer.check_beside(&pack.region, config.site.kiosk),
        // The pack has its own finding.
        Err(_) => Ok(()),
    }
}

pub(super) fn store(config: &Config, opened: &Result<(), StoreError>) -> Check {
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
        Err(StoreError::InUse { .. }) => ", in use",
        Err(StoreError::TooOld { found, .. }) => {
            let detail = format!("schema {found}, brought up to date when the kiosk starts");
            return good(Part::Store, detail);
        }
        Err(error) => return bad(Part::Store, error.to_string(), say::REMEDY_STORE),
    };
    let look = || -> Result<Check, StoreError> {
        let viewer = StoreViewer::open(&config.store)?;
        let queue = viewer.queue()?;
        let mut detail = format!("{} cases wait", queue.rows.len());
        if queue.unreadable > 0 {
            detail += &format!(", {} more cannot be read", queue.unreadable);
        }
        let held = queue.rows.iter().filter(|row| row.held.is_some()).count();
        if held > 0 {
            detail += &format!(", {held} of them held");
        }
        Ok(match viewer.check()? {
            StoreHealth::Damaged { finding } => bad(Part::Store, finding, say::REMEDY_STORE),
            _ if queue.unreadable > 0 => bad(Part::Store, detail, say::REMEDY_STORE),
            _ if held > 0 => warning(Part::Store, detail, say::REMEDY_HELD),
            StoreHealth::Whole { rows } => {
                good(Part::Store, format!("{detail}, journal of {rows} rows is whole{by}"))
            }
            StoreHealth::NotYet => good(Part::Store, detail),
        })
    };
    look().unwrap_or_else(|error| bad(Part::Store, error.to_string(), say::REMEDY_STORE))
}

pub(super) fn disk(database: &Path) -> Check {
    let folder = database.parent().unwrap_or(Path::new("."));
    match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
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

pub(super) fn reader(config: &Config) -> Check {
    match devices::reader::probe(&config.reader, Duration::ZERO) {
        Ok(probe) => good(
            Part::Reader,
            format!("{}: answers, SAM {}", config.reader.port.display(), probe.sam_id),
        ),
        Err(error) => bad(Part::Reader, error.to_string(), say::REMEDY_READER),
    }
}

pub(super) fn printer(config: &Config) -> Check {
    if config.printer.answers == Answers::None {
        let port = config.printer.port.display();
        return match Link::new(&config.printer.port, config.printer.baud).open() {
            Ok(()) => good(Part::Printer, format!("{port}: {}", both(say::PRINTER_NOT_ASKED))),
            Err(error) => bad(Part::Printer, error.to_string(), say::REMEDY_PRINTER),
        };
    }
    match devices::printer::probe(&config.printer) {
        Ok(probe) => {
            let found = device_check(Part::Printer, &probe.state, say::REMEDY_PRINTER);
            let detail = format!(
                "{}: {}; acknowledgement grade {:?}",
                config.printer.port.display(),
                found.detail,
                probe.acknowledgement
            );
            Check { detail, ..found }
        }
        Err(error) => bad(Part::Printer, error.to_string(), say::REMEDY_PRINTER),
    }
}

pub(super) fn panel(config: &Config) -> Check {
    if config.buttons.backend == ButtonsBackend::None {
        return good(Part::Panel, "none configured, evaluation by touch");
    }
    let (told, states) = mpsc::sync_channel(16);
    let panel = devices::buttons::spawn(&config.buttons, move |event| {
        if let ButtonEvent::State(change) = event {
            let _ = told.try_send(change.state);
        }
    });
    match panel {
        Ok(panel) => {
            // The first state may be `Starting`; the one after it counts.
            let first = states.recv_timeout(DEVICE_WAIT);
            let state = match first {
                Ok(DeviceState::Starting) => states.recv_timeout(DEVICE_WAIT).or(first),
                other => other,
            };
            drop(panel);
            panel_check(&state.unwrap_or(DeviceState::Starting))
        }
        Err(error) => bad(Part::Panel, error.to_string(), say::REMEDY_PANEL),
    }
}

pub(super) fn platform(config: &Config) -> Check {
    let client = match Client::new(&config.platform) {
        Ok(client) => client,
        Err(error) => return bad(Part::Platform, error.to_string(), say::REMEDY_PLATFORM),
    };
    let look = || -> anyhow::Result<bool> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(client.health())?.demo)
    };
    match look() {
        Ok(demo) => {
            let kind = if demo { " (演示 · demonstration)" } else { "" };
            good(Part::Platform, format!("{} answers{kind}", config.platform.url))
        }
        // The kiosk goes on without the platform: it receives and waits.
        Err(error) => warning(Part::Platform, format!("{error:#}"), say::REMEDY_PLATFORM),
    }
}

/// The clock beside what is known without the kiosk: the day of its site pack, and the newest row of
/// the journal that a right clock has dated.
pub(super) fn clock(config: &Config) -> Check {
    let now = Timestamp::now();
    let as_of = crate::pack::load(&config.pack.path).map_or(Date::MIN, |pack| pack.as_of);
    let newest = StoreViewer::open(&config.store).and_then(|viewer| viewer.newest_trusted_at());
    let newest = newest.ok().flatten();
    let mut check = clock_check(clock::believable(clock::set_from_network(), now, as_of, newest));
    if let Some(newest) = newest.filter(|newest| *newest > now) {
        // One row written at a wrong time keeps every later clock from being believed until then.
        check.detail += &format!(" (journal: {newest})");
    }
    check
}

pub(super) fn font(config: &Config) -> Check {
    match devices::printer::glyphs::font_found(&config.printer.fonts) {
        Some(path) => good(Part::Font, path.display().to_string()),
        None => bad(Part::Font, "no CJK font for rare characters", say::REMEDY_FONT),
    }
}
