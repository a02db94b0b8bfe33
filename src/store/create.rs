//! Making a database: schema and key check stand in its main file before it gets its name, so
//! that a database of ours without them is one that lost something.

use std::path::Path;
use std::sync::Arc;

use rusqlite::OpenFlags;

use super::lock::Lock;
use super::mark::{self, Given};
use super::open::{APPLICATION_ID, connect, set};
use super::seal::Sealer;
use super::{StoreError, files, migrations};

/// Bytes of a page. A commit writes whole pages, and most rows are far smaller than the usual
/// 4096.
const PAGE: &str = "512";
const DOING: &str = "creating the database";

/// Makes database and key. Whatever cuts this off, the next start finds nothing, and begins anew,
/// or both ([`finish`]).
///
/// # Errors
/// `DatabaseMissing` where a key or a log says that there was one; `InUse` where another program
/// is doing the same.
pub(super) fn create(path: &Path) -> Result<(), StoreError> {
    let _one_at_a_time = Lock::take(files::folder_of(path))?;
    nothing_beside(path)?;
    remove_leftovers(path)?;
    let key = files::beside(path, ".key");
    let (new, new_key) = (files::beside(path, ".new"), files::beside(&key, ".new"));
    let sealer = Arc::new(Sealer::create(&new_key)?);
    files::write_new(&new, b"", DOING)?;
    let mut connection = connect(&new, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    set(&connection, &new, "page_size", PAGE)?;
    set(&connection, &new, "application_id", &APPLICATION_ID.to_string())?;
    set(&connection, &new, "synchronous", "FULL")?;
    migrations::to_latest(&mut connection, &new, &sealer, "")?;
    // From here on a log is kept; nothing stands in it yet.
    set(&connection, &new, "journal_mode", "WAL")?;
    connection.close().map_err(|(_, e)| StoreError::sqlite(&new, DOING, e))?;
    std::fs::File::open(&new)
        .and_then(|file| file.sync_all())
        .map_err(|e| StoreError::io(&new, DOING, e))?;
    // The key first under its passing name, then the database, then the key: a key beside no
    // database would say that cases were stored here.
    files::sync_folder(path)?;
    files::rename(&new, path, DOING)?;
    name_key(path, &new_key, &key)
}

/// The last step: from here on a database without its mark or its key is one that lost it.
fn name_key(path: &Path, new: &Path, key: &Path) -> Result<(), StoreError> {
    let mark = mark::path_of(path);
    if !files::is_file(&mark)? {
        mark::create(&mark, Given::default())?;
    }
    files::rename(new, key, DOING)
}

/// Whether a place without database never had one.
///
/// # Errors
/// `DatabaseMissing`.
pub(super) fn nothing_beside(path: &Path) -> Result<(), StoreError> {
    for suffix in [".key", "-wal", ".given"] {
        let beside = files::beside(path, suffix);
        if files::is_file(&beside)? {
            return Err(StoreError::DatabaseMissing { path: path.to_owned(), beside });
        }
    }
    Ok(())
}

/// The key of a database whose making was cut off before the key got its name.
///
/// # Errors
/// `KeyMissing` where no such key lies there.
pub(super) fn finish(path: &Path, fits: impl Fn(&Sealer) -> bool) -> Result<Sealer, StoreError> {
    let key = files::beside(path, ".key");
    let new = files::beside(&key, ".new");
    match Sealer::read(&new) {
        Ok(Some(sealer)) if fits(&sealer) => {
            name_key(path, &new, &key)?;
            Ok(sealer)
        }
        _ => Err(StoreError::KeyMissing { path: key }),
    }
}

/// Removes what a making that was cut off has left.
pub(super) fn remove_leftovers(path: &Path) -> Result<(), StoreError> {
    let new = files::beside(path, ".new");
    for suffix in ["", "-wal", "-shm", "-journal"] {
        files::remove_leftover(&files::beside(&new, suffix))?;
    }
    files::remove_leftover(&files::beside(path, ".key.new"))
}
