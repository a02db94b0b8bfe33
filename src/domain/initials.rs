//! How an item is found by a few keys: the first letters of the pinyin of its name (拼音首字母), the
//! first letters of English words or how they begin, or its number.

use crate::domain::pack::Pack;
use crate::say::Lang;

/// Made by `build.rs`, which says what stands in it.
static READINGS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/initials.bin"));

/// What `build.rs` found of a Han character; nothing of one that nobody reads.
fn readings(character: char) -> Option<u32> {
    let place = u32::from(character).checked_sub(0x4e00)? as usize * 4;
    let bytes = READINGS.get(place..place + 4)?.try_into().ok()?;
    Some(u32::from_le_bytes(bytes)).filter(|readings| *readings != 0)
}

/// The names and numbers of a pack, as they are searched. Made once a search: of 2,000 items in less
/// than a millisecond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    number: String,
    zh: Vec<Signs>,
    en: Words,
}

/// The letters and digits that may be typed for one character of a name: `行` is `H` and `X`. A bit
/// each; a character that has none does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Signs(u64);

/// An English name: the first letter of each word, and all letters with where words begin.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Words {
    firsts: String,
    letters: String,
    begins: Vec<usize>,
}

/// How well a name fits; the smaller the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is the number.
    Number,
    /// Number or name begin with it.
    Begins,
    /// It stands further inside.
    Inside,
}

impl Signs {
    /// The letters of a character, by all its readings.
    fn of(character: char) -> Signs {
        if character.is_ascii() {
            return Signs::of_key(character).unwrap_or(Signs(0));
        }
        Signs(u64::from(readings(character).unwrap_or(0) & 0x03ff_ffff))
    }

    fn of_key(key: char) -> Option<Signs> {
        let place = match key.to_ascii_uppercase() {
            letter @ 'A'..='Z' => u32::from(letter) - u32::from('A'),
            digit @ '0'..='9' => 26 + u32::from(digit) - u32::from('0'),
            _ => return None,
        };
        Some(Signs(1 << place))
    }

    fn takes(self, key: Signs) -> bool {
        self.0 & key.0 != 0
    }
}

fn signs(name: &str) -> Vec<Signs> {
    name.chars().map(Signs::of).filter(|signs| signs.0 != 0).collect()
}

/// What somebody would type who wants this name: each of its characters, or English words, with its
/// key, that of the most common reading. 失业登记: `SYDJ`.
pub fn keys(name: &str, lang: Lang) -> Vec<(String, char)> {
    let key = |c: char| match c {
        c if c.is_ascii_alphanumeric() => Some(c.to_ascii_uppercase()),
        c => char::from_u32(u32::from('A') + (readings(c)? >> 27)),
    };
    let first = |word: &str| key(word.chars().find(char::is_ascii_alphanumeric)?);
    match lang {
        Lang::Zh => name.chars().filter_map(|c| Some((c.to_string(), key(c)?))).collect(),
        Lang::En => english(name).filter_map(|w| Some((w.to_owned(), first(w)?))).collect(),
    }
}

/// The words of an English name: they may have an apostrophe, and nothing else that is no letter.
fn english(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'').filter(|word| !word.is_empty())
}

impl Words {
    fn of(name: &str) -> Words {
        let mut words = Words { firsts: String::new(), letters: String::new(), begins: Vec::new() };
        for word in english(name) {
            let mut letters = word.chars().filter(char::is_ascii_alphanumeric);
            let Some(first) = letters.next() else { continue };
            words.begins.push(words.letters.len());
            words.firsts.push(first.to_ascii_uppercase());
            words.letters.push(first.to_ascii_uppercase());
            words.letters.extend(letters.map(|c| c.to_ascii_uppercase()));
        }
        words
    }

    fn fit(&self, typed: &str) -> Option<Fit> {
        let at = |place: usize| self.letters[place..].starts_with(typed);
        let begins = self.firsts.starts_with(typed) || at(0);
        let inside = || self.firsts.contains(typed) || self.begins.iter().any(|place| at(*place));
        if begins { Some(Fit::Begins) } else { inside().then_some(Fit::Inside) }
    }
}

/// Where the keys stand one after the other in a name.
fn fit(name: &[Signs], typed: &[Signs]) -> Option<Fit> {
    let here = |part: &[Signs]| part.iter().zip(typed).all(|(signs, key)| signs.takes(*key));
    let place = name.windows(typed.len()).position(here)?;
    Some(if place == 0 { Fit::Begins } else { Fit::Inside })
}

impl Index {
    pub fn of(pack: &Pack) -> Index {
        let entries = pack.items.iter().map(|item| Entry {
            number: item.number.to_string(),
            zh: signs(&item.name.zh),
            en: Words::of(&item.name.en),
        });
        Index(entries.collect())
    }

