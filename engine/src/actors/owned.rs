//! One owned partition as its supervisor sees it: its actors, and how often they failed.

use super::failure::Remedy;
use super::partition;
use super::{RESTART_WAIT_MAX, RESTARTS_MAX};
use crate::ids::PartitionId;
use ractor::{ActorCell, ActorId, ActorRef};
use std::time::Duration;
use tokio::time::Instant;

/// A partition that served this long has recovered: its failures are forgotten.
const RECOVERED_AFTER: Duration = Duration::from_secs(60);

/// One owned partition.
#[derive(Default)]
pub struct Owned {
    pub partition: Option<ActorRef<partition::Message>>,
    /// Outlives a partition that is started again: outcomes that it has not recorded yet are nowhere else.
    pub projector: Option<ActorCell>,
    pub started: Option<Instant>,
    failures: u32,
}

impl Owned {
    pub fn is_partition(&self, actor: ActorId) -> bool {
        self.partition.as_ref().is_some_and(|partition| partition.get_id() == actor)
    }

    pub fn is_projector(&self, actor: ActorId) -> bool {
        self.projector.as_ref().is_some_and(|projector| projector.get_id() == actor)
    }

    /// Notes a failure; returns how long to wait before the next start, `None` when there is to be none.
    pub fn failed(&mut self, remedy: Remedy, first_wait: Duration) -> Option<Duration> {
        if self.started.take().is_some_and(|started| started.elapsed() > RECOVERED_AFTER) {
            self.failures = 0;
        }
        self.failures = self.failures.saturating_add(1);
        if remedy == Remedy::Halt || (remedy == Remedy::Retry && self.failures > RESTARTS_MAX) {
            return None;
        }
        let doubled = 2_u32.saturating_pow(self.failures - 1);
        Some(first_wait.saturating_mul(doubled).min(RESTART_WAIT_MAX))
    }

    pub fn stop_partition(&mut self) {
        if let Some(partition) = self.partition.take() {
            partition.kill();
        }
    }

    pub fn stop_projector(&mut self) {
        if let Some(projector) = self.projector.take() {
            projector.kill();
        }
    }

    /// Lets the partition finish and checkpoint, then stops everything.
    pub async fn release(mut self, id: PartitionId, timeout: Duration) {
        if let Some(partition) = self.partition.take() {
            let finished = partition.call(partition::Message::Release, Some(timeout)).await;
            if !finished.is_ok_and(|result| result.is_success()) {
                tracing::warn!(partition = %id, "the partition did not finish in time; the log has the rest");
                partition.kill();
            }
        }
        self.stop_projector();
    }
}
