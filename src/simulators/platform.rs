//! The bureau's platform as `openapi.yaml` describes it, with books of its own and the faults of
//! the real one: no listener, slow, failing, cutting the connection when the work is done.
//!
//! Its answers are plainly samples (样例). It keeps no personal datum: of a body it keeps the SM3
//! digest, to tell a repetition from another request under the same key.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sm3::{Digest as _, Sm3};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::case::{CaseNumber, CaseStatus};
use crate::platform::contract::{
    CHANNEL_TERMINAL, CaseState, CaseSubmission, EvaluationReceipt, EvaluationSubmission, Health,
    ParticipationQuery, Problem, SOURCE_OTHER,
};

/// How to start one.
#[derive(Clone, Debug)]
pub struct PlatformOptions {
    /// Port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// Books written at every change and read at the start.
    pub books: Option<PathBuf>,
    /// From accepted to completed.
    pub complete_after: Duration,
}

impl Default for PlatformOptions {
    fn default() -> Self {
        PlatformOptions { port: 0, books: None, complete_after: Duration::from_secs(3) }
    }
}

/// How it behaves from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Online,
    /// Nobody listens; open connections are cut.
    Offline,
    /// Every answer comes this much later.
    Slow(Duration),
    /// Every request but the health probe is answered with this status and not booked.
    Fail(u16),
    /// The work is done and booked, the connection cut before the answer.
    DropAnswers,
}

