//! What lives and dies: a supervisor, one actor per owned partition, one projector each. They carry
//! batches between the ports and the processor; no rule is decided here.

mod checkpointing;
mod failure;
mod following;
mod owned;
mod partition;
mod projector;
mod pulse;
mod pump;
mod restore;
mod status;
mod supervisor;

pub use status::{PartitionState, Statuses};
pub use supervisor::{Running, start};

use crate::ports::{CheckpointStore, CommandLog, Ledger, OutcomeLog};
use std::sync::Arc;
use std::time::Duration;

/// One choice of backend for every port.
pub trait Backends: 'static {
    /// The command log.
    type Log: CommandLog;
    /// The outcome log.
    type Outcomes: OutcomeLog;
    /// The checkpoint store.
    type Checkpoints: CheckpointStore;
    /// The ledger.
    type Ledger: Ledger;
}

/// The ports that partitions work with.
pub struct Ports<B: Backends> {
    /// Decides the order.
    pub log: Arc<B::Log>,
    /// Where outcomes go.
    pub outcomes: Arc<B::Outcomes>,
    /// Where checkpoints go.
    pub checkpoints: Arc<B::Checkpoints>,
    /// Where confirmed bookings go.
    pub ledger: Arc<B::Ledger>,
}

impl<B: Backends> Clone for Ports<B> {
    fn clone(&self) -> Self {
        Self {
            log: self.log.clone(),
            outcomes: self.outcomes.clone(),
            checkpoints: self.checkpoints.clone(),
            ledger: self.ledger.clone(),
        }
    }
}

/// Batches of records that may wait in a partition's mailbox: its credit.
pub const PARTITION_CREDIT: usize = 2;
/// Outcomes that the projector writes to the ledger in one transaction at most, give or take one batch.
pub const LEDGER_BATCH_OUTCOMES_MAX: usize = 8_192;
/// Restarts of one partition in a row before it is halted, unless it only waits for something that is down.
pub const RESTARTS_MAX: u32 = 5;
/// Longest wait before a failed partition is started again.
pub const RESTART_WAIT_MAX: Duration = Duration::from_secs(10);

/// How often and how patiently the actors do things.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// A checkpoint is due this often, if anything changed; each partition has its own time for it.
    pub checkpoint_interval: Duration,
    /// A checkpoint is due after this many records, however short the time.
    pub checkpoint_records: u64,
    /// First wait before a failed partition is started again; doubles each time.
    pub restart_backoff: Duration,
    /// How long letting go of a partition may take before it is given up.
    pub release_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            checkpoint_interval: Duration::from_secs(10),
            checkpoint_records: 500_000,
            restart_backoff: Duration::from_millis(100),
            release_timeout: Duration::from_secs(10),
        }
    }
}
