//! The loop itself: what an input means to the visit, and when it ends.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::effects::store::{ROWS, Row, write_journal};
use super::keep::{Outage, Outer};
use super::packs::Held;
use super::startup::{Drivers, Known, Parts, ServiceFault};
use super::status::{Serving, State};
use super::ticks::Begun;
use super::vitals::Beating;
use super::{Inbox, Input, LAST_WRITES, PackInput, Vitals};
use crate::clock::WallClock;
use crate::config::{self, Paper};
use crate::devices::buttons::ButtonEvent;
use crate::devices::link::is_simulated;
use crate::devices::printer::{LastSlip, PrintOutcome, PrinterEvent};
use crate::devices::reader::{CardProblem, Presence, ReaderEvent};
use crate::domain::pack::Pack;
use crate::journal;
use crate::platform::{Client, OutboxEvent};
use crate::screen::{self, Devices, Kept, Moment, View};
use crate::slip::layout::Line;
use crate::store::{SlipResult, SlipSerial, Store, StoreError};
use crate::visit::{CardTrouble, Event, Page, SlipOrder, SlipOutcome, Surroundings, Ticket, Visit};

/// Seconds after the start for which reader, printer and network may be missing before the attract
/// screen warns of it.
const SETTLING: u32 = 20;
/// Seconds between two questions to the store whether it lives; its thread has no beat of its own,
/// because it has nothing to do while nobody asks.
const STORE_ASKED_EVERY: u32 = 10;
/// Seconds between two looks for promised days that have passed.
const DAYS_LOOKED_AT_EVERY: u32 = 600;

/// How serving came to its end.
pub(super) enum Served {
    Stopped,
    /// Something that the kiosk cannot serve without has failed, so many seconds after the start.
    ServiceFault {
        fault: ServiceFault,
        after: u32,
    },
}

/// Serves until the kiosk is stopped or cannot go on; `outage` is what came before,
/// and is taken when it stands in the journal. Everything that was opened is closed when
/// this returns, and nothing of it is left in the inbox.
pub(super) async fn serve(
    outer: &mut Outer,
    ticks: &mut Begun,
    parts: Parts,
    outage: &mut Option<Outage>,
) -> Served {
    let store = parts.store.clone();
    let mut after = 0;
    let last_slip =
        if store.startup().last_slip_whole { LastSlip::Whole } else { LastSlip::Unknown };
    let ended = match Drivers::spawn(&parts.config, last_slip, &outer.inbox) {
        Err(fault) => Err(fault),
        Ok(drivers) => {
            let (rows, journal) = mpsc::channel(ROWS);
            let journal = tokio::spawn(write_journal(store.clone(), journal));
            let platform = parts.config.platform.clone();
            let vitals = outer.vitals.clone();
            let mut kiosk = Kiosk::new(parts, drivers, outer.inbox.clone(), rows, vitals);
            kiosk.vitals.store.beat();
            let version = env!("CARGO_PKG_VERSION").to_owned();
            if let Some(Outage { cause, seconds }) = outage.take() {
                kiosk.journal(journal::Event::OutOfService { cause: cause.number(), seconds });
            }
            kiosk.journal(journal::Event::Started { version });
            kiosk.tell_of_the_first_pack();
            let ended = kiosk.until_the_end(outer, ticks, &platform, &mut after).await;
            kiosk.end(outer).await;
            let _ = journal.await;
            ended
        }
    };
    store.close().await;
    outer.vitals.rest();
    match ended {
        Ok(()) => Served::Stopped,
        Err(fault) => Served::ServiceFault { fault, after },
    }
}

