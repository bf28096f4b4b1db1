//! Files that are not as they should be, and calls that are given up.

use super::{fresh, new_user};
use crate::outcomes::confirmations;
use rowlock_engine::ids::{BookingId, OutcomeNumber, PartitionId, TimeMs};
use rowlock_engine::ports::Ledger;
use rowlock_persistence::sql::{Database, DbError, Remembered, Role};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// Runs statements behind the database's back.
async fn meddle(path: &Path, sql: &'static str) -> SqliteConnection {
    let url = format!("sqlite://{}", path.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection
}

#[tokio::test]
async fn a_database_of_a_newer_build_is_left_alone() {
    let (directory, database) = fresh().await;
    database.close().await;
    let path = directory.path().join("ledger.db");
    meddle(&path, "INSERT INTO _sqlx_migrations VALUES (9999, 'later', 0, TRUE, x'00', 0)").await;
    let error = Database::open_sqlite(&path).await.unwrap_err();
    assert_eq!(error, DbError::Newer { path: path.clone(), version: 9999 });
    assert!(error.to_string().starts_with(&path.display().to_string()), "{error}");
}

#[tokio::test]
async fn rows_of_an_older_build_are_there_after_the_migration() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut old = SqliteConnection::connect_with(&options).await.unwrap();
    let mut first = sqlx::migrate!("migrations/sqlite");
    first.migrations = first.migrations[..1].to_vec().into();
    first.run(&mut old).await.unwrap();
    meddle(
        &path,
        "INSERT INTO bookings VALUES (x'00000000000000000000000000000007', 1, 2, NULL, '[3,4]', NULL, 2, 60, NULL,
             'completed', 5, 6, NULL, NULL, NULL, 0, 1);
         INSERT INTO remembered_answers (request_key, fingerprint, status, body, created_at)
             VALUES (x'00000000000000000000000000000009', 8, 201, 'first', 100)",
    )
    .await;
    old.close().await.unwrap();
    let database = Database::open_sqlite(&path).await.unwrap();
    let booking = database.booking(BookingId(Uuid::from_u128(7))).await.unwrap().unwrap();
    assert_eq!((booking.allocation.quantity(), booking.total_price, booking.outcome), (2, 60, OutcomeNumber(1)));
    let first = Remembered { fingerprint: 8, status: 201, body: "first".to_owned() };
    assert_eq!(database.recall(9, TimeMs(101)).await.unwrap(), Some(first.clone()));
    database.remember(10, first.clone(), TimeMs(102)).await.unwrap();
    assert_eq!(database.recall(10, TimeMs(103)).await.unwrap(), Some(first));
}

#[tokio::test]
async fn a_migration_that_reads_differently_is_noticed() {
    let (directory, database) = fresh().await;
    database.close().await;
    let path = directory.path().join("ledger.db");
    meddle(&path, "UPDATE _sqlx_migrations SET checksum = x'00'").await;
    assert!(matches!(Database::open_sqlite(&path).await, Err(DbError::Foreign { version: 1, .. })));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    std::fs::write(&path, "no database, and longer than a header of one hundred bytes".repeat(99)).unwrap();
    let error = Database::open_sqlite(&path).await.unwrap_err();
    assert!(matches!(&error, DbError::Damaged { path: named, .. } if *named == path), "{error}");
}

#[tokio::test]
async fn damage_is_told_when_it_is_met() {
    let (directory, database) = fresh().await;
    let batch = confirmations(1, 2_000);
    database.record(PartitionId(0), OutcomeNumber(0), &batch).await.unwrap();
    database.close().await;
    let path = directory.path().join("ledger.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let kept = 30 * 4096;
    bytes[kept..].fill(0xEE);
    std::fs::write(&path, bytes).unwrap();
    let database = Database::open_sqlite(&path).await.unwrap();
    assert!(matches!(database.totals().await, Err(DbError::Damaged { .. })));
}

#[tokio::test]
async fn a_place_where_no_file_can_be_is_named() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("file"), "").unwrap();
    let path = directory.path().join("file").join("ledger.db");
    let error = Database::open_sqlite(&path).await.unwrap_err();
    assert!(matches!(&error, DbError::CannotOpen { path: named, .. } if *named == path), "{error}");
}

#[tokio::test]
async fn a_writer_that_does_not_let_go_is_not_waited_for_forever() {
    let (directory, database) = fresh().await;
    let mut other = meddle(&directory.path().join("ledger.db"), "BEGIN IMMEDIATE").await;
    assert!(matches!(database.ping().await, Err(DbError::TimedOut { .. })));
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(database.ping().await, Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_given_up_is_done_whole_or_not_at_all() {
    let (_directory, database) = fresh().await;
    let partition = PartitionId(0);
    for round in 0..200_u64 {
        let after = database.position(partition).await.unwrap();
        let batch = confirmations(after.0 + 1, after.0 + 20);
        let patience = Duration::from_micros(round * 20);
        let _ = tokio::time::timeout(patience, database.record(partition, after, &batch)).await;
    }
    let position = database.position(partition).await.unwrap();
    assert_eq!(database.totals().await.unwrap().completed, position.0);
    database.create_user(new_user("ada@example.org", Role::Buyer)).await.unwrap();
}
