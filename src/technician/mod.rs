//! What a technician asks the kiosk.

mod checks;
pub mod doctor;
mod running;
