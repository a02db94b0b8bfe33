//! The feed of changes: what happened to this kiosk's applications since it last asked.

use serde::{Deserialize, Serialize};

use super::ApplicationState;

/// Most changes of one page.
pub const PAGE_MAX: usize = 100;

/// One page of the feed, oldest first: `GET /v2/changes?after=CURSOR`. Without `after` it begins
/// with the oldest change that the platform still has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Changes {
    /// Applications as they stand since the change. A kiosk that sees one twice sees nothing new.
    #[cfg_attr(test, schema(max_items = 100))]
    pub changes: Vec<ApplicationState>,
    /// `after` of the next request; opaque, kept by the kiosk across restarts.
    #[cfg_attr(test, schema(pattern = "^[A-Za-z0-9._~-]{1,128}$"))]
    pub cursor: String,
    /// Whether there is another page already.
    pub more: bool,
}

/// Whether a cursor is one that can stand in an address as it is.
pub fn is_cursor(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._~-".contains(&b);
    (1..=128).contains(&text.len()) && text.bytes().all(plain)
}
