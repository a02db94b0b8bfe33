//! When to ask for changes, and after which.

use std::time::{Duration, Instant};

use crate::case::CaseStatus;
use crate::contract::ApplicationState;

/// Between two pages of a long feed: deliveries have their turn, and a platform that always says
/// "more" is not asked without a breath.
const PAGE_PAUSE: Duration = Duration::from_millis(100);
const SLOW: Duration = Duration::from_secs(60);

/// The kiosk's place in the feed.
///
/// One request serves all applications, however many wait. It is asked quickly only for the one
/// handed in last, while its citizen may still stand there.
pub(super) struct Feed {
    /// After which the next page begins; the outer `None`: not read from the store yet.
    pub(super) cursor: Option<Option<String>>,
    pub(super) ask_at: Instant,
    newest: Option<(String, Instant)>,
}

impl Feed {
    pub(super) fn new(now: Instant) -> Feed {
        Feed { cursor: None, ask_at: now, newest: None }
    }

    /// An application was handed in just now, and this is what the platform says of it.
    pub(super) fn handed_in(&mut self, state: &ApplicationState, now: Instant) {
        if !is_finished(state.status) {
            self.newest = Some((state.application_id.clone(), now));
            self.ask_at = self.ask_at.min(now + self.pause(now));
        }
    }

    /// A page has come and is stored; `more` says that the next one waits already.
    pub(super) fn took(&mut self, changes: &[ApplicationState], more: bool, now: Instant) {
        let finished = |id: &str| {
            changes.iter().any(|state| state.application_id == id && is_finished(state.status))
        };
        if self.newest.as_ref().is_some_and(|(id, _)| finished(id)) {
            self.newest = None;
        }
        self.ask_at = now + if more { PAGE_PAUSE } else { self.pause(now) };
    }

    /// There was no page.
    pub(super) fn failed(&mut self, now: Instant) {
        self.ask_at = now + SLOW;
    }

    fn pause(&self, now: Instant) -> Duration {
        let age = self.newest.as_ref().map(|(_, since)| now.saturating_duration_since(*since));
        match age.map(|age| age.as_secs()) {
            Some(0..60) => Duration::from_secs(1),
            Some(60..600) => Duration::from_secs(10),
            _ => SLOW,
        }
    }
}

fn is_finished(status: CaseStatus) -> bool {
    matches!(status, CaseStatus::Completed | CaseStatus::Returned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(id: &str, status: CaseStatus) -> ApplicationState {
        ApplicationState {
            application_id: id.to_owned(),
            acceptance_number: None,
            status,
            accepted_at: None,
            completed_at: None,
            due_at: None,
            correct_by: None,
            note: None,
            route: None,
            parts: Vec::new(),
        }
    }

    #[test]
    fn only_the_newest_application_is_asked_for_quickly_and_less_as_it_ages() {
        let start = Instant::now();
        let s = Duration::from_secs;
        let mut feed = Feed::new(start);
        let pause = |feed: &mut Feed, at: Instant| {
            feed.took(&[], false, at);
            feed.ask_at - at
        };
        assert_eq!(pause(&mut feed, start), SLOW, "after a restart nobody stands there");
        feed.handed_in(&state("a", CaseStatus::Accepted), start);
        assert_eq!(feed.ask_at, start + s(1), "at once, not after the slow pause");
        for (age, expected) in [(0, 1), (59, 1), (60, 10), (599, 10), (600, 60), (86_400, 60)] {
            assert_eq!(pause(&mut feed, start + s(age)), s(expected), "{age} s");
        }
        // The end of another one changes nothing, its own ends the hurry.
        feed.handed_in(&state("b", CaseStatus::Received), start);
        feed.took(&[state("a", CaseStatus::Completed)], false, start);
        assert_eq!(feed.ask_at, start + s(1));
        feed.took(&[state("b", CaseStatus::Returned)], false, start);
        assert_eq!(feed.ask_at, start + SLOW);
        // One that is finished as it is handed in needs no question.
        feed.handed_in(&state("c", CaseStatus::Completed), start);
        assert_eq!(feed.ask_at, start + SLOW);
    }

    #[test]
    fn pages_follow_one_another_with_a_breath_and_a_fault_is_waited_out() {
        let start = Instant::now();
        let mut feed = Feed::new(start);
        feed.took(&[], true, start);
        assert_eq!(feed.ask_at, start + PAGE_PAUSE);
        feed.failed(start);
        assert_eq!(feed.ask_at, start + SLOW);
    }
}
