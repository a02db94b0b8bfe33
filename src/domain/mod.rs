//! The rules: identity numbers and card text, the items of a site pack, cases, evaluations,
//! masking. No I/O, no clock, no randomness, no async.

pub mod card;
pub mod codes;
pub mod evaluation;
pub mod identity;
pub mod mask;
pub mod pack;
pub mod participation;
