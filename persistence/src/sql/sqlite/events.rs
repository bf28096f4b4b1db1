//! Events, one at a time.

use super::Database;
use super::columns::{get_time, get_time_if_any, get_u64, time, unreadable};
use crate::sql::error::DbError;
use crate::sql::event::{EventAmendment, EventRow, EventStatus, NewEvent};
use crate::sql::user::UserId;
use rowlock_engine::ids::{EventId, PartitionId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection};

impl Database {
    /// Makes an event, as a draft, and chooses its partition.
    ///
    /// # Errors
    /// When the database fails, or there is no such seller.
    pub async fn create_event(&self, new: NewEvent) -> Result<EventRow, DbError> {
        self.run(async {
            let mut transaction = self.begin().await?;
            let id = insert(&mut transaction, &new).await?;
            let event = sqlx::query_as("UPDATE events SET partition = id % ?2 WHERE id = ?1 RETURNING *")
                .bind(id)
                .bind(new.partitions)
                .fetch_one(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(event)
        })
        .await
    }

    /// One event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event(&self, id: EventId) -> Result<Option<EventRow>, DbError> {
        let select =
            sqlx::query_as("SELECT * FROM events WHERE id = ?").bind(id.0.cast_signed()).fetch_optional(&self.readers);
        self.run(select).await
    }

    /// An event's seats, as the JSON that it was made with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seating_config(&self, id: EventId) -> Result<Option<String>, DbError> {
        let select = sqlx::query_scalar("SELECT seating_config FROM events WHERE id = ?")
            .bind(id.0.cast_signed())
            .fetch_optional(&self.readers);
        self.run(select).await
    }

    /// Changes an event and gives it back as it is now; `None` when there is no such event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn amend_event(&self, id: EventId, amendment: EventAmendment) -> Result<Option<EventRow>, DbError> {
        self.run(async {
            let mut transaction = self.begin().await?;
            let event: Option<EventRow> = sqlx::query_as("SELECT * FROM events WHERE id = ?")
                .bind(id.0.cast_signed())
                .fetch_optional(&mut *transaction)
                .await?;
            let Some(mut event) = event else { return Ok(None) };
            amendment.apply(&mut event);
            update(&mut transaction, &event).await?;
            transaction.commit().await?;
            Ok(Some(event))
        })
        .await
    }

    /// Moves an event forward: from draft to on sale, and from either to closed. Says whether it moved;
    /// an event that is there already, or further, stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_event_status(&self, id: EventId, status: EventStatus) -> Result<bool, DbError> {
        let update = sqlx::query(
            "UPDATE events SET status = ?2
             WHERE id = ?1 AND (?2 = 'on_sale' AND status = 'draft' OR ?2 = 'closed' AND status <> 'closed')",
        )
        .bind(id.0.cast_signed())
        .bind(status.as_str())
        .execute(&self.writer);
        Ok(self.run(update).await?.rows_affected() == 1)
    }

    /// Forgets an event that is still a draft: its sale never came to be. Says whether it was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn discard_draft(&self, id: EventId) -> Result<bool, DbError> {
        let delete = sqlx::query("DELETE FROM events WHERE id = ? AND status = 'draft'")
            .bind(id.0.cast_signed())
            .execute(&self.writer);
        Ok(self.run(delete).await?.rows_affected() == 1)
    }
}

async fn insert(connection: &mut SqliteConnection, new: &NewEvent) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO events (seller_id, name, description, venue_name, search_text, starts_at, sale_opens_at,
             currency, hold_seconds, max_tickets_per_booking, max_tickets_per_buyer, partition, status, created_at,
             seating_config)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 'draft', ?, ?)
         RETURNING id",
    )
    .bind(new.seller.0)
    .bind(&new.name)
    .bind(&new.description)
    .bind(&new.venue_name)
    .bind(search_text(&new.name, &new.venue_name))
    .bind(time(new.starts_at))
    .bind(new.sale_opens_at.map(time))
    .bind(&new.currency)
    .bind(new.hold_seconds)
    .bind(new.max_tickets_per_booking)
    .bind(new.max_tickets_per_buyer)
    .bind(time(new.created_at))
    .bind(&new.seating_config)
    .fetch_one(connection)
    .await
}

async fn update(connection: &mut SqliteConnection, event: &EventRow) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE events SET name = ?2, description = ?3, venue_name = ?4, search_text = ?5, starts_at = ?6,
             sale_opens_at = ?7, hold_seconds = ?8, max_tickets_per_booking = ?9, max_tickets_per_buyer = ?10
         WHERE id = ?1",
    )
    .bind(event.id.0.cast_signed())
    .bind(&event.name)
    .bind(&event.description)
    .bind(&event.venue_name)
    .bind(search_text(&event.name, &event.venue_name))
    .bind(time(event.starts_at))
    .bind(event.sale_opens_at.map(time))
    .bind(event.hold_seconds)
    .bind(event.max_tickets_per_booking)
    .bind(event.max_tickets_per_buyer)
    .execute(connection)
    .await?;
    Ok(())
}

/// What `EventFilter::q` is looked for in; the line break keeps a hit from reaching over both.
fn search_text(name: &str, venue_name: &str) -> String {
    format!("{name}\n{venue_name}").to_lowercase()
}

impl FromRow<'_, SqliteRow> for EventRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let status: &str = row.try_get("status")?;
        Ok(Self {
            id: EventId(get_u64(row, "id")?),
            seller: UserId(row.try_get("seller_id")?),
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            venue_name: row.try_get("venue_name")?,
            starts_at: get_time(row, "starts_at")?,
            sale_opens_at: get_time_if_any(row, "sale_opens_at")?,
            currency: row.try_get("currency")?,
            hold_seconds: row.try_get("hold_seconds")?,
            max_tickets_per_booking: row.try_get("max_tickets_per_booking")?,
            max_tickets_per_buyer: row.try_get("max_tickets_per_buyer")?,
            partition: PartitionId(row.try_get("partition")?),
            status: EventStatus::parse(status).ok_or_else(|| unreadable("status", status))?,
            created_at: get_time(row, "created_at")?,
        })
    }
}
