//! What the JSON Schema of a pack's files says about their values: which there are, in what order,
//! and what a cell may hold. No name of a field stands here.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value as Json, json};

use super::column::{Form, Path};
use super::kinds::Kinds;
use crate::domain::calendar::CalendarYear;
use crate::domain::figure::Figures;
use crate::domain::form::{Lists, RegionList};
use crate::domain::material::Materials;
use crate::domain::pack::{Item, Pack};
use crate::domain::package::Package;
use crate::domain::policy::Policy;

/// Deepest that columns are made before anybody has written such a value.
const DEEPEST: usize = 8;
/// Most columns that are made so.
const MOST_COLUMNS: usize = 2000;

/// The schema of the files of a folder.
pub(super) struct Shape {
    schema: Tree,
    /// The same types with every field among the required ones, which are in the order of the types.
    order: Tree,
}

/// A schema with its definitions.
struct Tree(Json);

/// The columns of a sheet before anybody has written a value.
pub(super) struct Expected {
    /// Of the list whose entries are the rows; empty for the files themselves.
    pub list: Path,
    pub columns: Vec<(Path, Form)>,
}

/// The folders of a pack and the types of their files; the first is the pack's own, with `pack.toml`
/// and what is read once. Any other folder is carried along with what stands in it.
pub(super) const FOLDERS: [OfFolder; 5] = [
    ("", || {
        Shape::of(&[of::<Pack>, of::<Materials>, of::<Figures>, of::<Lists>, of::<RegionList>])
    }),
    ("items", || Shape::of(&[of::<Item>])),
    ("packages", || Shape::of(&[of::<Package>])),
    ("policies", || Shape::of(&[of::<Policy>])),
    ("calendars", || Shape::of(&[of::<CalendarYear>])),
];

