//! Reads the files of a pack one after the other and holds each against its schema and its rules.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::fault::{PackFault, Place};
use super::files::{self, Listing};
use super::finding::{Findings, escaped};
use super::layers::{self, Layer, Layers, MOST_LAYERS};
use super::rule::Rule;
use super::schema::Schema;
use super::signature::{self, Digest, Signature};
use super::{characters, check, document};
use crate::domain::calendar::{Calendar, CalendarYear};
use crate::domain::figure::{self, Figures};
use crate::domain::form::Lists;
use crate::domain::material::Materials;
use crate::domain::pack::{Item, ItemId, Pack, Regions};
use crate::domain::package::Package;
use crate::domain::policy::Policy;

/// A folder that is being read.
pub(super) struct Reading<'f> {
    folder: &'f Path,
    /// The folders of the packs beneath, the nearest first, as seen from `folder`.
    beneath: Vec<PathBuf>,
    /// Names of the figures, once they are read without a fault.
    figures: Option<Vec<String>>,
    pub faults: Vec<PackFault>,
    pub warnings: Vec<PackFault>,
    /// What was read so far, where somebody asks for it.
    digest: Option<Digest>,
}

/// What the packs beneath have and the pack has not.
struct Taken {
    /// `packages` or `policies`.
    part: &'static str,
    ids: Vec<String>,
    /// How many packs stand above the one that says so.
    by: usize,
}