/// What the loop holds between two events.
pub(super) struct Kiosk {
    pub(super) visit: Visit,
    /// 演示 (promise P1): so configured, or a simulator has been found behind a port, or the platform
    /// has said that it is none of the real ones.
    pub(super) demo: bool,
    pub(super) reader_port: PathBuf,
    pub(super) printer_port: PathBuf,
    pub(super) number: u16,
    pub(super) paper: Paper,
    kept: Kept,
    pub(super) pack: Arc<Pack>,
    pub(super) held: Held,
    pub(super) known: Known,
    pub(super) store: Store,
    pub(super) client: Client,
    pub(super) drivers: Drivers,
    pub(super) inbox: Inbox,
    /// To the journal.
    pub(super) rows: mpsc::Sender<Row>,
    /// What was begun for the visit and must end before the store is closed.
    pub(super) tasks: JoinSet<()>,
    pub(super) devices: Devices,
    pub(super) online: bool,
    pub(super) clock: WallClock,
    /// Whether the clock was believed a second ago.
    pub(super) trusted: Option<bool>,
    /// Seconds left; none as soon as all was well once.
    pub(super) settling: u32,
    /// The slip of this visit as it was sent to the printer, for the screen.
    pub(super) slip: Vec<Line>,
    /// Slips of this visit whose outcome is not known yet, by serial number.
    pub(super) jobs: HashMap<u64, Ticket>,
    /// Slips of this visit that wait for their serial, and whether each says 补打.
    pub(super) orders: HashMap<Ticket, (SlipOrder, bool)>,
    /// Deliveries that wait for the platform, as last counted.
    pub(super) waiting: Option<u64>,
    /// The store has been asked how it is and has not answered yet.
    pub(super) store_asked: bool,
    pub(super) vitals: Vitals,
}

impl Kiosk {
    /// A kiosk that nobody stands at. `rows`: to the journal.
    pub(super) fn new(
        parts: Parts,
        drivers: Drivers,
        inbox: Inbox,
        rows: mpsc::Sender<Row>,
        vitals: Vitals,
    ) -> Kiosk {
        let Parts { config, pack, held, known, store, client } = parts;
        Kiosk {
            visit: Visit::new(pack.clone(), config.visit),
            demo: config.site.demo,
            reader_port: config.reader.port,
            printer_port: config.printer.port,
            number: config.site.kiosk,
            paper: config.printer.paper,
            kept: Kept::by(&config.store),
            clock: WallClock::new(pack.as_of, store.startup().newest_trusted_at),
            pack,
            held,
            known,
            store,
            client,
            drivers,
            inbox,
            rows,
            tasks: JoinSet::new(),
            devices: Devices::default(),
            online: false,
            trusted: None,
            settling: SETTLING,
            slip: Vec::new(),
            jobs: HashMap::new(),
            orders: HashMap::new(),
            waiting: None,
            store_asked: false,
            vitals,
        }
    }

    /// Handles what comes until the kiosk is stopped, or a part without which it cannot serve has
    /// ended. `seconds` counts how long that took.
    async fn until_the_end(
        &mut self,
        outer: &mut Outer,
        ticks: &mut Begun,
        platform: &config::Platform,
        seconds: &mut u32,
    ) -> Result<(), ServiceFault> {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let mut outbox = {
            let (store, client, to) = (self.store.clone(), self.client.clone(), self.inbox.clone());
            let platform = platform.clone();
            let worker = async move {
                let events = move |event| to.put(Input::Outbox(event));
                let stopped = async move { drop(stopped.await) };
                crate::platform::run(store, client, &platform, events, stopped).await
            };
            tokio::spawn(Beating::new(outer.vitals.outbox.clone(), worker))
        };
        // Ends with this; what it has half laid out is swept away by the next.
        let mut fetching = JoinSet::new();
        fetching.spawn(crate::platform::counts::follow(self.client.clone(), self.store.clone()));
        if let Some(every) = self.held.fetch_every {
            let to = self.inbox.clone();
            let tell = move |news| to.put(Input::Packs(PackInput::News(news)));
            let (client, packs) = (self.client.clone(), self.held.packs.clone());
            let store = self.store.clone();
            fetching.spawn(crate::platform::packs::follow(client, packs, store, every, tell));
        }
        loop {
            outer.vitals.kiosk_loop.beat();
            (outer.show)(self.view());
            let event = tokio::select! {
                biased;
                () = outer.inputs.stop.notified() => break,
                ended = &mut outbox => return Err(match ended {
                    Ok(Err(error)) => error.into(),
                    Ok(Ok(())) | Err(_) => ServiceFault::Ended("the outbox worker"),
                }),
                () = ticks.next() => {
                    *seconds = seconds.saturating_add(1);
                    self.second(outer, *seconds);
                    // Whoever is here has been told of it, and is not turned away in the middle.
                    if self.store.fails() && self.visit.page() == Page::Attract {
                        let path = self.store.path().to_owned();
                        return Err(StoreError::Failing { path }.into());
                    }
                    Some(Event::Second { today: self.clock.today() })
                }
                input = outer.inputs.inputs.recv() => match input {
                    None => break,
                    Some(input) => self.event_of(input),
                },
            };
            if let Some(event) = event {
                for effect in self.visit.handle(event) {
                    self.carry_out(effect);
                }
            }
        }
        drop(stop);
        match outbox.await {
            Ok(ended) => Ok(ended?),
            Err(_) => Err(ServiceFault::Ended("the outbox worker")),
        }
    }

