//! The files of a pack: which ones belong to it, and their texts.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::fault::{PackFault, Place};
use super::rule::Rule;
use super::{layers, signature};
use crate::domain::pack::MOST_ITEMS;
use crate::domain::package::MOST_PACKAGES;
use crate::domain::policy::MOST_POLICIES;
use crate::file;

/// Names in the folder of a pack: `pack.toml` first, then what is read once, then what is read file
/// by file.
pub(super) const PARTS: [&str; 10] = [
    MANIFEST,
    MATERIALS,
    VALUES,
    LISTS,
    REGIONS,
    signature::NAME,
    "items",
    PACKAGES,
    POLICIES,
    "calendars",
];
/// The folder of the packages, and what `[without]` calls them.
pub(super) const PACKAGES: &str = "packages";
/// The folder of the policies, and what `[without]` calls them.
pub(super) const POLICIES: &str = "policies";
/// What stands at the head of a pack: the file without which there is none.
pub(super) const MANIFEST: &str = "pack.toml";
/// The materials that items name.
pub(super) const MATERIALS: &str = "materials.toml";
/// The figures that texts name.
pub(super) const VALUES: &str = "values.toml";
/// The code lists that questions name.
pub(super) const LISTS: &str = "lists.toml";
/// The regions that a question lets a citizen choose from.
pub(super) const REGIONS: &str = "regions.toml";

/// Largest file of a pack.
pub(super) const FILE_BYTES: u64 = 256 * 1024;
/// Entries of a folder that are looked at: it may be anything.
const MOST_ENTRIES: usize = 4 * MOST_ITEMS;
/// Most years of a calendar.
const MOST_YEARS: usize = 50;
/// Made by desktops beside the files that they show.
const LEFT_BY_DESKTOPS: [&str; 3] = ["Thumbs.db", "ehthumbs.db", "desktop.ini"];
/// Ends of names that editors and version control give to copies.
const LEFT_BY_EDITORS: [&str; 8] = ["~", ".swp", ".swo", ".swx", ".bak", ".tmp", ".orig", ".rej"];

/// What was found in the folders of a pack, by the names that files have in it.
#[derive(Default)]
pub(super) struct Listing {
    /// Files of items in the order of their numbers.
    pub items: Vec<PathBuf>,
    /// Files of packages in the order of their numbers.
    pub packages: Vec<PathBuf>,
    /// Files of policies in the order of their numbers.
    pub policies: Vec<PathBuf>,
    /// Files of calendars in the order of their years.
    pub calendars: Vec<PathBuf>,
    pub faults: Vec<PackFault>,
    /// Files that are ignored although nobody knows what they are for.
    pub warnings: Vec<PackFault>,
}

/// What the name of a file says that it is.
enum Kind {
    /// `10-name.toml` has the number 10.
    Numbered(u32),
    /// Nothing that a bureau wrote: hidden, or left by an editor or a desktop.
    Leftover,
    /// TOML, but no item by its name.
    Misnamed,
    Unknown,
}

