//! An oracle that shares no code with the shard: holds what the service does against what it has told before.

mod audit;
mod journal;
mod room;
mod seats;

pub use audit::{Audit, audit};
pub use journal::{Journal, Violation};

#[cfg(test)]
mod tests;
