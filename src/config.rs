//! The one configuration file of a kiosk: TOML, unknown keys refused, units in the names.
//! Everything but the six required places has a default, written down by `kuaiban config show`.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The whole file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub site: Site,
    pub reader: Reader,
    pub printer: Printer,
    #[serde(default)]
    pub buttons: Buttons,
    pub platform: Platform,
    pub store: Store,
    pub pack: Pack,
    #[serde(default)]
    pub visit: Visit,
    #[serde(default)]
    pub screen: Screen,
}

/// Where this kiosk stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Number of this kiosk within its region, 0 to 99; part of every case number.
    pub kiosk: u8,
    /// Simulated devices or platform: a permanent 演示 banner on the screen and on paper.
    #[serde(default)]
    pub demo: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    pub port: PathBuf,
    #[serde(default = "baud_115200")]
    pub baud: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printer {
    pub port: PathBuf,
    #[serde(default = "baud_115200")]
    pub baud: u32,
    #[serde(default)]
    pub paper: Paper,
    #[serde(default)]
    pub charset: Charset,
    /// Font used to draw characters that the printer cannot encode; empty: the first CJK font
    /// found in the usual places.
    #[serde(default)]
    pub fonts: Vec<PathBuf>,
    #[serde(default)]
    pub answers: Answers,
    /// Milliseconds that the printer has for an answer, 200 to 10,000.
    #[serde(default = "answer_ms")]
    pub answer_ms: u64,
}

/// Default of [`Printer::answer_ms`]: what the slowest first acknowledgement takes
/// (`protocols.md` §2.3).
pub const ANSWER_MS: u64 = 1500;

/// What the printer sends back on its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answers {
    /// It answers at least when it is asked how it is.
    #[default]
    Status,
    /// Its return line is not connected. It is never asked anything, the outcome of every slip is
    /// unknown, and the citizen is asked instead.
    None,
}

/// Width of the paper roll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Paper {
    /// 576 dots, 48 Latin or 24 Han characters a line.
    #[default]
    #[serde(rename = "80mm")]
    Mm80,
    /// 384 dots, 32 Latin or 16 Han characters a line.
    #[serde(rename = "58mm")]
    Mm58,
}

/// What the printer's own Chinese font can encode; anything else is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Charset {
    /// Two- and four-byte codes.
    Gb18030,
    /// Two-byte codes only; what every Chinese receipt printer has.
    #[default]
    Gbk,
    /// Draw every Han character (printers without a Chinese font).
    None,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Buttons {
    pub backend: ButtonsBackend,
    /// Label of the GPIO chip for the `gpiocdev` back end; empty: the first chip whose label is
    /// that of a Raspberry Pi.
    pub chip: String,
    /// GPIO line of each key from 非常满意 to 非常不满意; active low.
    pub lines: [u32; 5],
    /// Socket of the simulated panel, for the `simulated` back end.
    pub socket: Option<PathBuf>,
    pub debounce_ms: u64,
}

