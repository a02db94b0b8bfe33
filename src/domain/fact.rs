//! Facts: what is shown, printed, spoken or sent about a person or a case, each with its kind. A
//! kind knows how it is written in each language and what of it may be seen by others.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::domain::mask;
use crate::domain::pack::Bilingual;
use crate::say::{self, Lang};

/// A label and its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub label: Bilingual,
    pub value: Value,
}

/// A value that knows its kind. `Debug` names the kind alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A number or code to be compared character by character, such as a case number or 验证码.
    Code(String),
    /// Money, in fen (1/100 元).
    Amount { fen: i64 },
    /// A day of the calendar.
    Date(Date),
    /// A time of day in China (UTC+8).
    Time {
        at: DateTime,
        /// Whether the clock was known to be right; if not, the value says so (promise P9).
        trusted: bool,
    },
    /// A count and its unit (个月), which is missing where the label says it.
    Number { count: i64, unit: Option<Bilingual> },
    /// A word of a closed list, such as 参保缴费.
    State(Bilingual),
    /// Free text; `en` is empty where only the Chinese exists.
    Text(Bilingual),
    /// Name of a person.
    PersonName(Private),
    /// Number of an identity document.
    IdNumber(Private),
    /// Telephone number of a person, digits only.
    Phone(Private),
    /// Number of a bank card or account.
    Account(Private),
}

/// A personal datum in the clear. It is wiped when dropped and `Debug` never shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Private(Zeroizing<String>);

impl Private {
    pub fn new(text: impl Into<String>) -> Private {
        Private(Zeroizing::new(text.into()))
    }

    /// The datum itself, for whoever may have it: the platform, the queue, the citizen.
    pub fn open(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Private {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Private(..)")
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Value::Code(_) => "Code(..)",
            Value::Amount { .. } => "Amount(..)",
            Value::Date(_) => "Date(..)",
            Value::Time { .. } => "Time(..)",
            Value::Number { .. } => "Number(..)",
            Value::State(_) => "State(..)",
            Value::Text(_) => "Text(..)",
            Value::PersonName(_) => "PersonName(..)",
            Value::IdNumber(_) => "IdNumber(..)",
            Value::Phone(_) => "Phone(..)",
            Value::Account(_) => "Account(..)",
        })
    }
}

impl Fact {
    pub fn new(label: Bilingual, value: Value) -> Fact {
        Fact { label, value }
    }
}

impl Value {
    /// The number of an identity document.
    pub fn id_number(&self) -> Option<&str> {
        match self {
            Value::IdNumber(number) => Some(number.open()),
            _ => None,
        }
    }

    /// The whole value, for the citizen whose it is.
    pub fn shown(&self, lang: Lang) -> String {
        match self {
            Value::Code(code) => code.clone(),
            Value::Amount { fen } => amount(*fen, lang),
            Value::Date(date) => date.to_string(),
            Value::Time { at, trusted } => {
                let time = at.strftime("%Y-%m-%d\u{a0}%H:%M").to_string();
                if *trusted { time } else { say::TIME_UNTRUSTED.fill(lang, &[("time", &time)]) }
            }
            Value::Number { count, unit: None } => count.to_string(),
            Value::Number { count, unit: Some(unit) } => match lang {
                Lang::Zh => format!("{count}{}", unit.text(lang)),
                Lang::En => format!("{count} {}", unit.text(lang)),
            },
            Value::State(words) | Value::Text(words) => words.text(lang).to_owned(),
            Value::PersonName(datum)
            | Value::IdNumber(datum)
            | Value::Phone(datum)
            | Value::Account(datum) => datum.open().to_owned(),
        }
    }

    /// Whether it is read character by character and not as a word or a quantity.
    pub fn is_spelled(&self) -> bool {
        match self {
            Value::Code(_) | Value::IdNumber(_) | Value::Phone(_) | Value::Account(_) => true,
            Value::Amount { .. }
            | Value::Date(_)
            | Value::Time { .. }
            | Value::Number { .. }
            | Value::State(_)
            | Value::Text(_)
            | Value::PersonName(_) => false,
        }
    }

