//! When a checkpoint is due, and how it is written beside the partition's work.

use super::{Backends, Options, Ports};
use crate::ids::{Offset, OutcomeNumber, PartitionId};
use crate::ports::{CheckpointError, CheckpointStore, CommandLog, Covers, Ledger};
use crate::shard::snapshot::Frozen;
use std::time::Duration;
use tokio::time::Instant;

/// How often a checkpoint looks whether the ledger has caught up.
const LEDGER_POLL: Duration = Duration::from_millis(20);
/// How long a checkpoint waits for the ledger before it is put off.
const LEDGER_PATIENCE: Duration = Duration::from_secs(5);

/// Decides when the next checkpoint is due.
pub struct Cadence {
    options: Options,
    saved: Option<OutcomeNumber>,
    saved_offset: Offset,
    due_at: Instant,
    under_way: bool,
}

impl Cadence {
    pub fn new(partition: PartitionId, options: Options, saved: Option<OutcomeNumber>, next_offset: Offset) -> Self {
        let due_at = Instant::now() + options.checkpoint_interval - head_start(partition, options.checkpoint_interval);
        Self { options, saved, saved_offset: next_offset, due_at, under_way: false }
    }

    /// The outcome of the newest checkpoint: what changed after it is to be written.
    pub fn saved(&self) -> Option<OutcomeNumber> {
        self.saved
    }

    /// Whether everything before `next_offset` is in the newest checkpoint.
    pub fn is_saved(&self, next_offset: Offset) -> bool {
        self.saved.is_some() && self.saved_offset == next_offset
    }

    pub fn is_due(&self, next_offset: Offset) -> bool {
        let records = next_offset.0 - self.saved_offset.0;
        let late = Instant::now() >= self.due_at;
        !self.under_way && records > 0 && (late || records >= self.options.checkpoint_records)
    }

    pub fn started(&mut self) {
        self.under_way = true;
    }

    pub fn ended(&mut self, result: &Result<Covers, CheckpointError>) {
        self.under_way = false;
        self.due_at = next_due(self.due_at, Instant::now(), self.options.checkpoint_interval);
        match result {
            Ok(covers) => (self.saved, self.saved_offset) = (Some(covers.outcome), covers.next_offset),
            // The store lost a chunk: the next checkpoint has to bring everything.
            Err(CheckpointError::MissingChunk { .. }) => self.saved = None,
            Err(_) => {}
        }
    }
}

/// How much earlier than after a whole interval a partition's first checkpoint is due. Spread over the interval for however
/// many partitions there are, as a van der Corput sequence is: all at once, they would take every core.
fn head_start(partition: PartitionId, interval: Duration) -> Duration {
    interval * u32::from(partition.0.reverse_bits()) / (u32::from(u16::MAX) + 1)
}

/// When the next checkpoint is due, where one that was due at `due_at` has ended at `now`: in step with that, so that partitions
/// stay apart whatever a checkpoint takes, unless it took a whole interval.
fn next_due(due_at: Instant, now: Instant, interval: Duration) -> Instant {
    if due_at > now {
        return due_at;
    }
    let in_step = due_at + interval;
    if in_step > now { in_step } else { now + interval }
}

/// Saves `frozen`, once the ledger has all that it covers: what a checkpoint covers is never derived
/// again. Then lets the log forget what no kept checkpoint needs.
///
/// # Errors
/// `CheckpointError`; the checkpoint before stays in force.
pub async fn save<B: Backends>(
    ports: Ports<B>,
    partition: PartitionId,
    frozen: Frozen,
    since: Option<OutcomeNumber>,
) -> Result<Covers, CheckpointError> {
    let covers = frozen.covers();
    await_ledger(&ports, partition, covers.outcome).await?;
    let delta = tokio::task::spawn_blocking(move || frozen.delta(since)).await;
    let delta = delta.map_err(|error| CheckpointError::Backend(format!("encoding failed: {error}")))?;
    ports.checkpoints.save(partition, delta).await?;
    if let Some(oldest) = ports.checkpoints.oldest_kept(partition).await? {
        let trimmed = ports.log.trim(partition, oldest.next_offset).await;
        trimmed.map_err(|error| CheckpointError::Backend(format!("the log could not be trimmed: {error}")))?;
    }
    Ok(covers)
}

async fn await_ledger<B: Backends>(
    ports: &Ports<B>,
    partition: PartitionId,
    outcome: OutcomeNumber,
) -> Result<(), CheckpointError> {
    let patience = Instant::now() + LEDGER_PATIENCE;
    loop {
        let position = ports.ledger.position(partition).await;
        let position = position.map_err(|error| CheckpointError::Backend(format!("the ledger: {error}")))?;
        if position >= outcome {
            return Ok(());
        }
        if Instant::now() >= patience {
            let problem = format!("put off: the ledger is at outcome {position}, the state at {outcome}");
            return Err(CheckpointError::Backend(problem));
        }
        tokio::time::sleep(LEDGER_POLL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::{head_start, next_due};
    use crate::ids::PartitionId;
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn partitions_spread_their_checkpoints_over_the_interval() {
        let interval = Duration::from_secs(10);
        for partitions in [1, 2, 4, 8, 64] {
            let mut starts: Vec<_> =
                (0..partitions).map(|partition| head_start(PartitionId(partition), interval)).collect();
            starts.sort();
            let even: Vec<_> =
                (0..u32::from(partitions)).map(|place| interval * place / u32::from(partitions)).collect();
            assert_eq!(starts, even, "of {partitions} partitions");
        }
        assert!(head_start(PartitionId(u16::MAX), interval) < interval);
    }

    #[test]
    fn checkpoints_stay_in_step_and_apart_from_each_other() {
        let (start, interval) = (Instant::now(), Duration::from_secs(10));
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        for (due_at, ended_at, next) in [
            (10, 10, 20),
            (10, 13, 20),
            (10, 19, 20),
            // No step is made up for: a slow store is not kept busy without a pause.
            (10, 20, 30),
            (10, 47, 57),
            // It came early, since there were many records.
            (10, 4, 10),
        ] {
            assert_eq!(next_due(at(due_at), at(ended_at), interval), at(next), "due at {due_at}, ended at {ended_at}");
        }
    }
}
