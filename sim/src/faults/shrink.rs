//! From a run that violates a promise to a short one that does so as well.

use super::moves::Move;
use super::planted::Planted;
use super::run::{Run, replay};

/// Runs that are spent on it.
const RUNS_MAX: usize = 3_000;

/// Leaves out moves as long as the same promise is violated.
pub fn shrink(run: &Run, planted: Option<Planted>) -> Run {
    let Some(violation) = &run.violation else { return run.clone() };
    let mut shortest = run.clone();
    let mut runs = 0;
    let mut size = shortest.moves.len().div_ceil(2);
    while size > 0 && runs < RUNS_MAX {
        let mut at = 0;
        let before = shortest.moves.len();
        while at < shortest.moves.len() && runs < RUNS_MAX {
            let end = (at + size).min(shortest.moves.len());
            let moves: Vec<Move> = [&shortest.moves[..at], &shortest.moves[end..]].concat();
            runs += 1;
            let tried = replay(&run.swarm, &moves, planted, false);
            if tried.violation.as_ref().is_some_and(|found| found.promise == violation.promise) {
                shortest = tried;
            } else {
                at = end;
            }
        }
        let was_of_use = shortest.moves.len() < before;
        size = if size == 1 && !was_of_use { 0 } else { (size / 2).max(1) };
    }
    replay(&run.swarm, &shortest.moves, planted, true)
}
