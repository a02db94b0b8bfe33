//! The operations of the simulated platform.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sm3::{Digest as _, Sm3};
use tokio::sync::watch;

use super::books::{BookedEvaluation, Books, Keeper};
use super::materials::{Materials, PartFault};
use super::packs::Shelf;
use super::refusal::{Refusal, SIMULATED};
use super::{Mode, RetryAfter, people, samples};
use crate::case::{CaseNumber, RouteWay};
use crate::contract::material::{PART_BYTES, is_sm3};
use crate::contract::{
    ApplicationRequest, AuthorityRequest, AuthorityResponse, EntitlementRequest,
    EntitlementResponse, EvaluationReceipt, EvaluationRequest, Health, Heartbeat, HeartbeatReply,
    IDEMPOTENCY_KEY, MaterialRequest, PolicyCounts, PolicyCountsNoted, QueryNothing, QueryRequest,
    QueryResponse, Reason, codes,
};
use crate::domain::fact::Private;
use crate::domain::signer::to_hex;

pub(super) struct Api {
    keeper: Keeper,
    words: Mutex<Option<String>>,
    complete_after: Duration,
    mode: watch::Receiver<Mode>,
    materials: Mutex<Materials>,
    packs: Mutex<Shelf>,
}

type Answered = Result<Response, Refusal>;

pub(super) fn routes(api: Arc<Api>) -> Router {
    let part_max = usize::try_from(PART_BYTES).unwrap_or(usize::MAX);
    Router::new()
        .route("/v2/health", get(health))
        .route("/v2/applications", post(apply))
        .route("/v2/changes", get(changes))
        .route("/v2/queries", post(query))
        .route("/v2/entitlements", post(entitlement))
        .route("/v2/authorities", post(authority))
        .route("/v2/vacancies", get(vacancies))
        .route("/v2/evaluations", post(evaluate))
        .route("/v2/materials/{sm3}", put(announce_material))
        .route("/v2/materials/{sm3}/parts/{part}", put(bring_part))
        .route("/v2/packs", get(packs))
        .route("/v2/packs/{version}", get(pack))
        .route("/v2/heartbeats", post(heartbeat))
        .route("/v2/policies/counts", post(count_policies))
        .layer(DefaultBodyLimit::max(part_max.max(1 << 20)))
        .layer(axum::middleware::map_response_with_state(api.clone(), marked))
        .layer(axum::middleware::map_request_with_state(api.clone(), counted))
        .with_state(api)
}

impl Api {
    pub(super) fn new(
        keeper: Keeper,
        complete_after: Duration,
        mode: watch::Receiver<Mode>,
    ) -> Api {
        let (words, materials, packs) = (Mutex::default(), Mutex::default(), Mutex::default());
        Api { keeper, words, complete_after, mode, materials, packs }
    }

    /// The books, with every case completed whose time has come.
    pub(super) fn open_books(&self) -> MutexGuard<'_, Books> {
        let words = self.words().clone();
        let mut books = self.keeper.lock();
        if books.go_on(self.complete_after, words.as_deref()) {
            self.keeper.write(&books);
        }
        books
    }

    pub(super) fn words(&self) -> MutexGuard<'_, Option<String>> {
        lock(&self.words)
    }

    pub(super) fn packs(&self) -> MutexGuard<'_, Shelf> {
        lock(&self.packs)
    }

    pub(super) fn return_case(&self, number: &CaseNumber, item: Option<&str>) -> bool {
        let words = self.words().clone();
        let words = words.as_deref().unwrap_or("样例：材料需要补正，请到服务窗口办理。");
        let mut books = self.open_books();
        let found = books.give_back(number, item, words);
        self.keeper.write(&books);
        found
    }

    pub(super) fn route_case(&self, number: &CaseNumber, way: RouteWay) -> bool {
        let mut books = self.open_books();
        let found = books.send_another_way(number, way);
        self.keeper.write(&books);
        found
    }

    pub(super) fn lose_feed(&self) {
        let mut books = self.open_books();
        books.feed_lost += 1;
        self.keeper.write(&books);
    }

    fn refusal(&self, status: u16, code: &'static str) -> Refusal {
        Refusal { status, code, words: self.words().clone(), retry_after: RetryAfter::Missing }
    }

    fn refuse(&self, books: &mut Books, status: u16, code: &'static str) -> Refusal {
        books.refused += 1;
        self.keeper.write(books);
        self.refusal(status, code)
    }

    /// The failure that was ordered for everything.
    fn is_busy(&self) -> Result<(), Refusal> {
        match *self.mode.borrow() {
            Mode::Busy { status, retry_after } => {
                Err(Refusal { retry_after, ..self.refusal(status, SIMULATED) })
            }
            _ => Ok(()),
        }
    }

    /// The failure that was ordered for work.
    fn fails(&self) -> Result<(), Refusal> {
        self.is_busy()?;
        match *self.mode.borrow() {
            Mode::Fail(status @ (429 | 503)) => {
                let retry_after = RetryAfter::Seconds(1);
                Err(Refusal { retry_after, ..self.refusal(status, SIMULATED) })
            }
            Mode::Fail(status) => Err(self.refusal(status, SIMULATED)),
            _ => Ok(()),
        }
    }

    /// Counts an arrival; the refusal where the mode or the request itself leaves nothing else.
    fn arrive<T: DeserializeOwned>(
        &self,
        books: &mut Books,
        headers: &HeaderMap,
        body: &Bytes,
        is_valid: impl Fn(&T) -> bool,
    ) -> Result<Arrival<T>, Refusal> {
        books.attempts += 1;
        self.fails()?;
        let key = headers
            .get(IDEMPOTENCY_KEY)
            .and_then(|v| v.to_str().ok())
            .filter(|key| uuid::Uuid::parse_str(key).is_ok());
        let parsed = serde_json::from_slice::<Value>(body)
            .and_then(|value| Ok((digest(&value), serde_json::from_value(value)?)));
        match (key, parsed) {
            (Some(key), Ok((digest, body))) if is_valid(&body) => {
                Ok(Arrival { key: key.to_owned(), digest, body })
            }
            _ => Err(self.refuse(books, 422, codes::INVALID)),
        }
    }

    /// A body without a key.
    fn read<T: DeserializeOwned>(
        &self,
        body: &Bytes,
        is_valid: impl Fn(&T) -> bool,
    ) -> Result<T, Refusal> {
        self.fails()?;
        let parsed = serde_json::from_slice(body).ok().filter(|body| is_valid(body));
        parsed.ok_or_else(|| self.refusal(422, codes::INVALID))
    }
}

