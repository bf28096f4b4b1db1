//! What one seed is made of: how large its world is, and which faults it has, how often.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// The kinds of moves that chance chooses from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Ask,
    Deliver,
    Answer,
    Sync,
    Assign,
    Start,
    Read,
    Process,
    Publish,
    Pulse,
    Freeze,
    Save,
    Project,
    Record,
    Wait,
    AskAgain,
    Lose,
    Tear,
    Fail,
    Release,
    Crash,
    LoseCheckpoint,
    Damage,
    SetClock,
}

/// What has to go on, and how often.
const WORK: [(Kind, u32); 15] = [
    (Kind::Ask, 20),
    (Kind::Deliver, 20),
    (Kind::Answer, 10),
    (Kind::Sync, 12),
    (Kind::Assign, 6),
    (Kind::Start, 24),
    (Kind::Read, 14),
    (Kind::Process, 16),
    (Kind::Publish, 16),
    (Kind::Pulse, 6),
    (Kind::Freeze, 6),
    (Kind::Save, 6),
    (Kind::Project, 8),
    (Kind::Record, 8),
    (Kind::Wait, 8),
];
/// What may go wrong, and how often where it does.
const FAULTS: [(Kind, u32); 9] = [
    (Kind::AskAgain, 8),
    (Kind::Lose, 3),
    (Kind::Tear, 4),
    (Kind::Fail, 4),
    (Kind::Release, 5),
    (Kind::Crash, 4),
    (Kind::LoseCheckpoint, 4),
    (Kind::Damage, 4),
    (Kind::SetClock, 4),
];
/// Moves of one run.
const MOVES: std::ops::Range<usize> = 60..640;

/// One seed's mix.
#[derive(Clone, Debug)]
pub struct Swarm {
    pub partitions: u16,
    /// One is everything in one process: outcomes are in memory only, and a crash takes it all.
    pub tasks: u8,
    pub events: u64,
    pub buyers: u64,
    pub moves: usize,
    /// Whether a task may be given what another one still has.
    pub has_zombies: bool,
    /// Percent of calls to something outside that fail or are told as failed.
    pub fails: u32,
    /// Percent of answers, and of calls, that are lost or come twice.
    pub network: u32,
    /// Percent of requests that are no good.
    pub odd: u32,
    /// Longest time that passes at once.
    pub wait_ms: u64,
    /// Longest way that the clock is set forward or back.
    pub clock_ms: i64,
    /// Most records of one batch.
    pub batch: usize,
    pub hold_ms: u64,
    weights: Vec<(Kind, u32)>,
}

impl Swarm {
    /// The mix of a seed.
    pub fn new(chance: &mut ChaCha8Rng) -> Self {
        let mut weights = Vec::new();
        for (kind, weight) in WORK {
            // Until nothing breaks any more, checkpoints and the ledger can do without being written.
            let can_rest = matches!(kind, Kind::Freeze | Kind::Save | Kind::Project | Kind::Record | Kind::Answer);
            let share = if can_rest && chance.random_bool(0.1) { 0 } else { chance.random_range(5..=15) };
            weights.push((kind, (weight * share).div_ceil(10)));
        }
        for (kind, weight) in FAULTS {
            let share = if chance.random_bool(0.5) { 0 } else { chance.random_range(3..=15) };
            weights.push((kind, (weight * share).div_ceil(10)));
        }
        let some = |chance: &mut ChaCha8Rng, most: u32| if chance.random() { chance.random_range(1..most) } else { 0 };
        Self {
            partitions: chance.random_range(1..=2),
            tasks: chance.random_range(1..=3),
            events: chance.random_range(1..=3),
            buyers: chance.random_range(2..=6),
            moves: chance.random_range(MOVES),
            has_zombies: chance.random(),
            fails: some(chance, 40),
            network: some(chance, 30),
            odd: some(chance, 15),
            wait_ms: [50, 1_000, 30_000][chance.random_range(0..3)],
            clock_ms: [500, 20_000, 900_000, 100_000_000][chance.random_range(0..4)],
            batch: chance.random_range(1..=8),
            hold_ms: [1_000, 5_000, 60_000][chance.random_range(0..3)],
            weights,
        }
    }

    /// The next kind of move.
    pub fn kind(&self, chance: &mut ChaCha8Rng) -> Kind {
        let total: u32 = self.weights.iter().map(|(_, weight)| weight).sum();
        let mut at = chance.random_range(0..total);
        for (kind, weight) in &self.weights {
            if at < *weight {
                return *kind;
            }
            at -= weight;
        }
        unreachable!("the weights add up")
    }
}
