//! The one configuration file of a kiosk: TOML, unknown keys refused, units in the names.
//! Everything but the six required places has a default, written down by `kuaiban config show`.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::signer::SignerKey;
use crate::file;
use crate::pack::characters;

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
    #[serde(default)]
    pub status: Status,
}

/// Where this kiosk stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Number of this kiosk within its region, 1 to 9999; part of every case number.
    pub kiosk: u16,
    /// Simulated devices or platform: a permanent 演示 banner on the screen and on paper.
    #[serde(default)]
    pub demo: bool,
    /// Telephone number on the page *out of service* while no site pack can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotline: Option<String>,
    /// Nearest outlet with people on that page, in one line: name, address, hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlet: Option<String>,
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
    /// Base address of the bureau's platform: `https://`; `http://` to this machine itself, or in a
    /// demonstration.
    pub url: String,
    /// The kiosk's own certificate with its chain, PEM; shown to the platform (mutual TLS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<PathBuf>,
    /// The key of `identity`, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// Root certificates that the platform's own must come from, PEM; without it those of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    #[serde(default = "timeout_s")]
    pub timeout_s: u64,
    /// Longest pause between two attempts to deliver a case.
    #[serde(default = "retry_max_s")]
    pub retry_max_s: u64,
}

impl Platform {
    /// What needs no more than its address.
    pub fn at(url: String) -> Platform {
        let (timeout_s, retry_max_s) = (timeout_s(), retry_max_s());
        Platform { url, identity: None, key: None, ca: None, timeout_s, retry_max_s }
    }

