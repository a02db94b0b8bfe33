//! Service items (服务事项): what can be done at the kiosk, with everything a citizen may know about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::deadline::Limit;
use crate::domain::eligibility::Eligibility;
use crate::domain::example::{Example, MOST_EXAMPLES};
use crate::domain::fact::{Fact, Value};
use crate::domain::form::Question;
use crate::domain::guide::Guide;
use crate::domain::limits;
use crate::domain::listing::{Audience, Category, Commitment, Holder, IdentityCheck, SelfService};
use crate::domain::material::{MOST_NEEDED, Need};
use crate::domain::pack::{Bilingual, Standing};
use crate::domain::request::Requested;
use crate::say;

/// Most steps of a procedure.
const MOST_STEPS: usize = 30;
/// Most audiences of an item.
const MOST_AUDIENCES: usize = 12;
/// Most questions of an item.
pub const MOST_QUESTIONS: usize = 30;
/// 即时办结: 30 minutes from received to completed (`domain.md` §1.1).
pub const LONGEST_INSTANT_MIN: u32 = 30;

/// Name of an item in the pack, the store and the contract, e.g. `unemployment_registration`:
/// a lower-case letter, then letters, digits and `_`, at most 64.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ItemId(String);

/// Why a text is no [`ItemId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a lower-case letter and then letters, digits and \"_\", at most 64, are needed")]
pub struct NoItemId;

/// An item of one version of the pack. Whoever keeps one may find it gone, or changed, in another
/// version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ItemRef {
    pub id: ItemId,
    pub pack_version: String,
}

/// `items/NN-name.toml`: one service item.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    #[schemars(with = "limits::Name")]
    pub id: ItemId,
    /// Of its file (`120-name.toml`: 120), 0 to 9999: the number by which a citizen finds it (编号).
    #[serde(skip)]
    pub number: u32,
    pub standing: Standing,
    pub area: Area,
    #[schemars(with = "limits::Label")]
    pub name: Bilingual,
    /// Where the name would break in the middle of a word.
    #[serde(default)]
    #[schemars(with = "limits::Short")]
    pub short_name: Option<Bilingual>,
    /// One plain sentence, at most 40 Han characters: what it is good for.
    #[schemars(with = "limits::Summary")]
    pub summary: Bilingual,
    pub kind: ItemKind,
    #[serde(default, rename = "for")]
    pub holder: Holder,
    #[serde(default)]
    pub category: Option<Category>,
    #[serde(default)]
    #[schemars(length(max = MOST_AUDIENCES))]
    pub audience: Vec<Audience>,
    /// One of the national basic public services (`basic_services` of `pack.toml`).
    #[serde(default)]
    #[schemars(with = "Option<limits::Name>")]
    pub basic_service: Option<String>,
    /// How sure the kiosk has to be who stands before it.
    #[serde(default)]
    pub identity: IdentityCheck,
    /// What the law allows (法定时限); without it 待公布.
    #[serde(default)]
    pub legal: Option<Limit>,
    /// What the bureau promises (承诺时限). An instant item promises its own.
    #[serde(default)]
    pub promise: Option<Limit>,
    /// 提速办: promised within half of what the law allows.
    #[serde(default)]
    pub speedup: bool,
    #[serde(default)]
    pub self_service: SelfService,
    /// 不见面办理: done without a visit anywhere else.
    #[serde(default)]
    pub without_visit: bool,
    /// 免证办: no proof is asked for.
    #[serde(default)]
    pub proof_free: bool,
    /// Somebody else may act for the person (代办).
    #[serde(default)]
    pub agency: bool,
    /// Money is paid out.
    #[serde(default)]
    pub pays_money: bool,
    #[serde(default)]
    #[schemars(length(max = 3))]
    pub commitments: Vec<Commitment>,
    /// Of what is handed on: to whom.
    #[serde(default)]
    pub handoff: Option<Handoff>,
    /// 八公开, all eight, in the order of the programme.
    pub public: PublicFields,
    /// What is needed; an item that needs nothing says `materials = []`.
    #[schemars(length(max = MOST_NEEDED))]
    pub materials: Vec<Need>,
    /// What to know before; shown and printed as the guide.
    pub guide: Guide,
    /// What the staff does with it, step by step (操作规程).
    #[schemars(with = "Vec<limits::Text>", length(min = 1, max = MOST_STEPS))]
    pub procedure: Vec<Bilingual>,
    /// Checked after the card was read and before anything is asked.
    #[serde(default)]
    pub eligibility: Eligibility,
    /// Worked out by hand, and run whenever the pack is checked; the first that is handed in is the
    /// filled-in form (样表).
    #[serde(default)]
    #[schemars(length(max = MOST_EXAMPLES))]
    pub examples: Vec<Example>,
    /// One question a page; nothing that the card knows. Only what is handed in asks something.
    #[serde(default)]
    #[schemars(length(max = MOST_QUESTIONS))]
    pub questions: Vec<Question>,
}

/// The four areas of the national standard (`domain.md` §1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    Employment,
    SocialInsurance,
    Skills,
    LabourRelations,
}

