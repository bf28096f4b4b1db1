//! The ledger's writing half: one transaction a batch, one statement for up to `ROWS_PER_STATEMENT_MAX` rows.

use super::columns::time;
use super::{Database, json};
use crate::sql::booking::LedgerBooking;
use crate::sql::error::DbError;
use crate::sql::ledger_batch::{LedgerBatch, LedgerChange, first_gap};
use rowlock_engine::booking::{Allocation, SeatList};
use rowlock_engine::ids::{AreaId, OutcomeNumber, PartitionId};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::{Ledger, LedgerError};
use serde::Serialize;
use sqlx::SqliteConnection;

/// Rows that one statement writes: bounds the JSON that carries them, some 300 bytes a row.
const ROWS_PER_STATEMENT_MAX: usize = 2_000;

/// Moves the position, from `?2` to `?3`, only if it is at `?2`; a partition without one is at 0.
const MOVE_POSITION: &str = "
    INSERT INTO ledger_positions (partition, outcome)
    SELECT ?1, ?3 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM ledger_positions WHERE partition = ?1)
    ON CONFLICT (partition) DO UPDATE SET outcome = excluded.outcome WHERE outcome = ?2";

const INSERT_SOLD: &str = "
    INSERT INTO bookings (id, event_id, buyer_id, holder, seats, area, quantity, total_price, payment_id, status,
        created_at, confirmed_at, cancelled_at, partition, outcome)
    SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
        value ->> 7, unhex(value ->> 8), value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13,
        value ->> 14
    FROM json_each(?)";

const UPDATE_CHANGED: &str = "
    UPDATE bookings SET
        seats = CASE WHEN change.quantity IS NULL THEN bookings.seats ELSE change.seats END,
        area = CASE WHEN change.quantity IS NULL THEN bookings.area ELSE change.area END,
        quantity = coalesce(change.quantity, bookings.quantity),
        total_price = coalesce(change.total_price, bookings.total_price),
        status = CASE WHEN change.cancelled_at IS NULL THEN bookings.status ELSE 'cancelled' END,
        cancelled_at = coalesce(change.cancelled_at, bookings.cancelled_at)
    FROM (SELECT unhex(value ->> 0) AS id, value ->> 1 AS seats, value ->> 2 AS area, value ->> 3 AS quantity,
              value ->> 4 AS total_price, value ->> 5 AS cancelled_at
          FROM json_each(?)) AS change
    WHERE bookings.id = change.id";

/// How a batch ended: taken, or refused because the position is elsewhere.
enum Recorded {
    Taken,
    At(OutcomeNumber),
}

impl Ledger for Database {
    async fn position(&self, partition: PartitionId) -> Result<OutcomeNumber, LedgerError> {
        self.run(async { read_position(&mut *self.readers.acquire().await?, partition).await }).await.map_err(backend)
    }

    async fn record<'a>(
        &self,
        partition: PartitionId,
        after: OutcomeNumber,
        outcomes: impl IntoIterator<Item = &'a Outcome> + Send,
    ) -> Result<(), LedgerError> {
        let outcomes: Vec<&Outcome> = outcomes.into_iter().collect();
        if let Some((due, got)) = first_gap(after, &outcomes) {
            return Err(LedgerError::Backend(format!("partition {partition}: outcome {got} came where {due} was due")));
        }
        let last = outcomes.last().map_or(after, |outcome| outcome.number);
        let batch = LedgerBatch::of(partition, &outcomes);
        match self.run(self.write(partition, after, last, &batch)).await.map_err(backend)? {
            Recorded::Taken => Ok(()),
            Recorded::At(actual) => Err(LedgerError::OutOfOrder { partition, expected: after, actual }),
        }
    }
}

impl Database {
    async fn write(
        &self,
        partition: PartitionId,
        after: OutcomeNumber,
        last: OutcomeNumber,
        batch: &LedgerBatch,
    ) -> Result<Recorded, sqlx::Error> {
        let mut transaction = self.begin().await?;
        let moved = sqlx::query(MOVE_POSITION)
            .bind(partition.0)
            .bind(after.0.cast_signed())
            .bind(last.0.cast_signed())
            .execute(&mut *transaction)
            .await?;
        if moved.rows_affected() == 0 {
            let actual = read_position(&mut transaction, partition).await?;
            transaction.rollback().await?;
            return Ok(Recorded::At(actual));
        }
        // Changes first: they are of bookings that were there before the batch.
        for rows in batch.changed.chunks(ROWS_PER_STATEMENT_MAX) {
            let rows: Vec<_> = rows.iter().map(changed_row).collect();
            sqlx::query(UPDATE_CHANGED).bind(json(&rows)).execute(&mut *transaction).await?;
        }
        for rows in batch.sold.chunks(ROWS_PER_STATEMENT_MAX) {
            let rows: Vec<_> = rows.iter().map(sold_row).collect();
            sqlx::query(INSERT_SOLD).bind(json(&rows)).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(Recorded::Taken)
    }
}

async fn read_position(
    connection: &mut SqliteConnection,
    partition: PartitionId,
) -> Result<OutcomeNumber, sqlx::Error> {
    let position: Option<i64> = sqlx::query_scalar("SELECT outcome FROM ledger_positions WHERE partition = ?")
        .bind(partition.0)
        .fetch_optional(connection)
        .await?;
    Ok(OutcomeNumber(position.unwrap_or(0).cast_unsigned()))
}

/// A row of `INSERT_SOLD`, in its order.
fn sold_row(booking: &LedgerBooking) -> impl Serialize + '_ {
    let (seats, area, quantity) = allocation_columns(&booking.allocation);
    (
        booking.id.0.simple(),
        booking.event.0.cast_signed(),
        booking.buyer.0.cast_signed(),
        &booking.holder,
        seats,
        area,
        quantity,
        booking.total_price.cast_signed(),
        booking.payment.map(|payment| payment.0.simple()),
        booking.status.as_str(),
        time(booking.created_at),
        time(booking.confirmed_at),
        booking.cancelled_at.map(time),
        booking.partition,
        booking.outcome.0.cast_signed(),
    )
}

/// A row of `UPDATE_CHANGED`, in its order.
fn changed_row(change: &LedgerChange) -> impl Serialize + '_ {
    let cancelled_at = change.cancelled_at.map(time);
    let id = change.id.0.simple();
    let Some((allocation, price)) = &change.exchanged else {
        return (id, None, None, None, None, cancelled_at);
    };
    let (seats, area, quantity) = allocation_columns(allocation);
    (id, seats, area, Some(quantity), Some(price.cast_signed()), cancelled_at)
}

fn allocation_columns(allocation: &Allocation) -> (Option<&SeatList>, Option<AreaId>, u32) {
    match allocation {
        Allocation::Seats(seats) => (Some(seats), None, allocation.quantity()),
        Allocation::Area { area, quantity } => (None, Some(*area), *quantity),
    }
}

fn backend(error: DbError) -> LedgerError {
    LedgerError::Backend(error.to_string())
}
