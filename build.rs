//! Turns the catalogue of sentences (`ui/lang/*.toml`) into `say.rs` for Rust and `say.slint` for
//! the screens, then compiles the screens. One catalogue, so a sentence cannot differ between the
//! screen, the slip and the command line. The list of the pages is made from `ui/pages/`, and the
//! first letters of Han characters from a dictionary of pinyin.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

type Catalogue = BTreeMap<String, (String, String)>;

fn main() {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let catalogue = read_catalogue(Path::new("ui/lang"));
    std::fs::write(out.join("say.rs"), rust_constants(&catalogue)).expect("OUT_DIR is writable");
    std::fs::write(out.join("initials.bin"), initials()).expect("OUT_DIR is writable");

    #[cfg(feature = "screen")]
    {
        write_as_old(&out.join("say.slint"), &slint_global(&catalogue));
        write_as_old(&out.join("pages.slint"), &slint_pages(Path::new("ui/pages")));
        let ui = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
        let config = slint_build::CompilerConfiguration::new()
            .with_include_paths(vec![out, ui.join("ui")])
            .with_style("fluent-light".into())
            // The demo and the tests find controls by their accessible ids.
            .with_debug_info(cfg!(feature = "demo"));
        let root = if cfg!(feature = "demo") { "ui/demo/demo.slint" } else { "ui/api.slint" };
        slint_build::compile_with_config(root, config).unwrap_or_else(|e| {
            eprintln!("{e}");
            panic!("the screens do not compile");
        });
    }
}

/// The first letters of the pinyin of each Han character from U+4E00 to U+9FFF, four bytes each with
/// the lowest first: bits 0 to 25 are `a` to `z` by all readings, bits 27 to 31 the place of that of
/// the most common one. The dictionary itself would take six times as much room in the program.
fn initials() -> Vec<u8> {
    use pinyin::ToPinyinMulti as _;
    let place = |reading: pinyin::Pinyin| {
        let first = reading.plain().bytes().next().filter(u8::is_ascii_lowercase);
        first.map(|letter| u32::from(letter - b'a'))
    };
    let of = |character: char| {
        let readings = character.to_pinyin_multi()?;
        let common = place(readings.get_opt(0)?)?;
        let all = readings.into_iter().filter_map(place).fold(0, |all, place| all | 1 << place);
        Some(common << 27 | all)
    };
    ('\u{4e00}'..='\u{9fff}').flat_map(|c| of(c).unwrap_or(0).to_le_bytes()).collect()
}

/// Slint's compiler names every file that it reads as a reason to run again. This one is new in
/// every run, so it must not look so, or each build would begin anew.
#[cfg(feature = "screen")]
fn write_as_old(path: &Path, text: &str) {
    let day_one = std::time::UNIX_EPOCH + std::time::Duration::from_secs(86_400);
    std::fs::write(path, text)
        .and_then(|()| std::fs::File::options().write(true).open(path)?.set_modified(day_one))
        .expect("OUT_DIR is writable");
}

fn read_catalogue(dir: &Path) -> Catalogue {
    println!("cargo:rerun-if-changed={}", dir.display());
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap_or_else(|e| panic!("{}: {e}", dir.display()))
        .map(|entry| entry.expect("directory entry").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "toml"))
        .collect();
    files.sort();
    let mut all = Catalogue::new();
    for path in files {
        println!("cargo:rerun-if-changed={}", path.display());
        let text = std::fs::read_to_string(&path).expect("catalogue file is readable UTF-8");
        let table: toml::Table = text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for (key, value) in table {
            let sentence = |lang: &str| {
                value.get(lang).and_then(|v| v.as_str()).map(str::to_owned).unwrap_or_else(|| {
                    panic!("{}: [{key}] has no sentence for `{lang}`", path.display())
                })
            };
            let both = (sentence("zh"), sentence("en"));
            assert_eq!(
                placeholders(&both.0),
                placeholders(&both.1),
                "{}: [{key}] names different placeholders in zh and en",
                path.display()
            );
            let twice = all.insert(key.clone(), both).is_some();
            assert!(!twice, "{}: [{key}] stands twice in the catalogue", path.display());
        }
    }
    all
}

/// The `{name}` places of a sentence, sorted.
fn placeholders(sentence: &str) -> Vec<&str> {
    let mut names: Vec<_> =
        sentence.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    names.sort_unstable();
    names
}

fn rust_constants(catalogue: &Catalogue) -> String {
    let mut text = String::new();
    for (key, (zh, en)) in catalogue {
        let name = key.to_uppercase().replace('-', "_");
        writeln!(text, "pub const {name}: Sentence = Sentence {{ zh: {zh:?}, en: {en:?} }};")
            .expect("writing to a String");
    }
    text
}

/// Sentences without placeholders, as properties that follow the chosen language.
#[cfg(feature = "screen")]
fn slint_global(catalogue: &Catalogue) -> String {
    let quote = |s: &str| {
        format!("\"{}\"", s.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
    };
    let mut text = String::from("export global Say {\n    in property <bool> english;\n");
    for (key, (zh, en)) in catalogue {
        if placeholders(zh).is_empty() {
            writeln!(
                text,
                "    out property <string> {key}: english ? {} : {};",
                quote(en),
                quote(zh)
            )
            .expect("writing to a String");
        }
    }
    text + "}\n"
}

/// A component that shows the page whose name stands in `Kiosk.page`. A page is a file
/// `pages/NAME.slint` with a component `NamePage`, and a global `Name` that has what it shows.
#[cfg(feature = "screen")]
fn slint_pages(dir: &Path) -> String {
    println!("cargo:rerun-if-changed={}", dir.display());
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap_or_else(|e| panic!("{}: {e}", dir.display()))
        .map(|entry| entry.expect("directory entry").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "slint"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    let mut imports = String::from("import { Kiosk } from \"state.slint\";\n");
    let mut shown = String::from("export component Pages inherits Rectangle {\n");
    let mut globals = Vec::new();
    for name in names {
        let global = name[..1].to_uppercase() + &name[1..];
        writeln!(imports, "import {{ {global}, {global}Page }} from \"pages/{name}.slint\";")
            .and_then(|()| {
                writeln!(
                    shown,
                    "    if Kiosk.page == \"{name}\": {global}Page {{ width: 100%; height: 100%; }}"
                )
            })
            .expect("writing to a String");
        globals.push(global);
    }
    let globals = globals.join(", ");
    format!("{imports}\n{shown}}}\n\nexport {{ {globals} }}\nexport * from \"state.slint\";\n")
}
