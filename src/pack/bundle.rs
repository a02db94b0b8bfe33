//! A pack in one piece ([`PackFile`]), as a platform gives it: made of a folder, and laid out in one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::fault::{PackErrors, PackFault};
use super::files::{self, FILE_BYTES, Listing, PARTS};
use super::rule::Rule;
use crate::contract::pack::{PackFile, PackText, TEXTS_MAX};
use crate::file;

/// Longest name of a file, in bytes.
const NAME_BYTES: usize = 100;

/// Why the file of a pack was not laid out.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Whoever made it did something wrong.
    #[error("{0}")]
    Refused(String),
    /// This disk.
    #[error("{0}: {1}")]
    Disk(PathBuf, std::io::Error),
}

/// The file of the pack in a folder, whatever its faults.
///
/// # Errors
/// `pack.toml` or another file of it cannot be read.
pub fn bundle(folder: &Path) -> Result<PackFile, PackErrors> {
    let errors = |fault| PackErrors { folder: folder.to_owned(), faults: vec![fault], frame: None };
    // Every kind of file is named: what is forgotten here would reach no kiosk.
    let Listing { items, packages, policies, calendars, faults: _, warnings: _ } =
        files::list(folder, &[]);
    let alone = top()
        .map(PathBuf::from)
        .filter(|name| *name == Path::new(files::MANIFEST) || folder.join(name).exists());
    let text = |name: PathBuf| -> Result<PackText, PackFault> {
        let text = files::read_text(folder, &name)?;
        if name == Path::new(files::MANIFEST) && leans_on_another(&text) {
            let problem = "extends another pack; make one of both: kuaiban pack flatten";
            return Err(PackFault::of_file(&name, Rule::DanglingReference, problem));
        }
        Ok(PackText { name: name.to_string_lossy().into_owned(), text })
    };
    let names = alone.chain(items).chain(packages).chain(policies).chain(calendars);
    let files: Vec<PackText> = names.map(text).collect::<Result<_, _>>().map_err(errors)?;
    let version = super::outline(folder).map(|outline| outline.version);
    let missing = || {
        let problem = "says no version";
        errors(PackFault::of_file(Path::new(files::MANIFEST), Rule::ValueMissing, problem))
    };
    Ok(PackFile { version: version.ok_or_else(missing)?, files })
}

/// Lays a pack out in a new folder, and on the disk. Nothing of it is checked but that it has the
/// form of a pack and stays in its folder; what is left of a failure is the caller's to remove.
///
/// # Errors
/// A name that no file of a pack has, or too much of anything; or the disk.
pub fn lay_out(pack: &PackFile, folder: &Path) -> Result<(), BundleError> {
    let refused = |why: String| Err(BundleError::Refused(why));
    if pack.files.len() > TEXTS_MAX {
        return refused(format!("more than {TEXTS_MAX} files"));
    }
    let mut names = HashSet::new();
    for PackText { name, text } in &pack.files {
        if !is_name(name) {
            let shown: String = name.chars().take(NAME_BYTES).collect();
            return refused(format!("{shown:?} is no name of a file of a pack"));
        }
        if !names.insert(name.as_str()) {
            return refused(format!("{name} stands twice"));
        }
        if text.len() as u64 > FILE_BYTES {
            return refused(format!("{name} is larger than {} KiB", FILE_BYTES / 1024));
        }
        if name == files::MANIFEST && leans_on_another(text) {
            return refused(format!(
                "{name} extends another pack, which is not in the file; the platform offers \
                 complete packs: kuaiban pack flatten"
            ));
        }
    }
    let disk = |path: &Path| {
        let path = path.to_owned();
        move |error| BundleError::Disk(path, error)
    };
    std::fs::create_dir(folder).map_err(disk(folder))?;
    let folders: Vec<PathBuf> = folders().map(|name| folder.join(name)).collect();
    for within in &folders {
        std::fs::create_dir(within).map_err(disk(within))?;
    }
    for PackText { name, text } in &pack.files {
        let path = folder.join(name);
        file::write_new(&path, text.as_bytes()).map_err(disk(&path))?;
    }
    // Folders after what is in them.
    for within in folders.iter().map(PathBuf::as_path).chain([folder]) {
        file::sync_folder(within).map_err(disk(within))?;
    }
    Ok(())
}

