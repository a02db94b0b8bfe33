//! What is erased, when, and what is not.

use super::*;

const DAY: i64 = 24 * 3600;
/// The moment at which the tests' cases end: noon of 2026-11-26 in China.
const END: i64 = 1_795_665_600;

fn says_returned() -> PlatformAnswer {
    PlatformAnswer {
        note: Some("请补正".to_owned()),
        ..PlatformAnswer::status(CaseStatus::Returned)
    }
}

/// Delivers the case that waits, as returned with this last day for correcting it.
async fn returned(store: &Store, correct_by: Option<jiff::civil::Date>) {
    store.submit(new_case(NUMBER, 2_000)).await.unwrap();
    let answer = PlatformAnswer { correct_by, ..says_returned() };
    store.delivered(&*now_due(store).await, Verdict::Application(answer)).await.unwrap();
}

/// The kiosk learned of every end at [`END`], by a right clock or not.
fn ended(folder: &Path, trusted: bool) {
    intruder(folder)
        .execute(
            "UPDATE application SET finished_at = ?1, finished_trusted = ?2
             WHERE finished_at IS NOT NULL",
            rusqlite::params![at(END).to_string(), trusted],
        )
        .unwrap();
}

#[test]
fn p4_the_personal_part_of_a_returned_case_goes_thirty_days_after_the_last_day_for_it() {
    let day = |n: i64| crate::clock::local(at(END + n * DAY)).date();
    // Last day for correcting it, days since the end, erased.
    let table = [
        (None, 29, false),
        (None, 31, true),
        (Some(day(20)), 31, false),
        (Some(day(20)), 50, false),
        (Some(day(20)), 51, true),
        (Some(day(-5)), 29, false),
    ];
    for (correct_by, days, erased) in table {
        with_store(|store, folder| async move {
            returned(&store, correct_by).await;
            ended(&folder, true);
            tend(&store, at(END + days * DAY), true).await;
            let kept = count(&folder, "SELECT count(request) + count(note) FROM application");
            assert_eq!(kept, if erased { 0 } else { 2 }, "{correct_by:?} {days}");
            let told = kinds(&folder).contains(&"personal_data_erased".to_owned());
            assert_eq!(told, erased);
            let found = store.cases_of(NUMBER).await.unwrap().rows;
            assert_eq!(found[0].status, CaseStatus::Returned, "the case itself stays");
        });
    }
}

/// Also what the platform said of a part, and of a case whose request could not be kept.
#[test]
fn p4_the_words_about_a_returned_case_go_with_what_was_handed_in() {
    with_store(|store, folder| async move {
        let mut case = new_case(NUMBER, 2_000);
        case.parts = vec!["a".to_owned(), "b".to_owned()];
        store.submit(case).await.unwrap();
        let answer = says_returned();
        store.delivered(&*now_due(&store).await, Verdict::Application(answer)).await.unwrap();
        ended(&folder, true);
        intruder(&folder)
            .execute_batch(
                "UPDATE application SET request = NULL, note = NULL; UPDATE part SET note = x'5a';",
            )
            .unwrap();
        tend(&store, at(END + 31 * DAY), true).await;
        assert_eq!(count(&folder, "SELECT count(note) FROM application"), 0);
        assert_eq!(count(&folder, "SELECT count(note) FROM part"), 0);
    });
}

#[test]
fn no_day_that_a_platform_names_keeps_a_returned_case_for_ever() {
    with_store(|store, folder| async move {
        returned(&store, Some("9999-12-31".parse().unwrap())).await;
        ended(&folder, true);
        let kept = || count(&folder, "SELECT count(request) FROM application");
        while tend(&store, at(END + 364 * DAY), true).await {}
        assert_eq!(kept(), 1);
        while tend(&store, at(END + 366 * DAY), true).await {}
        assert_eq!(kept(), 0);
        assert_eq!(count(&folder, "SELECT count(*) FROM application"), 0);
    });
}

#[test]
fn p9_a_clock_that_is_wrong_erases_nothing() {
    with_store(|store, folder| async move {
        returned(&store, None).await;
        let kept = || count(&folder, "SELECT count(request) FROM application");
        ended(&folder, true);
        tend(&store, at(END + 400 * DAY), false).await;
        assert_eq!(kept(), 1, "nobody knows that it is so late");
        // The end was noted by a clock that stood years ago: it counts from the first right one.
        ended(&folder, false);
        tend(&store, at(END + 400 * DAY), true).await;
        assert_eq!(kept(), 1);
        tend(&store, at(END + 429 * DAY), true).await;
        assert_eq!(kept(), 1);
        tend(&store, at(END + 431 * DAY), true).await;
        assert_eq!(kept(), 0);
    });
}

#[test]
fn finished_cases_go_after_a_year_and_unfinished_ones_never() {
    with_store(|store, folder| async move {
        let mut completed = new_case(NUMBER, 2_000);
        completed.parts = vec!["a".to_owned(), "b".to_owned()];
        let number = store.submit(completed).await.unwrap().number;
        let delivery = now_due(&store).await;
        store.delivered(&delivery, says(CaseStatus::Completed)).await.unwrap();
        store.record_evaluation(evaluation(Some(number), Level::Satisfied, &[])).await.unwrap();
        store.delivered(&*now_due(&store).await, Verdict::EvaluationTaken).await.unwrap();
        let waits = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        let under_way = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        let first = now_due(&store).await;
        let next = Instant::now() + Duration::from_secs(3_600);
        store.failed(&first, Hindrance::NoNetwork, "x", next).await.unwrap();
        store.delivered(&*now_due(&store).await, says(CaseStatus::Accepted)).await.unwrap();
        ended(&folder, true);
        tend(&store, at(END + 364 * DAY), true).await;
        assert_eq!(store.cases_of(NUMBER).await.unwrap().rows.len(), 3);
        while tend(&store, at(END + 366 * DAY), true).await {}
        let left: Vec<_> =
            store.cases_of(NUMBER).await.unwrap().rows.into_iter().map(|f| f.number).collect();
        assert_eq!(left, [under_way, waits]);
        assert_eq!(count(&folder, "SELECT count(*) FROM part"), 0);
        assert_eq!(count(&folder, "SELECT count(*) FROM evaluation"), 0);
        assert!(kinds(&folder).contains(&"case_removed".to_owned()));
        assert_eq!(kinds(&folder)[0], "case_received", "the journal is never shortened");
        rows(&store).await;
    });
}

