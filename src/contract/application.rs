//! An application (办件): one request of one citizen, handled in one or more parts.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Answer, Enterprise, MaterialRef, Person, SOURCE_OTHER, ServiceRequest, fits, is_name};
use crate::case::{CaseNumber, CaseStatus, RouteWay};
use crate::domain::fact::Private;

/// What a kiosk has received and hands in: `POST /v2/applications`. Its identity is the
/// `Idempotency-Key` that it comes with.
///
/// 打包受理, 拆包分办, 综合反馈: a package (打包办) has a part for each matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplicationRequest {
    /// 办件编号 as it stands on the citizen's slip.
    #[cfg_attr(test, schema(value_type = super::document::CaseNumber))]
    pub case_number: CaseNumber,
    /// Unguessable token in the QR code of the slip: whoever shows it may see how far this one
    /// application has come. 128 random bits in Crockford's base 32.
    #[cfg_attr(test, schema(pattern = "^[0-9A-HJKMNP-TV-Z]{26}$"))]
    pub query_token: String,
    /// The item or package of the site pack that the citizen chose.
    #[cfg_attr(test, schema(pattern = "^[a-z0-9_]{1,64}$"))]
    pub item: String,
    /// Version of the site pack whose words and limits the citizen was shown.
    #[cfg_attr(test, schema(min_length = 1, max_length = 64))]
    pub pack_version: String,
    /// The matters of a package; empty for a single item.
    #[cfg_attr(test, schema(max_items = 32))]
    pub parts: Vec<PartRequest>,
    /// The limit that was promised for the whole (承诺办结时限).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub limit: Option<Limit>,
    /// What the law allows for the whole (法定时限), where the site pack says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub legal_limit: Option<Limit>,
    /// 申报来源 of GB/T 39046-2020 A.5: 9, since it has no code for a self-service terminal.
    #[cfg_attr(test, schema(minimum = 9, maximum = 9))]
    pub source: u8,
    pub received_at: Timestamp,
    /// Whether the kiosk's clock was known to be right at `received_at`.
    pub clock_trusted: bool,
    pub applicant: Person,
    /// For whom the applicant acts (经办人), where that is an enterprise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub enterprise: Option<Enterprise>,
    /// What is asked of people, where the application is a request to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub request: Option<ServiceRequest>,
    #[cfg_attr(test, schema(max_items = 64))]
    pub answers: Vec<Answer>,
    /// Files that follow by themselves (`/v2/materials`).
    #[cfg_attr(test, schema(max_items = 32))]
    pub materials: Vec<MaterialRef>,
}

/// One matter (子办件) of an application, with what the citizen was told about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartRequest {
    /// The item of the site pack; once within the application, and its name there.
    #[cfg_attr(test, schema(pattern = "^[a-z0-9_]{1,64}$"))]
    pub item: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub handling: Option<Handling>,
    /// The limit that was promised for this part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub limit: Option<Limit>,
    /// Who handles it, where that is another department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, max_length = 100))]
    pub department: Option<String>,
    /// Region (GB/T 2260) of the business, where that is not the kiosk's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, pattern = "^[0-9]{6}$"))]
    pub region: Option<String>,
}

/// 办件类型 of GB/T 39046-2020 A.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// 即办件, A.6 code 1.
    Instant,
    /// 承诺件, A.6 code 2.
    Promised,
    /// A.6 code 9.
    Other,
}

/// A limit with its own unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Limit {
    #[cfg_attr(test, schema(minimum = 1, maximum = 3660))]
    pub value: u16,
    pub unit: LimitUnit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    Minutes,
    /// 工作日
    WorkingDays,
    /// 自然日
    CalendarDays,
}

/// How far an application has come: the answer to handing it in, and each change of it. Moves
/// forward only. The application is completed when every part has come to an end; the parts say how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct ApplicationState {
    /// The key that it was handed in with.
    #[cfg_attr(test, schema(format = "uuid"))]
    pub application_id: String,
    /// The platform's own number (受理文书编号), from acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, min_length = 1, max_length = 50))]
    pub acceptance_number: Option<String>,
    #[cfg_attr(test, schema(value_type = super::document::CaseStatus))]
    pub status: CaseStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = jiff::Timestamp))]
    pub accepted_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = jiff::Timestamp))]
    pub completed_at: Option<Timestamp>,
    /// 承诺办结时间
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = jiff::Timestamp))]
    pub due_at: Option<Timestamp>,
    /// Last day for correcting what was returned (补正期限).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = jiff::civil::Date))]
    pub correct_by: Option<Date>,
    /// For the citizen: a registration number, or why it was returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, max_length = 200))]
    pub note: Option<Private>,
    /// Who handles it, from acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub route: Option<CaseRoute>,
    /// Parts that the platform has something to say about.
    #[serde(default)]
    #[cfg_attr(test, schema(max_items = 32))]
    pub parts: Vec<PartState>,
}

/// Which of four ways an application goes, so that whoever waits knows why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct CaseRoute {
    #[cfg_attr(test, schema(value_type = super::document::RouteWay))]
    pub way: RouteWay,
    /// Who handles it, where that is another department. The citizen is never sent there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, min_length = 1, max_length = 100))]
    pub department: Option<String>,
    /// Why, for the citizen; needed where it takes as long as the law allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, min_length = 1, max_length = 200))]
    pub reason: Option<Private>,
}

/// How far one part has come. A failed or returned part does not hold the others up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct PartState {
    /// As in the request.
    #[cfg_attr(test, schema(pattern = "^[a-z0-9_]{1,64}$"))]
    pub item: String,
    #[cfg_attr(test, schema(value_type = super::document::CaseStatus))]
    pub status: CaseStatus,
    /// The platform's own number of this part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, min_length = 1, max_length = 50))]
    pub acceptance_number: Option<String>,
    /// Who handles it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, max_length = 100))]
    pub department: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = jiff::Timestamp))]
    pub due_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = jiff::Timestamp))]
    pub completed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = String, max_length = 200))]
    pub note: Option<Private>,
}

impl ApplicationRequest {
    /// Whether everything is within the bounds of the document.
    pub fn is_valid(&self) -> bool {
        let alphabet =
            |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase() && !b"ILOU".contains(&b);
        let parts: HashSet<_> = self.parts.iter().map(|part| &part.item).collect();
        self.query_token.len() == 26
            && self.query_token.bytes().all(alphabet)
            && is_name(&self.item)
            && fits(&self.pack_version, 1, 64)
            && self.parts.len() <= 32
            && parts.len() == self.parts.len()
            && self.parts.iter().all(PartRequest::is_valid)
            && self.limit.is_none_or(Limit::is_valid)
            && self.legal_limit.is_none_or(Limit::is_valid)
            && self.source == SOURCE_OTHER
            && self.applicant.is_valid()
            && self.enterprise.as_ref().is_none_or(Enterprise::is_valid)
            && self.answers.len() <= 64
            && self.answers.iter().all(Answer::is_valid)
            && self.materials.len() <= 32
            && self.materials.iter().all(MaterialRef::is_valid)
    }
}

impl Limit {
    fn is_valid(self) -> bool {
        (1..=3660).contains(&self.value)
    }
}

impl PartRequest {
    fn is_valid(&self) -> bool {
        let digits = |text: &str| text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
        is_name(&self.item)
            && self.limit.is_none_or(Limit::is_valid)
            && self.department.as_deref().is_none_or(|text| fits(text, 0, 100))
            && self.region.as_deref().is_none_or(digits)
    }
}
