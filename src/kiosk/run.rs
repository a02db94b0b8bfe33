//! The loop itself: what an input means to the visit, and when it ends.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::effects::store::{ROWS, Row, write_journal};
use super::{Inbox, Input, Inputs, Parts, Ticks};
use crate::clock;
use crate::config::Paper;
use crate::devices::buttons::{ButtonEvent, Buttons};
use crate::devices::printer::{Outcome, Printer, PrinterEvent};
use crate::devices::reader::{CardProblem, Reader, ReaderEvent};
use crate::domain::pack::Pack;
use crate::platform::{Client, OutboxEvent};
use crate::screen::{self, Devices, Moment, View};
use crate::slip::layout::Line;
use crate::store::Store;
use crate::visit::{CardTrouble, Event, SlipOutcome, Surroundings, Ticket, Visit};

/// Seconds after the start for which reader, printer and network may be missing before the attract
/// screen warns of it.
const SETTLING: u32 = 20;

/// Runs the kiosk until it is stopped.
pub(super) async fn run(
    parts: Parts,
    (reader, printer, buttons): (Reader, Printer, Buttons),
    inbox: Inbox,
    mut inputs: Inputs,
    ticks: Ticks,
    show: impl Fn(View),
) -> anyhow::Result<()> {
    let Parts { config, pack, store, client } = parts;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut outbox = {
        let (store, client, to) = (store.clone(), client.clone(), inbox.clone());
        let platform = config.platform.clone();
        tokio::spawn(async move {
            let events = move |event| to.put(Input::Outbox(event));
            let stopped = async move { drop(stopped.await) };
            crate::platform::run(store, client, &platform, events, stopped).await
        })
    };
    let (rows, journal) = mpsc::channel(ROWS);
    let journal = tokio::spawn(write_journal(store.clone(), journal));

    let mut kiosk = Kiosk {
        visit: Visit::new(pack.clone(), config.visit),
        demo: config.site.demo,
        number: config.site.kiosk,
        paper: config.printer.paper,
        pack,
        serial: store.slips_ordered().await?,
        store,
        client,
        reader,
        printer,
        buttons,
        inbox,
        rows,
        tasks: JoinSet::new(),
        devices: Devices::default(),
        online: false,
        settling: SETTLING,
        slip: Vec::new(),
        jobs: HashMap::new(),
    };
    kiosk.journal("started", None, json!({ "version": env!("CARGO_PKG_VERSION") }));
    show(kiosk.view());

    let mut ticks = ticks.begin();
    let end = loop {
        let event = tokio::select! {
            biased;
            () = inputs.stop.notified() => break Ok(()),
            ended = &mut outbox => break match ended {
                Ok(Err(error)) => Err(error.into()),
                Ok(Ok(())) | Err(_) => Err(anyhow::anyhow!("the outbox worker has ended")),
            },
            () = ticks.next() => {
                kiosk.settling = kiosk.settling.saturating_sub(1);
                kiosk.store.set_clock_trusted(clock::trusted());
                while kiosk.tasks.try_join_next().is_some() {}
                Some(Event::Second)
            }
            input = inputs.inputs.recv() => match input {
                None => break Ok(()),
                Some(input) => kiosk.event_of(input),
            },
        };
        if let Some(event) = event {
            for effect in kiosk.visit.handle(event) {
                kiosk.carry_out(effect);
            }
        }
        show(kiosk.view());
    };

    // What was pressed and what was noted reaches the disk before it is closed.
    drop(stop);
    let Kiosk { store, rows, mut tasks, reader, printer, buttons, .. } = kiosk;
    drop((reader, printer, buttons));
    while tasks.join_next().await.is_some() {}
    drop(rows);
    let _ = journal.await;
    if end.is_ok() {
        outbox.await??;
    }
    store.close().await;
    end
}

