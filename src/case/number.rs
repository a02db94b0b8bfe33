//! The number of a case (办件编号), as it is printed, read aloud and typed.

use serde::{Deserialize, Serialize};

/// Number of a case (办件编号), 20 digits: region 6, kiosk 4, sequence 9, check 1; read aloud in
/// fours. Made from a sequence of the kiosk's own, never from the clock (promise P9).
///
/// Cases of the first schema have 16 digits (kiosk 2, sequence 7); they are read and shown as they
/// are, and no new one is made. Towards the platform a case is known by its idempotency key, not
/// by its number.
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
    #[error("kiosk number {0} is outside 1 to 9999; correct `site.kiosk` in the configuration")]
    Kiosk(u16),
    #[error(
        "sequence {0} is outside 1 to 999999999; this kiosk needs a new number in `site.kiosk`"
    )]
    Sequence(u64),
    #[error("a case number has 20 digits, an old one 16")]
    Length,
    #[error("the check digit does not fit; compare the number with the slip")]
    CheckDigit,
}

/// Digits of a number, and where its sequence stands in it.
const DIGITS: usize = 20;
const SEQUENCE: std::ops::Range<usize> = 10..19;
/// The same of the first schema.
const OLD_DIGITS: usize = 16;
const OLD_SEQUENCE: std::ops::Range<usize> = 8..15;

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
    /// `region`: six digits (GB/T 2260); `kiosk`: 1 to 9999; `sequence`: 1 to 999 999 999.
    ///
    /// # Errors
    /// The part that is outside its range.
    pub fn new(region: &str, kiosk: u16, sequence: u64) -> Result<CaseNumber, CaseNumberError> {
        if !all_digits(region, 6) {
            return Err(CaseNumberError::Region);
        }
        if !(1..=9_999).contains(&kiosk) {
            return Err(CaseNumberError::Kiosk(kiosk));
        }
        if !(1..=999_999_999).contains(&sequence) {
            return Err(CaseNumberError::Sequence(sequence));
        }
        let digits = format!("{region}{kiosk:04}{sequence:09}");
        let check = damm(&digits);
        Ok(CaseNumber(format!("{digits}{check}")))
    }

    /// Reads a number as it stands on a slip; spaces between the digits are ignored.
    ///
    /// # Errors
    /// [`CaseNumberError::Length`] or [`CaseNumberError::CheckDigit`].
    pub fn parse(text: &str) -> Result<CaseNumber, CaseNumberError> {
        // 20 digits and a few spaces: anything longer is not looked at.
        if text.len() > 64 {
            return Err(CaseNumberError::Length);
        }
        let digits: String = text.chars().filter(|c| *c != ' ').collect();
        if !all_digits(&digits, DIGITS) && !all_digits(&digits, OLD_DIGITS) {
            return Err(CaseNumberError::Length);
        }
        if damm(&digits) != 0 {
            return Err(CaseNumberError::CheckDigit);
        }
        Ok(CaseNumber(digits))
    }

    /// The digits without spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Spaced in fours for reading: `0000 0000 0100 0000 0012`.
    pub fn grouped(&self) -> String {
        let mut grouped = String::with_capacity(self.0.len() + self.0.len() / 4);
        for (place, digit) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                grouped.push(' ');
            }
            grouped.push(digit);
        }
        grouped
    }

    /// The kiosk's sequence inside the number, from 1.
    pub fn sequence(&self) -> u64 {
        let place = if self.0.len() == DIGITS { SEQUENCE } else { OLD_SEQUENCE };
        // Nine digits at most, checked when the number was made.
        self.0[place].bytes().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_region_kiosk_sequence_and_check_digit() {
        let number = CaseNumber::new("511703", 1234, 42).unwrap();
        assert_eq!(&number.as_str()[..19], "5117031234000000042");
        assert_eq!(number.grouped().split(' ').map(str::len).collect::<Vec<_>>(), [4; 5]);
        assert_eq!(CaseNumber::parse(&number.grouped()), Ok(number.clone()));
        assert_eq!(number.to_string(), number.as_str());
        assert_eq!(number.sequence(), 42);
        let sample = CaseNumber::new("000000", 1, 1).unwrap();
        assert!(sample.grouped().starts_with("0000 0000 0100 0000 001"), "{}", sample.grouped());
    }

    #[test]
    fn a_number_of_the_first_schema_stays_readable() {
        let old = CaseNumber::parse("0000 0001 0000 0011").unwrap();
        assert_eq!((old.as_str(), old.sequence()), ("0000000100000011", 1));
        assert_eq!(old.grouped(), "0000 0001 0000 0011");
        assert_eq!(CaseNumber::parse("0000 0001 0000 0012"), Err(CaseNumberError::CheckDigit));
        let last =
            (0..10).find_map(|check| CaseNumber::parse(&format!("511703999999999{check}")).ok());
        assert_eq!(last.map(|number| number.sequence()), Some(9_999_999));
    }

    #[test]
    fn the_published_example_of_damm_holds() {
        assert_eq!(damm("572"), 4);
        assert_eq!(damm("5724"), 0);
    }

    #[test]
    fn parts_outside_their_range_are_refused() {
        for region in ["51170", "51170x", "五一"] {
            assert_eq!(CaseNumber::new(region, 1, 1), Err(CaseNumberError::Region));
        }
        for kiosk in [0, 10_000, u16::MAX] {
            assert_eq!(CaseNumber::new("511703", kiosk, 1), Err(CaseNumberError::Kiosk(kiosk)));
        }
        for sequence in [0, 1_000_000_000, u64::MAX] {
            let refused = CaseNumber::new("511703", 9_999, sequence);
            assert_eq!(refused, Err(CaseNumberError::Sequence(sequence)));
        }
        assert!(CaseNumber::new("511703", 9_999, 999_999_999).is_ok());
    }

    #[test]
    fn a_stored_number_is_checked_when_read() {
        let number = CaseNumber::new("000000", 1, 1).unwrap();
        let json = serde_json::to_string(&number).unwrap();
        assert_eq!(json, format!("\"{number}\""));
        assert_eq!(serde_json::from_str::<CaseNumber>(&json).unwrap(), number);
        assert!(serde_json::from_str::<CaseNumber>(&json.replace("01", "10")).is_err());
    }

    proptest! {
        #[test]
        fn every_wrong_digit_and_every_swap_of_neighbours_is_found(
            region in "[0-9]{6}", kiosk in 1u16..10_000, sequence in 1u64..1_000_000_000,
        ) {
            let number = CaseNumber::new(&region, kiosk, sequence).unwrap();
            prop_assert_eq!(CaseNumber::parse(number.as_str()), Ok(number.clone()));
            prop_assert_eq!(number.sequence(), sequence);
            let digits = number.as_str().as_bytes();
            let wrong = (0..digits.len()).flat_map(|place| {
                (b'0'..=b'9').map(move |digit| {
                    let mut altered = digits.to_vec();
                    altered[place] = digit;
                    altered
                })
            });
            let swapped = (1..digits.len()).map(|place| {
                let mut altered = digits.to_vec();
                altered.swap(place - 1, place);
                altered
            });
            for altered in wrong.chain(swapped).filter(|altered| altered != digits) {
                let altered = String::from_utf8(altered).unwrap();
                prop_assert_eq!(CaseNumber::parse(&altered), Err(CaseNumberError::CheckDigit));
            }
        }

        #[test]
        fn a_digit_that_was_left_out_or_typed_twice_is_found(
            kiosk in 1u16..10_000, sequence in 1u64..1_000_000_000, place in 0usize..20,
        ) {
            let number = CaseNumber::new("511703", kiosk, sequence).unwrap();
            let mut short = number.as_str().to_owned();
            let digit = short.remove(place);
            prop_assert_eq!(CaseNumber::parse(&short), Err(CaseNumberError::Length));
            short.insert(place, digit);
            short.insert(place, digit);
            prop_assert_eq!(CaseNumber::parse(&short), Err(CaseNumberError::Length));
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC{0,80}") {
            if let Ok(number) = CaseNumber::parse(&text) {
                let _ = (number.grouped(), number.sequence());
            }
            let _ = CaseNumber::new(&text, 1, 1);
        }
    }
}