impl Default for Buttons {
    fn default() -> Self {
        Buttons {
            backend: ButtonsBackend::Auto,
            chip: String::new(),
            lines: [5, 6, 13, 19, 26],
            socket: None,
            debounce_ms: 30,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ButtonsBackend {
    /// `rppal` on a Raspberry Pi that it knows, else `gpiocdev`, else none.
    Auto,
    Rppal,
    Gpiocdev,
    Simulated,
    /// No panel: evaluation by touch only.
    None,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Base address of the bureau's platform, `http://` or `https://`.
    pub url: String,
    #[serde(default = "timeout_s")]
    pub timeout_s: u64,
    /// Longest pause between two attempts to deliver a case.
    #[serde(default = "retry_max_s")]
    pub retry_max_s: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// SQLite database; the sealing key lies beside it as `NAME.key`.
    pub path: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Folder of the site pack.
    pub path: PathBuf,
}

/// How long the kiosk waits for people. Assisted mode gives three times as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Visit {
    /// Seconds without a touch until the warning.
    pub idle_s: u32,
    /// Seconds of warning until the visit ends.
    pub warning_s: u32,
    /// Seconds in which an evaluation can be undone.
    pub undo_s: u32,
    /// Seconds that the farewell stays.
    pub farewell_s: u32,
    /// Seconds to wait for the platform before a slip is printed with what is known.
    pub platform_wait_s: u32,
}

impl Default for Visit {
    fn default() -> Self {
        Visit { idle_s: 60, warning_s: 20, undo_s: 10, farewell_s: 8, platform_wait_s: 10 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Screen {
    /// Width of the visible panel in millimetres, short side; 21.5 inch: 268.
    pub short_side_mm: f32,
}

impl Default for Screen {
    fn default() -> Self {
        Screen { short_side_mm: 268.0 }
    }
}

fn baud_115200() -> u32 {
    115_200
}

fn answer_ms() -> u64 {
    ANSWER_MS
}

fn timeout_s() -> u64 {
    8
}

fn retry_max_s() -> u64 {
    300
}

/// A configuration is a page; what is larger is something else.
const LARGEST: u64 = 256 << 10;

fn read(path: &Path) -> std::io::Result<String> {
    use std::io::{Error, ErrorKind, Read};
    let mut text = String::new();
    let read = std::fs::File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if read as u64 > LARGEST {
        return Err(Error::new(ErrorKind::FileTooLarge, "larger than 256 KiB, no configuration"));
    }
    Ok(text)
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path}: cannot be read: {cause}; {}", remedy(cause))]
    Unreadable { path: PathBuf, cause: std::io::Error },
    #[error("{path}: {message}")]
    Invalid { path: PathBuf, message: String },
}

fn remedy(cause: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match cause.kind() {
        ErrorKind::InvalidData => "save the file as UTF-8",
        ErrorKind::PermissionDenied => "let the kiosk's user read it (mode 644)",
        _ => "give the path of a kiosk.toml with --config",
    }
}

impl Config {
    /// Reads and checks a configuration file. Relative paths in it are taken from its folder.
    ///
    /// # Errors
    /// The file, the line and the key at fault, and what is allowed there.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let text =
            read(path).map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })?;
        let invalid = |message: String| ConfigError::Invalid { path: path.to_owned(), message };
        let mut config: Config = toml::from_str(&text).map_err(|e| {
            let fault = e.to_string();
            invalid(format!("{}\n`kuaiban config show` prints a whole example", fault.trim_end()))
        })?;
        config.check().map_err(invalid)?;
        // A simulated panel is a demonstration, whatever the file says (promise P1).
        config.site.demo |= config.buttons.backend == ButtonsBackend::Simulated;
        // A bare file name has the parent "", which is no folder to look into.
        let base = path.parent().filter(|base| *base != Path::new("")).unwrap_or(Path::new("."));
        for place in [
            &mut config.reader.port,
            &mut config.printer.port,
            &mut config.store.path,
            &mut config.pack.path,
        ]
        .into_iter()
        .chain(config.buttons.socket.as_mut())
        .chain(config.printer.fonts.iter_mut())
        {
            *place = base.join(&*place);
        }
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        let within = |name: &str, value: u64, low: u64, high: u64| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(format!("{name} = {value} is outside {low} to {high}"))
            }
        };
        within("site.kiosk", self.site.kiosk.into(), 0, 99)?;
        within("reader.baud", self.reader.baud.into(), 9600, 921_600)?;
        within("printer.baud", self.printer.baud.into(), 9600, 921_600)?;
        within("printer.answer_ms", self.printer.answer_ms, 200, 10_000)?;
        within("buttons.debounce_ms", self.buttons.debounce_ms, 1, 500)?;
        within("platform.timeout_s", self.platform.timeout_s, 1, 15)?;
        within("platform.retry_max_s", self.platform.retry_max_s, 1, 3600)?;
        within("visit.idle_s", self.visit.idle_s.into(), 3, 3600)?;
        within("visit.warning_s", self.visit.warning_s.into(), 3, 600)?;
        within("visit.undo_s", self.visit.undo_s.into(), 1, 60)?;
        within("visit.farewell_s", self.visit.farewell_s.into(), 1, 60)?;
        within("visit.platform_wait_s", self.visit.platform_wait_s.into(), 1, 60)?;
        if !(100.0..=2000.0).contains(&self.screen.short_side_mm) {
            return Err(format!(
                "screen.short_side_mm = {} is outside 100 to 2000",
                self.screen.short_side_mm
            ));
        }
        if !self.platform.url.starts_with("http://") && !self.platform.url.starts_with("https://") {
            return Err(format!(
                "platform.url = \"{}\" must begin with http:// or https://",
                self.platform.url
            ));
        }
        for (name, place) in [
            ("reader.port", &self.reader.port),
            ("printer.port", &self.printer.port),
            ("store.path", &self.store.path),
            ("pack.path", &self.pack.path),
        ] {
            if place.as_os_str().is_empty() {
                return Err(format!("{name} is empty; give a path"));
            }
        }
        let mut lines = self.buttons.lines;
        lines.sort_unstable();
        if lines.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(format!("buttons.lines = {:?} names a line twice", self.buttons.lines));
        }
        if self.buttons.backend == ButtonsBackend::Simulated && self.buttons.socket.is_none() {
            return Err("buttons.backend = \"simulated\" needs buttons.socket".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "[site]\nkiosk = 1\n[reader]\nport = \"reader\"\n\
        [printer]\nport = \"/dev/printer\"\n[platform]\nurl = \"https://hrss.example\"\n\
        [store]\npath = \"kiosk.db\"\n[pack]\npath = \"pack\"\n";

    fn load(text: &str) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kiosk.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(&path)
            .inspect(|config| assert_eq!(config.reader.port, dir.path().join("reader")))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_has_no_default_is_enough_and_paths_lead_from_the_file() {
        let config = load(WHOLE).unwrap();
        assert_eq!(config.printer.port, Path::new("/dev/printer"));
        assert_eq!(config.visit, Visit::default());
        assert_eq!(config.reader.baud, 115_200);
    }

    #[test]
    fn a_wrong_configuration_is_refused_with_place_and_remedy() {
        for (change, expected) in [
            ("[site]\ncolour = 1\nkiosk = 1", "unknown field `colour`"),
            ("[site]\nkiosk = 100", "site.kiosk = 100 is outside 0 to 99"),
            ("[visit]\nidle_s = 1\n[site]\nkiosk = 1", "visit.idle_s = 1 is outside"),
            ("[buttons]\nbackend = \"simulated\"\n[site]\nkiosk = 1", "needs buttons.socket"),
            ("[screen]\nshort_side_mm = nan\n[site]\nkiosk = 1", "short_side_mm = NaN"),
            ("[buttons]\nlines = [5, 6, 6, 7, 8]\n[site]\nkiosk = 1", "names a line twice"),
            ("", "missing field `site`"),
        ] {
            let error = load(&WHOLE.replace("[site]\nkiosk = 1", change)).unwrap_err();
            assert!(error.contains(expected), "{change}: {error}");
            assert!(error.contains("kiosk.toml"), "{error}");
        }
        let error = load(&WHOLE.replace("https://", "ftp://")).unwrap_err();
        assert!(error.contains("must begin with http"), "{error}");
    }
}
