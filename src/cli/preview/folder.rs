//! The folder of a preview: made, or one that holds nothing but an earlier preview.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use kuaiban::file;

const NAME: &str = "index.html";
/// While it is being made.
const HALF: &str = "index.html.new";

/// Stands near the beginning of every preview, and says that a file is one.
pub const MARK: &str = "<meta name=\"generator\" content=\"kuaiban pack preview\">";
/// How far into a file it is looked for, in bytes.
const MARK_WITHIN: u64 = 512;

/// A preview under way. What is not finished leaves nothing behind.
pub struct Folder {
    path: PathBuf,
    file: BufWriter<File>,
    /// Bytes written.
    written: u64,
    /// The folder was made for it.
    made: bool,
    finished: bool,
}

impl Folder {
    /// # Errors
    /// Something else stands there, or nothing can be written.
    pub fn open(path: &Path) -> anyhow::Result<Folder> {
        let place = || path.display().to_string();
        let made = !path.exists();
        if made {
            std::fs::create_dir_all(path)
                .with_context(|| format!("{}: cannot be made; give another --out", place()))?;
        } else {
            only_a_preview(path)?;
        }
        let half = path.join(HALF);
        let cannot = || format!("{}: cannot be written", half.display());
        let opened = File::create(&half).with_context(cannot);
        let file = BufWriter::new(opened.inspect_err(|_| {
            if made {
                let _ = std::fs::remove_dir(path);
            }
        })?);
        Ok(Folder { path: path.to_owned(), file, written: 0, made, finished: false })
    }

    /// Puts the preview in the place of an earlier one. Returns the file and its size in bytes.
    pub fn finish(mut self) -> anyhow::Result<(PathBuf, u64)> {
        let name = self.path.join(NAME);
        let cannot = || format!("{}: cannot be written", name.display());
        self.file.flush().with_context(cannot)?;
        self.file.get_ref().sync_all().with_context(cannot)?;
        std::fs::rename(self.path.join(HALF), &name).with_context(cannot)?;
        self.finished = true;
        file::sync_folder(&self.path).with_context(cannot)?;
        Ok((name, self.written))
    }
}

impl Write for Folder {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.finished {
            let _ = std::fs::remove_file(self.path.join(HALF));
            if self.made {
                let _ = std::fs::remove_dir(&self.path);
            }
        }
    }
}

/// Refuses a folder in which anything stands that no preview has made.
fn only_a_preview(path: &Path) -> anyhow::Result<()> {
    let place = path.display();
    let other = "give --out a new folder; nothing was changed";
    if !path.is_dir() {
        bail!("{place}: is no folder; {other}");
    }
    let entries = std::fs::read_dir(path).with_context(|| format!("{place}: cannot be read"))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("{place}: cannot be read"))?;
        let name = entry.file_name();
        if (name != NAME && name != HALF) || !is_preview(&entry.path()) {
            let name = name.to_string_lossy().into_owned();
            bail!("{place}: holds {name:?}, which is no preview of a pack; {other}");
        }
    }
    Ok(())
}

/// Also one whose making was cut off before a byte was written.
fn is_preview(path: &Path) -> bool {
    let is_file = std::fs::symlink_metadata(path).is_ok_and(|there| there.is_file());
    let mut begin = Vec::new();
    let read = |begin: &mut Vec<u8>| File::open(path)?.take(MARK_WITHIN).read_to_end(begin);
    is_file
        && read(&mut begin).is_ok()
        && (begin.is_empty() && path.ends_with(HALF)
            || String::from_utf8_lossy(&begin).contains(MARK))
}
