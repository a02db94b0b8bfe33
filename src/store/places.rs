//! Where sealed values stand; each opens in its own place only (seal.rs).

use super::seal::Place;

/// The platform's words about an application; `row` is its sequence.
pub(super) fn note(row: &str) -> Place<'_> {
    Place { table: "application", column: "note", row }
}

/// What was handed in; `row` is the sequence.
pub(super) fn request(row: &str) -> Place<'_> {
    Place { table: "application", column: "request", row }
}

/// Why a case goes the way it goes; `row` is the sequence.
pub(super) fn route_reason(row: &str) -> Place<'_> {
    Place { table: "application", column: "route_reason", row }
}

/// Name of the enterprise that a case is for; `row` is the sequence.
pub(super) fn enterprise(row: &str) -> Place<'_> {
    Place { table: "application", column: "enterprise", row }
}

/// The platform's words about a part; `row` is the sequence, a slash and the item.
pub(super) fn part_note(row: &str) -> Place<'_> {
    Place { table: "part", column: "note", row }
}

/// A body that waits. Its row is named by the idempotency key, since `seq` is given again.
pub(super) fn body(idempotency_key: &str) -> Place<'_> {
    Place { table: "outbox", column: "body", row: idempotency_key }
}
