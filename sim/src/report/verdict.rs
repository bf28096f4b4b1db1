//! Whether a run met what it had to.

use super::Run;
use crate::checker::Ledger;
use crate::drive::Driven;
use crate::slo::Slo;
use crate::tally::{Counted, KINDS, Kind, Tally};
use std::time::Duration;

/// Part of the asked rate that has to be carried.
const CARRIED_MIN: f64 = 0.999;
/// Lateness of one arrival in a hundred from which on the client is the bottleneck.
const LATE_MAX: Duration = Duration::from_millis(5);

/// Whether a run met what it had to, and what it can say at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Booking requests a second that were answered with seats or a refusal.
    pub carried_per_second: f64,
    /// Requests of every kind a second that were answered.
    pub requests_per_second: f64,
    /// The 99th percentile of a booking's latency.
    pub p99: Duration,
    /// Errors of every kind of request.
    pub errors: u64,
    /// Whether the client could not keep to the plan.
    pub is_client_late: bool,
    /// What was missed; empty if nothing was.
    pub missed: Vec<String>,
    /// What this run cannot know.
    pub unknown: Vec<String>,
}

/// Judges a run.
#[must_use]
pub fn judge(run: &Run<'_>) -> Verdict {
    let mut verdict = measured(&run.world.tally.borrow(), run.options.slo, run.planned, run.plan.duration, run.driven);
    verdict.unknown.extend(unknown(run));
    let violations = run.world.journal.borrow().violations_count;
    verdict.miss(violations > 0, || format!("{violations} violations of what was promised"));
    if let Ledger::Unreadable(problem) = &run.ledger {
        verdict.missed.push(format!("the ledger could not be checked: {problem}"));
    }
    verdict.miss(run.drained == Some(false), || "the service did not end cleanly".to_owned());
    verdict
}

/// Judges what was counted: rate, latency and errors.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of a run are small")]
pub fn measured(tally: &Tally, slo: Slo, planned: u64, duration: Duration, driven: Driven) -> Verdict {
    let booked = tally.of(Kind::Book);
    let over = duration.as_secs_f64();
    let (carried, asked) = (tally.carried as f64 / over, planned as f64 / over);
    let answered = |counted: &Counted| counted.done + counted.refused.values().sum::<u64>() + counted.shed;
    let requests: u64 = KINDS.iter().map(|(kind, _)| answered(tally.of(*kind))).sum();
    let errors = KINDS.iter().flat_map(|(kind, _)| tally.of(*kind).errors.values()).sum();
    let p99 = Duration::from_micros(booked.latency_us.value_at_quantile(0.99));
    let late = Duration::from_micros(tally.late_us.value_at_quantile(0.99));
    let mut verdict = Verdict {
        carried_per_second: carried,
        requests_per_second: requests as f64 / over,
        p99,
        errors,
        is_client_late: late > LATE_MAX,
        missed: Vec::new(),
        unknown: Vec::new(),
    };
    if verdict.is_client_late {
        let what = format!("one arrival in a hundred was let in {late:?} late or later");
        verdict.unknown.push(format!("the client was the bottleneck: {what}"));
    }
    let least = slo.carried.map_or(asked * CARRIED_MIN, f64::from);
    verdict.miss(carried < least, || {
        format!("{carried:.0} of {asked:.0} booking requests a second were answered, {least:.0} had to be")
    });
    verdict.miss(driven.unfinished > 0, || format!("{} visits had not ended a minute later", driven.unfinished));
    verdict.miss(errors > slo.errors, || format!("{errors} errors, at most {} are allowed", slo.errors));
    if let Some(limit) = slo.p99 {
        verdict.miss(p99 > limit, || format!("p99 of {p99:?}, at most {limit:?} is allowed"));
    }
    if let Some(limit) = slo.shed {
        let soon = Duration::from_micros(tally.shed.since_due_us.value_at_quantile(0.99));
        verdict.miss(soon > limit, || format!("p99 of refusals for load {soon:?}, at most {limit:?} is allowed"));
    }
    verdict
}

fn unknown(run: &Run<'_>) -> Vec<String> {
    let journal = run.world.journal.borrow();
    let mut unknown = Vec::new();
    if run.audit.unanswered > 0 {
        unknown.push(format!("{} questions after the run were not answered", run.audit.unanswered));
    }
    let unsettled = journal.accepted_count - run.audit.settled;
    if unsettled > 0 {
        unknown.push(format!("what became of {unsettled} bookings that were answered with 202 could not be learnt"));
    }
    let open = journal.unknown_exchanges_count - run.audit.exchanged;
    if open > 0 {
        unknown.push(format!("whether {open} exchanges took place could not be learnt"));
    }
    if run.options.target.is_some() {
        unknown.push(
            "the target's memory, its log and its ledger were out of reach: the ledger could not be checked, only answers were".to_owned(),
        );
    }
    unknown
}

impl Verdict {
    fn miss(&mut self, is_missed: bool, what: impl FnOnce() -> String) {
        if is_missed {
            self.missed.push(what());
        }
    }

    /// Whether nothing was missed.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.missed.is_empty()
    }
}
