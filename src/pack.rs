//! Reads a site pack from a folder; see [`crate::domain::pack`] for what stands in it.
//!
//! ```text
//! pack.toml
//! items/10-first-item.toml      the number gives the order on the home screen
//! items/20-second-item.toml
//! ```
//!
//! A bureau writes packs by hand, so one run names every fault, each with its file, its line and
//! its remedy. That is why the tables are walked here and not by `serde`, which ends at the first.

mod fields;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::domain::evaluation::Level;
use crate::domain::pack::{
    AnswerKind, Area, Bilingual, Choice, EvaluationTags, GuideSection, Item, ItemKind, Notice,
    Outlet, Pack, PublicFields, Question, Standing, Tag,
};
use fields::{Fields, File, Length};

/// Largest file of a pack.
const FILE_BYTES: u64 = 256 * 1024;
const MOST_ITEMS: usize = 200;
const MOST_NOTICES: usize = 20;
const MOST_TAGS: usize = 200;
const MOST_SECTIONS: usize = 20;
const MOST_LINES: usize = 50;
const MOST_QUESTIONS: usize = 10;
/// As many as one page of the screen holds.
const MOST_OPTIONS: usize = 6;
/// 即时办结: 30 minutes from received to completed (`domain.md` §1.1).
const LONGEST_INSTANT_MIN: i64 = 30;
/// Faults that are named; a pack with more has been read from the wrong folder.
const MOST_FAULTS: usize = 200;
/// The region of sample packs; belongs to no place.
const SAMPLE_REGION: &str = "000000";

/// Everything that is wrong with a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackErrors {
    pub folder: PathBuf,
    /// At least one; by file and line.
    pub faults: Vec<Fault>,
}

/// One fault of a pack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Relative to the pack's folder.
    pub file: PathBuf,
    /// Counted from 1; `None` when the file as a whole is at fault.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub problem: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file.display(), self.problem),
            None => write!(f, "{}: {}", self.file.display(), self.problem),
        }
    }
}

