//! Materials (材料): files named by their digest and sent in parts, so that a cut line costs one part.
//!
//! `PUT /v2/materials/{sm3}` tells of a file and answers which parts the platform has,
//! `PUT /v2/materials/{sm3}/parts/{part}` brings one, in any order and as often as it takes.

use serde::{Deserialize, Serialize};

use super::is_name;

/// Length of every part but the last, in bytes.
pub const PART_BYTES: u64 = 256 * 1024;
/// Longest material, in bytes.
pub const MATERIAL_MAX: u64 = 64 * 1024 * 1024;

/// A material of an application, before or after its bytes have come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MaterialRef {
    /// Name of the material in the site pack.
    #[cfg_attr(test, schema(pattern = "^[a-z0-9_]{1,64}$"))]
    pub material: String,
    /// SM3 (GB/T 32905) of the file.
    #[cfg_attr(test, schema(pattern = "^[0-9a-f]{64}$"))]
    pub sm3: String,
}

/// A file to come: `PUT /v2/materials/{sm3}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MaterialRequest {
    /// In bytes; parts are of 262144, the last one is what remains.
    #[cfg_attr(test, schema(minimum = 1, maximum = 67108864))]
    pub length: u64,
    pub media_type: MediaType,
}

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub enum MediaType {
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/png")]
    Png,
    #[serde(rename = "application/pdf")]
    Pdf,
}

/// Which parts the platform has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct MaterialState {
    /// Numbers of the parts that are still to come, from 0; empty when the file is whole.
    #[cfg_attr(test, schema(max_items = 256))]
    pub missing: Vec<u32>,
    /// Every part has come and the digest of the whole is right.
    pub complete: bool,
}

impl MaterialRef {
    pub(crate) fn is_valid(&self) -> bool {
        is_name(&self.material) && is_sm3(&self.sm3)
    }
}

impl MaterialRequest {
    /// Whether everything is within the bounds of the document.
    pub fn is_valid(&self) -> bool {
        (1..=MATERIAL_MAX).contains(&self.length)
    }

    /// How many parts that makes.
    pub fn parts(&self) -> u32 {
        u32::try_from(self.length.div_ceil(PART_BYTES)).unwrap_or(u32::MAX)
    }
}

/// Whether a text is an SM3 digest as the document writes it.
pub fn is_sm3(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
