//! Telephone numbers, and the ways to be reached of somebody who has none.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::limits;
use crate::domain::pack::Bilingual;

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
    /// Most digits of any way.
    pub const MOST_DIGITS: usize = 12;

    /// Most digits of such a number; 0 where none is asked for.
    pub fn most_digits(self) -> usize {
        match self {
            PhoneWay::Mobile => 11,
            // Area code of three or four digits, number of seven or eight.
            PhoneWay::Landline | PhoneWay::Relative => PhoneWay::MOST_DIGITS,
            PhoneWay::None => 0,
        }
    }

    /// Whether these digits are such a number.
    pub fn is_number(self, digits: &str) -> bool {
        let bytes = digits.as_bytes();
        let mobile = bytes.len() == 11 && matches!(bytes, [b'1', b'3'..=b'9', ..]);
        // Area codes 010 and 02x go with eight digits, all others with seven or eight.
        let landline = match bytes {
            [b'0', b'1' | b'2', ..] => bytes.len() == 11,
            [b'0', b'3'..=b'9', ..] => matches!(bytes.len(), 11 | 12),
            _ => false,
        };
        bytes.iter().all(u8::is_ascii_digit)
            && match self {
                PhoneWay::Mobile => mobile,
                PhoneWay::Landline => landline,
                PhoneWay::Relative => mobile || landline,
                PhoneWay::None => bytes.is_empty(),
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
            ("05311234567", PhoneWay::Landline),
            ("", PhoneWay::None),
        ];
        for (digits, way) in numbers {
            for other in [PhoneWay::Mobile, PhoneWay::Landline, PhoneWay::None] {
                assert_eq!(other.is_number(digits), other == way, "{digits} as {other:?}");
            }
            assert_eq!(PhoneWay::Relative.is_number(digits), way != PhoneWay::None, "{digits}");
            assert!(digits.len() <= way.most_digits());
        }
        for digits in [
            "12800005678",
            "1380000567",
            "138000056789",
            "1380000567x",
            "00123456789",
            "010123456789",
        ] {
            for way in [PhoneWay::Mobile, PhoneWay::Landline, PhoneWay::Relative] {
                assert!(!way.is_number(digits), "{digits} as {way:?}");
            }
        }
    }
}
