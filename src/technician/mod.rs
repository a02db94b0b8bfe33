//! What a technician asks the kiosk.

pub mod doctor;
