//! One task a partition: boards first, then whoever waits, so that a reader sees what was just answered.

use super::Boards;
use crate::gateway::Waiters;
use rowlock_engine::actors::{Backends, Ports};
use rowlock_engine::ids::{OutcomeNumber, PartitionId, TimeMs};
use rowlock_engine::outcome::{Outcome, OutcomeBody};
use rowlock_engine::ports::{CheckpointError, CheckpointStore, Ledger, OutcomeLog, OutcomeReader, ReadError};
use rowlock_engine::shard::snapshot::SnapshotError;
use std::sync::Arc;
use std::time::Duration;

/// How often bookings that the ledger has leave the boards.
const TIDY_INTERVAL: Duration = Duration::from_secs(1);

/// Why a partition's boards could not be put up.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The checkpoint store failed.
    #[error("the checkpoint store: {0}")]
    Checkpoints(#[from] CheckpointError),
    /// The checkpoint is none that this build can read.
    #[error("the checkpoint: {0}")]
    Snapshot(#[from] SnapshotError),
    /// The outcomes after the checkpoint are not there.
    #[error("the outcome log: {0}")]
    Outcomes(#[from] ReadError),
}

/// Puts up the boards of `partition` and follows its outcomes from then on. Returns once no outcome can be
/// missed: the partition itself is to be started after that.
///
/// # Errors
/// `FollowError`; then nobody follows.
pub async fn follow<B: Backends>(
    ports: &Ports<B>,
    partition: PartitionId,
    boards: Arc<Boards>,
    waiters: Arc<Waiters>,
) -> Result<(), FollowError> {
    let checkpoint = ports.checkpoints.load(partition).await?;
    let after = checkpoint.as_ref().map_or(OutcomeNumber(0), |checkpoint| checkpoint.covers.outcome);
    if let Some(checkpoint) = checkpoint {
        let boards = boards.clone();
        // On a worker, as partitions are restored: what this frees is theirs to use again, 30 MB of a million bookings.
        let restored = tokio::spawn(async move { boards.restore(partition, checkpoint) }).await;
        restored.expect("restoring boards does not panic")?;
    }
    let reader = ports.outcomes.reader(partition, after).await?;
    tokio::spawn(async move {
        let error = read(reader, partition, &boards, &waiters).await;
        tracing::error!(%partition, %error, "ALARM: nobody follows the partition's outcomes, its commands go unanswered");
    });
    Ok(())
}

async fn read(mut reader: impl OutcomeReader, partition: PartitionId, boards: &Boards, waiters: &Waiters) -> ReadError {
    loop {
        match reader.next().await {
            Ok(batch) => show(partition, &batch, boards, waiters),
            Err(error) => return error,
        }
    }
}

fn show(partition: PartitionId, batch: &Arc<[Outcome]>, boards: &Boards, waiters: &Waiters) {
    for (index, outcome) in batch.iter().enumerate() {
        boards.apply(partition, outcome);
        let awaited = waiters.complete(batch, index);
        if !awaited && let OutcomeBody::Refused(refused) = &outcome.body {
            boards.unanswered.refuse(outcome.at, outcome.event, refused);
        }
    }
    if let Some(last) = batch.last() {
        boards.set_followed(partition, last.number);
    }
}

/// Lets bookings leave the boards as the ledger comes to have them, for ever.
pub async fn tidy<L: Ledger>(ledger: Arc<L>, partitions: u16, boards: Arc<Boards>, now: fn() -> TimeMs) {
    let mut interval = tokio::time::interval(TIDY_INTERVAL);
    loop {
        interval.tick().await;
        for partition in (0..partitions).map(PartitionId) {
            match ledger.position(partition).await {
                Ok(recorded) => boards.tidy(partition, recorded, now()),
                Err(error) => tracing::debug!(%partition, %error, "the ledger's position could not be read"),
            }
        }
    }
}
