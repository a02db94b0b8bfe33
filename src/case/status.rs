//! How far a case has come.

use serde::{Deserialize, Serialize};

use crate::say::{self, Sentence};

/// How far a case or one of its parts has come. Only the platform's own answer moves one beyond
/// [`CaseStatus::Received`] (promise P1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// 已收件: durably on this kiosk, not yet answered by the platform.
    Received,
    /// 已受理: the platform accepted it.
    Accepted,
    /// 办结.
    Completed,
    /// 不予受理 / 补正: the platform returned it, with a reason for the citizen.
    Returned,
}

impl CaseStatus {
    /// The word for it, the same on the screen and on paper.
    pub fn word(self) -> Sentence {
        match self {
            CaseStatus::Received => say::STATUS_RECEIVED,
            CaseStatus::Accepted => say::STATUS_ACCEPTED,
            CaseStatus::Completed => say::STATUS_COMPLETED,
            CaseStatus::Returned => say::STATUS_RETURNED,
        }
    }

    /// Nothing moves a case out of its end.
    pub fn is_final(self) -> bool {
        matches!(self, CaseStatus::Completed | CaseStatus::Returned)
    }
}
