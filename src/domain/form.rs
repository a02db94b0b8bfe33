//! Questions of an item and what may be answered to them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::limits;
use crate::domain::pack::Bilingual;

/// Most options of a question: as many as one page of the screen holds.
pub const MOST_OPTIONS: usize = 6;

/// One question on one page.
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
    pub answer: AnswerKind,
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum AnswerKind {
    /// One of a few.
    Choice {
        #[schemars(length(min = 2, max = MOST_OPTIONS))]
        options: Vec<Choice>,
    },
    /// A telephone number, by one of several ways to be reached: not everybody has a mobile.
    Phone {
        /// In the order of the page; each way at most once.
        #[schemars(length(min = 1, max = 4))]
        ways: Vec<PhoneOption>,
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

/// One way in which a citizen can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneOption {
    pub way: PhoneWay,
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

/// How a citizen can be reached.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PhoneWay {
    /// A mainland mobile number of the citizen's own.
    Mobile,
    /// A landline with its area code.
    Landline,
    /// A mobile or landline number of a relative.
    Relative,
    /// Not by telephone.
    None,
}

impl PhoneWay {
    /// Most digits that may be typed; 0 where no number is asked for.
    pub fn longest(self) -> usize {
        match self {
            PhoneWay::Mobile => 11,
            // Area code of 3 or 4 digits with its 0, number of 7 or 8.
            PhoneWay::Landline | PhoneWay::Relative => 12,
            PhoneWay::None => 0,
        }
    }

    /// Whether digits are a whole number of this way.
    pub fn accepts(self, digits: &str) -> bool {
        let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        let mobile = all_digits
            && digits.len() == 11
            && digits.starts_with('1')
            && matches!(digits.as_bytes().get(1), Some(b'3'..=b'9'));
        let landline = all_digits
            && (10..=12).contains(&digits.len())
            && digits.starts_with('0')
            && !digits.starts_with("00");
        match self {
            PhoneWay::Mobile => mobile,
            PhoneWay::Landline => landline,
            PhoneWay::Relative => mobile || landline,
            PhoneWay::None => digits.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p5_each_way_takes_its_own_numbers() {
        let numbers = [
            ("13800005678", PhoneWay::Mobile),
            ("01012345678", PhoneWay::Landline),
            ("053212345678", PhoneWay::Landline),
            ("0531234567", PhoneWay::Landline),
            ("", PhoneWay::None),
        ];
        for (digits, way) in numbers {
            for other in [PhoneWay::Mobile, PhoneWay::Landline, PhoneWay::None] {
                assert_eq!(other.accepts(digits), other == way, "{digits} as {other:?}");
            }
            assert_eq!(PhoneWay::Relative.accepts(digits), way != PhoneWay::None, "{digits}");
            assert!(digits.len() <= way.longest());
        }
        for digits in ["12800005678", "1380000567", "138000056789", "1380000567x", "00123456789"] {
            for way in [PhoneWay::Mobile, PhoneWay::Landline, PhoneWay::Relative] {
                assert!(!way.accepts(digits), "{digits} as {way:?}");
            }
        }
    }
}
