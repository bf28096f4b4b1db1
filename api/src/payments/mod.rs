//! Money for seats: set it aside, sell the seats, take it; let it go when the seats say no.
//!
//! The log decides what is sold, and the provider's books say where the money is. Whatever dies in between, the
//! two are brought together again: by the flow itself, by a verdict that is told once more, or by the settlement.

mod captured;
mod commands;
mod conclude;
mod delays;
mod flow;
pub mod provider;
mod settlement;
pub mod simulated;

pub use flow::Payment;
pub use provider::PaymentMethod;
pub use simulated::{Notices, Simulated};

use crate::boards::Boards;
use crate::gateway::{AskError, Gateway};
use captured::Captured;
use dashmap::DashMap;
use provider::{PaymentProvider, ProviderError};
use rowlock_engine::ids::{PaymentId, TimeMs};
use rowlock_engine::refusal::Refusal;
use rowlock_persistence::sql::Database;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Payments that may be under way at once; more are refused.
pub const PAYMENTS_MAX: usize = 8_192;
/// Verdicts that are acted upon at once; the provider waits with the others.
const CONCLUDING_MAX: usize = 1_024;
/// How long the provider may take for anything but a verdict.
const PROVIDER_LIMIT: Duration = Duration::from_secs(5);

/// A payment that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The payment.
    pub payment: PaymentId,
    /// When the money was set aside.
    pub at: TimeMs,
}

/// Why a payment was not made, or not yet. The money is not taken, or it is given back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayError {
    /// As many payments are under way as may be; nothing was begun.
    #[error("the service has as many payments under way as it can carry")]
    Overloaded,
    /// The process is about to end; nothing was begun.
    #[error("this instance is shutting down")]
    Stopping,
    /// The payment could not be begun, as far as is known. No money was asked for.
    #[error("the payment could not be begun: {0}")]
    NotBegun(AskError),
    /// The provider was not there, or has other ideas about this payment's id.
    #[error("{0}")]
    Provider(ProviderError),
    /// The provider has declined.
    #[error("the payment was declined; the seats are still held until the booking's own deadline")]
    Declined,
    /// The booking cannot be paid for, or could not be any more when the money was there.
    #[error("{0}")]
    Refused(Refusal),
    /// Not known yet. The settlement finishes it: seats and money, or neither.
    #[error("the payment is under way: {0}")]
    UnderWay(String),
}

/// What became of a payment.
pub type Answer = Result<Paid, PayError>;

/// How long the parts of a payment may take.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How long the provider has for a verdict.
    pub verdict: Duration,
    /// How often it is looked what was left open.
    pub settle_every: Duration,
    /// How long an approved payment is its flow's own business.
    pub settle_after: Duration,
}

impl Timing {
    /// The usual one, where the provider has `verdict` for a verdict.
    #[must_use]
    pub fn new(verdict: Duration) -> Self {
        Self { verdict, settle_every: Duration::from_secs(1), settle_after: Duration::from_secs(2) }
    }
}

/// What payments work with.
pub struct Ports<P> {
    /// Moves the money.
    pub provider: P,
    /// Where commands go.
    pub gateway: Gateway,
    /// Where events are.
    pub boards: Arc<Boards>,
    /// The ledger.
    pub database: Database,
    /// How long things may take.
    pub timing: Timing,
    /// What the time is.
    pub now: fn() -> TimeMs,
}

/// Payments under way, and those who watch over them. Clones share everything.
pub struct Payments<P>(Arc<Inner<P>>);

impl<P> Clone for Payments<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Inner<P> {
    ports: Ports<P>,
    /// Who waits for the verdict on which payment; bounded by the permits.
    waiting: DashMap<PaymentId, Vec<oneshot::Sender<Answer>>>,
    captured: Captured,
    permits: Arc<Semaphore>,
    /// Payments and verdicts under way: a stop waits for them.
    under_way: TaskTracker,
    watching: TaskTracker,
    stop: CancellationToken,
}

impl<P: PaymentProvider> Payments<P> {
    /// Listens to the provider's verdicts and settles what was left open, from now on.
    #[must_use]
    pub fn start(ports: Ports<P>, notices: Notices) -> Self {
        let payments = Self(Arc::new(Inner {
            ports,
            waiting: DashMap::new(),
            captured: Captured::default(),
            permits: Arc::new(Semaphore::new(PAYMENTS_MAX)),
            under_way: TaskTracker::new(),
            watching: TaskTracker::new(),
            stop: CancellationToken::new(),
        }));
        let inner = &payments.0;
        inner.watching.spawn(conclude::listen(inner.clone(), notices));
        inner.watching.spawn(settlement::run(inner.clone()));
        payments
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> &P {
        &self.0.ports.provider
    }

    /// Refuses new payments and waits, at most `limit`, for those under way; to be called while commands are
    /// still taken. What is left then is settled at the next start.
    pub async fn stop(&self, limit: Duration) {
        self.0.permits.close();
        self.0.under_way.close();
        if tokio::time::timeout(limit, self.0.under_way.wait()).await.is_err() {
            let left = self.0.under_way.len();
            tracing::warn!(left, ?limit, "payments under way are left to the settlement of the next start");
        }
        self.0.stop.cancel();
        self.0.watching.close();
        self.0.watching.wait().await;
    }
}

/// Waits for the provider within its limit.
async fn within<T>(call: impl Future<Output = Result<T, ProviderError>>) -> Result<T, ProviderError> {
    let late = |_| ProviderError::Unavailable(format!("no answer within {PROVIDER_LIMIT:?}"));
    tokio::time::timeout(PROVIDER_LIMIT, call).await.map_err(late)?
}
