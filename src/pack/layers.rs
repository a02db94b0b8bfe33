//! A pack that extends another (叠加): national, provincial, the city's and the town's own, each
//! small. Whatever a file of the pack says goes before what the file of the same name says in the
//! pack beneath. What states another `kind` of an item drops what only the old kind has.

use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::document::{self, Places};
use super::fault::{PackFault, Place};
use super::files;
use super::finding::{Finding, Findings, field_name};

/// Most packs that stand on each other.
pub(super) const MOST_LAYERS: usize = 6;

/// One file of one of the packs.
pub(super) struct Layer {
    /// As faults name it: relative to the folder on top.
    pub name: PathBuf,
    pub text: String,
}

/// The file of one name in every pack that has it, the pack on top first.
#[derive(Default)]
pub(super) struct Layers(pub Vec<Layer>);

/// The name of a file of another folder, as faults of the folder on top name it. `beside` are the
/// folders on the way: `../national` of `../qingdao` is `../national`.
pub(super) fn named(beside: Option<&Path>, file: &Path) -> PathBuf {
    beside.map_or_else(|| file.to_owned(), |folder| folder.join(file))
}

/// What `extends` names, if it is the plain name of a folder beside.
pub(super) fn beside(extends: &str) -> Option<&Path> {
    let path = Path::new(extends);
    let mut parts = path.components();
    let plain = matches!(
        (parts.next(), parts.next(), parts.next()),
        (Some(Component::ParentDir), Some(Component::Normal(_)), None)
    );
    plain.then_some(path)
}

/// Puts what stands above over what stands beneath. Tables are joined field by field; a list, a text
/// in two languages and what has a `type` of its own are taken as a whole.
fn joined(above: Value, beneath: Value) -> Value {
    match (above, beneath) {
        (Value::Object(above), Value::Object(mut beneath)) if !is_whole(&above) => {
            for (name, value) in above {
                let joined = match beneath.remove(&name) {
                    Some(old) => joined(value, old),
                    None => value,
                };
                beneath.insert(name, joined);
            }
            Value::Object(beneath)
        }
        (above, _) => above,
    }
}

/// What a pack says for itself alone: who answers for one answers for no other.
const OWN: &str = "signer";

/// The same of several, the one on top first; nothing of none.
pub(super) fn all_joined(values: Vec<Value>) -> Option<Value> {
    let beneath = |above: &Value, mut value: Value| {
        value.as_object_mut().map(|fields| fields.remove(OWN));
        drop_of_old_kind(above, &mut value);
        value
    };
    values.into_iter().rev().reduce(|below, above| {
        let below = beneath(&above, below);
        joined(above, below)
    })
}

/// An item that is handled otherwise than beneath (限时 becomes 即时) takes nothing along that only
/// the old kind has: nobody could take a field out that stands in the pack beneath.
fn drop_of_old_kind(above: &Value, beneath: &mut Value) {
    let kind = |item: &Value| Some(item.pointer("/kind/type")?.as_str()?.to_owned());
    let (Some(new), Some(old), Some(fields)) =
        (kind(above), kind(beneath), beneath.as_object_mut())
    else {
        return;
    };
    if new == old {
        return;
    }
    let dropped: &[&str] = match new.as_str() {
        "promised" => &["handoff"],
        "handoff" | "browse" | "request" => {
            &["promise", "handoff", "speedup", "pays_money", "commitments"]
        }
        _ => &["promise", "handoff"],
    };
    for name in dropped {
        fields.remove(*name);
    }
}

fn is_whole(table: &serde_json::Map<String, Value>) -> bool {
    ["zh", "en", "type"].iter().any(|name| table.contains_key(*name))
}

impl Layers {
    /// Reads the files again for whoever has to name a place in one.
    pub fn read(folder: &Path, names: &[PathBuf]) -> Layers {
        let layer = |name: &PathBuf| {
            let text = files::read_text(folder, name).ok()?;
            Some(Layer { name: name.clone(), text })
        };
        Layers(names.iter().filter_map(layer).collect())
    }

