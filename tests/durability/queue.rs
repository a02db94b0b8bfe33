//! Random work on the queue, beside a model of a few lines.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kuaiban::case::{CaseNumber, CaseStatus};
use kuaiban::store::{Change, Delivery, Due, Hindrance, Store, StoreError, Verdict};
use kuaiban::testkit::cases;
use proptest::prelude::*;

use super::{block_on, new_case, number_in, open, person, rows};

/// What may happen to a queue.
#[derive(Clone, Debug)]
enum Op {
    Submit,
    /// The platform books what is due; does its answer arrive?
    Deliver {
        answer_arrives: bool,
    },
    NetworkError {
        pause_s: u64,
    },
    ServerError {
        pause_s: u64,
    },
    Refuse,
    /// The platform cannot book it as it is.
    Hold,
    /// The feed tells of one of the accepted cases.
    Complete {
        which: usize,
    },
    Wait {
        seconds: u64,
    },
    NetworkBack,
    Restart,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => Just(Op::Submit),
        4 => any::<bool>().prop_map(|answer_arrives| Op::Deliver { answer_arrives }),
        2 => (0..100_u64).prop_map(|pause_s| Op::NetworkError { pause_s }),
        2 => (0..100_u64).prop_map(|pause_s| Op::ServerError { pause_s }),
        1 => Just(Op::Refuse),
        1 => Just(Op::Hold),
        1 => (0..8_usize).prop_map(|which| Op::Complete { which }),
        2 => (0..80_u64).prop_map(|seconds| Op::Wait { seconds }),
        1 => Just(Op::NetworkBack),
        1 => Just(Op::Restart),
    ]
}

/// What the queue must be, told in a few lines.
#[derive(Default)]
struct Model {
    cases: Vec<ModelCase>,
    /// Seconds since the test began.
    now: u64,
    /// Key: the case that the platform booked under it, and the bytes that it came with.
    books: BTreeMap<String, (CaseNumber, Vec<u8>)>,
    /// A number was taken: the next case skips a block, and its journal says so.
    skips: bool,
    /// Journal rows about no case.
    rows: u64,
}

struct ModelCase {
    number: CaseNumber,
    status: CaseStatus,
    waits: bool,
    held: bool,
    not_before: u64,
    failures: u32,
}

impl Model {
    fn due(&mut self) -> Option<&mut ModelCase> {
        let now = self.now;
        self.cases.iter_mut().find(|c| c.waits && c.not_before <= now)
    }
}

/// How long a held case is left alone; longer than everything that a sequence waits.
const HELD_S: u64 = 3_600;

/// The delivery that is due; it must be the one that the model expects.
async fn due(store: &Store, model: &mut Model, start: Instant) -> Option<Box<Delivery>> {
    let now = start + Duration::from_secs(model.now);
    let expected = model.due().map(|case| (case.number.clone(), case.failures));
    match (store.due(now).await.unwrap(), expected) {
        (Due::Now(delivery), Some((number, failures))) => {
            assert_eq!((number_in(&delivery), delivery.attempts), (number, failures));
            Some(delivery)
        }
        (Due::Later(_), None) => {
            assert!(model.cases.iter().any(|c| c.waits));
            None
        }
        (Due::Nothing, None) => {
            assert!(!model.cases.iter().any(|c| c.waits));
            None
        }
        (found, expected) => panic!("found {found:?}, expected {expected:?}"),
    }
}

fn book(model: &mut Model, delivery: &Delivery) {
    let told = (number_in(delivery), delivery.body.to_vec());
    let entry = model.books.entry(delivery.idempotency_key.clone());
    assert_eq!(*entry.or_insert_with(|| told.clone()), told, "a key belongs to one case");
}

