//! What is told of a device that comes and goes, and how long a driver pauses before it looks for
//! a device again. Both on the monotonic clock of the caller, so that tests can drive it.

use std::time::{Duration, Instant};

use super::state::{DeviceState, Fault, StateChange};

/// First pause before a device is looked for again.
const PAUSE_MIN: Duration = Duration::from_millis(500);
/// Longest pause.
pub const PAUSE_MAX: Duration = Duration::from_secs(5);
/// A device that was held for less than this had only seemed to be there.
const WORKED: Duration = Duration::from_secs(10);

/// How often a device may be lost in [`WINDOW`] before it is told as unsteady.
const LOSSES: usize = 3;
const WINDOW: Duration = Duration::from_secs(60);
/// Time without a change after which an unsteady device is believed again.
const CALM: Duration = Duration::from_secs(30);

/// Pauses that double from 0.5 s to 5 s, and start afresh only after the device has worked for
/// ten seconds: one that opens and fails at once would otherwise be opened twice a second.
#[derive(Debug)]
pub struct BackOff {
    pause: Duration,
    opened_at: Option<Instant>,
}

impl Default for BackOff {
    fn default() -> Self {
        BackOff { pause: PAUSE_MIN, opened_at: None }
    }
}

impl BackOff {
    /// The device was opened.
    pub fn opened(&mut self, now: Instant) {
        self.opened_at = Some(now);
    }

    /// The device is not there, or not any more: how long to wait before the next attempt.
    pub fn next_pause(&mut self, now: Instant) -> Duration {
        if self.opened_at.take().is_some_and(|at| now.saturating_duration_since(at) >= WORKED) {
            self.pause = PAUSE_MIN;
        }
        let pause = self.pause;
        self.pause = (pause * 2).min(PAUSE_MAX);
        pause
    }
}

/// The state of a device as it is told: each change once, but of a device that is lost more than
/// three times in a minute only that it is [`Fault::Unsteady`], until it has stood still for half
/// a minute. The journal is written through to the disk at each row, and a loose plug makes
/// thousands.
#[derive(Debug, Default)]
pub struct SteadyState {
    state: Option<DeviceState>,
    changed_at: Option<Instant>,
    /// The last losses, oldest first; no more than [`LOSSES`].
    losses: Vec<Instant>,
    unsteady: bool,
    untold: u32,
}

impl SteadyState {
    /// The state of this moment, told or not.
    pub fn now(&self) -> Option<&DeviceState> {
        self.state.as_ref()
    }

    /// Takes the state of this moment; returns what is to be told.
    pub fn set(&mut self, state: DeviceState, now: Instant) -> Option<StateChange> {
        if self.state.as_ref() == Some(&state) {
            return self.look(now);
        }
        let lost = matches!(
            state,
            DeviceState::Absent | DeviceState::Failed(Fault::Silent | Fault::PortBusy)
        );
        self.state = Some(state.clone());
        self.changed_at = Some(now);
        if self.unsteady {
            self.untold = self.untold.saturating_add(1);
            return None;
        }
        if lost {
            self.losses.retain(|at| now.saturating_duration_since(*at) < WINDOW);
            if self.losses.len() == LOSSES {
                self.unsteady = true;
                self.untold = 1;
                let state = DeviceState::Failed(Fault::Unsteady);
                return Some(StateChange { state, untold: 0 });
            }
            self.losses.push(now);
        }
        Some(StateChange { state, untold: 0 })
    }

    /// To be called every few seconds: what is to be told because nothing has changed for long.
    pub fn look(&mut self, now: Instant) -> Option<StateChange> {
        let calm = self.changed_at.is_some_and(|at| now.saturating_duration_since(at) >= CALM);
        if !self.unsteady || !calm {
            return None;
        }
        self.unsteady = false;
        self.losses.clear();
        let untold = std::mem::take(&mut self.untold).saturating_sub(1);
        Some(StateChange { state: self.state.clone()?, untold })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn p8_a_device_that_opens_and_fails_at_once_is_opened_ever_more_rarely() {
        let start = Instant::now();
        let mut back_off = BackOff::default();
        let mut now = start;
        let mut attempts = 0;
        while now < start + s(60) {
            back_off.opened(now);
            attempts += 1;
            now += back_off.next_pause(now);
        }
        assert!(attempts <= 15, "{attempts} in a minute");
        // It has worked for a while: it is looked for at once again.
        back_off.opened(now);
        assert_eq!(back_off.next_pause(now + s(11)), PAUSE_MIN);
        assert_eq!(back_off.next_pause(now + s(12)), PAUSE_MIN * 2);
    }

    #[test]
    fn p8_a_device_that_comes_and_goes_is_told_once_and_counted() {
        let start = Instant::now();
        let mut state = SteadyState::default();
        let mut told = Vec::new();
        for second in 0..100 {
            let now = start + s(second);
            told.extend(state.set(DeviceState::Starting, now));
            told.extend(state.set(DeviceState::Ready, now));
            told.extend(state.set(DeviceState::Absent, now));
        }
        assert_eq!(told.len(), 3 * 3 + 2 + 1, "{told:?}");
        assert_eq!(told.last().unwrap().state, DeviceState::Failed(Fault::Unsteady));
        assert_eq!(state.now(), Some(&DeviceState::Absent));
        // It comes to stay.
        assert_eq!(state.set(DeviceState::Ready, start + s(101)), None);
        assert_eq!(state.look(start + s(130)), None);
        let settled = StateChange { state: DeviceState::Ready, untold: 96 * 3 + 1 };
        assert_eq!(state.look(start + s(131)), Some(settled));
        assert_eq!(state.look(start + s(200)), None);
    }

    #[test]
    fn what_people_do_to_a_device_is_told_each_time() {
        let start = Instant::now();
        let mut state = SteadyState::default();
        for round in 0..20 {
            let now = start + s(round);
            for next in [DeviceState::Failed(Fault::CoverOpen), DeviceState::Ready] {
                assert_eq!(
                    state.set(next.clone(), now),
                    Some(StateChange { state: next, untold: 0 })
                );
            }
        }
        // And being lost now and then is no flapping.
        for round in 1..20 {
            let now = start + s(100 * round);
            assert!(state.set(DeviceState::Absent, now).is_some());
            assert!(state.set(DeviceState::Ready, now).is_some());
        }
    }
}
