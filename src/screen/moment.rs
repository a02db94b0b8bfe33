//! What stands on the screen besides the visit: devices, clock and slip, as of now.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::clock::local;
use crate::config::{self, Paper};
use crate::devices::state::{DeviceState, Fault};
use crate::say::{self, Lang, Sentence};
use crate::slip::layout::Line;

/// What a page is composed from besides the visit itself.
#[derive(Clone, Debug)]
pub struct Moment<'a> {
    pub now: Timestamp,
    /// Whether `now` is known to be right (promise P9); if not, the screen says so.
    pub clock_trusted: bool,
    pub devices: &'a Devices,
    /// The slip as it was sent to the printer.
    pub slip: &'a [Line],
    pub paper: Paper,
    /// How long the store keeps what was handed in.
    pub kept: Kept,
    /// Simulated devices or platform: 演示 (promise P1).
    pub demo: bool,
    /// Just after the start: something has not been found yet, and may still be.
    pub settling: bool,
}

/// How many days what a citizen handed in stays on the kiosk; told before anything is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The personal part of a returned case, after the last day for correcting it.
    pub returned: u16,
    /// A finished case without it.
    pub finished: u16,
}

impl Kept {
    pub fn by(store: &config::Store) -> Kept {
        Kept { returned: store.returned_kept_days, finished: store.finished_kept_days }
    }
}

/// The state of each device as last told by its driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Devices {
    pub reader: DeviceState,
    pub printer: DeviceState,
    pub panel: DeviceState,
}

impl Default for Devices {
    fn default() -> Self {
        Devices {
            reader: DeviceState::Starting,
            printer: DeviceState::Starting,
            panel: DeviceState::Starting,
        }
    }
}

impl Devices {
    /// What a citizen needs to know of the devices, one sentence; empty when all is well.
    pub(super) fn notice(&self, lang: Lang) -> String {
        let reader = match &self.reader {
            DeviceState::Failed(_) | DeviceState::Absent => Some(say::NOTICE_READER),
            _ => None,
        };
        [reader, self.printer_notice()]
            .into_iter()
            .flatten()
            .map(|sentence| sentence.text(lang))
            .collect::<Vec<_>>()
            .join(if lang == Lang::Zh { "；" } else { "; " })
    }

    /// What is wrong with the printer, if anything.
    pub(super) fn printer_notice(&self) -> Option<Sentence> {
        match &self.printer {
            DeviceState::Failed(Fault::PaperOut) => Some(say::NOTICE_PAPER_OUT),
            DeviceState::Failed(Fault::CoverOpen) => Some(say::NOTICE_COVER_OPEN),
            DeviceState::Failed(Fault::CutterJam) => Some(say::NOTICE_CUTTER_JAM),
            DeviceState::Failed(_) | DeviceState::Absent => Some(say::NOTICE_PRINTER),
            DeviceState::Starting | DeviceState::Ready | DeviceState::Warning(_) => None,
        }
    }
}

impl Moment<'_> {
    /// The time in China, if the clock is known to be right.
    pub(super) fn trusted(&self) -> Option<DateTime> {
        self.clock_trusted.then(|| local(self.now))
    }
}

/// `02:14:09`
pub(super) fn time_words(at: Timestamp) -> String {
    local(at).strftime("%H:%M:%S").to_string()
}

/// `2026-11-22 02:14`
pub(super) fn moment_words(at: Timestamp) -> String {
    local(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `11月22日 星期日`, `Sun 22 Nov`
pub(super) fn date_words(at: Timestamp, lang: Lang) -> String {
    let local = local(at);
    let weekday = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0);
    match lang {
        Lang::Zh => {
            let name = ["一", "二", "三", "四", "五", "六", "日"][weekday];
            format!("{}月{}日 星期{name}", local.month(), local.day())
        }
        Lang::En => local.strftime("%a %-d %b").to_string(),
    }
}
