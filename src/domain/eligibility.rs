//! Who may use an item (办理条件), as far as the card can tell, and the platform where it is asked. What
//! cannot be told is not refused: the decision is the bureau's.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::card::CardText;
use crate::domain::limits;
use crate::domain::pack::Bilingual;

/// Conditions that are checked before a citizen answers anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    #[serde(default)]
    #[schemars(with = "AgeRange")]
    pub age: Option<AgeRange>,
    /// Whether the platform is asked who is entitled (资格核验) when the card was read, before the first
    /// question. Where it has no answer the application goes on, and is judged after acceptance.
    #[serde(default)]
    pub asks_platform: bool,
}

/// Full years of age (周岁) on the day of the visit; at least one end is given.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgeRange {
    /// The youngest that may, 0 to 120.
    #[serde(default)]
    #[schemars(with = "u8", range(min = 0, max = 120))]
    pub min: Option<u8>,
    /// The oldest that may, 0 to 120.
    #[serde(default)]
    #[schemars(with = "u8", range(min = 0, max = 120))]
    pub max: Option<u8>,
    /// What a citizen outside the range is told: the rule and its ground, in the bureau's words.
    #[schemars(with = "limits::Text")]
    pub reason: Bilingual,
}

impl Eligibility {
    /// Why the holder of a card may not use the item, or `None`: also when the card's birth date
    /// is unknown. `today` is the day in China from a trusted clock; `since` a day that has
    /// certainly been, the pack's own: without a clock it tells who is too old, and nobody who is
    /// too young.
    pub fn refusal(&self, card: &CardText, today: Option<Date>, since: Date) -> Option<&Bilingual> {
        let range = self.age.as_ref()?;
        let age = card.age_on(today.map_or(since, |today| today.max(since)))?;
        let too_old = range.max.is_some_and(|max| age > u32::from(max));
        let too_young = today.is_some() && range.min.is_some_and(|min| age < u32::from(min));
        (too_old || too_young).then_some(&range.reason)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::card::{CardKind, Sex, ValidTo};

    fn range(min: Option<u8>, max: Option<u8>) -> Eligibility {
        let reason = Bilingual { zh: "年龄".into(), en: "age".into() };
        Eligibility { age: Some(AgeRange { min, max, reason }), ..Eligibility::default() }
    }

    fn card(birth: Option<Date>) -> CardText {
        CardText {
            kind: CardKind::Citizen,
            name: "样例".into(),
            name_latin: String::new(),
            sex: Sex::Female,
            ethnicity: None,
            nationality: None,
            birth,
            address: String::new(),
            number: "00000019601126002X".into(),
            issuer: String::new(),
            valid_from: None,
            valid_to: ValidTo::LongTerm,
            number_check: false,
        }
    }

    #[test]
    fn p6_an_age_outside_the_range_is_refused_with_the_reason() {
        let (working, since) = (range(Some(16), Some(65)), date(1970, 1, 1));
        let born = card(Some(date(1960, 11, 26)));
        for (today, refused) in [
            (date(1976, 11, 25), true),
            (date(1976, 11, 26), false),
            (date(2026, 11, 25), false), // 65 until the day before the birthday
            (date(2026, 11, 26), true),
        ] {
            let reason = working.refusal(&born, Some(today), since);
            assert_eq!(reason.is_some(), refused, "{today}");
        }
        assert!(range(None, Some(65)).refusal(&born, Some(date(1970, 1, 1)), since).is_none());
        assert!(range(Some(16), None).refusal(&born, Some(date(2050, 1, 1)), since).is_none());
    }

    #[test]
    fn p5_what_is_not_known_is_not_refused() {
        let working = range(Some(16), Some(65));
        let (today, since) = (Some(date(2026, 11, 26)), date(2026, 11, 1));
        let old = card(Some(date(1900, 1, 1)));
        assert!(working.refusal(&old, today, since).is_some());
        assert!(working.refusal(&old, None, since).is_some(), "the day of the pack has been");
        assert!(working.refusal(&old, None, date(1960, 1, 1)).is_none(), "nothing is certain");
        let young = card(Some(date(2015, 1, 1)));
        assert!(working.refusal(&young, today, since).is_some());
        assert!(working.refusal(&young, None, since).is_none(), "the clock is not trusted");
        assert!(working.refusal(&card(None), today, since).is_none());
        let unborn = card(Some(date(2030, 1, 1)));
        assert!(working.refusal(&unborn, today, since).is_none());
        assert!(Eligibility::default().refusal(&old, today, since).is_none());
    }
}
