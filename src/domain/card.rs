//! The 256-byte text block of an identity card, in its four layouts (`protocols.md` §1.6).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::domain::{codes, identity};

/// Which document lies on the reader, told by the UTF-16 unit at byte 248.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// Resident identity card (居民身份证).
    Citizen,
    /// Residence permit for Hong Kong, Macao and Taiwan residents (港澳台居民居住证).
    HmtPermit,
    /// Foreign permanent resident card of 2017 (外国人永久居留身份证).
    #[serde(rename = "foreigner_2017")]
    Foreigner2017,
    /// Foreign permanent resident card of 2023, the five-star card.
    #[serde(rename = "foreigner_2023")]
    Foreigner2023,
}

/// Sex as coded by GB/T 2261.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Unknown,
    Male,
    Female,
    Unstated,
}

/// When a card ceases to be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidTo {
    Until(Date),
    /// `长期` on the card.
    LongTerm,
    /// The field could not be read as a date; treated as expired by nobody, shown as unknown.
    Unreadable,
}

/// What a card says about its holder. Personal data: wiped when dropped, never logged
/// (`Debug` shows the kind only).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardText {
    pub kind: CardKind,
    /// Chinese name; may be empty on a foreigner's card.
    pub name: String,
    /// Latin name; empty on cards that carry none.
    pub name_latin: String,
    pub sex: Sex,
    /// GB/T 3304 name of the ethnicity (`汉`), citizens only; the raw code when it is unknown.
    pub ethnicity: Option<String>,
    /// GB/T 2659 three-letter or numeric code, foreigners only.
    pub nationality: Option<String>,
    pub birth: Option<Date>,
    pub address: String,
    pub number: String,
    pub issuer: String,
    pub valid_from: Option<Date>,
    pub valid_to: ValidTo,
    /// The number obeys its own check rule (MOD 11-2) and agrees with birth date and sex.
    /// A mismatch is logged and shown to staff, not a reason to refuse (`domain.md` §5.4).
    pub number_check: bool,
}

impl std::fmt::Debug for CardText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardText").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Drop for CardText {
    fn drop(&mut self) {
        for text in [
            &mut self.name,
            &mut self.name_latin,
            &mut self.address,
            &mut self.number,
            &mut self.issuer,
        ]
        .into_iter()
        .chain(&mut self.ethnicity)
        .chain(&mut self.nationality)
        {
            text.zeroize();
        }
    }
}

/// Why a text block cannot be used. Names no personal datum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardTextError {
    /// The kind of card at byte 248 is none of the four.
    #[error("unknown kind of card: unit {0:#06x} at byte 248; expected a space, J, I or Y")]
    UnknownKind(u16),
    /// Without a name or a number nobody can be served.
    #[error("the card's text has no {0}; lay the card down again, or try another card")]
    Blank(&'static str),
}

/// Units of the 256-byte block: it is UTF-16LE throughout.
const UNITS: usize = 128;
/// Unit that tells the kind of card (byte 248).
const KIND_UNIT: usize = 124;

impl CardText {
    /// Decodes the text block of any of the four kinds of card (`protocols.md` §1.6).
    ///
    /// Lone surrogates and control characters become U+FFFD; trailing spaces and NULs are cut off,
    /// inner ones stay; the private use area stays. A field that cannot be read as what it should
    /// be is `None`, [`Sex::Unknown`] or [`ValidTo::Unreadable`]; a number that does not fit is
    /// marked in [`CardText::number_check`]. Neither is a reason to refuse the card.
    ///
    /// # Errors
    /// An unknown kind of card, or a block without any name or without a number.
    pub fn parse(block: &[u8; 256]) -> Result<CardText, CardTextError> {
        let fields = Fields::new(block);
        let kind = match fields.0[KIND_UNIT] {
            0x0020 | 0x0000 => CardKind::Citizen,
            0x004A => CardKind::HmtPermit,
            0x0049 => CardKind::Foreigner2017,
            0x0059 => CardKind::Foreigner2023,
            other => return Err(CardTextError::UnknownKind(other)),
        };
        let mut card = match kind {
            CardKind::Citizen | CardKind::HmtPermit => fields.resident(kind),
            CardKind::Foreigner2017 => fields.foreigner_2017(),
            CardKind::Foreigner2023 => fields.foreigner_2023(),
        };
        if card.number.is_empty() {
            return Err(CardTextError::Blank("number"));
        }
        if card.holder_name().is_empty() {
            return Err(CardTextError::Blank("name"));
        }
        card.number_check = card.number_fits();
        Ok(card)
    }

