//! From the raw contacts of five keys to presses that count (`protocols.md` §3.2). Pure: time
//! comes in with every edge, so every case can be tested in virtual time.
//!
//! A *press* is a contact that settled (no edge for the debounce time) and lasted 40 ms. It counts
//! only if no other key was pressed within 150 ms of it or is still held, and if it does not begin
//! in the 300 ms after the last press that counted. So a press is known to count a fixed time
//! after the finger came down: [`Keys::decision_time`].

use std::time::Duration;

use crate::domain::evaluation::Level;

/// Number of keys, one for each [`Level`].
pub const KEYS: usize = 5;

/// A contact that is shorter is no press.
const SHORTEST_PRESS: Duration = Duration::from_millis(40);
/// Two keys that go down within this time are both discarded.
const TOGETHER: Duration = Duration::from_millis(150);
/// After a press that counted no other one begins.
const LOCK_OUT: Duration = Duration::from_millis(300);
/// A key that is down longer is stuck and ignored until it is released.
const STUCK: Duration = Duration::from_secs(30);

/// What became of the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOutcome {
    /// A press that counts; `down_at` is when the finger came down.
    Pressed { level: Level, down_at: Duration },
    /// The key has been down for 30 s.
    Stuck(Level),
    /// A stuck key was released.
    Freed(Level),
}

/// The five keys. All times are durations on one monotonic clock of the caller's choice.
#[derive(Clone, Debug)]
pub struct Keys {
    debounce: Duration,
    now: Duration,
    keys: [Key; KEYS],
    /// The press that will count if no other key joins it.
    pending: Option<Press>,
    locked_until: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Press {
    key: usize,
    down_at: Duration,
}

#[derive(Clone, Copy, Debug, Default)]
struct Key {
    /// The contact as it is.
    raw_down: bool,
    raw_since: Duration,
    /// The contact as it last settled.
    contact: Contact,
    /// When the last settled contact that may count as a press began and ended.
    last_down: Option<Duration>,
    last_up: Option<Duration>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Contact {
    #[default]
    Up,
    /// Settled, not yet long enough to be a press.
    Touched { since: Duration },
    /// Long enough to be a press, whether it counts or not.
    Held { since: Duration },
    /// Down for 30 s, or down since before anybody watched: not looked at until it is released.
    Ignored { since: Duration, reported: bool },
}

/// What happens by the mere passing of time, in the order in which it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Released(usize),
    Settled(usize),
    Qualified(usize),
    Decided,
    Stuck(usize),
}

impl Keys {
    /// Keys whose contacts are `down` now. A key that is down already counts as pressed only after
    /// it has been released: nobody saw who pressed it.
    pub fn new(debounce: Duration, now: Duration, down: [bool; KEYS]) -> Keys {
        let keys = down.map(|down| Key {
            raw_down: down,
            raw_since: now,
            contact: match down {
                true => Contact::Ignored { since: now, reported: false },
                false => Contact::Up,
            },
            ..Key::default()
        });
        Keys { debounce, now, keys, pending: None, locked_until: Duration::ZERO }
    }

    /// How long after the finger came down a press is known to count.
    pub fn decision_time(&self) -> Duration {
        TOGETHER + self.qualifying_time()
    }

    /// Takes an edge and returns what came to pass up to it. A time before an earlier one is
    /// taken as that one; an edge that changes nothing is ignored; so is a key above 4.
    pub fn edge(&mut self, at: Duration, key: usize, down: bool) -> Vec<KeyOutcome> {
        let outcomes = self.advance(at);
        if let Some(key) = self.keys.get_mut(key)
            && key.raw_down != down
        {
            key.raw_down = down;
            key.raw_since = self.now;
        }
        outcomes
    }

    /// Lets time pass and returns what came to pass.
    pub fn advance(&mut self, to: Duration) -> Vec<KeyOutcome> {
        let mut outcomes = Vec::new();
        while let Some((at, due)) = self.next_due().filter(|(at, _)| *at <= to) {
            self.now = self.now.max(at);
            outcomes.extend(self.happen(due));
        }
        self.now = self.now.max(to);
        outcomes
    }

    /// When [`Keys::advance`] will next have something to say or to note; `None` if nothing is on
    /// its way.
    pub fn deadline(&self) -> Option<Duration> {
        self.next_due().map(|(at, _)| at)
    }

    /// The contacts as the last edges left them.
    pub fn contacts(&self) -> [bool; KEYS] {
        self.keys.map(|key| key.raw_down)
    }