#[test]
fn a_finished_case_stays_as_long_as_its_evaluation_waits() {
    with_store(|store, folder| async move {
        let number = store.submit(new_case(NUMBER, 2_000)).await.unwrap().number;
        let delivery = now_due(&store).await;
        store.delivered(&delivery, says(CaseStatus::Completed)).await.unwrap();
        store.record_evaluation(evaluation(Some(number), Level::Satisfied, &[])).await.unwrap();
        ended(&folder, true);
        while tend(&store, at(END + 400 * DAY), true).await {}
        let waiting = now_due(&store).await;
        assert_eq!(waiting.kind, DeliveryKind::Evaluation);
        store.delivered(&waiting, Verdict::EvaluationTaken).await.unwrap();
        while tend(&store, at(END + 400 * DAY), true).await {}
        assert_eq!(store.cases_of(NUMBER).await.unwrap().rows, []);
    });
}

#[test]
fn old_slips_and_evaluations_go_in_their_order_and_open_ones_stay() {
    with_store(|store, folder| async move {
        for n in 0..40 {
            let serial = store.order_slip(slip(None)).await.unwrap();
            if n != 10 {
                store.slip_outcome(serial, SlipResult::Printed, None).await.unwrap();
            }
        }
        for _ in 0..3 {
            store.record_evaluation(evaluation(None, Level::Dissatisfied, &[])).await.unwrap();
            store.record_evaluation(evaluation(None, Level::Satisfied, &[])).await.unwrap();
        }
        // The 31st and those behind it are young; the clock was right now and then only.
        intruder(&folder)
            .execute_batch(&format!(
                "UPDATE slip SET ordered_at = '{old}', clock_trusted = serial % 5 = 0;
                 UPDATE slip SET ordered_at = '{young}', clock_trusted = 1 WHERE serial > 30;
                 UPDATE evaluation SET pressed_at = '{old}';",
                old = at(END),
                young = at(END + 300 * DAY),
            ))
            .unwrap();
        while tend(&store, at(END + 366 * DAY), true).await {}
        assert_eq!(count(&folder, "SELECT min(serial) FROM slip WHERE outcome IS NOT NULL"), 31);
        assert_eq!(count(&folder, "SELECT count(*) FROM slip WHERE outcome IS NULL"), 1);
        assert_eq!(count(&folder, "SELECT count(*) FROM evaluation"), 3, "three still wait");
        assert_eq!(now_due(&store).await.kind, DeliveryKind::Evaluation);
        let next = store.order_slip(slip(None)).await.unwrap();
        assert_eq!(next, SlipSerial(41), "what is gone gives no serial back");
    });
}

#[test]
fn a_promised_limit_that_has_passed_is_noted_once_with_its_reason() {
    let limited = |trusted| NewCase {
        limit: "30min".parse().ok(),
        clock_trusted: trusted,
        ..new_case(NUMBER, END)
    };
    let breaches = |folder: &Path| -> Vec<String> {
        let journal = intruder(folder);
        let mut rows = journal
            .prepare("SELECT detail FROM journal WHERE kind = 'limit_breached' ORDER BY seq")
            .unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    with_store(|store, folder| async move {
        // One that was never sent, one that found no network, one that the platform failed to
        // take, one under way, one completed; one without limit, one that nobody can judge.
        for _ in 0..5 {
            store.submit(limited(true)).await.unwrap();
        }
        store.submit(new_case(NUMBER, END)).await.unwrap();
        store.submit(limited(false)).await.unwrap();
        let start = Instant::now();
        let later = start + Duration::from_secs(3_600);
        let first = now_due(&store).await;
        store.failed(&first, Hindrance::NoNetwork, "x", later).await.unwrap();
        let second = now_due(&store).await;
        store.failed(&second, Hindrance::Platform, "x", later).await.unwrap();
        store.delivered(&*now_due(&store).await, says(CaseStatus::Accepted)).await.unwrap();
        store.delivered(&*now_due(&store).await, says(CaseStatus::Completed)).await.unwrap();
        tend(&store, at(END + 1_499), true).await;
        assert_eq!(breaches(&folder), [""; 0]);
        let near = "SELECT count(*) FROM journal WHERE kind = 'limit_near'";
        assert_eq!(count(&folder, near), 0, "until the 25th minute");
        tend(&store, at(END + 1_500), true).await;
        tend(&store, at(END + 1_800), true).await;
        tend(&store, at(END + 9_000), false).await;
        assert_eq!(breaches(&folder), [""; 0]);
        for _ in 0..2 {
            tend(&store, at(END + 1_801), true).await;
        }
        let warned = "SELECT count(*) FROM journal WHERE kind = 'limit_near'";
        assert_eq!(count(&folder, warned), 4, "each of them was warned of before, once");
        let mut found = breaches(&folder);
        found.sort();
        let (network, platform) = (r#"{"reason":"no_network"}"#, r#"{"reason":"platform"}"#);
        assert_eq!(found, [network, network, platform, platform]);
    });
}
