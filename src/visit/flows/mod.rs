//! One file a flow. A flow owns its step; the visit holds them on a stack, the page on top.

mod area;
mod authority;
mod browse;
mod cases;
mod entitlement;
mod evaluate;
pub(super) mod farewell;
mod form;
mod guide_slip;
mod identify;
mod obstacle;
mod outlets;
mod packages;
mod policies;
mod query;
mod request;
mod result;
mod review;
mod search;
pub(super) mod submit;
mod vacancies;

pub use area::AreaItems;
pub use authority::{ConfirmAuthority, question as credit_code_question};
pub use browse::{Browse, HomePart};
pub use cases::{Cases, OpenCase};
pub use entitlement::{CheckEntitlement, Offered};
pub use evaluate::{Evaluate, EvaluateStep, Pressed};
pub use farewell::Farewell;
pub(in crate::visit) use form::Draft;
pub use form::Form;
pub use guide_slip::{GuideSlip, Leaflet};
pub use identify::{CardPhase, Identify, IdentifyStep, Purpose};
pub use obstacle::{Obstacle, ObstacleReason};
pub use outlets::{Outlets, Which};
pub use packages::Packages;
pub use policies::Policies;
pub use query::{Query, QueryResult};
pub use request::ChooseWindow;
pub use result::{CaseResult, InstantClock};
pub use review::Review;
pub use search::{MOST_KEYS, Search};
pub use submit::Submit;
pub use vacancies::Vacancies;

use crate::visit::step::Steps;

/// A flow on the stack of a visit.
#[derive(Clone, Debug, PartialEq)]
pub enum Flow {
    Browse(Browse),
    AreaItems(AreaItems),
    Search(Search),
    Packages(Packages),
    Policies(Policies),
    Outlets(Outlets),
    GuideSlip(GuideSlip),
    Identify(Identify),
    Query(Query),
    QueryResult(QueryResult),
    Form(Form),
    ChooseWindow(ChooseWindow),
    ConfirmAuthority(ConfirmAuthority),
    CheckEntitlement(CheckEntitlement),
    Offered(Offered),
    Vacancies(Vacancies),
    Review(Review),
    Submit(Submit),
    CaseResult(CaseResult),
    Cases(Cases),
    OpenCase(OpenCase),
    Evaluate(Evaluate),
    Farewell(Farewell),
    Obstacle(Obstacle),
}

/// The flow inside, by the one list of them.
macro_rules! inside {
    ($flow:expr) => {
        match $flow {
            Flow::Browse(flow) => flow,
            Flow::AreaItems(flow) => flow,
            Flow::Search(flow) => flow,
            Flow::Packages(flow) => flow,
            Flow::Policies(flow) => flow,
            Flow::Outlets(flow) => flow,
            Flow::GuideSlip(flow) => flow,
            Flow::Identify(flow) => flow,
            Flow::Query(flow) => flow,
            Flow::QueryResult(flow) => flow,
            Flow::Form(flow) => flow,
            Flow::ChooseWindow(flow) => flow,
            Flow::ConfirmAuthority(flow) => flow,
            Flow::CheckEntitlement(flow) => flow,
            Flow::Offered(flow) => flow,
            Flow::Vacancies(flow) => flow,
            Flow::Review(flow) => flow,
            Flow::Submit(flow) => flow,
            Flow::CaseResult(flow) => flow,
            Flow::Cases(flow) => flow,
            Flow::OpenCase(flow) => flow,
            Flow::Evaluate(flow) => flow,
            Flow::Farewell(flow) => flow,
            Flow::Obstacle(flow) => flow,
        }
    };
}

impl Flow {
    pub(super) fn steps(&self) -> &dyn Steps {
        inside!(self)
    }

    pub(super) fn steps_mut(&mut self) -> &mut dyn Steps {
        inside!(self)
    }
}

/// The flows of a kind as [`Flow`], for `Step::Push(flow.into())`.
macro_rules! into_flow {
    ($($kind:ident),*) => {
        $(impl From<$kind> for Flow {
            fn from(flow: $kind) -> Flow {
                Flow::$kind(flow)
            }
        })*
    };
}
into_flow!(
    Browse,
    AreaItems,
    Search,
    Packages,
    Policies,
    Outlets,
    GuideSlip,
    Identify,
    Query,
    QueryResult,
    Form,
    ChooseWindow,
    ConfirmAuthority,
    CheckEntitlement,
    Offered,
    Vacancies,
    Review,
    Submit,
    CaseResult,
    Cases,
    OpenCase,
    Evaluate,
    Farewell,
    Obstacle
);