struct Arrival<T> {
    key: String,
    digest: String,
    body: T,
}

async fn health(State(api): State<Arc<Api>>) -> Answered {
    api.is_busy()?;
    Ok(axum::Json(Health { status: "ok".to_owned(), demo: true }).into_response())
}

async fn apply(State(api): State<Arc<Api>>, headers: HeaderMap, body: Bytes) -> Answered {
    let mut books = api.open_books();
    let Arrival { key, digest, body: request } =
        api.arrive(&mut books, &headers, &body, ApplicationRequest::is_valid)?;
    if let Some(at) = books.cases.iter().position(|c| c.state.application_id == key) {
        if books.cases[at].digest != digest {
            return Err(api.refuse(&mut books, 409, codes::KEY_REUSED));
        }
        books.duplicates += 1;
        api.keeper.write(&books);
        return Ok(axum::Json(books.cases[at].state.clone()).into_response());
    }
    let taken = *api.mode.borrow() == Mode::NumberTaken;
    if taken || books.case(&request.case_number).is_some() {
        return Err(api.refuse(&mut books, 409, codes::NUMBER_TAKEN));
    }
    books.accept(key, digest, &request);
    api.keeper.write(&books);
    let state = books.cases.last().map(|case| case.state.clone());
    Ok((StatusCode::CREATED, axum::Json(state)).into_response())
}

#[derive(serde::Deserialize)]
struct After {
    after: Option<String>,
}

async fn changes(State(api): State<Arc<Api>>, Query(After { after }): Query<After>) -> Answered {
    let mut books = api.open_books();
    books.feed_asked += 1;
    api.fails()?;
    let page = books.page(after.as_deref());
    let page = page.ok_or_else(|| api.refusal(410, codes::CURSOR_EXPIRED))?;
    Ok(axum::Json(page).into_response())
}

async fn query(State(api): State<Arc<Api>>, body: Bytes) -> Answered {
    let query = api.read(&body, QueryRequest::is_valid)?;
    let answer = match *api.mode.borrow() {
        Mode::Nothing(reason) => {
            let detail = api.words().as_deref().map(Private::new);
            QueryResponse::Nothing(QueryNothing { reason, detail })
        }
        _ => QueryResponse::Answer(samples::answer(&query)),
    };
    Ok(axum::Json(answer).into_response())
}

async fn entitlement(State(api): State<Arc<Api>>, body: Bytes) -> Answered {
    let asked = api.read(&body, EntitlementRequest::is_valid)?;
    let answer = match *api.mode.borrow() {
        Mode::Nothing(Reason::NotAvailable) => EntitlementResponse::Unknown,
        _ => people::entitlement(&asked.person),
    };
    Ok(axum::Json(answer).into_response())
}

async fn authority(State(api): State<Arc<Api>>, body: Bytes) -> Answered {
    let asked = api.read(&body, AuthorityRequest::is_valid)?;
    let answer = match *api.mode.borrow() {
        Mode::Nothing(Reason::NotAvailable) => AuthorityResponse::NotAvailable,
        _ => people::authority(&asked),
    };
    Ok(axum::Json(answer).into_response())
}

async fn vacancies(State(api): State<Arc<Api>>, Query(After { after }): Query<After>) -> Answered {
    api.fails()?;
    let page = people::vacancies(after.as_deref());
    let page = page.ok_or_else(|| api.refusal(410, codes::CURSOR_EXPIRED))?;
    Ok(axum::Json(page).into_response())
}

