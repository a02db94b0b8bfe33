//! Characters that nobody sees: they come with texts copied from web pages and word processors, and
//! make two names that look the same differ, or turn a line around.

use super::fault::Place;

/// What an invisible character is called; `None` for one that is seen, and for variation selectors,
/// which belong to the Han character before them.
fn name(c: char) -> Option<&'static str> {
    Some(match c {
        // Nearly every character of a pack.
        ' '..='~' | '\u{3000}'..='\u{3163}' | '\u{4e00}'..='\u{9fff}' => return None,
        '\u{a0}' | '\u{202f}' => "a no-break space",
        '\u{ad}' => "a soft hyphen",
        '\u{200b}' => "a zero-width space",
        '\u{200c}' | '\u{200d}' | '\u{2060}' => "a zero-width joiner",
        '\u{feff}' => "a byte-order mark",
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a mark that turns the direction of text"
        }
        '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{1680}' => "a space of another width",
        '\u{2028}' | '\u{2029}' => "a line separator",
        '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180e}'
        | '\u{2061}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => "an invisible character",
        // Those of TOML itself are told by its parser.
        '\t' | '\n' | '\r' => return None,
        c if c.is_control() => "a control character",
        _ => return None,
    })
}

/// What is wrong with the first such character of a text.
pub(super) fn problem(text: &str) -> Option<String> {
    text.chars().find_map(|c| Some(describe(c, name(c)?)))
}

fn describe(c: char, name: &str) -> String {
    format!(
        "{name} (U+{:04X}) stands here; delete it, and type an ordinary space if one is meant",
        u32::from(c)
    )
}

/// The invisible characters of a file with their places, one for each line.
pub(crate) fn in_file(text: &str) -> Vec<(Place, String)> {
    let mut found: Vec<(Place, String)> = Vec::new();
    if text.chars().all(|c| name(c).is_none()) {
        return found;
    }
    for (index, line) in text.split('\n').enumerate() {
        let first = line.chars().enumerate().find_map(|(at, c)| Some((at, describe(c, name(c)?))));
        if let Some((at, problem)) = first {
            found.push((Place { line: index + 1, column: at + 1 }, problem));
        }
    }
    found
}

/// What of the signs of a Chinese keyboard is taken for TOML's own, outside of quotation marks.
pub(super) fn full_width_hint(line: &str) -> Option<&'static str> {
    let full_width =
        ['＝', '“', '”', '‘', '’', '，', '［', '］', '【', '】', '｛', '｝', '＃', '\u{3000}'];
    line.contains(full_width).then_some(
        "signs of the Chinese keyboard stand on this line; outside of texts type = \" , [ ] { } #",
    )
}
