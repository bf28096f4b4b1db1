//! The whole service: what starts in which order, and how it ends.

pub mod demo;
pub mod embedded;
mod listen;
mod process;

use crate::app::{App, Services};
use crate::auth::Auth;
use crate::boards::{self, Boards, FollowError};
use crate::config::Config;
use crate::event_facts::EventFactsCache;
use crate::event_rows::EventRows;
use crate::gateway::{Gateway, Waiters};
use crate::http::time::now;
use crate::http::{Limits, idempotency};
use crate::metrics::{self, RequestTimes};
use crate::payments::simulated::OpenBooksError;
use crate::payments::{self, Payments, Simulated};
use crate::routes::{STREAMS_MAX, events};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use embedded::{BackendError, Embedded};
use futures::stream::{self, StreamExt, TryStreamExt};
use rowlock_engine::actors::{self, Options, Ports, Running, Statuses};
use rowlock_engine::ids::PartitionId;
use rowlock_persistence::embedded::{AllPartitions, StopHandle};
use rowlock_persistence::sql::Database;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long requests under way may take to end once the service drains.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// Partitions whose boards are put up at once: each has a whole checkpoint in memory.
const RESTORING_MAX: usize = 2;

/// Why the service could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The backends.
    #[error("{0}")]
    Backends(#[from] BackendError),
    /// A partition's boards.
    #[error("the seats of partition {0} could not be put up: {1}")]
    Boards(PartitionId, FollowError),
    /// The simulated payment provider.
    #[error("{0}")]
    Payments(#[from] OpenBooksError),
    /// The actors.
    #[error("the partitions could not be started: {0}")]
    Actors(String),
    /// The metrics.
    #[error("metrics cannot be counted: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The address.
    #[error("ROWLOCK_LISTEN: {address} cannot be listened on: {cause}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// In the system's words.
        cause: String,
    },
}

/// The running service.
pub struct Service {
    /// What the routes work with.
    pub app: App,
    /// Where it listens.
    pub address: SocketAddr,
    ports: Ports<Embedded>,
    running: Running,
    stop_owning: StopHandle,
    stop_serving: CancellationToken,
    serving: JoinHandle<()>,
    tidying: JoinHandle<()>,
    folding: JoinHandle<()>,
}

impl Service {
    /// Opens the backends, puts up the boards, starts the partitions, and listens. Partitions may still be
    /// restoring when this returns: `/health/ready` tells.
    ///
    /// # Errors
    /// What is wrong, where, and what to do.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        process::prepare();
        metrics::install()?;
        let listener = listen::bind(config.listen).await?;
        let ports = embedded::open(&config).await?;
        let (boards, waiters) = (Arc::new(Boards::new(config.partitions)), Arc::<Waiters>::default());
        follow_all(&ports, config.partitions, &boards, &waiters).await?;
        let (assignments, stop_owning) = AllPartitions::new(config.partitions);
        let running = actors::start(ports.clone(), Options::default(), assignments).await;
        let running = running.map_err(|error| StartError::Actors(error.to_string()))?;
        let statuses = running.statuses().clone();
        let gateway =
            Gateway::new(ports.log.clone(), waiters, statuses.clone(), config.in_flight_max, config.booking_wait);
        let app = services(config, &ports, gateway, boards.clone(), statuses).await?;
        tokio::spawn(finish_drafts(app.clone()));
        let ledger = ports.ledger.clone();
        let tidying = tokio::spawn(boards::tidy(ledger, app.config.partitions, boards, now));
        let folding = tokio::spawn(metrics::fold());
        let stop_serving = app.stopping.clone();
        let address = listener.local_addr().expect("a bound listener has an address");
        let serving = tokio::spawn(listen::serve(listener, app.clone(), stop_serving.clone()));
        Ok(Self { app, address, ports, running, stop_owning, stop_serving, serving, tidying, folding })
    }

    /// Waits until every partition serves.
    pub async fn ready(&self) {
        self.app.all_serving().await;
    }

    /// Refuses new commands, lets requests and payments under way end, writes checkpoints, closes the log.
    pub async fn stop(self) {
        tracing::info!("draining");
        // Payments first: they need commands to end.
        self.app.payments.stop(DRAIN_LIMIT).await;
        self.app.gateway.drain();
        self.stop_serving.cancel();
        if tokio::time::timeout(DRAIN_LIMIT, self.serving).await.is_err() {
            tracing::warn!(limit = ?DRAIN_LIMIT, "requests under way were cut off");
        }
        self.stop_owning.stop();
        self.running.stopped().await;
        self.tidying.abort();
        self.folding.abort();
        let log = self.ports.log.clone();
        let closed = tokio::task::spawn_blocking(move || log.close()).await;
        closed.expect("closing the log does not panic");
        self.app.payments.provider().books().close().await;
        self.ports.ledger.close().await;
        tracing::info!("stopped");
    }
}

/// Puts on sale what a crash has left written down only, once the partitions serve.
async fn finish_drafts(app: App) {
    app.all_serving().await;
    if let Err(problem) = events::opening::finish_drafts(&app).await {
        tracing::error!(?problem, "events that were being made are not on sale yet; they are tried at the next start");
    }
}

/// Boards come before partitions: then no outcome can be missed.
async fn follow_all(
    ports: &Ports<Embedded>,
    partitions: u16,
    boards: &Arc<Boards>,
    waiters: &Arc<Waiters>,
) -> Result<(), StartError> {
    let following = stream::iter((0..partitions).map(PartitionId)).map(|partition| async move {
        let followed = boards::follow(ports, partition, boards.clone(), waiters.clone()).await;
        followed.map_err(|error| StartError::Boards(partition, error))
    });
    following.buffer_unordered(RESTORING_MAX).try_collect().await
}

async fn services(
    config: Config,
    ports: &Ports<Embedded>,
    gateway: Gateway,
    boards: Arc<Boards>,
    statuses: Statuses,
) -> Result<App, StartError> {
    let database = (*ports.ledger).clone();
    let secret = token_secret(&config, &database).await?;
    let (provider, notices) = Simulated::open(&config.payments_file(), now).await?;
    let payments = payments::Ports {
        provider,
        gateway: gateway.clone(),
        boards: boards.clone(),
        database: database.clone(),
        timing: payments::Timing::new(config.payment_timeout),
        now,
    };
    Ok(Arc::new(Services {
        auth: Auth::new(&secret, database.clone()),
        limits: Limits::new(&config),
        request_times: RequestTimes::default(),
        running: idempotency::Running::default(),
        facts: EventFactsCache::new(database.clone()),
        event_rows: EventRows::new(database.clone()),
        config,
        database,
        gateway,
        boards,
        statuses,
        payments: Payments::start(payments, notices),
        streams: Arc::new(Semaphore::new(STREAMS_MAX)),
        stopping: CancellationToken::new(),
    }))
}

/// The configured secret, or one that was made at the first start and is kept in the database.
async fn token_secret(config: &Config, database: &Database) -> Result<Vec<u8>, StartError> {
    if let Some(secret) = &config.jwt_secret {
        return Ok(secret.bytes().to_vec());
    }
    let new = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    let kept = database.put_setting_if_absent("jwt_secret", &new).await;
    Ok(kept.map_err(BackendError::from)?.into_bytes())
}
