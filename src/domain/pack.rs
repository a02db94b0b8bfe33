//! A site pack: everything that belongs to the bureau and not to the binary (promise P10). These
//! types are its one schema: `src/pack/` reads and checks packs by them, `kuaiban pack schema`
//! prints it, and bounds stand beside the fields that have them.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::calendar::Calendar;
use crate::domain::evaluation::Level;
use crate::domain::figure::{self, Figure};
use crate::domain::limits;
use crate::domain::listing;
use crate::domain::material::Material;
use crate::domain::package::Package;
use crate::domain::policy::Policy;
use crate::say::{Lang, Sentence};

pub use crate::domain::branding::{Accent, Branding, Sentences};
pub use crate::domain::eligibility::{AgeRange, Eligibility};
pub use crate::domain::form::{
    AnswerKind, Choice, Condition, NO, PhoneOption, PhoneWay, Question, Region, Regions, YES,
};
pub use crate::domain::guide::{Guide, GuideSection};
pub use crate::domain::item::{
    Area, Browsed, Handoff, Item, ItemId, ItemKind, ItemRef, PublicFields,
};
pub use crate::domain::outlet::{Hotline, Hours, Outlet, OutletRef, Spot};
pub use crate::domain::policy::PolicyRef;
pub use crate::domain::request::{Priority, Requested};

/// Most items of a pack.
pub const MOST_ITEMS: usize = 2000;
const MOST_OUTLETS: usize = 500;
const MOST_BASIC_SERVICES: usize = 100;
/// Most items that the home screen calls often used (常用事项).
pub const MOST_OFTEN_USED: usize = 6;
/// So few items stand on one page, with my cases beside them, in any size of text.
const FEW_ITEMS: usize = 3;
const MOST_NOTICES: usize = 20;
const MOST_TAGS: usize = 200;

/// A text of the bureau in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    pub zh: String,
    pub en: String,
}

/// Whether the data may be presented as the bureau's own (promise P1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Shown and printed with 样例.
    Sample,
    /// The bureau answers for it.
    Official,
}

