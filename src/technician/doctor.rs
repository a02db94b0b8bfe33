//! Every part of a kiosk, looked at for real: is it there, does it answer, what is to be done.

use serde::Serialize;

use super::{checks, running};
use crate::config::Config;
use crate::kiosk::status::{State, Status};
use crate::say::{self, Sentence};
use crate::store::StoreError;

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
    /// The program itself.
    Kiosk,
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
            Part::Kiosk => say::PART_KIOSK,
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

pub(super) fn good(part: Part, detail: impl Into<String>) -> Check {
    Check { part, verdict: Verdict::Good, detail: detail.into(), remedy: None }
}

pub(super) fn warning(part: Part, detail: impl Into<String>, remedy: Sentence) -> Check {
    let remedy = Some(Remedy(remedy));
    Check { part, verdict: Verdict::Warning, detail: detail.into(), remedy }
}

pub(super) fn bad(part: Part, detail: impl Into<String>, remedy: Sentence) -> Check {
    let remedy = Some(Remedy(remedy));
    Check { part, verdict: Verdict::Bad, detail: detail.into(), remedy }
}

/// Looks at every part in turn and tells each finding as it is made; some take seconds. What a
/// running kiosk holds is not asked anew: the kiosk says how it stands.
pub fn examine(config: &Config, mut found: impl FnMut(&Check)) -> Vec<Check> {
    let status = Status::read(&config.status.path);
    let serving = match &status {
        Some(Status { state: State::Serving(serving), .. }) => Some(serving),
        _ => None,
    };
    let opened = match serving {
        Some(_) => Err(StoreError::InUse { path: config.store.path.clone() }),
        None => checks::open_store(config),
    };
    // Whoever holds the database is the kiosk, and holds the devices, too.
    let held = serving.is_none() && matches!(opened, Err(StoreError::InUse { .. }));
    let part = |part: Part, look: &dyn Fn() -> Check| match serving {
        Some(serving) => running::part_check(part, serving),
        None if held => running::unknown(part),
        None => look(),
    };
    let parts: [&dyn Fn() -> Check; 10] = [
        &|| running::kiosk_check(status.as_ref(), held),
        &|| checks::pack(config),
        &|| checks::store(config, &opened),
        &|| checks::disk(&config.store.path),
        &|| part(Part::Reader, &|| checks::reader(config)),
        &|| part(Part::Printer, &|| checks::printer(config)),
        &|| part(Part::Panel, &|| checks::panel(config)),
        &|| part(Part::Platform, &|| checks::platform(config)),
        &|| match (&status, serving) {
            (Some(status), Some(_)) => running::clock_check(status.clock_trusted),
            _ => checks::clock(config),
        },
        &|| checks::font(config),
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
