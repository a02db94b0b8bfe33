//! Questions of an item and what may be answered to them.

mod amount;
mod condition;
mod day;
mod options;
mod phone;
mod region;
mod verdict;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::limits;
use crate::domain::pack::Bilingual;

pub use amount::Amount;
pub use condition::{Condition, NO, YES};
pub use day::DayBound;
pub use options::{CodeList, Lists, Options};
pub use phone::{PhoneOption, PhoneWay};
pub use region::{Region, RegionLevel, RegionList, Regions};
pub use verdict::{FIRST_DAY, Known, LAST_DAY, Wrong, parse_day};

/// Most options of a choice: as many as one page of the screen holds.
pub const MOST_OPTIONS: usize = 6;
/// Most options of which several may be ticked; the page turns.
pub const MOST_TICKS: usize = 12;
/// Most conditions of a question.
const MOST_CONDITIONS: usize = 4;
/// Largest bound of a number and of an amount in yuan: nine digits.
pub const LARGEST: u32 = 999_999_999;

/// One question on one page.
///
/// ```toml
/// [[questions]]
/// id = "compensation"
/// text = { zh = "…", en = "…" }
/// label = { zh = "…", en = "…" }
/// reason = { zh = "…", en = "…" }
/// # Asked only of whom this concerns; all of several conditions must hold.
/// when = [{ question = "reason", is = ["dismissed", "resigned"] }]
/// # Said when an answer is outside the bounds, in place of the kiosk's own sentence.
/// message = { zh = "…", en = "…" }
/// answer = { type = "amount", max_yuan = 200000 }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Name of the answer in the contract, e.g. `reason`.
    #[schemars(with = "limits::Name")]
    pub id: String,
    #[schemars(with = "limits::Summary")]
    pub text: Bilingual,
    /// Short label for the review page and the slip.
    #[schemars(with = "limits::Label")]
    pub label: Bilingual,
    /// Why it is asked.
    #[schemars(with = "limits::Text")]
    pub reason: Bilingual,
    /// Asked only where all of these hold; without any, always.
    #[serde(default)]
    #[schemars(length(max = MOST_CONDITIONS))]
    pub when: Vec<Condition>,
    /// What the page says when an answer is outside the bounds; without it the kiosk names them.
    #[serde(default)]
    #[schemars(with = "limits::Summary")]
    pub message: Option<Bilingual>,
    pub answer: AnswerKind,
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum AnswerKind {
    /// One of a few.
    ///
    /// ```toml
    /// [questions.answer]
    /// type = "choice"
    /// options = [
    ///     { code = "resigned", label = { zh = "本人提出", en = "Resigned" } },
    ///     { code = "other", label = { zh = "其他", en = "Other" }, help = { zh = "…", en = "…" } },
    /// ]
    /// ```
    Choice {
        #[schemars(schema_with = "options::of_one")]
        options: Options,
    },
    /// One or more of some. Sent as codes joined by commas, in the order of the options.
    ///
    /// ```toml
    /// [questions.answer]
    /// type = "several"
    /// at_most = 3
    /// alone = "none"
    /// options = [
    ///     { code = "cooking", label = { zh = "烹饪", en = "Cooking" } },
    ///     { code = "care", label = { zh = "护理", en = "Care" } },
    ///     { code = "none", label = { zh = "都不需要", en = "None of these" } },
    /// ]
    /// ```
    Several {
        #[schemars(schema_with = "options::of_several")]
        options: Options,
        /// Fewest that are ticked, at least 1: who has nothing to tick needs an option that says so.
        #[serde(default = "one")]
        #[schemars(range(min = 1, max = MOST_TICKS))]
        at_least: u8,
        /// Most that may be ticked; all without it.
        #[serde(default)]
        #[schemars(with = "u8", range(min = 1, max = MOST_TICKS))]
        at_most: Option<u8>,
        /// Code of the option that goes with no other, such as "none of these": it unticks the
        /// others, and they it.
        #[serde(default)]
        #[schemars(with = "limits::Name")]
        alone: Option<String>,
    },
    /// Yes or no, sent as `yes` or `no`.
    ///
    /// ```toml
    /// answer = { type = "yes_no" }
    /// ```
    YesNo,
    /// A day of the calendar, sent as `2026-11-27`.
    ///
    /// ```toml
    /// answer = { type = "date", earliest = "today-60y", latest = "today" }
    /// ```
    Date {
        #[serde(default)]
        #[schemars(with = "DayBound")]
        earliest: Option<DayBound>,
        #[serde(default)]
        #[schemars(with = "DayBound")]
        latest: Option<DayBound>,
    },
    /// A whole number, sent as its digits.
    ///
    /// ```toml
    /// answer = { type = "number", min = 1, max = 480, unit = { zh = "个月", en = "months" } }
    /// ```
    Number {
        #[serde(default)]
        #[schemars(range(min = 0, max = LARGEST))]
        min: u32,
        #[schemars(range(min = 0, max = LARGEST))]
        max: u32,
        /// What is counted; left out where the question says it.
        #[serde(default)]
        #[schemars(with = "limits::Short")]
        unit: Option<Bilingual>,
    },
    /// An amount of money with at most two decimals, sent as `1234.50`. The bounds are whole yuan.
    ///
    /// ```toml
    /// answer = { type = "amount", min_yuan = 1, max_yuan = 200000 }
    /// ```
    Amount {
        #[serde(default)]
        #[schemars(range(min = 0, max = LARGEST))]
        min_yuan: u32,
        #[schemars(range(min = 0, max = LARGEST))]
        max_yuan: u32,
    },
    /// A telephone number, by one of several ways to be reached: not everybody has a mobile.
    ///
    /// ```toml
    /// [questions.answer]
    /// type = "phone"
    /// ways = [
    ///     { way = "mobile", code = "mobile", label = { zh = "本人手机", en = "My mobile" } },
    ///     { way = "none", code = "none", label = { zh = "没有电话", en = "No phone" } },
    /// ]
    /// ```
    Phone {
        /// In the order of the page; each way at most once.
        #[schemars(length(min = 1, max = 4))]
        ways: Vec<PhoneOption>,
    },
    /// Identity number (公民身份号码) of somebody else, such as a child: the citizen's own is on the
    /// card and refused here.
    ///
    /// ```toml
    /// answer = { type = "identity_number" }
    /// ```
    IdentityNumber,
    /// Unified social credit code (统一社会信用代码) of an organisation.
    ///
    /// ```toml
    /// answer = { type = "credit_code" }
    /// ```
    CreditCode,
    /// Number of a bank card (银行卡). That it is typed right can be told, not whose it is; a
    /// passbook's number has no check and is not taken.
    ///
    /// ```toml
    /// answer = { type = "bank_account" }
    /// ```
    BankAccount,
    /// A region of `regions.toml`, chosen step by step, sent as its six digits.
    ///
    /// ```toml
    /// answer = { type = "region", under = "370200", level = "county" }
    /// ```
    Region {
        /// Only what lies within this one; everything without it.
        #[serde(default)]
        #[schemars(with = "limits::Region")]
        under: Option<String>,
        /// The finest that is asked for, where the list goes further.
        #[serde(default)]
        level: RegionLevel,
    },
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Code sent to the platform.
    #[schemars(with = "limits::Name")]
    pub code: String,
    #[schemars(with = "limits::Label")]
    pub label: Bilingual,
    /// Empty where the label says everything.
    #[serde(default)]
    #[schemars(with = "limits::Summary")]
    pub help: Bilingual,
}

