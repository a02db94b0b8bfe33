//! Site packs that the platform has for a kiosk.

use serde::{Deserialize, Serialize};

use super::material::is_sm3;

/// Most packs of one offer.
pub const OFFERS_MAX: usize = 16;
/// Most bytes of the file of a pack.
pub const PACK_BYTES: u64 = 16 << 20;
/// Most texts in the file of a pack.
pub const TEXTS_MAX: usize = 4096;

/// `GET /v2/packs`: what this kiosk may use, now or from a later day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Packs {
    #[cfg_attr(test, schema(max_items = 16))]
    pub packs: Vec<PackOffer>,
}

/// One pack; `GET /v2/packs/{version}` gives its file. From when it holds stands in its
/// `pack.toml`, which is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct PackOffer {
    #[cfg_attr(test, schema(pattern = "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,39}$"))]
    pub version: String,
    /// SM3 (GB/T 32905) of the file.
    #[cfg_attr(test, schema(pattern = "^[0-9a-f]{64}$"))]
    pub sm3: String,
    /// In bytes.
    #[cfg_attr(test, schema(minimum = 1, maximum = 16777216))]
    pub length: u64,
}

/// The file of a pack: everything that lies in its folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct PackFile {
    /// As in `pack.toml`.
    #[cfg_attr(test, schema(pattern = "^[!-~]{1,40}$"))]
    pub version: String,
    #[cfg_attr(test, schema(min_items = 1, max_items = 4096))]
    pub files: Vec<PackText>,
}

/// One file of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct PackText {
    /// `pack.toml`, `signature.toml`, or `FOLDER/NAME.toml` of a folder that a pack has; each once.
    #[cfg_attr(test, schema(pattern = "^([a-z]{1,40}/)?[^/]{1,100}\\.toml$"))]
    pub name: String,
    /// UTF-8, at most 262144 bytes.
    #[cfg_attr(test, schema(max_length = 262144))]
    pub text: String,
}

impl PackOffer {
    /// Whether everything is within the bounds of the document, and the version one that can stand
    /// in an address.
    pub fn is_valid(&self) -> bool {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        (1..=40).contains(&self.version.len())
            && self.version.bytes().all(plain)
            && !self.version.starts_with('.')
            && is_sm3(&self.sm3)
            && (1..=PACK_BYTES).contains(&self.length)
    }
}