impl std::fmt::Display for PackErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let many = if self.faults.len() == 1 {
            "1 fault"
        } else {
            &format!("{} faults", self.faults.len())
        };
        write!(f, "{}: the site pack has {many}", self.folder.display())?;
        for fault in &self.faults {
            write!(f, "\n{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PackErrors {}

/// Reads and checks a pack.
///
/// # Errors
/// Every fault of every file, not only the first.
pub fn load(folder: &Path) -> Result<Pack, PackErrors> {
    let mut faults = Vec::new();
    let pack = read_file(folder, Path::new("pack.toml"), &mut faults, read_pack);
    let items = load_items(folder, &mut faults);
    match pack {
        Some(mut pack) if faults.is_empty() => {
            pack.items = items;
            Ok(pack)
        }
        _ => {
            faults.sort();
            faults.truncate(MOST_FAULTS);
            Err(PackErrors { folder: folder.to_owned(), faults })
        }
    }
}

fn load_items(folder: &Path, faults: &mut Vec<Fault>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut files_by_id: BTreeMap<String, PathBuf> = BTreeMap::new();
    for file in item_files(folder, faults) {
        let Some((item, line)) = read_file(folder, &file, faults, read_item) else { continue };
        if let Some(other) = files_by_id.get(&item.id) {
            let problem = format!(
                "id \"{}\" is also that of {}; give each item its own",
                item.id,
                other.display()
            );
            faults.push(Fault { file, line: Some(line), problem });
            continue;
        }
        files_by_id.insert(item.id.clone(), file);
        items.push(item);
    }
    items
}

/// The files of `items/` in the order of their numbers.
fn item_files(folder: &Path, faults: &mut Vec<Fault>) -> Vec<PathBuf> {
    let relative = Path::new("items");
    let mut fault = |file: PathBuf, problem: String| {
        faults.push(Fault { file, line: None, problem });
    };
    let entries = match std::fs::read_dir(folder.join(relative)) {
        Ok(entries) => entries,
        Err(error) => {
            let problem = format!("cannot be read: {error}; put one file for each item there");
            fault(relative.to_owned(), problem);
            return Vec::new();
        }
    };
    let mut files: BTreeMap<u32, PathBuf> = BTreeMap::new();
    // Bounded before sorting: the folder may be anything.
    for entry in entries.take(MOST_ITEMS + 1) {
        let name = match entry {
            Ok(entry) => entry.file_name(),
            Err(error) => {
                fault(relative.to_owned(), format!("cannot be read: {error}"));
                return Vec::new();
            }
        };
        let file = relative.join(&name);
        let Some(number) = name.to_str().and_then(item_number) else {
            fault(
                file,
                "is no item; name items like 10-name.toml and keep other files elsewhere"
                    .to_owned(),
            );
            continue;
        };
        if let Some(other) = files.get(&number) {
            let problem = format!(
                "has the number {number} of {}; give each item its own, they set the order",
                other.display()
            );
            fault(file, problem);
            continue;
        }
        files.insert(number, file);
    }
    if files.len() > MOST_ITEMS {
        fault(relative.to_owned(), format!("more than {MOST_ITEMS} files; take items out"));
        return Vec::new();
    }
    if files.is_empty() {
        fault(relative.to_owned(), "has no item; a kiosk needs at least one".to_owned());
    }
    files.into_values().collect()
}

/// `10-name.toml` has the number 10.
fn item_number(name: &str) -> Option<u32> {
    let (number, rest) = name.strip_suffix(".toml")?.split_once('-')?;
    let well_formed = (1..=4).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
        && !rest.is_empty();
    number.parse().ok().filter(|_| well_formed)
}

/// Reads one file and gives its table to `read`. `None` if the file has any fault.
fn read_file<T>(
    folder: &Path,
    file: &Path,
    faults: &mut Vec<Fault>,
    read: impl Fn(&Fields<'_>) -> Option<T>,
) -> Option<T> {
    let text = match read_text(&folder.join(file)) {
        Ok(text) => text,
        Err((line, problem)) => {
            faults.push(Fault { file: file.to_owned(), line, problem });
            return None;
        }
    };
    let source = File::new(file, &text);
    let (table, errors) = toml::de::DeTable::parse_recoverable(&text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        let problem = error.message().replace('\n', "; ");
        source.fault(at, format!("not valid TOML: {problem}"));
    }
    // Of a file that is no TOML half the fields would be called missing: first things first.
    let value = if errors.is_empty() { read(&Fields::root(&source, &table)) } else { None };
    let own = source.into_faults();
    let flawless = own.is_empty();
    faults.extend(own);
    value.filter(|_| flawless)
}

fn read_text(path: &Path) -> Result<String, (Option<usize>, String)> {
    let unreadable = |error: std::io::Error| (None, format!("cannot be read: {error}"));
    // Before it is opened: opening a pipe would wait for ever.
    let facts = std::fs::metadata(path).map_err(unreadable)?;
    if !facts.is_file() {
        return Err((None, "is not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err((None, format!("is larger than {} KiB; make it shorter", FILE_BYTES / 1024)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
        (Some(line), "is not UTF-8 text; save the file as UTF-8".to_owned())
    })
}

fn read_pack(table: &Fields<'_>) -> Option<Pack> {
    let version = table.string("version", version_fault);
    let standing = read_standing(table);
    let as_of = table.date("as_of");
    let region = table.string("region", |region| {
        let six = region.len() == 6 && region.bytes().all(|b| b.is_ascii_digit());
        (!six).then(|| "six digits of GB/T 2260 are needed".to_owned())
    });
    if let (Some(Standing::Official), Some(SAMPLE_REGION)) = (standing, region.as_deref()) {
        table.fault_at(
            "region",
            "000000 is the region of samples; an official pack needs the region's own code",
        );
    }
    let bureau = table.text("bureau", Length::LABEL);
    let outlet = table.table("outlet").and_then(|outlet| {
        let name = outlet.text("name", Length::LABEL);
        let address = outlet.text("address", Length::TEXT);
        let hours = outlet.text("hours", Length::TEXT);
        let phone = outlet.string("phone", phone_fault);
        outlet.no_others();
        Some(Outlet { name: name?, address: address?, hours: hours?, phone: phone? })
    });
    let hotline = table.string("hotline", phone_fault);
    let supervision_phone = table.string("supervision_phone", phone_fault);
    let query_url = table.string("query_url", query_url_fault);
    let notices = if table.has("notices") {
        table.tables("notices", 0, MOST_NOTICES, |notice| {
            let date = notice.date("date");
            let text = notice.text("text", Length::TEXT);
            notice.no_others();
            Some(Notice { date: date?, text: text? })
        })
    } else {
        Some(Vec::new())
    };
    let evaluation = table.table("evaluation").and_then(|evaluation| read_tags(&evaluation));
    table.no_others();
    Some(Pack {
        version: version?,
        standing: standing?,
        as_of: as_of?,
        region: region?,
        bureau: bureau?,
        outlet: outlet?,
        hotline: hotline?,
        supervision_phone: supervision_phone?,
        query_url: query_url?,
        notices: notices?,
        evaluation: evaluation?,
        items: Vec::new(),
    })
}

const LEVELS: [(&str, Level); 5] = [
    ("very_satisfied", Level::VerySatisfied),
    ("satisfied", Level::Satisfied),
    ("fairly_satisfied", Level::FairlySatisfied),
    ("dissatisfied", Level::Dissatisfied),
    ("very_dissatisfied", Level::VeryDissatisfied),
];

fn read_tags(table: &Fields<'_>) -> Option<EvaluationTags> {
    let version = table.string("version", version_fault);
    let codes = RefCell::new(BTreeSet::new());
    let tags = table.tables("tags", 1, MOST_TAGS, |tag| {
        let code = tag.integer("code", 100, 599, "the code of the national set");
        let level = tag.one_of("level", &LEVELS);
        let text = tag.text("text", Length::LABEL);
        tag.no_others();
        if let (Some(code), Some(level)) = (code, level)
            && code / 100 != i64::from(level.national_code())
        {
            tag.fault_at(
                "code",
                &format!(
                    "{code} does not belong to this level, whose codes begin with {}",
                    level.national_code()
                ),
            );
        }
        if let Some(code) = code
            && !codes.borrow_mut().insert(code)
        {
            tag.fault_at("code", &format!("{code} stands twice; each tag has its own"));
        }
        Some(Tag { code: u16::try_from(code?).ok()?, level: level?, text: text? })
    });
    table.no_others();
    if let Some(tags) = &tags {
        for (name, level) in LEVELS.iter().filter(|(_, level)| level.is_bad()) {
            if !tags.iter().any(|tag| tag.level == *level) {
                table.fault_at(
                    "tags",
                    &format!("no tag for {name}; a bad evaluation needs a reason to choose"),
                );
            }
        }
    }
    Some(EvaluationTags { version: version?, tags: tags? })
}

/// An item, and the line on which its id stands.
fn read_item(table: &Fields<'_>) -> Option<(Item, usize)> {
    let id = table.string("id", id_fault);
    let standing = read_standing(table);
    let area = table.one_of(
        "area",
        &[
            ("employment", Area::Employment),
            ("social_insurance", Area::SocialInsurance),
            ("skills", Area::Skills),
            ("labour_relations", Area::LabourRelations),
        ],
    );
    let name = table.text("name", Length::LABEL);
    let summary = table.text("summary", Length::SUMMARY);
    let kind = table.table("kind").and_then(|kind| {
        let kind_of_item = match kind.one_of("type", &[("query", false), ("instant", true)]) {
            Some(false) => Some(ItemKind::Query),
            Some(true) => kind
                .integer(
                    "limit_min",
                    1,
                    LONGEST_INSTANT_MIN,
                    "an instant item is completed within 30 minutes",
                )
                .and_then(|limit| u32::try_from(limit).ok())
                .map(|limit_min| ItemKind::Instant { limit_min }),
            // Which fields belong there is not known either.
            None => return None,
        };
        kind.no_others();
        kind_of_item
    });
    let public = table.table("public").and_then(|public| read_public(&public));
    let guide = table.tables("guide", 1, MOST_SECTIONS, |section| {
        let title = section.text("title", Length::LABEL);
        let lines = section.texts("lines", 1, MOST_LINES, Length::TEXT);
        section.no_others();
        Some(GuideSection { title: title?, lines: lines? })
    });
    let questions = if table.has("questions") {
        let ids = RefCell::new(Vec::new());
        table.tables("questions", 0, MOST_QUESTIONS, |question| read_question(question, &ids))
    } else {
        Some(Vec::new())
    };
    table.no_others();
    let line = table.line_of("id");
    let item = Item {
        id: id?,
        standing: standing?,
        area: area?,
        name: name?,
        summary: summary?,
        kind: kind?,
        public: public?,
        guide: guide?,
        questions: questions?,
    };
    Some((item, line))
}

/// 八公开: all eight or no item.
fn read_public(table: &Fields<'_>) -> Option<PublicFields> {
    let text = |key: &'static str| table.text(key, Length::TEXT);
    let phone = |key: &'static str| {
        let phone = text(key)?;
        for words in [&phone.zh, &phone.en] {
            if words.bytes().filter(u8::is_ascii_digit).count() < 5 {
                table.fault_at(key, "has no telephone number; write one of at least five digits");
                return None;
            }
        }
        Some(phone)
    };
    let (service, window, basis) = (text("service"), text("window"), text("basis"));
    let (process, fee, time_limit) = (text("process"), text("fee"), text("time_limit"));
    let (service_phone, supervision_phone) = (phone("service_phone"), phone("supervision_phone"));
    table.no_others();
    Some(PublicFields {
        service: service?,
        window: window?,
        basis: basis?,
        process: process?,
        fee: fee?,
        time_limit: time_limit?,
        service_phone: service_phone?,
        supervision_phone: supervision_phone?,
    })
}

fn read_question(table: &Fields<'_>, ids: &RefCell<Vec<String>>) -> Option<Question> {
    let id = table.string("id", id_fault);
    let text = table.text("text", Length::SUMMARY);
    let label = table.text("label", Length::LABEL);
    let reason = table.text("reason", Length::TEXT);
    let answer = table.table("answer").and_then(|answer| {
        let kind = match answer.one_of("type", &[("choice", true), ("phone", false)]) {
            Some(true) => read_options(&answer).map(|options| AnswerKind::Choice { options }),
            Some(false) => Some(AnswerKind::Phone),
            None => return None,
        };
        answer.no_others();
        kind
    });
    table.no_others();
    unique(table, "id", id.as_deref(), ids);
    Some(Question { id: id?, text: text?, label: label?, reason: reason?, answer: answer? })
}

fn read_options(table: &Fields<'_>) -> Option<Vec<Choice>> {
    let codes = RefCell::new(Vec::new());
    table.tables("options", 2, MOST_OPTIONS, |option| {
        let code = option.string("code", id_fault);
        let label = option.text("label", Length::LABEL);
        let help = if option.has("help") {
            option.text("help", Length::SUMMARY)
        } else {
            Some(Bilingual::default())
        };
        option.no_others();
        unique(option, "code", code.as_deref(), &codes);
        Some(Choice { code: code?, label: label?, help: help? })
    })
}

/// Faults a name that has been given before.
fn unique(table: &Fields<'_>, key: &'static str, name: Option<&str>, given: &RefCell<Vec<String>>) {
    let Some(name) = name else { return };
    let mut given = given.borrow_mut();
    if given.iter().any(|other| other == name) {
        table.fault_at(key, &format!("\"{name}\" stands twice; each has its own"));
    }
    given.push(name.to_owned());
}

fn read_standing(table: &Fields<'_>) -> Option<Standing> {
    table.one_of("standing", &[("sample", Standing::Sample), ("official", Standing::Official)])
}

fn version_fault(version: &str) -> Option<String> {
    let fits = (1..=40).contains(&version.chars().count())
        && !version.chars().any(|c| c.is_control() || c.is_whitespace());
    (!fits).then(|| "1 to 40 characters without spaces are needed".to_owned())
}

/// Names that the store and the contract with the platform carry.
fn id_fault(id: &str) -> Option<String> {
    let fits = id.len() <= 40
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    (!fits).then(|| {
        "at most 40 lower-case letters, digits and _ are needed, a letter first".to_owned()
    })
}

/// Digits with hyphens or spaces between them, as printed.
fn phone_fault(phone: &str) -> Option<String> {
    let digits = phone.bytes().filter(u8::is_ascii_digit).count();
    let fits = (5..=15).contains(&digits)
        && phone.len() <= 24
        && phone.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b' ');
    (!fits).then(|| "5 to 15 digits are needed, with - or spaces between them".to_owned())
}

fn query_url_fault(url: &str) -> Option<String> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web || !url.bytes().all(|b| b.is_ascii_graphic()) {
        return Some("a web address is needed, beginning with https:// or http://".to_owned());
    }
    if url.len() > 200 {
        return Some("is longer than 200 characters, too much for a small QR code".to_owned());
    }
    (url.matches("{case_number}").count() != 1)
        .then(|| "must contain {case_number} once, where the case number goes".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("kiosk-image/site-packs/sample")
    }

    const PACK: &str = "pack.toml";
    const QUERY: &str = "items/10-participation-query.toml";
    const UNEMPLOYMENT: &str = "items/20-unemployment-registration.toml";

    /// A copy of the sample pack to be spoiled.
    fn copy() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("items")).expect("a folder");
        std::fs::copy(sample().join(PACK), folder.path().join(PACK)).expect("a copy");
        for file in std::fs::read_dir(sample().join("items")).expect("a folder") {
            let file = file.expect("an entry");
            let to = folder.path().join("items").join(file.file_name());
            std::fs::copy(file.path(), to).expect("a copy");
        }
        folder
    }

    fn faults(folder: &Path) -> Vec<String> {
        match load(folder) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.faults.iter().map(Fault::to_string).collect(),
        }
    }

    /// Replaces the first `from` of a file and returns the faults and the line of the change.
    fn spoil(file: &str, from: &str, to: &str) -> (Vec<String>, usize) {
        let folder = copy();
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).expect("a file of the pack");
        let at = text.find(from).unwrap_or_else(|| panic!("{file} has no {from}"));
        let line = 1 + text[..at].matches('\n').count();
        std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
        (faults(folder.path()), line)
    }

    #[test]
    fn p10_the_sample_pack_is_flawless() {
        let pack = load(&sample()).unwrap_or_else(|errors| panic!("{errors}"));
        let ids: Vec<_> = pack.items.iter().map(|item| item.id.as_str()).collect();
        assert_eq!(
            ids,
            ["participation_query", "unemployment_registration", "flexible_employment"]
        );
        assert_eq!(pack.item("participation_query").expect("an item").kind, ItemKind::Query);
        assert_eq!(pack.evaluation.tags.len(), 40);
        assert_eq!(pack.notices.len(), 2);
        let item = pack.item("unemployment_registration").expect("an item");
        assert_eq!(item.kind, ItemKind::Instant { limit_min: 30 });
        assert_eq!(item.questions.len(), 3);
        assert_eq!(item.questions[2].answer, AnswerKind::Phone);
    }

    #[test]
    fn p1_everything_in_the_sample_pack_is_a_sample() {
        let pack = load(&sample()).expect("a pack");
        assert_eq!(pack.standing, Standing::Sample);
        assert_eq!(pack.region, SAMPLE_REGION);
        assert!(pack.items.iter().all(|item| item.standing == Standing::Sample));
    }

    #[test]
    fn guides_of_the_sample_fit_a_slip() {
        let columns =
            |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
        for item in load(&sample()).expect("a pack").items {
            assert!(item.summary.zh.chars().count() <= 40);
            for line in item.guide.iter().flat_map(|section| &section.lines) {
                assert!(columns(&line.zh) <= 48, "{}", line.zh);
                // English wraps at words; two lines at most.
                assert!(columns(&line.en) <= 90, "{}", line.en);
            }
        }
    }

    #[test]
    fn p10_each_fault_is_named_with_its_line_and_remedy() {
        for (file, from, to, problem) in [
            (PACK, "version = \"2026.11-sample\"", "version = \"\"", "version: \"\": 1 to 40"),
            (
                PACK,
                "standing = \"sample\"",
                "standing = \"real\"",
                "one of \"sample\", \"official\"",
            ),
            (
                PACK,
                "as_of = \"2026-11-01\"",
                "as_of = \"2026-02-30\"",
                "as_of: a day of the calendar",
            ),
            (PACK, "region = \"000000\"", "region = \"5117\"", "region: \"5117\": six digits"),
            (PACK, "region = \"000000\"", "region = 511703", "text in quotation marks is needed"),
            (PACK, "hotline = \"12333\"", "hotline = \"call us\"", "hotline: \"call us\": 5 to 15"),
            (PACK, "supervision_phone", "supervison_phone", "supervison_phone: unknown"),
            (PACK, "{case_number}", "", "query_url: \"https://hrss.example/case/\": must contain"),
            (PACK, "https://", "ftp://", "a web address is needed"),
            (PACK, "phone = \"0000-12345600\"", "phone = \"1\"", "outlet.phone: \"1\": 5 to 15"),
            (PACK, "date = \"2026-11-02\"", "date = \"soon\"", "notices[1].date: a day"),
            (PACK, "code = 510", "code = 410", "410 does not belong to this level"),
            (PACK, "code = 511", "code = 510", "510 stands twice"),
            (PACK, "code = 512", "code = 99", "evaluation.tags[3].code: must be 100 to 599"),
            (PACK, "level = \"satisfied\"", "level = \"good\"", "level: must be one of"),
            (
                QUERY,
                "id = \"participation_query\"",
                "id = \"Query 1\"",
                "id: \"Query 1\": at most 40",
            ),
            (QUERY, "area = \"social_insurance\"", "area = \"tax\"", "area: must be one of"),
            (
                QUERY,
                "type = \"query\"",
                "type = \"query\", limit_min = 5",
                "kind.limit_min: unknown",
            ),
            (QUERY, "zh = \"不收费\"", "zh = \" \"", "public.fee.zh: \" \": is empty"),
            (QUERY, "zh = \"12333\"", "zh = \"热线\"", "public.service_phone: has no telephone"),
            (
                QUERY,
                "en = \"Steps\"",
                "em = \"Steps\"",
                "guide[3].title.em: unknown; known here are zh, en",
            ),
            (UNEMPLOYMENT, "limit_min = 30", "limit_min = 31", "kind.limit_min: must be 1 to 30"),
            (UNEMPLOYMENT, "limit_min = 30", "limit_min = \"30\"", "a whole number is needed"),
            (
                UNEMPLOYMENT,
                "id = \"service\"",
                "id = \"reason\"",
                "questions[2].id: \"reason\" stands twice",
            ),
            (UNEMPLOYMENT, "code = \"resigned\"", "code = \"other\"", "\"other\" stands twice"),
            (UNEMPLOYMENT, "type = \"choice\"", "type = \"essay\"", "answer.type: must be one of"),
        ] {
            let (named, line) = spoil(file, from, to);
            let fault = named.iter().find(|fault| fault.contains(problem));
            let fault = fault.unwrap_or_else(|| panic!("{from}: no {problem:?} in {named:#?}"));
            let place = fault.split(": ").next().expect("a place");
            // A name given twice is found at the second, which may be further down.
            let after = place.rsplit(':').next().and_then(|n| n.parse().ok()).unwrap_or(0usize);
            assert!(fault.starts_with(file), "{fault}");
            let twice = problem.contains("twice");
            assert!(after == line || (twice && after > line), "{fault}: changed line {line}");
        }
    }

    #[test]
    fn p10_a_missing_field_is_named_at_its_table() {
        let (named, line) = spoil(QUERY, "basis = ", "[public.other]\nbasis = ");
        assert!(named.iter().any(|f| f.contains("public.basis: is missing")), "{named:#?}");
        assert!(
            named.iter().any(|f| f.contains(&format!(":{line}: public.other: unknown"))),
            "{named:#?}"
        );
    }

    #[test]
    fn p10_one_run_names_every_fault() {
        let folder = copy();
        let change = |file: &str, from: &str, to: &str| {
            let path = folder.path().join(file);
            let text = std::fs::read_to_string(&path).expect("a file");
            assert!(text.contains(from), "{from}");
            std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
        };
        change(PACK, "region = \"000000\"", "region = \"\"");
        change(PACK, "hotline = \"12333\"", "hotline = \"\"");
        change(QUERY, "area = \"social_insurance\"", "area = \"\"");
        change(QUERY, "en = \"Free of charge\"", "en = \"\"");
        change(UNEMPLOYMENT, "limit_min = 30", "limit_min = 300");
        let named = faults(folder.path());
        assert_eq!(named.len(), 5, "{named:#?}");
        let errors = load(folder.path()).expect_err("five faults").to_string();
        assert!(errors.contains("5 faults") && errors.contains("pack.toml:9: "), "{errors}");
    }

    #[test]
    fn p10_faults_between_files_are_found() {
        let folder = copy();
        let items = folder.path().join("items");
        let text = std::fs::read_to_string(folder.path().join(QUERY)).expect("a file");
        std::fs::write(items.join("40-again.toml"), &text).expect("written");
        std::fs::write(items.join("20-same-number.toml"), &text).expect("written");
        std::fs::write(items.join("notes.txt"), "").expect("written");
        std::fs::write(items.join("50-large.toml"), vec![b'#'; 300_000]).expect("written");
        std::fs::write(items.join("60-bytes.toml"), b"# one\n\xFF\n").expect("written");
        std::fs::create_dir(items.join("70-folder.toml")).expect("a folder");
        std::fs::write(items.join("80-broken.toml"), "id = \"x\"\nname = {\n").expect("written");
        let named = faults(folder.path());
        for problem in [
            "items/40-again.toml:1: id \"participation_query\" is also that of items/10-",
            "the number 20",
            "items/notes.txt: is no item",
            "items/50-large.toml: is larger than 256 KiB",
            "items/60-bytes.toml:2: is not UTF-8",
            "items/70-folder.toml: is not a file",
            "items/80-broken.toml:",
        ] {
            assert!(named.iter().any(|fault| fault.contains(problem)), "{problem}: {named:#?}");
        }
        assert!(named.iter().any(|fault| fault.contains("not valid TOML")), "{named:#?}");
    }

    #[test]
    fn p10_an_official_pack_needs_its_own_region() {
        let (named, _) = spoil(PACK, "standing = \"sample\"", "standing = \"official\"");
        assert!(named[0].contains("000000 is the region of samples"), "{named:#?}");
    }

    #[test]
    fn a_bad_level_without_a_tag_is_a_fault() {
        let folder = copy();
        let path = folder.path().join(PACK);
        let text = std::fs::read_to_string(&path).expect("a file");
        let end = text.find("[[evaluation.tags]]\ncode = 108").expect("the last level");
        std::fs::write(&path, &text[..end]).expect("written");
        let named = faults(folder.path());
        assert_eq!(named.len(), 1, "{named:#?}");
        assert!(named[0].contains("no tag for very_dissatisfied"), "{named:#?}");
    }

    #[test]
    fn p5_a_folder_that_is_no_pack_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let named = faults(folder.path());
        assert!(named.iter().any(|fault| fault.starts_with("pack.toml: cannot be read")));
        assert!(named.iter().any(|fault| fault.starts_with("items: cannot be read")));
        std::fs::create_dir(folder.path().join("items")).expect("a folder");
        assert!(faults(folder.path()).iter().any(|fault| fault.contains("has no item")));
    }

    #[test]
    fn p8_too_many_items_are_refused() {
        let folder = copy();
        for number in 1000..1300 {
            let name = folder.path().join(format!("items/{number}-x.toml"));
            std::fs::write(name, "").expect("written");
        }
        let named = faults(folder.path());
        assert!(named.iter().any(|fault| fault.contains("more than 200")), "{named:#?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn p8_no_file_makes_it_panic(
            at in 0usize..4000, cut in 0usize..40, bytes in prop::collection::vec(any::<u8>(), 0..8),
            nested in 0usize..3000,
        ) {
            let folder = copy();
            for file in [PACK, UNEMPLOYMENT] {
                let path = folder.path().join(file);
                let mut text = std::fs::read(&path).expect("a file");
                let from = at.min(text.len());
                let to = (from + cut).min(text.len());
                text.splice(from..to, bytes.iter().copied());
                std::fs::write(&path, text).expect("written");
            }
            let deep = format!("id = {}", "[".repeat(nested));
            std::fs::write(folder.path().join("items/90-deep.toml"), deep).expect("written");
            prop_assert!(load(folder.path()).is_err());
        }
    }
}
