//! The right to be the one writer of a database: a lock on the database file itself, which nobody
//! can delete and which every name of the file shares.
//!
//! It is a `flock`, which SQLite does not use. Closing any handle of a file gives back all locks of
//! the other kind (POSIX) that this process holds on it, those of SQLite among them: therefore
//! the file stays open until SQLite has closed it, and is not opened again meanwhile.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::StoreError;

/// A held lock.
pub(super) struct Lock {
    file: File,
    id: FileId,
}

/// Device and inode: the same file under whatever name.
type FileId = (u64, u64);

/// Files locked by this process.
static HELD: Mutex<BTreeSet<FileId>> = Mutex::new(BTreeSet::new());

fn held() -> MutexGuard<'static, BTreeSet<FileId>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lock {
    /// Takes the lock of a file or a folder that exists.
    ///
    /// # Errors
    /// `InUse` at once where somebody else holds it.
    pub(super) fn take(path: &Path) -> Result<Lock, StoreError> {
        let io = |e| StoreError::io(path, "taking the lock of the database", e);
        let in_use = || StoreError::InUse { path: path.to_owned() };
        let metadata = std::fs::metadata(path).map_err(io)?;
        let id = (metadata.dev(), metadata.ino());
        let mut held = held();
        if held.contains(&id) {
            return Err(in_use());
        }
        let file = File::open(path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(in_use()),
            Err(std::fs::TryLockError::Error(e)) => return Err(io(e)),
        }
        let locked = file.metadata().map_err(io)?;
        if (locked.dev(), locked.ino()) != id {
            // Somebody has just put another file in its place.
            return Err(in_use());
        }
        held.insert(id);
        Ok(Lock { file, id })
    }

    /// The locked file, for reading.
    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for Lock {
    /// Given back in words: closing the file alone would leave it with a child process that was
    /// forked from this one and has not yet become its own program.
    fn drop(&mut self) {
        let _ = self.file.unlock();
        held().remove(&self.id);
    }
}

/// Whether a kiosk holds this database now.
///
/// # Errors
/// `NotAFile`, `Io`.
pub fn in_use(config: &crate::config::Store) -> Result<bool, StoreError> {
    let path = super::files::true_path(&config.path)?;
    if !super::files::is_file(&path)? {
        return Ok(false);
    }
    match Lock::take(&path) {
        Ok(_) => Ok(false),
        Err(StoreError::InUse { .. }) => Ok(true),
        Err(e) => Err(e),
    }
}
