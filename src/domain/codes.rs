//! Code tables of the state that identity documents use (`domain.md` §5.5).

/// Province-level prefixes of GB/T 2260 region codes, every edition since 1980, with 81, 82 and 83
/// of the residence permits for Hong Kong, Macao and Taiwan residents. A withdrawn county code
/// keeps its province prefix, so cards issued under it stay plausible.
const PROVINCES: [u8; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83,
];

/// Whether a two-digit prefix belongs to a province-level region in some edition of GB/T 2260.
pub fn is_province(prefix: u8) -> bool {
    PROVINCES.contains(&prefix)
}

/// Ethnicities (民族) of GB/T 3304-1991, in the order of their codes 01 to 56.
const ETHNICITIES: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

/// 97 and 98 of GB/T 3304: 其他 and 外国血统中国籍人士.
const OTHER_ETHNICITIES: [(&str, &str); 2] = [("97", "其他"), ("98", "外国血统中国籍人士")];

/// Name of an ethnicity from its two-digit code; `None` when GB/T 3304 does not have the code.
pub fn ethnicity_name(code: &str) -> Option<&'static str> {
    if let Some((_, name)) = OTHER_ETHNICITIES.iter().find(|(other, _)| *other == code) {
        return Some(name);
    }
    if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: usize = code.parse().ok()?;
    ETHNICITIES.get(number.checked_sub(1)?).copied()
}

/// Two-digit code of an ethnicity from its name; `None` for a name that GB/T 3304 does not have.
pub fn ethnicity_code(name: &str) -> Option<String> {
    if let Some((code, _)) = OTHER_ETHNICITIES.iter().find(|(_, other)| *other == name) {
        return Some((*code).to_owned());
    }
    let index = ETHNICITIES.iter().position(|known| *known == name)?;
    Some(format!("{:02}", index + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ethnicity_returns_to_its_code() {
        for code in (1..=56).chain([97, 98]) {
            let code = format!("{code:02}");
            let name = ethnicity_name(&code).expect("a code of the standard");
            assert_eq!(ethnicity_code(name), Some(code));
        }
    }

    #[test]
    fn codes_outside_the_standard_have_no_name() {
        for code in ["00", "57", "96", "99", "1", "001", "", "+1", "汉", "０１"] {
            assert_eq!(ethnicity_name(code), None, "{code}");
        }
        assert_eq!(ethnicity_name("46"), Some("德昂"));
        assert_eq!(ethnicity_name("56"), Some("基诺"));
    }
}
