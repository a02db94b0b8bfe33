//! `openapi.yaml` from the types, and the tests that hold the two together. Only in tests: the
//! program carries the document as it stands in the tree, and nothing that makes one.
//!
//! After a change: `UPDATE_OPENAPI=1 cargo test --lib contract`, and look at the difference.

#![allow(dead_code, reason = "the document is made of what stands here; nobody calls it")]

use utoipa::openapi::security::SecurityScheme;
use utoipa::{Modify, OpenApi, ToResponse, ToSchema};

use super::heartbeat::Heartbeat;
use super::material::{MaterialRequest, MaterialState};
use super::*;

/// 办件编号 as the kiosk gives it, with a check digit: 20 digits, 16 from the first numbering.
#[derive(ToSchema)]
#[schema(pattern = "^([0-9]{16}|[0-9]{20})$")]
pub struct CaseNumber(String);

/// 已收件, 已受理, 办结, 退回 (不予受理 or 补正). Moves forward only.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum CaseStatus {
    Received,
    Accepted,
    Completed,
    Returned,
}

/// 预约, 上门, 代办, 回电.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RequestKind {
    Appointment,
    DoorToDoor,
    Agency,
    CallBack,
}

/// 即时办结; 提交后台审核; 推送其他部门协办并跟踪; 按法定时限执行, with its reason.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RouteWay {
    AtOnce,
    BackOffice,
    OtherDepartment,
    StatutoryLimit,
}

/// What lay on the reader; the platform maps it to GA/T 2000.156.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
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
struct Conflict(Problem);

#[derive(ToResponse)]
#[response(
    description = "It is no longer to be had (`item_withdrawn`, `cursor_expired`).",
    content_type = "application/problem+json"
)]
struct Gone(Problem);

#[derive(ToResponse)]
#[response(
    description = "It cannot be taken as it is (`invalid`, `reason_required`, \
        `application_unknown`).",
    content_type = "application/problem+json"
)]
struct Invalid(Problem);

#[derive(ToResponse)]
#[response(
    description = "There is none such (`unknown`).",
    content_type = "application/problem+json"
)]
struct Unknown(Problem);

#[derive(ToResponse)]
#[response(
    description = "Not now. The kiosk asks nothing at all until `Retry-After` has passed, or its own \
        growing pause where there is none.",
    content_type = "application/problem+json",
    headers(("Retry-After" = String, description = "Seconds, or an HTTP date (RFC 9110 §10.2.3)"))
)]
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