/// `pack.toml`: the pack itself and the place it is for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Version of the pack, shown on the screen.
    #[schemars(with = "limits::Version")]
    pub version: String,
    pub standing: Standing,
    /// Folder beside this one whose files hold wherever this pack has none of its own, or has only a
    /// part: `../national`.
    #[serde(default)]
    #[schemars(with = "Option<limits::Beside>")]
    pub extends: Option<String>,
    /// Of which level the place is.
    pub level: listing::Level,
    /// The items that are offered here, of those that the files have; without it all.
    #[serde(default)]
    #[schemars(with = "Option<Vec<limits::Name>>", length(min = 1, max = MOST_ITEMS))]
    pub offers: Option<Vec<ItemId>>,
    /// What it does not take over from the packs beneath.
    #[serde(default)]
    pub without: crate::domain::without::Without,
    /// ISO date of the data.
    pub as_of: jiff::civil::Date,
    /// The first day in China on which a kiosk may use the pack (生效日期); without it at once.
    #[serde(default)]
    pub effective_from: Option<jiff::civil::Date>,
    /// Six-digit region code (GB/T 2260) that begins every case number.
    #[schemars(with = "limits::Region")]
    pub region: String,
    #[schemars(with = "limits::Label")]
    pub bureau: Bilingual,
    /// The office that answers for what stands in the pack (签发单位), never a person. An official pack
    /// names one of its own: it is not taken from a pack beneath.
    #[serde(default)]
    #[schemars(with = "limits::Label")]
    pub signer: Option<Bilingual>,
    /// Where the kiosk stands.
    pub place: Place,
    /// Where people help, and other places to go to; at least one is staffed.
    #[schemars(length(min = 1, max = MOST_OUTLETS))]
    pub outlets: Vec<Outlet>,
    /// 12333.
    pub hotline: Hotline,
    /// Who is served first (绿色通道) for their age; without it nobody is.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// 监督电话.
    #[schemars(with = "limits::Telephone")]
    pub supervision_phone: String,
    /// Where a citizen follows a case; `{query_token}` is replaced by what nobody can guess.
    /// Printed as QR code.
    #[schemars(with = "limits::QueryUrl")]
    pub query_url: String,
    /// Where anybody can have the slip of a query verified; `{verification_code}` is replaced by what
    /// the platform gave it. Printed as QR code; without it the code is.
    #[serde(default)]
    #[schemars(with = "Option<limits::VerificationUrl>")]
    pub verification_url: Option<String>,
    /// Notices on the attract screen.
    #[serde(default)]
    #[schemars(length(max = MOST_NOTICES))]
    pub notices: Vec<Notice>,
    /// 好差评 tags, version of the national set.
    pub evaluation: EvaluationTags,
    /// National basic public services (国家基本公共服务) that items may name: what a coverage report
    /// counts.
    #[serde(default)]
    #[schemars(length(max = MOST_BASIC_SERVICES))]
    pub basic_services: Vec<BasicService>,
    #[serde(default)]
    pub home: HomeArrangement,
    /// How the place presents itself (八统一).
    #[serde(default)]
    pub branding: Branding,
    /// What the kiosk says in the bureau's own words.
    #[serde(default)]
    pub sentences: Sentences,
    /// In the order of their numbers; each from its own file `items/NN-name.toml`.
    #[serde(skip)]
    pub items: Vec<Item>,
    /// Each from its own file `packages/NN-name.toml`.
    #[serde(skip)]
    pub packages: Vec<Package>,
    /// Each from its own file `policies/NN-name.toml`.
    #[serde(skip)]
    pub policies: Vec<Policy>,
    /// From `materials.toml`.
    #[serde(skip)]
    pub materials: Vec<Material>,
    /// From `values.toml`.
    #[serde(skip)]
    pub figures: Vec<Figure>,
    /// What a question about a region chooses from: `regions.toml`.
    #[serde(skip)]
    pub regions: Regions,
    /// The years whose holidays are announced; each from its own file `calendars/YYYY.toml`.
    #[serde(skip)]
    pub calendar: Calendar,
}

/// `[home]`: how the home screen is arranged where the items do not all stand on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HomeArrangement {
    /// Ids of what most people come for (常用事项), in this order; without it the first items.
    #[serde(default)]
    #[schemars(with = "Vec<limits::Name>", length(max = MOST_OFTEN_USED))]
    pub often_used: Vec<ItemId>,
}

/// The corner in which the kiosk stands, named on the screen and at the head of every slip.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    #[schemars(with = "limits::Label")]
    pub name: Bilingual,
    /// Where the name does not fit.
    #[serde(default)]
    #[schemars(with = "limits::Short")]
    pub short_name: Option<Bilingual>,
    #[schemars(with = "limits::Text")]
    pub address: Bilingual,
    /// Where it is, for the distances to other places.
    #[serde(default)]
    pub at: Option<Spot>,
    /// In the country, where distances are told in kilometres and not in minutes on foot.
    #[serde(default)]
    pub rural: bool,
}

/// A national basic public service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicService {
    /// What items call it.
    #[schemars(with = "limits::Name")]
    pub id: String,
    #[schemars(with = "limits::Label")]
    pub name: Bilingual,
}

/// A line on the attract screen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    pub date: jiff::civil::Date,
    #[schemars(with = "limits::Text")]
    pub text: Bilingual,
}

/// The set of reasons in force (`domain.md` §4.3).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluationTags {
    #[schemars(with = "limits::Version")]
    pub version: String,
    #[schemars(length(min = 1, max = MOST_TAGS))]
    pub tags: Vec<Tag>,
}

/// One reason that a citizen may tick.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Three-digit code of the national set (`domain.md` §4.3); its first digit is the level's.
    #[schemars(range(min = 100, max = 599))]
    pub code: u16,
    pub level: Level,
    #[schemars(with = "limits::Label")]
    pub text: Bilingual,
}

