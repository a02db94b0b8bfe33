//! The bureau's platform as `openapi.yaml` describes it, with books of its own and the faults of
//! the real one: no listener, slow, failing, busy, cutting the connection when the work is done or
//! before it begins.
//!
//! Its answers are plainly samples (样例). It keeps no personal datum.

mod api;
mod books;
mod front;
mod materials;
mod packs;
pub mod people;
mod refusal;
mod samples;
#[cfg(test)]
mod tests;
pub mod told;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

pub use books::{BookedCase, BookedEvaluation, Books};
pub use front::Lines;
pub use packs::Asked;

use crate::case::{CaseNumber, RouteWay};
use crate::contract::Reason;
use crate::pack::PackErrors;
use api::Api;

/// How to start one.
#[derive(Clone, Debug)]
pub struct PlatformOptions {
    /// Port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// Books written at every change and read at the start.
    pub books: Option<PathBuf>,
    /// From accepted to completed.
    pub complete_after: Duration,
}

impl Default for PlatformOptions {
    fn default() -> Self {
        PlatformOptions { port: 0, books: None, complete_after: Duration::from_secs(3) }
    }
}

/// How it behaves from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Online,
    /// Nobody listens; open connections are cut.
    Offline,
    /// Every answer comes this much later.
    Slow(Duration),
    /// Every request but the health probe is answered with this status and not booked.
    Fail(u16),
    /// Everything is answered with this status and a `Retry-After` of so many seconds.
    Busy { status: u16, retry_after: RetryAfter },
    /// The work is done and booked, the connection cut before the answer.
    DropAnswers,
    /// A connection serves one request; a second one on it breaks before the first byte.
    BreakReused,
    /// Every JSON answer begins with a byte-order mark.
    ByteOrderMark,
    /// Every new application is refused because its number is taken.
    NumberTaken,
    /// Every query is answered with this kind of nothing.
    Nothing(Reason),
}

/// How a pause is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    Seconds(u32),
    /// As an HTTP date so many seconds from now.
    Date(u32),
    Missing,
}

/// A running simulator; ends when dropped.
pub struct PlatformSimulator {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    lines: watch::Sender<Lines>,
    api: Arc<Api>,
    tasks: Vec<JoinHandle<()>>,
}

impl PlatformSimulator {
    /// Starts in the current Tokio runtime.
    ///
    /// # Errors
    /// The port is taken, or the books cannot be read or written.
    pub async fn start(options: PlatformOptions) -> std::io::Result<PlatformSimulator> {
        let keeper = books::Keeper::open(options.books)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let address = listener.local_addr()?;
        let mode = watch::Sender::new(Mode::default());
        let api = Arc::new(Api::new(keeper, options.complete_after, mode.subscribe()));
        let (inlet, connections) = mpsc::channel(16);
        let routes = api::routes(api.clone());
        let serve = tokio::spawn(async move {
            let _ = axum::serve(front::Inlet(connections), routes).await;
        });
        let lines = watch::Sender::new(Lines::default());
        let front =
            tokio::spawn(front::front(listener, address, inlet, mode.subscribe(), lines.clone()));
        Ok(PlatformSimulator { address, mode, lines, api, tasks: vec![serve, front] })
    }

