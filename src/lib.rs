//! Kuaiban (快办): the software of a 24-hour self-service kiosk for human-resources and
//! social-security (人社) services. `ARCHITECTURE.md` is the map.

pub mod case;
pub mod clock;
pub mod config;
pub mod contract;
pub mod devices;
pub mod domain;
pub mod file;
pub mod journal;
pub mod kiosk;
pub mod pack;
pub mod packs;
pub mod platform;
pub mod pulse;
pub mod say;
pub mod screen;
#[cfg(feature = "simulators")]
pub mod simulators;
pub mod slip;
pub mod store;
pub mod technician;
#[cfg(any(test, feature = "simulators"))]
pub mod testkit;
pub mod visit;
