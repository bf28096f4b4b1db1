//! Confirmed bookings, read.

use super::Database;
use super::columns::{get_time, get_time_if_any, get_u64, unreadable};
use crate::sql::booking::{BookingFilter, LedgerBooking, LedgerTotals};
use crate::sql::error::DbError;
use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::ids::{AreaId, BookingId, BuyerId, EventId, OutcomeNumber, PartitionId, PaymentId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use uuid::Uuid;

impl Database {
    /// One booking; `None` when it was never confirmed, or the ledger has not come that far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn booking(&self, id: BookingId) -> Result<Option<LedgerBooking>, DbError> {
        let select = sqlx::query_as("SELECT * FROM bookings WHERE id = ?").bind(id.0).fetch_optional(&self.readers);
        self.run(select).await
    }

    /// A buyer's bookings, the last made first: those made before `before`, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bookings_of(
        &self,
        buyer: BuyerId,
        filter: BookingFilter,
        before: Option<BookingId>,
        limit: u32,
    ) -> Result<Vec<LedgerBooking>, DbError> {
        // Ids are UUIDv7: their order is the order in which they were made.
        let select = sqlx::query_as(
            "SELECT * FROM bookings
             WHERE buyer_id = ?1
               AND (?2 IS NULL OR id < ?2)
               AND (?3 IS NULL OR event_id = ?3)
               AND (?4 IS NULL OR status = ?4)
             ORDER BY id DESC LIMIT ?5",
        )
        .bind(buyer.0.cast_signed())
        .bind(before.map(|before| before.0))
        .bind(filter.event.map(|event| event.0.cast_signed()))
        .bind(filter.status.map(Status::as_str))
        .bind(limit)
        .fetch_all(&self.readers);
        self.run(select).await
    }

    /// Sums over the whole ledger; reads all of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn totals(&self) -> Result<LedgerTotals, DbError> {
        let select = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE status = 'completed') AS completed,
                    count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
                    coalesce(sum(quantity) FILTER (WHERE status = 'completed'), 0) AS tickets
             FROM bookings",
        )
        .fetch_one(&self.readers);
        self.run(select).await
    }
}

impl FromRow<'_, SqliteRow> for LedgerTotals {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            completed: get_u64(row, "completed")?,
            cancelled: get_u64(row, "cancelled")?,
            tickets: get_u64(row, "tickets")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for LedgerBooking {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: BookingId(row.try_get("id")?),
            event: EventId(get_u64(row, "event_id")?),
            buyer: BuyerId(get_u64(row, "buyer_id")?),
            holder: row.try_get("holder")?,
            allocation: allocation(row)?,
            total_price: get_u64(row, "total_price")?,
            payment: row.try_get::<Option<Uuid>, _>("payment_id")?.map(PaymentId),
            status: status(row.try_get("status")?)?,
            created_at: get_time(row, "created_at")?,
            confirmed_at: get_time(row, "confirmed_at")?,
            cancelled_at: get_time_if_any(row, "cancelled_at")?,
            captured_at: get_time_if_any(row, "captured_at")?,
            refunded_at: get_time_if_any(row, "refunded_at")?,
            partition: PartitionId(row.try_get("partition")?),
            outcome: OutcomeNumber(get_u64(row, "outcome")?),
        })
    }
}

fn allocation(row: &SqliteRow) -> Result<Allocation, sqlx::Error> {
    match row.try_get::<Option<&str>, _>("seats")? {
        Some(seats) => serde_json::from_str(seats).map(Allocation::Seats).map_err(|_| unreadable("seats", seats)),
        None => Ok(Allocation::Area { area: AreaId(row.try_get("area")?), quantity: row.try_get("quantity")? }),
    }
}

fn status(name: &str) -> Result<Status, sqlx::Error> {
    [Status::Completed, Status::Cancelled]
        .into_iter()
        .find(|status| status.as_str() == name)
        .ok_or_else(|| unreadable("status", name))
}
