//! The folder of a pack as files of TOML: read from the disk, or written where nothing is.

use std::io::{Error, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::fault::SheetError;
use super::{Folder, TomlFile};
use crate::pack::fault::{PackFault, Place};
use crate::pack::rule::Rule;
use crate::pack::{files, signature};

const MANIFEST: &str = "pack.toml";
/// Entries of a folder that are looked at.
const MOST_ENTRIES: usize = 4096;
/// Longest name of a file or folder, in bytes.
const LONGEST_NAME: usize = 120;

/// What was found.
pub(super) struct Found {
    /// The pack's own files first.
    pub folders: Vec<Folder>,
    pub left_out: Vec<String>,
}

/// Reads the TOML files of a pack.
///
/// # Errors
/// One cannot be read or is no TOML, or has a name that no workbook could give it again.
pub(super) fn read(pack: &Path) -> Result<Found, SheetError> {
    let mut found = Found { folders: Vec::new(), left_out: Vec::new() };
    let mut folders = vec![String::new()];
    for name in entries(pack)? {
        if pack.join(&name).is_dir() {
            folders.push(name);
        }
    }
    for name in folders {
        let mut folder = Folder { name, files: Vec::new() };
        for file in entries(&pack.join(&folder.name))? {
            let relative = folder.path(&file);
            if folder.name.is_empty() && file == signature::NAME {
                let why =
                    "left out, a signature fits only the files as they are; sign the new ones";
                found.left_out.push(format!("{file}: {why}"));
            } else if file.ends_with(".toml") && pack.join(&relative).is_file() {
                if let Some(problem) = unfit(&file).or_else(|| unfit_folder(&folder.name)) {
                    return Err(SheetError::NoRoom(relative, problem));
                }
                let table = table(pack, &relative)?;
                folder.files.push(TomlFile { name: file, table });
            } else if !folder.name.is_empty() || !pack.join(&relative).is_dir() {
                found
                    .left_out
                    .push(format!("{}: left out, it is no TOML file", relative.display()));
            }
        }
        found.folders.push(folder);
    }
    if !found.folders[0].files.iter().any(|file| file.name == MANIFEST) {
        let missing = Error::new(ErrorKind::NotFound, "is missing; is this the folder of a pack?");
        return Err(SheetError::File(pack.join(MANIFEST), missing));
    }
    Ok(found)
}

/// Names in a folder, in order, without what desktops and editors leave there.
fn entries(folder: &Path) -> Result<Vec<String>, SheetError> {
    let of_folder = |error| SheetError::File(folder.to_owned(), error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(of_folder)? {
        let name = entry.map_err(of_folder)?.file_name();
        if names.len() == MOST_ENTRIES {
            let problem = format!("more than {MOST_ENTRIES} files; take some out");
            return Err(SheetError::NoRoom(folder.to_owned(), problem));
        }
        let Ok(name) = name.into_string() else {
            return Err(SheetError::NoRoom(folder.to_owned(), "a name is no UTF-8 text".into()));
        };
        if !files::is_leftover(&name) {
            names.push(name);
        }
    }
    // What says what the pack is comes first.
    names.sort_by_key(|name| (name != MANIFEST, name.clone()));
    Ok(names)
}

fn table(pack: &Path, file: &Path) -> Result<toml::Table, SheetError> {
    let text = files::read_text(pack, file).map_err(SheetError::Pack)?;
    toml::from_str(&text).map_err(|error| {
        let place = Some(Place::of(&text, error.span().map_or(0, |span| span.start)));
        let problem = format!("not valid TOML: {}", error.message().replace('\n', "; "));
        let fault = PackFault::of_file(file, Rule::NotToml, problem);
        SheetError::Pack(PackFault { place, ..fault })
    })
}

/// What is wrong with the name of a file.
pub(super) fn unfit(name: &str) -> Option<String> {
    if !name.ends_with(".toml") || name.len() <= ".toml".len() {
        return Some("the name of a file ends with .toml, like 10-name.toml".to_owned());
    }
    if name == signature::NAME {
        return Some("a signature stands in no workbook; sign the new folder".to_owned());
    }
    unfit_name(name)
}

/// What is wrong with the name of a folder; the pack's own has none.
pub(super) fn unfit_folder(name: &str) -> Option<String> {
    if name.is_empty() { None } else { unfit_name(name) }
}

fn unfit_name(name: &str) -> Option<String> {
    let odd = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    if name.len() > LONGEST_NAME {
        return Some(format!("a name of at most {LONGEST_NAME} bytes is needed"));
    }
    if name.contains(odd) || name != name.trim() || name.starts_with([super::REMARK, '@']) {
        return Some("a name without / \\ : * ? \" < > |, ※ and @ before it, and spaces around it, is needed".to_owned());
    }
    // Nobody would read it.
    files::is_leftover(name)
        .then(|| "is the name of a file that nobody reads; name it otherwise".to_owned())
}

/// # Errors
/// There is something in the place of a folder.
pub(super) fn must_be_free(folder: &Path) -> Result<(), SheetError> {
    let of_folder = |error| SheetError::File(folder.to_owned(), error);
    if folder.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(());
    }
    let entries = std::fs::read_dir(folder).map_err(of_folder)?;
    if entries.count() > 0 { Err(SheetError::Exists(folder.to_owned())) } else { Ok(()) }
}

/// Writes a folder, whole or not at all.
///
/// # Errors
/// There is something in its place by now, or it cannot be written.
pub(super) fn write(folder: &Path, files: &[(PathBuf, String)]) -> Result<(), SheetError> {
    let of_folder = |error| SheetError::File(folder.to_owned(), error);
    let beside = beside(folder).map_err(of_folder)?;
    std::fs::create_dir(&beside).map_err(of_folder)?;
    let written = (files.iter())
        .try_for_each(|(file, text)| {
            let path = beside.join(file);
            std::fs::create_dir_all(path.parent().unwrap_or(&beside))?;
            std::fs::File::create_new(&path)?.write_all(text.as_bytes())
        })
        // In the place of a folder that is empty; one that is not stays.
        .and_then(|()| std::fs::rename(&beside, folder));
    written.map_err(|error| {
        std::fs::remove_dir_all(&beside).ok();
        of_folder(error)
    })
}

/// Writes a file where none is, whole or not at all.
///
/// # Errors
/// There is one by now, or it cannot be written.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), SheetError> {
    let of_file = |error: Error| match error.kind() {
        ErrorKind::AlreadyExists => SheetError::Exists(path.to_owned()),
        _ => SheetError::File(path.to_owned(), error),
    };
    let mut file = std::fs::File::create_new(path).map_err(of_file)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        std::fs::remove_file(path).ok();
        of_file(error)
    })
}

/// A name beside a folder that nobody else uses.
fn beside(folder: &Path) -> std::io::Result<PathBuf> {
    let name = folder.file_name().ok_or_else(|| {
        Error::new(ErrorKind::InvalidInput, "has no name; name a folder that is not there yet")
    })?;
    Ok(folder.with_file_name(format!(".{}.new-{}", name.to_string_lossy(), std::process::id())))
}