    /// The name to address the holder by: the Chinese one, or the Latin one where there is none.
    pub fn holder_name(&self) -> &str {
        if self.name.is_empty() { &self.name_latin } else { &self.name }
    }

    /// Full years of age (周岁) on a day; `None` if the birth date is unknown or lies after it.
    pub fn age_on(&self, day: Date) -> Option<u32> {
        let birth = self.birth.filter(|birth| *birth <= day)?;
        let birthday_to_come = (day.month(), day.day()) < (birth.month(), birth.day());
        let years = i32::from(day.year()) - i32::from(birth.year()) - i32::from(birthday_to_come);
        u32::try_from(years).ok()
    }

    /// Whether the card's last day of validity lies before a day. A card whose end cannot be read
    /// is not called expired.
    pub fn expired_on(&self, day: Date) -> bool {
        matches!(self.valid_to, ValidTo::Until(last) if last < day)
    }

    /// [`CardText::number_check`] from the other fields. The region is not looked at: old and
    /// synthetic cards carry codes that no table has.
    fn number_fits(&self) -> bool {
        if self.kind == CardKind::Foreigner2017 {
            let bytes = self.number.as_bytes();
            return bytes.len() == 15
                && bytes[..3].iter().all(u8::is_ascii_uppercase)
                && bytes[3..].iter().all(u8::is_ascii_digit);
        }
        let Some((birth, sex)) = identity::holder_of(&self.number) else { return false };
        let sex_contradicts = matches!(self.sex, Sex::Male | Sex::Female) && self.sex != sex;
        self.birth == Some(birth) && !sex_contradicts
    }
}

/// The block as UTF-16 units; fields are given in bytes, as the standard gives them.
struct Fields([u16; UNITS]);

impl Fields {
    fn new(block: &[u8; 256]) -> Fields {
        let mut units = [0; UNITS];
        for (unit, pair) in units.iter_mut().zip(block.chunks_exact(2)) {
            *unit = u16::from_le_bytes([pair[0], pair[1]]);
        }
        Fields(units)
    }

    /// 居民身份证, and 港澳台居民居住证 that has the same fields but no ethnicity.
    fn resident(&self, kind: CardKind) -> CardText {
        CardText {
            kind,
            name: self.text(0, 30),
            name_latin: String::new(),
            sex: self.sex(30),
            ethnicity: if kind == CardKind::Citizen { self.ethnicity(32) } else { None },
            nationality: None,
            birth: self.date(36),
            address: self.text(52, 70),
            number: self.text(122, 36),
            issuer: self.text(158, 30),
            valid_from: self.date(188),
            valid_to: self.valid_to(204),
            number_check: false,
        }
    }

    fn foreigner_2017(&self) -> CardText {
        CardText {
            kind: CardKind::Foreigner2017,
            name: self.text(158, 30),
            name_latin: self.text(0, 120),
            sex: self.sex(120),
            ethnicity: None,
            nationality: Some(self.text(152, 6)).filter(|code| !code.is_empty()),
            birth: self.date(220),
            address: String::new(),
            number: self.text(122, 30),
            issuer: String::new(),
            valid_from: self.date(188),
            valid_to: self.valid_to(204),
            number_check: false,
        }
    }

