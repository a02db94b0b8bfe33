//! The people whose cards lie beside the simulated reader. None of them exists: their region code
//! is 000000, or that of a document that has no finer one, and their names say 样例 or 示例.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use crate::domain::card::{CardKind, CardText, Sex, ValidTo};
use crate::domain::{codes, identity};
use crate::say::Sentence;

/// A synthetic person with a card.
#[derive(Clone, Debug)]
pub struct Person {
    /// Name in scripts and on the command line: `citizen`, `foreigner-2017`.
    pub id: &'static str,
    /// What is special about the card, for the dock of the demo.
    pub label: Sentence,
    pub card: CardText,
}

/// Everybody, the ordinary citizen first.
pub fn all() -> Vec<Person> {
    vec![
        Person {
            id: "citizen",
            label: Sentence { zh: "居民身份证", en: "Resident identity card" },
            card: citizen("李示例", Sex::Female, date(1996, 3, 7), "024", "汉"),
        },
        Person {
            id: "elderly",
            label: Sentence { zh: "老年人，长期有效", en: "Elderly, valid long-term" },
            card: elderly(),
        },
        Person {
            id: "rare",
            label: Sentence {
                zh: "长姓名，含生僻字", en: "Long name with rare characters"
            },
            // 㛃 is in no GBK font, 𬍛 lies outside the Basic Multilingual Plane: 13 units of 15.
            card: citizen("阿依样例㛃·买提示例𬍛江", Sex::Male, date(1985, 5, 20), "035", "维吾尔"),
        },
        Person {
            id: "foreigner",
            label: Sentence {
                zh: "外国人永久居留身份证（2023版）",
                en: "Foreign permanent resident, 2023",
            },
            card: CardText {
                kind: CardKind::Foreigner2023,
                name: "安示例".to_owned(),
                name_latin: "EXAMPLE, ANNA SAMPLE".to_owned(),
                sex: Sex::Female,
                ethnicity: None,
                nationality: Some("XXX".to_owned()),
                birth: Some(date(1988, 8, 18)),
                address: String::new(),
                number: number("900000", date(1988, 8, 18), "028"),
                issuer: String::new(),
                valid_from: Some(date(2024, 1, 15)),
                valid_to: ValidTo::Until(date(2034, 1, 15)),
                number_check: true,
            },
        },
        Person {
            id: "foreigner-2017",
            label: Sentence {
                zh: "外国人永久居留身份证（2017版）",
                en: "Foreign permanent resident, 2017",
            },
            card: CardText {
                kind: CardKind::Foreigner2017,
                name: String::new(),
                name_latin: "SAMPLE, PETER EXAMPLE".to_owned(),
                sex: Sex::Male,
                ethnicity: None,
                nationality: Some("XXX".to_owned()),
                birth: Some(date(1979, 2, 3)),
                address: String::new(),
                number: "XXX000000000000".to_owned(),
                issuer: String::new(),
                valid_from: Some(date(2021, 6, 1)),
                valid_to: ValidTo::Until(date(2031, 6, 1)),
                number_check: true,
            },
        },
        Person {
            id: "hmt",
            label: Sentence {
                zh: "港澳台居民居住证", en: "Residence permit (HK, Macao, Taiwan)"
            },
            card: permit(),
        },
        Person {
            id: "expired",
            label: Sentence { zh: "证件已过期", en: "Expired card" },
            card: expired(),
        },
    ]
}

/// The person with this script name.
pub fn find(id: &str) -> Option<Person> {
    all().into_iter().find(|person| person.id == id)
}

/// The ordinary citizen's card with a birth date by which its holder is of this age on a day, since half
/// a year.
pub fn aged(years: u8, day: Date) -> CardText {
    let birth = day.saturating_sub(i32::from(years).years().months(6));
    citizen("李示例", Sex::Female, birth, "024", "汉")
}

