//! What a pack takes away from those that it extends (叠加).

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::limits;
use crate::domain::package::MOST_PACKAGES;
use crate::domain::policy::MOST_POLICIES;

/// `[without]`: what the packs beneath have and this one has not, by its ids. A file of this pack itself
/// stays, also one of the same id: what is taken away and written again under another number comes in
/// another order. Items are chosen by `offers`.
///
/// ```toml
/// extends = "../national"
/// [without]
/// packages = ["marriage"]
/// policies = ["national_training_voucher"]
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Without {
    /// Packages (打包办).
    #[serde(default)]
    #[schemars(with = "Vec<limits::Name>", length(max = MOST_PACKAGES))]
    pub packages: Vec<String>,
    /// Policies (政策).
    #[serde(default)]
    #[schemars(with = "Vec<limits::Name>", length(max = MOST_POLICIES))]
    pub policies: Vec<String>,
}
