//! What a citizen pressed (好差评). Never made up: no press, no evaluation (promise P6).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CHANNEL_TERMINAL, is_name};

/// `POST /v2/evaluations`. At most one an application; a bad one only with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EvaluationRequest {
    /// The application it is about: the key that that was handed in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, format = "uuid"))]
    pub application_id: Option<String>,
    /// The item it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, pattern = "^[a-z0-9_]{1,64}$"))]
    pub item: Option<String>,
    /// National coding: 5 非常满意 to 1 非常不满意.
    #[cfg_attr(test, schema(minimum = 1, maximum = 5))]
    pub satisfaction: u8,
    /// Codes of the national tag set; at least one where `satisfaction` is 1 or 2.
    #[cfg_attr(test, schema(max_items = 16))]
    pub tags: Vec<u16>,
    /// `pf` of the national interface: 5 政务大厅其他终端.
    #[cfg_attr(test, schema(minimum = 5, maximum = 5))]
    pub channel: u8,
    pub pressed_at: Timestamp,
    /// Whether the kiosk's clock was known to be right at `pressed_at`.
    pub clock_trusted: bool,
}

/// The platform has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct EvaluationReceipt {
    #[cfg_attr(test, schema(min_length = 1, max_length = 50))]
    pub evaluation_number: String,
}

impl EvaluationRequest {
    /// Whether everything is within the bounds of the document.
    pub fn is_valid(&self) -> bool {
        self.application_id.as_deref().is_none_or(|id| uuid::Uuid::parse_str(id).is_ok())
            && self.item.as_deref().is_none_or(is_name)
            && (1..=5).contains(&self.satisfaction)
            && self.tags.len() <= 16
            && self.channel == CHANNEL_TERMINAL
    }
}
