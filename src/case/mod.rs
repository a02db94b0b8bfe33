//! A case (办件): one request of one citizen for one item, or for a package of them (打包办), from
//! received to completed.

mod facts;
mod number;
mod route;
mod status;

pub use facts::{CaseFacts, HeldReason, PartFacts, QueryToken};
pub use number::{CaseNumber, CaseNumberError};
pub use route::{Hindrance, Route, RouteWay};
pub use status::CaseStatus;
