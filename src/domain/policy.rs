//! Policies (政策): what is new, for whom, and what it comes to (四进两知, `domain.md` §1.0).

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::item::ItemId;
use crate::domain::limits;
use crate::domain::listing::Audience;
use crate::domain::pack::{Bilingual, Standing};

/// Most policies of a pack.
pub const MOST_POLICIES: usize = 200;

/// `policies/NN-name.toml`: one policy in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    #[schemars(with = "limits::Name")]
    pub id: String,
    pub standing: Standing,
    #[schemars(with = "limits::Label")]
    pub name: Bilingual,
    /// Whom it speaks to; without any, everybody.
    #[serde(default)]
    #[schemars(length(max = 12))]
    pub audience: Vec<Audience>,
    /// Ages of those whom it may matter to; nothing is decided by it.
    #[serde(default)]
    pub ages: Option<Ages>,
    /// The first day on which it holds.
    pub from: Date,
    /// The last day; without it, until further notice.
    #[serde(default)]
    pub to: Option<Date>,
    /// In plain words, at most 100 Han characters.
    #[schemars(with = "limits::Plain")]
    pub summary: Bilingual,
    /// Who gets it (谁能享受).
    #[schemars(with = "limits::Text")]
    pub who: Bilingual,
    /// What it comes to for one person, worked out (算得清).
    #[serde(default)]
    #[schemars(with = "limits::Text")]
    pub example: Option<Bilingual>,
    /// What it rests on (政策依据).
    #[schemars(with = "limits::Text")]
    pub basis: Bilingual,
    /// Items of the pack by which it is claimed.
    #[serde(default)]
    #[schemars(with = "Vec<limits::Name>", length(max = 10))]
    pub items: Vec<ItemId>,
}

/// Ages in full years, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ages {
    #[schemars(range(min = 0, max = 120))]
    pub min: u8,
    #[schemars(range(min = 0, max = 120))]
    pub max: u8,
}

impl Policy {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}
