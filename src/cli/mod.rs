//! The command line: one file a command, each with `Args` and `run`.

#[cfg(feature = "simulators")]
mod citizen;
pub mod config;
pub mod deadline;
#[cfg(feature = "demo")]
pub mod demo;
pub mod doctor;
pub mod generate;
pub mod identity;
pub mod log;
pub mod pack;
#[cfg(feature = "simulators")]
mod pack_answer;
#[cfg(feature = "sheets")]
mod pack_sheet;
mod pack_show;
#[cfg(feature = "simulators")]
mod pack_walk;
mod packs;
#[cfg(feature = "demo")]
mod preview;
pub mod printer;
pub mod queue;
pub mod reader;
mod rows;
#[cfg(feature = "screen")]
pub mod run;
#[cfg(feature = "simulators")]
pub mod simulate;
pub mod slip;
#[cfg(feature = "demo")]
mod stage;
pub mod stats;
