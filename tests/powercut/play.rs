//! Random work on the real store, and a short model of what it must know afterwards.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use kuaiban::case::{CaseNumber, CaseStatus, PartFacts};
use kuaiban::journal::Event;
use kuaiban::store::{
    Change, Delivery, DeliveryKind, Due, Hindrance, NewCase, NewSlip, PlatformAnswer, SlipResult,
    SlipSerial, Store, StoreError, Verdict,
};
use kuaiban::testkit::cases;

use crate::cut::Random;

/// Two of the kit's people bring their cases here.
pub const PEOPLE: [&str; 2] = ["citizen", "elderly"];

/// Items of the sub-cases of a package.
const PARTS: [&str; 2] = ["unemployment_registration", "flexible_employment"];

/// One thing that a kiosk asks of its store.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Submit {
        person: usize,
        package: bool,
    },
    Evaluate {
        which: usize,
    },
    /// The platform takes the first delivery, refuses it, or is not there.
    Deliver,
    Refuse,
    Fail,
    /// The platform completes a case when asked.
    Complete {
        which: usize,
    },
    /// The platform accepts the next part of a package.
    MovePart,
    Journal,
    OrderSlip,
    /// The printer says what became of the oldest slip that it was given since the opening.
    TellSlip,
    Reopen,
}

impl Step {
    pub fn any(random: &mut Random) -> Step {
        let which = random.below(8);
        match random.below(15) {
            0..3 => Step::Submit { person: which % PEOPLE.len(), package: which < 4 },
            3..5 => Step::Evaluate { which },
            5..7 => Step::Deliver,
            7 => Step::Refuse,
            8 => Step::Fail,
            9 => Step::Complete { which },
            10 => Step::Journal,
            11 => Step::OrderSlip,
            12 => Step::TellSlip,
            13 => Step::MovePart,
            _ => Step::Reopen,
        }
    }
}

/// What a store knows, as far as a citizen, a technician or the platform can see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// In the order received.
    pub cases: Vec<Case>,
    /// In the order in which it will be told.
    pub outbox: Vec<Waiting>,
    /// By serial: `None` while it is not told.
    pub slips: BTreeMap<u64, Option<SlipResult>>,
    pub journal: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub number: String,
    pub status: CaseStatus,
    pub person: usize,
    pub parts: Vec<CaseStatus>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Number of the case, or `evaluation of` it.
    pub what: String,
    pub attempts: u32,
}

/// What the platform was told under which key: the same at every attempt, before and after a cut.
pub type Books = BTreeMap<String, (String, Vec<u8>)>;

/// A store under work.
pub struct Player {
    pub store: Store,
    pub model: Model,
    pub books: Books,
}

impl Model {
    /// What opening changes: a slip without outcome is unknown.
    pub fn open(&mut self) {
        let open: Vec<_> =
            self.slips.iter().filter(|(_, told)| told.is_none()).map(|(n, _)| *n).collect();
        for serial in open {
            self.slips.insert(serial, Some(SlipResult::Unknown));
            self.journal.push("slip_outcome ".to_owned());
        }
    }
}

impl Player {
    pub fn open(folder: &Path, model: Model) -> Result<Player, StoreError> {
        Ok(Player { store: cases::open_store(folder)?, model, books: Books::new() })
    }

    /// Does one step with store and model. A step that cannot be done now does nothing.
    pub async fn step(&mut self, step: Step, folder: &Path) -> Result<(), StoreError> {
        match step {
            Step::Submit { person, package } => self.submit(person, package).await?,
            Step::Evaluate { which } => self.evaluate(which).await?,
            Step::Deliver => self.tell(Answer::Taken).await?,
            Step::Refuse => self.tell(Answer::Refused).await?,
            Step::Fail => self.tell(Answer::None).await?,
            Step::Complete { which } => self.complete(which).await?,
            Step::MovePart => self.move_part().await?,
            Step::Journal => {
                self.store.journal(Event::Clock { trusted: true }).await?;
                self.note("clock", "");
            }
            Step::OrderSlip => {
                let new = NewSlip {
                    case: None,
                    item: cases::QUERY.to_owned(),
                    policy: None,
                    reprint: false,
                };
                let SlipSerial(serial) = self.store.order_slip(new).await?;
                self.model.slips.insert(serial, None);
                self.note("slip_ordered", "");
            }
            Step::TellSlip => {
                let open = self.model.slips.iter().find(|(_, told)| told.is_none());
                let Some(serial) = open.map(|(serial, _)| *serial) else { return Ok(()) };
                let printed = SlipResult::Printed;
                self.store.slip_outcome(SlipSerial(serial), printed, None).await?;
                self.model.slips.insert(serial, Some(printed));
                self.note("slip_outcome", "");
            }
            Step::Reopen => {
                self.store.clone().close().await;
                self.store = cases::open_store(folder)?;
                self.model.open();
            }
        }
        Ok(())
    }

    async fn submit(&mut self, person: usize, package: bool) -> Result<(), StoreError> {
        let items: &[&str] = if package { &PARTS } else { &[] };
        let case = NewCase {
            card: cases::card_of(PEOPLE[person]).into(),
            parts: items.iter().map(|item| (*item).to_owned()).collect(),
            ..cases::new_case()
        };
        let number = self.store.submit(case).await?.number.to_string();
        self.model.outbox.push(Waiting { what: number.clone(), attempts: 0 });
        self.note("case_received", &number);
        let status = CaseStatus::Received;
        let parts = vec![status; items.len()];
        self.model.cases.push(Case { number, status, person, parts });
        Ok(())
    }

