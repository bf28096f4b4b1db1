//! One process owns every partition, from its start until it is told to stop.

use rowlock_engine::ids::PartitionId;
use rowlock_engine::ports::{Assignment, Assignments};
use std::sync::Arc;
use tokio::sync::Notify;

/// Assigns every partition at once; revokes them all when told to stop.
#[derive(Debug)]
pub struct AllPartitions {
    partitions: u16,
    assigned: u16,
    revoked: u16,
    stop: Arc<Notify>,
}

/// Tells [`AllPartitions`] to stop.
#[derive(Clone, Debug)]
pub struct StopHandle(Arc<Notify>);

impl AllPartitions {
    /// Partitions `0..partitions`, and the handle that ends it.
    #[must_use]
    pub fn new(partitions: u16) -> (Self, StopHandle) {
        let stop = Arc::new(Notify::new());
        (Self { partitions, assigned: 0, revoked: 0, stop: stop.clone() }, StopHandle(stop))
    }
}

impl StopHandle {
    /// Every partition is to be let go. May be called early, and more than once.
    pub fn stop(&self) {
        self.0.notify_one();
    }
}

impl Assignments for AllPartitions {
    async fn next(&mut self) -> Option<Assignment> {
        if self.assigned < self.partitions {
            self.assigned += 1;
            return Some(Assignment::Assigned(PartitionId(self.assigned - 1)));
        }
        if self.revoked == 0 {
            self.stop.notified().await;
        }
        if self.revoked == self.partitions {
            return None;
        }
        self.revoked += 1;
        Some(Assignment::Revoked(PartitionId(self.revoked - 1)))
    }

    /// Nobody waits for a partition of this process.
    fn released(&mut self, _: PartitionId) {}
}
