//! What can be taken along without a card: the guide of an item (办事指南), a policy, the way to an
//! outlet.

use crate::domain::pack::{OutletRef, PolicyRef};
use crate::visit::printing::{print, reprint};
use crate::visit::step::{Context, Step, Steps};
use crate::visit::{ItemRef, Page, SlipOrder, SlipProgress, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct GuideSlip {
    pub about: Leaflet,
    pub slip: SlipProgress,
}

/// What a slip tells that is nobody's own.
#[derive(Clone, Debug, PartialEq)]
pub enum Leaflet {
    Item(ItemRef),
    Policy(PolicyRef),
    Outlet(OutletRef),
}

impl GuideSlip {
    pub(super) fn new(about: Leaflet) -> GuideSlip {
        GuideSlip { about, slip: SlipProgress::NotYet }
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
        Some(match self.about.clone() {
            Leaflet::Item(item) => SlipOrder::Guide { item },
            Leaflet::Policy(policy) => SlipOrder::Policy(policy),
            Leaflet::Outlet(outlet) => SlipOrder::Outlet(outlet),
        })
    }
}
