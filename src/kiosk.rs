//! The kiosk: one loop that takes events from every side, asks the visit, and carries out what it
//! says. Everything about a citizen is in the visit; what stands here is wiped with it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use crate::clock;
use crate::config::{Config, Paper};
use crate::devices::buttons::{self, ButtonEvent, Buttons};
use crate::devices::printer::{self, Job, LastSlip, PrintOutcome, Printer, PrinterEvent};
use crate::devices::reader::{self, CardProblem, Reader, ReaderEvent};
use crate::domain::card::{CardText, ValidTo};
use crate::domain::case::CaseNumber;
use crate::domain::mask;
use crate::domain::pack::{AnswerKind, Bilingual, Item, Pack};
use crate::platform::{Client, OutboxEvent, PlatformError};
use crate::screen::scene::{self, Around, Devices, Scene, shown_name};
use crate::slip::layout::{Line, layout};
use crate::slip::{Slip, content};
use crate::store::{NewCase, NewEvaluation, Store};
use crate::visit::{
    CardTrouble, Effect, Event, QueryTrouble, SlipOrder, SlipOutcome, Surroundings, Ticket, Touch,
    Visit,
};

/// Room for inputs that came while one was being handled. The loop waits for nothing, so a person,
/// three devices and the network cannot fill it.
const INPUTS: usize = 256;
/// Journal rows that wait for the disk.
const ROWS: usize = 256;
/// How long after the start reader, printer and network may be missing before the attract screen
/// warns of it.
const SETTLING: Duration = Duration::from_secs(20);

