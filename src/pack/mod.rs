//! Reads a site pack from a folder; see [`crate::domain::pack`] for what stands in it.
//!
//! ```text
//! pack.toml
//! items/10-first-item.toml      the number gives the order on the home screen
//! items/20-second-item.toml
//! calendars/2026.toml           holidays as they were announced; one file a year
//! ```
//!
//! A bureau writes packs by hand, so one run names every fault, each with its file, line, column
//! and remedy: the files are held against the JSON Schema of the pack's types, then rules that a
//! schema cannot state look at the values. Where a fault stands is found out only if there is one.

pub(crate) mod characters;
mod check;
mod document;
mod fault;
mod files;
mod finding;
mod rule;
mod schema;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::de::DeserializeOwned;

pub use fault::{PackErrors, PackFault, Place};
pub use rule::Rule;

use crate::domain::calendar::{Calendar, CalendarYear};
use crate::domain::pack::{Item, Pack};
use files::Listing;
use finding::{Findings, MOST_FAULTS, escaped};
use schema::Schema;

/// What a check found.
#[derive(Debug)]
pub struct Checked {
    pub pack: Result<Box<Pack>, PackErrors>,
    /// What a kiosk does not mind.
    pub warnings: Vec<PackFault>,
}

/// Reads and checks a pack.
///
/// # Errors
/// Every fault of every file, not only the first.
pub fn load(folder: &Path) -> Result<Pack, PackErrors> {
    load_by_parts(folder, |_| ())
}

/// Reads and checks a pack. `frame` is shown what stands in a flawless `pack.toml` as soon as it is
/// read: everything but items and calendars, which take their time.
///
/// # Errors
/// As for [`load`].
pub fn load_by_parts(folder: &Path, frame: impl FnOnce(&Pack)) -> Result<Pack, PackErrors> {
    // A kiosk's clock may be wrong: it is no judge of the pack's days.
    read_folder(folder, None, frame).pack.map(|pack| *pack)
}

/// Reads and checks a pack, with everything that is to be said about it. `today`: where the clock
/// can be believed, days that are still to come are found too.
pub fn check(folder: &Path, today: Option<Date>) -> Checked {
    read_folder(folder, today, |_| ())
}

fn read_folder(folder: &Path, today: Option<Date>, frame: impl FnOnce(&Pack)) -> Checked {
    let Listing { items, calendars, mut faults, mut warnings } = files::list(folder);
    let rules = |pack: &Pack, found: &mut Findings| check::pack(pack, today, found);
    let schema = Schema::of::<Pack>();
    let pack = read(folder, Path::new("pack.toml"), &schema, rules, &mut faults);
    if let Some(pack) = &pack {
        frame(pack);
    }
    let schema = Schema::of::<CalendarYear>();
    let mut years = Vec::new();
    for file in calendars {
        let rules = |year: &CalendarYear, found: &mut Findings| {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            check::calendar(year, &stem, found);
        };
        years.extend(read(folder, &file, &schema, rules, &mut faults));
    }
    let calendar = Calendar::new(years);
    let rules = |item: &Item, found: &mut Findings| check::item(item, &calendar, found);
    let schema = Schema::of::<Item>();
    let mut read_items: Vec<Item> = Vec::new();
    let mut ids: Vec<(String, PathBuf)> = Vec::new();
    for file in items {
        let item = read(folder, &file, &schema, rules, &mut faults);
        // Also of an item that has a fault elsewhere.
        let id = item.as_ref().map(|item| item.id.to_string()).or_else(|| id_of(folder, &file));
        read_items.extend(item);
        let Some(id) = id else { continue };
        if let Some((_, other)) = ids.iter().find(|(other, _)| *other == id) {
            let problem = format!("is also that of {}; give each item its own", other.display());
            let mut found = Findings::default();
            found.value(Rule::Twice, "/id", format!("\"{id}\" {problem}"));
            let text = files::read_text(folder, &file).unwrap_or_default();
            faults.extend(found.into_faults(&file, &text));
        }
        ids.push((id, file));
    }
    faults.sort();
    faults.truncate(MOST_FAULTS);
    warnings.sort();
    let pack = match pack {
        Some(pack) if faults.is_empty() => {
            Ok(Box::new(Pack { items: read_items, calendar, ..pack }))
        }
        frame => Err(PackErrors { folder: folder.to_owned(), faults, frame: frame.map(Box::new) }),
    };
    Checked { pack, warnings }
}

/// The JSON Schema of `pack.toml`, for editors.
pub fn pack_schema() -> serde_json::Value {
    schema::of::<Pack>()
}

