//! Vacancies (招聘岗位), for anybody who looks: nobody is identified.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::changes::is_cursor;
use super::{Words, fits};

/// Most vacancies of one page.
pub const PAGE_MAX: usize = 20;

/// One page, the newest first: `GET /v2/vacancies?after=CURSOR`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Vacancies {
    /// Day up to which the list is complete.
    pub as_of: Date,
    /// All that are open now, on whatever page.
    pub total: u32,
    #[cfg_attr(test, schema(max_items = 20))]
    pub vacancies: Vec<Vacancy>,
    /// `after` of the next page; `None` on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false, pattern = "^[A-Za-z0-9._~-]{1,128}$"))]
    pub next: Option<String>,
}

/// One vacancy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub struct Vacancy {
    /// Number under which the bureau has it.
    #[cfg_attr(test, schema(min_length = 1, max_length = 32))]
    pub number: String,
    pub job: Words,
    pub employer: Words,
    /// Where the work is.
    pub place: Words,
    /// In the employer's words: `4500-6000 元/月`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub pay: Option<Words>,
    /// How many are sought.
    #[cfg_attr(test, schema(minimum = 1, maximum = 9999))]
    pub openings: u16,
    /// Whom to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false, min_length = 5, max_length = 20))]
    pub phone: Option<String>,
}

impl Vacancies {
    /// Whether nothing is more or longer than the document allows.
    pub fn is_valid(&self) -> bool {
        self.vacancies.len() <= PAGE_MAX
            && self.vacancies.iter().all(Vacancy::is_valid)
            && self.next.as_deref().is_none_or(is_cursor)
    }
}

impl Vacancy {
    fn is_valid(&self) -> bool {
        fits(&self.number, 1, 32)
            && [&self.job, &self.employer, &self.place].into_iter().all(Words::is_valid)
            && self.pay.as_ref().is_none_or(Words::is_valid)
            && (1..=9999).contains(&self.openings)
            && self.phone.as_deref().is_none_or(|phone| fits(phone, 5, 20))
    }
}
