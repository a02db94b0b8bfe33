//! The platform over HTTP: one request, one typed answer. Repeating is the outbox's business.
//!
//! Nothing personal stands in a URL, an error or a log; no redirect is followed and no proxy of the
//! environment used, so that nothing personal reaches another place than the configured one.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::contract::{
    CaseState, EvaluationReceipt, FINAL_STATUSES, Health, ParticipationQuery, Problem,
};
use crate::case::CaseNumber;
use crate::domain::card::CardText;
use crate::platform::participation::Participation;
use crate::store::PlatformAnswer;

/// Most that is read of one answer.
const ANSWER_MAX: usize = 256 * 1024;
/// Most of the platform's words that are kept, in characters.
const WORDS_MAX: usize = 200;
/// Longest `Retry-After` that is believed.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);

/// Why there is no answer to use. Neither text nor `Debug` holds the platform's words.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// No connection, no answer in time, or cut off before the answer. A request may have arrived.
    #[error("platform {host}: {what}")]
    Unreachable { host: String, what: String },
    /// The platform's own final word; repeating is useless. `words` are for the citizen.
    #[error("platform {host}: refused with status {status}, code {code}")]
    Refused { host: String, status: u16, code: String, words: String },
    /// The platform is there and cannot do it now: 429 or 5xx.
    #[error("platform {host}: cannot answer now, status {status}")]
    Busy { host: String, status: u16, retry_after: Option<Duration> },
    /// An answer that the contract does not know: another server, a proxy, a wrong address.
    #[error("platform {host}: {what}; check [platform] url and what lies between")]
    Nonsense { host: String, what: String },
}

impl std::fmt::Debug for PlatformError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PlatformError::Unreachable { host, what } => {
                f.debug_struct("Unreachable").field("host", host).field("what", what).finish()
            }
            PlatformError::Refused { host, status, code, words: _ } => f
                .debug_struct("Refused")
                .field("host", host)
                .field("status", status)
                .field("code", code)
                .finish_non_exhaustive(),
            PlatformError::Busy { host, status, retry_after } => f
                .debug_struct("Busy")
                .field("host", host)
                .field("status", status)
                .field("retry_after", retry_after)
                .finish(),
            PlatformError::Nonsense { host, what } => {
                f.debug_struct("Nonsense").field("host", host).field("what", what).finish()
            }
        }
    }
}

/// Why there can be no client at all.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("platform.url = \"{url}\": {what}")]
    Url { url: String, what: String },
}

/// A connection pool to one platform; cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    /// Made for the first question: reading every certificate that the system trusts takes its
    /// time, and no picture waits for it.
    http: Arc<OnceCell<reqwest::Client>>,
    base: Url,
    /// Host and port, for messages.
    host: String,
    timeout: Duration,
}

