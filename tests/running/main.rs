//! The running kiosk from outside: how it starts when something is wrong, what it says of itself,
//! and what is left of a citizen in it.
#![cfg(feature = "simulators")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]

#[cfg(feature = "demo")]
mod headless;
#[cfg(feature = "demo")]
mod memory;
#[cfg(feature = "demo")]
mod start;
mod traces;
