//! One citizen's visit as a pure state machine: [`Visit::handle`] takes an [`Event`] and returns
//! [`Effect`]s. No clock, no I/O: time arrives as [`Event::Second`].
//!
//! A visit is a [`Session`], what holds for all of it, and a stack of flows ([`flows`]), the page
//! on top. A flow owns its step and says whether it stays, another comes on top of it or in its
//! place, or it is done; going back is taking the top away. Nothing else holds anything about the
//! citizen, so the end of a visit is one drop.

mod answer;
mod application;
mod effect;
mod event;
pub mod flows;
mod offer;
mod page;
mod printing;
mod session;
mod step;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use answer::Answer;
pub use application::{Application, Asked, Particulars, asked, why_not_asked};
pub use effect::{About, Effect, SlipOrder};
pub use event::{CardTrouble, Event, PageToken, SlipOutcome, Surroundings, Ticket, Touch};
pub use flows::Flow;
pub use offer::{Availability, Lack, Offer};
pub use page::Page;
pub use printing::SlipProgress;
pub use session::Session;

use crate::config;
use crate::domain::pack::Pack;
pub use crate::domain::pack::{ItemRef, PhoneWay};
use crate::say::Lang;
use flows::{Browse, Farewell};
use step::{Context, News, Step};

/// A visit, or the wait for one.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    session: Session,
    /// What lies under `top`; the attract screen at the bottom.
    beneath: Vec<Flow>,
    top: Flow,
    token: PageToken,
}

impl Visit {
    pub fn new(pack: Arc<Pack>, patience: config::Visit) -> Visit {
        Visit::waiting(Session::new(pack, patience), PageToken::default())
    }

    fn waiting(session: Session, token: PageToken) -> Visit {
        Visit { session, beneath: Vec::new(), top: Browse::Attract.into(), token }
    }

    /// Whether nobody is here, nor has just been: nothing changes under anybody's hands.
    pub fn nobody_here(&self) -> bool {
        self.top == Flow::Browse(Browse::Attract) && self.session.is_untouched()
    }

    /// Another pack is in force. Only where [`Visit::nobody_here`].
    pub fn change_pack(&mut self, pack: Arc<Pack>) {
        self.session.pack = pack;
    }

    /// Packs that are in force no more, with which cases of this citizen were begun.
    pub fn keep_packs(&mut self, packs: Vec<Arc<Pack>>) {
        if !self.nobody_here() {
            self.session.older = packs;
        }
    }

