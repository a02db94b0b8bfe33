//! Opening what stands behind the screen, and why that failed: a fault becomes the page *out of
//! service* (暂停服务) with its cause by number, never a dark panel.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::clock::WallClock;
use crate::config::{self, Config, ConfigError, Remains, Site};
use crate::devices::buttons::{self, Buttons, ButtonsError};
use crate::devices::printer::{self, LastSlip, Printer};
use crate::devices::reader::{self, Reader};
use crate::domain::pack::{Bilingual, Pack};
use crate::pack::{self, Contacts, PackErrors};
use crate::packs::{Opened, Packs};
use crate::platform::{Client, ClientError};
use crate::say::{self, Lang, Sentence};
use crate::screen::{self, Devices, Kept, Moment, OutOfService, View};
use crate::store::{Store, StoreError};
use crate::visit::Visit;

use super::packs::Held;
use super::{Inbox, Input};

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $words:ident;)*) => {
        /// Why a kiosk cannot serve. The numbers are told by telephone and stand in reports: none
        /// is ever given another meaning. The first digit says which part: 1 configuration, 2 site
        /// pack, 3 store, 4 platform, 5 devices, 9 the program itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Cause {
            $($(#[$doc])* $name,)*
        }

        impl Cause {
            pub const ALL: &[Cause] = &[$(Cause::$name,)*];

            /// What a citizen reads and tells.
            pub fn number(self) -> u16 {
                match self { $(Cause::$name => $number,)* }
            }

            /// What a technician reads: the fault and the remedy.
            pub fn words(self) -> Sentence {
                match self { $(Cause::$name => say::$words,)* }
            }
        }
    };
}

causes! {
    ConfigUnreadable = 101, CAUSE_CONFIG_UNREADABLE;
    ConfigInvalid = 102, CAUSE_CONFIG_INVALID;
    PackFaulty = 201, CAUSE_PACK_FAULTY;
    StoreHeld = 301, CAUSE_STORE_HELD;
    StoreForeign = 302, CAUSE_STORE_FOREIGN;
    StoreDamaged = 303, CAUSE_STORE_DAMAGED;
    StoreMissing = 304, CAUSE_STORE_MISSING;
    StoreKey = 305, CAUSE_STORE_KEY;
    StoreFull = 306, CAUSE_STORE_FULL;
    /// Read-only, not mounted, not permitted, or the disk itself fails.
    StoreUnwritable = 307, CAUSE_STORE_UNWRITABLE;
    PlatformSettings = 401, CAUSE_PLATFORM_SETTINGS;
    ReaderDriver = 501, CAUSE_READER_DRIVER;
    PrinterDriver = 502, CAUSE_PRINTER_DRIVER;
    PanelDriver = 503, CAUSE_PANEL_DRIVER;
    /// No fault yet: the disk takes its time.
    Opening = 900, CAUSE_OPENING;
    PartEnded = 901, CAUSE_PART_ENDED;
}

impl Cause {
    /// The cause with this number.
    pub fn of(number: u16) -> Option<Cause> {
        Cause::ALL.iter().copied().find(|cause| cause.number() == number)
    }
}

