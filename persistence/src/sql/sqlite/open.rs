//! Opening the file: settings, migrations, and whether it can be written at all.

use super::answers::Answers;
use super::group::GROUP_MAX;
use super::{ACQUIRE_LIMIT, BUSY_LIMIT, Database, READERS, failure};
use crate::sql::error::DbError;
use sqlx::SqlitePool;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;

/// Pages of the file that a connection keeps, in KiB as SQLite writes it: those that random keys fall upon.
const CACHE_KIB: &str = "-16000";
/// Pages of the write-ahead log after which it is folded into the file: 32 MiB, so that a page that changes often is
/// written there once. SQLite's own 1,000 took half of the time of 6,000 payments a second.
const CHECKPOINT_PAGES: &str = "8192";

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

impl Database {
    /// Opens the database in the file at `path`, or makes it, and brings its tables up to date.
    ///
    /// # Errors
    /// What is wrong with the file, and what to do about it.
    pub async fn open_sqlite(path: &Path) -> Result<Self, DbError> {
        let (writer, readers) = open_pools(path, READERS).await.map_err(|error| failure::describe(path, &error))?;
        migrate(&writer).await.map_err(|error| failure::of_migration(path, error))?;
        let answers = Answers::open(writer.clone()).await.map_err(|error| failure::describe(path, &error))?;
        let database = Self { path: path.into(), writer, readers, answers };
        // A file that can only be read passes everything up to here.
        database.ping().await?;
        Ok(database)
    }
}

/// Brings the tables up to date. What is sorted on the way may be the whole ledger: not in memory.
async fn migrate(writer: &SqlitePool) -> Result<(), MigrateError> {
    sqlx::query("PRAGMA temp_store = file").execute(writer).await?;
    MIGRATIONS.run(writer).await?;
    sqlx::query("PRAGMA temp_store = memory").execute(writer).await?;
    Ok(())
}

/// Opens the file at `path`, or makes it: for one connection that writes, and for up to `readers` that read.
///
/// # Errors
/// When the file cannot be opened.
pub async fn open_pools(path: &Path, readers: u32) -> Result<(SqlitePool, SqlitePool), sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // These are records of sales and money: what is committed must outlive the power.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_LIMIT)
        // Else a group's rows, beyond the first 50, are handed over one by one, with a switch of threads for each.
        .row_buffer_size(GROUP_MAX)
        .pragma("cache_size", CACHE_KIB)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        // Else what undoes a statement that fails is written to a file, as many pages as to the log.
        .pragma("temp_store", "memory");
    let writer = pool(1).connect_with(options.clone()).await?;
    Ok((writer, pool(readers).connect_lazy_with(options.pragma("query_only", "on"))))
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
