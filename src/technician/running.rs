//! What the running kiosk says of itself, as findings of `doctor`: it holds the devices, so nobody
//! else can ask them. In the words of the catalogue, Chinese first.

use jiff::Timestamp;

use super::doctor::{Check, Part, Verdict, bad, good, warning};
use crate::devices::state::DeviceState;
use crate::kiosk::startup::Cause;
use crate::kiosk::status::{Serving, State, Status};
use crate::say::{self, Sentence};

/// Whether the kiosk serves, and if not why. `held`: a program holds the database and says nothing.
pub(super) fn kiosk_check(status: Option<&Status>, held: bool) -> Check {
    match status.map(|status| &status.state) {
        Some(State::Serving(serving)) => {
            let words = if serving.in_use { say::KIOSK_IN_USE } else { say::KIOSK_SERVES };
            good(Part::Kiosk, both(words))
        }
        Some(State::OutOfService { cause }) => {
            let detail = format!("{} ({cause})", both(say::OUT_OF_SERVICE));
            bad(Part::Kiosk, detail, Cause::of(*cause).map_or(say::CAUSE_PART_ENDED, Cause::words))
        }
        None if held => warning(Part::Kiosk, both(say::KIOSK_SILENT), say::REMEDY_STATUS),
        None => warning(Part::Kiosk, both(say::KIOSK_NOT_RUNNING), say::REMEDY_START),
    }
}

/// The finding about a part that only the running kiosk can reach.
pub(super) fn part_check(part: Part, serving: &Serving) -> Check {
    match part {
        Part::Reader if serving.card_left => {
            warning(part, both(say::CARD_FORGOTTEN), say::REMEDY_CARD_FORGOTTEN)
        }
        Part::Reader => device_check(part, &serving.reader, say::REMEDY_READER),
        Part::Printer => device_check(part, &serving.printer, say::REMEDY_PRINTER),
        Part::Panel => panel_check(&serving.panel),
        _ if serving.online => good(part, both(say::PLATFORM_ANSWERS)),
        // The kiosk goes on without the platform: it receives and waits.
        _ => warning(part, both(say::PLATFORM_SILENT), say::REMEDY_PLATFORM),
    }
}

/// A part that is held by a kiosk that says nothing of it.
pub(super) fn unknown(part: Part) -> Check {
    warning(part, both(say::PART_HELD), say::REMEDY_STATUS)
}

/// Whether the kiosk believes the clock.
pub(super) fn clock_check(trusted: bool) -> Check {
    let now = Timestamp::now().strftime("%Y-%m-%d %H:%M:%SZ");
    if trusted {
        good(Part::Clock, format!("{now}: {}", both(say::CLOCK_RIGHT)))
    } else {
        warning(Part::Clock, format!("{now}: {}", both(say::CLOCK_DOUBTED)), say::REMEDY_CLOCK)
    }
}

/// A device in the words of the catalogue; `remedy` while it says none of its own.
pub(super) fn device_check(part: Part, state: &DeviceState, remedy: Sentence) -> Check {
    let detail = both(state.words());
    let remedy = state.remedy().unwrap_or(remedy);
    match state {
        DeviceState::Ready => good(part, detail),
        DeviceState::Starting | DeviceState::Warning(_) => warning(part, detail, remedy),
        DeviceState::Failed(_) | DeviceState::Absent => bad(part, detail, remedy),
    }
}

/// The panel is never bad: evaluation by touch goes on.
pub(super) fn panel_check(state: &DeviceState) -> Check {
    let mut check = device_check(Part::Panel, state, say::REMEDY_PANEL);
    if check.verdict == Verdict::Bad {
        check.verdict = Verdict::Warning;
    }
    check
}

/// In both languages, Chinese first.
pub(super) fn both(sentence: Sentence) -> String {
    format!("{} · {}", sentence.zh, sentence.en)
}
