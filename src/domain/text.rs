//! What people count as one character.

/// Marks that combine with the character before them: combining marks, variation selectors (of Han
/// variants too) and joiners. They take no room of their own.
pub fn combines(c: char) -> bool {
    matches!(
        c,
        '\u{0300}'..='\u{036F}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{200C}'..='\u{200D}'
            | '\u{20D0}'..='\u{20FF}'
            | '\u{302A}'..='\u{302F}'
            | '\u{3099}'..='\u{309A}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FE20}'..='\u{FE2F}'
            | '\u{E0100}'..='\u{E01EF}'
    )
}

/// Splits a text into what people count as characters: each with the marks that combine with it.
/// A mark without a character before it stands for one.
pub fn characters(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = Vec::new();
    for (at, c) in text.char_indices() {
        if starts.is_empty() || !combines(c) {
            starts.push(at);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_keeps_its_marks() {
        assert_eq!(characters("e\u{301}葛\u{e0100}𠮷"), ["e\u{301}", "葛\u{e0100}", "𠮷"]);
        assert_eq!(characters("\u{301}a"), ["\u{301}", "a"]);
        assert!(characters("").is_empty());
    }
}
