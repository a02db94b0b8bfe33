//! Every operation of the document is served, and answers as the document says.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::contract::document::{operations, schema};
use crate::testkit::{cases, packs};

const KEY: &str = "b0d3f5f2-6f0e-4a53-9f53-0c3f5a3b8a01";
/// Of nothing that is sent here.
const DIGEST: &str = "b3fb6c5f8a9e4dd6a1bb2b9c51c9f6b7b6a2f0a1c5b5e2d4e0d8b7f6a5c4d3e2";

/// One request; the status and the body.
async fn ask(platform: &PlatformSimulator, what: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let mut stream = tokio::net::TcpStream::connect(platform.address()).await.unwrap();
    let head = format!(
        "{what} HTTP/1.1\r\nHost: platform\r\nConnection: close\r\nIdempotency-Key: {KEY}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer[end + 4..].to_vec())
}

/// Operation, what is put into its path, a body, and the schema of its answer.
fn table() -> Vec<(&'static str, String, Vec<u8>, &'static str)> {
    let now = crate::testkit::now();
    let person = json!({ "document_kind": "citizen", "name": "样例甲", "document_number": "1" });
    let application = json!({
        "case_number": cases::number(1), "query_token": "0".repeat(26), "item": "a",
        "pack_version": "1", "parts": [{ "item": "b" }, { "item": "c" }], "source": 9,
        "received_at": now, "clock_trusted": true, "applicant": person, "answers": [],
        "materials": [],
    });
    let evaluation = json!({
        "application_id": KEY, "satisfaction": 5, "tags": [510], "channel": 5,
        "pressed_at": now, "clock_trusted": true,
    });
    let query = json!({ "item": "a", "pack_version": "1", "person": person, "answers": [] });
    let entitlement = json!({ "item": "a", "pack_version": "1", "person": person });
    let authority = json!({
        "item": "a", "pack_version": "1", "person": person, "credit_code": super::people::ENTERPRISE.0,
    });
    let material = json!({ "length": 5, "media_type": "image/png" });
    let heartbeat = json!({
        "sent_at": now, "clock_trusted": true, "running_s": 5, "program": "0.1.0",
        "pack_version": "1", "in_service": true, "devices": [],
        "queue": { "waiting": 0, "oldest_s": 0, "held": 0 }, "disk_free": 1,
    });
    let counts = json!({ "counts": [{
        "day": "2026-11-26", "certain": true, "policy": "a", "pack_version": "1", "shown": 3,
        "printed": 1,
    }] });
    let body = |value: Value| value.to_string().into_bytes();
    vec![
        ("GET /v2/health", "GET /v2/health".into(), vec![], "Health"),
        (
            "POST /v2/applications",
            "POST /v2/applications".into(),
            body(application),
            "ApplicationState",
        ),
        ("GET /v2/changes", "GET /v2/changes".into(), vec![], "Changes"),
        ("POST /v2/queries", "POST /v2/queries".into(), body(query), "QueryResponse"),
        (
            "POST /v2/entitlements",
            "POST /v2/entitlements".into(),
            body(entitlement),
            "EntitlementResponse",
        ),
        (
            "POST /v2/authorities",
            "POST /v2/authorities".into(),
            body(authority),
            "AuthorityResponse",
        ),
        ("GET /v2/vacancies", "GET /v2/vacancies".into(), vec![], "Vacancies"),
        (
            "POST /v2/evaluations",
            "POST /v2/evaluations".into(),
            body(evaluation),
            "EvaluationReceipt",
        ),
        (
            "PUT /v2/materials/{sm3}",
            format!("PUT /v2/materials/{DIGEST}"),
            body(material),
            "MaterialState",
        ),
        (
            "PUT /v2/materials/{sm3}/parts/{part}",
            format!("PUT /v2/materials/{DIGEST}/parts/0"),
            b"short".to_vec(),
            // The name is not that of these bytes.
            "Problem",
        ),
        ("GET /v2/packs", "GET /v2/packs".into(), vec![], "Packs"),
        ("GET /v2/packs/{version}", "GET /v2/packs/2026.11-sample".into(), vec![], "PackFile"),
        ("POST /v2/heartbeats", "POST /v2/heartbeats".into(), body(heartbeat), "HeartbeatReply"),
        (
            "POST /v2/policies/counts",
            "POST /v2/policies/counts".into(),
            body(counts),
            "PolicyCountsNoted",
        ),
    ]
}

#[tokio::test]
async fn every_operation_of_the_document_is_served_and_answers_as_it_says() {
    let platform = PlatformSimulator::start(PlatformOptions::default()).await.unwrap();
    platform.offer_folder(&packs::sample_folder().unwrap()).unwrap();
    let documented: BTreeSet<_> =
        operations().into_iter().map(|(method, path)| format!("{method} {path}")).collect();
    let tried: BTreeSet<_> = table().iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(tried, documented);
    for (operation, request, body, answer) in table() {
        let (status, said) = ask(&platform, &request, &body).await;
        let said: Value = serde_json::from_slice(&said).unwrap();
        assert_eq!(status < 300, answer != "Problem", "{operation}: {status} {said}");
        assert!(schema(answer).is_valid(&said), "{operation}: {said} is no {answer}");
        if !body.is_empty() {
            let (status, said) = ask(&platform, &request, b"{}").await;
            let said: Value = serde_json::from_slice(&said).unwrap();
            assert!(matches!(status, 404 | 422), "{operation}: {status} {said}");
            assert!(schema("Problem").is_valid(&said), "{operation}: {said}");
        }
    }
}

#[tokio::test]
async fn a_pack_that_is_not_offered_is_unknown() {
    let platform = PlatformSimulator::start(PlatformOptions::default()).await.unwrap();
    let (status, said) = ask(&platform, "GET /v2/packs/2026.11-sample", b"").await;
    let said: Value = serde_json::from_slice(&said).unwrap();
    assert!(status == 404 && schema("Problem").is_valid(&said), "{said}");
}

#[tokio::test]
async fn every_kind_of_answer_is_as_the_document_says() {
    let platform = PlatformSimulator::start(PlatformOptions::default()).await.unwrap();
    let (_, request, body, _) = table().remove(3);
    for reason in
        [Reason::UnknownPerson, Reason::NoRecord, Reason::NotAvailable, Reason::NotPermitted]
    {
        platform.set(Mode::Nothing(reason));
        let (status, said) = ask(&platform, &request, &body).await;
        let said: Value = serde_json::from_slice(&said).unwrap();
        assert!(status == 200 && schema("QueryResponse").is_valid(&said), "{said}");
    }
    let busy = Mode::Busy { status: 429, retry_after: RetryAfter::Date(9) };
    for (mode, expected) in [(Mode::Fail(500), 500), (busy, 429)] {
        platform.set(mode);
        let (status, said) = ask(&platform, &request, &body).await;
        let said: Value = serde_json::from_slice(&said).unwrap();
        assert!(status == expected && schema("Problem").is_valid(&said), "{said}");
    }
}
