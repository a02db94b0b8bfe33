//! One citizen's visit as a pure state machine: [`Visit::handle`] takes an [`Event`] and returns
//! [`Effect`]s. No clock, no I/O: time arrives as [`Event::Second`]. Nothing else holds anything
//! about the citizen, so the end of a visit is one drop.

mod event;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use zeroize::Zeroize;

pub use event::{
    About, Answers, CardTrouble, Effect, Event, QueryTrouble, SlipOrder, SlipOutcome, Surroundings,
    Ticket, Touch,
};

use crate::config;
use crate::domain::answer::QueryAnswer;
use crate::domain::card::CardText;
use crate::domain::case::{CaseFacts, CaseStatus};
use crate::domain::evaluation::Level;
use crate::domain::pack::{AnswerKind, Item, ItemKind, Pack, Question, Tag};
use crate::say::Lang;

/// Assisted mode waits this many times as long (`domain.md` §6.3: 180 s for 60 s).
const ASSISTED_PATIENCE: u32 = 3;
/// Longest wait for the queue's answer. A commit takes milliseconds; this is for a dying disk.
const STORE_WAIT_S: u32 = 20;
/// Longest wait for a query; beyond the client's own time-out.
const QUERY_WAIT_S: u32 = 20;
/// Longest wait for a slip; beyond the printer's own time-out.
const PRINT_WAIT_S: u32 = 60;
/// A result stays this long before the evaluation opens by itself (`domain.md` §4.1).
const RESULT_STAYS_S: u32 = 12;
/// Slips of one visit; beyond that somebody plays with the paper.
const SLIPS_MAX: u32 = 6;
/// Digits of a mainland mobile number.
const PHONE_DIGITS: usize = 11;

/// A visit, or the wait for one.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    pack: Arc<Pack>,
    patience: config::Visit,
    surroundings: Surroundings,
    lang: Lang,
    assisted: bool,
    help_open: bool,
    state: State,
    /// Seconds since the person last did something.
    idle_s: u32,
    /// Slips that were ordered and are not known to be unprinted.
    slips_out: u32,
    /// Slips that were ordered.
    slips_ordered: u32,
    card_used: bool,
    next_ticket: Ticket,
}

/// Where the visit stands.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    Attract,
    Home,
    /// One item with its eight public fields.
    Item {
        item: usize,
    },
    /// The guide of an item, printed without a card.
    Guide {
        item: usize,
        slip: Slip,
    },
    /// What the card is read for, before it is read.
    Consent {
        purpose: Purpose,
    },
    /// Waiting for the card.
    Card {
        purpose: Purpose,
        reading: bool,
        trouble: Option<CardTrouble>,
    },
    /// Who lies on the reader, masked.
    Identity {
        item: usize,
        card: Box<CardText>,
    },
    Question {
        form: Form,
        index: usize,
        /// Came from the review page and goes back there.
        editing: bool,
        /// The phone number as it stands is not one.
        refused: bool,
    },
    Review {
        form: Form,
    },
    /// Writing the case to the queue. When the queue is silent for too long the citizen is told
    /// so and may leave, but the answer is still waited for: it decides whether it was received.
    Storing {
        form: Form,
        ticket: Ticket,
        waited_s: u32,
        /// The platform was faster than the queue's own answer.
        early: Option<CaseFacts>,
    },
    Querying {
        item: usize,
        card: Box<CardText>,
        ticket: Ticket,
        waited_s: u32,
    },
    QueryResult {
        item: usize,
        card: Box<CardText>,
        answer: QueryAnswer,
        slip: Slip,
        shown_s: u32,
    },
    /// A case in the queue or at the platform.
    CaseResult {
        form: Form,
        facts: CaseFacts,
        slip: Slip,
        shown_s: u32,
        /// Seconds since it was received, by the monotonic clock (promise P9).
        age_s: u32,
    },
    Searching {
        ticket: Ticket,
        waited_s: u32,
    },
    Cases {
        cases: Vec<CaseFacts>,
    },
    Evaluation {
        about: About,
        pressed: Option<Pressed>,
    },
    /// A bad level was pressed: which reasons.
    Reasons {
        about: About,
        level: Level,
        ticked: Vec<usize>,
    },
    Farewell {
        shown_s: u32,
        /// The evaluation that is being stored.
        evaluation: Option<Ticket>,
        /// It is stored: thanks are due.
        thanked: bool,
    },
    Trouble {
        trouble: Trouble,
        item: Option<usize>,
    },
}

