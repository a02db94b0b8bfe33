//! Materials (材料): what an item needs, and where it comes from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::limits;
use crate::domain::pack::Bilingual;

/// Most materials of a pack.
pub const MOST_MATERIALS: usize = 500;
/// Most materials of an item.
pub const MOST_NEEDED: usize = 20;

/// `materials.toml`: every material that items of the pack name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Materials {
    #[schemars(length(min = 1, max = MOST_MATERIALS))]
    pub materials: Vec<Material>,
}

/// One document or proof, named once for all items that need it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// What items call it, e.g. `id_card`.
    #[schemars(with = "limits::Name")]
    pub id: String,
    #[schemars(with = "limits::Label")]
    pub name: Bilingual,
    /// A proof that was abolished (取消的证明), and by what: no item may ask for it any more
    /// (`domain.md` §1.1).
    #[serde(default)]
    #[schemars(with = "limits::Text")]
    pub cancelled: Option<Bilingual>,
}

/// A material that an item needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// One of `materials.toml`.
    #[schemars(with = "limits::Name")]
    pub material: String,
    pub from: Source,
    /// 容缺: it may follow after acceptance, which asks for a commitment.
    #[serde(default)]
    pub deficiency: bool,
    /// Original or copy, how many, whose.
    #[serde(default)]
    #[schemars(with = "limits::Text")]
    pub note: Option<Bilingual>,
}

/// Where a material comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Read from the card that is laid down.
    Card,
    /// Obtained by sharing between offices (数据共享): never asked for.
    Shared,
    /// Stated by the citizen in the form (个人申报).
    Stated,
    /// Given by the citizen.
    Given,
}
