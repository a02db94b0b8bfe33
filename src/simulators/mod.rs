//! Reader, printer, buttons and platform as programs outside the product: they speak the real
//! protocols over PTYs, sockets and HTTP.

mod bell;
pub mod buttons;
pub mod escpos;
pub mod paper;
pub mod platform;
pub mod printer;
pub mod pty;
pub mod reader;
pub mod stand;