/// Anything that reaches the kiosk from outside the visit.
#[derive(Debug)]
pub enum Input {
    Touch(Touch),
    Reader(ReaderEvent),
    Printer(PrinterEvent),
    Button(ButtonEvent),
    Outbox(OutboxEvent),
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
    inputs: mpsc::Receiver<Input>,
    stop: Arc<Notify>,
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

/// What the loop runs on; opened before it starts, so that a fault of the machine ends the
/// program with a sentence instead of a dark screen.
pub struct Parts {
    pub config: Config,
    pub pack: Arc<Pack>,
    pub store: Store,
    pub client: Client,
}

impl Parts {
    /// Opens everything that a kiosk needs to begin.
    ///
    /// # Errors
    /// A broken site pack, a database that is not ours or cannot be opened, an address of a
    /// platform that is none; each names the place and the remedy.
    pub fn open(config: Config) -> anyhow::Result<Parts> {
        let pack = Arc::new(crate::pack::load(&config.pack.path)?);
        let store = Store::open(&config.store, &pack.region, config.site.kiosk)?;
        let client = Client::new(&config.platform)?;
        Ok(Parts { config, pack, store, client })
    }
}

/// A kiosk that runs on threads of its own.
pub struct Running(std::thread::JoinHandle<anyhow::Result<()>>);

impl Running {
    /// Waits until the kiosk has stopped.
    ///
    /// # Errors
    /// What ended it early.
    pub fn join(self) -> anyhow::Result<()> {
        self.0.join().map_err(|_| anyhow::anyhow!("the kiosk loop ended by a fault of its own"))?
    }
}

/// Tells that the kiosk loop has ended, however it ended.
struct Ended<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for Ended<F> {
    fn drop(&mut self) {
        if let Some(ended) = self.0.take() {
            ended();
        }
    }
}

/// Starts devices, outbox and the loop beside the screen. `show` puts a scene on the screen and
/// returns at once; `ended` is called when the loop has ended, so that no dark screen stays behind.
///
/// # Errors
/// When a device is configured in a way that cannot work, or the system gives no threads.
pub fn start(
    parts: Parts,
    inbox: Inbox,
    inputs: Inputs,
    show: impl Fn(Scene) + Send + 'static,
    ended: impl FnOnce() + Send + 'static,
) -> anyhow::Result<Running> {
    let config = &parts.config;
    let to = inbox.clone();
    let reader = reader::spawn(&config.reader, move |event| to.put(Input::Reader(event)))?;
    let to = inbox.clone();
    let printer = printer::spawn(&config.printer, LastSlip::Unknown, move |event| {
        to.put(Input::Printer(event));
    })?;
    let to = inbox.clone();
    let buttons = buttons::spawn(&config.buttons, move |event| to.put(Input::Button(event)))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("kiosk")
        .enable_all()
        .build()?;
    let thread = std::thread::Builder::new().name("kiosk-loop".into()).spawn(move || {
        let _ended = Ended(Some(ended));
        runtime.block_on(run(parts, (reader, printer, buttons), inbox, inputs, show))
    })?;
    Ok(Running(thread))
}

/// Runs the kiosk until it is stopped.
async fn run(
    parts: Parts,
    (reader, printer, buttons): (Reader, Printer, Buttons),
    inbox: Inbox,
    mut inputs: Inputs,
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
        settling_until: Some(Instant::now() + SETTLING),
        slip: Vec::new(),
        jobs: HashMap::new(),
    };
    kiosk.journal("started", None, json!({ "version": env!("CARGO_PKG_VERSION") }));
    show(kiosk.scene());

    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let end = loop {
        let event = tokio::select! {
            biased;
            () = inputs.stop.notified() => break Ok(()),
            ended = &mut outbox => break match ended {
                Ok(Err(error)) => Err(error.into()),
                Ok(Ok(())) | Err(_) => Err(anyhow::anyhow!("the outbox worker has ended")),
            },
            _ = second.tick() => {
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

/// A row of the journal that waits for the disk.
struct Row {
    kind: &'static str,
    case: Option<CaseNumber>,
    detail: serde_json::Value,
}

/// Writes journal rows one after the other, so that they stand in the order in which they
/// happened.
async fn write_journal(store: Store, mut rows: mpsc::Receiver<Row>) {
    while let Some(Row { kind, case, detail }) = rows.recv().await {
        if let Err(error) = store.journal(kind, case.as_ref(), &detail).await {
            tracing::error!(%error, kind, "the journal could not be written");
        }
    }
}

struct Kiosk {
    visit: Visit,
    demo: bool,
    number: u8,
    paper: Paper,
    pack: Arc<Pack>,
    store: Store,
    client: Client,
    reader: Reader,
    printer: Printer,
    buttons: Buttons,
    inbox: Inbox,
    /// To the journal.
    rows: mpsc::Sender<Row>,
    /// What was begun for the visit and must end before the store is closed.
    tasks: JoinSet<()>,
    devices: Devices,
    online: bool,
    /// Over as soon as all was well once.
    settling_until: Option<Instant>,
    /// The slip of this visit as it was sent to the printer, for the screen.
    slip: Vec<Line>,
    /// Serial number of the last slip; goes on after a restart.
    serial: u64,
    /// Slips of this visit whose outcome is not known yet, by serial number.
    jobs: HashMap<u64, Ticket>,
}

impl Kiosk {
    fn scene(&mut self) -> Scene {
        let found = self.devices.reader.usable() && self.devices.printer.usable() && self.online;
        self.settling_until = self.settling_until.filter(|end| !found && Instant::now() < *end);
        let around = Around {
            now: Timestamp::now(),
            devices: self.devices.clone(),
            slip: &self.slip,
            paper: self.paper,
            demo: self.demo,
            settling: self.settling_until.is_some(),
        };
        scene::compose(&self.visit, &around)
    }

    /// What an input means to the visit.
    fn event_of(&mut self, input: Input) -> Option<Event> {
        match input {
            Input::Touch(touch) => Some(Event::Touched(touch)),
            Input::Reply(event) => Some(event),
            Input::Button(ButtonEvent::Pressed(level)) => Some(Event::Pressed(level)),
            Input::Button(ButtonEvent::State(change)) => {
                self.journal("panel", None, json!(change));
                self.devices.panel = change.state;
                Some(self.surroundings())
            }
            Input::Reader(event) => match event {
                ReaderEvent::State(change) => {
                    self.journal("reader", None, json!(change));
                    self.devices.reader = change.state;
                    Some(self.surroundings())
                }
                ReaderEvent::Reading => Some(Event::CardReading),
                ReaderEvent::Card(card, trace) => {
                    let expired = expired(&card, self.pack.as_of, today());
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
                    Some(Event::CardRead { card, expired })
                }
                ReaderEvent::Problem(problem) => Some(Event::CardTrouble(match problem {
                    CardProblem::WrongCard => CardTrouble::WrongCard,
                    CardProblem::NotGenuine => CardTrouble::NotGenuine,
                    CardProblem::MovedAway => CardTrouble::MovedAway,
                    CardProblem::StillThere => CardTrouble::StillThere,
                    CardProblem::Unreadable => CardTrouble::Unreadable,
                })),
                ReaderEvent::Presence(_) => None,
            },
            Input::Printer(event) => match event {
                PrinterEvent::State(change) => {
                    self.journal("printer", None, json!(change));
                    self.devices.printer = change.state;
                    Some(self.surroundings())
                }
                PrinterEvent::Progress { .. } => None,
                PrinterEvent::Finished { job, outcome } => {
                    let detail = json!({ "slip": job, "outcome": outcome });
                    self.journal("slip_outcome", None, detail);
                    let ticket = self.jobs.remove(&job)?;
                    let outcome = match outcome {
                        PrintOutcome::Printed => SlipOutcome::Printed,
                        PrintOutcome::NotPrinted(_) => SlipOutcome::NotPrinted,
                        PrintOutcome::Unknown(_) => SlipOutcome::Unknown,
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

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::ExpectCard(on) => self.reader.expect_card(on),
            Effect::ArmPanel(on) => self.buttons.arm(on),
            Effect::Query { ticket, card, .. } => {
                let (client, inbox) = (self.client.clone(), self.inbox.clone());
                self.tasks.spawn(async move {
                    let answer = match client.participation(&card).await {
                        Ok(answer) if answer.rows.is_empty() => Err(QueryTrouble::NotFound),
                        Ok(answer) => Ok(answer),
                        Err(error) => {
                            tracing::warn!(%error, "participation query failed");
                            Err(query_trouble(&error))
                        }
                    };
                    inbox.put(Input::Reply(Event::Queried { ticket, answer }));
                });
            }
            Effect::Submit { ticket, item, card, answers } => {
                let (store, inbox) = (self.store.clone(), self.inbox.clone());
                let case = NewCase {
                    item: self.pack.items[item].id.clone(),
                    card,
                    answers: answers.0,
                    received_at: Timestamp::now(),
                    clock_trusted: clock::trusted(),
                };
                self.tasks.spawn(async move {
                    let facts = match store.submit(case).await {
                        Ok(facts) => Some(facts),
                        Err(error) => {
                            tracing::error!(%error, "a case could not be stored");
                            None
                        }
                    };
                    inbox.put(Input::Reply(Event::Stored { ticket, facts }));
                });
            }
            Effect::FindCases { ticket, card } => {
                let (store, inbox) = (self.store.clone(), self.inbox.clone());
                self.tasks.spawn(async move {
                    let cases = store.cases_of(&card.number).await.unwrap_or_else(|error| {
                        tracing::error!(%error, "cases could not be looked up");
                        Vec::new()
                    });
                    inbox.put(Input::Reply(Event::CasesFound { ticket, cases }));
                });
            }
            Effect::Print { ticket, order } => self.print(ticket, &order),
            Effect::RecordEvaluation { ticket, about, level, tags } => {
                let (store, inbox) = (self.store.clone(), self.inbox.clone());
                let evaluation = NewEvaluation {
                    case: about.case,
                    item: Some(self.pack.items[about.item].id.clone()),
                    level,
                    tags,
                    pressed_at: Timestamp::now(),
                    clock_trusted: clock::trusted(),
                };
                self.tasks.spawn(async move {
                    match store.record_evaluation(evaluation).await {
                        Ok(()) => inbox.put(Input::Reply(Event::EvaluationStored { ticket })),
                        Err(error) => tracing::error!(%error, "an evaluation could not be stored"),
                    }
                });
            }
            Effect::Wipe => {
                self.slip.clear();
                self.jobs.clear();
            }
        }
    }

    fn print(&mut self, ticket: Ticket, order: &SlipOrder) {
        let (item, reprint) = match order {
            SlipOrder::Guide { item, reprint } => (*item, *reprint),
            SlipOrder::Query { item, reprint, .. } => (*item, *reprint),
            SlipOrder::Receipt { form, reprint, .. } => (form.item, *reprint),
        };
        self.serial += 1;
        let item = &self.pack.items[item];
        let head = content::Head {
            pack: &self.pack,
            kiosk: self.number,
            printed_at: Timestamp::now(),
            clock_trusted: clock::trusted(),
            serial: self.serial,
            lang: self.visit.lang(),
            demo: self.demo,
            reprint,
        };
        let slip: Slip = match order {
            SlipOrder::Guide { .. } => content::guide(&head, item),
            SlipOrder::Query { card, answer, .. } => {
                let (name, number) = masked(card);
                let applicant = content::Applicant { name: &name, number: &number };
                content::query_result(&head, item, &applicant, answer)
            }
            SlipOrder::Receipt { form, facts, .. } => {
                let (name, number) = masked(&form.card);
                let applicant = content::Applicant { name: &name, number: &number };
                let answers = slip_answers(item, &form.answers);
                content::receipt(&head, item, facts, &applicant, &answers)
            }
        };
        self.slip = layout(&slip, self.paper);
        let case = match order {
            SlipOrder::Receipt { facts, .. } => Some(facts.number.clone()),
            SlipOrder::Guide { .. } | SlipOrder::Query { .. } => None,
        };
        let serial = self.serial;
        let detail = json!({ "slip": serial, "item": item.id, "reprint": reprint });
        self.journal("slip_ordered", case, detail);
        self.jobs.insert(serial, ticket);
        if self.printer.print(Job { id: serial, lines: self.slip.clone() }).is_err() {
            self.jobs.remove(&serial);
            let outcome = SlipOutcome::NotPrinted;
            self.inbox.put(Input::Reply(Event::SlipDone { ticket, outcome }));
        }
    }

    /// Puts a row into the journal without waiting for the disk.
    fn journal(&self, kind: &'static str, case: Option<CaseNumber>, detail: serde_json::Value) {
        if self.rows.try_send(Row { kind, case, detail }).is_err() {
            tracing::error!(kind, "the journal is too far behind; a row was dropped");
        }
    }
}

/// Name and number as a person's own slip shows them.
fn masked(card: &CardText) -> (String, String) {
    (mask::name(shown_name(card)), mask::slip_number(&card.number))
}

/// The answers in the words of the pack; a phone number masked.
fn slip_answers(item: &Item, answers: &[String]) -> Vec<content::Answer> {
    item.questions
        .iter()
        .zip(answers)
        .map(|(question, answer)| {
            let value = match &question.answer {
                AnswerKind::Choice { options } => options
                    .iter()
                    .find(|option| option.code == *answer)
                    .map(|option| option.label.clone())
                    .unwrap_or_default(),
                AnswerKind::Phone => {
                    let masked = mask::phone(answer);
                    Bilingual { zh: masked.clone(), en: masked }
                }
            };
            content::Answer { label: question.label.clone(), value }
        })
        .collect()
}

fn query_trouble(error: &PlatformError) -> QueryTrouble {
    match error {
        PlatformError::Unreachable { .. } | PlatformError::Busy { .. } => QueryTrouble::Unreachable,
        PlatformError::Refused { .. } | PlatformError::Nonsense { .. } => QueryTrouble::Refused,
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

/// Today in China, if the clock can be trusted.
fn today() -> Option<Date> {
    clock::trusted().then(|| scene::local(Timestamp::now()).date())
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