    fn foreigner_2023(&self) -> CardText {
        CardText {
            kind: CardKind::Foreigner2023,
            name: self.text(0, 30),
            // The Latin name goes on in a second field: joined before it is trimmed, because a
            // space between two words may be the last unit of the first field.
            name_latin: decode(&[self.units(52, 70), self.units(220, 22)].concat()),
            sex: self.sex(30),
            ethnicity: None,
            nationality: Some(self.text(242, 6)).filter(|code| !code.is_empty()),
            birth: self.date(36),
            address: String::new(),
            number: self.text(122, 36),
            issuer: String::new(),
            valid_from: self.date(188),
            valid_to: self.valid_to(204),
            number_check: false,
        }
    }

    fn units(&self, offset: usize, bytes: usize) -> &[u16] {
        &self.0[offset / 2..(offset + bytes) / 2]
    }

    fn text(&self, offset: usize, bytes: usize) -> String {
        decode(self.units(offset, bytes))
    }

    fn sex(&self, offset: usize) -> Sex {
        match self.text(offset, 2).as_str() {
            "1" => Sex::Male,
            "2" => Sex::Female,
            "9" => Sex::Unstated,
            _ => Sex::Unknown,
        }
    }

    fn ethnicity(&self, offset: usize) -> Option<String> {
        let code = self.text(offset, 4);
        match codes::ethnicity_name(&code) {
            Some(name) => Some(name.to_owned()),
            None => Some(code).filter(|code| !code.is_empty()),
        }
    }

    fn date(&self, offset: usize) -> Option<Date> {
        day(&self.text(offset, 16))
    }

