//! A case (办件): one request of one citizen for one item, from received to completed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Number of a case (办件编号), 16 digits: region 6, kiosk 2, sequence 7, check 1.
/// Made from a sequence of the kiosk's own, never from the clock (promise P9).
///
/// The check digit is Damm's: of the decimal schemes with one digit it catches every single wrong
/// digit and every swap of two neighbours. ISO 7064 MOD 11,10 lets one swap in 45 through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber(String);

/// Why there is no such case number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseNumberError {
    #[error("the region of the site pack is not six digits; correct `region` in pack.toml")]
    Region,
    #[error("kiosk number {0} is above 99; correct `site.kiosk` in the configuration")]
    Kiosk(u8),
    #[error("sequence {0} is outside 1 to 9999999; this kiosk needs a new number in `site.kiosk`")]
    Sequence(u64),
    #[error("a case number has 16 digits")]
    Length,
    #[error("the check digit does not fit; compare the number with the slip")]
    CheckDigit,
}

/// Damm's quasigroup of order 10 (H. M. Damm, 2004): totally anti-symmetric, zero diagonal.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// The check digit of ASCII digits; 0 for digits that end with their right check digit.
fn damm(digits: &str) -> u8 {
    digits.bytes().fold(0, |row, digit| DAMM[usize::from(row)][usize::from(digit - b'0')])
}

fn all_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
}

impl CaseNumber {
    /// The number of the case that is the `sequence`-th of a kiosk.
    ///
    /// `region`: six digits (GB/T 2260); `kiosk`: 0 to 99; `sequence`: 1 to 9 999 999.
    ///
    /// # Errors
    /// The part that is outside its range.
    pub fn new(region: &str, kiosk: u8, sequence: u64) -> Result<CaseNumber, CaseNumberError> {
        if !all_digits(region, 6) {
            return Err(CaseNumberError::Region);
        }
        if kiosk > 99 {
            return Err(CaseNumberError::Kiosk(kiosk));
        }
        if !(1..=9_999_999).contains(&sequence) {
            return Err(CaseNumberError::Sequence(sequence));
        }
        let digits = format!("{region}{kiosk:02}{sequence:07}");
        let check = damm(&digits);
        Ok(CaseNumber(format!("{digits}{check}")))
    }

    /// Reads a number as it stands on a slip; spaces between the digits are ignored.
    ///
    /// # Errors
    /// [`CaseNumberError::Length`] or [`CaseNumberError::CheckDigit`].
    pub fn parse(text: &str) -> Result<CaseNumber, CaseNumberError> {
        // 16 digits and a few spaces: anything longer is not looked at.
        if text.len() > 64 {
            return Err(CaseNumberError::Length);
        }
        let digits: String = text.chars().filter(|c| *c != ' ').collect();
        if !all_digits(&digits, 16) {
            return Err(CaseNumberError::Length);
        }
        if damm(&digits) != 0 {
            return Err(CaseNumberError::CheckDigit);
        }
        Ok(CaseNumber(digits))
    }

    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Spaced in fours for reading: `0000 0001 0000 0011`.
    pub fn grouped(&self) -> String {
        [&self.0[..4], &self.0[4..8], &self.0[8..12], &self.0[12..]].join(" ")
    }
}

impl std::fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = CaseNumberError;

    fn try_from(text: String) -> Result<CaseNumber, CaseNumberError> {
        CaseNumber::parse(&text)
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> String {
        number.0
    }
}

/// How far a case has come. Only the platform's own answer moves a case beyond
/// [`CaseStatus::Received`] (promise P1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// 已收件: durably on this kiosk, not yet answered by the platform.
    Received,
    /// 已受理: the platform accepted it.
    Accepted,
    /// 办结.
    Completed,
    /// 不予受理 / 补正: the platform returned it, with a reason for the citizen.
    Returned,
}