    /// The flow whose page stands.
    pub fn top(&self) -> &Flow {
        &self.top
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Where the visit stands.
    pub fn page(&self) -> Page {
        self.top.steps().page()
    }

    /// The token of the page as it stands now, for the touches made on it.
    pub fn token(&self) -> PageToken {
        self.token
    }

    /// Whether [`Touch::Back`] means something here.
    pub fn can_go_back(&self) -> bool {
        self.top.steps().can_go_back()
    }

    /// Whether [`Touch::Home`] means something here.
    pub fn can_go_home(&self) -> bool {
        self.top.steps().can_go_home()
    }

    /// Whether [`Touch::Leave`] means something here.
    pub fn can_leave(&self) -> bool {
        self.top.steps().can_leave(&self.session)
    }

    /// The slip of the page, or of the page beneath it from which it was ordered.
    pub fn slip(&self) -> Option<SlipProgress> {
        self.downwards().find_map(|flow| flow.steps().slip())
    }

    /// Whether a touch on 补打 would order that slip once more now.
    pub fn can_reprint(&self) -> bool {
        match &self.top {
            Flow::OpenCase(case) => case.can_print(&self.session),
            top => {
                matches!(top.steps().slip(), Some(SlipProgress::Done(_)))
                    && self.session.availability(Offer::Print).possible()
            }
        }
    }

    /// Seconds until the visit ends for want of a touch, once the warning stands.
    pub fn warning_left_s(&self) -> Option<u32> {
        let warned = self.session.idle_s.checked_sub(self.session.idle_limit_s())?;
        let counts = self.top.steps().counts_idle();
        counts.then(|| self.session.warning_total_s().saturating_sub(warned))
    }

    /// Takes one event and says what is to be done about it.
    pub fn handle(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        let before = self.top.steps();
        let (page, card, panel) = (before.page(), before.wants_card(), before.wants_panel());
        let (token, watched) = (self.token, self.session.card.watched());
        self.take(event, &mut effects);

        // The same page may stand again, of another item: going anywhere gives a new token.
        if self.token == token && self.page() != page {
            self.turn_page();
        }
        // Reader and panel listen exactly where they are wanted.
        let after = self.top.steps();
        if after.wants_card() != card {
            effects.push(Effect::ExpectCard(!card));
        }
        if after.wants_panel() != panel {
            effects.push(Effect::ArmPanel(!panel));
        }
        if self.session.card.watched() != watched {
            effects.push(Effect::WatchCard(!watched));
        }
        effects
    }

    fn take(&mut self, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::Second { today } => {
                // Midnight may pass in the middle of a matter.
                self.session.today = today.or(self.session.today);
                self.second(effects);
            }
            Event::Surroundings(now) => self.session.surroundings = now,
            Event::Touched { page, touch } => {
                self.session.idle_s = 0;
                if page == self.token {
                    self.touched(touch, effects);
                }
            }
            Event::CardPresence { lies } => self.session.card.told(lies),
            Event::CaseAdvanced(facts) => {
                let mut context = Context { session: &mut self.session, effects };
                for flow in self.beneath.iter_mut().chain([&mut self.top]) {
                    flow.steps_mut().case_advanced(&facts, &mut context);
                }
            }
            Event::SlipDone { ticket, outcome } => {
                if outcome == SlipOutcome::NotPrinted {
                    self.session.slips_out = self.session.slips_out.saturating_sub(1);
                }
                self.slips().for_each(|slip| slip.told(ticket, outcome));
            }
            Event::Pressed(level) => self.news(News::Pressed(level), effects),
            Event::CardReading => {
                self.news(News::CardReading, effects);
                self.card_seen();
            }
            Event::CardRead { card, today } => {
                self.card_seen();
                self.session.today = today;
                self.news(News::CardRead(card), effects);
            }
            Event::CardTrouble(trouble) => {
                self.news(News::CardTrouble(trouble), effects);
                // A reader says that a card is still there also where none lies.
                if trouble != CardTrouble::StillThere {
                    self.card_seen();
                }
            }
            Event::Stored { ticket, facts } => self.news(News::Stored { ticket, facts }, effects),
            Event::Queried { ticket, answer } => {
                self.news(News::Queried { ticket, answer }, effects);
            }
            Event::Entitled { ticket, answer } => {
                self.news(News::Entitled { ticket, answer }, effects);
            }
            Event::AuthorityTold { ticket, answer } => {
                self.news(News::AuthorityTold { ticket, answer }, effects);
            }
            Event::VacanciesFound { ticket, page } => {
                self.news(News::VacanciesFound { ticket, page }, effects);
            }
            Event::CasesFound { ticket, cases, unreadable } => {
                self.news(News::CasesFound { ticket, cases, unreadable }, effects);
            }
            Event::EvaluationStored { ticket, stored } => {
                self.news(News::EvaluationStored { ticket, stored }, effects);
            }
        }
    }

    fn second(&mut self, effects: &mut Vec<Effect>) {
        // The time in which the kiosk is waited for is not the citizen's.
        let counts = self.top.steps().counts_idle() || self.page() == Page::Attract;
        self.session.idle_s = if counts { self.session.idle_s.saturating_add(1) } else { 0 };
        for flow in self.beneath.iter_mut().chain([&mut self.top]) {
            flow.steps_mut().passed();
        }
        self.slips().for_each(SlipProgress::passed);
        let mut context = Context { session: &mut self.session, effects };
        let step = self.top.steps_mut().second(&mut context);
        self.go(step, effects);

        let session = &mut self.session;
        if self.top == Flow::Browse(Browse::Attract) {
            // Somebody chose a language or opened the help, and went away.
            if session.idle_s >= session.idle_limit_s() {
                *session = session.next();
            }
        } else if self.top.steps().counts_idle()
            && session.idle_s >= session.idle_limit_s() + session.warning_total_s()
        {
            self.deserted(effects);
        }
    }

    fn touched(&mut self, touch: Touch, effects: &mut Vec<Effect>) {
        let session = &mut self.session;
        match touch {
            Touch::ToggleAssisted => session.assisted = !session.assisted,
            Touch::ToggleLanguage => {
                session.lang = match session.lang {
                    Lang::Zh => Lang::En,
                    Lang::En => Lang::Zh,
                }
            }
            Touch::Help => session.help_open = true,
            // `idle_s` is already back at 0.
            Touch::MoreTime | Touch::Read => {}
            Touch::Leave => {
                if self.can_leave() {
                    self.leave(None, effects);
                }
            }
            // `CloseSheet` does no more than this; whatever else is touched closes it, too.
            _ => {
                session.help_open = false;
                let step = self.touched_page(touch, effects);
                self.go(step, effects);
            }
        }
    }

    fn touched_page(&mut self, touch: Touch, effects: &mut Vec<Effect>) -> Step {
        let mut context = Context { session: &mut self.session, effects };
        let top = self.top.steps_mut();
        match touch {
            Touch::Back if top.can_go_back() => top.back(&mut context),
            Touch::Home if top.can_go_home() => Step::Home,
            _ => top.touched(touch, &mut context),
        }
    }

    fn news(&mut self, news: News, effects: &mut Vec<Effect>) {
        let mut context = Context { session: &mut self.session, effects };
        let step = self.top.steps_mut().news(news, &mut context);
        self.go(step, effects);
    }