/// What the loop holds between two events.
pub(super) struct Kiosk {
    pub(super) visit: Visit,
    pub(super) demo: bool,
    pub(super) number: u16,
    pub(super) paper: Paper,
    pub(super) pack: Arc<Pack>,
    pub(super) store: Store,
    pub(super) client: Client,
    pub(super) reader: Reader,
    pub(super) printer: Printer,
    pub(super) buttons: Buttons,
    pub(super) inbox: Inbox,
    /// To the journal.
    pub(super) rows: mpsc::Sender<Row>,
    /// What was begun for the visit and must end before the store is closed.
    pub(super) tasks: JoinSet<()>,
    pub(super) devices: Devices,
    pub(super) online: bool,
    /// Seconds left; none as soon as all was well once.
    pub(super) settling: u32,
    /// The slip of this visit as it was sent to the printer, for the screen.
    pub(super) slip: Vec<Line>,
    /// Serial number of the last slip; goes on after a restart.
    pub(super) serial: u64,
    /// Slips of this visit whose outcome is not known yet, by serial number.
    pub(super) jobs: HashMap<u64, Ticket>,
}

impl Kiosk {
    fn view(&mut self) -> View {
        let found = self.devices.reader.usable() && self.devices.printer.usable() && self.online;
        if found {
            self.settling = 0;
        }
        let moment = Moment {
            now: Timestamp::now(),
            clock_trusted: clock::trusted(),
            devices: &self.devices,
            slip: &self.slip,
            paper: self.paper,
            demo: self.demo,
            settling: self.settling > 0,
        };
        screen::compose(&self.visit, &moment)
    }

    /// What an input means to the visit.
    fn event_of(&mut self, input: Input) -> Option<Event> {
        match input {
            Input::Touch { page, touch } => Some(Event::Touched { page, touch }),
            Input::Reply(event) => Some(event),
            Input::Button(ButtonEvent::Pressed(level)) => Some(Event::Pressed(level)),
            Input::Button(ButtonEvent::State(state)) => {
                self.journal("panel", None, json!({ "state": state }));
                self.devices.panel = state;
                Some(self.surroundings())
            }
            Input::Reader(event) => match event {
                ReaderEvent::State(state) => {
                    self.journal("reader", None, json!({ "state": state }));
                    self.devices.reader = state;
                    Some(self.surroundings())
                }
                ReaderEvent::Reading => Some(Event::CardReading),
                ReaderEvent::Card(card, trace) => {
                    let took_ms = trace.done_at.duration_since(trace.found_at).as_millis() as u64;
                    tracing::info!(kind = ?card.kind, took_ms, "card read");
                    if !card.number_check {
                        tracing::warn!(kind = ?card.kind, "number on the card fails its check");
                        self.journal(
                            "card_number_check_failed",
                            None,
                            json!({ "kind": card.kind }),
                        );
                    }
                    Some(Event::CardRead { card, today: clock::today() })
                }
                ReaderEvent::Problem(problem) => Some(Event::CardTrouble(match problem {
                    CardProblem::WrongCard => CardTrouble::WrongCard,
                    CardProblem::NotGenuine => CardTrouble::NotGenuine,
                    CardProblem::MovedAway => CardTrouble::MovedAway,
                    CardProblem::StillThere => CardTrouble::StillThere,
                    CardProblem::Unreadable => CardTrouble::Unreadable,
                })),
            },
            Input::Printer(event) => match event {
                PrinterEvent::State(state) => {
                    self.journal("printer", None, json!({ "state": state }));
                    self.devices.printer = state;
                    Some(self.surroundings())
                }
                PrinterEvent::Progress { .. } => None,
                PrinterEvent::Finished { job, outcome } => {
                    let detail = json!({ "slip": job, "outcome": outcome });
                    self.journal("slip_outcome", None, detail);
                    let ticket = self.jobs.remove(&job)?;
                    let outcome = match outcome {
                        Outcome::Printed => SlipOutcome::Printed,
                        Outcome::NotPrinted(_) => SlipOutcome::NotPrinted,
                        Outcome::Unknown(_) => SlipOutcome::Unknown,
                    };
                    Some(Event::SlipDone { ticket, outcome })
                }
            },
            Input::Outbox(OutboxEvent::Online(online)) => {
                if online != self.online {
                    self.journal("network", None, json!({ "online": online }));
                }
                self.online = online;
                Some(self.surroundings())
            }
            Input::Outbox(OutboxEvent::CaseAdvanced(facts)) => Some(Event::CaseAdvanced(facts)),
        }
    }

    fn surroundings(&self) -> Event {
        Event::Surroundings(Surroundings {
            online: self.online,
            reader: self.devices.reader.usable(),
            printer: self.devices.printer.usable(),
            panel: self.devices.panel.usable(),
        })
    }
}
