//! What turns a visit into the properties of `ui/api.slint`, and touches into events.

#[cfg(feature = "demo")]
pub mod headless;
pub mod scene;
#[cfg(feature = "screen")]
pub mod window;