impl Bilingual {
    /// The text in a language; the Chinese one where there is no English.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::En if !self.en.is_empty() => &self.en,
            _ => &self.zh,
        }
    }
}

impl From<Sentence> for Bilingual {
    fn from(sentence: Sentence) -> Bilingual {
        Bilingual { zh: sentence.zh.to_owned(), en: sentence.en.to_owned() }
    }
}

impl Pack {
    /// The day by which packs are ordered: of those that are due a kiosk uses the one with the latest.
    pub fn in_force_from(&self) -> jiff::civil::Date {
        self.effective_from.unwrap_or(self.as_of)
    }

    /// The item with this identifier.
    pub fn item(&self, id: impl AsRef<str>) -> Option<&Item> {
        self.items.iter().find(|item| item.id.as_str() == id.as_ref())
    }

    /// Whether all items stand on the home screen.
    pub fn has_few_items(&self) -> bool {
        self.items.len() <= FEW_ITEMS
    }

    /// What most people come for (常用事项), each item with its place in the pack. What is named and
    /// not offered here is left out.
    pub fn often_used(&self) -> Vec<(usize, &Item)> {
        let place = |id: &ItemId| self.items.iter().position(|item| item.id == *id);
        let named: Vec<usize> = self.home.often_used.iter().filter_map(place).collect();
        let places = if named.is_empty() { (0..self.items.len()).collect() } else { named };
        places.into_iter().take(MOST_OFTEN_USED).map(|at| (at, &self.items[at])).collect()
    }

    /// The items of an area, each with its place in the pack.
    pub fn of_area(&self, area: Area) -> impl Iterator<Item = (usize, &Item)> {
        self.items.iter().enumerate().filter(move |(_, item)| item.area == area)
    }

    /// The material with this identifier.
    pub fn material(&self, id: &str) -> Option<&Material> {
        self.materials.iter().find(|material| material.id == id)
    }

    /// A text of the bureau with the figures of a day (see [`crate::domain::figure`]).
    pub fn on_day<'t>(&self, text: &'t Bilingual, day: jiff::civil::Date) -> Cow<'t, Bilingual> {
        if !text.zh.contains(figure::OPEN) && !text.en.contains(figure::OPEN) {
            return Cow::Borrowed(text);
        }
        let filled = |text, lang| self.filled(text, lang, day).into_owned();
        Cow::Owned(Bilingual { zh: filled(&text.zh, Lang::Zh), en: filled(&text.en, Lang::En) })
    }

    /// What texts of the bureau were put together to, with the figures of a day.
    pub fn filled<'t>(&self, text: &'t str, lang: Lang, day: jiff::civil::Date) -> Cow<'t, str> {
        figure::filled(text, lang, &self.figures, day)
    }

    /// Packages that an item belongs to.
    pub fn packages_with<'p>(&'p self, item: &'p Item) -> impl Iterator<Item = &'p Package> {
        self.packages
            .iter()
            .filter(|package| package.items.iter().any(|packaged| packaged.item == item.id))
    }

    /// Whether an item is shown and printed with 样例: its own standing or the pack's says so
    /// (promise P1).
    pub fn is_sample(&self, item: &Item) -> bool {
        self.standing == Standing::Sample || item.standing == Standing::Sample
    }

    /// Where people see to an item on a day: the nearest place with people that names it, else the
    /// nearest of all.
    pub fn outlet_for(&self, item: &Item, day: jiff::civil::Date) -> Option<&Outlet> {
        let does = |outlet: &&Outlet| outlet.items.contains(&item.id);
        self.staffed(day).find(does).or(self.staffed(day).next())
    }

    /// The item by which somebody is called back (回电): what the kiosk cannot do becomes such a
    /// request (首问负责).
    pub fn call_back(&self) -> Option<&Item> {
        let call_back = ItemKind::Request { of: Requested::CallBack };
        self.items.iter().find(|item| item.kind == call_back)
    }
}