    fn valid_to(&self, offset: usize) -> ValidTo {
        match self.text(offset, 16).as_str() {
            "长期" => ValidTo::LongTerm,
            text => day(text).map_or(ValidTo::Unreadable, ValidTo::Until),
        }
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

fn decode(units: &[u16]) -> String {
    let is_padding = |unit: &u16| matches!(unit, 0x0000 | 0x0020);
    let end = units.iter().rposition(|unit| !is_padding(unit)).map_or(0, |at| at + 1);
    char::decode_utf16(units[..end].iter().copied())
        .map(|unit| match unit {
            // What a card sends ends in a log line or a printer: no control character passes.
            Ok(c) if !c.is_control() => c,
            _ => char::REPLACEMENT_CHARACTER,
        })
        .collect()
}

/// Eight ASCII digits as a day of the calendar.
fn day(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, month, day) = (&text[..4], &text[4..6], &text[6..]);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// The text block of a complete read reply (`protocols.md` §1.5).
    fn sample(reply: &[u8]) -> [u8; 256] {
        reply[14..270].try_into().expect("a reply of 1295 bytes")
    }

    fn citizen_block() -> [u8; 256] {
        sample(include_bytes!("../../tests/data/card_citizen.bin"))
    }

    /// Puts units into a block, at a byte offset.
    fn put(block: &mut [u8; 256], offset: usize, units: &[u16]) {
        for (at, unit) in units.iter().enumerate() {
            block[offset + 2 * at..][..2].copy_from_slice(&unit.to_le_bytes());
        }
    }

    fn utf16(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    #[test]
    fn a_citizens_card_is_read() {
        let card = CardText::parse(&citizen_block()).expect("a card");
        assert_eq!(card.kind, CardKind::Citizen);
        assert_eq!(card.name, "测试甲");
        assert_eq!(card.sex, Sex::Male);
        assert_eq!(card.ethnicity.as_deref(), Some("汉"));
        assert_eq!(card.nationality, None);
        assert_eq!(card.birth, Some(date(1990, 3, 7)));
        assert_eq!(card.address, "示例省示例市示例路1号");
        assert_eq!(card.number.len(), 18);
        assert_eq!(card.issuer, "示例市公安局");
        assert_eq!(card.valid_from, Some(date(2020, 1, 1)));
        assert_eq!(card.valid_to, ValidTo::Until(date(2040, 1, 1)));
        // Serial 000 is a woman's, the card says male: marked, not refused.
        assert!(!card.number_check);
    }

    #[test]
    fn a_residence_permit_has_no_ethnicity() {
        let block = sample(include_bytes!("../../tests/data/card_hmt.bin"));
        let card = CardText::parse(&block).expect("a card");
        assert_eq!(card.kind, CardKind::HmtPermit);
        assert_eq!(card.name, "测试乙");
        assert_eq!(card.sex, Sex::Female);
        assert_eq!(card.ethnicity, None);
        assert!(card.number.starts_with("810000"));
        assert!(card.number_check);
        assert!(card.expired_on(date(2025, 1, 2)));
        assert!(!card.expired_on(date(2025, 1, 1)), "valid on its last day");
    }

    #[test]
    fn both_foreigners_cards_are_read() {
        let block = sample(include_bytes!("../../tests/data/card_fpr_old.bin"));
        let card = CardText::parse(&block).expect("a card");
        assert_eq!(card.kind, CardKind::Foreigner2017);
        assert_eq!((card.name.as_str(), card.name_latin.as_str()), ("", "TEST, PERSON C"));
        assert_eq!(card.holder_name(), "TEST, PERSON C");
        assert_eq!(card.nationality.as_deref(), Some("XXX"));
        assert_eq!(card.birth, Some(date(1990, 3, 7)));
        assert_eq!(card.number, "XXX000000000000");
        assert!(card.number_check);

        let block = sample(include_bytes!("../../tests/data/card_fpr_2023.bin"));
        let card = CardText::parse(&block).expect("a card");
        assert_eq!(card.kind, CardKind::Foreigner2023);
        assert_eq!(card.name_latin, "TEST, PERSON D");
        assert_eq!(card.nationality.as_deref(), Some("000"));
        assert_eq!(card.valid_to, ValidTo::Until(date(2034, 1, 1)));
        assert!(card.number.starts_with('9'));
    }

    #[test]
    fn the_number_of_an_old_foreigners_card_has_three_letters_and_twelve_digits() {
        let block = sample(include_bytes!("../../tests/data/card_fpr_old.bin"));
        let mut card = CardText::parse(&block).expect("a card");
        for wrong in ["XXX00000000000", "XXX0000000000000", "xXX000000000000", "XXX00000000000X"] {
            card.number = wrong.to_owned();
            assert!(!card.number_fits(), "{wrong}");
        }
    }

    #[test]
    fn the_sex_is_told_by_its_code() {
        let sexes =
            [("1", Sex::Male), ("2", Sex::Female), ("9", Sex::Unstated), ("0", Sex::Unknown)];
        for (code, sex) in sexes {
            let mut block = citizen_block();
            put(&mut block, 30, &utf16(code));
            assert_eq!(CardText::parse(&block).expect("a card").sex, sex);
        }
    }

    #[test]
    fn a_latin_name_goes_on_in_the_second_field() {
        let mut block = sample(include_bytes!("../../tests/data/card_fpr_2023.bin"));
        let name = "EXAMPLEPERSON WITHAVERYLONGNAMEXXX ANDSOMEMORES";
        assert_eq!(name.as_bytes()[34], b' ', "the last unit of the first field");
        let units = utf16(name);
        put(&mut block, 52, &units[..35]);
        put(&mut block, 220, &units[35..46]);
        let card = CardText::parse(&block).expect("a card");
        assert_eq!(card.name_latin, name[..46]);
    }

    #[test]
    fn rare_characters_pass_and_broken_ones_are_replaced() {
        let mut block = citizen_block();
        // 𭖯 outside the BMP, a private-use character, a lone surrogate, an escape, inner spaces.
        put(&mut block, 0, &[0xD875, 0xDDAF, 0xE863, 0xD800, 0x001B, 0x0020, 0x4F8B, 0x0000]);
        let card = CardText::parse(&block).expect("a card");
        assert_eq!(card.name, "\u{2D5AF}\u{E863}\u{FFFD}\u{FFFD} 例");
    }

    #[test]
    fn what_cannot_be_read_is_marked_and_not_refused() {
        let mut block = citizen_block();
        put(&mut block, 30, &utf16("x"));
        put(&mut block, 32, &utf16("59"));
        put(&mut block, 36, &utf16("19000229"));
        put(&mut block, 188, &utf16("２０２０0101"));
        put(&mut block, 204, &utf16("长期      "));
        let card = CardText::parse(&block).expect("a card");
        assert_eq!(card.sex, Sex::Unknown);
        assert_eq!(card.ethnicity.as_deref(), Some("59"));
        assert_eq!(card.birth, None);
        assert_eq!(card.age_on(date(2026, 11, 22)), None);
        assert_eq!(card.valid_from, None);
        assert_eq!(card.valid_to, ValidTo::LongTerm);
        assert!(!card.number_check);

        put(&mut block, 204, &utf16("20401301"));
        let card = CardText::parse(&block).expect("a card");
        assert_eq!(card.valid_to, ValidTo::Unreadable);
        assert!(!card.expired_on(date(9999, 1, 1)));
    }

    #[test]
    fn the_number_must_agree_with_birth_and_sex() {
        let number = identity::complete("00000019900307001").expect("17 digits");
        let check = |change: fn(&mut [u8; 256])| {
            let mut block = citizen_block();
            put(&mut block, 122, &utf16(&number));
            change(&mut block);
            CardText::parse(&block).expect("a card").number_check
        };
        assert!(check(|_| {}));
        assert!(check(|block| put(block, 30, &utf16("9"))), "unstated contradicts nothing");
        assert!(!check(|block| put(block, 30, &utf16("2"))), "sex");
        assert!(!check(|block| put(block, 36, &utf16("19900308"))), "birth");
        assert!(!check(|block| put(block, 122, &utf16("1"))), "check character");
    }

    #[test]
    fn p5_a_block_that_is_no_card_says_what_is_wrong() {
        let parse = |change: fn(&mut [u8; 256])| {
            let mut block = citizen_block();
            change(&mut block);
            CardText::parse(&block).map(|_| ())
        };
        assert_eq!(parse(|b| put(b, 248, &[0x0041])), Err(CardTextError::UnknownKind(0x41)));
        assert_eq!(parse(|b| put(b, 122, &[0x20; 18])), Err(CardTextError::Blank("number")));
        assert_eq!(parse(|b| put(b, 0, &[0x20; 15])), Err(CardTextError::Blank("name")));
        assert_eq!(parse(|b| b.fill(0)), Err(CardTextError::Blank("number")));
    }

    #[test]
    fn age_is_counted_in_full_years() {
        let mut block = citizen_block();
        put(&mut block, 36, &utf16("19960229"));
        let card = CardText::parse(&block).expect("a card");
        for (day, age) in [
            (date(1996, 2, 28), None),
            (date(1996, 2, 29), Some(0)),
            (date(2026, 2, 28), Some(29)),
            (date(2026, 3, 1), Some(30)),
        ] {
            assert_eq!(card.age_on(day), age, "{day}");
        }
    }

    #[test]
    fn p4_debug_shows_the_kind_only() {
        let card = CardText::parse(&citizen_block()).expect("a card");
        assert_eq!(format!("{card:?}"), "CardText { kind: Citizen, .. }");
    }

    proptest! {
        #[test]
        fn nothing_on_a_card_makes_it_panic(
            bytes in prop::collection::vec(any::<u8>(), 256),
            kind in prop::sample::select(vec![0x20u16, 0x4A, 0x49, 0x59]),
        ) {
            let mut block: [u8; 256] = bytes.try_into().expect("256 bytes");
            let _ = CardText::parse(&block);
            put(&mut block, 248, &[kind]);
            if let Ok(card) = CardText::parse(&block) {
                let _ = (card.age_on(Date::MAX), card.expired_on(Date::MIN));
                prop_assert!(!card.name.chars().any(char::is_control));
            }
        }
    }
}