/// Why the card is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Item(usize),
    MyCases,
}

/// The answers of an instant item. `Debug` leaves them out: they are the citizen's.
#[derive(Clone, PartialEq)]
pub struct Form {
    pub item: usize,
    pub card: Box<CardText>,
    /// One for each question of the item; empty until answered.
    pub answers: Vec<String>,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Form").field("item", &self.item).finish_non_exhaustive()
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        self.answers.zeroize();
    }
}

/// The slip of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// Waits for the platform, or for a printer.
    NotYet,
    Printing {
        ticket: Ticket,
        waited_s: u32,
    },
    Done(SlipOutcome),
}

/// A pressed level that can still be undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Pressed {
    pub level: Level,
    pub tags: Vec<u16>,
    pub undo_left_s: u32,
}

/// Why a visit cannot go on as wished; each has a sentence and a next step (promise P5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    CardExpired,
    Query(QueryTrouble),
    /// The queue refused: nothing was received.
    NotStored,
    /// The cases could not be looked up.
    SearchFailed,
}

impl Visit {
    pub fn new(pack: Arc<Pack>, patience: config::Visit) -> Visit {
        Visit {
            pack,
            patience,
            surroundings: Surroundings::default(),
            lang: Lang::default(),
            assisted: false,
            help_open: false,
            state: State::Attract,
            idle_s: 0,
            slips_out: 0,
            slips_ordered: 0,
            card_used: false,
            next_ticket: 1,
        }
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    pub fn lang(&self) -> Lang {
        self.lang
    }

    pub fn assisted(&self) -> bool {
        self.assisted
    }

    pub fn help_open(&self) -> bool {
        self.help_open
    }

    pub fn surroundings(&self) -> Surroundings {
        self.surroundings
    }

    /// Whether a slip may lie in the slot.
    pub fn slip_given(&self) -> bool {
        self.slips_out > 0
    }

    /// Whether this visit may still have slips printed.
    pub fn may_print(&self) -> bool {
        self.slips_ordered < SLIPS_MAX
    }

    pub fn card_used(&self) -> bool {
        self.card_used
    }

    /// Seconds until the visit ends for want of a touch, once the warning stands.
    pub fn warning_left_s(&self) -> Option<u32> {
        let warned = self.idle_s.checked_sub(self.idle_limit_s())?;
        (self.counts_idle()).then(|| self.warning_total_s().saturating_sub(warned))
    }

    pub fn warning_total_s(&self) -> u32 {
        self.patience.warning_s * self.factor()
    }

    pub fn undo_total_s(&self) -> u32 {
        self.patience.undo_s
    }

    /// Whether an item can be begun with what stands around now.
    pub fn can_begin(&self, item: &Item) -> bool {
        self.surroundings.reader
            && match item.kind {
                ItemKind::Query => self.surroundings.online,
                ItemKind::Instant { .. } => true,
            }
    }

    /// The reasons offered for a level.
    pub fn reasons(&self, level: Level) -> impl Iterator<Item = &Tag> {
        self.pack.evaluation.tags.iter().filter(move |tag| tag.level == level)
    }

    /// Takes one event and says what is to be done about it.
    pub fn handle(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Second => self.second(&mut effects),
            Event::Surroundings(now) => self.surroundings = now,
            Event::Touched(touch) => {
                self.idle_s = 0;
                if let State::QueryResult { shown_s, slip: Slip::Done(_), .. }
                | State::CaseResult { shown_s, slip: Slip::Done(_), .. } = &mut self.state
                {
                    *shown_s = 0;
                }
                self.touched(touch, &mut effects);
            }
            Event::Pressed(level) => {
                if matches!(self.state, State::Evaluation { .. }) {
                    self.idle_s = 0;
                    self.pressed(level, &mut effects);
                }
            }
            Event::CardReading => {
                if let State::Card { reading, trouble, .. } = &mut self.state {
                    self.idle_s = 0;
                    *reading = true;
                    *trouble = None;
                }
            }
            Event::CardTrouble(what) => {
                if let State::Card { reading, trouble, .. } = &mut self.state {
                    self.idle_s = 0;
                    *reading = false;
                    *trouble = Some(what);
                }
            }
            Event::CardRead { card, expired } => self.card_read(card, expired, &mut effects),
            Event::Stored { ticket, facts } => self.stored(ticket, facts, &mut effects),
            Event::CaseAdvanced(facts) => self.case_advanced(facts, &mut effects),
            Event::Queried { ticket, answer } => self.queried(ticket, answer, &mut effects),
            Event::CasesFound { ticket, cases } => {
                if matches!(self.state, State::Searching { ticket: t, .. } if t == ticket) {
                    self.go(State::Cases { cases }, &mut effects);
                }
            }
            Event::SlipDone { ticket, outcome } => {
                if outcome == SlipOutcome::NotPrinted {
                    self.slips_out = self.slips_out.saturating_sub(1);
                }
                if let Some(slip) = self.slip_mut()
                    && matches!(*slip, Slip::Printing { ticket: t, .. } if t == ticket)
                {
                    *slip = Slip::Done(outcome);
                }
            }
            Event::EvaluationStored { ticket } => {
                if let State::Farewell { evaluation, thanked, .. } = &mut self.state
                    && *evaluation == Some(ticket)
                {
                    *thanked = true;
                }
            }
        }
        effects
    }