impl<'f> Reading<'f> {
    /// `sealed`: the digest of everything is needed.
    pub fn new(folder: &'f Path, sealed: bool) -> Reading<'f> {
        let digest = sealed.then(Digest::new);
        let (beneath, faults) = beneath(folder);
        Reading { folder, beneath, faults, warnings: Vec::new(), digest, figures: None }
    }

    /// Everything but the signature; `None` if `pack.toml` has a fault. `frame` is shown what stands
    /// in it before anything else is read.
    pub fn pack(&mut self, today: Option<Date>, frame: impl FnOnce(&Pack)) -> Option<Pack> {
        let Listing { items, packages, policies, calendars, faults, warnings } =
            files::list(self.folder, &self.beneath);
        // What such a file says of its item nobody reads.
        let in_items = |fault: &PackFault| fault.file.iter().any(|part| part == "items");
        let mut unnamed = faults.iter().any(in_items);
        self.faults.extend(faults);
        self.warnings.extend(warnings);
        let rules = |pack: &Pack, found: &mut Findings| check::pack(pack, today, found);
        let manifest = Path::new(files::MANIFEST);
        let pack = self.file(manifest, &Schema::of::<Pack>(), rules);
        if let Some(pack) = &pack {
            frame(pack);
        }
        let calendar = self.calendar(calendars);
        let materials = self.once(files::MATERIALS, check::materials);
        let figures = self.once(files::VALUES, check::figures);
        self.figures = figures
            .as_ref()
            .map(|all: &Figures| all.values.iter().map(|figure| figure.id.clone()).collect());
        let lists = self.once(files::LISTS, check::lists);
        let regions = self.once(files::REGIONS, check::regions).map(Regions::from);
        let known = check::Known {
            calendar: &calendar,
            materials: materials.as_ref().map(|all: &Materials| all.materials.as_slice()),
            basic_services: pack.as_ref().map(|pack| pack.basic_services.as_slice()),
            regions: regions.as_ref(),
            lists: lists.as_ref().map(|all: &Lists| all.lists.as_slice()),
            as_of: pack.as_ref().map(|pack| pack.as_of),
        };
        let files = items.len();
        let (items, ids) = self.items(items, &known);
        if let Some(lists) = &lists {
            self.unused(lists, &items, items.len() < files);
        }
        unnamed |= ids.len() < files;
        let rules = |package: &Package, found: &mut Findings| check::package(package, &ids, found);
        let without = pack.as_ref().map(|pack| pack.without.clone()).unwrap_or_default();
        let taken = self.taken(files::PACKAGES, without.packages);
        let packages = self.all(packages, |package: &Package| &package.id, rules, &taken);
        let rules = |policy: &Policy, found: &mut Findings| check::policy(policy, &ids, found);
        let taken = self.taken(files::POLICIES, without.policies);
        let policies = self.all(policies, |policy: &Policy| &policy.id, rules, &taken);
        let mut pack = Pack {
            items,
            packages,
            policies,
            materials: materials.unwrap_or_default().materials,
            figures: figures.unwrap_or_default().values,
            regions: regions.unwrap_or_default(),
            calendar,
            ..pack?
        };
        let mut found = Findings::default();
        check::offered(&pack, &ids, &mut found);
        check::arrangement(&pack.home, &ids, &mut found);
        self.report(manifest, found);
        if unnamed {
            // A name that nobody knows may be that of a file that cannot be read.
            self.faults.retain(|fault| fault.rule != Rule::UnknownItem);
        }
        if let Some(offers) = &pack.offers {
            let offers: HashSet<_> = offers.iter().collect();
            pack.items.retain(|item| offers.contains(&item.id));
            // What is not all done here is no matter that is.
            let offered = |package: &Package| {
                package.items.iter().all(|packaged| offers.contains(&packaged.item))
            };
            pack.packages.retain(offered);
        }
        // One that has a fault is there.
        if !self.faults.iter().any(|fault| fault.file.starts_with("calendars")) {
            self.warnings.extend(check::no_calendar(&pack, today));
        }
        Some(pack)
    }

    /// Every file of the pack and what it says together with those beneath, but for what it takes away
    /// from them; a pack with a fault may have fewer.
    pub fn files(&mut self) -> Vec<(PathBuf, serde_json::Value)> {
        let manifest = manifest(self.folder).unwrap_or_default();
        let without = |part: &'static str| {
            let ids = manifest.pointer(&format!("/without/{part}")).and_then(|ids| ids.as_array());
            let ids = ids.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned));
            self.taken(part, ids.collect())
        };
        let taken = [without(files::PACKAGES), without(files::POLICIES)];
        let Listing { items, packages, policies, calendars, .. } =
            files::list(self.folder, &self.beneath);
        let once = ["pack.toml", files::MATERIALS, files::VALUES, files::LISTS, files::REGIONS]
            .map(PathBuf::from);
        let all = [once.into(), items, packages, policies, calendars].concat();
        let said = |file: PathBuf| {
            let names = self.names_of(&file);
            let values: Vec<_> = names
                .into_iter()
                .filter_map(|name| self.layer(name))
                .map(|(_, json)| json)
                .collect();
            let value = layers::all_joined(values)?;
            let of = taken.iter().find(|taken| file.starts_with(taken.part));
            let is_taken = of.is_some_and(|taken| {
                let id = value.get("id").and_then(|id| id.as_str()).unwrap_or_default();
                self.is_beneath(&file, taken) && taken.ids.iter().any(|taken| taken == id)
            });
            (!is_taken).then_some((file, value))
        };
        all.into_iter().filter_map(said).collect()
    }

    /// What is signed, after everything was read.
    pub fn message(&mut self) -> Vec<u8> {
        self.digest.take().map(Digest::message).unwrap_or_default()
    }

    /// The signature of the pack on top: it covers those beneath.
    pub fn signature(&mut self) -> Option<Signature> {
        let name = PathBuf::from(signature::NAME);
        self.joined(vec![name], &Schema::of::<Signature>(), |_, _| ())
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

    /// A file that a pack may do without; nothing of one that has a fault.
    fn once<T: DeserializeOwned + JsonSchema + Default>(
        &mut self,
        name: &str,
        rules: impl Fn(&T, &mut Findings),
    ) -> Option<T> {
        let file = Path::new(name);
        if self.names_of(file).is_empty() {
            return Some(T::default());
        }
        self.file(file, &Schema::of::<T>(), rules)
    }

    /// Code lists that no item names, of those that the pack on top says.
    fn unused(&mut self, lists: &Lists, items: &[Item], some_missing: bool) {
        let file = Path::new(files::LISTS);
        if some_missing || !self.folder.join(file).exists() {
            return;
        }
        let used: HashSet<&str> = items.iter().flat_map(check::lists_of).collect();
        let mut found = Findings::default();
        for (i, list) in lists.lists.iter().enumerate() {
            if !used.contains(list.id.as_str()) {
                let problem = format!("no question names \"{}\"; take it out", list.id);
                found.value(Rule::ListUnused, format!("/lists/{i}/id"), problem);
            }
        }
        if !found.is_empty() {
            let layers = Layers::read(self.folder, &self.names_of(file));
            self.warnings.extend(layers.faults(found));
        }
    }

    /// The items, and the names of all of them, also of those that have a fault.
    fn items(
        &mut self,
        files: Vec<PathBuf>,
        known: &check::Known<'_>,
    ) -> (Vec<Item>, HashSet<String>) {
        let schema = Schema::of::<Item>();
        let rules = |item: &Item, found: &mut Findings| check::item(item, known, found);
        let mut items: Vec<Item> = Vec::with_capacity(files.len());
        let mut ids: HashMap<String, PathBuf> = HashMap::new();
        for file in files {
            let item = self.file(&file, &schema, rules);
            // Also of an item that has a fault elsewhere.
            let id = item.as_ref().map(|item| item.id.to_string()).or_else(|| self.id_of(&file));
            if let Some(item) = item {
                // What is wrong with its lists was told.
                let filled = check::filled(&item, known.lists, &mut Findings::default());
                let item = filled.map_or_else(|| item.clone(), |filled| filled.into_owned());
                items.push(Item { number: files::number(&file), ..item });
            }
            if let Some(id) = id {
                self.named_once(id, file, &mut ids);
            }
        }
        (items, ids.into_keys().collect())
    }

    /// Every file of one kind, each with a name of its own.
    fn all<T: DeserializeOwned + JsonSchema>(
        &mut self,
        files: Vec<PathBuf>,
        id: impl Fn(&T) -> &String,
        rules: impl Fn(&T, &mut Findings) + Copy,
        taken: &Taken,
    ) -> Vec<T> {
        if files.is_empty() && taken.ids.is_empty() {
            return Vec::new();
        }
        let schema = Schema::of::<T>();
        let mut ids = HashMap::new();
        let mut all = Vec::with_capacity(files.len());
        let mut gone = HashSet::new();
        for file in files {
            let value = self.file(&file, &schema, rules);
            if self.is_beneath(&file, taken) {
                let id = value.as_ref().map(|value| id(value).clone());
                if let Some(id) =
                    id.or_else(|| self.id_of(&file)).filter(|id| taken.ids.contains(id))
                {
                    gone.insert(id);
                    continue;
                }
            }
            if let Some(value) = value {
                self.named_once(id(&value).clone(), file, &mut ids);
                all.push(value);
            }
        }
        let mut found = Findings::default();
        for (i, id) in taken.ids.iter().enumerate().filter(|(_, id)| !gone.contains(*id)) {
            let part = taken.part;
            let problem = format!(
                "no pack beneath has \"{id}\" among its {part}; take the name out, or write another"
            );
            found.value(Rule::DanglingReference, format!("/without/{part}/{i}"), problem);
        }
        self.report(Path::new(files::MANIFEST), found);
        all
    }

    /// What is taken away of one part, and by which of the packs.
    fn taken(&self, part: &'static str, ids: Vec<String>) -> Taken {
        let pointer = format!("/without/{part}");
        let says = |beside: Option<&Path>| {
            let name = layers::named(beside, Path::new(files::MANIFEST));
            let text = files::read_text(self.folder, &name).unwrap_or_default();
            let (table, _) = toml::de::DeTable::parse_recoverable(&text);
            document::to_json(&table, None).pointer(&pointer).is_some()
        };
        let by = match ids.is_empty() {
            true => 0,
            false => self.packs().position(says).unwrap_or(0),
        };
        Taken { part, ids, by }
    }

    /// The packs, the one on top first, as they are seen from it.
    fn packs(&self) -> impl Iterator<Item = Option<&Path>> {
        std::iter::once(None).chain(self.beneath.iter().map(|folder| Some(folder.as_path())))
    }

    /// Whether only packs beneath the one that takes away have a file.
    fn is_beneath(&self, file: &Path, taken: &Taken) -> bool {
        let mut above = self.packs().take(taken.by + 1);
        !taken.ids.is_empty()
            && above.all(|pack| !self.folder.join(layers::named(pack, file)).exists())
    }

    fn named_once(&mut self, id: String, file: PathBuf, ids: &mut HashMap<String, PathBuf>) {
        if let Some(other) = ids.get(&id) {
            let problem =
                format!("\"{id}\" is also that of {}; give each its own", other.display());
            let mut found = Findings::default();
            found.value(Rule::Twice, "/id", problem);
            self.report(&file, found);
        }
        ids.insert(id, file);
    }

    /// Names what was found later in a file that was read.
    fn report(&mut self, file: &Path, found: Findings) {
        if !found.is_empty() {
            let layers = Layers::read(self.folder, &self.names_of(file));
            self.faults.extend(layers.faults(found));
        }
    }

    /// What a file that cannot be used says that its item is called.
    fn id_of(&self, file: &Path) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct OnlyId {
            id: String,
        }
        self.names_of(file).iter().find_map(|name| {
            let text = files::read_text(self.folder, name).ok()?;
            toml::from_str(&text)
                .ok()
                .map(|OnlyId { id }| id)
                .filter(|id| id.parse::<ItemId>().is_ok())
        })
    }

    /// The file of this name in every pack that has it, the one on top first.
    fn names_of(&self, file: &Path) -> Vec<PathBuf> {
        let all = std::iter::once(file.to_owned())
            .chain(self.beneath.iter().map(|folder| layers::named(Some(folder), file)));
        all.filter(|name| self.folder.join(name).exists()).collect()
    }

    /// Reads one file of every pack that has it and holds it against its schema and its rules. `None`
    /// if it has any fault.
    fn file<T: DeserializeOwned>(
        &mut self,
        file: &Path,
        schema: &Schema,
        rules: impl Fn(&T, &mut Findings),
    ) -> Option<T> {
        let mut names = self.names_of(file);
        if names.is_empty() {
            names.push(file.to_owned());
        }
        self.joined(names, schema, rules)
    }

    fn joined<T: DeserializeOwned>(
        &mut self,
        names: Vec<PathBuf>,
        schema: &Schema,
        rules: impl Fn(&T, &mut Findings),
    ) -> Option<T> {
        let before = self.faults.len();
        let mut layers = Layers::default();
        let mut values = Vec::new();
        for name in names {
            if let Some((layer, value)) = self.layer(name) {
                layers.0.push(layer);
                values.push(value);
            }
        }
        // Of a file that is no TOML half the fields would be called missing: first things first.
        let unreadable =
            |fault: &PackFault| matches!(fault.rule, Rule::NotToml | Rule::FileUnreadable);
        if self.faults[before..].iter().any(unreadable) {
            return None;
        }
        let unseen: Vec<(PathBuf, Option<Place>)> =
            self.faults[before..].iter().map(|fault| (fault.file.clone(), fault.place)).collect();
        let json = layers::all_joined(values)?;
        let mut found = Findings::default();
        let all_seen = unseen.is_empty();
        if all_seen && layers.0.iter().any(|layer| may_write_invisibly(&layer.text)) {
            each_text(&json, &mut String::new(), &mut |text, pointer| {
                written_invisibly(text, pointer, &mut found);
            });
        }
        if layers.0.iter().any(|layer| layer.text.contains(figure::OPEN)) {
            each_text(&json, &mut String::new(), &mut |text, pointer| {
                self.figures_there(text, pointer, &mut found);
            });
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
                let both = ruled(&first).also_in(&ruled(&last));
                // No example runs on what only stands in.
                found.extend_elsewhere(both.but_for(Rule::ExampleFails));
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
        let line = |place: Option<Place>| place.map(|place| place.line);
        let seen = |fault: &PackFault| {
            !unseen
                .iter()
                .any(|(file, place)| *file == fault.file && line(*place) == line(fault.place))
        };
        self.faults.extend(layers.faults(found).into_iter().filter(seen));
        value.filter(|_| flawless)
    }

    /// Reads one file of one pack; its faults, if it has any, are told.
    fn layer(&mut self, name: PathBuf) -> Option<(Layer, serde_json::Value)> {
        let text = match files::read_text(self.folder, &name) {
            Ok(text) => text,
            Err(fault) => {
                self.faults.push(fault);
                return None;
            }
        };
        if let Some(digest) = &mut self.digest {
            digest.add(&name, &text);
        }
        let (table, errors) = toml::de::DeTable::parse_recoverable(&text);
        let invisible = characters::in_file(&text);
        let unseen_on = |line| invisible.iter().any(|(place, _)| place.line == line);
        let mut last_line = 0;
        let mut sound = true;
        for error in &errors {
            sound = false;
            let place = Place::of(&text, error.span().map_or(0, |span| span.start));
            // A broken line draws others after it: the first says most.
            if place.line != last_line && !unseen_on(place.line) {
                let mut problem =
                    format!("not valid TOML: {}", error.message().replace('\n', "; "));
                let line = text.lines().nth(place.line - 1).unwrap_or_default();
                if let Some(hint) = characters::full_width_hint(line) {
                    problem = format!("{problem}; {hint}");
                }
                let fault = PackFault::of_file(&name, Rule::NotToml, problem);
                self.faults.push(PackFault { place: Some(place), ..fault });
            }
            last_line = place.line;
        }
        let unseen = invisible.iter().map(|(place, problem)| {
            let fault = PackFault::of_file(&name, Rule::InvisibleCharacter, problem.as_str());
            PackFault { place: Some(*place), ..fault }
        });
        self.faults.extend(unseen);
        let json = document::to_json(&table, None);
        drop(table);
        sound.then_some((Layer { name, text }, json))
    }

    /// Finds figures that a text names and nobody has written down.
    fn figures_there(&self, text: &str, pointer: &str, found: &mut Findings) {
        // Those of a file with a fault are unknown for a reason that is told there.
        let Some(known) = &self.figures else { return };
        for id in figure::named(text).filter(|id| !known.iter().any(|known| known == id)) {
            let problem = format!("no figure is called \"{id}\"; write it in values.toml");
            found.value(Rule::DanglingReference, pointer, problem);
        }
    }
}

