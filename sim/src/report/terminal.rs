//! A run on the terminal: a line a second, and a summary that fits one screen.

use super::{Run, Verdict, units};
use crate::tally::{Counted, KINDS, Second};
use crate::visit::World;
use std::fmt::Write;

/// One second of the run.
#[must_use]
pub fn progress(number: usize, second: &Second, world: &World) -> String {
    let [p50, p99, p999] = second.latency_us.map(milliseconds);
    let waiting = world.client.waiting();
    let Second { booked, refused, shed, seats: [sold, held, free], .. } = second;
    format!(
        "{number:>5} s {booked:>7} booked {refused:>6} refused {shed:>6} shed   p50 {p50:>7.2} p99 {p99:>8.2} p99.9 {p999:>8.2} ms   \
         {sold} sold {held} held {free} free   {waiting} waiting"
    )
}

/// What the run has shown, on one screen.
///
/// # Panics
/// Never: a string takes whatever is written.
#[must_use]
pub fn summary(run: &Run<'_>, verdict: &Verdict) -> String {
    let (tally, journal) = (run.world.tally.borrow(), run.world.journal.borrow());
    let mut text = String::new();
    let mut put = |line: String| writeln!(text, "{line}").expect("a string takes what is written");
    if let Some(replayed) = run.replayed {
        put(format!("a replay of {} at {} times its speed", replayed.path.display(), replayed.speed));
    }
    let header = ["", "sent", "done", "refused", "shed", "errors", "p50 ms", "p99 ms", "p99.9 ms", "max ms"];
    put(columns(&header.map(str::to_owned)));
    for (kind, name) in KINDS {
        put(columns(&line(name, tally.of(kind))));
    }
    let refused = KINDS.iter().flat_map(|(kind, name)| {
        tally.of(*kind).refused.iter().map(move |(code, count)| format!("{name} {code} {count}"))
    });
    put(format!("refusals: {}", list(refused.collect())));
    let errors = KINDS.iter().flat_map(|(kind, name)| {
        tally.of(*kind).errors.iter().map(move |(what, count)| format!("{name} {what} {count}"))
    });
    put(format!("errors: {}", list(errors.collect())));
    if let Some(soon) = super::shed(&tally) {
        put(format!("shed: {soon}"));
    }
    if let Some([begin, end]) = memory(tally.seconds()) {
        put(format!("memory: {begin} after the first second, {end} after the last"));
    }
    let [sold, held, free] = journal.seats();
    put(format!("seats: {sold} sold, {held} held or expired, {free} free, in {} events", run.plan.events));
    put(format!(
        "carried: {:.0} booking requests a second, {:.0} planned",
        verdict.carried_per_second,
        planned_rate(run)
    ));
    put(format!("checked: {}; {} violations", super::checked(run), journal.violations_count));
    for violation in journal.violations() {
        put(format!("VIOLATION: {}", violation.what));
        violation.history.iter().for_each(|line| put(format!("    {line}")));
    }
    verdict.unknown.iter().for_each(|unknown| put(format!("not known: {unknown}")));
    verdict.missed.iter().for_each(|missed| put(format!("MISSED: {missed}")));
    text
}

/// What the service took of it at the beginning and at the end; `None` if that could not be seen.
#[expect(clippy::cast_precision_loss, reason = "no machine has as much")]
fn memory(seconds: &[Second]) -> Option<[String; 2]> {
    let resident = |second: Option<&Second>| second?.resident.map(|resident| units::bytes(resident as f64));
    Some([resident(seconds.first())?, resident(seconds.last())?])
}

#[expect(clippy::cast_precision_loss, reason = "counts of a run are small")]
fn planned_rate(run: &Run<'_>) -> f64 {
    run.planned as f64 / run.plan.duration.as_secs_f64()
}

fn line(name: &str, counted: &Counted) -> [String; 10] {
    let at = |quantile| format!("{:.2}", milliseconds(counted.latency_us.value_at_quantile(quantile)));
    let sum = |counts: &std::collections::BTreeMap<String, u64>| counts.values().sum::<u64>().to_string();
    [
        name.to_owned(),
        counted.sent.to_string(),
        counted.done.to_string(),
        sum(&counted.refused),
        counted.shed.to_string(),
        sum(&counted.errors),
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0),
    ]
}

fn columns(cells: &[String]) -> String {
    cells.iter().map(|cell| format!("{cell:>9}")).collect::<Vec<_>>().join(" ")
}

fn list(parts: Vec<String>) -> String {
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

#[expect(clippy::cast_precision_loss, reason = "latencies are small")]
fn milliseconds(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
