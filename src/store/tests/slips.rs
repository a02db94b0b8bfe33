//! Slips: serial, outcome, and what a restart makes of them.

use super::*;

#[test]
fn p3_a_slip_has_its_row_and_its_serial_before_it_is_printed() {
    with_store(|store, folder| async move {
        let number = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        for expected in 1..=3 {
            let serial = store.order_slip(slip(Some(&number))).await.unwrap();
            assert_eq!(serial, SlipSerial(expected));
            assert_eq!(kinds(&folder).last().unwrap(), "slip_ordered");
        }
        let tell = async |serial, result, why: Option<&str>| {
            store.slip_outcome(SlipSerial(serial), result, why.map(str::to_owned)).await
        };
        tell(1, SlipResult::Printed, None).await.unwrap();
        tell(2, SlipResult::NotPrinted, Some("PaperOut")).await.unwrap();
        for (serial, result) in [(1, SlipResult::Unknown), (9, SlipResult::Printed)] {
            let refused = tell(serial, result, None).await;
            assert!(matches!(refused, Err(StoreError::NoSuchSlip { .. })), "{refused:?}");
        }
        let first = "SELECT count(*) FROM slip WHERE serial = 1 AND outcome = 'printed'";
        assert_eq!(count(&folder, first), 1, "the first outcome stays");
        let detail: String = intruder(&folder)
            .query_row("SELECT detail FROM journal ORDER BY seq DESC LIMIT 1", [], |row| row.get(0))
            .unwrap();
        assert_eq!(detail, r#"{"outcome":"not_printed","slip":2,"why":"PaperOut"}"#);
        assert_eq!(rows(&store).await, 6);
    });
}

#[test]
fn p3_a_slip_without_outcome_is_unknown_after_a_restart() {
    // What was told of the last slip, and whether the printer is known to hold no rest of it.
    let table = [
        (Some(SlipResult::Printed), true),
        // Of this one nothing came out, so the rest of the one before may still be there.
        (Some(SlipResult::NotPrinted), false),
        (Some(SlipResult::Unknown), false),
        (None, false),
    ];
    for (told, whole) in table {
        with_store(|store, folder| async move {
            let nothing = Startup {
                newest_trusted_at: None,
                last_slip_whole: true,
                interrupted_slips: 0,
                lost_rows: 0,
            };
            assert_eq!(store.startup(), nothing);
            let lost = store.order_slip(slip(None)).await.unwrap();
            let last = store.order_slip(slip(None)).await.unwrap();
            if let Some(told) = told {
                store.slip_outcome(last, told, None).await.unwrap();
            }
            store.close().await;
            let store = open(&folder).unwrap();
            let startup = store.startup();
            assert_eq!(startup.last_slip_whole, whole, "{told:?}");
            assert_eq!(startup.interrupted_slips, if told.is_some() { 1 } else { 2 });
            let late = store.slip_outcome(lost, SlipResult::Printed, None).await;
            assert!(matches!(late, Err(StoreError::NoSuchSlip { .. })), "{late:?}");
            let unknown = "SELECT count(*) FROM slip WHERE serial = 1 AND outcome = 'unknown'";
            assert_eq!(count(&folder, unknown), 1);
            let events = kinds(&folder);
            let outcomes = events.iter().filter(|kind| *kind == "slip_outcome").count();
            assert_eq!(outcomes, 2, "each slip has one: {events:?}");
            store.close().await;
            assert_eq!(open(&folder).unwrap().startup().interrupted_slips, 0, "told once");
        });
    }
}

#[test]
fn p9_the_newest_time_that_a_right_clock_gave_is_known_at_the_start() {
    with_store(|store, folder| async move {
        store.submit(new_case(NUMBER, 2_000)).await.unwrap();
        // A clock that is not known to be right says nothing about when it is.
        store.submit(new_case(NUMBER, 900)).await.unwrap();
        store.order_slip(slip(None)).await.unwrap();
        store.close().await;
        let store = open(&folder).unwrap();
        assert_eq!(store.startup().newest_trusted_at, Some(at(2_000)));
    });
}
