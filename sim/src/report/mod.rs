//! What a run has shown: on the terminal, and in report.json.

mod json;
mod machine;
mod terminal;
mod verdict;

pub use json::write;
pub use machine::Machine;
pub use terminal::{progress, summary};
pub use verdict::{Verdict, judge};

use crate::checker::Audit;
use crate::drive::Driven;
use crate::options::Options;
use crate::plan::PlanOptions;
use crate::visit::World;

/// Everything that a report is made from.
pub struct Run<'a> {
    /// What was asked for.
    pub options: &'a Options,
    /// What that came to.
    pub plan: &'a PlanOptions,
    /// Booking requests that the plan had.
    pub planned: u64,
    /// What was counted and told.
    pub world: &'a World,
    /// How it went as a whole.
    pub driven: Driven,
    /// What was looked at afterwards.
    pub audit: Audit,
    /// How the child ended; `None` if there was none.
    pub drained: Option<bool>,
}