    fn qualifying_time(&self) -> Duration {
        self.debounce.max(SHORTEST_PRESS)
    }

    fn next_due(&self) -> Option<(Duration, Due)> {
        let of_keys = self.keys.iter().enumerate().flat_map(|(index, key)| {
            let settled_at = key.raw_since + self.debounce;
            let settles = match (key.raw_down, key.contact) {
                (true, Contact::Up) => Some((settled_at, Due::Settled(index))),
                (false, Contact::Up) | (true, _) => None,
                (false, _) => Some((settled_at, Due::Released(index))),
            };
            let ages = match key.contact {
                // A contact that has opened is not going to qualify: it waits to settle as up,
                // or, if that was a bounce, goes on as if nothing had been.
                Contact::Touched { since } if key.raw_down => {
                    Some((since + self.qualifying_time(), Due::Qualified(index)))
                }
                Contact::Held { since } | Contact::Ignored { since, reported: false }
                    if key.raw_down =>
                {
                    Some((since + STUCK, Due::Stuck(index)))
                }
                _ => None,
            };
            settles.into_iter().chain(ages)
        });
        let decided = self
            .pending
            .filter(|press| !self.may_be_joined(press))
            .map(|press| (press.down_at + self.decision_time(), Due::Decided));
        of_keys.chain(decided).min()
    }

    /// Whether another key came down together with a pending press and bounces still, so that it
    /// is not known whether it will be a press. At most one debounce time longer.
    fn may_be_joined(&self, press: &Press) -> bool {
        self.keys.iter().enumerate().any(|(index, key)| match key.contact {
            Contact::Touched { since } => {
                index != press.key && since.abs_diff(press.down_at) <= TOGETHER
            }
            _ => false,
        })
    }

    fn happen(&mut self, due: Due) -> Option<KeyOutcome> {
        match due {
            Due::Settled(index) => {
                let key = &mut self.keys[index];
                key.contact = Contact::Touched { since: key.raw_since };
                None
            }
            Due::Released(index) => {
                let key = &mut self.keys[index];
                let stuck = matches!(key.contact, Contact::Ignored { reported: true, .. });
                if matches!(key.contact, Contact::Held { .. }) {
                    key.last_up = Some(key.raw_since);
                }
                key.contact = Contact::Up;
                stuck.then_some(KeyOutcome::Freed(Level::ALL[index]))
            }
            Due::Qualified(index) => {
                self.qualify(index);
                None
            }
            Due::Stuck(index) => {
                let key = &mut self.keys[index];
                let since = match key.contact {
                    Contact::Held { since } | Contact::Ignored { since, .. } => since,
                    Contact::Up | Contact::Touched { .. } => return None,
                };
                key.contact = Contact::Ignored { since, reported: true };
                Some(KeyOutcome::Stuck(Level::ALL[index]))
            }
            Due::Decided => {
                let press = self.pending.take()?;
                self.locked_until = press.down_at + self.decision_time() + LOCK_OUT;
                Some(KeyOutcome::Pressed { level: Level::ALL[press.key], down_at: press.down_at })
            }
        }
    }

