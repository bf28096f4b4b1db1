//! What every partition of this task is doing, for readiness and alarms.

use crate::ids::{OutcomeNumber, PartitionId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What one partition is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartitionState {
    /// Loading its checkpoint and replaying what follows.
    Restoring,
    /// Answering commands.
    Serving {
        /// The last outcome that was derived again from the log: whoever has it sees all that was answered before.
        from: OutcomeNumber,
    },
    /// Failed, and about to be started again.
    BackingOff {
        /// Why it failed.
        reason: String,
    },
    /// Stopped for good: somebody has to look.
    Halted {
        /// Why, and what to do.
        reason: String,
    },
}

impl PartitionState {
    /// Whether it answers commands.
    #[must_use]
    pub fn is_serving(&self) -> bool {
        matches!(self, Self::Serving { .. })
    }
}

/// The states of all partitions that this task owns; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Statuses(Arc<Mutex<BTreeMap<PartitionId, PartitionState>>>);

impl Statuses {
    pub(super) fn set(&self, partition: PartitionId, state: PartitionState) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(partition, state);
    }

    pub(super) fn remove(&self, partition: PartitionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&partition);
    }

    /// What one partition is doing; `None` when it is not this task's.
    #[must_use]
    pub fn of(&self, partition: PartitionId) -> Option<PartitionState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&partition).cloned()
    }

    /// All states, by partition.
    #[must_use]
    pub fn all(&self) -> BTreeMap<PartitionId, PartitionState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many partitions are answering commands.
    #[must_use]
    pub fn serving(&self) -> usize {
        self.all().values().filter(|state| state.is_serving()).count()
    }
}
