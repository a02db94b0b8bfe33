//! `openapi.yaml` from the types, and the tests that hold the two together. Only in tests: the
//! program carries the document as it stands in the tree, and nothing that makes one.
//!
//! After a change: `UPDATE_OPENAPI=1 cargo test --lib contract`, and look at the difference.

use utoipa::openapi::security::SecurityScheme;
use utoipa::{Modify, OpenApi, ToResponse, ToSchema};

use super::heartbeat::Heartbeat;
use super::material::{MaterialRequest, MaterialState};
use super::*;

/// 办件编号 as the kiosk gives it, with a check digit: 20 digits, 16 from the first numbering.
#[derive(ToSchema)]
#[schema(pattern = "^([0-9]{16}|[0-9]{20})$")]
#[allow(dead_code, reason = "its schema is used")]
pub struct CaseNumber(String);

/// 已收件, 已受理, 办结, 退回 (不予受理 or 补正). Moves forward only.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "its schema is used")]
pub enum CaseStatus {
    Received,
    Accepted,
    Completed,
    Returned,
}

/// What lay on the reader; the platform maps it to GA/T 2000.156.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "its schema is used")]
pub enum DocumentKind {
    Citizen,
    HmtPermit,
    #[schema(rename = "foreigner_2017")]
    Foreigner2017,
    #[schema(rename = "foreigner_2023")]
    Foreigner2023,
}

#[derive(ToResponse)]
#[response(
    description = "The matter contradicts what is booked (`key_reused`, `number_taken`, \
        `already_evaluated`, `digest_mismatch`).",
    content_type = "application/problem+json"
)]
#[allow(dead_code, reason = "its schema is used")]
struct Conflict(Problem);

#[derive(ToResponse)]
#[response(
    description = "It is no longer to be had (`item_withdrawn`, `cursor_expired`).",
    content_type = "application/problem+json"
)]
#[allow(dead_code, reason = "its schema is used")]
struct Gone(Problem);

#[derive(ToResponse)]
#[response(
    description = "It cannot be taken as it is (`invalid`, `reason_required`, \
        `application_unknown`).",
    content_type = "application/problem+json"
)]
#[allow(dead_code, reason = "its schema is used")]
struct Invalid(Problem);

#[derive(ToResponse)]
#[response(
    description = "There is none such (`unknown`).",
    content_type = "application/problem+json"
)]
#[allow(dead_code, reason = "its schema is used")]
struct Unknown(Problem);

#[derive(ToResponse)]
#[response(
    description = "Not now. The kiosk asks nothing at all until `Retry-After` has passed, or its own \
        growing pause where there is none.",
    content_type = "application/problem+json",
    headers(("Retry-After" = String, description = "Seconds, or an HTTP date (RFC 9110 §10.2.3)"))
)]
#[allow(dead_code, reason = "its schema is used")]
struct Busy(Problem);

/// Whether the platform takes work now
#[utoipa::path(get, path = "/v2/health", operation_id = "health", responses(
    (status = 200, description = "It does.", body = Health),
    (status = 429, response = Busy), (status = 503, response = Busy),
))]
fn health() {}

