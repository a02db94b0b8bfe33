//! Widths and line breaks of Chinese and Latin text on a grid of half-width columns.

use encoding_rs::GBK;

use crate::domain::text::{WORDS, combines};

/// Columns that a character takes: a Han character 2, a Latin one 1, a combining mark 0.
///
/// The rule is the printer's: what its double-byte font holds is two columns wide, even where
/// Unicode calls the width ambiguous (`“`, `—`, `·`, Cyrillic).
pub fn columns(c: char) -> usize {
    match c {
        ' '..='~' | '\u{a0}' => 1,
        c if combines(c) => 0,
        '\u{ff61}'..='\u{ffdc}' => 1,
        // Latin, Greek and Cyrillic that no double-byte font holds are drawn half-width.
        '\u{a1}'..='\u{4ff}' | '\u{1e00}'..='\u{1fff}' if gbk(c).is_none() => 1,
        _ => 2,
    }
}

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The two bytes of a character in the double-byte font of a Chinese receipt printer.
///
/// Narrower than the table of `encoding_rs`: the user-defined areas, where an identity card's
/// private-use characters would land on blanks, and row FEh, which many fonts leave empty, are
/// not taken for granted.
pub fn gbk(c: char) -> Option<[u8; 2]> {
    if c.is_ascii() || ('\u{e000}'..='\u{f8ff}').contains(&c) {
        return None;
    }
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = GBK.encode(c.encode_utf8(&mut buffer));
    match (unmappable, bytes.as_ref()) {
        (false, &[lead @ (0x81..=0xfd), trail]) => Some([lead, trail]),
        _ => None,
    }
}

/// A text without anything that is not to be seen: control and direction characters go, tabs
/// and line ends of any kind become spaces and `\n`. Whatever comes from the platform or a card
/// passes here, so no command can reach a printer inside a text.
pub fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\t' => Some(' '),
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => None,
            '\u{2000}'..='\u{200a}' | '\u{202f}' => Some('\u{a0}'),
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// [`clean`], on one line.
pub fn clean_line(text: &str) -> String {
    clean(text).replace('\n', " ")
}

/// Breaks a text into lines of at most `limit` columns (2 or more), after Chinese rules: no
/// closing mark begins a line, no opening one ends it; Latin words, numbers, and a number with
/// its unit stay whole unless longer than a line; no single character is left on the last line.
/// No-break spaces come out as spaces. An empty text is one empty line.
pub fn break_lines(text: &str, limit: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in clean(text).split('\n') {
        lines.extend(fill(segments(paragraph, limit), limit));
    }
    lines
}

/// Like [`break_lines`], with lines of nearly equal length, for titles.
pub fn break_evenly(text: &str, limit: usize) -> Vec<String> {
    let lines = break_lines(text, limit);
    if lines.len() < 2 {
        return lines;
    }
    let splits_word = |lines: &[String]| {
        lines.windows(2).any(|pair| WORDS.iter().any(|word| splits(word, &pair[0], &pair[1])))
    };
    let as_few: Vec<Vec<String>> = (2..=limit)
        .map(|narrower| break_lines(text, narrower))
        .filter(|candidate| candidate.len() == lines.len())
        .collect();
    as_few
        .iter()
        .find(|candidate| !splits_word(candidate))
        .or(as_few.first())
        .cloned()
        .unwrap_or(lines)
}

/// Whether a word begins at the end of one line and goes on in the next.
fn splits(word: &str, before: &str, after: &str) -> bool {
    (word.char_indices().skip(1))
        .any(|(at, _)| before.ends_with(&word[..at]) && after.starts_with(&word[at..]))
}

/// What may not begin a line.
fn closes(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '？'
            | '！'
            | '）'
            | '】'
            | '》'
            | '〉'
            | '」'
            | '』'
            | '”'
            | '’'
            | '…'
            | '—'
            | '％'
            | '℃'
            | '·'
            | '～'
            | '〕'
            | '］'
            | '｝'
            | ','
            | '.'
            | ';'
            | ':'
            | '!'
            | '?'
            | ')'
            | ']'
            | '}'
            | '%'
    )
}

/// What may not end a line.
fn opens(c: char) -> bool {
    matches!(
        c,
        '（' | '【'
            | '《'
            | '〈'
            | '「'
            | '『'
            | '“'
            | '‘'
            | '￥'
            | '〔'
            | '［'
            | '｛'
            | '('
            | '['
            | '{'
    )
}

/// Part of a Latin word or a number.
fn in_word(c: char) -> bool {
    columns(c) < 2 && c != ' '
}