async fn evaluate(State(api): State<Arc<Api>>, headers: HeaderMap, body: Bytes) -> Answered {
    let mut books = api.open_books();
    let Arrival { key, digest, body: evaluation } =
        api.arrive(&mut books, &headers, &body, EvaluationRequest::is_valid)?;
    if let Some(booked) = books.evaluations.iter().find(|e| e.idempotency_key == key) {
        if booked.digest != digest {
            return Err(api.refuse(&mut books, 409, codes::KEY_REUSED));
        }
        let evaluation_number = booked.evaluation_number.clone();
        books.duplicates += 1;
        api.keeper.write(&books);
        return Ok(axum::Json(EvaluationReceipt { evaluation_number }).into_response());
    }
    let mut case_number = None;
    if let Some(id) = &evaluation.application_id {
        let Some(case) = books.cases.iter().find(|c| c.state.application_id == *id) else {
            return Err(api.refuse(&mut books, 422, codes::APPLICATION_UNKNOWN));
        };
        case_number = Some(case.case_number.clone());
        if books.evaluations.iter().any(|e| e.case_number == case_number) {
            return Err(api.refuse(&mut books, 409, codes::ALREADY_EVALUATED));
        }
    }
    if evaluation.satisfaction <= 2 && evaluation.tags.is_empty() {
        return Err(api.refuse(&mut books, 422, codes::REASON_REQUIRED));
    }
    let evaluation_number = format!("YL{:06}", books.evaluations.len() + 1);
    let EvaluationRequest { item, satisfaction, tags, .. } = evaluation;
    books.evaluations.push(BookedEvaluation {
        evaluation_number: evaluation_number.clone(),
        case_number,
        item,
        satisfaction,
        tags,
        idempotency_key: key,
        digest,
    });
    api.keeper.write(&books);
    Ok((StatusCode::CREATED, axum::Json(EvaluationReceipt { evaluation_number })).into_response())
}

async fn announce_material(
    State(api): State<Arc<Api>>,
    Path(sm3): Path<String>,
    body: Bytes,
) -> Answered {
    let request = api.read(&body, MaterialRequest::is_valid)?;
    if !is_sm3(&sm3) {
        return Err(api.refusal(422, codes::INVALID));
    }
    Ok(axum::Json(lock(&api.materials).announce(&sm3, &request)).into_response())
}

async fn bring_part(
    State(api): State<Arc<Api>>,
    Path((sm3, part)): Path<(String, String)>,
    body: Bytes,
) -> Answered {
    api.fails()?;
    let part = part.parse().map_err(|_| api.refusal(404, codes::UNKNOWN))?;
    let brought = lock(&api.materials).bring(&sm3, part, &body);
    let state = brought.map_err(|fault| match fault {
        PartFault::Unknown => api.refusal(404, codes::UNKNOWN),
        PartFault::Length => api.refusal(422, codes::INVALID),
        PartFault::Digest => api.refusal(409, codes::DIGEST_MISMATCH),
    })?;
    Ok(axum::Json(state).into_response())
}

async fn packs(State(api): State<Arc<Api>>, headers: HeaderMap) -> Answered {
    api.fails()?;
    let mut shelf = api.packs();
    let (list, tag) = shelf.list();
    let held =
        headers.get(header::IF_NONE_MATCH).is_some_and(|held| held.as_bytes() == tag.as_bytes());
    let tag = [(header::ETAG, tag)];
    if held {
        shelf.asked.unchanged += 1;
        return Ok((StatusCode::NOT_MODIFIED, tag).into_response());
    }
    shelf.asked.listed += 1;
    Ok((tag, axum::Json(list)).into_response())
}

async fn pack(State(api): State<Arc<Api>>, Path(version): Path<String>) -> Answered {
    api.fails()?;
    let file = api.packs().file(&version).ok_or_else(|| api.refusal(404, codes::UNKNOWN))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], file).into_response())
}

async fn heartbeat(State(api): State<Arc<Api>>, body: Bytes) -> Answered {
    api.read(&body, Heartbeat::is_valid)?;
    let reply = HeartbeatReply { received_at: Timestamp::now(), next_s: 30 };
    Ok(axum::Json(reply).into_response())
}

async fn count_policies(State(api): State<Arc<Api>>, body: Bytes) -> Answered {
    let PolicyCounts { counts } = api.read(&body, PolicyCounts::is_valid)?;
    let noted = PolicyCountsNoted { noted: u32::try_from(counts.len()).unwrap_or(u32::MAX) };
    let mut books = api.open_books();
    books.note_policies(counts);
    api.keeper.write(&books);
    Ok(axum::Json(noted).into_response())
}

async fn counted(State(api): State<Arc<Api>>, request: Request) -> Request {
    api.keeper.lock().requests += 1;
    request
}

/// Puts a byte-order mark before the answer, where that was ordered.
async fn marked(State(api): State<Arc<Api>>, answer: Response) -> Response {
    if *api.mode.borrow() != Mode::ByteOrderMark {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from([b"\xef\xbb\xbf", &body[..]].concat()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Two JSON texts of the same content have the same digest: the keys of a `Value` are sorted.
fn digest(body: &Value) -> String {
    to_hex(&Sm3::digest(body.to_string().as_bytes()))
}
