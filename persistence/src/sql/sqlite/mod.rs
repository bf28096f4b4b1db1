//! SQLite: one connection writes, a few read, all on one file in WAL mode.

mod answers;
mod api_keys;
mod bookings;
mod columns;
mod event_list;
mod events;
mod failure;
mod group;
mod known_keys;
mod ledger;
mod open;
mod settings;
mod settlement;
mod users;

pub use group::{GroupWriter, WriteGroup};
pub use open::open_pools;

use super::error::DbError;
use answers::Answers;
use serde::Serialize;
use sqlx::{Sqlite, SqlitePool, Transaction};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Takes the right to write at once.
const BEGIN: &str = "BEGIN IMMEDIATE";
/// Connections that read. Reads are short; more would only contend for two or four cores.
const READERS: u32 = 4;
/// How long a call may take, waiting for a connection included.
const CALL_LIMIT: Duration = Duration::from_secs(10);
/// How long a call waits for a connection.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(5);
/// How long SQLite waits for another process that writes.
const BUSY_LIMIT: Duration = Duration::from_secs(4);

const _: () = assert!(BUSY_LIMIT.as_millis() < ACQUIRE_LIMIT.as_millis());
const _: () = assert!(ACQUIRE_LIMIT.as_millis() < CALL_LIMIT.as_millis());

/// The ledger's database. Clones share it.
#[derive(Clone, Debug)]
pub struct Database {
    path: Arc<Path>,
    writer: SqlitePool,
    readers: SqlitePool,
    answers: Answers,
}

impl Database {
    /// Whether the database can be written right now.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn ping(&self) -> Result<(), DbError> {
        self.run(async { self.begin().await?.rollback().await }).await
    }

    /// Waits for calls under way, folds the write-ahead log into the file and closes it.
    pub async fn close(&self) {
        // The writer last: the last connection to close does the folding.
        self.readers.close().await;
        self.writer.close().await;
    }

    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        begin(&self.writer).await
    }

    /// Runs `work` within the time limit, and puts its failure into words.
    async fn run<T>(&self, work: impl Future<Output = Result<T, sqlx::Error>> + Send) -> Result<T, DbError> {
        match tokio::time::timeout(CALL_LIMIT, work).await {
            Ok(done) => done.map_err(|error| failure::describe(&self.path, &error)),
            Err(_) => Err(DbError::TimedOut { path: self.path.to_path_buf(), limit: CALL_LIMIT }),
        }
    }
}

/// Begins a transaction that has the right to write from its beginning: one that reads first and
/// writes later would fail when another writer came between.
async fn begin(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    match writer.begin_with(BEGIN).await {
        // SQLite has ended a transaction by itself (a full disk), and the connection does not know.
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            writer.begin_with(BEGIN).await
        }
        begun => begun,
    }
}

/// Rows as one parameter, for `jsonb_each`.
fn json(rows: &[impl Serialize]) -> String {
    serde_json::to_string(rows).expect("numbers and text are always JSON")
}
