//! The packs that are shipped: the small sample, which tests use and spoil, and those of the size of a
//! real one, which the demonstration shows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::form::RegionList;
use crate::domain::pack::{Item, Pack};

const IN_TREE: &str = "kiosk-image/site-packs";

/// Folder of the sample pack.
pub fn sample_folder() -> Option<PathBuf> {
    shipped_folder("sample")
}

/// Folder of a pack that is shipped: in the current folder's checkout, beside the binary's, or
/// installed.
pub fn shipped_folder(name: &str) -> Option<PathBuf> {
    let in_tree = Path::new(IN_TREE).join(name);
    let mut places = vec![in_tree.clone()];
    if let Ok(binary) = std::env::current_exe() {
        places.extend(binary.ancestors().skip(1).map(|folder| folder.join(&in_tree)));
    }
    places.push(Path::new("/usr/share/kuaiban/site-packs").join(name));
    places
        .into_iter()
        .find(|place| place.join("pack.toml").is_file())
        .and_then(|place| place.canonicalize().ok())
}

/// The sample pack, read as the kiosk reads it.
///
/// # Panics
/// Outside a checkout, or when the sample pack has a fault: a test tells that by itself.
pub fn sample() -> Arc<Pack> {
    let folder = sample_folder().expect("run from the checkout, where the sample pack is");
    Arc::new(crate::pack::load(&folder).expect("the sample pack is flawless"))
}

/// A copy of the sample pack in a folder that is there, to be spoiled.
///
/// # Panics
/// Outside a checkout, or where nothing can be written.
pub fn copy_sample(to: &Path) {
    copy(&sample_folder().expect("run from the checkout, where the sample pack is"), to);
}

/// The sample pack with as many items as this, in a folder that is there.
///
/// # Panics
/// Outside a checkout, where nothing can be written, and for more than 9,000 items.
pub fn with_items(to: &Path, many: usize) {
    copy_sample(to);
    let items = to.join("items");
    let mut given: Vec<PathBuf> = std::fs::read_dir(&items)
        .expect("items")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    given.sort();
    let texts: Vec<String> =
        given.iter().map(|file| std::fs::read_to_string(file).expect("an item")).collect();
    for number in given.len()..many {
        let (_, rest) = texts[number % texts.len()].split_once('\n').expect("its id first");
        let file = items.join(format!("{}-item.toml", 1000 + number));
        std::fs::write(file, format!("id = \"item_{number}\"\n{rest}")).expect("written");
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder of the sample") {
        let from = entry.expect("an entry").path();
        let to = to.join(from.file_name().expect("a name"));
        if from.is_dir() {
            std::fs::create_dir(&to).expect("a folder that can be written");
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).expect("a copy");
        }
    }
}

/// The sample pack with an item `every_kind`, which asks a question of each kind, and regions to
/// choose from.
///
/// # Panics
/// As for [`sample`], and when a file of `every_kind/` is not one of a pack: a test tells that by
/// itself.
pub fn every_kind() -> Arc<Pack> {
    let mut pack = Pack::clone(&sample());
    let [(_, item), (_, regions)] = EVERY_KIND;
    let item = toml::from_str::<Item>(item).expect("a file of items/");
    pack.items.push(Item { number: 90, ..item });
    let regions: RegionList = toml::from_str(regions).expect("a regions.toml");
    pack.regions = regions.into();
    Arc::new(pack)
}

/// The files of [`every_kind`] by their places in a pack.
pub const EVERY_KIND: [(&str, &str); 2] = [
    ("items/90-every-kind.toml", include_str!("every_kind/item.toml")),
    ("regions.toml", include_str!("every_kind/regions.toml")),
];

/// A pack like the sample, in a new folder: of this version, from this day, official or not. An
/// official one is of a region that does not exist.
///
/// # Panics
/// Outside a checkout, or where nothing can be written.
pub fn write(to: &Path, version: &str, effective_from: Option<&str>, official: bool) {
    std::fs::create_dir_all(to).expect("a folder that can be written");
    copy_sample(to);
    change(to, "\"2026.11-sample\"", &format!("{version:?}"));
    if let Some(day) = effective_from {
        change(to, "as_of = ", &format!("effective_from = {day:?}\nas_of = "));
    }
    if official {
        change(to, "standing = \"sample\"", "standing = \"official\"");
        change(to, "\"000000\"", &format!("{OFFICIAL_REGION:?}"));
    }
}

/// Of the official packs of tests; nobody lives there.
pub const OFFICIAL_REGION: &str = "990099";

/// Changes the first place of a text in a `pack.toml`.
///
/// # Panics
/// There is none.
pub fn change(folder: &Path, from: &str, to: &str) {
    let path = folder.join("pack.toml");
    let text = std::fs::read_to_string(&path).expect("the pack.toml of a pack");
    assert!(text.contains(from), "{from}");
    std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
}

/// A private key as OpenSSL writes it, of 32 bytes like this one (RFC 8410 §7).
///
/// # Panics
/// Where nothing can be written.
pub fn private_key(folder: &Path, seed: u8) -> PathBuf {
    let der = [
        &[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20][..],
        &[seed; 32],
    ];
    // 48 bytes: no padding.
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let base64: String = (der.concat().chunks(3))
        .map(|three| three.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte)))
        .flat_map(|bits| [18, 12, 6, 0].map(|shift| DIGITS[bits >> shift & 63] as char))
        .collect();
    let file = folder.join(format!("{seed}.pem"));
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n");
    std::fs::write(&file, pem).expect("written");
    file
}
