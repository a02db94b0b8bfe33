//! The last words: what to take along. Stays while a card lies on the reader or the slip is not
//! out yet.

use crate::visit::printing::reprint;
use crate::visit::step::{Context, News, Step, Steps};
use crate::visit::{Page, Session, SlipOrder, SlipProgress, Ticket, Touch};

/// Longest time that the page points at a forgotten card; then the kiosk is for the next citizen
/// again.
pub(in crate::visit) const CARD_LEFT_MAX_S: u32 = 120;
/// Seconds in which nobody can go on past a card that lies there.
pub(in crate::visit) const CARD_POINTED_S: u32 = 15;

#[derive(Clone, Debug, PartialEq)]
pub struct Farewell {
    /// The evaluation that is being stored.
    evaluation: Option<Ticket>,
    /// Whether it is stored; `None` until that is known.
    pub rated: Option<bool>,
    /// The last slip of the visit.
    last: Option<(SlipProgress, SlipOrder)>,
    /// Seconds since there was nothing more to wait for.
    shown_s: u32,
    /// Seconds that a card has been pointed at.
    pointed_s: u32,
}

impl Farewell {
    pub(in crate::visit) fn new(
        evaluation: Option<Ticket>,
        last: Option<(SlipProgress, SlipOrder)>,
    ) -> Farewell {
        Farewell { evaluation, rated: None, last, shown_s: 0, pointed_s: 0 }
    }

    fn is_printing(&self) -> bool {
        self.slip().is_some_and(SlipProgress::is_printing)
    }
}

impl Steps for Farewell {
    fn page(&self) -> Page {
        Page::Farewell
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match touch {
            Touch::Reprint => {
                self.shown_s = 0;
                reprint(self, context);
                Step::Stay
            }
            // Who touches this with the card still there is about to forget it.
            Touch::Next if !context.session.card_lies() => Step::End,
            _ => Step::Stay,
        }
    }

    fn news(&mut self, news: News, _: &mut Context<'_>) -> Step {
        if let News::EvaluationStored { ticket, stored } = news
            && self.evaluation == Some(ticket)
        {
            self.rated = Some(stored);
        }
        Step::Stay
    }

    fn second(&mut self, context: &mut Context<'_>) -> Step {
        if context.session.card_lies() && self.pointed_s < CARD_LEFT_MAX_S {
            self.pointed_s += 1;
            self.shown_s = 0;
        } else if self.is_printing() {
            self.shown_s = 0;
        } else {
            self.shown_s += 1;
        }
        if self.shown_s >= context.session.farewell_s() { Step::End } else { Step::Stay }
    }

    fn can_go_back(&self) -> bool {
        false
    }

    fn can_go_home(&self) -> bool {
        false
    }

    /// Who touches this at once, with the card still there, is about to forget it.
    fn can_leave(&self, session: &Session) -> bool {
        !session.card_lies() || self.pointed_s >= CARD_POINTED_S
    }

    fn counts_idle(&self) -> bool {
        false
    }

    fn slip(&self) -> Option<SlipProgress> {
        self.last.as_ref().map(|(progress, _)| *progress)
    }

    fn slip_mut(&mut self) -> Option<&mut SlipProgress> {
        self.last.as_mut().map(|(progress, _)| progress)
    }

    fn order(&self) -> Option<SlipOrder> {
        self.last.as_ref().map(|(_, order)| order.clone())
    }
}