    /// The places in the pack of what is found by these keys, what fits best first. `typed` is of
    /// `A` to `Z` and `0` to `9`; whatever else it has finds nothing, nor does nothing.
    pub fn find(&self, typed: &str, lang: Lang) -> Vec<usize> {
        let keys: Option<Vec<Signs>> = typed.chars().map(Signs::of_key).collect();
        let Some(keys) = keys.filter(|keys| !keys.is_empty()) else { return Vec::new() };
        let number = typed.trim_start_matches('0');
        let fits = |entry: &Entry| {
            let by_number = match number {
                number if entry.number == number => Some(Fit::Number),
                "" => None,
                number => entry.number.starts_with(number).then_some(Fit::Begins),
            };
            let by_name = match lang {
                Lang::Zh => fit(&entry.zh, &keys),
                Lang::En => entry.en.fit(typed),
            };
            by_number.into_iter().chain(by_name).min()
        };
        let mut found: Vec<(Fit, usize)> = (self.0.iter().enumerate())
            .filter_map(|(place, entry)| Some((fits(entry)?, place)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, place)| place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::packs;

    /// The names that are found, in their order.
    fn found(names: &[(&str, &str)], typed: &str, lang: Lang) -> Vec<String> {
        let mut pack = (*packs::sample()).clone();
        let item = pack.items[0].clone();
        pack.items.clear();
        for (i, (zh, en)) in names.iter().enumerate() {
            let mut item = item.clone();
            item.name.zh = (*zh).to_owned();
            item.name.en = (*en).to_owned();
            item.number = 10 * (i as u32 + 1);
            pack.items.push(item);
        }
        let places = Index::of(&pack).find(typed, lang);
        places.iter().map(|place| pack.items[*place].name.text(lang).to_owned()).collect()
    }

    #[test]
    fn a_chinese_name_is_found_by_its_first_letters_anywhere() {
        let names = [
            ("就业登记", "x"),
            ("失业登记", "x"),
            ("登记证明打印", "x"),
            ("个人参保证明（社保）", "x"),
            ("4050人员社保补贴", "x"),
        ];
        let zh = |typed| found(&names, typed, Lang::Zh);
        assert_eq!(zh("SYDJ"), ["失业登记"]);
        assert_eq!(zh("DJ"), ["登记证明打印", "就业登记", "失业登记"], "what begins with it first");
        assert_eq!(zh("ZMSB"), ["个人参保证明（社保）"], "signs between do not count");
        assert_eq!(zh("4050R"), ["4050人员社保补贴"]);
        assert_eq!(zh("SDJ"), [""; 0], "no letter is passed over");
        assert_eq!(zh(""), [""; 0]);
        assert_eq!(zh("失"), [""; 0]);
    }

    #[test]
    fn either_reading_of_a_character_finds_it() {
        let names =
            [("银行账户变更", "x"), ("重复缴费退款", "x"), ("社保卡挂失", "x"), ("调解", "x")];
        for (typed, name) in [
            ("YH", 0),
            ("YX", 0),
            ("CF", 1),
            ("ZF", 1),
            ("SBK", 2),
            ("SBQ", 2),
            ("DJ", 3),
            ("TJ", 3),
        ] {
            assert_eq!(found(&names, typed, Lang::Zh), [names[name].0], "{typed}");
        }
    }

    #[test]
    fn an_item_is_found_by_its_number() {
        let names: Vec<_> = (0..12).map(|_| ("甲", "a")).collect();
        let mut pack = (*packs::sample()).clone();
        let item = pack.items[0].clone();
        pack.items = (1..=names.len() as u32)
            .map(|number| crate::domain::pack::Item { number: number * 10, ..item.clone() })
            .collect();
        let index = Index::of(&pack);
        let numbers = |typed| -> Vec<u32> {
            let places = index.find(typed, Lang::Zh);
            places.iter().map(|place| pack.items[*place].number).collect()
        };
        assert_eq!(numbers("10"), [10, 100], "itself first, then what begins with it");
        assert_eq!(numbers("010"), [10, 100], "as its file is called");
        assert_eq!(numbers("11"), [110]);
        assert_eq!(numbers("7"), [70]);
        assert_eq!(numbers("0"), [0; 0]);
        assert_eq!(numbers("99"), [0; 0]);
    }

    #[test]
    fn an_english_name_is_found_by_its_words() {
        let names = [
            ("甲", "Social insurance record"),
            ("乙", "Employer's insurance registration"),
            ("丙", "Insurance certificate (printed)"),
        ];
        let en = |typed| found(&names, typed, Lang::En);
        assert_eq!(en("SIR"), [names[0].1]);
        assert_eq!(en("INS"), [names[2].1, names[0].1, names[1].1]);
        assert_eq!(en("EMPLOYERS"), [names[1].1]);
        assert_eq!(en("INSURANCEREC"), [names[0].1], "words without the space between them");
        assert_eq!(en("NSUR"), [""; 0], "not from the middle of a word");
        assert_eq!(en("CP"), [names[2].1]);
        assert_eq!(found(&names, "INS", Lang::Zh), [""; 0]);
    }

    #[test]
    fn what_somebody_would_type_finds_it() {
        let typed =
            |name: &str, lang| -> String { keys(name, lang).iter().map(|(_, key)| *key).collect() };
        assert_eq!(typed("失业登记", Lang::Zh), "SYDJ");
        assert_eq!(typed("4050人员（样例）", Lang::Zh), "4050RYYL");
        assert_eq!(typed("Social insurance record", Lang::En), "SIR");
        assert_eq!(keys("失业", Lang::Zh)[0], ("失".to_owned(), 'S'));
        let pack = packs::sample();
        let index = Index::of(&pack);
        for (place, item) in pack.items.iter().enumerate() {
            let first = |found: Vec<usize>| found.first().copied();
            assert_eq!(first(index.find(&typed(&item.name.zh, Lang::Zh), Lang::Zh)), Some(place));
            assert_eq!(first(index.find(&typed(&item.name.en, Lang::En), Lang::En)), Some(place));
            assert_eq!(first(index.find(&item.number.to_string(), Lang::Zh)), Some(place));
        }
    }
}
