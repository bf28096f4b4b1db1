//! The money behind bookings: what is still to be taken and what is still to be given back.

use super::Database;
use super::columns::time;
use crate::sql::booking::LedgerBooking;
use crate::sql::error::DbError;
use rowlock_engine::ids::{BookingId, TimeMs};

impl Database {
    /// Completed bookings, confirmed before `before`, whose payment is not captured yet, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uncaptured(&self, before: TimeMs, limit: u32) -> Result<Vec<LedgerBooking>, DbError> {
        let select = sqlx::query_as(
            "SELECT * FROM bookings
             WHERE status = 'completed' AND payment_id IS NOT NULL AND captured_at IS NULL AND confirmed_at < ?
             ORDER BY confirmed_at LIMIT ?",
        )
        .bind(time(before))
        .bind(limit)
        .fetch_all(&self.readers);
        self.run(select).await
    }

    /// Notes that the money of these bookings was taken, at `at`. What was noted before stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_captured(&self, ids: &[BookingId], at: TimeMs) -> Result<(), DbError> {
        // Cancelled ones too: the capture may have been under way, and the money has to go back then.
        let update = sqlx::query(
            "UPDATE bookings SET captured_at = ?2
             WHERE id IN (SELECT unhex(value) FROM json_each(?1)) AND captured_at IS NULL",
        )
        .bind(id_list(ids))
        .bind(time(at))
        .execute(&self.writer);
        self.run(update).await.map(drop)
    }

    /// Cancelled bookings whose payment is not settled yet, the oldest first: refund those with
    /// `captured_at`, void the others. A capture that was never noted is found this way as well.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unrefunded(&self, limit: u32) -> Result<Vec<LedgerBooking>, DbError> {
        let select = sqlx::query_as(
            "SELECT * FROM bookings
             WHERE status = 'cancelled' AND payment_id IS NOT NULL AND refunded_at IS NULL
             ORDER BY cancelled_at LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.readers);
        self.run(select).await
    }

    /// Notes that the payments of these cancelled bookings were given back or voided, at `at`. What was
    /// noted before stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_refunded(&self, ids: &[BookingId], at: TimeMs) -> Result<(), DbError> {
        let update = sqlx::query(
            "UPDATE bookings SET refunded_at = ?2
             WHERE id IN (SELECT unhex(value) FROM json_each(?1)) AND status = 'cancelled' AND refunded_at IS NULL",
        )
        .bind(id_list(ids))
        .bind(time(at))
        .execute(&self.writer);
        self.run(update).await.map(drop)
    }
}

fn id_list(ids: &[BookingId]) -> String {
    let ids: Vec<_> = ids.iter().map(|id| id.0.simple()).collect();
    serde_json::to_string(&ids).expect("ids are plain text")
}
