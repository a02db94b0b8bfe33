//! What the platform says of people beside queries, over HTTP: entitlements, authorities, vacancies,
//! requests; and how often policies were looked at.

use kuaiban::contract::{
    AuthorityRequest, DayPart, EntitlementRequest, PolicyCount, PolicyCounts, Reason,
    ServiceRequest, Window,
};
use kuaiban::domain::enterprise::Authority;
use kuaiban::domain::entitlement::Entitled;
use kuaiban::domain::pack::{PolicyRef, Requested};
use kuaiban::platform::PlatformError;
use kuaiban::platform::counts::{Noted, tell};
use kuaiban::simulators::platform::Mode;
use kuaiban::testkit::people;

use super::client::{client_of, says};
use super::simulator::ask;
use super::*;

/// The one enterprise that the simulated platform knows, and one that it does not.
const CODE: &str = "91000000MA0000000N";
const OTHER_CODE: &str = "91000000M0001007RE";

/// Somebody born in an even year, and somebody born in an odd one: what the simulated platform goes by.
fn citizens() -> [Person; 2] {
    let born = |odd: bool| {
        let card = people::all().into_iter().map(|person| person.card).find(|card| {
            let year = card.number.get(6..10).and_then(|year| year.parse::<u16>().ok());
            card.number.len() == 18 && year.is_some_and(|year| (year % 2 == 1) == odd)
        });
        Person::without_address(&card.unwrap())
    };
    [born(false), born(true)]
}

fn entitlement(person: &Person) -> EntitlementRequest {
    EntitlementRequest {
        item: cases::INSTANT.to_owned(),
        pack_version: "1".to_owned(),
        person: person.clone(),
        enterprise: None,
    }
}

fn authority(person: &Person, code: &str) -> AuthorityRequest {
    AuthorityRequest {
        item: cases::INSTANT.to_owned(),
        pack_version: "1".to_owned(),
        person: person.clone(),
        credit_code: code.to_owned(),
    }
}

