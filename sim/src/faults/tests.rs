use super::moves::Place;
use super::planted::{PLANTED, Planted};
use super::prove::prove;
use super::report;
use super::run::{replay, simulate};
use super::shrink::shrink;
use xxhash_rust::xxh3::xxh3_64;

/// What each change is held against; thousands more are run by hand.
const SEEDS: u64 = 20_000;

#[test]
fn no_seed_breaks_a_promise() {
    for seed in 1..=SEEDS {
        let run = simulate(seed, None, false);
        if run.violation.is_some() {
            panic!("{}", report::failure(seed, &run, &shrink(&run, None), None));
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for seed in 1..=50 {
        let bytes = || {
            let run = simulate(seed, None, true);
            (xxh3_64(format!("{:?}", run.moves).as_bytes()), xxh3_64(run.history.join("\n").as_bytes()), run)
        };
        let (first, again) = (bytes(), bytes());
        assert_eq!((first.0, first.1), (again.0, again.1), "seed {seed}");
        let replayed = replay(&first.2.swarm, &first.2.moves, None, true);
        let differing = replayed.history.iter().zip(&first.2.history).find(|(again, first)| again != first);
        assert_eq!(differing, None, "seed {seed}, from its moves");
        assert_eq!(replayed.history.len(), first.2.history.len(), "seed {seed}, from its moves");
    }
}

#[test]
fn seeds_differ() {
    let history = |seed| xxh3_64(simulate(seed, None, true).history.join("\n").as_bytes());
    let mut all: Vec<_> = (1..=50).map(history).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 50);
}

#[test]
fn every_planted_bug_is_found() {
    for (planted, limit) in PLANTED {
        let proof = prove(planted, limit);
        assert!(proof.found.is_some(), "{} is not found within {limit} seeds", planted.name());
    }
}

#[test]
fn a_failure_is_shrunk_to_a_short_one_of_the_same_kind() {
    let planted = Some(Planted::LedgerUnguarded);
    let (seed, violation) = prove(Planted::LedgerUnguarded, 1_000).found.unwrap();
    let run = simulate(seed, planted, false);
    let shortest = shrink(&run, planted);
    assert_eq!(shortest.violation.as_ref().map(|found| found.promise), Some(violation.promise));
    assert!(shortest.moves.len() < run.moves.len() / 3, "{} of {} moves", shortest.moves.len(), run.moves.len());
    let told = report::failure(seed, &run, &shortest, planted);
    assert!(told.ends_with(&format!("sim faults --seed {seed} --plant ledger-unguarded")), "{told}");
}

#[test]
fn places_are_told_in_words() {
    assert_eq!(format!("{:?}", Place { partition: 1, task: 2 }), "partition 1 at task 2");
}
