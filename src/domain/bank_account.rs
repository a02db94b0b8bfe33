//! Numbers of bank cards (银行卡号): 16 to 19 digits, the last one checked by the Luhn algorithm
//! (ISO/IEC 7812-1 annex B). A check tells most slips of a finger: every single wrong digit and most
//! swaps. It cannot tell whether the account exists, whose it is or whether it can be paid to: that the
//! platform asks of the bank. Passbooks (存折) have numbers of each bank's own without a public check.

pub const LEAST_DIGITS: usize = 16;
pub const MOST_DIGITS: usize = 19;

/// The first rule that a number breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("not {LEAST_DIGITS} to {MOST_DIGITS} digits long")]
    Length,
    #[error("a character that is no digit")]
    Character,
    #[error("the check digit does not fit")]
    CheckDigit,
}

/// Checks length, digits and check digit.
///
/// # Errors
/// The first [`Reason`] that the number breaks.
pub fn check(number: &str) -> Result<(), Reason> {
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::Character);
    }
    if !(LEAST_DIGITS..=MOST_DIGITS).contains(&number.len()) {
        return Err(Reason::Length);
    }
    if luhn_sum(number).is_multiple_of(10) { Ok(()) } else { Err(Reason::CheckDigit) }
}

/// Appends the check digit to other digits.
pub fn complete(digits: &str) -> String {
    let sum = luhn_sum(&format!("{digits}0"));
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Every second digit from the right is doubled, and of what has two digits then both are counted.
fn luhn_sum(number: &str) -> u32 {
    let digits = number.bytes().rev().map(|byte| u32::from(byte.wrapping_sub(b'0')) % 10);
    let each = digits.enumerate().map(|(place, digit)| match (place % 2, digit * 2) {
        (0, _) => digit,
        (_, doubled) => doubled / 10 + doubled % 10,
    });
    each.sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_that_fit_and_numbers_that_do_not() {
        // The example of the algorithm (79927398713), with zeros before it.
        for number in ["0000079927398713", "6200000000000000003", "0000000000000000"] {
            assert_eq!(check(&complete(&number[..number.len() - 1])), Ok(()));
        }
        assert_eq!(check("0000079927398713"), Ok(()));
        for (number, reason) in [
            ("", Reason::Length),
            ("079927398713", Reason::Length),
            ("00000000079927398713", Reason::Length),
            ("0000079927398710", Reason::CheckDigit),
            ("000007992739871X", Reason::Character),
            ("000007992739871３", Reason::Character),
        ] {
            assert_eq!(check(number), Err(reason), "{number}");
        }
    }

    proptest! {
        #[test]
        fn any_wrong_digit_is_caught(body in "[0-9]{15,18}", place in 0usize..16, other in "[0-9]") {
            let number = complete(&body);
            prop_assert_eq!(check(&number), Ok(()));
            let mut wrong = number.clone();
            wrong.replace_range(place..=place, &other);
            prop_assert!(wrong == number || check(&wrong) == Err(Reason::CheckDigit));
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC{0,24}") {
            let _ = check(&text);
            let _ = complete(&text);
        }
    }
}
