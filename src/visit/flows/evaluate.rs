//! The evaluation (好差评): one press, with reasons if it is a bad one. Nothing is recorded without
//! a press (promise P6), and no press that stands is lost.

use crate::domain::evaluation::Level;
use crate::visit::step::{Context, Handover, News, Step, Steps};
use crate::visit::{About, Effect, Page, Session, Ticket, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Evaluate {
    pub about: About,
    pub step: EvaluateStep,
}

#[derive(Clone, Debug, PartialEq)]
pub enum EvaluateStep {
    Keys {
        pressed: Option<Pressed>,
    },
    /// A bad level was pressed: which reasons.
    Reasons {
        level: Level,
        /// Places in [`Session::reasons`].
        ticked: Vec<usize>,
    },
}

/// A pressed level that can still be undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Pressed {
    pub level: Level,
    /// Codes of the reasons; a bad level without any is kept for follow-up and not sent.
    pub tags: Vec<u16>,
    pub undo_left_s: u32,
}

impl Evaluate {
    pub(super) fn new(about: About) -> Evaluate {
        Evaluate { about, step: EvaluateStep::Keys { pressed: None } }
    }

    fn press(&mut self, level: Level, session: &Session) {
        // One press for each open evaluation: only an undo opens it again.
        if let EvaluateStep::Keys { pressed: None } = self.step {
            if level.is_bad() {
                self.step = EvaluateStep::Reasons { level, ticked: Vec::new() };
            } else {
                self.stands(level, Vec::new(), session);
            }
        }
    }

    fn stands(&mut self, level: Level, tags: Vec<u16>, session: &Session) {
        let undo_left_s = session.undo_total_s();
        self.step = EvaluateStep::Keys { pressed: Some(Pressed { level, tags, undo_left_s }) };
    }

    fn undo(&mut self) {
        self.step = EvaluateStep::Keys { pressed: None };
    }

    fn tick(&mut self, index: usize, session: &Session) {
        if let EvaluateStep::Reasons { level, ticked } = &mut self.step
            && index < session.reasons(*level).count()
        {
            match ticked.iter().position(|t| *t == index) {
                Some(at) => {
                    ticked.remove(at);
                }
                None => ticked.push(index),
            }
        }
    }

    /// Records the press that stands, if one does. Reasons that were ticked and not sent are no
    /// statement yet: such a press is recorded without them.
    fn record(&mut self, context: &mut Context<'_>) -> Option<Ticket> {
        let (level, tags) = match &mut self.step {
            EvaluateStep::Keys { pressed } => pressed.take().map(|p| (p.level, p.tags))?,
            EvaluateStep::Reasons { level, .. } => (*level, Vec::new()),
        };
        self.undo();
        let ticket = context.session.ticket();
        let about = self.about.clone();
        context.effects.push(Effect::RecordEvaluation { ticket, about, level, tags });
        Some(ticket)
    }
}

impl Steps for Evaluate {
    fn page(&self) -> Page {
        match self.step {
            EvaluateStep::Keys { .. } => Page::Evaluation,
            EvaluateStep::Reasons { .. } => Page::Reasons,
        }
    }

    fn entered(&mut self, context: &mut Context<'_>) -> Step {
        context.session.idle_s = 0;
        Step::Stay
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        let session = &*context.session;
        match (touch, &self.step) {
            (Touch::Level(level), _) => self.press(level, session),
            (Touch::Undo, _) => self.undo(),
            (Touch::Reason(index), _) => self.tick(index, session),
            (Touch::SendReasons | Touch::Next, EvaluateStep::Reasons { level, ticked })
                if !ticked.is_empty() =>
            {
                let offered: Vec<u16> = session.reasons(*level).map(|tag| tag.code).collect();
                let mut tags: Vec<u16> =
                    ticked.iter().filter_map(|index| offered.get(*index).copied()).collect();
                tags.sort_unstable();
                self.stands(*level, tags, session);
            }
            (Touch::NoReason, EvaluateStep::Reasons { level, .. }) => {
                self.stands(*level, Vec::new(), session);
            }
            (Touch::Next, EvaluateStep::Keys { .. }) => {
                return Step::Leave { evaluation: self.record(context) };
            }
            _ => {}
        }
        Step::Stay
    }

    fn news(&mut self, news: News, context: &mut Context<'_>) -> Step {
        if let (News::Pressed(level), EvaluateStep::Keys { .. }) = (news, &self.step) {
            context.session.idle_s = 0;
            self.press(level, context.session);
        }
        Step::Stay
    }

    fn second(&mut self, context: &mut Context<'_>) -> Step {
        if let EvaluateStep::Keys { pressed: Some(pressed) } = &mut self.step {
            pressed.undo_left_s = pressed.undo_left_s.saturating_sub(1);
            if pressed.undo_left_s == 0 {
                return Step::Leave { evaluation: self.record(context) };
            }
        }
        Step::Stay
    }

    /// From the reasons to the keys, which undoes the press; from the keys to the result.
    fn back(&mut self, _: &mut Context<'_>) -> Step {
        match self.step {
            EvaluateStep::Keys { .. } => Step::Done(Handover::Back),
            EvaluateStep::Reasons { .. } => {
                self.undo();
                Step::Stay
            }
        }
    }

    /// A press that stands is not taken back by going away from it.
    fn can_go_back(&self) -> bool {
        !matches!(self.step, EvaluateStep::Keys { pressed: Some(_) })
    }

    fn left(&mut self, context: &mut Context<'_>) -> Option<Ticket> {
        self.record(context)
    }

    fn counts_idle(&self) -> bool {
        !matches!(self.step, EvaluateStep::Keys { pressed: Some(_) })
    }

    fn wants_panel(&self) -> bool {
        matches!(self.step, EvaluateStep::Keys { .. })
    }
}
