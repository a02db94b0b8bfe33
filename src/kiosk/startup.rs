//! Why a kiosk is out of service (暂停服务), as its page shows it.

use crate::domain::pack::Bilingual;

/// What the page *out of service* knows. Everything but the number may be missing: what could not
/// be opened may be what would have known it.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfService {
    /// The cause, for whoever telephones; the table stands in `README.md`.
    pub number: u16,
    /// Number of this kiosk within its region, for the same call.
    pub kiosk: Option<u16>,
    /// The hotline to call.
    pub hotline: Option<String>,
    /// The nearest outlet with people, in one line: name, address, hours.
    pub outlet: Option<Bilingual>,
    /// Simulated devices or platform: 演示 (promise P1).
    pub demo: bool,
}
