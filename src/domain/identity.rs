//! Identity numbers (公民身份号码): GB 11643-1999 with ISO 7064 MOD 11-2 (`domain.md` §5.4).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::domain::card::Sex;
use crate::domain::codes;

/// Nobody born before this year can have been given a number, which exist since 1984; the oldest
/// example of the standard itself was born in 1880.
const EARLIEST_BIRTH_YEAR: i16 = 1800;

/// Weights of the 17 digits before the check character, GB 11643-1999 §A.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// Check characters by the weighted sum modulo 11.
const CHECK_CHARACTERS: [u8; 11] = *b"10X98765432";

/// An 18-character identity number that obeys every rule of [`check`]. Personal data: wiped when
/// dropped, shown by no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Number {
    text: String,
    birth: Date,
}

/// The first rule that a number breaks, in the order in which the rules are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Not 18 characters. Numbers of 15 digits are no longer valid (since 2013).
    #[error("not 18 characters long")]
    Length,
    /// Something else than 17 ASCII digits and a digit or X.
    #[error("a character that does not belong there")]
    Character,
    /// No province-level region of any edition of GB/T 2260 begins like this.
    #[error("no region has this code")]
    Region,
    /// Not a day of the calendar, in the future, or before 1800.
    #[error("not a possible date of birth")]
    Date,
    /// The last character does not follow from the others.
    #[error("the check character does not fit")]
    CheckDigit,
}

/// Checks an identity number: length, characters, region, date of birth, check character.
///
/// The number may be that of a citizen, of a residence permit for Hong Kong, Macao and Taiwan
/// residents (81, 82, 83) or of a foreign permanent resident card of 2023 (9, then the region's
/// province, then a country of three digits). A lower-case `x` is accepted and made upper case:
/// the standard writes X, keyboards do not. Full-width characters are not.
///
/// # Errors
/// The first [`Reason`] that the number breaks.
pub fn check(number: &str, today: Date) -> Result<Number, Reason> {
    // What nobody sees makes a number longer; to be told of its length helps nobody.
    if number.chars().any(|c| c.is_control() || !c.is_ascii() && !c.is_alphanumeric()) {
        return Err(Reason::Character);
    }
    if number.chars().count() != 18 {
        return Err(Reason::Length);
    }
    let bytes = as_characters(number).ok_or(Reason::Character)?;
    let province = match bytes[0] {
        b'9' => two_digits(bytes[1], bytes[2]),
        _ => two_digits(bytes[0], bytes[1]),
    };
    if !codes::is_province(province) {
        return Err(Reason::Region);
    }
    let birth = birth_of(&bytes).filter(|birth| *birth <= today).ok_or(Reason::Date)?;
    if bytes[17] != check_character(&bytes) {
        return Err(Reason::CheckDigit);
    }
    Ok(Number { text: number.to_ascii_uppercase(), birth })
}

impl Number {
    /// The 18 characters, an X in upper case.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Sex by the parity of the 17th digit: [`Sex::Male`] or [`Sex::Female`].
    pub fn sex(&self) -> Sex {
        sex_by_digit(self.text.as_bytes()[16])
    }

    /// Date of birth in digits 7 to 14.
    pub fn birth(&self) -> Date {
        self.birth
    }
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Number").finish_non_exhaustive()
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// What a number of 18 characters with a fitting check character says of its holder, whatever its
/// region and however far its date lies: what a card's number is compared with.
pub(crate) fn holder_of(number: &str) -> Option<(Date, Sex)> {
    let bytes = as_characters(number).filter(|bytes| bytes[17] == check_character(bytes))?;
    Some((birth_of(&bytes)?, sex_by_digit(bytes[16])))
}

/// Appends the check character to 17 digits; `None` when they are not 17 digits.
pub fn complete(seventeen: &str) -> Option<String> {
    let bytes = as_characters(&format!("{seventeen}0"))?;
    Some(format!("{seventeen}{}", char::from(check_character(&bytes))))
}

/// 17 ASCII digits and a digit or X, in upper case.
fn as_characters(number: &str) -> Option<[u8; 18]> {
    let mut bytes: [u8; 18] = number.as_bytes().try_into().ok()?;
    bytes[17] = bytes[17].to_ascii_uppercase();
    let (digits, check) = (&bytes[..17], bytes[17]);
    let fits = digits.iter().all(u8::is_ascii_digit) && (check.is_ascii_digit() || check == b'X');
    fits.then_some(bytes)
}

fn check_character(bytes: &[u8; 18]) -> u8 {
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
    CHECK_CHARACTERS[(sum % 11) as usize]
}

fn birth_of(bytes: &[u8; 18]) -> Option<Date> {
    let year =
        i16::from(two_digits(bytes[6], bytes[7])) * 100 + i16::from(two_digits(bytes[8], bytes[9]));
    let month = two_digits(bytes[10], bytes[11]) as i8;
    let day = two_digits(bytes[12], bytes[13]) as i8;
    Date::new(year, month, day).ok().filter(|date| date.year() >= EARLIEST_BIRTH_YEAR)
}

fn sex_by_digit(digit: u8) -> Sex {
    if digit % 2 == 1 { Sex::Male } else { Sex::Female }
}

fn two_digits(tens: u8, ones: u8) -> u8 {
    (tens - b'0') * 10 + (ones - b'0')
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 11, 22);

