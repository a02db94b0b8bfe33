//! What the bureau's lists (事项清单) say of an item beyond its name: for whom it is, its category, its
//! limits, and how much of it can be done here (`domain.md` §§2.4, 4.6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::say::{self, Lang, Sentence};

/// For whom an item is done.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    #[default]
    Person,
    /// By a person who acts for it (经办人), with their own card.
    Enterprise,
}

/// 6+1: the six kinds of administrative act and public service, by their national codes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(extend("x-rule" = "category_outside_six_plus_one"))]
pub enum Category {
    /// 行政许可
    #[serde(rename = "01")]
    Permit,
    /// 行政给付
    #[serde(rename = "05")]
    Benefit,
    /// 行政确认
    #[serde(rename = "07")]
    Confirmation,
    /// 行政奖励
    #[serde(rename = "08")]
    Reward,
    /// 行政裁决
    #[serde(rename = "09")]
    Ruling,
    /// 其他行政权力
    #[serde(rename = "10")]
    Other,
    /// 公共服务
    #[serde(rename = "20")]
    PublicService,
}

/// Whom an item or a policy speaks to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// 在职职工
    Employees,
    /// 失业人员
    Unemployed,
    /// 灵活就业人员
    Flexible,
    /// 高校毕业生
    Graduates,
    /// 农民工
    MigrantWorkers,
    /// 城乡居民
    Residents,
    /// 退休人员
    Pensioners,
    /// 残疾人
    Disabled,
    /// 退役军人
    Veterans,
    /// 就业困难人员
    HardToEmploy,
    /// 创业者
    Founders,
    /// 用人单位
    Employers,
}

impl Audience {
    /// What it is called.
    pub fn sentence(self) -> Sentence {
        match self {
            Audience::Employees => say::AUDIENCE_EMPLOYEES,
            Audience::Unemployed => say::AUDIENCE_UNEMPLOYED,
            Audience::Flexible => say::AUDIENCE_FLEXIBLE,
            Audience::Graduates => say::AUDIENCE_GRADUATES,
            Audience::MigrantWorkers => say::AUDIENCE_MIGRANT_WORKERS,
            Audience::Residents => say::AUDIENCE_RESIDENTS,
            Audience::Pensioners => say::AUDIENCE_PENSIONERS,
            Audience::Disabled => say::AUDIENCE_DISABLED,
            Audience::Veterans => say::AUDIENCE_VETERANS,
            Audience::HardToEmploy => say::AUDIENCE_HARD_TO_EMPLOY,
            Audience::Founders => say::AUDIENCE_FOUNDERS,
            Audience::Employers => say::AUDIENCE_EMPLOYERS,
        }
    }

    /// Several, as they stand in a line: `高校毕业生、失业人员`; everybody where none is named.
    pub fn words(all: &[Audience], lang: Lang) -> String {
        if all.is_empty() {
            return say::AUDIENCE_EVERYBODY.text(lang).to_owned();
        }
        let names = all.iter().map(|audience| audience.sentence().text(lang));
        names.collect::<Vec<_>>().join(match lang {
            Lang::Zh => "、",
            Lang::En => ", ",
        })
    }
}

/// How much of an item can be done at a kiosk.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SelfService {
    /// From beginning to end.
    #[default]
    Full,
    /// Handed in here, decided elsewhere.
    Start,
    /// Looked up only.
    Guide,
}

/// How sure one has to be who somebody is.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum IdentityCheck {
    /// The holder lays down the card and confirms it.
    #[default]
    Card,
    /// Somebody compares the holder with the card (人证核验): not at a kiosk alone.
    Witnessed,
}

/// Of which level of the three (市、镇、村三级) a service place is (`domain.md` §1.4).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 市级综合服务大厅
    City,
    /// 镇（街道）人社服务所
    Town,
    /// 村（社区）人社服务站
    Village,
}

/// What a citizen may commit to (承诺).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Commitment {
    /// 告知承诺: instead of a proof.
    Notice,
    /// 容缺承诺: a material follows.
    Deficiency,
    /// 信用承诺: wherever money is paid.
    Credit,
}
