//! The product against the simulators over real lines: PTYs, sockets, HTTP.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]
#![cfg(feature = "simulators")]

mod buttons;
mod idle;
mod platform;
mod printer;
mod reader;