async fn play(ops: Vec<Op>) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let start = Instant::now();
    let mut model = Model::default();
    for op in ops {
        match op {
            Op::Submit => {
                let facts = store.submit(new_case()).await.unwrap();
                model.rows += u64::from(std::mem::take(&mut model.skips));
                model.cases.push(ModelCase {
                    number: facts.number,
                    status: CaseStatus::Received,
                    waits: true,
                    held: false,
                    not_before: 0,
                    failures: 0,
                });
            }
            Op::Deliver { answer_arrives } => {
                let Some(delivery) = due(&store, &mut model, start).await else { continue };
                book(&mut model, &delivery);
                let case = model.due().unwrap();
                if answer_arrives {
                    store
                        .delivered(
                            &delivery,
                            Verdict::Application(cases::answer(CaseStatus::Accepted)),
                        )
                        .await
                        .unwrap();
                    case.status = CaseStatus::Accepted;
                    case.waits = false;
                } else {
                    store.failed(&delivery, Hindrance::NoNetwork, "cut", start).await.unwrap();
                    case.failures += 1;
                }
            }
            Op::NetworkError { pause_s } | Op::ServerError { pause_s } => {
                let Some(delivery) = due(&store, &mut model, start).await else { continue };
                let next = model.now + pause_s;
                let at = start + Duration::from_secs(next);
                store.failed(&delivery, Hindrance::Platform, "fault", at).await.unwrap();
                let case = model.due().unwrap();
                case.not_before = next;
                case.failures += 1;
            }
            Op::Refuse => {
                let Some(delivery) = due(&store, &mut model, start).await else { continue };
                let (code, words) = ("no".to_owned(), "不".to_owned());
                store.delivered(&delivery, Verdict::Refused { code, words }).await.unwrap();
                let case = model.due().unwrap();
                case.status = CaseStatus::Returned;
                case.waits = false;
            }
            Op::Hold => {
                let Some(delivery) = due(&store, &mut model, start).await else { continue };
                let code = "number_taken".to_owned();
                store.delivered(&delivery, Verdict::Held { code }).await.unwrap();
                let case = model.due().unwrap();
                case.failures += 1;
                case.not_before = HELD_S;
                let news = !std::mem::replace(&mut case.held, true);
                model.skips |= news;
            }
            Op::Complete { which } => {
                let accepted = model.cases.iter_mut().filter(|c| c.status == CaseStatus::Accepted);
                let Some(case) = accepted.into_iter().nth(which) else { continue };
                let booked = model.books.iter().find(|(_, (number, _))| *number == case.number);
                let idempotency_key = booked.unwrap().0.clone();
                let answer = cases::answer(CaseStatus::Completed);
                let change = Change { idempotency_key, answer };
                let moved = store.apply_changes("1", vec![change]).await.unwrap();
                assert_eq!(moved[0].number, case.number);
                case.status = CaseStatus::Completed;
            }
            Op::Wait { seconds } => model.now += seconds,
            Op::NetworkBack => {
                store.retry_all().await.unwrap();
                model.cases.iter_mut().filter(|c| !c.held).for_each(|c| c.not_before = 0);
            }
            Op::Restart => {
                store.close().await;
                store = open(folder.path());
                model.cases.iter_mut().for_each(|c| c.not_before = 0);
            }
        }
    }
    // The network comes back for good, and a technician has mended what was held.
    store.retry_all().await.unwrap();
    model.now += 3 * HELD_S;
    model.cases.iter_mut().for_each(|c| c.not_before = 0);
    while let Some(delivery) = due(&store, &mut model, start).await {
        book(&mut model, &delivery);
        store
            .delivered(&delivery, Verdict::Application(cases::answer(CaseStatus::Accepted)))
            .await
            .unwrap();
        let case = model.due().unwrap();
        case.status = CaseStatus::Accepted;
        case.waits = false;
    }
    let mut told = model.rows;
    for case in &model.cases {
        let facts = store.case(&case.number).await.unwrap().unwrap();
        assert_eq!(facts.status, case.status, "{}", case.number);
        told += match case.status {
            CaseStatus::Received => 1,
            CaseStatus::Accepted | CaseStatus::Returned => 2,
            CaseStatus::Completed => 3,
        };
        told += u64::from(case.held);
        let keys = model.books.values().filter(|(number, _)| *number == case.number).count();
        let booked = usize::from(case.status != CaseStatus::Returned);
        assert!(keys <= 1 && keys >= booked, "{}: {keys} keys in the books", case.number);
    }
    assert_eq!(rows(&store).await, told, "every step stands in the journal");
    let mut found: Vec<_> =
        store.cases_of(&person()).await.unwrap().rows.into_iter().map(|f| f.number).collect();
    found.reverse();
    let numbers: Vec<_> = model.cases.iter().map(|c| c.number.clone()).collect();
    assert_eq!(found, numbers);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn p3_the_queue_is_what_its_model_says(ops in proptest::collection::vec(op(), 1..40)) {
        block_on(play(ops));
    }
}

#[test]
fn p2_nothing_is_acknowledged_when_the_store_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    block_on(async {
        let other = store.clone();
        store.close().await;
        let refused = other.submit(new_case()).await;
        assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
    });
}
