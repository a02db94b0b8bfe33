//! A pack that extends others, as one folder that stands by itself: what is sent to a kiosk.

use std::path::{Path, PathBuf};

use super::fault::PackErrors;
use super::files;
use super::reading::Reading;

/// Why a pack was not made one.
#[derive(Debug, thiserror::Error)]
pub enum FlattenError {
    #[error(transparent)]
    Pack(#[from] PackErrors),
    #[error("{0}: is there already; name a folder that is not")]
    There(PathBuf),
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
}

/// Writes a flawless pack and those that it extends into a new folder; comments and a signature stay
/// behind. How many files there are.
///
/// # Errors
/// The pack has a fault, the folder is there already, or cannot be written: then nothing is left of
/// it.
pub fn flatten(folder: &Path, to: &Path) -> Result<usize, FlattenError> {
    super::load(folder)?;
    if to.symlink_metadata().is_ok() {
        return Err(FlattenError::There(to.to_owned()));
    }
    let all = Reading::new(folder, false).files();
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = to.with_file_name(name);
    let written = write(&all, &new)
        .and_then(|()| std::fs::rename(&new, to).map_err(|error| (to.to_owned(), error)));
    if let Err((path, error)) = written {
        let _ = std::fs::remove_dir_all(&new);
        return Err(FlattenError::File(path, error));
    }
    Ok(all.len())
}

fn write(
    files: &[(PathBuf, serde_json::Value)],
    to: &Path,
) -> Result<(), (PathBuf, std::io::Error)> {
    for (name, value) in files {
        let path = to.join(name);
        let mut value = value.clone();
        if let Some(fields) = value.as_object_mut() {
            // One that stands by itself takes nothing away from another.
            if name == Path::new(files::MANIFEST) {
                fields.remove("extends");
                fields.remove("without");
            }
        }
        let folder = path.parent().unwrap_or(to);
        let text = toml::to_string_pretty(&value).map_err(std::io::Error::other);
        std::fs::create_dir_all(folder)
            .and(text)
            .and_then(|text| std::fs::write(&path, text))
            .map_err(|error| (path, error))?;
    }
    Ok(())
}
