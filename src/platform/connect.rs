//! Connections to the platform: TLS, the kiosk's own certificate, and what can be wrong with them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::file;

/// Longest file of a certificate or key that is read.
const PEM_MAX: u64 = 256 * 1024;

/// The connections of one client. Made for the first question: reading every certificate that the
/// system trusts takes its time, and no picture waits for it.
#[derive(Debug)]
pub(super) struct Connections {
    kept: OnceCell<reqwest::Client>,
    fresh: OnceCell<reqwest::Client>,
    config: crate::config::Platform,
}

/// Which connection a request goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// One that is open already, where there is one.
    Kept,
    /// A new one, closed with the answer: for what no buffer may hold longer, and where what stands
    /// between may have dropped the old one without a word.
    Fresh,
}

impl Connections {
    pub(super) fn new(config: &crate::config::Platform) -> Arc<Connections> {
        let (kept, fresh) = (OnceCell::new(), OnceCell::new());
        Arc::new(Connections { kept, fresh, config: config.clone() })
    }

    /// # Errors
    /// What is wrong with the certificates, and what to do; tried again at the next question.
    pub(super) async fn http(&self, over: Over) -> Result<&reqwest::Client, String> {
        let cell = match over {
            Over::Kept => &self.kept,
            Over::Fresh => &self.fresh,
        };
        cell.get_or_try_init(|| async {
            let config = self.config.clone();
            let made = tokio::task::spawn_blocking(move || build(&config, over)).await;
            made.map_err(|e| e.to_string())?
        })
        .await
    }
}

fn build(config: &crate::config::Platform, over: Over) -> Result<reqwest::Client, String> {
    // The first caller of the process sets it; a later one finds it set, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let timeout = Duration::from_secs(config.timeout_s);
    let mut builder = reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("kuaiban/", env!("CARGO_PKG_VERSION")));
    if over == Over::Fresh {
        builder = builder.pool_max_idle_per_host(0);
    }
    if config.url.starts_with("http://") {
        // Nothing is encrypted, and the roots that the system trusts need not be read.
        builder = builder.tls_certs_only(std::iter::empty());
    }
    if let Some(ca) = &config.ca {
        let wrong = |what: &str| format!("[platform] ca = {ca:?}: {what}");
        let certificates = reqwest::Certificate::from_pem_bundle(&pem("ca", ca)?)
            .map_err(|e| wrong(&innermost(&e)))?;
        if certificates.is_empty() {
            return Err(wrong("holds no certificate; give the bureau's root as PEM"));
        }
        builder = builder.tls_certs_only(certificates);
    }
    if let (Some(identity), Some(key)) = (&config.identity, &config.key) {
        let certificate = pem("identity", identity)?;
        let key_text = pem("key", key)?;
        let mut joined = Zeroizing::new(Vec::with_capacity(certificate.len() + 1 + key_text.len()));
        joined.extend_from_slice(&certificate);
        joined.push(b'\n');
        joined.extend_from_slice(&key_text);
        let identity = reqwest::Identity::from_pem(&joined).map_err(|e| {
            format!(
                "[platform] identity = {identity:?}, key = {key:?}: {}; give the kiosk's \
                 certificate and its key as PEM",
                innermost(&e)
            )
        })?;
        builder = builder.identity(identity);
    }
    builder.build().map_err(|e| {
        format!(
            "TLS cannot be set up: {}; the root certificates (ca-certificates) are missing or \
             damaged, or [platform] identity and key do not belong together",
            innermost(&e)
        )
    })
}

fn pem(field: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    file::read(path, PEM_MAX)
        .map(Zeroizing::new)
        .map_err(|e| format!("[platform] {field} = {path:?}: {e}; give a readable PEM file"))
}

/// Why TLS did not come about, with what to do, when that is what an error is about: the words of
/// the TLS library, which name hosts and dates but no person.
pub(super) fn tls_fault(error: &dyn std::error::Error) -> Option<String> {
    let cause = innermost(error);
    let known = cause.to_ascii_lowercase();
    if known.contains("received fatal alert") {
        Some(format!(
            "it does not accept this kiosk ({cause}); check [platform] identity and key, and \
             whether the bureau has enrolled this kiosk"
        ))
    } else if known.contains("certificate") {
        Some(format!(
            "its certificate is not accepted ({cause}); check the kiosk's clock, who issued it, \
             and [platform] ca"
        ))
    } else {
        None
    }
}

/// What lies at the bottom of an error.
fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error with a cause below it, as the HTTP library makes them.
    #[derive(Debug, thiserror::Error)]
    #[error("client error (Connect)")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn a_fault_of_tls_is_no_fault_of_the_network() {
        let fault = |below: &str| tls_fault(&Outer(std::io::Error::other(below.to_owned())));
        let said = fault("invalid peer certificate: UnknownIssuer").unwrap();
        assert!(said.contains("UnknownIssuer") && said.contains("clock"), "{said}");
        let said = fault("received fatal alert: CertificateRequired").unwrap();
        assert!(said.contains("CertificateRequired") && said.contains("identity"), "{said}");
        assert_eq!(fault("Connection refused (os error 111)"), None);
    }
}
