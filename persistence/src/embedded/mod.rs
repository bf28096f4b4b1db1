//! The ports without a server: everything in one directory and one process.

mod assignments;
mod checkpoints;
mod data_dir;
mod files;
pub mod log;
pub mod outcomes;

pub use assignments::{AllPartitions, StopHandle};
pub use checkpoints::LocalCheckpoints;
pub use data_dir::{DataDir, OpenError};
pub use log::{LocalLog, LogError, LogOptions};
pub use outcomes::{OutcomeBus, OutcomeBusOptions};
