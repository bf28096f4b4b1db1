//! The command line as a whole: a capacity run unless something else is named.

use crate::faults;
use crate::options::Options;
use crate::trace;
use clap::{Parser, Subcommand};

/// Sends the traffic of an on-sale to Rowlock, measures what it carries, and checks what it answers.
///
/// Arrivals are scheduled beforehand, and latency counts from the scheduled instant: a service that stalls is not
/// spared the requests that would have come meanwhile. A transaction is a booking request; paying, looking,
/// cancelling and exchanging come on top.
#[derive(Clone, Debug, Parser)]
#[command(name = "sim", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// Something else than a capacity run
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The capacity run
    #[command(flatten)]
    pub run: Options,
}

/// What is no capacity run.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Breaks everything that can break around the engine, on one thread with a seeded schedule, and checks every promise
    Faults(faults::Options),
    /// Answers everything at once; what --find-capacity compares with
    #[command(hide = true)]
    EmptyHandler,
    /// Writes the traffic of a run as a trace, which `--trace` replays against any build
    Record(trace::command::Options),
}