/// What keeps the kiosk from serving; says the place and the remedy to whoever reads the log.
#[derive(Debug, thiserror::Error)]
pub enum ServiceFault {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Pack(#[from] PackErrors),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Platform(#[from] ClientError),
    #[error("the driver of the card reader cannot be started: {0}")]
    Reader(std::io::Error),
    #[error("the driver of the printer cannot be started: {0}")]
    Printer(std::io::Error),
    #[error(transparent)]
    Panel(#[from] ButtonsError),
    #[error("{0} has ended")]
    Ended(&'static str),
}

impl ServiceFault {
    /// What stands on the screen for it.
    pub fn cause(&self) -> Cause {
        match self {
            ServiceFault::Config(ConfigError::Unreadable { .. }) => Cause::ConfigUnreadable,
            ServiceFault::Config(ConfigError::Invalid { .. }) => Cause::ConfigInvalid,
            ServiceFault::Pack(_) => Cause::PackFaulty,
            ServiceFault::Store(error) => match error {
                StoreError::InUse { .. } => Cause::StoreHeld,
                StoreError::NotAFile { path, .. }
                    if path.extension().is_some_and(|end| end == "key") =>
                {
                    Cause::StoreKey
                }
                StoreError::NotAFile { .. }
                | StoreError::NotOurs { .. }
                | StoreError::TooNew { .. } => Cause::StoreForeign,
                StoreError::Corrupt { .. } | StoreError::JournalBroken { .. } => {
                    Cause::StoreDamaged
                }
                StoreError::DatabaseMissing { .. }
                | StoreError::CasesGone { .. }
                | StoreError::LogLost { .. }
                | StoreError::LogOfAnother { .. }
                | StoreError::MarkMissing { .. }
                | StoreError::MarkUnusable { .. } => Cause::StoreMissing,
                StoreError::KeyMissing { .. } | StoreError::KeyUnusable { .. } => Cause::StoreKey,
                StoreError::DiskFull { .. } => Cause::StoreFull,
                StoreError::Closed => Cause::PartEnded,
                // A region or kiosk number that can number no case comes from there.
                StoreError::Number(_) => Cause::ConfigInvalid,
                _ => Cause::StoreUnwritable,
            },
            ServiceFault::Platform(_) => Cause::PlatformSettings,
            ServiceFault::Reader(_) => Cause::ReaderDriver,
            ServiceFault::Printer(_) => Cause::PrinterDriver,
            ServiceFault::Panel(_) => Cause::PanelDriver,
            ServiceFault::Ended(_) => Cause::PartEnded,
        }
    }
}

/// Where the configuration of a kiosk comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A file, read anew at every attempt.
    File(PathBuf),
    Given(Box<Config>),
}

impl Origin {
    fn config(&self) -> Result<Config, ConfigError> {
        match self {
            Origin::File(path) => Config::load(path),
            Origin::Given(config) => Ok((**config).clone()),
        }
    }

    /// What is left of a configuration that cannot be used.
    fn remains(&self) -> Remains {
        match self {
            Origin::File(path) => config::remains_of(path),
            Origin::Given(_) => Remains::default(),
        }
    }
}

/// What was learned so far, for the page *out of service*; kept over every attempt, so that a pack
/// that cannot be read any more still gives its hotline.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(Arc<Mutex<Facts>>);

#[derive(Debug, Default)]
struct Facts {
    kiosk: Option<u16>,
    hotline: Option<String>,
    outlet: Option<Bilingual>,
    demo: bool,
    /// The day of the site pack: no clock that is right shows an earlier one.
    as_of: Option<Date>,
    /// Where the configuration wants the state of the kiosk.
    status: Option<PathBuf>,
}

impl Known {
    fn facts(&self) -> std::sync::MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn_config(&self, config: &Config) {
        self.learn_site(&config.site);
        self.facts().status = Some(config.status.path.clone());
    }

    fn learn_site(&self, site: &Site) {
        let mut facts = self.facts();
        facts.kiosk = Some(site.kiosk);
        facts.demo = site.demo;
        let both = |text: &String| Bilingual { zh: text.clone(), en: text.clone() };
        facts.hotline = site.hotline.clone().or(facts.hotline.take());
        facts.outlet = site.outlet.as_ref().map(both).or(facts.outlet.take());
    }

    /// Of a pack that cannot be used: it takes the place of nothing that is known.
    fn learn_contacts(&self, contacts: Contacts) {
        let mut facts = self.facts();
        facts.hotline = facts.hotline.take().or(contacts.hotline);
        facts.outlet = facts.outlet.take().or(contacts.outlet);
    }

    pub fn learn_pack(&self, pack: &Pack) {
        let mut facts = self.facts();
        facts.hotline = Some(pack.hotline.number.clone());
        facts.outlet = Some(outlet_line(pack));
        facts.as_of = Some(pack.as_of);
    }

    pub fn status(&self) -> Option<PathBuf> {
        self.facts().status.clone()
    }

    pub fn page(&self, cause: Cause) -> OutOfService {
        let facts = self.facts();
        OutOfService {
            number: cause.number(),
            kiosk: facts.kiosk,
            hotline: facts.hotline.clone(),
            outlet: facts.outlet.clone(),
            demo: facts.demo,
            clock_trusted: WallClock::new(facts.as_of.unwrap_or(Date::MIN), None).trusted(),
        }
    }
}

fn outlet_line(pack: &Pack) -> Bilingual {
    // Without a clock nobody knows whether one that closes some day is closed already.
    let Some(outlet) = pack.staffed(pack.as_of).find(|outlet| outlet.until.is_none()) else {
        return pack.place.name.clone();
    };
    let hours = [Lang::Zh, Lang::En].map(|lang| outlet.hours.words(lang));
    Bilingual {
        zh: format!("{}，{}，{}", outlet.name.zh, outlet.address.zh, hours[0]),
        en: format!("{}, {}, {}", outlet.name.en, outlet.address.en, hours[1]),
    }
}

/// What the loop serves with.
pub(super) struct Parts {
    pub config: Config,
    pub pack: Arc<Pack>,
    pub held: Held,
    pub known: Known,
    pub store: Store,
    pub client: Client,
}

impl Parts {
    /// Opens configuration, pack and store, in this order; blocks on the disk. `known` learns on
    /// the way; `first` gets the page that the kiosk begins with as soon as there are words for it.
    pub fn open(
        origin: &Origin,
        known: &Known,
        first: impl FnOnce(View),
    ) -> Result<Parts, ServiceFault> {
        let config = origin.config().inspect_err(|_| {
            let Remains { site, pack } = origin.remains();
            // What the site says for itself goes before what its pack says.
            if let Some(pack) = pack {
                known.learn_contacts(pack::contacts(&pack));
            }
            if let Some(site) = site {
                known.learn_site(&site);
            }
        })?;
        known.learn_config(&config);
        let mut first = Some(first);
        let begin = |frame: &Pack| {
            if let Some(first) = first.take() {
                first(first_view(&config, frame));
            }
        };
        let packs = Packs::of(&config);
        let opened = packs.open(begin).inspect_err(|errors| {
            match &errors.frame {
                // Of whom it says that one may call, where it may be anybody's.
                _ if !config.pack.trusted_keys.is_empty() => {}
                Some(frame) => known.learn_pack(frame),
                None => known.learn_contacts(pack::contacts(&errors.folder)),
            }
        })?;
        let Opened { id, pack, broken } = opened;
        let pack = Arc::new(pack);
        known.learn_pack(&pack);
        let held = Held::new(&config, packs, id, broken);
        let client = Client::new(&config.platform)?;
        let store = Store::open(&config.store, &pack.region, config.site.kiosk)?;
        Ok(Parts { config, pack, held, known: known.clone(), store, client })
    }
}

/// The attract page as it stands before anything but `pack.toml` is read.
fn first_view(config: &Config, frame: &Pack) -> View {
    let moment = Moment {
        now: Timestamp::now(),
        clock_trusted: WallClock::new(frame.as_of, None).trusted(),
        devices: &Devices::default(),
        slip: &[],
        paper: config.printer.paper,
        kept: Kept::by(&config.store),
        demo: config.site.demo,
        settling: true,
    };
    screen::compose(&Visit::new(Arc::new(frame.clone()), config.visit), &moment)
}

/// The drivers of the devices; each looks for its device as long as it lives.
pub(super) struct Drivers {
    pub reader: Reader,
    pub printer: Printer,
    pub buttons: Buttons,
}

impl Drivers {
    /// Starts a driver for each device; no device needs to be there.
    pub fn spawn(
        config: &Config,
        last_slip: LastSlip,
        inbox: &Inbox,
    ) -> Result<Drivers, ServiceFault> {
        let to = inbox.clone();
        let reader = reader::spawn(&config.reader, move |event| to.put(Input::Reader(event)))
            .map_err(ServiceFault::Reader)?;
        let to = inbox.clone();
        let printer =
            printer::spawn(&config.printer, last_slip, move |event| to.put(Input::Printer(event)))
                .map_err(ServiceFault::Printer)?;
        let to = inbox.clone();
        let buttons = buttons::spawn(&config.buttons, move |event| to.put(Input::Button(event)))?;
        Ok(Drivers { reader, printer, buttons })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::packs;

    #[test]
    fn whom_to_call_is_known_from_what_is_left_of_a_faulty_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kiosk.toml");
        let open = |known: &Known| match Parts::open(&Origin::File(file.clone()), known, |_| ()) {
            Err(fault) => known.page(fault.cause()),
            Ok(_) => panic!("opened in spite of its fault"),
        };
        // A configuration with a key that nobody knows.
        let site = "[site]\nkiosk = 7\nhotline = \"0100-12333\"\noutlet = \"示例路1号\"\n";
        std::fs::write(&file, format!("{site}[reader]\nprot = \"x\"\n")).unwrap();
        let page = open(&Known::default());
        assert_eq!((page.number, page.kiosk), (102, Some(7)));
        assert_eq!(page.hotline.as_deref(), Some("0100-12333"));
        assert_eq!(page.outlet.unwrap().zh, "示例路1号");
        // A pack with one faulty item: pack.toml still says whom to call.
        let pack = folder.path().join("pack");
        std::fs::create_dir(&pack).unwrap();
        packs::copy_sample(&pack);
        std::fs::write(pack.join("items/99-broken.toml"), "id = 3").unwrap();
        let rest = "[reader]\nport = \"r\"\n[printer]\nport = \"p\"\n\
             [platform]\nurl = \"https://hrss.example\"\n[store]\npath = \"kiosk.db\"\n";
        let pack = format!("[pack]\npath = {pack:?}\n");
        std::fs::write(&file, format!("[site]\nkiosk = 7\n{rest}{pack}")).unwrap();
        let page = open(&Known::default());
        assert_eq!((page.number, page.hotline.as_deref()), (201, Some("12333")));
        assert!(page.outlet.is_some());
        // pack.toml itself has faults, also where it says whom to call.
        let frame = folder.path().join("pack/pack.toml");
        let text = std::fs::read_to_string(&frame).unwrap();
        let faulty = text.replace("staffed = true\n", "").replace("as_of = ", "as_of = 1 # ");
        assert_ne!(faulty, text);
        std::fs::write(&frame, faulty).unwrap();
        let page = open(&Known::default());
        assert_eq!((page.number, page.hotline.as_deref()), (201, Some("12333")));
        assert!(page.outlet.unwrap().zh.contains('，'));
        // A faulty configuration still says where its pack is.
        std::fs::write(&file, format!("[site]\nkiosk = 7\n{rest}backend = 1\n{pack}")).unwrap();
        let page = open(&Known::default());
        assert_eq!((page.number, page.hotline.as_deref()), (102, Some("12333")));
    }

    #[test]
    fn each_number_is_one_cause_and_stands_in_the_readme() {
        let readme = include_str!("../../README.md");
        let mut numbers: Vec<u16> = Cause::ALL.iter().map(|cause| cause.number()).collect();
        for cause in Cause::ALL {
            assert_eq!(Cause::of(cause.number()), Some(*cause));
            let row = format!("| {} | ", cause.number());
            let line = readme.lines().find(|line| line.starts_with(&row));
            assert!(line.is_some(), "README.md lacks the row {row}");
        }
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), Cause::ALL.len());
    }
}
