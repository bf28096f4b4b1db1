//! From durable records to outcomes: decode, apply, in order. Plain and synchronous; the actors only carry.

use crate::codec::decode_command;
use crate::ids::{OutcomeNumber, PartitionId};
use crate::outcome::Outcome;
use crate::ports::{Checkpoint, Record};
use crate::shard::snapshot::{Frozen, SnapshotError};
use crate::shard::{Fault, Shard, Stamp};

/// A record could not be applied. Those before it were.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct Stopped {
    /// Why.
    pub fault: Fault,
    /// What became of the records before it: as true as any other outcome.
    pub outcomes: Vec<Outcome>,
}

/// Runs one partition's shard over the records of its log.
#[derive(Clone, Debug)]
pub struct Processor {
    shard: Shard,
}

impl Processor {
    /// A processor at the log's beginning.
    #[must_use]
    pub fn new(partition: PartitionId) -> Self {
        Self { shard: Shard::new(partition) }
    }

    /// A processor that goes on after `checkpoint`.
    ///
    /// # Errors
    /// `SnapshotError` when the checkpoint is no state that this build can go on from.
    pub fn restore(checkpoint: &Checkpoint) -> Result<Self, SnapshotError> {
        Shard::restore(checkpoint).map(|shard| Self { shard })
    }

    /// Applies `records` in order and returns what became of them.
    ///
    /// # Errors
    /// `Stopped` at the first record that cannot be applied; the processor is of no use for those after it.
    pub fn process(&mut self, records: &[Record]) -> Result<Vec<Outcome>, Stopped> {
        let mut outcomes = Vec::with_capacity(records.len());
        for record in records {
            if let Err(fault) = self.apply(record, &mut outcomes) {
                return Err(Stopped { fault, outcomes });
            }
        }
        Ok(outcomes)
    }

    fn apply(&mut self, record: &Record, outcomes: &mut Vec<Outcome>) -> Result<(), Fault> {
        let stamp = Stamp { offset: record.offset, at: record.at };
        let command =
            decode_command(&record.payload).map_err(|error| Fault::Undecodable { offset: record.offset, error })?;
        self.shard.apply(stamp, command, outcomes)
    }

    /// The state.
    #[must_use]
    pub fn shard(&self) -> &Shard {
        &self.shard
    }

    /// A snapshot to be encoded elsewhere.
    #[must_use]
    pub fn freeze(&self) -> Frozen {
        self.shard.freeze()
    }

    /// The number of the last outcome.
    #[must_use]
    pub fn last_outcome(&self) -> OutcomeNumber {
        self.shard.last_outcome()
    }
}
