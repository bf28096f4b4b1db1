//! `sim faults`: runs seeds, and says what came of it.

use super::options::Options;
use super::run::{Run, simulate};
use super::{prove, report, shrink};
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

/// How often it is told how far it is.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// Runs what was asked for; gives the exit code: 0 without a violation, 1 with one, 2 when there was no run.
pub fn run(options: &Options, say: fn(&str)) -> u8 {
    // Panics are caught and reported as violations.
    std::panic::set_hook(Box::new(|_| ()));
    if options.prove {
        return prove::command(say);
    }
    match options.range() {
        Ok(seeds) if seeds.start() == seeds.end() => one(*seeds.start(), options, say),
        Ok(seeds) => many(seeds, options, say),
        Err(problem) => {
            say(&format!("sim: {problem}"));
            2
        }
    }
}

fn one(seed: u64, options: &Options, say: fn(&str)) -> u8 {
    let run = simulate(seed, options.plant, options.history);
    run.history.iter().for_each(|line| say(line));
    if run.violation.is_some() {
        return failed(seed, &run, options, say);
    }
    say(&report::success(seed, &run));
    0
}

fn many(seeds: RangeInclusive<u64>, options: &Options, say: fn(&str)) -> u8 {
    let began = Instant::now();
    let (mut told, mut done, of) = (began, 0, seeds.end() - seeds.start() + 1);
    for seed in seeds {
        let run = simulate(seed, options.plant, false);
        if run.violation.is_some() {
            return failed(seed, &run, options, say);
        }
        done += 1;
        if told.elapsed() > TOLD_EVERY {
            told = Instant::now();
            say(&report::progress(done, of, began.elapsed()));
        }
    }
    say(&report::progress(done, of, began.elapsed()));
    0
}

fn failed(seed: u64, run: &Run, options: &Options, say: fn(&str)) -> u8 {
    say(&report::failure(seed, run, &shrink::shrink(run, options.plant), options.plant));
    1
}