    /// What others may see on a screen (`domain.md` §7.4); like [`Value::shown`] for every kind
    /// that names nobody.
    pub fn masked(&self, lang: Lang) -> String {
        match self {
            Value::PersonName(name) => mask::name(name.open()),
            Value::IdNumber(number) => mask::screen_number(number.open()),
            Value::Phone(number) => mask::phone(number.open()),
            Value::Account(number) => mask::account(number.open()),
            _ => self.shown(lang),
        }
    }

    /// What stands on the citizen's own slip: like [`Value::masked`], but more of the identity
    /// number, so that one's own slip is told from another's.
    pub fn on_slip(&self, lang: Lang) -> String {
        match self {
            Value::IdNumber(number) => mask::slip_number(number.open()),
            _ => self.masked(lang),
        }
    }
}

/// `1,234.50元`, `¥1,234.50`.
fn amount(fen: i64, lang: Lang) -> String {
    let digits = (fen.unsigned_abs() / 100).to_string();
    let mut yuan = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            yuan.push(',');
        }
        yuan.push(digit);
    }
    let sign = if fen < 0 { "-" } else { "" };
    let text = format!("{sign}{yuan}.{:02}", fen.unsigned_abs() % 100);
    say::AMOUNT.fill(lang, &[("yuan", &text)])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn both(value: &Value) -> [String; 2] {
        [Lang::Zh, Lang::En].map(|lang| value.shown(lang))
    }

    #[test]
    fn a_value_is_written_by_its_kind() {
        let at = date(2026, 11, 22).at(2, 14, 59, 0);
        let months = Bilingual { zh: "个月".into(), en: "months".into() };
        for (value, zh, en) in [
            (Value::Code("K7M2".into()), "K7M2", "K7M2"),
            (Value::Amount { fen: 0 }, "0.00元", "¥0.00"),
            (Value::Amount { fen: 123_456_789 }, "1,234,567.89元", "¥1,234,567.89"),
            (Value::Amount { fen: -100_005 }, "-1,000.05元", "¥-1,000.05"),
            (Value::Date(date(2026, 10, 31)), "2026-10-31", "2026-10-31"),
            (Value::Time { at, trusted: true }, "2026-11-22\u{a0}02:14", "2026-11-22\u{a0}02:14"),
            (Value::Number { count: 126, unit: None }, "126", "126"),
            (Value::Number { count: 126, unit: Some(months) }, "126个月", "126 months"),
        ] {
            assert_eq!(both(&value), [zh, en]);
        }
    }

    #[test]
    fn p9_an_untrusted_time_says_so() {
        let value = Value::Time { at: date(2026, 11, 22).at(2, 14, 0, 0), trusted: false };
        let [zh, en] = both(&value);
        assert!(zh.contains("02:14") && zh.contains("时钟未校准"), "{zh}");
        assert!(en.contains("02:14") && en.contains("clock"), "{en}");
    }

    #[test]
    fn p4_what_others_may_see_depends_on_the_kind() {
        let number = Value::IdNumber(Private::new("511703189503150028"));
        for (value, open, masked, slip) in [
            (Value::PersonName(Private::new("王小例")), "王小例", "王*例", "王*例"),
            (number, "511703189503150028", "511*************28", "511703********0028"),
            (
                Value::Phone(Private::new("13800005678")),
                "13800005678",
                "138****5678",
                "138****5678",
            ),
            (
                Value::Phone(Private::new("000012345600")),
                "000012345600",
                "0000****5600",
                "0000****5600",
            ),
            (
                Value::Account(Private::new("6200000000000000007")),
                "6200000000000000007",
                "**** **** **** 0007",
                "**** **** **** 0007",
            ),
            (Value::Amount { fen: 5 }, "0.05元", "0.05元", "0.05元"),
        ] {
            assert_eq!(value.shown(Lang::Zh), open);
            assert_eq!(value.masked(Lang::Zh), masked);
            assert_eq!(value.on_slip(Lang::Zh), slip);
        }
    }

    #[test]
    fn p4_debug_shows_no_datum() {
        let fact = Fact::new(
            Bilingual { zh: "姓名".into(), en: "Name".into() },
            Value::PersonName(Private::new("王小例")),
        );
        let text = format!("{fact:?} {:?}", Private::new("王小例"));
        assert!(!text.contains('王'), "{text}");
    }
}