    /// Ends what was begun. What was pressed and what was noted reaches the disk, and nothing is left
    /// in the inbox: an answer to somebody of this opening must not reach anybody of the next.
    async fn end(mut self, outer: &mut Outer) {
        for effect in self.visit.stop() {
            self.carry_out(effect);
        }
        let Kiosk { drivers, mut tasks, rows, .. } = self;
        // Each waits for its thread, and a thread may be in the middle of a device's answer.
        let _ = tokio::task::spawn_blocking(move || drop(drivers)).await;
        let all = async { while tasks.join_next().await.is_some() {} };
        // A query may still wait for the platform; nobody waits for its answer.
        let _ = tokio::time::timeout(LAST_WRITES, all).await;
        while let Ok(input) = outer.inputs.inputs.try_recv() {
            let row = match input {
                // The driver says of the slip in the printer how far it came.
                Input::Printer(PrinterEvent::Finished { job, outcome }) => {
                    let (_, outcome, why) = outcome_of(outcome);
                    Row::Slip { serial: SlipSerial(job), outcome, why }
                }
                // Ordered, and never given to the printer.
                Input::SlipOrdered { serial, .. } => {
                    let why = Some("the kiosk stopped".to_owned());
                    Row::Slip { serial, outcome: SlipResult::NotPrinted, why }
                }
                _ => continue,
            };
            let _ = rows.try_send(row);
        }
        let _ = rows.try_send(Row::Event(journal::Event::Stopped {}));
    }

    /// What is to be looked after each second, whoever stands here.
    fn second(&mut self, outer: &mut Outer, seconds: u32) {
        self.settling = self.settling.saturating_sub(1);
        let trusted = self.clock.trusted();
        self.store.set_clock_trusted(trusted);
        if self.trusted.replace(trusted) != Some(trusted) {
            self.journal(journal::Event::Clock { trusted });
        }
        while self.tasks.try_join_next().is_some() {}
        self.vitals.reader.follow(self.drivers.reader.pulse());
        self.vitals.printer.follow(self.drivers.printer.pulse());
        self.vitals.panel.follow(self.drivers.buttons.pulse());
        if seconds % STORE_ASKED_EVERY == 1 && !self.store_asked {
            self.store_asked = true;
            self.ask_store();
        }
        if trusted && seconds % DAYS_LOOKED_AT_EVERY == 30 {
            self.note_overdue();
        }
        self.follow_packs(seconds);
        outer.status.second(self.state(), trusted);
    }

    fn state(&self) -> State {
        State::Serving(Serving {
            kiosk: self.number,
            demo: self.demo,
            pack_version: self.pack.version.clone(),
            pack_waiting: self.held.waiting.clone(),
            pack_refused: self.held.refused.clone(),
            in_use: self.visit.page() != Page::Attract,
            card_left: self.visit.session().card_left(),
            reader: self.devices.reader.clone(),
            printer: self.devices.printer.clone(),
            panel: self.devices.panel.clone(),
            online: self.online,
            waiting: self.waiting,
            store: self.store.health(),
        })
    }

    pub(super) fn view(&mut self) -> View {
        let found = self.devices.reader.usable() && self.devices.printer.usable() && self.online;
        if found {
            self.settling = 0;
        }
        let moment = Moment {
            now: Timestamp::now(),
            clock_trusted: self.clock.trusted(),
            devices: &self.devices,
            slip: &self.slip,
            paper: self.paper,
            kept: self.kept,
            demo: self.demo,
            settling: self.settling > 0,
        };
        screen::compose(&self.visit, &moment)
    }

