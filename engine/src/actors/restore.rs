//! From checkpoint and log to a processor that can go on.

use crate::ids::{Offset, OutcomeNumber, PartitionId};
use crate::ports::{CheckpointError, CheckpointStore, CommandLog, Ledger, LedgerError, ReadError};
use crate::processor::Processor;
use crate::shard::snapshot::SnapshotError;

use super::{Backends, Ports};
use tokio::sync::Semaphore;

/// Partitions whose checkpoints are in memory at the same time: each is as large as what it describes, and what one has
/// used the next can use. Measured with a million bookings: 20 MB less than all eight at once, and 0.05 s more.
const LOADING_MAX: usize = 1;
static LOADING: Semaphore = Semaphore::const_new(LOADING_MAX);

/// Why a partition could not be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The checkpoint store failed; trying again may help.
    #[error("the checkpoint store: {0}")]
    Checkpoints(#[from] CheckpointError),
    /// The ledger failed; trying again may help.
    #[error("the ledger: {0}")]
    Ledger(#[from] LedgerError),
    /// The log failed, or begins after the checkpoint.
    #[error("the command log: {0}")]
    Log(#[from] ReadError),
    /// The checkpoint is no state that this build can go on from.
    #[error("the checkpoint: {0}")]
    Snapshot(#[from] SnapshotError),
    /// What lies between can be derived no more.
    #[error(
        "the ledger has seen outcomes up to {ledger}, the checkpoint begins after {checkpoint}: those between cannot be \
         derived again. Put back the ledger that belongs to this checkpoint, or the whole data directory from one backup"
    )]
    LedgerBehind {
        /// The ledger's position.
        ledger: OutcomeNumber,
        /// The checkpoint's last outcome.
        checkpoint: OutcomeNumber,
    },
    /// The ledger has seen what the log does not lead to.
    #[error(
        "the ledger has seen outcomes up to {ledger}, the log ends at outcome {log}: records are missing, or the ledger \
         is another log's. Put back the ledger and the log that belong together, or the whole data directory from one \
         backup"
    )]
    LedgerAhead {
        /// The ledger's position.
        ledger: OutcomeNumber,
        /// The last outcome that the log leads to.
        log: OutcomeNumber,
    },
    /// The log lacks records that the checkpoint has seen.
    #[error(
        "the checkpoint covers records up to {checkpoint}, the log ends at {end}: records are missing. Put back the log \
         that belongs to this checkpoint, or the whole data directory from one backup"
    )]
    LogBehind {
        /// The first record that the checkpoint does not cover.
        checkpoint: Offset,
        /// The log's end.
        end: Offset,
    },
}

impl RestoreError {
    /// Whether trying again cannot help: somebody has to look.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Snapshot(_)
                | Self::LedgerBehind { .. }
                | Self::LedgerAhead { .. }
                | Self::LogBehind { .. }
                | Self::Log(ReadError::Trimmed { .. })
        )
    }
}

/// A processor that goes on where the checkpoint ends, and where the log ended at that moment.
pub struct Restored<R> {
    pub processor: Processor,
    pub reader: R,
    pub log_end: Offset,
    /// The ledger's position before that: all of it comes from records before `log_end`.
    pub ledger: OutcomeNumber,
    pub checkpointed: Option<OutcomeNumber>,
}

async fn load<B: Backends>(
    ports: &Ports<B>,
    partition: PartitionId,
) -> Result<(Processor, Option<OutcomeNumber>), RestoreError> {
    let _one_of_few = LOADING.acquire().await.expect("nobody closes the semaphore");
    let Some(checkpoint) = ports.checkpoints.load(partition).await? else {
        return Ok((Processor::new(partition), None));
    };
    Ok((Processor::restore(&checkpoint)?, Some(checkpoint.covers.outcome)))
}

/// Loads the newest checkpoint of `partition` and opens the log where it ends.
///
/// # Errors
/// `RestoreError`; [`RestoreError::is_final`] tells whether trying again can help.
pub async fn restore<B: Backends>(
    ports: &Ports<B>,
    partition: PartitionId,
) -> Result<Restored<<B::Log as CommandLog>::Reader>, RestoreError> {
    let mut trimmed = None;
    loop {
        let (processor, checkpointed) = load(ports, partition).await?;
        let next = processor.shard().next_offset();
        match open(ports, partition, processor, checkpointed).await {
            // Saves by a zombie, or by the owner before, may have let the log go since: then there are newer checkpoints.
            Err(RestoreError::Log(ReadError::Trimmed { .. })) if trimmed.is_none_or(|before| before < next) => {
                trimmed = Some(next);
            }
            result => return result,
        }
    }
}

async fn open<B: Backends>(
    ports: &Ports<B>,
    partition: PartitionId,
    processor: Processor,
    checkpointed: Option<OutcomeNumber>,
) -> Result<Restored<<B::Log as CommandLog>::Reader>, RestoreError> {
    let ledger = ports.ledger.position(partition).await?;
    if ledger < processor.last_outcome() {
        return Err(RestoreError::LedgerBehind { ledger, checkpoint: processor.last_outcome() });
    }
    let (next, end) = (processor.shard().next_offset(), ports.log.end(partition).await?);
    if next > end {
        return Err(RestoreError::LogBehind { checkpoint: next, end });
    }
    let reader = ports.log.reader(partition, next).await?;
    Ok(Restored { processor, reader, log_end: end, ledger, checkpointed })
}
