//! Packages (打包办, 一件事): what happened to somebody is one matter, however many items it takes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::item::ItemId;
use crate::domain::limits;
use crate::domain::pack::{Bilingual, Pack, Standing};

/// Most packages of a pack.
pub const MOST_PACKAGES: usize = 50;
/// Most items of a package.
const MOST_PACKAGED: usize = 20;
/// 失业一件事 has exactly these many items (`domain.md` §2.3).
pub const UNEMPLOYMENT_ITEMS: usize = 8;

/// `packages/NN-name.toml`: one package.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Package {
    #[schemars(with = "limits::Name")]
    pub id: String,
    pub standing: Standing,
    /// What happened.
    pub scenario: Scenario,
    #[schemars(with = "limits::Label")]
    pub name: Bilingual,
    /// One plain sentence: for whom, and what is done at once.
    #[schemars(with = "limits::Summary")]
    pub summary: Bilingual,
    /// What is done, in the order in which it is told; each an item of the pack.
    #[schemars(length(min = 2, max = MOST_PACKAGED))]
    pub items: Vec<PackagedItem>,
}

/// An item of a package.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackagedItem {
    #[schemars(with = "limits::Name")]
    pub item: ItemId,
    /// Items of the package that have to be done before it.
    #[serde(default)]
    #[schemars(with = "Vec<limits::Name>", length(max = MOST_PACKAGED))]
    pub after: Vec<ItemId>,
}

/// What happens to a person or an enterprise (`domain.md` §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// 企业招用员工
    Hiring,
    /// 解除、终止劳动合同
    Termination,
    /// 高校毕业生就业
    Graduation,
    /// 失业
    Unemployment,
    /// 创业
    Founding,
    /// 退休
    Retirement,
    /// 灵活就业
    FlexibleWork,
    /// 工伤
    WorkInjury,
    /// 职业技能提升
    Skills,
    /// 参保人员死亡
    Death,
    /// 社会保障卡
    SocialSecurityCard,
    /// 人才服务
    Talent,
}

/// Names a package of one version of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageRef {
    pub id: String,
    pub pack_version: String,
}

impl Package {
    /// Every material of its items, each once, in the order in which they are first needed.
    pub fn materials<'p>(&self, pack: &'p Pack) -> Vec<&'p str> {
        let mut all: Vec<&str> = Vec::new();
        let items = self.items.iter().filter_map(|packaged| pack.item(&packaged.item));
        for need in items.flat_map(|item| &item.materials) {
            if !all.contains(&need.material.as_str()) {
                all.push(&need.material);
            }
        }
        all
    }
}
