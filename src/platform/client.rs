//! The platform over HTTP: one request, one typed answer. Repeating is the outbox's business, but
//! for a kept connection that breaks under a request.
//!
//! Nothing personal stands in an address, an error or a log; no redirect is followed and no proxy
//! of the environment used, so that nothing personal reaches another place than the configured one.
//! Bodies are sent from memory that is wiped afterwards, answers are read into such memory.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, DATE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::connect::{Connections, Over, tls_fault};
use super::pause::{Quiet, random, retry_after};
use super::{ClientError, PlatformError, people, query};
use crate::contract::pack::{OFFERS_MAX, PackOffer, Packs};
use crate::contract::problem::FINAL_STATUSES;
use crate::contract::{
    ApplicationState, AuthorityRequest, Changes, EntitlementRequest, EvaluationReceipt, Health,
    IDEMPOTENCY_KEY, PolicyCounts, PolicyCountsNoted, Problem, QueryRequest, changes, encode,
};
use crate::domain::answer::{NoAnswer, QueryAnswer};
use crate::domain::enterprise::Authority;
use crate::domain::entitlement::Entitled;
use crate::domain::vacancy::VacancyPage;

/// Most that is read of one answer. A page of changes with every word it may hold takes 2 MiB.
const ANSWER_MAX: usize = 4 * 1024 * 1024;
/// Longest `ETag` that is kept; a longer one is none.
const ETAG_MAX: usize = 128;
/// For the file of a pack over a slow line.
const PACK_TIMEOUT: Duration = Duration::from_secs(300);
/// Most of the platform's words that are kept, in characters.
const WORDS_MAX: usize = 200;
const HEALTH: &str = "/v2/health";
/// Byte-order mark, with which some servers begin a JSON text against RFC 8259.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Asks one platform; cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    connections: Arc<Connections>,
    quiet: Arc<Quiet>,
    base: Url,
    /// Host and port, for messages.
    host: String,
    timeout: Duration,
    /// Longest pause of our own before a busy platform is asked again.
    pause_max: Duration,
}

/// One request. Cloning it copies no byte of the body.
#[derive(Clone)]
struct Request {
    method: Method,
    /// After the base address.
    path: String,
    idempotency_key: Option<String>,
    /// JSON.
    body: Option<Bytes>,
    /// `ETag` of what is known already: 304 is an answer.
    known: Option<String>,
    /// Most bytes of the answer.
    most: usize,
    /// Another patience than the configured one.
    timeout: Option<Duration>,
}

/// The packs that the platform offers, and the `ETag` of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    pub packs: Vec<PackOffer>,
    pub tag: Option<String>,
}

/// Why an attempt brought no answer.
enum Broken {
    /// The connection ended under the request, before the answer or within it.
    Cut,
    Error(PlatformError),
}

