//! Who handles a case, and why it takes as long as it does.

use serde::{Deserialize, Serialize};

use crate::domain::fact::{Fact, Value};
use crate::domain::pack::Bilingual;
use crate::say::{self, Lang, Sentence};

/// Which of the four ways a case goes (`domain.md` §1.1), as the platform says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub way: RouteWay,
    /// Who handles it, where that is another department.
    pub department: Option<String>,
    /// Why, in the platform's words to the citizen.
    pub reason: Option<String>,
}

/// One of the four ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteWay {
    /// 即时办结: at once.
    AtOnce,
    /// 第一时间提交后台审核: to the back office at once.
    BackOffice,
    /// 推送协办部门并跟踪进度: pushed to another department and tracked.
    OtherDepartment,
    /// 按法定时限执行: within what the law allows, for a reason that is recorded.
    StatutoryLimit,
}

/// What stands between a case and its completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hindrance {
    /// The platform cannot be reached: the case still lies on the kiosk.
    NoNetwork,
    /// The platform is there, and does not book or does not finish it.
    Platform,
}

impl Route {
    /// What a citizen is told of it.
    pub fn facts(&self) -> Vec<Fact> {
        let department = self.department.as_deref().unwrap_or_default();
        let words = |lang| self.sentence().fill(lang, &[("department", department)]);
        let way = Bilingual { zh: words(Lang::Zh), en: words(Lang::En) };
        let plain = |text: &String| Bilingual { zh: text.clone(), en: String::new() };
        let reason = self.reason.as_ref().map(|reason| (say::ROUTE_REASON, plain(reason)));
        [(say::ROUTE, way)]
            .into_iter()
            .chain(reason)
            .map(|(label, words)| Fact::new(label.into(), Value::Text(words)))
            .collect()
    }

    fn sentence(&self) -> Sentence {
        match (self.way, &self.department) {
            (RouteWay::AtOnce, _) => say::ROUTE_AT_ONCE,
            (RouteWay::BackOffice, _) => say::ROUTE_BACK_OFFICE,
            (RouteWay::OtherDepartment, Some(_)) => say::ROUTE_OTHER_DEPARTMENT,
            (RouteWay::OtherDepartment, None) => say::ROUTE_ANOTHER_DEPARTMENT,
            (RouteWay::StatutoryLimit, _) => say::ROUTE_STATUTORY_LIMIT,
        }
    }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Route { way, department, reason: _ } = self;
        f.debug_struct("Route")
            .field("way", way)
            .field("department", department)
            .finish_non_exhaustive()
    }
}
