//! What stands on the screen. A [`View`] is composed from the visit, the devices and the clock
//! without touching the screen; the same value is drawn, spoken and searched for its controls.

mod compose;
#[cfg(feature = "screen")]
mod draw;
mod frame;
#[cfg(feature = "demo")]
pub mod headless;
mod look;
mod moment;
mod pages;
#[cfg(test)]
mod random;
mod said;
mod sheet;
mod view;
#[cfg(feature = "screen")]
pub mod window;

pub use frame::{Action, Bar, Frame, Step};
pub use look::{Drawing, Tone};
pub use moment::{Devices, Kept, Moment};
pub use pages::*;
pub use said::{Control, Role, Said};
pub use sheet::Sheet;
pub use view::{View, compose};
