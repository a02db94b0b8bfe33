//! The running kiosk from outside: how it starts when something is wrong, what it says of itself,
//! and what is left of a citizen in it.
#![cfg(feature = "demo")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests")]

mod headless;
mod journal;
mod memory;
mod start;
mod traces;
