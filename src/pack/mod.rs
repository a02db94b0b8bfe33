//! Reads a site pack from a folder; see [`crate::domain::pack`] for what stands in it.
//!
//! ```text
//! pack.toml
//! items/10-first-item.toml      the number gives the order on the home screen
//! items/20-second-item.toml
//! ```

mod document;
mod fault;
mod files;

use std::path::Path;

pub use fault::{Fault, PackErrors, Place};

use crate::domain::pack::{Item, Pack};

/// Reads and checks a pack.
///
/// # Errors
/// Every fault of every file, not only the first.
pub fn load(folder: &Path) -> Result<Pack, PackErrors> {
    let errors = |fault: Fault| PackErrors { folder: folder.to_owned(), faults: vec![fault] };
    let mut pack: Pack = read(folder, Path::new("pack.toml")).map_err(errors)?;
    for file in &files::list(folder).items {
        pack.items.push(read::<Item>(folder, file).map_err(errors)?);
    }
    Ok(pack)
}

fn read<T: serde::de::DeserializeOwned>(folder: &Path, file: &Path) -> Result<T, Fault> {
    let text = files::read_text(folder, file)?;
    let table = toml::de::DeTable::parse(&text)
        .map_err(|error| Fault::of_file(file, error.to_string()))?;
    serde_json::from_value(document::to_json(&table, None))
        .map_err(|error| Fault::of_file(file, error.to_string()))
}
