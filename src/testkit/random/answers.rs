//! Answers that can stand.

use jiff::ToSpan as _;

use super::Dice;
use crate::domain::form::{AnswerKind, FIRST_DAY, Known, LAST_DAY, PhoneWay};
use crate::domain::{bank_account, credit_code, identity};

/// What may be typed for a question; of a telephone, a number of this way. `None` where an answer is
/// chosen.
pub fn typed(
    kind: &AnswerKind,
    way: Option<PhoneWay>,
    known: &Known<'_>,
    dice: &mut Dice,
) -> Option<String> {
    let digits = |dice: &mut Dice, many: usize| -> String {
        (0..many).map(|_| char::from(b'0' + dice.below(10) as u8)).collect()
    };
    Some(match kind {
        AnswerKind::Date { earliest, latest } => {
            let first =
                earliest.map_or(FIRST_DAY, |bound| bound.as_earliest(known.today, known.since));
            let last = latest.and_then(|bound| bound.as_latest(known.today, known.since));
            let (first, last) = (first.max(FIRST_DAY), last.unwrap_or(LAST_DAY).min(LAST_DAY));
            let days = (last - first).get_days().max(0) as usize;
            let day = first.checked_add((dice.within(0..=days) as i64).days()).ok()?;
            day.strftime("%Y%m%d").to_string()
        }
        AnswerKind::Number { min, max, .. } => {
            dice.within(*min as usize..=*max as usize).to_string()
        }
        AnswerKind::Amount { min_yuan, max_yuan } => {
            let yuan = dice.within(*min_yuan as usize..=*max_yuan as usize);
            match dice.below(3) {
                1 if yuan < *max_yuan as usize => format!("{yuan}.{}", dice.below(10)),
                2 if yuan < *max_yuan as usize => format!("{yuan}.{:02}", dice.below(100)),
                _ => yuan.to_string(),
            }
        }
        AnswerKind::IdentityNumber => {
            let (year, month, day) =
                (dice.within(1950..=2009), dice.within(1..=12), dice.within(1..=28));
            let body = format!("110105{year}{month:02}{day:02}{}", digits(dice, 3));
            identity::complete(&body)?
        }
        AnswerKind::CreditCode => {
            let alphabet: Vec<char> = credit_code::ALPHABET.chars().collect();
            let own: String = (0..9).map(|_| *dice.pick(&alphabet)).collect();
            let body = format!("91000000{own}");
            format!("{body}{}", credit_code::check_character(&body)?)
        }
        AnswerKind::BankAccount => {
            let many = dice.within(bank_account::LEAST_DIGITS..=bank_account::MOST_DIGITS);
            bank_account::complete(&digits(dice, many - 1))
        }
        AnswerKind::Phone { .. } => match way? {
            PhoneWay::Mobile => format!("138{}", digits(dice, 8)),
            PhoneWay::Landline => format!("010{}", digits(dice, 8)),
            PhoneWay::Relative => match dice.once_in(2) {
                true => format!("0532{}", digits(dice, 8)),
                false => format!("139{}", digits(dice, 8)),
            },
            PhoneWay::None => String::new(),
        },
        AnswerKind::Choice { .. }
        | AnswerKind::Several { .. }
        | AnswerKind::YesNo
        | AnswerKind::Region { .. } => return None,
    })
}