impl Client {
    /// # Errors
    /// The address is none.
    pub fn new(config: &crate::config::Platform) -> Result<Client, ClientError> {
        let wrong = |what: String| ClientError::Url { url: config.url.clone(), what };
        let base = Url::parse(config.url.trim_end_matches('/'))
            .map_err(|e| wrong(e.to_string()))
            .and_then(|url| {
            if matches!(url.scheme(), "http" | "https") && url.query().is_none() {
                Ok(url)
            } else {
                Err(wrong("must be http:// or https:// without a query".to_owned()))
            }
        })?;
        let name = base.host_str().ok_or_else(|| wrong("names no host".to_owned()))?;
        let host = match base.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        };
        let local = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
        if base.scheme() == "http" && !local {
            tracing::warn!(%host, "platform.url is http://: personal data travels unencrypted");
        }
        let timeout = Duration::from_secs(config.timeout_s);
        Ok(Client { http: Arc::default(), base, host, timeout })
    }

    async fn http(&self) -> Result<&reqwest::Client, PlatformError> {
        let timeout = self.timeout;
        let make = || async move {
            let made = tokio::task::spawn_blocking(move || http(timeout)).await;
            made.map_err(|e| e.to_string())
                .and_then(|made| made.map_err(|e| innermost(&e)))
                .map_err(|cause| PlatformError::Unreachable {
                    host: self.host.clone(),
                    what: format!(
                        "TLS cannot be set up: {cause}; the root certificates (ca-certificates) are \
                         missing or damaged: install them, or write the image anew"
                    ),
                })
        };
        self.http.get_or_try_init(make).await
    }

    /// Whether the platform takes work now.
    pub async fn health(&self) -> Result<(), PlatformError> {
        let health: Health = self.ask(Method::GET, "/v1/health", None, None::<&()>).await?;
        if health.status == "ok" { Ok(()) } else { Err(self.nonsense("its health is not `ok`")) }
    }

    /// In which social insurances the holder of this card takes part.
    pub async fn participation(&self, card: &CardText) -> Result<Participation, PlatformError> {
        let query = ParticipationQuery::of(card);
        self.ask(Method::POST, "/v1/participation-queries", None, Some(&query)).await
    }

    /// How far a case has come.
    pub async fn case(&self, number: &CaseNumber) -> Result<PlatformAnswer, PlatformError> {
        let path = format!("/v1/cases/{number}");
        let state = self.ask(Method::GET, &path, None, None::<&()>).await?;
        self.about(number, state)
    }

    /// Hands in an application.
    pub async fn submit(&self, key: &str, body: &[u8]) -> Result<PlatformAnswer, PlatformError> {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let state: CaseState = self.ask(Method::POST, "/v1/cases", Some(key), Some(&body)).await?;
        Ok(answer(state))
    }

    /// Hands in an evaluation.
    pub async fn evaluate(
        &self,
        key: &str,
        body: &[u8],
    ) -> Result<EvaluationReceipt, PlatformError> {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        self.ask(Method::POST, "/v1/evaluations", Some(key), Some(&body)).await
    }

    /// An answer about another case than the one asked for moves nothing.
    fn about(&self, number: &CaseNumber, s: CaseState) -> Result<PlatformAnswer, PlatformError> {
        if s.case_number != *number {
            return Err(self.nonsense("it answered about another case"));
        }
        Ok(answer(s))
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        idempotency_key: Option<&str>,
        body: Option<&impl Serialize>,
    ) -> Result<T, PlatformError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let mut request = self.http().await?.request(method, url);
        if let Some(key) = idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut response = request.send().await.map_err(|e| self.unreachable(&e))?;
        let status = response.status();
        let header = |name| {
            response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned()
        };
        let (content_type, retry_after) = (header(CONTENT_TYPE), header(RETRY_AFTER));
        let mut answer = zeroize::Zeroizing::new(Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(|e| self.unreachable(&e))? {
            if answer.len() + chunk.len() > ANSWER_MAX {
                return Err(self.nonsense(format!("its answer is longer than {ANSWER_MAX} bytes")));
            }
            answer.extend_from_slice(&chunk);
        }
        if status == StatusCode::OK || status == StatusCode::CREATED {
            // serde_json's own words may quote the answer, and the answer may name a person.
            return serde_json::from_slice(&answer)
                .map_err(|_| self.nonsense(format!("its answer to {path} is not the contract's")));
        }
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            let retry_after = retry_after
                .parse()
                .ok()
                .map(|seconds| Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
            return Err(PlatformError::Busy {
                host: self.host.clone(),
                status: status.as_u16(),
                retry_after,
            });
        }
        let problem = content_type
            .starts_with("application/problem+json")
            .then(|| serde_json::from_slice::<Problem>(&answer).ok())
            .flatten();
        match problem {
            Some(problem) if is_final(status) => Err(PlatformError::Refused {
                host: self.host.clone(),
                status: status.as_u16(),
                code: identifier(&problem.code),
                words: words(&problem.detail),
            }),
            _ => Err(self.nonsense(format!("status {} to {path}", status.as_u16()))),
        }
    }

    fn nonsense(&self, what: impl Into<String>) -> PlatformError {
        PlatformError::Nonsense { host: self.host.clone(), what: what.into() }
    }

    fn unreachable(&self, error: &reqwest::Error) -> PlatformError {
        let mut remedy = "check the network and [platform] url";
        let what = if error.is_timeout() {
            format!("no answer within {} s", self.timeout.as_secs())
        } else if let Some(cause) = certificate_fault(error) {
            remedy = "check the kiosk's clock and who issued it";
            format!("its certificate is not accepted ({cause})")
        } else if error.is_connect() {
            "cannot be connected".to_owned()
        } else {
            "connection cut before the answer".to_owned()
        };
        PlatformError::Unreachable { host: self.host.clone(), what: format!("{what}; {remedy}") }
    }
}

/// Why the platform's certificate was not accepted, when that is what an error is about: the words
/// of the TLS library, which name hosts and dates but no person.
fn certificate_fault(error: &dyn std::error::Error) -> Option<String> {
    Some(innermost(error)).filter(|cause| cause.contains("certificate"))
}

/// What lies at the bottom of an error.
fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

/// The connection pool.
fn http(timeout: Duration) -> reqwest::Result<reqwest::Client> {
    // The first caller of the process sets it; a later one finds it set, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("kuaiban/", env!("CARGO_PKG_VERSION")))
        .build()
}

fn answer(s: CaseState) -> PlatformAnswer {
    let CaseState { status, accepted_at, completed_at, due_at, note, .. } = s;
    PlatformAnswer { accepted_at, completed_at, due_at, note, ..PlatformAnswer::status(status) }
}

/// Whether a refusal of this status is about the citizen's matter. Every other 4xx may be the fault
/// of a gateway, an address or a new version, would hit every case that waits, and is repeated.
fn is_final(status: StatusCode) -> bool {
    FINAL_STATUSES.contains(&status.as_u16())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// An error with a cause below it, as the HTTP library makes them.
    #[derive(Debug, thiserror::Error)]
    #[error("client error (Connect)")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn a_certificate_that_is_not_accepted_is_no_fault_of_the_network() {
        let chain = |below: &str| Outer(std::io::Error::other(below.to_owned()));
        let cause = certificate_fault(&chain("invalid peer certificate: UnknownIssuer"));
        assert_eq!(cause.as_deref(), Some("invalid peer certificate: UnknownIssuer"));
        assert_eq!(certificate_fault(&chain("Connection refused (os error 111)")), None);
    }
}