/// Hand in an application that a kiosk has received
///
/// A repetition under the same key with the same body is answered with the state as it is now.
#[utoipa::path(post, path = "/v2/applications", operation_id = "apply",
    params(("Idempotency-Key" = String, Header, format = "uuid",
        description = "Random UUID, the same at every repetition; names the application from now on")),
    request_body = ApplicationRequest,
    responses(
        (status = 201, description = "Booked now.", body = ApplicationState),
        (status = 200, description = "Booked before under this key.", body = ApplicationState),
        (status = 409, response = Conflict), (status = 410, response = Gone),
        (status = 422, response = Invalid),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn apply() {}

/// What happened to this kiosk's applications since it last asked
#[utoipa::path(get, path = "/v2/changes", operation_id = "changes",
    params(
        ("after" = Option<String>, Query, pattern = "^[A-Za-z0-9._~-]{1,128}$",
            description = "Cursor of the last page; without it from the oldest change"),
    ),
    responses(
        (status = 200, description = "The next changes, perhaps none.", body = Changes),
        (status = 410, response = Gone),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn changes() {}

/// Ask about the person whose card lies there
#[utoipa::path(post, path = "/v2/queries", operation_id = "query",
    request_body = QueryRequest,
    responses(
        (status = 200, description = "The answer, or why there is none.", body = QueryResponse),
        (status = 410, response = Gone), (status = 422, response = Invalid),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn query() {}

/// Hand in what a citizen pressed (好差评)
#[utoipa::path(post, path = "/v2/evaluations", operation_id = "evaluate",
    params(("Idempotency-Key" = String, Header, format = "uuid",
        description = "Random UUID, the same at every repetition")),
    request_body = EvaluationRequest,
    responses(
        (status = 201, description = "Booked now.", body = EvaluationReceipt),
        (status = 200, description = "Booked before under this key; the same answer.",
            body = EvaluationReceipt),
        (status = 409, response = Conflict), (status = 410, response = Gone),
        (status = 422, response = Invalid),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn evaluate() {}

/// Tell of a material to come, and learn which parts are missing
#[utoipa::path(put, path = "/v2/materials/{sm3}", operation_id = "announceMaterial",
    params(("sm3" = String, Path, pattern = "^[0-9a-f]{64}$", description = "Digest of the file")),
    request_body = MaterialRequest,
    responses(
        (status = 200, description = "What is missing.", body = MaterialState),
        (status = 409, response = Conflict), (status = 422, response = Invalid),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn announce_material() {}

/// Bring one part of a material
#[utoipa::path(put, path = "/v2/materials/{sm3}/parts/{part}", operation_id = "bringMaterialPart",
    params(
        ("sm3" = String, Path, pattern = "^[0-9a-f]{64}$", description = "Digest of the file"),
        ("part" = u32, Path, maximum = 255, description = "From 0; bytes from 262144 × part"),
    ),
    request_body(content = Vec<u8>, description = "262144 bytes, the last part what remains",
        content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "What is missing still.", body = MaterialState),
        (status = 404, response = Unknown), (status = 409, response = Conflict),
        (status = 422, response = Invalid),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn bring_material_part() {}

/// Site packs for this kiosk
#[utoipa::path(get, path = "/v2/packs", operation_id = "packs", responses(
    (status = 200, description = "In the order in which they become valid.", body = Packs),
    (status = 429, response = Busy), (status = 503, response = Busy),
))]
fn packs() {}

/// The file of a site pack
#[utoipa::path(get, path = "/v2/packs/{version}", operation_id = "pack",
    params(("version" = String, Path, pattern = "^[A-Za-z0-9._-]{1,64}$", description = "Which one")),
    responses(
        (status = 200, description = "The file, signed as a whole.", body = Vec<u8>,
            content_type = "application/octet-stream"),
        (status = 404, response = Unknown),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn pack() {}

/// Tell how this kiosk is
#[utoipa::path(post, path = "/v2/heartbeats", operation_id = "heartbeat",
    request_body = Heartbeat,
    responses(
        (status = 200, description = "Noted.", body = HeartbeatReply),
        (status = 422, response = Invalid),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn heartbeat() {}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kuaiban platform interface",
        version = "2.0.0",
        description = include_str!("openapi.md"),
        license(name = "GPL-3.0-only", identifier = "GPL-3.0-only"),
    ),
    servers((url = "https://platform.example", description = "The bureau's platform")),
    security(("kiosk" = [])),
    paths(
        health, apply, changes, query, evaluate, announce_material, bring_material_part, packs, pack,
        heartbeat
    ),
    components(responses(Conflict, Gone, Invalid, Unknown, Busy)),
    modifiers(&MutualTls),
)]
struct Document;

/// The kiosk shows a certificate; the platform knows by it which kiosk speaks.
struct MutualTls;

impl Modify for MutualTls {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::MutualTls {
            description: Some("The kiosk's own certificate, issued by the bureau".to_owned()),
            deprecated: None,
            extensions: None,
        };
        document.components.get_or_insert_default().add_security_scheme("kiosk", scheme);
    }
}

fn from_types() -> String {
    Document::openapi().to_yaml().expect("a document")
}

#[test]
fn the_document_in_the_tree_is_that_of_the_types() {
    let made = from_types();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/contract/openapi.yaml"), &made)
            .expect("the tree can be written");
        return;
    }
    for (number, (tree, made)) in OPENAPI.lines().zip(made.lines()).enumerate() {
        assert_eq!(tree, made, "openapi.yaml:{}; UPDATE_OPENAPI=1 writes it anew", number + 1);
    }
    assert_eq!(OPENAPI.len(), made.len(), "UPDATE_OPENAPI=1 writes it anew");
}
