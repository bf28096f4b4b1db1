//! The ports without a server: everything in one directory and one process.

mod data_dir;
mod files;
pub mod log;

pub use data_dir::{DataDir, OpenError};
pub use log::{LocalLog, LogError, LogOptions};
