//! After the run, once the service has drained: does its ledger have what clients were told, and nothing else?

mod compare;

pub(super) use compare::{Books, Entry};

use super::Journal;
use crate::stage::Stage;
use futures::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions, Row};
use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// How long the ledger may take to be read.
const READ_LIMIT: Duration = Duration::from_secs(60);
/// Every booking that was ever confirmed. Read in one go, and kept only where it must be held against the rest.
const BOOKINGS: &str = "SELECT id, event_id, buyer_id, seats, status FROM bookings";

/// What came of looking at the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// It is somebody else's.
    OutOfReach,
    /// It should have been looked at, and could not.
    Unreadable(String),
    /// So many of its bookings were compared.
    Compared(u64),
}

/// Holds the ledger in the file at `path` against what clients were told.
pub async fn audit(path: &Path, stage: &Stage, journal: &RefCell<Journal>) -> Ledger {
    let mut books = Books::new(stage, journal);
    match tokio::time::timeout(READ_LIMIT, read(path, &mut books)).await {
        Ok(Ok(())) => Ledger::Compared(books.end()),
        Ok(Err(error)) => Ledger::Unreadable(error.to_string()),
        Err(_) => Ledger::Unreadable(format!("it was not read within {READ_LIMIT:?}")),
    }
}

async fn read(path: &Path, books: &mut Books<'_>) -> Result<(), sqlx::Error> {
    let mut connection = SqliteConnectOptions::new().filename(path).read_only(true).connect().await?;
    let mut rows = sqlx::query(BOOKINGS).fetch(&mut connection);
    while let Some(row) = rows.try_next().await? {
        books.hold(&entry(&row)?);
    }
    Ok(())
}

fn entry(row: &SqliteRow) -> Result<Entry, sqlx::Error> {
    let id = Uuid::from_slice(row.try_get("id")?).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let seats = row.try_get::<Option<&str>, _>("seats")?.map_or(Ok(Vec::new()), serde_json::from_str);
    Ok(Entry {
        id: id.to_string(),
        event: row.try_get::<i64, _>("event_id")?.cast_unsigned(),
        buyer: row.try_get::<i64, _>("buyer_id")?.cast_unsigned(),
        seats: seats.map_err(|error| sqlx::Error::Decode(error.into()))?,
        is_completed: row.try_get::<&str, _>("status")? == "completed",
    })
}

#[cfg(test)]
mod tests;
