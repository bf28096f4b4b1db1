//! What a run has shown: on the terminal, in report.json, and in report.html.

mod charts;
mod files;
mod html;
mod json;
mod machine;
mod terminal;
mod units;
mod verdict;

pub use files::Room;
pub use machine::Machine;
pub use terminal::{progress, summary};
pub use verdict::{Verdict, judge, measured};

use crate::checker::{Audit, Ledger};
use crate::drive::Driven;
use crate::options::Options;
use crate::plan::PlanOptions;
use crate::source::Replayed;
use crate::tally::Tally;
use crate::visit::World;
use hdrhistogram::Histogram;
use std::io;
use std::path::PathBuf;

/// Everything that a report is made from.
pub struct Run<'a> {
    /// What was asked for.
    pub options: &'a Options,
    /// What that came to.
    pub plan: &'a PlanOptions,
    /// Booking requests that the plan had.
    pub planned: u64,
    /// What that was replayed from, if it was.
    pub replayed: Option<&'a Replayed>,
    /// What was counted and told.
    pub world: &'a World,
    /// How it went as a whole.
    pub driven: Driven,
    /// What was looked at afterwards.
    pub audit: Audit,
    /// What its ledger has.
    pub ledger: Ledger,
    /// How the child ended; `None` if there was none.
    pub drained: Option<bool>,
}

/// Writes report.json and report.html where there is `room` for them, and says where they are.
///
/// # Errors
/// When they cannot be written; what was there before is there still.
pub fn write(room: Room, run: &Run<'_>, verdict: &Verdict, command: &[String]) -> io::Result<Vec<PathBuf>> {
    room.fill(&[("report.json", json::text(run, verdict, command)), ("report.html", html::text(run, verdict, command))])
}

/// What was held against what clients were told.
fn checked(run: &Run<'_>) -> String {
    let (bookings, seats) = (run.audit.bookings, run.audit.seats);
    let ledger = match run.ledger {
        Ledger::Compared(bookings) => format!("{bookings} of the ledger"),
        Ledger::Unreadable(_) | Ledger::OutOfReach => "nothing of the ledger".to_owned(),
    };
    let settled = match run.world.journal.borrow().accepted_count {
        0 => String::new(),
        accepted => format!(", what became of {} of {accepted} answers of 202", run.audit.settled),
    };
    format!("every answer{settled}; afterwards {bookings} bookings, {seats} seats and {ledger}")
}

/// How soon what was shed was told so; `None` if nothing was.
#[expect(clippy::cast_precision_loss, reason = "latencies are small")]
fn shed(tally: &Tally) -> Option<String> {
    let shed = &tally.shed;
    let soon = |took: &Histogram<u64>| {
        let at = |quantile| units::time(took.value_at_quantile(quantile) as f64);
        format!("p50 {}, p99 {}", at(0.5), at(0.99))
    };
    let [due, sent] = [soon(&shed.since_due_us), soon(&shed.since_sent_us)];
    (!shed.since_due_us.is_empty()).then(|| format!("{due} after they were due; {sent} after a connection had them"))
}
