//! Vacancies (招聘岗位), as the platform lists them for anybody.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::pack::Bilingual;

/// One page of the list, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VacancyPage {
    /// Day up to which the list is complete.
    pub as_of: Date,
    /// All that are open, on whatever page.
    pub total: u32,
    pub vacancies: Vec<Vacancy>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
}

/// One vacancy; every word is the platform's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vacancy {
    pub number: String,
    pub job: Bilingual,
    pub employer: Bilingual,
    pub place: Bilingual,
    pub pay: Option<Bilingual>,
    /// How many are sought.
    pub openings: u16,
    pub phone: Option<String>,
}
