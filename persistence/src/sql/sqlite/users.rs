//! Users.

use super::Database;
use super::columns::{time, unreadable};
use crate::sql::error::DbError;
use crate::sql::user::{Credentials, NewUser, Role, User, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};

impl Database {
    /// Makes a user.
    ///
    /// # Errors
    /// `EmailTaken` when there is one with this address, in whatever case.
    pub async fn create_user(&self, new: NewUser) -> Result<User, DbError> {
        let insert = sqlx::query_as(
            "INSERT INTO users (email, name, password_hash, role, created_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (email) DO NOTHING
             RETURNING id, email, name, role",
        )
        .bind(new.email.to_lowercase())
        .bind(new.name)
        .bind(new.password_hash)
        .bind(new.role.as_str())
        .bind(time(new.created_at))
        .fetch_optional(&self.writer);
        self.run(insert).await?.ok_or(DbError::EmailTaken)
    }

    /// The user with this address, in whatever case, and the hash to check a password against.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<Credentials>, DbError> {
        let select = sqlx::query_as("SELECT id, email, name, role, password_hash FROM users WHERE email = ?")
            .bind(email.to_lowercase())
            .fetch_optional(&self.readers);
        self.run(select).await
    }

    /// The user with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, DbError> {
        let select = sqlx::query_as("SELECT id, email, name, role FROM users WHERE id = ?")
            .bind(id.0)
            .fetch_optional(&self.readers);
        self.run(select).await
    }
}

impl FromRow<'_, SqliteRow> for User {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let role: &str = row.try_get("role")?;
        Ok(Self {
            id: UserId(row.try_get("id")?),
            email: row.try_get("email")?,
            name: row.try_get("name")?,
            role: Role::parse(role).ok_or_else(|| unreadable("role", role))?,
        })
    }
}

impl FromRow<'_, SqliteRow> for Credentials {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self { user: User::from_row(row)?, password_hash: row.try_get("password_hash")? })
    }
}
