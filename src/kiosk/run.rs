//! The loop itself: what an input means to the visit, and when it ends.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::effects::store::{ROWS, Row, write_journal};
use super::{Inbox, Input, Inputs, Parts, Ticks};
use crate::clock;
use crate::config::Paper;
use crate::devices::buttons::{ButtonEvent, Buttons};
use crate::devices::printer::{Outcome, Printer, PrinterEvent};
use crate::devices::reader::{CardProblem, Reader, ReaderEvent};
use crate::domain::card::{CardText, ValidTo};
use crate::domain::pack::Pack;
use crate::journal;
use crate::platform::{Client, OutboxEvent};
use crate::screen::scene::{self, Around, Devices, Scene};
use crate::slip::layout::Line;
use crate::store::{SlipResult, SlipSerial, Store};
use crate::visit::{CardTrouble, Event, SlipOrder, SlipOutcome, Surroundings, Ticket, Visit};

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
    show: impl Fn(Scene),
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
        orders: HashMap::new(),
    };
    kiosk.journal(journal::Event::Started { version: env!("CARGO_PKG_VERSION").to_owned() });
    show(kiosk.scene());

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
        show(kiosk.scene());
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
    /// Slips of this visit whose outcome is not known yet, by serial number.
    pub(super) jobs: HashMap<u64, Ticket>,
    /// Slips of this visit that wait for their serial.
    pub(super) orders: HashMap<Ticket, SlipOrder>,
}

impl Kiosk {
    fn scene(&mut self) -> Scene {
        let found = self.devices.reader.usable() && self.devices.printer.usable() && self.online;
        if found {
            self.settling = 0;
        }
        let around = Around {
            now: Timestamp::now(),
            devices: self.devices.clone(),
            slip: &self.slip,
            paper: self.paper,
            demo: self.demo,
            settling: self.settling > 0,
        };
        scene::compose(&self.visit, &around)
    }

    /// What an input means to the visit.
    fn event_of(&mut self, input: Input) -> Option<Event> {
        match input {
            Input::Touch(touch) => Some(Event::Touched(touch)),
            Input::Reply(event) => Some(event),
            Input::SlipOrdered { ticket, serial } => self.print_ordered(ticket, serial),
            Input::Button(ButtonEvent::Pressed(level)) => Some(Event::Pressed(level)),
            Input::Button(ButtonEvent::State(state)) => {
                self.journal(journal::Event::Panel { state: state.clone() });
                self.devices.panel = state;
                Some(self.surroundings())
            }
            Input::Reader(event) => match event {
                ReaderEvent::State(state) => {
                    self.journal(journal::Event::Reader { state: state.clone() });
                    self.devices.reader = state;
                    Some(self.surroundings())
                }
                ReaderEvent::Reading => Some(Event::CardReading),
                ReaderEvent::Card(card, trace) => {
                    let expired = expired(&card, self.pack.as_of, clock::today());
                    let took_ms = trace.done_at.duration_since(trace.found_at).as_millis() as u64;
                    tracing::info!(kind = ?card.kind, took_ms, "card read");
                    if !card.number_check {
                        tracing::warn!(kind = ?card.kind, "number on the card fails its check");
                        let kind = card.kind;
                        self.journal(journal::Event::CardNumberCheckFailed { kind });
                    }
                    Some(Event::CardRead { card, expired })
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
                    self.journal(journal::Event::Printer { state: state.clone() });
                    self.devices.printer = state;
                    Some(self.surroundings())
                }
                PrinterEvent::Progress { .. } => None,
                PrinterEvent::Finished { job, outcome } => {
                    let (result, why, outcome) = match outcome {
                        Outcome::Printed => (SlipResult::Printed, None, SlipOutcome::Printed),
                        Outcome::NotPrinted(fault) => {
                            let why = Some(format!("{fault:?}"));
                            (SlipResult::NotPrinted, why, SlipOutcome::NotPrinted)
                        }
                        Outcome::Unknown(why) => {
                            let why = Some(format!("{why:?}"));
                            (SlipResult::Unknown, why, SlipOutcome::Unknown)
                        }
                    };
                    self.slip_outcome(SlipSerial(job), result, why);
                    let ticket = self.jobs.remove(&job)?;
                    Some(Event::SlipDone { ticket, outcome })
                }
            },
            Input::Outbox(OutboxEvent::Online(online)) => {
                if online != self.online {
                    self.journal(journal::Event::Network { online });
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

/// Whether a card's last day has certainly passed. The date of the site pack is a day that has
/// been, whatever the clock says (promise P9).
fn expired(card: &CardText, pack_as_of: Date, today: Option<Date>) -> bool {
    match card.valid_to {
        ValidTo::Until(last) => last < today.map_or(pack_as_of, |today| today.max(pack_as_of)),
        ValidTo::LongTerm | ValidTo::Unreadable => false,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::card::{CardKind, Sex};

    fn card(valid_to: ValidTo) -> CardText {
        CardText {
            kind: CardKind::Citizen,
            name: String::new(),
            name_latin: String::new(),
            sex: Sex::Unknown,
            ethnicity: None,
            nationality: None,
            birth: None,
            address: String::new(),
            number: String::new(),
            issuer: String::new(),
            valid_from: None,
            valid_to,
            number_check: true,
        }
    }

    #[test]
    fn p9_a_card_has_expired_only_when_that_is_certain() {
        let pack = date(2026, 11, 1);
        let last = ValidTo::Until;
        for (valid_to, today, expected) in [
            (last(date(2026, 10, 31)), None, true),
            (last(date(2026, 11, 1)), None, false),
            // The clock says that it has; but the clock is trusted only here:
            (last(date(2026, 11, 20)), Some(date(2026, 11, 21)), true),
            (last(date(2026, 11, 20)), None, false),
            // A clock that stands before the pack was made is wrong about today.
            (last(date(2026, 10, 31)), Some(date(1970, 1, 1)), true),
            (ValidTo::LongTerm, Some(date(2099, 1, 1)), false),
            (ValidTo::Unreadable, Some(date(2099, 1, 1)), false),
        ] {
            assert_eq!(expired(&card(valid_to), pack, today), expected, "{valid_to:?} {today:?}");
        }
    }
}
