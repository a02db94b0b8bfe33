//! The journal (全程可追溯, promise P7): every row carries the SM3 digest of itself and of the row
//! before, so a changed, inserted or removed row is found and named.
//!
//! The head of the chain stands in the table `kiosk`; whoever can write the database and rewrites
//! every row after the one he changed, head included, is found only by comparing with a head that
//! was seen elsewhere.

use rusqlite::{Connection, OptionalExtension as _, params};
use sm3::{Digest as _, Sm3};

use super::StoreError;

type Hash = [u8; 32];

/// What is written into one row; `at` and `clock_trusted` of the moment it happened.
pub(super) struct Entry<'a> {
    pub(super) at: jiff::Timestamp,
    pub(super) clock_trusted: bool,
    pub(super) kind: &'a str,
    pub(super) case: Option<&'a str>,
    pub(super) detail: &'a serde_json::Value,
}

/// Appends one row inside the caller's transaction.
pub(super) fn append(connection: &Connection, entry: &Entry<'_>) -> Result<(), rusqlite::Error> {
    let (seq, prev): (i64, Hash) = head(connection)?;
    let row = Row {
        seq: seq + 1,
        at: entry.at.to_string(),
        clock_trusted: entry.clock_trusted,
        kind: entry.kind.to_owned(),
        case: entry.case.map(str::to_owned),
        detail: entry.detail.to_string(),
    };
    let hash = row.hash(&prev);
    connection
        .prepare_cached(
            "INSERT INTO journal (seq, at, clock_trusted, kind, case_number, detail, prev, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            row.seq,
            row.at,
            row.clock_trusted,
            row.kind,
            row.case,
            row.detail,
            prev,
            hash
        ])?;
    connection
        .prepare_cached("UPDATE kiosk SET journal_seq = ?1, journal_hash = ?2")?
        .execute(params![row.seq, hash])?;
    Ok(())
}

/// Number of rows whose chain holds, from the first to the head.
///
/// # Errors
/// `JournalBroken` names the first row that does not fit.
pub(super) fn verify(
    connection: &Connection,
    sqlite: impl Fn(rusqlite::Error) -> StoreError,
) -> Result<u64, StoreError> {
    let broken = |seq: i64, what| Err(StoreError::JournalBroken { seq: seq.unsigned_abs(), what });
    // One transaction, so that a kiosk that writes meanwhile does not look like a tamperer.
    let transaction = connection.unchecked_transaction().map_err(&sqlite)?;
    let mut statement = transaction
        .prepare(
            "SELECT seq, at, clock_trusted, kind, case_number, detail, prev, hash
             FROM journal ORDER BY seq",
        )
        .map_err(&sqlite)?;
    let mut rows = statement.query([]).map_err(&sqlite)?;
    let (mut count, mut prev): (i64, Hash) = (0, [0; 32]);
    while let Some(stored) = rows.next().map_err(&sqlite)? {
        let seq: i64 = stored.get(0).map_err(&sqlite)?;
        if seq != count + 1 {
            return broken(count + 1, "is missing");
        }
        let read = || -> Result<(Row, Vec<u8>, Vec<u8>), rusqlite::Error> {
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
        let Ok((row, before, hash)) = read() else { return broken(seq, "cannot be read") };
        if before != prev {
            return broken(seq, "does not follow from the row before");
        }
        if hash != row.hash(&prev) {
            return broken(seq, "was changed");
        }
        prev.copy_from_slice(&hash);
        count = seq;
    }
    let (head_seq, head_hash) = head(&transaction).map_err(&sqlite)?;
    if head_seq > count {
        return broken(count + 1, "is missing");
    }
    if head_seq < count || head_hash != prev {
        return broken(count, "is not the head that was noted");
    }
    Ok(count.unsigned_abs())
}

fn head(connection: &Connection) -> Result<(i64, Hash), rusqlite::Error> {
    connection
        .prepare_cached("SELECT journal_seq, journal_hash FROM kiosk")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(rusqlite::Error::QueryReturnedNoRows)
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
    fn hash(&self, prev: &Hash) -> Hash {
        let mut sm3 = Sm3::new();
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
