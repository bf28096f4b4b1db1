//! What can be asked of `sim faults`.

use super::planted::Planted;
use clap::Args;
use std::ops::RangeInclusive;

/// How many seeds unless asked for otherwise.
const SEEDS: u64 = 1_000;
/// Most seeds of one command.
const SEEDS_MAX: u64 = 100_000_000;

/// Which seeds are run, and what is shown of them.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// The first seed; alone, it is the only one, and is told of in detail [default: 1]
    #[arg(long)]
    pub seed: Option<u64>,
    /// How many seeds, from the first one on [default: 1000, or 1 with --seed]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=SEEDS_MAX))]
    pub seeds: Option<u64>,
    /// Everything that happened, line by line
    #[arg(long)]
    pub history: bool,
    /// Plants a bug, which is to be found
    #[arg(long, value_enum)]
    pub plant: Option<Planted>,
    /// Plants each bug in turn, and shows how many seeds each one took
    #[arg(long, conflicts_with_all = ["plant", "seeds", "seed", "history"])]
    pub prove: bool,
}

impl Options {
    /// The seeds to run.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn range(&self) -> Result<RangeInclusive<u64>, String> {
        let first = self.seed.unwrap_or(1);
        let seeds = self.seeds.unwrap_or(if self.seed.is_some() { 1 } else { SEEDS });
        let last = first.checked_add(seeds - 1);
        let last = last.ok_or_else(|| format!("--seed {first} --seeds {seeds}: there are not so many seeds"))?;
        Ok(first..=last)
    }
}
