//! Reads the files of a pack one after the other and holds each against its schema and its rules.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::de::DeserializeOwned;

use super::fault::{PackFault, Place};
use super::files::{self, Listing};
use super::finding::{Findings, escaped};
use super::rule::Rule;
use super::schema::Schema;
use super::signature::{self, Digest, Signature};
use super::{characters, check, document};
use crate::domain::calendar::{Calendar, CalendarYear};
use crate::domain::pack::{Item, Pack};

/// A folder that is being read.
pub(super) struct Reading<'f> {
    folder: &'f Path,
    pub faults: Vec<PackFault>,
    pub warnings: Vec<PackFault>,
    /// What was read so far, where somebody asks for it.
    digest: Option<Digest>,
}

impl<'f> Reading<'f> {
    /// `sealed`: the digest of everything is needed.
    pub fn new(folder: &'f Path, sealed: bool) -> Reading<'f> {
        let digest = sealed.then(Digest::new);
        Reading { folder, faults: Vec::new(), warnings: Vec::new(), digest }
    }

    /// Everything but the signature; `None` if `pack.toml` has a fault. `frame` is shown what stands
    /// in it before anything else is read.
    pub fn pack(&mut self, today: Option<Date>, frame: impl FnOnce(&Pack)) -> Option<Pack> {
        let Listing { items, calendars, faults, warnings } = files::list(self.folder);
        self.faults.extend(faults);
        self.warnings.extend(warnings);
        let rules = |pack: &Pack, found: &mut Findings| check::pack(pack, today, found);
        let pack = self.file(Path::new("pack.toml"), &Schema::of::<Pack>(), rules);
        if let Some(pack) = &pack {
            frame(pack);
        }
        let calendar = self.calendar(calendars);
        let items = self.items(items, &calendar);
        let pack = Pack { items, calendar, ..pack? };
        // One that has a fault is there.
        if !self.faults.iter().any(|fault| fault.file.starts_with("calendars")) {
            self.warnings.extend(check::no_calendar(&pack, today));
        }
        Some(pack)
    }

    /// What is signed, after everything was read.
    pub fn message(&mut self) -> Vec<u8> {
        self.digest.take().map(Digest::message).unwrap_or_default()
    }

    pub fn signature(&mut self) -> Option<Signature> {
        self.file(Path::new(signature::NAME), &Schema::of::<Signature>(), |_, _| ())
    }

    fn calendar(&mut self, files: Vec<PathBuf>) -> Calendar {
        let schema = Schema::of::<CalendarYear>();
        let mut years = Vec::new();
        for file in files {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            let rules =
                |year: &CalendarYear, found: &mut Findings| check::calendar(year, &stem, found);
            years.extend(self.file(&file, &schema, rules));
        }
        Calendar::new(years)
    }

    fn items(&mut self, files: Vec<PathBuf>, calendar: &Calendar) -> Vec<Item> {
        let schema = Schema::of::<Item>();
        let rules = |item: &Item, found: &mut Findings| check::item(item, calendar, found);
        let mut items: Vec<Item> = Vec::new();
        let mut ids: HashMap<String, PathBuf> = HashMap::new();
        for file in files {
            let item = self.file(&file, &schema, rules);
            // Also of an item that has a fault elsewhere.
            let id = item.as_ref().map(|item| item.id.to_string()).or_else(|| self.id_of(&file));
            items.extend(item);
            let Some(id) = id else { continue };
            if let Some(other) = ids.get(&id) {
                let problem =
                    format!("\"{id}\" is also that of {}; give each item its own", other.display());
                let mut found = Findings::default();
                found.value(Rule::Twice, "/id", problem);
                let text = files::read_text(self.folder, &file).unwrap_or_default();
                self.faults.extend(found.into_faults(&file, &text));
            }
            ids.insert(id, file);
        }
        items
    }

    /// What a file that cannot be used says that its item is called.
    fn id_of(&self, file: &Path) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct OnlyId {
            id: String,
        }
        toml::from_str(&files::read_text(self.folder, file).ok()?).ok().map(|OnlyId { id }| id)
    }

    /// Reads one file and holds it against its schema and its rules. `None` if it has any fault.
    fn file<T: DeserializeOwned>(
        &mut self,
        file: &Path,
        schema: &Schema,
        rules: impl Fn(&T, &mut Findings),
    ) -> Option<T> {
        let text = match files::read_text(self.folder, file) {
            Ok(text) => text,
            Err(fault) => {
                self.faults.push(fault);
                return None;
            }
        };
        if let Some(digest) = &mut self.digest {
            digest.add(file, &text);
        }
        let (table, errors) = toml::de::DeTable::parse_recoverable(&text);
        let invisible = characters::in_file(&text);
        let unseen_on = |line| invisible.iter().any(|(place, _)| place.line == line);
        // Of a file that is no TOML half the fields would be called missing: first things first.
        let mut last_line = 0;
        for error in &errors {
            let place = Place::of(&text, error.span().map_or(0, |span| span.start));
            // A broken line draws others after it: the first says most.
            if place.line != last_line && !unseen_on(place.line) {
                let mut problem =
                    format!("not valid TOML: {}", error.message().replace('\n', "; "));
                let line = text.lines().nth(place.line - 1).unwrap_or_default();
                if let Some(hint) = characters::full_width_hint(line) {
                    problem = format!("{problem}; {hint}");
                }
                let (file, rule) = (file.to_owned(), Rule::NotToml);
                self.faults.push(PackFault { file, place: Some(place), rule, problem });
            }
            last_line = place.line;
        }
        let unseen = invisible.iter().map(|(place, problem)| PackFault {
            file: file.to_owned(),
            place: Some(*place),
            rule: Rule::InvisibleCharacter,
            problem: problem.clone(),
        });
        self.faults.extend(unseen);
        if !errors.is_empty() {
            return None;
        }
        let all_seen = invisible.is_empty();
        let json = document::to_json(&table, None);
        let mut found = Findings::default();
        if all_seen && may_write_invisibly(&text) {
            written_invisibly(&json, &mut String::new(), &mut found);
        }
        // One fault does not hide what the rules would find elsewhere.
        let mut values =
            schema.check(json, &mut found).into_iter().map(serde_json::from_value::<T>);
        let ruled = |value: &T| {
            let mut ruled = Findings::default();
            rules(value, &mut ruled);
            ruled
        };
        let value = match (values.next(), values.next()) {
            (Some(Ok(value)), None) => {
                found.extend_elsewhere(ruled(&value));
                Some(value)
            }
            (Some(Ok(first)), Some(Ok(last))) => {
                found.extend_elsewhere(ruled(&first).also_in(&ruled(&last)));
                None
            }
            (Some(Err(error)), _) if found.is_empty() => {
                found.value(Rule::Malformed, "", format!("cannot be used: {error}"));
                None
            }
            _ => None,
        };
        let flawless = all_seen && found.is_empty();
        // What else is said of a line with an invisible character most likely comes from that.
        let others = found.into_faults(file, &text).into_iter();
        self.faults
            .extend(others.filter(|fault| !fault.place.is_some_and(|place| unseen_on(place.line))));
        value.filter(|_| flawless)
    }
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
