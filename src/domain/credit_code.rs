//! Unified social credit codes (统一社会信用代码) of organisations: GB 32100-2015 《法人和其他组织统一社会
//! 信用代码编码规则》. 18 characters of an alphabet of 31 (no I, O, S, V, Z): who registers (1), kind of
//! organisation (1), region of the registering office (6 digits), the organisation itself (9, a code of
//! GB 11714), check character (1, §4.6 with annex A: modulus 31, weights 3^(i-1)).

/// The characters in the order of their values 0 to 30.
pub const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// 3^(i-1) modulo 31 for the 17 characters before the check character.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// The first rule that a code breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("not 18 characters long")]
    Length,
    /// One that is none of the alphabet, or no digit where the region stands.
    #[error("a character that does not belong there")]
    Character,
    #[error("the check character does not fit")]
    CheckCharacter,
}

/// Whether a code has one of these characters.
pub fn is_character(key: char) -> bool {
    ALPHABET.contains(key)
}

/// Checks length, characters and check character. That the organisation exists, and whose it is, only
/// a register can say.
///
/// # Errors
/// The first [`Reason`] that the code breaks.
pub fn check(code: &str) -> Result<(), Reason> {
    if code.chars().count() != 18 {
        return Err(Reason::Length);
    }
    let region = code.get(2..8).ok_or(Reason::Character)?;
    if !code.chars().all(is_character) || !region.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::Character);
    }
    let (body, last) = code.split_at(17);
    if last.chars().next() == check_character(body) { Ok(()) } else { Err(Reason::CheckCharacter) }
}

/// The check character of 17 others; `None` where they are not that.
pub fn check_character(body: &str) -> Option<char> {
    let values: Option<Vec<usize>> = body.chars().map(|c| ALPHABET.find(c)).collect();
    let values = values.filter(|values| values.len() == WEIGHTS.len())?;
    let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    ALPHABET.chars().nth((31 - sum % 31) % 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_that_fit_and_codes_that_do_not() {
        // The example of the standard's own explanations, and one of a region that does not exist.
        for code in ["91350100M000100Y43", "910000000000000000"] {
            let fits = check_character(&code[..17]).map(|last| format!("{}{last}", &code[..17]));
            assert_eq!(check(&fits.expect("17 characters")), Ok(()));
        }
        assert_eq!(check("91350100M000100Y43"), Ok(()));
        for (code, reason) in [
            ("", Reason::Length),
            ("91350100M000100Y4", Reason::Length),
            ("91350100M000100Y433", Reason::Length),
            ("91350100M000100Y4O", Reason::Character),
            ("91350100m000100y43", Reason::Character),
            ("91I50100M000100Y43", Reason::Character),
            ("91350A00M000100Y43", Reason::Character),
            ("91350100M000100Y4３", Reason::Character),
            ("91350100M000100Y44", Reason::CheckCharacter),
        ] {
            assert_eq!(check(code), Err(reason), "{code}");
        }
    }

    #[test]
    fn the_weights_are_the_powers_of_three() {
        let powers = std::iter::successors(Some(1), |power| Some(power * 3 % 31));
        assert!(powers.take(17).eq(WEIGHTS));
        assert_eq!(ALPHABET.len(), 31);
        assert!("IOSVZ".chars().all(|c| !is_character(c)));
    }

    fn any_valid() -> impl Strategy<Value = String> {
        ("[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}").prop_map(|body| {
            let last = check_character(&body).expect("17 characters");
            format!("{body}{last}")
        })
    }

    proptest! {
        #[test]
        fn any_wrong_character_and_any_swap_is_caught(
            code in any_valid(), place in 0usize..18, other in "[0-9A-HJ-NPQRTUWXY]", swap in 0usize..17,
        ) {
            prop_assert_eq!(check(&code), Ok(()));
            let mut wrong = code.clone();
            wrong.replace_range(place..=place, &other);
            prop_assert!(wrong == code || check(&wrong).is_err());
            let mut swapped = code.clone().into_bytes();
            swapped.swap(swap, swap + 1);
            let swapped = String::from_utf8(swapped).expect("ASCII");
            prop_assert!(swapped == code || check(&swapped).is_err());
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC{0,20}") {
            let _ = check(&text);
            let _ = check_character(&text);
        }
    }
}
