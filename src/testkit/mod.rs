//! One kit for tests, benchmarks and the demonstration: people who do not exist, packs, cards,
//! cases, a store in a folder of its own. Compiled for tests and with `simulators` only.
//!
//! What is the same for everybody stands here; what a test is about stands in the test.

pub mod cases;
pub mod packs;
pub mod people;

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