/// Splits a paragraph into pieces between which it may break; spaces stay at the end of a piece.
/// A piece wider than a line is cut into pieces that fit.
fn segments(text: &str, limit: usize) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        let joined = i > 0 && {
            let before = chars[i - 1];
            let digit_before = if before == ' ' {
                // A number stays with its unit across one space.
                i > 1 && chars[i - 2].is_ascii_digit() && columns(c) == 2
            } else {
                before.is_ascii_digit() && columns(c) == 2
            };
            c == ' '
                || columns(c) == 0
                || (closes(c) && before != ' ')
                || opens(before)
                || (in_word(before) && in_word(c))
                || (digit_before && !opens(c))
        };
        match pieces.last_mut() {
            Some(piece) if joined => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    pieces.into_iter().flat_map(|piece| cut(piece, limit)).collect()
}

fn cut(piece: String, limit: usize) -> Vec<String> {
    if width(piece.trim_end_matches(' ')) <= limit {
        return vec![piece];
    }
    let mut parts = vec![String::new()];
    let mut used = 0;
    for c in piece.chars() {
        if used + columns(c) > limit && c != ' ' {
            parts.push(String::new());
            used = 0;
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
        used += columns(c);
    }
    parts
}

fn fill(pieces: Vec<String>, limit: usize) -> Vec<String> {
    let visible = |line: &[String]| width(line.concat().trim_end_matches(' '));
    let mut lines: Vec<Vec<String>> = vec![Vec::new()];
    for piece in pieces {
        let line = lines.last_mut().expect("begins with one line, only grows");
        line.push(piece);
        if line.len() > 1 && visible(line) > limit {
            let piece = line.pop().expect("just pushed");
            lines.push(vec![piece]);
        }
    }
    // No single character alone on the last line: it gets its neighbour for company.
    if let [.., before, last] = lines.as_mut_slice()
        && last.len() == 1
        && visible(last) <= 4
        && before.len() > 2
    {
        let company = before.pop().expect("longer than two");
        last.insert(0, company);
        if visible(last) > limit {
            before.push(last.remove(0));
        }
    }
    lines
        .into_iter()
        .map(|line| line.concat().trim_end_matches(' ').replace('\u{a0}', " "))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn breaks(text: &str, limit: usize, lines: &[&str]) {
        assert_eq!(break_lines(text, limit), lines);
    }

    #[test]
    fn a_line_breaks_after_chinese_rules() {
        breaks("一二三四五六七八", 8, &["一二三四", "五六七八"]);
        // No closing mark at the start of a line.
        breaks("一二三四，五六七", 8, &["一二三", "四，五", "六七"]);
        // No opening mark at the end of one.
        breaks("一二三（四五六七）八九十一", 8, &["一二三", "（四五六", "七）八九", "十一"]);
        // Numbers and words stay whole.
        breaks("请拨打12333咨询", 8, &["请拨打", "12333咨", "询"]);
        breaks("Lay your card on the reader", 10, &["Lay your", "card on", "the reader"]);
        // A number stays with its unit.
        breaks("时限为 30 分钟内", 9, &["时限为", "30 分钟内"]);
        // Longer than a line: cut, because it must fit.
        breaks("0123456789", 4, &["0123", "4567", "89"]);
        breaks("", 8, &[""]);
        breaks("一\n二", 8, &["一", "二"]);
    }

    #[test]
    fn the_last_line_is_never_one_character() {
        breaks("一二三四五六七八九", 16, &["一二三四五六七", "八九"]);
        breaks("一二三四五六七八九。", 16, &["一二三四五六七", "八九。"]);
    }

    #[test]
    fn a_title_has_lines_of_equal_length() {
        assert_eq!(break_evenly("个人参保证明查询凭条", 16), ["个人参保证明", "查询凭条"]);
        assert_eq!(break_evenly("失业登记", 16), ["失业登记"]);
    }

    #[test]
    fn widths_are_those_of_a_receipt_printer() {
        for (text, expected) in [
            ("abc 12", 6),
            ("受理", 4),
            ("“受理”——", 12),
            ("é", 2), // in the double-byte font, among the pinyin vowels
            ("ñ", 1),
            ("e\u{301}", 1),
            ("\u{20bb7}", 2),
            ("\u{e000}", 2),
        ] {
            assert_eq!(width(text), expected, "{text:?}");
        }
    }

    #[test]
    fn p4_commands_inside_a_text_do_not_survive() {
        assert_eq!(clean("a\u{1b}@\u{10}\u{4}\u{1}b\r\nc\td\u{202e}"), "a@b\nc d");
    }

    proptest::proptest! {
        #[test]
        fn no_line_exceeds_its_width_and_nothing_is_lost(
            text in "[一二，。（）a-c0-9 ñ\u{301}𠮷]{0,60}",
            limit in 2usize..40,
        ) {
            let lines = break_lines(&text, limit);
            for line in &lines {
                assert!(width(line) <= limit, "{line:?}");
            }
            let bare = |s: &str| s.replace(' ', "");
            assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }
}
