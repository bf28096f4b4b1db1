//! The checker proves itself: every planted bug is found.

use super::oracle::Violation;
use super::planted::{PLANTED, Planted};
use super::run::simulate;

/// A planted bug that was found, or not.
pub struct Proof {
    pub planted: Planted,
    /// The first seed that shows it, and what it shows.
    pub found: Option<(u64, Violation)>,
    /// Seeds after which it counts as not found.
    pub limit: u64,
}

/// Plants a bug and tries seeds from 1 on.
pub fn prove(planted: Planted, limit: u64) -> Proof {
    let found = (1..=limit).find_map(|seed| Some((seed, simulate(seed, Some(planted), false).violation?)));
    Proof { planted, found, limit }
}

/// Plants each in turn; gives the exit code: 0 when all are found.
pub fn command(say: fn(&str)) -> u8 {
    let mut code = 0;
    say("| planted | found by seed | as a violation of |\n|---|---|---|");
    for (planted, limit) in PLANTED {
        let proof = prove(planted, limit);
        if proof.found.is_none() {
            code = 1;
        }
        say(&line(&proof));
    }
    code
}

fn line(proof: &Proof) -> String {
    let what = proof.planted.what();
    match &proof.found {
        Some((seed, violation)) => format!("| {what} (`{}`) | {seed} | {} |", proof.planted.name(), violation.promise),
        None => format!("| {what} (`{}`) | NOT FOUND in {} | |", proof.planted.name(), proof.limit),
    }
}
