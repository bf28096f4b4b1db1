//! Publishes outcomes to whoever reads along in this process.

use super::OutcomeBusOptions;
use super::reader::BusReader;
use super::window::Window;
use rowlock_engine::ids::{OutcomeNumber, PartitionId};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::{OutcomeLog, PublishError, ReadError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How often a partition says that it is waiting for a reader.
const WAIT_TOLD_EVERY: Duration = Duration::from_secs(10);

/// The outcome log of one process. Clones share it.
#[derive(Clone, Debug)]
pub struct OutcomeBus(Arc<[Arc<Lane>]>);

/// One partition's window, and who waits for it to move.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) partition: PartitionId,
    pub(super) options: OutcomeBusOptions,
    window: Mutex<Window>,
    /// Wakes readers.
    pub(super) arrived: Notify,
    /// Wakes the publisher.
    pub(super) room: Notify,
}

impl Lane {
    pub(super) fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes unless a reader is too far behind: then gives the outcomes back.
    fn try_publish(&self, mut outcomes: Vec<Outcome>) -> Result<Option<Vec<Outcome>>, PublishError> {
        let mut window = self.window();
        window.only_new(self.partition, &mut outcomes)?;
        if outcomes.is_empty() {
            return Ok(None);
        }
        if window.is_full(&self.options) {
            return Ok(Some(outcomes));
        }
        window.push(outcomes, &self.options);
        drop(window);
        self.arrived.notify_waiters();
        Ok(None)
    }
}

impl OutcomeBus {
    /// A bus without outcomes.
    #[must_use]
    pub fn new(partitions: u16, options: OutcomeBusOptions) -> Self {
        let lane = |partition| Lane {
            partition: PartitionId(partition),
            options,
            window: Mutex::default(),
            arrived: Notify::new(),
            room: Notify::new(),
        };
        Self((0..partitions).map(|partition| Arc::new(lane(partition))).collect())
    }

    fn lane(&self, partition: PartitionId) -> &Arc<Lane> {
        self.0.get(usize::from(partition.0)).unwrap_or_else(|| panic!("the outcome log has no partition {partition}"))
    }
}

impl OutcomeLog for OutcomeBus {
    type Reader = BusReader;

    /// # Panics
    /// When the log has no such partition.
    async fn publish(&self, partition: PartitionId, mut outcomes: Vec<Outcome>) -> Result<(), PublishError> {
        let lane = self.lane(partition);
        loop {
            // Made before the look, so that no room is slept through.
            let room = lane.room.notified();
            match lane.try_publish(outcomes)? {
                None => return Ok(()),
                Some(waiting) => outcomes = waiting,
            }
            if tokio::time::timeout(WAIT_TOLD_EVERY, room).await.is_err() {
                tracing::warn!(%partition, "the partition waits for a reader of its outcomes that is far behind");
            }
        }
    }

    /// # Panics
    /// When the log has no such partition.
    async fn reader(&self, partition: PartitionId, after: OutcomeNumber) -> Result<BusReader, ReadError> {
        let lane = self.lane(partition);
        let id = lane.window().register(partition, after.0)?;
        Ok(BusReader::new(lane.clone(), id, after))
    }
}
