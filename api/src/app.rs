//! What the routes work with.

use crate::auth::Auth;
use crate::boards::Boards;
use crate::config::Config;
use crate::event_facts::EventFactsCache;
use crate::event_rows::EventRows;
use crate::gateway::Gateway;
use crate::http::Limits;
use crate::http::idempotency::Running;
use crate::metrics::RequestTimes;
use crate::payments::{Payments, Simulated};
use rowlock_engine::actors::{PartitionState, Statuses};
use rowlock_engine::ids::PartitionId;
use rowlock_persistence::sql::Database;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Everything that a route may need.
pub struct Services {
    /// How this process runs.
    pub config: Config,
    /// Users, events, confirmed bookings.
    pub database: Database,
    /// Who calls.
    pub auth: Auth,
    /// How much each caller may ask for.
    pub limits: Limits,
    /// How long requests took.
    pub request_times: RequestTimes,
    /// Requests with an Idempotency-Key that are running.
    pub running: Running,
    /// What never changes of an event.
    pub facts: EventFactsCache,
    /// Events that somebody has just looked at.
    pub event_rows: EventRows,
    /// The way into the command log.
    pub gateway: Gateway,
    /// What readers see.
    pub boards: Arc<Boards>,
    /// What every partition is doing.
    pub statuses: Statuses,
    /// Payments under way.
    pub payments: Payments<Simulated>,
    /// The right to open streams.
    pub streams: Arc<Semaphore>,
    /// Cancelled when the service stops: streams end then.
    pub stopping: CancellationToken,
}

/// The state of every route.
pub type App = Arc<Services>;

/// How often a start looks whether the partitions serve.
const READY_POLL: Duration = Duration::from_millis(5);

impl Services {
    /// Waits until every partition serves, and readers see all of it.
    pub async fn all_serving(&self) {
        while !self.serves_all() {
            tokio::time::sleep(READY_POLL).await;
        }
    }

    /// Whether every partition serves, and readers see all of it.
    pub fn serves_all(&self) -> bool {
        (0..self.config.partitions).map(PartitionId).all(|partition| self.is_serving(partition))
    }

    /// Whether a partition answers commands, and readers see all that was answered before this process began.
    pub fn is_serving(&self, partition: PartitionId) -> bool {
        match self.statuses.of(partition) {
            Some(PartitionState::Serving { from }) => self.boards.followed(partition) >= from,
            _ => false,
        }
    }
}
