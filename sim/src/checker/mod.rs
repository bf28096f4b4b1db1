//! An oracle that shares no code with the shard: holds what the service does against what it has told before.

mod accepted;
mod audit;
mod booking;
mod bookings;
mod journal;
pub mod ledger;
mod room;
mod seats;

pub use audit::{Audit, audit};
pub use journal::{Journal, Violation};
pub use ledger::Ledger;

#[cfg(test)]
mod tests;