    /// `http://127.0.0.1:PORT`, the same through all modes.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    pub fn mode(&self) -> Mode {
        *self.mode.borrow()
    }

    /// What it says to citizens from now on, in notes and refusals; `None` for its samples.
    pub fn set_words(&self, words: Option<&str>) {
        *self.api.words() = words.map(str::to_owned);
    }

    /// Offers site packs by version and file, in place of what it offered before.
    pub fn offer_packs(&self, packs: Vec<(String, Vec<u8>)>) {
        self.api.packs().lay(packs);
    }

    /// Offers the site pack in a folder, as it is whenever somebody asks.
    ///
    /// # Errors
    /// It cannot be read; what was offered before still is.
    pub fn offer_folder(&self, folder: &Path) -> Result<(), PackErrors> {
        self.api.packs().follow(folder)
    }

    /// How often packs were asked for.
    pub fn packs_asked(&self) -> Asked {
        self.api.packs().asked
    }

    /// The connections, each time that one comes or goes.
    pub fn lines(&self) -> watch::Receiver<Lines> {
        self.lines.subscribe()
    }

    /// A copy of the books as they stand now.
    pub fn books(&self) -> Books {
        self.api.open_books().clone()
    }

    /// Returns an accepted case to the citizen (补正), or one part of it. `false` if there is none.
    pub fn return_case(&self, number: &CaseNumber, item: Option<&str>) -> bool {
        self.api.return_case(number, item)
    }

    /// Loses the feed of changes: every cursor given so far is unknown.
    pub fn lose_feed(&self) {
        self.api.lose_feed();
    }

    /// Carries out one line of the command language (`help` lists it) and returns what to print;
    /// `None` for `quit`.
    pub fn command(&self, line: &str) -> Option<String> {
        let words: Vec<_> = line.split_whitespace().collect();
        let said = match words[..] {
            [] => Ok(String::new()),
            ["quit"] => return None,
            ["help"] => Ok(HELP.to_owned()),
            ["books"] => Ok(books::pretty(&self.books())),
            ["inbox"] => Ok(self.books().inbox()),
            ["route", number, way] => self.route_command(number, way),
            ["lose-feed"] => {
                self.lose_feed();
                Ok("cursors given so far are unknown now".to_owned())
            }
            ["pack", folder] => match self.offer_folder(Path::new(folder)) {
                Ok(()) => Ok(format!("offers the pack in {folder}")),
                Err(errors) => Err(errors.to_string()),
            },
            ["no-pack"] => {
                self.offer_packs(Vec::new());
                Ok("offers no pack".to_owned())
            }
            ["return", number] => self.return_command(number, None),
            ["return", number, item] => self.return_command(number, Some(item)),
            _ => mode_of(&words).map(|mode| {
                self.set(mode);
                format!("mode: {mode:?}")
            }),
        };
        Some(said.unwrap_or_else(|fault| fault))
    }

    /// Sends an accepted case another way.
    fn route_command(&self, number: &str, way: &str) -> Result<String, String> {
        let number = CaseNumber::parse(number).map_err(|e| format!("route: {e}"))?;
        let way = match way {
            "at-once" => RouteWay::AtOnce,
            "back-office" => RouteWay::BackOffice,
            "other-department" => RouteWay::OtherDepartment,
            "statutory-limit" => RouteWay::StatutoryLimit,
            _ => return Err(format!("route: {way} is none of the four ways; {HELP}")),
        };
        if self.api.route_case(&number, way) {
            Ok(format!("{number} goes another way"))
        } else {
            Err(format!("route: {number} is not in the books as accepted"))
        }
    }

    fn return_command(&self, number: &str, item: Option<&str>) -> Result<String, String> {
        let number = CaseNumber::parse(number).map_err(|e| format!("return: {e}"))?;
        if self.return_case(&number, item) {
            Ok(format!("returned {number}"))
        } else {
            Err(format!("return: {number} is not in the books as accepted"))
        }
    }
}

impl Drop for PlatformSimulator {
    fn drop(&mut self) {
        // Connections see the sender of the mode gone and end.
        for task in &self.tasks {
            task.abort();
        }
    }
}

const HELP: &str = "commands: online | offline | slow MS | fail STATUS | \
                    busy STATUS [SECONDS [date]] | drop-answers | break-reused | bom | \
                    number-taken | nothing unknown-person|no-record|not-available|not-permitted | \
                    books | inbox | return CASE [ITEM] | \
                    route CASE at-once|back-office|other-department|statutory-limit | \
                    lose-feed | help | quit";

fn mode_of(words: &[&str]) -> Result<Mode, String> {
    Ok(match *words {
        ["online"] => Mode::Online,
        ["offline"] => Mode::Offline,
        ["drop-answers"] => Mode::DropAnswers,
        ["break-reused"] => Mode::BreakReused,
        ["bom"] => Mode::ByteOrderMark,
        ["number-taken"] => Mode::NumberTaken,
        ["slow", ms] => match ms.parse() {
            Ok(ms) => Mode::Slow(Duration::from_millis(ms)),
            Err(_) => return Err(format!("slow: {ms} is no number of milliseconds")),
        },
        ["fail", status] => match status.parse() {
            Ok(status @ 400..=599) => Mode::Fail(status),
            _ => return Err(format!("fail: {status} is outside 400 to 599")),
        },
        ["busy", status, ref pause @ ..] => {
            let Ok(status @ (429 | 503)) = status.parse() else {
                return Err(format!("busy: {status} is neither 429 nor 503"));
            };
            let seconds = |text: &str| {
                text.parse().map_err(|_| format!("busy: {text} is no number of seconds"))
            };
            let retry_after = match *pause {
                [] => RetryAfter::Missing,
                [text] => RetryAfter::Seconds(seconds(text)?),
                [text, "date"] => RetryAfter::Date(seconds(text)?),
                _ => return Err(format!("busy STATUS [SECONDS [date]]; {HELP}")),
            };
            Mode::Busy { status, retry_after }
        }
        ["nothing", reason] => Mode::Nothing(match reason {
            "unknown-person" => Reason::UnknownPerson,
            "no-record" => Reason::NoRecord,
            "not-available" => Reason::NotAvailable,
            "not-permitted" => Reason::NotPermitted,
            _ => return Err(format!("nothing: {reason} is none of the four kinds; {HELP}")),
        }),
        _ => return Err(format!("unknown command; {HELP}")),
    })
}
