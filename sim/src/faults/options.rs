//! What can be asked of `sim faults`.

use super::planted::Planted;
use clap::Args;

/// Most seeds of one command.
const SEEDS_MAX: u64 = 100_000_000;

/// Which seeds are run, and what is shown of them.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// The first seed; alone it is run with details
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many seeds, from the first one on
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=SEEDS_MAX))]
    pub seeds: u64,
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