/// Ask whether the person whose card lies there is entitled, without application (免申即办) or before they apply (资格核验)
#[utoipa::path(post, path = "/v2/entitlements", operation_id = "entitlement",
    request_body = EntitlementRequest,
    responses(
        (status = 200, description = "Whether, or that nobody can tell now.",
            body = EntitlementResponse),
        (status = 410, response = Gone), (status = 422, response = Invalid),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn entitlement() {}

/// Ask whether the person whose card lies there may act for an enterprise (经办人)
#[utoipa::path(post, path = "/v2/authorities", operation_id = "authority",
    request_body = AuthorityRequest,
    responses(
        (status = 200, description = "Whether, or that nobody can tell now.",
            body = AuthorityResponse),
        (status = 410, response = Gone), (status = 422, response = Invalid),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn authority() {}

/// Vacancies that anybody may look at
#[utoipa::path(get, path = "/v2/vacancies", operation_id = "vacancies",
    params(
        ("after" = Option<String>, Query, pattern = "^[A-Za-z0-9._~-]{1,128}$",
            description = "`next` of the page before; without it the first page"),
    ),
    responses(
        (status = 200, description = "One page.", body = Vacancies),
        (status = 410, response = Gone),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn vacancies() {}

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
#[utoipa::path(get, path = "/v2/packs", operation_id = "packs",
    params(("If-None-Match" = Option<String>, Header, description = "`ETag` of the last answer")),
    responses(
        (status = 200, description = "All of them, perhaps none.", body = Packs,
            headers(("ETag" = String, description = "Of this list (RFC 9110 §8.8.3)"))),
        (status = 304, description = "The list is still that of `If-None-Match`."),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn packs() {}

/// The file of a site pack
#[utoipa::path(get, path = "/v2/packs/{version}", operation_id = "pack",
    params(("version" = String, Path, pattern = "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,39}$",
        description = "Which one")),
    responses(
        (status = 200, description = "The bytes that have the offered digest.", body = PackFile),
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

/// Notes how often policies were shown and printed
///
/// Totals of days, and never who looked. A total only grows: of two for the same day, policy and version
/// the larger holds, so that a repetition, also a late one, changes nothing.
#[utoipa::path(post, path = "/v2/policies/counts", operation_id = "countPolicies",
    request_body = PolicyCounts,
    responses(
        (status = 200, description = "Noted.", body = PolicyCountsNoted),
        (status = 422, response = Invalid),
        (status = 429, response = Busy), (status = 503, response = Busy),
    ))]
fn count_policies() {}

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
        health, apply, changes, query, entitlement, authority, vacancies, evaluate,
        announce_material, bring_material_part, packs, pack, heartbeat, count_policies
    ),
    components(schemas(Problem), responses(Conflict, Gone, Invalid, Unknown, Busy)),
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

/// Every operation: method in upper case, and path with its parameters.
pub(crate) fn operations() -> Vec<(String, String)> {
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("operations").keys();
        methods.map(|method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

/// Judges what has this name in the document.
pub(crate) fn schema(name: &str) -> jsonschema::Validator {
    let components = document()["components"].clone();
    let root = serde_json::json!({
        "$ref": format!("#/components/schemas/{name}"),
        "components": components,
    });
    jsonschema::validator_for(&root).expect("a schema")
}

fn document() -> serde_json::Value {
    serde_json::to_value(Document::openapi()).expect("plain data")
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::super::problem::FINAL_STATUSES;
    use super::*;
    use crate::domain::card::CardKind;

    /// Whether the types take a body, and whether the document does: the same, or the test fails.
    fn taker<T: DeserializeOwned>(name: &str, is_valid: fn(&T) -> bool) -> impl Fn(&Value) -> bool {
        let schema = schema(name);
        move |body| {
            let by_types = serde_json::from_value(body.clone()).is_ok_and(|body| is_valid(&body));
            assert_eq!(by_types, schema.is_valid(body), "types and document differ on {body}");
            by_types
        }
    }

    fn application() -> Value {
        json!({
            "case_number": crate::testkit::cases::number(1),
            "query_token": "0123456789ABCDEFGHJKMNPQRS",
            "item": "unemployment",
            "pack_version": "1",
            "parts": [{
                "item": "registration", "handling": "instant",
                "limit": { "value": 30, "unit": "minutes" },
                "department": "医保局", "region": "511703",
            }],
            "limit": { "value": 5, "unit": "working_days" },
            "legal_limit": { "value": 10, "unit": "calendar_days" },
            "source": 9,
            "received_at": "2026-11-22T02:14:09Z",
            "clock_trusted": true,
            "applicant": {
                "document_kind": "citizen", "name": "样例甲", "name_latin": "YANG", "address": "样例路",
                "document_number": "511703189503150028",
            },
            "enterprise": { "credit_code": "91510000MA00000000", "name": "样例公司" },
            "request": {
                "kind": "call_back", "priority": true,
                "window": {
                    "part": "morning", "date": "2026-11-30", "from": "09:00", "to": "12:00",
                },
            },
            "answers": [{ "question": "reason", "answer": "1" }],
            "materials": [{ "material": "photo", "sm3": "0".repeat(64) }],
        })
    }

    /// The body with another value at a place, or without what is there.
    fn with(body: &Value, place: &str, value: Option<Value>) -> Value {
        let mut body = body.clone();
        let (parent, name) = place.rsplit_once('/').expect("a pointer");
        let parent = body.pointer_mut(parent).expect("there");
        match (value, name.parse::<usize>()) {
            (Some(value), Ok(index)) => parent[index] = value,
            (Some(value), Err(_)) => parent[name] = value,
            (None, _) => {
                drop(parent.as_object_mut().expect("an object").remove(name).expect("there"))
            }
        }
        body
    }

    #[test]
    fn types_and_document_take_the_same_applications() {
        let take = taker("ApplicationRequest", ApplicationRequest::is_valid);
        let whole = application();
        assert!(take(&whole));
        for optional in [
            "/limit",
            "/legal_limit",
            "/parts/0/handling",
            "/parts/0/limit",
            "/parts/0/department",
            "/parts/0/region",
            "/applicant/name_latin",
            "/applicant/address",
            "/enterprise",
            "/request",
            "/request/window/date",
            "/request/window/from",
            "/request/window/to",
        ] {
            assert!(take(&with(&whole, optional, None)), "without {optional}");
        }
        for required in [
            "/case_number",
            "/query_token",
            "/item",
            "/pack_version",
            "/parts",
            "/source",
            "/received_at",
            "/clock_trusted",
            "/applicant",
            "/answers",
            "/materials",
            "/parts/0/item",
            "/limit/value",
            "/limit/unit",
            "/applicant/document_kind",
            "/applicant/name",
            "/applicant/document_number",
            "/answers/0/question",
            "/answers/0/answer",
            "/materials/0/material",
            "/materials/0/sm3",
            "/enterprise/credit_code",
            "/enterprise/name",
            "/request/kind",
            "/request/priority",
            "/request/window",
            "/request/window/part",
        ] {
            assert!(!take(&with(&whole, required, None)), "without {required}");
        }
        for object in [
            "",
            "/parts/0",
            "/limit",
            "/applicant",
            "/enterprise",
            "/request",
            "/request/window",
            "/answers/0",
            "/materials/0",
        ] {
            let more = format!("{object}/colour");
            assert!(!take(&with(&whole, &more, Some(json!("red")))), "with {more}");
        }
        let many =
            |count: usize| Some(json!(vec![json!({ "question": "q", "answer": "" }); count]));
        for (place, value, expected) in [
            ("/parts", Some(json!([])), true),
            ("/answers", many(64), true),
            ("/answers", many(65), false),
            ("/source", Some(json!(1)), false),
            ("/item", Some(json!("")), false),
            ("/item", Some(json!("Unemployment")), false),
            ("/item", Some(json!("a".repeat(65))), false),
            ("/pack_version", Some(json!("")), false),
            ("/pack_version", Some(json!("1".repeat(65))), false),
            ("/query_token", Some(json!("0123456789ABCDEFGHJKMNPQR")), false),
            ("/query_token", Some(json!("0123456789ABCDEFGHIJKLMNOP")), false),
            ("/legal_limit/value", Some(json!(0)), false),
            ("/limit/value", Some(json!(0)), false),
            ("/limit/value", Some(json!(3661)), false),
            ("/limit/unit", Some(json!("hours")), false),
            ("/parts/0/region", Some(json!("51170")), false),
            ("/parts/0/handling", Some(json!("later")), false),
            ("/parts/0/department", Some(json!("局".repeat(101))), false),
            ("/applicant/name", Some(json!("")), true),
            ("/applicant/name", Some(json!("名".repeat(101))), false),
            ("/applicant/document_number", Some(json!("")), false),
            ("/applicant/document_number", Some(json!("1".repeat(19))), false),
            ("/applicant/document_kind", Some(json!("passport")), false),
            ("/answers/0/answer", Some(json!("答".repeat(512))), true),
            ("/answers/0/answer", Some(json!("答".repeat(513))), false),
            ("/materials/0/sm3", Some(json!("0".repeat(63))), false),
            ("/enterprise/credit_code", Some(json!("91510000MA0000000")), false),
            ("/enterprise/credit_code", Some(json!("9151000ZMA00000000")), false),
            ("/enterprise/name", Some(json!("")), false),
            ("/request/kind", Some(json!("visit")), false),
            ("/request/window/part", Some(json!("evening")), false),
            ("/request/window/from", Some(json!("9:00")), false),
            ("/request/window/to", Some(json!("24:00")), true),
            ("/materials/0/sm3", Some(json!("X".repeat(64))), false),
        ] {
            assert_eq!(take(&with(&whole, place, value.clone())), expected, "{place}: {value:?}");
        }
        // Twice the same matter: the document cannot say it, the types refuse it.
        let twice = with(&whole, "/parts", Some(json!([{ "item": "a" }, { "item": "a" }])));
        let twice: ApplicationRequest = serde_json::from_value(twice).expect("well-formed");
        assert!(!twice.is_valid());
    }

    #[test]
    fn types_and_document_take_the_same_offers_of_packs() {
        let take = taker("PackOffer", PackOffer::is_valid);
        let offer = json!({ "version": "2026.11", "sm3": "0".repeat(64), "length": 1 });
        assert!(take(&offer));
        for (place, value, expected) in [
            ("/version", json!("_-.A9"), true),
            ("/version", json!("1".repeat(40)), true),
            ("/version", json!("1".repeat(41)), false),
            ("/version", json!(""), false),
            ("/version", json!(".."), false),
            ("/version", json!("1/2"), false),
            ("/version", json!("1?x"), false),
            ("/sm3", json!("0".repeat(63)), false),
            ("/length", json!(0), false),
            ("/length", json!(16 << 20), true),
            ("/length", json!((16 << 20) + 1), false),
        ] {
            assert_eq!(take(&with(&offer, place, Some(value.clone()))), expected, "{value}");
        }
        let names = schema("PackText");
        for (name, expected) in [
            ("pack.toml", true),
            ("items/10-x.toml", true),
            ("/etc/x.toml", false),
            ("items/x/y.toml", false),
        ] {
            assert_eq!(names.is_valid(&json!({ "name": name, "text": "" })), expected, "{name}");
        }
    }

    #[test]
    fn types_and_document_take_the_same_of_everything_else() {
        let evaluation = json!({
            "application_id": "b0d3f5f2-6f0e-4a53-9f53-0c3f5a3b8a01", "item": "q",
            "satisfaction": 5, "tags": [510], "channel": 5,
            "pressed_at": "2026-11-22T02:14:09Z", "clock_trusted": false,
        });
        let take = taker("EvaluationRequest", EvaluationRequest::is_valid);
        for (place, value, expected) in [
            ("/satisfaction", Some(json!(1)), true),
            ("/satisfaction", Some(json!(0)), false),
            ("/satisfaction", Some(json!(6)), false),
            ("/channel", Some(json!(3)), false),
            ("/tags", Some(json!(vec![510; 17])), false),
            ("/tags", None, false),
            ("/item", Some(json!("")), false),
            ("/item", None, true),
            ("/application_id", None, true),
            ("/colour", Some(json!(1)), false),
        ] {
            assert_eq!(take(&with(&evaluation, place, value)), expected, "{place}");
        }

        let query = json!({
            "item": "q", "pack_version": "1", "answers": [],
            "person": { "document_kind": "foreigner_2023", "name": "", "document_number": "1" },
        });
        let take = taker("QueryRequest", QueryRequest::is_valid);
        assert!(take(&query));
        for place in ["/item", "/pack_version", "/answers", "/person", "/person/name"] {
            assert!(!take(&with(&query, place, None)), "without {place}");
        }
        assert!(!take(&with(&query, "/person/colour", Some(json!(1)))));
        let of = json!({ "credit_code": "91510000MA00000000", "name": "样例公司" });
        assert!(take(&with(&query, "/enterprise", Some(of.clone()))));
        assert!(!take(&with(&query, "/enterprise", Some(json!({ "name": "样例公司" })))));

        let entitlement = json!({ "item": "q", "pack_version": "1", "person": query["person"] });
        let take = taker("EntitlementRequest", EntitlementRequest::is_valid);
        assert!(take(&entitlement));
        for place in ["/item", "/pack_version", "/person"] {
            assert!(!take(&with(&entitlement, place, None)), "without {place}");
        }
        assert!(take(&with(&entitlement, "/enterprise", Some(of))));
        let authority = with(&entitlement, "/credit_code", Some(json!("91510000MA00000000")));
        assert!(!take(&authority), "nobody's business there");
        let take = taker("AuthorityRequest", AuthorityRequest::is_valid);
        assert!(take(&authority) && !take(&entitlement));

        let material = json!({ "length": 1, "media_type": "image/png" });
        let take = taker("MaterialRequest", MaterialRequest::is_valid);
        for (length, expected) in [(0, false), (1, true), (1 << 26, true), ((1 << 26) + 1, false)] {
            assert_eq!(
                take(&with(&material, "/length", Some(json!(length)))),
                expected,
                "{length}"
            );
        }
        assert!(!take(&with(&material, "/media_type", Some(json!("text/html")))));

        let heartbeat = json!({
            "sent_at": "2026-11-22T02:14:09Z", "clock_trusted": true, "running_s": 5,
            "program": "0.1.0", "pack_version": "1", "in_service": true,
            "devices": [{ "device": "printer", "usable": false, "state": "paper_out" }],
            "queue": { "waiting": 0, "oldest_s": 0, "held": 0 }, "disk_free": 1,
        });
        let take = taker("Heartbeat", Heartbeat::is_valid);
        assert!(take(&heartbeat));
        for (place, value) in [
            ("/devices/0/state", json!("Paper out")),
            ("/devices/0/colour", json!(1)),
            ("/queue/colour", json!(1)),
            ("/running_s", json!(-1)),
            ("/program", json!("")),
        ] {
            assert!(!take(&with(&heartbeat, place, Some(value))), "{place}");
        }
    }

    #[test]
    fn types_and_document_take_the_same_counts() {
        let counts = json!({ "counts": [{
            "day": "2026-11-26", "certain": true, "policy": "flexible_subsidy", "pack_version": "1",
            "shown": 3, "printed": 1,
        }] });
        let take = taker("PolicyCounts", PolicyCounts::is_valid);
        assert!(take(&counts));
        for (place, value) in [
            ("/counts", json!([])),
            ("/counts/0/policy", json!("Subsidy")),
            ("/counts/0/shown", json!(-1)),
            ("/counts/0/pack_version", json!("")),
            ("/counts/0/person", json!("110105196001010010")),
            ("/person", json!("110105196001010010")),
        ] {
            assert!(!take(&with(&counts, place, Some(value))), "{place}");
        }
        // What a schema cannot say.
        let row = counts["counts"][0].clone();
        let twice = serde_json::from_value::<PolicyCounts>(json!({ "counts": [row, row] }));
        assert!(!twice.unwrap().is_valid());
    }

    #[test]
    fn types_and_document_take_the_same_links_and_codes_of_an_answer() {
        let take = taker("QueryAnswer", QueryAnswer::is_valid);
        let answer = json!({
            "as_of": "2026-10-31", "verification_code": "K7M2-9QXD",
            "document": {
                "title": { "zh": "参保证明（样例）" }, "link": "https://hrss.example/d/1",
                "until": "2026-11-22T02:24:09Z",
            },
        });
        assert!(take(&answer));
        let long = format!("https://{}", "x".repeat(241));
        for (place, value, expected) in [
            ("/document", None, true),
            ("/verification_code", None, true),
            ("/verification_code", Some(json!("")), false),
            ("/verification_code", Some(json!("样例")), false),
            ("/verification_code", Some(json!("A&b=1")), false),
            ("/verification_code", Some(json!("9".repeat(33))), false),
            ("/document/link", Some(json!("http://hrss.example/d/1")), false),
            ("/document/link", Some(json!("https://hrss.example/d /1")), false),
            ("/document/link", Some(json!("https://")), false),
            ("/document/link", Some(json!(&long[..248])), true),
            ("/document/link", Some(json!(long)), false),
            ("/document/title", Some(json!({ "zh": "" })), false),
            ("/document/until", None, false),
        ] {
            assert_eq!(take(&with(&answer, place, value.clone())), expected, "{place}: {value:?}");
        }
        let read: QueryAnswer = serde_json::from_value(answer).expect("read");
        assert!(!format!("{read:?}").contains("/d/1"), "whoever has the link has the document");
    }

    #[test]
    fn kinds_and_statuses_are_the_kiosks_own() {
        for kind in [
            CardKind::Citizen,
            CardKind::HmtPermit,
            CardKind::Foreigner2017,
            CardKind::Foreigner2023,
        ] {
            assert!(schema("DocumentKind").is_valid(&json!(kind)), "{kind:?}");
        }
        use crate::case::CaseStatus::{Accepted, Completed, Received, Returned};
        for status in [Received, Accepted, Completed, Returned] {
            assert!(schema("CaseStatus").is_valid(&json!(status)), "{status:?}");
        }
    }

    #[test]
    fn every_code_and_every_final_status_is_explained() {
        let said = document()["info"]["description"].as_str().expect("words").to_owned();
        for code in [
            codes::KEY_REUSED,
            codes::NUMBER_TAKEN,
            codes::ALREADY_EVALUATED,
            codes::DIGEST_MISMATCH,
            codes::ITEM_WITHDRAWN,
            codes::CURSOR_EXPIRED,
            codes::INVALID,
            codes::REASON_REQUIRED,
            codes::APPLICATION_UNKNOWN,
        ] {
            assert!(said.contains(&format!("`{code}`")), "{code}");
        }
        let [first, second, third] = FINAL_STATUSES;
        assert!(
            said.contains(&format!("status {first}, {second} or {third} is\nthe platform's last"))
        );
        // What is handed in may be refused with these and no others.
        let document = document();
        for path in ["/v2/applications", "/v2/evaluations"] {
            let responses = document["paths"][path]["post"]["responses"].as_object().expect("some");
            let statuses: Vec<_> = responses.keys().map(String::as_str).collect();
            assert_eq!(statuses, ["200", "201", "409", "410", "422", "429", "503"], "{path}");
            assert!(
                responses.values().all(|r| r["$ref"].is_string() || r["description"].is_string())
            );
        }
    }

    #[test]
    fn an_answer_with_fields_of_a_later_version_is_read() {
        let text = json!({
            "application_id": "b0d3f5f2-6f0e-4a53-9f53-0c3f5a3b8a01", "status": "accepted", "new": 1,
            "parts": [{ "item": "a", "status": "completed", "new": 1 }],
        });
        assert!(schema("ApplicationState").is_valid(&text));
        let state: ApplicationState = serde_json::from_value(text).expect("read");
        assert_eq!(state.parts.len(), 1);
        let text = json!({
            "outcome": "answer", "as_of": "2026-10-31", "new": 1,
            "facts": [{ "label": { "zh": "金额" }, "value": { "kind": "amount", "fen": 5, "new": 1 } }],
        });
        assert!(schema("QueryResponse").is_valid(&text));
        assert!(matches!(serde_json::from_value(text), Ok(QueryResponse::Answer(_))));
    }

    #[test]
    fn a_body_is_written_once_and_into_room_of_its_size() {
        let request: ApplicationRequest = serde_json::from_value(application()).expect("valid");
        let body = encode(&request);
        assert_eq!(body.len(), body.capacity());
        assert_eq!(*body, serde_json::to_vec(&request).expect("plain data"));
        assert!(!format!("{request:?}").contains("样例"), "nothing personal in `Debug`");
    }
}
