//! The bureau's platform: the client, the worker that delivers what the kiosk has received and
//! reads what became of it, and what fetches site packs. What they say to each other is `contract/`.

mod client;
mod connect;
mod error;
mod feed;
mod outbox;
pub mod packs;
mod pause;
pub(crate) mod people;
pub(crate) mod query;
mod verdict;

pub use client::{Client, Offered};
pub use error::{ClientError, PlatformError};
pub use outbox::{OutboxEvent, run};
pub use packs::PackNews;