    fn verdict(number: &str) -> Result<(Date, Sex), Reason> {
        check(number, TODAY).map(|number| (number.birth(), number.sex()))
    }

    #[test]
    fn published_and_synthetic_numbers_are_valid() {
        for (number, birth, sex) in [
            ("11010519491231002X", date(1949, 12, 31), Sex::Female),
            ("440524188001010014", date(1880, 1, 1), Sex::Male),
            ("511703189503150028", date(1895, 3, 15), Sex::Female),
            ("370202189506200034", date(1895, 6, 20), Sex::Male),
            ("419001189509090049", date(1895, 9, 9), Sex::Female),
            ("820000189501010026", date(1895, 1, 1), Sex::Female),
            ("830000189501010036", date(1895, 1, 1), Sex::Male),
            ("911840189501010015", date(1895, 1, 1), Sex::Male),
            ("110105189602290012", date(1896, 2, 29), Sex::Male),
        ] {
            assert_eq!(verdict(number), Ok((birth, sex)), "{number}");
        }
    }

    #[test]
    fn each_rule_has_its_reason() {
        for (number, reason) in [
            ("", Reason::Length),
            ("110105491231002", Reason::Length),
            ("11010519491231002", Reason::Length),
            ("11010519491231002XX", Reason::Length),
            (" 11010519491231002X", Reason::Length),
            ("1101051949123100２X", Reason::Character),
            ("1101O519491231002X", Reason::Character),
            ("X1010519491231002X", Reason::Character),
            ("11010519491231002Y", Reason::Character),
            ("11010519491231002Ｘ", Reason::Character),
            ("000000189503150028", Reason::Region),
            ("160105194912310029", Reason::Region),
            ("900840189501010015", Reason::Region),
            ("110105190002290012", Reason::Date), // 1900 was no leap year
            ("110105194913310029", Reason::Date),
            ("110105194900310029", Reason::Date),
            ("110105194904310029", Reason::Date),
            ("110105000001010029", Reason::Date),
            ("110105202611230012", Reason::Date), // tomorrow
            ("110105194912310021", Reason::CheckDigit),
        ] {
            assert_eq!(verdict(number), Err(reason), "{number}");
        }
    }

    #[test]
    fn born_today_is_possible() {
        let number = complete("11010520261122001").expect("17 digits");
        assert_eq!(verdict(&number), Ok((TODAY, Sex::Male)));
    }

    #[test]
    fn a_lower_case_x_becomes_upper_case() {
        let number = check("11010519491231002x", TODAY).expect("valid");
        assert_eq!(number.as_str(), "11010519491231002X");
    }

    #[test]
    fn p4_debug_shows_no_number() {
        let number = check("11010519491231002X", TODAY).expect("valid");
        let shown = format!("{number:?}");
        assert!(!shown.chars().any(|c| c.is_ascii_digit()), "{shown}");
    }

    #[test]
    fn reasons_have_stable_names() {
        let names: Vec<_> =
            [Reason::Length, Reason::Character, Reason::Region, Reason::Date, Reason::CheckDigit]
                .iter()
                .map(|reason| serde_json::to_value(reason).expect("a string"))
                .collect();
        assert_eq!(names, ["length", "character", "region", "date", "check_digit"]);
    }

    fn any_valid() -> impl Strategy<Value = String> {
        (
            prop::sample::select(vec!["110105", "511703", "810000", "911840"]),
            1900i16..2026,
            1i8..=12,
            1i8..=28,
            0u16..1000,
        )
            .prop_map(|(region, year, month, day, serial)| {
                complete(&format!("{region}{year:04}{month:02}{day:02}{serial:03}"))
                    .expect("17 digits")
            })
    }

    proptest! {
        #[test]
        fn any_wrong_character_is_caught(
            number in any_valid(), place in 0usize..18, other in "[0-9X]"
        ) {
            prop_assert!(check(&number, TODAY).is_ok());
            let mut wrong = number.clone();
            wrong.replace_range(place..=place, &other);
            prop_assume!(wrong != number);
            prop_assert!(check(&wrong, TODAY).is_err());
            prop_assert!(holder_of(&wrong).is_none(), "the check character alone catches it");
        }

        #[test]
        fn any_two_swapped_neighbours_are_caught(number in any_valid(), place in 0usize..17) {
            let mut wrong = number.clone().into_bytes();
            wrong.swap(place, place + 1);
            let wrong = String::from_utf8(wrong).expect("ASCII");
            prop_assume!(wrong != number);
            prop_assert!(check(&wrong, TODAY).is_err());
            prop_assert!(holder_of(&wrong).is_none(), "the check character alone catches it");
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC{0,24}", digits in "[0-9]{17}[0-9Xx]") {
            let _ = check(&text, TODAY);
            let _ = check(&digits, TODAY);
            let _ = complete(&text);
        }
    }
}
