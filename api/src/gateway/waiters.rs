//! Who waits for which outcome. Bounded by the gateway's permits: each waiter holds one.

use super::{AskError, Reply};
use dashmap::DashMap;
use foldhash::fast::RandomState;
use rowlock_engine::ids::CorrelationId;
use rowlock_engine::outcome::Outcome;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;

type Fate = oneshot::Sender<Result<Reply, AskError>>;

/// The calls that wait for an outcome, by correlation.
pub struct Waiters {
    waiting: DashMap<u64, Fate, RandomState>,
    next: AtomicU64,
}

impl Default for Waiters {
    /// Correlations begin anywhere, so that outcomes of an earlier process, replayed, meet nobody.
    fn default() -> Self {
        Self { waiting: DashMap::default(), next: AtomicU64::new(rand::random()) }
    }
}

impl Waiters {
    /// The correlation of commands that nobody waits for.
    pub(super) const NOBODY: CorrelationId = CorrelationId(0);

    pub(super) fn add(&self) -> (CorrelationId, oneshot::Receiver<Result<Reply, AskError>>) {
        let (fate, receiver) = oneshot::channel();
        let correlation = loop {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            if next != Self::NOBODY.0 {
                break next;
            }
        };
        self.waiting.insert(correlation, fate);
        (CorrelationId(correlation), receiver)
    }

    pub(super) fn forget(&self, correlation: CorrelationId) {
        self.waiting.remove(&correlation.0);
    }

    pub(super) fn fail(&self, correlation: CorrelationId, error: AskError) {
        if let Some((_, fate)) = self.waiting.remove(&correlation.0) {
            // Whoever asked may have hung up.
            let _ = fate.send(Err(error));
        }
    }

    /// Gives the outcome at `index` of `batch` to whoever waits for it; says whether anybody did.
    pub fn complete(&self, batch: &Arc<[Outcome]>, index: usize) -> bool {
        let Some(correlation) = batch[index].correlation else { return false };
        let Some((_, fate)) = self.waiting.remove(&correlation.0) else { return false };
        fate.send(Ok(Reply::new(batch.clone(), index))).is_ok()
    }
}
