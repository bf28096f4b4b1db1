//! One seed, from its first move to the last check.

use super::moves::Move;
use super::oracle::Violation;
use super::planted::Planted;
use super::schedule::Schedule;
use super::swarm::Swarm;
use super::world::World;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a panic is reported as.
const PANIC: &str = "invariants: none breaks";

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Run {
    pub swarm: Swarm,
    /// The moves that were made.
    pub moves: Vec<Move>,
    pub violation: Option<Violation>,
    /// Line by line, if it was asked for.
    pub history: Vec<String>,
}

/// The run of a seed.
pub fn simulate(seed: u64, planted: Option<Planted>, has_history: bool) -> Run {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let swarm = Swarm::new(&mut chance);
    let mut schedule = Schedule::new(chance, swarm.clone());
    let mut opening = schedule.opening().into_iter();
    let mut left = swarm.moves;
    run(swarm, planted, has_history, move |world| {
        left = left.checked_sub(1)?;
        Some(opening.next().unwrap_or_else(|| schedule.next(world)))
    })
}

/// The run of given moves, or of some of them.
pub fn replay(swarm: &Swarm, moves: &[Move], planted: Option<Planted>, has_history: bool) -> Run {
    let mut moves = moves.iter();
    run(swarm.clone(), planted, has_history, move |_| moves.next().cloned())
}

fn run(swarm: Swarm, planted: Option<Planted>, has_history: bool, mut next: impl FnMut(&World) -> Option<Move>) -> Run {
    let mut world = World::new(swarm.clone(), planted, has_history);
    let mut moves = Vec::new();
    let ran = catch_unwind(AssertUnwindSafe(|| {
        while let Some(step) = next(&world).filter(|_| world.violation().is_none()) {
            let was_possible = world.perform(&step).is_some();
            if was_possible {
                moves.push(step);
            }
        }
        if world.violation().is_none() {
            world.heal();
        }
        if world.violation().is_none() {
            world.end();
        }
    }));
    if let Err(panic) = ran {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default();
        world.violate(Violation::new(PANIC, text));
    }
    let (violation, history) = world.into_end();
    Run { swarm, moves, violation, history }
}