    async fn evaluate(&mut self, which: usize) -> Result<(), StoreError> {
        let Some(case) = self.model.cases.get(which) else { return Ok(()) };
        let number = case.number.clone();
        let about = parsed(&number);
        match self.store.record_evaluation(cases::new_evaluation(Some(about))).await {
            Ok(()) => {
                self.note("evaluation_pressed", &number);
                let what = evaluation_of(&number);
                self.model.outbox.push(Waiting { what, attempts: 0 });
                Ok(())
            }
            Err(StoreError::AlreadyEvaluated(_)) => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// One delivery, the first of the outbox.
    async fn tell(&mut self, answer: Answer) -> Result<(), StoreError> {
        self.store.retry_all().await?;
        let Some(delivery) = due(&self.store).await? else { return Ok(()) };
        let (what, told) = told(&delivery, &self.books);
        self.books.insert(what.clone(), told);
        if answer == Answer::None {
            self.model.outbox[0].attempts += 1;
            let next = Instant::now() + Duration::from_secs(3600);
            return self.store.failed(&delivery, Hindrance::Platform, "status 503", next).await;
        }
        let is_case = delivery.kind == DeliveryKind::Application;
        let verdict = match (answer, is_case) {
            (Answer::Refused, _) => {
                Verdict::Refused { code: "no".to_owned(), words: "样例：不".to_owned() }
            }
            (_, true) => Verdict::Application(cases::answer(CaseStatus::Accepted)),
            (_, false) => Verdict::EvaluationTaken,
        };
        self.store.delivered(&delivery, verdict).await?;
        self.model.outbox.remove(0);
        let number = what.strip_prefix(EVALUATION_OF).unwrap_or(&what);
        let (kind, status) = match (is_case, answer == Answer::Refused) {
            (true, true) => ("case_returned", CaseStatus::Returned),
            (true, false) => ("case_accepted", CaseStatus::Accepted),
            (false, true) => {
                self.note("evaluation_refused", number);
                return Ok(());
            }
            (false, false) => {
                self.note("evaluation_taken", number);
                return Ok(());
            }
        };
        self.note(kind, number);
        self.move_case(number, status);
        Ok(())
    }

    async fn complete(&mut self, which: usize) -> Result<(), StoreError> {
        let accepted = self.model.cases.iter().filter(|c| c.status == CaseStatus::Accepted);
        let Some(number) = accepted.map(|c| c.number.clone()).nth(which / 2) else {
            return Ok(());
        };
        let idempotency_key = self.books[&number].0.clone();
        let answer = cases::answer(CaseStatus::Completed);
        let change = Change { idempotency_key, answer };
        self.store.apply_changes(&number, vec![change]).await?;
        self.note("case_completed", &number);
        self.move_case(&number, CaseStatus::Completed);
        Ok(())
    }

    async fn move_part(&mut self) -> Result<(), StoreError> {
        let waits = |part: &CaseStatus| *part == CaseStatus::Received;
        let case = self
            .model
            .cases
            .iter_mut()
            .find(|case| case.status == CaseStatus::Accepted && case.parts.iter().any(waits));
        let Some(case) = case else { return Ok(()) };
        let place = case.parts.iter().position(waits).expect("one that waits");
        let part = PartFacts {
            item: PARTS[place].to_owned(),
            status: CaseStatus::Accepted,
            completed_at: None,
            due_at: None,
            acceptance_number: None,
            note: None,
        };
        let idempotency_key = self.books[&case.number].0.clone();
        let answer = PlatformAnswer { parts: vec![part], ..cases::answer(CaseStatus::Accepted) };
        let cursor = format!("{} {place}", case.number);
        self.store.apply_changes(&cursor, vec![Change { idempotency_key, answer }]).await?;
        case.parts[place] = CaseStatus::Accepted;
        let number = case.number.clone();
        self.note("case_part_moved", &number);
        Ok(())
    }

    fn move_case(&mut self, number: &str, status: CaseStatus) {
        let case = self.model.cases.iter_mut().find(|c| c.number == number);
        case.expect("a case of this store").status = status;
    }

    fn note(&mut self, kind: &str, number: &str) {
        self.model.journal.push(format!("{kind} {number}"));
    }
}

/// What the platform does with a delivery.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Taken,
    Refused,
    None,
}

const EVALUATION_OF: &str = "evaluation of ";

fn evaluation_of(number: &str) -> String {
    format!("{EVALUATION_OF}{number}")
}

/// A case number that came from the store itself.
fn parsed(number: &str) -> CaseNumber {
    CaseNumber::parse(number).expect("a number of the store")
}

/// The delivery that is due now.
pub async fn due(store: &Store) -> Result<Option<Box<Delivery>>, StoreError> {
    Ok(match store.due(Instant::now()).await? {
        Due::Now(delivery) => Some(delivery),
        Due::Later(_) | Due::Nothing => None,
    })
}

/// What a delivery is about; its key and what it says, byte for byte.
pub fn told(delivery: &Delivery, books: &Books) -> (String, (String, Vec<u8>)) {
    let told = (delivery.idempotency_key.clone(), delivery.body.to_vec());
    let body: serde_json::Value = serde_json::from_slice(&delivery.body).expect("JSON");
    let what = match delivery.kind {
        DeliveryKind::Application => body["case_number"].as_str().expect("its number").to_owned(),
        DeliveryKind::Evaluation => {
            let of = body["application_id"].as_str().unwrap_or("a query");
            let case = books.iter().find(|(_, (key, _))| key == of);
            // One that was told by an older program is known by its key only.
            evaluation_of(case.map_or(of, |(number, _)| number))
        }
    };
    (what, told)
}
