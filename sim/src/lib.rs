//! What Rowlock can carry, and whether it keeps its promises: traffic, the checker, reports.

pub mod capacity;
pub mod checker;
pub mod cli;
pub mod client;
pub mod cores;
pub mod drive;
pub mod faults;
pub mod options;
pub mod plan;
pub mod report;
pub mod run;
pub mod service;
pub mod slo;
pub mod source;
pub mod stage;
pub mod tally;
pub mod trace;
pub mod traffic;
pub mod visit;
pub mod whole_file;
