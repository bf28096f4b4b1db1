//! `sim faults`: engine, processor and the ports' contracts on one thread with a seeded schedule and a clock of its own;
//! everything around them breaks, and every promise is checked.
//!
//! ```text
//! swarm.rs      what a seed's world is made of, and which faults it has
//! schedule.rs   chance: which move comes next      asks.rs  what clients ask for
//! moves.rs      one step, with all that chance decided in it; a list of them is a run
//! world/        everything there is, and what each move does to it
//! backends/     the ports' contracts without I/O
//! model/        a partition as the documentation describes it    oracle.rs  what is true of one    told.rs  what clients heard
//! run.rs        one seed      shrink.rs  a short run that fails as well
//! planted.rs    bugs that have to be found      prove.rs  whether they are
//! options.rs, command.rs, report.rs, brief.rs
//! ```

mod asks;
mod backends;
mod brief;
mod command;
mod model;
mod moves;
mod options;
mod oracle;
mod planted;
mod prove;
mod report;
mod run;
mod schedule;
mod shrink;
mod swarm;
#[cfg(test)]
mod tests;
mod told;
mod world;

pub use command::run;
pub use options::Options;
pub use planted::{PLANTED, Planted};
