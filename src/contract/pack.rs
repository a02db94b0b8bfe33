//! Site packs that the platform has for a kiosk.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `GET /v2/packs`: what this kiosk may use now or later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Packs {
    #[cfg_attr(test, schema(max_items = 16))]
    pub packs: Vec<PackOffer>,
}

/// One pack; `GET /v2/packs/{version}` gives the file, signed as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct PackOffer {
    #[cfg_attr(test, schema(pattern = "^[A-Za-z0-9._-]{1,64}$"))]
    pub version: String,
    /// SM3 (GB/T 32905) of the file.
    #[cfg_attr(test, schema(pattern = "^[0-9a-f]{64}$"))]
    pub sm3: String,
    /// In bytes.
    #[cfg_attr(test, schema(minimum = 1, maximum = 67108864))]
    pub length: u64,
    /// Not to be used before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = jiff::Timestamp))]
    pub valid_from: Option<Timestamp>,
}
