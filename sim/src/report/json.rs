//! report.json: everything that a run has shown, for programs.

use super::{Machine, Run, Verdict};
use crate::checker::Ledger;
use crate::tally::{Counted, KINDS, Second};
use hdrhistogram::Histogram;
use serde_json::{Map, Value, json};

/// Percentiles of latency that are written.
const QUANTILES: [(&str, f64); 6] =
    [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999), ("p9999", 0.9999), ("max", 1.0)];

/// The text of report.json.
///
/// # Panics
/// Never: whatever a run shows is JSON.
#[must_use]
pub fn text(run: &Run<'_>, verdict: &Verdict, command: &[String]) -> String {
    serde_json::to_string_pretty(&report(run, verdict, command)).expect("names and numbers are JSON")
}

fn report(run: &Run<'_>, verdict: &Verdict, command: &[String]) -> Value {
    let (tally, journal) = (run.world.tally.borrow(), run.world.journal.borrow());
    let kinds: Map<String, Value> =
        KINDS.iter().map(|(kind, name)| ((*name).to_owned(), counted(tally.of(*kind)))).collect();
    let violations =
        journal.violations().iter().map(|violation| json!({ "what": violation.what, "history": violation.history }));
    json!({
        "machine": Machine::this(),
        "command": command,
        "plan": plan(run),
        "replay": replay(run),
        "requests": kinds,
        "shed": { "since_due_us": quantiles(&tally.shed.since_due_us), "since_sent_us": quantiles(&tally.shed.since_sent_us) },
        "seconds": tally.seconds().iter().map(second).collect::<Vec<_>>(),
        "client_late_us": { "p50": tally.late_us.value_at_quantile(0.5), "p99": tally.late_us.value_at_quantile(0.99) },
        "seats": { "sold": journal.seats()[0], "held": journal.seats()[1], "free": journal.seats()[2] },
        "checked": {
            "bookings": run.audit.bookings,
            "seats": run.audit.seats,
            "accepted": journal.accepted_count,
            "settled": run.audit.settled,
            "unanswered": run.audit.unanswered,
            "ledger": if let Ledger::Compared(bookings) = run.ledger { Some(bookings) } else { None },
        },
        "violations": { "count": journal.violations_count, "first": violations.collect::<Vec<_>>() },
        "verdict": {
            "is_met": verdict.is_met(),
            "carried_per_second": verdict.carried_per_second,
            "slo": run.options.slo.to_string(),
            "missed": verdict.missed,
            "unknown": verdict.unknown,
        },
    })
}

fn plan(run: &Run<'_>) -> Value {
    json!({
        "tps": run.plan.tps,
        "duration_s": run.plan.duration.as_secs_f64(),
        "profile": format!("{:?}", run.plan.profile),
        "events": run.plan.events,
        "seats": run.plan.seats,
        "hot": run.plan.hot,
        "mix": run.plan.mix.to_string(),
        "buyers": run.plan.buyers,
        "seed": run.plan.seed,
        "bookings": run.planned,
        "connections": run.options.connections,
    })
}

fn replay(run: &Run<'_>) -> Option<Value> {
    run.replayed.map(|replayed| {
        json!({
            "trace": replayed.path,
            "speed": replayed.speed,
            "recorded_tps": replayed.recorded.plan.tps,
            "recorded_duration_s": replayed.recorded.plan.duration.as_secs_f64(),
            "recorded_by": replayed.recorded.simulator,
        })
    })
}

fn counted(counted: &Counted) -> Value {
    json!({
        "sent": counted.sent,
        "done": counted.done,
        "refused": counted.refused,
        "shed": counted.shed,
        "errors": counted.errors,
        "latency_us": quantiles(&counted.latency_us),
    })
}

fn quantiles(histogram: &Histogram<u64>) -> Map<String, Value> {
    let at = |(name, quantile): (&str, f64)| (name.to_owned(), histogram.value_at_quantile(quantile).into());
    QUANTILES.map(at).into_iter().collect()
}

fn second(second: &Second) -> Value {
    let [p50, p99, p999] = second.latency_us;
    json!({
        "due": second.due,
        "booked": second.booked,
        "refused": second.refused,
        "shed": second.shed,
        "latency_us": { "p50": p50, "p99": p99, "p999": p999 },
        "seats": { "sold": second.seats[0], "held": second.seats[1], "free": second.seats[2] },
        "resident": second.resident,
    })
}