    // --- time ---------------------------------------------------------------------------------

    fn second(&mut self, effects: &mut Vec<Effect>) {
        self.idle_s = self.idle_s.saturating_add(1);
        let factor = self.factor();
        let platform_wait_s = self.patience.platform_wait_s;
        let farewell_s = self.patience.farewell_s * factor;
        let online = self.surroundings.online;

        if let State::CaseResult { age_s, .. } = &mut self.state {
            *age_s = age_s.saturating_add(1);
        }
        if let Some(Slip::Printing { waited_s, .. }) = self.slip_mut() {
            *waited_s += 1;
            if *waited_s >= PRINT_WAIT_S
                && let Some(slip) = self.slip_mut()
            {
                *slip = Slip::Done(SlipOutcome::Unknown);
            }
        }
        match &mut self.state {
            State::Storing { waited_s, .. } => *waited_s = waited_s.saturating_add(1),
            State::Querying { waited_s, item, .. } => {
                *waited_s += 1;
                if *waited_s >= QUERY_WAIT_S {
                    let trouble = Trouble::Query(QueryTrouble::Unreachable);
                    let item = Some(*item);
                    self.go(State::Trouble { trouble, item }, effects);
                }
            }
            State::Searching { waited_s, .. } => {
                *waited_s += 1;
                if *waited_s >= STORE_WAIT_S {
                    let trouble = Trouble::SearchFailed;
                    self.go(State::Trouble { trouble, item: None }, effects);
                }
            }
            State::CaseResult { shown_s, slip: Slip::NotYet, .. } => {
                *shown_s += 1;
                if *shown_s >= platform_wait_s || !online {
                    self.print_result(false, effects);
                }
            }
            // Who reads slowly, or asks for help, is not hurried on; nor who has no slip in hand and
            // has to copy from the screen.
            State::CaseResult { shown_s, slip: Slip::Done(SlipOutcome::Printed), .. }
            | State::QueryResult { shown_s, slip: Slip::Done(SlipOutcome::Printed), .. }
                if !self.assisted && !self.help_open =>
            {
                *shown_s += 1;
                if *shown_s >= RESULT_STAYS_S {
                    self.evaluate(effects);
                }
            }
            State::Evaluation { pressed: Some(pressed), .. } => {
                pressed.undo_left_s = pressed.undo_left_s.saturating_sub(1);
                if pressed.undo_left_s == 0 {
                    self.record_evaluation(effects);
                }
            }
            State::Farewell { shown_s, .. } => {
                *shown_s += 1;
                if *shown_s >= farewell_s {
                    self.end(effects);
                }
            }
            // Somebody chose a language or opened the help, and went away.
            State::Attract if self.idle_s >= self.patience.idle_s => {
                self.lang = Lang::default();
                self.assisted = false;
                self.help_open = false;
            }
            _ => {}
        }
        if self.counts_idle() && self.idle_s >= self.idle_limit_s() + self.warning_total_s() {
            self.end(effects);
        }
    }

