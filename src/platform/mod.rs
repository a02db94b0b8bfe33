//! The bureau's platform: the client, and the worker that delivers what the kiosk has received and
//! reads what became of it. What they say to each other is `contract/`.

mod client;
mod connect;
mod error;
mod feed;
mod outbox;
mod pause;
mod query;
mod verdict;

pub use client::{Client, Offered};
pub use error::{ClientError, PlatformError};
pub use outbox::{OutboxEvent, run};