impl Question {
    /// Name in the contract of the way to be reached that goes with a telephone number.
    pub fn way_id(&self) -> String {
        format!("{}_way", self.id)
    }
}

impl AnswerKind {
    /// The codes that an answer can have and a condition can name; none of what is typed.
    pub fn codes(&self) -> Vec<&str> {
        match self {
            AnswerKind::Choice { options } | AnswerKind::Several { options, .. } => {
                options.iter().map(|option| option.code.as_str()).collect()
            }
            AnswerKind::YesNo => vec![YES, NO],
            AnswerKind::Phone { ways } => ways.iter().map(|way| way.code.as_str()).collect(),
            AnswerKind::Date { .. }
            | AnswerKind::Number { .. }
            | AnswerKind::Amount { .. }
            | AnswerKind::IdentityNumber
            | AnswerKind::CreditCode
            | AnswerKind::BankAccount
            | AnswerKind::Region { .. } => Vec::new(),
        }
    }

    /// Most characters that are typed for an answer; 0 where it is chosen.
    pub fn most_keys(&self) -> usize {
        let digits = |number: u32| number.checked_ilog10().map_or(1, |digits| digits as usize + 1);
        match self {
            AnswerKind::Choice { .. }
            | AnswerKind::Several { .. }
            | AnswerKind::YesNo
            | AnswerKind::Region { .. } => 0,
            AnswerKind::Date { .. } => 8,
            AnswerKind::Number { max, .. } => digits(*max),
            // The point and two decimals.
            AnswerKind::Amount { max_yuan, .. } => digits(*max_yuan) + 3,
            AnswerKind::Phone { .. } => PhoneWay::MOST_DIGITS,
            AnswerKind::IdentityNumber | AnswerKind::CreditCode => 18,
            AnswerKind::BankAccount => crate::domain::bank_account::MOST_DIGITS,
        }
    }

    /// Whether a character may stand behind what is typed already.
    pub fn takes(&self, typed: &str, key: char) -> bool {
        if typed.len() >= self.most_keys() {
            return false;
        }
        match self {
            AnswerKind::Choice { .. }
            | AnswerKind::Several { .. }
            | AnswerKind::YesNo
            | AnswerKind::Region { .. } => false,
            AnswerKind::Amount { max_yuan, .. } => Amount::takes(typed, key, *max_yuan),
            AnswerKind::IdentityNumber => key.is_ascii_digit() || (key == 'X' && typed.len() == 17),
            AnswerKind::CreditCode => crate::domain::credit_code::is_character(key),
            AnswerKind::Date { .. }
            | AnswerKind::Number { .. }
            | AnswerKind::Phone { .. }
            | AnswerKind::BankAccount => key.is_ascii_digit(),
        }
    }
}

fn one() -> u8 {
    1
}
