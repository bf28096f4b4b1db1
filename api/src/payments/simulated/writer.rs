//! The one who writes the books: takes what is queued, writes it in one transaction, syncs once, then tells.

use crate::payments::provider::{MoneyState, Order, ProviderError};
use rowlock_engine::ids::{PaymentId, TimeMs};
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Sqlite, SqlitePool};
use tokio::sync::{mpsc, oneshot};

/// Changes that may wait to be written; whoever has another one waits for room.
const QUEUE_MAX: usize = 4_096;
/// Changes that one transaction writes at most.
const GROUP_MAX: usize = 256;

/// A change of the books.
pub(super) enum Change {
    /// A new payment, unless its id is taken.
    Decide {
        /// What it is for.
        order: Order,
        /// What was decided.
        state: MoneyState,
        /// When.
        at: TimeMs,
    },
    /// A step of the money; it changes nothing where the money is not.
    Step {
        /// The statement, with the payment and the time for parameters.
        update: &'static str,
        /// The payment.
        payment: PaymentId,
        /// When.
        at: TimeMs,
    },
}

/// The way to the writer. Clones share it; it ends when all are gone.
#[derive(Clone, Debug)]
pub(super) struct Writer(mpsc::Sender<Entry>);

struct Entry {
    change: Change,
    written: oneshot::Sender<Result<bool, ProviderError>>,
}

impl Writer {
    /// Starts writing to `pool`.
    pub fn start(pool: SqlitePool) -> Self {
        let (writer, queue) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(write_all(pool, queue));
        Self(writer)
    }

    /// Writes a change; says whether it changed anything. It is durable then.
    pub async fn write(&self, change: Change) -> Result<bool, ProviderError> {
        let (written, answer) = oneshot::channel();
        let closed = || ProviderError::Unavailable("the books are closed".to_owned());
        self.0.send(Entry { change, written }).await.map_err(|_| closed())?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }
}

async fn write_all(pool: SqlitePool, mut queue: mpsc::Receiver<Entry>) {
    let mut group = Vec::new();
    while queue.recv_many(&mut group, GROUP_MAX).await > 0 {
        let written = write_group(&pool, &group).await.map_err(|error| ProviderError::Unavailable(error.to_string()));
        for (index, entry) in group.drain(..).enumerate() {
            // Whoever asked may be gone.
            let _ = entry.written.send(written.as_ref().map(|changed| changed[index]).map_err(Clone::clone));
        }
    }
}

/// All of the group or nothing; says of each whether it changed anything.
async fn write_group(pool: &SqlitePool, group: &[Entry]) -> Result<Vec<bool>, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    let mut changed = Vec::with_capacity(group.len());
    for entry in group {
        changed.push(entry.change.statement().execute(&mut *transaction).await?.rows_affected() == 1);
    }
    transaction.commit().await?;
    Ok(changed)
}

impl Change {
    fn statement(&self) -> Query<'_, Sqlite, SqliteArguments> {
        match self {
            Self::Decide { order, state, at } => sqlx::query(
                "INSERT INTO payments (id, booking_id, event_id, buyer_id, amount, currency, state, decided_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            )
            .bind(order.payment.0)
            .bind(order.booking.0)
            .bind(order.event.0.cast_signed())
            .bind(order.buyer.0.cast_signed())
            .bind(order.amount.cast_signed())
            .bind(&order.currency)
            .bind(state.as_str())
            .bind(at.0.cast_signed()),
            Self::Step { update, payment, at } => sqlx::query(*update).bind(payment.0).bind(at.0.cast_signed()),
        }
    }
}
