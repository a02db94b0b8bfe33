//! Outlets (网点) around the kiosk: the nearest first, and one of them with the way there.

use crate::domain::outlet::Reach;
use crate::domain::pack::OutletRef;
use crate::visit::flows::{GuideSlip, Leaflet};
use crate::visit::step::{Context, Step, Steps};
use crate::visit::{ItemRef, Offer, Page, Touch};

#[derive(Clone, Debug, PartialEq)]
pub enum Outlets {
    Near(Which),
    One(OutletRef),
}

/// Which outlets are looked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    All,
    /// Those with people (人工网点).
    Staffed,
    /// Those where an item is done (在哪里办).
    Doing(ItemRef),
    /// 延时、延伸、自助.
    Reaching(Reach),
}

impl Steps for Outlets {
    fn page(&self) -> Page {
        match self {
            Outlets::Near(_) => Page::NearOutlets,
            Outlets::One(_) => Page::Outlet,
        }
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        let session = &*context.session;
        match (&*self, touch) {
            (Outlets::Near(_), Touch::OutletAt(place)) => match session.outlet_ref(place) {
                Some(outlet) => Step::Push(Outlets::One(outlet).into()),
                None => Step::Stay,
            },
            (Outlets::Near(which), Touch::NearOutlets) if *which != Which::All => {
                Step::Replace(Outlets::Near(Which::All).into())
            }
            (Outlets::Near(Which::All), Touch::Reaching(reach)) => {
                Step::Replace(Outlets::Near(Which::Reaching(reach)).into())
            }
            (Outlets::One(outlet), Touch::PrintGuide)
                if session.availability(Offer::Print).possible() =>
            {
                Step::Push(GuideSlip::new(Leaflet::Outlet(outlet.clone())).into())
            }
            _ => Step::Stay,
        }
    }
}