    fn factor(&self) -> u32 {
        if self.assisted { ASSISTED_PATIENCE } else { 1 }
    }

    fn idle_limit_s(&self) -> u32 {
        self.patience.idle_s * self.factor()
    }

    /// Whether the person is expected to do something now. States that wait for the kiosk itself
    /// have a limit of their own.
    fn counts_idle(&self) -> bool {
        !matches!(
            self.state,
            State::Attract
                | State::Querying { .. }
                | State::Searching { .. }
                | State::Farewell { .. }
                | State::Evaluation { pressed: Some(_), .. }
        ) && (!matches!(self.state, State::Storing { .. }) || self.store_is_silent())
            && !matches!(self.slip(), Some(Slip::NotYet | Slip::Printing { .. }))
    }

    /// The queue has not answered for so long that the citizen must be told.
    pub fn store_is_silent(&self) -> bool {
        matches!(self.state, State::Storing { waited_s, .. } if waited_s >= STORE_WAIT_S)
    }

    // --- touches ------------------------------------------------------------------------------

    fn touched(&mut self, touch: Touch, effects: &mut Vec<Effect>) {
        match touch {
            Touch::ToggleAssisted => self.assisted = !self.assisted,
            Touch::ToggleLanguage => {
                self.lang = match self.lang {
                    Lang::Zh => Lang::En,
                    Lang::En => Lang::Zh,
                }
            }
            Touch::Help => self.help_open = true,
            Touch::CloseSheet => self.help_open = false,
            // `idle_s` is already back at 0.
            Touch::MoreTime | Touch::Read => {}
            Touch::Leave => self.leave(effects),
            _ => {
                self.help_open = false;
                self.touched_page(touch, effects);
            }
        }
    }

    /// Touches that mean something on one page only; anywhere else they come from a finger that
    /// was faster than the screen, and are dropped.
    fn touched_page(&mut self, touch: Touch, effects: &mut Vec<Effect>) {
        let can_begin = matches!(self.state, State::Item { item }
            if self.can_begin(&self.pack.items[item]));
        match (touch, &mut self.state) {
            (Touch::Start, State::Attract) => self.go(State::Home, effects),
            (Touch::StartAssisted, State::Attract) => {
                self.assisted = true;
                self.go(State::Home, effects);
            }
            (Touch::Item(item), State::Home) if item < self.pack.items.len() => {
                self.go(State::Item { item }, effects);
            }
            (Touch::MyCases, State::Home) if self.surroundings.reader => {
                self.go(State::Consent { purpose: Purpose::MyCases }, effects);
            }
            (Touch::Begin, &mut State::Item { item }) if can_begin => {
                self.go(State::Consent { purpose: Purpose::Item(item) }, effects);
            }
            (Touch::PrintGuide, &mut State::Item { item }) => {
                self.go(State::Guide { item, slip: Slip::NotYet }, effects);
                self.print_result(false, effects);
            }
            (Touch::Agree | Touch::Next, &mut State::Consent { purpose }) => {
                self.go(State::Card { purpose, reading: false, trouble: None }, effects);
            }
            (Touch::Confirm | Touch::Next, State::Identity { .. }) => self.confirmed(effects),
            (Touch::NotMe, &mut State::Identity { item, .. }) => {
                let purpose = Purpose::Item(item);
                self.go(State::Card { purpose, reading: false, trouble: None }, effects);
            }
            (Touch::Choose(_) | Touch::Digit(_) | Touch::Erase | Touch::Clear, _) => {
                self.answer(touch);
            }
            (Touch::Next, State::Question { .. }) => self.next_question(effects),
            (Touch::Edit(row), State::Review { form }) if row < form.answers.len() => {
                let form = form.clone();
                self.go(
                    State::Question { form, index: row, editing: true, refused: false },
                    effects,
                );
            }
            (Touch::Submit | Touch::Next, State::Review { form }) => {
                let form = form.clone();
                self.submit(form, effects);
            }
            (Touch::Reprint, _) => self.print_result(true, effects),
            (
                Touch::Evaluate | Touch::Next,
                State::CaseResult { slip: Slip::Done(_), .. }
                | State::QueryResult { slip: Slip::Done(_), .. },
            ) => self.evaluate(effects),
            (Touch::Next, State::Guide { .. } | State::Cases { .. }) => {
                self.farewell(None, effects);
            }
            (Touch::Level(level), State::Evaluation { .. }) => self.pressed(level, effects),
            (Touch::Undo, State::Evaluation { pressed, .. }) => *pressed = None,
            (Touch::Undo | Touch::Back, State::Reasons { about, .. }) => {
                let about = about.clone();
                self.go(State::Evaluation { about, pressed: None }, effects);
            }
            (Touch::Reason(index), State::Reasons { level, .. }) => {
                let level = *level;
                self.tick_reason(index, level);
            }
            (Touch::SendReasons | Touch::Next, State::Reasons { ticked, .. })
                if !ticked.is_empty() =>
            {
                self.send_reasons(effects);
            }
            (Touch::Next, State::Evaluation { pressed: Some(_), .. }) => {
                self.record_evaluation(effects);
            }
            (Touch::Next, State::Evaluation { pressed: None, .. }) => {
                self.farewell(None, effects);
            }
            (Touch::Retry, State::Card { trouble, reading, .. }) => {
                *trouble = None;
                *reading = false;
                effects.extend([Effect::ExpectCard(false), Effect::ExpectCard(true)]);
            }
            (Touch::Retry, &mut State::Trouble { item, .. }) => match item {
                Some(item) => self.go(State::Item { item }, effects),
                None => self.go(State::Home, effects),
            },
            (Touch::Back, _) => self.back(effects),
            (Touch::Home, _) => self.home(effects),
            (Touch::Next, State::Farewell { .. }) => self.end(effects),
            _ => {}
        }
    }

