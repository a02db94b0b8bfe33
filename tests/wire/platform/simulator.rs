//! The simulated platform by itself.

use kuaiban::contract::material::PART_BYTES;
use kuaiban::contract::{Handling, PartRequest, Reason};
use kuaiban::simulators::platform::{Mode, RetryAfter};
use serde_json::{Value, json};
use sm3::{Digest as _, Sm3};

use super::*;

#[tokio::test]
async fn books_survive_the_simulator_and_its_commands_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let options = || PlatformOptions {
        books: Some(folder.path().join("books.json")),
        complete_after: NEVER,
        ..Default::default()
    };
    let simulator = PlatformSimulator::start(options()).await.unwrap();
    let case_key = key();
    client(&simulator).apply(&case_key, body(1)).await.unwrap();
    drop(simulator);
    let simulator = PlatformSimulator::start(options()).await.unwrap();
    client(&simulator).apply(&case_key, body(1)).await.unwrap();
    assert_eq!((simulator.books().cases.len(), simulator.books().duplicates), (1, 1));
    let busy = |retry_after| Mode::Busy { status: 503, retry_after };
    let table = [
        ("offline", "mode: Offline", Mode::Offline),
        ("slow 250", "mode: Slow(250ms)", Mode::Slow(Duration::from_millis(250))),
        ("fail 503", "mode: Fail(503)", Mode::Fail(503)),
        ("fail 200", "fail: 200 is outside 400 to 599", Mode::Fail(503)),
        ("busy 503", "mode: Busy", busy(RetryAfter::Missing)),
        ("busy 503 9", "mode: Busy", busy(RetryAfter::Seconds(9))),
        ("busy 503 9 date", "mode: Busy", busy(RetryAfter::Date(9))),
        ("busy 500", "busy: 500 is neither", busy(RetryAfter::Date(9))),
        ("busy 503 soon", "busy: soon is no number", busy(RetryAfter::Date(9))),
        ("drop-answers", "mode: DropAnswers", Mode::DropAnswers),
        ("break-reused", "mode: BreakReused", Mode::BreakReused),
        ("bom", "mode: ByteOrderMark", Mode::ByteOrderMark),
        ("number-taken", "mode: NumberTaken", Mode::NumberTaken),
        ("nothing no-record", "mode: Nothing", Mode::Nothing(Reason::NoRecord)),
        ("nothing much", "nothing: much is none", Mode::Nothing(Reason::NoRecord)),
        ("online", "mode: Online", Mode::Online),
        ("help", "commands: online", Mode::Online),
        ("dance", "unknown command; commands:", Mode::Online),
        ("lose-feed", "cursors", Mode::Online),
        ("pack nowhere", "nowhere: the site pack has", Mode::Online),
        ("pack kiosk-image/site-packs/sample", "offers the pack in", Mode::Online),
        ("no-pack", "offers no pack", Mode::Online),
        ("", "", Mode::Online),
    ];
    for (line, reply, mode) in table {
        let said = simulator.command(line).unwrap();
        assert!(said.starts_with(reply), "{line}: {said}");
        assert_eq!(simulator.mode(), mode, "{line}");
    }
    let number = cases::number(1);
    assert!(simulator.command(&format!("return {number}")).unwrap().contains("returned"));
    assert!(simulator.command("books").unwrap().contains("\"returned\""));
    assert_eq!(simulator.command("quit"), None);
}

#[tokio::test]
async fn parts_end_by_themselves_and_the_case_when_all_of_them_have() {
    let simulator = simulator(Duration::ZERO).await;
    let client = client(&simulator);
    let mut request = application(1);
    for item in ["one", "two"] {
        request.parts.push(PartRequest {
            item: item.to_owned(),
            handling: Some(Handling::Instant),
            limit: None,
            department: None,
            region: None,
        });
    }
    let accepted = client.apply(&key(), encode(&request)).await.unwrap();
    assert_eq!(accepted.parts.len(), 2);
    let page = client.changes(None).await.unwrap();
    let [state] = &page.changes[..] else { panic!("{page:?}") };
    assert_eq!(state.status, CaseStatus::Completed);
    assert!(state.parts.iter().all(|part| part.status == CaseStatus::Completed));
    assert!(!page.more && client.changes(Some(&page.cursor)).await.unwrap().changes.is_empty());
    drop(simulator);

    let simulator = super::simulator(NEVER).await;
    let client = super::client(&simulator);
    client.apply(&key(), encode(&request)).await.unwrap();
    assert!(simulator.return_case(&request.case_number, Some("two")));
    assert!(!simulator.return_case(&request.case_number, Some("two")), "it is returned already");
    let page = client.changes(None).await.unwrap();
    let statuses: Vec<_> = page.changes[0].parts.iter().map(|part| part.status).collect();
    assert_eq!(statuses, [CaseStatus::Accepted, CaseStatus::Returned]);
    assert_eq!(page.changes[0].status, CaseStatus::Accepted, "the others go on");
}