/// How an item is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ItemKind {
    /// 秒办: the platform is asked and the answer printed; needs the network.
    Query,
    /// 即时办结: goes through the durable queue; works without network.
    Instant {
        /// From acceptance to completion, in minutes, 1 to 30.
        #[schemars(
            range(min = 1, max = LONGEST_INSTANT_MIN),
            extend(
                "x-needed" = "an instant item is completed within 30 minutes",
                "x-rule" = "instant_above_30_min"
            )
        )]
        limit_min: u32,
    },
    /// 限时办结: goes through the same queue, and is completed within `promise`.
    Promised,
    /// Looked at by anybody, without a card.
    Browse { of: Browsed },
    /// 免申即办: the platform says who is entitled; the citizen only confirms or declines.
    NoApplication,
    /// 预约、上门、代办、回电: ends in a numbered request to people, with a time window; works without
    /// network.
    Request { of: Requested },
    /// 转办: done elsewhere; the kiosk says where, shows the guide and prints it.
    Handoff,
}

/// What is looked at without a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Browsed {
    /// 政策
    Policies,
    /// 服务网点
    Outlets,
    /// 招聘岗位: asked of the platform, so it needs the network.
    Vacancies,
    /// 事项清单: what can be done here, with its guides.
    Items,
}

impl Area {
    pub const ALL: [Area; 4] =
        [Area::Employment, Area::SocialInsurance, Area::Skills, Area::LabourRelations];
}

impl ItemKind {
    /// Whether something is handed in, and goes through the durable queue.
    pub fn is_application(self) -> bool {
        match self {
            ItemKind::Query | ItemKind::Browse { .. } | ItemKind::Handoff => false,
            ItemKind::Instant { .. }
            | ItemKind::Promised
            | ItemKind::NoApplication
            | ItemKind::Request { .. } => true,
        }
    }
}

/// Who does what this kiosk does not, such as the tax service or the medical insurance bureau.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handoff {
    #[schemars(with = "limits::Label")]
    pub to: Bilingual,
    /// Where it can be done on the web; printed as QR code.
    #[serde(default)]
    #[schemars(with = "Option<limits::WebUrl>")]
    pub url: Option<String>,
}

/// The eight public fields (八公开).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicFields {
    /// 服务事项
    #[schemars(with = "limits::Text")]
    pub service: Bilingual,
    /// 受理窗口
    #[schemars(with = "limits::Text")]
    pub window: Bilingual,
    /// 政策依据
    #[schemars(with = "limits::Text")]
    pub basis: Bilingual,
    /// 服务流程
    #[schemars(with = "limits::Text")]
    pub process: Bilingual,
    /// 收费依据
    #[schemars(with = "limits::Text")]
    pub fee: Bilingual,
    /// 承诺时限
    #[schemars(with = "limits::Text")]
    pub time_limit: Bilingual,
    /// 服务电话
    #[schemars(with = "limits::Text")]
    pub service_phone: Bilingual,
    /// 监督电话
    #[schemars(with = "limits::Text")]
    pub supervision_phone: Bilingual,
}

impl Item {
    /// What is promised: of an instant item its own limit.
    pub fn promised(&self) -> Option<Limit> {
        match self.kind {
            ItemKind::Instant { limit_min } => Some(Limit::minutes(limit_min)),
            _ => self.promise,
        }
    }

    /// The short name where there is one.
    pub fn label(&self) -> &Bilingual {
        self.short_name.as_ref().unwrap_or(&self.name)
    }
}

impl PublicFields {
    /// The eight with their labels, in the order of the programme.
    pub fn facts(&self) -> [Fact; 8] {
        [
            (say::PUBLIC_SERVICE, &self.service),
            (say::PUBLIC_WINDOW, &self.window),
            (say::PUBLIC_BASIS, &self.basis),
            (say::PUBLIC_PROCESS, &self.process),
            (say::PUBLIC_FEE, &self.fee),
            (say::PUBLIC_TIME_LIMIT, &self.time_limit),
            (say::PUBLIC_SERVICE_PHONE, &self.service_phone),
            (say::PUBLIC_SUPERVISION_PHONE, &self.supervision_phone),
        ]
        .map(|(label, text)| Fact::new(label.into(), Value::Text(text.clone())))
    }
}

impl ItemId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ItemId {
    type Err = NoItemId;

    fn from_str(text: &str) -> Result<ItemId, NoItemId> {
        let fits = (1..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if fits { Ok(ItemId(text.to_owned())) } else { Err(NoItemId) }
    }
}

impl TryFrom<String> for ItemId {
    type Error = NoItemId;

    fn try_from(text: String) -> Result<ItemId, NoItemId> {
        text.parse()
    }
}

impl From<ItemId> for String {
    fn from(id: ItemId) -> String {
        id.0
    }
}

impl AsRef<str> for ItemId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ItemId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_id_is_what_the_contract_takes() {
        for id in ["a", "unemployment_registration", "x2", &"a".repeat(64)] {
            assert_eq!(id.parse::<ItemId>().map(String::from).as_deref(), Ok(id));
        }
        for id in ["", "A", "2x", "_a", "a-b", "a b", "失业", &"a".repeat(65)] {
            assert_eq!(id.parse::<ItemId>(), Err(NoItemId), "{id}");
        }
    }
}
