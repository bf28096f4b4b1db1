//! Answers that are given again when a request comes again.

use super::Database;
use super::columns::{get_u64, time};
use crate::sql::error::DbError;
use crate::sql::remembered::{REMEMBERED_ANSWERS_MAX, REMEMBERED_MS, Remembered};
use rowlock_engine::ids::TimeMs;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection};

impl Database {
    /// Remembers the answer to the request with this key, and forgets what is too old or too much. If
    /// one is remembered already, that one stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remember(&self, key: u128, answer: &Remembered, now: TimeMs) -> Result<(), DbError> {
        self.run(async {
            let mut transaction = self.begin().await?;
            forget_old(&mut transaction, now).await?;
            sqlx::query(
                "INSERT INTO remembered_answers (request_key, fingerprint, status, body, created_at)
                 VALUES (?, ?, ?, ?, ?) ON CONFLICT (request_key) DO NOTHING",
            )
            .bind(key.to_be_bytes().to_vec())
            .bind(answer.fingerprint.cast_signed())
            .bind(answer.status)
            .bind(&answer.body)
            .bind(time(now))
            .execute(&mut *transaction)
            .await?;
            forget_surplus(&mut transaction).await?;
            transaction.commit().await
        })
        .await
    }

    /// The answer to the request with this key, for [`REMEMBERED_MS`] after it was given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recall(&self, key: u128, now: TimeMs) -> Result<Option<Remembered>, DbError> {
        let select = sqlx::query_as(
            "SELECT fingerprint, status, body FROM remembered_answers WHERE request_key = ? AND created_at > ?",
        )
        .bind(key.to_be_bytes().to_vec())
        .bind(too_old(now))
        .fetch_optional(&self.readers);
        self.run(select).await
    }
}

/// Answers given at this time or before are forgotten.
fn too_old(now: TimeMs) -> i64 {
    time(TimeMs(now.0.saturating_sub(REMEMBERED_MS)))
}

async fn forget_old(connection: &mut SqliteConnection, now: TimeMs) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM remembered_answers WHERE created_at <= ?").bind(too_old(now)).execute(connection).await?;
    Ok(())
}

async fn forget_surplus(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM remembered_answers WHERE sequence <= (SELECT max(sequence) FROM remembered_answers) - ?")
        .bind(REMEMBERED_ANSWERS_MAX)
        .execute(connection)
        .await?;
    Ok(())
}

impl FromRow<'_, SqliteRow> for Remembered {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            fingerprint: get_u64(row, "fingerprint")?,
            status: row.try_get("status")?,
            body: row.try_get("body")?,
        })
    }
}
