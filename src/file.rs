//! Files that somebody else wrote. A pipe in the place of one would hold whoever opens it, and a
//! device has no end.

use std::fs::File;
use std::io::{Error, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The bytes of a regular file, read once and whole.
///
/// # Errors
/// `InvalidInput` for anything but a regular file, `FileTooLarge` for more than `largest` bytes,
/// else why it cannot be read.
pub fn read(path: &Path, largest: u64) -> std::io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "no regular file"));
    }
    // Room for all of it at once: of a secret no part stays behind in memory that was too small.
    let mut bytes = Vec::with_capacity(metadata.len().min(largest) as usize + 1);
    File::open(path)?.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        let larger = format!("larger than {} KiB", largest / 1024);
        return Err(Error::new(ErrorKind::FileTooLarge, larger));
    }
    Ok(bytes)
}

/// [`read`], as text.
///
/// # Errors
/// Also `InvalidData` for what is not UTF-8.
pub fn read_text(path: &Path, largest: u64) -> std::io::Result<String> {
    let text = String::from_utf8(read(path, largest)?);
    text.map(without_mark).map_err(|_| Error::new(ErrorKind::InvalidData, "no UTF-8 text"))
}

/// Writes a regular file, in the place of one or of nothing.
///
/// # Errors
/// `InvalidInput` for a place where anything but a regular file is, else why it cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return Err(Error::new(ErrorKind::InvalidInput, "no regular file"));
    }
    std::fs::write(path, bytes)
}

/// Puts a file in the place of another or of nothing: whole or not at all, also where the power is
/// cut, and on the disk when this returns. Everybody may read it.
///
/// # Errors
/// Why it cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    // What a power cut has left half made.
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => write_new(&new, bytes)?,
    }
    std::fs::rename(&new, path)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes a file with this content on the disk. Its name outlives a power cut after [`sync_folder`].
///
/// # Errors
/// There is one, or why it cannot be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::options().write(true).create_new(true).mode(0o644).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes created, renamed and removed names of a folder survive a power cut.
///
/// # Errors
/// Why the folder cannot be synced.
pub fn sync_folder(folder: &Path) -> std::io::Result<()> {
    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

/// A text without the byte-order mark that some editors put before it.
pub fn without_mark(mut text: String) -> String {
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "a\u{4e00}").unwrap();
        assert_eq!(read(&path, 4).unwrap(), "a\u{4e00}".as_bytes());
        assert_eq!(read_text(&path, 4).unwrap(), "a\u{4e00}");
        std::fs::write(&path, "\u{feff}a").unwrap();
        assert_eq!(read_text(&path, 4).unwrap(), "a");
        std::fs::write(&path, "a\u{4e00}").unwrap();
        assert_eq!(read(&path, 3).unwrap_err().kind(), ErrorKind::FileTooLarge);
        std::fs::write(&path, b"\xff").unwrap();
        assert_eq!(read_text(&path, 3).unwrap_err().kind(), ErrorKind::InvalidData);
    }

    #[test]
    fn a_file_takes_the_place_of_another_also_after_a_half_made_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(folder.path().join("file.new"), "ha").unwrap();
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write_new(&path, b"three").is_err());
    }

    #[test]
    fn what_never_ends_or_never_answers_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        for path in [folder.path(), &pipe, Path::new("/dev/zero")] {
            assert_eq!(read(path, 9).unwrap_err().kind(), ErrorKind::InvalidInput, "{path:?}");
        }
    }
}