    /// What an input means to the visit.
    pub(super) fn event_of(&mut self, input: Input) -> Option<Event> {
        match input {
            Input::Touch { page, touch } => Some(Event::Touched { page, touch }),
            Input::Reply(event) => Some(event),
            Input::SlipOrdered { ticket, serial } => self.print_ordered(ticket, serial),
            Input::Button(ButtonEvent::Pressed(level)) => Some(Event::Pressed(level)),
            Input::Button(ButtonEvent::State(change)) => {
                self.journal(journal::Event::Panel {
                    state: change.state.clone(),
                    untold: change.untold,
                });
                self.devices.panel = change.state;
                Some(self.surroundings())
            }
            Input::Reader(event) => match event {
                ReaderEvent::State(change) => {
                    self.journal(journal::Event::Reader {
                        state: change.state.clone(),
                        untold: change.untold,
                    });
                    self.devices.reader = change.state;
                    self.demo |= self.devices.reader.usable() && is_simulated(&self.reader_port);
                    Some(self.surroundings())
                }
                ReaderEvent::Reading => Some(Event::CardReading),
                ReaderEvent::Card(card, trace) => {
                    let took_ms = trace.done_at.duration_since(trace.found_at).as_millis() as u64;
                    tracing::info!(kind = ?card.kind, took_ms, "card read");
                    if !card.number_check {
                        tracing::warn!(kind = ?card.kind, "number on the card fails its check");
                        let kind = card.kind;
                        self.journal(journal::Event::CardNumberCheckFailed { kind });
                    }
                    Some(Event::CardRead { card, today: self.clock.today() })
                }
                ReaderEvent::Problem(problem) => Some(Event::CardTrouble(match problem {
                    CardProblem::WrongCard => CardTrouble::WrongCard,
                    CardProblem::NotGenuine => CardTrouble::NotGenuine,
                    CardProblem::MovedAway => CardTrouble::MovedAway,
                    CardProblem::StillThere => CardTrouble::StillThere,
                    CardProblem::Unreadable => CardTrouble::Unreadable,
                })),
                ReaderEvent::Presence(presence) => Some(Event::CardPresence {
                    lies: match presence {
                        Presence::Lying => Some(true),
                        Presence::Lifted => Some(false),
                        Presence::Unknown => None,
                    },
                }),
            },
            Input::Printer(event) => match event {
                PrinterEvent::State(change) => {
                    self.journal(journal::Event::Printer {
                        state: change.state.clone(),
                        untold: change.untold,
                    });
                    self.devices.printer = change.state;
                    self.demo |= self.devices.printer.usable() && is_simulated(&self.printer_port);
                    Some(self.surroundings())
                }
                PrinterEvent::Progress { .. } => None,
                PrinterEvent::Finished { job, outcome } => {
                    let (outcome, result, why) = outcome_of(outcome);
                    self.slip_outcome(SlipSerial(job), result, why);
                    let ticket = self.jobs.remove(&job)?;
                    Some(Event::SlipDone { ticket, outcome })
                }
            },
            Input::Packs(input) => {
                self.of_packs(input);
                None
            }
            Input::StoreAnswered(waiting) => {
                self.store_asked = false;
                self.vitals.store.beat();
                self.waiting = waiting.or(self.waiting);
                None
            }
            Input::Outbox(OutboxEvent::Online(online)) => {
                if online != self.online {
                    self.journal(journal::Event::Network { online });
                }
                self.online = online;
                Some(self.surroundings())
            }
            Input::Outbox(OutboxEvent::Demo) => {
                self.demo = true;
                None
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

/// What became of a slip, for the citizen and for the journal, and why.
fn outcome_of(outcome: PrintOutcome) -> (SlipOutcome, SlipResult, Option<String>) {
    match outcome {
        PrintOutcome::Printed => (SlipOutcome::Printed, SlipResult::Printed, None),
        PrintOutcome::NotPrinted(fault) => {
            (SlipOutcome::NotPrinted, SlipResult::NotPrinted, Some(format!("{fault:?}")))
        }
        PrintOutcome::Unknown(why) => {
            (SlipOutcome::Unknown, SlipResult::Unknown, Some(format!("{why:?}")))
        }
    }
}
