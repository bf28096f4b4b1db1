//! SQLite's error codes, in words for whoever runs the service.

use super::{ACQUIRE_LIMIT, BUSY_LIMIT};
use crate::sql::error::DbError;
use sqlx::migrate::MigrateError;
use std::path::Path;

// Primary result codes, https://www.sqlite.org/rescode.html; the extended ones have them in their low byte.
const BUSY: u32 = 5;
const READONLY: u32 = 8;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const CANTOPEN: u32 = 14;
const NOTADB: u32 = 26;

pub(super) fn describe(path: &Path, error: &sqlx::Error) -> DbError {
    let path = path.to_path_buf();
    let cause = error.to_string();
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return DbError::TimedOut { path, limit: ACQUIRE_LIMIT };
    }
    match primary_code(error) {
        Some(BUSY) => DbError::TimedOut { path, limit: BUSY_LIMIT },
        Some(READONLY) => DbError::NotWritable { path, cause },
        Some(CORRUPT | NOTADB) => DbError::Damaged { path, cause },
        Some(FULL) => DbError::NoSpace { path },
        Some(CANTOPEN) => DbError::CannotOpen { path, cause },
        _ => DbError::Backend { path, cause },
    }
}

pub(super) fn of_migration(path: &Path, error: MigrateError) -> DbError {
    match error {
        MigrateError::VersionMissing(version) => DbError::Newer { path: path.to_path_buf(), version },
        MigrateError::VersionMismatch(version) => DbError::Foreign { path: path.to_path_buf(), version },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => describe(path, &error),
        other => DbError::Backend { path: path.to_path_buf(), cause: other.to_string() },
    }
}

fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

#[cfg(test)]
mod tests {
    use super::describe;
    use crate::sql::error::DbError;
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions, SqliteConnection};
    use std::path::Path;

    /// What becomes of a write after the connection was told `pragma`.
    async fn write_after(pragma: &'static str) -> DbError {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        sqlx::raw_sql("CREATE TABLE t (x)").execute(&mut connection).await.unwrap();
        sqlx::raw_sql(pragma).execute(&mut connection).await.unwrap();
        let write = sqlx::query("INSERT INTO t VALUES (zeroblob(1000000))").execute(&mut connection).await;
        describe(Path::new("/data/ledger.db"), &write.unwrap_err())
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_written_is_named() {
        let error = write_after("PRAGMA query_only = on").await;
        assert!(matches!(error, DbError::NotWritable { .. }));
        assert!(error.to_string().starts_with("/data/ledger.db: cannot be written"), "{error}");
    }

    #[tokio::test]
    async fn a_full_disk_is_named() {
        let error = write_after("PRAGMA max_page_count = 3").await;
        assert!(matches!(error, DbError::NoSpace { .. }), "{error}");
    }
}