/// One request by another client than the kiosk's; the status and the body.
pub(super) async fn ask(simulator: &PlatformSimulator, what: &str, body: &[u8]) -> (u16, Vec<u8>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(simulator.address()).await.unwrap();
    let head = format!(
        "{what} HTTP/1.1\r\nHost: platform\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer[end + 4..].to_vec())
}

async fn ask_json(simulator: &PlatformSimulator, what: &str, body: &[u8]) -> (u16, Value) {
    let (status, answer) = ask(simulator, what, body).await;
    (status, serde_json::from_slice(&answer).unwrap())
}

fn digest(bytes: &[u8]) -> String {
    Sm3::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_material_comes_in_parts_in_any_order_and_is_checked_as_a_whole() {
    let simulator = simulator(NEVER).await;
    let part = PART_BYTES as usize;
    let file: Vec<u8> = (0..part + 5).map(|n| n as u8).collect();
    let name = digest(&file);
    let announce = json!({ "length": file.len(), "media_type": "application/pdf" }).to_string();
    let path = format!("PUT /v2/materials/{name}");
    let (status, state) = ask_json(&simulator, &path, announce.as_bytes()).await;
    assert_eq!((status, &state), (200, &json!({ "missing": [0, 1], "complete": false })));
    let second = format!("{path}/parts/1");
    let (status, _) = ask(&simulator, &second, &file[part - 1..]).await;
    assert_eq!(status, 422, "of the wrong length");
    let (_, state) = ask_json(&simulator, &second, &file[part..]).await;
    assert_eq!(state, json!({ "missing": [0], "complete": false }));
    // The line was cut; the kiosk asks what is missing.
    let (_, state) = ask_json(&simulator, &path, announce.as_bytes()).await;
    assert_eq!(state, json!({ "missing": [0], "complete": false }));
    let first = format!("{path}/parts/0");
    let (status, problem) = ask_json(&simulator, &first, &vec![7; part]).await;
    assert_eq!((status, &problem["code"]), (409, &json!("digest_mismatch")));
    ask(&simulator, &path, announce.as_bytes()).await;
    ask(&simulator, &second, &file[part..]).await;
    let (_, state) = ask_json(&simulator, &first, &file[..part]).await;
    assert_eq!(state, json!({ "missing": [], "complete": true }));
    let unknown = format!("PUT /v2/materials/{}/parts/0", digest(b"other"));
    assert_eq!(ask(&simulator, &unknown, b"x").await.0, 404);
}

#[tokio::test]
async fn a_pack_is_offered_with_its_digest_and_given() {
    let simulator = simulator(NEVER).await;
    assert_eq!(ask_json(&simulator, "GET /v2/packs", b"").await.1, json!({ "packs": [] }));
    simulator.offer_packs(vec![("2".to_owned(), b"pack".to_vec())]);
    let offer = json!({ "version": "2", "sm3": digest(b"pack"), "length": 4 });
    assert_eq!(ask_json(&simulator, "GET /v2/packs", b"").await.1, json!({ "packs": [offer] }));
    assert_eq!(ask(&simulator, "GET /v2/packs/2", b"").await, (200, b"pack".to_vec()));
    assert_eq!(ask(&simulator, "GET /v2/packs/1", b"").await.0, 404);
    let asked = simulator.packs_asked();
    assert_eq!((asked.listed, asked.given), (2, 1));
}

#[tokio::test]
async fn a_heartbeat_is_answered_with_the_platforms_time() {
    let simulator = simulator(NEVER).await;
    let heartbeat = json!({
        "sent_at": now(), "clock_trusted": true, "running_s": 5, "program": "0.1.0",
        "pack_version": "1", "in_service": true,
        "devices": [{ "device": "printer", "usable": false, "state": "paper_out" }],
        "queue": { "waiting": 0, "oldest_s": 0, "held": 0 }, "disk_free": 1 << 30,
    });
    let path = "POST /v2/heartbeats";
    let (status, reply) = ask_json(&simulator, path, heartbeat.to_string().as_bytes()).await;
    assert_eq!((status, &reply["next_s"]), (200, &json!(30)));
    let mut unknown = heartbeat;
    unknown["colour"] = json!("red");
    assert_eq!(ask(&simulator, path, unknown.to_string().as_bytes()).await.0, 422);
}