/// Looks through the folder of a pack, and of those `beneath` it, as seen from there.
pub(super) fn list(folder: &Path, beneath: &[PathBuf]) -> Listing {
    let mut listing = Listing::default();
    let none = Path::new("");
    let folders: Vec<Option<&Path>> =
        std::iter::once(None).chain(beneath.iter().map(|path| Some(path.as_path()))).collect();
    for beside in &folders {
        listing.find_others(&folder.join(beside.unwrap_or(none)), *beside);
    }
    listing.items = listing.find_numbered(folder, &folders, ("items", "item"), MOST_ITEMS);
    listing.packages =
        listing.find_numbered(folder, &folders, ("packages", "package"), MOST_PACKAGES);
    listing.policies =
        listing.find_numbered(folder, &folders, ("policies", "policy"), MOST_POLICIES);
    for beside in &folders {
        listing.find_calendars(folder, *beside);
    }
    listing.calendars.sort();
    listing.calendars.dedup();
    if listing.calendars.len() > MOST_YEARS {
        let problem = format!("more than {MOST_YEARS} years; take some out");
        listing.fault(Path::new("calendars"), Rule::FileUnreadable, problem);
        listing.calendars.truncate(MOST_YEARS);
    }
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

    /// What lies beside the files of a pack.
    fn find_others(&mut self, folder: &Path, beside: Option<&Path>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for name in entries.take(MOST_ENTRIES).filter_map(|entry| Some(entry.ok()?.file_name())) {
            if !PARTS.iter().any(|own| name == *own)
                && !matches!(kind(&name.to_string_lossy()), Kind::Leftover)
            {
                self.warn(&layers::named(beside, Path::new(&name)));
            }
        }
    }

    /// The numbered files of one folder in every pack, each name once.
    fn find_numbered(
        &mut self,
        folder: &Path,
        folders: &[Option<&Path>],
        (part, what): (&str, &str),
        most: usize,
    ) -> Vec<PathBuf> {
        let relative = Path::new(part);
        let mut files: BTreeMap<u32, PathBuf> = BTreeMap::new();
        let mut opened = Vec::new();
        for beside in folders {
            let named = layers::named(*beside, relative);
            match std::fs::read_dir(folder.join(&named)) {
                Ok(entries) => opened.push((*beside, named, entries)),
                // One that extends another may have none of its own, and some have none at all.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    self.fault(&named, Rule::FileUnreadable, format!("cannot be read: {error}"));
                    return Vec::new();
                }
            }
        }
        if opened.is_empty() {
            if part == "items" {
                let problem = "cannot be read: there is none; put one file for each item there";
                self.fault(relative, Rule::FileUnreadable, problem);
            }
            return Vec::new();
        }
        for (beside, named, entries) in opened {
            for (seen, entry) in entries.enumerate() {
                let name = match entry {
                    Ok(entry) => entry.file_name(),
                    Err(error) => {
                        let problem = format!("cannot be read: {error}");
                        self.fault(&named, Rule::FileUnreadable, problem);
                        return Vec::new();
                    }
                };
                if files.len() > most || seen > MOST_ENTRIES {
                    let problem = format!("more than {most} files; take some out");
                    self.fault(&named, Rule::FileUnreadable, problem);
                    return Vec::new();
                }
                let file = relative.join(&name);
                match kind(&name.to_string_lossy()) {
                    Kind::Leftover => {}
                    Kind::Unknown => self.warn(&layers::named(beside, &file)),
                    Kind::Misnamed => {
                        let problem = format!(
                            "is no {what}; name them like 10-name.toml and keep other files elsewhere"
                        );
                        self.fault(&layers::named(beside, &file), Rule::FileMisnamed, problem);
                    }
                    Kind::Numbered(number) => match files.get(&number) {
                        None => drop(files.insert(number, file)),
                        // The same file of a pack beneath.
                        Some(other) if *other == file && beside.is_some() => {}
                        Some(other) => {
                            let problem = format!(
                                "has the number {number} of {}; give each {what} its own, they set \
                                 the order",
                                other.display()
                            );
                            self.fault(&layers::named(beside, &file), Rule::Twice, problem);
                        }
                    },
                }
            }
        }
        if files.is_empty() && part == "items" {
            self.fault(relative, Rule::ValueMissing, "has no item; a kiosk needs at least one");
        }
        files.into_values().collect()
    }

    /// A pack that promises no days has none.
    fn find_calendars(&mut self, folder: &Path, beside: Option<&Path>) {
        let relative = Path::new("calendars");
        let Ok(entries) = std::fs::read_dir(folder.join(layers::named(beside, relative))) else {
            return;
        };
        let names = entries.take(MOST_ENTRIES).filter_map(|entry| Some(entry.ok()?.file_name()));
        for name in names {
            let (file, name) = (relative.join(&name), name.to_string_lossy().into_owned());
            let year = name.strip_suffix(".toml").unwrap_or_default();
            if year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) {
                self.calendars.push(file);
            } else if !is_leftover(&name) {
                let problem = "is no calendar; name them by their year like 2026.toml";
                self.fault(&layers::named(beside, &file), Rule::FileMisnamed, problem);
            }
        }
    }
}

/// Whether a desktop or an editor left a file of this name.
pub(super) fn is_leftover(name: &str) -> bool {
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
        Ok(number) if well_formed => Kind::Numbered(number),
        _ => Kind::Misnamed,
    }
}

/// The number in the name of a file: of `items/120-name.toml` 120.
pub(super) fn number(file: &Path) -> u32 {
    match file.file_name().map(|name| kind(&name.to_string_lossy())) {
        Some(Kind::Numbered(number)) => number,
        _ => 0,
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
        PackFault { place, ..fault(problem) }
    })?;
    Ok(file::without_mark(text))
}
