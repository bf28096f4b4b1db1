//! The simulated provider's books: a database of its own, since it stands for an outside party.

use super::booked::BookedPayment;
use super::writer::{Change, Step, WriteBooks};
use crate::payments::provider::{MoneyState, Order, ProviderError, Verdict};
use rowlock_engine::ids::{BookingId, PaymentId, TimeMs};
use rowlock_persistence::sql::{GroupWriter, open_pools};
use sqlx::SqlitePool;
use std::path::{Path, PathBuf};

/// Connections that read beside the one that writes.
const READERS: u32 = 2;

/// One table: a payment, what it is for, where its money is and since when.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS payments (
        id            BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
        booking_id    BLOB NOT NULL CHECK (length(booking_id) = 16),
        event_id      INTEGER NOT NULL,
        buyer_id      INTEGER NOT NULL,
        amount        INTEGER NOT NULL,
        currency      TEXT NOT NULL,
        state         TEXT NOT NULL CHECK (state IN ('authorized', 'captured', 'voided', 'refunded', 'declined')),
        decided_at    INTEGER NOT NULL,
        captured_at   INTEGER,
        given_back_at INTEGER
    ) STRICT;
    CREATE INDEX IF NOT EXISTS payments_open ON payments (decided_at) WHERE state = 'authorized';
    CREATE INDEX IF NOT EXISTS payments_booking ON payments (booking_id);";

/// The books could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: the simulated payment provider's books cannot be opened: {cause}; check that the file belongs to the user that runs this, or put a backup in its place", path.display())]
pub struct OpenBooksError {
    path: PathBuf,
    cause: String,
}

/// The open books. Clones share them.
#[derive(Clone, Debug)]
pub struct Books {
    readers: SqlitePool,
    file: SqlitePool,
    writer: GroupWriter<WriteBooks>,
}

impl Books {
    /// Opens the file at `path`, or makes it.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub async fn open(path: &Path) -> Result<Self, OpenBooksError> {
        // A database as safe as the ledger's: an outside party forgets nothing when the power here goes.
        let opened = async {
            let (writer, readers) = open_pools(path, READERS).await?;
            sqlx::raw_sql(TABLES).execute(&writer).await?;
            Ok::<_, sqlx::Error>(Self { readers, writer: GroupWriter::start(writer.clone(), WriteBooks), file: writer })
        };
        opened.await.map_err(|error| OpenBooksError { path: path.into(), cause: error.to_string() })
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.file.close().await;
    }

    /// One payment.
    ///
    /// # Errors
    /// When the file fails.
    pub async fn payment(&self, id: PaymentId) -> Result<Option<BookedPayment>, ProviderError> {
        let select = sqlx::query_as("SELECT * FROM payments WHERE id = ?").bind(id.0);
        select.fetch_optional(&self.readers).await.map_err(|error| failed(&error))
    }

    /// Every payment that was tried for a booking, the oldest first.
    ///
    /// # Errors
    /// When the file fails.
    pub async fn payments_of(&self, booking: BookingId) -> Result<Vec<BookedPayment>, ProviderError> {
        let select = sqlx::query_as("SELECT * FROM payments WHERE booking_id = ? ORDER BY decided_at, id");
        select.bind(booking.0).fetch_all(&self.readers).await.map_err(|error| failed(&error))
    }

    /// Up to `limit` payments in the order of their ids, after the one given.
    ///
    /// # Errors
    /// When the file fails.
    pub async fn page(&self, after: Option<PaymentId>, limit: u32) -> Result<Vec<BookedPayment>, ProviderError> {
        let select = sqlx::query_as("SELECT * FROM payments WHERE ?1 IS NULL OR id > ?1 ORDER BY id LIMIT ?2");
        let select = select.bind(after.map(|payment| payment.0)).bind(limit);
        select.fetch_all(&self.readers).await.map_err(|error| failed(&error))
    }

    /// Decides on a payment, unless that was done before: then the first verdict is given again.
    pub(super) async fn decide(&self, order: &Order, approve: bool, at: TimeMs) -> Result<Verdict, ProviderError> {
        let state = if approve { MoneyState::Authorized } else { MoneyState::Declined };
        if self.write(Change::Decide { order: order.clone(), state, at }).await? {
            return Ok(if approve { Verdict::Approved { at } } else { Verdict::Declined });
        }
        self.check(order).await?;
        Ok(self.known(order.payment).await?.verdict())
    }

    /// Whether this payment's id is free, or stands for this very order.
    pub(super) async fn check(&self, order: &Order) -> Result<(), ProviderError> {
        match self.payment(order.payment).await? {
            Some(known) if known.order != *order => Err(ProviderError::OtherOrder(order.payment)),
            _ => Ok(()),
        }
    }

    /// Takes the money.
    pub(super) async fn capture(&self, id: PaymentId, at: TimeMs) -> Result<(), ProviderError> {
        self.step(Step::Capture, id, at, &[MoneyState::Captured]).await
    }

    /// Lets the money go.
    pub(super) async fn void(&self, id: PaymentId, at: TimeMs) -> Result<(), ProviderError> {
        self.step(Step::Void, id, at, &[MoneyState::Voided, MoneyState::Refunded, MoneyState::Declined]).await
    }

    /// Gives the money back.
    pub(super) async fn refund(&self, id: PaymentId, at: TimeMs) -> Result<(), ProviderError> {
        self.step(Step::Refund, id, at, &[MoneyState::Refunded, MoneyState::Voided, MoneyState::Declined]).await
    }

    /// What was approved before `before` and neither taken nor let go.
    pub(super) async fn open_payments(&self, before: TimeMs, limit: u32) -> Result<Vec<BookedPayment>, ProviderError> {
        let select = "SELECT * FROM payments WHERE state = 'authorized' AND decided_at < ? ORDER BY decided_at LIMIT ?";
        let select = sqlx::query_as(select).bind(before.0.cast_signed()).bind(limit);
        select.fetch_all(&self.readers).await.map_err(|error| failed(&error))
    }

    /// One step of the money, which is done as well when the money is in one of `done` already.
    async fn step(&self, step: Step, id: PaymentId, at: TimeMs, done: &[MoneyState]) -> Result<(), ProviderError> {
        if self.write(Change::Step { step, payment: id, at }).await? {
            return Ok(());
        }
        let state = self.known(id).await?.state;
        if done.contains(&state) { Ok(()) } else { Err(ProviderError::NotPossible { payment: id, state }) }
    }

    async fn write(&self, change: Change) -> Result<bool, ProviderError> {
        self.writer.write(change).await.map_err(|error| failed(&error))
    }

    async fn known(&self, id: PaymentId) -> Result<BookedPayment, ProviderError> {
        self.payment(id).await?.ok_or(ProviderError::Unknown(id))
    }
}

fn failed(error: &sqlx::Error) -> ProviderError {
    ProviderError::Unavailable(error.to_string())
}