type OfFolder = (&'static str, fn() -> Shape);
type Type = fn(&mut SchemaGenerator) -> Schema;

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl Shape {
    /// Of files that are each of one of some types.
    fn of(types: &[Type]) -> Shape {
        let tree = |settings: SchemaSettings| {
            let mut generator = settings.into_generator();
            let any: Vec<Schema> = types.iter().map(|of| of(&mut generator)).collect();
            Tree(json!({ "anyOf": any, "$defs": generator.take_definitions(true) }))
        };
        // A schema has its properties in the order of the alphabet. That of what would be written
        // requires every field, in the order of the type.
        let order = tree(SchemaSettings::default().for_serialize());
        Shape { schema: tree(SchemaSettings::default()), order }
    }

    pub fn of_folder(folder: &str) -> Shape {
        let known = FOLDERS.iter().find(|(name, _)| *name == folder);
        let any = || Shape { schema: Tree(Json::Bool(true)), order: Tree(Json::Bool(true)) };
        known.map_or_else(any, |(_, shape)| shape())
    }

    #[cfg(test)]
    pub fn new(schema: Json) -> Shape {
        Shape { schema: Tree(schema.clone()), order: Tree(schema) }
    }

    /// Names in the table at a path, in their order: what says of which kind a table is, what it must
    /// have, what it may have.
    pub fn names(&self, path: &[String]) -> Vec<String> {
        names(&self.order.with_entries(self.order.at(path)))
    }

    pub fn kinds(&self, path: &[String]) -> Kinds {
        Kinds::of(&self.schema.flat(self.schema.at(path)))
    }

    /// Of the entries of the list at a path.
    pub fn kinds_of_entries(&self, path: &[String]) -> Kinds {
        let lists = self.schema.flat(self.schema.at(path));
        Kinds::of(
            &self.schema.flat(lists.iter().filter_map(|schema| schema.get("items")).collect()),
        )
    }

    /// Whether a value must be there wherever its table is.
    pub fn is_required(&self, list: &[String], path: &[String]) -> bool {
        (0..path.len()).all(|outside| {
            let table = [list, &path[..outside]].concat();
            let mut branches = self.schema.with_entries(self.schema.at(&table));
            // Of files of several types those that have such a value.
            let has = |schema: &&Json| {
                let fields = schema.get("properties");
                fields
                    .is_some_and(|fields| !table.is_empty() || fields.get(&path[outside]).is_some())
            };
            branches.retain(has);
            let requires = |schema: &&Json| required(schema).any(|name| name == path[outside]);
            !branches.is_empty() && branches.iter().all(requires)
        })
    }

    /// What the schema says about a value of a row, or about the nearest around it in the row.
    pub fn description(&self, list: &[String], path: &[String]) -> Option<&str> {
        (1..=path.len()).rev().find_map(|end| {
            let found = self.schema.at(&[list, &path[..end]].concat());
            found.into_iter().find_map(|schema| schema.get("description")?.as_str())
        })
    }

    /// What the schema says is needed of a value, for whoever fills it in: how long a text may be, how
    /// large a number, or in the schema's own words.
    pub fn needed(&self, path: &[String]) -> Option<String> {
        let flat = self.schema.flat(self.schema.at(path));
        let number = |name: &str| flat.iter().find_map(|schema| schema.get(name)?.as_i64());
        if let Some(most) = number("maxLength") {
            return Some(format!("最多 {most} 字"));
        }
        if let (Some(least), Some(most)) = (number("minimum"), number("maximum")) {
            return Some(format!("{least}–{most}"));
        }
        let needed = flat.iter().find_map(|schema| schema.get("x-needed")?.as_str())?;
        let needed = needed.trim_end_matches(" is needed").trim_end_matches(" are needed");
        Some(needed.to_owned())
    }

    /// The sheets of the folder and their columns.
    pub fn expected(&self) -> Vec<Expected> {
        let mut out = vec![Expected { list: Path::new(), columns: Vec::new() }];
        self.expect(vec![&self.schema.0], (0, Path::new()), &mut Vec::new(), &mut out);
        out
    }

    fn expect<'s>(
        &'s self,
        table: Vec<&'s Json>,
        (sheet, inside): (usize, Path),
        through: &mut Vec<&'s str>,
        out: &mut Vec<Expected>,
    ) {
        let columns: usize = out.iter().map(|sheet| sheet.columns.len()).sum();
        if out[sheet].list.len() + inside.len() > DEEPEST || columns > MOST_COLUMNS {
            return;
        }
        let outside = through.len();
        let table = self.schema.flat_once(table, through);
        for name in self.names(&[out[sheet].list.as_slice(), &inside].concat()) {
            let values: Vec<&Json> =
                table.iter().filter_map(|schema| schema.get("properties")?.get(&name)).collect();
            let path = [inside.as_slice(), &[name]].concat();
            let passed = through.len();
            let flat = self.schema.flat_once(values.clone(), through);
            let kinds = Kinds::of(&flat);
            let items: Vec<&Json> = flat.iter().filter_map(|schema| schema.get("items")).collect();
            through.truncate(passed);
            if kinds.text || kinds.whole || kinds.number || kinds.truth {
                out[sheet].columns.push((path.clone(), Form::Plain));
            }
            if kinds.table {
                self.expect(values, (sheet, path.clone()), through, out);
            }
            if items.is_empty() {
                continue;
            }
            if self
                .schema
                .flat(items.clone())
                .iter()
                .any(|schema| schema.get("properties").is_some())
            {
                let list = [out[sheet].list.as_slice(), &path].concat();
                out.push(Expected { list, columns: Vec::new() });
                let new = out.len() - 1;
                self.expect(items, (new, Path::new()), through, out);
            } else {
                out[sheet].columns.push((path, Form::Lines));
            }
        }
        through.truncate(outside);
    }
}

impl Tree {
    /// The schemas of the value at a path, through tables and the entries of lists, as they are
    /// written.
    fn at(&self, path: &[String]) -> Vec<&Json> {
        path.iter().fold(vec![&self.0], |outside, name| {
            let tables = self.with_entries(outside).into_iter();
            let of = |schema: &&Json| schema.get("properties")?.get(name).is_some().then_some(());
            let (named, other): (Vec<_>, Vec<_>) = tables.partition(|schema| of(schema).is_some());
            let named = named.into_iter().filter_map(|schema| schema.get("properties")?.get(name));
            let any = other.into_iter().filter_map(|schema| schema.get("additionalProperties"));
            named.chain(any).collect()
        })
    }

