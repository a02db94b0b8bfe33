//! Reader, printer and buttons: for each a codec (pure), a driver (one thread), and its states.

pub mod buttons;
pub mod link;
pub mod printer;
pub mod reader;
pub mod state;
pub mod steady;
pub mod stop;
