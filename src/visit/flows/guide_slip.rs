//! The guide of an item (办事指南), printed without a card.

use crate::visit::printing::{print, reprint};
use crate::visit::step::{Context, Step, Steps};
use crate::visit::{ItemRef, Page, SlipOrder, SlipProgress, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct GuideSlip {
    pub item: ItemRef,
    pub slip: SlipProgress,
}

impl GuideSlip {
    pub(super) fn new(item: ItemRef) -> GuideSlip {
        GuideSlip { item, slip: SlipProgress::NotYet }
    }
}

impl Steps for GuideSlip {
    fn page(&self) -> Page {
        Page::GuideSlip
    }

    fn entered(&mut self, context: &mut Context<'_>) -> Step {
        print(self, context);
        Step::Stay
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match touch {
            Touch::Reprint => reprint(self, context),
            Touch::Next => return Step::Leave { evaluation: None },
            _ => {}
        }
        Step::Stay
    }

    fn counts_idle(&self) -> bool {
        !self.slip.is_printing()
    }

    fn slip(&self) -> Option<SlipProgress> {
        Some(self.slip)
    }

    fn slip_mut(&mut self) -> Option<&mut SlipProgress> {
        Some(&mut self.slip)
    }

    fn order(&self) -> Option<SlipOrder> {
        Some(SlipOrder::Guide { item: self.item.clone() })
    }
}
