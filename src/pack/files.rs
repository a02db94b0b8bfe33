//! The files of a pack: which ones belong to it, and their texts.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::fault::{PackFault, Place};
use super::rule::Rule;
use super::signature;
use crate::domain::pack::MOST_ITEMS;
use crate::file;

/// Largest file of a pack.
const FILE_BYTES: u64 = 256 * 1024;
/// Entries of a folder that are looked at: it may be anything.
const MOST_ENTRIES: usize = 4 * MOST_ITEMS;
/// Most years of a calendar.
const MOST_YEARS: usize = 50;
/// Made by desktops beside the files that they show.
const LEFT_BY_DESKTOPS: [&str; 3] = ["Thumbs.db", "ehthumbs.db", "desktop.ini"];
/// Ends of names that editors and version control give to copies.
const LEFT_BY_EDITORS: [&str; 8] = ["~", ".swp", ".swo", ".swx", ".bak", ".tmp", ".orig", ".rej"];

/// What was found in a pack's folder.
#[derive(Default)]
pub(super) struct Listing {
    /// Files of items in the order of their numbers.
    pub items: Vec<PathBuf>,
    /// Files of calendars in the order of their years.
    pub calendars: Vec<PathBuf>,
    pub faults: Vec<PackFault>,
    /// Files that are ignored although nobody knows what they are for.
    pub warnings: Vec<PackFault>,
}

/// What the name of a file says that it is.
enum Kind {
    /// `10-name.toml` has the number 10.
    Item(u32),
    /// Nothing that a bureau wrote: hidden, or left by an editor or a desktop.
    Leftover,
    /// TOML, but no item by its name.
    Misnamed,
    Unknown,
}

/// Looks through the folder.
pub(super) fn list(folder: &Path) -> Listing {
    let mut listing = Listing::default();
    if let Ok(entries) = std::fs::read_dir(folder) {
        for name in entries.take(MOST_ENTRIES).filter_map(|entry| Some(entry.ok()?.file_name())) {
            let belongs = ["pack.toml", "items", "calendars", signature::NAME];
            if !belongs.iter().any(|own| name == *own)
                && !matches!(kind(&name.to_string_lossy()), Kind::Leftover)
            {
                listing.warn(Path::new(&name));
            }
        }
    }
    listing.find_items(folder);
    listing.find_calendars(folder);
    listing
}

impl Listing {
    fn warn(&mut self, file: &Path) {
        let problem = "is no part of a pack and is ignored; keep other files elsewhere";
        self.warnings.push(PackFault::of_file(file, Rule::FileIgnored, problem));
    }

    fn fault(&mut self, file: &Path, rule: Rule, problem: impl Into<String>) {
        self.faults.push(PackFault::of_file(file, rule, problem));
    }

    fn find_items(&mut self, folder: &Path) {
        let relative = Path::new("items");
        let entries = match std::fs::read_dir(folder.join(relative)) {
            Ok(entries) => entries,
            Err(error) => {
                let problem = format!("cannot be read: {error}; put one file for each item there");
                return self.fault(relative, Rule::FileUnreadable, problem);
            }
        };
        let mut files: BTreeMap<u32, PathBuf> = BTreeMap::new();
        for (seen, entry) in entries.enumerate() {
            let name = match entry {
                Ok(entry) => entry.file_name(),
                Err(error) => {
                    let problem = format!("cannot be read: {error}");
                    return self.fault(relative, Rule::FileUnreadable, problem);
                }
            };
            if files.len() > MOST_ITEMS || seen > MOST_ENTRIES {
                let problem = format!("more than {MOST_ITEMS} files; take some out");
                return self.fault(relative, Rule::FileUnreadable, problem);
            }
            let file = relative.join(&name);
            match kind(&name.to_string_lossy()) {
                Kind::Leftover => {}
                Kind::Unknown => self.warn(&file),
                Kind::Misnamed => self.fault(
                    &file,
                    Rule::FileMisnamed,
                    "is no item; name items like 10-name.toml and keep other files elsewhere",
                ),
                Kind::Item(number) => {
                    let Some(other) = files.get(&number) else {
                        files.insert(number, file);
                        continue;
                    };
                    let problem = format!(
                        "has the number {number} of {}; give each item its own, they set the order",
                        other.display()
                    );
                    self.fault(&file, Rule::Twice, problem);
                }
            }
        }
        if files.is_empty() {
            self.fault(relative, Rule::ValueMissing, "has no item; a kiosk needs at least one");
        }
        self.items = files.into_values().collect();
    }

    /// A pack that promises no days has none.
    fn find_calendars(&mut self, folder: &Path) {
        let relative = Path::new("calendars");
        let Ok(entries) = std::fs::read_dir(folder.join(relative)) else { return };
        let names = entries.take(MOST_ENTRIES).filter_map(|entry| Some(entry.ok()?.file_name()));
        for name in names {
            let (file, name) = (relative.join(&name), name.to_string_lossy().into_owned());
            let year = name.strip_suffix(".toml").unwrap_or_default();
            if year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) {
                self.calendars.push(file);
            } else if !is_leftover(&name) {
                let problem = "is no calendar; name them by their year like 2026.toml";
                self.fault(&file, Rule::FileMisnamed, problem);
            }
        }
        self.calendars.sort();
        if self.calendars.len() > MOST_YEARS {
            let problem = format!("more than {MOST_YEARS} years; take some out");
            self.fault(relative, Rule::FileUnreadable, problem);
            self.calendars.truncate(MOST_YEARS);
        }
    }
}

fn is_leftover(name: &str) -> bool {
    name.starts_with(['.', '#'])
        || LEFT_BY_EDITORS.iter().any(|end| name.ends_with(end))
        || LEFT_BY_DESKTOPS.contains(&name)
}

fn kind(name: &str) -> Kind {
    if is_leftover(name) {
        return Kind::Leftover;
    }
    let Some(stem) = name.strip_suffix(".toml") else { return Kind::Unknown };
    let Some((number, rest)) = stem.split_once('-') else { return Kind::Misnamed };
    let well_formed = (1..=4).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !rest.is_empty();
    match number.parse() {
        Ok(number) if well_formed => Kind::Item(number),
        _ => Kind::Misnamed,
    }
}

/// The text of a file, without the byte-order mark that some editors put before it.
///
/// # Errors
/// That it cannot be read, is too large, or is not UTF-8.
pub(super) fn read_text(folder: &Path, name: &Path) -> Result<String, PackFault> {
    let path = folder.join(name);
    let fault = |problem: String| PackFault::of_file(name, Rule::FileUnreadable, problem);
    let bytes = file::read(&path, FILE_BYTES).map_err(|error| match error.kind() {
        ErrorKind::InvalidInput => fault("is not a file".to_owned()),
        ErrorKind::FileTooLarge => fault(format!("is {error}; make it shorter")),
        _ => fault(format!("cannot be read: {error}")),
    })?;
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(fault("is UTF-16 text; save the file as UTF-8".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]);
        let place = Some(Place::of(&before, before.len()));
        let problem = "is not UTF-8 text; save the file as UTF-8".to_owned();
        PackFault { file: name.to_owned(), place, rule: Rule::FileUnreadable, problem }
    })?;
    Ok(file::without_mark(text))
}