    fn card_seen(&mut self) {
        if self.page() != Page::Attract {
            self.session.card.seen = true;
        }
    }

    /// Goes where a flow says, until one stays.
    fn go(&mut self, first: Step, effects: &mut Vec<Effect>) {
        let mut step = first;
        loop {
            if !matches!(step, Step::Stay) {
                self.turn_page();
            }
            let mut context = Context { session: &mut self.session, effects };
            step = match step {
                Step::Stay => return,
                Step::Push(flow) => {
                    self.beneath.push(std::mem::replace(&mut self.top, flow));
                    self.top.steps_mut().entered(&mut context)
                }
                Step::Replace(flow) => {
                    self.top = flow;
                    self.top.steps_mut().entered(&mut context)
                }
                Step::Done(handover) => match self.beneath.pop() {
                    Some(flow) => {
                        if let Some(slip) = slip_of(&self.top) {
                            context.session.last_slip = Some(slip);
                        }
                        self.top = flow;
                        self.top.steps_mut().resumed(handover, &mut context)
                    }
                    None => Step::Stay,
                },
                Step::Home => {
                    self.order_what_is_owed(effects);
                    self.session.last_slip = self.last_slip();
                    self.beneath = vec![Browse::Attract.into()];
                    self.top = Browse::home().into();
                    return;
                }
                Step::Leave { evaluation } => return self.leave(evaluation, effects),
                Step::End => return self.end(effects),
            };
        }
    }

    /// What the flows on the stack still owe their citizen, who goes now; the ticket of an
    /// evaluation that is being stored.
    fn order_what_is_owed(&mut self, effects: &mut Vec<Effect>) -> Option<Ticket> {
        let mut context = Context { session: &mut self.session, effects };
        let flows = std::iter::once(&mut self.top).chain(self.beneath.iter_mut().rev());
        flows.fold(None, |evaluation, flow| {
            let also = flow.steps_mut().left(&mut context);
            evaluation.or(also)
        })
    }

    /// The kiosk stops in the middle of the visit: the press that stands is recorded, nothing else
    /// can still be done.
    pub fn stop(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.order_what_is_owed(&mut effects);
        effects.retain(|effect| matches!(effect, Effect::RecordEvaluation { .. }));
        effects
    }

    /// The person ends the visit.
    fn leave(&mut self, evaluation: Option<Ticket>, effects: &mut Vec<Effect>) {
        if self.page() == Page::Farewell {
            return self.end(effects);
        }
        let evaluation = self.order_what_is_owed(effects).or(evaluation);
        if evaluation.is_some() || self.session.card.seen || self.last_slip().is_some() {
            self.say_farewell(evaluation);
        } else {
            self.end(effects);
        }
    }

    /// The person has gone without a word.
    fn deserted(&mut self, effects: &mut Vec<Effect>) {
        let evaluation = self.order_what_is_owed(effects);
        if self.session.card.lies {
            self.say_farewell(evaluation);
        } else {
            self.end(effects);
        }
    }

    fn say_farewell(&mut self, evaluation: Option<Ticket>) {
        let last = self.last_slip();
        self.session.last_slip = None;
        self.session.identified = None;
        self.session.help_open = false;
        self.beneath = vec![Browse::Attract.into()];
        self.top = Farewell::new(evaluation, last).into();
        self.turn_page();
    }

    /// The slips of this visit that something may still become of.
    fn slips(&mut self) -> impl Iterator<Item = &mut SlipProgress> {
        let kept = self.session.last_slip.iter_mut().map(|(slip, _)| slip);
        let flows = self.beneath.iter_mut().chain([&mut self.top]);
        flows.filter_map(|flow| flow.steps_mut().slip_mut()).chain(kept)
    }

    /// The last slip of the visit that was ordered.
    fn last_slip(&self) -> Option<(SlipProgress, SlipOrder)> {
        self.downwards().find_map(slip_of).or_else(|| self.session.last_slip.clone())
    }

    fn end(&mut self, effects: &mut Vec<Effect>) {
        if self.session.card.seen && self.session.card.lies {
            self.session.card.left = true;
            effects.push(Effect::CardLeft);
        }
        effects.push(Effect::Wipe);
        *self = Visit::waiting(self.session.next(), self.token);
        self.turn_page();
    }

    fn turn_page(&mut self) {
        self.token = PageToken(self.token.0.wrapping_add(1));
    }

    /// The flows from the top down.
    fn downwards(&self) -> impl Iterator<Item = &Flow> {
        std::iter::once(&self.top).chain(self.beneath.iter().rev())
    }
}

/// The slip of a flow, once it was ordered.
fn slip_of(flow: &Flow) -> Option<(SlipProgress, SlipOrder)> {
    let progress = flow.steps().slip().filter(|slip| slip.was_ordered())?;
    Some((progress, flow.steps().order()?))
}
