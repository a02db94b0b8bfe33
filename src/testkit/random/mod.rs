//! Packs and answers that nobody wrote, for property tests: whatever `pack check` allows, a kiosk has to
//! carry out.

mod answers;
mod dice;
mod drafts;
mod items;
mod questions;
pub mod replies;
mod texts;

pub use answers::typed;
pub use dice::Dice;
pub use drafts::Draft;

use jiff::civil::{Date, date};

/// The day of the data of every random pack.
pub fn as_of() -> Date {
    date(2026, 11, 1)
}