    /// A contact has lasted long enough to be a press.
    fn qualify(&mut self, index: usize) {
        let Contact::Touched { since: down_at } = self.keys[index].contact else { return };
        let key = &mut self.keys[index];
        key.contact = Contact::Held { since: down_at };
        key.last_down = Some(down_at);
        key.last_up = None;

        let joined = |other: &Key| {
            let Some(other_down) = other.last_down else { return false };
            let together = other_down.abs_diff(down_at) <= TOGETHER;
            // A stuck key no longer stands in the way.
            let stuck_at = other_down + STUCK;
            let other_up = other.last_up.map_or(stuck_at, |up| up.min(stuck_at));
            let overlapping = other_down <= down_at && other_up > down_at;
            together || overlapping
        };
        let crowded =
            self.keys.iter().enumerate().any(|(other, key)| other != index && joined(key));
        match self.pending {
            Some(first) if first.key != index && first.down_at.abs_diff(down_at) <= TOGETHER => {
                self.pending = None;
            }
            // The first one is going to count, so this one falls into its lock-out.
            Some(_) => {}
            None if crowded || down_at < self.locked_until => {}
            None => self.pending = Some(Press { key: index, down_at }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DEBOUNCE: Duration = Duration::from_millis(30);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Edges as (milliseconds, key, down).
    type Edges = [(u64, usize, bool)];

    fn play(keys: &mut Keys, edges: &Edges, until: u64) -> Vec<KeyOutcome> {
        let mut outcomes = Vec::new();
        for (at, key, down) in edges {
            outcomes.extend(keys.edge(ms(*at), *key, *down));
        }
        outcomes.extend(keys.advance(ms(until)));
        outcomes
    }

    /// The keys that were pressed, and when the finger came down.
    fn presses(edges: &Edges) -> Vec<(usize, u64)> {
        let mut keys = Keys::new(DEBOUNCE, Duration::ZERO, [false; KEYS]);
        counted(&play(&mut keys, edges, 10_000_000))
    }

    fn counted(outcomes: &[KeyOutcome]) -> Vec<(usize, u64)> {
        let press = |outcome: &KeyOutcome| match outcome {
            KeyOutcome::Pressed { level, down_at } => {
                Some((*level as usize, down_at.as_millis() as u64))
            }
            _ => None,
        };
        outcomes.iter().filter_map(press).collect()
    }

    #[test]
    fn p6_a_bouncing_press_counts_once() {
        let bounces = [
            (100, 2, true),
            (101, 2, false),
            (102, 2, true),
            (103, 2, false),
            (104, 2, true),
            (220, 2, false),
            (221, 2, true),
            (222, 2, false),
        ];
        assert_eq!(presses(&bounces), [(2, 104)]);
    }

    #[test]
    fn p6_what_is_too_short_is_no_press() {
        assert_eq!(presses(&[(100, 0, true), (129, 0, false)]), []);
        assert_eq!(presses(&[(100, 0, true), (139, 0, false)]), []);
        assert_eq!(presses(&[(100, 0, true), (140, 0, false)]), [(0, 100)]);
    }

    #[test]
    fn p6_of_two_keys_together_none_counts() {
        let pair = |apart: u64| {
            presses(&[(100, 0, true), (100 + apart, 4, true), (600, 0, false), (600, 4, false)])
        };
        for apart in [0, 1, 149, 150] {
            assert_eq!(pair(apart), [], "{apart} ms apart");
        }
        // Later than that the first one counts, and the second is held beside it.
        assert_eq!(pair(151), [(0, 100)]);
        // A second key that still bounces when the first would count is waited for.
        let bouncing = [
            (100, 0, true),
            (250, 1, true),
            (281, 1, false),
            (295, 1, true),
            (400, 1, false),
            (500, 0, false),
        ];
        assert_eq!(presses(&bouncing), []);
        // A brush of 35 ms over a neighbour is no press of it.
        assert_eq!(
            presses(&[(100, 0, true), (110, 1, true), (145, 1, false), (300, 0, false)]),
            [(0, 100)]
        );
    }

    #[test]
    fn p6_a_second_key_counts_only_when_the_first_is_released() {
        let released_at = |release| {
            let mut edges =
                [(100, 0, true), (release, 0, false), (1000, 1, true), (1100, 1, false)];
            edges.sort_by_key(|edge| edge.0);
            presses(&edges)
        };
        assert_eq!(released_at(1001), [(0, 100)]);
        assert_eq!(released_at(1000), [(0, 100), (1, 1000)]);
    }

    #[test]
    fn after_a_press_the_keys_are_locked() {
        let second =
            |at| presses(&[(100, 0, true), (200, 0, false), (at, 3, true), (at + 100, 3, false)]);
        // Known to count at 100 + 150 + 40; locked for 300 from then.
        assert_eq!(second(589), [(0, 100)]);
        assert_eq!(second(590), [(0, 100), (3, 590)]);
    }

    #[test]
    fn p8_a_stuck_key_is_reported_and_ignored() {
        let mut keys = Keys::new(DEBOUNCE, Duration::ZERO, [false; KEYS]);
        let outcomes = play(&mut keys, &[(100, 0, true)], 30_099);
        assert_eq!(counted(&outcomes), [(0, 100)]);
        assert_eq!(keys.advance(ms(30_100)), [KeyOutcome::Stuck(Level::VerySatisfied)]);

        let others = play(&mut keys, &[(40_000, 4, true), (40_100, 4, false)], 41_000);
        assert_eq!(counted(&others), [(4, 40_000)], "the others go on working");

        let freed = play(&mut keys, &[(50_000, 0, false)], 51_000);
        assert_eq!(freed, [KeyOutcome::Freed(Level::VerySatisfied)]);
        let again = play(&mut keys, &[(52_000, 0, true), (52_100, 0, false)], 53_000);
        assert_eq!(counted(&again), [(0, 52_000)], "and so does it, once released");
        assert_eq!(keys.deadline(), None);
    }

    #[test]
    fn p6_a_key_that_is_down_already_has_not_been_pressed() {
        let down = [false, true, false, false, false];
        let mut keys = Keys::new(DEBOUNCE, ms(10), down);
        let edges = [(500, 1, false), (600, 1, true), (700, 1, false)];
        assert_eq!(counted(&play(&mut keys, &edges, 2000)), [(1, 600)]);

        let mut keys = Keys::new(DEBOUNCE, ms(10), down);
        assert_eq!(keys.advance(ms(30_010)), [KeyOutcome::Stuck(Level::Satisfied)]);
    }

    /// The rule of the module's first lines, said again from the whole recording.
    fn by_the_rule(edges: &Edges) -> Vec<(usize, u64)> {
        const NEVER: u64 = u64::MAX;
        // Contacts that settled and lasted: (down, up, key).
        let mut contacts = Vec::new();
        for key in 0..KEYS {
            let mut levels = vec![(0, false)];
            for (at, _, down) in edges.iter().filter(|edge| edge.1 == key) {
                if levels.last().is_some_and(|(_, level)| level != down) {
                    levels.push((*at, *down));
                }
            }
            let ends = levels.iter().skip(1).map(|(at, _)| *at).chain([NEVER]);
            let settled = levels.iter().zip(ends).filter(|((start, _), end)| end - start >= 30);
            let mut down_since = None;
            for ((start, down), _) in settled {
                match (down, down_since) {
                    (true, None) => down_since = Some(*start),
                    (false, Some(since)) => {
                        contacts.push((since, *start, key));
                        down_since = None;
                    }
                    _ => {}
                }
            }
            contacts.extend(down_since.map(|since| (since, NEVER, key)));
        }
        contacts.retain(|(down, up, _)| up - down >= 40);
        contacts.sort_unstable();

        let mut counted = Vec::new();
        let mut locked_until = 0;
        for &(down, _, key) in &contacts {
            let crowded = contacts.iter().any(|&(other_down, other_up, other)| {
                let ignored_from = other_up.min(other_down.saturating_add(30_000));
                let overlaps = other_down <= down && ignored_from > down;
                other != key && (other_down.abs_diff(down) <= 150 || overlaps)
            });
            if !crowded && down >= locked_until {
                counted.push((key, down));
                locked_until = down + 190 + 300;
            }
        }
        counted
    }

    /// Recordings whose pauses are of the sizes that matter: bounces, short and long presses,
    /// neighbours, stuck keys.
    fn any_edges() -> impl Strategy<Value = Vec<(u64, usize, bool)>> {
        let pause = prop_oneof![
            4 => 0u64..6,
            3 => 6u64..60,
            3 => 60u64..400,
            1 => 400u64..1500,
            1 => 25_000u64..35_000,
        ];
        let few = prop_oneof![3 => 0usize..2, 1 => 0usize..KEYS];
        prop::collection::vec((pause, few, any::<bool>()), 0..60).prop_map(|steps| {
            let mut at = 1;
            let edge = |(pause, key, down)| {
                at += pause;
                (at, key, down)
            };
            steps.into_iter().map(edge).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn p6_the_machine_keeps_the_rule(edges in any_edges()) {
            prop_assert_eq!(presses(&edges), by_the_rule(&edges));
        }

        #[test]
        fn looking_more_often_changes_nothing(edges in any_edges(), step in 1u64..40) {
            let mut seldom = Keys::new(DEBOUNCE, Duration::ZERO, [false; KEYS]);
            let mut often = seldom.clone();
            let mut outcomes = Vec::new();
            let mut now = 0;
            for (at, key, down) in &edges {
                // Not through the long pauses: their ends are enough.
                now = now.max(at.saturating_sub(500));
                while now < *at {
                    outcomes.extend(often.advance(ms(now)));
                    now += step;
                }
                outcomes.extend(often.edge(ms(*at), *key, *down));
            }
            outcomes.extend(often.advance(ms(10_000_000)));
            prop_assert_eq!(outcomes, play(&mut seldom, &edges, 10_000_000));
        }

        #[test]
        fn any_edges_at_any_time_end_in_rest(
            edges in prop::collection::vec((any::<u32>(), 0usize..8, any::<bool>()), 0..80),
            debounce in 1u64..=500,
        ) {
            let mut keys = Keys::new(ms(debounce), ms(7), [true, false, false, true, false]);
            for (at, key, down) in edges {
                keys.edge(ms(at.into()), key, down);
            }
            keys.advance(ms(1 << 40));
            prop_assert_eq!(keys.deadline(), None);
        }
    }
}
