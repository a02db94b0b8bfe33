//! All the simulators together, and the configuration that leads a kiosk to them: for the
//! demonstration, the benchmarks and the tests.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::simulators::buttons::SimulatedPanel;
use crate::simulators::platform::{Mode, PlatformOptions, PlatformSimulator};
use crate::simulators::printer::{PrintedSlip, PrinterOptions, SimulatedPrinter};
use crate::simulators::reader::{Card, ReaderOptions, SimulatedReader};
use crate::testkit::packs;
use crate::testkit::people::{self, Person};
use anyhow::Context;

/// How the simulated world behaves.
#[derive(Clone, Copy, Debug)]
pub struct StandOptions {
    /// How long the platform takes to complete a case.
    pub complete_after: Duration,
    pub printer_mm_s: f64,
    /// Which of the packs that are shipped.
    pub pack: &'static str,
}

impl Default for StandOptions {
    fn default() -> Self {
        let complete_after = Duration::from_millis(1500);
        StandOptions { complete_after, printer_mm_s: 250.0, pack: "sample" }
    }
}

/// Everything outside the kiosk.
pub struct Stand {
    pub config: Config,
    pub people: Vec<Person>,
    pub reader: SimulatedReader,
    pub printer: SimulatedPrinter,
    pub panel: SimulatedPanel,
    pub platform: PlatformSimulator,
    /// Runs the platform.
    _runtime: tokio::runtime::Runtime,
}

impl Stand {
    /// Starts the simulators and writes the `kiosk.toml` that leads to them into `dir`.
    ///
    /// # Errors
    /// When a PTY, the socket or the port cannot be had, or no sample pack is there.
    pub fn set_up(dir: &Path, options: StandOptions) -> anyhow::Result<Stand> {
        let dir = dir.canonicalize().context("the folder of the demonstration")?;
        for old in ["kiosk.db", "kiosk.db-wal", "kiosk.db-shm", "kiosk.db.key", "kiosk.db.given"] {
            let _ = std::fs::remove_file(dir.join(old));
        }
        let _ = std::fs::remove_dir_all(dir.join("packs"));
        let reader_link = dir.join("reader");
        let printer_link = dir.join("printer");
        let panel_socket = dir.join("panel.sock");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("platform")
            .enable_all()
            .build()?;
        let complete_after = options.complete_after;
        let platform = runtime
            .block_on(PlatformSimulator::start(PlatformOptions {
                port: 0,
                books: None,
                complete_after,
            }))
            .context("the simulated platform")?;
        let reader =
            SimulatedReader::start(ReaderOptions { link: reader_link.clone(), baud: 115_200 })
                .context("the simulated reader")?;
        let printer = SimulatedPrinter::start(
            &PrinterOptions {
                speed_mm_s: options.printer_mm_s,
                ..PrinterOptions::at(&printer_link)
            },
            |_| {},
        )
        .context("the simulated printer")?;
        let panel = SimulatedPanel::start(Some(&panel_socket)).context("the simulated panel")?;

        let text = format!(
            "# Written by `kuaiban demo`.\n\
             [site]\nkiosk = 1\ndemo = true\n\
             [reader]\nport = {reader_link:?}\n\
             [printer]\nport = {printer_link:?}\n\
             [buttons]\nbackend = \"simulated\"\nsocket = {panel_socket:?}\n\
             [platform]\nurl = {url:?}\nretry_max_s = 1\n\
             [store]\npath = {store:?}\n\
             [pack]\npath = {pack:?}\n\
             [status]\npath = \"status.json\"\n",
            url = platform.url(),
            store = dir.join("kiosk.db"),
            pack = packs::shipped_folder(options.pack)
                .context("no site pack; run from the checkout, where kiosk-image/site-packs is",)?,
        );
        let file = dir.join("kiosk.toml");
        std::fs::write(&file, text).with_context(|| file.display().to_string())?;
        let config = Config::load(&file)?;
        Ok(Stand {
            config,
            people: people::all(),
            reader,
            printer,
            panel,
            platform,
            _runtime: runtime,
        })
    }

    /// Lays the card of a person on the reader.
    pub fn lay(&self, person: &str) {
        if let Some(person) = self.people.iter().find(|p| p.id == person) {
            let text = people::text_block(&person.card);
            self.reader.lay(Card { id: person.id.to_owned(), text });
        }
    }

    pub fn set_online(&self, online: bool) {
        self.platform.set(if online { Mode::Online } else { Mode::Offline });
    }

    /// The slips cut off so far.
    pub fn slips(&self) -> Vec<Arc<PrintedSlip>> {
        self.printer.slips()
    }

    /// Waits a little for the printer to cut.
    pub fn slips_at_least(&self, count: usize, limit: Duration) -> bool {
        let end = std::time::Instant::now() + limit;
        while self.slips().len() < count {
            if std::time::Instant::now() >= end {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }
}
