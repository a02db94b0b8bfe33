//! How a place presents itself (八统一: 窗口名称、形象标识、设施设备、功能区域、服务事项、业务流程、服务标准、
//! 管理模式), as far as a screen and a slip can carry it; the name of the window is [`Place::name`]
//! and stands at their head.
//!
//! [`Place::name`]: crate::domain::pack::Place::name

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::limits;
use crate::domain::pack::Bilingual;

/// `[branding]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branding {
    /// The colour of the house (形象标识).
    #[serde(default)]
    pub accent: Accent,
    /// What everybody can count on here (服务标准), in one sentence or two: in the help of every page
    /// and on the slips of guides.
    #[serde(default)]
    #[schemars(with = "limits::Plain")]
    pub service_standard: Option<Bilingual>,
}

/// The colours to choose from: others would not keep the contrast that a page needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Accent {
    /// 石青
    #[default]
    Blue,
    /// 绛红
    Red,
    /// 松绿
    Green,
}

/// `[sentences]`: what the kiosk says to a citizen and a bureau may word itself. Without it the
/// kiosk's own sentence stands there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sentences {
    /// While nobody is here (欢迎语), in place of the greeting by the hour.
    #[serde(default)]
    #[schemars(with = "limits::Greeting")]
    pub welcome: Option<Bilingual>,
    /// When somebody goes (告别语).
    #[serde(default)]
    #[schemars(with = "limits::Greeting")]
    pub farewell: Option<Bilingual>,
    /// Beside the number of the hotline, for whoever asks for help (求助语).
    #[serde(default)]
    #[schemars(with = "limits::Advice")]
    pub help: Option<Bilingual>,
}