/// The 256-byte text block of a card (`protocols.md` §1.6). Text that is longer than its field is
/// cut off, as the issuing office does.
pub fn text_block(card: &CardText) -> [u8; 256] {
    let mut units = [0x0020u16; 128];
    let mut put = |offset: usize, bytes: usize, text: &str| {
        fill(&mut units[offset / 2..(offset + bytes) / 2], text.encode_utf16());
    };
    let sex = match card.sex {
        Sex::Unknown => "0",
        Sex::Male => "1",
        Sex::Female => "2",
        Sex::Unstated => "9",
    };
    let valid_to = match card.valid_to {
        ValidTo::Until(day) => digits(Some(day)),
        ValidTo::LongTerm => "长期".to_owned(),
        ValidTo::Unreadable => String::new(),
    };
    let nationality = card.nationality.as_deref().unwrap_or_default();
    put(188, 16, &digits(card.valid_from));
    put(204, 16, &valid_to);
    match card.kind {
        CardKind::Citizen | CardKind::HmtPermit => {
            put(0, 30, &card.name);
            put(30, 2, sex);
            put(36, 16, &digits(card.birth));
            put(52, 70, &card.address);
            put(122, 36, &card.number);
            put(158, 30, &card.issuer);
            if card.kind == CardKind::Citizen {
                let ethnicity = card.ethnicity.as_deref().unwrap_or_default();
                let code = codes::ethnicity_code(ethnicity);
                put(32, 4, code.as_deref().unwrap_or(ethnicity));
            } else {
                put(220, 18, "H00000000");
                put(238, 4, "01");
                put(248, 2, "J");
            }
        }
        CardKind::Foreigner2017 => {
            put(0, 120, &card.name_latin);
            put(120, 2, sex);
            put(122, 30, &card.number);
            put(152, 6, nationality);
            put(158, 30, &card.name);
            put(220, 16, &digits(card.birth));
            put(236, 4, "01");
            put(240, 8, "0000");
            put(248, 2, "I");
        }
        CardKind::Foreigner2023 => {
            put(0, 30, &card.name);
            put(30, 2, sex);
            put(32, 4, "00");
            put(36, 16, &digits(card.birth));
            put(52, 70, &card.name_latin);
            put(122, 36, &card.number);
            put(242, 6, nationality);
            put(248, 2, "Y");
        }
    }
    if card.kind == CardKind::Foreigner2023 {
        // The Latin name goes on in a second field from its 36th unit.
        fill(&mut units[110..121], card.name_latin.encode_utf16().skip(35));
    }
    let mut block = [0; 256];
    for (pair, unit) in block.chunks_exact_mut(2).zip(units) {
        pair.copy_from_slice(&unit.to_le_bytes());
    }
    block
}

fn fill(field: &mut [u16], text: impl Iterator<Item = u16>) {
    for (unit, value) in field.iter_mut().zip(text) {
        *unit = value;
    }
}

fn citizen(name: &str, sex: Sex, birth: Date, serial: &str, ethnicity: &str) -> CardText {
    CardText {
        kind: CardKind::Citizen,
        name: name.to_owned(),
        name_latin: String::new(),
        sex,
        ethnicity: Some(ethnicity.to_owned()),
        nationality: None,
        birth: Some(birth),
        address: "示例省示例市示例区样例路1号".to_owned(),
        number: number("000000", birth, serial),
        issuer: "示例市公安局示例分局".to_owned(),
        valid_from: Some(date(2020, 1, 1)),
        valid_to: ValidTo::Until(date(2040, 1, 1)),
        number_check: true,
    }
}

fn elderly() -> CardText {
    let mut card = citizen("王样例", Sex::Male, date(1948, 10, 12), "017", "汉");
    card.valid_to = ValidTo::LongTerm;
    card
}

fn permit() -> CardText {
    let birth = date(1992, 11, 30);
    let mut card = citizen("陈示例", Sex::Female, birth, "046", "汉");
    card.kind = CardKind::HmtPermit;
    card.ethnicity = None;
    card.number = number("810000", birth, "046");
    card.valid_from = Some(date(2024, 4, 1));
    card.valid_to = ValidTo::Until(date(2029, 4, 1));
    card
}

fn expired() -> CardText {
    let mut card = citizen("赵样例", Sex::Male, date(1983, 6, 15), "051", "回");
    card.valid_from = Some(date(2005, 9, 1));
    card.valid_to = ValidTo::Until(date(2025, 9, 1));
    card
}

fn number(region: &str, birth: Date, serial: &str) -> String {
    identity::complete(&format!("{region}{}{serial}", digits(Some(birth))))
        .expect("region, birth and serial are 17 digits")
}

