//! What a citizen may know before (办事指南): eleven fields of every item, and what else there is to
//! say.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::fact::{Fact, Value};
use crate::domain::item::Item;
use crate::domain::limits;
use crate::domain::material::{Need, Source};
use crate::domain::pack::{Bilingual, Pack};
use crate::say::{self, Lang, Sentence};

/// Most sections of a guide.
pub const MOST_SECTIONS: usize = 20;
/// Most lines of a section.
pub const MOST_LINES: usize = 50;

/// `[guide]` of an item: those of the eleven fields that stand nowhere else, and sections of one's
/// own. 事项名称, 简述, 材料, 时限, 收费, 咨询 and 监督投诉 come from the item itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend(
    "x-needed" = "[guide] with ways, delivery, hours and place is needed, and what else there is \
                  to know below it as [[guide.sections]]"
))]
pub struct Guide {
    /// 办理方式
    #[schemars(with = "limits::Text")]
    pub ways: Bilingual,
    /// 结果送达
    #[schemars(with = "limits::Text")]
    pub delivery: Bilingual,
    /// 办事时间
    #[schemars(with = "limits::Text")]
    pub hours: Bilingual,
    /// 机构地点
    #[schemars(with = "limits::Text")]
    pub place: Bilingual,
    /// Conditions, steps, hints.
    #[serde(default)]
    #[schemars(length(max = MOST_SECTIONS))]
    pub sections: Vec<GuideSection>,
}

/// A part of the guide (办理条件, 办理流程 …).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuideSection {
    #[schemars(with = "limits::Label")]
    pub title: Bilingual,
    #[schemars(with = "Vec<limits::Text>", length(min = 1, max = MOST_LINES))]
    pub lines: Vec<Bilingual>,
}

impl Item {
    /// The eleven fields of the guide, in the order of the programme.
    pub fn guide_fields(&self, pack: &Pack) -> [Fact; 11] {
        let text = |label: Sentence, text: Bilingual| Fact::new(label.into(), Value::Text(text));
        [
            text(say::GUIDE_NAME, self.name.clone()),
            text(say::GUIDE_SUMMARY, self.summary.clone()),
            text(say::GUIDE_MATERIALS, self.materials_in_words(pack)),
            text(say::GUIDE_WAYS, self.guide.ways.clone()),
            text(say::GUIDE_LIMITS, self.limits_in_words()),
            text(say::GUIDE_DELIVERY, self.guide.delivery.clone()),
            text(say::GUIDE_FEE, self.public.fee.clone()),
            text(say::GUIDE_HOURS, self.guide.hours.clone()),
            text(say::GUIDE_PLACE, self.guide.place.clone()),
            text(say::GUIDE_ASK, self.public.service_phone.clone()),
            text(say::GUIDE_COMPLAIN, self.public.supervision_phone.clone()),
        ]
    }

    /// Each material in a line of its own: its name, where it comes from, what is said of it.
    pub fn material_lines(&self, pack: &Pack) -> Vec<Bilingual> {
        if self.materials.is_empty() {
            return vec![say::MATERIALS_NONE.into()];
        }
        self.materials.iter().map(|need| need.line(pack)).collect()
    }

    fn materials_in_words(&self, pack: &Pack) -> Bilingual {
        let lines = self.material_lines(pack);
        let joined = |lang, between: &str| {
            lines.iter().map(|line| line.text(lang)).collect::<Vec<_>>().join(between)
        };
        Bilingual { zh: joined(Lang::Zh, "；"), en: joined(Lang::En, "; ") }
    }

    /// What the law allows; 待公布 where the pack does not say.
    pub fn legal_in_words(&self) -> Bilingual {
        self.legal.map_or_else(|| say::TO_BE_PUBLISHED.into(), Bilingual::from)
    }

    /// What is promised, and what the law allows.
    fn limits_in_words(&self) -> Bilingual {
        let legal = self.legal_in_words();
        let words = |lang| {
            let values =
                [("promise", self.public.time_limit.text(lang)), ("legal", legal.text(lang))];
            say::GUIDE_LIMITS_WORDS.fill(lang, &values)
        };
        Bilingual { zh: words(Lang::Zh), en: words(Lang::En) }
    }
}

impl Need {
    fn line(&self, pack: &Pack) -> Bilingual {
        let words = |lang: Lang| {
            let name = match pack.material(&self.material) {
                Some(material) => material.name.text(lang),
                None => &self.material,
            };
            let mut line = self.from.sentence().fill(lang, &[("material", name)]);
            let (comma, stop) = match lang {
                Lang::Zh => ("，", "。"),
                Lang::En => ("; ", ". "),
            };
            if self.deficiency {
                line = format!("{line}{comma}{}", say::MATERIAL_MAY_FOLLOW.text(lang));
            }
            match &self.note {
                Some(note) => format!("{line}{stop}{}", note.text(lang)),
                None => line,
            }
        };
        Bilingual { zh: words(Lang::Zh), en: words(Lang::En) }
    }
}

impl Source {
    fn sentence(self) -> Sentence {
        match self {
            Source::Card => say::MATERIAL_FROM_CARD,
            Source::Shared => say::MATERIAL_SHARED,
            Source::Stated => say::MATERIAL_STATED,
            Source::Given => say::MATERIAL_GIVEN,
        }
    }
}
