//! One kit for tests, benchmarks and the demonstration: people who do not exist, packs, cards,
//! cases, a store in a folder of its own. Compiled for tests and with `simulators` only.
//!
//! What is the same for everybody stands here; what a test is about stands in the test.

pub mod cases;
pub mod many;
pub mod packs;
pub mod people;
#[cfg(test)]
pub mod random;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// The moment at which the kit's cases, pages and slips are made: 2026-11-22, a Sunday, 02:14:09
/// in Beijing.
pub fn now() -> Timestamp {
    "2026-11-21T18:14:09Z".parse().expect("an RFC 3339 time")
}

/// Runs what awaits on this thread, with timers and sockets.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime on this thread needs an epoll and an eventfd")
        .block_on(future)
}

/// Writes the configuration of a kiosk with the sample pack that finds neither devices nor platform.
pub fn lonely_kiosk(folder: &Path) -> PathBuf {
    let file = folder.join("kiosk.toml");
    let pack = packs::sample_folder().expect("the sample pack lies in the sources");
    let text = format!(
        "site.kiosk = 1\nreader.port = 'no-reader'\nprinter.port = 'no-printer'\n\
         platform.url = 'http://127.0.0.1:9'\nstore.path = 'kiosk.db'\npack.path = '{}'\n\
         buttons.backend = 'simulated'\nbuttons.socket = 'no-panel'\n",
        pack.display()
    );
    std::fs::write(&file, text).expect("the folder can be written");
    file
}
