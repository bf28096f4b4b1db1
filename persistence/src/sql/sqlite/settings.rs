//! Small facts that the service keeps about itself.

use super::Database;
use crate::sql::error::DbError;

impl Database {
    /// The setting of this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, DbError> {
        let select =
            sqlx::query_scalar("SELECT value FROM settings WHERE name = ?").bind(name).fetch_optional(&self.readers);
        self.run(select).await
    }

    /// Writes a setting unless there is one of this name, and gives back the value that is in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_setting_if_absent(&self, name: &str, value: &str) -> Result<String, DbError> {
        // An update that changes nothing, so that the row is returned in either case.
        let insert = sqlx::query_scalar(
            "INSERT INTO settings (name, value) VALUES (?, ?)
             ON CONFLICT (name) DO UPDATE SET value = settings.value RETURNING value",
        )
        .bind(name)
        .bind(value)
        .fetch_one(&self.writer);
        self.run(insert).await
    }
}
