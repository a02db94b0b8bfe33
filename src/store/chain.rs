//! The journal's chain (promise P7): every row carries the SM3 digest of itself and of the row
//! before, so a changed, inserted or removed row is found and named. What the rows say is declared
//! in `src/journal.rs`.
//!
//! The head of the chain stands in the table `kiosk`; whoever can write the database and rewrites
//! every row after the one he changed, head included, is found only by comparing with a head that
//! was seen elsewhere.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use sm3::{Digest as _, Sm3};

use super::StoreError;
use crate::journal::Event;

type Hash = [u8; 32];

/// What a row's digest is made of: 2 includes this number itself, 1 (the first schema) did not
/// have it.
const HASH_VERSION: u8 = 2;
/// Rows that are read at a time, so that no transaction is open for long.
const AT_A_TIME: i64 = 512;
/// Largest `detail` in bytes.
const DETAIL_MAX: usize = 4096;

/// Appends one row inside the caller's transaction; `(at, trusted)` of the moment it happened.
///
/// # Errors
/// `TooLarge` for facts that are no facts any more.
pub(super) fn append(
    connection: &Connection,
    (at, trusted): (Timestamp, bool),
    event: &Event,
) -> Result<(), super::db::Failure> {
    let detail = event.detail().to_string();
    super::db::bounded("detail of a journal row", detail.len(), DETAIL_MAX)?;
    let (seq, prev) = head(connection)?;
    let row = Row {
        seq: seq + 1,
        at: at.to_string(),
        clock_trusted: trusted,
        kind: event.kind().name.to_owned(),
        case: event.case().map(ToString::to_string),
        detail,
    };
    let hash = row.hash(HASH_VERSION, &prev);
    connection
        .prepare_cached(
            "INSERT INTO journal
             (seq, at, clock_trusted, kind, case_number, detail, hash_version, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            row.seq,
            row.at,
            row.clock_trusted,
            row.kind,
            row.case,
            row.detail,
            HASH_VERSION,
            hash
        ])?;
    connection
        .prepare_cached(
            "UPDATE kiosk SET journal_seq = ?1, journal_hash = ?2,
             trusted_at = CASE WHEN ?3 THEN ?4 ELSE trusted_at END",
        )?
        .execute(params![row.seq, hash, row.clock_trusted, row.at])?;
    Ok(())
}

/// Number of rows whose chain holds, from the first to the head, a few hundred at a time.
///
/// # Errors
/// `JournalBroken` names the first row that does not fit; whatever `go_on` says between two steps.
pub(super) fn verify(
    connection: &Connection,
    go_on: impl Fn() -> Result<(), StoreError>,
    sqlite: impl Fn(rusqlite::Error) -> StoreError,
) -> Result<u64, StoreError> {
    let (mut count, mut prev) = (0, [0; 32]);
    // Rows are only ever appended: between two steps nothing behind changes, and the head is
    // compared in one transaction with the last step.
    while !verify_step(connection, &mut count, &mut prev, &sqlite)? {
        go_on()?;
    }
    Ok(count.unsigned_abs())
}

/// Goes on from row `count`, whose digest is `prev`. `true` when the head was reached.
fn verify_step(
    connection: &Connection,
    count: &mut i64,
    prev: &mut Hash,
    sqlite: &impl Fn(rusqlite::Error) -> StoreError,
) -> Result<bool, StoreError> {
    let broken = |seq: i64, what| Err(StoreError::JournalBroken { seq: seq.unsigned_abs(), what });
    let transaction = connection.unchecked_transaction().map_err(sqlite)?;
    let mut statement = transaction
        .prepare_cached(
            "SELECT seq, at, clock_trusted, kind, case_number, detail, hash_version, hash
             FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )
        .map_err(sqlite)?;
    let mut rows = statement.query([*count, AT_A_TIME]).map_err(sqlite)?;
    let mut read_now = 0;
    while let Some(stored) = rows.next().map_err(sqlite)? {
        let seq: i64 = stored.get(0).map_err(sqlite)?;
        if seq != *count + 1 {
            return broken(*count + 1, "is missing");
        }
        let read = || -> Result<(Row, u8, Vec<u8>), rusqlite::Error> {
            let row = Row {
                seq,
                at: stored.get(1)?,
                clock_trusted: stored.get(2)?,
                kind: stored.get(3)?,
                case: stored.get(4)?,
                detail: stored.get(5)?,
            };
            Ok((row, stored.get(6)?, stored.get(7)?))
        };
        let Ok((row, version, hash)) = read() else { return broken(seq, "cannot be read") };
        if !(1..=HASH_VERSION).contains(&version) {
            return broken(seq, "has a digest that this version does not know");
        }
        if hash != row.hash(version, prev) {
            return broken(seq, "was changed, or does not follow from the row before");
        }
        prev.copy_from_slice(&hash);
        *count = seq;
        read_now += 1;
    }
    if read_now == AT_A_TIME {
        return Ok(false);
    }
    let (head_seq, head_hash) = head(&transaction).map_err(sqlite)?;
    if head_seq > *count {
        return broken(*count + 1, "is missing");
    }
    if head_seq < *count || head_hash != *prev {
        return broken(*count, "is not the head that was noted");
    }
    Ok(true)
}

fn head(connection: &Connection) -> Result<(i64, Hash), rusqlite::Error> {
    connection
        .prepare_cached("SELECT journal_seq, journal_hash FROM kiosk")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
}

struct Row {
    seq: i64,
    at: String,
    clock_trusted: bool,
    kind: String,
    case: Option<String>,
    detail: String,
}

impl Row {
    /// SM3 over the row before and every column, each text behind its length so that no two
    /// different rows give the same bytes.
    fn hash(&self, version: u8, prev: &Hash) -> Hash {
        let mut sm3 = Sm3::new();
        if version > 1 {
            sm3.update([version]);
        }
        sm3.update(prev);
        sm3.update(self.seq.to_be_bytes());
        sm3.update([u8::from(self.clock_trusted), u8::from(self.case.is_some())]);
        for text in
            [&self.at, &self.kind, self.case.as_ref().unwrap_or(&String::new()), &self.detail]
        {
            sm3.update((text.len() as u64).to_be_bytes());
            sm3.update(text.as_bytes());
        }
        sm3.finalize().into()
    }
}
