//! `sim faults`: runs seeds, and says what came of it.

use super::options::Options;
use super::run::simulate;
use super::{prove, report, shrink};
use std::time::{Duration, Instant};

/// How often it is told how far it is.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// Runs what was asked for; gives the exit code: 0 without a violation, 1 with one.
pub fn run(options: &Options, say: fn(&str)) -> u8 {
    // Panics are caught and reported as violations.
    std::panic::set_hook(Box::new(|_| ()));
    if options.prove {
        return prove::command(say);
    }
    let began = Instant::now();
    let mut told = began;
    for (done, seed) in (0..options.seeds).map(|done| (done, options.seed.saturating_add(done))) {
        let run = simulate(seed, options.plant, options.history);
        if run.violation.is_some() {
            say(&report::failure(seed, &run, &shrink::shrink(&run, options.plant), options.plant));
            return 1;
        }
        if options.seeds == 1 {
            run.history.iter().for_each(|line| say(line));
            say(&report::success(seed, &run));
        }
        if told.elapsed() > TOLD_EVERY {
            told = Instant::now();
            say(&report::progress(done + 1, options.seeds, began.elapsed()));
        }
    }
    say(&report::progress(options.seeds, options.seeds, began.elapsed()));
    0
}
