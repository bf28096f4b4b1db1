//! What is told of runs.

use super::oracle::Violation;
use super::planted::Planted;
use super::run::Run;
use std::time::Duration;

/// A run that went wrong, and how to see it again.
pub fn failure(seed: u64, run: &Run, shortest: &Run, planted: Option<Planted>) -> String {
    let plant = planted.map(|planted| format!(" --plant {}", planted.name())).unwrap_or_default();
    let history = shortest.history.join("\n");
    let (made, left) = (run.moves.len(), shortest.moves.len());
    let violation = run.violation.as_ref().map(told).unwrap_or_default();
    format!(
        "seed {seed}: {violation}\n\nWhat is left of {made} moves after leaving out what it does not need: {left}\n{history}\n\n\
         To see it again: sim faults --seed {seed}{plant}"
    )
}

/// A violation in one line.
pub fn told(violation: &Violation) -> String {
    format!("VIOLATION of {}; {}", violation.promise, violation.what)
}

/// One seed that went well.
pub fn success(seed: u64, run: &Run) -> String {
    format!("seed {seed}: {} moves, no violation\n{:?}", run.moves.len(), run.swarm)
}

/// How far it is.
pub fn progress(done: u64, of: u64, took: Duration) -> String {
    format!("{done} of {of} seeds, {:.0} a minute, no violation", per_minute(done, took))
}

#[expect(clippy::cast_precision_loss, reason = "seeds are few enough")]
fn per_minute(seeds: u64, took: Duration) -> f64 {
    seeds as f64 * 60.0 / took.as_secs_f64().max(0.001)
}