    fn back(&mut self, effects: &mut Vec<Effect>) {
        let previous = match &self.state {
            State::Home => return self.end(effects),
            State::Item { .. } | State::Cases { .. } => State::Home,
            State::Guide { item, .. } => State::Item { item: *item },
            State::Consent { purpose: Purpose::Item(item) } => State::Item { item: *item },
            State::Consent { purpose: Purpose::MyCases } => State::Home,
            State::Card { purpose, .. } => State::Consent { purpose: *purpose },
            State::Identity { item, .. } => State::Item { item: *item },
            State::Question { form, editing: true, .. } => State::Review { form: form.clone() },
            State::Question { form, index: 0, .. } => {
                State::Identity { item: form.item, card: form.card.clone() }
            }
            State::Question { form, index, .. } => State::Question {
                form: form.clone(),
                index: index - 1,
                editing: false,
                refused: false,
            },
            State::Review { form } if form.answers.is_empty() => {
                State::Identity { item: form.item, card: form.card.clone() }
            }
            State::Review { form } => State::Question {
                index: form.answers.len() - 1,
                form: form.clone(),
                editing: false,
                refused: false,
            },
            State::Trouble { item: Some(item), .. } => State::Item { item: *item },
            State::Trouble { item: None, .. } => State::Home,
            State::Attract
            | State::Storing { .. }
            | State::Querying { .. }
            | State::Searching { .. }
            | State::QueryResult { .. }
            | State::CaseResult { .. }
            | State::Evaluation { .. }
            | State::Reasons { .. }
            | State::Farewell { .. } => return,
        };
        self.go(previous, effects);
    }

    /// Back to the choice of items, where nothing under way would be lost by it.
    fn home(&mut self, effects: &mut Vec<Effect>) {
        if !matches!(
            self.state,
            State::Attract
                | State::Storing { .. }
                | State::Querying { .. }
                | State::Searching { .. }
                | State::CaseResult { slip: Slip::NotYet | Slip::Printing { .. }, .. }
                | State::QueryResult { slip: Slip::NotYet | Slip::Printing { .. }, .. }
                | State::Evaluation { .. }
                | State::Reasons { .. }
        ) {
            self.go(State::Home, effects);
        }
    }

    /// The person ends the visit. A press that stands is recorded: it was a press.
    fn leave(&mut self, effects: &mut Vec<Effect>) {
        match self.state {
            State::Attract => {}
            State::Storing { .. } if !self.store_is_silent() => {}
            State::Evaluation { pressed: Some(_), .. } => self.record_evaluation(effects),
            State::CaseResult { slip: Slip::NotYet, .. } => {
                self.print_result(false, effects);
                self.farewell(None, effects);
            }
            State::Farewell { .. } => self.end(effects),
            _ if self.card_used || self.slip_given() => self.farewell(None, effects),
            _ => self.end(effects),
        }
    }