    /// Without references and alternatives.
    fn flat<'s>(&'s self, schemas: Vec<&'s Json>) -> Vec<&'s Json> {
        self.flat_once(schemas, &mut Vec::new())
    }

    /// As [`Shape::flat`], through every reference once.
    fn flat_once<'s>(
        &'s self,
        schemas: Vec<&'s Json>,
        through: &mut Vec<&'s str>,
    ) -> Vec<&'s Json> {
        let (mut out, mut open) = (Vec::new(), schemas);
        open.reverse();
        while let Some(schema) = open.pop() {
            if let Some(target) = schema.get("$ref").and_then(Json::as_str)
                && !through.contains(&target)
            {
                through.push(target);
                open.extend(target.strip_prefix('#').and_then(|target| self.0.pointer(target)));
            }
            for several in ["oneOf", "anyOf", "allOf"] {
                let list = schema.get(several).and_then(Json::as_array);
                open.extend(list.into_iter().flatten().rev());
            }
            out.push(schema);
        }
        out
    }

    /// Flat, and where a list is allowed also its entries.
    fn with_entries<'s>(&'s self, schemas: Vec<&'s Json>) -> Vec<&'s Json> {
        let mut all = self.flat(schemas);
        let items = all.iter().filter_map(|schema| schema.get("items")).collect();
        all.extend(self.flat(items));
        all
    }
}

fn required(schema: &Json) -> impl Iterator<Item = &str> {
    schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}

fn names(tables: &[&Json]) -> Vec<String> {
    let fields = |table: &&Json| table.get("properties").and_then(Json::as_object).cloned();
    let of_kind = tables.iter().filter_map(fields).flat_map(|fields| {
        let constant = fields.into_iter().filter(|(_, value)| value.get("const").is_some());
        constant.map(|(name, _)| name).collect::<Vec<_>>()
    });
    let needed = tables.iter().flat_map(|table| required(table).map(str::to_owned));
    let all = tables
        .iter()
        .filter_map(fields)
        .flat_map(|fields| fields.into_iter().map(|(name, _)| name));
    let mut names: Vec<String> = Vec::new();
    for name in of_kind.chain(needed).chain(all) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{SCHEMAS, files};

    #[test]
    fn every_file_of_a_pack_has_its_sheet() {
        let known = FOLDERS.map(|(name, shape)| (name, shape().names(&[])));
        for folder in files::PARTS.iter().filter(|part| !part.ends_with(".toml")) {
            assert!(known.iter().any(|(name, _)| name == folder), "{folder} is missing in FOLDERS");
        }
        for (name, schema) in SCHEMAS {
            let schema = schema();
            let fields = schema["properties"].as_object().expect("a table");
            let has = |names: &[String]| fields.keys().all(|field| names.contains(field));
            assert!(known.iter().any(|(_, names)| has(names)), "{name} is missing in FOLDERS");
        }
    }

    #[test]
    fn columns_are_in_the_order_of_the_types() {
        let sheets = Shape::of_folder("calendars").expected();
        let names = |sheet: &Expected| -> Vec<String> {
            sheet.columns.iter().map(|(path, _)| path.join(".")).collect()
        };
        assert_eq!(names(&sheets[0]), ["year", "source.zh", "source.en", "worked"]);
        assert_eq!(names(&sheets[1]), ["name.zh", "name.en", "from", "to"]);
        // A type that stands in itself ends.
        let own = json!({ "$ref": "#/$defs/a", "$defs": { "a": { "type": "object", "properties": {
            "b": { "type": "string" },
            "all": { "type": "array", "items": { "$ref": "#/$defs/a" } },
        } } } });
        let sheets = Shape::new(own).expected();
        assert_eq!(names(&sheets[0])[0], "b");
        assert!(sheets.len() <= 2, "{}", sheets.len());
    }
}
