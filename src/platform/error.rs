//! Why there is no answer to use.

use std::time::Duration;

/// Neither text nor `Debug` holds the platform's words.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// No connection, no answer in time, or cut off before the answer. A request may have arrived.
    #[error("platform {host}: {what}")]
    Unreachable { host: String, what: String },
    /// The platform's own final word; repeating is useless. `words` are for the citizen.
    #[error("platform {host}: refused with status {status}, code {code}")]
    Refused { host: String, status: u16, code: String, words: String },
    /// The platform is there and fails: a 5xx that does not ask for a pause.
    #[error("platform {host}: cannot answer, status {status}")]
    Failing { host: String, status: u16 },
    /// 429 or 503: it asked for a pause, which has this long to go. Nothing is asked before.
    #[error("platform {host}: busy, status {status}; asked again in {} s", pause.as_secs())]
    Busy { host: String, status: u16, pause: Duration },
    /// An answer that the contract does not know: another server, a proxy, a wrong address.
    #[error("platform {host}: {what}; check [platform] url and what lies between")]
    Nonsense { host: String, what: String },
}

impl std::fmt::Debug for PlatformError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self {
            PlatformError::Unreachable { .. } => "Unreachable",
            PlatformError::Refused { .. } => "Refused",
            PlatformError::Failing { .. } => "Failing",
            PlatformError::Busy { .. } => "Busy",
            PlatformError::Nonsense { .. } => "Nonsense",
        };
        write!(f, "{kind}({self})")
    }
}

/// Why there can be no client at all.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ClientError(pub(super) String);
