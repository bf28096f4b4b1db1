//! Opening the file: settings, migrations, and whether it can be written at all.

use super::answers::Answers;
use super::{ACQUIRE_LIMIT, BUSY_LIMIT, Database, READERS, failure};
use crate::sql::error::DbError;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

impl Database {
    /// Opens the database in the file at `path`, or makes it, and brings its tables up to date.
    ///
    /// # Errors
    /// What is wrong with the file, and what to do about it.
    pub async fn open_sqlite(path: &Path) -> Result<Self, DbError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // The ledger is a record of sales: what is committed must outlive the power.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_LIMIT);
        let writer = pool(1).connect_with(options.clone()).await.map_err(|error| failure::describe(path, &error))?;
        let readers = pool(READERS).connect_lazy_with(options.pragma("query_only", "on"));
        MIGRATIONS.run(&writer).await.map_err(|error| failure::of_migration(path, error))?;
        let answers = Answers::open(writer.clone()).await.map_err(|error| failure::describe(path, &error))?;
        let database = Self { path: path.into(), writer, readers, answers };
        // A file that can only be read passes everything up to here.
        database.ping().await?;
        Ok(database)
    }
}

/// A pool whose connections live as long as it does: nothing about a local file goes stale.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_LIMIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}
