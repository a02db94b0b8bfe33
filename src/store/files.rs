//! The files of a database: one true path, nothing but regular files, and changes that outlive a
//! power cut.

use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::StoreError;

/// Most that is read of a file other than the database.
const SMALL: u64 = 4096;

/// The path that the file really has, so that two names of one database are one. The file itself
/// may not exist yet; its folder must.
///
/// # Errors
/// `NotAFile` for a link that leads nowhere, `Io` where the folder cannot be read.
pub(super) fn true_path(path: &Path) -> Result<PathBuf, StoreError> {
    let io = |at: &Path, e| StoreError::io(at, "looking for the database", e);
    match path.canonicalize() {
        Ok(path) => Ok(path),
        Err(e) if e.kind() != ErrorKind::NotFound => Err(io(path, e)),
        Err(_) if path.is_symlink() => Err(StoreError::NotAFile {
            path: path.to_owned(),
            found: "a symbolic link that leads nowhere",
        }),
        Err(e) => {
            let Some(name) = path.file_name() else { return Err(io(path, e)) };
            let folder = folder_of(path);
            Ok(folder.canonicalize().map_err(|e| io(folder, e))?.join(name))
        }
    }
}

/// Whether a file is there. Looked at before it is opened: opening a FIFO waits for ever, and
/// opening a device may do something.
///
/// # Errors
/// `NotAFile` for anything but a regular file.
pub(super) fn is_file(path: &Path) -> Result<bool, StoreError> {
    let kind = match std::fs::metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(e) if e.kind() == ErrorKind::NotFound && path.is_symlink() => {
            let found = "a symbolic link that leads nowhere";
            return Err(StoreError::NotAFile { path: path.to_owned(), found });
        }
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(StoreError::io(path, "looking at the file", e)),
    };
    let found = if kind.is_file() {
        return Ok(true);
    } else if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a FIFO"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_block_device() || kind.is_char_device() {
        "a device"
    } else {
        "no regular file"
    };
    Err(StoreError::NotAFile { path: path.to_owned(), found })
}

/// `path` with `suffix` at its very end.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// The whole of a small file; `None` if there is none.
pub(super) fn read_small(
    path: &Path,
    doing: &'static str,
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    if !is_file(path)? {
        return Ok(None);
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(SMALL as usize));
    File::open(path)
        .and_then(|file| file.take(SMALL).read_to_end(&mut bytes))
        .map_err(|e| StoreError::io(path, doing, e))?;
    Ok(Some(bytes))
}

/// Makes a file, 0600, with this content on the disk. Its name outlives a power cut only after
/// [`sync_folder`].
pub(super) fn write_new(path: &Path, bytes: &[u8], doing: &'static str) -> Result<(), StoreError> {
    let write = || {
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|e| StoreError::io(path, doing, e))
}

/// Gives a file `length` bytes on the disk, zeros behind what it has. What is written there later
/// changes bytes only; at the end of a file the file system would have to note at every sync that
/// the file has grown. A disk that has no room for it is left as it was.
pub(super) fn lay_out(path: &Path, length: u64) -> std::io::Result<()> {
    let mut file = File::options().append(true).open(path)?;
    let has = file.metadata()?.len();
    let zeros = vec![0; usize::try_from(length.saturating_sub(has)).unwrap_or(0)];
    let written = file.write_all(&zeros).and_then(|()| file.sync_all());
    written.inspect_err(|_| drop(file.set_len(has)))
}

/// Puts a file in the place of another, whole or not at all, whatever happens meanwhile.
pub(super) fn replace(path: &Path, bytes: &[u8], doing: &'static str) -> Result<(), StoreError> {
    let new = beside(path, ".new");
    remove_leftover(&new)?;
    write_new(&new, bytes, doing)?;
    rename(&new, path, doing)
}

/// Gives a synced file its name, so that it has it after a power cut, too.
pub(super) fn rename(from: &Path, to: &Path, doing: &'static str) -> Result<(), StoreError> {
    std::fs::rename(from, to).map_err(|e| StoreError::io(to, doing, e))?;
    sync_folder(to)
}

/// A file of ours that a power cut left half made.
pub(super) fn remove_leftover(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => {
            Err(StoreError::io(path, "removing a half-made file", e))
        }
        _ => Ok(()),
    }
}

/// Makes created, renamed and removed names survive a power cut.
pub(super) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = folder_of(path);
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|e| StoreError::io(folder, "syncing the folder", e))
}

pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