fn digits(day: Option<Date>) -> String {
    day.map(|day| format!("{:04}{:02}{:02}", day.year(), day.month(), day.day()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::identity::Reason;

    const TODAY: Date = date(2026, 11, 22);

    #[test]
    fn everybody_has_a_card_that_reads_back() {
        let mut ids = std::collections::BTreeSet::new();
        for person in all() {
            assert!(ids.insert(person.id), "{} twice", person.id);
            let read = CardText::parse(&text_block(&person.card)).expect(person.id);
            // `assert!` and not `assert_eq!`: `Debug` of a card shows nothing.
            assert!(read == person.card, "{}", person.id);
            assert!(read.number_check, "{}", person.id);
        }
        assert_eq!(ids.len(), 7);
        assert!(find("citizen").is_some() && find("nobody").is_none());
    }

    #[test]
    fn p4_nobody_exists() {
        for person in all() {
            let number = &person.card.number;
            let verdict = identity::check(number, TODAY).map(|_| ());
            let expected = match person.card.kind {
                CardKind::Foreigner2017 => Err(Reason::Length),
                // 810000 is the region of every permit of Hong Kong.
                CardKind::HmtPermit => Ok(()),
                _ => Err(Reason::Region),
            };
            assert_eq!(verdict, expected, "{}", person.id);
        }
    }

    #[test]
    fn the_people_are_what_their_names_say() {
        let card = |id: &str| find(id).expect("a known person").card;
        assert!((18..60).contains(&card("citizen").age_on(TODAY).expect("a birth date")));
        assert!(card("elderly").age_on(TODAY).expect("a birth date") >= 65);
        assert!(!card("elderly").expired_on(Date::MAX));
        assert!(card("expired").expired_on(TODAY));
        assert!(!card("citizen").expired_on(TODAY));
        assert!(card("foreigner-2017").name.is_empty());

        let rare = card("rare");
        assert!((12..=15).contains(&rare.name.encode_utf16().count()));
        assert!(rare.name.contains('·'));
        assert!(rare.name.chars().any(|c| c.len_utf16() == 2), "one outside the BMP");
        let outside_gbk = |c: char| {
            let text = c.to_string();
            let (bytes, _, _) = encoding_rs::GBK.encode(&text);
            c.len_utf16() == 1 && bytes.len() != 2
        };
        assert!(rare.name.chars().any(outside_gbk), "one that GBK does not have");
        assert!(!card("citizen").name.chars().any(outside_gbk));
    }

    #[test]
    fn somebody_of_any_age_is_that_old_and_does_not_exist() {
        for years in [0, 15, 16, 60, 120] {
            let card = aged(years, TODAY);
            assert_eq!(card.age_on(TODAY), Some(years.into()));
            assert_eq!(identity::check(&card.number, TODAY).map(|_| ()), Err(Reason::Region));
        }
    }

    fn any_card() -> impl Strategy<Value = CardText> {
        let day = (0i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| date(y, m, d));
        let text = |most: &str| {
            prop::string::string_regex(&format!(
                "[张样例·\u{36C3}\u{2C35B}\u{E863}A-Z][张样例A-Z ]{{0,{most}}}[样Z]"
            ))
            .expect("a valid pattern")
        };
        // As long as a name of the 2023 card can be, or shorter.
        let latin = prop_oneof!["[A-Z]{46}", "[A-Z][A-Z ]{0,43}[A-Z]"];
        let kinds = prop::sample::select(vec![
            CardKind::Citizen,
            CardKind::HmtPermit,
            CardKind::Foreigner2017,
            CardKind::Foreigner2023,
        ]);
        let valid_to = prop_oneof![
            day.clone().prop_map(ValidTo::Until),
            Just(ValidTo::LongTerm),
            Just(ValidTo::Unreadable)
        ];
        let sexes = prop::sample::select(vec![Sex::Unknown, Sex::Male, Sex::Female, Sex::Unstated]);
        let ethnicities = prop::sample::select(vec![None, Some("汉"), Some("基诺"), Some("59")]);
        (
            (kinds, text("12"), latin, sexes, ethnicities, prop::option::of("[A-Z]{3}")),
            (prop::option::of(day.clone()), text("31"), text("12"), prop::option::of(day)),
            (valid_to, "[0-9]{17}[0-9X]", any::<bool>()),
        )
            .prop_map(
                |(
                    (kind, name, latin, sex, ethnicity, nation),
                    (birth, address, issuer, from),
                    (valid_to, number, named),
                )| {
                    let resident = matches!(kind, CardKind::Citizen | CardKind::HmtPermit);
                    let old = kind == CardKind::Foreigner2017;
                    CardText {
                        kind,
                        name: if resident || named { name } else { String::new() },
                        name_latin: if resident { String::new() } else { latin },
                        sex,
                        ethnicity: ethnicity
                            .filter(|_| kind == CardKind::Citizen)
                            .map(str::to_owned),
                        nationality: nation.filter(|_| !resident),
                        birth,
                        address: if resident { address } else { String::new() },
                        number: if old { number[..15].to_owned() } else { number },
                        issuer: if resident { issuer } else { String::new() },
                        valid_from: from,
                        valid_to,
                        number_check: false,
                    }
                },
            )
    }

    proptest! {
        #[test]
        fn what_is_written_on_a_card_is_read_from_it(card in any_card()) {
            let mut read = CardText::parse(&text_block(&card)).expect("a name and a number");
            read.number_check = card.number_check;
            prop_assert!(read == card, "{:?}", card.kind);
        }
    }
}
