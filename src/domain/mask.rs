//! Masking of personal data for screens and slips (`domain.md` §7.4). No national standard fixes
//! the patterns; these are the ones in common use. Everything works on characters as people see
//! them: a Han character outside the Basic Multilingual Plane, or a letter with its combining
//! marks, is one.

use crate::domain::text::characters;

/// Name: `张*`, `张*三`, `欧**三`; of a Latin name the first letter of each word, `S***, J***`.
///
/// A name of a single character becomes `*`, an empty one stays empty.
pub fn name(name: &str) -> String {
    let characters = characters(name.trim());
    let is_han = |c: &&str| c.chars().any(|c| c > '\u{02FF}' && c.is_alphabetic());
    if !characters.is_empty() && !characters.iter().any(is_han) {
        return latin_name(name);
    }
    match characters.as_slice() {
        [] => String::new(),
        [_] => "*".to_owned(),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len())),
    }
}

/// Each word by its first letter and three stars, whatever its length; one letter by a star.
fn latin_name(name: &str) -> String {
    let words = name.split_whitespace().map(|word| {
        let comma = if word.ends_with(',') { "," } else { "" };
        match characters(word.trim_end_matches(',')).as_slice() {
            [] => comma.to_owned(),
            [_] => format!("*{comma}"),
            [first, ..] => format!("{first}***{comma}"),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Identity number on the citizen's own slip: six characters, stars, four characters.
pub fn slip_number(number: &str) -> String {
    middle(number, 6, 4)
}

/// Identity number on a screen that others can see: three characters, stars, two characters.
pub fn screen_number(number: &str) -> String {
    middle(number, 3, 2)
}

/// Mobile number or landline with its area code: `138****5678`, `0000****5600`. Anything else is
/// masked altogether.
pub fn phone(number: &str) -> String {
    let length = number.len();
    let is_phone = number.bytes().all(|byte| byte.is_ascii_digit())
        && (length == 11 || (number.starts_with('0') && (10..=12).contains(&length)));
    if is_phone {
        middle(number, (length - 8).max(3), 4)
    } else {
        "*".repeat(number.chars().count())
    }
}

/// Bank card or account: the last four digits, whatever its length: `**** **** **** 1234`. One of
/// fewer than eight characters is masked altogether.
pub fn account(number: &str) -> String {
    let characters = characters(number);
    let Some(last) = characters.len().checked_sub(4).filter(|hidden| *hidden >= 4) else {
        return "*".repeat(characters.len());
    };
    format!("**** **** **** {}", characters[last..].concat())
}

/// Keeps the ends and hides the middle; hides all of a text that has no middle of at least the
/// length of its ends' half, so that a short one is not given away.
fn middle(text: &str, head: usize, tail: usize) -> String {
    let characters = characters(text);
    let count = characters.len();
    if count < head + tail + (head + tail) / 2 {
        return "*".repeat(count);
    }
    format!(
        "{}{}{}",
        characters[..head].concat(),
        "*".repeat(count - head - tail),
        characters[count - tail..].concat()
    )
}

/// Address down to the county (县级), nothing finer: `示例省示例市示例区`. An address in which no
/// province or prefecture is found becomes `*`.
pub fn address(address: &str) -> String {
    let text: Vec<char> = address.trim().chars().collect();
    let province = province_end(&text);
    let municipality = province > 0 && text[province - 1] == '市';
    let prefecture = if municipality { province } else { prefecture_end(&text, province) };
    let county = if prefecture > 0 { county_end(&text, prefecture) } else { 0 };
    match prefecture.max(county) {
        0 => "*".to_owned(),
        end => text[..end].iter().collect(),
    }
}

/// End of 省, 自治区 or a municipality directly under the central government; 0 if there is none.
fn province_end(text: &[char]) -> usize {
    for municipality in ["北京市", "天津市", "上海市", "重庆市"] {
        if text.iter().take(3).copied().eq(municipality.chars()) {
            return 3;
        }
    }
    let autonomous = text.iter().take(9).collect::<String>();
    if let Some(at) = autonomous.find("自治区") {
        return autonomous[..at].chars().count() + 3;
    }
    text.iter().take(5).position(|c| *c == '省').map_or(0, |at| at + 1)
}

/// End of 市, 自治州, 地区 or 盟 after the province; the province's own end if there is none.
fn prefecture_end(text: &[char], from: usize) -> usize {
    let rest = &text[from..];
    let ends = |at: usize| match rest[at] {
        '市' | '盟' => at > 0,
        '州' => at > 1 && rest[..at].ends_with(&['自', '治']),
        '区' => at > 1 && rest[at - 1] == '地',
        _ => false,
    };
    (0..rest.len().min(14)).find(|at| ends(*at)).map_or(from, |at| from + at + 1)
}

/// End of 县, 区, 市 or 旗 after the prefecture; 0 if a street or a village comes first.
fn county_end(text: &[char], from: usize) -> usize {
    let rest = &text[from..];
    for at in 1..rest.len().min(14) {
        match rest[at] {
            '路' | '街' | '道' | '镇' | '乡' | '村' | '号' | '巷' => return 0,
            // 沙市区: the 市 belongs to the name.
            '市' if rest.get(at + 1) == Some(&'区') => {}
            '县' | '区' | '市' | '旗' => return from + at + 1,
            _ => {}
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masks(mask: fn(&str) -> String, cases: &[(&str, &str)]) {
        for (open, masked) in cases {
            assert_eq!(mask(open), *masked, "{open}");
        }
    }

    #[test]
    fn p4_names_keep_their_first_and_last_character() {
        masks(
            name,
            &[
                ("", ""),
                ("张", "*"),
                ("张三", "张*"),
                ("张小三", "张*三"),
                ("欧阳小三", "欧**三"),
                ("阿依古丽·买买提", "阿******提"),
                ("𫖯例", "𫖯*"),                       // outside the BMP
                ("葛\u{E0100}样例", "葛\u{E0100}*例"), // with a variation selector
                ("\u{E863}样例", "\u{E863}*例"),       // private use area
            ],
        );
    }

    #[test]
    fn p4_latin_names_keep_the_first_letter_of_each_word() {
        masks(
            name,
            &[
                ("SMITH, JOHN A", "S***, J*** *"),
                ("  TEST  PERSON ", "T*** P***"),
                ("E\u{0301}LODIE", "E\u{0301}***"),
                ("X", "*"),
                (",", ","),
            ],
        );
    }

    #[test]
    fn p4_numbers_keep_only_their_ends() {
        masks(
            slip_number,
            &[
                ("511703189503150028", "511703********0028"),
                ("XXX000000000000", "XXX000*****0000"),
                ("51170318950315", "**************"),
                ("", ""),
            ],
        );
        masks(
            screen_number,
            &[
                ("511703189503150028", "511*************28"),
                ("XXX000000000000", "XXX**********00"),
                ("123456", "******"),
            ],
        );
        masks(
            phone,
            &[("13800005678", "138****5678"), ("1380000567", "**********"), ("一二", "**")],
        );
        masks(
            account,
            &[("6200000000000000007", "**** **** **** 0007"), ("1234567", "*******"), ("", "")],
        );
    }

    #[test]
    fn p4_addresses_end_at_the_county() {
        masks(
            address,
            &[
                ("示例省示例市示例路1号", "示例省示例市"),
                ("示例省示例市示例区样例街道1号", "示例省示例市示例区"),
                ("北京市东城区样例胡同1号", "北京市东城区"),
                ("重庆市彭水苗族土家族自治县样例镇", "重庆市彭水苗族土家族自治县"),
                ("河南省济源市沁园街道样例小区2号楼", "河南省济源市"),
                ("广西壮族自治区南宁市青秀区样例路", "广西壮族自治区南宁市青秀区"),
                ("湖北省恩施土家族苗族自治州恩施市样例路", "湖北省恩施土家族苗族自治州恩施市"),
                ("湖北省荆州市沙市区样例路", "湖北省荆州市沙市区"),
                ("山东省济南市市中区样例路", "山东省济南市市中区"),
                ("内蒙古自治区锡林郭勒盟多伦县样例镇", "内蒙古自治区锡林郭勒盟多伦县"),
                ("黑龙江省大兴安岭地区呼玛县样例镇", "黑龙江省大兴安岭地区呼玛县"),
                ("1 Example Road", "*"),
                ("", "*"),
            ],
        );
    }

    proptest! {
        #[test]
        fn p4_nothing_makes_a_mask_panic_or_show_all(text in "[^*\\pC]{1,40}") {
            for mask in [name, slip_number, screen_number, phone, account] {
                let masked = mask(&text);
                let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
                prop_assert!(masked != words || !words.chars().any(char::is_alphanumeric));
            }
            let _ = address(&text);
        }
    }
}
