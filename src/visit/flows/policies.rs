//! Policies (政策), told to everybody without a card: those that hold today, and one of them.

use crate::domain::pack::PolicyRef;
use crate::visit::flows::{Browse, GuideSlip, Leaflet};
use crate::visit::step::{Context, Step, Steps};
use crate::visit::{Effect, Offer, Page, Touch};

#[derive(Clone, Debug, PartialEq)]
pub enum Policies {
    List,
    One(PolicyRef),
}

impl Policies {
    fn touched_policy(policy: &PolicyRef, touch: Touch, context: &Context<'_>) -> Step {
        let session = &*context.session;
        let Some(definition) = session.policy(policy) else { return Step::Stay };
        match touch {
            Touch::Item(place) => match session.pack().items.get(place) {
                Some(item) if definition.items.contains(&item.id) => {
                    Step::Push(Browse::Item(session.item_ref(item)).into())
                }
                _ => Step::Stay,
            },
            Touch::PrintGuide if session.availability(Offer::Print).possible() => {
                Step::Push(GuideSlip::new(Leaflet::Policy(policy.clone())).into())
            }
            _ => Step::Stay,
        }
    }
}

impl Steps for Policies {
    fn page(&self) -> Page {
        match self {
            Policies::List => Page::Policies,
            Policies::One(_) => Page::Policy,
        }
    }

    fn entered(&mut self, context: &mut Context<'_>) -> Step {
        if let Policies::One(policy) = self {
            context.effects.push(Effect::PolicyShown(policy.clone()));
        }
        Step::Stay
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        let session = &mut *context.session;
        match (&*self, touch) {
            (Policies::List, Touch::Policy(place)) => match session.policy_ref(place) {
                Some(policy) => Step::Push(Policies::One(policy).into()),
                None => Step::Stay,
            },
            (Policies::List, Touch::MarkPolicies) => {
                session.marks_policies = !session.marks_policies;
                Step::Stay
            }
            (Policies::List, _) => Step::Stay,
            (Policies::One(policy), touch) => Policies::touched_policy(policy, touch, context),
        }
    }
}
