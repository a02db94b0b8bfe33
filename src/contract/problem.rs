//! Why the platform does not do what it was asked: RFC 9457, `application/problem+json`.

use serde::{Deserialize, Serialize};

use crate::domain::fact::Private;

/// A refusal with its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    /// For a technician.
    pub title: String,
    #[cfg_attr(test, schema(minimum = 400, maximum = 599))]
    pub status: u16,
    /// One sentence for the citizen, in Chinese.
    #[cfg_attr(test, schema(value_type = String, max_length = 200))]
    pub detail: Private,
    /// What a program decides by.
    #[cfg_attr(test, schema(pattern = "^[a-z][a-z0-9_]{0,63}$"))]
    pub code: String,
}

/// Status of what contradicts the platform's books.
pub const CONFLICT: u16 = 409;

/// Statuses of a refusal that is the platform's last word on the matter itself. Every other 4xx may
/// be the fault of a gateway, an address or a new version, would hit all that waits, and is repeated.
pub const FINAL_STATUSES: [u16; 3] = [CONFLICT, 410, 422];

/// Codes that this version knows, with their status. The document lists them.
pub mod codes {
    /// 409: the key came before with another body. The kiosk holds the matter and tells the
    /// technician; the citizen sees it as received.
    pub const KEY_REUSED: &str = "key_reused";
    /// 409: another application has this case number, and the platform can book only one a number.
    /// Held as above: a clash of numbers is a fault of two kiosks, never of the citizen.
    pub const NUMBER_TAKEN: &str = "number_taken";
    /// 409: the application was evaluated before.
    pub const ALREADY_EVALUATED: &str = "already_evaluated";
    /// 409: the bytes of a material do not have the digest that names it; every part is missing again.
    pub const DIGEST_MISMATCH: &str = "digest_mismatch";
    /// 410: the item is offered no longer. The application is returned with `detail`.
    pub const ITEM_WITHDRAWN: &str = "item_withdrawn";
    /// 410: the platform does not have changes after this cursor; the kiosk begins without one.
    pub const CURSOR_EXPIRED: &str = "cursor_expired";
    /// 422: the request is not the contract's, or cannot be taken as it is.
    pub const INVALID: &str = "invalid";
    /// 422: a bad evaluation without a reason.
    pub const REASON_REQUIRED: &str = "reason_required";
    /// 422: an evaluation of an application that was never handed in.
    pub const APPLICATION_UNKNOWN: &str = "application_unknown";
    /// 404: no such material or pack.
    pub const UNKNOWN: &str = "unknown";
}
