//! Looking around without being anybody: attract screen, choice of items, an item with what the
//! bureau publishes of it, the places with people. Each page is a flow of its own on the stack.

use crate::domain::pack::{Browsed, ItemKind};
use crate::visit::flows::obstacle::call_me;
use crate::visit::flows::{
    AreaItems, Cases, CheckEntitlement, Form, GuideSlip, Leaflet, Outlets, Packages, Policies,
    Query, Search, Vacancies, Which,
};
use crate::visit::step::{Context, Handover, Step, Steps};
use crate::visit::{ItemRef, Offer, Page, Session, Touch};

/// A page that needs no identification.
#[derive(Clone, Debug, PartialEq)]
pub enum Browse {
    /// Nobody is here.
    Attract,
    /// The choice of items. In large type it has parts, and this one stands.
    Home(HomePart),
    /// An item with what to know before: conditions, materials, steps (办事指南).
    Item(ItemRef),
    /// The eight public fields (八公开).
    PublicFields(ItemRef),
    /// What is asked, with the answers of a worked example (填写示例、样表).
    SampleForm(ItemRef),
    /// Places with people (人工网点).
    Outlets,
}

/// A part of the choice of items where not all of it stands on one page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HomePart {
    /// What most people come for (常用事项).
    #[default]
    OftenUsed,
    Areas,
    /// Search, my cases, and what else does not begin with an item.
    Others,
}

impl HomePart {
    pub const ALL: [HomePart; 3] = [HomePart::OftenUsed, HomePart::Areas, HomePart::Others];
}

impl Browse {
    /// The choice of items from its beginning.
    pub(in crate::visit) fn home() -> Browse {
        Browse::Home(HomePart::default())
    }

    /// The item that the page is about.
    pub fn item(&self) -> Option<&ItemRef> {
        match self {
            Browse::Item(item) | Browse::PublicFields(item) | Browse::SampleForm(item) => {
                Some(item)
            }
            Browse::Attract | Browse::Home(_) | Browse::Outlets => None,
        }
    }

    fn touched_item(&self, item: &ItemRef, touch: Touch, context: &Context<'_>) -> Step {
        let session = &*context.session;
        let Some(definition) = session.item(item) else { return Step::Stay };
        let item = item.clone();
        let can = |offer| session.availability(offer).possible();
        match touch {
            Touch::Begin if can(Offer::Begin(definition)) => match definition.kind {
                ItemKind::Query => Step::Push(Query::new(item).into()),
                ItemKind::Instant { .. } | ItemKind::Promised | ItemKind::Request { .. } => {
                    Step::Push(Form::new(item, &definition.questions).into())
                }
                ItemKind::Browse { of: Browsed::Items } => Step::Home,
                ItemKind::Browse { of: Browsed::Outlets } => {
                    Step::Push(Outlets::Near(Which::All).into())
                }
                ItemKind::Browse { of: Browsed::Policies } => Step::Push(Policies::List.into()),
                ItemKind::Browse { of: Browsed::Vacancies } => {
                    Step::Push(Vacancies::new(item).into())
                }
                ItemKind::NoApplication => Step::Push(CheckEntitlement::new(item).into()),
                // Its guide is everything that there is.
                ItemKind::Handoff => Step::Stay,
            },
            Touch::PublicFields if matches!(self, Browse::Item(_)) => {
                Step::Push(Browse::PublicFields(item).into())
            }
            Touch::SampleForm
                if matches!(self, Browse::Item(_)) && definition.sample_form().is_some() =>
            {
                Step::Push(Browse::SampleForm(item).into())
            }
            Touch::CallMe => match session.call_back_about(definition) {
                Some(item) => call_me(item, None, session),
                None => Step::Stay,
            },
            Touch::PrintGuide if can(Offer::Print) => {
                Step::Push(GuideSlip::new(Leaflet::Item(item)).into())
            }
            Touch::NearOutlets if matches!(self, Browse::Item(_)) => {
                Step::Push(Outlets::Near(Which::Doing(item)).into())
            }
            _ => Step::Stay,
        }
    }
}

/// Opens the item at this place of the pack, from whatever page shows it.
pub(super) fn open_item(place: usize, session: &Session) -> Step {
    match session.pack().items.get(place) {
        Some(item) => Step::Push(Browse::Item(session.item_ref(item)).into()),
        None => Step::Stay,
    }
}

impl Steps for Browse {
    fn page(&self) -> Page {
        match self {
            Browse::Attract => Page::Attract,
            Browse::Home(_) => Page::Home,
            Browse::Item(_) => Page::Item,
            Browse::PublicFields(_) => Page::PublicFields,
            Browse::SampleForm(_) => Page::SampleForm,
            Browse::Outlets => Page::Outlets,
        }
    }

    fn touched(&mut self, touch: Touch, context: &mut Context<'_>) -> Step {
        match (&*self, touch) {
            (Browse::Attract, Touch::Start) => Step::Push(Browse::home().into()),
            (Browse::Attract, Touch::StartAssisted) => {
                context.session.assisted = true;
                Step::Push(Browse::home().into())
            }
            (Browse::Outlets, Touch::NearOutlets) => {
                Step::Push(Outlets::Near(Which::Staffed).into())
            }
            (Browse::Attract | Browse::Outlets, _) => Step::Stay,
            (_, Touch::Outlets) => Step::Push(Browse::Outlets.into()),
            (Browse::Home(_), Touch::Item(place)) => open_item(place, context.session),
            (Browse::Home(_), Touch::Area(area)) => Step::Push(AreaItems::new(area).into()),
            (Browse::Home(_), Touch::Search) => {
                Step::Push(Search::new(context.session.pack()).into())
            }
            (Browse::Home(_), Touch::Turn(part)) => {
                if let Some(part) = HomePart::ALL.get(part) {
                    *self = Browse::Home(*part);
                }
                Step::Stay
            }
            (Browse::Home(_), Touch::MyCases)
                if context.session.availability(Offer::MyCases).possible() =>
            {
                Step::Push(Cases::new().into())
            }
            (Browse::Home(_), Touch::Packages) if !context.session.pack().packages.is_empty() => {
                Step::Push(Packages::List.into())
            }
            (Browse::Home(_), Touch::Policies) => Step::Push(Policies::List.into()),
            (Browse::Home(_), Touch::NearOutlets) => Step::Push(Outlets::Near(Which::All).into()),
            (Browse::Home(_), _) => Step::Stay,
            (Browse::Item(item) | Browse::PublicFields(item) | Browse::SampleForm(item), touch) => {
                self.touched_item(item, touch, context)
            }
        }
    }

    fn back(&mut self, _: &mut Context<'_>) -> Step {
        match self {
            Browse::Home(_) => Step::Leave { evaluation: None },
            _ => Step::Done(Handover::Back),
        }
    }

    fn can_go_back(&self) -> bool {
        *self != Browse::Attract
    }

    fn can_go_home(&self) -> bool {
        *self != Browse::Attract
    }

    fn can_leave(&self, _: &Session) -> bool {
        *self != Browse::Attract
    }

    fn counts_idle(&self) -> bool {
        *self != Browse::Attract
    }
}
