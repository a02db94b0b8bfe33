//! Site packs that the simulated platform offers: files given to it, or a folder, read anew whenever
//! somebody asks.

use std::path::{Path, PathBuf};

use axum::body::Bytes;
use sm3::{Digest as _, Sm3};

use crate::contract::encode;
use crate::contract::pack::{PackOffer, Packs};
use crate::domain::signer::to_hex;
use crate::pack::{self, PackErrors};

/// How often the packs were asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The list was given.
    pub listed: usize,
    /// The list was that of `If-None-Match`.
    pub unchanged: usize,
    /// A file was given.
    pub given: usize,
}

#[derive(Default)]
pub(super) struct Shelf {
    folder: Option<PathBuf>,
    files: Vec<(String, Bytes)>,
    pub asked: Asked,
}

impl Shelf {
    pub(super) fn lay(&mut self, files: Vec<(String, Vec<u8>)>) {
        self.folder = None;
        self.files = files.into_iter().map(|(version, file)| (version, file.into())).collect();
    }

    /// What lies in the folder from now on, each time as it is then.
    pub(super) fn follow(&mut self, folder: &Path) -> Result<(), PackErrors> {
        self.files = vec![of_folder(folder)?];
        self.folder = Some(folder.to_owned());
        Ok(())
    }

    /// The list and its `ETag`.
    pub(super) fn list(&mut self) -> (Packs, String) {
        // Somebody writes there just now: what was there before is still offered.
        if let Some(Ok(file)) = self.folder.as_deref().map(of_folder) {
            self.files = vec![file];
        }
        let offers = self.files.iter().map(|(version, file)| offer(version, file));
        let packs = Packs { packs: offers.collect() };
        let tag = format!("\"{}\"", to_hex(&Sm3::digest(&*encode(&packs))));
        (packs, tag)
    }

    pub(super) fn file(&mut self, version: &str) -> Option<Bytes> {
        let (_, file) = self.files.iter().find(|(offered, _)| offered == version)?;
        self.asked.given += 1;
        Some(file.clone())
    }
}

fn of_folder(folder: &Path) -> Result<(String, Bytes), PackErrors> {
    let file = pack::bundle(folder)?;
    let bytes = encode(&file).to_vec();
    Ok((file.version, bytes.into()))
}

fn offer(version: &str, file: &[u8]) -> PackOffer {
    let (sm3, length) = (to_hex(&Sm3::digest(file)), file.len() as u64);
    PackOffer { version: version.to_owned(), sm3, length }
}