impl Client {
    /// # Errors
    /// The address is none.
    pub fn new(config: &crate::config::Platform) -> Result<Client, ClientError> {
        let base = config.base().map_err(ClientError)?;
        let name = base.host_str().unwrap_or("");
        let host = match base.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        };
        Ok(Client {
            connections: Connections::new(config),
            quiet: Arc::default(),
            base,
            host,
            timeout: Duration::from_secs(config.timeout_s),
            pause_max: Duration::from_secs(config.retry_max_s),
        })
    }

    /// Whether the platform takes work now.
    ///
    /// # Errors
    /// It does not, or cannot be asked.
    pub async fn health(&self) -> Result<Health, PlatformError> {
        let health: Health = self.ask(Request::get(HEALTH)).await?;
        if health.status == "ok" {
            Ok(health)
        } else {
            Err(self.nonsense("its health is not `ok`"))
        }
    }

    /// What the bureau's books say about the person in the request.
    ///
    /// # Errors
    /// Which kind of nothing, also where the platform cannot be asked: a citizen waits, and this is
    /// not repeated.
    pub async fn query(&self, query: &QueryRequest) -> Result<QueryAnswer, NoAnswer> {
        let said = self.ask(Request::post("/v2/queries", None, encode(query))).await;
        said.map_err(|error| {
            tracing::warn!(item = %query.item, "query: {error}");
            query::none(error)
        })
        .and_then(query::answer)
    }

    /// Whether somebody is given something without application. Also where the platform cannot be
    /// asked, nobody can tell: a citizen waits, and this is not repeated.
    pub async fn entitlement(&self, asked: &EntitlementRequest) -> Entitled {
        match self.ask(Request::post("/v2/entitlements", None, encode(asked))).await {
            Ok(said) => people::entitled(said),
            Err(error) => {
                tracing::warn!(item = %asked.item, "entitlement: {error}");
                Entitled::Unknown
            }
        }
    }

    /// Whether somebody may act for an enterprise; as [`Client::entitlement`].
    pub async fn authority(&self, asked: &AuthorityRequest) -> Authority {
        match self.ask(Request::post("/v2/authorities", None, encode(asked))).await {
            Ok(said) => people::authority(said),
            Err(error) => {
                tracing::warn!(item = %asked.item, "authority: {error}");
                Authority::NotAvailable
            }
        }
    }

    /// A page of the vacancies, the first without `after`. `None` where there is no answer.
    pub async fn vacancies(&self, after: Option<&str>) -> Option<VacancyPage> {
        let path = match after.filter(|cursor| changes::is_cursor(cursor)) {
            Some(cursor) => format!("/v2/vacancies?after={cursor}"),
            None => "/v2/vacancies".to_owned(),
        };
        match self.ask(Request::get(&path)).await {
            Ok(page) => people::vacancies(page),
            Err(error) => {
                tracing::warn!("vacancies: {error}");
                None
            }
        }
    }

    /// Hands in an application: the bytes of an `ApplicationRequest` as they were stored.
    pub async fn apply(
        &self,
        idempotency_key: &str,
        body: Zeroizing<Vec<u8>>,
    ) -> Result<ApplicationState, PlatformError> {
        let request = Request::post("/v2/applications", Some(idempotency_key), body);
        let state: ApplicationState = self.ask(request).await?;
        // An answer about another application moves nothing.
        if state.application_id == idempotency_key {
            Ok(state)
        } else {
            Err(self.nonsense("it answered about another application"))
        }
    }

    /// Hands in an evaluation: the bytes of an `EvaluationRequest` as they were stored.
    pub async fn evaluate(
        &self,
        idempotency_key: &str,
        body: Zeroizing<Vec<u8>>,
    ) -> Result<EvaluationReceipt, PlatformError> {
        self.ask(Request::post("/v2/evaluations", Some(idempotency_key), body)).await
    }

    /// Tells how often policies were shown and printed.
    ///
    /// # Errors
    /// It was not noted. Telling it again changes nothing.
    pub async fn count_policies(&self, counts: &PolicyCounts) -> Result<(), PlatformError> {
        let request = Request::post("/v2/policies/counts", None, encode(counts));
        let noted: PolicyCountsNoted = self.ask(request).await?;
        match usize::try_from(noted.noted) == Ok(counts.counts.len()) {
            true => Ok(()),
            false => Err(self.nonsense("it noted another number of counts")),
        }
    }

    /// The next page of what happened to this kiosk's applications.
    pub async fn changes(&self, after: Option<&str>) -> Result<Changes, PlatformError> {
        let path = match after {
            Some(cursor) => format!("/v2/changes?after={cursor}"),
            None => "/v2/changes".to_owned(),
        };
        let page: Changes = self.ask(Request::get(&path)).await?;
        if !changes::is_cursor(&page.cursor) {
            return Err(self.nonsense("its cursor is not the contract's"));
        }
        if page.changes.len() > changes::PAGE_MAX {
            return Err(self.nonsense("its page of changes is longer than the contract's"));
        }
        Ok(page)
    }

    /// The packs that the platform has for this kiosk; `None` where they are those of `known`, the
    /// `ETag` of an earlier list. A platform that knows nothing of packs has none.
    ///
    /// # Errors
    /// It cannot be asked, or its list is not the contract's.
    pub async fn packs(&self, known: Option<&str>) -> Result<Option<Offered>, PlatformError> {
        let known = known.map(str::to_owned);
        let request = Request { known, ..Request::get("/v2/packs") };
        let (status, answer) = self.answer(request).await?;
        match status {
            StatusCode::NOT_MODIFIED => return Ok(None),
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => return Ok(Some(Offered::default())),
            _ => {}
        }
        let Packs { packs } = self.read("/v2/packs", status, &answer)?;
        if packs.len() > OFFERS_MAX || !packs.iter().all(PackOffer::is_valid) {
            return Err(self.nonsense("its list of packs is not the contract's"));
        }
        let plain = |tag: &String| {
            (2..=ETAG_MAX).contains(&tag.len()) && tag.bytes().all(|b| matches!(b, b'!'..=b'~'))
        };
        Ok(Some(Offered { packs, tag: Some(answer.tag).filter(plain) }))
    }

    /// The file of a pack as it came, but for a byte-order mark before it.
    ///
    /// # Errors
    /// It cannot be had, or is longer than was offered.
    pub async fn pack(&self, offer: &PackOffer) -> Result<Zeroizing<Vec<u8>>, PlatformError> {
        let path = format!("/v2/packs/{}", offer.version);
        let request = Request {
            most: usize::try_from(offer.length).unwrap_or(usize::MAX).saturating_add(BOM.len()),
            timeout: Some(PACK_TIMEOUT),
            ..Request::get(&path)
        };
        let (status, answer) = self.answer(request).await?;
        if status != StatusCode::OK {
            return Err(self.fault(&path, status, &answer));
        }
        Ok(match answer.body.strip_prefix(BOM) {
            Some(bare) => Zeroizing::new(bare.to_vec()),
            None => answer.body,
        })
    }

    /// How long the platform is still left alone because it asked for a pause.
    pub fn busy_for(&self) -> Option<Duration> {
        self.quiet.left(Instant::now()).map(|(left, _)| left)
    }

    async fn ask<T: DeserializeOwned>(&self, request: Request) -> Result<T, PlatformError> {
        let path = request.path.clone();
        let (status, answer) = self.answer(request).await?;
        self.read(&path, status, &answer)
    }

    /// One answer, whatever its status.
    async fn answer(&self, request: Request) -> Result<(StatusCode, RawAnswer), PlatformError> {
        if let Some((pause, status)) = self.quiet.left(Instant::now()) {
            return Err(PlatformError::Busy { host: self.host.clone(), status, pause });
        }
        let over = request.over();
        let answer = match self.attempt(request.clone(), over).await {
            // A connection that lay idle may be dead without either end knowing.
            Err(Broken::Cut) if over == Over::Kept => {
                self.attempt(request.clone(), Over::Fresh).await
            }
            answered => answered,
        };
        let answer = answer.map_err(|broken| match broken {
            Broken::Cut => self.unreachable(
                "connection cut before the answer; check the network and [platform] url".to_owned(),
            ),
            Broken::Error(error) => error,
        })?;
        if place(&request.path) != HEALTH {
            self.quiet.answered();
        }
        Ok(answer)
    }

    /// What an answer says; the fault where it says nothing of the kind.
    fn read<T: DeserializeOwned>(
        &self,
        path: &str,
        status: StatusCode,
        answer: &RawAnswer,
    ) -> Result<T, PlatformError> {
        if status == StatusCode::OK || status == StatusCode::CREATED {
            // serde_json's own words may quote the answer, and the answer may name a person.
            return serde_json::from_slice(json(&answer.body)).map_err(|_| {
                self.nonsense(format!("its answer to {} is not the contract's", place(path)))
            });
        }
        Err(self.fault(path, status, answer))
    }

    fn fault(&self, path: &str, status: StatusCode, answer: &RawAnswer) -> PlatformError {
        let status = status.as_u16();
        if (500..=599).contains(&status) {
            return PlatformError::Failing { host: self.host.clone(), status };
        }
        let problem = answer
            .content_type
            .starts_with("application/problem+json")
            .then(|| serde_json::from_slice::<Problem>(json(&answer.body)).ok())
            .flatten();
        match problem {
            Some(problem) if FINAL_STATUSES.contains(&status) => PlatformError::Refused {
                host: self.host.clone(),
                status,
                code: identifier(&problem.code),
                words: words(problem.detail.open()),
            },
            _ => self.nonsense(format!("status {status} to {}", place(path))),
        }
    }

    /// One request over one connection, its answer read to the end.
    async fn attempt(
        &self,
        request: Request,
        over: Over,
    ) -> Result<(StatusCode, RawAnswer), Broken> {
        let http = self.connections.http(over).await;
        let http = http.map_err(|what| Broken::Error(self.unreachable(what)))?;
        let mut url = self.base.clone();
        let (path, query) = match request.path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (request.path.as_str(), None),
        };
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url.set_query(query);
        let mut sending = http.request(request.method.clone(), url);
        if let Some(key) = &request.idempotency_key {
            sending = sending.header(IDEMPOTENCY_KEY, key);
        }
        if let Some(tag) = &request.known {
            sending = sending.header(IF_NONE_MATCH, tag);
        }
        if let Some(timeout) = request.timeout {
            sending = sending.timeout(timeout);
        }
        if let Some(body) = request.body {
            sending = sending.header(CONTENT_TYPE, "application/json").body(body);
        }
        let mut response = sending.send().await.map_err(|e| self.broken(&e))?;
        let status = response.status();
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            return Err(Broken::Error(self.busy(&response)));
        }
        let mut answer = RawAnswer {
            content_type: header(&response, CONTENT_TYPE),
            tag: header(&response, ETAG),
            body: Zeroizing::new(Vec::new()),
        };
        while let Some(chunk) = response.chunk().await.map_err(|e| self.broken(&e))? {
            if answer.body.len() + chunk.len() > request.most {
                let what = format!("its answer is longer than {} bytes", request.most);
                return Err(Broken::Error(self.nonsense(what)));
            }
            append(&mut answer.body, &chunk);
        }
        Ok((status, answer))
    }

    fn busy(&self, response: &Response) -> PlatformError {
        let (value, date) = (header(response, RETRY_AFTER), header(response, DATE));
        let wish = retry_after(&value, &date, SystemTime::now());
        let status = response.status().as_u16();
        let pause = self.quiet.busy(Instant::now(), status, wish, self.pause_max, random());
        PlatformError::Busy { host: self.host.clone(), status, pause }
    }

    fn nonsense(&self, what: impl Into<String>) -> PlatformError {
        PlatformError::Nonsense { host: self.host.clone(), what: what.into() }
    }

    fn unreachable(&self, what: String) -> PlatformError {
        PlatformError::Unreachable { host: self.host.clone(), what }
    }

    fn broken(&self, error: &reqwest::Error) -> Broken {
        const REMEDY: &str = "check the network and [platform] url";
        let what = if error.is_timeout() {
            format!("no answer within {} s; {REMEDY}", self.timeout.as_secs())
        } else if let Some(fault) = tls_fault(error) {
            fault
        } else if error.is_connect() {
            format!("cannot be connected; {REMEDY}")
        } else {
            return Broken::Cut;
        };
        Broken::Error(self.unreachable(what))
    }
}

