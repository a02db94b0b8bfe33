//! The kiosk: one loop that opens what stands behind the screen, takes events from every side, asks
//! the visit, and carries out what it says. Everything about a citizen is in the visit; what stands
//! here is wiped with it.

mod effects;
mod inbox;
mod keep;
#[cfg(feature = "screen")]
pub mod on_screen;
mod overdue;
mod packs;
mod run;
pub mod startup;
pub mod status;
mod ticks;
mod vitals;

use std::time::Duration;

use crate::screen::View;

pub use inbox::{Inbox, Input, Inputs, inbox};
pub use packs::PackInput;
pub use startup::Origin;
pub use ticks::{Hand, Ticks};
pub use vitals::Vitals;

/// How long the end of the program waits for a disk that hangs.
const LAST_WRITES: Duration = Duration::from_secs(5);

/// The screen as the loop uses it. Each is called on a thread of the loop and returns at once.
pub struct ScreenPort {
    /// Puts a view on the screen.
    pub show: Box<dyn Fn(View) + Send + Sync>,
    /// The configuration says how wide the panel is, in millimetres of its short side.
    pub set_short_side_mm: Box<dyn Fn(f32) + Send + Sync>,
    /// The loop has ended, however it ended, so that no dead picture stays behind.
    pub ended: Box<dyn FnOnce() + Send>,
}

/// A kiosk that runs on threads of its own.
pub struct Running {
    thread: std::thread::JoinHandle<()>,
    inbox: Inbox,
    vitals: Vitals,
}

impl Running {
    /// Whether its parts make progress.
    pub fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    /// Ends the kiosk and waits for what it still writes; what was received stays received.
    ///
    /// # Errors
    /// The loop had ended by a fault of its own.
    pub fn stop(self) -> anyhow::Result<()> {
        self.inbox.stop();
        self.thread
            .join()
            .map_err(|_| anyhow::anyhow!("the kiosk loop ended by a fault of its own"))
    }
}

/// Tells that the kiosk loop has ended, however it ended.
struct Ended(Option<Box<dyn FnOnce() + Send>>);

impl Drop for Ended {
    fn drop(&mut self) {
        if let Some(ended) = self.0.take() {
            ended();
        }
    }
}

/// Starts the loop beside the screen; `ticks` are its seconds. It opens everything else by itself,
/// shows *out of service* while that fails, and tries again.
///
/// # Errors
/// The system gives no threads.
pub fn start(
    origin: Origin,
    inbox: Inbox,
    inputs: Inputs,
    ticks: Ticks,
    screen: ScreenPort,
) -> std::io::Result<Running> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("kiosk")
        .enable_all()
        .build()?;
    let vitals = Vitals::default();
    let (to, watched) = (inbox.clone(), vitals.clone());
    let thread = std::thread::Builder::new().name("kiosk-loop".into()).spawn(move || {
        let ScreenPort { show, set_short_side_mm, ended } = screen;
        let _ended = Ended(Some(ended));
        let outer = keep::Outer::new(to, inputs, show, set_short_side_mm, watched);
        runtime.block_on(keep::keep(outer, origin, ticks));
        runtime.shutdown_timeout(LAST_WRITES);
    })?;
    Ok(Running { thread, inbox, vitals })
}
