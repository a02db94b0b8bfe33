//! Promised days (承诺办结时限) that have passed without completion: noted once a case, whatever
//! happens to the kiosk between. The store notes limits in minutes by itself (`store/limits.rs`); a day
//! follows from the pack and its calendar.

use std::sync::Arc;

use jiff::civil::DateTime;

use super::packs::of_cases;
use crate::case::CaseFacts;
use crate::domain::calendar::Calendar;
use crate::domain::pack::Pack;
use crate::packs::Packs;
use crate::store::{Store, StoreError};

/// Notes every case that is overdue at `now` by the pack that it was begun with, as far as this kiosk
/// still has it; as [`note`].
pub(super) async fn note_all(
    store: &Store,
    packs: Packs,
    in_force: Arc<Pack>,
    now: DateTime,
) -> Result<Vec<CaseFacts>, StoreError> {
    let mut versions = store.pack_versions().await?;
    versions.retain(|version| *version != in_force.version);
    let older = of_cases(packs, versions).await;
    let all: Vec<_> = std::iter::once(in_force).chain(older).collect();
    note(store, &all, now).await
}

/// Notes every case that is overdue at `now`, the time in China by a clock that is right. `packs` are
/// those that cases may name, the one in force first: its calendar counts. Returns what was noted.
///
/// # Errors
/// The database cannot be read or written; the next look finds the rest.
async fn note(
    store: &Store,
    packs: &[Arc<Pack>],
    now: DateTime,
) -> Result<Vec<CaseFacts>, StoreError> {
    let unknown = Calendar::default();
    let calendar = packs.first().map_or(&unknown, |pack| &pack.calendar);
    let mut noted = Vec::new();
    let mut after = 0;
    loop {
        // A few at a time: whoever stands here goes first.
        let found = store.under_way(after).await?;
        let Some(last) = found.last() else { return Ok(noted) };
        after = last.number.sequence();
        let overdue: Vec<_> = found
            .iter()
            .filter(|facts| {
                let pack = packs.iter().find(|pack| pack.version == facts.pack_version);
                facts.is_overdue(pack.map(|pack| &**pack), calendar, Some(now))
            })
            .map(|facts| facts.number.clone())
            .collect();
        if !overdue.is_empty() {
            noted.extend(store.note_overdue(overdue).await?);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::case::{CaseStatus, Hindrance};
    use crate::domain::item::ItemKind;
    use crate::store::{Due, PlatformAnswer, Verdict};
    use crate::testkit::{cases, packs};

    /// The sample pack, whose instant item is promised within five working days.
    fn pack() -> Arc<Pack> {
        let mut pack = Pack::clone(&packs::sample());
        pack.version = cases::PACK_VERSION.to_owned();
        let item = pack.items.iter_mut().find(|item| item.id.as_str() == cases::INSTANT).unwrap();
        item.kind = ItemKind::Promised;
        item.promise = "5wd".parse().ok();
        Arc::new(pack)
    }

    async fn accept(store: &Store, accepted: &str) {
        let Due::Now(delivery) = store.due(std::time::Instant::now()).await.unwrap() else {
            panic!("nothing is due")
        };
        let answer = PlatformAnswer {
            accepted_at: accepted.parse().ok(),
            ..cases::answer(CaseStatus::Accepted)
        };
        store.delivered(&delivery, Verdict::Application(answer)).await.unwrap();
    }

    #[tokio::test]
    async fn a_promised_day_that_has_passed_is_noted_once_also_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let store = cases::open_store(folder.path()).unwrap();
        let packs = [pack()];
        for _ in 0..2 {
            store.submit(cases::new_case()).await.unwrap();
        }
        // A Friday evening; the fifth working day is the next Friday.
        accept(&store, "2026-11-20T18:00:00+08:00").await;
        let night = |day: i8| date(2026, 11, day).at(23, 59, 0, 0);
        assert_eq!(note(&store, &packs, night(27)).await.unwrap(), [], "the whole day is promised");
        assert_eq!(note(&store, &[], night(28)).await.unwrap(), [], "nobody knows the promise");
        store.close().await;
        let store = cases::open_store(folder.path()).unwrap();
        let after = date(2026, 11, 28).at(0, 1, 0, 0);
        let noted = note(&store, &packs, after).await.unwrap();
        assert_eq!(noted.len(), 1, "the other one was not accepted, and nothing promised");
        assert_eq!(noted[0].breach, Some(Hindrance::Platform));
        assert_eq!(noted[0].number.sequence(), 1);
        assert_eq!(note(&store, &packs, night(30)).await.unwrap(), [], "once");
        store.close().await;
        let store = cases::open_store(folder.path()).unwrap();
        assert_eq!(note(&store, &packs, night(30)).await.unwrap(), [], "also over a restart");
        let facts = store.case(&noted[0].number).await.unwrap().unwrap();
        assert!(
            facts.is_overdue(None, &Calendar::default(), None),
            "and it stays so until it is completed"
        );
    }

    #[tokio::test]
    async fn the_platforms_own_day_goes_before() {
        let folder = tempfile::tempdir().unwrap();
        let store = cases::open_store(folder.path()).unwrap();
        store.submit(cases::new_case()).await.unwrap();
        let Due::Now(delivery) = store.due(std::time::Instant::now()).await.unwrap() else {
            panic!("nothing is due")
        };
        let answer = PlatformAnswer {
            accepted_at: "2026-11-20T18:00:00+08:00".parse().ok(),
            due_at: "2026-12-01T17:00:00+08:00".parse().ok(),
            ..cases::answer(CaseStatus::Accepted)
        };
        store.delivered(&delivery, Verdict::Application(answer)).await.unwrap();
        let packs = [pack()];
        let at = |hour: i8| date(2026, 12, 1).at(hour, 0, 0, 0);
        assert_eq!(note(&store, &packs, at(16)).await.unwrap(), []);
        assert_eq!(note(&store, &packs, at(18)).await.unwrap().len(), 1);
    }
}
