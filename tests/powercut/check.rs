//! After the power cut: the ordinary program opens what is left, and it must be what was said.

use std::collections::BTreeSet;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use kuaiban::case::{CaseNumber, CaseStatus};
use kuaiban::domain::card::CardText;
use kuaiban::store::{DeliveryKind, NewSlip, SlipResult, SlipSerial, Store, StoreHealth, Verdict};
use kuaiban::testkit::{block_on, cases};

use crate::play::{Books, Case, Model, PEOPLE, Waiting, due, told};
use crate::recorder::Files;

/// What was told to somebody: sequences of case numbers, and the serials of slips.
#[derive(Clone, Default)]
pub struct Told {
    pub cases: BTreeSet<u64>,
    pub slips: BTreeSet<u64>,
}

impl Told {
    /// What a model knows.
    pub fn of(model: &Model) -> Told {
        let sequence = |case: &Case| CaseNumber::parse(&case.number).expect("a number").sequence();
        Told {
            cases: model.cases.iter().map(sequence).collect(),
            slips: model.slips.keys().copied().collect(),
        }
    }
}

/// Opens the store that lies in `files`; `Err` says in which way it is none of `allowed`.
///
/// `books` is what the platform was told before; what was `given` may not be given again.
pub fn survives(
    files: &Files,
    allowed: &[&Model],
    books: &Books,
    given: &Told,
) -> Result<(), String> {
    let folder = tempfile::tempdir_in(memory()).unwrap();
    lay_out(files, folder.path());
    let store = cases::open_store(folder.path()).map_err(|e| format!("it does not open: {e}"))?;
    block_on(look(&store, folder.path(), allowed, books, given))
}

/// What the store that lies in `files` knows when it is opened, no power having been cut.
pub fn known(files: &Files) -> Model {
    let folder = tempfile::tempdir_in(memory()).unwrap();
    lay_out(files, folder.path());
    let store = cases::open_store(folder.path()).expect("a whole disk opens");
    block_on(async {
        let (found, _) = observe(&store, folder.path(), &Books::new()).await.expect("a whole disk");
        store.clone().close().await;
        found
    })
}

/// Writes files as they lay on the disk.
fn lay_out(files: &Files, folder: &Path) {
    use std::io::Write as _;
    for (name, bytes) in files {
        let mut options = std::fs::File::options();
        let mut file =
            options.write(true).create_new(true).mode(0o600).open(folder.join(name)).unwrap();
        file.write_all(bytes).unwrap();
    }
}

/// Where the remains are looked at: memory, if there is some, since each of them lives for
/// milliseconds.
fn memory() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

async fn look(
    store: &Store,
    folder: &Path,
    allowed: &[&Model],
    books: &Books,
    given: &Told,
) -> Result<(), String> {
    let failed = |doing: &'static str| move |e| format!("{doing}: {e}");
    let (found, delivered) = observe(store, folder, books).await?;
    // Opening has made slips unknown of which nobody told.
    let opened = |model: &&Model| {
        let mut model = Model::clone(model);
        model.open();
        model
    };
    if !allowed.iter().any(|model| opened(model) == found) {
        return Err(format!("found {found:#?}\nwhich is none of {allowed:#?}"));
    }
    let after = journal(folder).len() - found.journal.len();
    if after != delivered {
        return Err(format!("{delivered} deliveries left {after} journal rows"));
    }
    let number = store.submit(cases::new_case()).await.map_err(failed("submitting"))?.number;
    if given.cases.contains(&number.sequence()) {
        return Err(format!("case number {number} is given a second time"));
    }
    let new = NewSlip { case: None, item: cases::QUERY.to_owned(), policy: None, reprint: false };
    let SlipSerial(serial) = store.order_slip(new).await.map_err(failed("ordering a slip"))?;
    if given.slips.contains(&serial) {
        return Err(format!("slip serial {serial} is given a second time"));
    }
    whole(store).await?;
    store.clone().close().await;
    Ok(())
}

/// What the store knows, and how many deliveries it took to learn what waits: they are made.
async fn observe(store: &Store, folder: &Path, books: &Books) -> Result<(Model, usize), String> {
    let rows = whole(store).await?;
    let mut found = Model { journal: journal(folder), slips: slips(folder), ..Model::default() };
    if rows != found.journal.len() as u64 {
        return Err(format!("{rows} journal rows verified, {} there", found.journal.len()));
    }
    for (person, id) in PEOPLE.iter().enumerate() {
        let card: Box<CardText> = cases::card_of(id);
        let theirs = store.cases_of(&card.number).await;
        let theirs = theirs.map_err(|e| format!("asking for cases: {e}"))?;
        if theirs.unreadable > 0 {
            return Err(format!("{} cases of {id} cannot be read", theirs.unreadable));
        }
        found.cases.extend(theirs.rows.into_iter().map(|facts| Case {
            number: facts.number.to_string(),
            status: facts.status,
            person,
            parts: facts.parts.iter().map(|part| part.status).collect(),
        }));
    }
    found.cases.sort_by(|a, b| a.number.cmp(&b.number));
    let delivered = drain(store, &mut found, books).await?;
    Ok((found, delivered))
}

/// Rows of a journal that is whole, in a database that is.
async fn whole(store: &Store) -> Result<u64, String> {
    match store.check().await {
        Ok(StoreHealth::Whole { rows }) => Ok(rows),
        other => Err(format!("checking the database: {other:?}")),
    }
}

/// Delivers everything that waits and notes it in `found`; how many there were.
async fn drain(store: &Store, found: &mut Model, books: &Books) -> Result<usize, String> {
    let (mut count, mut books) = (0, books.clone());
    while let Some(delivery) = due(store).await.map_err(|e| format!("asking the outbox: {e}"))? {
        let (what, told) = told(&delivery, &books);
        if books.get(&what).is_some_and(|before| *before != told) {
            return Err(format!(
                "{what}: the platform is told something else, or under another key"
            ));
        }
        books.insert(what.clone(), told);
        found.outbox.push(Waiting { what, attempts: delivery.attempts });
        let verdict = match delivery.kind {
            DeliveryKind::Application => Verdict::Application(cases::answer(CaseStatus::Accepted)),
            DeliveryKind::Evaluation => Verdict::EvaluationTaken,
        };
        let settled = store.delivered(&delivery, verdict).await;
        settled.map_err(|e| format!("noting an answer: {e}"))?;
        count += 1;
    }
    Ok(count)
}

/// Every slip and what became of it.
fn slips(folder: &Path) -> std::collections::BTreeMap<u64, Option<SlipResult>> {
    let database = rusqlite::Connection::open(folder.join("kiosk.db")).unwrap();
    let mut rows = database.prepare("SELECT serial, outcome FROM slip").unwrap();
    let result = |name: String| serde_json::from_value(name.into()).unwrap();
    rows.query_map([], |row| {
        let serial: i64 = row.get(0)?;
        Ok((serial.cast_unsigned(), row.get::<_, Option<String>>(1)?.map(result)))
    })
    .unwrap()
    .collect::<Result<_, _>>()
    .unwrap()
}

/// The journal's rows, oldest first: what happened, and to which case.
fn journal(folder: &Path) -> Vec<String> {
    let database = rusqlite::Connection::open(folder.join("kiosk.db")).unwrap();
    let mut rows = database
        .prepare("SELECT kind || ' ' || coalesce(case_number, '') FROM journal ORDER BY seq")
        .unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}