/// The folders of the packs that this one extends, the nearest first, as seen from it.
fn beneath(folder: &Path) -> (Vec<PathBuf>, Vec<PackFault>) {
    let mut folders: Vec<PathBuf> = Vec::new();
    let mut faults = Vec::new();
    let own = folder.canonicalize().ok();
    loop {
        let name = layers::named(folders.last().map(PathBuf::as_path), Path::new("pack.toml"));
        let Ok(text) = files::read_text(folder, &name) else { break };
        let (table, _) = toml::de::DeTable::parse_recoverable(&text);
        let json = document::to_json(&table, None);
        // What is no such name is a fault of the schema.
        let extends = json.get("extends").and_then(|extends| extends.as_str());
        let Some(next) = extends.and_then(layers::beside) else { break };
        let target = folder.join(next);
        let problem = if !target.join("pack.toml").is_file() {
            format!("{} has no pack.toml; put the pack that this one extends there", next.display())
        } else if folders.iter().any(|known| known == next) || target.canonicalize().ok() == own {
            format!("{} extends this pack itself; take one of the two out", next.display())
        } else if folders.len() + 1 >= MOST_LAYERS {
            format!("more than {MOST_LAYERS} packs stand on each other; take some out")
        } else {
            folders.push(next.to_owned());
            continue;
        };
        let mut found = Findings::default();
        found.value(Rule::DanglingReference, "/extends", problem);
        faults = Layers(vec![Layer { name, text }]).faults(found);
        break;
    }
    (folders, faults)
}