    /// The address, taken apart.
    ///
    /// # Errors
    /// It is none that a platform can have.
    pub fn base(&self) -> Result<reqwest::Url, String> {
        let wrong = |what: &str| format!("platform.url = \"{}\" {what}", self.url);
        let url = reqwest::Url::parse(self.url.trim_end_matches('/'))
            .map_err(|e| wrong(&format!("is no address: {e}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("must begin with http:// or https://"));
        }
        let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if !bare || url.password().is_some() {
            return Err(wrong("must hold no user, query or fragment"));
        }
        if url.host_str().is_none() {
            return Err(wrong("names no host"));
        }
        Ok(url)
    }

    fn check(&self, demo: bool) -> Result<(), String> {
        let url = self.base()?;
        if url.scheme() == "http" && !demo && !is_this_machine(url.host_str().unwrap_or("")) {
            return Err(format!(
                "platform.url = \"{}\" would send personal data unencrypted over the network; use \
                 https:// (http:// is for this machine itself, and for site.demo = true)",
                self.url
            ));
        }
        if self.identity.is_some() != self.key.is_some() {
            return Err("platform.identity and platform.key belong together; give both or neither"
                .to_owned());
        }
        Ok(())
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// SQLite database; the sealing key lies beside it as `NAME.key`, the numbers that were given
    /// as `NAME.given`.
    pub path: PathBuf,
    /// Days for which the sealed part of a returned case is kept after its last day for correction.
    #[serde(default = "returned_kept_days")]
    pub returned_kept_days: u16,
    /// Days for which a finished case can be looked up on the kiosk; its journal rows stay.
    #[serde(default = "finished_kept_days")]
    pub finished_kept_days: u16,
}

impl Store {
    /// A database at this place, everything else as by default.
    pub fn at(path: PathBuf) -> Store {
        Store {
            path,
            returned_kept_days: returned_kept_days(),
            finished_kept_days: finished_kept_days(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Folder of the site pack.
    pub path: PathBuf,
    /// Public keys of which the pack needs one as its signer; none: it needs no signature.
    #[serde(default)]
    pub trusted_keys: Vec<SignerKey>,
    /// Minutes between two questions to the platform for packs, somewhat more or less; 0: it is never
    /// asked.
    #[serde(default = "fetch_every_min")]
    pub fetch_every_min: u32,
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

/// What the running kiosk says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Status {
    /// File that `doctor` reads; a folder that is not there is no fault.
    pub path: PathBuf,
}

impl Default for Status {
    fn default() -> Self {
        Status { path: "/run/kuaiban/status.json".into() }
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

fn fetch_every_min() -> u32 {
    60
}

fn returned_kept_days() -> u16 {
    30
}

fn finished_kept_days() -> u16 {
    365
}

/// A configuration is a page; what is larger is something else.
const LARGEST: u64 = 256 << 10;

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

/// What a file that cannot be used still says, so that the screen can say whom to call.
#[derive(Default)]
pub struct Remains {
    pub site: Option<Site>,
    /// Folder of the site pack.
    pub pack: Option<PathBuf>,
}

/// What is left of a file that cannot be used; nothing of a section that is at fault itself.
pub fn remains_of(path: &Path) -> Remains {
    let Ok(text) = file::read_text(path, LARGEST) else { return Remains::default() };
    // Of a pack that has to be signed nothing is believed before.
    let pack = section::<Pack>(&text, "pack").filter(|pack| pack.trusted_keys.is_empty());
    let pack = pack.map(|pack| beside(path, &pack.path));
    Remains { site: section(&text, "site"), pack }
}

/// A section of a text. A quotation mark that is missing elsewhere leaves it as it stands.
fn section<T: serde::de::DeserializeOwned>(text: &str, name: &str) -> Option<T> {
    let of = |text: &str| -> Option<T> {
        toml::from_str::<toml::Table>(text).ok()?.remove(name)?.try_into().ok()
    };
    let alone = || {
        let head = format!("[{name}]");
        let begin = match text.starts_with(&head) {
            true => 0,
            false => text.find(&format!("\n{head}"))? + 1,
        };
        let rest = &text[begin..];
        of(&rest[..rest.find("\n[").unwrap_or(rest.len())])
    };
    of(text).or_else(alone)
}

/// A path of a configuration file, which is taken from the file's folder.
fn beside(file: &Path, path: &Path) -> PathBuf {
    // A bare file name has the parent "", which is no folder to look into.
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    folder.join(path)
}

impl Config {
    /// Reads and checks a configuration file. Relative paths in it are taken from its folder.
    ///
    /// # Errors
    /// The file, the line and the key at fault, and what is allowed there.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let text = file::read_text(path, LARGEST)
            .map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })?;
        let invalid = |message: String| ConfigError::Invalid { path: path.to_owned(), message };
        if let Some((place, problem)) = characters::in_file(&text).into_iter().next() {
            return Err(invalid(format!(
                "line {}, column {}: {problem}",
                place.line, place.column
            )));
        }
        let mut config: Config = toml::from_str(&text).map_err(|e| {
            let fault = e.to_string();
            invalid(format!("{}\n`kuaiban config show` prints a whole example", fault.trim_end()))
        })?;
        // A simulated panel is a demonstration, whatever the file says (promise P1).
        config.site.demo |= config.buttons.backend == ButtonsBackend::Simulated;
        config.check().map_err(invalid)?;
        for place in [
            &mut config.reader.port,
            &mut config.printer.port,
            &mut config.store.path,
            &mut config.pack.path,
            &mut config.status.path,
        ]
        .into_iter()
        .chain(config.buttons.socket.as_mut())
        .chain(config.platform.identity.as_mut())
        .chain(config.platform.key.as_mut())
        .chain(config.platform.ca.as_mut())
        .chain(config.printer.fonts.iter_mut())
        {
            *place = beside(path, place);
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
        within("site.kiosk", self.site.kiosk.into(), 1, 9999)?;
        within("reader.baud", self.reader.baud.into(), 9600, 921_600)?;
        within("printer.baud", self.printer.baud.into(), 9600, 921_600)?;
        within("printer.answer_ms", self.printer.answer_ms, 200, 10_000)?;
        within("buttons.debounce_ms", self.buttons.debounce_ms, 1, 500)?;
        within("platform.timeout_s", self.platform.timeout_s, 1, 15)?;
        within("platform.retry_max_s", self.platform.retry_max_s, 1, 3600)?;
        within("store.returned_kept_days", self.store.returned_kept_days.into(), 1, 3650)?;
        within("store.finished_kept_days", self.store.finished_kept_days.into(), 1, 3650)?;
        within("pack.fetch_every_min", self.pack.fetch_every_min.into(), 0, 10_080)?;
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
        self.platform.check(self.site.demo)?;
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

    #[test]
    fn p5_whom_to_call_outlives_a_fault_elsewhere_in_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kiosk.toml");
        let whole = WHOLE.replace("kiosk = 1\n", "kiosk = 1\nhotline = \"12333\"\n");
        let hotline = |text: &str| {
            std::fs::write(&path, text).unwrap();
            remains_of(&path).site.and_then(|site| site.hotline)
        };
        let broken = whole.replace("hrss.example\"", "hrss.example");
        for text in [&whole, &broken, &format!("# moved\n[pack\n{broken}")] {
            assert_eq!(hotline(text).as_deref(), Some("12333"), "{text}");
        }
        assert_eq!(hotline(&whole.replace("\"12333\"", "\"12333")), None);
        assert_eq!(hotline(""), None);
    }

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
            ("[site]\nkiosk = 0", "site.kiosk = 0 is outside 1 to 9999"),
            ("[site]\nkiosk = 10000", "site.kiosk = 10000 is outside 1 to 9999"),
            ("[visit]\nidle_s = 1\n[site]\nkiosk = 1", "visit.idle_s = 1 is outside"),
            ("[buttons]\nbackend = \"simulated\"\n[site]\nkiosk = 1", "needs buttons.socket"),
            ("[screen]\nshort_side_mm = nan\n[site]\nkiosk = 1", "short_side_mm = NaN"),
            ("[buttons]\nlines = [5, 6, 6, 7, 8]\n[site]\nkiosk = 1", "names a line twice"),
            ("[site] # \u{200b}\nkiosk = 1", "line 1, column 10: a zero-width space (U+200B)"),
            ("", "missing field `site`"),
        ] {
            let error = load(&WHOLE.replace("[site]\nkiosk = 1", change)).unwrap_err();
            assert!(error.contains(expected), "{change}: {error}");
            assert!(error.contains("kiosk.toml"), "{error}");
        }
    }

    #[test]
    fn how_often_packs_are_fetched_has_its_bounds_and_may_be_never() {
        let with = |line: &str| load(&WHOLE.replace("[pack]", &format!("[pack]\n{line}")));
        assert_eq!(with("").unwrap().pack.fetch_every_min, 60);
        assert_eq!(with("fetch_every_min = 0").unwrap().pack.fetch_every_min, 0);
        let error = with("fetch_every_min = 10081").unwrap_err();
        assert!(error.contains("pack.fetch_every_min = 10081 is outside 0 to 10080"), "{error}");
    }

    #[test]
    fn the_platform_is_asked_in_the_clear_on_this_machine_only() {
        let with = |url: &str, site: &str| {
            let text = WHOLE.replace("https://hrss.example", url);
            load(&text.replace("[site]", &format!("[site]\n{site}")))
        };
        for url in [
            "https://hrss.example/kiosk/",
            "http://localhost:1",
            "http://127.8.0.1",
            "http://[::1]:9",
        ] {
            let config = with(url, "").unwrap_or_else(|e| panic!("{url}: {e}"));
            assert!(config.platform.base().is_ok());
        }
        for url in ["http://hrss.example", "http://10.0.0.1:80", "http://127.0.0.1.example"] {
            let error = with(url, "").unwrap_err();
            assert!(error.contains("unencrypted") && error.contains("https://"), "{error}");
            assert!(with(url, "demo = true").is_ok(), "{url}: a demonstration");
        }
        for (url, expected) in [
            ("ftp://hrss.example", "must begin with http"),
            ("hrss.example", "is no address"),
            ("https://", "is no address"),
            ("https://user:word@hrss.example", "no user, query or fragment"),
            ("https://hrss.example?x=1", "no user, query or fragment"),
        ] {
            let error = with(url, "").unwrap_err();
            assert!(error.contains(expected), "{url}: {error}");
        }
    }

    #[test]
    fn the_kiosks_certificate_and_its_key_come_together_and_lead_from_the_file() {
        let with = |lines: &str| load(&WHOLE.replace("[store]", &format!("{lines}[store]")));
        let platform = with("identity = \"kiosk.pem\"\nkey = \"/k/kiosk.key\"\nca = \"ca.pem\"\n")
            .unwrap()
            .platform;
        assert!(platform.identity.unwrap().is_absolute());
        assert_eq!(platform.key.unwrap(), Path::new("/k/kiosk.key"));
        assert!(platform.ca.unwrap().ends_with("ca.pem"));
        for lines in ["identity = \"kiosk.pem\"\n", "key = \"kiosk.key\"\n"] {
            assert!(with(lines).unwrap_err().contains("belong together"));
        }
    }
}
