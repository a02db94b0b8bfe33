//! Amounts of money as they are typed; never a floating-point number.

/// An amount in fen (1/100 元).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(u64);

impl Amount {
    /// Most decimals.
    const DECIMALS: usize = 2;

    pub fn from_yuan(yuan: u32) -> Amount {
        Amount(u64::from(yuan) * 100)
    }

    /// What is typed: `1234`, `1234.5`, `0.05`; `None` where it is no amount, or too large for any.
    pub fn parse(typed: &str) -> Option<Amount> {
        let (yuan, fen) = typed.split_once('.').unwrap_or((typed, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !(1..=9).contains(&yuan.len())
            || fen.len() > Amount::DECIMALS
            || !digits(yuan)
            || !digits(fen)
        {
            return None;
        }
        let fen: u64 = format!("{fen:0<2}").parse().ok()?;
        Some(Amount(yuan.parse::<u64>().ok()? * 100 + fen))
    }

    pub fn fen(self) -> i64 {
        self.0.cast_signed()
    }

    /// Whether a key may follow: digits up to those of the largest amount, one point, two decimals.
    pub(super) fn takes(typed: &str, key: char, most_yuan: u32) -> bool {
        match (typed.split_once('.'), key) {
            (None, '.') => true,
            (None, '0'..='9') => {
                let most = most_yuan.checked_ilog10().map_or(1, |digits| digits as usize + 1);
                typed.len() < most
            }
            (Some((_, fen)), '0'..='9') => fen.len() < Amount::DECIMALS,
            _ => false,
        }
    }
}

/// As the contract has it: `1234.50`.
impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_to_the_fen() {
        for (typed, fen, sent) in [
            ("0", 0, "0.00"),
            ("0.05", 5, "0.05"),
            ("1234.5", 123_450, "1234.50"),
            ("1234.", 123_400, "1234.00"),
            ("007", 700, "7.00"),
            ("999999999.99", 99_999_999_999, "999999999.99"),
        ] {
            let amount = Amount::parse(typed).unwrap_or_else(|| panic!("{typed}"));
            assert_eq!((amount.fen(), amount.to_string().as_str()), (fen, sent));
        }
        for typed in ["", ".", ".5", "1.234", "1.2.3", "-1", "1e3", "1,000", "1000000000", "１"] {
            assert_eq!(Amount::parse(typed), None, "{typed}");
        }
        assert_eq!(Amount::from_yuan(7).to_string(), "7.00");
    }

    #[test]
    fn a_finger_that_types_on_makes_no_other_amount() {
        for (typed, key, takes) in [
            ("", '5', true),
            ("", '.', true),
            ("200000", '0', false),
            ("200000", '.', true),
            ("1.", '.', false),
            ("1.2", '5', true),
            ("1.25", '0', false),
            ("1", 'X', false),
        ] {
            assert_eq!(Amount::takes(typed, key, 200_000), takes, "{typed} {key}");
        }
    }
}