/// The JSON Schema of a file of `items/`.
pub fn item_schema() -> serde_json::Value {
    schema::of::<Item>()
}

/// The JSON Schema of a file of `calendars/`.
pub fn calendar_schema() -> serde_json::Value {
    schema::of::<CalendarYear>()
}

/// What a file that cannot be used says that its item is called.
fn id_of(folder: &Path, file: &Path) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct OnlyId {
        id: String,
    }
    toml::from_str(&files::read_text(folder, file).ok()?).ok().map(|OnlyId { id }| id)
}

/// Reads one file and holds it against its schema and its rules. `None` if it has any fault.
fn read<T: DeserializeOwned>(
    folder: &Path,
    file: &Path,
    schema: &Schema,
    rules: impl Fn(&T, &mut Findings),
    faults: &mut Vec<PackFault>,
) -> Option<T> {
    let text = match files::read_text(folder, file) {
        Ok(text) => text,
        Err(fault) => {
            faults.push(fault);
            return None;
        }
    };
    let (table, errors) = toml::de::DeTable::parse_recoverable(&text);
    let invisible = characters::in_file(&text);
    let unseen_on = |line| invisible.iter().any(|(place, _)| place.line == line);
    // Of a file that is no TOML half the fields would be called missing: first things first.
    let mut last_line = 0;
    for error in &errors {
        let place = Place::of(&text, error.span().map_or(0, |span| span.start));
        // A broken line draws others after it: the first says most.
        if place.line != last_line && !unseen_on(place.line) {
            let mut problem = format!("not valid TOML: {}", error.message().replace('\n', "; "));
            let line = text.lines().nth(place.line - 1).unwrap_or_default();
            if let Some(hint) = characters::full_width_hint(line) {
                problem = format!("{problem}; {hint}");
            }
            let (file, rule) = (file.to_owned(), Rule::NotToml);
            faults.push(PackFault { file, place: Some(place), rule, problem });
        }
        last_line = place.line;
    }
    let unseen = invisible.iter().map(|(place, problem)| PackFault {
        file: file.to_owned(),
        place: Some(*place),
        rule: Rule::InvisibleCharacter,
        problem: problem.clone(),
    });
    faults.extend(unseen);
    if !errors.is_empty() {
        return None;
    }
    let all_seen = invisible.is_empty();
    let mut json = document::to_json(&table, None);
    let mut found = Findings::default();
    schema.check(&json, &mut found);
    if all_seen && may_write_invisibly(&text) {
        written_invisibly(&json, &mut String::new(), &mut found);
    }
    // A text too long or a name unknown does not hide what the rules would find elsewhere.
    found.without_unknown_names(&mut json);
    let value = match serde_json::from_value::<T>(json) {
        Ok(value) => {
            let mut ruled = Findings::default();
            rules(&value, &mut ruled);
            found.extend_elsewhere(ruled);
            Some(value)
        }
        Err(error) => {
            if found.is_empty() {
                found.value(Rule::Malformed, "", format!("cannot be used: {error}"));
            }
            None
        }
    };
    let flawless = all_seen && found.is_empty();
    // What else is said of a line with an invisible character most likely comes from that.
    let others = found.into_faults(file, &text).into_iter();
    faults.extend(others.filter(|fault| !fault.place.is_some_and(|place| unseen_on(place.line))));
    value.filter(|_| flawless)
}

/// Whether a text of the file can have a character that the file itself does not show: an escape, or
/// a text over several lines.
fn may_write_invisibly(text: &str) -> bool {
    text.contains(['\\', '\t']) || text.contains("\"\"\"") || text.contains("'''")
}

/// Finds characters that nobody sees, and line breaks, where a text writes them as `\u200B` or `\n`.
fn written_invisibly(value: &serde_json::Value, pointer: &mut String, found: &mut Findings) {
    let outside = pointer.len();
    match value {
        serde_json::Value::String(text) => {
            let problem = characters::problem(text).or_else(|| {
                let broken = text.contains(['\n', '\r', '\t']);
                broken.then(|| "has a line break or a tab; write it on one line".to_owned())
            });
            if let Some(problem) = problem {
                found.value(Rule::InvisibleCharacter, pointer.as_str(), problem);
            }
        }
        serde_json::Value::Array(values) => {
            for (i, value) in values.iter().enumerate() {
                pointer.push_str(&format!("/{i}"));
                written_invisibly(value, pointer, found);
                pointer.truncate(outside);
            }
        }
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                pointer.push('/');
                pointer.push_str(&escaped(name));
                written_invisibly(value, pointer, found);
                pointer.truncate(outside);
            }
        }
        _ => {}
    }
}
