//! How often policies were shown and printed.

use super::*;
use crate::clock;
use crate::domain::pack::PolicyRef;

fn policy(id: &str) -> PolicyRef {
    PolicyRef { id: id.to_owned(), pack_version: "2026.11".to_owned() }
}

fn of_policy(id: &str) -> NewSlip {
    let policy = Some(policy(id));
    NewSlip { case: None, item: "policy".to_owned(), policy, reprint: false }
}

/// Day, whether it is certain, policy, shown and printed.
type Row = (String, bool, String, u32, u32);

fn counted(folder: &Path) -> Vec<Row> {
    let viewer = StoreViewer::open(&config(folder)).unwrap();
    let found = viewer.policy_counts().unwrap();
    assert_eq!(found.unreadable, 0);
    let row = |row: PolicyCount| {
        let day = row.day.map(|day| day.to_string()).unwrap_or_default();
        (day, row.certain, row.policy, row.shown, row.printed)
    };
    found.rows.into_iter().map(row).collect()
}

#[test]
fn a_policy_is_counted_a_day_when_shown_and_when_known_to_be_printed() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let store = open(folder.path()).unwrap();
        store.set_clock_trusted(true);
        for id in ["subsidy", "subsidy", "training"] {
            store.policy_shown(policy(id)).await.unwrap();
        }
        for outcome in [SlipResult::Printed, SlipResult::NotPrinted, SlipResult::Unknown] {
            let serial = store.order_slip(of_policy("subsidy")).await.unwrap();
            store.slip_outcome(serial, outcome, None).await.unwrap();
        }
        // Other slips are of no policy.
        let serial = store.order_slip(slip(None)).await.unwrap();
        store.slip_outcome(serial, SlipResult::Printed, None).await.unwrap();
        let today = clock::local(Timestamp::now()).date().to_string();
        let row = |id: &str, shown, printed| (today.clone(), true, id.to_owned(), shown, printed);
        assert_eq!(counted(folder.path()), [row("subsidy", 2, 1), row("training", 1, 0)]);
        let long = policy(&"x".repeat(65));
        assert!(matches!(store.policy_shown(long).await, Err(StoreError::TooLarge { .. })));
        store.close().await;
    });
}

/// P9: what a doubtful clock counted is dated by the first right one, and says so; old days go.
#[test]
fn p9_counts_of_a_doubtful_clock_are_dated_later_and_old_ones_go() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let store = open(folder.path()).unwrap();
        store.policy_shown(policy("subsidy")).await.unwrap();
        let unknown = (String::new(), false, "subsidy".to_owned(), 1, 0);
        assert_eq!(counted(folder.path()), std::slice::from_ref(&unknown));
        let first: Timestamp = "2026-11-21T18:14:09Z".parse().unwrap();
        tend(&store, first, false).await;
        assert_eq!(counted(folder.path()), [unknown]);
        tend(&store, first, true).await;
        store.policy_shown(policy("subsidy")).await.unwrap();
        tend(&store, first, true).await;
        let dated = ("2026-11-22".to_owned(), false, "subsidy".to_owned(), 2, 0);
        assert_eq!(counted(folder.path()), std::slice::from_ref(&dated));
        let year = first + jiff::SignedDuration::from_hours(365 * 24);
        tend(&store, year, true).await;
        assert_eq!(counted(folder.path()), [dated]);
        tend(&store, year + jiff::SignedDuration::from_hours(24), true).await;
        assert_eq!(counted(folder.path()), []);
        store.close().await;
    });
}

/// Takes back what made schema 3 of schema 2.
const TO_SCHEMA_2: &str = "
    DROP TABLE policy_count;
    ALTER TABLE slip DROP COLUMN policy;
    ALTER TABLE slip DROP COLUMN pack_version;
    ALTER TABLE application DROP COLUMN priority;
    ALTER TABLE application DROP COLUMN asked;
    ALTER TABLE application DROP COLUMN enterprise;
    ALTER TABLE application DROP COLUMN route;
    ALTER TABLE application DROP COLUMN department;
    ALTER TABLE application DROP COLUMN route_reason;
    ALTER TABLE application DROP COLUMN warned;
    PRAGMA user_version = 2;
";

/// A database of schema 2 counts on; a whole copy lies beside it until its time is over.
#[test]
fn a_database_of_schema_2_is_brought_up_to_date_with_everything_in_it() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let store = open(folder.path()).unwrap();
        let number = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        store.close().await;
        intruder(folder.path()).execute_batch(TO_SCHEMA_2).unwrap();
        let looked = StoreViewer::open(&config(folder.path())).err().unwrap().to_string();
        assert!(looked.contains("schema 2, this one knows 3"), "{looked}");
        let store = open(folder.path()).unwrap();
        assert_eq!(store.cases_of(NUMBER).await.unwrap().rows[0].number, number);
        assert_eq!(kinds(folder.path()), ["case_received", "schema_migrated"]);
        store.policy_shown(policy("subsidy")).await.unwrap();
        assert_eq!(counted(folder.path()).len(), 1);
        assert!(matches!(store.check().await.unwrap(), StoreHealth::Whole { .. }));
        let copy = folder.path().join("kiosk.db.schema2");
        assert!(copy.exists());
        let now = Timestamp::now();
        tend(&store, now, true).await;
        tend(&store, now + jiff::SignedDuration::from_hours(32 * 24), true).await;
        assert!(!copy.exists());
        store.close().await;
        // Without its mark it is as little opened as one of today.
        let back = tempfile::tempdir().unwrap();
        no_mark_beside(folder.path(), back.path());
    });
}

fn no_mark_beside(from: &Path, to: &Path) {
    for name in ["kiosk.db", "kiosk.db.key"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
    intruder(to).execute_batch(TO_SCHEMA_2).unwrap();
    assert!(matches!(open(to).err().unwrap(), StoreError::MarkMissing { .. }));
}