/// What is no answer: of another form, none at all, cut, endless, and nobody there.
async fn no_answers() -> Vec<Client> {
    let bodies: [&[u8]; 5] =
        [b"{", b"[]", br#"{"outcome":"yes"}"#, br#"{"outcome":"entitled"}"#, b"<html>Login</html>"];
    let mut all = Vec::new();
    for body in bodies {
        all.push(client_of(body.to_vec()).await);
    }
    let endless = {
        let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n".to_vec();
        answer.resize(8 * 1024 * 1024, b' ');
        answer
    };
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".to_vec();
    for answer in [endless, cut, Vec::new()] {
        all.push(Client::new(&config(says(answer).await)).unwrap());
    }
    all.push(Client::new(&config("http://127.0.0.1:1".to_owned())).unwrap());
    all
}

/// Modes of the simulated platform in which it says nothing of the matter.
const SILENT: [Mode; 5] = [
    Mode::Fail(500),
    Mode::Fail(404),
    Mode::Fail(422),
    Mode::DropAnswers,
    Mode::Nothing(Reason::NotAvailable),
];

/// A client that gives up after a second, of a platform that takes longer.
async fn slow() -> (PlatformSimulator, Client) {
    let simulator = simulator(NEVER).await;
    simulator.set(Mode::Slow(Duration::from_secs(120)));
    let hasty = config::Platform { timeout_s: 1, ..config(simulator.url()) };
    (simulator, Client::new(&hasty).unwrap())
}

#[tokio::test]
async fn p1_an_entitlement_is_what_the_platform_says_and_nothing_else() {
    let [even, odd] = citizens();
    let simulator = simulator(NEVER).await;
    let client = client(&simulator);
    let Entitled::Yes(given) = client.entitlement(&entitlement(&even)).await else {
        panic!("not entitled")
    };
    assert_eq!(given.facts.len(), 3);
    let Entitled::No { reason } = client.entitlement(&entitlement(&odd)).await else {
        panic!("entitled")
    };
    assert!(reason.unwrap().open().starts_with("样例"));
    // One that is none of the contract's is refused, and promises nothing.
    let wrong = EntitlementRequest { item: "Not A Name".to_owned(), ..entitlement(&even) };
    assert_eq!(client.entitlement(&wrong).await, Entitled::Unknown);
    for mode in SILENT {
        simulator.set(mode);
        assert_eq!(client.entitlement(&entitlement(&even)).await, Entitled::Unknown, "{mode:?}");
    }
    for client in no_answers().await {
        assert_eq!(client.entitlement(&entitlement(&even)).await, Entitled::Unknown);
    }
    let (_simulator, hasty) = slow().await;
    assert_eq!(hasty.entitlement(&entitlement(&even)).await, Entitled::Unknown);
}

#[tokio::test]
async fn an_agent_is_confirmed_by_the_platform_or_not_at_all() {
    let [even, odd] = citizens();
    let simulator = simulator(NEVER).await;
    let client = client(&simulator);
    let Authority::Confirmed { name } = client.authority(&authority(&even, CODE)).await else {
        panic!("not confirmed")
    };
    assert!(name.contains("样例"));
    for (person, code) in [(&odd, CODE), (&even, OTHER_CODE)] {
        let told = client.authority(&authority(person, code)).await;
        assert!(matches!(told, Authority::NotKnown { detail: Some(_) }), "{told:?}");
    }
    // What is no code of that length is refused.
    let wrong = authority(&even, "91");
    assert_eq!(client.authority(&wrong).await, Authority::NotAvailable);
    for mode in SILENT {
        simulator.set(mode);
        let told = client.authority(&authority(&even, CODE)).await;
        assert_eq!(told, Authority::NotAvailable, "{mode:?}");
    }
    for client in no_answers().await {
        assert_eq!(client.authority(&authority(&even, CODE)).await, Authority::NotAvailable);
    }
    let (_simulator, hasty) = slow().await;
    assert_eq!(hasty.authority(&authority(&even, CODE)).await, Authority::NotAvailable);
}

#[tokio::test]
async fn vacancies_are_turned_page_by_page_to_the_last() {
    let simulator = simulator(NEVER).await;
    let client = client(&simulator);
    let mut numbers = std::collections::BTreeSet::new();
    let mut after = None;
    for pages in 1.. {
        let page = client.vacancies(after.as_deref()).await.unwrap();
        assert_eq!(page.total, 45);
        numbers.extend(page.vacancies.into_iter().map(|vacancy| vacancy.number));
        after = page.next;
        if after.is_none() {
            assert_eq!(pages, 3);
            break;
        }
    }
    assert_eq!(numbers.len(), 45, "each once");
    assert_eq!(client.vacancies(Some("p.999")).await, None, "refused: no such page");
    // What is no cursor is not sent.
    assert!(client.vacancies(Some("p 20")).await.is_some());
    for mode in [Mode::Fail(500), Mode::Fail(404), Mode::DropAnswers] {
        simulator.set(mode);
        assert_eq!(client.vacancies(None).await, None, "{mode:?}");
    }
    for client in no_answers().await {
        assert_eq!(client.vacancies(None).await, None);
    }
    let (_simulator, hasty) = slow().await;
    assert_eq!(hasty.vacancies(None).await, None);
}

#[tokio::test]
async fn p3_a_request_to_people_is_booked_once_and_goes_first() {
    let simulator = simulator(NEVER).await;
    let client = client(&simulator);
    let day = jiff::civil::date(2026, 11, 30);
    let time = |text: &str| serde_json::from_value(serde_json::json!(text)).unwrap();
    let window = Window {
        part: DayPart::Morning,
        date: Some(day),
        from: Some(time("09:00")),
        to: Some(time("12:00")),
    };
    let request = ServiceRequest { kind: Requested::DoorToDoor, priority: true, window };
    let application = ApplicationRequest { request: Some(request.clone()), ..application(1) };
    let key = key();
    let first = client.apply(&key, encode(&application)).await.unwrap();
    assert_eq!(first.status, CaseStatus::Accepted);
    assert!(first.route.is_none(), "it goes to people");
    assert_eq!(client.apply(&key, encode(&application)).await.unwrap(), first);
    let books = simulator.books();
    assert_eq!((books.cases.len(), books.duplicates), (1, 1));
    assert_eq!(books.cases[0].request.as_ref(), Some(&request));
    // A time of day that there is not.
    let mut wrong = serde_json::to_value(&application).unwrap();
    wrong["case_number"] = serde_json::json!(cases::number(2));
    wrong["request"]["window"]["from"] = serde_json::json!("25:00");
    let wrong = Zeroizing::new(wrong.to_string().into_bytes());
    let refused = client.apply(&super::key(), wrong).await;
    assert!(matches!(refused, Err(PlatformError::Refused { status: 422, .. })), "{refused:?}");
    assert_eq!(simulator.books().cases.len(), 1);
    let (_simulator, hasty) = slow().await;
    let late = hasty.apply(&key, encode(&application)).await;
    assert!(matches!(late, Err(PlatformError::Unreachable { .. })), "{late:?}");
}

fn policy(id: &str) -> PolicyRef {
    PolicyRef { id: id.to_owned(), pack_version: "1".to_owned() }
}

fn booked(simulator: &PlatformSimulator) -> Vec<(String, u32, u32, bool)> {
    let row = |count: PolicyCount| (count.policy, count.shown, count.printed, count.certain);
    simulator.books().policies.into_iter().map(row).collect()
}

/// 四进两知: totals of days reach the platform once, however often they are told, and nobody with them.
#[tokio::test]
async fn p3_policies_are_counted_once_however_often_they_are_told() {
    let simulator = simulator(NEVER).await;
    let client = client(&simulator);
    let folder = tempfile::tempdir().unwrap();
    let store = cases::open_store(folder.path()).unwrap();
    let mut noted = Noted::default();
    // What no right clock has dated waits.
    store.policy_shown(policy("training")).await.unwrap();
    assert_eq!(tell(&client, &store, &mut noted).await.unwrap(), 0);
    assert_eq!(simulator.books().requests, 0, "there is nothing to tell");
    store.set_clock_trusted(true);
    for _ in 0..3 {
        store.policy_shown(policy("subsidy")).await.unwrap();
    }
    assert_eq!(tell(&client, &store, &mut noted).await.unwrap(), 1);
    assert_eq!(booked(&simulator), [("subsidy".to_owned(), 3, 0, true)]);
    // Nothing new, and a kiosk that has forgotten what was noted.
    assert_eq!(tell(&client, &store, &mut noted).await.unwrap(), 0);
    assert_eq!(tell(&client, &store, &mut Noted::default()).await.unwrap(), 1);
    assert_eq!(booked(&simulator), [("subsidy".to_owned(), 3, 0, true)]);
    // A platform that cannot be had loses nothing, whether it booked or not.
    store.policy_shown(policy("subsidy")).await.unwrap();
    for mode in [Mode::Fail(500), Mode::Fail(404), Mode::Offline, Mode::DropAnswers] {
        simulator.set(mode);
        assert!(tell(&client, &store, &mut noted).await.is_err(), "{mode:?}");
    }
    simulator.set(Mode::Online);
    assert_eq!(tell(&client, &store, &mut noted).await.unwrap(), 1);
    assert_eq!(booked(&simulator), [("subsidy".to_owned(), 4, 0, true)]);
    // An older total that comes late changes nothing.
    let mut late = simulator.books().policies;
    late[0].shown = 1;
    client.count_policies(&PolicyCounts { counts: late }).await.unwrap();
    assert_eq!(booked(&simulator), [("subsidy".to_owned(), 4, 0, true)]);
    store.close().await;
}

#[tokio::test]
async fn p4_counts_of_policies_have_no_place_for_a_person_and_a_bound() {
    let simulator = simulator(NEVER).await;
    let count = |at: usize| {
        serde_json::json!({
            "day": "2026-11-26", "certain": true, "policy": format!("policy_{at}"),
            "pack_version": "1", "shown": 1, "printed": 0,
        })
    };
    let counts = |rows: Vec<serde_json::Value>| {
        serde_json::json!({ "counts": rows }).to_string().into_bytes()
    };
    let path = "POST /v2/policies/counts";
    assert_eq!(ask(&simulator, path, &counts((0..500).map(count).collect())).await.0, 200);
    let mut of_somebody = count(0);
    of_somebody["document_number"] = serde_json::json!("110105196001010010");
    for wrong in [
        counts((0..501).map(count).collect()),
        counts(vec![]),
        counts(vec![count(0), count(0)]),
        counts(vec![of_somebody]),
        b"{".to_vec(),
    ] {
        assert_eq!(ask(&simulator, path, &wrong).await.0, 422);
    }
    assert_eq!(simulator.books().policies.len(), 500);
    // An answer that notes something else is none.
    let client = client_of(br#"{"noted":7}"#.to_vec()).await;
    let one = serde_json::from_value(serde_json::json!({ "counts": [count(1)] })).unwrap();
    let told = client.count_policies(&one).await;
    assert!(matches!(told, Err(PlatformError::Nonsense { .. })), "{told:?}");
}