/// What may be shown and printed of a case, without any personal datum but what the platform may
/// have put into its words; `Debug` leaves those out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFacts {
    pub number: CaseNumber,
    /// Identifier of the item in the site pack.
    pub item: String,
    pub status: CaseStatus,
    pub received_at: Timestamp,
    /// Whether the wall clock was known to be right when the case was received (promise P9).
    pub clock_trusted: bool,
    pub accepted_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    /// When the platform promised completion.
    pub due_at: Option<Timestamp>,
    /// The platform's words to the citizen: a registration number, or why it was returned.
    pub note: Option<String>,
}

impl std::fmt::Debug for CaseFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let CaseFacts {
            number,
            item,
            status,
            received_at,
            clock_trusted,
            accepted_at,
            completed_at,
            due_at,
            note: _,
        } = self;
        f.debug_struct("CaseFacts")
            .field("number", number)
            .field("item", item)
            .field("status", status)
            .field("received_at", received_at)
            .field("clock_trusted", clock_trusted)
            .field("accepted_at", accepted_at)
            .field("completed_at", completed_at)
            .field("due_at", due_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_region_kiosk_sequence_and_check_digit() {
        let number = CaseNumber::new("511703", 7, 42).expect("in range");
        assert_eq!(&number.as_str()[..15], "511703070000042");
        assert_eq!(number.grouped().len(), 19);
        assert_eq!(CaseNumber::parse(&number.grouped()), Ok(number.clone()));
        assert_eq!(number.to_string(), number.as_str());
        let sample = CaseNumber::new("000000", 1, 1).expect("in range");
        assert_eq!(sample.grouped(), "0000 0001 0000 0011");
    }

    #[test]
    fn the_published_example_of_damm_holds() {
        assert_eq!(damm("572"), 4);
        assert_eq!(damm("5724"), 0);
    }

    #[test]
    fn parts_outside_their_range_are_refused() {
        assert_eq!(CaseNumber::new("51170", 1, 1), Err(CaseNumberError::Region));
        assert_eq!(CaseNumber::new("51170x", 1, 1), Err(CaseNumberError::Region));
        assert_eq!(CaseNumber::new("五一", 1, 1), Err(CaseNumberError::Region));
        assert_eq!(CaseNumber::new("511703", 100, 1), Err(CaseNumberError::Kiosk(100)));
        assert_eq!(CaseNumber::new("511703", 99, 0), Err(CaseNumberError::Sequence(0)));
        assert!(CaseNumber::new("511703", 99, 9_999_999).is_ok());
        let above = CaseNumber::new("511703", 99, 10_000_000);
        assert_eq!(above, Err(CaseNumberError::Sequence(10_000_000)));
    }

    #[test]
    fn a_stored_number_is_checked_when_read() {
        let number = CaseNumber::new("000000", 1, 1).expect("in range");
        let json = serde_json::to_string(&number).expect("a string");
        assert_eq!(json, format!("\"{number}\""));
        assert_eq!(serde_json::from_str::<CaseNumber>(&json).expect("valid"), number);
        let wrong = json.replace("01", "10");
        assert!(serde_json::from_str::<CaseNumber>(&wrong).is_err());
    }

    proptest! {
        #[test]
        fn a_wrong_digit_or_a_swap_is_caught(
            region in "[0-9]{6}", kiosk in 0u8..100, sequence in 1u64..10_000_000,
            place in 0usize..16, digit in 0u8..10, swap in 0usize..15,
        ) {
            let number = CaseNumber::new(&region, kiosk, sequence).expect("in range");
            prop_assert_eq!(CaseNumber::parse(number.as_str()), Ok(number.clone()));
            let mut wrong = number.as_str().as_bytes().to_vec();
            wrong[place] = b'0' + digit;
            let mut swapped = number.as_str().as_bytes().to_vec();
            swapped.swap(swap, swap + 1);
            for altered in [wrong, swapped] {
                let altered = String::from_utf8(altered).expect("ASCII");
                if altered != number.as_str() {
                    prop_assert_eq!(CaseNumber::parse(&altered), Err(CaseNumberError::CheckDigit));
                }
            }
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC{0,80}") {
            let _ = CaseNumber::parse(&text);
            let _ = CaseNumber::new(&text, 0, 1);
        }
    }
}