/// What the platform has booked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// Cases and evaluations that arrived, repetitions and failures included.
    pub attempts: u64,
    /// Requests that had been booked before under the same key.
    pub duplicates: u64,
    /// Requests refused for good.
    pub refused: u64,
    pub cases: Vec<BookedCase>,
    pub evaluations: Vec<BookedEvaluation>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedCase {
    pub state: CaseState,
    pub item: String,
    pub idempotency_key: String,
    /// SM3 of the body.
    pub digest: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedEvaluation {
    pub evaluation_number: String,
    pub case_number: Option<CaseNumber>,
    pub item: Option<String>,
    pub satisfaction: u8,
    pub tags: Vec<u16>,
    pub idempotency_key: String,
    pub digest: String,
}

/// A running simulator; ends when dropped.
pub struct PlatformSimulator {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    desk: Arc<Desk>,
    tasks: Vec<JoinHandle<()>>,
}

impl PlatformSimulator {
    /// Starts in the current Tokio runtime.
    ///
    /// # Errors
    /// The port is taken, or the books cannot be read or written.
    pub async fn start(options: PlatformOptions) -> std::io::Result<PlatformSimulator> {
        let books = match &options.books {
            Some(path) if path.exists() => serde_json::from_slice(&std::fs::read(path)?)?,
            _ => Books::default(),
        };
        if let Some(path) = &options.books {
            // Now, and not at the first case, is the time to learn that this cannot be written.
            std::fs::write(path, pretty(&books))?;
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let address = listener.local_addr()?;
        let mode = watch::Sender::new(Mode::default());
        let desk = Arc::new(Desk {
            books: Mutex::new(books),
            file: options.books,
            words: Mutex::new(None),
            complete_after: options.complete_after,
            mode: mode.subscribe(),
        });
        let (inlet, connections) = mpsc::channel(16);
        let routes = routes(desk.clone());
        let serve = tokio::spawn(async move {
            let _ = axum::serve(Inlet(connections), routes).await;
        });
        let front = tokio::spawn(front(listener, address, inlet, mode.subscribe()));
        Ok(PlatformSimulator { address, mode, desk, tasks: vec![serve, front] })
    }

    /// `http://127.0.0.1:PORT`, the same through all modes.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    pub fn mode(&self) -> Mode {
        *self.mode.borrow()
    }

    /// What it says to citizens from now on, in notes and refusals; `None` for its samples.
    pub fn set_words(&self, words: Option<&str>) {
        *self.desk.words() = words.map(str::to_owned);
    }

    /// A copy of the books as they stand now.
    pub fn books(&self) -> Books {
        self.desk.open_books().clone()
    }

    /// Returns an accepted case to the citizen (补正). `false` if there is none such.
    pub fn return_case(&self, number: &CaseNumber) -> bool {
        let mut books = self.desk.open_books();
        let found = books
            .cases
            .iter_mut()
            .find(|c| c.state.case_number == *number && c.state.status == CaseStatus::Accepted);
        let Some(case) = found else { return false };
        case.state.status = CaseStatus::Returned;
        let words = self.desk.words().clone();
        case.state.note =
            Some(words.unwrap_or("样例：材料需要补正，请到服务窗口办理。".to_owned()));
        self.desk.write(&books);
        true
    }

    /// Carries out one line of the command language (`help` lists it) and returns what to print;
    /// `None` for `quit`.
    pub fn command(&self, line: &str) -> Option<String> {
        let words: Vec<_> = line.split_whitespace().collect();
        let mode = match words[..] {
            [] => return Some(String::new()),
            ["online"] => Mode::Online,
            ["offline"] => Mode::Offline,
            ["drop-answers"] => Mode::DropAnswers,
            ["slow", ms] => match ms.parse() {
                Ok(ms) => Mode::Slow(Duration::from_millis(ms)),
                Err(_) => return Some(format!("slow: {ms} is no number of milliseconds")),
            },
            ["fail", status] => match status.parse() {
                Ok(status @ 400..=599) => Mode::Fail(status),
                _ => return Some(format!("fail: {status} is outside 400 to 599")),
            },
            ["books"] => return Some(pretty(&self.books())),
            ["return", number] => {
                return Some(match CaseNumber::parse(number) {
                    Ok(number) if self.return_case(&number) => format!("returned {number}"),
                    Ok(number) => format!("return: {number} is not in the books as accepted"),
                    Err(e) => format!("return: {e}"),
                });
            }
            ["quit"] => return None,
            ["help"] => return Some(HELP.to_owned()),
            _ => return Some(format!("unknown command; {HELP}")),
        };
        self.set(mode);
        Some(format!("mode: {mode:?}"))
    }
}

impl Drop for PlatformSimulator {
    fn drop(&mut self) {
        // Connections see the sender of the mode gone and end.
        for task in &self.tasks {
            task.abort();
        }
    }
}

const HELP: &str = "commands: online | offline | slow MS | fail STATUS | drop-answers | books | \
                    return CASE | help | quit";

/// Takes connections and hands them on, as far as the mode lets them; closes and opens the port.
async fn front(
    listener: TcpListener,
    address: SocketAddr,
    inlet: mpsc::Sender<DuplexStream>,
    mut mode: watch::Receiver<Mode>,
) {
    let mut listener = Some(listener);
    loop {
        if *mode.borrow_and_update() == Mode::Offline {
            listener = None;
            if mode.changed().await.is_err() {
                return;
            }
            continue;
        }
        let open = match listener.take() {
            Some(open) => open,
            None => match TcpListener::bind(address).await {
                Ok(open) => open,
                Err(e) => {
                    tracing::warn!("platform simulator: {address}: {e}; trying again");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        tokio::select! {
            accepted = open.accept() => match accepted {
                Ok((client, _)) => {
                    tokio::spawn(relay(client, inlet.clone(), mode.clone()));
                }
                Err(e) => tracing::warn!("platform simulator: {address}: {e}"),
            },
            changed = mode.changed() => if changed.is_err() {
                return;
            },
        }
        listener = Some(open);
    }
}

/// Carries bytes between one client and the service until either ends or the mode cuts the line.
async fn relay(
    mut client: TcpStream,
    inlet: mpsc::Sender<DuplexStream>,
    mut mode: watch::Receiver<Mode>,
) {
    let (mut service, far_end) = tokio::io::duplex(64 * 1024);
    if inlet.send(far_end).await.is_err() {
        return;
    }
    let (mut up, mut down) = ([0; 8192], [0; 8192]);
    let (mut client_read, mut client_write) = client.split();
    loop {
        tokio::select! {
            changed = mode.changed() => {
                if changed.is_err() || *mode.borrow() == Mode::Offline {
                    return;
                }
            }
            read = client_read.read(&mut up) => {
                let Ok(n @ 1..) = read else { return };
                if service.write_all(&up[..n]).await.is_err() {
                    return;
                }
            }
            read = service.read(&mut down) => {
                let Ok(n @ 1..) = read else { return };
                let now = *mode.borrow();
                match now {
                    Mode::DropAnswers | Mode::Offline => return,
                    Mode::Slow(pause) => tokio::time::sleep(pause).await,
                    Mode::Online | Mode::Fail(_) => {}
                }
                if *mode.borrow() == Mode::Offline || client_write.write_all(&down[..n]).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Connections that [`relay`] lets through, as axum wants them.
struct Inlet(mpsc::Receiver<DuplexStream>);

impl axum::serve::Listener for Inlet {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.recv().await {
            Some(stream) => (stream, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Desk {
    books: Mutex<Books>,
    file: Option<PathBuf>,
    words: Mutex<Option<String>>,
    complete_after: Duration,
    mode: watch::Receiver<Mode>,
}

fn routes(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/v1/health", get(health))
        .route("/v1/cases", post(submit_case))
        .route("/v1/cases/{case_number}", get(case_state))
        .route("/v1/participation-queries", post(query_participation))
        .route("/v1/evaluations", post(submit_evaluation))
        .with_state(desk)
}

impl Desk {
    /// The books, with every case completed whose time has come.
    fn open_books(&self) -> MutexGuard<'_, Books> {
        let mut books = self.books.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let now = Timestamp::now();
        let mut changed = false;
        for case in books.cases.iter_mut().filter(|c| c.state.status == CaseStatus::Accepted) {
            let accepted = case.state.accepted_at.unwrap_or(now);
            if now.duration_since(accepted).unsigned_abs() >= self.complete_after {
                let number = case.state.case_number.as_str();
                case.state.status = CaseStatus::Completed;
                case.state.completed_at = Some(now);
                let sample = || format!("登记编号：样例{}", &number[number.len() - 8..]);
                case.state.note = Some(self.words().clone().unwrap_or_else(sample));
                changed = true;
            }
        }
        if changed {
            self.write(&books);
        }
        books
    }

    fn words(&self) -> MutexGuard<'_, Option<String>> {
        self.words.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn refusal(&self, status: u16, code: &'static str) -> Refusal {
        Refusal { status, code, words: self.words().clone() }
    }

    /// Whole or not at all: somebody may read while we write.
    fn write(&self, books: &Books) {
        let Some(path) = &self.file else { return };
        let new = path.with_extension("new");
        let written =
            std::fs::write(&new, pretty(books)).and_then(|()| std::fs::rename(&new, path));
        if let Err(e) = written {
            tracing::warn!("platform simulator: {}: {e}", path.display());
        }
    }

    /// Counts an arrival; the answer where the mode or the request itself leaves no other.
    fn arrive<T: serde::de::DeserializeOwned>(
        &self,
        books: &mut Books,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Arrival<T>, Refusal> {
        books.attempts += 1;
        self.failing()?;
        let key = headers
            .get("Idempotency-Key")
            .and_then(|v| v.to_str().ok())
            .filter(|key| uuid::Uuid::parse_str(key).is_ok());
        let parsed = serde_json::from_slice::<Value>(body)
            .and_then(|value| Ok((digest(&value), serde_json::from_value(value)?)));
        match (key, parsed) {
            (Some(key), Ok((digest, body))) => Ok(Arrival { key: key.to_owned(), digest, body }),
            _ => Err(self.refuse(books, 422, "invalid")),
        }
    }

    fn failing(&self) -> Result<(), Refusal> {
        match *self.mode.borrow() {
            Mode::Fail(status) => Err(self.refusal(status, "simulated_failure")),
            _ => Ok(()),
        }
    }

    fn refuse(&self, books: &mut Books, status: u16, code: &'static str) -> Refusal {
        books.refused += 1;
        self.write(books);
        self.refusal(status, code)
    }
}

struct Arrival<T> {
    key: String,
    digest: String,
    body: T,
}

async fn health() -> Response {
    axum::Json(Health { status: "ok".to_owned() }).into_response()
}

async fn submit_case(
    State(desk): State<Arc<Desk>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut books = desk.open_books();
    let Arrival { key, digest, body: case } =
        desk.arrive::<CaseSubmission>(&mut books, &headers, &body)?;
    if let Some(booked) = books.cases.iter().find(|c| c.idempotency_key == key) {
        if booked.digest != digest {
            return Err(desk.refuse(&mut books, 409, "idempotency_conflict"));
        }
        let answer = axum::Json(booked.state.clone()).into_response();
        books.duplicates += 1;
        desk.write(&books);
        return Ok(answer);
    }
    if books.cases.iter().any(|c| c.state.case_number == case.case_number) {
        return Err(desk.refuse(&mut books, 409, "case_number_taken"));
    }
    let person = &case.applicant;
    let valid = is_name(&case.item)
        && case.source == SOURCE_OTHER
        && (1..=18).contains(&person.document_number.chars().count())
        && person.name.chars().count() <= 100
        && case.answers.len() <= 32
        && case.answers.iter().all(|a| is_name(&a.question) && a.answer.chars().count() <= 256);
    if !valid {
        return Err(desk.refuse(&mut books, 422, "invalid"));
    }
    let now = Timestamp::now();
    let state = CaseState {
        case_number: case.case_number.clone(),
        status: CaseStatus::Accepted,
        accepted_at: Some(now),
        completed_at: None,
        // 即时办结: 30 minutes.
        due_at: now.checked_add(jiff::SignedDuration::from_mins(30)).ok(),
        note: None,
    };
    let item = case.item.clone();
    books.cases.push(BookedCase { state: state.clone(), item, idempotency_key: key, digest });
    desk.write(&books);
    Ok((StatusCode::CREATED, axum::Json(state)).into_response())
}

async fn case_state(
    State(desk): State<Arc<Desk>>,
    Path(number): Path<String>,
) -> Result<Response, Refusal> {
    desk.failing()?;
    let books = desk.open_books();
    match books.cases.iter().find(|c| c.state.case_number.as_str() == number) {
        Some(case) => Ok(axum::Json(case.state.clone()).into_response()),
        None => Err(desk.refusal(404, "case_unknown")),
    }
}

async fn query_participation(
    State(desk): State<Arc<Desk>>,
    body: Bytes,
) -> Result<Response, Refusal> {
    desk.failing()?;
    match serde_json::from_slice::<ParticipationQuery>(&body) {
        Ok(query) if !query.document_number.is_empty() => {
            Ok(axum::Json(sample_participation(&query.document_number)).into_response())
        }
        _ => Err(desk.refusal(422, "invalid")),
    }
}

async fn submit_evaluation(
    State(desk): State<Arc<Desk>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut books = desk.open_books();
    let Arrival { key, digest, body: evaluation } =
        desk.arrive::<EvaluationSubmission>(&mut books, &headers, &body)?;
    if let Some(booked) = books.evaluations.iter().find(|e| e.idempotency_key == key) {
        if booked.digest != digest {
            return Err(desk.refuse(&mut books, 409, "idempotency_conflict"));
        }
        let evaluation_number = booked.evaluation_number.clone();
        books.duplicates += 1;
        desk.write(&books);
        return Ok(axum::Json(EvaluationReceipt { evaluation_number }).into_response());
    }
    if let Some(number) = &evaluation.case_number {
        if books.evaluations.iter().any(|e| e.case_number.as_ref() == Some(number)) {
            return Err(desk.refuse(&mut books, 409, "already_evaluated"));
        }
        if !books.cases.iter().any(|c| c.state.case_number == *number) {
            return Err(desk.refuse(&mut books, 422, "case_unknown"));
        }
    }
    let valid = (1..=5).contains(&evaluation.satisfaction)
        && evaluation.channel == CHANNEL_TERMINAL
        && evaluation.tags.len() <= 16
        && evaluation.tags.iter().all(|tag| (100..=599).contains(tag))
        && evaluation.item.as_deref().is_none_or(is_name);
    if !valid {
        return Err(desk.refuse(&mut books, 422, "invalid"));
    }
    if evaluation.satisfaction <= 2 && evaluation.tags.is_empty() {
        return Err(desk.refuse(&mut books, 422, "reason_required"));
    }
    let evaluation_number = format!("YL{:06}", books.evaluations.len() + 1);
    let EvaluationSubmission { case_number, item, satisfaction, tags, .. } = evaluation;
    books.evaluations.push(BookedEvaluation {
        evaluation_number: evaluation_number.clone(),
        case_number,
        item,
        satisfaction,
        tags,
        idempotency_key: key,
        digest,
    });
    desk.write(&books);
    Ok((StatusCode::CREATED, axum::Json(EvaluationReceipt { evaluation_number })).into_response())
}

/// The same for the same number at every time, and nobody's: made from its digest.
fn sample_participation(number: &str) -> Value {
    let noise = Sm3::digest(number.as_bytes());
    let row = |insurance: &str, at: usize| {
        let (status, months) = match noise[at] % 8 {
            0 => ("none", 0),
            1 => ("paused", 6 + u32::from(noise[at + 8])),
            _ => ("insured", 12 + u32::from(noise[at + 8])),
        };
        json!({ "insurance": insurance, "status": status, "months": months })
    };
    let insurances = ["pension", "medical", "unemployment", "injury", "maternity"];
    let rows: Vec<_> = insurances.iter().enumerate().map(|(at, name)| row(name, at)).collect();
    let code: String = noise[20..24].iter().map(|byte| format!("{byte:02X}")).collect();
    json!({ "as_of": "2026-10-31", "rows": rows, "verification_code": format!("样例-{code}") })
}

/// A problem of RFC 9457.
struct Refusal {
    status: u16,
    code: &'static str,
    /// For the citizen; without them a sample.
    words: Option<String>,
}

impl axum::response::IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Refusal { status, code, words } = self;
        let sample = match code {
            "idempotency_conflict" | "case_number_taken" => {
                "样例：这个编号已经登记过另一件，请联系 12333。"
            }
            "already_evaluated" => "样例：该办件已评价，无需重复评价。",
            "reason_required" => "样例：请至少选择一项原因。",
            "case_unknown" => "样例：没有这个办件。",
            "simulated_failure" => "样例：系统暂时不能办理。",
            _ => "样例：填写的内容不符合要求，请到服务窗口办理。",
        };
        let body = Problem {
            kind: "about:blank".to_owned(),
            title: code.replace('_', " "),
            status,
            detail: words.unwrap_or_else(|| sample.to_owned()),
            code: code.to_owned(),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = (status, axum::Json(body)).into_response();
        let headers = answer.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/problem+json"),
        );
        if matches!(status.as_u16(), 429 | 503) {
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        answer
    }
}

fn is_name(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(known)
}

/// Two JSON texts of the same content have the same digest: the keys of a `Value` are sorted.
fn digest(body: &Value) -> String {
    Sm3::digest(body.to_string().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn pretty(books: &Books) -> String {
    serde_json::to_string_pretty(books).expect("books are plain data")
}
