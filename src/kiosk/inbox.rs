//! Everything that reaches the kiosk loop from outside, and the way in.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use super::PackInput;
use crate::devices::buttons::ButtonEvent;
use crate::devices::printer::PrinterEvent;
use crate::devices::reader::ReaderEvent;
use crate::platform::OutboxEvent;
use crate::store::SlipSerial;
use crate::visit::{Event, PageToken, Ticket, Touch};

/// Room for inputs that came while one was being handled. The loop waits for nothing, so a person,
/// three devices and the network cannot fill it.
const INPUTS: usize = 256;

/// Anything that reaches the kiosk from outside the visit.
#[derive(Debug)]
pub enum Input {
    Touch {
        page: PageToken,
        touch: Touch,
    },
    Reader(ReaderEvent),
    Printer(PrinterEvent),
    Button(ButtonEvent),
    Outbox(OutboxEvent),
    Packs(PackInput),
    /// The store has answered, and so it lives; how much waits for the platform, if it could say.
    StoreAnswered(Option<u64>),
    /// A slip has its serial, and may be printed.
    SlipOrdered {
        ticket: Ticket,
        serial: SlipSerial,
    },
    /// An answer to an effect.
    Reply(Event),
}

/// Where the screen and the drivers put what happened. Never blocks.
#[derive(Clone)]
pub struct Inbox {
    inputs: mpsc::Sender<Input>,
    stop: Arc<Notify>,
}

/// The other end of an [`Inbox`].
pub struct Inputs {
    pub(super) inputs: mpsc::Receiver<Input>,
    pub(super) stop: Arc<Notify>,
}

/// A new inbox with its other end.
pub fn inbox() -> (Inbox, Inputs) {
    let (sender, receiver) = mpsc::channel(INPUTS);
    let stop = Arc::new(Notify::new());
    (Inbox { inputs: sender, stop: stop.clone() }, Inputs { inputs: receiver, stop })
}

impl Inbox {
    /// Puts an input in. A full inbox means that the loop hangs: the input is dropped, and on the
    /// appliance the watchdog starts the program anew.
    pub fn put(&self, input: Input) {
        if self.inputs.try_send(input).is_err() {
            tracing::error!("the kiosk loop does not take inputs; one was dropped");
        }
    }

    /// Ends the kiosk; what was received stays received.
    pub fn stop(&self) {
        self.stop.notify_one();
    }
}
