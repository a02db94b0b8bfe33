//! Materials: each named once, none that was abolished, and a commitment for what may follow.

use super::{Findings, Rule, twice};
use crate::domain::item::{Item, ItemKind};
use crate::domain::listing::Commitment;
use crate::domain::material::{Material, Materials, Source};

/// The rules for `materials.toml`.
pub(in crate::pack) fn list(materials: &Materials, found: &mut Findings) {
    let materials = &materials.materials;
    let ids = materials.iter().map(|material| material.id.as_str());
    twice(Rule::MaterialTwice, ids, found, |i| format!("/materials/{i}/id"));
}

/// The rules for what an item needs; `known` are the materials of the pack.
pub(super) fn check(item: &Item, known: Option<&[Material]>, found: &mut Findings) {
    for (i, need) in item.materials.iter().enumerate() {
        let pointer = format!("/materials/{i}/material");
        let id = &need.material;
        if item.materials[..i].iter().any(|other| other.material == *id) {
            let problem = format!("\"{id}\" stands twice; a citizen is asked for it once");
            found.value(Rule::MaterialTwice, &pointer, problem);
        }
        let Some(known) = known else { continue };
        match known.iter().find(|material| material.id == *id) {
            None => {
                let problem = format!("no material is called \"{id}\"; write it in materials.toml");
                found.value(Rule::DanglingReference, &pointer, problem);
            }
            Some(Material { cancelled: Some(by), .. }) => {
                let problem = format!(
                    "\"{id}\" was abolished ({}) and may not be asked for; take it out",
                    by.zh
                );
                found.value(Rule::CancelledProof, &pointer, problem);
            }
            Some(_) => {}
        }
    }
    let may_follow = item.materials.iter().position(|need| need.deficiency);
    if let Some(i) = may_follow
        && item.kind != ItemKind::Handoff
        && !item.commitments.contains(&Commitment::Deficiency)
    {
        let problem = "may follow later, and the item asks for no commitment; add \"deficiency\" to \
                       commitments";
        let pointer = format!("/materials/{i}/deficiency");
        found.value(Rule::MissingMaterialWithoutCommitment, pointer, problem);
    }
    let given = item.materials.iter().position(|need| need.from == Source::Given);
    if let (true, Some(i)) = (item.proof_free, given) {
        let problem = "is given by the citizen, and the item calls itself free of proofs; write another \
                       source, or take proof_free out";
        found.value(Rule::Handling, format!("/materials/{i}/from"), problem);
    }
}