/// The files of a pack that lie in no folder of it.
fn top() -> impl Iterator<Item = &'static str> {
    PARTS.into_iter().filter(|name| name.ends_with(".toml"))
}

/// The folders of a pack.
fn folders() -> impl Iterator<Item = &'static str> {
    PARTS.into_iter().filter(|name| !name.ends_with(".toml"))
}

/// Whether a name is that of a file of a pack: none leads out of its folder.
fn is_name(name: &str) -> bool {
    let Some((folder, file)) = name.split_once('/') else { return top().any(|own| own == name) };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    folders().any(|own| own == folder)
        && file.len() <= NAME_BYTES
        && file.starts_with(char::is_alphanumeric)
        && file.ends_with(".toml")
        && file.chars().all(plain)
}

/// Whether a `pack.toml` needs a folder beside its own, where nobody knows what lies.
fn leans_on_another(text: &str) -> bool {
    let (table, _) = toml::de::DeTable::parse_recoverable(text);
    table.get_ref().keys().any(|key| key.get_ref() == "extends")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::packs;

    fn text(name: &str) -> PackText {
        PackText { name: name.to_owned(), text: String::new() }
    }

    fn refusal(files: Vec<PackText>) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("pack");
        let laid = lay_out(&PackFile { version: "1".to_owned(), files }, &to);
        let outside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(outside.len(), usize::from(laid.is_ok()), "nothing beside it: {outside:?}");
        laid.err().map(|error| error.to_string())
    }

    #[test]
    fn a_pack_that_was_laid_out_is_the_pack_that_was_sent() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (packs::sample_folder().unwrap(), folder.path().join("pack"));
        let sent = bundle(&from).unwrap();
        assert_eq!(sent.version, "2026.11-sample");
        lay_out(&sent, &to).unwrap();
        assert_eq!(super::super::load(&to).unwrap(), super::super::load(&from).unwrap());
        assert_eq!(bundle(&to).unwrap(), sent);
        assert!(matches!(lay_out(&sent, &to), Err(BundleError::Disk(..))), "it is not new");
        assert!(bundle(folder.path()).is_err());
    }

    #[test]
    fn a_hostile_name_reaches_no_disk() {
        for name in [
            "",
            "..",
            "../pack.toml",
            "/etc/pack.toml",
            "items/../../x.toml",
            "items/..",
            "items//x.toml",
            "items/.x.toml",
            "items/a/b.toml",
            "items\\x.toml",
            "items/x.toml\0",
            "items/x\n.toml",
            "items/x.toml.new",
            "items/x.sh",
            "items",
            "scripts/x.toml",
            "kiosk.toml",
            "Pack.toml",
            "./pack.toml",
        ] {
            let said = refusal(vec![text(name)]);
            assert!(said.is_some_and(|said| said.contains("is no name")), "{name:?}");
        }
        let long = format!("items/{}.toml", "x".repeat(200));
        assert!(refusal(vec![text(&long)]).unwrap().len() < 200);
        for name in
            ["pack.toml", "signature.toml", "items/10-参保 查询.v2.toml", "calendars/2026.toml"]
        {
            assert_eq!(refusal(vec![text(name)]), None, "{name}");
        }
    }

    #[test]
    fn too_much_of_anything_is_refused() {
        let twice = refusal(vec![text("items/1-a.toml"), text("items/1-a.toml")]);
        assert_eq!(twice.as_deref(), Some("items/1-a.toml stands twice"));
        let many = (0..=TEXTS_MAX).map(|n| text(&format!("items/{n}-x.toml"))).collect();
        assert!(refusal(many).unwrap().contains("more than 4096 files"));
        let long = PackText { text: "#".repeat(FILE_BYTES as usize + 1), ..text("pack.toml") };
        assert!(refusal(vec![long]).unwrap().contains("larger than 256 KiB"));
    }

    /// Its base would be whatever lies beside it on the kiosk.
    #[test]
    fn a_pack_that_needs_another_is_refused() {
        let overlay = |line: &str| {
            refusal(vec![PackText {
                text: format!("version = \"1\"\n{line}\n"),
                ..text("pack.toml")
            }])
        };
        assert!(overlay("extends = \"../national\"").unwrap().contains("kuaiban pack flatten"));
        assert!(overlay("\"extends\" = 1\nbroken").unwrap().contains("extends another pack"));
        assert_eq!(overlay("# extends = \"../national\""), None);
    }
}