    // --- identity -----------------------------------------------------------------------------

    fn card_read(&mut self, card: Box<CardText>, expired: bool, effects: &mut Vec<Effect>) {
        let State::Card { purpose, .. } = self.state else { return };
        self.idle_s = 0;
        self.card_used = true;
        match purpose {
            // Looking up one's own cases needs no valid document: nothing is decided by it.
            Purpose::MyCases => {
                let ticket = self.ticket();
                self.go(State::Searching { ticket, waited_s: 0 }, effects);
                effects.push(Effect::FindCases { ticket, card });
            }
            Purpose::Item(item) if expired => {
                let trouble = Trouble::CardExpired;
                self.go(State::Trouble { trouble, item: Some(item) }, effects);
            }
            Purpose::Item(item) => self.go(State::Identity { item, card }, effects),
        }
    }

    fn confirmed(&mut self, effects: &mut Vec<Effect>) {
        let State::Identity { item, card } = &self.state else { return };
        let (item, card) = (*item, card.clone());
        let definition = &self.pack.items[item];
        match definition.kind {
            ItemKind::Query => {
                let ticket = self.ticket();
                self.go(State::Querying { item, card: card.clone(), ticket, waited_s: 0 }, effects);
                effects.push(Effect::Query { ticket, item, card });
            }
            ItemKind::Instant { .. } => {
                let answers = vec![String::new(); definition.questions.len()];
                let form = Form { item, card, answers };
                if definition.questions.is_empty() {
                    self.go(State::Review { form }, effects);
                } else {
                    self.go(
                        State::Question { form, index: 0, editing: false, refused: false },
                        effects,
                    );
                }
            }
        }
    }

    // --- questions ----------------------------------------------------------------------------

    fn answer(&mut self, touch: Touch) {
        let State::Question { form, index, refused, .. } = &mut self.state else { return };
        let kind = &self.pack.items[form.item].questions[*index].answer;
        let answer = &mut form.answers[*index];
        *refused = false;
        match (kind, touch) {
            (AnswerKind::Choice { options }, Touch::Choose(choice)) => {
                if let Some(option) = options.get(choice) {
                    answer.clone_from(&option.code);
                }
            }
            (AnswerKind::Phone { .. }, Touch::Digit(digit @ 0..=9)) if answer.len() < PHONE_DIGITS => {
                answer.push(char::from(b'0' + digit));
            }
            (AnswerKind::Phone { .. }, Touch::Erase) => {
                answer.pop();
            }
            (AnswerKind::Phone { .. }, Touch::Clear) => answer.clear(),
            _ => {}
        }
    }

    fn next_question(&mut self, effects: &mut Vec<Effect>) {
        let State::Question { form, index, editing, refused } = &mut self.state else { return };
        let questions = &self.pack.items[form.item].questions;
        if !is_answer(&questions[*index], &form.answers[*index]) {
            *refused = true;
            return;
        }
        let (form, next) = (form.clone(), *index + 1);
        if *editing || next == questions.len() {
            self.go(State::Review { form }, effects);
        } else {
            let question = State::Question { form, index: next, editing: false, refused: false };
            self.go(question, effects);
        }
    }

    fn submit(&mut self, form: Form, effects: &mut Vec<Effect>) {
        let ticket = self.ticket();
        let questions = &self.pack.items[form.item].questions;
        let answers = questions
            .iter()
            .map(|question| question.id.clone())
            .zip(form.answers.clone())
            .collect();
        effects.push(Effect::Submit {
            ticket,
            item: form.item,
            card: form.card.clone(),
            answers: Answers(answers),
        });
        self.go(State::Storing { form, ticket, waited_s: 0, early: None }, effects);
    }

    // --- replies ------------------------------------------------------------------------------

