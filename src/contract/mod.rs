//! The interface between kiosk and platform, version 2: the bodies of `openapi.yaml`, one file a
//! subject. The kiosk sends them, a platform (also the simulated one) answers with them.
//!
//! The document is made from these types by a test and compared with what stands in the tree. It is
//! the contract; whoever builds a platform needs no line of this program.
//!
//! Requests know no other fields than these (`deny_unknown_fields`), answers may carry more: a
//! platform may be newer than a kiosk. Personal text is [`Private`](crate::domain::fact::Private).

pub mod application;
pub mod changes;
#[cfg(test)]
pub(crate) mod document;
pub mod enterprise;
pub mod entitlement;
pub mod evaluation;
pub mod heartbeat;
pub mod material;
pub mod pack;
pub mod person;
pub mod policy;
pub mod problem;
pub mod query;
pub mod request;
pub mod vacancy;

pub use application::{
    ApplicationRequest, ApplicationState, CaseRoute, Handling, Limit, LimitUnit, PartRequest,
    PartState,
};
pub use changes::Changes;
pub use enterprise::{AuthorityRequest, AuthorityResponse, Enterprise};
pub use entitlement::{EntitlementRequest, EntitlementResponse};
pub use evaluation::{EvaluationReceipt, EvaluationRequest};
pub use heartbeat::{DeviceReport, Heartbeat, HeartbeatReply, QueueReport};
pub use material::{MaterialRef, MaterialRequest, MaterialState, MediaType};
pub use pack::{PackFile, PackOffer, Packs};
pub use person::{Answer, Person};
pub use policy::{PolicyCount, PolicyCounts, PolicyCountsNoted};
pub use problem::{Problem, codes};
pub use query::{
    Document, Fact, FactValue, QueryAnswer, QueryNothing, QueryRequest, QueryResponse, Reason,
    Table, Words,
};
pub use request::{DayPart, ServiceRequest, Window};
pub use vacancy::{Vacancies, Vacancy};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The document itself.
pub const OPENAPI: &str = include_str!("openapi.yaml");

/// Header that names a request for good: a random UUID, the same at every repetition. That of an
/// application is the application's identity from then on (`application_id`).
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// 申报来源代码 of GB/T 39046-2020 A.5 (`domain.md` §4.5): 9 other, for want of a self-service code.
pub const SOURCE_OTHER: u8 = 9;

/// `pf` of the national evaluation interface (`domain.md` §4.4): 5 other terminal in a hall.
pub const CHANNEL_TERMINAL: u8 = 5;

/// `GET /v2/health`: whether the platform takes work now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Health {
    /// `ok`.
    #[cfg_attr(test, schema(pattern = "^ok$"))]
    pub status: String,
    /// A platform for demonstrations or tests: nothing that is handed in to it is real, and the
    /// kiosk says 演示 on every page and slip.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

/// The bytes of a body, written once into room of the right size, so that no half-written copy of
/// personal data stays behind in memory; wiped when dropped.
pub fn encode(body: &impl Serialize) -> Zeroizing<Vec<u8>> {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    const PLAIN: &str = "bodies are plain data, and memory does not refuse a byte";
    let mut length = Count(0);
    serde_json::to_writer(&mut length, body).expect(PLAIN);
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *bytes, body).expect(PLAIN);
    bytes
}

/// A name of the site pack: item, question, material.
pub(crate) fn is_name(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(known)
}

/// At most so many characters, and where `least` says so, some.
pub(crate) fn fits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.chars().count())
}
