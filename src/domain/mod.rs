//! The rules: identity numbers and card text, the items of a site pack, facts and answers, cases,
//! evaluations, masking. No I/O, no clock, no randomness, no async.

pub mod answer;
pub mod bank_account;
pub mod branding;
pub mod calendar;
pub mod card;
pub mod codes;
pub mod credit_code;
pub mod deadline;
pub mod eligibility;
pub mod enterprise;
pub mod entitlement;
pub mod evaluation;
pub mod example;
pub mod fact;
pub mod figure;
pub mod form;
pub mod guide;
pub mod identity;
pub mod initials;
pub mod item;
pub mod limits;
pub mod listing;
pub mod mask;
pub mod material;
pub mod near;
pub mod outlet;
pub mod pack;
pub mod package;
pub mod policy;
pub mod request;
pub mod signer;
pub mod text;
pub mod vacancy;
pub mod window;
pub mod without;