/// What the `pack.toml` of a pack says with those beneath, whatever its faults.
pub(super) fn manifest(folder: &Path) -> Option<serde_json::Value> {
    let (beneath, _) = beneath(folder);
    let names = std::iter::once(None).chain(beneath.iter().map(|path| Some(path.as_path())));
    let texts = names.map(|beside| {
        let text = files::read_text(folder, &layers::named(beside, Path::new("pack.toml"))).ok()?;
        let (table, _) = toml::de::DeTable::parse_recoverable(&text);
        Some(document::to_json(&table, None))
    });
    layers::all_joined(texts.flatten().collect())
}

/// Whether a text of the file can have a character that the file itself does not show: an escape, or
/// a text over several lines.
fn may_write_invisibly(text: &str) -> bool {
    text.contains(['\\', '\t']) || text.contains("\"\"\"") || text.contains("'''")
}

/// Shows every text of a value, with its JSON pointer.
fn each_text(value: &serde_json::Value, pointer: &mut String, see: &mut impl FnMut(&str, &str)) {
    let outside = pointer.len();
    match value {
        serde_json::Value::String(text) => see(text, pointer),
        serde_json::Value::Array(values) => {
            for (i, value) in values.iter().enumerate() {
                pointer.push_str(&format!("/{i}"));
                each_text(value, pointer, see);
                pointer.truncate(outside);
            }
        }
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                pointer.push('/');
                pointer.push_str(&escaped(name));
                each_text(value, pointer, see);
                pointer.truncate(outside);
            }
        }
        _ => {}
    }
}

/// Finds characters that nobody sees, and line breaks, where a text writes them as `\u200B` or `\n`.
fn written_invisibly(text: &str, pointer: &str, found: &mut Findings) {
    let problem = characters::problem(text).or_else(|| {
        let broken = text.contains(['\n', '\r', '\t']);
        broken.then(|| "has a line break or a tab; write it on one line".to_owned())
    });
    if let Some(problem) = problem {
        found.value(Rule::InvisibleCharacter, pointer, problem);
    }
}
