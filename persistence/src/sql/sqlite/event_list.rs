//! Lists of events.

use super::Database;
use crate::sql::error::DbError;
use crate::sql::event::{EventFilter, EventRow};
use crate::sql::page::{Page, page_limit};

// `SELECT *` would read seating_config, which may be a megabyte, for every row of a page.
macro_rules! event_columns {
    () => {
        "id, seller_id, name, description, venue_name, starts_at, sale_opens_at, currency, hold_seconds,
         max_tickets_per_booking, max_tickets_per_buyer, partition, status, created_at"
    };
}

impl Database {
    /// A page of events, the newest first. `cursor` is the page's before; the first page has none.
    ///
    /// # Errors
    /// `BadCursor` when the cursor is not this list's.
    pub async fn list_events(
        &self,
        filter: &EventFilter,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<EventRow>, DbError> {
        let before: Option<i64> = cursor.map(str::parse).transpose().map_err(|_| DbError::BadCursor)?;
        let limit = page_limit(limit);
        let select = sqlx::query_as(concat!(
            "SELECT ",
            event_columns!(),
            " FROM events
             WHERE (?1 IS NULL OR id < ?1)
               AND (?2 IS NULL OR seller_id = ?2)
               AND CASE WHEN ?3 IS NULL THEN status <> 'draft' ELSE status = ?3 END
               AND (?4 IS NULL OR instr(search_text, ?4) > 0)
             ORDER BY id DESC LIMIT ?5"
        ))
        .bind(before)
        .bind(filter.seller.map(|seller| seller.0))
        .bind(filter.status.map(|status| status.as_str()))
        .bind(filter.q.as_ref().map(|q| q.to_lowercase()))
        .bind(limit + 1)
        .fetch_all(&self.readers);
        let events = self.run(select).await?;
        Ok(Page::cut(events, limit, |event: &EventRow| event.id.to_string()))
    }

    /// Events whose sale is not open in the log yet, the oldest first: what a crash has left half done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn draft_events(&self, limit: u32) -> Result<Vec<EventRow>, DbError> {
        let select = sqlx::query_as(concat!(
            "SELECT ",
            event_columns!(),
            " FROM events WHERE status = 'draft' ORDER BY id LIMIT ?"
        ))
        .bind(limit)
        .fetch_all(&self.readers);
        self.run(select).await
    }
}
