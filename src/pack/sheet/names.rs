//! The names of sheets.

use std::collections::HashSet;

use super::INDEX;
use super::column::dotted;
use super::xml;

/// Longest name of a sheet, in UTF-16 units.
const LONGEST: usize = 31;
/// Characters that the name of a sheet may not have.
const UNFIT: [char; 8] = ['[', ']', ':', '*', '?', '/', '\\', '\''];

/// Names of sheets, each once.
#[derive(Default)]
pub(super) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// The name of a sheet. One that is too long keeps its beginning and its end.
    pub fn of(&mut self, folder: &str, list: &[String]) -> String {
        let folder = if folder.is_empty() { "pack" } else { folder };
        let full =
            if list.is_empty() { folder.to_owned() } else { format!("{folder}.{}", dotted(list)) };
        let fits = |c: char| !UNFIT.contains(&c) && !c.is_control();
        let full: String = full.chars().map(|c| if fits(c) { c } else { '_' }).collect();
        // Some read an escape in a name, others do not.
        let full = if xml::unescaped(&full) == full { full } else { full.replace("_x", "-x") };
        let reserved = [INDEX, "history"];
        for number in 1_u32.. {
            let end = if number == 1 { String::new() } else { format!("~{number}") };
            let name = shortened(&full, LONGEST - end.len()) + &end;
            let name = name.trim().to_owned();
            let lower = name.to_lowercase();
            if !lower.is_empty() && !reserved.contains(&lower.as_str()) && self.taken.insert(lower)
            {
                return name;
            }
        }
        full
    }
}

/// At most so many UTF-16 units of a text: a third of them its beginning, the others its end.
fn shortened(text: &str, most: usize) -> String {
    let units = |text: &str| text.encode_utf16().count();
    if units(text) <= most {
        return text.to_owned();
    }
    let mut begin: String = text.chars().take(most / 3).collect();
    while units(&begin) > most / 3 {
        begin.pop();
    }
    let mut end: String = text.chars().skip(begin.chars().count()).collect();
    while units(&end) + 1 + units(&begin) > most {
        end.remove(0);
    }
    format!("{}…{}", begin.trim_end_matches('.'), end.trim_start_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_short_and_each_is_another() {
        let mut names = Names::default();
        let list = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(names.of("", &[]), "pack");
        assert_eq!(
            names.of("items", &list("questions.answer.options")),
            "items.questions.answer.options"
        );
        let long = list("questions.answer.options.more");
        assert_eq!(names.of("items", &long), "items.ques…answer.options.more");
        assert_eq!(names.of("items", &long), "items.que…answer.options.more~2");
        assert_eq!(names.of("Pack", &[]), "Pack~2");
        assert_eq!(names.of("sheets", &[]), "sheets~2");
        for text in ["😀".repeat(40), "a/b:c".repeat(9)] {
            let name = names.of(&text, &[]);
            assert!(name.encode_utf16().count() <= LONGEST, "{name}");
            assert!(!name.contains(UNFIT), "{name}");
        }
    }
}
