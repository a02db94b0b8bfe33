//! The kiosk: one loop that takes events from every side, asks the visit, and carries out what it
//! says. Everything about a citizen is in the visit; what stands here is wiped with it.

mod effects;
mod inbox;
mod run;
pub mod startup;
mod ticks;

use std::sync::Arc;

use crate::config::Config;
use crate::devices::{buttons, printer, reader};
use crate::domain::pack::Pack;
use crate::platform::Client;
use crate::screen::View;
use crate::store::Store;

pub use inbox::{Inbox, Input, Inputs, inbox};
pub use ticks::{Hand, Ticks};

/// What the loop runs on; opened before it starts, so that a fault of the machine ends the
/// program with a sentence instead of a dark screen.
pub struct Parts {
    pub config: Config,
    pub pack: Arc<Pack>,
    pub store: Store,
    pub client: Client,
}

impl Parts {
    /// Opens everything that a kiosk needs to begin.
    ///
    /// # Errors
    /// A broken site pack, a database that is not ours or cannot be opened, an address of a
    /// platform that is none; each names the place and the remedy.
    pub fn open(config: Config) -> anyhow::Result<Parts> {
        let pack = Arc::new(crate::pack::load(&config.pack.path)?);
        let store = Store::open(&config.store, &pack.region, config.site.kiosk)?;
        let client = Client::new(&config.platform)?;
        Ok(Parts { config, pack, store, client })
    }
}

/// A kiosk that runs on threads of its own.
pub struct Running(std::thread::JoinHandle<anyhow::Result<()>>);

impl Running {
    /// Waits until the kiosk has stopped.
    ///
    /// # Errors
    /// What ended it early.
    pub fn join(self) -> anyhow::Result<()> {
        self.0.join().map_err(|_| anyhow::anyhow!("the kiosk loop ended by a fault of its own"))?
    }
}

/// Tells that the kiosk loop has ended, however it ended.
struct Ended<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for Ended<F> {
    fn drop(&mut self) {
        if let Some(ended) = self.0.take() {
            ended();
        }
    }
}

/// Starts devices, outbox and the loop beside the screen; `ticks` are its seconds. `show` puts a
/// view on the screen and returns at once; `ended` is called when the loop has ended, so that no
/// dark screen stays behind.
///
/// # Errors
/// When a device is configured in a way that cannot work, or the system gives no threads.
pub fn start(
    parts: Parts,
    inbox: Inbox,
    inputs: Inputs,
    ticks: Ticks,
    show: impl Fn(View) + Send + 'static,
    ended: impl FnOnce() + Send + 'static,
) -> anyhow::Result<Running> {
    let config = &parts.config;
    let to = inbox.clone();
    let reader = reader::spawn(&config.reader, move |event| to.put(Input::Reader(event)))?;
    let to = inbox.clone();
    let printer = printer::spawn(&config.printer, move |event| to.put(Input::Printer(event)))?;
    let to = inbox.clone();
    let buttons = buttons::spawn(&config.buttons, move |event| to.put(Input::Button(event)))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("kiosk")
        .enable_all()
        .build()?;
    let thread = std::thread::Builder::new().name("kiosk-loop".into()).spawn(move || {
        let _ended = Ended(Some(ended));
        runtime.block_on(run::run(parts, (reader, printer, buttons), inbox, inputs, ticks, show))
    })?;
    Ok(Running(thread))
}
