//! The contract with the bureau's platform (`openapi.yaml`), its client, the outbox worker.

mod client;
pub mod contract;
mod outbox;
pub mod participation;

pub use client::{Client, ClientError, PlatformError};
pub use outbox::{OutboxEvent, run};