    fn stored(&mut self, ticket: Ticket, facts: Option<CaseFacts>, effects: &mut Vec<Effect>) {
        let State::Storing { form, ticket: asked, early, .. } = &mut self.state else { return };
        if *asked != ticket {
            return;
        }
        let (form, early) = (form.clone(), early.take());
        let Some(facts) = facts else {
            let (trouble, item) = (Trouble::NotStored, Some(form.item));
            return self.go(State::Trouble { trouble, item }, effects);
        };
        self.idle_s = 0;
        self.go(
            State::CaseResult { form, facts, slip: Slip::NotYet, shown_s: 0, age_s: 0 },
            effects,
        );
        if let Some(early) = early {
            self.case_advanced(early, effects);
        }
    }

    fn case_advanced(&mut self, advanced: CaseFacts, effects: &mut Vec<Effect>) {
        match &mut self.state {
            State::CaseResult { facts, slip, .. }
                if facts.number == advanced.number && facts.status < advanced.status =>
            {
                *facts = advanced;
                let settled = matches!(facts.status, CaseStatus::Completed | CaseStatus::Returned);
                if settled && *slip == Slip::NotYet {
                    self.print_result(false, effects);
                }
            }
            State::Storing { early, .. } => *early = Some(advanced),
            State::Cases { cases } => {
                for facts in cases.iter_mut().filter(|facts| facts.number == advanced.number) {
                    if facts.status < advanced.status {
                        facts.clone_from(&advanced);
                    }
                }
            }
            _ => {}
        }
    }

    fn queried(
        &mut self,
        ticket: Ticket,
        answer: Result<QueryAnswer, QueryTrouble>,
        effects: &mut Vec<Effect>,
    ) {
        let State::Querying { item, card, ticket: asked, .. } = &self.state else { return };
        if *asked != ticket {
            return;
        }
        let (item, card) = (*item, card.clone());
        match answer {
            Ok(answer) => {
                self.go(
                    State::QueryResult { item, card, answer, slip: Slip::NotYet, shown_s: 0 },
                    effects,
                );
                self.print_result(false, effects);
            }
            Err(trouble) => self
                .go(State::Trouble { trouble: Trouble::Query(trouble), item: Some(item) }, effects),
        }
    }

    // --- slips --------------------------------------------------------------------------------

    fn slip(&self) -> Option<Slip> {
        match &self.state {
            State::Guide { slip, .. }
            | State::QueryResult { slip, .. }
            | State::CaseResult { slip, .. } => Some(*slip),
            _ => None,
        }
    }

    fn slip_mut(&mut self) -> Option<&mut Slip> {
        match &mut self.state {
            State::Guide { slip, .. }
            | State::QueryResult { slip, .. }
            | State::CaseResult { slip, .. } => Some(slip),
            _ => None,
        }
    }

    /// Prints the slip of the result on the screen. `again`: the citizen asks for it once more;
    /// such a slip says 补打 unless the one before is known not to have come out (promise P3).
    fn print_result(&mut self, again: bool, effects: &mut Vec<Effect>) {
        let (reprint, allowed) = match self.slip() {
            Some(Slip::NotYet) => (false, !again),
            Some(Slip::Done(outcome)) => (outcome != SlipOutcome::NotPrinted, again),
            Some(Slip::Printing { .. }) | None => (false, false),
        };
        if !allowed {
            return;
        }
        if !self.may_print() {
            if let Some(slip) = self.slip_mut() {
                *slip = Slip::Done(SlipOutcome::NotPrinted);
            }
            return;
        }
        let order = match &self.state {
            State::QueryResult { item, card, answer, .. } => SlipOrder::Query {
                item: *item,
                card: card.clone(),
                answer: answer.clone(),
                reprint,
            },
            State::CaseResult { form, facts, .. } => {
                SlipOrder::Receipt { form: form.clone(), facts: facts.clone(), reprint }
            }
            State::Guide { item, .. } => SlipOrder::Guide { item: *item, reprint },
            _ => return,
        };
        let ticket = self.ticket();
        self.slips_out += 1;
        self.slips_ordered += 1;
        if let Some(slip) = self.slip_mut() {
            *slip = Slip::Printing { ticket, waited_s: 0 };
        }
        if let State::QueryResult { shown_s, .. } | State::CaseResult { shown_s, .. } =
            &mut self.state
        {
            *shown_s = 0;
        }
        effects.push(Effect::Print { ticket, order });
    }

    // --- evaluation ---------------------------------------------------------------------------