    /// The faults with their places: each in the file that says what is at fault.
    pub fn faults(&self, found: Findings) -> Vec<PackFault> {
        if found.is_empty() {
            return Vec::new();
        }
        let documents: Vec<(&Layer, Value, Places)> = self
            .0
            .iter()
            .map(|layer| {
                let (table, _) = toml::de::DeTable::parse_recoverable(&layer.text);
                let mut places = Places::default();
                let json = document::to_json(&table, Some(&mut places));
                (layer, json, places)
            })
            .collect();
        let fault = |finding: Finding| {
            let pointer = finding.pointer.as_str();
            let says = |pointer: &str| {
                documents.iter().position(|(_, json, _)| json.pointer(pointer).is_some())
            };
            // Down the pointer as far as anybody says something, and no further than where the pack
            // on top says a whole.
            let mut by = 0;
            for (end, _) in pointer.match_indices('/').skip(1).chain([(pointer.len(), "")]) {
                let Some(saying) = says(&pointer[..end]) else { break };
                by = saying;
                let json = documents[by].1.pointer(&pointer[..end]);
                if json.and_then(Value::as_object).is_none_or(is_whole) {
                    break;
                }
            }
            let (layer, _, places) = documents.get(by)?;
            let byte = if finding.of_name { places.key(pointer) } else { places.value(pointer) };
            let problem = match field_name(pointer) {
                name if name.is_empty() => finding.problem,
                name => format!("{name}: {}", finding.problem),
            };
            let place = Some(Place::of(&layer.text, byte));
            let Finding { rule, pointer, .. } = finding;
            let file = layer.name.clone();
            Some(PackFault { file, place, rule, problem, pointer })
        };
        found.into_iter().filter_map(fault).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pack::rule::Rule;

    #[test]
    fn what_stands_above_goes_before_field_by_field() {
        let beneath = json!({
            "name": { "zh": "名称", "en": "name" },
            "public": { "fee": { "zh": "不收费", "en": "free" }, "basis": { "zh": "法", "en": "law" } },
            "kind": { "type": "instant", "limit_min": 30 },
            "list": [1, 2],
        });
        let above = json!({
            "name": { "zh": "别名" },
            "public": { "basis": { "zh": "条例", "en": "rules" } },
            "kind": { "type": "promised" },
            "list": [3],
        });
        let both = joined(above, beneath);
        assert_eq!(
            both,
            json!({
                "name": { "zh": "别名" },
                "public": { "fee": { "zh": "不收费", "en": "free" }, "basis": { "zh": "条例", "en": "rules" } },
                "kind": { "type": "promised" },
                "list": [3],
            })
        );
    }

    #[test]
    fn only_a_folder_beside_is_extended() {
        assert_eq!(beside("../national"), Some(Path::new("../national")));
        for other in ["", "national", "..", "../..", "../../etc", "/etc", "../a/b", "./a"] {
            assert_eq!(beside(other), None, "{other}");
        }
    }

    #[test]
    fn a_finding_is_named_and_placed() {
        let text = "a = 1\n[[b]]\nc = 2\n[[b]]\n\"x/y\" = 3\n".to_owned();
        let mut found = Findings::default();
        found.value(Rule::Malformed, "/b/1/x~1y", "is odd");
        found.name(Rule::UnknownField, "/b/0/c", "is unknown");
        found.value(Rule::Malformed, "/b/1/missing", "is missing");
        found.value(Rule::Malformed, "/b/1/missing", "is missing");
        found.value(Rule::Malformed, "/none", "is missing");
        let layers = Layers(vec![
            Layer { name: "f".into(), text },
            Layer { name: "../g/f".into(), text: "[none]\n\n[under]\ng = 4\n".to_owned() },
        ]);
        let named = |found| -> Vec<String> {
            layers.faults(found).iter().map(PackFault::to_string).collect()
        };
        assert_eq!(
            named(found),
            [
                "f:5:9: b[2].x/y: is odd",
                "f:3:1: b[1].c: is unknown",
                "f:4:1: b[2].missing: is missing",
                "../g/f:1:1: none: is missing"
            ]
        );
        let mut found = Findings::default();
        found.value(Rule::Malformed, "/under/g", "is odd");
        found.value(Rule::Malformed, "/nowhere", "is missing");
        assert_eq!(named(found), ["../g/f:4:5: under.g: is odd", "f:1:1: nowhere: is missing"]);
    }
}
