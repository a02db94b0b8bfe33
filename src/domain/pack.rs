//! A site pack: everything that belongs to the bureau and not to the binary (promise P10).
//! These are its types; `src/pack.rs` reads them from a folder.

use serde::{Deserialize, Serialize};

use crate::domain::evaluation::Level;
use crate::say::Lang;

/// A text of the bureau in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    pub zh: String,
    pub en: String,
}

impl Bilingual {
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// Whether the data may be presented as the bureau's own (promise P1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Shown and printed with 样例.
    Sample,
    Official,
}

/// `pack.toml`: the pack itself and the place it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Version of the pack, shown on the screen.
    pub version: String,
    pub standing: Standing,
    /// ISO date of the data.
    pub as_of: jiff::civil::Date,
    /// Six-digit region code (GB/T 2260) that begins every case number.
    pub region: String,
    pub bureau: Bilingual,
    pub outlet: Outlet,
    /// 12333.
    pub hotline: String,
    /// 监督电话.
    pub supervision_phone: String,
    /// Where a citizen follows a case; `{case_number}` is replaced. Printed as QR code.
    pub query_url: String,
    /// Notices on the attract screen.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// 好差评 tags, version of the national set.
    pub evaluation: EvaluationTags,
    /// In the order of the home screen; each from its own file `items/NAME.toml`.
    #[serde(skip)]
    pub items: Vec<Item>,
}

/// A place with people (网点), named whenever the kiosk cannot help further (promise P5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlet {
    pub name: Bilingual,
    pub address: Bilingual,
    pub hours: Bilingual,
    pub phone: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    pub date: jiff::civil::Date,
    pub text: Bilingual,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationTags {
    pub version: String,
    pub tags: Vec<Tag>,
}

/// One reason that a citizen may tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Three-digit code of the national set (`domain.md` §4.3).
    pub code: u16,
    pub level: Level,
    pub text: Bilingual,
}

/// One service item (服务事项).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Lower-case name used in the store and the contract, e.g. `unemployment_registration`.
    pub id: String,
    pub standing: Standing,
    pub area: Area,
    pub name: Bilingual,
    /// One plain sentence, at most 40 Han characters: what it is good for.
    pub summary: Bilingual,
    pub kind: ItemKind,
    /// 八公开, all eight, in the order of the programme.
    pub public: PublicFields,
    /// What to know before: conditions, materials, steps; printed as the guide.
    pub guide: Vec<GuideSection>,
    /// One question a page; nothing that the card knows.
    #[serde(default)]
    pub questions: Vec<Question>,
}

/// The four areas of the national standard (`domain.md` §1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    Employment,
    SocialInsurance,
    Skills,
    LabourRelations,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ItemKind {
    /// 秒办: the platform is asked and the answer printed; needs the network.
    Query,
    /// 即时办结: goes through the durable queue; works without network.
    Instant {
        /// From received to completed, in minutes; at most 30.
        limit_min: u32,
    },
}

/// The eight public fields (八公开).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicFields {
    /// 服务事项
    pub service: Bilingual,
    /// 受理窗口
    pub window: Bilingual,
    /// 政策依据
    pub basis: Bilingual,
    /// 服务流程
    pub process: Bilingual,
    /// 收费依据
    pub fee: Bilingual,
    /// 承诺时限
    pub time_limit: Bilingual,
    /// 服务电话
    pub service_phone: Bilingual,
    /// 监督电话
    pub supervision_phone: Bilingual,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuideSection {
    pub title: Bilingual,
    pub lines: Vec<Bilingual>,
}

/// One question on one page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Name of the answer in the contract, e.g. `reason`.
    pub id: String,
    pub text: Bilingual,
    /// Short label for the review page and the slip.
    pub label: Bilingual,
    /// Why it is asked.
    pub reason: Bilingual,
    pub answer: AnswerKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum AnswerKind {
    /// One of a few.
    Choice { options: Vec<Choice> },
    /// Mainland mobile number, 11 digits.
    Phone,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Code sent to the platform.
    pub code: String,
    pub label: Bilingual,
    #[serde(default)]
    pub help: Bilingual,
}

impl Pack {
    /// The item with this identifier.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }
}
