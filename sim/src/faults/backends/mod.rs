//! The ports' contracts without I/O: what is durable, what a crash leaves, what a zombie may do.

mod checkpoints;
mod ledger;
mod log;
mod outcomes;

pub use checkpoints::{Store, Trust};
pub use ledger::{Ledger, Row};
pub use log::{Log, Origin};
pub use outcomes::Outcomes;
