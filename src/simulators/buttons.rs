//! The five evaluation keys on a Unix socket, with contacts that bounce as real ones do
//! (`protocols.md` §3.2). Speaks lines `down N` and `up N`, N from 1 to 5.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::bell::{Bell, wait_for};
use crate::domain::evaluation::Level;

/// How long an ordinary press lasts.
const PRESS: Duration = Duration::from_millis(120);
/// How long a contact bounces; the mean of a survey of switches is 1.6 ms, the worst 6.2 ms.
const BOUNCING: Duration = Duration::from_millis(3);
/// How long the acceptor waits while nothing happens.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// Programs that may look at the panel at once.
const MOST_CLIENTS: usize = 8;

/// A simulated panel. Dropping it takes its socket away.
pub struct SimulatedPanel {
    path: PathBuf,
    own_folder: Option<PathBuf>,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

struct Shared {
    stop: AtomicBool,
    /// Rung when the wire changes.
    bell: Bell,
    line: Mutex<Line>,
}

/// The wire, while it is plugged in.
struct Line {
    listener: Option<Arc<UnixListener>>,
    clients: Vec<Arc<UnixStream>>,
    /// State of the generator that makes every bounce a little different.
    noise: u64,
}

impl SimulatedPanel {
    /// Starts a panel that listens at `path`, or in a new folder for temporary files. A socket
    /// that a former panel left behind is replaced.
    ///
    /// # Errors
    /// The socket cannot be made: the folder is missing, something else has this name, or another
    /// panel listens there.
    pub fn start(path: Option<&Path>) -> std::io::Result<SimulatedPanel> {
        let (path, own_folder) = match path {
            Some(path) => (path.to_owned(), None),
            None => {
                let folder = new_folder()?;
                (folder.join("buttons.socket"), Some(folder))
            }
        };
        let listener = listen(&path)?;
        let line = Line { listener: Some(Arc::new(listener)), clients: Vec::new(), noise: 1 };
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            bell: Bell::new()?,
            line: Mutex::new(line),
        });
        let accepting = Arc::clone(&shared);
        let acceptor = std::thread::Builder::new()
            .name("simulated buttons".to_owned())
            .spawn(move || accepting.accept())?;
        Ok(SimulatedPanel { path, own_folder, shared, acceptor: Some(acceptor) })
    }

    /// Where it listens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many programs look at the panel now.
    pub fn clients(&self) -> usize {
        self.shared.line().clients.len()
    }

    /// A finger presses a key for 120 ms.
    pub fn press(&self, level: Level) {
        self.hold(level, PRESS);
    }

    /// A finger holds a key down for as long.
    pub fn hold(&self, level: Level, duration: Duration) {
        self.contact(level, true);
        std::thread::sleep(duration);
        self.contact(level, false);
    }

    /// The same, while the caller goes on.
    ///
    /// # Errors
    /// No thread to be had.
    pub fn hold_meanwhile(&self, level: Level, duration: Duration) -> std::io::Result<()> {
        let shared = Arc::clone(&self.shared);
        let hold = move || {
            shared.contact(level, true);
            std::thread::sleep(duration);
            shared.contact(level, false);
        };
        std::thread::Builder::new().spawn(hold).map(drop)
    }

    /// Closes or opens a contact, with five to eight bounces in 3 ms.
    pub fn contact(&self, level: Level, down: bool) {
        self.shared.contact(level, down);
    }

    /// Bytes as they are, for tests of the other end.
    pub fn send(&self, bytes: &[u8]) {
        self.shared.line().send(bytes);
    }

    /// Pulls the cable: every line ends and the socket is gone.
    pub fn unplug(&self) {
        let mut line = self.shared.line();
        line.listener = None;
        for client in line.clients.drain(..) {
            // The acceptor may hold it for a moment longer.
            let _ = client.shutdown(Shutdown::Both);
        }
        drop(std::fs::remove_file(&self.path));
        self.shared.bell.ring();
    }

    /// Puts the cable in again. A key that is held down meanwhile is not announced.
    ///
    /// # Errors
    /// As [`SimulatedPanel::start`].
    pub fn plug(&self) -> std::io::Result<()> {
        let mut line = self.shared.line();
        if line.listener.is_none() {
            line.listener = Some(Arc::new(listen(&self.path)?));
            self.shared.bell.ring();
        }
        Ok(())
    }
}

impl Drop for SimulatedPanel {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.shared.bell.ring();
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
        self.unplug();
        if let Some(folder) = &self.own_folder {
            drop(std::fs::remove_dir(folder));
        }
    }
}

impl Shared {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(&self) {
        while !self.stop.load(Ordering::SeqCst) {
            let (listener, clients) = {
                let line = self.line();
                (line.listener.clone(), line.clients.clone())
            };
            let lines = std::iter::once(self.bell.as_fd())
                .chain(listener.as_deref().map(AsFd::as_fd))
                .chain(clients.iter().map(|client| client.as_fd()));
            if let Err(error) = wait_for(lines, LONGEST_WAIT) {
                tracing::error!(%error, "the simulated panel takes no more programs");
                return;
            }
            self.bell.silence();
            self.line().accept();
        }
    }

    fn contact(&self, level: Level, down: bool) {
        let bounces = 5 + self.line().random() % 4;
        let pause = BOUNCING / (2 * bounces as u32);
        for _ in 0..bounces {
            self.edge(level, down);
            std::thread::sleep(pause);
            self.edge(level, !down);
            std::thread::sleep(pause);
        }
        self.edge(level, down);
    }

    fn edge(&self, level: Level, down: bool) {
        let word = if down { "down" } else { "up" };
        self.line().send(format!("{word} {}\n", level as usize + 1).as_bytes());
    }
}

impl Line {
    fn accept(&mut self) {
        let Some(listener) = &self.listener else { return };
        // Clients never send: what can be read from one is its end.
        self.clients.retain(|client| !matches!((&mut &**client).read(&mut [0; 64]), Ok(0)));
        while let Ok((client, _)) = listener.accept() {
            if self.clients.len() < MOST_CLIENTS && client.set_nonblocking(true).is_ok() {
                self.clients.push(Arc::new(client));
            }
        }
    }

    /// A client that does not keep up is dropped: a switch does not wait.
    fn send(&mut self, bytes: &[u8]) {
        self.clients.retain(|client| (&mut &**client).write_all(bytes).is_ok());
    }

    /// Knuth's linear congruential generator: the same bounces in every run.
    fn random(&mut self) -> u64 {
        self.noise = self
            .noise
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.noise >> 33
    }
}

fn listen(path: &Path) -> std::io::Result<UnixListener> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    if is_socket && UnixStream::connect(path).is_err() {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn new_folder() -> std::io::Result<PathBuf> {
    let base = std::env::temp_dir();
    for number in 0..1000 {
        let folder = base.join(format!("kuaiban-buttons-{}-{number}", std::process::id()));
        match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::Error::other("no free name for a temporary folder"))
}
