//! Keys of programs.

use super::Database;
use super::columns::{get_time, get_time_if_any, time};
use crate::sql::api_key::{API_KEYS_LISTED_MAX, ApiKey, ApiKeyId, NewApiKey};
use crate::sql::error::DbError;
use rowlock_engine::ids::TimeMs;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};

impl Database {
    /// Keeps a key's hash.
    ///
    /// # Errors
    /// When the database fails, or has this very key.
    pub async fn create_api_key(&self, new: NewApiKey) -> Result<ApiKeyId, DbError> {
        let insert = sqlx::query_scalar(
            "INSERT INTO api_keys (name, key_hash, prefix, created_at) VALUES (?, ?, ?, ?) RETURNING id",
        )
        .bind(new.name)
        .bind(new.key_hash.as_slice())
        .bind(new.prefix)
        .bind(time(new.created_at))
        .fetch_one(&self.writer);
        self.run(insert).await.map(ApiKeyId)
    }

    /// The key with this hash, unless it is revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_key_by_hash(&self, key_hash: &[u8; 32]) -> Result<Option<ApiKey>, DbError> {
        let select = sqlx::query_as("SELECT * FROM api_keys WHERE key_hash = ? AND revoked_at IS NULL")
            .bind(key_hash.as_slice())
            .fetch_optional(&self.readers);
        self.run(select).await
    }

    /// All keys, revoked ones too, the newest first, at most [`API_KEYS_LISTED_MAX`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_api_keys(&self) -> Result<Vec<ApiKey>, DbError> {
        let select = sqlx::query_as("SELECT * FROM api_keys ORDER BY id DESC LIMIT ?")
            .bind(API_KEYS_LISTED_MAX)
            .fetch_all(&self.readers);
        self.run(select).await
    }

    /// Revokes a key for good. Says whether there was such a key that was not revoked yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_api_key(&self, id: ApiKeyId, at: TimeMs) -> Result<bool, DbError> {
        let update = sqlx::query("UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL")
            .bind(id.0)
            .bind(time(at))
            .execute(&self.writer);
        Ok(self.run(update).await?.rows_affected() == 1)
    }
}

impl FromRow<'_, SqliteRow> for ApiKey {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: ApiKeyId(row.try_get("id")?),
            name: row.try_get("name")?,
            prefix: row.try_get("prefix")?,
            created_at: get_time(row, "created_at")?,
            revoked_at: get_time_if_any(row, "revoked_at")?,
        })
    }
}