    fn evaluate(&mut self, effects: &mut Vec<Effect>) {
        let about = match &self.state {
            State::QueryResult { item, .. } => About { item: *item, case: None },
            State::CaseResult { form, facts, .. } => {
                About { item: form.item, case: Some(facts.number.clone()) }
            }
            _ => return,
        };
        self.idle_s = 0;
        self.go(State::Evaluation { about, pressed: None }, effects);
    }

    fn pressed(&mut self, level: Level, effects: &mut Vec<Effect>) {
        let State::Evaluation { about, pressed } = &mut self.state else { return };
        // One press for each open evaluation: only an undo opens it again.
        if pressed.is_some() {
            return;
        }
        if level.is_bad() {
            let about = about.clone();
            self.go(State::Reasons { about, level, ticked: Vec::new() }, effects);
        } else {
            let undo_left_s = self.patience.undo_s;
            *pressed = Some(Pressed { level, tags: Vec::new(), undo_left_s });
        }
    }

    fn tick_reason(&mut self, index: usize, level: Level) {
        let offered = self.reasons(level).count();
        if let State::Reasons { ticked, .. } = &mut self.state
            && index < offered
        {
            match ticked.iter().position(|t| *t == index) {
                Some(at) => {
                    ticked.remove(at);
                }
                None => ticked.push(index),
            }
        }
    }

    fn send_reasons(&mut self, effects: &mut Vec<Effect>) {
        let State::Reasons { about, level, ticked } = &self.state else { return };
        let offered: Vec<u16> = self.reasons(*level).map(|tag| tag.code).collect();
        let mut tags: Vec<u16> =
            ticked.iter().filter_map(|index| offered.get(*index).copied()).collect();
        tags.sort_unstable();
        let undo_left_s = self.patience.undo_s;
        let pressed = Some(Pressed { level: *level, tags, undo_left_s });
        let about = about.clone();
        self.go(State::Evaluation { about, pressed }, effects);
    }

    fn record_evaluation(&mut self, effects: &mut Vec<Effect>) {
        let State::Evaluation { about, pressed: Some(pressed) } = &self.state else { return };
        let (about, level, tags) = (about.clone(), pressed.level, pressed.tags.clone());
        let ticket = self.ticket();
        effects.push(Effect::RecordEvaluation { ticket, about, level, tags });
        self.farewell(Some(ticket), effects);
    }

    // --- moving -------------------------------------------------------------------------------

    /// `evaluation`: the one that is being stored; thanks come when it is.
    fn farewell(&mut self, evaluation: Option<Ticket>, effects: &mut Vec<Effect>) {
        self.go(State::Farewell { shown_s: 0, evaluation, thanked: false }, effects);
    }

    fn end(&mut self, effects: &mut Vec<Effect>) {
        self.go(State::Attract, effects);
        let surroundings = self.surroundings;
        let next_ticket = self.next_ticket;
        *self = Visit::new(self.pack.clone(), self.patience);
        self.surroundings = surroundings;
        self.next_ticket = next_ticket;
        effects.push(Effect::Wipe);
    }

    /// Moves on, and keeps reader and panel listening exactly where they are wanted.
    fn go(&mut self, to: State, effects: &mut Vec<Effect>) {
        let wants_card = |state: &State| matches!(state, State::Card { .. });
        let wants_panel = |state: &State| matches!(state, State::Evaluation { .. });
        if wants_card(&self.state) != wants_card(&to) {
            effects.push(Effect::ExpectCard(wants_card(&to)));
        }
        if wants_panel(&self.state) != wants_panel(&to) {
            effects.push(Effect::ArmPanel(wants_panel(&to)));
        }
        self.state = to;
    }

    fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        self.next_ticket - 1
    }
}

/// Whether an answer can stand.
pub fn is_answer(question: &Question, answer: &str) -> bool {
    match &question.answer {
        AnswerKind::Choice { options } => options.iter().any(|option| option.code == answer),
        AnswerKind::Phone { .. } => {
            let mut digits = answer.bytes();
            answer.len() == PHONE_DIGITS
                && digits.next() == Some(b'1')
                && digits.next().is_some_and(|d| (b'3'..=b'9').contains(&d))
                && digits.all(|d| d.is_ascii_digit())
        }
    }
}
