//! The slips of this product: what stands on each, in which order. Every status word comes from
//! the case alone (promise P1).

mod guide;
mod ordered;
mod outlet;
mod policy;
mod query;
mod receipt;
mod test;

pub use guide::guide;
pub use ordered::ordered;
pub use outlet::outlet;
pub use policy::policy;
pub use query::{MOST_FACTS, MOST_ROWS, query};
pub use receipt::receipt;
pub use test::test;