impl Request {
    fn get(path: &str) -> Request {
        Request {
            method: Method::GET,
            path: path.to_owned(),
            idempotency_key: None,
            body: None,
            known: None,
            most: ANSWER_MAX,
            timeout: None,
        }
    }

    fn post(path: &str, idempotency_key: Option<&str>, body: Zeroizing<Vec<u8>>) -> Request {
        Request {
            method: Method::POST,
            idempotency_key: idempotency_key.map(str::to_owned),
            // Wiped when the attempt is over.
            body: Some(Bytes::from_owner(body)),
            ..Request::get(path)
        }
    }

    /// All but the question of health is about persons, words in the feed of changes too: its
    /// connection is closed with the answer, for the buffers of a kept one would hold them until
    /// they are next filled (promise P4).
    fn over(&self) -> Over {
        if self.path == HEALTH { Over::Kept } else { Over::Fresh }
    }
}

struct RawAnswer {
    content_type: String,
    /// `ETag`, or nothing.
    tag: String,
    body: Zeroizing<Vec<u8>>,
}

/// Appends without leaving what was there in memory that is not wiped.
fn append(body: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    let length = body.len() + chunk.len();
    if length > body.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(length.next_power_of_two()));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(chunk);
}

/// A path without what is asked for there.
fn place(path: &str) -> &str {
    path.split('?').next().unwrap_or("")
}

/// A JSON text without its byte-order mark.
fn json(body: &[u8]) -> &[u8] {
    body.strip_prefix(BOM).unwrap_or(body)
}

fn header(response: &Response, name: reqwest::header::HeaderName) -> String {
    response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned()
}

fn words(detail: &str) -> String {
    let line = detail.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(WORDS_MAX).collect()
}

/// A code as the contract writes it; anything else could hide a personal datum in a log.
fn identifier(code: &str) -> String {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let named = code.starts_with(|c: char| c.is_ascii_lowercase());
    if named && code.len() <= 64 && code.bytes().all(known) {
        code.to_owned()
    } else {
        "not_an_identifier".to_owned()
    }
}
