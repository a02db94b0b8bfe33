//! What a write-ahead log that was torn, lost or emptied leaves.

use std::collections::BTreeSet;
use std::time::Duration;

use kuaiban::case::CaseNumber;
use kuaiban::testkit::cases;

use super::{block_on, new_case, open, rows};

#[test]
fn p2_a_torn_write_ahead_log_loses_whole_cases_from_its_end_only() {
    const CASES: usize = 12;
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    block_on(async {
        for _ in 0..CASES {
            store.submit(new_case()).await.unwrap();
        }
    });
    let read =
        |suffix: &str| std::fs::read(folder.path().join(format!("kiosk.db{suffix}"))).unwrap();
    let (database, wal, key, given) = (read(""), read("-wal"), read(".key"), read(".given"));
    let mut seen = BTreeSet::new();
    // The log lies on the disk in its full length; zeros follow what was written.
    let written = wal.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let lengths = (0..=written).step_by(1_021).chain([written - 1, written]);
    for length in lengths {
        let torn = tempfile::tempdir().unwrap();
        let write = |suffix: &str, bytes: &[u8]| {
            std::fs::write(torn.path().join(format!("kiosk.db{suffix}")), bytes).unwrap();
        };
        write("", &database);
        // What follows the tear is what the disk held before.
        let mut tail = wal[..length].to_vec();
        tail.resize(written, 0x5a);
        write("-wal", &tail);
        write(".key", &key);
        write(".given", &given);
        let store =
            cases::open_store(torn.path()).unwrap_or_else(|e| panic!("{length} of {written}: {e}"));
        block_on(async {
            let queue = store.queue().await.unwrap().rows;
            for (row, n) in queue.iter().zip(1..) {
                let expected = CaseNumber::new(cases::REGION, cases::KIOSK, n).unwrap();
                assert_eq!(row.number, expected, "no hole");
                assert_eq!(row.next_attempt_in, Some(Duration::ZERO), "each waits in the outbox");
            }
            // One row more says that the log was gone.
            let told = u64::from(store.startup().lost_rows > 0);
            assert_eq!(rows(&store).await, queue.len() as u64 + told);
            seen.insert(queue.len());
            // What was lost was on paper: no number is given again.
            let next = store.submit(new_case()).await.unwrap().number;
            assert!(next.sequence() > CASES as u64, "{next} after {} were left", queue.len());
        });
    }
    assert_eq!(seen.last(), Some(&CASES), "the whole log holds every case");
    assert_eq!(seen.first(), Some(&0), "and without it the database is empty, but opens");
    assert!(seen.len() > CASES / 2, "tears at many places: {seen:?}");
}
